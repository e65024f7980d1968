"""Dates read from news language written for these tests, published on Monday, 10 February 2025."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain import DateMention
from service.language.dates import read_dates, same_or_coarser

PUBLISHED = date(2025, 2, 10)
Fields = tuple[int | None, int | None, int | None, int | None]
"""Year, month, day, weekday."""
Row = tuple[str, Fields, str | None]
"""Words, fields, and the days meant, `first..last` or one day."""


def _fields(year: int | None = None, month: int | None = None, day: int | None = None) -> Fields:
    return year, month, day, None


NO_FIELDS = _fields()


def _weekday(number: int) -> Fields:
    return None, None, None, number


ROWS: list[tuple[str, list[Row]]] = [
    # -- whole dates
    ("It fell on 9 February 2025.", [("9 February 2025", _fields(2025, 2, 9), "2025-02-09")]),
    ("It fell on February 9, 2025, at dawn.", [("February 9, 2025", _fields(2025, 2, 9), "2025-02-09")]),
    ("It fell on Feb. 9, 2025.", [("Feb. 9, 2025", _fields(2025, 2, 9), "2025-02-09")]),
    ("It fell on 9th of February 2025.", [("9th of February 2025", _fields(2025, 2, 9), "2025-02-09")]),
    (
        "It fell on the ninth of February, 2025.",
        [("ninth of February, 2025", _fields(2025, 2, 9), "2025-02-09")],
    ),
    ("Updated 2025-02-09.", [("2025-02-09", _fields(2025, 2, 9), "2025-02-09")]),
    ("Updated 2025-02-09T10:30:00Z now", [("2025-02-09T10:30:00Z", _fields(2025, 2, 9), "2025-02-09")]),
    ("Updated 2025/02/09.", [("2025/02/09", _fields(2025, 2, 9), "2025-02-09")]),
    ("Updated 9.2.2025.", [("9.2.2025", _fields(2025, 2, 9), "2025-02-09")]),
    ("Updated 13/2/2025.", [("13/2/2025", _fields(2025, 2, 13), "2025-02-13")]),
    ("Updated 2/13/2025.", [("2/13/2025", _fields(2025, 2, 13), "2025-02-13")]),
    ("Updated 5/5/2025.", [("5/5/2025", _fields(2025, 5, 5), "2025-05-05")]),
    ("Updated 9/2/2025.", []),
    ("Updated 31 February 2025.", [("February 2025", _fields(2025, 2), "2025-02-01..2025-02-28")]),
    ("On 29 February 2024 it snowed.", [("29 February 2024", _fields(2024, 2, 29), "2024-02-29")]),
    ("On 20 May 1999 it rained.", [("20 May 1999", _fields(1999, 5, 20), "1999-05-20")]),
    ("On September 11, 2001 it stopped.", [("September 11, 2001", _fields(2001, 9, 11), "2001-09-11")]),
    ("On Sunday, 9 February 2025, it rained.", [("Sunday, 9 February 2025", (2025, 2, 9, 6), "2025-02-09")]),
    ("On Monday, Feb. 10, it rained.", [("Monday, Feb. 10", (None, 2, 10, 0), "2025-02-10")]),
    # -- days without a year, and pairs
    ("It fell on February 9.", [("February 9", _fields(None, 2, 9), "2025-02-09")]),
    ("It fell on 5 June.", [("5 June", _fields(None, 6, 5), "2025-06-05")]),
    ("It fell on December 25th.", [("December 25th", _fields(None, 12, 25), "2024-12-25")]),
    ("It fell on May 5.", [("May 5", _fields(None, 5, 5), "2025-05-05")]),
    (
        "It ran 9-11 February 2025.",
        [("9", _fields(2025, 2, 9), "2025-02-09"), ("11 February 2025", _fields(2025, 2, 11), "2025-02-11")],
    ),
    (
        "It ran February 9–11, 2025.",
        [("February 9", _fields(2025, 2, 9), "2025-02-09"), ("11, 2025", _fields(2025, 2, 11), "2025-02-11")],
    ),
    (
        "On 9 and 10 February it rained.",
        [("9", _fields(None, 2, 9), "2025-02-09"), ("10 February", _fields(None, 2, 10), "2025-02-10")],
    ),
    ("On June 5 and 12 people were hurt.", [("June 5", _fields(None, 6, 5), "2025-06-05")]),
    # -- months
    ("It fell in June 2024.", [("June 2024", _fields(2024, 6), "2024-06-01..2024-06-30")]),
    ("It fell in September, 2001.", [("September, 2001", _fields(2001, 9), "2001-09-01..2001-09-30")]),
    ("It fell in October.", [("October", _fields(None, 10), "2024-10-01..2024-10-31")]),
    ("The October attack shook us.", [("October", _fields(None, 10), "2024-10-01..2024-10-31")]),
    ("It will fall in March.", [("March", _fields(None, 3), None)]),
    ("It fell in May.", [("May", _fields(None, 5), None)]),
    ("Since last October nothing moved.", [("last October", _fields(None, 10), "2024-10-01..2024-10-31")]),
    ("Since last June nothing moved.", [("last June", _fields(None, 6), "2024-06-01..2024-06-30")]),
    ("Since last February nothing moved.", [("last February", _fields(None, 2), "2024-02-01..2024-02-29")]),
    ("It opens next April.", [("next April", _fields(None, 4), "2025-04-01..2025-04-30")]),
    ("It fell at the end of January.", [("the end of January", _fields(None, 1), "2025-01-21..2025-01-31")]),
    ("It fell in early January.", [("early January", _fields(None, 1), "2025-01-01..2025-01-10")]),
    ("It fell in mid-January.", [("mid-January", _fields(None, 1), "2025-01-11..2025-01-20")]),
    (
        "In January and February it froze.",
        [
            ("January", _fields(None, 1), "2025-01-01..2025-01-31"),
            ("February", _fields(None, 2), "2025-02-01..2025-02-28"),
        ],
    ),
    ("in february 2025", [("february 2025", _fields(2025, 2), "2025-02-01..2025-02-28")]),
    ("They may have left.", []),
    ("May I come in?", []),
    ("Theresa May spoke.", []),
    ("They march on the capital.", []),
    ("The March on Washington changed much.", []),
    ("June Walker spoke.", []),
    # -- years, decades, parts of years
    ("It fell in 2024.", [("2024", _fields(2024), "2024-01-01..2024-12-31")]),
    ("In 2024 elections were held.", [("2024", _fields(2024), "2024-01-01..2024-12-31")]),
    ("The 2024 Olympics ended.", [("2024", _fields(2024), "2024-01-01..2024-12-31")]),
    ("Napoleon lost in 1812.", [("1812", _fields(1812), "1812-01-01..1812-12-31")]),
    ("By 2030 emissions halve.", [("2030", _fields(2030), "2030-01-01..2030-12-31")]),
    ("It fell in late 2024.", [("late 2024", _fields(2024), "2024-09-01..2024-12-31")]),
    ("It fell in early 2024.", [("early 2024", _fields(2024), "2024-01-01..2024-04-30")]),
    (
        "From 2014-2018 it slept.",
        [
            ("2014", _fields(2014), "2014-01-01..2014-12-31"),
            ("2018", _fields(2018), "2018-01-01..2018-12-31"),
        ],
    ),
    (
        "In the 2022-23 season it slept.",
        [("2022", _fields(2022), "2022-01-01..2022-12-31"), ("23", _fields(2023), "2023-01-01..2023-12-31")],
    ),
    (
        "Between 2014 and 2018 it slept.",
        [
            ("2014", _fields(2014), "2014-01-01..2014-12-31"),
            ("2018", _fields(2018), "2018-01-01..2018-12-31"),
        ],
    ),
    ("Music of the 1990s played.", [("the 1990s", NO_FIELDS, "1990-01-01..1999-12-31")]),
    ("Music of the '90s played.", [("the '90s", NO_FIELDS, "1990-01-01..1999-12-31")]),
    ("Music of the early 1980s played.", [("the early 1980s", NO_FIELDS, "1980-01-01..1983-12-31")]),
    (
        "It fell in the third quarter of 2024.",
        [("the third quarter of 2024", _fields(2024), "2024-07-01..2024-09-30")],
    ),
    ("Sales in Q3 2024 rose.", [("Q3 2024", _fields(2024), "2024-07-01..2024-09-30")]),
    (
        "It fell in the first half of 2024.",
        [("the first half of 2024", _fields(2024), "2024-01-01..2024-06-30")],
    ),
    ("It fell in the fall of 2024.", [("fall of 2024", _fields(2024), "2024-09-01..2024-11-30")]),
    ("It fell in spring 2024.", [("spring 2024", _fields(2024), "2024-03-01..2024-05-31")]),
    ("It fell in winter 2023.", [("winter 2023", _fields(2023), "2023-12-01..2024-02-29")]),
    ("It cost $2000, weighs 1945 kg and seats 1990.5 units.", []),
    ("Some 2000 people and 1,999 dogs came.", []),
    ("About 1950 jobs went.", []),
    ("Call 2024-555 or MH2024.", []),
    # -- relative words
    ("It happened today.", [("today", NO_FIELDS, "2025-02-10")]),
    ("It happened yesterday.", [("yesterday", NO_FIELDS, "2025-02-09")]),
    ("It happens tomorrow.", [("tomorrow", NO_FIELDS, "2025-02-11")]),
    ("It happened the day before yesterday.", [("the day before yesterday", NO_FIELDS, "2025-02-08")]),
    ("It happened on Monday.", [("Monday", _weekday(0), "2025-02-10")]),
    ("It happened on Sunday.", [("Sunday", _weekday(6), "2025-02-09")]),
    ("It happened last Monday.", [("last Monday", _weekday(0), "2025-02-03")]),
    ("It happens next Friday.", [("next Friday", _weekday(4), "2025-02-14")]),
    ("It happened last week.", [("last week", NO_FIELDS, "2025-02-03..2025-02-09")]),
    ("It happens next week.", [("next week", NO_FIELDS, "2025-02-17..2025-02-23")]),
    ("It happened this month.", [("this month", NO_FIELDS, "2025-02-01..2025-02-28")]),
    ("It happened last month.", [("last month", NO_FIELDS, "2025-01-01..2025-01-31")]),
    ("It happened last year.", [("last year", NO_FIELDS, "2024-01-01..2024-12-31")]),
    ("It happened late last year.", [("late last year", NO_FIELDS, "2024-09-01..2024-12-31")]),
    ("It happened last weekend.", [("last weekend", NO_FIELDS, "2025-02-08..2025-02-09")]),
    ("It happened last night.", [("last night", NO_FIELDS, "2025-02-09")]),
    ("It happened last fall.", [("last fall", NO_FIELDS, "2024-09-01..2024-11-30")]),
    ("It happened last summer.", [("last summer", NO_FIELDS, "2024-06-01..2024-08-31")]),
    ("It happens next spring.", [("next spring", NO_FIELDS, "2025-03-01..2025-05-31")]),
    ("It froze this winter.", [("this winter", NO_FIELDS, "2024-12-01..2025-02-28")]),
    ("It happened three days ago.", [("three days ago", NO_FIELDS, "2025-02-07")]),
    ("It happened two weeks ago.", [("two weeks ago", NO_FIELDS, "2025-01-24..2025-01-30")]),
    ("It happened 2 months ago.", [("2 months ago", NO_FIELDS, "2024-12-01..2024-12-31")]),
    ("It happened almost three years ago.", [("three years ago", NO_FIELDS, "2022-01-01..2022-12-31")]),
    ("It happened a year ago.", [("a year ago", NO_FIELDS, "2024-01-01..2024-12-31")]),
    ("It had happened two days earlier.", [("two days earlier", NO_FIELDS, None)]),
    ("Over the past three days it rained.", [("the past three days", NO_FIELDS, "2025-02-07..2025-02-10")]),
    ("Over the next two weeks it will rain.", [("the next two weeks", NO_FIELDS, "2025-02-10..2025-02-24")]),
    ("Temperatures fall and winter comes.", []),
    ("He came last and this was next.", []),
]


def _row(mention: DateMention) -> Row:
    days = None
    if mention.resolved:
        first, last = mention.resolved
        days = str(first) if first == last else f"{first}..{last}"
    return mention.text, (mention.year, mention.month, mention.day, mention.weekday), days


@pytest.mark.parametrize(("text", "rows"), ROWS, ids=[text for text, _ in ROWS])
def test_a_phrase_gives_exactly_its_dates(text: str, rows: list[Row]) -> None:
    mentions = read_dates(text, PUBLISHED)
    assert [_row(mention) for mention in mentions] == rows
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)


@pytest.mark.parametrize(
    "words", ["yesterday", "last June", "on Monday", "three days ago", "last week", "in October"]
)
def test_without_a_day_of_publication_relative_words_stay_unresolved(words: str) -> None:
    (mention,) = read_dates(f"It happened {words}.")
    assert mention.resolved is None


@pytest.mark.parametrize(
    ("words", "relative"),
    [
        ("9 February 2025", False),
        ("last June", True),
        ("Monday", True),
        ("June 2024", False),
        ("the 1990s", False),
    ],
)
def test_a_mention_says_whether_it_depends_on_the_day_of_publication(words: str, relative: bool) -> None:
    (mention,) = read_dates(f"It happened on {words}.", PUBLISHED)
    assert mention.relative is relative


@pytest.mark.parametrize(
    ("stated", "quoted", "stands"),
    [
        ("9 February 2025", "2025-02-09", True),
        ("2025-02-09", "Feb. 9, 2025", True),
        ("9 February 2025", "February 9th, 2025", True),
        ("9 February", "9 February 2025", True),
        ("June 2024", "5 June 2024", True),
        ("5 June 2024", "June 2024", False),
        ("2024", "June 2024", True),
        ("June 2024", "2024", False),
        ("June 2024", "June 2023", False),
        ("June", "July", False),
        ("9 February 2025", "9 February", False),
        ("Sunday, 9 February 2025", "9 February 2025", False),
        ("9 February 2025", "Sunday, 9 February 2025", True),
        ("June 2024", "last June", False),
        ("June", "last June", True),
        ("last June", "June", False),
        ("last June", "last June", True),
        ("fall of 2024", "2024", False),
        ("2024", "fall of 2024", True),
        ("autumn 2024", "fall of 2024", True),
        ("late 2024", "2024", False),
        ("the end of January", "January", False),
        ("January", "the end of January", True),
        ("early February", "February 9", False),
        ("the 1990s", "1994", True),
        ("the 1980s", "1994", False),
        ("Monday", "Monday", True),
        ("Monday", "Tuesday", False),
        ("Monday", "last Monday", True),
        ("last Monday", "Monday", False),
        ("yesterday", "yesterday", True),
        ("yesterday", "today", False),
        ("three days ago", "three days ago", True),
        ("three days ago", "two days ago", False),
    ],
)
def test_a_stated_date_may_be_coarser_than_the_quoted_one_and_never_finer(
    stated: str, quoted: str, stands: bool
) -> None:
    (a,) = read_dates(f"It happened on {stated}.")
    (b,) = read_dates(f"It happened on {quoted}.")
    assert same_or_coarser(a, b) is stands


_DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
_FORMS = (
    "%Y-%m-%d", "%d %B %Y", "%-d %B %Y", "%B %-d, %Y", "%b. %-d, %Y", "%-d %b %Y", "%A, %-d %B %Y",
    "%A, %B %-d, %Y", "%d.%m.%Y",
)  # fmt: skip


def _written(day: date, form: str) -> str:
    return day.strftime(form).replace("May.", "May")


@given(_DAYS, st.sampled_from(_FORMS))
@settings(max_examples=200)
def test_a_day_written_any_way_reads_back_as_itself(day: date, form: str) -> None:
    words = _written(day, form)
    text = f"The bridge opened on {words} in the rain."
    (mention,) = read_dates(text)
    assert (mention.text, mention.resolved) == (words, (day, day))
    assert (mention.year, mention.month, mention.day) == (day.year, day.month, day.day)


@given(_DAYS, st.sampled_from(_FORMS), st.sampled_from(_FORMS), st.integers(0, 400))
@settings(max_examples=100)
def test_two_dates_are_the_same_exactly_when_their_days_are(
    day: date, one: str, other: str, apart: int
) -> None:
    (a,) = read_dates(f"It was {_written(day, one.replace('%A, ', ''))}.")
    (b,) = read_dates(f"It was {_written(day + timedelta(days=apart), other)}.")
    assert same_or_coarser(a, b) is (apart == 0)


@given(_DAYS, st.sampled_from(["yesterday", "last week", "last month", "last year", "last June", "last fall",
                               "last Monday", "three days ago", "a year ago"]))  # fmt: skip
@settings(max_examples=100)
def test_what_was_last_lies_before_the_publication(published: date, words: str) -> None:
    (mention,) = read_dates(f"It happened {words}.", published)
    assert mention.resolved is not None
    first, last = mention.resolved
    assert first <= last < published


_PIECES = st.sampled_from(
    "9 11 2024 2024-02-09 9/2/2025 13.2.2025 February Feb. May March may - – , of the end early last next "
    "this year Monday week ago three days 1990s '90s fall spring quarter first Q3 and to in . 00 9999 "
    "0001".split()
)


@given(st.lists(_PIECES, max_size=20).map(" ".join) | st.text(max_size=60), st.none() | st.dates())
@settings(max_examples=300)
def test_offsets_are_true_and_ordered_in_any_text(text: str, published: date | None) -> None:
    mentions = read_dates(text, published)
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.text
        assert mention.resolved is None or mention.resolved[0] <= mention.resolved[1]
        assert same_or_coarser(mention, mention)
    assert all(one.end <= other.start for one, other in pairwise(mentions))


@pytest.mark.parametrize(
    "text",
    [
        "1," * 20_000, "2024 " * 3_000, "Monday " * 3_000, "1/1/" * 10_000, "last " * 8_000, "early " * 8_000,
        "9" + " " * 40_000 + "February", "the " * 20_000 + "2024", "2024-" * 8_000, "9-" * 10_000 + "May",
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_long_hostile_text_is_read_to_its_end(text: str) -> None:
    for mention in read_dates(text, PUBLISHED):
        assert text[mention.start : mention.end] == mention.text
