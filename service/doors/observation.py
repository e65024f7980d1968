"""Around every HTTP exchange: its id, its log line, its counters, its trace and how long it took."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any

from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from service.doors.metrics import Metrics

GONE = 499
"""The status that log and counters give a request whose client went away before the response began."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger("onrecord.http")


class Observation:
    """ASGI middleware, the outermost.

    It keeps in the scope's state `request_id`, `note` (what the log line tells besides) and `timings`
    (milliseconds by step, for `Server-Timing`).
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else f"req_{uuid.uuid4().hex}"
        state = scope.setdefault("state", {})
        state |= {"request_id": request_id, "note": {}, "timings": {}}
        status = GONE

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                dressed = MutableHeaders(scope=message)
                dressed["X-Request-ID"] = request_id
                dressed["Server-Timing"] = _server_timing(state["timings"], began)
            await send(message)

        tracer = trace.get_tracer("onrecord")
        self._metrics.under_way.inc()
        with bound_contextvars(request_id=request_id), tracer.start_as_current_span(
            scope["method"], context=extract(headers), kind=SpanKind.SERVER, record_exception=False
        ) as span:
            try:
                await self._app(scope, receive, send_dressed)
            except ClientDisconnect:
                status = GONE
            finally:
                self._metrics.under_way.dec()
                self._tell(scope, status, time.perf_counter() - began, span)

    def _tell(self, scope: Scope, status: int, seconds: float, span: Span) -> None:
        """One exchange in counters, log and trace. The query string stays out: it may hold anything."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = route_of(scope)
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.request_seconds.labels(route).observe(seconds)
        note: dict[str, Any] = scope["state"]["note"]
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route, "url.path": scope["path"],
                             "http.response.status_code": status,
                             **{f"onrecord.{name}": value for name, value in note.items() if name != "question"}})
        if status >= 500:
            span.set_status(StatusCode.ERROR)
        quiet = route in ("/healthz", "/readyz", "/metrics")
        _log.log(logging.DEBUG if quiet else logging.INFO, "request",
                 extra={"method": method, "path": scope["path"], "route": route, "status": status,
                        "ms": round(seconds * 1000, 1), **note})


def route_of(scope: Scope) -> str:
    """The template of the path that answered, such as `/v1/articles/{file_id}`; `none` where none did."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "none"


def _server_timing(timings: dict[str, float], began: float) -> str:
    """The header: milliseconds of each step, and of all until the response began."""
    steps = {name: spent for name, spent in timings.items() if name != "total"}
    steps["total"] = (time.perf_counter() - began) * 1000
    return ", ".join(f"{name};dur={spent:.1f}" for name, spent in steps.items())
