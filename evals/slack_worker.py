"""The bot as a process that can be killed: `onrecord slack` in one life, `onrecord serve` in the next."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from evals.machine import ROOT
from tests.support.slack_server import APP_TOKEN, BOT_TOKEN, SECRET, SlackServer


class Worker:
    """The process under test: each life is the other command; `url` is where `serve` takes events, while it lives."""

    def __init__(self, data: Path, slack: SlackServer, log: Path) -> None:
        self._data, self._slack, self._log = data, slack, log
        self._process: asyncio.subprocess.Process | None = None
        self.url: str | None = None
        self.lives: list[str] = []
        self.start_seconds: list[float] = []
        self.refused_to_start = 0

    async def live(self) -> None:
        """Start it, as a service manager does: again where it gives up. Returns once it says that it is up."""
        command = "serve" if len(self.lives) % 2 else "slack"
        self.lives.append(command)
        began = time.monotonic()
        while True:
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "service.doors.cli", command, "--json", "--data", str(self._data),
                    *(["--port", "0"] if command == "serve" else []), cwd=ROOT, env=self._environment(),
                    stdout=subprocess.PIPE, stderr=log)
            told = await self._document()
            if told is not None:
                self.url = told.get("url")
                self.start_seconds.append(time.monotonic() - began)
                return
            self.refused_to_start += 1
            await asyncio.sleep(1)

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def end(self) -> None:
        """As a service manager ends it."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        self.url = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(how)
            await self._process.wait()
            self._process = None

    async def _document(self) -> dict[str, Any] | None:
        assert self._process is not None
        assert self._process.stdout is not None
        told = b""
        while line := await self._process.stdout.readline():
            told += line
            with contextlib.suppress(ValueError):
                document: dict[str, Any] = json.loads(told)
                return document
        await self._process.wait()
        return None

    def _environment(self) -> dict[str, str]:
        ours = ("ONRECORD_", "OPENAI_", "SLACK_")
        return {key: value for key, value in os.environ.items() if not key.startswith(ours)} | {
            "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self._slack.url, "ONRECORD_SLACK_RATE_LIMIT": "off"}
