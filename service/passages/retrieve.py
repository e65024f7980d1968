"""Find the passages for a question: dense and lexical search, fused, weighed by time, spread over articles.

Fusion is reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009).
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from service.domain import Filters, Passage
from service.language.dates import read_dates
from service.ports import Embedder, Hit, PassageStore, Record


@dataclass(frozen=True, slots=True)
class Ranking:
    """What may be switched or weighed; every step can be turned off, so that its worth can be measured."""

    dense: bool = True
    lexical: bool = True
    pool: int = 100
    rank_constant: int = 60
    recency_weight: float = 0.15
    recency_days: float = 30.0
    per_article: int = 4
    per_origin: int = 8
    origins: int = 8
    """With fewer origins among the pool, as when one story was reprinted everywhere, more is fetched."""


class Retriever:
    """Searches one archive."""

    def __init__(self, record: Record, store: PassageStore, embedder: Embedder, ranking: Ranking | None = None) -> None:
        self._record, self._store, self._embedder = record, store, embedder
        self._ranking = ranking or Ranking()

    async def retrieve(
        self, query: str, *, limit: int, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Passage]:
        """The best passages for a query, best first, no more than `limit`.

        `as_of` is the day on which the question is asked: articles published later are left out, and those shortly
        before it count a little more, unless the question names a year. Raises EmbedderError.
        """
        filters = filters or Filters()
        if as_of is not None:
            before = min(filters.published_before or as_of, as_of)
            within = await asyncio.to_thread(self._record.within, filters, not_after=before)
        else:
            within = await asyncio.to_thread(self._record.within, filters)
        if within is not None and not within:
            return []
        vector = (await self._embedder.embed([query]))[0] if self._ranking.dense else None
        passages = await self._pooled(query, vector, within, self._ranking.pool, as_of)
        for pool in (4 * self._ranking.pool, 16 * self._ranking.pool):
            if len(passages) < pool // 4 or len({p.source.origin_id for p in passages}) >= self._ranking.origins:
                break
            passages = await self._pooled(query, vector, within, pool, as_of)
        return self._spread(passages, limit)

    async def _pooled(self, query: str, vector: NDArray[np.float32] | None, within: Sequence[str] | None,
                      pool: int, as_of: date | None) -> list[Passage]:
        """The best `pool` passages by each way of searching, fused and weighed by time, best first."""
        dense: list[Hit] = []
        lexical: list[Hit] = []
        if vector is not None:
            dense = await asyncio.to_thread(self._store.nearest, vector, pool, within)
        if self._ranking.lexical:
            lexical = await asyncio.to_thread(self._store.matching, query, pool, within)
        scores = self._fuse(dense, lexical)
        found = await asyncio.to_thread(self._record.passages, list(scores))
        cosines = {hit.chunk_id: hit.score for hit in dense}
        bm25 = {hit.chunk_id: hit.score for hit in lexical}
        today = None if any(d.year for d in read_dates(query)) else as_of
        passages = [
            Passage(chunk, source, scores[chunk.chunk_id] * self._recency(source.published, today),
                    cosines.get(chunk.chunk_id), bm25.get(chunk.chunk_id))
            for chunk, source in found.values()
        ]
        passages.sort(key=lambda p: (-p.score, p.chunk.chunk_id))
        return passages

    def _fuse(self, *rankings: list[Hit]) -> dict[str, float]:
        scores: dict[str, float] = {}
        for ranking in rankings:
            for rank, hit in enumerate(ranking, start=1):
                scores[hit.chunk_id] = scores.get(hit.chunk_id, 0.0) + 1 / (self._ranking.rank_constant + rank)
        return scores

    def _recency(self, published: date | None, as_of: date | None) -> float:
        if published is None or as_of is None or not self._ranking.recency_weight:
            return 1.0
        age = max(0, (as_of - published).days)
        return 1.0 + self._ranking.recency_weight * math.exp(-age / self._ranking.recency_days)

    def _spread(self, passages: list[Passage], limit: int) -> list[Passage]:
        """The first `limit`, no article or origin crowding out the rest; what was held back follows."""
        articles: Counter[str] = Counter()
        origins: Counter[str] = Counter()
        first: list[Passage] = []
        later: list[Passage] = []
        for passage in passages:
            source = passage.source
            crowded = (articles[source.file_id] >= self._ranking.per_article
                       or origins[source.origin_id] >= self._ranking.per_origin)
            (later if crowded else first).append(passage)
            if not crowded:
                articles[source.file_id] += 1
                origins[source.origin_id] += 1
        return (first + later)[:limit]
