"""One writer at a time: within this process, and among the processes that share the record."""

from __future__ import annotations

import asyncio
from types import TracebackType

from service.ports import HeldTurn, Record


class Turns:
    """An async context manager: the caller has the turn, for as long as its block runs."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._here = asyncio.Lock()
        self._held: HeldTurn | None = None

    async def __aenter__(self) -> None:
        await self._here.acquire()
        try:
            while self._held is None:
                self._held = await self._asked()
        except BaseException:
            self._here.release()
            raise

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        held, self._held = self._held, None
        try:
            if held is not None:
                await asyncio.to_thread(held.release)
        finally:
            self._here.release()

    async def _asked(self) -> HeldTurn | None:
        """Ask once; a turn that comes when its caller was cancelled is given back."""
        asking = asyncio.create_task(asyncio.to_thread(self._record.take_turn))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            asking.add_done_callback(_given_back)
            raise


def _given_back(asked: asyncio.Task[HeldTurn | None]) -> None:
    if not asked.cancelled() and asked.exception() is None and (held := asked.result()) is not None:
        held.release()
