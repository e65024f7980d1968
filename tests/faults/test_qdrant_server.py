"""Both indexes in Qdrant, which goes away, comes back, is killed, forgets, or holds another's: questions are answered.

The server is Qdrant's HTTP API over the client's local mode (`tests/support/qdrant.py`): a cluster was not at hand.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient
from qdrant_client.http import models

from service.adapters.qdrant_store import QdrantServer, QdrantStore
from service.adapters.record import SqlRecord
from service.errors import StateError
from service.ports import Draft
from service.settings import Settings
from service.wiring import build
from tests.support.archives import HARBOUR, MAYOR, article, draft, published
from tests.support.qdrant import QdrantProcess
from tests.support.server_process import running

MANY = article("many", *(" ".join(f"word{n}x{m}" for m in range(30)) + "." for n in range(40)))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[QdrantProcess]:
    """A server of this test's own."""
    with running(QdrantProcess(tmp_path / "qdrant")) as process:
        yield process


class At:
    """An archive's record and its owner's store on a server."""

    def __init__(self, data: Path, server: QdrantProcess) -> None:
        self.record = SqlRecord(f"sqlite:///{data / 'record.sqlite3'}")
        self.store = QdrantStore(data, self.record, owner=True, server=QdrantServer("127.0.0.1", server.port))

    def close(self) -> None:
        """Cleanly."""
        self.store.close()
        self.record.close()


def found(store: QdrantStore, drafts: list[Draft]) -> bool:
    """Whether chunks are nearest to their own vectors and match their own words, some of each article."""
    return all(store.nearest(vector, 1)[0].chunk_id == chunk.chunk_id
               and chunk.chunk_id in {hit.chunk_id for hit in store.matching(chunk.text, 3)}
               for draft in drafts for chunk, vector in list(zip(draft.chunks, draft.vectors, strict=True))[::5])


def client(server: QdrantProcess) -> QdrantClient:
    """A client of our own."""
    return QdrantClient(host="127.0.0.1", port=server.port, check_compatibility=False, trust_env=False)


async def test_while_the_server_is_away_questions_are_answered_and_ingests_say_so(
        tmp_path: Path, server: QdrantProcess) -> None:
    at = At(tmp_path, server)
    drafts = await published(at.record, HARBOUR, MANY, store=at.store)
    pending = await draft(MAYOR, at.record.reserve(1))
    at.record.stage([pending])
    server.stop(signal.SIGKILL)
    assert found(at.store, drafts)
    with pytest.raises(StateError, match="the Qdrant server doesn't answer") as told:
        at.store.add(pending.chunks, pending.vectors)
    assert told.value.retryable
    assert "ONRECORD_STORE" in told.value.advice
    assert found(at.store, drafts)
    server.start()
    at.store.add(pending.chunks, pending.vectors)
    at.record.publish([(pending.article.file_id, pending.version)])
    assert found(at.store, [*drafts, pending])
    assert (at.store.damage, at.store.count()) == (None, at.record.totals()[1])
    at.close()


async def test_a_server_that_forgot_is_filled_anew_from_the_record(tmp_path: Path, server: QdrantProcess) -> None:
    at = At(tmp_path, server)
    drafts = await published(at.record, HARBOUR, MANY, store=at.store)
    at.close()
    server.stop(signal.SIGKILL)
    shutil.rmtree(server.folder)
    server.start()
    at = At(tmp_path, server)
    assert found(at.store, drafts)
    at.store.prepare()
    assert "there is no index of ours" in (at.store.damage or "")
    assert at.store.count() == at.record.totals()[1]
    assert found(at.store, drafts)
    at.close()


async def test_what_was_lost_put_beside_or_replaced_by_anothers_is_noticed_and_made_anew(
        tmp_path: Path, server: QdrantProcess) -> None:
    at = At(tmp_path, server)
    drafts = await published(at.record, *(article(f"n{n}", f"Notice number{n} of day{n}.") for n in range(20)),
                             store=at.store)
    at.close()
    ids = [draft.chunks[0].chunk_id for draft in drafts]
    other = client(server)
    for fault in ("lost", "added", "turned", "foreign"):
        (name,) = (one.name for one in other.get_collections().collections)
        points, _ = other.scroll(name, limit=1_000, with_vectors=True)
        passages = [one for one in points if (one.payload or {}).get("kind") == "passage"]
        if fault == "lost":
            other.delete(name, [passages[0].id])
        elif fault == "added":
            other.upsert(name, [models.PointStruct(id=1, vector={}, payload={"kind": "article", "article": "art_x.1"})])
        elif fault == "turned":
            other.upsert(name, [models.PointStruct(
                id=one.id, payload=one.payload, vector={**one.vector, "meaning": [1.0] + [0.0] * 95}) for one in passages])
        else:
            (alias,) = (one.alias_name for one in other.get_aliases().aliases)
            other.delete_collection(name)
            other.create_collection(f"{alias}-foreign", {"meaning": models.VectorParams(
                size=7, distance=models.Distance.DOT)})
            other.update_collection_aliases([models.CreateAliasOperation(create_alias=models.CreateAlias(
                collection_name=f"{alias}-foreign", alias_name=alias))])
        at = At(tmp_path, server)
        at.store.prepare()
        assert at.store.damage, fault
        assert found(at.store, drafts), fault
        assert at.store.count() == len(ids), fault
        assert len(other.get_collections().collections) == 1, fault
        at.close()
    at = At(tmp_path, server)
    at.store.prepare()
    assert at.store.damage is None
    at.close()
    other.close()


async def test_a_collection_deleted_under_a_running_owner_is_made_anew_at_the_next_write(
        tmp_path: Path, server: QdrantProcess) -> None:
    at = At(tmp_path, server)
    drafts = await published(at.record, HARBOUR, MANY, store=at.store)
    other = client(server)
    for one in other.get_collections().collections:
        other.delete_collection(one.name)
    assert found(at.store, drafts)
    pending = await draft(MAYOR, at.record.reserve(1))
    at.record.stage([pending])
    at.store.add(pending.chunks, pending.vectors)
    at.record.publish([(pending.article.file_id, pending.version)])
    assert "is gone" in (at.store.damage or "")
    assert found(at.store, [*drafts, pending])
    at.close()
    at = At(tmp_path, server)
    at.store.prepare()
    assert (at.store.damage, at.store.count()) == (None, at.record.totals()[1])
    at.close()
    other.close()


async def test_an_archive_on_the_server_is_built_asked_read_and_taken_down(tmp_path: Path, server: QdrantProcess) -> None:
    settings = Settings(data=tmp_path / "data", store=server.store)
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("Harbour\n\nThe pilot boat left the harbour of Orm with nine men aboard.\n")
    (tmp_path / "news" / "b.txt").write_text("Witness\n\nThe witness Quillfeather lives in Plumsted near the mill.\n")
    async with build(settings, owner=True) as owner:
        report = await owner.archive.ingest([tmp_path / "news"])
        assert (report.articles, report.passages) == (2, 2)
        assert (await owner.search("pilot boat"))[0].source.filename == "a.txt"
        async with build(settings) as reader:
            assert (await reader.search("who lives in Plumsted?"))[0].source.filename == "b.txt"
        (gone,) = (one.file_id for one in owner.articles().items if one.filename == "b.txt")
        await owner.archive.remove([gone])
        other = client(server)
        (name,) = (one.name for one in other.get_collections().collections)
        points, _ = other.scroll(name, limit=1_000)
        assert "quillfeather" not in str([one.payload for one in points])
        assert {one.source.filename for one in await owner.search("Quillfeather")} <= {"a.txt"}
        other.close()
    server.stop()
    async with build(settings) as reader:
        assert len(await reader.search("pilot boat")) == 1
    with pytest.raises(StateError, match="doesn't answer") as refused:
        async with build(settings, owner=True):
            pass
    assert "ONRECORD_STORE" in refused.value.advice
