"""Short answers: exact match, token F1 and containment with SQuAD's normalisation (Rajpurkar et al., EMNLP
2016)."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

from evals.metrics.score import Score

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Lower case, no ASCII punctuation, no articles, single blanks; in this order, as SQuAD's script does."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact(answer: str, golds: Sequence[str]) -> Score:
    """1 when the answer is one of the gold answers."""
    return _best(answer, golds, lambda a, g: float(a == g))


def f1(answer: str, golds: Sequence[str]) -> Score:
    """The best harmonic mean of word precision and recall."""
    return _best(answer, golds, _f1)


def containment(answer: str, golds: Sequence[str]) -> Score:
    """1 when a gold answer stands in the answer, in whole words."""
    return _best(answer, golds, lambda a, g: float(contains(a, g)))


def contains(answer: str, gold: str) -> bool:
    """Whether a normalised text holds a normalised gold as whole words; an empty gold stands nowhere."""
    return bool(gold) and f" {gold} " in f" {answer} "


def _f1(answer: str, gold: str) -> float:
    a, g = answer.split(), gold.split()
    if not a or not g:
        return float(a == g)
    shared = sum((Counter(a) & Counter(g)).values())
    return 2 * shared / (len(a) + len(g)) if shared else 0.0


def _best(answer: str, golds: Sequence[str], measure: Callable[[str, str], float]) -> Score:
    if not golds:
        return Score(None, "no gold answer")
    said = normalised(answer)
    values = [(measure(said, normalised(gold)), gold) for gold in golds]
    value, gold = max(values, key=lambda pair: pair[0])
    return Score(value, f"against {gold!r}")
