"""What the HTTP paths depend on, and the errors that each of them may answer with."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from service.answers.answer import thread_named
from service.doors.keys import sees
from service.doors.problems import MEDIA_TYPE
from service.doors.schema import ProblemOut
from service.errors import NotFoundError
from service.ports import ApiKey
from service.wiring import OnRecord

_MEANINGS = {
    400: "the body can't be read",
    401: "no API key, or a wrong one",
    403: "the key lacks the scope, or another site's page sent this",
    404: "nothing under this id",
    413: "the body is too large",
    415: "the body is not of a type that is read here",
    421: "addressed to another host name",
    422: "the request is wrong; `errors` names the field",
    429: "too many requests; `Retry-After` says when to come back",
    500: "the service failed",
    502: "the model or the embedder failed",
    503: "the archive can't be used now",
    504: "the model did not answer in time",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a path that may answer with these errors, and with those that each path may."""
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    retry = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds to wait"}}
    return {
        status: {"description": _MEANINGS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        | ({"headers": retry} if status in (429, 503) else {})
        for status in sorted({*statuses, 401, 403, 421, 429, 500, 503})
    }


def problem_schema() -> dict[str, Any]:
    """The schema that `problems` refers to, with its parts."""
    return schema_of(ProblemOut)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema as a component of the API's description."""
    return model.model_json_schema(ref_template="#/components/schemas/{model}")


def service_of(request: Request) -> OnRecord:
    """The service behind the application."""
    return cast(OnRecord, request.app.state.service)


def caller_of(request: Request) -> ApiKey | None:
    """The API key that the request came with; None where none is asked for."""
    return cast("ApiKey | None", request.scope.get("state", {}).get("caller"))


async def own_thread(service: OnRecord, caller: ApiKey | None, thread_id: str | None) -> str | None:
    """The conversation that a question goes to, which from then on is its caller's.

    Raises NotFoundError for another key's, UsageError for an id that can't be one.
    """
    named = thread_named(thread_id)
    if caller is not None and named is not None:
        owner = await asyncio.to_thread(service.claim_thread, named, caller.id)
        if not sees(caller, owner):
            raise NotFoundError(f"no thread {named!r}", advice="send an id of your own, or 'new' to begin one")
    return named


def require_json(request: Request) -> None:
    """Refuse, with 415, a body that doesn't say it is JSON."""
    kind = media_type_of(request)
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, f"the body's type is {kind[:100]!r}, not 'application/json'")


def media_type_of(request: Request) -> str:
    """The media type of the body, in lower case and without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


Service = Annotated[OnRecord, Depends(service_of)]
Caller = Annotated[ApiKey | None, Depends(caller_of)]
Json = Depends(require_json)
