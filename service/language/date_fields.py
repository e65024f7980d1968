"""What the words of a date mean: from one match of a way to write dates to its fields and its days."""

from __future__ import annotations

import re
from datetime import date

from service.domain import DateMention
from service.language import calendar, qualifiers
from service.language.calendar import MONTHS, SEASONS, WEEKDAYS, Days
from service.language.nouns import counted
from service.language.number_tables import AGES
from service.language.numerals import read_numerals
from service.language.thesaurus import is_a
from service.language.tokens import word_set
from service.language.units import unit_at

LONG_MONTH = "|".join(name for name in MONTHS if len(name) > 4 or name in ("may", "june", "july"))
"""A pattern of the months' whole names."""
_LEADS = word_set(
    "in since by until till from before after during the early late mid year through throughout between and "
    "circa fiscal to this"
)
"""Words in front of a bare year, even where a plural follows ("in 2024 elections were held")."""
_OLD_LEADS = word_set("in since year until till circa")
_MONTH_LEADS = word_set(
    "in since last next this early late mid until till by from of during before after between through "
    "throughout every each to for past previous coming end start beginning middle"
)
_VERBS_TOO = frozenset(("may", "march"))


def _group(match: re.Match[str], name: str) -> str:
    return (match.groupdict().get(name) or "").lower().rstrip(".")


def _mention(
    match: re.Match[str], resolved: Days | None, relative: bool = False, **fields: int | None
) -> DateMention:
    year, month, number, weekday = (fields.get(name) for name in ("year", "month", "day", "weekday"))
    return DateMention(
        match.start(), match.end(), match[0], year, month, number, weekday, relative, resolved
    )  # fmt: skip


def _number(text: str) -> int:
    numerals = read_numerals(text)
    return int(numerals[0].value) if numerals else 1


def read_full(match: re.Match[str], published: date | None) -> list[DateMention]:
    """A day of a month, with or without year and weekday."""
    month = MONTHS.get(_group(match, "month")) or int(_group(match, "month") or 0)
    number = _number(_group(match, "day") or _group(match, "dayword"))
    year = int(match["year"]) if match.groupdict().get("year") else None
    weekday = WEEKDAYS.get(_group(match, "weekday")) if _group(match, "weekday") else None
    if not calendar.day(year or 2024, month, number):
        return []
    single = calendar.day(year, month, number) if year else None
    if published and not year:
        single = calendar.nearest_day(published, month, number)
    resolved = (single, single) if single else None
    fields = {"year": year, "month": month, "day": number, "weekday": weekday}
    found = _mention(match, resolved, False, **fields)
    other = match.groupdict().get("other")
    return [*_pair(match, found, int(other), published)] if other else [found]


def _pair(match: re.Match[str], found: DateMention, other: int, published: date | None) -> list[DateMention]:
    """Two days that share a month: "9-11 February", "February 9 and 10"; each keeps its own part of the
    words.
    """
    if found.month is None or not calendar.day(found.year or 2024, found.month, other):
        return [found]
    single = calendar.day(found.year, found.month, other) if found.year else None
    if published and not found.year:
        single = calendar.nearest_day(published, found.month, other)
    start, end = match.span("other")
    text = match.string
    days = (single, single) if single else None
    if start < match.start("day"):
        first = DateMention(
            match.start(), end, text[match.start() : end], found.year, found.month, other, None, False, days
        )
        place = match.start("day")
        second = DateMention(
            place,
            match.end(),
            text[place : match.end()],
            found.year,
            found.month,
            found.day,
            None,
            False,
            found.resolved,
        )
        return [first, second]
    place = match.end("day")
    first = DateMention(
        match.start(),
        place,
        text[match.start() : place],
        found.year,
        found.month,
        found.day,
        found.weekday,
        False,
        found.resolved,
    )
    second = DateMention(
        start, match.end(), text[start : match.end()], found.year, found.month, other, None, False, days
    )
    return [first, second]


def read_numeric(match: re.Match[str], published: date | None) -> list[DateMention]:
    """9.2.2025 (day first), 13/2/2025 and 2/13/2025 (only one reading is a date)."""
    del published
    order = _numeric_order(match)
    if order is None:
        return []
    number, month = order
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    single = calendar.day(year, month, number)
    return [_mention(match, (single, single), year=year, month=month, day=number)] if single else []


def _numeric_order(match: re.Match[str]) -> tuple[int, int] | None:
    first, second = int(match["a"]), int(match["b"])
    if match["s"] == "." or first == second or first > 12:
        return (first, second) if second <= 12 else None
    return (second, first) if second > 12 else None


def read_month(match: re.Match[str], published: date | None) -> list[DateMention]:
    """A month, with or without year, "early" or "last"."""
    month = MONTHS[_group(match, "month")]
    year = int(match["year"]) if match.groupdict().get("year") else None
    which, part = _group(match, "which"), _group(match, "part")
    if year is None and not which and not _month_stands(match, part):
        return []
    resolved = calendar.of_month(year, month) if year else None
    if year is None and published:
        resolved = _month_near(published, month, which)
    return [_mention(match, calendar.third(resolved, part), bool(which), year=year, month=month)]


def _month_stands(match: re.Match[str], part: str) -> bool:
    """Whether a month's name by itself is a month: no verb, no person."""
    text, name = match.string, match["month"]
    before = re.search(r"(?<!\w)(\w+)[\s-]+$", text[max(0, match.start() - 24) : match.start()])
    lead = before[1].lower() if before else ""
    if part or lead in _MONTH_LEADS or lead in MONTHS:
        return part != "" or name[0].isupper() or name.lower() not in _VERBS_TOO
    if name.lower() in _VERBS_TOO or not name[0].isupper():
        return False
    listed = re.search(
        rf"\b(?:{LONG_MONTH}),?\s+(?:(?:and|or|to)\s*)?$", text[max(0, match.start() - 24) : match.start()], re.I
    )
    after = re.match(r"\s+[A-Z][a-z]", text[match.end() : match.end() + 3])
    named = before is not None and before[1][0].isupper() and lead not in ("the", "a")
    return bool(listed) or not (after or (named and text[before.end(1) if before else 0 :][:1] == " "))


def _month_near(published: date, month: int, which: str) -> Days | None:
    """The month meant from the publication's point of view; one that may as well lie ahead is not settled."""
    ahead = (month - published.month) % 12
    if which in ("next", "coming"):
        return calendar.of_month(published.year, published.month + (ahead or 12))
    if which in ("this", "current"):
        return calendar.of_month(published.year, month)
    if which in ("last", "past", "previous"):
        return calendar.of_month(published.year, published.month - ((-ahead) % 12 or 12))
    if 0 < ahead <= 3:
        return None
    return calendar.of_month(published.year, published.month - (-ahead) % 12)


def read_season(match: re.Match[str], published: date | None) -> list[DateMention]:
    season, which = _group(match, "season"), _group(match, "which")
    year = int(match["year"]) if match.groupdict().get("year") else None
    resolved = calendar.of_season(year, season) if year else None
    if which and published:
        resolved = _season_near(published, season, which)
    return [_mention(match, calendar.third(resolved, _group(match, "part")), bool(which), year=year)]


def _season_near(published: date, season: str, which: str) -> Days | None:
    runs = [
        days
        for shift in (-2, -1, 0, 1)
        if (days := calendar.of_season(max(3, published.year + shift), season))
    ]
    over = [days for days in runs if days[1] < published]
    ahead = [days for days in runs if days[0] > published]
    now = [days for days in runs if days[0] <= published <= days[1]]
    if which in ("last", "past", "previous"):
        return over[-1] if over else None
    if which in ("this", "current"):
        near = now or [days for days in runs if days[0].year == published.year]
        return near[0] if near else None
    return ahead[0] if ahead else None


def read_year(match: re.Match[str], published: date | None) -> list[DateMention]:
    del published
    year = int(match["year"])
    if not _year_stands(match, year):
        return []
    return [_mention(match, calendar.third(calendar.of_year(year), _group(match, "part")), year=year)]


def _year_stands(match: re.Match[str], year: int) -> bool:
    """Whether four plain digits are a year, not a quantity, an identifier or a clock time."""
    text, start, end = match.string, match.start("year"), match.end("year")
    if _group(match, "part") or match.groupdict().get("lead"):
        return True
    around = text[max(0, start - 2) : start], text[end : end + 2]
    if re.search(r"[\w$€£¥#%+/]$|[\w\d][-.,:]$", around[0]) or re.match(
        r"\s?[%€$£°]|[-–/:][\w\d]|[^\W_]", around[1]
    ):
        return False
    before = re.search(r"(?<![^\W\d_])([^\W\d_]+)[\s-]+$|['’]s\s+$", text[max(0, start - 20) : start])
    lead = (before[1] or "the").lower() if before else ""
    if not 1900 <= year <= 2099:
        return lead in _OLD_LEADS and unit_at(text, end) is None and counted(text, end, plural=True) is None
    if unit_at(text, end) is not None:
        return False
    if lead in _LEADS or lead in MONTHS or lead in SEASONS:
        return True
    phrase = counted(text, end, plural=True)
    if phrase is None or phrase.unit is None or not phrase.plural or phrase.text[0].isupper():
        return True
    amount = qualifiers.before(text, start).qualifier != "unspecified"
    return not (amount or year % 100 == 0 or phrase.unit == "people" or is_a(phrase.unit, "person"))


def read_years(match: re.Match[str], published: date | None) -> list[DateMention]:
    """2014-2018, 2022-23: two years."""
    del published
    first, tail = int(match["year"]), match["until"]
    last = int(tail) if len(tail) == 4 else first - first % 100 + int(tail)
    if not first < last <= first + 150:
        return []
    start, end = match.span("until")
    text = match.string
    return [
        DateMention(match.start(), match.end("year"), text[match.start() : match.end("year")], first,
                    resolved=calendar.of_year(first)),
        DateMention(start, end, text[start:end], last, resolved=calendar.of_year(last)),
    ]  # fmt: skip


def read_decade(match: re.Match[str], published: date | None) -> list[DateMention]:
    del published
    digits = _group(match, "decade")
    first = int(digits) if digits else AGES[_group(match, "named")]
    if first < 100:
        first += 1900 if first >= 30 else 2000
    days = (date(first, 1, 1), date(first + 9, 12, 31))
    return [_mention(match, calendar.third(days, _group(match, "part")))]


def read_quarter(match: re.Match[str], published: date | None) -> list[DateMention]:
    """The third quarter of 2024, Q3 2024, the first half of 2024."""
    del published
    year, name = int(match["year"]), _group(match, "nth")
    half = _group(match, "stretch") == "half"
    index = (
        int(name)
        if name.isdigit()
        else {"first": 1, "second": 2, "third": 3, "fourth": 4}.get(name, 2 if half else 4)
    )
    length = 6 if half else 3
    if index > 12 // length:
        return []
    return [_mention(match, calendar.of_months(year, (index - 1) * length + 1, length), year=year)]


def read_weekday(match: re.Match[str], published: date | None) -> list[DateMention]:
    weekday, which = WEEKDAYS[_group(match, "weekday")], _group(match, "which")
    resolved = None
    if published:
        back = (published.weekday() - weekday) % 7
        ahead = -back % 7 or 7
        shift = ahead if which in ("next", "coming") else -back
        if which in ("last", "past", "previous") and back == 0:
            shift = -7
        if which == "this":
            shift = weekday - published.weekday()
        resolved = calendar.shifted(published, shift, shift)
    return [_mention(match, resolved, True, weekday=weekday)]


def read_named_day(match: re.Match[str], published: date | None) -> list[DateMention]:
    shift = {"yesterday": -1, "tomorrow": 1}.get(match[0].lower().split()[-1], 0)
    if match[0].lower().startswith("the day"):
        shift *= 2
    return [_mention(match, calendar.shifted(published, shift, shift) if published else None, True)]


def read_stretch(match: re.Match[str], published: date | None) -> list[DateMention]:
    """last week, this month, next year, late last year."""
    which, unit = _group(match, "which"), _group(match, "unit")
    shift = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(which, 0)
    resolved: Days | None = None
    if published:
        if unit in ("night", "evening"):
            resolved = calendar.shifted(published, shift, shift)
        elif unit in ("morning", "afternoon"):
            resolved = calendar.shifted(published, 0, 0)
        elif unit == "week":
            moved = calendar.shifted(published, 7 * shift, 7 * shift)
            resolved = calendar.of_week(moved[0]) if moved else None
        elif unit == "weekend":
            resolved = _weekend(published, shift)
        elif unit == "month":
            resolved = calendar.of_month(published.year, published.month + shift)
        elif unit == "year":
            resolved = calendar.of_year(published.year + shift)
    return [_mention(match, calendar.third(resolved, _group(match, "part")), True)]


def _weekend(published: date, shift: int) -> Days | None:
    """Saturday and Sunday: the last before today, the coming one, or the one after that."""
    back = (published.weekday() - 5) % 7 if published.weekday() >= 5 else published.weekday() + 2
    start = -back if shift < 0 else 5 - published.weekday() + 7 * shift
    if shift < 0 and published.weekday() >= 5:
        start = 5 - published.weekday() - 7
    return calendar.shifted(published, start, start + 1)


def read_ago(match: re.Match[str], published: date | None) -> list[DateMention]:
    """three days ago (that day), two years ago (that year); "earlier" and "later" count from elsewhere."""
    count, unit = _number(_group(match, "count")), _group(match, "unit")
    resolved = None
    if published and _group(match, "way") == "ago" and count < 5000:
        resolved = _back(published, count, unit)
    return [_mention(match, resolved, True)]


def _back(published: date, count: int, unit: str) -> Days | None:
    if unit in ("hour", "minute"):
        return calendar.shifted(published, -1 - count // 24, 0) if unit == "hour" else (published, published)
    if unit == "day":
        return calendar.shifted(published, -count, -count)
    if unit == "week":
        return calendar.shifted(published, -7 * count - 3, -7 * count + 3)
    if unit == "month":
        return calendar.of_month(published.year, published.month - count)
    return calendar.of_year(published.year - count * (10 if unit == "decade" else 1))


def read_lapse(match: re.Match[str], published: date | None) -> list[DateMention]:
    """the past three days, the next two weeks: up to the publication, or from it on."""
    count, unit = _number(_group(match, "count")), _group(match, "unit")
    days = {"day": 1, "week": 7, "month": 31, "year": 366, "decade": 3653, "hour": 1, "minute": 1}[unit]
    span = -(-count // 24) if unit == "hour" else count * days
    resolved = None
    if published and count < 5000:
        ahead = _group(match, "which") in ("next", "coming")
        resolved = calendar.shifted(published, 0, span) if ahead else calendar.shifted(published, -span, 0)
    return [_mention(match, resolved, True)]
