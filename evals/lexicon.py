"""Verbs and nouns of a sentence as a dictionary tells them: what alterations of sense take out and put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import Final

from service.language import thesaurus

_WORD: Final = re.compile(r"(?<![\w’'-])[a-z]{3,}(?![\w’'-])")
_STILL: Final = frozenset(
    "said says told added noted according included including based used made been being were was had has have did "
    "could would should might will called named left put set met let got came went became began kept held "
    "seen going known given taken born are is am done".split()
)
"""Verbs too plain to be exchanged: another in their place may say the same."""
_BEFORE_VERB: Final = re.compile(
    r"(?:\b(?:was|were|is|are|been|has|have|had|being|be|to|and|who|which|that)|[a-z]s|[A-Z]\w+) $"
)


@lru_cache(maxsize=20_000)
def past_of(word: str) -> str | None:
    """The verb of which a word is a past form and hardly anything else, or None."""
    verbs = thesaurus.lemmas(word, "v")
    if not verbs or word in verbs or word in _STILL or word.endswith(("s", "ing")):
        return None
    return verbs[0] if thesaurus.frequency(word, "v") > thesaurus.frequency(word, "n") else None


def verbs_of(text: str) -> list[re.Match[str]]:
    """The past forms that stand where a verb stands."""
    return [m for m in _WORD.finditer(text) if past_of(m[0]) and _BEFORE_VERB.search(text[: m.start()])]


def plurals_of(text: str) -> list[re.Match[str]]:
    """Plural nouns that are hardly anything else."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        lemmas = thesaurus.lemmas(word, "n") if len(word) > 4 and word.endswith("s") else ()
        if lemmas and lemmas[0] != word and thesaurus.frequency(word, "n") > 3 * thesaurus.frequency(word, "v"):
            found.append(match)
    return found


@lru_cache(maxsize=200_000)
def apart(first: str, second: str, part: thesaurus.Part) -> bool:
    """Whether two words are of one field, and neither may stand for the other."""
    same = thesaurus.field(first, part) == thesaurus.field(second, part)
    return same and thesaurus.near(first, second) < 0.55


def drawn(words: Sequence[str], random: Random) -> Iterator[str]:
    """The words in a drawn order, each once."""
    yield from random.sample(words, len(words))
