"""An ingest in a process of its own, for tests that kill it.

`python -m tests.support.ingest_process DATA FOLDER`

It writes `open`, then `ack FILE_ID SHA256` for each article the moment it is live, then `done`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from service.adapters.embedded_store import EmbeddedStore
from service.adapters.record import SqlRecord
from service.passages import archive, sync
from tests.support.hashing_embedder import HashingEmbedder


class Acknowledging(SqlRecord):
    """Says what it has published."""

    def publish(self, versions: Sequence[tuple[str, int]]) -> None:
        """As the record does, and tell it."""
        super().publish(versions)
        files = {file_id for file_id, _ in versions}
        for one in self.known():
            if one.file_id in files:
                print(f"ack {one.file_id} {one.sha256}", flush=True)


async def main(data: Path, folder: Path) -> None:
    """Ingest the folder, a few articles at a time, and close cleanly."""
    sync.BATCH_ARTICLES = 3
    record = Acknowledging(f"sqlite:///{data / 'record.sqlite3'}")
    # However few the passages, Chroma has them too, so that it dies with the rest.
    store = EmbeddedStore(data, record, owner=True, exactly=0)
    print("open", flush=True)
    try:
        await archive.Archive(record, store, HashingEmbedder()).ingest([folder], prune=True)
    finally:
        store.close()
        record.close()
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
