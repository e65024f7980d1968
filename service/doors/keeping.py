"""Keep the watches while a process stays up: ask again once the archive is quiet, and tell what waits to be told."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping

import structlog

from service.answers.watching import Carrier
from service.errors import OnRecordError
from service.wiring import OnRecord

TICK_SECONDS = 2.0


async def keep_watches(service: OnRecord, carriers: Mapping[str, Carrier], *, tick: float = TICK_SECONDS,
                       clock: Callable[[], float] = time.monotonic) -> None:
    """Run until cancelled. A burst of articles is waited out, so that it makes one notice of each watch.

    An error, whatever it is, is logged and tried again at the next tick; what was begun is in the record.
    """
    log = structlog.get_logger("onrecord.watches")
    checked = seen = -1
    quiet_since = 0.0
    while True:
        try:
            revision = await asyncio.to_thread(service.revision)
            if revision != seen:
                seen, quiet_since = revision, clock()
            if seen != checked and (checked == -1 or clock() - quiet_since >= service.settings.watch_quiet):
                await service.watching.check()
                checked = seen
            await service.watching.deliver(carriers)
        except OnRecordError as error:
            log.warning("watches could not be kept", error=str(error), advice=error.advice)
        except Exception:
            log.exception("watches could not be kept")
        await asyncio.sleep(tick)


@contextlib.asynccontextmanager
async def kept_watches(service: OnRecord, carriers: Mapping[str, Carrier]) -> AsyncIterator[None]:
    """Keep the watches while the context lasts; it ends once they let go of the service."""
    keeper = asyncio.create_task(keep_watches(service, carriers))
    try:
        yield
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper


async def keep_once(service: OnRecord) -> None:
    """Ask again and tell once, as after an ingest of its own; what fails is said, and stays to be told later."""
    try:
        await service.watching.check()
        await service.watching.deliver(service.carriers())
    except OnRecordError as error:
        sys.stderr.write(f"onrecord: the watched questions could not be asked again: {error}\n  next: {error.advice}\n")
