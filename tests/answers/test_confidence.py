"""The confidence grows with what speaks for an answer, and is the same for the same grounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters.local_embedder import LocalEmbedder
from service.answers.confidence import LEAST, Grounds, confidence, considered, weigh
from service.answers.likeness import Likeness
from service.answers.question import read_question
from tests.answers.asked import ASKED, lines

SHARE = st.floats(0, 1, allow_nan=False)
GROUNDS = st.builds(Grounds, SHARE, SHARE, SHARE, SHARE, SHARE)


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


@given(GROUNDS, GROUNDS)
@settings(max_examples=100)
def test_more_grounds_never_make_less_sure(one: Grounds, other: Grounds) -> None:
    more = Grounds(*(max(a, b) for a, b in zip(one.values()[:-1], other.values()[:-1], strict=True)))
    assert 0 < confidence(one) <= confidence(more) < 1


async def test_the_grounds_are_those_of_the_nearest_lines(likeness: Likeness) -> None:
    question = read_question("Who built the tunnel at Lorne?", ASKED)
    near = considered(lines("Castan Air built the tunnel at Lorne.\nIt rained."))
    await likeness.learn([question.text, *(line.text for line in near)])
    found = weigh(question, near, 0.9, likeness)
    assert found.named == 1.0
    assert found.said == pytest.approx(1.0)
    assert found.line == pytest.approx(likeness.cosine(question.text, near[0].text))
    assert 0 < found.passage <= 1
    assert confidence(found) >= LEAST
    stranger = read_question("Who built the Zurich Symphony with Orvin Pell?", ASKED)
    await likeness.learn([stranger.text])
    missing = weigh(stranger, near, 0.1, likeness)
    assert missing.named == 0.0
    assert missing.said < 0.6
    assert confidence(missing) < LEAST


def test_no_lines_are_no_grounds(likeness: Likeness) -> None:
    assert weigh(read_question("Who?", ASKED), [], 0.0, likeness) == Grounds(0.0, 0.0, 0.0, 0.0, 0.0)
