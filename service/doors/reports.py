"""What an ingest tells while it runs and when it is done."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from service.passages.archive import IngestReport, Progress


def report_json(report: IngestReport) -> dict[str, Any]:
    """The report of an ingest; contract, section 3."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "failed": [{"path": failure.path, "error": failure.error} for failure in report.failed],
        "articles": report.articles,
        "passages": report.passages,
        "seconds": report.seconds,
    }


@contextlib.contextmanager
def progress() -> Iterator[Progress | None]:
    """A progress bar on stderr while the block runs; None where stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from service.doors.terminal import errors, one_line

    console = errors()
    if not (console.is_terminal and sys.stderr.isatty()):
        yield None
        return
    name = TextColumn("{task.fields[name]}", markup=False)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), name)
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, name="")

        def show(done: int, of: int, last: str) -> None:
            bar.update(task, completed=done, total=of, name=one_line(last)[:40])

        yield show
