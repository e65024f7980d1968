"""The API's description against the API: schemathesis makes requests from the one and checks the other's answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.support.live_service import Live

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "6")
"""More for a longer run: `SCHEMATHESIS_EXAMPLES=200 pytest tests/peers/test_schemathesis.py`."""


def test_schemathesis_finds_nothing(live: Live, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{live.url}/openapi.json", "--max-examples", EXAMPLES,
         "--seed", "1", "--no-color", "--generation-database", "none"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=540,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.peers.schemathesis_hooks",
             "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "Tested: " in done.stdout
