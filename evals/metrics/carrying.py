"""How much of a claim its texts carry: the features of a support score, and its fit.

The features are shares of the claim's words (rare words count more) that the texts hold, near or letter for letter, and
the embedder's cosines. A longer text holds more words by chance, so that the fit has the products of the features too:
a logistic regression by Newton's method with an L2 penalty on standardised features.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.language import thesaurus
from service.language.names import folded, read_names
from service.language.numbers import read_numbers
from service.language.words import words
from service.language.wordvectors import likeness

Vector = NDArray[np.float64]

FEATURES: Final = (
    "nearest sentence's cosine", "mean cosine", "words in any text", "words in one sentence", "words or near ones",
    "names", "numbers", "runs of three words", "longest missing word", "length of the claim", "length of the texts",
)  # fmt: skip
PENALTY, PARTS, MOST_WORDS = 60.0, 10, 400
"""The L2 penalty; the parts of a cross-validation; so many words of the texts are looked through for near ones."""


def features(claim: str, sentences: Sequence[str], cosines: Sequence[float]) -> list[float]:
    """The features of a claim beside the sentences of its texts and their cosines with it, as in FEATURES."""
    mine = [w for w in words(claim) if w.content]
    weights = [_rarity(w.lower) for w in mine]
    total = sum(weights) or 1.0
    rows = [list(words(sentence)) for sentence in sentences]
    stems = {w.stem for row in rows for w in row}
    near = list(dict.fromkeys(w.lower for row in rows for w in row if w.content))[:MOST_WORDS]

    def share(among: set[str]) -> float:
        return sum(x for w, x in zip(mine, weights, strict=True) if w.stem in among) / total

    soft = [1.0 if w.stem in stems else max((likeness(w.lower, o) for o in near), default=0.0) for w in mine]
    everything = " ".join(sentences)
    keys = {key for name in read_names(claim) for key in name.words}
    known = set(folded(everything))
    numbers = [number.values for number in read_numbers(claim)]
    given = {value for number in read_numbers(everything) for value in number.values} if numbers else set()
    said = [w.stem for w in words(claim)]
    told = {run for row in rows for run in _threes([w.stem for w in row])}
    return [
        max(cosines, default=0.0),
        float(np.mean(cosines)) if len(cosines) else 0.0,
        share(stems),
        max((share({w.stem for w in row}) for row in rows), default=0.0),
        sum(x * s for x, s in zip(weights, soft, strict=True)) / total,
        sum(key in known for key in keys) / len(keys) if keys else 1.0,
        sum(bool(values & given) for values in numbers) / len(numbers) if numbers else 1.0,
        sum(run in told for run in _threes(said)) / max(1, len(_threes(said))),
        max((x for w, x in zip(mine, weights, strict=True) if w.stem not in stems), default=0.0),
        float(np.log1p(len(said))),
        float(np.log1p(sum(map(len, rows)))),
    ]


def _threes(stems: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(stems, stems[1:], stems[2:], strict=False))


def _rarity(word: str) -> float:
    """How much a word weighs: more the less often WordNet's tagged texts have it."""
    seen = sum(thesaurus.frequency(word, part) for part in ("n", "v", "a"))
    return float(np.log(20_000 / (seen + 2)))


def crossed(rows: Vector, labels: NDArray[np.bool_], seed: int = 0) -> Vector:
    """Each row's score, above 0 for supported, by weights fitted to the other parts of the rows."""
    order = np.random.default_rng(seed).permutation(len(rows))
    scores = np.zeros(len(rows))
    for part in range(PARTS):
        held = order[part::PARTS]
        rest = np.setdiff1d(order, held)
        middle, spread = rows[rest].mean(0), rows[rest].std(0) + 1e-9
        given, asked = (_products(np.clip((rows[at] - middle) / spread, -3, 3)) for at in (rest, held))
        scores[held] = asked @ _fitted(given, labels[rest].astype(np.float64))
    return scores


def _products(rows: Vector) -> Vector:
    """The features, their products and a constant."""
    columns = rows.shape[1]
    pairs = [rows[:, i] * rows[:, j] for i in range(columns) for j in range(i, columns)]
    return np.column_stack([rows, *pairs, np.ones(len(rows))])


def _fitted(rows: Vector, labels: Vector) -> Vector:
    weights: Vector = np.zeros(rows.shape[1])
    penalty: Vector = PENALTY * np.eye(len(weights))
    penalty[-1, -1] = 1e-6
    for _ in range(30):
        odds = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        curve = (rows.T * (odds * (1 - odds))) @ rows + penalty
        slope = rows.T @ (odds - labels) + penalty @ weights
        step: Vector = np.asarray(np.linalg.solve(curve, slope), np.float64)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights
