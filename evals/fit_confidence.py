"""Fit the confidence by which the extractive answer knows when not to answer.

`python -m evals.fit_confidence --bench DIR [--set ARTICLES_DIR:QUESTIONS.jsonl …]` prints the weights for `WEIGHTS` in
`service/answers/confidence.py`, fitted to gold sets (default: the samples) and to one half of clapnq and of
multihop-rag, and what they do on the other half: the share of unanswerable questions refused and of answerable ones
attempted. The weights in force are judged beside them. Questions for a quantity, which have a score of their own, and
follow-ups are left out. A set counts as `SHARES` says however many questions it has, and so do its answerable and its
unanswerable questions. The weights in force are fitted to all of the questions.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.archives import filled
from evals.data import clapnq, multihop
from evals.fit import GoldSet
from evals.gold import HERE, ROOT, read_gold
from evals.subject import Configuration, Subject, over_folder
from evals.suite import Options
from service.adapters.local_embedder import LocalEmbedder
from service.answers.answer import PASSAGES
from service.answers.compose import grounds_of
from service.answers.confidence import LEAST, WEIGHTS
from service.answers.evidence import lines
from service.answers.likeness import Likeness
from service.answers.question import read_question
from service.answers.spelling import as_written
from service.domain import Filters
from service.errors import OnRecordError, UsageError
from service.wiring import OnRecord

Vector = NDArray[np.float64]
PENALTY = 0.3
SHARES = {"gold": (1.0, 1.0), "clapnq": (3.0, 3.0), "multihop": (1.0, 2.0)}
"""What the answerable and the unanswerable questions of a set count. clapnq has the more and the harder ones; a
question of multihop-rag that joins articles which say nothing of it is the worst to answer."""
STEPS = 50


@dataclass(frozen=True, slots=True)
class Example:
    """One question: its grounds with the constant, and whether it can be answered."""

    id: str
    features: tuple[float, ...]
    answerable: bool


def held(example: Example) -> bool:
    """Whether a question belongs to the half that nothing is fitted to."""
    return hashlib.sha256(example.id.encode()).digest()[0] % 2 == 1


def fitted(sets: Mapping[str, Sequence[Example]]) -> Vector:
    """The weights that fit best, by Newton's method. Raises UsageError where a set has one kind of question only."""
    rows, labels, weights = [], [], []
    for name, examples in sets.items():
        answerable, unanswerable = SHARES.get(name, (1.0, 1.0))
        y = np.array([e.answerable for e in examples], np.float64)
        if not 0 < y.sum() < len(y):
            raise UsageError("a set has no answerable question, or no other", advice="name sets that have both kinds")
        rows.append(np.array([e.features for e in examples], np.float64))
        labels.append(y)
        weights.append(np.where(y == 1, answerable * 50 / y.sum(), unanswerable * 50 / (len(y) - y.sum())))
    x, y, weight = np.concatenate(rows), np.concatenate(labels), np.concatenate(weights)
    ridge = PENALTY * np.diag([1.0] * (x.shape[1] - 1) + [1e-6])
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -40, 40)))
        step = np.linalg.solve((x.T * (p * (1 - p) * weight)) @ x + ridge, x.T @ ((p - y) * weight) + ridge @ w)
        w -= step
        if np.abs(step).max() < 1e-9:
            break
    return w


def judged(examples: Sequence[Example], weights: Sequence[float] | Vector) -> tuple[float | None, float | None]:
    """(share of the unanswerable refused, share of the answerable attempted); None where there is none."""
    sure = {True: [0, 0], False: [0, 0]}
    for example in examples:
        odds = float(np.dot(example.features, weights))
        answered = 1 / (1 + np.exp(-np.clip(odds, -40, 40))) >= LEAST
        sure[example.answerable][0] += int(answered == example.answerable)
        sure[example.answerable][1] += 1
    refused, attempted = (hits / n if n else None for hits, n in (sure[False], sure[True]))
    return refused, attempted


async def _example(subject: Subject, likeness: Likeness, name: str, asked: str, answerable: bool,
                   day: date | None = None, filters: Filters | None = None) -> Example | None:
    """A question's grounds; None for a question for a quantity."""
    service = subject.service
    if not isinstance(service, OnRecord):
        raise TypeError(f"the service is a {type(service).__name__!r}")
    passages = await service.search(asked, limit=PASSAGES, as_of=day, filters=filters)
    told = lines(passages, {p.chunk.file_id: service.article(p.chunk.file_id) for p in passages})
    today = day or datetime.now(UTC).date()
    question = as_written(read_question(asked, today), told, today)
    if question.figures:
        return None
    return Example(name, (await grounds_of(question, told, likeness)).values(), answerable)


async def examples(bench: Path | None, sets: Sequence[GoldSet]) -> dict[str, list[Example]]:
    """The examples of each set. Raises Absent without the outside data, OnRecordError."""
    likeness = Likeness(LocalEmbedder())
    options = Options(Configuration({"model": "extractive"}), bench)
    found: dict[str, list[Example | None]] = {"gold": []}
    for one in sets:
        async with over_folder(one.articles, options.configuration) as subject:
            for gold in read_gold(one.questions):
                if not gold.previous and "follow_up" not in (gold.kind or ""):
                    found["gold"].append(await _example(subject, likeness, gold.id, gold.q,
                                                        gold.status != ("not_found",), gold.as_of))
    if bench is not None:
        passages = clapnq.questions(bench)
        async with filled("clapnq", [q.passage for q in passages], options) as subject:
            found["clapnq"] = [await _example(subject, likeness, q.id, q.question, q.answerable,
                                              filters=Filters(file_ids=(q.id,))) for q in passages]
        async with filled("multihop", multihop.facts(bench), options) as subject:
            found["multihop"] = [await _example(subject, likeness, m.id, m.question, m.answerable)
                                 for m in multihop.questions(bench)]
    return {name: [e for e in rows if e is not None] for name, rows in found.items()}


def report(found: Mapping[str, Sequence[Example]]) -> list[str]:
    """The lines to print: the new weights, and both on what they were and were not fitted to."""
    fit = {name: [e for e in rows if name == "gold" or not held(e)] for name, rows in found.items()}
    half, whole = fitted(fit), fitted(found)
    out = [f"WEIGHTS = ({', '.join(f'{w:.2f}' for w in whole)})"]
    for label, weights in (("weights fitted to one half", half), ("weights in force", np.array(WEIGHTS))):
        for name, rows in found.items():
            for part, chosen in (("fitted to", fit[name]), ("held", [e for e in rows if name != "gold" and held(e)])):
                if chosen:
                    shares = ["-" if s is None else f"{s:.3f}" for s in judged(chosen, weights)]
                    out.append(f"  {label}: {name}, {part}, {len(chosen)} questions: refused {shares[0]}, "
                               f"attempted {shares[1]}")
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """The command; 0 when it has fitted, 1 when it failed, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_confidence", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--bench", type=Path, help="folder of outside data sets")
    parser.add_argument("--set", action="append", dest="sets", metavar="ARTICLES_DIR:QUESTIONS.jsonl",
                        help="a gold set, as often as wanted (default: the samples)")
    given = parser.parse_args(argv)
    try:
        sets = [GoldSet.read(t) for t in given.sets or [f"{ROOT / 'samples'}:{HERE / 'gold' / 'samples.jsonl'}"]]
        print("\n".join(report(asyncio.run(examples(given.bench, sets)))))
    except OnRecordError as error:
        print(f"{error}\n{error.advice}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
