"""A disk that is full and gets free again: a clear error for what writes, answers all the while, nothing lost."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings
from service.wiring import build
from tests.doors.articles import QUESTION, write_articles
from tests.support.service_process import ServiceProcess, onrecord

BRIDGE = """\
The new bridge at Marlow Quay

Harbour Gazette
9 March 2026

The new bridge at Marlow Quay is 340 metres long, the builders said on Monday.
"""
LENGTH = "how long is the new bridge at Marlow Quay?"
FREE_SPACE = "free some disk space"
WAYS = ["a small disk", "a limit on files"] if os.environ.get("ONRECORD_KILLS") else ["a small disk"]


class FileLimit:
    """No file can grow: the system says `File too large` where a full disk says `No space left`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, served: ServiceProcess) -> None:
        """From now on nothing can be written."""
        served.limit(resource.RLIMIT_FSIZE, 1)

    def free(self, served: ServiceProcess) -> None:
        """It can again."""
        served.limit(resource.RLIMIT_FSIZE)


class SmallDisk:
    """A disk of its own, filled by another's file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, _: ServiceProcess | None = None) -> None:
        """Write until nothing fits."""
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            for size in (65_536, 4_096, 1):
                try:
                    while True:
                        filler.write(bytes(size))
                except OSError:
                    continue

    def free(self, _: ServiceProcess | None = None) -> None:
        """Delete that file."""
        (self.folder / "filler").unlink()


@pytest.fixture(params=WAYS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk | FileLimit]:
    """Both ways to be full; a limit on files twice where this machine lets nobody mount a disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = request.param == "a small disk" and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "onrecord-test", str(folder)], capture_output=True,
        check=False).returncode == 0
    try:
        yield SmallDisk(folder) if mounted else FileLimit(folder)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def made(data: Path, articles: Path) -> None:
    """Ingest the articles into an archive, in this process."""

    async def ingest() -> None:
        async with build(Settings(data=data), owner=True) as service:
            await service.archive.ingest([articles])

    asyncio.run(ingest())


def told(answer: dict[str, Any]) -> tuple[Any, ...]:
    """What an answer says."""
    return answer["status"], answer["answer"], [one["cited_text"] for one in answer["citations"]]


def test_a_service_on_a_full_disk_answers_and_refuses_and_heals(disk: SmallDisk | FileLimit, tmp_path: Path) -> None:
    data = disk.folder / "data"
    made(data, write_articles(tmp_path / "news"))
    with ServiceProcess(data) as served:
        before = served.ask(QUESTION).json()
        assert before["status"] == "disputed"

        disk.fill(served)
        refused = served.upload("bridge.txt", BRIDGE)
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert FREE_SPACE in refused.json()["advice"]
        for _ in range(2):
            during = served.ask(QUESTION)
            assert during.status_code == 200
            assert told(during.json()) == told(before)
        found = served.http.post("/v1/search", json={"query": "tonnes of apples", "limit": 3}).json()["passages"]
        assert any("61,000 tonnes" in passage["cited_text"] for passage in found)
        assert served.http.get("/healthz").status_code == 200

        disk.free(served)
        again = served.upload("bridge.txt", BRIDGE)
        assert again.status_code == 201
        assert again.json()["articles"] == 4
        answer = served.ask(LENGTH).json()
        assert "340 metres" in answer["answer"]
        assert answer["citations"][0]["filename"] == "bridge.txt"
        verdicts = served.http.post(f"/v1/answers/{before['id']}/verify").json()
        assert {one["state"] for one in verdicts["citations"]} == {"valid"}
        assert "Traceback" not in served.said()
    assert served.process.returncode == 0
    with ServiceProcess(data) as served:
        assert told(served.ask(LENGTH).json()) == told(answer)


def test_a_service_killed_on_a_full_disk_starts_there_again_and_answers(
        disk: SmallDisk | FileLimit, tmp_path: Path) -> None:
    data, limit = disk.folder / "data", 60_000 if isinstance(disk, FileLimit) else None
    made(data, write_articles(tmp_path / "news"))
    with ServiceProcess(data) as served:
        before = served.ask(QUESTION).json()
        disk.fill(served)
        assert served.upload("bridge.txt", BRIDGE).status_code == 503
        served.kill()
    # As if it had died in the midst of writing to the indexes.
    (data / "indexes" / (data / "indexes" / "current").read_text().strip() / "dirty").touch()
    with ServiceProcess(data, limit) as served:
        assert limit or "questions are answered without the indexes" in served.said()
        assert served.http.get("/readyz").status_code == 200
        assert told(served.ask(QUESTION).json()) == told(before)
        found = served.http.post("/v1/search", json={"query": "tonnes of apples", "limit": 3}).json()["passages"]
        assert any("61,000 tonnes" in passage["cited_text"] for passage in found)
        assert FREE_SPACE in served.upload("bridge.txt", BRIDGE).json()["advice"]
        disk.free(served)
        assert served.upload("bridge.txt", BRIDGE).status_code == 201
        assert "340 metres" in served.ask(LENGTH).json()["answer"]


def test_an_ingest_on_a_full_disk_says_so_in_two_lines_and_the_archive_stays(
    disk: SmallDisk | FileLimit, tmp_path: Path
) -> None:
    data, articles = disk.folder / "data", write_articles(tmp_path / "news")
    made(data, articles)
    (articles / "bridge.txt").write_text(BRIDGE)

    limit = 1 if isinstance(disk, FileLimit) else None
    if isinstance(disk, SmallDisk):
        disk.fill()
    failed = onrecord("ingest", str(articles), "--data", str(data), file_size=limit)
    assert failed.returncode == 1
    assert failed.stdout == ""
    lines = failed.stderr.splitlines()
    assert [line.partition(":")[0].strip() for line in lines] == ["onrecord", "next"], failed.stderr
    assert "space" in lines[1]

    if isinstance(disk, SmallDisk):
        disk.free()
    assert '"added": 1' in onrecord("ingest", str(articles), "--json", "--data", str(data)).stdout
    assert "340 metres" in onrecord("ask", LENGTH, "--data", str(data)).stdout


def test_a_half_made_generation_does_not_keep_the_disk_full(tmp_path: Path) -> None:
    data, articles = tmp_path / "data", write_articles(tmp_path / "news")
    (articles / "long.txt").write_text("The inventory\n\n" + "".join(
        "The clerk wrote down " + ", ".join(f"crate {page * 40 + crate} of hall {page}" for crate in range(22)) + ".\n\n"
        for page in range(90)))
    made(data, articles)
    (generation,) = (path for path in (data / "indexes").iterdir() if path.is_dir())
    (generation / "manifest.json").unlink()
    failed = onrecord("ingest", str(articles), "--data", str(data), file_size=33_000)
    assert failed.returncode == 1, failed.stderr
    assert FREE_SPACE in failed.stderr
    assert [path.name for path in (data / "indexes").iterdir() if path.is_dir()] == [generation.name]
    made(data, articles)
    assert generation.name not in os.listdir(data / "indexes")
