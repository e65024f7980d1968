"""Which words can be near a word at all: asked once for each word of a question, it spares the look at all others.

WordNet read backwards. What `near` compares is bounded: senses that are the same, one or two levels apart, cause and
effect, or below one hypernym, and derived forms with the verbs among them. So the base forms that can be near a word
are found from its own senses, and a word none of whose base forms is among them isn't near it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from service.language.thesaurus import Part, derived_forms, known_words, lemmas, near, senses, some_lemmas, table

_PARTS: tuple[Part, ...] = ("n", "v", "a")
_RARE = 10
"""Senses of a base form, the commonest first, that can make it near another."""
_Ints = NDArray[np.int32]


class _Backwards:
    """For each number in a column of lists the rows that have it."""

    def __init__(self, rows: _Ints, entries: _Ints, size: int) -> None:
        order = np.argsort(entries, kind="stable")
        self._rows = rows[order]
        self._at = np.searchsorted(entries[order], np.arange(size + 1))

    def of(self, numbers: Collection[int]) -> set[int]:
        """The rows of all these numbers."""
        wanted = np.fromiter(numbers, np.int64, len(numbers))
        first = self._at[wanted]
        counts = self._at[wanted + 1] - first
        places = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return set(self._rows[places].tolist())


class _Turned:
    """WordNet's tables read backwards, words and synsets by number."""

    def __init__(self) -> None:
        self.words = known_words()
        self.numbers = {word: number for number, word in enumerate(self.words)}
        at, entries = map(np.asarray, table("sense"))
        counts = np.diff(at)
        rows = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        rank = np.arange(len(entries)) - np.repeat(at[:-1], counts)
        size = 1 + max(int(entries.max()), len(table("hypernym")[0]) - 2)
        self.holders = _Backwards(rows[rank < _RARE] // 3, entries[rank < _RARE], size)
        self.first_of = _Backwards(rows[rank == 0] // 3, entries[rank == 0], size)
        self.below = _backwards("hypernym", size)
        self.causing = _backwards("cause", size)
        self.derivers = _backwards("derived", len(self.words), 3)
        self.forms: dict[int, list[int]] = {}
        """For each verb the derived forms that can be it: "building" for "build"."""
        for number in np.unique(np.asarray(table("derived")[1])).tolist():
            for verb in lemmas(self.words[number], "v"):
                self.forms.setdefault(self.numbers[verb], []).append(number)


def _backwards(name: str, size: int, step: int = 1) -> _Backwards:
    at, entries = map(np.asarray, table(name))
    return _Backwards(np.repeat(np.arange(len(at) - 1, dtype=np.int32), np.diff(at)) // step, entries, size)


@cache
def _turned() -> _Turned:
    return _Turned()


def _listed(name: str, rows: Iterable[int]) -> set[int]:
    at, entries = table(name)
    return {entry for row in rows for entry in entries[at[row] : at[row + 1]]}


def near_one(word: str, other: str) -> float:
    """`near` of a word to one that many are compared with."""
    return 0.0 if word != other and kindred(other).isdisjoint(base_forms(word)) else near(word, other)


@lru_cache(maxsize=50_000)
def base_forms(word: str) -> tuple[int, ...]:
    """The base forms of a lower-case word, by number."""
    numbers = _turned().numbers
    return tuple(numbers[base] for base in some_lemmas(word))


@lru_cache(maxsize=1_000)
def kindred(word: str) -> frozenset[int]:
    """The base forms of all words to which `near` of a lower-case word can be more than 0, and some others, by
    number.
    """
    turned = _turned()
    forms = derived_forms(word)
    verbs = {verb for form in forms for verb in lemmas(form, "v")}
    own = {synset for part in _PARTS for lemma in lemmas(word, part) for synset, _ in senses(lemma, part)[:_RARE]}
    own.update(synset for verb in verbs for synset, _ in senses(verb, "v")[:_RARE])
    below = turned.below.of(own)
    above = _listed("hypernym", own)
    meant = own.union(below, turned.below.of(below), above, _listed("hypernym", above),
                      _listed("cause", own), turned.causing.of(own))
    main = {senses(bases[0], part)[0][0] for part in _PARTS if (bases := lemmas(word, part))}
    found = turned.holders.of(meant) | turned.first_of.of(turned.below.of(_listed("hypernym", main)))
    # Words that are derived from one of these as a verb ("arrest", the noun), or derived like the word itself.
    same = {turned.numbers[one] for one in (word, *some_lemmas(word), *forms, *verbs) if one in turned.numbers}
    same |= turned.derivers.of(same)
    told = found | same
    told |= turned.derivers.of(told.union(*(turned.forms[number] for number in told & turned.forms.keys())))
    return frozenset(told)
