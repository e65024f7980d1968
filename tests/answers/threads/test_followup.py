"""A follow-up is made to stand alone by rules; a question that stands alone is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.suites.followups import misses, read_pairs, rewritten
from service.answers.threads.clause import Clause, asking, described, embedded, read_clause
from service.answers.threads.followup import dependent, stand_alone
from service.answers.threads.referents import Earlier

KNOWN_MISSES = {"h16", "h25"}
"""Passengers of the ferry, the warehouse's building: nothing in their words ties the questions together."""

ALONE: tuple[tuple[str, str, str], ...] = (
    ("how many troops did Orlen send to Vask?", "and how many of them were wounded?",
     "How many of the troops Orlen sent to Vask were wounded?"),
    ("How many people died in the Kelby flood?", "and how many are missing?",
     "How many people are missing in the Kelby flood?"),
    ("When did the strike at Corvane Glass begin?", "why?", "Why did the strike at Corvane Glass begin?"),
    ("What pay rise did the workers accept?", "When does it take effect?",
     "When does the pay rise the workers accepted take effect?"),
    ("Will there be a public inquiry into the flood?", "Who will lead it?",
     "Who will lead the public inquiry into the flood?"),
    ("Did the water board open the gates too late?", "who said that?",
     "Who said that the water board opened the gates too late?"),
    ("Where are the wounded soldiers being treated?", "Who told the newspaper that?",
     "Who told the newspaper where the wounded soldiers are being treated?"),
    ("How many people live in Ostling?", "and in Brenmoor?", "How many people live in Brenmoor?"),
    ("How much did Torvik pay for the shipyard in 2023?", "and in 2024?",
     "How much did Torvik pay for the shipyard in 2024?"),
    ("How many Orlen soldiers were killed or wounded?", "and how many civilians?",
     "How many civilians were killed or wounded?"),
    ("How many homes lost power in Velsund?", "how many in Norrby?", "How many homes lost power in Norrby?"),
    ("How many troops did Orlen send to Vask?", "according to whom?", "Who says how many troops Orlen sent to Vask?"),
    ("Is it true that the airport at Brask will close?", "when?", "When will the airport at Brask close?"),
    ("What is the population of Varde?", "Is Varde the capital?", "Is Varde the capital?"),
    ("Who is Amara Lund?", "how many troops were sent?", "how many troops were sent?"),
    ("Who is Amara Lund?", "What did Winge say when he was asked about premiums?",
     "What did Winge say when he was asked about premiums?"),
)


@pytest.mark.parametrize(("before", "question", "alone"), ALONE)
def test_a_follow_up_takes_over_what_it_leaves_out(before: str, question: str, alone: str) -> None:
    earlier = [Earlier(before)]
    assert (stand_alone(question, earlier) if dependent(question, earlier) else question) == alone


def test_pronouns_take_the_person_whom_the_answer_named() -> None:
    earlier = [Earlier("Who won the election in Tarvia?",
                       "Ilka Torun won the presidential election in Tarvia on Sunday, the commission said.")]
    assert stand_alone("What has she promised?", earlier) == "What has Ilka Torun promised?"
    assert stand_alone("by how many votes?", earlier) == "By how many votes did Ilka Torun win the election in Tarvia?"


def test_of_all_pairs_only_the_known_ones_fail() -> None:
    failed = {pair.id: misses(pair, rewritten(pair)) for pair in read_pairs() if misses(pair, rewritten(pair))}
    assert set(failed) == KNOWN_MISSES, failed


def test_without_earlier_questions_every_question_stands_alone() -> None:
    assert not any(dependent(question, []) for question in ("why?", "and in Kelby?", "who said that?", "", "?"))


def test_a_question_is_read_in_parts() -> None:
    assert read_clause("How many flooded houses in Kelby were insured?") == Clause(
        "How many flooded houses", "flooded houses", True, "were", "", "insured", ("in Kelby",))
    assert read_clause("and when did the strike at Corvane Glass end?") == Clause(
        "when", "", False, "did", "the strike at Corvane Glass", "end", ())
    assert read_clause("in Norrby?") is None


def test_parts_are_put_together_as_another_question_a_phrase_or_a_clause() -> None:
    clause = read_clause("Which party won most seats in Lower Saria?")
    assert clause is not None
    assert asking(clause, "when") == "when did the party win most seats in Lower Saria"
    assert described(clause) == "the party that won most seats in Lower Saria"
    assert embedded(clause) == "which party won most seats in Lower Saria"


QUESTIONS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from("and who how many of them did North Korea send to it there in Kelby ? the flood that said "
                             "which ones what about his why were killed 2024 according she".split()),
             max_size=14).map(" ".join),
)


@settings(max_examples=150)
@given(before=QUESTIONS, question=QUESTIONS, answer=QUESTIONS)
def test_any_text_comes_back_as_one_line_that_ends_as_a_question(before: str, question: str, answer: str) -> None:
    earlier = [Earlier(before, answer)]
    if dependent(question, earlier):
        alone = stand_alone(question, earlier)
        assert alone.endswith("?")
        assert len(alone.splitlines()) == 1
