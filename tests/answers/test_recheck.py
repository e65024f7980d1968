"""Old answers against sources that have changed since."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answers.recheck import Verdict, recheck
from service.errors import UsageError

TEXT = "The dam held. About 90 people left the valley. The road is open."
WORDS = "About 90 people left the valley."


def answer(start: int = 14) -> dict[str, Any]:
    return {"citations": [{"index": 1, "file_id": "art_1", "filename": "dam.txt", "cited_text": WORDS,
                           "start_char_index": start, "end_char_index": start + len(WORDS)}]}


def test_words_that_stand_where_they_stood_are_valid() -> None:
    assert recheck(answer(), {"art_1": TEXT}.get) == [
        Verdict(1, "art_1", "dam.txt", "valid", 14, 46, "the words stand where they were cited")]


def test_words_that_stand_elsewhere_have_moved_and_the_new_place_is_told() -> None:
    assert recheck(answer(), {"art_1": "Corrected. " + TEXT}.get) == [
        Verdict(1, "art_1", "dam.txt", "moved", 25, 57, "the same words stand at another place")]


def test_of_several_places_the_nearest_to_the_old_one_is_told() -> None:
    text = WORDS + " " + "x" * 100 + WORDS + WORDS
    assert recheck(answer(130), {"art_1": text}.get)[0].start_char_index == 133


def test_changed_words_are_a_changed_source() -> None:
    assert recheck(answer(), {"art_1": TEXT.replace("90", "95")}.get)[0].state == "source_changed"


def test_a_source_that_is_gone_is_said_to_be_removed() -> None:
    assert recheck(answer(), {}.get)[0].state == "source_removed"


@pytest.mark.parametrize("junk", [{}, {"citations": None}, {"citations": [{}]}, {"citations": ["x"]},
                                  {"citations": [{"index": "a"}]}])
def test_what_is_no_answer_is_refused(junk: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        recheck(junk, {"art_1": TEXT}.get)


@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_a_verdict_with_a_place_always_points_at_the_words(before: str, after: str) -> None:
    text = before + WORDS + after
    verdict = recheck(answer(), lambda _: text)[0]
    assert verdict.state in ("valid", "moved")
    assert verdict.start_char_index is not None
    assert text[verdict.start_char_index : verdict.end_char_index] == WORDS
