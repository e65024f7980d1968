"""A real `onrecord serve` in a process of its own, for tests that kill it, starve it and start it again."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.conftest import ROOT

COMMAND = [sys.executable, "-m", "service.doors.cli"]


def onrecord(*arguments: str, file_size: int | None = None) -> subprocess.CompletedProcess[str]:
    """A command run to its end; with `file_size` it can write no file beyond so many bytes."""

    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, text=True, capture_output=True, timeout=300,
                          preexec_fn=lambda: _limit_files(file_size), check=False)


def _limit_files(size: int | None) -> None:
    if size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


class ServiceProcess:
    """`onrecord serve` over an archive's folder, as a context manager; what it says on stderr goes to a file."""

    def __init__(self, data: Path, file_size: int | None = None, **environment: str) -> None:
        """With `file_size` it can at first write no file beyond so many bytes."""
        self._data, self._file_size, self._environment = data, file_size, environment
        self._errors = data.parent / f"{data.name}.stderr"
        self.url = ""

    def start(self) -> Self:
        """Start it and don't wait."""
        with self._errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", "--json", "--data", str(self._data)], cwd=ROOT,
                env={**os.environ, **self._environment}, stdout=subprocess.PIPE, stderr=errors,
                preexec_fn=lambda: _limit_files(self._file_size))
        return self

    def __enter__(self) -> Self:
        self.start()
        assert self.process.stdout is not None
        told = b""
        while not told.endswith(b"}\n"):
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"the service did not start: {self.said()[-2000:]}")
            told += line
        self.url = json.loads(told)["url"]
        self.http = httpx.Client(base_url=self.url, timeout=120, trust_env=False)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def kill(self) -> None:
        """End it on the spot, as a power cut does to a process."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def limit(self, what: int, soft: int | None = None) -> None:
        """Set a resource limit of the running process; None lifts it."""
        hard = resource.prlimit(self.process.pid, what)[1]
        resource.prlimit(self.process.pid, what, (hard if soft is None else soft, hard))

    def handles(self) -> int:
        """How many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def said(self) -> str:
        """What it has written to stderr, its log included, over all its lives."""
        return self._errors.read_text("utf-8", "replace")

    def ask(self, question: str, **more: Any) -> httpx.Response:
        """`POST /v1/ask`."""
        return self.http.post("/v1/ask", json={"question": question, **more})

    def upload(self, name: str, text: str) -> httpx.Response:
        """`POST /v1/articles` of one article."""
        return self.http.post("/v1/articles", json={"filename": name, "text": text})
