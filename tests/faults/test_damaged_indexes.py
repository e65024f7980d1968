"""Index files deleted, cut or changed: found out when they are opened, and made anew from the record.

Chroma's are `test_chroma_copy.py`'s.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from service.adapters.embedded_store import EmbeddedStore
from service.adapters.generations import Generations
from service.adapters.record import SqlRecord
from service.errors import StateError
from service.ports import Draft
from tests.faults.test_archive_states import damage_file
from tests.support.archives import HARBOUR, MAYOR, RECIPE, article, published
from tests.support.service_process import ServiceProcess


def _only(generation: Path, pattern: str) -> Path:
    return max(generation.glob(pattern), key=lambda path: path.stat().st_size)


def _cut(pattern: str) -> Callable[[Path], None]:
    def cut(generation: Path) -> None:
        path = _only(generation, pattern)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return cut


def _flip(pattern: str) -> Callable[[Path], None]:
    def flip(generation: Path) -> None:
        path = _only(generation, pattern)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0x55
        path.write_bytes(content)
    return flip


def _delete(pattern: str) -> Callable[[Path], None]:
    def delete(generation: Path) -> None:
        path = _only(generation, pattern)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return delete


def _write(name: str, words: str = "") -> Callable[[Path], None]:
    def write(generation: Path) -> None:
        (generation / name).write_text(words)
    return write


DAMAGE: dict[str, Callable[[Path], None]] = {
    "a word file is cut": _cut("words/*.idx"),
    "the word index's head is gone": _delete("words/meta.json"),
    "a byte of a word file is another": _flip("words/*.idx"),
    "the word index's folder is gone": _delete("words"),
    "a file too many": _write("words/more.bin"),
    "the manifest is gone": _delete("manifest.json"),
    "the manifest is cut": _cut("manifest.json"),
    "the manifest is another thing": _write("manifest.json", "[1]"),
    "the dirty marker stands": _write("dirty"),
    "the generation is gone": shutil.rmtree,
    "the pointer is gone": lambda generation: (generation.parent / "current").unlink(),
    "the pointer is nonsense": _write("../current", "../.."),
    "all indexes are gone": lambda generation: shutil.rmtree(generation.parent),
}


async def _made(data: Path) -> list[Draft]:
    record = SqlRecord(f"sqlite:///{data / 'record.sqlite3'}")
    store = EmbeddedStore(data, record, owner=True)
    many = article("many", *(f"Item {n} of list{n}." + " More." * 60 for n in range(12)))
    drafts = await published(record, HARBOUR, MAYOR, RECIPE, many, store=store)
    store.close()
    record.close()
    return drafts


def _check(store: EmbeddedStore, drafts: list[Draft]) -> None:
    for draft in drafts:
        for chunk, vector in zip(draft.chunks, draft.vectors, strict=True):
            assert store.nearest(vector, 1)[0].chunk_id == chunk.chunk_id
    assert store.matching("kneading", 5)[0].chunk_id == drafts[2].chunks[0].chunk_id
    assert store.matching("evacuees", 5)[0].chunk_id == drafts[1].chunks[0].chunk_id


async def test_what_was_left_clean_is_used_as_it_is(tmp_path: Path) -> None:
    drafts = await _made(tmp_path)
    generation = (tmp_path / "indexes" / "current").read_text()
    for _ in range(2):
        record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
        store = EmbeddedStore(tmp_path, record, owner=True)
        store.prepare()
        _check(store, drafts)
        assert store.damage is None
        store.close()
        record.close()
    assert (tmp_path / "indexes" / "current").read_text() == generation


@pytest.mark.parametrize("name", DAMAGE)
async def test_damage_is_found_and_repaired_while_questions_are_answered(tmp_path: Path, name: str) -> None:
    drafts = await _made(tmp_path)
    generation = tmp_path / "indexes" / (tmp_path / "indexes" / "current").read_text().strip()
    DAMAGE[name](generation)
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    reader = EmbeddedStore(tmp_path, record, owner=False)
    _check(reader, drafts)
    reader.close()

    owner = EmbeddedStore(tmp_path, record, owner=True)
    _check(owner, drafts)
    owner.prepare()
    assert owner.damage
    assert owner.count() == record.totals()[1]
    _check(owner, drafts)
    owner.close()
    assert [path.name for path in sorted((tmp_path / "indexes").iterdir()) if path.is_dir()] == [
        (tmp_path / "indexes" / "current").read_text().strip()]

    again = EmbeddedStore(tmp_path, record, owner=True)
    again.prepare()
    assert again.damage is None
    _check(again, drafts)
    again.close()
    record.close()


async def test_indexes_of_another_state_of_the_record_are_not_used(tmp_path: Path) -> None:
    drafts = await _made(tmp_path)
    (tmp_path / "backup").mkdir()
    shutil.copy(tmp_path / "record.sqlite3", tmp_path / "backup" / "record.sqlite3")
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    store = EmbeddedStore(tmp_path, record, owner=True)
    record.remove(["art_mayor"], redact=False)
    store.remove([one.chunk_id for one in drafts[1].chunks])
    record.sweep()
    await published(record, article("new", "A new article in its place."), store=store)
    assert record.totals()[1] == sum(len(one.chunks) for one in drafts)
    store.close()
    record.close()
    for name in ("record.sqlite3", "record.sqlite3-wal", "record.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup" / "record.sqlite3", tmp_path / "record.sqlite3")
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    store = EmbeddedStore(tmp_path, record, owner=True)
    store.prepare()
    assert "not the record's" in (store.damage or "")
    _check(store, drafts)
    store.close()
    record.close()


def _files(generation: Path) -> list[str]:
    """Every file of the word indexes, by the name that doesn't change from one archive to another."""
    return sorted(path.relative_to(generation).as_posix() for path in (generation / "words").rglob("*")
                  if path.is_file() and not path.name.endswith(".lock"))


async def test_damage_to_any_file_is_noticed_when_it_is_opened(tmp_path: Path) -> None:
    await _made(tmp_path)
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    generation = tmp_path / "indexes" / (tmp_path / "indexes" / "current").read_text().strip()
    files, contents = _files(generation), list(record.contents())

    def left() -> object:
        current = Generations(tmp_path / "indexes", "words").current()
        assert current is not None
        return current.left()

    kinds = {Path(name).suffix or Path(name).name for name in files}
    assert {".idx", ".term", ".pos", ".store", ".fast", ".fieldnorm", ".json"} <= kinds
    assert {name.startswith("words/articles/") for name in files} == {True, False}
    assert left() == contents
    tried = 0
    for name in files:
        path = generation / name
        good = path.read_bytes()
        for how in ("cut", "flip", "delete"):
            if not good and how != "delete":
                continue
            damage_file(path, how)
            with pytest.raises(StateError, match=re.escape(name)):
                left()
            path.write_bytes(good)
            tried += 1
    assert left() == contents
    record.close()
    print(f"{tried} damages to {len(files)} files noticed")


@pytest.mark.parametrize("at", range(int(os.environ.get("ONRECORD_KILLS") or 3)))
async def test_damage_to_one_file_after_another_is_repaired(tmp_path: Path, at: int) -> None:
    drafts = await _made(tmp_path)
    generation = tmp_path / "indexes" / (tmp_path / "indexes" / "current").read_text().strip()
    files = _files(generation)
    path = generation / files[at * 7 % len(files)]
    damage_file(path, ("cut", "flip", "delete")[at % 3] if path.stat().st_size else "delete")
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    reader = EmbeddedStore(tmp_path, record, owner=False)
    _check(reader, drafts)
    reader.close()
    owner = EmbeddedStore(tmp_path, record, owner=True)
    owner.prepare()
    assert owner.damage
    _check(owner, drafts)
    owner.close()
    record.close()


async def test_indexes_that_vanish_under_their_owner_are_made_anew_at_the_second_write(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    store = EmbeddedStore(tmp_path, record, owner=True)
    drafts = await published(record, HARBOUR, MAYOR, RECIPE, store=store)
    for path in sorted((tmp_path / "indexes").iterdir()):
        if path.is_dir():
            shutil.rmtree(path)
    _check_words(store)
    new = article("new", "A pear was seen in Wharf Street.")
    with pytest.raises(StateError):
        await published(record, new, store=store)
    _check_words(store)
    record.sweep()
    added = await published(record, new, store=store)
    assert store.matching("pear", 1)[0].chunk_id == added[0].chunks[0].chunk_id
    assert store.count() == record.totals()[1]
    for draft in [*drafts, *added]:
        for chunk, vector in zip(draft.chunks, draft.vectors, strict=True):
            assert store.nearest(vector, 1)[0].chunk_id == chunk.chunk_id
    store.close()
    record.close()


def test_index_files_that_are_cut_under_a_service_end_it_at_worst_and_its_next_start_repairs_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with ServiceProcess(data) as served:
        for name, text in (("orchard", "An apple was seen in Orchard Street by nine gardeners."),
                           ("wharf", "A pear was seen in Wharf Street by the harbour master.")):
            assert served.upload(f"{name}.txt", f"Fruit\n\n{text}\n").status_code == 201
        cut = [path for path in (data / "indexes").rglob("*") if path.is_file() and path.stat().st_size > 64
               and not {"dirty", "current", "manifest.json"} & {path.name}]
        for path in cut:
            os.truncate(path, path.stat().st_size // 2)
        with suppress(httpx.TransportError):
            for query in ("apple", "harbour master", "Wharf Street"):
                response = served.http.post("/v1/search", json={"query": query, "limit": 2})
                assert response.status_code == 200
                assert query.split()[-1].lower() in response.json()["passages"][0]["cited_text"].lower()
        ended = served.process.poll()
        assert ended in (None, -signal.SIGBUS, -signal.SIGSEGV)
        print(f"{len(cut)} files cut; the service ended with {ended}")
        served.kill()
    with ServiceProcess(data) as served:
        assert served.http.get("/readyz").status_code == 200
        for query, word in (("apple", "Orchard"), ("pear", "Wharf")):
            found = served.http.post("/v1/search", json={"query": query, "limit": 2}).json()["passages"]
            assert word in found[0]["cited_text"]


def _check_words(store: EmbeddedStore) -> None:
    assert store.matching("kneading", 5)[0].chunk_id.startswith("art_recipe")
