"""How near two words are in use: vectors of common English words that ship with the package.

`scripts/build_word_vectors.py` makes them with the shipped sentence embedder, one word at a time.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from service.language.thesaurus import near, opposed, some_lemmas

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "words"
_CHANCE, _SYNONYMS = 0.38, 0.72
"""Cosines of two single words below the one are chance, above the other synonyms."""


@cache
def _table() -> tuple[dict[str, int], NDArray[np.int8]]:
    names = (FOLDER / "words.txt").read_text("ascii").split()
    return {name: row for row, name in enumerate(names)}, np.load(FOLDER / "vectors.npy", mmap_mode="r")


@lru_cache(maxsize=20_000)
def vector(word: str) -> NDArray[np.float32] | None:
    """The unit vector of a lower-case word or of one of its base forms; None for a word that isn't common."""
    rows, vectors = _table()
    for form in (word, *some_lemmas(word)):
        if form in rows:
            found = vectors[rows[form]].astype(np.float32)
            unit: NDArray[np.float32] = found / np.linalg.norm(found)
            return unit
    return None


@lru_cache(maxsize=200_000)
def likeness(first: str, second: str) -> float:
    """0 to 1: how near two lower-case words are, by the thesaurus or by their vectors, whichever says more.

    Antonyms, whose vectors are near, are not.
    """
    known = near(first, second)
    if known >= 0.9:
        return known
    if opposed(first, second):
        return 0.0
    a, b = vector(first), vector(second)
    if a is None or b is None:
        return known
    return max(known, min(1.0, max(0.0, (float(a @ b) - _CHANCE) / (_SYNONYMS - _CHANCE))))
