"""What `onrecord backup` and `onrecord restore` do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from service import wiring
from service.doors import terminal
from service.doors.commands import Run
from service.doors.stdout import write_json


def backup(run: Run, folder: Path) -> int:
    """`onrecord backup`. Raises UsageError, StateError."""
    made = wiring.back_up(run.settings(), folder)
    if run.as_json:
        write_json({"path": str(folder), **asdict(made)})
    else:
        terminal.output().print(f"Copied {made.articles:,} articles and {made.answers:,} answers into {folder} "
                                f"({made.size:,} bytes).", soft_wrap=True)
    return 0


def restore(run: Run, folder: Path, *, replace: bool) -> int:
    """`onrecord restore`. Raises UsageError, StateError, BusyError."""
    settings = run.settings()
    done = wiring.restore(settings, folder, replace=replace)
    made = done.manifest
    if run.as_json:
        aside = None if done.set_aside is None else str(done.set_aside)
        write_json({"restored": asdict(made), "removed": done.removed, "revoked": done.revoked, "set_aside": aside})
        return 0
    lines = [f"Restored {made.articles:,} articles and {made.answers:,} answers as of {made.created} "
             f"into {settings.data}."]
    if done.removed:
        lines.append(f"Taken down since then and removed again: {', '.join(done.removed)}.")
    if done.revoked:
        lines.append(f"Revoked since then and revoked again: {', '.join(done.revoked)}.")
    if done.set_aside is not None:
        lines.append(f"What was there can't be read and lies in {done.set_aside}: takedowns and revoked keys that only "
                     "it knows are unknown now.")
    for line in lines:
        terminal.output().print(line, soft_wrap=True)
    return 0
