"""The line that denies what a question takes for granted: "Nobody is missing any more" for "how many are missing?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, partial

from service.answers.actors import name_keys, names_fit
from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.lines.sayings import called
from service.answers.predicate import asks_rate, is_verb
from service.answers.question import AUXILIARIES, Question
from service.language.names import metonyms, read_names
from service.language.thesaurus import is_a, lemmas
from service.language.words import Word, words

_NO = frozenset("no not never nobody none neither nor cannot without".split())
_DENIES = frozenset("deny rule refute dismiss reject dispute".split())
"""Base forms of verbs by which a speaker denies what stands behind them."""
_NOBODY = re.compile(r"\b(?:nobody|no[ -]one|none|anybody|anyone|everybody|everyone)\b", re.I)
_NAMED = 0.6
"""How well a line must have the question's names: one that only stands somewhere above it is not enough."""
_NEAR = 0.8
_SAME = 0.9
"""So near is a word that tells the same deed."""
_WISHED = re.compile(r"\b(?:ensur\w+|make sure|makes sure|so that|in case|lest)\b", re.I)
"""What stands before a denial that is only wished for: "ensure that they don't kill"."""
_BEFORE = 60
_AKIN = 0.25
"""So near is a deed of which none is told to the one asked for: exposed, stolen."""
_REACH = 6
"""So many words before the deed its denial may stand."""
_COVERED = 0.7
"""The share of the question's words that the line and its neighbours must say."""
_CLAUSE = re.compile(r"[;:,]|\b(?:but|while|although|though|who|which|how|why|whether|when|where|what|if|until|"
                     r"because)\b", re.I)
_PAYING = frozenset("charge cost pay price fee bill expense compensation payment".split())
"""Base forms of words by which a question takes for granted that money changes hands."""
_FREE = re.compile(
    r"\b(?:free of (?:all )?(?:charges?|cost)|for free|at no (?:\w+ )?(?:cost|charge|expense)|without (?:any )?"
    r"(?:charge|cost|payment|compensation)|no (?:\w+ )?(?:charge|fee|payment|supplement|surcharge|compensation|"
    r"money)\b(?! to)|"
    r"(?:is|are|was|were|be|been|all|absolutely|completely|entirely) free(?=[\s.,;”\"]*(?:$|[.,;”\"]|for\b|to all\b|"
    r"and\b|but\b))|(?:unpaid|gratis|complimentary)|"
    r"(?:waiv(?:e[sd]?|ing)|refus(?:e[sd]?|ing)|declin(?:e[sd]?|ing)|forgo(?:es)?|forwent)\s+(?:\w+\s+){0,3}"
    r"(?:fees?|charges?|payments?|compensation|money|salary|costs?))\b", re.I)
"""Words by which news prose says that nothing was to be paid."""
_PART = 0.6
_BESIDE = 250
"""So many characters before and behind a line, a heading among them, may say what it is about."""
_LIKE, _LENT, _HELD = 0.55, 0.6, 0.8
"""From so near on a word of a line counts; so much do an office beside the line and one that its person holds."""
_NOT_DENIED = re.compile(r"\bnot (?:only|just|merely|yet (?:clear|known))\b|\bno (?:fewer|less|more) than\b|"
                         r"\bno (?:doubt|longer)\b", re.I)


def denies(question: Question, line: Line, likeness: Likeness) -> bool:
    """Whether a line says that what the question asks about did not happen, or that somebody denies it."""
    if unpaid(question, line, likeness):
        return True
    if _none_of(question, line, likeness):
        return True
    asked = [w.lower for w in question.predicate if w.lower not in AUXILIARIES]
    if not asked or len(question.content) < 2 or any(w.lower in _NO or w.lower.endswith("n't") for w in question.words):
        return False
    text = line.text
    if _NOT_DENIED.search(text):
        return False
    told = words(text)
    if not any(_denying(word.lower) for word in told):
        return False
    return any(
        _denied(text, told, i) and max(likeness.words(verb, word.lower) for verb in asked) >= _SAME
        for i, word in enumerate(told) if word.content and is_verb(word, told[i - 1] if i else None)
    ) and _covered(question, line, likeness) >= _COVERED


def _none_of(question: Question, line: Line, likeness: Likeness) -> bool:
    """Whether a line says that none of the counted things there was: "*No passwords* were exposed"."""
    if question.kind != "quantity" or not question.thing or question.thing[-1].lower in ("people", "money", "time"):
        return False
    none = re.search(rf"\bno\s+(?:[a-z]+\s+)?{re.escape(question.thing[-1].lower)}\b(?!\s+(?:than|but))", line.text,
                     re.I)
    if none is None or _NOT_DENIED.search(line.text):
        return False
    told = [w.lower for w in words(line.text[none.end() :])[:6] if w.content]
    deeds = [w.lower for w in question.predicate if w.lower not in AUXILIARIES]
    return not deeds or any(likeness.best(deed, told) >= _AKIN for deed in deeds)


def denial(question: Question, lines: Sequence[Line], likeness: Likeness) -> Line | None:
    """The latest of the lines that deny the question's premise, of those that name what it names; None for none."""
    found = [line for line in lines if line.kind == "body" and denies(question, line, likeness)
             and names_fit(question, line, f"{line.before} {line.after}") >= _NAMED]
    found = [line for line in found if _of_the_actor(question, line) or unpaid(question, line, likeness)]
    free = [line for line in found if unpaid(question, line, likeness)]
    if free:
        return max(free, key=lambda line: _matter(question, line, likeness) + 2 * names_fit(question, line))
    return max(found, key=lambda line: (str(line.source.published or ""), -line.rank), default=None)


def _of_the_actor(question: Question, line: Line) -> bool:
    """Whether a line, or one beside it, names who the question says has acted, where it says so."""
    actor = question.agent.union(*(metonyms(key) for key in question.agent))
    return not actor or bool(actor & name_keys(f"{line.before} {line.text} {line.after}"))


def unpaid(question: Question, line: Line, likeness: Likeness) -> bool:
    """Whether a line says that what a question takes to be paid for was free: "free of charge", "waived her fee"."""
    if question.kind not in ("quantity", "yes_no") or (question.figures and (
            "money" not in question.figures or asks_rate(question.text))):
        return False
    return any(map(_of_money, question.content)) and _FREE.search(line.text) is not None and _matter(
        question, line, likeness) >= _PART


def _of_money(word: Word) -> bool:
    return not _PAYING.isdisjoint((*lemmas(word.lower, "v"), *lemmas(word.lower, "n")))


def _matter(question: Question, line: Line, likeness: Likeness) -> float:
    """The share of what was to be paid for, or by whom, that a line says, its neighbours say, or a name in it stands
    for: of "was the *mediator* paid", a line on a person whom the article calls the mediator.
    """
    named = {i for name in question.names for i in range(name.start, name.end)}
    asked = [w for w in question.content if w.start not in named and not _of_money(w)]
    here = [w.lower for w in words(line.text) if w.content]
    text = line.article.text[max(0, line.start - _BESIDE) : line.end + _BESIDE]
    around = {w.stem for w in words(f"{text} {line.source.document_title or ''}")}
    total = 0.0
    for word in asked:
        noun = bool(lemmas(word.lower, "n"))
        found = likeness.best(word.lower, [told for told in here if not noun or lemmas(told, "n")])
        lent = 0.0
        if is_a(word.lower, "person"):
            held = any(map(partial(called, line.article.text, word), read_names(line.text)))
            lent = _HELD if held else _LENT * (word.stem in around)
        total += max(found if found >= _LIKE else 0.0, lent)
    return total / len(asked) if asked else 1.0


def _denied(text: str, told: Sequence[Word], deed: int) -> bool:
    """Whether a denial stands before a word, in the same clause."""
    for i in range(deed - 1, max(-1, deed - 1 - _REACH), -1):
        word = told[i]
        if _CLAUSE.search(text, word.end, told[deed].start):
            return False
        if _denying(word.lower):
            return _WISHED.search(text[max(0, word.start - _BEFORE) : word.start]) is None
    return False


@lru_cache(maxsize=50_000)
def _denying(lower: str) -> bool:
    """Whether a lower-case word denies what stands behind it."""
    return lower in _NO or lower.endswith("n't") or not _DENIES.isdisjoint(lemmas(lower, "v"))


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
