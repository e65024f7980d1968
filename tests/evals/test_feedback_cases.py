"""Verdicts of readers become gold lines that the same answer meets or misses."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from typer.testing import CliRunner

from evals.cli import app
from evals.feedback_cases import case_of
from evals.gold import GoldLine, misses
from service.answers.wire import answer_json
from service.ports import Feedback
from service.settings import Settings
from service.wiring import build
from tests.doors.articles import QUESTION, write_articles
from tests.doors.examples import disputed_answer


def verdict(word: str, person: str, comment: str | None = None) -> Feedback:
    return Feedback("ans_1", word, comment, person, "2026-11-22T00:00:00Z")


def test_an_answer_that_helped_is_met_and_one_that_was_wrong_is_missed_by_itself() -> None:
    answer = answer_json(disputed_answer())
    helped = case_of(answer, [verdict("helpful", "a"), verdict("helpful", "b"), verdict("wrong", "c", "no date")])
    assert (helped["q"], helped["status"], helped["must"], helped["note"]) == (
        answer["question"], ["disputed"], ["About\\ 4,200", "3,000\\ at\\ most"], "2 helpful, 1 wrong; no date")
    assert misses(answer, GoldLine.read(helped)) == []
    wrong = GoldLine.read(case_of(answer, [verdict("helpful", "a"), verdict("wrong", "b")]))
    assert len(misses(answer, wrong)) == 3
    other = answer | {"answer": "About 900 people were moved out [1]."}
    assert misses(other, wrong) == []
    renumbered = answer | {"answer": answer["answer"].replace("[1]", "[3][4]")}
    assert len(misses(renumbered, wrong)) == 3


async def test_one_verdict_of_each_person_is_exported(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "state")
    async with build(settings, owner=True) as service:
        await service.archive.ingest([write_articles(tmp_path / "press")])
        async for piece in service.ask(QUESTION):
            last = piece
        for word in ("helpful", "wrong", "helpful"):
            service.feedback(last.id, word, None, "slack:T1:U1")
    printed = await asyncio.to_thread(CliRunner().invoke, app, ["feedback", "--data", str(settings.data)])
    (line,) = [json.loads(one) for one in printed.stdout.splitlines()]
    assert (line["id"], line["q"], line["note"]) == (f"feedback-{last.id}", QUESTION, "1 helpful, 0 wrong")
    assert sorted(line["cite_any"]) == ["courier.txt", "gazette.md"]
