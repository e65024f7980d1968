"""What a web page's tags tell of its article: title, publisher, author, date and address, each with where it stood.

Linked data and meta tags are looked at first, then headings, then what trafilatura knows of common templates. For its
date see `web_dates`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from service.articles.metadata import Metadata
from service.articles.web_dates import published
from service.articles.web_pages import plain
from service.domain import Sourced

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE: Final = re.compile("Article|Posting|Report|Recipe")
_PAGE: Final = re.compile("Article|Posting|Report|Recipe|WebPage")
_NODES: Final = 2_000
"""Objects of linked data that are looked at."""
_LONGEST: Final = 300
_TAIL: Final = re.compile(r"(?P<title>.{8,}?)\s+[|–—·»-]\s+(?P<site>[^|]{2,60})")
_WORD: Final = re.compile(r"\w+")


def read_tags(tree: HtmlElement) -> Metadata:
    """The metadata of a page's tags; None for each value that they don't give."""
    metas = _metas(tree)
    linked = list(_linked_data(tree))
    address = _address(tree, metas)
    return Metadata(
        title=_title(tree, metas, linked),
        publisher=_publisher(metas, linked),
        author=_author(tree, linked),
        published=published(
            tree, metas, str(_first(linked, "datePublished", _PAGE) or ""), address.value if address else None
        ),
        url=address,
    )


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Meta tags by name in lower case, the first of each."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        content = plain(tag.get("content") or "").strip()
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _linked_data(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    """The objects of the page's JSON-LD, outer ones first."""
    waiting: list[Any] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            with suppress(ValueError, RecursionError):
                waiting.append(json.loads(script.text or "", strict=False))
    for seen, one in enumerate(waiting):
        if seen >= _NODES:
            return
        if isinstance(one, dict):
            yield one
            waiting += [value for value in one.values() if isinstance(value, dict | list)]
        elif isinstance(one, list):
            waiting += one


def _first(linked: Iterable[Mapping[str, Any]], name: str, kinds: re.Pattern[str]) -> Any:
    """The first value of that name in an object of such a kind."""
    return next((one[name] for one in linked if kinds.search(str(one.get("@type"))) and one.get(name)), None)


def _names(value: Any) -> list[str]:
    """The names in a value of linked data: a string, an object with a name, or several of these."""
    if isinstance(value, str):
        return [plain(value).strip()]
    if isinstance(value, dict):
        return _names(value.get("name")) if isinstance(value.get("name"), str) else []
    return [name for one in value[:20] for name in _names(one)] if isinstance(value, list) else []


def _text(value: Any, found_in: str) -> Sourced[str] | None:
    if not isinstance(value, str):
        return None
    words = plain(value).strip()
    return Sourced(words, found_in) if 0 < len(words) <= _LONGEST else None


def _title(tree: HtmlElement, metas: Mapping[str, str], linked: list[Mapping[str, Any]]) -> Sourced[str] | None:
    """The heading that says what the tags say; without one, what the tags say, less the site's name behind it."""
    named = _first(linked, "headline", _ARTICLE)
    own = next((plain(tag.text_content()).strip() for tag in tree.iter("title")), "")
    shared = metas.get("og:title") or metas.get("twitter:title")
    known: set[str] = set().union(*(_words(one) for one in (named, shared, own) if isinstance(one, str)))
    headings = [words for tag in tree.iter("h1") if (words := plain(tag.text_content()).strip())]
    best, score = "", 0.0
    for heading in headings:
        said = _words(heading)
        share = len(said & known) / len(said) if said else 0.0
        if len(said) >= 2 and share >= 0.5 and share * len(said & known) > score:
            best, score = heading, share * len(said & known)
    if not best and len(headings) == 1 and len(_words(headings[0])) >= 3:
        best = headings[0]
    found = _text(best, "heading") or _text(named, "JSON-LD")
    if found:
        return found
    title = _text(shared, "meta tag") or _text(own, "title tag")
    if title and (tail := _TAIL.fullmatch(title.value)):
        site = metas.get("og:site_name")
        if not site or "|" in title.value or _words(tail["site"]) & _words(site):
            return Sourced(tail["title"], title.found_in)
    return title


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _publisher(metas: Mapping[str, str], linked: list[Mapping[str, Any]]) -> Sourced[str] | None:
    named = next(iter(_names(_first(linked, "publisher", _PAGE))), None)
    for value, found_in in (
        (metas.get("og:site_name"), "meta tag"),
        (named, "JSON-LD"),
        (metas.get("dc.publisher") or metas.get("publisher") or metas.get("citation_publisher"), "meta tag"),
    ):
        if value and not value.startswith(("http://", "https://")) and (found := _text(value, found_in)):
            return found
    return None


def _author(tree: HtmlElement, linked: list[Mapping[str, Any]]) -> Sourced[str] | None:
    """Who wrote it: linked data, else what trafilatura finds in meta tags and bylines."""
    from trafilatura.metadata import examine_meta, extract_author, extract_meta_json

    names = [name for name in _names(_first(linked, "author", _PAGE)) if " " in name and "//" not in name]
    if names:
        return _text("; ".join(dict.fromkeys(names)), "JSON-LD")
    found = examine_meta(tree)
    if found.author and " " not in found.author:
        found.author = None
    if not found.author:
        with suppress(Exception):  # a page's malformed linked data must not cost its byline
            found = extract_meta_json(tree, found)
    if found.author:
        return _text(found.author, "meta tag")
    return _text(extract_author(tree), "byline")


def _address(tree: HtmlElement, metas: Mapping[str, str]) -> Sourced[str] | None:
    """The page's own address; one that leads deeper than to the site's front page, where there is one."""
    found = [
        Sourced(link.get("href", "").strip(), "canonical link")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    if shared := metas.get("og:url"):
        found.append(Sourced(shared, "meta tag"))
    whole = [one for one in found if len(one.value) <= 2_000 and _is_web_address(one.value)]
    deep = [one for one in whole if urlsplit(one.value).path.strip("/") or urlsplit(one.value).query]
    return next(iter(deep + whole), None)


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(sign.isspace() for sign in value)
