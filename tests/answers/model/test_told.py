"""The claims behind what a model wrote: read from its quotes, and set against what it left out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.assemble import Assembly
from service.answers.figures.claims import disputed
from service.answers.likeness import Likeness
from service.answers.model.told import claims_told
from service.answers.question import read_question
from tests.answers.asked import ASKED, Told, lines


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


async def told(question: str, likeness: Likeness, statements: Sequence[tuple[str, int]], *articles: Told | str
               ) -> tuple[bool, set[str]]:
    """Whether the sources differ, and the claims' words, for statements that each quote the nth line."""
    read = lines(*articles)
    assembly = Assembly()
    for text, number in statements:
        assembly.add(text, [read[number].quote])
    found = await claims_told(read_question(question, ASKED), read, assembly, likeness)
    return disputed(found), {p.figure.text for p in found}


COUNCIL = "About 180,000 members of the party will vote by post, the council of the party said."


async def test_another_count_of_the_same_people_stands_beside_the_one_that_the_model_gives(likeness: Likeness) -> None:
    differ, found = await told(
        "how many members of the party will vote?", likeness, [("About 180,000 members will vote by post.", 0)],
        COUNCIL, "Some 150,000 members of the party will vote, its treasurer said.")
    assert differ
    assert found == {"About 180,000 members", "Some 150,000 members"}


async def test_other_shares_of_one_poll_are_no_rivals(likeness: Likeness) -> None:
    differ, found = await told(
        "what share of voters oppose the bridge?", likeness, [("Just 30% of voters oppose the bridge.", 0)],
        "Just 30% of voters oppose the bridge.",
        "Fifty-nine percent of voters say that if the bridge were built, they would use it.")
    assert (differ, found) == (False, {"30% of voters"})


async def test_a_length_in_another_unit_is_of_something_else(likeness: Likeness) -> None:
    differ, _ = await told(
        "how far from Port Alder did the probe sink?", likeness,
        [("The probe sank about 68 kilometres from Port Alder.", 0)],
        "The probe sank about 68 kilometres from Port Alder.",
        "The probe sank about 55 feet from the buoy that marked the place.")
    assert not differ


async def test_what_the_statements_answer_with_is_a_claim_where_no_figure_fits_by_itself(likeness: Likeness) -> None:
    _, found = await told(
        "how many people had to leave their homes because of the Oldwood fire?", likeness,
        [("The fire forced more than 3,000 people to evacuate, the governor's office said.", 0)],
        "The governor spoke after the Oldwood fire forced more than 3,000 people to evacuate, his office said.")
    assert found == {"more than 3,000 people"}


async def test_a_figure_that_no_statement_gives_is_no_claim_of_the_model_s(likeness: Likeness) -> None:
    differ, found = await told(
        "how fast did the train go?", likeness, [("The train left the rails in a bend.", 0)],
        "The train left the rails in a bend at 140 km/h.")
    assert (differ, found) == (False, set())
