"""The catalogue follows the record by what changed, and is what reading all of it anew would give."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters import record_changes
from service.adapters.record import SqlRecord
from service.domain import Filters, Sourced
from service.passages.catalogue import Catalogue
from tests.support.archives import HARBOUR, MAYOR, RECIPE, article, published

FILTERS = [(Filters(), None), (Filters(), date(2026, 3, 3)), (Filters(publishers=("the valley echo",)), None),
           (Filters(published_after=date(2026, 3, 4)), None), (Filters(file_ids=("art_harbour", "art_n1")), None),
           (Filters(published_before=date(2026, 3, 3), publishers=("HARBOUR  post", "x")), date(2026, 3, 9))]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[SqlRecord]:
    """An empty record."""
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    yield record
    record.close()


def check(followed: Catalogue, record: SqlRecord) -> None:
    """The same as one that is read as a whole."""
    whole = Catalogue.following(None, record)
    assert followed.entries == whole.entries
    assert (followed.revision, followed.publishers) == (whole.revision, whole.publishers)
    for filters, not_after in FILTERS:
        one, other = followed.scope(filters, not_after), whole.scope(filters, not_after)
        assert (None if one is None else one.articles) == (None if other is None else other.articles)
        ids = record.within(filters, not_after=not_after)
        everything = record.vectors()[0]
        assert sorted(everything if one is None else one) == sorted(everything if ids is None else ids)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "origin"]), st.integers(0, 3)), max_size=8))
def test_any_changes_are_followed(changes: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        record = SqlRecord(f"sqlite:///{folder}/record.sqlite3")
        followed = Catalogue.following(None, record)
        for at, (change, number) in enumerate(changes):
            if change == "add":
                asyncio.run(published(record, article(
                    f"n{number}", f"Edition {at}.", "More of it.", publisher=Sourced("The Valley  Echo", "text"),
                    published=Sourced(date(2026, 3, 1 + at), "text") if at % 2 else None)))
                record.sweep()
            elif change == "remove":
                record.remove([f"art_n{number}"], redact=bool(at % 2))
            else:
                record.set_origins({f"art_n{number}": ("art_n0", None, None)})
            if at % 3:
                followed = Catalogue.following(followed, record)
                check(followed, record)
        check(Catalogue.following(followed, record), record)
        record.close()


async def test_only_what_changed_is_told(record: SqlRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    await published(record, HARBOUR, MAYOR)
    first = record.revision()
    assert record.changed(first) == (first, [])
    await published(record, RECIPE)
    record.set_origins({"art_mayor": ("art_harbour", None, None)})
    assert record.changed(first) == (first + 2, ["art_mayor", "art_recipe"])
    assert record.changed(first + 1) == (first + 2, ["art_mayor"])
    assert [entry.file_id for entry in record.catalogue(["art_recipe", "art_nobody", "art_harbour"])] == [
        "art_harbour", "art_recipe"]
    record.remove(["art_recipe"], redact=False)
    assert record.catalogue(["art_recipe"]) == []
    monkeypatch.setattr(record_changes, "_MANY", 1)
    now = record.revision()
    record.set_origins({"art_mayor": ("art_mayor", None, None), "art_harbour": ("art_mayor", None, None)})
    assert record.changed(now) == (now + 1, None), "a large change is read as a whole"
    assert record.changed(now + 1) == (now + 1, [])
    assert record.changed(now + 9) == (now + 1, None), "of another record, as before a restore"


async def test_what_is_long_past_is_not_told_any_more(record: SqlRecord) -> None:
    await published(record, HARBOUR)
    first = record.revision()
    for _ in range(65):
        record.set_origins({"art_harbour": ("art_harbour", None, None)})
    assert record.changed(first)[1] is None
    assert record.changed(first + 1)[1] == ["art_harbour"]
    kept = [n for n in range(first + 66) if record.meta(f"changed.{n}")]
    assert kept == list(range(first + 2, first + 66))
