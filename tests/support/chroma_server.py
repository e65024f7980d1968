"""A real Chroma server on loopback."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import ClassVar

from tests.support.server_process import ServerProcess

COMMAND = Path(sys.executable).with_name("chroma")


class ChromaProcess(ServerProcess):
    """`chroma run`."""

    scheme: ClassVar[str] = "chroma"
    heartbeat: ClassVar[str] = "/api/v2/heartbeat"

    def command(self) -> list[str | Path]:
        """As an operator starts it."""
        return [COMMAND, "run", "--host", "127.0.0.1", "--port", str(self.port), "--path", str(self.folder)]

    def environment(self) -> dict[str, str]:
        """No settings of ours."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
