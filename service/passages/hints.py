"""What a question says about where its answer stands: which publishers, which days, and whether it is about now."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from service.domain import DateMention
from service.language.dates import read_dates

_NOW = re.compile(
    r"\b(?:this (?:past )?(?:week|weekend|month|morning|evening)|past (?:week|few days)|today|tonight|yesterday|now|"
    r"current(?:ly)?|latest|lately|recent(?:ly)?|in recent (?:days|weeks)|so far|(?:mon|tues|wednes|thurs|fri|satur|"
    r"sun)day)\b", re.I)
_PART = re.compile(r"(?:(?<!\s)\s+)?[|–—:]\s*|(?<!\s)\s+-\s+")
_WORD = re.compile(r"[^\W_]+")
_FRESH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Hints:
    """What one question says: its publishers (as the archive names them), its days, whether it is about now, and
    whether it names a time that is over and none that is now, which overrides the recency prior."""

    publishers: frozenset[str] = frozenset()
    days: tuple[tuple[date, date], ...] = ()
    now: bool = False
    past: bool = False

    def on(self, published: date | None) -> bool:
        """Whether an article is of a day that is named."""
        if published is None or not self.days:
            return False
        return any(first <= published <= last for first, last in self.days)


def read_hints(question: str, publishers: Iterable[str], as_of: date | None) -> Hints:
    """The hints of a question asked of an archive with these publishers, on a day if it is known."""
    mentions = [d for d in read_dates(question, as_of) if d.resolved or d.year]
    days = tuple(d.resolved for d in mentions if d.resolved and d.day)
    now = bool(_NOW.search(question))
    past = not now and any(_over(d, as_of) for d in mentions)
    words = f" {' '.join(_WORD.findall(question))} "
    written = not question.isupper()
    named = frozenset(name for name in publishers if any(f" {part} " in words for part in _parts(name, written)))
    return Hints(named, days, now, past)


def _over(mention: DateMention, as_of: date | None) -> bool:
    """Whether a time named was over a month before the day of asking."""
    if mention.resolved is not None and as_of is not None:
        return mention.resolved[1] < as_of - _FRESH
    return mention.year is not None


@lru_cache(maxsize=5_000)
def _parts(publisher: str, written: bool) -> tuple[str, ...]:
    """The names under which a publisher may be called: the whole, and what stands before and behind a bar or dash.

    Compared with its capitals, since many names are common words: Time, Fortune, Wired. In a question that is `written`
    with small letters too, "the Age" is The Age, and a word in capitals alone is that name: CNBC for Cnbc.
    """
    found = dict.fromkeys(" ".join(_WORD.findall(part)) for part in (publisher, *_PART.split(publisher)))
    if written:
        found |= dict.fromkeys(part.upper() for part in tuple(found) if " " not in part)
        found |= dict.fromkeys(f"t{part[1:]}" for part in tuple(found) if part.startswith("The "))
    return tuple(part for part in found if len(part) > 2)
