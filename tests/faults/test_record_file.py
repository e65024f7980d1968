"""The record's file locked by another, moved away, replaced, damaged: said in one line, and well again afterwards."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from service.errors import StateError
from service.ports import Known
from service.settings import Settings
from tests.doors.articles import COURIER, QUESTION, write_articles
from tests.faults.test_full_disk import BRIDGE, LENGTH, told
from tests.support.archives import opened
from tests.support.live_service import live_service
from tests.support.service_process import onrecord


@contextmanager
def served(tmp_path: Path, *, new: bool = False) -> Iterator[httpx.Client]:
    """A service on a port over `data`, with three articles where it is new."""
    articles = write_articles(tmp_path / "news") if new else None
    settings = Settings(data=tmp_path / "data")
    with live_service(settings, articles) as live, httpx.Client(
            base_url=live.url, timeout=120, trust_env=False) as http:
        yield http


def ask(http: httpx.Client, question: str = QUESTION) -> httpx.Response:
    """`POST /v1/ask`."""
    return http.post("/v1/ask", json={"question": question})


def upload(http: httpx.Client, name: str = "bridge.txt", text: str = BRIDGE) -> httpx.Response:
    """`POST /v1/articles`."""
    return http.post("/v1/articles", json={"filename": name, "text": text})


@contextmanager
def locked(record: Path) -> Iterator[None]:
    """Another process's transaction that writes, and doesn't end."""
    with closing(sqlite3.connect(record, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_record_that_another_keeps_locked_lets_questions_through_and_asks_writers_to_come_back(
    tmp_path: Path,
) -> None:
    with served(tmp_path, new=True) as http, ThreadPoolExecutor(2) as pool:
        before = ask(http).json()
        with locked(tmp_path / "data" / "record.sqlite3"):
            refused, during = pool.submit(upload, http), pool.submit(ask, http)
            assert during.result().status_code == 200
            assert told(during.result().json()) == told(before)
            assert refused.result().status_code == 503
            assert "locked" in refused.result().json()["detail"]
            assert refused.result().headers["Retry-After"] == "5"
        assert upload(http).status_code == 201
        assert "340 metres" in ask(http, LENGTH).json()["answer"]
        kept = {answer["id"]: http.get(f"/v1/answers/{answer['id']}").status_code
                for answer in (before, during.result().json(), ask(http).json())}
        assert list(kept.values()) == [200, 404, 200]


def test_a_record_that_is_moved_away_is_missed_and_taken_up_when_it_is_back(tmp_path: Path) -> None:
    record, elsewhere = tmp_path / "data" / "record.sqlite3", tmp_path / "elsewhere.sqlite3"
    with served(tmp_path, new=True) as http:
        before = ask(http).json()
        record.rename(elsewhere)
        for response in (ask(http), upload(http)):
            assert response.status_code == 503
            assert "is gone" in response.json()["detail"]
            assert response.headers["Retry-After"] == "5"
        assert not record.exists()
        assert http.get("/healthz").status_code == 200
        elsewhere.rename(record)
        assert told(ask(http).json()) == told(before)
        assert upload(http).json()["articles"] == 4
        assert http.get(f"/v1/answers/{before['id']}").json()["answer"] == before["answer"]
    with served(tmp_path) as http:
        assert "340 metres" in ask(http, LENGTH).json()["answer"]


def test_a_record_that_is_replaced_is_not_mixed_with_the_old_one(tmp_path: Path) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup.sqlite3"
    with served(tmp_path, new=True) as http:
        before = ask(http).json()
    shutil.copy(data / "record.sqlite3", backup)
    with served(tmp_path) as http:
        assert upload(http).status_code == 201
        backup.replace(data / "record.sqlite3")
        for response in (ask(http), upload(http, "courier.txt", COURIER)):
            assert response.status_code == 503
            assert "was replaced" in response.json()["detail"]
            assert "start this process again" in response.json()["advice"]
    with served(tmp_path) as http:
        assert told(ask(http).json()) == told(before)
        assert upload(http).json()["articles"] == 4


DAMAGE = {
    "its head is another thing": lambda content: b"not a database at all" + content[21:],
    "it is cut": lambda content: content[: len(content) // 2],
    "a third of it is zeroes": lambda content: content[:8192] + bytes(len(content) // 3) + content[
        8192 + len(content) // 3:],
}


async def ingested(data: Path, news: Path) -> list[Known]:
    """What an archive knows after an ingest."""
    archive = opened(data)
    try:
        await archive.archive.ingest([news])
        return archive.record.known()
    finally:
        archive.close()


async def test_a_damaged_record_is_told_and_a_good_copy_heals_it(tmp_path: Path) -> None:
    data, news = tmp_path / "data", write_articles(tmp_path / "news")
    before = await ingested(data, news)
    record = data / "record.sqlite3"
    good = record.read_bytes()
    for name, damaged in DAMAGE.items():
        record.write_bytes(damaged(good))
        with pytest.raises(StateError) as raised:
            await ingested(data, news)
        assert "restore the record from a backup" in raised.value.advice, name
        for leftover in data.glob("record.sqlite3-*"):
            leftover.unlink()
        record.write_bytes(good)
        assert await ingested(data, news) == before, name


def test_the_command_line_tells_a_damaged_record_in_two_lines(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "record.sqlite3").write_bytes(b"not a database at all" * 1000)
    failed = onrecord("ask", QUESTION, "--data", str(tmp_path / "data"))
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.splitlines() == [
        "onrecord: the archive's database failed: file is not a database",
        "  next: restore the record from a backup, or move it away and ingest the articles again"]
