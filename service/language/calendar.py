"""What dates are made of: names of months, weekdays and seasons, and the days that an expression spans."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta

Days = tuple[date, date]
"""The first and the last day meant, both included."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thur thu", "friday fri",
         "saturday sat", "sunday sun")
    )
    for name in names.split()
}  # fmt: skip
"""Monday is 0, as `date.weekday()` counts."""
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""First month of each season: three calendar months of the northern half; winter runs into the next year."""
PARTS = {
    "early": 0, "beginning": 0, "start": 0, "opening": 0, "mid": 1, "middle": 1, "late": 2, "end": 2,
    "close": 2,
}  # fmt: skip
"""Which third of a stretch a word such as "early" means."""


def day(year: int, month: int, number: int) -> date | None:
    """The calendar day, or None where there is none such."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def of_year(year: int) -> Days | None:
    """All days of a year, or None outside the calendar."""
    return (date(year, 1, 1), date(year, 12, 31)) if MINYEAR <= year <= MAXYEAR else None


def of_month(year: int, month: int) -> Days | None:
    """All days of a month; months beyond 12 or below 1 run into the neighbouring years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def of_months(year: int, month: int, count: int) -> Days | None:
    """All days of several months in a row."""
    first, last = of_month(year, month), of_month(year, month + count - 1)
    return (first[0], last[1]) if first and last else None


def of_season(year: int, season: str) -> Days | None:
    """The three months of a season that begins in this year."""
    return of_months(year, SEASONS[season], 3)


def of_week(any_day: date) -> Days | None:
    """Monday to Sunday around a day."""
    return shifted(any_day, -any_day.weekday(), 6 - any_day.weekday())


def shifted(any_day: date, first: int, last: int) -> Days | None:
    """From `first` to `last` days after a day, or None outside the calendar."""
    try:
        return any_day + timedelta(days=first), any_day + timedelta(days=last)
    except OverflowError:
        return None


def third(days: Days | None, part: str) -> Days | None:
    """The third of a stretch that "early", "mid", "late" or "the end of" means.

    Months go 1-10, 11-20, 21-last, years in fours of months, decades 0-3, 4-6, 7-9.
    """
    if days is None or part not in PARTS:
        return days
    first, last = days
    index, length = PARTS[part], (last - first).days + 1
    if length > 3650:
        start, end = ((0, 3), (4, 6), (7, 9))[index]
        return date(first.year + start, 1, 1), date(first.year + end, 12, 31)
    if length > 364:
        return of_months(first.year, 4 * index + 1, 4)
    step = 10 if length <= 31 else length // 3
    opening = first + timedelta(days=index * step)
    return opening, last if index == 2 else opening + timedelta(days=step - 1)


def nearest_day(published: date, month: int, number: int) -> date | None:
    """The day of this name that lies nearest to the publication, before or after it."""
    found = [
        candidate
        for year in (published.year - 1, published.year, published.year + 1)
        if MINYEAR <= year <= MAXYEAR and (candidate := day(year, month, number))
    ]
    return min(found, key=lambda candidate: abs((candidate - published).days), default=None)
