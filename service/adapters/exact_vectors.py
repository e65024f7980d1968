"""Exact search over all vectors of the record, held in bytes: never wrong, and 20 ms for a million.

The vectors lie in the folder of the indexes' generation (`vector_file.py`), which the owner keeps up with the record.
A reader maps the same files. What they lack is read from the record and held in memory, all of it where there are none.
"""

from __future__ import annotations

import logging
import math
import threading
import weakref
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from service.adapters.index_errors import translated
from service.adapters.vector_file import Bytes, Coded, VectorFile
from service.errors import StateError
from service.ports import Entry, Hit, Record, Scope, Vectors, article_key

_FEW = 2_000
"""Up to so many chunks, vectors that are not in memory are read for one search; beyond, all are read and kept."""
_DEVIATIONS = 8
"""So many standard deviations of what bytes miss a cosine by, a row may seem worse than the last that is wanted and
still be looked at closely: about .005 for vectors of a language model."""
_MOST = 800
"""So many rows beyond those that are wanted are looked at closely at most."""
_GATHERED = 10
"""One row in so many is as quickly taken out as all are scanned."""
_AT_ONCE = 200
_SPARE_ROWS = 10_000
"""Rows of what is gone that do no harm."""

_NAME = "folder of the vectors"
_log = logging.getLogger(__name__)


class _Rows:
    """What one search needs, unchanged by later writes: rows of the file, then those of memory."""

    def __init__(self, file: VectorFile | None, spare: dict[str, Coded], live: dict[str, Entry]) -> None:
        self.file = file
        self.parts: list[tuple[Bytes, NDArray[np.float32]]] = []
        self.places: dict[str, tuple[int, int]] = {}
        held = 0
        if file is not None:
            self.places = {e.key: file.places[e.key] for e in live.values() if e.key in file.places}
        if file is not None and self.places:
            self.parts.append((file.codes, file.scales))
            held = file.rows
        self.in_file = held
        self.spare = Coded.joined(list(spare.values())) if spare else None
        if self.spare is not None:
            self.parts.append((self.spare.codes, self.spare.scales))
            for key, coded in spare.items():
                self.places[key] = (held, held + len(coded.scales))
                held += len(coded.scales)
        self.rows = held
        self.step = max((float(scales.max()) for _, scales in self.parts), default=0.0)
        order = sorted(self.places.items(), key=lambda one: one[1])
        self.keys = [key for key, _ in order]
        stretches = np.array([place for _, place in order], np.int64).reshape(-1, 2)
        self.starts = stretches[:, 0]
        self.live = None if int((stretches[:, 1] - stretches[:, 0]).sum()) == held else _marked(stretches, held)
        self.scopes: weakref.WeakKeyDictionary[Scope, NDArray[np.bool_]] = weakref.WeakKeyDictionary()

    @property
    def dimension(self) -> int:
        """How many numbers a vector has; 0 where there is none."""
        return int(self.parts[0][0].shape[1]) if self.parts else 0

    def within(self, chosen: Sequence[str] | None) -> NDArray[np.bool_] | None:
        """Which rows may be found; None for all."""
        if chosen is None:
            return self.live
        if isinstance(chosen, Scope):
            if chosen not in self.scopes:
                stretches = [self.places[key] for key in chosen.articles if key in self.places]
                self.scopes[chosen] = _marked(np.array(stretches, np.int64).reshape(-1, 2), self.rows)
            return self.scopes[chosen]
        marked = np.zeros(self.rows, np.bool_)
        for chunk_id in chosen:
            key, _, position = chunk_id.rpartition(".")
            first, end = self.places.get(key, (0, 0))
            if position.isdecimal() and first + int(position) < end:
                marked[first + int(position)] = True
        return marked

    def named(self, row: int) -> str:
        """The id of a live row's chunk."""
        at = int(np.searchsorted(self.starts, row, "right")) - 1
        return f"{self.keys[at]}.{row - int(self.starts[at])}"

    def coded(self, rows: NDArray[np.int64]) -> Coded:
        """Some rows, in ascending order. Raises OSError."""
        split = int(np.searchsorted(rows, self.in_file))
        parts = []
        if split and self.file is not None:
            parts.append(self.file.coded(rows[:split]))
        if split < len(rows) and self.spare is not None:
            own = rows[split:] - self.in_file
            parts.append(Coded(self.spare.codes[own], self.spare.fine[own], self.spare.scales[own]))
        return Coded.joined(parts)


class ExactVectors:
    """Exact search in the live chunks of a record. `begin` names the folder of files; until then memory serves."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._guard = threading.RLock()
        self._writes = False
        self.folder: Path | None = None
        """Where the files are."""
        self._revision = -1
        self._file: VectorFile | None = None
        self._live: dict[str, Entry] = {}
        self._spare: dict[str, Coded] = {}
        self._rows: _Rows | None = None

    @property
    def rows(self) -> int:
        """How many rows the last search went through; 0 where nothing is held."""
        rows = self._rows
        return rows.rows if rows is not None else 0

    def begin(self, folder: Path | None, *, writes: bool = False) -> None:
        """Use the files of another folder; `writes` is for the one process that keeps them."""
        with self._guard:
            self.forget()
            self.folder, self._writes = folder, writes

    def leave(self) -> None:
        """Write no more."""
        with self._guard:
            self._writes = False

    def add(self, articles: Sequence[tuple[str, Coded]]) -> None:
        """Take in the vectors of articles that are about to be live. Raises OSError."""
        with self._guard:
            if self._writes and self._file is not None:
                self._file.append(articles)

    def catch_up(self) -> None:
        """Hold what is live in the record now; the files that this process keeps are made anew where they are damaged
        or mostly of articles that are gone. Raises OSError."""
        self._current()

    def live(self) -> tuple[int, dict[str, int]]:
        """The record's revision, and how many chunks each article has that is live then, by its key. Raises StateError.
        """
        with self._guard, translated(_NAME):
            self._current()
            return self._revision, {entry.key: entry.chunks for entry in self._live.values()}

    def forget(self) -> None:
        """Let everything go."""
        with self._guard:
            self._revision, self._file, self._live, self._spare, self._rows = -1, None, {}, {}, None

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[Hit]:
        """The live chunks closest to a unit vector, by cosine, best first; ties by id.

        Raises StateError for a vector of another size.
        """
        if limit <= 0 or (within is not None and not len(within)):
            return []
        if within is not None and len(within) <= _FEW and self._rows is None:
            return best(*self._record.vectors(within), vector, limit)
        try:
            return _nearest(self._current(), vector, limit, within)
        except OSError as error:
            _log.warning("the vectors' files can't be used as they are: %s", error)
            self.forget()
        with translated(_NAME):
            return _nearest(self._current(), vector, limit, within)

    def _current(self) -> _Rows:
        """The rows of what is live now."""
        with self._guard:
            rows, revision = self._rows, self._revision
            if rows is not None and rows.file is not None and not rows.file.whole:
                raise OSError("a file of vectors is shorter than it was")
            if rows is not None and revision == self._record.revision():
                return rows
            self._follow()
            file = self._file
            if self.folder is not None and (file is None or file.damaged):
                self._file = VectorFile(self.folder)
            elif file is not None and not self._writes:
                file.follow()
            if self._writes:
                self._mend()
            self._fill()
            rows = self._rows = _Rows(self._file, self._spare, self._live)
            return rows

    def _follow(self) -> None:
        """Know which articles are live now."""
        now, changed = self._record.changed(self._revision) if self._revision >= 0 else (self._record.revision(), None)
        if changed is None:
            self._live = {entry.file_id: entry for entry in self._record.catalogue() if entry.chunks}
        else:
            for file_id in changed:
                self._live.pop(file_id, None)
            self._live.update((entry.file_id, entry) for entry in self._record.catalogue(changed) if entry.chunks)
        self._revision = now

    def _mend(self) -> None:
        """Begin the files anew where they are damaged or mostly of what is gone."""
        file = self._file
        if file is None or self.folder is None:
            return
        wanted = sum(entry.chunks for entry in self._live.values())
        if file.damaged or file.loose or file.rows > 2 * wanted + _SPARE_ROWS:
            _log.info("the vectors' files are made anew from the record")
            self._file, self._rows = VectorFile.new(self.folder), None

    def _fill(self) -> None:
        """Take from the record what the files lack, into them or into memory."""
        held = self._file.places if self._file is not None else {}
        live = {entry.key: entry for entry in self._live.values()}
        self._spare = {key: coded for key, coded in self._spare.items() if key in live and key not in held}
        lacking = [entry for key, entry in live.items() if _rows_of(held.get(key)) != entry.chunks
                   and key not in self._spare]
        for own in _pieces(lacking):
            read = _by_article(*self._record.vectors(Scope({entry.key: entry.chunks for entry in own})))
            coded = [(key, Coded.of(vectors)) for key, vectors in read.items()]
            if self._writes and self._file is not None and self.folder is not None:
                if self._file.dimension not in (0, coded[0][1].codes.shape[1] if coded else 0):
                    # Of another embedder, and so of an archive that was restored.
                    self._file = VectorFile.new(self.folder)
                    self._fill()
                    return
                self._file.append(coded)
            else:
                self._spare.update(coded)


def _nearest(rows: _Rows, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None) -> list[Hit]:
    """The nearest of these rows. Raises OSError where their files can't be read."""
    if not rows.places:
        return []
    _check_size(rows.dimension, vector)
    allowed = rows.within(within)
    places, scores = _scored(rows, vector, allowed)
    if not len(scores):
        return []
    cap = min(len(scores), 2 * limit + _MOST)
    near = np.argpartition(scores, len(scores) - cap)[len(scores) - cap :]
    if limit < cap:
        slack = _DEVIATIONS * math.hypot(rows.step, float(np.abs(vector).max()) / 127) / math.sqrt(12)
        close = scores[near]
        near = near[close >= np.partition(close, cap - limit)[cap - limit] - slack]
    found = np.sort(places[near] if places is not None else near)
    if allowed is not None:
        found = found[allowed[found]]
    exact = rows.coded(found).vectors() @ vector.astype(np.float32, copy=False) if len(found) else np.zeros(0)
    hits = [Hit(rows.named(row), float(score)) for row, score in zip(found.tolist(), exact, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:limit]


def _scored(rows: _Rows, vector: NDArray[np.float32], allowed: NDArray[np.bool_] | None
            ) -> tuple[NDArray[np.int64] | None, NDArray[np.float32]]:
    """Cosines off by less than a hundredth, of all rows (those that aren't allowed at -inf) or of some of them, and
    which these are."""
    import numkong

    query = Coded.of(vector[None])
    some = None
    if allowed is not None and int(allowed.sum()) * _GATHERED < rows.rows:
        some = np.flatnonzero(allowed)
    found, first = [np.zeros(0, np.float32)], 0
    for codes, scales in rows.parts:
        own, step = codes, scales
        if some is not None:
            of_part = some[(some >= first) & (some < first + len(codes))] - first
            own, step = codes[of_part], scales[of_part]
        if len(step):
            dots = numkong.cdist(query.codes, own, "dot", out_dtype="float32")
            found.append(np.asarray(dots, np.float32)[0] * step)
        first += len(codes)
    scores: NDArray[np.float32] = np.concatenate(found) * query.scales[0]
    if some is None and allowed is not None:
        scores[~allowed] = -np.inf
    return some, scores


def best(ids: Sequence[str], matrix: Vectors, vector: NDArray[np.float32], limit: int) -> list[Hit]:
    """The `limit` rows of a matrix of unit vectors with the largest dot product; ties by id.

    Raises StateError for a vector of another size.
    """
    if not len(ids) or limit <= 0:
        return []
    _check_size(matrix.shape[1], vector)
    scores = matrix @ vector.astype(np.float32, copy=False)
    hits = [Hit(chunk_id, float(score)) for chunk_id, score in zip(ids, scores, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:limit]


def _check_size(dimension: int, vector: NDArray[np.float32]) -> None:
    if dimension != vector.shape[0]:
        raise StateError(
            f"the archive's vectors have {dimension} numbers, the embedder's have {vector.shape[0]}",
            advice="run `onrecord ingest --rebuild` to embed the archive again",
        )


def _marked(stretches: NDArray[np.int64], rows: int) -> NDArray[np.bool_]:
    """Which rows stand in one of the stretches, each a first row and the one behind its last."""
    steps = np.zeros(rows + 1, np.int8)
    np.add.at(steps, stretches[:, 0], 1)
    np.add.at(steps, stretches[:, 1], -1)
    marked: NDArray[np.bool_] = np.cumsum(steps[:-1], dtype=np.int8).view(np.bool_)
    return marked


def _rows_of(place: tuple[int, int] | None) -> int:
    return place[1] - place[0] if place is not None else 0


def _by_article(ids: Sequence[str], vectors: Vectors) -> dict[str, Vectors]:
    """Vectors by their article's key; ids are in the order of articles and positions."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, chunk_id in enumerate(ids):
        rows[article_key(chunk_id)].append(row)
    return {key: vectors[own] for key, own in rows.items()}


def _pieces(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), _AT_ONCE):
        yield entries[start : start + _AT_ONCE]
