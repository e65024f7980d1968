"""`onrecord backup` and `restore`: whole, checked, while the service runs, and never against what was taken down."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.doors import cli
from service.errors import StateError
from service.settings import Settings
from service.wiring import build
from tests.conftest import ROOT
from tests.doors.articles import QUESTION, write_articles
from tests.support.live_service import live_service

Captured = pytest.CaptureFixture[str]
Run = Callable[..., Any]


@pytest.fixture
def run(capsys: Captured) -> Run:
    """A command within this process: its JSON document, or its exit code where one is expected that isn't 0."""

    def command(*arguments: str | Path, fails: int = 0) -> Any:
        code = cli.run([*map(str, arguments), "--json"])
        printed = capsys.readouterr()
        assert code == fails, printed.err
        return json.loads(printed.out)

    return command


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of articles."""
    return write_articles(tmp_path_factory.mktemp("articles") / "news")


@pytest.fixture(scope="module")
def ingested(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of these articles."""
    data = tmp_path_factory.mktemp("archive") / "data"

    async def ingest() -> None:
        async with build(Settings(data=data), owner=True) as service:
            await service.archive.ingest([news])

    asyncio.run(ingest())
    return data


@pytest.fixture
def data(ingested: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return shutil.copytree(ingested, tmp_path / "data")


def ids(data: Path) -> set[str]:
    """The articles that an archive has."""
    async def listed() -> set[str]:
        async with build(Settings(data=data)) as service:
            return {one.file_id for one in service.articles().items}

    return asyncio.run(listed())


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs each time."""
    return {key: value for key, value in answer.items() if key not in ("id", "created", "timings_ms")}


def test_what_a_running_service_has_is_copied_and_answers_elsewhere(run: Run, news: Path, tmp_path: Path) -> None:
    with live_service(Settings(data=tmp_path / "data"), news) as live:
        asked = httpx.post(f"{live.url}/v1/ask", json={"question": QUESTION}, timeout=60).json()
        httpx.post(f"{live.url}/v1/answers/{asked['id']}/feedback", json={"verdict": "helpful"}, timeout=60)
        stop = threading.Event()

        def upload() -> None:
            number = 0
            while not stop.is_set():
                text = f"Harbour news {number}\n\nThe pilot boat number {number} left the harbour of Port {number}.\n"
                httpx.post(f"{live.url}/v1/articles", json={"filename": f"u{number}.txt", "text": text}, timeout=60)
                number += 1

        uploading = threading.Thread(target=upload)
        uploading.start()
        made = [run("backup", tmp_path / "backups" / str(turn), "--data", tmp_path / "data") for turn in range(3)]
        stop.set()
        uploading.join()
    assert [sorted(path.name for path in Path(one["path"]).iterdir()) for one in made] == [
        ["manifest.json", "record.sqlite3"]] * 3
    assert [one["articles"] for one in made] == sorted(one["articles"] for one in made)
    for turn, one in enumerate(made):
        record = Path(one["path"]) / "record.sqlite3"
        assert (hashlib.sha256(record.read_bytes()).hexdigest(), record.stat().st_size) == (one["sha256"], one["size"])
        assert (record.stat().st_mode & 0o777, record.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        restored = tmp_path / f"restored-{turn}"
        assert run("restore", one["path"], "--data", restored)["restored"]["articles"] == one["articles"]
        assert len(ids(restored)) == one["articles"]
        verified = run("verify", asked["id"], "--data", restored)
        assert {citation["state"] for citation in verified["citations"]} == {"valid"}
        again = run("ask", QUESTION, "--data", restored)
        assert told(again)["statements"] == asked["statements"]
        assert run("ingest", news, "--data", restored)["unchanged"] > 0


def test_takedowns_and_keys_stay_as_the_backup_has_them(run: Run, news: Path, data: Path, tmp_path: Path) -> None:
    answer = run("ask", QUESTION, "--data", data)
    gone = answer["citations"][0]["file_id"]
    run("articles", "remove", gone, "--data", data)
    key = run("keys", "create", "--name", "desk", "--data", data)
    run("backup", tmp_path / "backup", "--data", data)
    run("restore", tmp_path / "backup", "--data", tmp_path / "elsewhere")
    quote = answer["citations"][0]["cited_text"]
    for part in (tmp_path / "backup" / "record.sqlite3", tmp_path / "elsewhere" / "record.sqlite3"):
        assert quote.encode() not in part.read_bytes()
    assert gone not in ids(tmp_path / "elsewhere")
    run("ingest", news, "--data", tmp_path / "elsewhere")
    assert gone not in ids(tmp_path / "elsewhere")
    assert [one["id"] for one in run("keys", "--data", tmp_path / "elsewhere")["keys"]] == [key["id"]]


def test_a_restore_in_place_needs_consent_and_brings_back_nothing_that_was_taken_down_since(
        run: Run, news: Path, data: Path, tmp_path: Path) -> None:
    answer = run("ask", QUESTION, "--data", data)
    keys = [run("keys", "create", "--name", name, "--data", data)["id"] for name in ("kept", "lost")]
    made = run("backup", tmp_path / "backup", "--data", data)
    before = ids(data)
    gone = answer["citations"][0]["file_id"]
    late = tmp_path / "late" / "late.txt"
    late.parent.mkdir()
    late.write_text("Late news\n\nThe lighthouse of Vell was sold for 90,000 crowns, its keeper said.\n")
    run("ingest", late.parent, "--data", data)
    (late_id,) = ids(data) - before
    for file_id in (gone, late_id):
        run("articles", "remove", file_id, "--data", data)
    run("keys", "revoke", keys[1], "--data", data)

    refused = run("restore", made["path"], "--data", data, fails=2)
    assert "--replace" in refused["error"]["advice"] if isinstance(refused.get("error"), dict) else True
    assert ids(data) == before - {gone}

    async def reader_meanwhile() -> tuple[set[str], set[str]]:
        async with build(Settings(data=data)) as reader:
            first = {one.file_id for one in reader.articles().items}
            done = await asyncio.to_thread(run, "restore", made["path"], "--data", data, "--replace")
            assert (done["removed"], done["revoked"], done["set_aside"]) == ([gone], [keys[1]], None)
            pieces = [piece async for piece in reader.ask(QUESTION)]
            assert gone not in {one.quote.source.file_id for one in pieces[-1].citations}
            return first, {one.file_id for one in reader.articles().items}

    assert asyncio.run(reader_meanwhile()) == (before - {gone}, before - {gone})
    cited = run("verify", answer["id"], "--data", data)["citations"]
    assert {one["state"] for one in cited if one["file_id"] == gone} == {"source_removed"}
    assert answer["citations"][0]["cited_text"].encode() not in (data / "record.sqlite3").read_bytes()
    report = run("ingest", news, late.parent, "--data", data)
    assert (report["added"], ids(data)) == (0, before - {gone})
    assert {one["id"]: one["revoked"] is None for one in run("keys", "--data", data)["keys"]} == {
        keys[0]: True, keys[1]: False}
    assert not list(data.glob("*.restoring*"))


def test_a_restore_waits_for_no_owner_and_says_who_it_is(run: Run, data: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "backup", "--data", data)

    async def owned() -> Any:
        async with build(Settings(data=data), owner=True):
            return await asyncio.to_thread(run, "restore", tmp_path / "backup", "--data", data, "--replace", fails=1)

    assert f"pid {os.getpid()}" in json.dumps(asyncio.run(owned()))


def _flip(folder: Path) -> None:
    file = folder / "record.sqlite3"
    content = bytearray(file.read_bytes())
    content[len(content) * 2 // 3] ^= 1
    file.write_bytes(content)


def _cut(folder: Path) -> None:
    with (folder / "record.sqlite3").open("r+b") as file:
        file.truncate(file.seek(0, 2) - 4096)


def _told_of(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    return change


DAMAGE: dict[str, tuple[Callable[[Path], Any], int, str]] = {
    "a flipped bit": (_flip, 1, "is damaged"),
    "a record cut short": (_cut, 1, "is damaged"),
    "no record": (lambda folder: (folder / "record.sqlite3").unlink(), 1, "is damaged"),
    "another hash": (_told_of(sha256="0" * 64), 1, "is damaged"),
    "a newer schema": (_told_of(schema="0999", onrecord="9.1.0"), 1, "newer OnRecord, '9.1.0'"),
    "a newer format": (_told_of(format=2, onrecord="9.1.0"), 1, "newer OnRecord, '9.1.0'"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), 2, "is no backup"),
    "half a manifest": (lambda folder: (folder / "manifest.json").write_text('{"format": 1'), 2, "is no backup"),
    "nothing at all": (shutil.rmtree, 2, "is no backup"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_changed(
        name: str, run: Run, data: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "backup", "--data", data)
    damage, code, words = DAMAGE[name]
    damage(tmp_path / "backup")
    before = ids(data)
    for where, more in ((data, ["--replace"]), (tmp_path / "empty", [])):
        refused = run("restore", tmp_path / "backup", "--data", where, *more, fails=code)
        assert words in json.dumps(refused)
    assert ids(data) == before
    assert not (tmp_path / "empty" / "record.sqlite3").exists()


def test_a_record_that_is_damaged_is_not_backed_up_and_a_backup_replaces_it(
        run: Run, data: Path, tmp_path: Path) -> None:
    before = ids(data)
    run("backup", tmp_path / "backup", "--data", data)
    (data / "record.sqlite3").write_bytes(b"no database at all" * 1000)
    assert "not a database" in json.dumps(run("backup", tmp_path / "second", "--data", data, fails=1))
    assert not (tmp_path / "second").exists()
    done = run("restore", tmp_path / "backup", "--data", data, "--replace")
    assert Path(done["set_aside"]).read_bytes().startswith(b"no database")
    assert ids(data) == before
    assert run("ask", QUESTION, "--data", data)["status"] != "not_found"


def test_a_backup_that_does_not_fit_leaves_nothing_behind(data: Path, tmp_path: Path) -> None:
    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = subprocess.run(
        [sys.executable, "-m", "service.doors.cli", "backup", str(tmp_path / "backup"), "--data", str(data)],
        cwd=ROOT, capture_output=True, text=True, preexec_fn=small, timeout=120)
    assert (done.returncode, done.stdout) == (1, "")
    assert "can't be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("backup*"))


def test_a_restore_killed_at_random_moments_leaves_the_old_archive_or_the_new(
        run: Run, data: Path, tmp_path: Path) -> None:
    made = run("backup", tmp_path / "backup", "--data", data)
    old = ids(data)
    extra = tmp_path / "more"
    extra.mkdir()
    (extra / "extra.txt").write_text("More news\n\nThe signal tower of Orm was painted red last week, its owner said.\n")
    dice = random.Random(20261122)
    command = [sys.executable, "-m", "service.doors.cli", "restore", made["path"], "--data", str(data), "--replace"]
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120)
    whole = time.monotonic() - began
    for _ in range(int(os.environ.get("ONRECORD_KILLS") or 0) or 3):
        run("ingest", extra, "--data", data)
        new = ids(data)
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(whole * 0.3, whole * 1.05))
        process.kill()
        process.wait()
        with closing(sqlite3.connect(data / "record.sqlite3")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert ids(data) in (old, new)
        assert run("ask", QUESTION, "--data", data)["status"] != "not_found"


@pytest.mark.parametrize("name", ["backup", "restore"])
def test_a_record_in_another_database_has_that_ones_backups(
        name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "pg_dump" in json.dumps(run(name, tmp_path / "backup", "--data", tmp_path / "data", fails=2))


def test_a_folder_that_holds_something_is_left_alone(run: Run, data: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("mine")
    assert "isn't empty" in json.dumps(run("backup", tmp_path / "full", "--data", data, fails=2))
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["a.txt"]
    assert "no archive" in json.dumps(run("backup", tmp_path / "new", "--data", tmp_path / "nowhere", fails=2))
    assert not (tmp_path / "nowhere").exists()


def test_people_are_told_what_was_done(capsys: Captured, data: Path, tmp_path: Path) -> None:
    assert cli.run(["backup", str(tmp_path / "backup"), "--data", str(data)]) == 0
    assert capsys.readouterr().out.startswith("Copied ")
    assert cli.run(["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new")]) == 0
    assert "Restored " in capsys.readouterr().out


def test_an_archive_of_a_newer_onrecord_is_refused_in_one_line(data: Path) -> None:
    with closing(sqlite3.connect(data / "record.sqlite3")) as database:
        database.execute("UPDATE alembic_version SET version_num = '0999'")
        database.commit()
    with pytest.raises(StateError, match="newer OnRecord: its schema is '0999'") as refused:
        build(Settings(data=data))
    assert "install the newer OnRecord" in refused.value.advice
