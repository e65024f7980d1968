"""Follow-up questions: are they made to stand alone, and is the question that comes of it answered?"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from evals.gold import HERE
from evals.metrics.score import Score
from evals.subject import Json, over_folder
from evals.suite import Case, Options, Result, Solver, Suite, shown
from evals.suites.gold import SAMPLES
from service.answers.threads.conversation import changed
from service.answers.threads.followup import dependent, stand_alone
from service.answers.threads.referents import Earlier
from service.errors import UsageError

PAIRS = HERE / "gold" / "followups.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """One follow-up and the questions before it; `evals/gold/README.md` has the fields."""

    id: str
    part: str
    previous: tuple[str, ...]
    q: str
    said: str = ""
    unchanged: bool = False
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    cite_any: tuple[str, ...] = ()


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs of a file, one a line. Raises UsageError when it can't be read as that."""
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return [_pair(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{str(path)!r} can't be read: {error!r}", advice="name a file of JSON lines") from error


def _pair(row: Mapping[str, Any]) -> Pair:
    lists = ("previous", "must", "must_not", "status", "answer", "cite_any")
    return Pair(
        row["id"], row["part"], q=row["q"], said=" ".join(row.get("said", ())), unchanged=row.get("unchanged", False),
        **{name: tuple(row.get(name, ())) for name in lists},
    )


def rewritten(pair: Pair) -> str | None:
    """The follow-up made to stand alone by the rules, None where it is left as it is; every turn before it likewise."""
    turns: list[Earlier] = []
    for i, question in enumerate(pair.previous):
        alone = stand_alone(question, turns) if dependent(question, turns) else question
        turns.append(Earlier(alone, pair.said if i == len(pair.previous) - 1 else ""))
    return changed(pair.q, stand_alone(pair.q, turns)) if dependent(pair.q, turns) else None


def misses(pair: Pair, standalone: str | None) -> list[str]:
    """What is wrong with a rewriting; empty where nothing is."""
    if pair.unchanged:
        return [] if standalone is None else [f"changed to {standalone!r}"]
    text = standalone or pair.q
    return [
        *(f"lacks {pattern!r}" for pattern in pair.must if not re.search(pattern, text)),
        *(f"has {pattern!r}" for pattern in pair.must_not if re.search(pattern, text)),
    ]


def answer_misses(pair: Pair, answer: Json) -> list[str]:
    """What is wrong with the answer; empty where nothing is."""
    found = [] if answer["status"] in pair.status else [f"status {answer['status']}"]
    found += [f"lacks {pattern!r}" for pattern in pair.answer if not re.search(pattern, answer["answer"])]
    cited = {PurePosixPath(citation["filename"]).name[:3] for citation in answer["citations"]}
    if pair.cite_any and not cited & set(pair.cite_any):
        found.append(f"cites {sorted(cited)}")
    return found


def _cases(_options: Options) -> list[Case]:
    return [
        Case(pair.id, {"question": pair.q, "previous": list(pair.previous), "part": pair.part}) for pair in read_pairs()
    ]


@asynccontextmanager
async def _opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    pairs = {pair.id: pair for pair in read_pairs()}
    async with over_folder(options.articles or SAMPLES, options.configuration) as subject:

        async def solve(case: Case) -> Result:
            pair = pairs[case.id]
            if not pair.status:
                alone = rewritten(pair)
                told = misses(pair, alone)
                score = Score(float(not told), "; ".join(told) or "as it should be")
                return Result({"standalone_question": alone}, {"rewritten": score, f"rewritten: {pair.part}": score})
            answer = await subject.answer(pair.q, previous=pair.previous)
            told, missed = misses(pair, answer["standalone_question"]), answer_misses(pair, answer)
            score = Score(float(not told), "; ".join(told) or "as it should be")
            answered = Score(float(not missed), "; ".join(missed) or "as it should be")
            scores = {"rewritten": score, f"rewritten: {pair.part}": score, "answered": answered}
            return Result(answer, scores, shown(answer["citations"] or answer["nearest"]))

        yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


FOLLOWUPS = Suite(
    "followups", "follow-up questions in a thread: made to stand alone, and answered", "rewritten", _cases, _opened,
    offline=True,
)
