"""What Qdrant finds, beside what the embedded store does; and that nothing but Qdrant answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.adapters.embedded_store import EmbeddedStore
from service.adapters.qdrant_store import QdrantStore
from service.adapters.record import SqlRecord
from service.errors import BusyError, StateError
from service.ports import PassageStore, Scope
from tests.support.archives import HARBOUR, MAYOR, RECIPE, article, published
from tests.support.hashing_embedder import HashingEmbedder
from tests.support.qdrant import LocalQdrant

NEWS = [HARBOUR, MAYOR, RECIPE, *(
    article(f"n{n}", f"Councillor number {n} asked about the harbour dues of district {n % 7}.",
            *(f"The {word} of the {other} was repaired for the {n % 5}th time, said the engineer of ward {n}." + " More." * n
              for word, other in (("bridge", "canal"), ("roof", "library"))))
    for n in range(20))]
QUERIES = ("harbour dues", "who repaired the library's roof?", "evacuees", "district 3", "the engineer of ward 12", "zeppelin",
           "4,200 people", "On recipe")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PassageStore, PassageStore]]:
    """The same articles in the embedded store and in Qdrant, which is left to answer alone."""
    folder = tmp_path_factory.mktemp("both")
    records = [SqlRecord(f"sqlite:///{folder / name / 'record.sqlite3'}") for name in ("embedded", "qdrant")]
    embedded = EmbeddedStore(folder / "embedded", records[0], owner=True)
    qdrant = QdrantStore(folder / "qdrant", records[1], owner=True, server=LocalQdrant())
    asyncio.run(published(records[0], *NEWS, store=embedded))
    asyncio.run(published(records[1], *NEWS))
    qdrant.rebuild()

    def instead(*_: object) -> None:
        raise AssertionError("the record was asked instead of Qdrant")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(qdrant._exact, "nearest", instead)
        patched.setattr(qdrant._memory, "words", instead)
        yield embedded, qdrant
    for one in (embedded, qdrant, *records):
        one.close()


@pytest.mark.parametrize("query", QUERIES)
async def test_it_finds_by_words_what_tantivy_finds_with_the_same_scores(
        both: tuple[PassageStore, PassageStore], query: str) -> None:
    embedded, qdrant = both
    expected, found = ({hit.chunk_id: hit.score for hit in store.matching(query, 200)} for store in both)
    assert found.keys() == expected.keys()
    assert all(found[key] == pytest.approx(expected[key], rel=0.05, abs=0.05) for key in expected), "lengths are rounded"
    of_articles = [{hit.key: hit for hit in store.matching_articles(query, 200)} for store in both]
    assert of_articles[0].keys() == of_articles[1].keys()
    for key, hit in of_articles[0].items():
        assert of_articles[1][key].whole == pytest.approx(hit.whole, rel=0.05, abs=0.05)
        assert of_articles[1][key].lead == pytest.approx(hit.lead, rel=0.05, abs=0.05)
    assert qdrant.weight(query) == pytest.approx(embedded.weight(query), rel=1e-4)


async def test_it_finds_by_meaning_what_the_embedded_store_finds(both: tuple[PassageStore, PassageStore]) -> None:
    embedded, qdrant = both
    for vector in await HashingEmbedder().embed(list(QUERIES)):
        expected, found = (store.nearest(vector, 20) for store in (embedded, qdrant))
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-4)


@pytest.mark.parametrize("few", [5_000, 3])
async def test_a_scope_holds_it_as_it_holds_the_embedded_store(
        both: tuple[PassageStore, PassageStore], few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.adapters.qdrant_points.FEW", few)
    embedded, qdrant = both
    vector = (await HashingEmbedder().embed(["the roof of the library"]))[0]
    keys = sorted({hit.chunk_id.rpartition(".")[0] for hit in embedded.matching("harbour roof", 200)})[::3]
    scope = Scope(dict.fromkeys(keys, 1))
    for ask in (lambda store: store.nearest(vector, 6, scope), lambda store: store.matching("the roof harbour", 6, scope)):
        expected, found = ask(embedded), ask(qdrant)
        assert len(found) == len(expected) == 6
        assert {hit.chunk_id.rpartition(".")[0] for hit in found} <= set(keys)
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], rel=0.05)
    assert {hit.key for hit in qdrant.matching_articles("roof", 50, scope)} == {
        hit.key for hit in embedded.matching_articles("roof", 50, scope)}


@pytest.mark.parametrize("word", ["hrabour", "enginer", "councilor", "harbour", "zeppelin", "librayr", "caf3"])
async def test_it_repairs_the_same_spellings(both: tuple[PassageStore, PassageStore], word: str) -> None:
    embedded, qdrant = both
    assert qdrant.spelt(word) == embedded.spelt(word)


async def test_a_word_that_went_with_its_article_is_no_spelling_any_more(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    store = QdrantStore(tmp_path, record, owner=True, server=LocalQdrant())
    drafts = await published(record, RECIPE, HARBOUR, store=store)
    assert store.spelt("knaed") == "knead"
    store.remove([one.chunk_id for one in drafts[0].chunks])
    assert store.spelt("knaed") == "knaed"
    assert store.matching("knead", 5) == []
    store.close()
    record.close()


async def test_a_rebuild_leaves_one_collection_and_no_trace_of_what_was_removed(tmp_path: Path) -> None:
    record, server = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}"), LocalQdrant()
    store = QdrantStore(tmp_path, record, owner=True, server=server)
    drafts = await published(record, HARBOUR, MAYOR, store=store)
    record.remove(["art_mayor"], redact=True)
    store.remove([one.chunk_id for one in drafts[1].chunks])
    record.sweep()
    store.rebuild()
    (collection,) = server.shared.get_collections().collections
    points, _ = server.shared.scroll(collection.name, limit=1_000)
    payloads = str([one.payload for one in points])
    assert "harbour" in payloads
    assert "mayor" not in payloads
    assert "evacuees" not in payloads
    record.remove(["art_harbour"], redact=True)
    store.rebuild()
    assert server.shared.get_collections().collections == []
    store.close()
    record.close()


async def test_archives_on_one_server_keep_out_of_each_others_way_restored_copies_too(tmp_path: Path) -> None:
    server, stores = LocalQdrant(), []
    for name, one in (("first", HARBOUR), ("second", RECIPE)):
        record = SqlRecord(f"sqlite:///{tmp_path / name / 'record.sqlite3'}")
        stores.append((record, QdrantStore(tmp_path / name, record, owner=True, server=server)))
        await published(record, one, store=stores[-1][1])
    stores[0][1].rebuild()
    assert [store.count() for _, store in stores] == [1, 1]
    assert stores[1][1].matching("river", 5) == []
    assert len({one.name.rpartition("-")[0] for one in server.shared.get_collections().collections}) == 2
    with pytest.raises(BusyError):
        QdrantStore(tmp_path / "first", stores[0][0], owner=True, server=server)
    for record, store in stores:
        store.close()
        record.close()


async def test_vectors_of_another_size_are_refused_with_what_helps(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    store = QdrantStore(tmp_path, record, owner=True, server=LocalQdrant())
    drafts = await published(record, HARBOUR, store=store)
    with pytest.raises(StateError, match="have 96 numbers, the embedder's now have 48") as told:
        store.add(drafts[0].chunks, drafts[0].vectors[:, :48])
    assert "--rebuild" in told.value.advice
    store.close()
    record.close()
