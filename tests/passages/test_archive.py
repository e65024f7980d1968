"""Ingest from end to end: what is added, updated, left alone, pruned, taken down, set aside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from service.adapters.vector_file import Coded
from service.articles.metadata import Metadata
from service.domain import Filters, Sourced
from service.errors import BusyError, NotFoundError, ReadError, StateError
from service.passages.archive import IngestReport
from service.passages.inbox import Failed, Upload
from service.ports import Sentences, Vectors
from tests.support.archives import Opened, opened
from tests.support.hashing_embedder import HashingEmbedder

FLOOD = """Valley floods force thousands from their homes

By Dana Field, Harbour Post, 3 March 2026

The river Lenn rose by two metres on Monday night and broke the dyke at Osmer. About 4,200 people were moved
out of the lower town, the county said on Tuesday.

Rescuers used boats to reach the last streets. Nobody was hurt, the fire brigade said.
"""
DOCKS = """Dock workers end their strike

The crane drivers of Port Amity went back to work on Friday after eleven days. Their union said that the new
contract raises pay by six percent.

The port's owner confirmed the figure and called the settlement fair.
"""
ORCHARD = """Orchards lose half of their blossom

Growers in the Teller hills expect half of the usual harvest. Frost killed the blossom in two nights of late
April, the growers' association said.
"""


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder of three articles."""
    folder = tmp_path / "news"
    (folder / "sub").mkdir(parents=True)
    (folder / "flood.txt").write_text(FLOOD)
    (folder / "docks.md").write_text(DOCKS)
    (folder / "sub" / "orchard.txt").write_text(ORCHARD)
    return folder


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    """Added, updated, unchanged, removed, failed."""
    return report.added, report.updated, report.unchanged, report.removed, len(report.failed)


def ids(at: Opened) -> dict[str, str]:
    """Each article's id by its name."""
    return {one.filename: one.file_id for one in at.record.articles().items}


def _sentences(at: Opened) -> dict[str, Sentences]:
    """Each article's sentences."""
    return {file_id: told for file_id, (_, told) in at.record.readings(list(ids(at).values())).items() if told}


async def finds(at: Opened, words: str) -> set[str]:
    """The names of the articles that the word index finds and the record shows."""
    hits = at.store.matching(words, 20)
    return {source.filename for _, source in at.record.passages([one.chunk_id for one in hits]).values()}


def disk(folder: Path) -> dict[str, bytes]:
    """Every file's bytes."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


async def test_articles_are_added_and_found_by_words_and_by_meaning(at: Opened, news: Path) -> None:
    report = await at.archive.ingest([news])
    assert counts(report) == (3, 0, 0, 0, 0)
    assert (report.articles, report.passages) == at.record.totals() == (3, at.store.count())
    assert set(ids(at)) == {"flood.txt", "docks.md", "sub/orchard.txt"}
    assert await finds(at, "crane drivers' union") == {"docks.md"}
    chunk_ids, vectors = at.record.vectors()
    for chunk_id, vector in zip(chunk_ids, vectors, strict=True):
        assert at.store.nearest(vector, 1)[0].chunk_id == chunk_id
    flood = at.record.article(ids(at)["flood.txt"])
    assert flood.text == FLOOD
    assert flood.path == str((news / "flood.txt").resolve())
    for chunk, source in at.record.passages(chunk_ids).values():
        assert at.record.article(source.file_id).text[chunk.start : chunk.end] == chunk.text


async def test_the_report_is_the_contracts(at: Opened, news: Path) -> None:
    (news / "blank.txt").write_text("  \n")
    report = json.loads(json.dumps(asdict(await at.archive.ingest([news]))))
    assert list(report)[:8] == [
        "added", "updated", "unchanged", "removed", "failed", "articles", "passages", "seconds"]
    assert list(report["failed"][0]) == ["path", "error"]
    assert report["failed"][0]["path"] == str((news / "blank.txt").resolve())


async def test_running_again_changes_nothing(at: Opened, news: Path, tmp_path: Path) -> None:
    await at.archive.ingest([news])
    at.close()
    before, embedded = disk(tmp_path / "data"), HashingEmbedder()
    again = opened(tmp_path / "data", embedder=embedded)
    assert counts(await again.archive.ingest([news])) == (0, 0, 3, 0, 0)
    assert counts(await again.archive.ingest([news / "sub", news / "flood.txt"])) == (0, 0, 2, 0, 0)
    again.close()
    assert embedded.texts == []
    after = disk(tmp_path / "data")
    assert {name for name in after if after[name] != before.get(name)} <= {
        str(tmp_path / "data" / "record.sqlite3")}
    assert before.keys() == after.keys()


async def test_a_changed_file_becomes_a_new_version_and_the_old_words_go(at: Opened, news: Path) -> None:
    await at.archive.ingest([news])
    old = ids(at)
    (news / "flood.txt").write_text(FLOOD.replace("boats", "helicopters"))
    assert counts(await at.archive.ingest([news])) == (0, 1, 2, 0, 0)
    assert ids(at) == old
    assert await finds(at, "helicopter") == {"flood.txt"}
    assert await finds(at, "boats") == set()
    assert at.store.count() == at.record.totals()[1]
    assert at.record.leftovers() == []


async def test_a_vanished_file_goes_with_prune_alone(at: Opened, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "o.txt").write_text(ORCHARD.replace("Teller", "Malden"))
    await at.archive.ingest([news, other])
    (news / "flood.txt").unlink()
    (other / "o.txt").rename(tmp_path / "o.txt")
    assert counts(await at.archive.ingest([news])) == (0, 0, 2, 0, 0)
    assert counts(await at.archive.ingest([news], prune=True)) == (0, 0, 2, 1, 0)
    assert set(ids(at)) == {"docks.md", "sub/orchard.txt", "o.txt"}, "another folder is not pruned"
    assert await finds(at, "river dyke") == set()
    assert at.store.count() == at.record.totals()[1]


async def test_an_empty_folder_is_not_taken_for_a_reason_to_prune(at: Opened, news: Path) -> None:
    await at.archive.ingest([news])
    for path in (news / "flood.txt", news / "docks.md", news / "sub" / "orchard.txt"):
        path.unlink()
    with pytest.raises(ReadError, match="no readable article"):
        await at.archive.ingest([news], prune=True)
    assert len(ids(at)) == 3


async def test_a_takedown_leaves_nothing_of_the_article(at: Opened, news: Path, tmp_path: Path) -> None:
    (news / "secret.txt").write_text(
        "Witness named in the harbour case\n\nThe witness Quillfeather lives in Plumsted, the court papers "
        "say. Nothing else is known of the case so far.\n")
    await at.archive.ingest([news])
    secret = ids(at)["secret.txt"]
    gone, vectors = at.record.vectors(at.record.within(Filters(file_ids=(secret,))))
    kept = b"".join(disk(tmp_path / "data").values())
    # A row may lie across two pages of the database, so that one of several pieces is cut.
    pieces = [vectors[0].tobytes()[at : at + 24] for at in (0, 100, 200)]
    coded = [part[0].tobytes() for part in (Coded.of(vectors).codes, Coded.of(vectors).fine)]
    assert all(part in kept for part in coded), "there, before"
    traces = (b"Quillfeather", gone[0].encode(), *pieces, *coded)
    assert b"Quillfeather" in kept, "there, before"
    assert sum(piece in kept for piece in pieces) >= 2, "there, before"
    assert await at.archive.remove([secret, "art_nobody"]) == [secret]
    with pytest.raises(NotFoundError):
        at.record.article(secret)
    assert await finds(at, "Quillfeather Plumsted") == set()
    assert not {one.chunk_id for one in at.store.nearest(vectors[0], 50)} & set(gone)
    assert at.store.count() == at.record.totals()[1]
    at.close()
    for name, content in disk(tmp_path / "data").items():
        assert not [trace for trace in traces if trace in content], name


async def test_what_cannot_be_read_is_set_aside_and_stops_nothing(at: Opened, news: Path) -> None:
    (news / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (news / "blank.txt").write_text("\n \n")
    (news / "picture.jpg").write_bytes(b"\xff\xd8")
    (news / "huge.txt").write_text("word " * 5_000_000)
    report = await at.archive.ingest([news])
    assert counts(report) == (3, 0, 0, 0, 3)
    failed = {Path(one.path).name: one.error for one in report.failed}
    assert set(failed) == {"binary.txt", "blank.txt", "huge.txt"}
    assert [(one.path, one.error) for one in at.record.failures()] == sorted(
        (one.path, one.error) for one in report.failed)
    (news / "blank.txt").write_text(ORCHARD.replace("Teller", "Malden"))
    for name in ("binary.txt", "huge.txt"):
        (news / name).unlink()
    assert counts(await at.archive.ingest([news])) == (1, 0, 3, 0, 0)
    assert {Path(one.path).name for one in at.record.failures()} == {"binary.txt", "huge.txt"}


async def test_a_folder_without_an_article_fails_with_the_reasons(at: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(ReadError, match=r"no readable article in .*empty"):
        await at.archive.ingest([folder])
    (folder / "blank.txt").write_text("")
    (folder / "film.mp4").write_bytes(b"\0")
    with pytest.raises(ReadError) as told:
        await at.archive.ingest([folder])
    assert "blank.txt" in str(told.value)
    assert ".mp4" in str(told.value)
    with pytest.raises(ReadError, match="not there"):
        await at.archive.ingest([tmp_path / "nowhere"])
    assert at.record.totals() == (0, 0)


async def test_a_folder_without_an_article_beside_a_good_one_is_a_failure_of_its_own(
    at: Opened, news: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    report = await at.archive.ingest([news, tmp_path / "empty"])
    assert counts(report) == (3, 0, 0, 0, 1)
    assert report.failed == (Failed(str(tmp_path / "empty"), "no readable article in this folder"),)


async def test_two_files_of_one_name_in_one_source_are_not_mixed_up(
    at: Opened, news: Path, tmp_path: Path
) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "flood.txt").write_text(ORCHARD)
    report = await at.archive.ingest([news, tmp_path / "b"], source="wire")
    assert counts(report) == (3, 0, 0, 0, 2)
    assert "--source" in report.failed[0].error
    assert at.record.article(ids(at)["flood.txt"]).text == FLOOD


async def test_reprints_share_an_origin_across_ingests(at: Opened, news: Path, tmp_path: Path) -> None:
    await at.archive.ingest([news])
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "copy.txt").write_text(FLOOD.replace("Harbour Post", "Valley Echo"))
    await at.archive.ingest([tmp_path / "again"])
    origins = {one.filename: one.origin_id for one in at.record.articles().items}
    assert origins["copy.txt"] == origins["flood.txt"]
    assert len(set(origins.values())) == 3
    assert all(one.startswith("org_") for one in origins.values())
    copies = {one.filename: one.reprint_of for one in at.record.articles().items}
    assert sum(copy is not None for copy in copies.values()) == 1


async def test_uploads_are_articles_and_replace_one_another_by_name_or_id(at: Opened) -> None:
    first = Upload("flood.txt", FLOOD.encode(), file_id="my-flood")
    given = Metadata(publisher=Sourced("Harbour Post", "caller"))
    second = Upload("docks.txt", DOCKS.encode(), given=given)
    assert counts(await at.archive.add([first, second])) == (2, 0, 0, 0, 0)
    assert at.record.article("my-flood").text == FLOOD
    assert counts(await at.archive.add([first, second])) == (0, 0, 2, 0, 0)
    other = replace(second, given=Metadata(publisher=Sourced("Echo", "caller")))
    assert counts(await at.archive.add([other])) == (0, 1, 0, 0, 0)
    assert {one.publisher for one in at.record.articles().items if one.filename == "docks.txt"} == {"Echo"}
    report = await at.archive.add([
        replace(first, data=ORCHARD.encode()), first, Upload("x.txt", b""),
        Upload("y.txt", b"Text.", file_id="a/b")])
    assert counts(report) == (0, 0, 1, 0, 3)
    assert at.record.totals()[0] == 2


async def test_an_archive_of_another_embedder_is_refused_until_rebuilt(
    at: Opened, news: Path, tmp_path: Path
) -> None:
    await at.archive.ingest([news])
    before = ids(at), at.record.totals()
    at.close()
    other = opened(tmp_path / "data", embedder=HashingEmbedder(dimension=48, salt="other"))
    for refused in (other.archive.check, other.archive.prepare):
        with pytest.raises(StateError) as told:
            refused()
        assert "onrecord ingest --rebuild" in told.value.advice
    with pytest.raises(StateError):
        await other.archive.ingest([news])
    assert counts(await other.archive.rebuild()) == (0, 3, 0, 0, 0)
    other.archive.check()
    assert (ids(other), other.record.totals()) == before
    chunk_ids, vectors = other.record.vectors()
    assert vectors.shape == (before[1][1], 48)
    assert [other.store.nearest(row, 1)[0].chunk_id for row in vectors] == chunk_ids
    assert await finds(other, "crane") == {"docks.md"}
    assert counts(await other.archive.ingest([news])) == (0, 0, 3, 0, 0)
    other.close()


async def test_a_rebuild_for_another_cleaning_embeds_no_text_again(
    at: Opened, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await at.archive.ingest([news])
    chunk_ids, before = at.record.vectors()
    sentences = _sentences(at)
    at.close()
    monkeypatch.setattr("service.passages.archive.CLEANING", "next")
    embedder = HashingEmbedder()
    later = opened(tmp_path / "data", embedder=embedder)
    assert counts(await later.archive.rebuild()) == (0, 3, 0, 0, 0)
    assert embedder.texts == []
    new_ids, after = later.record.vectors()
    assert (len(new_ids), set(new_ids) & set(chunk_ids)) == (len(chunk_ids), set())
    assert after.tobytes() == before.tobytes()
    told = _sentences(later)
    assert told.keys() == sentences.keys() == set(ids(later).values())
    for file_id, own in told.items():
        assert own.places == sentences[file_id].places
        assert np.allclose(own.vectors, sentences[file_id].vectors, atol=1e-6)
    later.close()


async def test_of_a_changed_article_only_what_changed_is_embedded(
    at: Opened, news: Path, tmp_path: Path
) -> None:
    at.close()
    embedder = HashingEmbedder()
    again = opened(tmp_path / "data", embedder=embedder)
    await again.archive.ingest([news])
    embedder.texts.clear()
    (news / "flood.txt").write_text(FLOOD.replace("Nobody was hurt", "One man was hurt"))
    assert counts(await again.archive.ingest([news])) == (0, 1, 2, 0, 0)
    assert embedder.texts
    assert all("One man was hurt" in text for text in embedder.texts)
    again.close()


async def test_a_rebuild_that_was_broken_off_changes_nothing_and_goes_on(
    at: Opened, news: Path, tmp_path: Path
) -> None:
    await at.archive.ingest([news])
    before = at.record.vectors()
    at.close()

    class Failing(HashingEmbedder):
        left = 1

        async def embed(self, texts: Sequence[str]) -> Vectors:
            if self.left == 0:
                raise OSError(f"gone before {len(texts)} texts")
            self.left -= 1
            return await super().embed(texts)

    broken = opened(tmp_path / "data", embedder=Failing(salt="other"))
    with pytest.raises(OSError, match="gone"):
        await broken.archive.rebuild()
    with pytest.raises(StateError, match="was indexed as"):
        broken.archive.check()
    broken.close()
    old = opened(tmp_path / "data")
    old.archive.prepare()
    assert old.record.vectors()[0] == before[0]
    assert old.record.vectors()[1].tobytes() == before[1].tobytes()
    assert await finds(old, "crane") == {"docks.md"}
    old.close()
    again = opened(tmp_path / "data", embedder=HashingEmbedder(salt="other"))
    assert counts(await again.archive.rebuild()) == (0, 3, 0, 0, 0)
    again.archive.check()
    assert await finds(again, "crane") == {"docks.md"}
    assert again.store.count() == again.record.totals()[1]
    again.close()


async def test_one_ingest_at_a_time(at: Opened, news: Path, tmp_path: Path) -> None:
    reports = await asyncio.gather(*(at.archive.ingest([news]) for _ in range(3)))
    assert sorted(counts(one) for one in reports) == [(0, 0, 3, 0, 0), (0, 0, 3, 0, 0), (3, 0, 0, 0, 0)]
    with pytest.raises(BusyError, match="pid"):
        opened(tmp_path / "data")


async def test_progress_counts_every_file(at: Opened, news: Path) -> None:
    told: list[tuple[int, int, str]] = []
    await at.archive.ingest([news], progress=lambda *now: told.append(now))
    assert [(done, of) for done, of, _ in told] == [(1, 3), (2, 3), (3, 3)]
    assert {name for _, _, name in told} == {"flood.txt", "docks.md", "sub/orchard.txt"}


async def test_a_reader_beside_the_owner_finds_what_was_just_ingested(
    at: Opened, news: Path, tmp_path: Path
) -> None:
    reader = opened(tmp_path / "data", owner=False)
    assert reader.store.matching("crane", 5) == []
    await at.archive.ingest([news])
    assert await finds(reader, "crane") == {"docks.md"}
    chunk_ids, vectors = reader.record.vectors()
    assert reader.store.nearest(vectors[0], 1)[0].chunk_id == chunk_ids[0]
    reader.close()
