"""The ways to write dates in news prose, each a pattern with the reader of its fields, most telling first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from service.domain import DateMention
from service.language.calendar import PARTS, SEASONS
from service.language.date_fields import (
    LONG_MONTH,
    read_ago,
    read_decade,
    read_full,
    read_lapse,
    read_month,
    read_named_day,
    read_numeric,
    read_quarter,
    read_season,
    read_stretch,
    read_weekday,
    read_year,
    read_years,
)
from service.language.number_tables import ORDINALS, TENS, UNITS

_MONTH = rf"(?P<month>{LONG_MONTH}|(?:jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?)(?![^\W\d_])"
_WEEKDAY = r"(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
_ANY_WEEKDAY = (
    r"(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|wed|thurs?|thu|fri|sat|sun)\b\.?)"
)
_DAY_WORD = "|".join(word for word, value in ORDINALS.items() if value <= 20 or value == 30)
_DAY_WORDS = rf"(?:twenty|thirty)[- ](?:{_DAY_WORD})|{_DAY_WORD}"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![^\W_]|[.,:]\d)"
_YEAR = r"(?P<year>[12]\d{3})(?![^\W_]|[.,:]\d)"
_PART = rf"(?:(?P<part>{'|'.join(PARTS)})(?:\s+of)?[-\s]+(?:the\s+)?)"
_SEASON = rf"(?P<season>{'|'.join(SEASONS)})\b"
_WHICH = r"(?P<which>last|this|next|past|previous|coming|current)\s+"
_COUNT = rf"(?P<count>\d{{1,4}}|(?:(?:{'|'.join([*TENS, *UNITS])})(?:[-\s](?:{'|'.join(UNITS)}))?|a|an)\b)"
_UNIT = r"(?P<unit>day|week|month|year|decade|hour|minute)s?\b"
_BEFORE = r"(?<![\w./-])"


class Form(NamedTuple):
    """One way to write dates, and what it means."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], date | None], list[DateMention]]


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + pattern, re.IGNORECASE)


AMBIGUOUS = re.compile(
    r"(?<![\d./-])(?P<a>\d{1,2})(?P<s>[/.-])(?P<b>\d{1,2})(?P=s)(?P<year>(?:19|20)\d{2}|(?<=/)\d{2})(?![\d/]|[.-]\d)"
)
LENGTH = re.compile(
    r"\b(?:ago|earlier|later|before)$|"
    rf"\b(?:last|past|previous|next|coming)\s+(?=\d|{'|'.join([*TENS, *UNITS])})",
    re.I,
)
_RANGE_IN = r"(?:(?P<other>\d{1,2})(?:st|nd|rd|th)?\s*(?:[-–—]|\bto\b|\band\b|\bor\b)\s*)?"
_RANGE_OUT = (
    r"(?:(?:\s*[-–—]\s*|\s+to\s+|\s+(?:and|or)\s+(?!\d{1,2}\s+[a-z]))"
    r"(?P<other>\d{1,2})(?:st|nd|rd|th)?(?![^\W_]|[.,:]\d))?"
)
FORMS = (
    Form(
        _compiled(r"(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})(?:T[\d:.]{4,15}Z?)?(?![\w-])"),
        read_full,
    ),
    Form(_compiled(r"(?P<year>[12]\d{3})/(?P<month>\d{2})/(?P<day>\d{2})(?![\w/-])"), read_full),
    Form(AMBIGUOUS, read_numeric),
    Form(
        _compiled(
            rf"(?:{_ANY_WEEKDAY},?\s+(?:the\s+)?)?{_RANGE_IN}{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?"
        ),
        read_full,
    ),
    Form(
        _compiled(rf"(?:{_ANY_WEEKDAY},?\s+)?{_MONTH}\s+(?:the\s+)?{_DAY}{_RANGE_OUT}(?:,?\s+{_YEAR})?"),
        read_full,
    ),
    Form(_compiled(rf"(?P<dayword>{_DAY_WORDS})\s+of\s+{_MONTH}(?:,?\s+{_YEAR})?"), read_full),
    Form(_compiled(rf"{_MONTH}\s+the\s+(?P<dayword>{_DAY_WORDS})\b(?:,?\s+{_YEAR})?"), read_full),
    Form(
        _compiled(
            rf"(?:the\s+)?(?P<nth>first|second|third|fourth|last|final)\s+(?P<stretch>quarter|half)\s+of\s+{_YEAR}"
        ),
        read_quarter,
    ),
    Form(_compiled(rf"Q(?P<nth>[1-4])(?P<stretch>)(?:,|\s+of)?\s+{_YEAR}"), read_quarter),
    Form(_compiled(rf"{_PART}?{_MONTH},?\s+(?:of\s+)?{_YEAR}"), read_month),
    Form(_compiled(rf"{_PART}?{_SEASON}(?:\s+of|,)?\s+{_YEAR}"), read_season),
    Form(_compiled(rf"{_PART}?{_WHICH}{_MONTH}"), read_month),
    Form(_compiled(rf"{_PART}?{_WHICH}{_SEASON}"), read_season),
    Form(_compiled(rf"{_WHICH}{_WEEKDAY}"), read_weekday),
    Form(_compiled(rf"(?:the\s+)?{_WHICH}{_COUNT}\s+{_UNIT}"), read_lapse),
    Form(
        _compiled(
            rf"(?:(?:earlier|later)\s+|{_PART})?{_WHICH}(?P<unit>week|weekend|month|year|night|evening|morning|afternoon)\b(?!-)"
        ),
        read_stretch,
    ),
    Form(_compiled(rf"{_COUNT}[-\s]+{_UNIT}\s+(?P<way>ago|earlier|later|before)\b"), read_ago),
    Form(_compiled(rf"(?:the\s+)?(?:{_PART})?(?P<decade>(?:1[5-9]|20)\d0)s\b"), read_decade),
    Form(_compiled(rf"(?:the\s+|{_PART}|)['’](?P<decade>\d0)s\b"), read_decade),
    Form(
        _compiled(
            rf"the\s+{_PART}?(?:(?P<decade>\d0)s|(?P<named>fifties|sixties|seventies|eighties|nineties))\b"
        ),
        read_decade,
    ),
    Form(
        _compiled(
            r"(?P<year>(?:19|20)\d{2})\s?[-–—/]\s?(?P<until>(?:19|20)\d{2}|\d{2})(?![^\W_]|[.,:%-]\d|%)"
        ),
        read_years,
    ),
    Form(_compiled(rf"{_PART}{_YEAR}"), read_year),
    Form(_compiled(rf"(?P<lead>year\s+|FY\s?){_YEAR}"), read_year),
    Form(re.compile(r"(?<![\d])(?P<year>[12]\d{3})(?![^\W_]|[.,:]\d)"), read_year),
    Form(
        _compiled(r"(?:the\s+day\s+(?:before|after)\s+)?(?:yesterday|tomorrow)\b|(?:today|tonight)\b"),
        read_named_day,
    ),
    Form(_compiled(_WEEKDAY), read_weekday),
    Form(_compiled(rf"(?:the\s+)?{_PART}{_MONTH}"), read_month),
    Form(_compiled(rf"(?P<month>{LONG_MONTH})\b"), read_month),
)
