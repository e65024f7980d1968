"""Datelines: the place, date and agency that a wire story begins with, before its first sentence
("KELBY, March 3 (Reuters) – ")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from service.articles.attributions import MONTHS, OUTLET_WORDS

_MONTH: Final = rf"(?:{'|'.join(MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?"
_DATE: Final = (
    rf"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?:\d{{1,2}}(?:st|nd|rd|th)? (?i:{_MONTH})|(?i:{_MONTH}) "
    r"\d{1,2}(?:st|nd|rd|th)?)(?:,? \d{4})?"
)
_CAPITALS: Final = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’]+(?:[ -](?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’]*|de|la|of|the|and|en|sur|am)){0,4}"
_NAMES: Final = r"[A-ZÀ-ÖØ-Þ][\w.'’-]*(?: (?:[A-ZÀ-ÖØ-Þ][\w.'’-]*|of|de|la|and)){0,4}"
_AGENCY: Final = r"\((?P<agency>[A-ZÀ-ÖØ-Þ][^(),;\d]{0,40})\)"
_DASH: Final = r"\s?(?:--|[—–])\s?|\s-(?:\s|$)"
_BEGINS: Final = rf"(?=[\"“‘'(\[]{{0,2}}(?:[A-ZÀ-ÖØ-Þ]|\d)|$)(?!(?i:{_MONTH}) \d)"
_DATELINE: Final = re.compile(
    rf"[*_]{{0,2}}(?:(?P<place>{_CAPITALS}(?:(?:, ?|/){_NAMES}){{0,2}}?)|"
    rf"(?P<named>{_NAMES}(?:(?:, ?|/){_NAMES}){{0,2}}?))"
    rf"(?P<date>,? {_DATE})?(?: {_AGENCY})?[*_]{{0,2}}(?:{_DASH}){_BEGINS}"
)
_AGENCY_FIRST: Final = re.compile(rf"(?:{_NAMES}(?:, ?{_NAMES})? )?{_AGENCY}(?:{_DASH}|\s){_BEGINS}")
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+")
_NO_PLACE: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday file photo video breaking update updated watch "
    "exclusive note editor live opinion analysis".split()
)
_SENTENCE: Final = re.compile(r"[^.!?]*")
_INNER_DASH: Final = re.compile(r"\s--?\s|\s?[—–]\s?")
LONGEST_DATELINE: Final = 160
"""Characters within which a dateline ends."""


@dataclass(frozen=True, slots=True)
class Dateline:
    """What a dateline says; `end` is the number of characters before the first sentence."""

    end: int
    agency: str | None
    date: str | None


def read_dateline(text: str, *, opens_story: bool = True) -> Dateline | None:
    """The dateline that a paragraph begins with, or None.

    A place in capitals and a dash are enough above the story's first paragraph; one in small letters needs
    a date or an agency beside it, and one inside the story (of a round-up) a region, a date or an agency. A
    dash that has its partner later in the sentence is a parenthesis ("NATO – Russia's old rival – said").
    """
    opening = text[:600]
    found = _DATELINE.match(opening)
    if found is None:
        return _without_dash(opening) if opens_story else None
    agency, day = _agency(found["agency"]), found["date"]
    first = _FIRST_WORD.match(found[0].casefold())
    if first and (first[0] in _NO_PLACE or first[0] in MONTHS):
        return None
    if found.end() > LONGEST_DATELINE or (found["agency"] and agency is None):
        return None
    if not (agency or day):
        rest = _SENTENCE.match(opening, found.end())
        dashes = len(_INNER_DASH.findall(rest[0])) if rest else 0
        place = found["place"]
        if place is None or len(place) < 3 or dashes % 2 or not (opens_story or re.search("[,/]", place)):
            return None
    return Dateline(found.end(), agency, day.strip(" ,") if day else None)


def _without_dash(opening: str) -> Dateline | None:
    """An agency in brackets, after a place or alone, and no dash: "(AP) The dam broke"."""
    found = _AGENCY_FIRST.match(opening)
    agency = _agency(found["agency"]) if found else None
    if found is None or agency is None:
        return None
    acronym = any(word.isupper() and word.isalpha() and len(word) > 1 for word in agency.split())
    return Dateline(found.end(), agency, None) if acronym or OUTLET_WORDS.search(agency) else None


def _agency(words: str | None) -> str | None:
    """An agency's name: at most five words, each with a capital."""
    names = (words or "").split()
    if not names or len(names) > 5:
        return None
    return " ".join(names) if all(name[0].isupper() or name in ("of", "the", "and", "&") for name in names) else None
