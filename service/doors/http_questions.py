"""The HTTP paths that ask: questions, searches, and the answers given before."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from service.answers.wire import answer_json, passage_json, verification_json
from service.doors import examples
from service.doors.answering import (
    EVENT_STREAM,
    EventStream,
    begin,
    first_piece,
    timings,
    unless_gone,
    whole_answer,
)
from service.doors.asking import checked_question
from service.doors.dependencies import Caller, Json, Service, own_thread, problems
from service.doors.problems import request_id_of
from service.doors.schema import (
    AnswerOut,
    AskBody,
    FeedbackBody,
    FeedbackOut,
    PassagesOut,
    SearchBody,
    VerificationOut,
)
from service.doors.sse import events

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post(
    "/ask",
    dependencies=[Json],
    response_model=None,
    openapi_extra=examples.request(examples.ASK, examples.ASK_STREAM),
    responses={
        200: {
            "model": AnswerOut,
            "description": f"the answer; with `stream`, its events:\n\n```\n{examples.EVENTS}```",
            "links": {
                name: {"operationId": name, "parameters": {"answer_id": "$response.body#/id"}}
                for name in ("stored_answer", "verify", "feedback")
            },
            "content": {
                "application/json": {"example": examples.ANSWER},
                EVENT_STREAM: {"schema": examples.EVENT_SCHEMA},
            },
        },
        **problems(400, 404, 413, 415, 422, 502, 504),
    },
)
async def ask(body: AskBody, request: Request, service: Service, caller: Caller) -> Response:
    """Answer a question from the articles alone.

    With `stream: true`, or `Accept: text/event-stream`, the answer comes as events: `meta`, each `statement`
    once it is proven, `claim`, then `done` with the whole answer; or `error` with a problem. A caller that goes
    away stops the work.
    """
    question, filters = checked_question(body.question), body.filters()
    thread_id = await own_thread(service, caller, body.thread_id)
    streamed = body.stream or EVENT_STREAM in request.headers.get("accept", "").lower()
    queue = begin(request, service, question, filters=filters, as_of=body.as_of, stream=streamed,
                  thread_id=thread_id)
    if streamed:
        first = await first_piece(request, queue)
        told = events(queue, first, request.url.path, request_id_of(request), request.app.state.heartbeat)
        return EventStream(told, queue)
    return JSONResponse(answer_json(await whole_answer(request, queue)))


@router.post(
    "/search",
    dependencies=[Json],
    response_model=None,
    openapi_extra=examples.request(examples.SEARCH),
    responses={
        200: {"model": PassagesOut, "content": {"application/json": {"example": examples.PASSAGES}}},
        **problems(400, 413, 415, 422, 502),
    },
)
async def search(body: SearchBody, request: Request, service: Service) -> JSONResponse:
    """The passages nearest to a query, best first, each with its place, as citations have it."""
    query, filters = checked_question(body.query, "query"), body.filters()
    began = time.perf_counter()
    found = await unless_gone(request, service.search(query, limit=body.limit, filters=filters, as_of=body.as_of))
    timings(request, {"retrieve": (time.perf_counter() - began) * 1000})
    return JSONResponse({"passages": [passage_json(passage, rank) for rank, passage in enumerate(found, 1)]})


@router.get(
    "/answers/{answer_id}",
    response_model=None,
    responses={
        200: {"model": AnswerOut, "content": {"application/json": {"example": examples.ANSWER}}},
        **problems(404, 422),
    },
)
def stored_answer(answer_id: str, service: Service) -> JSONResponse:
    """An answer as it was given; words of articles taken down since are gone from it."""
    return JSONResponse(service.answer(answer_id))


@router.post(
    "/answers/{answer_id}/verify",
    response_model=None,
    responses={
        200: {"model": VerificationOut, "content": {"application/json": {"example": examples.VERIFICATION}}},
        **problems(404, 413, 422),
    },
)
def verify(answer_id: str, service: Service) -> JSONResponse:
    """Whether the quotes of an answer still stand in their sources, and where."""
    stored: dict[str, Any] = service.answer(answer_id)
    return JSONResponse(verification_json(answer_id, service.verify(stored)))


@router.post(
    "/answers/{answer_id}/feedback",
    status_code=201,
    dependencies=[Json],
    response_model=None,
    openapi_extra=examples.request(examples.FEEDBACK),
    responses={
        201: {"model": FeedbackOut, "content": {"application/json": {"example": examples.FEEDBACK_KEPT}}},
        **problems(400, 404, 413, 415, 422),
    },
)
def feedback(answer_id: str, body: FeedbackBody, service: Service) -> JSONResponse:
    """Keep what a reader says of an answer."""
    service.feedback(answer_id, body.verdict, body.comment)
    return JSONResponse({"answer_id": answer_id, "verdict": body.verdict, "comment": body.comment}, 201)
