"""Vectors on a Chroma server that goes away, comes back, is killed, or forgets: questions are answered throughout."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromadb
import pytest

from service.adapters.chroma_server import ChromaServer
from service.adapters.embedded_store import EmbeddedStore
from service.adapters.record import SqlRecord
from service.errors import StateError
from service.ports import Draft
from service.settings import Settings
from service.wiring import build
from tests.support.archives import HARBOUR, MAYOR, RECIPE, article, published
from tests.support.chroma_server import ChromaProcess
from tests.support.server_process import running

MANY = article("many", *(" ".join(f"word{n}x{m}" for m in range(30)) + "." for n in range(90)))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaProcess]:
    """A server of this test's own."""
    with running(ChromaProcess(tmp_path / "chroma")) as process:
        yield process


class At:
    """An archive's record and its owner's store on a server, which is asked however few the passages."""

    def __init__(self, data: Path, server: ChromaProcess) -> None:
        self.record = SqlRecord(f"sqlite:///{data / 'record.sqlite3'}")
        place = ChromaServer("127.0.0.1", server.port, data / "indexes")
        self.store = EmbeddedStore(data, self.record, owner=True, place=place, exactly=0)

    def caught_up(self) -> bool:
        """Have the server brought up to the record; whether it can be asked then."""
        self.store.chroma.follow(at_once=True)
        return self.store.chroma.wait(60)

    def close(self) -> None:
        """Cleanly."""
        self.store.close()
        self.record.close()


def found(store: EmbeddedStore, drafts: list[Draft]) -> bool:
    """Whether each chunk is nearest to its own vector."""
    return all(store.nearest(vector, 1)[0].chunk_id == chunk.chunk_id
               for draft in drafts for chunk, vector in zip(draft.chunks, draft.vectors, strict=True))


@contextmanager
def connected(server: ChromaProcess) -> Iterator[Any]:
    """A client of our own, whose connections are closed at the end."""
    client: Any = chromadb.HttpClient("127.0.0.1", server.port)
    try:
        yield client
    finally:
        for one in (client, client._admin_client):
            one._server._session.close()
        client.close()


def collections(server: ChromaProcess) -> list[tuple[str, int]]:
    """What the server holds, as it says itself."""
    with connected(server) as client:
        return sorted((one.name, one.count()) for one in client.list_collections())


async def test_vectors_lie_on_the_server_and_each_archive_has_its_own(tmp_path: Path, server: ChromaProcess) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (At(tmp_path / name, server) for name in ("one", "two"))
    drafts = await published(one.record, HARBOUR, MAYOR, MANY, store=one.store)
    others = await published(two.record, RECIPE, store=two.store)
    total = sum(len(draft.chunks) for draft in drafts)
    assert one.caught_up()
    assert two.caught_up()
    assert sorted(count for _, count in collections(server)) == [1, total]
    assert not list((tmp_path / "one" / "indexes").rglob("chroma.sqlite3"))
    one.store.rebuild()
    assert one.caught_up()
    assert sorted(count for _, count in collections(server)) == [1, total], "the generation before it is gone"
    assert found(one.store, drafts)
    assert found(two.store, others)
    for each in (one, two):
        each.close()
    again = At(tmp_path / "one", server)
    again.store.prepare()
    assert again.caught_up()
    assert (again.store.damage, again.store.chroma.damage, again.store.count()) == (None, None, total)
    assert found(again.store, drafts)
    again.close()


async def test_while_the_server_is_away_questions_are_answered_and_articles_taken_in(
        tmp_path: Path, server: ChromaProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.adapters.chroma_copy._REST", 0.0)
    at = At(tmp_path, server)
    drafts = await published(at.record, HARBOUR, MANY, store=at.store)
    assert at.caught_up()
    server.stop(signal.SIGKILL)
    assert found(at.store, drafts)
    drafts += await published(at.record, MAYOR, store=at.store)
    assert not at.store.chroma.wait(60)
    assert found(at.store, drafts)
    at.store.settle()
    server.start()
    assert at.caught_up()
    assert found(at.store, drafts)
    assert [count for _, count in collections(server)] == [at.record.totals()[1]]
    assert at.store.count() == at.record.totals()[1]
    at.close()


async def test_what_an_ingest_took_in_is_on_the_server_when_it_has_ended(tmp_path: Path, server: ChromaProcess) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text("Harbour\n\nThe pilot boat left the harbour of Orm with nine men aboard.\n")
    settings = Settings(data=tmp_path / "data", store=server.store)
    async with build(settings, owner=True) as owner:
        await owner.archive.ingest([news])
    assert [count for _, count in collections(server)] == [1]
    async with build(settings, owner=True) as owner:
        (listed,) = owner.articles().items
        assert await owner.archive.remove([listed.file_id]) == [listed.file_id]
    assert [count for _, count in collections(server)] == [0]


async def test_a_server_that_forgot_is_filled_anew_from_the_record(tmp_path: Path, server: ChromaProcess) -> None:
    at = At(tmp_path, server)
    drafts = await published(at.record, HARBOUR, MANY, store=at.store)
    assert at.caught_up()
    at.close()
    server.stop()
    shutil.rmtree(server.folder)
    server.folder.mkdir()
    server.start()
    at = At(tmp_path, server)
    assert found(at.store, drafts)
    assert at.caught_up()
    assert "holds" in (at.store.chroma.damage or "")
    assert at.store.damage is None
    assert found(at.store, drafts)
    assert [count for _, count in collections(server)] == [at.record.totals()[1]]
    at.close()


async def test_vectors_that_are_others_than_the_records_are_noticed(tmp_path: Path, server: ChromaProcess) -> None:
    at = At(tmp_path, server)
    drafts = await published(at.record, *(article(f"n{n}", f"Notice number{n} of day{n}.") for n in range(20)),
                             store=at.store)
    assert at.caught_up()
    at.close()
    ids = [draft.chunks[0].chunk_id for draft in drafts]
    with connected(server) as client:
        (name,) = (one.name for one in client.list_collections())
        collection = client.get_collection(name, embedding_function=None)
        collection.delete(ids=ids)
        collection.add(ids=[f"art_x{n}.1.0" for n in range(len(ids))],
                       embeddings=[[1.0] + [0.0] * (drafts[0].vectors.shape[1] - 1)] * len(ids))
    at = At(tmp_path, server)
    assert found(at.store, drafts)
    assert at.caught_up()
    assert "not found on the Chroma server" in (at.store.chroma.damage or "")
    assert found(at.store, drafts)
    at.close()


async def test_a_server_that_does_not_answer_stops_the_owner_with_the_next_step_and_no_reader(
        tmp_path: Path, server: ChromaProcess) -> None:
    settings = Settings(data=tmp_path / "data", store=server.store)
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("Harbour\n\nThe pilot boat left the harbour of Orm with nine men aboard.\n")
    async with build(settings, owner=True) as owner:
        await owner.archive.ingest([tmp_path / "news"])
    server.stop()
    async with build(settings) as reader:
        assert len(await reader.search("pilot boat")) == 1
    with pytest.raises(StateError, match="the Chroma server at") as refused:
        async with build(settings, owner=True):
            pass
    assert "ONRECORD_STORE" in refused.value.advice
