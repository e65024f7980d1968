"""The service under measurement: follow-ups in a thread of their own, no answers given from memory."""

from __future__ import annotations

from pathlib import Path

from evals.subject import Configuration, over_folder
from service.wiring import OnRecord
from tests.evals.made import write_articles


async def test_earlier_questions_are_asked_in_a_thread_of_their_own(tmp_path: Path) -> None:
    async with over_folder(write_articles(tmp_path / "articles"), Configuration()) as subject:
        alone = await subject.answer("How many people were moved out?")
        first = await subject.answer("And where?", previous=("How many people were moved out?",))
        second = await subject.answer("And when?", previous=("How many people were moved out?",))
        assert alone["thread_id"] is None
        assert first["thread_id"] != second["thread_id"]
        assert isinstance(subject.service, OnRecord)
        turns = [(turn.question, turn.answer_id) for turn in subject.service.thread(first["thread_id"])]
    assert [question for question, _ in turns] == ["How many people were moved out?", "And where?"]
    assert turns[1][1] == first["id"]
    assert first["question"] == "And where?"


def test_answers_are_measured_and_not_remembered(tmp_path: Path) -> None:
    assert Configuration().settings(tmp_path).answer_cache == 0
    assert Configuration({"answer_cache": 5}).settings(tmp_path).answer_cache == 5
