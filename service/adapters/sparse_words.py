"""Texts as sparse vectors whose dot product, with the inverse document frequencies put in by the index, is BM25.

Words are read as the tantivy indexes read them. A word's place in the vector is a 32-bit hash of it and its field: of a
million words some hundred share a place with another, and are found with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from service.adapters.tantivy_index import analyzer, distinct_terms, plain

K1, B = 1.2, 0.75
"""BM25's parameters: how soon a word's repetition stops to count, and how much a text's length does; tantivy's own."""

Weights = dict[int, float]


class SparseWords:
    """Reads texts into places and weights."""

    def __init__(self) -> None:
        import tantivy

        self._stems, self._forms = analyzer(tantivy), analyzer(tantivy, stems=False)

    def stems(self, text: str) -> list[str]:
        """The words of a text, stemmed, as often as they stand there."""
        return list(self._stems.analyze(plain(text)))

    def asked(self, query: str) -> list[str]:
        """The different words of a query, stemmed."""
        return distinct_terms(self._stems, query)

    def forms(self, text: str) -> list[str]:
        """The different words of a text as they stand, without case and accents."""
        return list(dict.fromkeys(self._forms.analyze(plain(text))))


def place(field: str, word: str) -> int:
    """Where a word of a field stands in a vector."""
    return int.from_bytes(blake2b(f"{field}:{word}".encode("utf-8", "replace"), digest_size=4).digest(), "big")


def weights(field: str, words: Sequence[str], mean: float) -> Weights:
    """A text's BM25 weights but for the document frequencies; `mean` is the length of such texts in words."""
    norm = K1 * (1 - B + B * len(words) / mean) if words else 0.0
    found: Weights = {}
    for word, times in Counter(words).items():
        at = place(field, word)
        found[at] = found.get(at, 0.0) + times * (K1 + 1) / (times + norm)
    return found


def query_weights(fields: Mapping[str, float], words: Iterable[str]) -> Weights:
    """A query's weights: in each field each word counts as much as the field does."""
    return {place(field, word): weight for word in words for field, weight in fields.items()}


def vector(found: Weights) -> Any:
    """The weights as Qdrant takes them, in order."""
    from qdrant_client.models import SparseVector

    return SparseVector(indices=sorted(found), values=[found[at] for at in sorted(found)])
