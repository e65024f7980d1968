"""Knowing when not to answer. The three are told together, since each alone can be had for nothing."""

from __future__ import annotations

from evals.metrics.score import Score


def abstention(*, answerable: bool, answered: bool, right: bool | None) -> dict[str, Score]:
    """`unanswerable_recall` (of the unanswerable, refused), `coverage` (of the answerable, answered) and
    `accuracy_when_answered` (of all that was answered, right; an answer to the unanswerable is not).

    `right` is None where nothing can judge an answer; that leaves the accuracy of that case unscored.
    """
    told = "answered" if answered else "not found"
    kind = "answerable" if answerable else "unanswerable"
    accuracy: float | None = None
    if answered and (not answerable or right is not None):
        accuracy = float(answerable and bool(right))
    return {
        "unanswerable_recall": Score(None if answerable else float(not answered), f"{kind}, {told}"),
        "coverage": Score(float(answered) if answerable else None, f"{kind}, {told}"),
        "accuracy_when_answered": Score(accuracy, f"{kind}, {told}, right: {right}"),
    }
