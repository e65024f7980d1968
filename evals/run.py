"""A run: suites solved case by case into a folder that can be resumed, and summed up with intervals."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from evals.data.bench import Absent
from evals.judged import judged_answer, keep_agreement, standing, unfinished, with_judged
from evals.machine import git_commit, machine, prompt_hashes
from evals.metrics.calibration import calibration_error
from evals.metrics.intervals import Estimate, estimate, mean_estimate
from evals.suite import (
    Case,
    NotSupported,
    Options,
    Row,
    Solver,
    Suite,
    answerable_by_confidence,
    drawn,
    value_of,
)
from service.errors import OnRecordError, UsageError

Json = dict[str, Any]
T = TypeVar("T")
CASES, SUMMARY, ASKED = "cases.jsonl", "summary.json", "run.json"
Progress = Callable[[str, int, int], None]
"""Called with a suite's name, how many of its cases are done, and how many there are."""


def silent(_suite: str, _done: int, _total: int) -> None:
    """No progress is shown."""


def new_folder(root: Path, name: str) -> Path:
    """A fresh run folder below `root`, named after the moment and the run."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = root / f"{stamp}-{name}"
    count = 2
    while folder.exists():
        folder = root / f"{stamp}-{name}-{count}"
        count += 1
    folder.mkdir(parents=True)
    return folder


async def run(suites: Sequence[Suite], options: Options, folder: Path, *, progress: Progress = silent) -> Json:
    """Solve the suites' cases into `folder` and return the summary, which is written there too.

    Cases that the folder holds already are not solved again, save those that failed; answers that the judge gave
    no verdict on, since it could not be reached, are judged again. A suite without its data, or of what the
    service can't do yet, is summed up as skipped with the reason. Raises UsageError when the folder is of a run
    that was asked otherwise.
    """
    asked = _asked(suites, options)
    _check_same(folder, asked)
    rows = latest(await asyncio.to_thread(read_rows, folder))
    summary: Json = {
        "name": folder.name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **asked,
        "git": git_commit(),
        "machine": machine(),
        "prompts": prompt_hashes(),
        "index": await asyncio.to_thread(_known_index, folder),
        "suites": {},
    }
    # the judge's agreement comes first: it decides whether what the judge says of the others is shown
    for suite in sorted(suites, key=lambda one: not one.agreement):
        told = await _run_suite(suite, options, folder, rows, progress)
        summary["index"] = told.pop("index") or summary["index"]
        summary["suites"][suite.name] = told
        if suite.agreement and options.judge and not told["skipped"]:
            keep_agreement(folder.parent, options.judge.identity, suite.name, told, folder.name)
        summary["judge"] = standing(folder.parent, options.judge, latest(rows))
        await asyncio.to_thread(write_json, folder / SUMMARY, summary)
    return summary


def _asked(suites: Sequence[Suite], options: Options) -> Json:
    """What tells two runs apart: suites, sampling, data and settings; secrets are masked."""
    settings = options.configuration.settings(Path("."))
    return {
        "suites_asked": [suite.name for suite in suites],
        "seed": options.seed,
        "limit": options.limit,
        "documents": options.documents,
        "articles": str(options.articles) if options.articles else None,
        "questions": str(options.questions) if options.questions else None,
        "settings": settings.model_dump(mode="json", exclude={"data", "database_url", "store"}),
        "ranking": asdict(options.configuration.ranking) if options.configuration.ranking else None,
        "judge": options.judge.identity if options.judge else None,
    }


def _known_index(folder: Path) -> str | None:
    """The fingerprint that a run noted before it was gone on with."""
    path = folder / SUMMARY
    return json.loads(path.read_text("utf-8")).get("index") if path.exists() else None


def _check_same(folder: Path, asked: Json) -> None:
    path = folder / ASKED
    if not path.exists():
        write_json(path, asked)
        return
    before = json.loads(path.read_text("utf-8"))
    differing = sorted(name for name in asked if before.get(name) != asked[name])
    if differing:
        raise UsageError(
            f"the run in {str(folder)!r} was asked with other {', '.join(differing)}",
            advice="resume with the options of the first call, or start a new run",
        )


async def _run_suite(suite: Suite, options: Options, folder: Path, rows: list[Json], progress: Progress) -> Json:
    """Solve and judge what is missing of one suite; its part of the summary."""
    began = time.perf_counter()
    index, notes = None, []
    try:
        cases = drawn(await asyncio.to_thread(suite.cases, options), options)
        done = {row["id"]: row for row in latest(rows) if row["suite"] == suite.name and row["error"] is None}
        missing = [case for case in cases if case.id not in done]
        work = _Work(suite.name, options, folder, rows, progress, len(cases))
        if missing:
            async with suite.opened(options, cases) as solver:
                index, notes = solver.index, list(solver.notes)
                await work.each(missing, lambda case: solved(suite.name, solver, case))
        if options.judge is not None:
            found = [done[case.id] for case in cases if case.id in done]
            await work.each([row for row in found if unfinished(row)], _as_it_is)
    except (Absent, NotSupported) as reason:
        return {"about": suite.about, "skipped": str(reason), "index": None, "cases": 0, "scores": {}}
    wanted = {case.id for case in cases}
    standing_now = standing(folder.parent, options.judge, [])
    shown = standing_now is not None and standing_now["withheld"] is None
    mine = [row for row in latest(rows) if row["suite"] == suite.name and row["id"] in wanted]
    told = summed_up(suite, [with_judged(row, shown) for row in mine], options.seed)
    return told | {"index": index, "notes": notes[:20], "seconds": round(time.perf_counter() - began, 2)}


async def _as_it_is(row: Json) -> Json:
    return row


class _Work:
    """The cases of one suite under way: at most `concurrency` at once, each written as soon as it is there."""

    def __init__(
        self, suite: str, options: Options, folder: Path, rows: list[Json], progress: Progress, total: int
    ) -> None:
        self._suite, self._options, self._rows, self._progress, self._total = suite, options, rows, progress, total
        self._path = folder / CASES
        self._gate = asyncio.Semaphore(max(1, options.concurrency))
        self._writing = asyncio.Lock()

    async def each(self, todo: Sequence[T], solve: Callable[[T], Awaitable[Json]]) -> None:
        """Make a line of each, have it judged, and keep it."""
        left = len(todo)
        self._progress(self._suite, self._total - left, self._total)

        async def one(item: T) -> None:
            nonlocal left
            async with self._gate:
                row = await self._judged(await solve(item))
                async with self._writing:
                    await asyncio.to_thread(append_row, self._path, row)
                self._rows.append(row)
                left -= 1
                self._progress(self._suite, self._total - left, self._total)

        async with asyncio.TaskGroup() as group:
            for item in todo:
                group.create_task(one(item))

    async def _judged(self, row: Json) -> Json:
        judge = self._options.judge
        if judge is None or row["error"] is not None:
            return row
        return row | {"judged": await judged_answer(judge, row["output"] or {})}


async def solved(suite: str, solver: Solver, case: Case) -> Json:
    """The line of one case. A failure of the service is told in `error`, and such a case is unscored."""
    began = time.perf_counter()
    row: Json = {
        "suite": suite,
        "id": case.id,
        "input": case.input,
        "output": None,
        "scores": {},
        "evidence": [],
    }
    error = None
    try:
        result = await solver.solve(case)
    except OnRecordError as failure:
        error = f"{type(failure).__name__}: {failure}"
    else:
        row["output"] = result.output
        row["scores"] = {
            name: {"value": score.value, "explanation": score.explanation} for name, score in result.scores.items()
        }
        row["evidence"] = list(result.evidence)
        confidence = result.output.get("confidence") if result.confidence is None else result.confidence
        if confidence is not None:
            row["confidence"] = float(confidence)
    output = row["output"] or {}
    usage = output.get("usage") or {}
    return row | {
        "error": error,
        "milliseconds": round((time.perf_counter() - began) * 1000, 2),
        "timings_ms": output.get("timings_ms") or {},
        "tokens": usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0),
        "cost_usd": usage.get("cost_usd", 0.0),
    }


def summed_up(suite: Suite, rows: Sequence[Row], seed: int) -> Json:
    """One suite's part of the summary, from its rows alone."""
    scored = [row for row in rows if row["error"] is None]
    names = list(dict.fromkeys(name for row in scored for name in row["scores"]))
    scores: dict[str, Json] = {}
    for name in names:
        values = [value for row in scored if (value := value_of(row, name)) is not None]
        scores[name] = _told(mean_estimate(values, seed=seed))
    for name, aggregate in suite.aggregates.items():
        scores[name] = _told(estimate(scored, aggregate, seed=seed, resamples=300))
    if len(set(answerable_by_confidence(scored)[0])) == 2:
        scores["calibration_error"] = _told(estimate(scored, _calibration_error, seed=seed, resamples=300))
    spent = np.array([row["milliseconds"] for row in scored], dtype=float)
    latency = {f"p{p}": round(float(np.percentile(spent, p)), 1) for p in (50, 90, 99)} if len(spent) else {}
    return {
        "about": suite.about,
        "skipped": None,
        "primary": suite.primary,
        "offline": suite.offline,
        "cases": len(rows),
        "errors": len(rows) - len(scored),
        "scores": scores,
        "latency_ms": latency,
        "tokens": sum(row["tokens"] for row in scored),
        "cost_usd": round(sum(row["cost_usd"] for row in scored), 6),
    }


def _calibration_error(rows: Sequence[Row]) -> float | None:
    return calibration_error(*answerable_by_confidence(rows))


def _told(found: Estimate) -> Json:
    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 6)

    return {
        "value": rounded(found.value),
        "low": rounded(found.low),
        "high": rounded(found.high),
        "cases": found.cases,
    }


def latest(rows: Iterable[Json]) -> list[Json]:
    """The last line of each case: a failed one that was solved again later counts by that."""
    return list({(row["suite"], row["id"]): row for row in rows}.values())


def read_rows(folder: Path) -> list[Json]:
    """The lines of a run so far; a last line that a kill cut off is left out."""
    path = folder / CASES
    if not path.exists():
        return []
    rows = []
    for line in path.read_text("utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


def append_row(path: Path, row: Json) -> None:
    """One more line, after a line end if a kill left half a line before it."""
    torn = _torn(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if torn else "") + json.dumps(row, ensure_ascii=False, default=str) + "\n")


def _torn(path: Path) -> bool:
    """Whether a file ends in the middle of a line."""
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) != b"\n"


def write_json(path: Path, value: Json) -> None:
    """The file, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    fresh.replace(path)
