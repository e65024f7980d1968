"""A judge in a run: agreement measured before its scores are shown, resumed, several cases at once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evals.cli import app
from evals.judge import BASE_URL, Judge
from evals.judged import AGREEMENT, LEAST, NEEDED
from evals.metrics.score import Score
from evals.report import page
from evals.run import read_rows, run
from evals.suite import Case, Options, Result, Solver, Suite
from evals.suites import SUITES
from service.adapters.openai_chat import OpenAIChat
from service.answers.model.prompt import load
from service.errors import UsageError
from service.ports import Delta, Message
from tests.evals.made import disputed
from tests.evals.test_data import put
from tests.evals.test_judge import Json, fair, judge_at
from tests.support.model_server import ModelServer, Reply, failure


def answering(count: int = 6) -> tuple[Suite, list[str]]:
    """A suite whose every answer is the contract's example, and what it has solved."""
    solved: list[str] = []

    @asynccontextmanager
    async def opened(_options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        async def solve(case: Case) -> Result:
            solved.append(case.id)
            return Result(disputed(), {"met": Score(1.0)})

        yield Solver(solve)

    cases = [Case(f"c{n}", {"question": "how many people were moved out?"}) for n in range(count)]
    return Suite("answering", "answers", "met", lambda _: cases, opened), solved


def labelled(root: Path, size: int = LEAST) -> Path:
    """wice and attributionbench of `size` claims each; every other one stands in its text, and is labelled so save
    for the first four."""
    def text(n: int) -> str:
        return f"The mill of Oxley has {n} wheels." if n % 2 == 0 else "The mill of Oxley stands still."

    claims = [(f"The mill of Oxley has {n} wheels.", text(n), (n % 2 == 0) != (n < 4)) for n in range(size)]
    put(root, "wice/claims_dev_oracle_chunks.jsonl",
        [{"claim": claim, "evidence": [told], "label": "supported" if label else "partially_supported"}
         for claim, told, label in claims])
    put(root, "attributionbench/dev.jsonl",
        [{"claim": claim, "references": [told], "src_dataset": "x",
          "attribution_label": "attributable" if label else "not attributable"} for claim, told, label in claims])
    return root


async def test_judged_scores_are_withheld_until_the_agreement_is_measured(tmp_path: Path) -> None:
    bench, folder, measured = labelled(tmp_path / "bench"), tmp_path / "runs" / "answers", tmp_path / "runs" / "judge"
    folder.mkdir(parents=True)
    measured.mkdir()
    suite, solved = answering()
    with ModelServer(fair) as server:
        judge = judge_at(server)
        before = await run([suite], Options(judge=judge), folder)
        assert set(before["suites"]["answering"]["scores"]) == {"met"}
        assert before["judge"]["withheld"].startswith("the agreement of 'umpire' with this prompt is not measured")
        assert "judge-wice and judge-attributionbench" in before["judge"]["withheld"]
        assert before["judge"]["prompt"] == load("judge").fingerprint
        assert (before["judge"]["verdicts"], before["judge"]["tokens"]) == (24, 6 * 480)
        assert "judged_grounded" not in page(folder)
        assert "its scores are withheld" in page(folder)
        spent = len(server.chats)

        agreed = await run([SUITES[name] for name in NEEDED], Options(bench=bench, judge=judge), measured)
        told = agreed["suites"]["judge-wice"]["scores"]
        assert told["accuracy"]["value"] == 0.96
        assert told["kappa"]["value"] == pytest.approx(0.92)
        assert told["unscored"]["value"] == 0.0
        assert len(server.chats) == spent + 2 * LEAST

        after = await run([suite], Options(judge=judge), folder)
        await judge.aclose()
        assert len(server.chats) == spent + 2 * LEAST
    assert len(solved) == 6
    assert after["judge"]["withheld"] is None
    kept = {"model": "umpire", "prompt": load("judge").fingerprint, "run": "judge", "accuracy": 0.96, "kappa": 0.92,
            "unscored": 0.0, "scored": LEAST}
    assert after["judge"]["agreement"] == [{**kept, "suite": name} for name in NEEDED]
    assert json.loads((tmp_path / "runs" / AGREEMENT).read_text("utf-8")) == after["judge"]["agreement"]
    assert after["suites"]["answering"]["scores"]["judged_grounded"]["value"] == pytest.approx(2 / 3)
    assert after["suites"]["answering"]["scores"]["judged_relevant"]["value"] == 1.0
    assert "judged_grounded" in page(folder)


async def test_an_agreement_of_another_judge_or_on_few_cases_does_not_count(tmp_path: Path) -> None:
    bench = labelled(tmp_path / "bench")
    folders = [tmp_path / "runs" / name for name in ("other", "few", "answers")]
    for folder in folders:
        folder.mkdir(parents=True)
    suite, _ = answering(1)
    with ModelServer(fair) as server:
        other, judge = judge_at(server, "referee"), judge_at(server)
        await run([SUITES[name] for name in NEEDED], Options(bench=bench, judge=other), folders[0])
        await run([SUITES[name] for name in NEEDED], Options(bench=bench, judge=judge, limit=LEAST - 1), folders[1])
        summary = await run([suite], Options(judge=judge), folders[2])
        for one in (other, judge):
            await one.aclose()
    assert summary["judge"]["withheld"] is not None
    assert [one["scored"] for one in summary["judge"]["agreement"]] == [LEAST - 1, LEAST - 1]


async def test_a_smaller_measurement_does_not_replace_a_larger_one(tmp_path: Path) -> None:
    bench = labelled(tmp_path / "bench", LEAST + 10)
    with ModelServer(fair) as server:
        judge = judge_at(server)
        for name, limit in (("large", None), ("small", 5)):
            (tmp_path / "runs" / name).mkdir(parents=True)
            options = Options(bench=bench, judge=judge, limit=limit)
            await run([SUITES["judge-wice"]], options, tmp_path / "runs" / name)
        await judge.aclose()
    kept = json.loads((tmp_path / "runs" / AGREEMENT).read_text("utf-8"))
    assert [(one["run"], one["scored"]) for one in kept] == [("large", LEAST + 10)]


async def test_an_endpoint_that_failed_is_asked_again_on_a_resume_and_nothing_else_is(tmp_path: Path) -> None:
    refusing = True

    def script(request: Json) -> Reply | str:
        return failure(400, "no") if refusing else fair(request)

    suite, solved = answering(3)
    (tmp_path / "run").mkdir()
    with ModelServer(script) as server:
        judge = judge_at(server)
        before = await run([suite], Options(judge=judge), tmp_path / "run")
        assert (before["judge"]["failed"], before["judge"]["verdicts"]) == (3, 0)
        assert before["suites"]["answering"]["scores"]["met"]["value"] == 1.0
        refusing = False
        after = await run([suite], Options(judge=judge), tmp_path / "run")
        spent = len(server.chats)
        await run([suite], Options(judge=judge), tmp_path / "run")
        await judge.aclose()
        assert len(server.chats) == spent
    assert (after["judge"]["failed"], after["judge"]["verdicts"]) == (0, 12)
    assert len(solved) == 3


class Counting:
    """A chat that remembers how many replies were under way at once."""

    def __init__(self, chat: Any) -> None:
        self._chat, self.now, self.most = chat, 0, 0

    @property
    def name(self) -> str:
        found: str = self._chat.name
        return found

    async def stream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            async for delta in self._chat.stream(messages):
                yield delta
        finally:
            self.now -= 1

    async def aclose(self) -> None:
        await self._chat.aclose()


async def test_several_cases_are_judged_at_once_and_their_lines_stay_whole(tmp_path: Path) -> None:
    suite, _ = answering(12)
    (tmp_path / "run").mkdir()

    def slow(request: Json) -> Reply:
        return Reply(fair(request), delay=0.05)

    with ModelServer(slow) as server:
        chat = Counting(OpenAIChat("umpire", base_url=server.url))
        judge = Judge(chat, load("judge"))
        await run([suite], Options(judge=judge, concurrency=4), tmp_path / "run")
        await judge.aclose()
    assert 1 < chat.most <= 4
    rows = read_rows(tmp_path / "run")
    assert sorted(row["id"] for row in rows) == sorted(f"c{n}" for n in range(12))
    assert len((tmp_path / "run" / "cases.jsonl").read_text("utf-8").splitlines()) == 12
    assert all(len(row["judged"]["verdicts"]) == 4 for row in rows)


async def test_another_judge_does_not_go_on_with_a_run(tmp_path: Path) -> None:
    suite, _ = answering(1)
    with ModelServer(fair) as server:
        first, second = judge_at(server), judge_at(server, "referee")
        await run([suite], Options(judge=first), tmp_path)
        with pytest.raises(UsageError, match="asked with other judge"):
            await run([suite], Options(judge=second), tmp_path)
        for one in (first, second):
            await one.aclose()


def test_the_command_judges_and_says_what_it_withholds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = labelled(tmp_path / "bench", 12)
    with ModelServer(fair) as server:
        monkeypatch.setenv(BASE_URL, server.url)
        told = ["run", "judge", "--bench", str(bench), "--judge", "umpire", "--runs", str(tmp_path / "runs")]
        found = CliRunner().invoke(app, told)
        assert found.exit_code == 0, found.output
        assert "judge umpire, prompt " in found.stdout
        assert "its scores are withheld" in found.stdout
        assert "accuracy                         0.667" in found.stdout
        same = CliRunner().invoke(app, [*told, "--model", "umpire"])
        assert same.exit_code == 2
        assert "is the model that it would judge" in same.stderr


async def test_without_a_judge_the_agreement_suites_say_so(tmp_path: Path) -> None:
    bench = labelled(tmp_path / "bench", 2)
    summary = await run([SUITES["judge-wice"]], Options(bench=bench), tmp_path)
    assert summary["suites"]["judge-wice"]["skipped"] == "no judge is named; pass --judge MODEL"
    assert summary["judge"] is None
