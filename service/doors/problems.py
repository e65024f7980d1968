"""Errors over HTTP: every one is an `application/problem+json` body (RFC 9457) with a next step in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from service.errors import (
    BusyError,
    EmbedderError,
    ModelError,
    ModelTimeout,
    NotFoundError,
    OnRecordError,
    ReadError,
    SettingsError,
    StateError,
    TooLargeError,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
"""What `Retry-After` says on errors that may pass by themselves."""

STATUS: Mapping[type[OnRecordError], int] = {
    UsageError: 422,
    SettingsError: 500,
    NotFoundError: 404,
    ReadError: 422,
    TooLargeError: 413,
    BusyError: 503,
    StateError: 503,
    EmbedderError: 502,
    ModelError: 502,
    ModelTimeout: 504,
    OnRecordError: 500,
}
"""The HTTP status of each error; a class that is not named here has its nearest base's."""

OPENAI_PATHS = ("/v1/chat/completions", "/v1/responses", "/v1/models")
"""Where clients of OpenAI's API call; problems there carry its error object too."""

_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_OPENAI_CODES = {401: "invalid_api_key", 403: "insufficient_scope", 404: "not_found", 429: "rate_limit_exceeded"}
_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_ADVICE = {
    404: "see /docs for the paths there are",
    405: "see /docs for the methods of this path",
    415: "send JSON with Content-Type: application/json",
}
_log = logging.getLogger("onrecord.http")


def status_of(error: OnRecordError) -> int:
    """The HTTP status that tells this error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(
    status: int, detail: str, path: str, *, kind: str = "about:blank", advice: str | None = None, **more: Any
) -> dict[str, Any]:
    """The members of a problem; `more` are extension members, left out where None."""
    members = {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": path,
        "advice": advice,
        **more,
        "error": _openai_error(status, detail, kind, more) if path.startswith(OPENAI_PATHS) else None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _openai_error(status: int, detail: str, kind: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """The same error in OpenAI's shape, which its clients read."""
    faults = more.get("errors") or [{}]
    return {
        "message": detail,
        "type": _OPENAI_TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error"),
        "param": faults[0].get("field"),
        "code": _OPENAI_CODES.get(status, kind.rpartition(":")[2].replace("-", "_")),
    }


def problem_of(error: OnRecordError, path: str, request_id: str | None = None) -> dict[str, Any]:
    """The problem that tells one of the service's own errors."""
    kind = "".join("-" + sign.lower() if sign.isupper() else sign for sign in type(error).__name__).strip("-")
    return problem(
        status_of(error),
        str(error),
        path,
        kind=f"urn:onrecord:problem:{kind.removesuffix('-error')}",
        advice=error.advice,
        request_id=request_id,
    )


def problem_response(members: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem as a response."""
    body = json.dumps(members, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, members["status"], media_type=MEDIA_TYPE, headers=dict(headers or {}))


def unexpected(path: str, request_id: str | None) -> dict[str, Any]:
    """The problem for a fault of ours: says nothing of what went wrong inside."""
    return problem(
        500,
        "the service failed on this request",
        path,
        kind="urn:onrecord:problem:internal",
        advice="try again; if it stays, give the request id to whoever runs this service",
        request_id=request_id,
    )


def install_problems(app: FastAPI) -> None:
    """Make every error that a route raises leave as a problem."""
    app.add_exception_handler(OnRecordError, _own)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _own(request: Request, error: Exception) -> Response:
    ours = cast(OnRecordError, error)
    if status_of(ours) >= 500:
        _log.warning("%s %s: %s", request.method, request.url.path, ours)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if ours.retryable else None
    return problem_response(problem_of(ours, request.url.path, request_id_of(request)), headers)


def _http(request: Request, error: Exception) -> Response:
    raised = cast(HTTPException, error)
    status, path = raised.status_code, request.url.path
    detail = {404: f"no such path: {path!r}", 405: f"{request.method} is not allowed on {path!r}"}.get(
        status, str(raised.detail)
    )
    members = problem(status, detail, path, advice=_ADVICE.get(status), request_id=request_id_of(request))
    headers = {"Allow": _allowed(request)} if status == 405 else raised.headers
    return problem_response(members, headers)


def _allowed(request: Request) -> str:
    """All methods of the path, whichever route has them: the router names those of the first alone."""
    routes = request.app.router.routes
    return ", ".join(
        method for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    )


def _invalid(request: Request, error: Exception) -> Response:
    faults = [_fault(detail) for detail in cast(RequestValidationError, error).errors()]
    members = problem(
        422,
        "; ".join(f"{fault['field']}: {fault['fault']}" for fault in faults),
        request.url.path,
        kind="urn:onrecord:problem:invalid-request",
        advice="see /docs for the fields there are",
        request_id=request_id_of(request),
        errors=faults,
    )
    return problem_response(members)


def _fault(detail: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with one field, by its name; values of the request are never repeated."""
    kind = detail["type"]
    if kind == "json_invalid":
        return {"field": "body", "fault": "is not valid JSON"}
    fault = {
        "extra_forbidden": "unknown field",
        "missing": "is required",
    }.get(kind, str(detail["msg"]).removeprefix("Value error, "))
    return {"field": _field(detail["loc"]), "fault": fault}


def _field(location: Sequence[str | int]) -> str:
    """The dotted name of a field, of bounded length and without control characters."""
    parts = [str(part) for part in (location[1:] if len(location) > 1 else location)]
    name = "".join(sign if sign.isprintable() else "\ufffd" for sign in ".".join(parts))
    return name if len(name) <= 100 else name[:100] + "…"


def request_id_of(request: Request) -> str | None:
    """The id that the envelope gave this request."""
    found = request.scope.get("state", {}).get("request_id")
    return found if isinstance(found, str) else None
