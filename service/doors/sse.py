"""An answer as server-sent events, while it is made."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi.sse import format_sse_event

from service.answers.answer import Meta, Piece
from service.answers.wire import answer_json, claim_json, statement_json
from service.domain import Answer, Claim, Statement
from service.doors.problems import problem_of, unexpected
from service.errors import OnRecordError

EVENT_STREAM = "text/event-stream"
HEARTBEAT_SECONDS = 15.0
"""Longest silence on an open stream."""

_log = logging.getLogger("onrecord.http")


class PieceQueue:
    """The pieces of one answer, read by one task whatever becomes of the one that sends them.

    `first` waits for the first piece, so that what fails before it still is an error with its own status.
    """

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

    async def close(self) -> None:
        """Stop reading; the answer that nobody waits for is given up."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)


async def events(
    queue: PieceQueue, first: Piece | None, path: str, request_id: str | None, heartbeat: float
) -> AsyncIterator[bytes]:
    """The events `meta`, `statement`, `claim`, `done` or `error`, numbered from 1, comments in between."""
    number, piece = 1, first
    try:
        while piece is not None:
            yield _event(_name(piece), _data(piece), number)
            number += 1
            waiting = asyncio.create_task(queue.next())
            try:
                while not (await asyncio.wait({waiting}, timeout=heartbeat))[0]:
                    yield format_sse_event(comment="still at it")
                piece = waiting.result()
            finally:
                waiting.cancel()
    except OnRecordError as error:
        yield _event("error", problem_of(error, path, request_id), number)
    except Exception:
        _log.exception("a stream of %s failed (%s)", path, request_id)
        yield _event("error", unexpected(path, request_id), number)
    finally:
        await queue.close()


def _name(piece: Piece) -> str:
    return {Meta: "meta", Statement: "statement", Claim: "claim", Answer: "done"}[type(piece)]


def _data(piece: Piece) -> Mapping[str, Any]:
    if isinstance(piece, Statement):
        return statement_json(piece)
    if isinstance(piece, Claim):
        return claim_json(piece)
    if isinstance(piece, Answer):
        return answer_json(piece)
    return {"id": piece.id, "question": piece.question, "model": piece.model, "index": piece.index}


def _event(name: str, data: Mapping[str, Any], number: int) -> bytes:
    text = json.dumps(data, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
    return format_sse_event(event=name, data_str=text, id=str(number))
