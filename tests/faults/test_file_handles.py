"""A service that has run out of file handles: it says so or lets callers wait, and is well once handles are free."""

from __future__ import annotations

import resource
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.doors.articles import QUESTION, write_articles
from tests.faults.test_full_disk import BRIDGE, LENGTH, made, told
from tests.support.service_process import ServiceProcess

SPARE = 30
"""Handles that are left when the limit is set."""


def test_a_service_without_handles_refuses_or_waits_and_recovers(tmp_path: Path) -> None:
    data = tmp_path / "data"
    made(data, write_articles(tmp_path / "news"))
    with ServiceProcess(data) as served, ExitStack() as idle:
        before = served.ask(QUESTION).json()
        served.limit(resource.RLIMIT_NOFILE, served.handles() + SPARE)
        where = urlsplit(served.url)
        for _ in range(4 * SPARE):
            idle.enter_context(socket.create_connection((where.hostname or "", where.port or 0), timeout=10))
        seen: list[int | str] = []
        for path, body in (("/v1/ask", {"question": QUESTION}), ("/v1/articles", {"filename": "b.txt", "text": BRIDGE}),
                           ("/v1/search", {"query": "apples"}), ("/v1/ask", {"question": QUESTION})):
            try:
                response = served.http.post(path, json=body, timeout=100)
            except httpx.TransportError as error:
                seen.append(type(error).__name__)
                continue
            seen.append(response.status_code)
            if response.status_code >= 400:
                assert response.status_code in (500, 503), response.text
                assert response.headers["content-type"] == "application/problem+json", response.text
                assert response.json()["advice"]
        print(f"without handles: {seen}")
        idle.close()
        assert len(served.said().splitlines()) < 200

        assert served.process.poll() is None
        assert told(served.ask(QUESTION).json()) == told(before)
        for _ in range(60):
            if (uploaded := served.upload("bridge.txt", BRIDGE)).status_code == 201:
                break
            time.sleep(0.5)  # until it has noticed that the other connections are closed
        assert uploaded.status_code == 201, uploaded.text
        assert "340 metres" in served.ask(LENGTH).json()["answer"]
        assert served.http.get("/readyz").status_code == 200
    assert served.process.returncode == 0
