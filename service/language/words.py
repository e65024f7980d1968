"""Words of a text with their places, their stems, and which of them carry content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+|-[^\W_]+)*|\d+(?:[.,]\d+)*")

STOPWORDS = frozenset(
    """a about above after again against all also am an and another any anybody anyone anything are aren't around as
    at be because been before being below between both but by can cannot can't could couldn't did didn't do does
    doesn't doing don't done down during each either else ever every everybody everyone everything few for from
    further get gets getting give given gives got had hadn't has hasn't have haven't having he her here hers herself
    him himself his how however i if in into is isn't it its itself just let like many may me might more most much
    must my myself near neither no nobody none nor not nothing now of off on once one only or other others ought our
    ours ourselves out over own per please quite rather said same say saying says shall she should shouldn't since so
    some somebody someone something still such than that the their theirs them themselves then there these they this
    those though through thus to together too toward towards under until up upon us very via was wasn't we were
    weren't what whatever when where whether which while who whom whose why will with within without won't would
    wouldn't yes yet you your yours yourself""".split()
)
"""Closed-class English words and auxiliaries, which carry no content of their own."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place; `lower` is without a possessive ending, `stem` its Snowball (Porter 2) stem."""

    start: int
    end: int
    text: str
    lower: str
    stem: str

    @property
    def content(self) -> bool:
        """Whether the word carries content of its own."""
        return self.lower not in STOPWORDS


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball English stem of a lower-case word."""
    return str(_stemmer().stemWord(word))


def words(text: str) -> tuple[Word, ...]:
    """The words and digit groups of a text, in order."""
    found = []
    for match in _WORD.finditer(text):
        lower = match[0].lower().replace("’", "'").removesuffix("'s")
        found.append(Word(match.start(), match.end(), match[0], lower, stem(lower)))
    return tuple(found)
