"""The sentences of articles in the record: where they stand, and their vectors in a byte a number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, select

from service.adapters import record_rows as rows
from service.adapters.record_database import Database
from service.adapters.record_schema import LIVE, articles, chunks, sentences, spans
from service.domain import Article, Span, SpanKind
from service.ports import Sentences, Vectors

_KINDS: tuple[SpanKind, ...] = ("body", "headline", "caption")
"""The quotable kinds by the number that stands for them; only ever added to."""


class SentenceRows:
    """The part of a record that reads articles together with their sentences, in its `_database`."""

    _database: Database

    def readings(self, file_ids: Sequence[str]) -> dict[str, tuple[Article, Sentences | None]]:
        """The live ones of these articles, each with its sentences where they were embedded when it came in."""
        found: dict[str, tuple[Article, Sentences | None]] = {}
        with self._database.read() as connection:
            for some in rows.pieces(list(dict.fromkeys(file_ids))):
                # By the key alone: SQLite would look for the state first, and for pairs of values everywhere.
                live = [row for row in connection.execute(select(articles).where(articles.c.file_id.in_(some)))
                        if row.state == LIVE]
                ids, keys = [row.file_id for row in live], {(row.file_id, row.version) for row in live}
                own: dict[str, list[Span]] = defaultdict(list)
                columns = spans.c.file_id, spans.c.version, spans.c.start_char, spans.c.end_char, spans.c.kind
                of_ids = select(*columns).where(spans.c.file_id.in_(ids)).order_by(spans.c.file_id, spans.c.position)
                for file_id, version, start, end, kind in connection.execute(of_ids).all():
                    if (file_id, version) in keys:
                        own[file_id].append(Span(start, end, kind))
                told = {row.file_id: _sentences(row) for row in connection.execute(
                    select(sentences).where(sentences.c.file_id.in_(ids))) if (row.file_id, row.version) in keys}
                for row in live:
                    found[row.file_id] = rows.article_with(row, own[row.file_id]), told.get(row.file_id)
        return {file_id: found[file_id] for file_id in file_ids if file_id in found}

    def sentence_cosines(self, chunk_ids: Sequence[str], vector: NDArray[np.float32]) -> dict[str, float]:
        """The cosine of a unit vector with the nearest sentence of each chunk that has sentences with vectors of its
        size; another embedder's, on their way into the archive, are none.
        """
        found: dict[str, float] = {}
        with self._database.read() as connection:
            for some in rows.pieces(chunk_ids):
                columns = chunks.c.chunk_id, chunks.c.file_id, chunks.c.version, chunks.c.start_char, chunks.c.end_char
                wanted = connection.execute(select(*columns).where(chunks.c.chunk_id.in_(some))).all()
                of_ids = select(sentences).where(sentences.c.file_id.in_({row.file_id for row in wanted}))
                near = {(row.file_id, row.version): _cosines(row, vector) for row in connection.execute(of_ids)
                        if row.dimension == len(vector)}
                for chunk_id, file_id, version, start, end in wanted:
                    if (file_id, version) in near:
                        starts, ends, cosines = near[file_id, version]
                        inside = cosines[ends.searchsorted(start, "right") : starts.searchsorted(end)]
                        if len(inside):
                            found[chunk_id] = float(inside.max())
        return found

    def keep_sentences(self, file_id: str, version: int, told: Sentences) -> None:
        """Add an article's sentences where this version of it is still live and has none."""
        key = articles.c.file_id == file_id, articles.c.version == version, articles.c.state == LIVE
        with self._database.write() as connection:
            if connection.scalar(select(articles.c.file_id).where(*key)):
                connection.execute(rows.insert_unless_there(connection, sentences,
                                                            **sentence_row(file_id, version, told)))


def sentence_row(file_id: str, version: int, told: Sentences) -> dict[str, Any]:
    """The row of a version's sentences. A byte a number moves a cosine by about 0.001."""
    places = np.array([(start, end, _KINDS.index(kind)) for start, end, kind in told.places], "<i4")
    matrix = np.asarray(told.vectors, np.float32)
    scales = (np.abs(matrix).max(axis=1) / 127).astype("<f4") if len(matrix) else np.zeros(0, "<f4")
    data = np.round(matrix / np.maximum(scales, 1e-12)[:, None]).astype(np.int8) if len(matrix) else matrix
    return {
        "file_id": file_id, "version": version, "places": places.tobytes(),
        "dimension": matrix.shape[1] if matrix.ndim == 2 else 0, "scales": scales.tobytes(), "data": data.tobytes(),
    }


def _cosines(row: Row[Any], vector: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.int32], Vectors]:
    """Where an article's sentences start and end, in their order, and their cosines with a unit vector."""
    places = np.frombuffer(row.places, "<i4").reshape(-1, 3)
    data = np.frombuffer(row.data, np.int8).reshape(len(places), len(vector))
    return places[:, 0], places[:, 1], data.astype(np.float32) @ vector * np.frombuffer(row.scales, "<f4")


def _sentences(row: Row[Any]) -> Sentences:
    places = np.frombuffer(row.places, "<i4").reshape(-1, 3).tolist()
    scales = np.frombuffer(row.scales, "<f4").astype(np.float32, copy=False)
    data = np.frombuffer(row.data, np.int8).reshape(len(scales), -1 if len(scales) else row.dimension)
    return Sentences(tuple((start, end, _KINDS[kind]) for start, end, kind in places), data * scales[:, None])
