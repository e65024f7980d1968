"""`onrecord ingest`: done by whoever can own the archive, handed to its owner by others; once, or as files change."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from service.doors import terminal
from service.doors.keeping import keep_once, kept_watches
from service.doors.reports import progress
from service.errors import BusyError, NotFoundError, OnRecordError
from service.passages.archive import IngestReport
from service.passages.handover import IngestOrder, carry_out, report_of
from service.settings import Settings
from service.wiring import OnRecord, build

if TYPE_CHECKING:
    from watchfiles import Change

LOOK: Final = 0.5
"""Seconds between two looks for an answer, or for the archive being free."""
SETTLE: Final = 1_600
"""Milliseconds during which changes are gathered before they are read."""
TURN: Final = 1_000
"""Milliseconds after which a watch without changes looks for what others ask."""
_UNTAKEN: Final = ("~", ".swp", ".part", ".tmp", ".crdownload")


async def ingest_once(settings: Settings, order: IngestOrder) -> IngestReport:
    """The ingest, done by this process or by the archive's owner. Raises what `Archive.ingest` raises."""
    try:
        async with build(settings, owner=True) as service:
            report = await _own(service, order)
            await keep_once(service)
            return report
    except BusyError as busy:
        sys.stderr.write(f"{busy}; it is asked to do this ingest\n")
        return await _hand_over(settings, order)


async def _own(service: OnRecord, order: IngestOrder) -> IngestReport:
    with progress() as show:
        report = await carry_out(service.archive, order, progress=show)
    await service.serve_ingests()
    return report


async def _hand_over(settings: Settings, order: IngestOrder) -> IngestReport:
    """Ask the owner through the record, and do it here when the archive comes free before it is done."""
    async with build(settings) as reader:
        request_id = await asyncio.to_thread(reader.ask_ingest, order)
        try:
            while True:
                asked = await asyncio.to_thread(reader.handed_over, request_id)
                if asked is not None:
                    return report_of(asked)
                try:
                    async with build(settings, owner=True) as service:
                        # Its owner may have done it and gone in this very moment.
                        asked = await asyncio.to_thread(reader.handed_over, request_id)
                        if asked is not None:
                            return report_of(asked)
                        await asyncio.to_thread(reader.withdraw_ingest, request_id)
                        report = await _own(service, order)
                        await keep_once(service)
                        return report
                except BusyError:
                    await asyncio.sleep(LOOK)
        finally:
            with contextlib.suppress(OnRecordError, NotFoundError):
                await asyncio.shield(asyncio.to_thread(reader.withdraw_ingest, request_id))


async def watch(
    settings: Settings, order: IngestOrder, tell: Callable[[IngestReport], None], *, stop: asyncio.Event | None = None
) -> None:
    """Ingest once, then again whatever changes below the paths, until `stop` or an interrupt.

    `tell` is called with each report. What other processes ask for is done in between.
    """
    from watchfiles import awatch

    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(number, stop.set)
    async with build(settings, owner=True) as service:
        # Watched from before the first ingest, so that nothing falls between the two.
        changes = awatch(*order.paths, watch_filter=_wanted, debounce=SETTLE, rust_timeout=TURN, yield_on_timeout=True,
                         stop_event=stop, recursive=True)
        started = asyncio.ensure_future(anext(changes, None))
        tell(await _own(service, order))
        async with kept_watches(service, service.carriers()):
            first = await started
            await _follow(service, order, first or set(), tell)
            async for changed in changes:
                await _follow(service, order, changed, tell)


async def _follow(
    service: OnRecord, order: IngestOrder, changed: set[tuple[Change, str]], tell: Callable[[IngestReport], None]
) -> None:
    """Read what changed, and do what others ask."""
    if changed:
        only = await asyncio.to_thread(_real, [path for _, path in changed])
        try:
            report = await carry_out(service.archive, replace(order, only=only))
        except OnRecordError as error:
            sys.stderr.write(f"onrecord: {terminal.one_line(str(error))}\n  next: {terminal.one_line(error.advice)}\n")
        else:
            if report.added or report.updated or report.removed or report.failed:
                tell(report)
    await service.serve_ingests()


def _real(paths: Sequence[str]) -> tuple[str, ...]:
    """Where these stand or stood: a file that is gone has no real path of its own."""
    return tuple(sorted({os.path.join(os.path.realpath(Path(path).parent), Path(path).name) for path in paths}))


def _wanted(_change: Change, path: str) -> bool:
    """Whether a change may concern an article: no hidden file, nothing half written by an editor or a download."""
    name = os.path.basename(path)
    return not name.startswith(".") and not name.endswith(_UNTAKEN)
