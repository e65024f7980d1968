"""Around every HTTP exchange: body limit, cross-site refusal, security headers, last resort."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.doors.problems import problem, problem_response, unexpected

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Set on each response that doesn't set them itself."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_log = logging.getLogger("onrecord.http")


class Envelope:
    """ASGI middleware around the application, inside the observation, which names the request.

    `max_body_bytes` limits what a request may send, announced or not. `hosts`, where given, are the only
    names that the Host header may carry: a page whose name is turned to this machine reaches nothing.
    Pages of other sites change nothing, save those of `origins`, such as `https://desk.example`.
    """

    def __init__(
        self, app: ASGIApp, *, max_body_bytes: int, hosts: Sequence[str] | None = None, origins: Sequence[str] = ()
    ) -> None:
        self._app = app
        self._limit = max_body_bytes
        self._hosts = None if hosts is None else frozenset(host.lower() for host in hosts)
        self._origins = frozenset(origin.lower().rstrip("/") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = scope.get("state", {}).get("request_id")
        started = False

        async def send_dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                dressed = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    dressed.setdefault(name, value)
            await send(message)

        path = scope["path"]
        if refusal := self._refusal(scope["method"], path, headers):
            status, detail, advice = refusal
            members = problem(status, detail, path, advice=advice, request_id=request_id)
            await problem_response(members, {"Connection": "close"})(scope, receive, send_dressed)
            return
        try:
            await self._app(scope, self._counted(receive), send_dressed)
        except ClientDisconnect:
            raise
        except Exception:
            _log.exception("%s %s failed", scope["method"], path)
            if started:
                raise
            await problem_response(unexpected(path, request_id))(scope, receive, send_dressed)

    def _refusal(self, method: str, path: str, headers: Headers) -> tuple[int, str, str] | None:
        """Why a request is turned away before anyone reads it: status, detail, advice."""
        host = headers.get("host", "")
        if self._hosts is not None and _name_of(host) not in self._hosts:
            return (
                421,
                "this service does not answer under that host name",
                "use the address it was started on",
            )
        origin = headers.get("origin")
        changing = method not in _READING or path == "/mcp"
        if changing and origin and _site_of(origin) != host.lower() and origin.lower() not in self._origins:
            return 403, "another site's page may not change anything here", "call from the service's own page"
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._limit:
            return 413, f"the body is larger than {self._limit} bytes", "send less at once"
        return None

    def _counted(self, receive: Receive) -> Receive:
        """`receive`, which stops with 413 once more than the limit has come in."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413, f"the body is larger than {self._limit} bytes")
            return message

        return counted


def _name_of(host: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _site_of(origin: str) -> str | None:
    """Host and port in an Origin header, in lower case."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
