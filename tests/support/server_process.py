"""A server of someone else's on loopback, in a process of its own, which can be killed and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, TypeVar

import httpx

from tests.conftest import ROOT


class ServerProcess:
    """A server on a port of its own; what it keeps lies in `folder` and outlives it."""

    scheme: ClassVar[str]
    """How ONRECORD_STORE calls it."""
    heartbeat: ClassVar[str]
    """A path that is answered as soon as it is up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def store(self) -> str:
        """What ONRECORD_STORE says of it."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def command(self) -> Sequence[str | Path]:
        """What starts it."""
        raise NotImplementedError

    def environment(self) -> dict[str, str] | None:
        """What it is started with; None for ours."""
        return None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(self.command(), cwd=ROOT, env=self.environment(), stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}{self.heartbeat}", timeout=5).raise_for_status()
                return
            except httpx.HTTPError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it; SIGKILL leaves it no time."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None


Server = TypeVar("Server", bound=ServerProcess)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, started, and stopped at the end."""
    server.folder.mkdir(parents=True, exist_ok=True)
    server.start()
    try:
        yield server
    finally:
        server.stop()
