"""Who may call what, and how often: API keys, their scopes, rate and concurrency limits, as ASGI middleware."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Mapping

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.doors.keys import KeyRing, may
from service.doors.problems import problem, problem_of, problem_response
from service.errors import OnRecordError
from service.ports import ApiKey

OPEN_PATHS = frozenset({"/", "/archive", "/healthz", "/readyz", "/slack/events", "/favicon.ico"})
"""What needs no key: the pages, which ask for one, the probes, and what Slack signs itself."""
OPEN_FOLDERS = ("/page/", "/a/")
"""Below these lie the page's own files, and the addresses at which it shows a stored answer."""

RATE_WITH_KEYS = "600/minute"
CONCURRENT_WITH_KEYS = 16
"""What one key may do where keys are required and nothing else is set."""

_UNKNOWN = "a missing or wrong API key"


def needed_scope(method: str, path: str) -> str | None:
    """The scope that a request needs; None for what everybody may see. What is not named here needs `ask`."""
    if path in OPEN_PATHS or path.startswith(OPEN_FOLDERS):
        return None
    if path == "/v1/failures":
        return "ingest"
    if path == "/v1/articles" or path.startswith("/v1/articles/"):
        return {"POST": "ingest", "DELETE": "admin"}.get(method, "ask")
    return "ask"


class Admission:
    """ASGI middleware around the application, inside the envelope.

    With a `ring` every request needs a key, in `Authorization: Bearer …` or `X-API-Key`; without, nobody is
    asked, and limits count by address. `rate` is `<count>/<second|minute|hour|day>`, `concurrent` the most
    requests of one caller under way; None for no limit. Both hold within this process.
    """

    def __init__(
        self, app: ASGIApp, *, ring: KeyRing | None = None, rate: str | None = None, concurrent: int | None = None
    ) -> None:
        self._app, self._ring, self._concurrent = app, ring, concurrent
        self._rate: RateLimitItem | None = parse(rate) if rate else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._running: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        needed = needed_scope(scope["method"], scope["path"])
        if needed is None:
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        caller = str((scope.get("client") or ("nobody",))[0])
        if self._ring is not None:
            try:
                key = await asyncio.to_thread(self._ring.check, _given(Headers(scope=scope)))
            except OnRecordError as error:
                members = problem_of(error, scope["path"], state.get("request_id"))
                await problem_response(members)(scope, receive, send)
                return
            if key is None or not may(key, needed):
                await self._refused(key, needed, scope, receive, send)
                return
            caller = key.id
            state["caller"] = key
            state.setdefault("note", {})["key"] = key.id
        await self._limited(caller, scope, receive, send)

    async def _limited(self, caller: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a known caller through, or tell when to come back."""
        headers: dict[str, str] = {}
        if self._rate is not None:
            allowed = await self._limiter.hit(self._rate, caller)
            window = await self._limiter.get_window_stats(self._rate, caller)
            if window.reset_time - time.time() > self._rate.get_expiry() + 1:  # the clock was set back
                await self._limiter.clear(self._rate, caller)
                allowed = await self._limiter.hit(self._rate, caller)
                window = await self._limiter.get_window_stats(self._rate, caller)
            wait = max(1, math.ceil(window.reset_time - time.time()))
            headers = {"X-RateLimit-Limit": str(self._rate.amount), "X-RateLimit-Remaining": str(window.remaining),
                       "X-RateLimit-Reset": str(wait)}
            if not allowed:
                told = f"more than {self._rate.amount} requests in {self._rate.get_expiry()} seconds"
                await _too_many(told, wait, headers, scope, receive, send)
                return
        if self._concurrent is not None and self._running[caller] >= self._concurrent:
            told = f"more than {self._concurrent} requests under way at once"
            await _too_many(told, 1, headers, scope, receive, send)
            return
        self._running[caller] += 1
        try:
            await self._app(scope, receive, _with(headers, send))
        finally:
            self._running[caller] -= 1
            if not self._running[caller]:
                del self._running[caller]

    async def _refused(self, key: ApiKey | None, needed: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a stranger with 401, a key that is not enough with 403."""
        path, request_id = scope["path"], scope["state"].get("request_id")
        if key is None:
            advice = "send `Authorization: Bearer <key>`; `onrecord keys create` makes one"
            members = problem(401, _UNKNOWN, path, kind="urn:onrecord:problem:key", advice=advice,
                              request_id=request_id)
            headers = {"WWW-Authenticate": 'Bearer realm="onrecord"'}
        else:
            members = problem(403, f"this key lacks the scope {needed!r}", path, kind="urn:onrecord:problem:scope",
                              advice=f"use a key made with `onrecord keys create --scope {needed}`",
                              request_id=request_id)
            headers = {"WWW-Authenticate": f'Bearer realm="onrecord", error="insufficient_scope", scope="{needed}"'}
        await problem_response(members, headers)(scope, receive, send)


def _given(headers: Headers) -> str:
    """The key that a request carries, or nothing."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else headers.get("x-api-key", "").strip()


async def _too_many(
    told: str, wait: int, headers: Mapping[str, str], scope: Scope, receive: Receive, send: Send
) -> None:
    members = problem(429, told, scope["path"], kind="urn:onrecord:problem:too-many",
                      advice=f"wait {wait} second{'s' if wait != 1 else ''}, and send fewer at once",
                      request_id=scope.get("state", {}).get("request_id"))
    await problem_response(members, {**headers, "Retry-After": str(wait)})(scope, receive, send)


def _with(headers: Mapping[str, str], send: Send) -> Send:
    """`send`, which adds headers to the response."""
    if not headers:
        return send

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return dressed
