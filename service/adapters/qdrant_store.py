"""Both indexes in Qdrant: `ONRECORD_STORE=qdrant://host:port`, for services on several machines.

The collection in use is `onrecord-<archive>-<number>`, reached by the alias `onrecord-<archive>`, so that a rebuild is
put into use for all processes at once. Where the record is shared (PostgreSQL), every process may write when it is its
turn (`record_turn.py`); where it is a file, one owns the archive's folder as with the other stores.

The record stays the truth. Who opens the archive to write counts what the collection holds and asks for some of the
record's vectors; what is missing, damaged or another's is made anew from the record. While the server doesn't answer,
questions are answered from the record, exactly.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from service.adapters.breaker import Breaker
from service.adapters.exact_vectors import ExactVectors
from service.adapters.new_chunks import check_vectors, check_width, live_chunks
from service.adapters.owner_lock import OwnerLock
from service.adapters.qdrant_points import NAME, QdrantPoints, asked
from service.adapters.record_words import RecordWords
from service.domain import Chunk
from service.errors import StateError
from service.ports import ArticleHit, Hit, Record, Vectors

_SECONDS: Final = 60
"""For one request."""
_BATCH: Final = 1_000
"""Chunks, and the rest of the last one's article, that are sent at once when the index is made anew."""
_SAMPLE: Final = 64
"""So many of the record's vectors are asked for when an owner starts."""
_MISSED: Final = 4
"""So many of them an approximate index may miss."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Server(Protocol):
    """What gives a client of Qdrant's."""

    def client(self) -> Any:
        """A `qdrant_client.QdrantClient`, which the store closes. Raises StateError."""
        ...


class QdrantServer:
    """A server, or any node of a cluster, over HTTP."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    def client(self) -> Any:
        """A client; nothing is asked of the server yet."""
        from qdrant_client import QdrantClient

        # Without trust in the environment no proxy stands between.
        return QdrantClient(host=self._host, port=self._port, https=False, timeout=_SECONDS, prefer_grpc=False,
                            check_compatibility=False, trust_env=False)


class QdrantStore:
    """`service.ports.PassageStore` in a Qdrant collection."""

    def __init__(self, data: Path, record: Record, *, owner: bool, server: Server) -> None:
        """Nothing is asked of the server before it is needed. Raises BusyError when another process owns the folder of
        an archive whose record is a file."""
        self._identity = record.identity()
        self._lock = OwnerLock(data) if owner and self._identity is None else None
        self._owner, self._record, self._server = owner, record, server
        self._name_file = data / "indexes" / "name"
        self._exact, self._memory = ExactVectors(record), RecordWords(record)
        self._guard = threading.RLock()
        self._opened: tuple[Any, str, QdrantPoints] | None = None
        self._ready = False
        self._damage: str | None = None
        self._breaker = Breaker(limit=1)

    @property
    def damage(self) -> str | None:
        """Why this process had to rebuild the index; None when it had not."""
        return self._damage

    def prepare(self) -> None:
        """Be ready to write, rebuilding what can't be trusted; for the process whose turn it is."""
        with self._guard:
            if self._ready:
                return
            self._owned()
            entries = [entry for entry in self._record.catalogue() if entry.chunks]
            damage = self._found_damage(len(entries), sum(entry.chunks for entry in entries),
                                        [f"{entry.key}.0" for entry in entries[:: len(entries) // _SAMPLE + 1]])
            if damage:
                self._damage = damage
                _log.warning("the index on the %s is made anew: %s", NAME, damage)
                self.rebuild()
            self._ready = True

    def rebuild(self) -> None:
        """Make a new collection from the live chunks of the record, put it into use, and delete the others."""
        with self._guard:
            self._owned()
            self._ready = False
            client, alias, _ = self._open()
            collection = f"{alias}-{uuid.uuid4().hex[:12]}"
            made, filled = QdrantPoints(client, collection), False
            try:
                for chunks, vectors in live_chunks(self._record, _BATCH):
                    if not filled:
                        made.begin(chunks, vectors.shape[1])
                        filled = True
                    made.add(chunks, vectors)
                self._use(collection if filled else None)
            except BaseException:
                with suppress(StateError), asked():
                    client.delete_collection(collection)
                raise
            self._keep_only(collection)
            self._exact.forget()
            self._breaker.succeeded()
            self._ready = True

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Index new chunks; ids that exist already are refused with StateError. Durable when it returns."""
        ids = [chunk.chunk_id for chunk in chunks]
        check_vectors(chunks, vectors)
        with self._guard:
            points = self._to_write()
            if not ids:
                return
            if points.dimension() is None:
                points = self._begun(chunks, vectors.shape[1])
            check_width(vectors, points.dimension())
            twice = {chunk_id for chunk_id, times in Counter(ids).items() if times > 1} or set(points.has(ids))
            if twice:
                raise StateError(f"the index holds {min(twice)!r} already; a chunk id is never used twice")
            self._written(lambda: points.add(chunks, vectors))

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Forget chunks; unknown ids are ignored."""
        if chunk_ids:
            with self._guard:
                points = self._to_write()
                if points.dimension() is not None:
                    self._written(lambda: points.remove(list(dict.fromkeys(chunk_ids))))

    def nearest(self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The chunks closest to a unit vector, best first."""
        return self._asked(lambda points: points.nearest(vector, limit, within),
                           lambda: self._exact.nearest(vector, limit, within))

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The chunks that best match the words of a query by BM25, best first. Any text is a valid query."""
        return self._asked(lambda points: points.matching(query, limit, within),
                           lambda: self._memory.words().matching(query, limit, within))

    def matching_articles(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that, as a whole, best match the words of a query, best first."""
        return self._asked(lambda points: points.matching_articles(query, limit, within),
                           lambda: self._memory.words().matching_articles(query, limit, within))

    def weight(self, query: str) -> float:
        """The sum of the inverse document frequencies of a query's words, of those that some passage holds."""
        return self._asked(lambda points: points.weight(query), lambda: self._memory.words().weight(query))

    def spelt(self, word: str) -> str:
        """A lower-case word as the archive spells it; the word itself where it is held or none is near."""
        return self._asked(lambda points: points.spelt(word), lambda: self._memory.words().spelt(word))

    def count(self) -> int:
        """How many chunks the index holds."""
        return self._asked(lambda points: points.count(), lambda: self._memory.words().count())

    def settle(self) -> None:
        """Nothing: what the server has acknowledged is durable there."""

    def close(self) -> None:
        """Let the connections and the archive go."""
        with self._guard:
            opened, self._opened, self._ready = self._opened, None, False
            self._exact.forget()
            try:
                if opened is not None:
                    with asked():
                        opened[0].close()
            finally:
                if self._lock is not None:
                    self._lock.release()
                    self._lock = None

    # One step each

    def _asked(self, ask: Callable[[QdrantPoints], T], instead: Callable[[], T]) -> T:
        """What the index says; what the record does where the index can't be asked, which then rests for a while."""
        if self._breaker.enter() is None:
            try:
                found = ask(self._open()[2])
                self._breaker.succeeded()
                return found
            except StateError as error:
                self._breaker.failed(str(error))
            finally:
                self._breaker.leave()
        return instead()

    def _open(self) -> tuple[Any, str, QdrantPoints]:
        """The client, the alias, and the points behind it."""
        opened = self._opened
        if opened is not None:  # a question doesn't wait for a write
            return opened
        with self._guard:
            if self._opened is None:
                alias = f"onrecord-{self._archive()}"
                client = self._server.client()
                self._opened = client, alias, QdrantPoints(client, alias)
            return self._opened

    def _archive(self) -> str:
        """The archive's name on the server, unlike that of any other; a restored copy has one of its own."""
        if self._identity is not None:
            return hashlib.sha256(self._identity.encode()).hexdigest()[:16]
        with suppress(FileNotFoundError):
            return self._name_file.read_text("ascii").strip()
        if not self._owner:
            raise StateError("the archive has no index yet", advice="run `onrecord ingest` or `onrecord serve` first")
        self._name_file.parent.mkdir(parents=True, exist_ok=True)
        self._name_file.write_text(f"{uuid.uuid4().hex[:16]}\n", "ascii")
        return self._archive()

    def _owned(self) -> None:
        if not self._owner:
            raise StateError("this process only reads the archive", advice="open it as the owner to write")

    def _to_write(self) -> QdrantPoints:
        self._owned()
        self.prepare()
        return self._open()[2]

    def _written(self, write: Callable[[], None]) -> None:
        """Do a write; where it fails nobody knows what it left, and the next one looks at the whole first."""
        try:
            write()
            self._breaker.succeeded()
        except StateError:
            self._ready = False
            raise

    def _begun(self, chunks: Sequence[Chunk], dimension: int) -> QdrantPoints:
        """A collection where there is none: of an archive without a passage, or of one whose collection was deleted."""
        if self._record.totals()[1]:
            self._damage = f"the index on the {NAME} is gone"
            self.rebuild()
        else:
            client, alias, _ = self._open()
            collection = f"{alias}-{uuid.uuid4().hex[:12]}"
            QdrantPoints(client, collection).begin(chunks, dimension)
            self._use(collection)
            self._keep_only(collection)
        return self._open()[2]

    def _use(self, collection: str | None) -> None:
        """Have the alias lead to a collection, or to none."""
        client, alias, _ = self._open()
        with asked():
            from qdrant_client import models

            changes: list[Any] = [
                models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias))
                for one in client.get_aliases().aliases if one.alias_name == alias]
            if collection is not None:
                changes.append(models.CreateAliasOperation(
                    create_alias=models.CreateAlias(collection_name=collection, alias_name=alias)))
            if changes:
                client.update_collection_aliases(change_aliases_operations=changes)

    def _keep_only(self, collection: str) -> None:
        """Delete this archive's other collections."""
        client, alias, _ = self._open()
        with asked():
            for one in client.get_collections().collections:
                if one.name.startswith(f"{alias}-") and one.name != collection:
                    client.delete_collection(one.name)

    def _found_damage(self, articles: int, passages: int, sample: Sequence[str]) -> str | None:
        """What speaks against using the index for the record's live articles; None when nothing does."""
        points = self._open()[2]
        width = points.dimension()
        if width is None:
            return f"there is no index of ours on the {NAME}" if passages else None
        points.remove(self._record.leftovers())
        held = points.count(), points.count("article")
        if held != (passages, articles):
            return f"the index holds {held[0]} passages of {held[1]} articles, the record {passages} of {articles}"
        ids, rows = self._record.vectors(sample)
        if len(ids) and rows.shape[1] != width:
            return f"the index has vectors of {width} numbers, the record of {rows.shape[1]}"
        missed = sum(not any(hit.chunk_id == chunk_id or hit.score > 1 - 1e-4 for hit in hits)
                     for chunk_id, hits in zip(ids, points.near(rows, 5), strict=True))
        return f"{missed} of {len(ids)} passages are not found on the {NAME}" if missed > _MISSED else None
