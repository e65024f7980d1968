"""Verbs of a reading, by form and place, and the verbs on which a word may hang. There is no parser here."""

from __future__ import annotations

from functools import lru_cache

from service.answers.reading import Reading, Token
from service.language import thesaurus

BE = frozenset("is are was were be been being get gets got getting".split())
_HAVE = frozenset("has have had will would could may might must should can did does do shall to".split())
_OWNING = frozenset(["has", "have", "had"])
_ASIDES = frozenset("which who whose whom when while where because".split())
_SAYING = frozenset("said says told tells".split())
_NO_VERB_BEHIND = frozenset("the a an of its their his her our my this these those".split())


def is_verb(reading: Reading, token: Token) -> bool:
    """Whether a word is likely its clause's verb or a participle."""
    lower = token.lower
    if token.name is not None or not token.text.islower() or not token.content or token.digits:
        return False
    before = reading.tokens[token.index - 1] if token.index else None
    lemmas = thesaurus.lemmas(lower, "v")
    if not lemmas:
        return False
    if before is not None and before.lower in _HAVE | BE:
        return True
    if before is not None and before.lower in _NO_VERB_BEHIND:
        return False
    if lower not in lemmas and not lower.endswith("s"):
        return True
    return thesaurus.frequency(lower, "v") > 2 * thesaurus.frequency(lower, "n")


def verbal(word: str) -> bool:
    """Whether a lower-case word is a verb's form more often than a noun's."""
    return thesaurus.frequency(word, "v") > thesaurus.frequency(word, "n")


def passive(reading: Reading, verb: Token) -> bool:
    """Whether a verb stands behind a form of "be" or "get"."""
    before = [t.lower for t in reading.tokens[max(0, verb.index - 3) : verb.index] if t.clause == verb.clause]
    return any(word in BE for word in before) and not verb.lower.endswith("ing")


@lru_cache(maxsize=1024)
def verbs(reading: Reading) -> tuple[Token, ...]:
    """The verbs of a text, in order; "was" and its like where no participle follows."""
    found = []
    for token in reading.tokens:
        if token.lower in BE | _OWNING and token.text.islower():
            ahead = reading.tokens[token.index + 1 : token.index + 4]
            if not any((is_verb(reading, t) or t.lower in BE) and t.clause == token.clause for t in ahead):
                found.append(token)
        elif (token.lower in _SAYING and token.text.islower()) or is_verb(reading, token):
            found.append(token)
    return tuple(found)


def governors(reading: Reading, first: Token, last: Token) -> tuple[Token, ...]:
    """The verbs on which the words from `first` to `last` may hang, as when they tell a time; the nearest first.

    Words behind a verb hang on it, and where it may be no finite verb of their own clause, on those before it too, up
    to one that is; words that open a sentence hang on the verbs that follow.
    """
    mine = [v for v in verbs(reading) if v.sentence == first.sentence]
    before = [v for v in reversed(mine) if v.index < first.index]
    behind = [v for v in mine if v.index > last.index]
    if not any(v.clause == first.clause for v in before):
        ahead = [v for v in behind if v.clause == last.clause]
        row = reading.by_sentence[first.sentence]
        opens = not any(t.content for t in row if t.index < first.index)
        before = [] if ahead else before
        behind = ahead or ([v for v in behind if not _aside(reading, v)] or behind if opens else [])
    found: list[Token] = []
    for verb in before or behind:
        found.append(verb)
        if finite(reading, verb) and (not before or "," not in reading.text[verb.end : first.start]):
            break
    return tuple(found)


def _aside(reading: Reading, verb: Token) -> bool:
    """Whether a verb stands in a clause that "which" or "when" opens."""
    row = reading.by_sentence[verb.sentence]
    return next(t for t in row if t.clause == verb.clause).lower in _ASIDES


def finite(reading: Reading, verb: Token) -> bool:
    """Whether a verb is surely a finite one, or the participle of one: no infinitive, no noun, no "-ing"."""
    before = reading.tokens[verb.index - 1] if verb.index else None
    if verb.lower in BE | _OWNING | _SAYING:
        return verb.lower not in ("be", "been", "being")
    if before is not None and before.lower.endswith("ly") and verb.index > 1:
        before = reading.tokens[verb.index - 2]
    if before is not None and before.lower in _HAVE | BE and before.lower != "to":
        return True
    behind = reading.tokens[verb.index + 1] if verb.index + 1 < len(reading.tokens) else None
    past = verb.lower not in thesaurus.lemmas(verb.lower, "v") and not verb.lower.endswith(("s", "ing"))
    return past and not (behind is not None and behind.lower == "by")
