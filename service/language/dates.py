"""Dates and times that a text names, field by field, with their place and, where the words settle it, their
days.

Weekdays count from Monday = 0. Relative words ("yesterday", "last June", "Monday") are resolved against
the day of publication when it is given; a bare weekday is the last one that had come, a bare day of a
month the nearest.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from service.domain import DateMention
from service.language.calendar import MONTHS, SEASONS, WEEKDAYS
from service.language.date_forms import AMBIGUOUS, FORMS, LENGTH
from service.language.number_tables import ORDINALS
from service.language.tokens import stretches, word_set

_FILLERS = word_set("the of in on a an and st nd rd th day year month")
_SEED = re.compile(r"\d{4}|\d0s\b|\d[-/.]\d|Q[1-4]\b|[^\W\d_]+")
_SEED_WORDS = frozenset({*MONTHS, *WEEKDAYS, *SEASONS}) | word_set(
    "today tonight yesterday tomorrow ago earlier later before last this next past previous coming current "
    "quarter half q1 q2 q3 q4 fifties sixties seventies eighties nineties"
)
_REACH = 48
"""Characters around a telling word in which the rest of a date stands."""


@lru_cache(maxsize=1024)
def read_dates(text: str, published: date | None = None) -> tuple[DateMention, ...]:
    """All dates of the text in order of place, relative ones resolved against `published` where it is given.

    A numeric date that may be day first or month first (9/2/2025) is left out. "May" and "March" are
    months only where a date's words stand around them.
    """
    return tuple(mention for mention in _scan(text, published) if mention.text)


def date_places(text: str) -> tuple[tuple[int, int], ...]:
    """Where numbers are parts of dates, ambiguous numeric dates included; lengths such as "three days ago"
    are not.
    """
    places = [
        (mention.start, mention.end) for mention in _scan(text, None) if not LENGTH.search(mention.text)
    ]
    return tuple(sorted(places + [match.span() for match in AMBIGUOUS.finditer(text)]))


def same_or_coarser(a: DateMention, b: DateMention) -> bool:
    """Whether a statement's date `a` says no more than a quoted date `b`, and nothing else than it.

    Each field that `a` has, `b` has with the same value; words that narrow a date ("late", "last", a
    season) stand in `b` too, unless both are resolved and the days of `b` lie within those of `a`.
    """
    for name in ("year", "month", "day", "weekday"):
        wanted = getattr(a, name)
        if wanted is not None and getattr(b, name) != wanted:
            return False
    if a.resolved and b.resolved:
        return a.resolved[0] <= b.resolved[0] and b.resolved[1] <= a.resolved[1]
    return _narrowing(a.text) <= _narrowing(b.text)


def _narrowing(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", text.lower())
    kept = {"autumn" if word == "fall" else word for word in words if word not in _FILLERS}
    plain = {word for word in kept if word in MONTHS or word in WEEKDAYS or word in ORDINALS}
    return frozenset(word for word in kept - plain if not re.fullmatch(r"\d+(?:st|nd|rd|th|t)?", word))


def _scan(text: str, published: date | None) -> list[DateMention]:
    """All mentions; where two ways to write dates overlap, the earlier in the table wins."""
    taken = bytearray(len(text))
    found: list[DateMention] = []
    around = stretches(text, _SEED, _SEED_WORDS, _REACH)
    for form in FORMS:
        for first, last in around:
            for match in form.pattern.finditer(text, first, last):
                start, end = match.span()
                if taken.find(1, start, end) >= 0:
                    continue
                for mention in form.read(match, published):
                    found.append(mention)
                    taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
    return sorted(found, key=lambda mention: mention.start)
