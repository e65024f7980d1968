"""Chroma's copy of the vectors, in every state that a kill, damage or a long list of work may leave it in: questions are
answered from what is live all the while, nothing waits for Chroma, and no damaged file of its own is opened by it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from service.adapters.chroma_copy import Copied
from service.adapters.chroma_process import FolderVectors
from service.adapters.embedded_store import EXACTLY, EmbeddedStore
from service.adapters.generations import Generation, Generations
from service.adapters.record import SqlRecord
from service.domain import Article
from service.errors import StateError
from service.ports import Draft
from tests.conftest import ROOT
from tests.faults.test_archive_states import damage_file
from tests.support.archives import HARBOUR, MAYOR, RECIPE, article, published
from tests.support.chroma_here import ChromaHere

MANY = article("many", *(f"Item {n} of list{n}." + " More." * 60 for n in range(12)))
MORE = [article(f"more{n}", f"Notice number{n} of the day{n}.") for n in range(6)]


class Watched(ChromaHere):
    """Chroma in its folder and this process, which tells what is done there and can be held up or made to fail."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.added: list[str] = []
        self.asked = 0
        self.fault: str | None = None
        self.free = threading.Event()
        self.free.set()
        self.reached = threading.Event()

    def open(self, generation: Generation) -> Copied:
        """As usual, noted."""
        if self.fault == "open":
            raise StateError("Chroma is broken")
        self.opened.append(generation.folder.name)
        opened = super().open(generation)
        add, nearest = opened.add, opened.nearest

        def watched_add(ids: Sequence[str], vectors: Any) -> None:
            self.reached.set()
            assert self.free.wait(60)
            self.added += ids
            if self.fault == "add":
                raise StateError("Chroma broke")
            add(ids, vectors)

        def watched_nearest(vector: Any, limit: int) -> Any:
            self.asked += 1
            if self.fault == "ask":
                raise StateError("Chroma broke")
            return nearest(vector, limit)

        opened.add, opened.nearest = watched_add, watched_nearest  # type: ignore[method-assign]
        return opened


class At:
    """An archive's record and its owner's store."""

    def __init__(self, data: Path, *, exactly: int = 0) -> None:
        self.place = Watched()
        self.record = SqlRecord(f"sqlite:///{data / 'record.sqlite3'}")
        self.store = EmbeddedStore(data, self.record, owner=True, place=self.place, exactly=exactly)

    async def take(self, *articles: Article) -> list[Draft]:
        """Put articles into the archive."""
        drafts = await published(self.record, *articles, store=self.store)
        self.store.settle()
        return drafts

    def caught_up(self) -> bool:
        """Have Chroma brought up to the record; whether it can be asked then."""
        self.store.chroma.follow(at_once=True)
        return self.store.chroma.wait(60)

    def finds(self, drafts: Sequence[Draft]) -> None:
        """Each chunk is nearest to its own vector."""
        for draft in drafts:
            for chunk, vector in zip(draft.chunks, draft.vectors, strict=True):
                assert self.store.nearest(vector, 1)[0].chunk_id == chunk.chunk_id

    def check(self, drafts: Sequence[Draft], *, asks: bool) -> None:
        """They are found; by Chroma, or all without it."""
        before = self.place.asked
        self.finds(drafts)
        assert (self.place.asked - before == sum(len(draft.chunks) for draft in drafts)) == asks
        assert (self.place.asked > before) == asks

    def close(self) -> None:
        """Cleanly."""
        self.store.close()
        self.record.close()


@contextmanager
def opened(data: Path, *, exactly: int = 0) -> Iterator[At]:
    """The archive, closed at the end whatever happens."""
    at = At(data, exactly=exactly)
    try:
        yield at
    finally:
        at.place.free.set()
        at.close()


def copy_of(data: Path) -> Path | None:
    """The folder of the copy in use."""
    generation = Generations(data / "indexes" / "chroma", "vectors").current()
    return None if generation is None else generation.folder


async def test_chroma_is_asked_when_it_holds_what_is_live_and_only_then(tmp_path: Path) -> None:
    with opened(tmp_path) as at:
        drafts = await at.take(HARBOUR, MANY)
        assert at.caught_up()
        at.check(drafts, asks=True)
        at.place.reached.clear()
        at.place.free.clear()
        drafts += await at.take(MAYOR)
        assert at.place.reached.wait(60)
        reader = EmbeddedStore(tmp_path, at.record, owner=False)
        for draft in drafts:
            assert reader.nearest(draft.vectors[0], 1)[0].chunk_id == draft.chunks[0].chunk_id
        reader.close()
        at.check(drafts, asks=False)
        at.place.free.set()
        assert at.store.chroma.wait(60)
        at.check(drafts, asks=True)
        at.record.remove(["art_mayor"], redact=False)
        at.check(drafts[:2], asks=False)
        at.record.sweep()
        assert at.caught_up()
        at.check(drafts[:2], asks=True)
        assert drafts[2].chunks[0].chunk_id not in {hit.chunk_id for hit in at.store.nearest(drafts[2].vectors[0], 50)}


async def test_a_small_archive_neither_loads_chroma_nor_makes_a_file_of_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chromadb", None)
    for _ in range(2):
        with opened(tmp_path, exactly=EXACTLY) as at:
            drafts = await at.take(HARBOUR, MAYOR)
            at.check(drafts, asks=False)
            at.store.rebuild()
            at.check(drafts, asks=False)
    assert not (tmp_path / "indexes" / "chroma").exists()


async def test_it_is_made_before_it_is_needed_and_let_go_until_much_is_missing(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.adapters.chroma_copy._BATCH", 3)
    with opened(tmp_path, exactly=17) as at:
        drafts = await at.take(HARBOUR)
        assert copy_of(tmp_path) is None
        drafts += await at.take(MANY)
        at.store.chroma.wait(60)
        assert (len(at.place.opened), len(at.place.added)) == (1, 14)
        assert at.store.chroma._open is None
        for more in ([MORE[0]], MORE[1:3]):
            drafts += await at.take(*more)
            at.store.chroma.wait(60)
            assert (len(at.place.opened), len(at.place.added)) == (1, 14), "a few passages aren't worth opening it"
        at.check(drafts, asks=False)
        drafts += await at.take(*MORE[3:5])
        at.store.nearest(drafts[0].vectors[0], 1)
        assert at.caught_up()
        assert (len(at.place.opened), len(at.place.added)) == (2, 19)
        at.check(drafts, asks=True)


@pytest.mark.parametrize("how", ["killed", "closed"])
async def test_an_owner_that_ends_while_chroma_lags_loses_nothing_and_the_next_one_goes_on(
        tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.adapters.chroma_copy._BATCH", 12)
    monkeypatch.setattr("service.adapters.chroma_copy._PATIENCE", 0.0)
    data = tmp_path / "data"
    data.mkdir()
    with opened(data) as at:
        drafts = await at.take(HARBOUR, MAYOR)
        assert at.caught_up()
        at.place.reached.clear()
        at.place.free.clear()
        drafts += await at.take(MANY, RECIPE, *MORE)
        assert at.place.reached.wait(60)
        if how == "killed":
            shutil.copytree(data, tmp_path / "killed", ignore=shutil.ignore_patterns("owner.*"))
            data = tmp_path / "killed"
        else:
            threading.Timer(0.3, at.place.free.set).start()
            at.store.close()
    with opened(data) as at:
        at.store.prepare()
        assert at.store.damage is None, "the words were settled"
        at.finds(drafts)
        assert at.caught_up()
        missing = sum(len(draft.chunks) for draft in drafts)
        if how == "killed":
            assert at.store.chroma.damage == "the indexes were not closed"
        else:
            assert at.store.chroma.damage is None
            missing -= sum(len(draft.chunks) for draft in drafts[:3])
        assert len(at.place.added) == missing
        at.check(drafts, asks=True)
    with opened(data) as at:
        at.store.prepare()
        assert at.caught_up()
        assert (at.store.damage, at.store.chroma.damage, at.place.added) == (None, None, [])


NOT_LEFT = "not as it was left"
MANIFEST = "manifest is missing or damaged"
CHANGES: dict[str, tuple[Callable[[Path], object], str | None]] = {
    "the header is cut": (lambda copy: damage_file(next(copy.glob("vectors/*/header.bin")), "cut"), NOT_LEFT),
    "a byte of the vectors is another": (
        lambda copy: damage_file(next(copy.glob("vectors/*/data_level0.bin")), "flip"), NOT_LEFT),
    "a byte of the database is another": (
        lambda copy: damage_file(copy / "vectors" / "chroma.sqlite3", "flip"), NOT_LEFT),
    "the database is gone": (lambda copy: (copy / "vectors" / "chroma.sqlite3").unlink(), NOT_LEFT),
    "the vectors' folder is gone": (lambda copy: shutil.rmtree(next(copy.glob("vectors/*-*"))), NOT_LEFT),
    "all files are gone": (lambda copy: shutil.rmtree(copy / "vectors"), NOT_LEFT),
    "a file too many": (lambda copy: (copy / "vectors" / "more.bin").write_bytes(b""), NOT_LEFT),
    "the manifest is gone": (lambda copy: (copy / "manifest.json").unlink(), MANIFEST),
    "the manifest is cut": (lambda copy: damage_file(copy / "manifest.json", "cut"), MANIFEST),
    "the dirty marker stands": (lambda copy: (copy / "dirty").write_text(""), "were not closed"),
    "the generation is gone": (shutil.rmtree, None),
    "the pointer is gone": (lambda copy: (copy.parent / "current").unlink(), None),
    "the copy is gone": (lambda copy: shutil.rmtree(copy.parent), None),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_damage_is_found_before_chroma_reads_it_and_hurts_nobody_who_does_not_ask_it(
        tmp_path: Path, name: str) -> None:
    change, told = CHANGES[name]
    with opened(tmp_path) as at:
        drafts = await at.take(HARBOUR, MAYOR, RECIPE, MANY)
        assert at.caught_up()
    damaged = copy_of(tmp_path)
    assert damaged is not None
    change(damaged)
    with opened(tmp_path, exactly=EXACTLY) as at:
        drafts += await at.take(MORE[0])
        at.check(drafts, asks=False)
        assert (at.store.damage, at.place.opened) == (None, [])
    with opened(tmp_path) as at:
        at.store.prepare()
        assert at.caught_up()
        assert at.store.damage is None
        if told is None:
            assert at.store.chroma.damage is None
        else:
            assert told in (at.store.chroma.damage or "")
            assert damaged.name not in at.place.opened
        assert len(at.place.added) == sum(len(draft.chunks) for draft in drafts), "made anew as a whole"
        at.check(drafts, asks=True)
        assert [path for path in damaged.parent.iterdir() if path.is_dir()] == [copy_of(tmp_path)]


async def test_damage_to_any_file_of_the_copy_is_noticed(tmp_path: Path) -> None:
    with opened(tmp_path) as at:
        await at.take(HARBOUR, MANY)
        assert at.caught_up()
    generation = Generations(tmp_path / "indexes" / "chroma", "vectors").current()
    assert generation is not None
    assert sum(generation.left().values()) == 14
    paths = [path for path in generation.files.rglob("*") if path.is_file()]
    assert {path.suffix for path in paths} >= {".sqlite3", ".bin"}
    for path in paths:
        good = path.read_bytes()
        for how in ("cut", "flip", "delete") if good else ("delete",):
            damage_file(path, how)
            with pytest.raises(StateError, match=path.name):
                Generations(tmp_path / "indexes" / "chroma", "vectors").current().left()  # type: ignore[union-attr]
            path.write_bytes(good)
    assert sum(generation.left().values()) == 14


@pytest.mark.parametrize("fault", ["open", "add", "ask"])
async def test_a_fault_of_chroma_fails_no_write_and_no_question_and_is_mended(
        tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.adapters.chroma_copy._REST", 0.0)
    with opened(tmp_path) as at:
        drafts = await at.take(HARBOUR, MANY)
        assert at.caught_up()
        at.place.fault = fault
        if fault == "open":
            at.store.chroma.close()
            at.store.chroma._stopping = False
        drafts += await at.take(MAYOR)
        at.store.chroma.wait(60)
        at.finds(drafts)
        at.place.fault = None
        at.store.chroma.wait(60)
        assert at.caught_up()
        at.check(drafts, asks=True)
        assert (at.store.chroma.damage is None) == (fault == "ask")


async def test_a_fault_leaves_chroma_alone_for_a_while(tmp_path: Path) -> None:
    with opened(tmp_path) as at:
        at.place.fault = "open"
        drafts = await at.take(HARBOUR)
        assert not at.store.chroma.wait(60)
        at.place.fault = None
        drafts += await at.take(MAYOR)
        assert not at.caught_up()
        at.check(drafts, asks=False)
        assert at.place.opened == []


async def test_a_takedown_leaves_no_vector_in_any_file_of_the_copy(tmp_path: Path) -> None:
    with opened(tmp_path) as at:
        drafts = await at.take(HARBOUR, MANY, *MORE)
        assert at.caught_up()
        before, secret = copy_of(tmp_path), drafts[1].vectors[0].tobytes()[:64]
        assert before is not None
        assert any(secret in path.read_bytes() for path in before.rglob("*") if path.is_file())
        at.record.remove(["art_many"], redact=True)
        at.store.remove([chunk.chunk_id for chunk in drafts[1].chunks])
        at.record.sweep()
        at.store.rebuild()
        assert not before.exists()
        del drafts[1]
        assert at.caught_up()
        at.check(drafts, asks=True)
    assert not any(secret in path.read_bytes() for path in (tmp_path / "indexes").rglob("*") if path.is_file())


async def test_a_copy_of_which_most_is_gone_is_begun_anew(tmp_path: Path) -> None:
    with opened(tmp_path) as at:
        drafts = await at.take(HARBOUR, MANY)
        assert at.caught_up()
        at.record.remove(["art_many"], redact=False)
        at.store.remove([chunk.chunk_id for chunk in drafts[1].chunks])
        at.record.sweep()
        drafts = [drafts[0], *await at.take(MAYOR)]
        assert at.caught_up()
        at.check(drafts, asks=True)
        assert len(at.place.opened) == 1
        at.record.remove(["art_harbour", "art_mayor"], redact=False)
        at.record.sweep()
        drafts = await at.take(RECIPE)
        assert at.caught_up()
        at.check(drafts, asks=True)
        assert len(at.place.opened) == 2
        assert at.store.chroma.damage is None


def _in_its_process(data: Path, record: SqlRecord) -> EmbeddedStore:
    """As the product has it, but asked however few the passages."""
    return EmbeddedStore(data, record, owner=True, exactly=0)


def _chromas(folder: Path) -> list[int]:
    """The processes that have Chroma open below a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            told = path.read_bytes().decode("utf-8", "replace").split("\0")
            if "service.adapters.chroma_process" in told and any(one.startswith(str(folder)) for one in told):
                found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="this system doesn't list its processes")
async def test_chroma_is_a_process_of_its_own_whose_end_is_no_harm(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chromadb", None)
    monkeypatch.setattr("service.adapters.chroma_copy._REST", 0.0)
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    store = _in_its_process(tmp_path, record)
    drafts = await published(record, HARBOUR, MANY, store=store)

    def check() -> None:
        store.chroma.follow(at_once=True)
        assert store.chroma.wait(120)
        for draft in drafts:
            for chunk, vector in zip(draft.chunks, draft.vectors, strict=True):
                (hit,) = store.chroma.nearest(vector, 1)
                assert (hit.chunk_id, round(hit.score, 5)) == (chunk.chunk_id, 1)

    check()
    (process,) = _chromas(tmp_path)
    os.kill(process, signal.SIGKILL)
    assert store.nearest(drafts[0].vectors[0], 1)[0].chunk_id == drafts[0].chunks[0].chunk_id
    check()
    assert store.chroma.damage is None, "it was killed between two writes"
    (process,) = _chromas(tmp_path)
    os.kill(process, signal.SIGKILL)
    drafts += await published(record, MAYOR, store=store)
    store.settle()
    store.chroma.wait(120)
    check()
    record.remove(["art_many"], redact=False)
    record.sweep()
    del drafts[1]
    check()
    store.close()
    assert _chromas(tmp_path) == []
    again = _in_its_process(tmp_path, record)
    again.prepare()
    store = again
    check()
    assert again.chroma.damage is None
    again.close()
    record.close()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="this system doesn't list its processes")
def test_chromas_process_ends_with_its_owner(tmp_path: Path) -> None:
    script = ("import os, signal, sys\n"
              "from pathlib import Path\n"
              "from service.adapters.chroma_process import FolderVectors\n"
              "FolderVectors(Path(sys.argv[1]))\n"
              "os.kill(os.getpid(), signal.SIGKILL)\n")
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    until = time.monotonic() + 60
    while _chromas(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert _chromas(tmp_path) == []


def test_a_folder_that_chroma_can_not_open_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StateError, match="vector index failed"):
        FolderVectors(tmp_path)
