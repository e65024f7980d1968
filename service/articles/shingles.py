"""Texts as sets of hashes: runs of words, names, quotations; and how much two sets have in common."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]
"""Sorted, distinct 32-bit hashes."""

SHINGLE: Final = 3
"""Words of a shingle."""
PERMUTATIONS: Final = 128
SHORTEST_QUOTE: Final = 6
"""Words that a quotation has at least; shorter ones are shared by chance."""
_PIECE: Final = 10_000
_WORD: Final = re.compile(r"[^\W_]+(?:[.,][0-9]+)*(?:['’][^\W\d_]+)?")
_INSIDE: Final = re.compile(r"(?<=[\w,;)’”\"'] )[\"“‘(]?(?P<name>[^\W\d_a-zß-öø-ÿ][\w’'-]{2,})")
_QUOTED: Final = re.compile(r"“(?P<curly>[^“”]{20,600})[”]|\"(?P<straight>[^\"]{20,600})\"|«(?P<angle>[^«»]{20,600})»")


def words_of(parts: Iterable[str]) -> list[str]:
    """The words of some texts, without case, accents' forms and possessives; figures without separators."""
    found: list[str] = []
    for part in parts:
        for word in _WORD.findall(unicodedata.normalize("NFKC", part).casefold()):
            plain = word.replace(",", "") if word[0].isdigit() else word.replace("’", "'").removesuffix("'s")
            found.append(plain)
    return found


def shingles_of(words: Sequence[str]) -> Hashes:
    """The runs of SHINGLE words (of all words, when there are fewer)."""
    width = min(SHINGLE, len(words))
    if not width:
        return np.empty(0, np.uint32)
    packed = [word.encode("utf-8", "surrogatepass") for word in words]
    runs = [b" ".join(packed[at : at + width]) for at in range(len(packed) - width + 1)]
    return np.unique(np.fromiter(map(zlib.crc32, runs), np.uint32, len(runs)))


def names_of(parts: Iterable[str]) -> Hashes:
    """The words that are written with a capital inside a sentence."""
    found = (name["name"].casefold().replace("’", "'") for part in parts for name in _INSIDE.finditer(part))
    return hashed({name.removesuffix("'s") for name in found})


def quoted_words(parts: Iterable[str]) -> Iterator[list[str]]:
    """The words of each quotation that has SHORTEST_QUOTE of them."""
    for part in parts:
        for quoted in _QUOTED.finditer(part):
            words = words_of([next(filter(None, quoted.groups()))])
            if len(words) >= SHORTEST_QUOTE:
                yield words


def hashed(words: Iterable[str]) -> Hashes:
    """Some strings as hashes."""
    return np.unique(np.array([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words], np.uint32))


def sketch(shingles: Hashes) -> bytes:
    """The MinHash of a set of hashes, read in pieces so that a long text costs no more memory than a
    short one."""
    # The library takes a second to import, and only an ingest needs it.
    from datasketch import MinHash

    made = MinHash(num_perm=PERMUTATIONS, hashfunc=int)
    for start in range(0, len(shingles), _PIECE):
        made.update_batch(shingles[start : start + _PIECE].tolist())
    return np.asarray(made.hashvalues, np.uint32).tobytes()


def shared(first: Hashes, second: Hashes) -> int:
    """How many hashes two sets have in common."""
    return len(np.intersect1d(first, second, assume_unique=True))
