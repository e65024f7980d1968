"""Figures, numbers and intervals read from news language written for these tests."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain import Figure
from service.language.figures import Interval, interval, read_figures, read_numbers

Row = tuple[str, str, str, str | None, str | None, str | None]
"""Number text, kind, qualifier, low, high, unit."""

TABLE = Path(__file__).with_name("figure_phrases.txt")


def _table() -> list[tuple[str, list[Row]]]:
    """The phrases of the table with their figures, in order."""
    phrases: list[tuple[str, list[Row]]] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        words = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), line)
        if line.startswith("    "):
            number, kind, qualifier, low, high, unit = words.strip(" ").split(" | ")
            bounds = [None if cell == "-" else cell for cell in (low, high, unit)]
            phrases[-1][1].append((number, kind, qualifier, bounds[0], bounds[1], bounds[2]))
        else:
            phrases.append((words, []))
    return phrases


ROWS = _table()


def _row(figure: Figure, text: str) -> Row:
    low, high = (None if bound is None else f"{bound:f}" for bound in (figure.low, figure.high))
    number = text[figure.number_start : figure.number_end]
    return number, figure.kind, figure.qualifier, low, high, figure.unit


@pytest.mark.parametrize(("text", "rows"), ROWS, ids=[text[:60] for text, _ in ROWS])
def test_a_phrase_gives_exactly_its_figures(text: str, rows: list[Row]) -> None:
    assert [_row(figure, text) for figure in read_figures(text)] == rows


@pytest.mark.parametrize(
    ("text", "whole", "thing"),
    [
        ("They sent about 12,000 North Korean men.", "about 12,000 North Korean men", "North Korean men"),
        ("Hundreds of wounded rebel men came.", "Hundreds of wounded rebel men", "wounded rebel men"),
        ("It left up to 300 killed or wounded.", "up to 300 killed or wounded", "killed or wounded"),
        ("We saw 40 houses or more.", "40 houses or more", "houses"),
        ("They built three new hospitals there.", "three new hospitals", "new hospitals"),
        ("At least 40% of rural voters stayed home.", "At least 40% of rural voters", "rural voters"),
        ("Police seized 1.4 tonnes of cocaine.", "1.4 tonnes of cocaine", "cocaine"),
        ("It was the 75th founding anniversary.", "75th founding anniversary", "founding anniversary"),
        ("Some 20 gravely ill patients were moved.", "Some 20 gravely ill patients", "gravely ill patients"),
        ("Over 30 residents flee each day.", "Over 30 residents", "residents"),
        ("300 soldiers died.", "300 soldiers", "soldiers"),
        ("Nearly two dozen U.S. diplomats left.", "Nearly two dozen U.S. diplomats", "U.S. diplomats"),
        ("It employs 300 more engineers.", "300 more engineers", "engineers"),
        ("300 in hospital", "300", None),
        ("4,000 fled the city.", "4,000", None),
        ("Some 20 aircraft landed.", "Some 20 aircraft", "aircraft"),
        ("Only 300 died there.", "300", None),
    ],
)  # fmt: skip
def test_a_figure_covers_its_words_and_names_the_thing_counted(
    text: str, whole: str, thing: str | None
) -> None:
    (figure,) = read_figures(text)
    assert (figure.text, figure.thing) == (whole, thing)
    assert text[figure.start : figure.end] == whole


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("12,000 men", "1000"), ("12,500 men", "100"), ("839,040 men", "10"), ("3.5 million men", "100000"),
        ("7 men", "1"), ("0.25 %", "0.01"), ("$3.50", "0.01"), ("eleven thousand men", "1000"),
        ("half a million men", "100000"), ("about a dozen men", "6"), ("11,500 to 12,000 men", "100"),
        ("hundreds of men", "100"), ("100 men", "100"), ("two hundred and five men", "1"),
    ],
)  # fmt: skip
def test_the_step_is_the_value_of_the_last_significant_digit(text: str, step: str) -> None:
    (figure,) = read_figures(text)
    assert figure.step == Decimal(step)


# -- comparison ------------------------------------------------------------------------------------------


def _interval(text: str) -> Interval:
    (figure,) = read_figures(text)
    return interval(figure)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("about 12,000 men", Interval(Decimal(11500), Decimal(12500))),
        ("nearly 12,000 men", Interval(Decimal(11500), Decimal(12500))),
        ("12,000 men", Interval(Decimal(12000), Decimal(12000), True, True)),
        ("exactly 12,000 men", Interval(Decimal(12000), Decimal(12000), True, True)),
        ("up to 12,000 men", Interval(None, Decimal(12000), True, True)),
        ("up to about 12,000 men", Interval(None, Decimal(12500), True, False)),
        ("fewer than 12,000 men", Interval(None, Decimal(12000), True, False)),
        ("more than 3,000 men", Interval(Decimal(3000), None, False, True)),
        ("at least 3,000 men", Interval(Decimal(3000), None, True, True)),
        ("just over 3,000 men", Interval(Decimal(3000), Decimal(4000), False, True)),
        ("11,000 to 12,000 men", Interval(Decimal(11000), Decimal(12000), True, True)),
        ("approximately 11,000 to 12,000 men", Interval(Decimal(10500), Decimal(12500), True, False)),
        ("hundreds of men", Interval(Decimal(100), Decimal(5000))),
        ("dozens of men", Interval(Decimal(12), Decimal(600))),
    ],
)
def test_an_interval_reaches_as_far_as_the_words_allow(text: str, expected: Interval) -> None:
    assert _interval(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        ("some 11,000 troops", "about 12,000 troops", False),
        ("about 12,000 troops", "12,000 troops", True),
        ("about 12,000 troops", "11,974 troops", True),
        ("about 12,000 troops", "12,500 troops", False),
        ("up to 12,000 troops", "11,000 troops", True),
        ("up to 12,000 troops", "12,000 troops", True),
        ("fewer than 12,000 troops", "12,000 troops", False),
        ("3,000 dead", "about 4,000 dead", False),
        ("more than 3,000 dead", "about 4,000 dead", True),
        ("more than 3,000 dead", "3,000 dead", False),
        ("at least 3,000 dead", "3,000 dead", True),
        ("approximately 11,000 to 12,000 troops", "about 12,000 troops", True),
        ("11,000 to 12,000 troops", "some 11,000 troops", True),
        ("hundreds of men", "700 men", True),
        ("hundreds of men", "12,000 men", False),
        ("dozens of men", "4,000 men", False),
        ("thousands of men", "12,000 men", True),
        ("11k people", "eleven thousand people", True),
    ],
)
def test_two_figures_meet_when_some_value_suits_both(one: str, other: str, meets: bool) -> None:
    assert _interval(one).meets(_interval(other)) is meets
    assert _interval(other).meets(_interval(one)) is meets


_BOUND = st.none() | st.integers(-50, 50).map(Decimal)
_INTERVAL = st.builds(Interval, _BOUND, _BOUND, st.booleans(), st.booleans()).filter(
    lambda one: one.low is None or one.high is None or one.low < one.high
)


@given(_INTERVAL, _INTERVAL)
@settings(max_examples=200)
def test_intervals_meet_exactly_when_they_share_a_half_step(one: Interval, other: Interval) -> None:
    shared = any(Decimal(n) / 4 in one and Decimal(n) / 4 in other for n in range(-220, 221))
    assert one.meets(other) is shared


# -- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("11k", [("11k", ["11000"], True)]),
        ("11 000", [("11 000", ["11000"], True)]),
        ("eleven thousand", [("eleven thousand", ["11000"], True)]),
        ("3 or three", [("3", ["3"], True), ("three", ["3"], True)]),
        ("09 June 2024", [("09", ["9"], True), ("2024", ["2024"], True)]),
        ("12.000", [("12.000", ["12", "12000"], True)]),
        ("12.500", [("12.500", ["12.5", "12500"], True)]),
        ("an F16 and Covid-19", [("16", ["16"], True), ("19", ["19"], True)]),
        ("10:30 on the 75th day", [("10", ["10"], True), ("30", ["30"], True), ("75th", ["75"], True)]),
        ("the 1990s", [("1990s", ["1990"], True)]),
        ("nineteen ninety-five", [("nineteen ninety-five", ["1995"], True)]),
        ("1.2.3", [("1", ["1"], True), ("2", ["2"], True), ("3", ["3"], True)]),
        ("two-thirds", [("two-thirds", ["0.666667"], True)]),
        ("twice", [("twice", ["2"], True)]),
        ("one soldier", [("one", ["1"], True)]),
        ("killed one and wounded two", [("one", ["1"], True), ("two", ["2"], True)]),
        ("no one came", [("one", ["1"], False)]),
        ("one of the largest", [("one", ["1"], False)]),
        ("they saw one another", [("one", ["1"], False)]),
        ("this one is new", [("one", ["1"], False)]),
        ("a difficult one.", [("one", ["1"], False)]),
        ("the first to leave", [("first", ["1"], False)]),
        ("it first appeared here", [("first", ["1"], False)]),
        ("for the first time", [("first", ["1"], False)]),
        ("the first anniversary", [("first", ["1"], True)]),
        ("both sides", [("both", ["2"], False)]),
        ("once more", [("once", ["1"], False)]),
        ("once a week", [("once", ["1"], True)]),
        ("7 km² and H₂O", [("7", ["7"], True)]),
        ("٣ men", [("٣", ["3"], True)]),
        ("½ cup", [("½", ["0.5"], True)]),
        ("€300m", [("300m", ["300000000"], True)]),
        ("300m users", [("300m", ["300000000"], True)]),
        ("the 300m final", [("300m", ["300", "300000000"], True)]),
    ],
)
def test_every_number_is_read_with_its_values(text: str, numbers: list[tuple[str, list[str], bool]]) -> None:
    found = [(n.text, n.values, n.counting) for n in read_numbers(text)]
    assert found == [(words, frozenset(map(Decimal, values)), counts) for words, values, counts in numbers]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("hundreds", "hundreds", True),
        ("several hundred", "hundreds", True),
        ("hundreds", "100", False),
        ("thousands", "hundreds", False),
        ("tens of thousands", "10,000", False),
        ("1.2 million", "1,200,000", True),
        ("half a million", "500k", True),
        ("a dozen", "twelve", True),
        ("-5", "5", False),
    ],
)
def test_a_vague_number_is_no_exact_one(one: str, other: str, same: bool) -> None:
    (first,), (second,) = read_numbers(one), read_numbers(other)
    assert bool(first.values & second.values) is same


# -- properties ------------------------------------------------------------------------------------------

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _below_thousand(value: int) -> str:
    if value < 20:
        return _ONES[value]
    if value < 100:
        tail = f"-{_ONES[value % 10]}" if value % 10 else ""
        return _TENS[value // 10 - 2] + tail
    tail = f" and {_below_thousand(value % 100)}" if value % 100 else ""
    return f"{_ONES[value // 100]} hundred{tail}"


def _in_words(value: int) -> str:
    parts, rest = [], value
    for name, size in (("billion", 10**9), ("million", 10**6), ("thousand", 10**3)):
        if rest >= size:
            parts.append(f"{_below_thousand(rest // size)} {name}")
            rest %= size
    if rest or not parts:
        joint = "and " if parts and rest < 100 else ""
        parts.append(joint + _below_thousand(rest))
    return " ".join(parts)


def _writings(value: int) -> list[str]:
    grouped = f"{value:,}"
    found = [grouped, _in_words(value), _in_words(value).capitalize()]
    found += [grouped.replace(",", blank) for blank in (" ", "\u00a0", "\u2009", "\u202f", "'", "’")]
    if not 1000 <= value <= 2199:
        found.append(str(value))
    if value >= 10**6 or value < 1000:
        found.append(grouped.replace(",", "."))
    for name, short, size in (("thousand", "k", 10**3), ("million", "m", 10**6), ("billion", "bn", 10**9)):
        if value >= size and value % (size // 100) == 0:
            mantissa = f"{Decimal(value) / size:f}"
            found += [f"{mantissa} {name}", f"{mantissa}{short}"]
    return found


_VALUES = st.one_of(
    st.integers(2, 999), st.integers(1000, 10**7), st.integers(2, 999).map(lambda n: n * 10**6),
    st.integers(2, 99_999).map(lambda n: n * 10**5),
)  # fmt: skip


@given(_VALUES, st.data())
@settings(max_examples=300)
def test_a_number_written_any_way_reads_back_as_itself(value: int, data: st.DataObject) -> None:
    writing = data.draw(st.sampled_from(_writings(value)))
    text = f"They counted {writing} wooden boats there."
    (figure,) = read_figures(text)
    assert (figure.low, figure.high, figure.unit) == (value, value, "boat")
    assert text[figure.number_start : figure.number_end] == writing
    (number,) = read_numbers(text)
    assert value in number.values


@given(st.integers(1, 9999), st.sampled_from(["about", "up to", "more than", "at least", "fewer than", ""]))
@settings(max_examples=100)
def test_a_figure_always_lies_within_its_own_interval_bounds(value: int, qualifier: str) -> None:
    text = f"Then {qualifier} {value:,} wooden boats came."
    (figure,) = read_figures(text)
    reach = interval(figure)
    assert reach.low is None or reach.low <= value
    assert reach.high is None or reach.high >= value


_PIECES = st.sampled_from(
    """about up to more than 12,000 1.2 million 11k $3.5bn € 10-15 – to and or one two hundred dozen dozens of
    the soldiers killed % per cent years -year-old F-16 2024 June 5 first third half a an [1] , . : /
    's ½ ² not -""".split()
)


@given(st.lists(_PIECES, max_size=25).map(" ".join) | st.text(max_size=80))
@settings(max_examples=300)
def test_offsets_are_true_and_ordered_in_any_text(text: str) -> None:
    figures = read_figures(text)
    for figure in figures:
        assert text[figure.start : figure.end] == figure.text
        assert figure.start <= figure.number_start < figure.number_end <= figure.end
        assert figure.step > 0
        assert figure.low is None or figure.high is None or figure.low <= figure.high
        assert interval(figure).meets(interval(figure))
    for one, other in pairwise(figures):
        assert one.number_end <= other.number_start
    numbers = read_numbers(text)
    assert all(text[n.start : n.end] == n.text and n.values for n in numbers)
    assert all(one.end <= other.start for one, other in pairwise(numbers))


@pytest.mark.parametrize(
    "text",
    [
        "1," * 20_000, "111," * 20_000 + "11", "111 " * 20_000, "1.1" * 10_000, "9" * 40_000, "one " * 3_000,
        "hundred thousand " * 1_000, "tens of " * 10_000, "1 or so " * 1_000, "about " * 10_000 + "5",
        "5" + " " * 40_000 + "men", "1-" * 5_000, "a " * 20_000, "5 " + "a-" * 20_000, "two and " * 2_000,
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_long_hostile_text_is_read_to_its_end(text: str) -> None:
    for figure in read_figures(text):
        assert text[figure.start : figure.end] == figure.text
    assert read_numbers(text) or not any(map(str.isdigit, text))
