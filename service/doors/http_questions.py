"""The HTTP paths that ask: questions, searches and the answers given before."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from service.answers.wire import answer_json, passage_json, verification_json
from service.domain import Answer
from service.doors.asking import checked_question
from service.doors.dependencies import Json, Service, problems
from service.doors.problems import request_id_of
from service.doors.schema import AnswerOut, AskBody, PassagesOut, SearchBody, VerificationOut
from service.doors.sse import EVENT_STREAM, PieceQueue, events
from service.errors import StateError

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post(
    "/ask",
    dependencies=[Json],
    response_model=None,
    responses={
        200: {"model": AnswerOut, "content": {EVENT_STREAM: {"schema": {"type": "string"}}}},
        **problems(400, 403, 413, 415, 422, 502, 504),
    },
)
async def ask(body: AskBody, request: Request, service: Service) -> Response:
    """Answer a question from the articles alone.

    With `stream: true`, or `Accept: text/event-stream`, the answer comes as events: `meta`, each `statement`
    once it is proven, `claim`, then `done` with the whole answer; or `error` with a problem.
    """
    filters = body.filters()
    pieces = PieceQueue(service.ask(checked_question(body.question), filters=filters, as_of=body.as_of))
    if body.stream or EVENT_STREAM in request.headers.get("accept", "").lower():
        first = await pieces.next()
        stream = events(pieces, first, request.url.path, request_id_of(request), request.app.state.heartbeat)
        return StreamingResponse(stream, media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})
    return JSONResponse(answer_json(await _whole(pieces)))


async def _whole(pieces: PieceQueue) -> Answer:
    """The answer that closes the pieces."""
    last = None
    while (piece := await pieces.next()) is not None:
        last = piece
    if not isinstance(last, Answer):
        raise StateError("the answer ended before it was whole")
    return last


@router.post(
    "/search",
    dependencies=[Json],
    response_model=None,
    responses={200: {"model": PassagesOut}, **problems(400, 403, 413, 415, 422, 502)},
)
async def search(body: SearchBody, service: Service) -> JSONResponse:
    """The passages nearest to a query, best first, each with its place, as citations have it."""
    query = checked_question(body.query, "query")
    found = await service.search(query, limit=body.limit, filters=body.filters(), as_of=body.as_of)
    return JSONResponse({"passages": [passage_json(passage, rank) for rank, passage in enumerate(found, 1)]})


@router.get(
    "/answers/{answer_id}", response_model=None, responses={200: {"model": AnswerOut}, **problems(404, 422)}
)
def stored_answer(answer_id: str, service: Service) -> JSONResponse:
    """An answer as it was given; words of articles taken down since are gone from it."""
    return JSONResponse(service.answer(answer_id))


@router.post(
    "/answers/{answer_id}/verify",
    response_model=None,
    responses={200: {"model": VerificationOut}, **problems(403, 404, 413, 422)},
)
def verify(answer_id: str, service: Service) -> JSONResponse:
    """Whether the quotes of an answer still stand in their sources, and where."""
    stored: dict[str, Any] = service.answer(answer_id)
    return JSONResponse(verification_json(answer_id, service.verify(stored)))
