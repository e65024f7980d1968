"""The HTTP paths of watched questions; contract, section 7."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from service.answers.watching import watch_json
from service.doors import examples
from service.doors.asking import build_filters, checked_question
from service.doors.dependencies import Caller, Json, Service, problems
from service.doors.keys import sees
from service.doors.schema import WatchBody, WatchesOut, WatchOut
from service.errors import NotFoundError
from service.ports import ApiKey, Watch
from service.wiring import OnRecord

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
async def add_watch(body: WatchBody, service: Service, caller: Caller) -> JSONResponse:
    """Be told when the answer to a question changes.

    After an ingest that touches its evidence the question is answered again; when a claim's value, the status or a
    number of sources changed, a notice goes out with old and new, signed as Standard Webhooks says.
    """
    question = checked_question(body.question)
    notify = body.notify.model_dump(exclude_none=True)
    service.check_notify(notify)
    filters = build_filters(body.published_after, body.published_before, body.publishers, body.file_ids)
    watch, _ = await service.watching.add(question, notify, filters, owner=caller.id if caller else None)
    return JSONResponse(watch_json(watch) | {"secret": watch.secret}, 201)


@router.get(
    "",
    response_model=None,
    responses={
        200: {"model": WatchesOut, "content": {"application/json": {"example": {"watches": [examples.WATCHED]}}}},
        **problems(),
    },
)
def watches(service: Service, caller: Caller) -> JSONResponse:
    """The questions that this key watches, oldest first; for a key with `admin`, all."""
    return JSONResponse({"watches": [watch_json(watch) for watch in service.watches() if sees(caller, watch.owner)]})


@router.get(
    "/{watch_id}",
    response_model=None,
    responses={
        200: {"model": WatchOut, "content": {"application/json": {"example": examples.WATCHED}}},
        **problems(404, 422),
    },
)
def one_watch(watch_id: str, service: Service, caller: Caller) -> JSONResponse:
    """One watched question."""
    return JSONResponse(watch_json(_own(watch_id, service, caller)))


@router.delete("/{watch_id}", status_code=204, response_model=None, responses=problems(404, 422))
def remove_watch(watch_id: str, service: Service, caller: Caller) -> Response:
    """Watch a question no longer."""
    service.unwatch(_own(watch_id, service, caller).id)
    return Response(status_code=204)


def _own(watch_id: str, service: OnRecord, caller: ApiKey | None) -> Watch:
    """A watch that the caller may see. Raises NotFoundError, for another key's too."""
    watch = service.watch(watch_id)
    if not sees(caller, watch.owner):
        raise NotFoundError(f"no watch {watch_id!r}", advice="see GET /v1/watches")
    return watch
