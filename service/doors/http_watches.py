"""The HTTP paths of watched questions; contract, section 7."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from service.answers.watching import watch_json
from service.doors import examples
from service.doors.asking import build_filters, checked_question
from service.doors.dependencies import Json, Service, problems
from service.doors.schema import WatchBody, WatchesOut, WatchOut

router = APIRouter(prefix="/v1/watches", tags=["watches"])


@router.post(
    "",
    status_code=201,
    dependencies=[Json],
    response_model=None,
    openapi_extra=examples.request(examples.WATCH),
    responses={
        201: {"model": WatchOut, "content": {"application/json": {"example": examples.WATCHED}}},
        **problems(400, 413, 415, 422, 502, 504),
    },
)
async def add_watch(body: WatchBody, service: Service) -> JSONResponse:
    """Be told when the answer to a question changes.

    After an ingest that touches its evidence the question is answered again; when a claim's value, the status or a
    number of sources changed, a notice goes out with old and new, signed as Standard Webhooks says.
    """
    question = checked_question(body.question)
    notify = body.notify.model_dump(exclude_none=True)
    service.check_notify(notify)
    filters = build_filters(body.published_after, body.published_before, body.publishers, body.file_ids)
    watch, _ = await service.watching.add(question, notify, filters)
    return JSONResponse(watch_json(watch) | {"secret": watch.secret}, 201)


@router.get(
    "",
    response_model=None,
    responses={
        200: {"model": WatchesOut, "content": {"application/json": {"example": {"watches": [examples.WATCHED]}}}},
        **problems(),
    },
)
def watches(service: Service) -> JSONResponse:
    """The watched questions, oldest first."""
    return JSONResponse({"watches": [watch_json(watch) for watch in service.watches()]})


@router.get(
    "/{watch_id}",
    response_model=None,
    responses={
        200: {"model": WatchOut, "content": {"application/json": {"example": examples.WATCHED}}},
        **problems(404, 422),
    },
)
def one_watch(watch_id: str, service: Service) -> JSONResponse:
    """One watched question."""
    return JSONResponse(watch_json(service.watch(watch_id)))


@router.delete("/{watch_id}", status_code=204, response_model=None, responses=problems(404, 422))
def remove_watch(watch_id: str, service: Service) -> Response:
    """Watch a question no longer."""
    service.unwatch(watch_id)
    return Response(status_code=204)
