"""Another embedder without a pause: made ready beside the owner, taken over by its next start, nothing lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.errors import StateError
from service.passages.retrieve import Retriever
from tests.support.archives import Opened, opened
from tests.support.hashing_embedder import HashingEmbedder

TOPICS = {"docks": "crane", "flood": "river", "council": "budget", "school": "teacher", "market": "apples"}


def text(name: str, word: str, more: str = "") -> str:
    """A short article about a word."""
    return f"News of the {name}\n\nThe {word} was on everyone's mind, the office said on Monday.{more}\n\n" + (
        f"People talked about the {word} for hours in the town hall of Orm.\n")


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder of articles."""
    folder = tmp_path / "news"
    folder.mkdir()
    for name, word in TOPICS.items():
        (folder / f"{name}.txt").write_text(text(name, word))
    return folder


@pytest.fixture
def old(tmp_path: Path, news: Path) -> Iterator[Opened]:
    """The owner of an archive of them, with its embedder."""
    at = opened(tmp_path / "data")
    asyncio.run(at.archive.ingest([news]))
    yield at
    at.close()


def new_embedder() -> HashingEmbedder:
    """Another one, whose vectors mean something else and are shorter."""
    return HashingEmbedder(dimension=48, salt="other")


def check_whole(at: Opened, words: dict[str, str]) -> None:
    """Every article is found by its words and its own vectors, under its own name, and nothing else is."""
    assert {one.filename: one.fingerprint for one in at.record.known()} == {
        f"{name}.txt": at.archive.fingerprint for name in words}
    ids, vectors = at.record.vectors()
    assert vectors.shape == (at.record.totals()[1], at.embedder.dimension)
    assert [at.store.nearest(row, 1)[0].chunk_id for row in vectors] == ids
    assert at.store.count() == len(ids)
    for name, word in words.items():
        found = at.record.passages([hit.chunk_id for hit in at.store.matching(word, 10)])
        assert {source.filename for _, source in found.values()} == {f"{name}.txt"}, word


async def test_the_old_index_answers_until_the_next_start_takes_over_the_new(
        old: Opened, news: Path, tmp_path: Path) -> None:
    fingerprint, revision = old.archive.fingerprint, old.record.revision()
    beside = opened(tmp_path / "data", owner=False, embedder=new_embedder())
    report = await beside.archive.renew()
    assert (report.updated, report.articles) == (5, 5)
    with pytest.raises(StateError, match="was indexed as"):
        beside.archive.check()
    assert (old.record.revision(), old.archive.fingerprint) == (revision, fingerprint)
    check_whole(old, TOPICS)
    old.archive.check()

    # What changes after it was made ready is made anew when it is taken over.
    (news / "flood.txt").write_text(text("flood", "dyke"))
    (news / "school.txt").unlink()
    (news / "market.txt").rename(news / "fair.txt")
    (news / "ferry.txt").write_text(text("ferry", "captain"))
    now = {"docks": "crane", "flood": "dyke", "council": "budget", "fair": "apples", "ferry": "captain"}
    await old.archive.ingest([news], prune=True)
    (gone,) = (one.file_id for one in old.record.known() if one.filename == "docks.txt")
    await old.archive.remove([gone])
    del now["docks"]
    check_whole(old, now)
    ids = {one.filename: one.file_id for one in old.record.known()}
    old.close()

    embedder = new_embedder()
    new = opened(tmp_path / "data", embedder=embedder)
    await new.archive.take_over()
    new.archive.prepare()
    check_whole(new, now)
    assert {one.filename: one.file_id for one in new.record.known()} == ids
    assert {word for text in embedder.texts for word in ("dyke", "captain", "apples", "budget") if word in text} == {
        "dyke", "captain"}
    reader = opened(tmp_path / "data", owner=False)
    with pytest.raises(StateError, match="was indexed as"):
        reader.archive.check()
    reader.close()
    report = await new.archive.ingest([news])
    assert (report.added, report.updated, report.taken_down) == (0, 0, 1)
    beside.close()
    new.close()


async def test_nothing_that_was_not_made_ready_is_taken_over(old: Opened, tmp_path: Path) -> None:
    old.close()
    new = opened(tmp_path / "data", embedder=new_embedder())
    with pytest.raises(StateError, match="was indexed as"):
        await new.archive.take_over()
    new.close()
    again = opened(tmp_path / "data")
    await again.archive.take_over()
    again.archive.prepare()
    check_whole(again, TOPICS)
    again.close()


async def test_a_reader_that_was_there_before_refuses_to_search_another_embedders_vectors(
        old: Opened, tmp_path: Path) -> None:
    old.close()
    reader = opened(tmp_path / "data", owner=False)
    retriever = Retriever(reader.record, reader.store, reader.embedder, check=reader.archive.check)
    assert await retriever.retrieve("dyke", limit=3)
    new = opened(tmp_path / "data", embedder=new_embedder())
    await new.archive.rebuild()
    for _ in range(2):
        with pytest.raises(StateError, match="was indexed as"):
            await retriever.retrieve("dyke", limit=3)
    new.close()
    reader.close()


async def test_what_another_embedder_had_begun_leaves_no_trace(old: Opened, tmp_path: Path) -> None:
    for salt in ("first", "second"):
        beside = opened(tmp_path / "data", owner=False, embedder=HashingEmbedder(salt=salt))
        await beside.archive.renew()
        beside.close()
    assert old.record.lacking("of neither") != []
    old.close()
    new = opened(tmp_path / "data", embedder=HashingEmbedder(salt="second"))
    assert (await new.archive.rebuild()).updated == 0
    new.record.sweep()
    check_whole(new, TOPICS)
    assert new.record.leftovers() == []
    new.close()


async def test_an_article_that_changes_while_its_next_version_is_made_is_made_again(
        old: Opened, news: Path, tmp_path: Path) -> None:
    class Meddling(HashingEmbedder):
        async def embed(self, texts: object) -> object:  # type: ignore[override]
            found = await super().embed(texts)  # type: ignore[arg-type]
            if not self.meddled:
                self.meddled = True
                (news / "flood.txt").write_text(text("flood", "dyke"))
                await old.archive.ingest([news])
            return found

        meddled = False

    beside = opened(tmp_path / "data", owner=False, embedder=Meddling(dimension=48, salt="other"))
    await beside.archive.renew()
    beside.close()
    old.close()
    embedder = new_embedder()
    new = opened(tmp_path / "data", embedder=embedder)
    await new.archive.take_over()
    new.archive.prepare()
    assert embedder.texts == []
    check_whole(new, TOPICS | {"flood": "dyke"})
    new.close()


async def test_a_takedown_erases_what_was_made_ready_too(old: Opened, tmp_path: Path) -> None:
    beside = opened(tmp_path / "data", owner=False, embedder=new_embedder())
    await beside.archive.renew()
    beside.close()
    (gone,) = (one.file_id for one in old.record.known() if one.filename == "docks.txt")
    await old.archive.remove([gone])
    old.close()
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or b"News of the docks" not in path.read_bytes(), path
