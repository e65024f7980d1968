"""Where a run was made and of what: commit, machine, prompts."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from service.answers.model.prompt import folders

ROOT = Path(__file__).resolve().parent.parent


def git_commit() -> str | None:
    """The commit of the checkout, with "+changes" where files differ from it; None outside a checkout."""
    try:
        commit = _git("rev-parse", "HEAD")
        return commit + ("+changes" if _git("status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True, timeout=20)
    return done.stdout.strip()


def machine() -> dict[str, Any]:
    """What timings depend on."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def prompt_hashes() -> dict[str, str]:
    """The SHA-256 (12 digits) of each prompt file, by name; of one name the first folder's counts, as in the
    service."""
    found: dict[str, str] = {}
    for folder in folders():
        for path in sorted(folder.glob("*.md")):
            found.setdefault(path.stem, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
    return found
