"""The `llm` command, pointed at the service as one of its extra OpenAI models."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.doors.articles import QUESTION
from tests.support.live_service import Live


@pytest.mark.parametrize("options", [(), ("--no-stream",)])
def test_llm_prints_the_answer(live: Live, tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "extra-openai-models.yaml").write_text(
        f"- model_id: archive\n  model_name: onrecord\n  api_base: {live.url}/v1\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "llm", "-m", "archive", *options, QUESTION], capture_output=True, text=True,
        check=False, timeout=120, env={**os.environ, "LLM_USER_PATH": str(tmp_path), "OPENAI_API_KEY": "any"},
    )
    answer = httpx.post(f"{live.url}/v1/ask", json={"question": QUESTION}, timeout=60, trust_env=False).json()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == answer["answer"]
