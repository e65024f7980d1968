"""A premise that the articles deny is answered with the denial, and only then."""

from __future__ import annotations

from datetime import date

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.compose import compose
from service.answers.denial import denial, denies
from service.answers.likeness import Likeness
from service.answers.question import read_question
from tests.answers.asked import ASKED, Told, lines


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("how many people are missing?", "Nobody is missing any more.", True),
    ("how many people were hurt?", "No one was hurt, the police said.", True),
    ("when will the premiums double?", "Winge denied that the premiums would double.", True),
    ("why did the plant close?", "The plant did not close, Winge said.", True),
    ("how many people were hurt?", "Twelve people were hurt.", False),
    ("how many people were hurt?", "The roof did not hold, and twelve people were hurt.", False),
    ("how many people were hurt?", "No fewer than twelve people were hurt.", False),
    ("how many people were not hurt?", "Nobody was hurt.", False),
    ("how many ships were sunk?", "Nobody was hurt.", False),
    ("who paid?", "Nobody paid.", False),
    ("how many lions escaped?", "The zoo does not know how the lions escaped.", False),
    ("how many people were hurt?", "The firm must ensure that people are not hurt.", False),
    ("how many passwords were stolen?", "No passwords were exposed.", False),
    ("how many passwords were taken?", "No passwords were taken by the thieves.", True),
    ("how many people were fined?", "She is not doing fine today, said people near her.", False),
])
def test_a_line_denies_what_is_asked_when_a_denial_governs_the_same_deed(
    likeness: Likeness, question: str, text: str, expected: bool
) -> None:
    assert denies(read_question(question, ASKED), lines(text)[0], likeness) is expected


async def test_the_denial_is_the_answer_where_no_figure_is_given(likeness: Likeness) -> None:
    found = await compose(read_question("how many people were hurt in Lorne?", ASKED),
                          lines("No one was hurt in Lorne, the police said.\nThe fire burned for two days."), likeness)
    assert [draft.text for draft in found.drafts] == ["No one was hurt in Lorne, the police said."]
    assert (found.positions, found.disputed) == ((), False)


async def test_the_denial_stands_behind_an_older_figure_and_is_no_claim(likeness: Likeness) -> None:
    found = await compose(read_question("how many people are missing?", ASKED),
                          lines("Twelve people are missing.", "Nobody is missing any more, the county said."), likeness)
    assert [draft.text for draft in found.drafts] == [
        "Twelve people are missing.", "Nobody is missing any more, the county said."]
    assert [p.figure.low for p in found.positions] == [12]


def test_of_two_denials_the_later_is_told_and_none_about_another_name(likeness: Likeness) -> None:
    found = lines(Told("Nobody was hurt in Lorne.", date(2026, 3, 1)),
                  Told("No one at all was hurt in Lorne.", date(2026, 3, 4)))
    told = denial(read_question("how many people were hurt in Lorne?", ASKED), found, likeness)
    assert told is not None
    assert told.text == "No one at all was hurt in Lorne."
    assert denial(read_question("how many people were hurt in Brask?", ASKED), found, likeness) is None


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("how much was charged for the treatment?", "The treatment was free of charge, the nurse said.", True),
    ("how much did the clinic charge for the treatment?", "The clinic offered the treatment at no cost.", True),
    ("how much did the clinic charge for the treatment?", "The clinic is free to choose whom it offers treatment.", False),
    ("how much did the clinic charge for the treatment?", "The bus to the harbour is free of charge.", False),
    ("how much did the clinic charge for each treatment?", "It cost 20 crowns.", False),
    ("how many nurses gave the treatment?", "The treatment was free of charge, the nurse said.", False),
    ("was the mediator paid a fee?", "The mediator waived her fee.", True),
    ("who paid for the treatment?", "The treatment was free of charge, the nurse said.", False),
])
def test_what_is_taken_to_be_paid_for_is_denied_by_its_being_free(
    likeness: Likeness, question: str, text: str, expected: bool
) -> None:
    assert denies(read_question(question, ASKED), lines(text)[0], likeness) is expected


def test_a_person_counts_as_the_holder_of_the_office_that_the_article_gives_them(likeness: Likeness) -> None:
    waived = "Both sides praised Sofia Brand, who had led the talks for a month and more, and who waived her fee."
    filler = "\n".join(["The hall was cold and the coffee was cold and nobody in it slept for all of that week."] * 6)
    known, unknown = (lines(f"{first}\n{filler}\n{waived}")[-1] for first in (
        "The mediator, Sofia Brand, met both sides.", "The mediator met both sides."))
    question = read_question("was the mediator paid a fee?", ASKED)
    assert denies(question, known, likeness)
    assert not denies(question, unknown, likeness)


async def test_to_how_much_the_answer_is_that_it_was_free_where_no_sum_is_told(likeness: Likeness) -> None:
    found = await compose(read_question("how much did the clinic charge for the treatment?", ASKED),
                          lines("The clinic stands in Lorne.\nThe clinic gave all treatment free of charge."), likeness)
    assert [draft.text for draft in found.drafts] == ["The clinic gave all treatment free of charge."]
    assert found.positions == ()
    assert found.confidence >= 0.5
