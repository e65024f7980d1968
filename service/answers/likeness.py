"""How near words, sentences and a question are in meaning: word vectors, thesaurus and embedder together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from service.answers.evidence import Line
from service.domain import Article
from service.language.wordvectors import compare, nearest
from service.ports import Embedder, Sentences


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

    def take(self, text: str, vector: NDArray[np.float32]) -> None:
        """Take the vector of a text that was embedded elsewhere."""
        self._vectors[text] = vector

    def knows(self, text: str) -> bool:
        """Whether a text was learned or recalled."""
        return text in self._vectors

    def recall(self, readings: Iterable[tuple[Article, Sentences | None]], lines: Iterable[Line]) -> None:
        """Take the vectors of these lines as the record keeps them, so that they need not be embedded."""
        rows = {article.file_id: {start: row for row, (start, _, _) in enumerate(told.places)}
                for article, told in readings if told is not None}
        kept = {article.file_id: told.vectors for article, told in readings if told is not None}
        for line in lines:
            row = rows.get(line.source.file_id, {}).get(line.start)
            if row is not None and line.text not in self._vectors:
                self._vectors[line.text] = kept[line.source.file_id][row]

    def cosine(self, first: str, second: str) -> float:
        """The cosine of two learned texts."""
        return float(self._vectors[first] @ self._vectors[second])

    def cosines(self, text: str, others: Sequence[str]) -> NDArray[np.float32]:
        """The cosines of one learned text with others."""
        if not others:
            return np.zeros(0, np.float32)
        return np.stack([self._vectors[other] for other in others]) @ self._vectors[text]

    def words(self, first: str, second: str) -> float:
        """0 to 1: how near two lower-case words are."""
        return nearest(first, (second,))

    def best(self, word: str, others: Collection[str]) -> float:
        """The nearest of several words; 0 for none."""
        return nearest(word, others)

    def compare(self, asked: Iterable[str], told: Collection[str]) -> None:
        """Compare a few words with many at once, which `best` then needs not do one by one."""
        compare(asked, told)
