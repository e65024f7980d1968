"""An OpenAI-compatible endpoint that hands every request on to another and notes what was asked and what came back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from service.adapters.event_stream import Events

SENT: Final = ("authorization",)
"""Headers that are handed on."""


@dataclass(slots=True)
class Exchanged:
    """One chat request: its messages, the status that came back, and the reply's text as far as it came."""

    messages: list[dict[str, str]]
    status: int = 0
    reply: str = ""


@dataclass(slots=True)
class Wiretap:
    """Where to send requests instead of the endpoint, and all that went over it so far."""

    url: str = ""
    exchanged: list[Exchanged] = field(default_factory=list)


@asynccontextmanager
async def tapped(upstream: str, more: Mapping[str, Any] | None = None) -> AsyncIterator[Wiretap]:
    """A wiretap on loopback before the endpoint at `upstream` (an address that ends in /v1).

    `more` are parameters that it adds to each request, for what only some endpoints know.
    """
    tap = Wiretap()
    async with ClientSession(timeout=ClientTimeout(total=None)) as session:

        async def chat(request: web.Request) -> web.StreamResponse:
            asked = json.loads(await request.read())
            noted = Exchanged(asked["messages"])
            tap.exchanged.append(noted)
            headers = {name: request.headers[name] for name in SENT if name in request.headers}
            try:
                address = f"{upstream.rstrip('/')}/chat/completions"
                async with session.post(address, json=asked | dict(more or {}), headers=headers) as reply:
                    return await _handed_on(request, reply, noted)
            except ClientError as error:
                return web.json_response({"error": {"message": str(error)}}, status=502)

        app = web.Application(client_max_size=50_000_000)
        app.router.add_post("/v1/chat/completions", chat)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            tap.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
            yield tap
        finally:
            await runner.cleanup()


async def _handed_on(request: web.Request, reply: Any, noted: Exchanged) -> web.StreamResponse:
    """The reply, byte for byte as it comes, its text noted on the way."""
    noted.status = reply.status
    response = web.StreamResponse(status=reply.status)
    response.content_type = reply.content_type
    await response.prepare(request)
    events, whole = Events(), bytearray()
    streamed = reply.content_type == "text/event-stream"
    async for chunk in reply.content.iter_any():
        if streamed:
            noted.reply += "".join(_text(data) for data in events.feed(chunk))
        else:
            whole += chunk
        await response.write(chunk)
    if not streamed:
        noted.reply = _text(whole.decode("utf-8", "replace"))
    await response.write_eof()
    return response


def _text(data: str) -> str:
    """The text in a completion or in one event of a stream; "" where there is none."""
    try:
        choice = json.loads(data)["choices"][0]
        return str((choice.get("delta") or choice.get("message") or {}).get("content") or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
