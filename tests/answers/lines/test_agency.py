"""Who does it to whom, by word order alone."""

from __future__ import annotations

import pytest

from service.answers.lines.agency import exchanged, no_converses
from service.answers.question import read_question
from tests.answers.asked import ASKED

SUPPLIES = "What does Ruritania supply to France?"

TOLD: tuple[tuple[str, str, bool], ...] = (
    (SUPPLIES, "France supplies Ruritania with coal.", True),
    (SUPPLIES, "Ruritania supplies France with coal.", False),
    (SUPPLIES, "It is reported that France is supplying Ruritania with coal.", True),
    (SUPPLIES, "Ruritania is supplied with coal by France.", True),
    (SUPPLIES, "France is supplied with coal by Ruritania.", False),
    (SUPPLIES, "France, which trusts nobody, is at odds with Ruritania.", False),
    (SUPPLIES, "France supplies the Ruritanian army, and Ruritania supplies coal in return.", False),
    (SUPPLIES, "They supply coal.", False),
    ("What weapons has Japan sold?", "After the visit, Japan grew bolder, selling weapons such as rockets to Chile.", False),
    ("What weapons has Japan sold?", "Chile sold Japan rockets, its ministry said.", True),
    ("What did Japan say about Chile?", "Chile said of Japan that it sold rockets.", False),
    ("Who sold rockets?", "Chile sold Japan rockets.", False),
    ("What has Tokyo sold?", "Chile sold Japan rockets.", True),
    ("Is Japan selling rockets?", "Chile has taken a greater part in Japan’s defence, selling rockets and guns.", True),
    ("Is Chile selling rockets?", "Chile has taken a greater part in Japan’s defence, selling rockets and guns.", False),
    ("Is Japan selling rockets?", "The maker Tauris has helped with Japan’s defence, selling rockets.", False),
    ("Is Japan selling rockets?", "Chile has helped Japan’s guards, by training them and providing rockets.", True),
    ("When did Ada Vell visit Lorne?", "The visit by Jonas Hale to Ada Vell’s town was on Monday.", True),
    ("When did Ada Vell visit Lorne?", "The visit by Ada Vell was on Monday.", False),
)


@pytest.mark.parametrize(("question", "text", "expected"), TOLD)
def test_a_sentence_with_actor_and_other_exchanged_is_told_from_one_that_has_them_as_asked(
    question: str, text: str, expected: bool
) -> None:
    assert exchanged(read_question(question, ASKED), text) is expected


def test_taking_is_no_word_for_giving_nor_the_other_way_round() -> None:
    assert no_converses("offer", ["accepted", "gave", "refused", "seven"]) == ["gave", "seven"]
    assert no_converses("received", ["supplied", "took"]) == ["took"]
    assert no_converses("burn", ["supplied", "took"]) == ["supplied", "took"]
