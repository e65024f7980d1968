"""The line that denies what a question takes for granted: "Nobody is missing any more" for "how many are missing?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.answers.actors import names_fit
from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.question import AUXILIARIES, Question
from service.language.thesaurus import lemmas
from service.language.words import Word, words

_NO = frozenset("no not never nobody none neither nor cannot without".split())
_DENIES = frozenset("deny rule refute dismiss reject dispute".split())
"""Base forms of verbs by which a speaker denies what stands behind them."""
_NOBODY = re.compile(r"\b(?:nobody|no[ -]one|none|anybody|anyone|everybody|everyone)\b", re.I)
_NEAR = 0.8
_SAME = 0.9
"""So near is a word that tells the same deed."""
_REACH = 6
"""So many words before the deed its denial may stand."""
_COVERED = 0.7
"""The share of the question's words that the line and its neighbours must say."""
_CLAUSE = re.compile(r"[;:,]|\b(?:but|while|although|though|who|which)\b", re.I)
_NOT_DENIED = re.compile(r"\bnot (?:only|just|merely|yet (?:clear|known))\b|\bno (?:fewer|less|more) than\b|"
                         r"\bno (?:doubt|longer)\b", re.I)


def denies(question: Question, line: Line, likeness: Likeness) -> bool:
    """Whether a line says that what the question asks about did not happen, or that somebody denies it."""
    asked = [w.lower for w in question.predicate if w.lower not in AUXILIARIES]
    if not asked or len(question.content) < 2 or any(w.lower in _NO or w.lower.endswith("n't") for w in question.words):
        return False
    text = line.text
    if _NOT_DENIED.search(text):
        return False
    told = words(text)
    return any(
        _denied(text, told, i) and max(likeness.words(verb, word.lower) for verb in asked) >= _SAME
        for i, word in enumerate(told) if word.content and lemmas(word.lower, "v")
    ) and _covered(question, line, likeness) >= _COVERED


def denial(question: Question, lines: Sequence[Line], likeness: Likeness) -> Line | None:
    """The latest of the lines that deny the question's premise, of those that name what it names; None for none."""
    found = [line for line in lines if line.kind == "body" and denies(question, line, likeness)
             and names_fit(question, line, f"{line.before} {line.after}") > 0]
    return max(found, key=lambda line: (str(line.source.published or ""), -line.rank), default=None)


def _denied(text: str, told: Sequence[Word], deed: int) -> bool:
    """Whether a denial stands before a word, in the same clause."""
    for i in range(deed - 1, max(-1, deed - 1 - _REACH), -1):
        word = told[i]
        if _CLAUSE.search(text, word.end, told[deed].start):
            return False
        if word.lower in _NO or word.lower.endswith("n't") or set(lemmas(word.lower, "v")) & _DENIES:
            return True
    return False


def _covered(question: Question, line: Line, likeness: Likeness) -> float:
    """The share of the question's content words, names aside, that the line says or its neighbours repeat."""
    named = {i for name in question.names for i in range(name.start, name.end)}
    asked = [w for w in question.content if w.start not in named]
    here = [w.lower for w in words(line.text) if w.content]
    around = {w.stem for w in words(f"{line.before} {line.after} {line.source.document_title or ''}")}
    nobody = _NOBODY.search(line.text) is not None
    total = 0.0
    for word in asked:
        if likeness.best(word.lower, here) >= _NEAR or (nobody and word.lower in ("people", "person", "persons")):
            total += 1.0
        elif word.stem in around:
            total += 0.7
    return total / len(asked) if asked else 0.0
