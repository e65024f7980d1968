"""Chunks on their way into an index: what no index takes, and all of the record's, in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from service.domain import Chunk
from service.errors import StateError
from service.ports import Record, Vectors


def check_vectors(chunks: Sequence[Chunk], vectors: Vectors) -> None:
    """Raise StateError unless each chunk has a vector of finite numbers."""
    if len(chunks) != len(vectors) or (len(chunks) and not np.isfinite(vectors).all()):
        raise StateError(f"{len(chunks)} chunks came with vectors of shape {vectors.shape!r} or with NaN",
                         advice="check the embedder with `onrecord doctor`")


def check_width(vectors: Vectors, held: int | None) -> None:
    """Raise StateError for vectors of another size than those that the archive holds; None where it holds none."""
    if held is not None and len(vectors) and vectors.shape[1] != held:
        raise StateError(
            f"the archive's vectors have {held} numbers, the embedder's now have {vectors.shape[1]}",
            advice="use the embedder that the archive was made with, or run `onrecord ingest --rebuild`")


def live_chunks(record: Record, at_once: int) -> Iterator[tuple[list[Chunk], Vectors]]:
    """All live chunks of a record with their vectors: `at_once` or more at a time, articles whole."""
    waiting: list[Chunk] = []
    rows: list[Vectors] = []
    for chunks, vectors in record.chunks():
        waiting += chunks
        rows.append(vectors)
        if len(waiting) >= at_once:
            yield waiting, np.concatenate(rows)
            waiting, rows = [], []
    if waiting:
        yield waiting, np.concatenate(rows)
