"""Exact search in bytes finds what a product of the record's own vectors finds, whatever state its files are in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from service.adapters.exact_vectors import ExactVectors
from service.adapters.record import SqlRecord
from service.adapters.vector_file import Coded, VectorFile
from service.errors import StateError
from service.ports import Scope
from tests.faults.test_archive_states import damage_file
from tests.support.archives import HARBOUR, MAYOR, RECIPE, article, published

LONG = [article(f"long{n}", *(f"Ship {i} of fleet {n} and vessel{n * i} left." + " More." * 40 for i in range(20)))
        for n in range(6)]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[SqlRecord]:
    """An empty record."""
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    yield record
    record.close()


def check(exact: ExactVectors, record: SqlRecord, within: list[str] | Scope | None = None) -> None:
    """The same chunks, in the same order and with the same scores as by the record's vectors."""
    ids, matrix = record.vectors(within)
    for query in record.vectors()[1][::7]:
        scores = matrix @ query
        expected = sorted(zip(ids, scores.tolist(), strict=True), key=lambda one: (-one[1], one[0]))
        found = exact.nearest(query, 15, within)
        assert len(found) == min(15, len(ids))
        assert [hit.score for hit in found] == pytest.approx([score for _, score in expected[:15]], abs=2e-5)
        clear = {key for key, score in expected if score > expected[: len(found)][-1][1] + 4e-5}
        assert clear <= {hit.chunk_id for hit in found} <= set(ids)


def kept(record: SqlRecord, folder: Path) -> ExactVectors:
    """As the owner of the files has it."""
    exact = ExactVectors(record)
    exact.begin(folder, writes=True)
    exact.catch_up()
    return exact


async def test_owner_reader_and_memory_find_the_same_through_every_change(record: SqlRecord, tmp_path: Path) -> None:
    folder = tmp_path / "exact"
    await published(record, HARBOUR, *LONG[:3])
    owner, reader, memory = kept(record, folder), ExactVectors(record), ExactVectors(record)
    reader.begin(folder)
    keys = {entry.key: entry.chunks for entry in record.catalogue()}

    def all_agree() -> None:
        some = Scope({key: chunks for key, chunks in keys.items() if "long1" in key or "harbour" in key})
        few = [f"{key}.{n}" for key in list(keys)[:2] for n in range(0, 20, 3)]
        for exact in (owner, reader, memory):
            check(exact, record)
            check(exact, record, some)
            check(exact, record, [chunk_id for chunk_id in few if chunk_id in record.vectors()[0]])

    all_agree()
    await published(record, LONG[3], MAYOR)
    all_agree()
    record.remove(["art_long1"], redact=False)
    record.sweep()
    all_agree()
    await published(record, article("long2", "Another text by now."), LONG[4])
    record.sweep()
    all_agree()
    assert len(VectorFile(folder).places) > 5
    files = {path: path.read_bytes() for path in folder.iterdir()}
    ExactVectors.nearest(reader, record.vectors()[1][0], 3)
    assert {path: path.read_bytes() for path in folder.iterdir()} == files, "a reader writes nothing"


def _written(folder: Path, dimension: int) -> None:
    VectorFile.new(folder).append([("art_x.1", Coded.of(np.eye(dimension, dtype=np.float32)))])


def _changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda folder: bool((folder / name).write_bytes(change((folder / name).read_bytes()))) and None


DAMAGE: dict[str, Callable[[Path], None]] = {
    **{f"{how} {name}": partial(lambda name, how, folder: damage_file(folder / name, how), name, how)
       for how in ("cut", "flip", "delete") for name in ("codes", "fine", "rows")},
    "the folder is gone": shutil.rmtree,
    "a line is torn": _changed("rows", lambda content: content[:-9]),
    "the last line is gone": _changed("rows", lambda content: content[: content[:-1].rfind(b"\n") + 1]),
    "rows without a line": _changed("codes", lambda content: content * 2),
    "of another archive": partial(_written, dimension=96),
    "of vectors of another size": partial(_written, dimension=8),
    "nonsense": _changed("rows", lambda _: b"[]\n{}\n"),
}


@pytest.mark.parametrize("name", DAMAGE)
async def test_damaged_missing_or_foreign_files_change_no_answer_and_are_made_anew(
    record: SqlRecord, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "exact"
    await published(record, HARBOUR, RECIPE, *LONG[:2])
    kept(record, folder).forget()
    DAMAGE[name](folder)
    reader = ExactVectors(record)
    reader.begin(folder)
    check(reader, record)
    owner = kept(record, folder)
    check(owner, record)
    file = VectorFile(folder)
    assert not file.damaged
    assert {entry.key for entry in record.catalogue()} <= set(file.places)
    await published(record, LONG[2])
    for exact in (owner, reader):
        check(exact, record)


@pytest.mark.parametrize("name", ["codes", "fine"])
async def test_files_that_are_cut_under_a_search_are_let_go(record: SqlRecord, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "exact"
    await published(record, HARBOUR, *LONG[:2])
    for writes in (False, True):
        exact = kept(record, folder)
        if not writes:
            exact.leave()
        check(exact, record)
        with (folder / name).open("r+b") as opened:
            opened.truncate(50)
        check(exact, record)


async def test_what_is_gone_is_not_kept_for_ever(
    record: SqlRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.adapters.exact_vectors._SPARE_ROWS", 10)
    folder = tmp_path / "exact"
    for number in range(6):
        await published(record, article("one", *(f"Edition {number}, line {i}." + " More." * 40 for i in range(9))))
        record.sweep()
        exact = kept(record, folder)
        check(exact, record)
        assert VectorFile(folder).rows <= 3 * record.totals()[1] + 10


async def test_a_vector_of_another_size_is_refused(record: SqlRecord, tmp_path: Path) -> None:
    await published(record, HARBOUR)
    with pytest.raises(StateError, match="have 96 numbers, the embedder's have 8"):
        kept(record, tmp_path / "exact").nearest(np.ones(8, np.float32), 3)
    assert kept(record, tmp_path / "exact").nearest(np.ones(96, np.float32), 0) == []
