"""Which words carry others: the same, near in WordNet, or used for one another in news prose."""

from __future__ import annotations

from functools import lru_cache

from service.answers.gates.news_words import CARRIERS, SAME
from service.answers.grammar.opposites import opposed
from service.answers.grammar.reading import Token, light, likeness
from service.language import thesaurus

_LEAST = 0.7
"""The kinship that a word must have with a word of the quotes."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEUTRAL = _words(
    "say tell accord state report note announce describe speak put give call name mention quote ask add write "
    "claim assert estimate estimated account statement figure"
)
"""Words of speech that take no side."""
_PLAIN = _words(
    "go come take make get have be do see find occur happen involve spend amount remain plan intend include "
    "concern relate able toll tally way case fact matter event reason because least most almost roughly nearly "
    "approximately around former respectively altogether instead following previously recently currently still "
    "already compare lasting"
)
"""Words so plain that they say nothing of their own beside the others."""
@lru_cache(maxsize=20_000)
def forms(word: str) -> frozenset[str]:
    """A lower-case word and its base forms as any part of speech."""
    return frozenset({word, *thesaurus.some_lemmas(word)})


def idle(token: Token) -> bool:
    """Whether a word takes no side and says nothing of its own beside the others."""
    return light(token) or bool(forms(token.lower) & (_NEUTRAL | _PLAIN))


@lru_cache(maxsize=100_000)
def listed(word: str, quoted: str) -> bool:
    """Whether the tables of news words have a quote's word for a statement's, or as one that says at least as much."""
    if any(forms(word) & group and forms(quoted) & group for group in SAME):
        return True
    return any(not forms(quoted).isdisjoint(CARRIERS.get(lemma, ())) for lemma in forms(word))


@lru_cache(maxsize=100_000)
def supports(word: str, quoted: str) -> bool:
    """Whether a quote's word carries a statement's word: the same, near, or more special than it."""
    if opposed(word, quoted):
        return False
    if listed(word, quoted):
        return True
    if "-" in word and all(any(supports(part, other) for other in (quoted, *quoted.split("-")))
                           for part in word.split("-") if len(part) > 2):
        return True
    if any(not forms(quoted).isdisjoint(CARRIERS.get(lemma, ())) for lemma in forms(word)):
        return True
    found = likeness(word, quoted)
    if found >= 0.9:
        return True
    if found < _LEAST:
        return any(thesaurus.is_a(quoted, word, 3) for _ in (0,) if thesaurus.lemmas(word, "n"))
    if thesaurus.frequency(word, "n") > thesaurus.frequency(word, "v"):
        return not thesaurus.is_a(word, quoted, 3) or thesaurus.is_a(quoted, word, 3)
    return True
