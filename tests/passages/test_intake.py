"""Uploads that wait for one another: written together, each with its own result."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.errors import EmbedderError, StateError
from service.passages.archive import IngestReport
from service.passages.inbox import Failed, Upload
from service.ports import Vectors
from tests.support.archives import Opened, opened
from tests.support.hashing_embedder import HashingEmbedder

POISON = "mandrake"


class Choosy(HashingEmbedder):
    """Refuses whatever has a certain word in it; counts how often it is asked, and can be held up."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors, once it is open. Raises EmbedderError."""
        self.calls += 1
        self.asked.set()
        await self.open.wait()
        if any(POISON in text for text in texts):
            raise EmbedderError("this text can't be embedded")
        return await super().embed(texts)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Opened]:
    """An empty archive over an embedder that refuses some texts."""
    archive = opened(tmp_path / "data", embedder=Choosy())
    yield archive
    archive.close()


def upload(name: str, words: str, file_id: str | None = None) -> Upload:
    """A short article."""
    return Upload(name, f"The council of {words} met on Friday, its clerk said.\n".encode(), file_id=file_id)


def told(report: IngestReport | BaseException) -> object:
    """What an upload is told of itself, the sizes of the whole archive and times aside; an error's words."""
    if isinstance(report, BaseException):
        return str(report)
    return replace(report, articles=0, passages=0, seconds=0.0)


async def all_wait(at: Opened, number: int) -> None:
    """Until so many uploads stand in the queue."""
    for _ in range(2_000):
        if at.archive.waiting == number:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{at.archive.waiting} uploads wait, not {number}")


async def test_uploads_that_wait_are_one_commit_and_each_has_its_own_report(at: Opened) -> None:
    embedder = at.embedder
    assert isinstance(embedder, Choosy)
    await at.archive.add([upload("old.txt", "Osmer", "old")])
    embedder.open.clear()
    embedder.asked.clear()
    first = asyncio.create_task(at.archive.add([upload("first.txt", "Teller", "first")]))
    await embedder.asked.wait()
    names = [f"a{number}.txt" for number in range(10)]
    orders = [[upload(name, name, name)] for name in names] + [
        [upload("old.txt", "Osmer", "old")],
        [upload("old2.txt", "Lenn", "x"), upload("old3.txt", "Lenn", "x"), Upload("bad.txt", b"")]]
    waiting = [asyncio.create_task(at.archive.add(order)) for order in orders]
    await all_wait(at, len(waiting))
    calls, revision = embedder.calls, at.record.revision()
    embedder.open.set()
    assert (await first).articles == 2
    reports = await asyncio.gather(*waiting)
    nothing = IngestReport(0, 0, 0, 0, (), 13, 13, 0.0)
    assert [replace(report, seconds=0.0) for report in reports[:10]] == [
        replace(nothing, added=1, file_ids=(name,)) for name in names]
    assert replace(reports[10], seconds=0.0) == replace(nothing, unchanged=1, file_ids=("old",))
    last = reports[11]
    assert (last.added, last.file_ids, [failed.path for failed in last.failed]) == (1, ("x",), ["old2.txt", "bad.txt"])
    # Passages and sentences of all others, those of the first later; each time articles and origins are committed.
    assert (embedder.calls - calls, at.record.revision() - revision) == (2, 4)
    assert {one.path for one in at.record.failures()} == {"bad.txt", "old2.txt"}


async def test_an_upload_that_fails_harms_no_other_one(at: Opened) -> None:
    results = await asyncio.gather(
        at.archive.add([upload("a.txt", "Osmer", "a")]),
        at.archive.add([upload("b.txt", POISON, "b")]),
        at.archive.add([upload("c.txt", "Lenn", "c")]),
        return_exceptions=True,
    )
    nothing = IngestReport(0, 0, 0, 0, (), 0, 0, 0.0)
    assert [told(result) for result in results] == [
        replace(nothing, added=1, file_ids=("a",)), "this text can't be embedded",
        replace(nothing, added=1, file_ids=("c",))]
    assert isinstance(results[1], EmbedderError)
    assert [one.file_id for one in at.record.articles().items] == ["a", "c"]
    assert {one.origin_id for one in at.record.articles().items} != {""}


async def test_whoever_gives_up_in_the_queue_leaves_nothing_behind(at: Opened) -> None:
    embedder = at.embedder
    assert isinstance(embedder, Choosy)
    embedder.open.clear()
    first = asyncio.create_task(at.archive.add([upload("a.txt", "Osmer", "a")]))
    await embedder.asked.wait()
    second, third = (asyncio.create_task(at.archive.add([upload(f"{name}.txt", name, name)])) for name in "bc")
    await all_wait(at, 2)
    for task in (first, second):
        task.cancel()
    await asyncio.wait({first, second})
    embedder.open.set()
    assert (await third).file_ids == ("c",)
    await at.archive.close()
    # What was being written already is whole; what waited is not there.
    assert [one.file_id for one in at.record.articles().items] == ["a", "c"]
    assert at.store.count() == at.record.totals()[1]


async def test_more_than_a_portion_is_written_in_several(at: Opened) -> None:
    many = [Upload(f"{number:03}.txt", f"Stall {number} sold bread on day {number}.".encode()) for number in range(150)]
    reports = await asyncio.gather(at.archive.add(many[:100]), *(at.archive.add([one]) for one in many[100:]))
    assert [report.added for report in reports] == [100, *[1] * 50]
    assert at.record.totals()[0] == at.store.count() == 150


async def test_a_failure_of_the_whole_archive_is_told_to_all_who_wait(at: Opened) -> None:
    at.record.set_meta("fingerprint", "another one")
    results = await asyncio.gather(
        *(at.archive.add([upload(f"{name}.txt", name)]) for name in "abc"), return_exceptions=True)
    assert [type(result) for result in results] == [StateError] * 3
    assert at.record.totals() == (0, 0)


UPLOADS = st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["Osmer", "Lenn", POISON])),
                            min_size=1, max_size=3), min_size=1, max_size=5)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(UPLOADS)
def test_uploads_at_once_end_as_those_one_after_the_other(plan: list[list[tuple[str, str]]]) -> None:
    async def run(data: Path, *, at_once: bool) -> tuple[object, ...]:
        archive = opened(data, embedder=Choosy())
        orders = [[upload(f"{name}.txt", words, name) for name, words in order] for order in plan]
        try:
            if at_once:
                results = await asyncio.gather(*map(archive.archive.add, orders), return_exceptions=True)
            else:
                results = [(await asyncio.gather(archive.archive.add(order), return_exceptions=True))[0]
                           for order in orders]
            texts = {one.file_id: archive.record.article(one.file_id).text for one in archive.record.articles().items}
            return [told(result) for result in results], texts, archive.record.totals(), archive.store.count()
        finally:
            archive.close()

    with tempfile.TemporaryDirectory() as folder:
        one, other = (asyncio.run(run(Path(folder) / str(at_once), at_once=at_once)) for at_once in (False, True))
    assert one == other


def test_an_upload_of_nothing_readable_says_so_of_each_file(at: Opened) -> None:
    report = asyncio.run(at.archive.add([Upload("a.txt", b""), upload("b.txt", "Osmer", "no id/")]))
    assert [type(failed) for failed in report.failed] == [Failed, Failed]
    assert ([failed.path for failed in report.failed], report.file_ids) == (["a.txt", "b.txt"], ())
