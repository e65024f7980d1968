"""Folders kept in step: renames, files of many articles, what was taken down, changes alone, and who does the work."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.articles.origins import group
from service.errors import OnRecordError, StateError
from service.passages.grouping import Sketches, sketch_of
from service.passages.handover import IngestOrder, report_of, serve_requests
from service.passages.inbox import Upload
from service.passages.signatures import unpacked
from tests.support.archives import Opened, opened

FERRY = "The night ferry ran aground off Merrow Point on Tuesday, and all on board were brought ashore.\n"
FOG = "The harbour office opened an inquiry on Wednesday, since the captain had reported fog before.\n"
TUGS = "Two tugs will try to pull the ship free at the next spring tide, if the wind allows it.\n"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Opened]:
    """An open archive."""
    archive = opened(tmp_path / "data")
    yield archive
    archive.close()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with two articles."""
    folder = tmp_path / "news"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "ferry.txt").write_text(FERRY)
    (folder / "deep" / "er" / "fog.txt").write_text(FOG)
    return folder


def ids(at: Opened) -> dict[str, str]:
    """Each live article's id by its name."""
    return {one.filename: one.file_id for one in at.record.known()}


def feed(path: Path, *articles: tuple[str, str]) -> None:
    """JSON Lines of (id, text)."""
    path.write_text("".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in articles))


async def test_a_renamed_file_keeps_its_article_and_is_not_read_again(at: Opened, news: Path) -> None:
    await at.archive.ingest([news])
    before, versions = ids(at), {one.file_id: one.version for one in at.record.known()}
    (news / "ferry.txt").rename(news / "deep" / "halcyon.txt")
    report = await at.archive.ingest([news], prune=True)
    assert (report.added, report.updated, report.unchanged, report.removed) == (0, 0, 2, 0)
    assert ids(at)["deep/halcyon.txt"] == before["ferry.txt"]
    assert {one.file_id: one.version for one in at.record.known()} == versions
    moved = at.record.article(before["ferry.txt"])
    assert moved.path == str((news / "deep" / "halcyon.txt").resolve())


async def test_a_new_file_under_the_old_name_gets_an_id_of_its_own(at: Opened, news: Path) -> None:
    await at.archive.ingest([news])
    before = ids(at)
    (news / "ferry.txt").rename(news / "halcyon.txt")
    await at.archive.ingest([news])
    (news / "ferry.txt").write_text(TUGS)
    report = await at.archive.ingest([news])
    assert (report.added, report.unchanged, len(report.failed)) == (1, 2, 0)
    after = ids(at)
    assert after["halcyon.txt"] == before["ferry.txt"]
    assert after["ferry.txt"] not in before.values()
    (news / "ferry.txt").write_text(TUGS + TUGS)
    assert (await at.archive.ingest([news])).updated == 1
    assert ids(at) == after


async def test_a_copy_beside_its_original_is_an_article_of_its_own(at: Opened, news: Path) -> None:
    await at.archive.ingest([news])
    shutil.copy(news / "ferry.txt", news / "copy.txt")
    assert (await at.archive.ingest([news])).added == 1
    assert len(set(ids(at).values())) == 3


async def test_of_a_feed_only_new_and_changed_lines_are_work(at: Opened, news: Path) -> None:
    feed(news / "feed.jsonl", ("a", FERRY), ("b", FOG))
    assert (await at.archive.ingest([news])).added == 4
    versions = {one.filename: one.version for one in at.record.known()}
    feed(news / "feed.jsonl", ("c", TUGS), ("a", FERRY), ("b", FOG + TUGS))
    report = await at.archive.ingest([news])
    assert (report.added, report.updated, report.unchanged) == (1, 1, 3)
    now = {one.filename: one.version for one in at.record.known()}
    assert now["feed.jsonl#a"] == versions["feed.jsonl#a"]
    assert now["feed.jsonl#b"] > versions["feed.jsonl#b"]


async def test_a_line_that_is_gone_goes_with_prune_alone(at: Opened, news: Path) -> None:
    feed(news / "feed.jsonl", ("a", FERRY), ("b", FOG))
    await at.archive.ingest([news])
    feed(news / "feed.jsonl", ("b", FOG))
    assert (await at.archive.ingest([news])).removed == 0
    report = await at.archive.ingest([news], prune=True)
    assert report.removed == 1
    assert "feed.jsonl#a" not in ids(at)
    assert (await at.archive.ingest([news], prune=True)).removed == 0


async def test_a_renamed_feed_keeps_the_ids_of_its_lines(at: Opened, news: Path) -> None:
    feed(news / "feed.jsonl", ("a", FERRY), ("b", FOG))
    await at.archive.ingest([news])
    before = ids(at)
    (news / "feed.jsonl").rename(news / "old.jsonl")
    await at.archive.ingest([news], prune=True)
    after = ids(at)
    assert after["old.jsonl#a"] == before["feed.jsonl#a"]
    feed(news / "old.jsonl", ("a", FERRY + TUGS), ("b", FOG))
    assert (await at.archive.ingest([news])).updated == 1
    assert ids(at) == after


async def test_a_bad_line_is_listed_until_its_file_is_read_without_it(at: Opened, news: Path) -> None:
    (news / "feed.jsonl").write_text(json.dumps({"id": "a", "text": FERRY}) + "\nrubbish\n")
    report = await at.archive.ingest([news])
    path = str((news / "feed.jsonl").resolve())
    assert [one.path for one in report.failed] == [f"{path}#line 2"]
    await at.archive.ingest([news])
    assert [one.path for one in at.record.failures()] == [f"{path}#line 2"]
    feed(news / "feed.jsonl", ("a", FERRY))
    await at.archive.ingest([news])
    assert at.record.failures() == []


async def test_what_was_taken_down_stays_out_until_it_is_restored(at: Opened, news: Path) -> None:
    await at.archive.ingest([news])
    gone = ids(at)["ferry.txt"]
    await at.archive.remove([gone])
    report = await at.archive.ingest([news])
    assert (report.added, report.taken_down, len(report.failed)) == (0, 1, 0)
    (news / "ferry.txt").write_text(FERRY + TUGS)
    (news / "copy.txt").write_text(FERRY)
    assert (await at.archive.ingest([news])).taken_down == 2
    assert gone not in ids(at).values()
    (news / "copy.txt").unlink()
    assert (await at.archive.ingest([news], restore=True)).added == 1
    assert ids(at)["ferry.txt"] == gone
    assert (await at.archive.ingest([news])).unchanged == 2


async def test_naming_the_file_or_uploading_it_takes_it_in_again(at: Opened, news: Path) -> None:
    await at.archive.ingest([news])
    await at.archive.remove([ids(at)["ferry.txt"]])
    assert (await at.archive.ingest([news / "ferry.txt"])).added == 1
    await at.archive.add([Upload("fog.txt", FOG.encode(), file_id="fog")])
    await at.archive.remove(["fog"])
    assert (await at.archive.add([Upload("fog.txt", FOG.encode(), file_id="fog")])).file_ids == ("fog",)


async def test_a_line_taken_down_stays_out_when_its_feed_grows(at: Opened, news: Path) -> None:
    feed(news / "feed.jsonl", ("a", "One. " + FERRY), ("b", "Two. " + FOG))
    await at.archive.ingest([news])
    await at.archive.remove([ids(at)["feed.jsonl#a"]])
    feed(news / "feed.jsonl", ("a", "One. " + FERRY), ("b", "Two. " + FOG), ("c", TUGS))
    report = await at.archive.ingest([news])
    assert (report.added, report.taken_down) == (1, 1)
    assert "feed.jsonl#a" not in ids(at)
    assert (await at.archive.ingest([news], restore=True)).added == 1


async def test_with_only_nothing_else_is_looked_at(at: Opened, news: Path) -> None:
    await at.archive.ingest([news])
    (news / "ferry.txt").write_text(TUGS)
    (news / "deep" / "er" / "fog.txt").unlink()
    report = await at.archive.ingest([news], prune=True, only=[str((news / "ferry.txt").resolve())])
    assert (report.updated, report.removed) == (1, 0)
    assert (await at.archive.ingest([news], prune=True, only=[str((news / "deep").resolve())])).removed == 1


async def test_poison_in_a_folder_stops_nothing_else(at: Opened, news: Path) -> None:
    (news / "bad.pdf").write_bytes(b"%PDF-1.7 rubbish")
    (news / "deep.html").write_bytes(b"<div>" * 100_000 + b"words")
    (news / "picture.png").write_bytes(b"\x89PNG")
    os.mkfifo(news / "pipe.txt")
    report = await at.archive.ingest([news])
    assert (report.added, len(report.failed)) == (2, 3)
    assert [Path(one.path).name for one in report.passed_over] == ["picture.png"]
    assert [Path(one.path).name for one in at.record.failures()] == ["bad.pdf", "deep.html", "pipe.txt"]


async def test_an_ingest_is_handed_to_the_owner_through_the_record(at: Opened, news: Path, tmp_path: Path) -> None:
    reader = opened(tmp_path / "data", owner=False)
    good = reader.record.ask_ingest(IngestOrder((news,)).as_request())
    bad = reader.record.ask_ingest(IngestOrder((tmp_path / "nowhere",)).as_request())
    assert await serve_requests(at.archive, at.record) == 2
    reply = reader.record.ingest_request(good).reply
    assert reply is not None
    assert report_of(reply).added == 2
    failed = reader.record.ingest_request(bad).reply
    assert failed is not None
    with pytest.raises(OnRecordError, match="nowhere"):
        report_of(failed)
    assert await serve_requests(at.archive, at.record) == 0
    reader.close()


async def test_a_full_disk_is_a_clear_error_and_the_archive_still_answers(tmp_path: Path, news: Path) -> None:
    at = opened(tmp_path / "data")
    await at.archive.ingest([news])
    for number in range(40):
        (news / f"more-{number}.txt").write_text(f"Report {number}. " + (FERRY + FOG + TUGS) * 40)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(path.stat().st_size for path in (tmp_path / "data").rglob("*") if path.is_file())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 200_000, hard))
    try:
        with pytest.raises(StateError) as full:
            await at.archive.ingest([news])
        assert full.value.advice
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    found = at.record.passages([hit.chunk_id for hit in at.store.matching("inquiry", 5)])
    assert any(source.filename.endswith("fog.txt") for _, source in found.values())
    at.close()
    again = opened(tmp_path / "data")
    assert (await again.archive.ingest([news])).articles == 42
    again.close()


async def test_grouping_a_few_gives_what_grouping_all_gives(at: Opened, tmp_path: Path) -> None:
    dice = random.Random(7)
    words = [f"word{number}" for number in range(400)]
    folder = tmp_path / "wire"
    folder.mkdir()
    stories = [[dice.choice(words) for _ in range(120)] for _ in range(12)]
    for step in range(5):
        for number, story in enumerate(stories):
            if dice.random() < 0.6:
                copy = [word if dice.random() > 0.04 * dice.randrange(4) else dice.choice(words) for word in story]
                text = " ".join(copy[: dice.randrange(60, 121)]).capitalize() + ".\n"
                (folder / f"s{number:02d}-{dice.randrange(4)}.txt").write_text(text)
        for path in sorted(folder.iterdir()):
            if step and dice.random() < 0.1:
                path.unlink()
        await at.archive.ingest([folder], prune=True)
        signed = at.record.signatures()
        told = {one.file_id: one.origin_id for one in signed}
        wanted = group([unpacked(one.signature) for one in signed], told)
        assert told == {file_id: one.origin_id for file_id, one in wanted.items()}
        assert {one.file_id: one.reprint_of for one in signed} == {
            file_id: one.reprint_of for file_id, one in wanted.items()}


async def test_only_what_shares_a_band_is_grouped_again(at: Opened, news: Path) -> None:
    (news / "copy.txt").write_text("By our desk.\n\n" + FERRY * 3)
    (news / "ferry.txt").write_text(FERRY * 3)
    await at.archive.ingest([news])
    by_name = ids(at)
    names, data = at.record.sketches()
    assert len(data) == 512 * len(names)
    sketches = Sketches(at.record)
    sketches.follow()
    assert sketches.connected({by_name["ferry.txt"]}) == {by_name["ferry.txt"], by_name["copy.txt"]}
    await at.archive.remove([by_name["copy.txt"]])
    sketches.follow()
    assert sketches.connected({by_name["ferry.txt"]}) == {by_name["ferry.txt"]}
    (news / "again.txt").write_text("From our desk.\n\n" + FERRY * 3)
    await at.archive.ingest([news])
    sketches.follow()
    assert sketches.connected({by_name["ferry.txt"]}) == {by_name["ferry.txt"], ids(at)["again.txt"]}
    first = at.record.signed([by_name["ferry.txt"]])[0]
    assert sketch_of(first.signature) == data[512 * names.index(first.file_id) :][:512]


async def test_a_watched_folder_is_followed_until_it_is_stopped(tmp_path: Path, news: Path) -> None:
    from service.doors.ingesting import watch
    from service.settings import Settings

    told: list[tuple[int, int]] = []
    heard, stop = asyncio.Event(), asyncio.Event()

    def tell(report: object) -> None:
        told.append((report.added, report.removed))  # type: ignore[attr-defined]
        heard.set()

    settings = Settings(data=tmp_path / "watched")
    following = asyncio.create_task(watch(settings, IngestOrder((news,), prune=True), tell, stop=stop))
    await asyncio.wait_for(heard.wait(), 60)
    heard.clear()
    (news / "tugs.txt").write_text(TUGS)
    await asyncio.wait_for(heard.wait(), 60)
    heard.clear()
    (news / "tugs.txt").unlink()
    await asyncio.wait_for(heard.wait(), 60)
    stop.set()
    await asyncio.wait_for(following, 60)
    assert told == [(2, 0), (1, 0), (0, 1)]
