"""An answer as server-sent events, while it is made."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from fastapi.sse import format_sse_event

from service.answers.answer import Meta, Piece
from service.answers.wire import answer_json, claim_json, statement_json
from service.domain import Answer, Claim, Statement
from service.doors.answering import PieceQueue
from service.doors.problems import problem_of, unexpected
from service.errors import OnRecordError

HEARTBEAT_SECONDS = 15.0
"""Longest silence on an open stream."""

COMMENT = format_sse_event(comment="still at it")
"""What breaks the silence; clients ignore it."""

_log = logging.getLogger("onrecord.http")


async def events(
    queue: PieceQueue, first: Piece | None, path: str, request_id: str | None, heartbeat: float
) -> AsyncGenerator[bytes]:
    """The events `meta`, `statement`, `claim`, `done` or `error`, numbered from 1, comments in between."""
    number = 1
    try:
        async for piece in queue.beating(first, heartbeat):
            if piece is None:
                yield COMMENT
                continue
            yield event(_name(piece), _data(piece), number)
            number += 1
    except Exception as error:
        yield event("error", stream_problem(error, path, request_id), number)


def stream_problem(error: Exception, path: str, request_id: str | None) -> dict[str, Any]:
    """The problem that ends a stream; a fault of ours is logged and says nothing of the inside."""
    if isinstance(error, OnRecordError):
        return problem_of(error, path, request_id)
    _log.error("a stream of %s failed", path, exc_info=error)
    return unexpected(path, request_id)


def event(name: str | None, data: Mapping[str, Any], number: int | None = None) -> bytes:
    """One event with a JSON document as its data."""
    text = json.dumps(data, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
    return format_sse_event(event=name, data_str=text, id=None if number is None else str(number))


def _name(piece: Piece) -> str:
    return {Meta: "meta", Statement: "statement", Claim: "claim", Answer: "done"}[type(piece)]


def _data(piece: Piece) -> Mapping[str, Any]:
    if isinstance(piece, Statement):
        return statement_json(piece)
    if isinstance(piece, Claim):
        return claim_json(piece)
    if isinstance(piece, Answer):
        return answer_json(piece)
    return meta_json(piece)


def meta_json(piece: Meta) -> dict[str, Any]:
    """What will answer."""
    return {"id": piece.id, "question": piece.question, "model": piece.model, "index": piece.index,
            "standalone_question": piece.standalone_question, "thread_id": piece.thread_id}
