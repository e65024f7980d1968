"""A question is read by its own words: what kind it is, what it counts, what is done, by whom, when."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.question import Question, read_question, with_capitals

ASKED = date(2026, 5, 9)

KINDS: tuple[tuple[str, str], ...] = (
    ("How many of the miners were rescued?", "quantity"),
    ("how much did the bridge cost?", "quantity"),
    ("what is the death toll?", "quantity"),
    ("what share of households lost power?", "quantity"),
    ("how long was the strike?", "quantity"),
    ("how tall is the tower?", "quantity"),
    ("how old was the driver?", "quantity"),
    ("and how many were wounded?", "quantity"),
    ("who is Ilse Brandt?", "who_is"),
    ("who was arrested?", "who"),
    ("what is the mayor's name?", "who"),
    ("what's the ship's name?", "what"),
    ("who signed the treaty?", "who"),
    ("when was the treaty signed?", "when"),
    ("and when was it signed?", "when"),
    ("what year did it open?", "when"),
    ("where did the ship sink?", "where"),
    ("which newspaper interviewed the envoy?", "which"),
    ("what country sent doctors?", "which"),
    ("did the company deny it?", "yes_no"),
    ("was anyone hurt?", "yes_no"),
    ("why did the pilots strike?", "why"),
    ("how did the fire start?", "how"),
    ("what did the minister say about taxes?", "what_said"),
    ("what happened in Oslo?", "what"),
    ("tell me about the flood", "what"),
    ("flood", "what"),
    ("", "what"),
)


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_the_kind_of_a_question_is_told_by_its_question_word(text: str, kind: str) -> None:
    assert read_question(text, ASKED).kind == kind


COUNTED: tuple[tuple[str, set[str], list[str], list[str]], ...] = (
    ("how many troops were sent?", {"count"}, ["troops"], ["sent"]),
    ("how many of the miners were rescued?", {"count"}, ["miners"], ["rescued"]),
    ("how many Russian soldiers were treated?", {"count"}, ["soldiers"], ["treated"]),
    ("how many soldiers were killed or wounded?", {"count"}, ["soldiers"], ["killed", "wounded"]),
    ("how many students enrolled at the school?", {"count"}, ["students"], ["enrolled"]),
    ("how many people live in Ostling?", {"count"}, ["people"], ["live"]),
    ("how many people work at the mill?", {"count"}, ["people"], ["work"]),
    ("how many jobs will be cut?", {"count"}, ["jobs"], ["cut"]),
    ("HOW MANY TROOPS WERE SENT?", {"count"}, ["troops"], ["sent"]),
    ("how many days did the strike last?", {"duration"}, ["days"], ["last"]),
    ("how much did Valdor pay for the port?", {"money", "percent"}, [], ["pay"]),
    ("how much money was stolen?", {"money", "percent"}, [], ["stolen"]),
    ("what percentage of voters backed it?", {"percent"}, [], ["backed"]),
    ("how old was the driver?", {"age", "duration"}, [], []),
)


@pytest.mark.parametrize(("text", "figures", "thing", "predicate"), COUNTED)
def test_a_question_for_a_quantity_says_what_is_counted_and_what_is_said_of_it(
    text: str, figures: set[str], thing: list[str], predicate: list[str]
) -> None:
    question = read_question(text, ASKED)
    assert (question.figures, [w.lower for w in question.thing], [w.lower for w in question.predicate]) == (
        figures, thing, predicate)


@pytest.mark.parametrize(("text", "takes"), [
    ("how many tonnes of grain were exported?", "measure"), ("how many crowns did it cost?", "money"),
    ("how far did the debris travel?", "measure"), ("how much wheat was exported?", "measure"),
    ("what is the price of a ticket?", "money"), ("what was the speed of the train?", "measure"),
    ("how long was the strike?", "duration"), ("how long is the tunnel?", "measure"),
])
def test_units_in_a_question_open_the_kinds_of_figure_that_can_answer(text: str, takes: str) -> None:
    assert takes in read_question(text, ASKED).figures


@pytest.mark.parametrize("text", ["who came?", "when was it?", "did 300 people come?", "why?"])
def test_other_questions_take_no_figure(text: str) -> None:
    assert read_question(text, ASKED).figures == frozenset()


@pytest.mark.parametrize(("text", "agent"), [
    ("how many troops did North Korea send?", {"north-korea"}), ("how much did Valdor pay for the port?", {"valdor"}),
    ("has the Tauris company closed the mine?", {"tauris"}), ("how many troops were sent to Russia?", set()),
    ("how many people were hurt in Ostling?", set()),
])
def test_the_agent_is_who_stands_between_auxiliary_and_verb(text: str, agent: set[str]) -> None:
    assert read_question(text, ASKED).agent == agent


def test_names_and_days_are_read_with_the_day_of_asking() -> None:
    question = read_question("how many people left Ostling last Monday?", ASKED)
    assert [name.words for name in question.names] == [("ostling",)]
    assert [mention.resolved for mention in question.dates] == [(date(2026, 5, 4), date(2026, 5, 4))]


@pytest.mark.parametrize(("text", "predicate"), [
    ("why did protesters storm the mayor's office?", ["storm"]), ("when do children vacation in Lorne?", ["vacation"]),
    ("why do analysts doubt the claims?", ["doubt"]), ("who did Ada Vell fire in October?", ["fire"]),
    ("until when can people apply for money?", ["apply"]), ("who was the first charge d'affaires?", []),
    ("when did the strike at the mill begin?", ["begin"]), ("what did the storm in Lorne damage?", ["damage"]),
])
def test_the_verb_behind_a_form_of_do_is_the_question_s_also_where_it_is_oftener_a_noun(
    text: str, predicate: list[str]
) -> None:
    assert [word.lower for word in read_question(text, ASKED).predicate] == predicate


def test_a_common_noun_in_capitals_is_no_name() -> None:
    assert [name.text for name in read_question("which TV channel showed the UN in Lorne?", ASKED).names] == ["UN", "Lorne"]


def test_content_leaves_out_question_words_and_auxiliaries() -> None:
    assert [w.lower for w in read_question("how many people were hurt in Ostling?").content] == [
        "people", "hurt", "ostling"]
    assert read_question("how many were there?").content == ()


def holds(question: Question) -> None:
    for word in (*question.words, *question.thing, *question.counted, *question.predicate):
        assert question.text[word.start : word.end] == word.text
    assert set(question.predicate).isdisjoint(question.thing)
    assert bool(question.figures) == (question.kind == "quantity")


@settings(max_examples=60)
@given(st.text(max_size=120))
def test_any_text_is_some_kind_of_question(text: str) -> None:
    holds(read_question(text, ASKED))


PIECES = st.sampled_from(["how many", "how much", "who", "is", "what", "did", "Ostling", "North Korea", "people", "sent",
                          "of the", "killed or wounded", "2024", "?", "in", "the number of", "and", "’s"])


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=9))
def test_any_row_of_question_words_is_some_kind_of_question(pieces: list[str]) -> None:
    holds(read_question(" ".join(pieces), ASKED))


def test_a_question_typed_without_capitals_gets_those_that_the_sentences_write() -> None:
    around = ["The mill at Ostling burned.", "Mayor Ilse Brandt wept in May.", "It may rain, said Brandt."]
    assert with_capitals("did ilse brandt's mill at ostling burn in may?", around) == (
        "did Ilse Brandt's mill at Ostling burn in may?")
    assert with_capitals("did Ilse brandt weep?", around) == "did Ilse brandt weep?"
    assert with_capitals("who wept?", around) == "who wept?"


@settings(max_examples=60)
@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=4))
def test_capitals_change_no_offset_and_no_letter(text: str, around: list[str]) -> None:
    written = with_capitals(text, [*around, f"so {text.upper()}"])
    assert len(written) == len(text)
    assert written.casefold() == text.casefold()


def test_countries_are_read_in_a_question_typed_without_capitals() -> None:
    question = read_question("how many troops did north korea send?", ASKED)
    assert [name.words for name in question.names] == [("north-korea",)]
    assert question.agent == {"north-korea"}


@pytest.mark.parametrize(("question", "kind", "thing"), [
    ("Residents who lost their homes were hit again. What was the name of the storm?", "which", ["storm"]),
    ("A probe hit a rock to see how rocks move. Which agency built it?", "which", ["agency"]),
    ("Which US park was closed?", "which", ["park"]),
    ("Homes will cost more to heat due to what?", "why", []),
    ("What was the cause of the fire?", "why", []),
])
def test_the_kind_is_that_of_the_sentence_that_asks(question: str, kind: str, thing: list[str]) -> None:
    found = read_question(question)
    assert (found.kind, [w.lower for w in found.thing]) == (kind, thing)
    assert question[found.asking :].endswith("?")
    assert question[found.asking :].count(".") == 0
