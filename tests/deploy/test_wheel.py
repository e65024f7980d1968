"""A wheel of the project runs outside the repository, its prompts inside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import ROOT


def test_a_wheel_has_all_that_the_command_needs(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, source / name)
    for name in ("service", "prompts"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, source], check=True,
                   capture_output=True)
    (wheel,) = tmp_path.glob("onrecord-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    shipped = {path.relative_to(tmp_path / "installed").as_posix() for path in (tmp_path / "installed").rglob("*")
               if path.is_file()}
    expected = {path.relative_to(ROOT).as_posix() for path in (ROOT / "service").rglob("*")
                if path.is_file() and path.suffix != ".pyc"}
    expected |= {f"service/{path.relative_to(ROOT)}" for path in (ROOT / "prompts").glob("*.md")}
    assert {name for name in shipped if ".dist-info/" not in name} == expected

    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path / "installed")}

    def onrecord(*arguments: str) -> str:
        done = subprocess.run([sys.executable, "-P", "-m", "service.doors.cli", *arguments], cwd=tmp_path,
                              env=environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = subprocess.run([sys.executable, "-P", "-c", "import service; print(service.__file__)"], cwd=tmp_path,
                           env=environment, capture_output=True, text=True, check=True).stdout
    assert where.startswith(str(tmp_path / "installed"))
    onrecord("ingest", str(ROOT / "samples"), "--data", "data")
    answer = json.loads(onrecord("ask", "how many troops were sent?", "--data", "data", "--json"))
    assert answer["status"] == "disputed"
