"""Events from outside are known again, and forgotten when they are old."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.adapters.record import SqlRecord


def test_an_event_is_new_once_also_for_another_process_with_the_same_record(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'record.sqlite3'}"
    first, second = SqlRecord(url), SqlRecord(url)
    try:
        assert (first.first_seen("a"), second.first_seen("a")) == (True, False)
        assert (second.first_seen("b"), first.first_seen("b")) == (True, False)
    finally:
        first.close()
        second.close()


def test_of_many_who_ask_at_once_one_is_told_that_the_event_is_new(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    try:
        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(lambda _: record.first_seen("a"), range(16))) == [False] * 15 + [True]
    finally:
        record.close()


@pytest.mark.parametrize(("seen", "known"), [("2000-01-01T00:00:00Z", False), ("2999-01-01T00:00:00Z", True)])
def test_an_event_older_than_a_week_is_forgotten(tmp_path: Path, seen: str, known: bool) -> None:
    url = f"sqlite:///{tmp_path / 'record.sqlite3'}"
    record = SqlRecord(url)
    engine = create_engine(url)
    try:
        record.first_seen("a")
        with engine.begin() as connection:
            connection.execute(text("UPDATE deliveries SET seen = :seen"), {"seen": seen})
        assert record.first_seen("a") is not known
    finally:
        engine.dispose()
        record.close()
