"""Another embedder while the real service runs: it answers throughout, kills lose nothing, its next start has the new."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ROOT
from tests.doors.articles import QUESTION, write_articles
from tests.support.model_server import ModelServer

COMMAND = (sys.executable, "-m", "service.doors.cli")


def environment(data: Path, more: Mapping[str, str]) -> dict[str, str]:
    """A bare environment for this archive."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": str(ROOT), "ONRECORD_DATA": str(data),
            **more}


def onrecord(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run([*COMMAND, *arguments], env=environment(data, more), capture_output=True, text=True, timeout=180)


@contextmanager
def serving(data: Path, **more: str) -> Iterator[str]:
    """The real `onrecord serve`; its address."""
    process = subprocess.Popen([*COMMAND, "serve", "--port", "0", "--json"], env=environment(data, more),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    document = ""
    while not document.rstrip().endswith("}"):
        line = process.stdout.readline()
        if not line:
            raise AssertionError(process.communicate()[1])
        document += line
    try:
        yield json.loads(document)["url"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
    assert process.returncode == 0


def asked(url: str) -> dict[str, Any]:
    """The answer of a running service."""
    reply = httpx.post(f"{url}/v1/ask", json={"question": QUESTION}, timeout=120)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def test_the_service_answers_while_another_embedders_index_is_made_and_has_it_when_it_starts_again(
        tmp_path: Path) -> None:
    news = write_articles(tmp_path / "news")
    for number in range(40):
        (news / f"notice-{number}.txt").write_text(
            f"Notice {number}\n\nThe pilot of boat{number} was seen near buoy{number} at noon.\n")
    data = tmp_path / "data"
    assert onrecord(data, "ingest", str(news)).returncode == 0
    dice = random.Random(20261122)
    with ModelServer([]) as server:
        new = {"ONRECORD_EMBEDDER": "openai:embedding-model", "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        with serving(data) as url:
            before = asked(url)
            assert before["status"] == "disputed"
            for _ in range(2):
                killed = subprocess.Popen([*COMMAND, "ingest", "--rebuild"], env=environment(data, new),
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(dice.uniform(0.5, 4))
                killed.kill()
                killed.wait()
                assert asked(url)["statements"] == before["statements"]
            needless = onrecord(data, "ingest", "--rebuild")
            assert (needless.returncode, "is working on the archive" in needless.stderr) == (1, True)
            refused = onrecord(data, "ask", QUESTION, **new)
            assert (refused.returncode, "ingest --rebuild" in refused.stderr) == (1, True)
            made = onrecord(data, "ingest", "--rebuild", "--json", **new)
            assert made.returncode == 0, made.stderr
            assert "goes on answering" in made.stderr
            assert "start that process again with these settings" in made.stderr
            assert json.loads(made.stdout)["articles"] == 43
            assert asked(url)["statements"] == before["statements"]
            (news / "late.txt").write_text("Late news\n\nThe lighthouse of Vell was sold for 90,000 crowns.\n")
            assert onrecord(data, "ingest", str(news / "late.txt")).returncode == 0
            assert asked(url)["index"] == before["index"]
        with serving(data, **new) as url:
            after = asked(url)
            assert after["index"] != before["index"]
            # The server's vectors mean nothing, so that it may find less than before.
            assert after["status"] in ("answered", "disputed")
            assert {one["file_id"] for one in after["citations"]} <= {one["file_id"] for one in before["citations"]}
            assert httpx.post(f"{url}/v1/answers/{before['id']}/verify", timeout=60).json()["citations"][0][
                "state"] == "valid"
            found = httpx.post(f"{url}/v1/search", json={"query": "lighthouse of Vell"}, timeout=60).json()
            assert found["passages"][0]["filename"].endswith("late.txt")
        old = onrecord(data, "ask", QUESTION)
        assert (old.returncode, "was indexed as" in old.stderr) == (1, True)
