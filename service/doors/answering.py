"""An answer under way, as the HTTP doors wait for it: given up when nobody waits, kept alive when it takes long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from service.answers.answer import Piece
from service.domain import Answer, Filters
from service.errors import StateError
from service.wiring import OnRecord

EVENT_STREAM = "text/event-stream"

T = TypeVar("T")


class PieceQueue:
    """The pieces of one answer, read by one task whatever becomes of the one that sends them."""

    def __init__(self, pieces: AsyncIterator[Piece]) -> None:
        self._queue: asyncio.Queue[Piece | BaseException | None] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read(pieces))

    async def _read(self, pieces: AsyncIterator[Piece]) -> None:
        try:
            async for piece in pieces:
                self._queue.put_nowait(piece)
        except Exception as error:
            self._queue.put_nowait(error)
        finally:
            self._queue.put_nowait(None)

    async def next(self) -> Piece | None:
        """The next piece, None after the last. Raises what the answer raised."""
        item = await self._queue.get()
        if isinstance(item, BaseException):
            raise item
        return item

    async def beating(self, first: Piece | None, heartbeat: float) -> AsyncIterator[Piece | None]:
        """`first` and the pieces after it; None whenever `heartbeat` seconds went by without one."""
        piece = first
        while piece is not None:
            yield piece
            waiting = asyncio.create_task(self.next())
            try:
                while not (await asyncio.wait({waiting}, timeout=heartbeat))[0]:
                    yield None
                piece = waiting.result()
            finally:
                waiting.cancel()

    async def whole(self) -> Answer:
        """The answer that closes the pieces. Raises what the answer raised, StateError where none came."""
        last = None
        while (piece := await self.next()) is not None:
            last = piece
        if not isinstance(last, Answer):
            raise StateError("the answer ended before it was whole")
        return last

    def stop(self) -> None:
        """Give up the answer that nobody waits for."""
        self._reader.cancel()


class EventStream(StreamingResponse):
    """Server-sent events of an answer; when the client goes away, the work behind them stops."""

    def __init__(self, body: AsyncGenerator[bytes], queue: PieceQueue) -> None:
        super().__init__(body, media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})
        self._body, self._pieces = body, queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events, then let go of the answer, whichever way it ended."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._pieces.stop()
            await self._body.aclose()


def begin(
    request: Request, service: OnRecord, question: str, *, filters: Filters | None = None, as_of: date | None = None,
    stream: bool = False, **thread: Any,
) -> PieceQueue:
    """Start answering; `thread` is `thread_id` or `history`, as `OnRecord.ask` takes them."""
    if service.settings.log_questions:
        note(request, question=question)
    pieces = service.ask(question, filters=filters, as_of=as_of, stream=stream, **thread)
    return PieceQueue(_noted(request, pieces))


async def _noted(request: Request, pieces: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
    """The pieces; the answer leaves its id, status and timings for log and headers."""
    async for piece in pieces:
        if isinstance(piece, Answer):
            note(request, answer=piece.id, answer_status=piece.status, model=piece.model)
            timings(request, piece.timings_ms)
        yield piece


async def whole_answer(request: Request, queue: PieceQueue) -> Answer:
    """The whole answer; the work stops when the client goes away."""
    try:
        return await unless_gone(request, queue.whole())
    finally:
        queue.stop()


async def first_piece(request: Request, queue: PieceQueue) -> Piece | None:
    """The first piece: what fails before it still is an error with a status of its own."""
    try:
        return await unless_gone(request, queue.next())
    except BaseException:
        queue.stop()
        raise


async def unless_gone(request: Request, work: Awaitable[T]) -> T:
    """The result of some work, which is cancelled when the client goes away. Raises ClientDisconnect then."""
    running = asyncio.ensure_future(work)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            return running.result()
        raise ClientDisconnect
    finally:
        for task in (running, gone):
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task


async def _gone(request: Request) -> None:
    """Return once the client has closed the connection; the request's body was read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def note(request: Request, **told: Any) -> None:
    """Add to the request's line in the log."""
    request.scope.get("state", {}).setdefault("note", {}).update(told)


def timings(request: Request, steps: dict[str, float]) -> None:
    """What `Server-Timing` says, in milliseconds by step."""
    request.scope.get("state", {}).setdefault("timings", {}).update(steps)
