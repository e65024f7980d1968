"""What a suite is: cases, something that solves and scores each, and figures over all of them."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evals.judge import Judge
from evals.metrics.score import Score
from evals.subject import Configuration
from service.answers.verify import Evidence, Proposed, Rejected, Verified, verify

Json = dict[str, Any]
Verify = Callable[[Proposed, Mapping[str, Evidence]], Verified | Rejected]
Row = Mapping[str, Any]
"""A solved case as its line in `cases.jsonl` has it."""
Aggregate = Callable[[Sequence[Row]], float | None]
"""A figure over rows that is no mean of one score; None where the rows can't give it."""

LOWER_IS_BETTER: Final = ("shipped", "blocked", "wrong", "passed_unsupported", "index_seconds", "unscored", "fell_back",
                          "calibration_error")
"""Beginnings of the names of scores that should be low."""


def better_when_low(score: str) -> bool:
    """Whether a score should be low (what ships of altered statements, wrong answers)."""
    return score.startswith(LOWER_IS_BETTER)


class NotSupported(Exception):
    """The service can't do yet what a suite measures; the message says what."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for.

    `bench` is the folder of outside data; `articles` and `questions` replace the project's samples in the
    suites on gold questions; `limit` takes that many cases of each suite, drawn with `seed`; `documents`
    takes the articles that the cases need and that many others; `archives` keeps filled archives for the
    next run; `judge` says of each answer whether its quotes carry it; `verify` stands in for the gates where
    they are measured alone.
    """

    configuration: Configuration = field(default_factory=Configuration)
    bench: Path | None = None
    articles: Path | None = None
    questions: Path | None = None
    limit: int | None = None
    documents: int | None = None
    seed: int = 0
    concurrency: int = 1
    archives: Path | None = None
    judge: Judge | None = None
    verify: Verify = verify
    note: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Case:
    """One case: a name that stays the same from run to run, and what is asked, as JSON."""

    id: str
    input: Json


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case: the output as JSON, the scores, and the passages to show beside it.

    `confidence` is how sure the service was, 0 to 1, that the case has an answer in its archive, where it says so.
    """

    output: Json
    scores: Mapping[str, Score]
    evidence: Sequence[Json] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Solver:
    """An opened suite: solves one case at a time. `index` is the archive's fingerprint, `notes` what went
    amiss."""

    solve: Callable[[Case], Awaitable[Result]]
    index: str | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """A named suite.

    `primary` is the score that stands for it in plots; `offline` says that it needs no outside data;
    `aggregates` are figures that are no mean of a score; `agreement` says that it measures the judge. `cases`
    raises Absent without its data; `opened` raises NotSupported.
    """

    name: str
    about: str
    primary: str
    cases: Callable[[Options], Sequence[Case]]
    opened: Callable[[Options, Sequence[Case]], AbstractAsyncContextManager[Solver]]
    offline: bool = False
    aggregates: Mapping[str, Aggregate] = field(default_factory=dict)
    agreement: bool = False


def drawn(cases: Sequence[Case], options: Options) -> list[Case]:
    """The cases of a run: all, or `limit` of them drawn with the seed, in their own order."""
    if options.limit is None or options.limit >= len(cases):
        return list(cases)
    chosen = random.Random(options.seed).sample(range(len(cases)), options.limit)
    return [cases[i] for i in sorted(chosen)]


def value_of(row: Row, score: str) -> float | None:
    """A row's value for a score; None where it has none."""
    found = row.get("scores", {}).get(score)
    return None if found is None else found["value"]


def answerable_by_confidence(rows: Sequence[Row]) -> tuple[list[bool], list[float]]:
    """Of all cases with a confidence whose suite says whether their question has an answer: that, and the
    confidence."""
    told = [
        (answerable, row["confidence"])
        for row in rows
        if row.get("confidence") is not None
        and (answerable := value_of(row, "coverage") is not None)
        is not (value_of(row, "unanswerable_recall") is not None)
    ]
    return [label for label, _ in told], [confidence for _, confidence in told]


def shown(citations: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Cited passages as the report puts them beside an answer."""
    return [
        {"label": f"[{c.get('index', i)}] {c['filename']}", "text": c["cited_text"]} for i, c in enumerate(citations, 1)
    ]
