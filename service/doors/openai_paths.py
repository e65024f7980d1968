"""The paths of OpenAI's API that OnRecord answers: chat completions, responses and the list of models."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from service.doors import examples
from service.doors.answering import EVENT_STREAM, EventStream, begin, first_piece, whole_answer
from service.doors.dependencies import Json, Service, problems
from service.doors.openai_requests import ChatBody, ResponsesBody, filters_of
from service.doors.openai_responses import PREFIX, response, response_events
from service.doors.openai_shapes import MODEL, ModelOut, ModelsOut, chat_events, completion
from service.doors.problems import request_id_of
from service.errors import NotFoundError
from service.wiring import OnRecord

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])

_EVENTS = {EVENT_STREAM: {"schema": examples.EVENT_SCHEMA}}
_OBJECT = {"schema": {"type": "object"}}


@router.post(
    "/chat/completions",
    dependencies=[Json],
    response_model=None,
    openapi_extra=examples.request(examples.CHAT),
    responses={
        200: {"description": "a chat completion; with `stream`, its chunks",
              "content": {"application/json": _OBJECT, **_EVENTS}},
        **problems(400, 413, 415, 422, 502, 504),
    },
)
async def chat_completions(body: ChatBody, request: Request, service: Service) -> Response:
    """Answer the last question of a conversation, as OpenAI's clients expect it.

    `annotations` has a `url_citation` for each marker; `citations` and `onrecord` have the quotes with their places
    and the whole answer. Earlier turns of the user make a follow-up understood; other roles are not read.
    """
    question, history = body.conversation()
    queue = begin(request, service, question, stream=bool(body.stream), history=history, **filters_of(body.onrecord))
    base = _base(request, service)
    if not body.stream:
        return JSONResponse(completion(await whole_answer(request, queue), base))
    first = await first_piece(request, queue)
    usage = bool(body.stream_options and body.stream_options.include_usage)
    told = chat_events(queue, first, base=base, path=request.url.path, request_id=request_id_of(request),
                       heartbeat=request.app.state.heartbeat, include_usage=usage)
    return EventStream(told, queue)


@router.post(
    "/responses",
    dependencies=[Json],
    response_model=None,
    openapi_extra=examples.request(examples.RESPONSES),
    responses={
        200: {"description": "a response; with `stream`, its events",
              "content": {"application/json": _OBJECT, **_EVENTS}},
        **problems(400, 404, 413, 415, 422, 502, 504),
    },
)
async def responses(body: ResponsesBody, request: Request, service: Service) -> Response:
    """Answer a question in the shape of OpenAI's Responses API; `previous_response_id` makes it a follow-up."""
    question, history = body.conversation()
    if body.previous_response_id is not None:
        history = [*await asyncio.to_thread(_earlier, service, body.previous_response_id), *history]
    queue = begin(request, service, question, stream=bool(body.stream), history=history, **filters_of(body.onrecord))
    if not body.stream:
        return JSONResponse(response(await whole_answer(request, queue), body.previous_response_id))
    first = await first_piece(request, queue)
    told = response_events(queue, first, previous=body.previous_response_id, path=request.url.path,
                           request_id=request_id_of(request), heartbeat=request.app.state.heartbeat)
    return EventStream(told, queue)


@router.get("/models", response_model=None, responses={200: {"model": ModelsOut}, **problems()})
def models() -> JSONResponse:
    """The one model there is."""
    return JSONResponse({"object": "list", "data": [_MODEL]})


@router.get("/models/{model}", response_model=None, responses={200: {"model": ModelOut}, **problems(404, 422)})
def one_model(model: str) -> JSONResponse:
    """That model by its name."""
    if model != MODEL:
        raise NotFoundError(f"no model {model[:200]!r}", advice=f"ask for {MODEL!r}")
    return JSONResponse(_MODEL)


_MODEL: dict[str, Any] = {"id": MODEL, "object": "model", "created": 1_772_323_200, "owned_by": "onrecord"}


def _base(request: Request, service: OnRecord) -> str:
    """The address under which readers reach this service, without a slash at its end."""
    return (service.settings.public_url or str(request.base_url)).rstrip("/")


def _earlier(service: OnRecord, response_id: str) -> list[str]:
    """The question behind an earlier response, as it was understood. Raises NotFoundError."""
    if not re.fullmatch(rf"{PREFIX}ans_[0-9a-f]+", response_id):
        raise NotFoundError(f"no response {response_id[:200]!r}", advice="send an id that /v1/responses gave")
    stored = service.answer(response_id.removeprefix(PREFIX))
    return [stored.get("standalone_question") or stored["question"]]
