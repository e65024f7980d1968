"""Exact search over the record's own vectors: slower than an index at scale, and never wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from service.errors import StateError
from service.ports import Hit, Record, Vectors


class ExactVectors:
    """Keeps the record's vectors in memory, 4 bytes a number, until the record has changed."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._kept: tuple[int, list[str], Vectors] | None = None
        self._rows: dict[str, int] | None = None

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[Hit]:
        """The live chunks closest to a unit vector, by cosine, best first; ties in the record's order."""
        if within is not None and not self._fresh():
            return best(*self._record.vectors(within), vector, limit)
        ids, matrix = self._all()
        if within is None:
            return best(ids, matrix, vector, limit)
        if self._rows is None:
            self._rows = {chunk_id: row for row, chunk_id in enumerate(ids)}
        rows = sorted({self._rows[chunk_id] for chunk_id in within if chunk_id in self._rows})
        return best([ids[row] for row in rows], matrix[rows], vector, limit)

    def forget(self) -> None:
        """Let the memory go."""
        self._kept = self._rows = None

    def _fresh(self) -> bool:
        return self._kept is not None and self._kept[0] == self._record.revision()

    def _all(self) -> tuple[list[str], Vectors]:
        revision = self._record.revision()
        if self._kept is None or self._kept[0] != revision:
            self._rows = None
            self._kept = (revision, *self._record.vectors())
        return self._kept[1], self._kept[2]


def best(ids: Sequence[str], matrix: Vectors, vector: NDArray[np.float32], limit: int) -> list[Hit]:
    """The `limit` rows of a matrix of unit vectors with the largest dot product.

    Raises StateError for a vector of another size.
    """
    if not len(ids) or limit <= 0:
        return []
    if matrix.shape[1] != vector.shape[0]:
        raise StateError(
            f"the archive's vectors have {matrix.shape[1]} numbers, the embedder's have {vector.shape[0]}",
            advice="run `onrecord ingest --rebuild` to embed the archive again",
        )
    scores = matrix @ vector.astype(np.float32, copy=False)
    top = np.argpartition(-scores, limit - 1)[:limit] if limit < len(scores) else np.arange(len(scores))
    top = top[np.lexsort((top, -scores[top]))]
    return [Hit(ids[row], float(scores[row])) for row in top]
