"""Words of a text with their places, their stems, and which of them carry content."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import snowballstemmer

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+|-[^\W_]+)*|\d+(?:[.,]\d+)*")

_ACCENTED = re.compile(r"[\u00c0-\u024f\u1e00-\u1eff]")

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


class Word(NamedTuple):
    """A word and its place; `lower` is without accents and a possessive ending, `content` says whether it carries
    content of its own.
    """

    start: int
    end: int
    text: str
    lower: str
    content: bool

    @property
    def stem(self) -> str:
        """The Snowball (Porter 2) stem of `lower`."""
        return stem(self.lower)


_word = Word._make


class _Stemmer(threading.local):
    """A stemmer for each thread: what snowballstemmer gives where PyStemmer is installed is not to be shared."""

    def __init__(self) -> None:
        self.of = snowballstemmer.stemmer("english").stemWord


@cache
def _stemmer() -> _Stemmer:
    return _Stemmer()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball English stem of a lower-case word."""
    return str(_stemmer().of(word))


@lru_cache(maxsize=4_096)
def words(text: str) -> tuple[Word, ...]:
    """The words and digit groups of a text, in order."""
    return tuple(_read(text))


def _read(text: str) -> list[Word]:
    found = []
    for match in _WORD.finditer(text):
        written = match[0]
        lower = written.lower()
        if not (lower.isascii() and lower.isalpha()):
            lower = _plain(lower.replace("’", "'").removesuffix("'s"))
        start, end = match.span()
        found.append(_word((start, end, written, lower, lower not in STOPWORDS)))
    return found


def _plain(lower: str) -> str:
    """A text in lower case with its letters' accents left out, each letter in its place."""
    return lower if lower.isascii() else _ACCENTED.sub(lambda one: unicodedata.normalize("NFD", one[0])[0], lower)


def has_stem(text: str, wanted: str) -> bool:
    """Whether one of a text's words has this stem, without reading the others.

    A word begins with its stem's letters but for the last ("city", "citi"); "dying", whose stem is "die", and its like
    with the first.
    """
    lower = _plain(text.lower().replace("’", "'"))
    if len(lower) != len(text):
        return any(word.stem == wanted for word in _read(text))
    opening = wanted[: 1 if len(wanted) == 3 and wanted.endswith("ie") else max(1, len(wanted) - 1)]
    at = lower.find(opening)
    while at >= 0:
        if not at or not lower[at - 1].isalpha():
            start, end = at, at
            while start and not text[start - 1].isspace():
                start -= 1
            while end < len(text) and not text[end].isspace():
                end += 1
            if any(word.stem == wanted for word in _read(text[start:end])):
                return True
            at = end
        at = lower.find(opening, at + 1)
    return False
