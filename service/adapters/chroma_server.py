"""Vectors on a Chroma server: `ONRECORD_STORE=chroma://host:port`.

Each generation of an archive has a collection of its own, `onrecord-<archive>-<generation>`. A server that is killed
can lose vectors without an error, and its files are out of sight: whoever opens the collection counts what it holds
and asks for some of the record's vectors, and what is not found makes a new generation. While the server doesn't
answer, questions are answered by exact search and articles taken in; their vectors reach the server later.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx

from service.adapters.chroma_copy import Copied
from service.adapters.chroma_vectors import ChromaVectors
from service.adapters.generations import Generation
from service.adapters.index_errors import translated
from service.errors import StateError
from service.ports import Record

_NAME = "vector index on the Chroma server"
_REACH_SECONDS: Final = 5.0
_SECONDS: Final = 60.0
"""For one request; Chroma's own client would wait without end."""
_BATCH: Final = 1_000
"""Vectors sent at once: the server takes bodies of 40 MiB, and a vector is written out in decimals."""
_SAMPLE: Final = 64
"""So many of the record's vectors are asked for when an owner starts."""
_MISSED: Final = 4
"""So many of them an approximate index may miss."""


class _ServerVectors(ChromaVectors):
    """A collection on a server."""

    def close(self) -> None:
        """Let the connections go."""
        with translated(_NAME):
            _close(self._client)


class ChromaServer:
    """Keeps the vectors of each generation in a collection; `service.adapters.chroma_copy.VectorPlace`."""

    apart = True

    def __init__(self, host: str, port: int, indexes: Path) -> None:
        """`indexes` is the folder of the archive's indexes, where the collections' common name is kept."""
        self._host, self._port, self._indexes = host, port, indexes

    def check(self) -> None:
        """Raise StateError where the server doesn't answer."""
        try:
            httpx.get(f"http://{self._address}/api/v2/heartbeat", timeout=_REACH_SECONDS,
                      trust_env=False).raise_for_status()
        except httpx.HTTPError as error:
            raise StateError(f"the Chroma server at {self._address!r} doesn't answer: {error}", retryable=True,
                             advice="start it, or correct ONRECORD_STORE") from error

    def open(self, generation: Generation) -> ChromaVectors:
        """The generation's vectors. Raises StateError when the server doesn't answer."""
        return _ServerVectors(self._client(), self._named(generation.folder.name), batch=_BATCH)

    def keep_only(self, generation: Generation) -> None:
        """Remove this archive's other collections from the server. Raises StateError."""
        client = self._client()
        with translated(_NAME):
            for one in client.list_collections():
                if one.name.startswith(self._named("")) and one.name != self._named(generation.folder.name):
                    client.delete_collection(one.name)
            _close(client)

    def lost(self, vectors: Copied, record: Record, held: Iterable[str]) -> str | None:
        """What speaks against using these vectors: too many of a sample of the record's are not found."""
        keys = sorted(held)
        ids, rows = record.vectors([f"{key}.0" for key in keys[:: len(keys) // _SAMPLE + 1]])
        missed = 0
        for chunk_id, row in zip(ids, rows, strict=True):
            hits = vectors.nearest(row, 5)
            missed += not any(hit.chunk_id == chunk_id or hit.score > 1 - 1e-4 for hit in hits)
        return f"{missed} of {len(ids)} passages are not found on the Chroma server" if missed > _MISSED else None

    def _named(self, generation: str) -> str:
        """The name of a generation's collection, unlike that of any other archive's on the same server."""
        file = self._indexes / "name"
        with suppress(FileNotFoundError):
            return f"onrecord-{file.read_text('ascii').strip()}-{generation}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{uuid.uuid4().hex[:16]}\n", "ascii")
        return self._named(generation)

    @property
    def _address(self) -> str:
        return f"{self._host}:{self._port}"

    def _client(self) -> Any:
        self.check()
        with translated(_NAME):
            import chromadb
            from chromadb.config import Settings

            client: Any = chromadb.HttpClient(self._host, self._port, settings=Settings(anonymized_telemetry=False))
            client._server._session.timeout = httpx.Timeout(_SECONDS, connect=_REACH_SECONDS)
            return client


def _close(client: Any) -> None:
    """Close a client and its connections, its inner client's too, which Chroma's own `close` leaves open."""
    for one in (client, client._admin_client):
        one._server._session.close()
    client.close()
