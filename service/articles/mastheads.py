"""The publisher by its masthead: the outlet's name alone on the page's first line, borne out by a second
mention that only the outlet itself would make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from service.articles import attributions
from service.articles.blocks import flat
from service.articles.datelines import read_dateline
from service.domain import Span

_SECTIONS: Final = frozenset(
    "world news business sport sports latest breaking local national international politics money opinion "
    "top daily tech technology science health culture arts life style travel food weather today features "
    "feature comment analysis review reviews markets economy entertainment lifestyle education environment "
    "climate crime home video live more stories special report reports the and in brief us uk eu europe "
    "asia africa america city regional community finance media society music film books television tv "
    "radio blog blogs letters editorial press release wire online update updates".split()
)
"""Words of section labels; a line of such words alone is no outlet's name."""
_PHOTO_NAME: Final = re.compile(
    r"(?:photo|photograph|image|picture|pic|graphic|illustration|video|credit|courtesy|handout|file)s?\b"
    r"[^()]{0,10}?(?::| by | of |/)(?P<name>[^()]{2,80})|©(?P<owner>[^()]{2,80})|/ ?(?P<agency>[^()/]{2,60})$",
    re.IGNORECASE,
)
_OWN_PAGE: Final = ("advert", "teaser", "share", "disclaimer")


def masthead(text: str, spans: Sequence[Span], filename: str) -> str | None:
    """The outlet's name on the first line of the text, or None.

    It needs a second sign: the name as agency of the dateline, in a byline, a photo credit or a copyright
    line; for a name that has a word such as outlets' names have ("Gazette", "Radio"), also the page's own
    boxes ("More from the Gazette") or the file's name. What the story says doesn't count.
    """
    first = next((index for index, span in enumerate(spans) if text[span.start : span.end].strip("-=*_ ")), None)
    if first is None or spans[first].kind in ("body", "headline", "credit", "caption"):
        return None
    name = flat(text, spans[first].start, spans[first].end).strip("*_#| ")
    story = next((index for index, span in enumerate(spans) if span.kind == "body"), len(spans))
    titled = any(span.kind == "headline" for span in spans[first + 1 : story])
    if not titled or not _could_be_outlet(name):
        return None
    rest = spans[first + 1 :]
    if any(_vouches(name, span, text) for span in rest):
        return name
    if not attributions.OUTLET_WORDS.search(name):
        return None
    if any(_own_page(name, flat(text, span.start, span.end)) for span in rest if span.kind in _OWN_PAGE):
        return name
    return name if _key(name) in _key(filename.rpartition("/")[2]) else None


def _could_be_outlet(name: str) -> bool:
    """Whether a line may be an outlet's name: one to six words, each with a capital, no section label."""
    words = re.findall(r"[^\W_]+(?:['’.&-][^\W_]+)*", name)
    if not 1 <= len(words) <= 6 or len(name) > 60 or any(letter.isdigit() for letter in name):
        return False
    return (
        len(_key(name)) >= 5
        and all(word[0].isupper() or word in ("of", "the", "and", "for", "on", "in") for word in words)
        and not name.endswith((".", "!", "?", ":", ",", "…"))
        and not all(word.casefold() in _SECTIONS for word in words)
        and attributions.byline_names(name) is None
    )


def _key(words: str) -> str:
    """Letters and digits alone, without case and a leading article."""
    return re.sub(r"[\W_]+", "", re.sub(r"^the\s+", "", words.casefold()))


def _vouches(name: str, span: Span, text: str) -> bool:
    """Whether a span names the outlet where only an outlet's own page does: dateline, byline, photo credit,
    copyright."""
    words, key = flat(text, span.start, span.end), _key(name)
    if span.kind == "byline":
        dateline = read_dateline(words)
        if dateline and dateline.agency:
            return _key(dateline.agency) == key
        names = attributions.byline_names(words)
        return names is not None and key in (
            _key(part) for part in re.split(r"(?:(?<!\s)\s+)?[|•·/,;]\s*|(?<!\s)\s+[–—-]\s+| for ", names)
        )
    if span.kind in ("credit", "caption"):
        if attributions.read_credit(words, words.count(" ") + 1):
            return False
        return any(key in _key(" ".join(filter(None, found.groups()))) for found in _PHOTO_NAME.finditer(words[-200:]))
    return (
        span.kind == "disclaimer" and key in _key(words) and bool(re.search(r"©|\(c\)|copyright", words, re.IGNORECASE))
    )


def _own_page(name: str, words: str) -> bool:
    """Whether a box of the page names the outlet, in full or by "the" and its last word."""
    if _key(name) in _key(words):
        return True
    parts = name.split()
    last = parts[-1]
    short = rf"\b(?:from|in|on|with|get|by|support|join|of|read) the {re.escape(last)}\b"
    return (
        len(parts) > 1
        and bool(attributions.OUTLET_WORDS.fullmatch(last))
        and bool(re.search(short, words, re.IGNORECASE))
    )
