"""Fit the weights by which the extractive answer ranks figures and sentences.

`python -m evals.fit --set ARTICLES_DIR:QUESTIONS.jsonl …` prints the weights for `FIT` in
`service/answers/figures/mentions.py` and for `WEIGHTS` in `service/answers/lines/selection.py`, and how well they do
on questions that they were not fitted to: each set is judged by weights fitted to the others; a single set is cut into
five parts by question and each part judged by the rest. The weights that the service has now are judged beside them.

Labels come from the gold lines. A figure is right when a `must` pattern of its question matches the figure's own words
(qualifier, number, unit), a sentence when one matches the sentence, and its file is one that the gold line cites;
everything that is found for a question whose only status is `not_found` is wrong. Each question sees the lines that
the service retrieves for it. Follow-ups, whose question does not stand alone, and figures of questions that ask for a
sum, whose parts no pattern tells right from wrong, are left out.

The fit is a logistic regression by Newton's method with an L2 penalty; right examples, which are few, weigh more.
`evals/heldout` is refused: nothing is fitted to it.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from evals.gold import HERE, ROOT, GoldLine, read_gold
from evals.subject import Configuration, over_folder
from service.adapters.local_embedder import LocalEmbedder
from service.answers.answer import PASSAGES
from service.answers.evidence import Line, lines
from service.answers.figures.mentions import FIT
from service.answers.figures.quantities import read_quantities
from service.answers.likeness import Likeness
from service.answers.lines.selection import THRESHOLD, WEIGHTS, select
from service.answers.question import read_question
from service.errors import OnRecordError, UsageError
from service.wiring import OnRecord

Vector = NDArray[np.float64]

HELDOUT = HERE / "heldout"
PARTS = 5
"""So many parts a single set is cut into."""
STEPS = 100


@dataclass(frozen=True, slots=True)
class GoldSet:
    """A folder of articles and the questions on it."""

    articles: Path
    questions: Path

    @classmethod
    def read(cls, text: str) -> GoldSet:
        """From `ARTICLES_DIR:QUESTIONS.jsonl`. Raises UsageError for anything else, and for held-out articles."""
        articles, _, questions = text.rpartition(":")
        found = cls(Path(articles), Path(questions))
        if not articles or not found.articles.is_dir() or not found.questions.is_file():
            raise UsageError(f"{text!r} is no folder of articles and file of questions",
                             advice="write --set ARTICLES_DIR:QUESTIONS.jsonl")
        for path in (found.articles, found.questions):
            if path.resolve().is_relative_to(HELDOUT):
                raise UsageError(f"{str(path)!r} is held out", advice="report on it with `python -m evals.gold`")
        return found


@dataclass(frozen=True, slots=True)
class Case:
    """The candidates of one question: `features` of shape (n, k), which of them are `right`, and whether any should
    be found at all."""

    group: int
    gold: GoldLine
    features: Vector
    right: NDArray[np.bool_]
    answerable: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one kind of candidate is fitted: the L2 penalty, and the weight of all right examples beside all wrong."""

    penalty: float
    balance: float


FIGURES = Recipe(penalty=1.0, balance=0.5)
SENTENCES = Recipe(penalty=0.3, balance=0.3)


def fitted(cases: Sequence[Case], recipe: Recipe) -> Vector:
    """The weights that fit best. Raises UsageError where no candidate is right or none is wrong."""
    x = np.concatenate([case.features for case in cases])
    y = np.concatenate([case.right for case in cases]).astype(np.float64)
    if not 0 < y.sum() < len(y):
        raise UsageError("the questions leave nothing to fit: no candidate is right, or none is wrong",
                         advice="name more sets, with questions that have `must` patterns and citations")
    weight = np.where(y == 1, (len(y) - y.sum()) / y.sum() * recipe.balance, 1.0)
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = _odds(x @ w)
        slope = x.T @ ((p - y) * weight) + recipe.penalty * w
        curve = (x.T * (p * (1 - p) * weight + 1e-9)) @ x + recipe.penalty * np.eye(len(w))
        step = np.linalg.solve(curve, slope)
        w -= step
        if np.abs(step).max() < 1e-9:
            break
    return w


def _odds(logit: Vector) -> Vector:
    found: Vector = 1 / (1 + np.exp(-np.clip(logit, -40, 40)))
    return found


def average_precision(cases: Sequence[Case], weights: Vector) -> float:
    """Of all candidates of all cases together, best first: the mean precision at each right one."""
    scores = np.concatenate([_odds(case.features @ weights) for case in cases])
    right = np.concatenate([case.right for case in cases])[np.argsort(-scores, kind="stable")]
    if not right.any():
        return 0.0
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right].mean())


def accuracy(cases: Sequence[Case], weights: Vector, threshold: float) -> float:
    """The share of questions whose best candidate is right and passes, or where none passes and none should."""
    met = 0
    for case in cases:
        scores = _odds(case.features @ weights)
        passing = scores.argmax() if len(scores) and scores.max() >= threshold else None
        met += passing is None if not case.answerable else passing is not None and bool(case.right[passing])
    return met / len(cases)


def folds(cases: Sequence[Case]) -> Iterator[tuple[str, list[Case], list[Case]]]:
    """(name, cases to fit, cases to judge): one set left out at a time, or a fifth of the questions of a single set."""
    groups = sorted({case.group for case in cases})
    parts = [case.group for case in cases] if len(groups) > 1 else [i % PARTS for i in range(len(cases))]
    for part in sorted(set(parts)):
        held = [case for case, mine in zip(cases, parts, strict=True) if mine == part]
        rest = [case for case, mine in zip(cases, parts, strict=True) if mine != part]
        if rest:
            yield f"set {part + 1}" if len(groups) > 1 else f"part {part + 1}", rest, held


async def read_cases(sets: Sequence[GoldSet]) -> tuple[list[Case], list[Case]]:
    """The figure cases and the sentence cases of all questions. Raises OnRecordError."""
    figures: list[Case] = []
    sentences: list[Case] = []
    likeness = Likeness(LocalEmbedder())
    for group, one in enumerate(sets):
        async with over_folder(one.articles, Configuration({"model": "extractive"})) as subject:
            service = subject.service
            if not isinstance(service, OnRecord):
                raise TypeError(f"the service is a {type(service).__name__!r}")
            for gold in read_gold(one.questions):
                if gold.previous or "follow_up" in (gold.kind or ""):
                    continue
                found = await _lines(service, gold)
                if not read_question(gold.q).figures:
                    sentences.append(await _sentences(group, gold, found, likeness))
                elif "derived" not in gold.tags:
                    figures.append(await _figures(group, gold, found, likeness))
    return figures, sentences


async def _lines(service: OnRecord, gold: GoldLine) -> list[Line]:
    """What the service retrieves for a question."""
    passages = await service.search(gold.q, limit=PASSAGES, as_of=gold.as_of)
    articles = {p.chunk.file_id: service.article(p.chunk.file_id) for p in passages}
    return lines(passages, articles)


async def _figures(group: int, gold: GoldLine, found: Sequence[Line], likeness: Likeness) -> Case:
    mentions = await read_quantities(read_question(gold.q, _asked(gold)), found, likeness)
    told = [(m.features.values(), m.line, m.figure.text) for m in mentions]
    return _case(group, gold, told, len(FIT.weights))


async def _sentences(group: int, gold: GoldLine, found: Sequence[Line], likeness: Likeness) -> Case:
    candidates = list(await select(read_question(gold.q, _asked(gold)), found, likeness))
    return _case(group, gold, [(c.fitness.values(), c.line, c.line.text) for c in candidates], len(WEIGHTS))


def _case(group: int, gold: GoldLine, told: Sequence[tuple[tuple[float, ...], Line, str]], width: int) -> Case:
    answerable = gold.status != ("not_found",)
    features = np.array([values for values, _, _ in told], np.float64).reshape(len(told), width)
    right = np.array([answerable and is_right(gold, line.source.filename, text) for _, line, text in told], np.bool_)
    return Case(group, gold, features, right, answerable)


def is_right(gold: GoldLine, filename: str, words: str) -> bool:
    """Whether these words of a file answer the question, as the module's docstring tells."""
    cited = (*gold.cite_all, *gold.cite_any, *gold.cite_only)
    return PurePosixPath(filename).name.startswith(cited) and any(re.search(must, words) for must in gold.must)


def _asked(gold: GoldLine) -> date:
    return gold.as_of or datetime.now(UTC).date()


def report(name: str, cases: Sequence[Case], recipe: Recipe, threshold: float, now: Sequence[float]) -> list[str]:
    """The lines to print on one kind of candidate: each fold, the weights in force, the new ones."""
    rows = sum(len(case.features) for case in cases)
    right = sum(int(case.right.sum()) for case in cases)
    out = [f"{name}: {len(cases)} questions, {rows} candidates, {right} right"]
    for label, rest, held in folds(cases):
        out.append(_score(f"left out {label}", held, fitted(rest, recipe), threshold))
    new = fitted(cases, recipe)
    out.append(_score("all, weights in force", cases, np.array(now), threshold))
    out.append(_score("all, weights below", cases, new, threshold))
    out.append(f"weights = ({', '.join(f'{w:.2f}'.rstrip('0').rstrip('.') for w in new)})")
    return out


def _score(label: str, cases: Sequence[Case], weights: Vector, threshold: float) -> str:
    return (f"  {label}: average precision {average_precision(cases, weights):.3f}, "
            f"accuracy {accuracy(cases, weights, threshold):.3f} on {len(cases)}")


def main(argv: Sequence[str] | None = None) -> int:
    """The command; 0 when it has fitted, 1 when it failed, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--set", action="append", dest="sets", metavar="ARTICLES_DIR:QUESTIONS.jsonl",
                        help="a gold set, as often as wanted (default: the samples)")
    given = parser.parse_args(argv)
    default = [f"{ROOT / 'samples'}:{HERE / 'gold' / 'samples.jsonl'}"]
    try:
        sets = [GoldSet.read(text) for text in given.sets or default]
        figures, sentences = asyncio.run(read_cases(sets))
        out = [*report("figures (FIT)", figures, FIGURES, FIT.threshold, FIT.weights),
               *report("sentences (WEIGHTS)", sentences, SENTENCES, THRESHOLD, WEIGHTS)]
    except OnRecordError as error:
        print(f"{error}\n{error.advice}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    print("\n".join(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
