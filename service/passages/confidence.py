"""How sure retrieval is that anything in the archive fits a question: a calibrated probability.

A logistic regression over what the searches found; `docs/retrieval.md` tells on what it was fitted and how well it
tells on other questions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from service.passages.ranking import Marks


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a fit: the best cosine, and the best share of the query's weight that a passage and that an
    article have."""

    cosine: float
    words: float
    article: float

    @classmethod
    def of(cls, marks: Sequence[Marks], weight: float) -> Evidence:
        """The evidence of a pool; words say nothing for a query of words that the archive doesn't know."""
        if not marks:
            return cls(0.0, 0.0, 0.0)
        known = weight > 0
        return cls(max(one.cosine for one in marks), max(one.words for one in marks) if known else 0.0,
                   max(one.article for one in marks) if known else 0.0)


WEIGHTS = (15.7, 6.2, 9.1)
BIAS = -9.4


def confidence(found: Evidence) -> float:
    """The share of questions with this evidence that the archive answers, from 0 to 1."""
    values = (found.cosine, found.words, found.article)
    odds = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True))
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))
