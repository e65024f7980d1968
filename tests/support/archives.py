"""Articles and drafts written for the tests of the record, the indexes and the archive."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from service.adapters.embedded_store import EXACTLY, EmbeddedStore
from service.adapters.record import SqlRecord
from service.domain import Article, Sourced, Span
from service.passages.archive import Archive
from service.passages.chunk import chunk, embedding_text
from service.ports import Draft, PassageStore
from tests.support.chroma_here import ChromaHere
from tests.support.hashing_embedder import HashingEmbedder


def article(name: str, *paragraphs: str, **changes: object) -> Article:
    """An article with these paragraphs as its body."""
    text, spans = "", []
    for paragraph in paragraphs:
        spans.append(Span(len(text), len(text) + len(paragraph), "body"))
        text += paragraph + "\n\n"
    values: dict[str, object] = {
        "file_id": f"art_{name}", "source": "/news", "filename": f"{name}.txt", "path": f"/news/{name}.txt",
        "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "text": text,
        "spans": tuple(spans), "title": Sourced(f"On {name}", "text"),
    }
    return Article(**{**values, **changes})  # type: ignore[arg-type]


async def draft(article: Article, version: int, embedder: HashingEmbedder | None = None) -> Draft:
    """The article as one version on its way into a record."""
    embedder = embedder or HashingEmbedder()
    chunks = chunk(article, version, embedder)
    return Draft(article, version, chunks, await embedder.embed([embedding_text(one) for one in chunks]),
                 "test", b"signature of " + article.file_id.encode())


async def published(record: SqlRecord, *articles: Article, store: PassageStore | None = None) -> list[Draft]:
    """Make these articles live, in the record alone or with their chunks in the store, as an ingest does."""
    drafts = [await draft(one, record.reserve(1)) for one in articles]
    record.stage(drafts)
    if store:
        for one in drafts:
            store.add(one.chunks, one.vectors)
    record.publish([(one.article.file_id, one.version) for one in drafts])
    return drafts


@dataclass
class Opened:
    """An archive in a folder and what it is made of."""

    record: SqlRecord
    store: EmbeddedStore
    embedder: HashingEmbedder
    archive: Archive

    def close(self) -> None:
        """Cleanly."""
        self.store.close()
        self.record.close()


def opened(data: Path, *, owner: bool = True, embedder: HashingEmbedder | None = None,
           chroma: bool = False) -> Opened:
    """Open the archive in a folder; with `chroma` its owner asks Chroma however few the passages."""
    embedder = embedder or HashingEmbedder()
    record = SqlRecord(f"sqlite:///{data / 'record.sqlite3'}")
    try:
        store = EmbeddedStore(data, record, owner=owner, place=ChromaHere(), exactly=0 if chroma else EXACTLY)
    except BaseException:
        record.close()
        raise
    return Opened(record, store, embedder, Archive(record, store, embedder))


FLOOD = date(2026, 3, 3)
HARBOUR = article(
    "harbour", "The river rose by two metres on Monday night.",
    "About 4,200 people were moved out, the county said.", publisher=Sourced("Harbour Post", "text"),
    published=Sourced(FLOOD, "front matter"), url="https://example.org/h")
MAYOR = article(
    "mayor", "The mayor spoke on Tuesday.", "She put the number of evacuees at 3,000 at most.",
    publisher=Sourced("The Valley  Echo", "text"), published=Sourced(date(2026, 3, 4), "text"))
RECIPE = article("recipe", "Knead the dough for ten minutes and let it rest.")
