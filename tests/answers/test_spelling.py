"""Misspelt questions are mended by the words of the retrieved lines, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.question import read_question
from service.answers.spelling import as_written, edits, mended
from tests.answers.asked import ASKED, lines

AROUND = (
    "The flood killed 14 people in Kelby.",
    "North Korea sent about 12,000 soldiers to Russia.",
    "The mediator led eleven rounds of talks during the strike at Corvane.",
)


@pytest.mark.parametrize(("asked", "read"), [
    ("how meny people were kiled by the flod?", "how many people were killed by the flood?"),
    ("how many soldeirs were sent to Rusia?", "how many soldiers were sent to Russia?"),
    ("who was the medeator in the strik?", "who was the mediator in the strike?"),
    ("Wich talks were led?", "Which talks were led?"),
    ("who leads Tetrakis?", "who leads Tetrakis?"),
    ("how many people live in Kelbi?", "how many people live in Kelbi?"),
    ("where is the flood?", "where is the flood?"),
    ("", ""),
])
def test_a_word_that_nobody_knows_becomes_the_nearest_one_told(asked: str, read: str) -> None:
    assert mended(asked, AROUND) == read


def test_without_lines_only_the_words_of_asking_are_mended() -> None:
    assert mended("how meny soldeirs", ()) == "how many soldeirs"


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_what_the_lines_say_themselves_is_never_changed(text: str) -> None:
    assert mended(text, (text,)) == text


@pytest.mark.parametrize(("first", "second", "count"), [
    ("ab", "ba", 1), ("kitten", "sitting", 3), ("", "abc", 3), ("same", "same", 0), ("flod", "flood", 1),
])
def test_the_distance_counts_left_out_put_in_changed_and_exchanged_letters(first: str, second: str, count: int) -> None:
    assert edits(first, second) == edits(second, first) == count


def test_a_question_in_small_letters_gets_its_countries_and_the_capitals_of_the_articles() -> None:
    question = as_written(read_question("how many troops did north korea sent to rusia", ASKED), lines(*AROUND), ASKED)
    assert question.text == "how many troops did North Korea sent to Russia"
    assert [name.text for name in question.names] == ["North Korea", "Russia"]
