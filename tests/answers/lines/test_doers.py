"""Who did it, who holds the office, who somebody is: a name beside it is not enough."""

from __future__ import annotations

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.likeness import Likeness
from service.answers.lines.doers import identifies, told_who
from service.answers.question import read_question
from tests.answers.asked import ASKED


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


@pytest.mark.parametrize(("question", "text", "fits"), [
    ("who is the ambassador?", "Alexander Brandt, the ambassador to Ostland, spoke.", 1.0),
    ("who is the ambassador?", "Ambassador Alexander Brandt spoke.", 1.0),
    ("who is the ambassador?", "The ambassador to Ostland, Alexander Brandt, spoke.", 1.0),
    ("who is the ambassador?", "Alexander Brandt was the ambassador.", None),
    ("who was the ambassador?", "Alexander Brandt was the ambassador.", 1.0),
    ("who is the ambassador?", "Former ambassador Alexander Brandt spoke.", None),
    ("who is the lawyer?", "The lawyer for two Castan Bay families spoke.", None),
    ("who is the ambassador?", "The ambassador of a neighbour said that ships reached Castan Bay.", None),
])
def test_an_office_is_held_by_the_name_right_beside_it(
    likeness: Likeness, question: str, text: str, fits: float | None
) -> None:
    assert told_who(read_question(question, ASKED), text, text, likeness) == fits


@pytest.mark.parametrize(("question", "text", "fits"), [
    ("who shot Ada Vell?", "Jonas Hale shot Ada Vell.", 1.0),
    ("who shot Ada Vell?", "Ada Vell was shot by Jonas Hale.", 1.0),
    ("by whom was Ada Vell shot?", "Jonas Hale, who was held at once, has admitted to shooting Ada Vell.", 1.0),
    ("who shot Ada Vell?", "Ada Vell was shot near Castan Bay.", None),
    ("who was shot?", "Ada Vell was shot near Castan Bay.", 1.0),
    ("who leads the union?", "The union’s leader Ada Vell spoke.", 1.0),
    ("who leads the union?", "The leaders of the union met Ada Vell.", None),
    ("who supplies the coal?", "Norway, the envoy said, supplies the coal.", 0.7),
    ("who supplies the coal?", "Norway is cold.", None),
])
def test_who_did_it_stands_before_the_deed_or_behind_by(
    likeness: Likeness, question: str, text: str, fits: float | None
) -> None:
    assert told_who(read_question(question, ASKED), text, text, likeness) == fits


@pytest.mark.parametrize(("text", "fits"), [
    ("Jonas Hale is a captain.", 1.0), ("Captain Jonas Hale wept.", 0.9), ("The 31-year-old Jonas Hale wept.", 0.9),
    ("That includes Jonas Hale.", None), ("The captain wept.", None),
])
def test_a_sentence_that_only_mentions_somebody_does_not_say_who_he_is(text: str, fits: float | None) -> None:
    assert identifies(read_question("Who is Jonas Hale?", ASKED), text) == fits
