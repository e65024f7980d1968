"""A date or a place answers when and where only of the deed asked for, told as done."""

from __future__ import annotations

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.likeness import Likeness
from service.answers.lines.doers import new_names
from service.answers.lines.occasion import come_true, dated, sited, undone
from service.answers.question import read_question
from tests.answers.asked import ASKED, lines


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


@pytest.mark.parametrize(("question", "text", "fits"), [
    ("when was Vell released?", "Vell was released on 9 June.", 1.0),
    ("when was Vell released?", "Hale spoke at a rally on 9 June and asked for the release of Vell.", None),
    ("when was Vell released?", "The release came on 9 June.", 1.0),
    ("when was Vell released?", "Vell wrote of his release in the June edition of a journal.", None),
    ("when was the drawing delayed?", "Monday night’s drawing was delayed.", 1.0),
    ("until when can people apply?", "Applications are open until 31 March.", 1.0),
    ("when did the quake happen?", "The quake struck on 4 May.", 1.0),
    ("when did the quake happen?", "Hale, found liable on 4 May, lied about it.", 1.0),
])
def test_a_date_is_that_of_the_deed_or_of_the_noun_that_tells_it(
    likeness: Likeness, question: str, text: str, fits: float | None
) -> None:
    assert dated(read_question(question, ASKED), lines(text)[0], likeness) == fits


def test_that_day_takes_its_date_from_the_sentence_before(likeness: Likeness) -> None:
    question = read_question("when did they sign the pact?", ASKED)
    _, second = lines("Vell came to Lorne on 4 May.\nHale and Vell signed the pact that day.")
    assert dated(question, second, likeness) == 1.0
    _, second = lines("Vell came to Lorne.\nHale and Vell signed the pact that day.")
    assert dated(question, second, likeness) is None


@pytest.mark.parametrize(("text", "fits"), [
    ("The soldiers were deployed in Vell.", 1.0), ("The soldiers were deployed near Lorne, Ostland.", 1.0),
    ("The deployment followed a visit by Ada Brandt to Vell.", 0.2),
    ("The soldiers were deployed to camps.", 0.8), ("The soldiers were deployed on Monday.", 0.0),
])
def test_a_place_is_that_of_the_deed_also_by_a_common_noun(likeness: Likeness, text: str, fits: float) -> None:
    question = read_question("where were the soldiers deployed?", ASKED)
    assert sited(question, text, new_names(question, text), likeness) == fits


@pytest.mark.parametrize(("question", "text", "done"), [
    ("has Vell been released?", "Vell was released.", True), ("has Vell been released?", "Vell was not released.", True),
    ("has Vell been released?", "Her friends try to win her release.", False),
    ("has Vell been released?", "Vell could be released.", False),
    ("did the office comment?", "The office declined to comment.", True),
    ("when did Vell resign?", "Vell had been expected to resign on Monday.", False),
    ("will Vell resign?", "Vell wants to resign.", True),
])
def test_what_is_wished_or_may_be_is_not_told_as_done(
    likeness: Likeness, question: str, text: str, done: bool
) -> None:
    assert come_true(read_question(question, ASKED), text, likeness) is done


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("which state sold the ticket?", "Six states do not sell tickets.", True),
    ("which state sold the ticket?", "Ostland sold the ticket.", False),
    ("which state did not sell tickets?", "Six states do not sell tickets.", False),
    ("did Ostland sell the ticket?", "Ostland did not sell it.", False),
])
def test_a_deed_that_was_not_done_has_no_doer_no_time_and_no_place(
    likeness: Likeness, question: str, text: str, expected: bool
) -> None:
    assert undone(read_question(question, ASKED), text, likeness) is expected
