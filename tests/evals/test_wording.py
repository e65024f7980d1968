"""Numbers, date words and names of a text, as the contract compares them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.wording import date_words, names, names_not_in, numbers, numbers_not_in


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("11k", {11, 11000}),
        ("11 000 men", {11, 11000, 0}),
        ("11,000", {11000}),
        ("eleven thousand", {11000}),
        ("two hundred and six", {206}),
        ("sixty-one percent", {61}),
        ("$3.5 million", {Decimal("3.5"), 3500000}),
        ("three dozen", {3, 36}),
        ("the F16", {16}),
        ("11 to 12 thousand", {11, 12, 12000}),
        ("two or three", {2, 3}),
        ("nothing here", set()),
    ],
)
def test_a_number_is_read_by_value(text: str, values: set[Decimal | int]) -> None:
    assert {value for _, found in numbers(text) for value in found} == {Decimal(value) for value in values}


def test_one_is_not_checked_as_a_number() -> None:
    assert numbers_not_in("one of two", "two") == []
    assert numbers_not_in("three of two", "two") == ["three"]


def test_months_and_weekdays_are_words_with_a_capital() -> None:
    assert date_words("On Tuesday, 3 March, they may march in Sept.") == {"tuesday", "month 3", "month 9"}


def test_a_word_that_opens_a_sentence_is_no_name_by_its_capital() -> None:
    assert names("Floods came. The mayor of Tarnby left. He said: “Water rose.”") == ["Tarnby"]
    assert names("Jonas Hale left") == ["Jonas", "Hale"]


def test_names_compare_without_case_accents_hyphens_and_possessives() -> None:
    assert names_not_in("So Müller’s Russian aide said", "MULLER of Russia") == []
    assert names_not_in("So Anna Müller said", "Müller") == ["Anna"]


@given(st.text(max_size=200))
def test_no_text_is_too_strange_to_read(text: str) -> None:
    assert numbers_not_in(text, text) == []
    assert names_not_in(text, text) == []
