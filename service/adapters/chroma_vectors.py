"""Vectors in Chroma: in a folder of this machine, or on a server of its own. Only the owner of an archive opens it.

Vectors are always passed in and ids never used again for something else, so that Chroma never embeds, never
downloads and never updates in place. Its errors become StateError: the index is disposable.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.adapters.generations import Generation
from service.adapters.index_errors import translated
from service.ports import Hit, Record, Vectors

_NAME = "vector index"

_BATCH = 5_000
"""Chroma takes 5,461 records at once."""

_INDEX: Any = {"hnsw": {"space": "cosine", "ef_construction": 200, "max_neighbors": 16, "ef_search": 200}}
"""More exact than Chroma's own 100, 16 and 100: of the 20 nearest, .996 instead of .987 were found (4,000
clustered vectors of 384 numbers), for a third more time to build; 32 neighbours found all, at twice."""

_MALLOPT = ((-6, 0xFF), (-8, 2), (-3, 4 << 20))
"""What glibc's `mallopt` is told. M_PERTURB: memory is filled when handed out (here with zeroes) and when given back.
M_ARENA_MAX: two pools of memory and not eight for each core, of which each keeps what its threads gave back.
M_MMAP_THRESHOLD: blocks over 4 MiB go back to the system at once. Without the last two a service that is asked and
written to grows to 1.8 GB within minutes."""


class ChromaVectors:
    """One Chroma collection of one client, which it closes."""

    def __init__(self, client: Any, name: str, *, batch: int = _BATCH) -> None:
        """Open the collection of this name, or begin an empty one; `batch` is how many vectors are sent at once."""
        self._client, self._batch = client, batch
        with translated(_NAME):
            self._collection: Any = client.get_or_create_collection(
                name, embedding_function=None, configuration=_INDEX)

    def count(self) -> int:
        """How many vectors it holds."""
        with translated(_NAME):
            return int(self._collection.count())

    def has(self, ids: Sequence[str]) -> list[str]:
        """Which of these ids it holds."""
        found: list[str] = []
        with translated(_NAME):
            for some in _batches(ids):
                found += self._collection.get(ids=list(some), include=[])["ids"]
        return found

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Take in ids that the caller has made sure are new: Chroma would silently keep an old vector."""
        with translated(_NAME):
            for start in range(0, len(ids), self._batch):
                self._collection.add(ids=list(ids[start : start + self._batch]),
                                     embeddings=vectors[start : start + self._batch])

    def remove(self, ids: Sequence[str]) -> None:
        """Forget ids; unknown ones are ignored."""
        with translated(_NAME):
            for some in _batches(self.has(ids)):
                self._collection.delete(ids=list(some))

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Hit]:
        """The closest vectors by cosine, best first; approximately."""
        with translated(_NAME):
            found: Any = self._collection.query(
                query_embeddings=[vector], n_results=min(limit, max(1, self._collection.count())),
                include=["distances"])
        hits = [Hit(chunk_id, 1.0 - float(distance))
                for chunk_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))

    def close(self) -> None:
        """Let the files go."""
        with translated(_NAME):
            self._client.close()


class ChromaFolder:
    """Keeps the vectors of a generation in its own folder; `service.adapters.embedded_store.VectorPlace`."""

    def open(self, generation: Generation) -> ChromaVectors:
        """The generation's vectors; the first time, Chroma's import takes a second. Raises StateError."""
        with translated(_NAME):
            _set_up_allocator()
            import chromadb
            from chromadb.config import Settings

            client = chromadb.PersistentClient(
                str(generation.vectors), settings=Settings(anonymized_telemetry=False, allow_reset=False))
            return ChromaVectors(client, "passages")

    def keep_only(self, generation: Generation) -> None:
        """Nothing: the other generations went with their folders."""

    def lost(self, vectors: ChromaVectors, record: Record) -> str | None:  # noqa: ARG002
        """Nothing: the folder's files were compared with their hashes before they were opened."""
        return None


def _set_up_allocator() -> None:
    """Keep what this process has freed out of the index's files, and don't hold on to it; nothing where the C library
    isn't glibc.

    Chroma writes blocks to disk with the part that it hasn't used yet, where a text or a vector that was taken down
    could otherwise stand.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for parameter, value in _MALLOPT:
            mallopt(parameter, value)


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
