"""A small Slack on loopback: the Web API methods that the bot calls, Socket Mode, and signed HTTP events.

Ours, for tests: it checks tokens, keeps every call, and can be told to refuse or to slow down.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web
from slack_sdk.signature import SignatureVerifier

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test", "xapp-test", "shh"
TEAM, BOT_USER, BOT_ID, PERSON, CHANNEL, DIRECT = "T1", "UBOT", "BBOT", "U1", "C1", "D1"


@dataclass
class Reply:
    """What the server answers instead of success, once."""

    body: dict[str, Any]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class SlackServer:
    """An async context manager; `url` is what SLACK_API_URL is set to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.acknowledged: dict[str, asyncio.Event] = {}
        self.scripted: dict[str, list[Reply]] = {}
        self._numbers = itertools.count(1)
        self._arrived = asyncio.Condition()
        self._socket: web.WebSocketResponse | None = None
        self._connected = asyncio.Event()
        app = web.Application()
        app.router.add_post("/api/{method}", self._method)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The Web API's address, without the slash at its end."""
        return f"http://127.0.0.1:{self._port}/api"

    @property
    def posted(self) -> list[dict[str, Any]]:
        """The messages asked to be posted, refused ones too."""
        return [body for method, body in self.calls if method == "chat.postMessage"]

    async def messages(self, count: int, seconds: float = 20.0) -> list[dict[str, Any]]:
        """The messages, once there are this many."""
        async with self._arrived:
            await asyncio.wait_for(self._arrived.wait_for(lambda: len(self.posted) >= count), seconds)
        return self.posted

    async def send(self, envelope: dict[str, Any], seconds: float = 5.0) -> None:
        """Deliver an event over the socket and wait for its acknowledgement."""
        await asyncio.wait_for(self._connected.wait(), seconds)
        name = f"envelope-{next(self._numbers)}"
        self.acknowledged[name] = asyncio.Event()
        assert self._socket is not None
        await self._socket.send_json(
            {
                "type": "events_api",
                "envelope_id": name,
                "accepts_response_payload": False,
                "payload": envelope,
            }
        )
        await asyncio.wait_for(self.acknowledged[name].wait(), seconds)

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        body = (
            await request.json() if request.content_type == "application/json" else dict(await request.post())
        )
        async with self._arrived:
            self.calls.append((method, body))
            self._arrived.notify_all()
        if self.scripted.get(method):
            reply = self.scripted[method].pop(0)
            return web.json_response(reply.body, status=reply.status, headers=reply.headers)
        if token != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            return web.json_response({"ok": False, "error": "invalid_auth"})
        answers: dict[str, dict[str, Any]] = {
            "auth.test": {"team": "Newsroom", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT_ID},
            "apps.connections.open": {"url": f"ws://127.0.0.1:{self._port}/link"},
            "chat.postMessage": {"ts": f"{next(self._numbers)}.0", "channel": body.get("channel")},
        }
        if method not in answers:
            return web.json_response({"ok": False, "error": "unknown_method"})
        return web.json_response({"ok": True, **answers[method]})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._socket = socket
        self._connected.set()
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                name = json.loads(message.data).get("envelope_id")
                if name in self.acknowledged:
                    self.acknowledged[name].set()
        return socket


def mention(text: str, **more: Any) -> dict[str, Any]:
    """An `app_mention` event in a channel, as Slack wraps it."""
    return _wrapped({"type": "app_mention", "channel": CHANNEL, "text": f"<@{BOT_USER}> {text}", **more})


def direct(text: str, **more: Any) -> dict[str, Any]:
    """A `message` event in a direct conversation."""
    event = {"type": "message", "channel_type": "im", "channel": DIRECT, "text": text, **more}
    return _wrapped(event)


def signed(envelope: dict[str, Any], secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    """An event as an HTTP body with the headers that prove it."""
    body = json.dumps(envelope).encode()
    moment = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=moment, body=body)
    assert signature is not None
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": moment,
        "X-Slack-Signature": signature,
    }
    return body, headers


_events = itertools.count(1)


def _wrapped(event: dict[str, Any]) -> dict[str, Any]:
    number = next(_events)
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A1",
        "event_id": f"Ev{number}",
        "event": {"user": PERSON, "ts": f"17000000{number:02}.000100", **event},
    }
