"""How well a yes/no verdict or a score tells supported from unsupported claims."""

from __future__ import annotations

from collections.abc import Sequence

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
