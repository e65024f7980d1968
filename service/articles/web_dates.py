"""When a web page says that its article was published, and where it says so.

What tags name as the day of publication counts first; then a marked day, a time beside the headline, the day that the
story opens with; last what htmldate finds elsewhere. Never a copyright line, and no date that the text only mentions.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Final

from service.domain import Sourced

if TYPE_CHECKING:
    from lxml.html import HtmlElement

PAGE: Final = "page"
"""Where a day was found of which nothing says that it is that of publication."""
_NAMES: Final = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "publish_date",
    "pubdate",
    "citation_publication_date",
    "sailthru.date",
    "parsely-pub-date",
)
"""Meta tags that hold the day of publication."""
_HEADING: Final = 12
"""Elements between a page's heading and a time that belongs to it."""
_TOGETHER: Final = 2
"""Elements between times that stand side by side."""
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_IN_ADDRESS: Final = re.compile(r"(?<!\d)(?P<day>\d\d?)[-_.](?P<month>\d\d?)[-_.](?P<year>(?:19|20)\d\d)(?!\d)")
_NEW_YEAR: Final = re.compile(r"\b0?1[./-] ?0?1\b|\b0?1(?:st|er)?\.? [Jj]an|[Jj]an\w{0,20}\.? 0?1\b")
"""What a line has that means the first of January: a year alone is read as that day too."""
_NO_DATE: Final = re.compile(r"©|copyright|\(c\)|rights reserved|alle rechte", re.IGNORECASE)
_CHANGED: Final = re.compile(
    r"\b(?:updated?|modified|edited|aktualisiert|geändert|bearbeitet|actualizado|modificado|modifié|mis à jour|"
    r"mise à jour|aggiornato|bijgewerkt)\b",
    re.IGNORECASE,
)
"""Words of a line that says when an article was changed."""
_OPENING: Final = re.compile(
    r"[^\w(\[]{0,3}(?:[^\W\d_][\w.'’-]{1,30}(?: [^\W\d_][\w.'’-]{1,30}){0,2}(?:, ?| (?=[(\[])|/))?"
    r"(?:[(\[](?P<within>[^()\[\]]{6,40})[)\]]|(?P<figures>\d{1,2}[./-] ?\d{1,2}[./-] ?\d{4}|\d{4}-\d\d-\d\d)"
    r"(?=\s*[–—:|/\"“„«-])|(?P<words>\d{1,2}\.? [^\W\d_]{3,12}\.? \d{4}|[^\W\d_]{3,12}\.? \d{1,2}, \d{4})"
    r"(?=\s*[–—:|]|\s-))"
)
"""The place and day that a story opens with: `Kelby, (3.3.2026).`, `3.3.2026 - `, `March 3, 2026 – `."""


def published(
    tree: HtmlElement, metas: Mapping[str, str], linked: str | None, address: str | None
) -> Sourced[date] | None:
    """The day that address, tags or linked data (`linked`) give, named after the first of them that has it; found in
    `PAGE` where none names it as the day of publication, so that `nearer` may know better."""
    from htmldate import find_date

    found = day(find_date(tree, extensive_search=False, original_date=True, url=address), PAGE)
    named = day(linked, "JSON-LD")
    tagged = next((one for name in _NAMES if (one := day(metas.get(name), "meta tag"))), None)
    marked = _marked(tree)
    if not (named or tagged):
        close = marked or _beside_heading(tree)
        if close or not found:
            return close or _of_address(address)
    if found is None:
        return named or tagged
    for one in (named, tagged, marked, *_times(tree)):
        if one and one.value == found.value and (named or tagged or one.found_in != "time tag"):
            return one
    if address and f"{found.value:%Y%m%d}" in re.sub(r"\D", "", address):
        return Sourced(found.value, "address")
    return found


def nearer(known: Sourced[date] | None, lines: list[str], story: Iterable[str]) -> Sourced[date] | None:
    """The day that the lines around a headline tell, else the one that the story's first paragraphs open with, else
    what is known; that also where it is one of several days around the headline."""
    found = _of_lines(lines, "page head") or _of_lines(_openings(story), "dateline")
    if known and found and found.value != known.value:
        alone = (_of_lines([line], PAGE) for line in lines)
        if any(one and one.value == known.value for one in alone):
            return known
    return found or known


def day(value: str | None, found_in: str) -> Sourced[date] | None:
    """A day written as in ISO 8601, None for anything else."""
    shown = _ISO.match((value or "").strip())
    if shown:
        with suppress(ValueError):
            return Sourced(date.fromisoformat(shown[0]), found_in)
    return None


def _of_lines(lines: Iterable[str], found_in: str) -> Sourced[date] | None:
    """The one date in some lines, written in whatever language; None where there is none.

    A line that tells of a change counts only where no other line has a date."""
    kept = [line for line in lines if any(sign.isdigit() for sign in line) and not _NO_DATE.search(line)]
    first = [line for line in kept if not _CHANGED.search(line)]
    return _written(first, found_in) or (_written(kept, found_in) if len(first) < len(kept) else None)


def _written(lines: list[str], found_in: str) -> Sourced[date] | None:
    from htmldate import find_date
    from lxml.html import builder

    if not lines:
        return None
    page = builder.HTML(builder.BODY(*(builder.P(line) for line in lines)))
    found = day(find_date(page, extensive_search=True, original_date=True), found_in)
    if found and (found.value.month, found.value.day) == (1, 1) and not any(map(_NEW_YEAR.search, lines)):
        return None
    return found


def _openings(story: Iterable[str]) -> Iterator[str]:
    """The first day that one of these paragraphs opens with, as written."""
    for paragraph in story:
        if found := _OPENING.match(paragraph):
            yield found["within"] or found["figures"] or found["words"]
            return


def _of_address(address: str | None) -> Sourced[date] | None:
    """The day that an address names with the year last, where day and month can't be mistaken for one another."""
    for found in _IN_ADDRESS.finditer(address or ""):
        first, second = int(found["day"]), int(found["month"])
        if first > 12 or second > 12 or first == second:
            with suppress(ValueError):
                month = second if second <= 12 else first
                return Sourced(date(int(found["year"]), month, first + second - month), "address")
    return None


def _marked(tree: HtmlElement) -> Sourced[date] | None:
    """The day that elements mark as that of publication; None where they mark several."""
    found = {
        one.value: one
        for tag in tree.xpath('//*[contains(@itemprop, "datePublished")]')
        if (one := day(tag.get("datetime") or tag.get("content"), "microdata"))
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _times(tree: HtmlElement) -> list[Sourced[date]]:
    return [one for tag in tree.iter("time") if (one := day(tag.get("datetime"), "time tag"))]


def _beside_heading(tree: HtmlElement) -> Sourced[date] | None:
    """The day of the time nearest to a heading of the page; of those as near, the earliest."""
    headings: list[int] = []
    times: list[tuple[int, Sourced[date]]] = []
    for at, tag in enumerate(tree.iter()):
        if tag.tag == "h1":
            headings.append(at)
        elif tag.tag == "time" and (one := day(tag.get("datetime"), "time tag")):
            times.append((at, one))
    far = [min((abs(at - heading) for heading in _around(headings, at)), default=_HEADING + 1) for at, _ in times]
    nearest = min(far, default=_HEADING + 1)
    near = [one for (_, one), steps in zip(times, far, strict=True) if steps <= min(nearest + _TOGETHER, _HEADING)]
    return min(near, key=lambda one: one.value, default=None)


def _around(places: list[int], at: int) -> list[int]:
    """The last of these places before one, and the first after it."""
    index = bisect_left(places, at)
    return places[max(0, index - 1) : index + 1]
