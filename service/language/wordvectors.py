"""How near two words are in use: vectors of common English words that ship with the package.

`scripts/build_word_vectors.py` makes them with the shipped sentence embedder, one word at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from service.language.kindred import base_forms, kindred
from service.language.thesaurus import antonyms, kin, near, opposed, some_lemmas

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "words"
_CHANCE, _SYNONYMS = 0.38, 0.72
"""Cosines of two single words below the one are chance, above the other synonyms."""


_ROW = 2_000
"""So many likenesses of one word are remembered."""


@cache
def _table() -> tuple[dict[str, int], NDArray[np.int8]]:
    names = (FOLDER / "words.txt").read_text("ascii").split()
    vectors = np.load(FOLDER / "vectors.npy", mmap_mode="r")
    return {name: row for row, name in enumerate(names)}, vectors.view(np.ndarray)


@lru_cache(maxsize=50_000)
def _place(word: str) -> int | None:
    """The row of a lower-case word's vector, or of one of its base forms'; None for a word that isn't common."""
    rows = _table()[0]
    return next((rows[form] for form in (word, *some_lemmas(word)) if form in rows), None)


def _vectors(places: Sequence[int]) -> NDArray[np.float32]:
    found = _table()[1][places].astype(np.float32)
    unit: NDArray[np.float32] = found / np.sqrt(np.einsum("ij,ij->i", found, found))[:, None]
    return unit


def known(word: str) -> bool:
    """Whether a lower-case word, or one of its base forms, has a vector."""
    return _place(word) is not None


@lru_cache(maxsize=2_000)
def vector(word: str) -> NDArray[np.float32] | None:
    """The unit vector of a lower-case word or of one of its base forms; None for a word that isn't common."""
    place = _place(word)
    return None if place is None else _vectors([place])[0]


class _Row:
    """The likenesses of one word to others, as far as they were asked for."""

    def __init__(self) -> None:
        self.known: dict[str, float] = {}


@lru_cache(maxsize=200)
def _row(_word: str) -> _Row:
    return _Row()


def compare(asked: Iterable[str], told: Collection[str]) -> list[dict[str, float]]:
    """The likenesses of each of a few lower-case words to each of many, found together; `nearest` remembers them."""
    rows = [(word, _row(word)) for word in asked]
    for _, row in rows:
        if len(row.known) > _ROW:
            row.known = {}
    fresh = list(dict.fromkeys(other for _, row in rows for other in told if other not in row.known))
    if fresh:
        bases: dict[int, list[str]] = {}
        for other in fresh:
            for base in base_forms(other):
                bases.setdefault(base, []).append(other)
        placed = {other: place for other in fresh if (place := _place(other)) is not None}
        matrix = _vectors(list(placed.values()))
        for word, row in rows:
            row.known.update(_told_of(word, fresh, bases, placed, matrix))
    return [row.known for _, row in rows]


def _told_of(word: str, others: Sequence[str], bases: Mapping[int, Sequence[str]], placed: Collection[str],
             matrix: NDArray[np.float32]) -> dict[str, float]:
    """The likenesses of a word to others, which have these base forms, and of which those `placed` have the vectors of
    a matrix.
    """
    found = dict.fromkeys(others, 0.0)
    own = vector(word)
    if own is not None and placed:
        cosines = (matrix @ own - _CHANCE) / (_SYNONYMS - _CHANCE)
        found.update(zip(placed, np.clip(cosines, 0, 1).tolist(), strict=True))
    # Of few of them the thesaurus has something to say.
    telling = kindred(word).union(*map(base_forms, antonyms(word)))
    told = {other for base in bases.keys() & telling for other in bases[base]}
    found.update((other, _of_both(kin(word, other), found[other], word, other)) for other in told)
    if word in found:
        found[word] = 1.0
    return found


def nearest(word: str, others: Collection[str]) -> float:
    """The likeness of the nearest of several words; 0 for none."""
    known = _row(word).known
    try:
        return max(map(known.__getitem__, others), default=0.0)
    except KeyError:
        known = compare([word], others)[0]
        return max((known[other] for other in others), default=0.0)


@lru_cache(maxsize=20_000)
def likeness(first: str, second: str) -> float:
    """0 to 1: how near two lower-case words are, by the thesaurus or by their vectors, whichever says more.

    Antonyms, whose vectors are near, are not.
    """
    a, b = vector(first), vector(second)
    used = 0.0 if a is None or b is None else min(1.0, max(0.0, (float(a @ b) - _CHANCE) / (_SYNONYMS - _CHANCE)))
    return _of_both(near(first, second), used, first, second)


def _of_both(known: float, used: float, first: str, second: str) -> float:
    """What the thesaurus knows and the vectors tell, taken together."""
    if known >= 0.9:
        return known
    return 0.0 if opposed(first, second) else max(known, used)
