"""A sentence tells why by a word of cause, purpose or motive; where there is none the articles don't say."""

from __future__ import annotations

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.compose import compose
from service.answers.likeness import Likeness
from service.answers.lines.causes import PERHAPS, SURE, cause_fit, with_cause
from service.answers.question import read_question
from tests.answers.asked import ASKED, lines


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


@pytest.mark.parametrize(("text", "fits"), [
    ("The mill closed because its boiler burst.", SURE),
    ("The mill closed due to heavy losses.", SURE),
    ("The mill closed where a pipe had been blocked.", SURE),
    ("Pickets closed the mill, demanding a pay rise.", SURE),
    ("The owner was fined for closing the mill.", SURE),
    ("The mill closed over fears of fire.", SURE),
    ("The mill closed, since nobody buys paper.", SURE),
    ("The mill closed after a fire.", PERHAPS),
    ("The mill closed the gate to reduce noise.", PERHAPS),
    ("After the war the mill closed.", None),
    ("The mill closed after 4 May.", None),
    ("The mill has been closed since the war.", None),
    ("The mill is due to close.", None),
    ("The mill closed, the Ledger said, citing police.", None),
    ("The owner wants to close the mill.", None),
    ("The mill closed on Monday.", None),
])
def test_a_cause_is_told_by_its_word_and_by_its_place_behind_the_deed(
    likeness: Likeness, text: str, fits: float | None
) -> None:
    assert cause_fit(read_question("why did the mill close?", ASKED), text, likeness) == fits


DYKE = "The dyke at Kelby broke in the night.\n"


@pytest.mark.parametrize(("second", "together"), [
    ("This was because a culvert had been blocked.", True),
    ("The collapse followed three days of rain.", True),
    ("Engineers blamed a blocked culvert for the damage to the dyke.", True),
    ("Engineers blamed the mayor for the delay.", False),
    ("It is due to open again in May.", False),
    ("The mayor came on foot.", False),
])
async def test_a_cause_in_the_next_sentence_is_told_with_the_deed(
    likeness: Likeness, second: str, together: bool
) -> None:
    told = lines(DYKE + second)
    found = with_cause(read_question("why did the dyke break?", ASKED), told[1], told, likeness)
    assert (found.text.split() if found else None) == ((DYKE + second).split() if together else None)


async def test_what_stands_beside_the_matter_without_a_cause_is_no_answer(likeness: Likeness) -> None:
    async def told(text: str) -> list[str]:
        found = await compose(read_question("why did the dyke at Kelby break?", ASKED), lines(text), likeness)
        return [draft.text for draft in found.drafts]

    assert await told(DYKE + "The flood cut the town of Kelby in two.") == []
    assert await told(DYKE + "This was because a culvert had been blocked.") == [
        "The dyke at Kelby broke in the night. This was because a culvert had been blocked."]
