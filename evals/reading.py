"""How fast articles are read and how much memory that takes: `python -m evals.reading --bench ../shared/bench`.

A JSON Lines file of `realtimeqa-2022` is ingested with the real record and the real indexes, and with an embedder
that costs nothing. It prints articles per second, peak memory and where the time went (processor time, so that other
work on the machine counts little); then how long one more article takes on the archive so filled. With `--embed N`
the real embedder is timed on N of its chunks, for comparison.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

from service.adapters.embedded_store import EmbeddedStore
from service.adapters.local_embedder import LocalEmbedder
from service.adapters.record import SqlRecord
from service.articles import listings, read
from service.domain import Article
from service.passages import archive as archives
from service.passages.archive import Archive
from service.passages.chunk import chunk, embedding_text
from service.passages.grouping import Grouping
from service.ports import Embedder, Vectors


class CostlessEmbedder:
    """Counts tokens as the real one does, and gives each text a vector made of its hash."""

    fingerprint = "costless"
    dimension = 384
    max_tokens = 256

    def __init__(self) -> None:
        self._counter = LocalEmbedder()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors that mean nothing."""
        rows = [np.random.default_rng(abs(hash(text))).standard_normal(self.dimension) for text in texts]
        made = np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)
        unit: Vectors = made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)
        return unit

    def token_count(self, text: str) -> int:
        """As the real embedder counts."""
        return self._counter.token_count(text)


def lines_of(bench: Path, limit: int | None) -> list[bytes]:
    """The set's articles as lines with the fields that OnRecord reads."""
    found = []
    with gzip.open(bench / "realtimeqa-2022" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            row["published"] = (row.pop("publish_date") or "").replace("/", "-")
            found.append(json.dumps(row).encode())
            if len(found) == limit:
                break
    return found


def timed(owner: Any, name: str, spent: Counter[str], label: str) -> None:
    """Have a function note how much processor time it took, calls of other timed ones included."""
    plain: Callable[..., Any] = getattr(owner, name)

    @wraps(plain)
    def measured(*args: Any, **kwargs: Any) -> Any:
        began = time.thread_time()
        try:
            return plain(*args, **kwargs)
        finally:
            spent[label] += int((time.thread_time() - began) * 1e6)

    setattr(owner, name, measured)


async def ingest(lines: Sequence[bytes], folder: Path, embedder: Embedder) -> dict[str, Any]:
    """Ingest the lines, then one more article; what it took."""
    spent: Counter[str] = Counter()
    timed(listings, "find_spans", spent, "spans")
    timed(read, "read_metadata", spent, "metadata")
    timed(archives, "packed", spent, "signatures")
    timed(archives, "chunk", spent, "chunks")
    timed(Grouping, "regroup", spent, "origins")
    news = folder / "news"
    news.mkdir()
    (news / "feed.jsonl").write_bytes(b"\n".join(lines))
    record = SqlRecord(f"sqlite:///{folder / 'data' / 'record.sqlite3'}")
    store = EmbeddedStore(folder / "data", record, owner=True)
    timed(store, "add", spent, "indexes")
    timed(record, "stage", spent, "record")
    timed(record, "publish", spent, "record")
    archive = Archive(record, store, embedder)
    began, worked = time.perf_counter(), time.process_time()
    report = await archive.ingest([news])
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    split = {name: round(micros / 1e6, 2) for name, micros in spent.most_common()}
    (news / "late.txt").write_text(
        "Ferry aground off Merrow Point\n\nThe night ferry Halcyon ran aground off Merrow Point on Tuesday, and all on "
        "board were brought ashore.\n\nThe harbour office opened an inquiry on Wednesday.\n")
    spent.clear()
    began, worked = time.perf_counter(), time.process_time()
    await archive.ingest([news])
    one_more, one_more_cpu = time.perf_counter() - began, time.process_time() - worked
    late = {name: round(micros / 1e6, 3) for name, micros in spent.most_common()}
    store.close()
    record.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"articles": report.articles, "passages": report.passages, "failed": len(report.failed),
            "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1),
            "articles_per_second": round(report.added / seconds, 1),
            "articles_per_cpu_second": round(report.added / cpu, 1),
            "peak_mb": round(peak), "split": split, "one_more": round(one_more, 2),
            "one_more_cpu": round(one_more_cpu, 2), "one_more_split": late}


async def embedding(lines: Sequence[bytes], count: int) -> dict[str, Any]:
    """How long the real embedder takes for some chunks of the set."""
    embedder = LocalEmbedder()
    texts: list[str] = []
    for one in read.read_all(b"\n".join(lines[:200]), source="s", filename="a.jsonl", max_bytes=10**9):
        if isinstance(one, Article):
            texts += [embedding_text(piece) for piece in chunk(one, 1, embedder)]
    texts = texts[:count]
    began, worked = time.perf_counter(), time.process_time()
    await embedder.embed(texts)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    return {"chunks": len(texts), "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1),
            "chunks_per_cpu_second": round(len(texts) / cpu, 1)}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, default=Path("../shared/bench"))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--embed", type=int, default=0)
    given = parser.parse_args()
    lines = lines_of(given.bench, given.limit)
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(ingest(lines, Path(folder), CostlessEmbedder()))
    if given.embed:
        told["embedder"] = asyncio.run(embedding(lines, given.embed))
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
