"""What is installed is what was locked: every package, by the hashes of its files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_of_every_lock_is_pinned_by_hash(lock: Path) -> None:
    text = re.sub(r" *\\\n", " ", lock.read_text("utf-8"))
    packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(packages) > 50
    loose = [line[:80] for line in packages
             if not re.match(r"[\w.-]+(?:\[[\w,-]+\])?==[\w.!+-]+ (?:;.*? )?", line) or "--hash=sha256:" not in line]
    assert loose == []
    assert not re.search(r"git\+|@ (?:https?|file):|--(?:extra-)?index-url|--trusted-host|--find-links", text)


def test_the_install_script_accepts_nothing_without_its_hash() -> None:
    assert "--require-hashes" in (ROOT / "scripts" / "install").read_text("utf-8")
