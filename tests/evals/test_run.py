"""A run: every case once, resumed where it stopped, summed up with intervals, skipped with a reason."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from evals.data.bench import Absent
from evals.metrics.score import Score
from evals.run import ASKED, CASES, SUMMARY, new_folder, read_rows, run
from evals.suite import Case, NotSupported, Options, Result, Solver, Suite, drawn
from service.errors import ModelTimeout, UsageError


class Counting:
    """A suite of numbers that remembers what was solved, and fails on what it is told to."""

    def __init__(self, size: int = 10, failing: Sequence[str] = ()) -> None:
        self.size, self.failing = size, set(failing)
        self.solved: list[str] = []

    def suite(self, name: str = "counting") -> Suite:
        return Suite(
            name,
            "even numbers are right",
            "even",
            lambda _: [Case(f"n{i}", {"question": f"is {i} even?", "number": i}) for i in range(self.size)],
            self.opened,
            offline=True,
            aggregates={"sum": lambda rows: float(sum(row["input"]["number"] for row in rows))},
        )

    @asynccontextmanager
    async def opened(self, _options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        async def solve(case: Case) -> Result:
            self.solved.append(case.id)
            if case.id in self.failing:
                raise ModelTimeout("the model did not answer in 1 s")
            number = case.input["number"]
            usage = {"prompt_tokens": 3, "completion_tokens": 2, "cost_usd": 0.5}
            scores = {
                "even": Score(float(number % 2 == 0), f"{number} mod 2 is {number % 2}"),
                "big": Score(float(number > 7) if number > 5 else None),
            }
            return Result({"answer": str(number), "usage": usage, "timings_ms": {"total": 1.5}}, scores)

        yield Solver(solve, "index-1", ["one article was set aside"])


async def test_a_run_writes_a_line_a_case_and_a_summary_with_intervals(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    summary = await run([Counting().suite()], Options(), tmp_path, progress=lambda *step: seen.append(step))
    rows = read_rows(tmp_path)
    assert [row["id"] for row in rows] == [f"n{i}" for i in range(10)]
    first = dict(rows[0])
    assert first.pop("milliseconds") >= 0
    assert first == {
        "suite": "counting",
        "id": "n0",
        "input": {"question": "is 0 even?", "number": 0},
        "output": {
            "answer": "0",
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "cost_usd": 0.5},
            "timings_ms": {"total": 1.5},
        },
        "scores": {
            "even": {"value": 1.0, "explanation": "0 mod 2 is 0"},
            "big": {"value": None, "explanation": ""},
        },
        "evidence": [],
        "error": None,
        "timings_ms": {"total": 1.5},
        "tokens": 5,
        "cost_usd": 0.5,
    }
    told = summary["suites"]["counting"]
    assert (told["cases"], told["errors"], told["tokens"], told["cost_usd"]) == (10, 0, 50, 5.0)
    even = told["scores"]["even"]
    assert (even["value"], even["cases"]) == (0.5, 10)
    assert 0.0 < even["low"] < 0.5 < even["high"] < 1.0
    assert told["scores"]["big"] | {"low": 0, "high": 0} == {"value": 0.5, "low": 0, "high": 0, "cases": 4}
    assert told["scores"]["sum"]["value"] == 45.0
    assert set(told["latency_ms"]) == {"p50", "p90", "p99"}
    assert (summary["index"], told["notes"]) == ("index-1", ["one article was set aside"])
    assert {"git", "machine", "prompts", "settings", "seed"} <= set(summary)
    assert "answer" in summary["prompts"]
    assert json.loads((tmp_path / SUMMARY).read_text("utf-8")) == summary
    assert seen[0] == ("counting", 0, 10)
    assert seen[-1] == ("counting", 10, 10)


async def test_a_run_goes_on_where_it_stopped_and_tries_again_what_failed(tmp_path: Path) -> None:
    broken = Counting(failing=["n3"])
    before = await run([broken.suite()], Options(), tmp_path)
    assert before["suites"]["counting"]["errors"] == 1
    assert before["suites"]["counting"]["scores"]["even"]["cases"] == 9
    failed = next(row for row in read_rows(tmp_path) if row["id"] == "n3")
    assert failed["error"] == "ModelTimeout: the model did not answer in 1 s"
    assert failed["scores"] == {}
    with (tmp_path / CASES).open("a", encoding="utf-8") as file:
        file.write('{"suite": "counting", "id": "n4", "tor')
    mended = Counting()
    after = await run([mended.suite()], Options(), tmp_path)
    assert mended.solved == ["n3"]
    assert (after["suites"]["counting"]["cases"], after["suites"]["counting"]["errors"]) == (10, 0)
    assert after["suites"]["counting"]["scores"]["even"]["value"] == 0.5
    assert after["index"] == "index-1"


async def test_a_finished_run_solves_nothing_again_and_tells_the_same(tmp_path: Path) -> None:
    first = await run([Counting().suite()], Options(), tmp_path)
    idle = Counting()
    second = await run([idle.suite()], Options(), tmp_path)
    assert idle.solved == []
    assert second["index"] == "index-1"
    assert second["suites"]["counting"]["scores"] == first["suites"]["counting"]["scores"]


async def test_a_run_that_was_asked_otherwise_is_not_gone_on_with(tmp_path: Path) -> None:
    await run([Counting().suite()], Options(seed=1), tmp_path)
    with pytest.raises(UsageError, match="asked with other seed"):
        await run([Counting().suite()], Options(seed=2), tmp_path)


async def test_a_limit_draws_the_same_cases_for_the_same_seed(tmp_path: Path) -> None:
    counting = Counting(100)
    await run([counting.suite()], Options(limit=7, seed=5), tmp_path)
    cases = counting.suite().cases(Options())
    assert counting.solved == [case.id for case in drawn(cases, Options(limit=7, seed=5))]
    assert len(counting.solved) == 7
    assert drawn(cases, Options(limit=7, seed=6)) != drawn(cases, Options(limit=7, seed=5))
    assert drawn(cases, Options(limit=500)) == cases


async def test_several_cases_may_be_under_way_at_once(tmp_path: Path) -> None:
    summary = await run([Counting().suite()], Options(concurrency=4), tmp_path)
    assert summary["suites"]["counting"]["cases"] == 10
    assert len(read_rows(tmp_path)) == 10


@pytest.mark.parametrize(
    "reason", [Absent("'x' is not there; pass --bench PATH"), NotSupported("no reader of .html yet")]
)
async def test_a_suite_that_cannot_run_is_skipped_with_its_reason(tmp_path: Path, reason: Exception) -> None:
    def cases(_options: Options) -> list[Case]:
        raise reason

    lacking = Suite("lacking", "never runs", "x", cases, Counting().opened)
    summary = await run([lacking, Counting().suite()], Options(), tmp_path)
    assert summary["suites"]["lacking"] == {
        "about": "never runs", "skipped": str(reason), "cases": 0, "scores": {}
    }  # fmt: skip
    assert summary["suites"]["counting"]["cases"] == 10


def test_run_folders_of_one_moment_have_different_names(tmp_path: Path) -> None:
    names = {new_folder(tmp_path, "x").name for _ in range(3)}
    assert len(names) == 3


async def test_secrets_stay_out_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    await run([Counting(1).suite()], Options(), tmp_path)
    every = [(tmp_path / name).read_text("utf-8") for name in (CASES, SUMMARY, ASKED)]
    assert "sk-very-secret" not in "".join(every)
