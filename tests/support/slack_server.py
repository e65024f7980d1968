"""A small Slack on loopback: the Web API methods that the bot calls, Socket Mode, and signed HTTP events.

Ours, for tests and the soak: it checks tokens, keeps every call, and can be told to refuse, to slow down or to break.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlencode

from aiohttp import WSMsgType, web
from slack_sdk.signature import SignatureVerifier

Trouble = Literal["limited", "failed", "lost", "dropped"]
"""What may befall a call: refused with 429 or 503, or done with the reply lost in a 503 or a cut connection."""

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test", "xapp-test", "shh"
TEAM, BOT_USER, BOT_ID, PERSON, CHANNEL, DIRECT = "T1", "UBOT", "BBOT", "U1", "C1", "D1"


@dataclass
class Reply:
    """What the server answers instead of success, once."""

    body: dict[str, Any]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class SlackServer:
    """An async context manager; `url` is what SLACK_API_URL is set to. `streams` is whether it knows streams."""

    def __init__(self, *, streams: bool = True) -> None:
        self.streams = streams
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.acknowledged: dict[str, asyncio.Event] = {}
        self.responses: list[dict[str, Any]] = []
        self.scripted: dict[str, list[Reply]] = {}
        self.lost: set[str] = set()
        """Methods that do their work once and then answer 503, as when a reply is lost."""
        self.trouble: Callable[[str], Trouble | None] = lambda _: None
        """Asked for the trouble that befalls a call of a method."""
        self.written: dict[str, dict[str, Any]] = {}
        """What stands in the workspace: messages by time stamp."""
        self._numbers = itertools.count(1)
        self._socket: web.WebSocketResponse | None = None
        self._connected = asyncio.Event()
        app = web.Application()
        app.router.add_post("/api/{method}", self._method)
        app.router.add_get("/api/{method}", self._method)
        app.router.add_post("/response", self._response)
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
    def response_url(self) -> str:
        """Where a slash command may be answered."""
        return f"http://127.0.0.1:{self._port}/response"

    def called(self, method: str) -> list[dict[str, Any]]:
        """The bodies of all calls of a method, refused ones too."""
        return [body for name, body in self.calls if name == method]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The messages that stand finished, in the order they were begun."""
        return [message for message in self.written.values() if message["finished"]]

    async def until(self, true: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait until something holds. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - what is waited for may be the record
                await asyncio.sleep(0.01)

    async def messages(self, count: int, seconds: float = 20.0) -> list[dict[str, Any]]:
        """The finished messages, once there are this many."""
        await self.until(lambda: len(self.answers) >= count, seconds)
        return self.answers

    async def send(self, payload: dict[str, Any], seconds: float = 5.0, kind: str = "events_api") -> None:
        """Deliver an event, command or press over the socket. Raises TimeoutError where it is not acknowledged."""
        await asyncio.wait_for(self._connected.wait(), seconds)
        if not await self.deliver(payload, kind=kind, seconds=seconds):
            raise TimeoutError(f"not acknowledged within {seconds} s")

    async def deliver(self, payload: Any, *, kind: str = "events_api", attempt: int = 0, seconds: float = 3.0) -> bool:
        """Deliver once over the socket; whether that was acknowledged within Slack's three seconds."""
        name = f"envelope-{next(self._numbers)}"
        self.acknowledged[name] = asyncio.Event()
        more = {"retry_attempt": attempt, "retry_reason": "timeout"} if attempt else {}
        envelope = {"type": kind, "envelope_id": name, "accepts_response_payload": kind != "events_api",
                    "payload": payload, **more}
        if not await self.frame(json.dumps(envelope)):
            return False
        try:
            await asyncio.wait_for(self.acknowledged[name].wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def frame(self, text: str) -> bool:
        """Send any text over the socket; whether there was one."""
        if self._socket is None or self._socket.closed:
            return False
        try:
            await self._socket.send_str(text)
        except ConnectionError:
            return False
        return True

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.method == "GET":
            body = dict(request.query)
        else:
            form = request.content_type != "application/json"
            body = {key: str(value) for key, value in (await request.post()).items()} if form else await request.json()
        reply: Reply | None = None
        trouble = self.trouble(method)
        if self.scripted.get(method):
            reply = self.scripted[method].pop(0)
        elif token != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            reply = Reply({"ok": False, "error": "invalid_auth"})
        elif trouble == "limited":
            reply = Reply({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        elif trouble == "failed":
            reply = Reply({"ok": False, "error": "internal_error"}, status=503)
        else:
            reply = Reply(self._done(method, body))
            if trouble is not None or method in self.lost:
                self.lost.discard(method)
                reply = Reply({"ok": False, "error": "internal_error"}, status=503)
        self.calls.append((method, body))
        if trouble == "dropped" and request.transport is not None:
            request.transport.abort()
        return web.json_response(reply.body, status=reply.status, headers=reply.headers)

    def _done(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """Do what a method does; its answer."""
        for name in ("blocks", "chunks", "metadata", "view"):
            if isinstance(body.get(name), str):
                body[name] = json.loads(body[name])
        plain: dict[str, dict[str, Any]] = {
            "auth.test": {"team": "Newsroom", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT_ID},
            "apps.connections.open": {"url": f"ws://127.0.0.1:{self._port}/link"},
            "assistant.threads.setStatus": {}, "assistant.threads.setSuggestedPrompts": {},
            "chat.postEphemeral": {"message_ts": "1.0"}, "views.open": {}, "views.publish": {},
        }
        if method in plain:
            return {"ok": True, **plain[method]}
        if method == "chat.startStream" and not self.streams:
            return {"ok": False, "error": "unknown_method"}
        if method in ("chat.postMessage", "chat.startStream"):
            ts = f"18{next(self._numbers):08}.000000"
            searching = str(body.get("text", "")).startswith("Searching") or method == "chat.startStream"
            self.written[ts] = {"user": BOT_USER, "ts": ts, "finished": not searching,
                                "streaming": method == "chat.startStream", **body}
            return {"ok": True, "ts": ts, "channel": body["channel"]}
        if method in ("conversations.replies", "conversations.history"):
            return {"ok": True, "messages": [
                one for one in self.written.values() if one["channel"] == body["channel"]
                and (method == "conversations.history" or one.get("thread_ts") == body["ts"])
                and float(one["ts"]) >= float(body.get("oldest") or 0)][: int(body.get("limit") or 100)]}
        return self._changed(method, body)

    def _changed(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change a message that stands here."""
        message = self.written.get(str(body.get("ts")))
        if method not in ("chat.appendStream", "chat.stopStream", "chat.update", "chat.delete"):
            return {"ok": False, "error": "unknown_method"}
        if message is None:
            return {"ok": False, "error": "message_not_found"}
        if method in ("chat.appendStream", "chat.stopStream"):
            if not message["streaming"]:
                return {"ok": False, "error": "message_not_in_streaming_state"}
            message.setdefault("streamed", []).extend(body.get("chunks") or ())
            message["streaming"] = method == "chat.appendStream"
        elif method == "chat.delete":
            del self.written[str(body["ts"])]
        else:
            message.update(body)
            message["finished"] = True
        return {"ok": True, "ts": body["ts"], "channel": body["channel"]}

    async def _response(self, request: web.Request) -> web.Response:
        self.responses.append(await request.json())
        return web.json_response({"ok": True})

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
        if self._socket is socket:
            self._socket = None
            self._connected.clear()
        return socket


def mention(text: str, **more: Any) -> dict[str, Any]:
    """An `app_mention` event in a channel, as Slack wraps it."""
    return _wrapped({"type": "app_mention", "channel": CHANNEL, "text": f"<@{BOT_USER}> {text}", **more})


def direct(text: str, **more: Any) -> dict[str, Any]:
    """A `message` event in a direct conversation."""
    event = {"type": "message", "channel_type": "im", "channel": DIRECT, "text": text, **more}
    return _wrapped(event)


def reply(text: str, thread: str, **more: Any) -> dict[str, Any]:
    """A `message` event in a thread of a channel."""
    event = {"type": "message", "channel_type": "channel", "channel": CHANNEL, "text": text, "thread_ts": thread}
    return _wrapped(event | more)


def command(text: str, response_url: str) -> dict[str, Any]:
    """The slash command /ask."""
    number = next(_events)
    return {"command": "/ask", "text": text, "team_id": TEAM, "channel_id": CHANNEL, "user_id": PERSON,
            "trigger_id": f"trigger.{number}", "response_url": response_url, "api_app_id": "A1", "token": "x"}


def press(action: dict[str, Any], ts: str, thread: str, person: str = PERSON) -> dict[str, Any]:
    """A press of a button in a message."""
    return {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": person, "team_id": TEAM},
            "channel": {"id": CHANNEL}, "trigger_id": "trigger.press", "api_app_id": "A1", "token": "x",
            "container": {"type": "message", "message_ts": ts, "channel_id": CHANNEL},
            "message": {"ts": ts, "thread_ts": thread}, "actions": [{"block_id": "b", "action_ts": "1.0", **action}]}


def signed(envelope: dict[str, Any], secret: str = SECRET, *, seconds_ago: int = 0,
           form: bool = False) -> tuple[bytes, dict[str, str]]:
    """An event as an HTTP body with the headers that prove it; as a `form` what people press."""
    told = json.dumps(envelope)
    body = (urlencode({"payload": told}) if form else told).encode()
    moment = str(int(time.time()) - seconds_ago)
    signature = SignatureVerifier(secret).generate_signature(timestamp=moment, body=body)
    assert signature is not None
    headers = {
        "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
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
        "event": {"user": PERSON, "ts": f"17{number:08}.000100", **event},
    }
