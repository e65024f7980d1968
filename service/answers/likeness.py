"""How near words, sentences and a question are in meaning: the thesaurus and the embedder together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from service.language.thesaurus import near
from service.ports import Embedder

_LOW, _HIGH = 0.38, 0.72
"""Cosines of two single words below _LOW are chance and above _HIGH are synonyms, for MiniLM-like embedders."""


class Likeness:
    """Similarities, with the vectors of texts seen before kept in memory (up to `capacity` of them)."""

    def __init__(self, embedder: Embedder, capacity: int = 20_000) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._capacity = capacity

    async def learn(self, texts: Iterable[str]) -> None:
        """Embed the texts that aren't known yet, in one batch. Raises EmbedderError."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if fresh:
            for text, vector in zip(fresh, await self._embedder.embed(fresh), strict=True):
                self._vectors[text] = vector
        while len(self._vectors) > self._capacity + len(fresh):
            self._vectors.popitem(last=False)

    def cosine(self, first: str, second: str) -> float:
        """The cosine of two learned texts."""
        return float(self._vectors[first] @ self._vectors[second])

    def cosines(self, text: str, others: Sequence[str]) -> NDArray[np.float32]:
        """The cosines of one learned text with others."""
        if not others:
            return np.zeros(0, np.float32)
        return np.stack([self._vectors[other] for other in others]) @ self._vectors[text]

    def words(self, first: str, second: str) -> float:
        """0 to 1: how near two lower-case words are; embeddings count where both words were learned."""
        known = near(first, second)
        if known < 0.9 and first in self._vectors and second in self._vectors:
            known = max(known, min(1.0, max(0.0, (self.cosine(first, second) - _LOW) / (_HIGH - _LOW))))
        return known

    def best(self, word: str, others: Iterable[str]) -> float:
        """The nearest of several words; 0 for none."""
        return max((self.words(word, other) for other in others), default=0.0)
