"""How likely the retrieved lines answer a question that asks for no quantity: one calibrated score of a few features.

A logistic regression over how near the best line and the best passage are to the question, whether the lines know
the names of the question, how well the best line fits as an answer, and how much of the question the nearest lines
say. `evals/fit_confidence.py` fits `WEIGHTS` to questions, answerable and not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.question import Question
from service.language.countries import country_of
from service.language.named_in import may_hold
from service.language.names import folded_places, metonyms
from service.language.words import words

PASSAGES = 6
"""So many of the best passages are looked at."""
_SAYING = 3
"""So many of the nearest lines are to say the question's words."""
_LINES = 6
"""So many of the nearest lines, with their neighbours, must know the question's names."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for an answer, each from 0 to 1.

    `line` is the cosine of the nearest line, `passage` that of the nearest passage (its lines' vectors summed);
    `named` the share of the question's names (a country's in a sentence before the one that asks aside) that the
    nearest lines, their titles and publishers know; `fit` the best candidate's score, or 1 where each part of a
    question has its line; `said` how much of the question's words the three nearest lines and their titles say, each
    by the word nearest to it.
    """

    line: float
    passage: float
    named: float
    fit: float
    said: float

    def values(self) -> tuple[float, ...]:
        """The features with a constant, as `WEIGHTS` weighs them."""
        return (self.line, self.passage, self.named, self.fit, self.said, 1.0)


WEIGHTS = (2.51, 3.34, 2.74, 3.37, 2.01, -8.61)
LEAST = 0.5
"""From this confidence on a question is answered."""


def confidence(grounds: Grounds) -> float:
    """The share of questions with these grounds that can be answered, from 0 to 1."""
    return 1 / (1 + math.exp(-sum(w * v for w, v in zip(WEIGHTS, grounds.values(), strict=True))))


def considered(lines: Sequence[Line]) -> list[Line]:
    """The lines that `weigh` needs the vectors of: body text of the best passages, headlines where there is none."""
    near = [line for line in lines if line.rank < PASSAGES]
    return [line for line in near if line.kind == "body"] or near


def weigh(question: Question, lines: Sequence[Line], fit: float, likeness: Likeness) -> Grounds:
    """What the `considered` lines, learned before, say for an answer; `fit` is the best candidate's score."""
    if not lines:
        return Grounds(0.0, 0.0, 0.0, fit, 0.0)
    cosines = likeness.cosines(question.text, [line.text for line in lines])
    nearest = [lines[i] for i in np.argsort(-cosines, kind="stable")[:_LINES]]
    setting = list(_setting(nearest))
    named = [all(any(_known(other, setting) for other in (key, *metonyms(key))) for key in name.words)
             for name in question.names
             if name.start >= question.asking or not any(map(country_of, name.words))]
    return Grounds(
        line=max(0.0, float(cosines.max())),
        passage=max(0.0, _passage(question, lines, likeness)),
        named=sum(named) / len(named) if named else 1.0,
        fit=fit,
        said=_said(question, nearest[:_SAYING], likeness),
    )


def _said(question: Question, lines: Sequence[Line], likeness: Likeness) -> float:
    """The mean likeness of the question's content words to their nearest in the lines and their titles."""
    asked = {word.stem: word.lower for word in question.content}
    told = dict.fromkeys(word.lower for line in lines
                         for word in words(f"{line.text} {line.source.document_title or ''}") if word.content)
    return sum(likeness.best(word, told) for word in asked.values()) / len(asked) if asked else 0.5


def _known(key: str, texts: Sequence[str]) -> bool:
    """Whether a folded key is a word of one of the texts."""
    return any(may_hold(text, key) and any(other == key for _, _, other in folded_places(text)) for text in texts)


def _setting(lines: Iterable[Line]) -> Iterable[str]:
    for line in lines:
        yield f"{line.before} {line.text} {line.after}"
        yield f"{line.source.document_title or ''}. {line.source.publisher or ''}. {line.source.reprint_of or ''}."


def _passage(question: Question, lines: Sequence[Line], likeness: Likeness) -> float:
    """The cosine of the nearest passage: a passage's vector is the sum of its lines' vectors."""
    passages: dict[tuple[str, int], list[str]] = {}
    for line in lines:
        passages.setdefault((line.source.file_id, line.rank), []).append(line.text)
    best = -1.0
    for texts in passages.values():
        together = float(sum(likeness.cosines(text, texts).sum() for text in texts))
        asked = float(likeness.cosines(question.text, texts).sum())
        best = max(best, asked / math.sqrt(together) if together > 0 else 0.0)
    return best
