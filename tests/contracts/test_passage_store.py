"""What every passage store does, over every adapter and mode of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.adapters.chroma_copy import VectorPlace
from service.adapters.chroma_server import ChromaServer
from service.adapters.embedded_store import EXACTLY, EmbeddedStore
from service.adapters.qdrant_store import QdrantServer, QdrantStore, Server
from service.adapters.record import SqlRecord
from service.domain import Article
from service.errors import BusyError, StateError
from service.ports import Draft, PassageStore
from tests.support.archives import HARBOUR, MAYOR, RECIPE, article, published
from tests.support.chroma_here import ChromaHere
from tests.support.chroma_server import ChromaProcess
from tests.support.hashing_embedder import HashingEmbedder
from tests.support.qdrant import LocalQdrant, QdrantProcess
from tests.support.server_process import running

LONG = article("long", *(f"Ship number {n} of the fleet of vessel{n} left the harbour." + " More." * 40
                         for n in range(30)))


@dataclass
class Setting:
    """A record whose articles are indexed, and how to open a store on it."""

    record: SqlRecord
    owner: PassageStore
    open: Callable[[], PassageStore]

    async def take(self, *articles: Article) -> list[Draft]:
        """Put the articles into the record and the indexes."""
        return await published(self.record, *articles, store=self.owner)


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """A Chroma server for the archives of this module."""
    with running(ChromaProcess(tmp_path_factory.mktemp("chroma"))) as server:
        yield server


@pytest.fixture(scope="module")
def qdrant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QdrantProcess]:
    """Qdrant's HTTP API for the archives of this module."""
    with running(QdrantProcess(tmp_path_factory.mktemp("qdrant"))) as server:
        yield server


HERE = ("owner", "reader", "reader after the owner", "owner asking Chroma", "owner asking a Chroma server")
QDRANT = ("owner with Qdrant", "reader with Qdrant", "owner with Qdrant over HTTP")


@pytest.fixture(params=HERE + QDRANT)
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Setting]:
    """Each mode: the owner itself, a reader while it works, a reader when it has gone; vectors here or on a server, both
    indexes on a server."""
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    if request.param in QDRANT:
        yield from _with_qdrant(request, tmp_path, record)
        return
    place: VectorPlace | None = ChromaHere() if request.param == "owner asking Chroma" else None
    if request.param == "owner asking a Chroma server":
        server: ChromaProcess = request.getfixturevalue("chroma")
        place = ChromaServer("127.0.0.1", server.port, tmp_path / "indexes")
    owner = EmbeddedStore(tmp_path, record, owner=True, place=place,
                          exactly=0 if "asking" in request.param else EXACTLY)
    opened: list[EmbeddedStore] = []

    def open_store() -> PassageStore:
        if "asking" in request.param:
            owner.chroma.follow(at_once=True)
            assert owner.chroma.wait(60)
        if request.param.startswith("owner"):
            return owner
        if request.param == "reader after the owner":
            owner.close()
        opened.append(EmbeddedStore(tmp_path, record, owner=False))
        return opened[-1]

    yield Setting(record, owner, open_store)
    for store in (owner, *opened):
        store.close()
    record.close()


def _with_qdrant(request: pytest.FixtureRequest, tmp_path: Path, record: SqlRecord) -> Iterator[Setting]:
    server: Server = LocalQdrant()
    if request.param == "owner with Qdrant over HTTP":
        process: QdrantProcess = request.getfixturevalue("qdrant")
        server = QdrantServer("127.0.0.1", process.port)
    owner = QdrantStore(tmp_path, record, owner=True, server=server)
    reader = QdrantStore(tmp_path, record, owner=False, server=server)
    yield Setting(record, owner, lambda: reader if request.param.startswith("reader") else owner)
    for store in (reader, owner, record):
        store.close()


async def test_each_chunk_is_nearest_to_its_own_vector(at: Setting) -> None:
    drafts = await at.take(HARBOUR, MAYOR, RECIPE, LONG)
    store = at.open()
    assert store.count() == sum(len(one.chunks) for one in drafts) > 20
    for draft in drafts:
        for chunk, vector in zip(draft.chunks, draft.vectors, strict=True):
            hits = store.nearest(vector, 3)
            assert hits[0].chunk_id == chunk.chunk_id
            assert hits[0].score == pytest.approx(1, abs=1e-5)
            assert len(hits) == 3
            assert [one.score for one in hits] == sorted((one.score for one in hits), reverse=True)


async def test_scores_are_cosines(at: Setting) -> None:
    drafts = await at.take(HARBOUR, MAYOR, RECIPE)
    query = (await HashingEmbedder().embed(["how many people were moved out"]))[0]
    expected = {one.chunk_id: float(row @ query) for draft in drafts
                for one, row in zip(draft.chunks, draft.vectors, strict=True)}
    found = {one.chunk_id: one.score for one in at.open().nearest(query, 50)}
    assert found.keys() == expected.keys()
    assert all(found[key] == pytest.approx(expected[key], abs=1e-5) for key in expected)


async def test_words_find_their_passages_whatever_their_form(at: Setting) -> None:
    drafts = await at.take(HARBOUR, MAYOR, RECIPE)
    store = at.open()
    harbour, mayor, recipe = (draft.chunks[0].chunk_id for draft in drafts)

    def first(query: str) -> str | None:
        hits = store.matching(query, 5)
        return hits[0].chunk_id if hits else None

    assert first("evacuee") == mayor
    assert first("EVACUÉES") == mayor
    assert first("rising rivers?") == harbour
    assert first("kneading doughs") == recipe
    assert first("4200") == harbour
    assert first("4,200 people") == harbour
    assert first("On recipe") == recipe, "the header is searched too"
    assert first("zeppelin") is None
    assert [one.score for one in store.matching("the river said on Monday", 5)] == sorted(
        (one.score for one in store.matching("the river said on Monday", 5)), reverse=True)


async def test_any_text_is_a_query(at: Setting) -> None:
    await at.take(HARBOUR)
    store = at.open()
    for query in ("", " ", "?", "(", '"', "+-~^*?\\", "\0", "\ud800", "\u200b", "id:*", "[1 TO 5]", "xx"):
        assert store.matching(query, 5) == [], query
    for query in ("AND river", "NOT river", "a:river", "body:river", "(river", '"river', "the river " * 2000):
        assert len(store.matching(query, 5)) == 1, query


async def test_within_holds_both_searches_to_these_chunks(at: Setting) -> None:
    drafts = await at.take(HARBOUR, MAYOR, LONG)
    store = at.open()
    allowed = [one.chunk_id for one in drafts[2].chunks[3:7]]
    vector = drafts[0].vectors[0]
    for hits in (store.nearest(vector, 3, allowed), store.matching("ship harbour", 3, allowed)):
        assert len(hits) == 3
        assert {one.chunk_id for one in hits} <= set(allowed)
    unfiltered = {one.chunk_id: one.score for one in store.matching("ship harbour", 100)}
    for hit in store.matching("ship harbour", 100, allowed):
        assert hit.score == pytest.approx(unfiltered[hit.chunk_id], rel=1e-4)
    for nothing in ([], ["art_nobody.1.0"]):
        assert store.nearest(vector, 3, nothing) == []
        assert store.matching("ship harbour", 3, nothing) == []


async def test_within_many_chunks_gives_what_within_few_does(
    at: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = await at.take(HARBOUR, LONG)
    store = at.open()
    allowed = [one.chunk_id for one in drafts[1].chunks[::2]]
    vector = drafts[1].vectors[5]
    few = store.nearest(vector, 4, allowed), store.matching("ship number harbour", 4, allowed)
    monkeypatch.setattr("service.adapters.exact_vectors._FEW", 2)
    monkeypatch.setattr("service.adapters.tantivy_words.FEW", 2)
    monkeypatch.setattr("service.adapters.qdrant_points.FEW", 2)
    many = store.nearest(vector, 4, allowed), store.matching("ship number harbour", 4, allowed)
    for one, other in zip(few, many, strict=True):
        assert [round(hit.score, 4) for hit in one] == [round(hit.score, 4) for hit in other]
        assert {hit.chunk_id for hit in other} <= set(allowed)


async def test_removed_chunks_are_found_no_more(at: Setting) -> None:
    drafts = await at.take(HARBOUR, MAYOR)
    at.record.remove(["art_harbour"], redact=False)
    at.owner.remove([drafts[0].chunks[0].chunk_id, "art_nobody.1.0"])
    at.owner.remove([])
    at.record.sweep()
    store = at.open()
    gone = drafts[0].chunks[0].chunk_id
    assert store.count() == 1
    assert gone not in {one.chunk_id for one in store.nearest(drafts[0].vectors[0], 10)}
    assert store.matching("river county", 10) == []


async def test_an_empty_store_answers_nothing(at: Setting) -> None:
    store = at.open()
    assert store.nearest(np.ones(96, dtype=np.float32) / 96**0.5, 5) == []
    assert store.matching("anything", 5) == []
    assert store.count() == 0


async def test_a_reader_sees_what_the_owner_adds_and_rebuilds(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    owner, reader = (EmbeddedStore(tmp_path, record, owner=mode) for mode in (True, False))
    for word, one in (("river", HARBOUR), ("mayor", MAYOR)):
        draft = (await published(record, one, store=owner))[0]
        assert reader.matching(word, 1)[0].chunk_id == draft.chunks[0].chunk_id
        assert reader.nearest(draft.vectors[0], 1)[0].chunk_id == draft.chunks[0].chunk_id
        owner.rebuild()
    assert reader.count() == owner.count() == 2
    with pytest.raises(StateError, match="only reads"):
        reader.add((), np.zeros((0, 96), dtype=np.float32))
    for store in (reader, owner, record):
        store.close()


async def test_an_id_is_never_used_twice(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    store = EmbeddedStore(tmp_path, record, owner=True)
    draft = (await published(record, HARBOUR, store=store))[0]
    other = replace(draft.chunks[0], text="Other words.")
    for chunks in ([other], [replace(other, chunk_id="art_x.9.0")] * 2):
        with pytest.raises(StateError, match="never used twice"):
            store.add(chunks, np.concatenate([draft.vectors] * len(chunks)))
    assert store.count() == 1
    assert store.matching("other words", 5) == []
    for vectors in (np.full((1, 96), np.nan, dtype=np.float32), np.zeros((2, 96), dtype=np.float32)):
        with pytest.raises(StateError, match="vectors"):
            store.add([replace(other, chunk_id="art_x.9.1")], vectors)
    store.close()
    record.close()


def test_one_process_owns_an_archive_and_the_second_is_told_which(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    first = EmbeddedStore(tmp_path, record, owner=True)
    pid = (tmp_path / "owner.pid").read_text().strip()
    with pytest.raises(BusyError, match=rf"pid {pid}\)"):
        EmbeddedStore(tmp_path, record, owner=True)
    first.close()
    EmbeddedStore(tmp_path, record, owner=True).close()
    record.close()


async def test_chroma_is_not_loaded_by_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    owner = EmbeddedStore(tmp_path, record, owner=True)
    draft = (await published(record, HARBOUR, store=owner))[0]
    owner.close()
    monkeypatch.setitem(sys.modules, "chromadb", None)
    reader = EmbeddedStore(tmp_path, record, owner=False)
    assert reader.nearest(draft.vectors[0], 1)[0].chunk_id == draft.chunks[0].chunk_id
    assert reader.matching("river", 1)[0].chunk_id == draft.chunks[0].chunk_id
    reader.close()
    record.close()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=200))
def test_no_query_fails(tmp_path: Path, query: str) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    store = EmbeddedStore(tmp_path, record, owner=False)
    assert store.matching(query, 3) == []
    store.close()
    record.close()
