"""A question that asks several outlets is answered by one line of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.compose import compose
from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.lines.parts import parts_of
from service.answers.question import read_question
from tests.answers.asked import ASKED, Told, lines


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


def press(*told: tuple[str, str, date]) -> list[Line]:
    """Lines of articles, each with its publisher and day."""
    found = lines(*(Told(text, day) for _, text, day in told))
    publisher = {f"art_{i:02}": name for i, (name, _, _) in enumerate(told, 1)}
    return [replace(line, source=replace(line.source, publisher=publisher[line.source.file_id])) for line in found]


EARLY, LATE = date(2026, 3, 1), date(2026, 3, 9)
PRESS = press(
    ("Harbour Gazette", "The harbour tunnel will cost 40 million crowns.\nRain fell on the fair.", EARLY),
    ("The Ledger - Business", "The tunnel is the dearest in the country, engineers say.\nShares fell.", EARLY),
    ("Harbour Gazette", "The harbour tunnel was flooded.\nThe fair was moved.", LATE),
)


def test_each_outlet_that_is_named_is_a_part_and_sections_belong_to_their_outlet() -> None:
    question = read_question("Does the Harbour Gazette praise the tunnel, while The Ledger calls it dear?", ASKED)
    assert [(part.text, part.publishers) for part in parts_of(question, PRESS)] == [
        ("Does the Harbour Gazette praise the tunnel, while The ", frozenset({"Harbour Gazette"})),
        ("Ledger calls it dear?", frozenset({"The Ledger - Business"})),
    ]


def test_one_outlet_on_two_days_is_two_parts() -> None:
    question = read_question("Did the Harbour Gazette's view change between 1 March 2026 and 9 March 2026?", ASKED)
    assert [part.day for part in parts_of(question, PRESS)] == [EARLY, LATE]


@pytest.mark.parametrize("text", ["How much will the tunnel cost?", "What did the Harbour Gazette say of the tunnel?",
                                  "Do the Morning Post and the Evening Star agree?"])
def test_a_question_that_names_no_two_known_outlets_has_no_parts(text: str) -> None:
    assert parts_of(read_question(text, ASKED), PRESS) == []


async def test_the_answer_puts_the_outlets_side_by_side_in_the_order_of_the_question(likeness: Likeness) -> None:
    question = read_question(
        "Does The Ledger's report on the tunnel suggest the same as the Harbour Gazette's on its cost?", ASKED)
    found = await compose(question, PRESS, likeness)
    assert [draft.text for draft in found.drafts] == [
        "The tunnel is the dearest in the country, engineers say.", "The harbour tunnel will cost 40 million crowns."]
    assert [q.source.publisher for d in found.drafts for q in d.quotes] == ["The Ledger - Business", "Harbour Gazette"]


async def test_outlets_that_never_wrote_about_it_are_no_answer(likeness: Likeness) -> None:
    question = read_question("Did the Harbour Gazette and The Ledger both report that Orvin Pell of Castan Air quit the "
                             "Zurich Symphony after the Lisbon Marathon?", ASKED)
    assert (await compose(question, PRESS, likeness)).drafts == ()
