"""Exact search over the record's own vectors: slower than an index at scale, and never wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from service.errors import StateError
from service.ports import Hit, Record, Scope, Vectors, article_key

_FEW = 2_000
"""Up to so many chunks, vectors that are not in memory are read for one search; beyond, all are read and kept."""


class ExactVectors:
    """Keeps the record's vectors in memory, 4 bytes a number, until the record has changed."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._kept: tuple[int, list[str], Vectors] | None = None
        self._articles: dict[str, tuple[int, int]] | None = None
        """The first row of each article and the row behind its last; an article's rows lie together."""

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[Hit]:
        """The live chunks closest to a unit vector, by cosine, best first; ties in the record's order."""
        if within is not None and len(within) <= _FEW and not self._fresh():
            return best(*self._record.vectors(within), vector, limit)
        ids, matrix = self._all()
        if within is None:
            return best(ids, matrix, vector, limit)
        rows = self._places(ids, within)
        if len(rows) * 4 < len(ids):
            return best([ids[row] for row in rows], matrix[rows], vector, limit)
        return best(ids, matrix, vector, limit, rows)

    def _places(self, ids: Sequence[str], within: Sequence[str]) -> NDArray[np.int64]:
        """The rows of these chunks, in order."""
        if self._articles is None:
            self._articles = {}
            for row, chunk_id in enumerate(ids):
                first, _ = self._articles.get(key := article_key(chunk_id), (row, row))
                self._articles[key] = (first, row + 1)
        if isinstance(within, Scope):
            stretches = np.array([self._articles[key] for key in within.articles if key in self._articles], np.int64)
            steps = np.zeros(len(ids) + 1, np.int8)
            np.add.at(steps, stretches[:, :1].ravel(), 1)
            np.add.at(steps, stretches[:, 1:].ravel(), -1)
            return np.flatnonzero(np.cumsum(steps[:-1], dtype=np.int8))
        wanted = set(within)
        near = {row for key in map(article_key, wanted) for row in range(*self._articles.get(key, (0, 0)))}
        return np.array(sorted(row for row in near if ids[row] in wanted), np.int64)

    def forget(self) -> None:
        """Let the memory go."""
        self._kept = self._articles = None

    def _fresh(self) -> bool:
        return self._kept is not None and self._kept[0] == self._record.revision()

    def _all(self) -> tuple[list[str], Vectors]:
        revision = self._record.revision()
        if self._kept is None or self._kept[0] != revision:
            self._articles = None
            self._kept = (revision, *self._record.vectors())
        return self._kept[1], self._kept[2]


def best(ids: Sequence[str], matrix: Vectors, vector: NDArray[np.float32], limit: int,
         rows: NDArray[np.int64] | None = None) -> list[Hit]:
    """The `limit` rows of a matrix of unit vectors with the largest dot product, of these `rows` where given.

    Raises StateError for a vector of another size.
    """
    if not len(ids) or limit <= 0 or (rows is not None and not len(rows)):
        return []
    if matrix.shape[1] != vector.shape[0]:
        raise StateError(
            f"the archive's vectors have {matrix.shape[1]} numbers, the embedder's have {vector.shape[0]}",
            advice="run `onrecord ingest --rebuild` to embed the archive again",
        )
    scores = matrix @ vector.astype(np.float32, copy=False)
    if rows is None:
        rows = np.arange(len(scores))
    scores = scores[rows]
    top = np.argpartition(-scores, limit - 1)[:limit] if limit < len(scores) else np.arange(len(scores))
    top = top[np.lexsort((top, -scores[top]))]
    return [Hit(ids[rows[place]], float(scores[place])) for place in top]
