"""Requests and rows of keywords as the questions that they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answers.requests import restated


@pytest.mark.parametrize(("text", "question"), [
    ("list the casualties", "How many people were killed or wounded?"),
    ("casualties in Kelby", "How many people were killed or wounded in Kelby?"),
    ("North Korean casualties", "How many North Korean people were killed or wounded?"),
    ("flood deaths", "How many people were killed in the flood?"),
    ("Kelby flood toll", "How many people were killed in the Kelby flood?"),
    ("troops north korea number", "How many troops north korea?"),
    ("number of troops", "How many troops?"),
    ("list who was hurt at the gate", "Who was hurt at the gate?"),
    ("Could you please tell me who won?", "Who won?"),
    ("give me the date of the inquiry report", "When was the inquiry report?"),
    ("flood inquiry judge name", "Who is the judge of the flood inquiry?"),
])
def test_a_request_is_the_question_it_stands_for(text: str, question: str) -> None:
    assert restated(text) == question


@pytest.mark.parametrize("text", [
    "How many died?", "who won", "the flood", "hello", "Total Energies profit", "What is the name of it?",
    "Did the toll rise?", "name the mediator", "The casualties were high that day", "tell me",
])
def test_what_is_a_question_or_none_that_is_sure_stays_as_it_is(text: str) -> None:
    assert restated(text) == text


@given(st.text(max_size=80))
def test_any_text_has_words_for_its_question_left(text: str) -> None:
    assert bool(restated(text)) is bool(text)
    assert restated(restated(text)) == restated(text)
