"""Conflicting documents: RAMDocs' right answers, gold recall and wrong rate (Wang et al., COLM 2025).

An answer is right when every gold answer stands in it and no wrong answer does. That is strict: a wrong
answer that is shown as one side of a dispute counts as wrong too. A wrong answer that stands only inside a
gold one does not count.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.score import Score
from evals.metrics.squad import contains, normalised


def _told(answer: str, golds: Sequence[str], wrongs: Sequence[str]) -> tuple[list[str], list[str]]:
    """The gold and the wrong answers that stand in an answer."""
    said = normalised(answer)
    right = [gold for gold in golds if contains(said, normalised(gold))]
    rest = f" {said} "
    for gold in sorted((normalised(gold) for gold in golds), key=len, reverse=True):
        while gold and f" {gold} " in rest:
            rest = rest.replace(f" {gold} ", " \0 ")
    bad = [wrong for wrong in wrongs if contains(rest, normalised(wrong))]
    return right, bad


def right(answer: str, golds: Sequence[str], wrongs: Sequence[str]) -> Score:
    """1 when every gold answer and no wrong answer stands in the answer."""
    good, bad = _told(answer, golds, wrongs)
    return Score(float(len(good) == len(golds) and not bad), f"gold {good} of {list(golds)}, wrong {bad}")


def gold_recall(answer: str, golds: Sequence[str]) -> Score:
    """The share of the gold answers that stand in the answer."""
    if not golds:
        return Score(None, "no gold answer")
    good, _ = _told(answer, golds, ())
    return Score(len(good) / len(golds), f"gold {good} of {list(golds)}")


def wrong_rate(answer: str, golds: Sequence[str], wrongs: Sequence[str]) -> Score:
    """1 when a wrong answer stands in the answer; unscored where the documents hold none."""
    if not wrongs:
        return Score(None, "no document has a wrong answer")
    _, bad = _told(answer, golds, wrongs)
    return Score(float(bool(bad)), f"wrong {bad}")
