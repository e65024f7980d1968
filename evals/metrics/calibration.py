"""How well a yes/no verdict or a score tells supported from unsupported claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


def macro_f1(labels: Sequence[bool], predicted: Sequence[bool]) -> float:
    """The mean of both classes' F1; 0 for a class that is neither there nor predicted."""
    return (_class_f1(labels, predicted, True) + _class_f1(labels, predicted, False)) / 2


def _class_f1(labels: Sequence[bool], predicted: Sequence[bool], which: bool) -> float:
    both = sum(a == b == which for a, b in zip(labels, predicted, strict=True))
    total = sum(a == which for a in labels) + sum(b == which for b in predicted)
    return 2 * both / total if total else 0.0


def best_threshold(labels: Sequence[bool], scores: Sequence[float]) -> tuple[float, float]:
    """The macro-F1 of the best threshold (score at or above it is yes) and that threshold.

    Chosen on the same cases that it is told of: an upper bound for a single threshold.
    """
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    told = np.asarray(labels, dtype=bool)[order]
    ranked = np.asarray(scores, dtype=float)[order]
    yes, no = int(told.sum()), int((~told).sum())
    hits, count = np.cumsum(told), np.arange(1, len(told) + 1)
    rejected = no - (count - hits)
    positive = 2 * hits / np.maximum(count + yes, 1)
    negative = 2 * rejected / np.maximum(len(told) - count + no, 1)
    value = (positive + negative) / 2
    value[:-1][ranked[:-1] == ranked[1:]] = -1.0
    at = int(np.argmax(value))
    return float(value[at]), float(ranked[at])


def auc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The area under the ROC curve (Mann-Whitney; ties count half); None without both classes."""
    told, values = np.asarray(labels, dtype=bool), np.asarray(scores, dtype=float)
    yes, no = values[told], values[~told]
    if not len(yes) or not len(no):
        return None
    ordered = np.sort(no)
    below = np.searchsorted(ordered, yes, "left")
    ties = np.searchsorted(ordered, yes, "right") - below
    return float((below + ties / 2).sum() / (len(yes) * len(no)))


class Bin(NamedTuple):
    """Cases of like confidence: their mean confidence, the share of them that is true, and how many they are."""

    confidence: float
    share: float
    cases: int


def reliability(labels: Sequence[bool], confidences: Sequence[float], bins: int = 10) -> list[Bin]:
    """The cases in bins of equal width over 0 to 1, empty ones left out."""
    found: dict[int, list[int]] = {}
    for place, confidence in enumerate(confidences):
        found.setdefault(min(bins - 1, int(max(0.0, confidence) * bins)), []).append(place)
    return [
        Bin(
            sum(confidences[i] for i in places) / len(places),
            sum(labels[i] for i in places) / len(places),
            len(places),
        )
        for _, places in sorted(found.items())
    ]


def calibration_error(labels: Sequence[bool], confidences: Sequence[float], bins: int = 10) -> float | None:
    """The expected calibration error (Naeini et al., AAAI 2015): how far confidence is from truth, by bin and
    weighed by its cases; None without cases."""
    if not labels:
        return None
    every = reliability(labels, confidences, bins)
    return sum(one.cases * abs(one.confidence - one.share) for one in every) / len(labels)


class Given(NamedTuple):
    """An answer that was given: how sure, whether right, and whether its question has an answer at all."""

    confidence: float
    right: bool
    answerable: bool


def coverage_curve(given: Sequence[Given], answerable: int) -> list[tuple[float, float]]:
    """Coverage and accuracy if only answers at or above a confidence were given, for every such threshold.

    `answerable` is how many questions have an answer. Points are by falling confidence; ties fall together.
    """
    order = sorted(given, key=lambda one: -one.confidence)
    points, hits, covered = [], 0, 0
    for count, one in enumerate(order, 1):
        hits, covered = hits + one.right, covered + one.answerable
        last = count == len(order) or order[count].confidence < one.confidence
        if last and answerable:
            points.append((covered / answerable, hits / count))
    return points
