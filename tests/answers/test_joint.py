"""A question that asks two things is answered by one line for each, and what the articles don't say is not made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters.local_embedder import LocalEmbedder
from service.answers.compose import Composition
from service.answers.joint import asked_in, compose_each
from service.answers.likeness import Likeness
from service.answers.question import read_question
from tests.answers.asked import ASKED, lines


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


async def answered(likeness: Likeness, question: str, *articles: str) -> Composition:
    return await compose_each(read_question(question, ASKED), lines(*articles), likeness, ASKED)


async def told(likeness: Likeness, question: str, *articles: str) -> list[str]:
    return [draft.text for draft in (await answered(likeness, question, *articles)).drafts]


@pytest.mark.parametrize(("text", "asked"), [
    ("Who gave the interview and when was it published?", ["Who gave the interview?", "When was the interview published?"]),
    ("Where and when was the pact signed?", ["Where was the pact signed?", "When was the pact signed?"]),
    ("How and why did the dyke break?", ["How did the dyke break?", "Why did the dyke break?"]),
    ("Who is Ada Vell and what does she want?", ["Who is Ada Vell?", "What does Ada Vell want?"]),
    ("When was Ada Vell arrested and where?", ["When was Ada Vell arrested?", "Where was Ada Vell arrested?"]),
    ("Where was Ada Vell shot, and by whom?", ["Where was Ada Vell shot?", "By whom was Ada Vell shot?"]),
    ("How many ships did Ostland send and when was the pact signed?",
     ["How many ships did Ostland send?", "When was the pact signed?"]),
    ("Did Winge deny it and why?", ["Did Winge deny it?", "Why did Winge deny it?"]),
    ("Which is larger, the strike fund or the fine?", ["How much is the strike fund?", "How much is the fine?"]),
    ("Did more people die than at first?", ["How many people died?"]),
    ("Were more houses damaged than was first reported?", ["How many houses were damaged?"]),
])
def test_a_question_of_two_things_is_two_questions_that_stand_alone(text: str, asked: list[str]) -> None:
    assert asked_in(text) == asked


@pytest.mark.parametrize("text", [
    "What did Vell and Hale sign?", "How many were killed and how many wounded?", "Who decided when and where they go?",
    "Who is the man who shot Hale and who was arrested?", "When did it open?", "", "and and and", "Who and when?",
])
def test_a_question_of_one_thing_is_left_whole(text: str) -> None:
    assert asked_in(text) == []


@given(st.lists(st.sampled_from(["who", "and", "when", "where", "was", "it", "the mill", "burned", ",", "or", "than", "more",
                                 "did", "?"]), max_size=12))
@settings(max_examples=150)
def test_every_question_made_of_a_part_ends_as_a_question(pieces: list[str]) -> None:
    for part in asked_in(" ".join(pieces)):
        assert part.endswith("?")
        assert len(part) > 1


TRIAL = ("Ada Vell, a captain of the harbour guard, was arrested in Lorne on 3 March.\n"
         "Her ship had lain in the harbour for a month.\nVell said that the harbour dues are too high.")


async def test_each_thing_asked_has_its_own_line_in_the_order_of_the_question(likeness: Likeness) -> None:
    assert await told(likeness, "Who is Ada Vell and what did she say about the harbour dues?", TRIAL) == [
        "Ada Vell, a captain of the harbour guard, was arrested in Lorne on 3 March.",
        "Vell said that the harbour dues are too high."]


async def test_a_line_that_answers_both_things_is_told_once(likeness: Likeness) -> None:
    assert await told(likeness, "When and where was Ada Vell arrested?", TRIAL) == [
        "Ada Vell, a captain of the harbour guard, was arrested in Lorne on 3 March."]


async def test_of_a_thing_that_is_not_said_nothing_is_told(likeness: Likeness) -> None:
    assert await told(likeness, "Where was Ada Vell arrested and who won the chess match?", TRIAL) == [
        "Ada Vell, a captain of the harbour guard, was arrested in Lorne on 3 March."]
    assert await told(likeness, "Who won the chess match and when was it played?", TRIAL) == []


FLEET = "Ostland sent 40 ships to Lorne.", "The fishing pact was signed in Vell on 4 May."


async def test_a_quantity_keeps_its_claims_beside_the_other_thing(likeness: Likeness) -> None:
    found = await answered(likeness, "How many ships did Ostland send and when was the fishing pact signed?", *FLEET)
    assert [draft.text for draft in found.drafts] == list(FLEET)
    assert [position.figure.low for position in found.positions] == [40]
    assert found.disputed is False


async def test_of_two_sums_both_are_told_and_neither_where_one_is_missing(likeness: Likeness) -> None:
    question = "Which is larger, the strike fund or the fine?"
    both = "The strike fund is worth 4 million dollars.", "The fine is 2 million dollars."
    found = await answered(likeness, question, *both)
    assert [draft.text for draft in found.drafts] == list(both)
    assert found.disputed is False
    assert await told(likeness, question, both[0]) == []
