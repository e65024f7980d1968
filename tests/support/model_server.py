"""A real HTTP server that speaks OpenAI's Chat Completions from a script; tests play the model through it.

In a test: `with ModelServer(lambda request: Reply("…")) as server:` and point the service at `server.url`.
On its own: `python -m tests.support.model_server --script FILE`, where FILE is Python with a function
`reply(request)`, or JSON with a list of replies given in turn (the last one again and again). It prints one
JSON line with its address, and with `--log FILE` writes each request it gets as a JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import math
import re
import runpy
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers to one chat request.

    `text` is the model's text; `chunks` how a stream is cut into deltas: a list of pieces, or a size in
    characters. `wire` cuts the bytes of the response again, regardless of lines and code points. `delay` is
    the seconds before the first byte, `pause` those between writes. `cut_after` closes the connection after
    that many bytes of body. `body` is sent as it is, in place of a completion; a `status` other than 200
    without a `body` gets OpenAI's error object with `text` as its message. `usage` is (prompt, completion)
    tokens, or None for an endpoint that reports none. `events` are raw SSE data fields that come before the
    first delta, and `ignore_stream` makes it answer with one completion although a stream was asked for.
    """

    text: str = ""
    chunks: Sequence[str] | int = 12
    wire: int | None = None
    delay: float = 0.0
    pause: float = 0.0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str | None = None
    body: str | bytes | None = None
    cut_after: int | None = None
    finish: str | None = "stop"
    done: bool = True
    usage: tuple[int, int] | None = (100, 20)
    error: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[str] = ()
    ignore_stream: bool = False

    def pieces(self) -> list[str]:
        """The deltas of a stream."""
        if isinstance(self.chunks, int):
            return [self.text[at:at + self.chunks] for at in range(0, len(self.text), self.chunks)]
        return list(self.chunks)


Script = Callable[[dict[str, Any]], "Reply | str"]


def said(statement: str, *citations: tuple[str, str]) -> str:
    """One line of the exchange: a statement with its (passage, quote) pairs."""
    return json.dumps({"statement": statement,
                       "citations": [{"passage": key, "quote": quote} for key, quote in citations]},
                      ensure_ascii=False) + "\n"


def failure(status: int, message: str = "it failed", **headers: str) -> Reply:
    """An error with OpenAI's error object; `retry_after="1"` becomes the header `Retry-After: 1`."""
    return Reply(message, status=status,
                 headers={name.replace("_", "-").title(): value for name, value in headers.items()})


def in_turn(*replies: Reply | str) -> Script:
    """A script that gives these replies one after the other, the last one for ever."""
    waiting = list(replies)

    def reply(_: dict[str, Any]) -> Reply | str:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return reply


def closed_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it came over the wire; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    json: Any
    at: float


class ModelServer:
    """The server, in a thread of its own, between `with` and its end. A `key` makes it refuse all others."""

    def __init__(self, script: Script, *, models: Sequence[str] = ("test-model",), key: str | None = None,
                 dimension: int = 16, port: int = 0, log: Path | None = None) -> None:
        self.script, self.models, self.key, self.dimension = script, models, key, dimension
        self.port, self._log = port, log
        self.vector: Callable[[str, int], list[float]] = _hashed
        """What an embedding is, by text and dimension; can be replaced."""
        self.requests: list[Recorded] = []
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="model server")

    @property
    def url(self) -> str:
        """What OPENAI_BASE_URL is set to."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def chats(self) -> list[Any]:
        """The bodies of all chat requests so far."""
        return [request.json for request in self.requests if request.path == "/v1/chat/completions"]

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(10):
            raise RuntimeError("the model server did not start within 10 seconds")
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:
            self._failure = error
            self._started.set()
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=50_000_000)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_get("/v1/models", self._models)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = runner.addresses[0][1]
        self._started.set()
        try:
            await self._stop.wait()
        finally:
            await runner.cleanup()

    async def _record(self, request: web.Request) -> Any:
        raw = await request.text()
        try:
            content = json.loads(raw) if raw else None
        except ValueError:
            content = raw
        recorded = Recorded(request.method, request.path,
                            {name.lower(): value for name, value in request.headers.items()}, content,
                            time.monotonic())
        self.requests.append(recorded)
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as file:
                entry = {"method": recorded.method, "path": recorded.path, "json": content}
                file.write(json.dumps(entry) + "\n")
        return content

    def _stranger(self, request: web.Request) -> web.Response | None:
        if self.key is None or request.headers.get("Authorization") == f"Bearer {self.key}":
            return None
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return web.json_response({"error": {"message": f"Incorrect API key provided: {given}.",
                                            "type": "invalid_request_error", "param": None,
                                            "code": "invalid_api_key"}}, status=401)

    async def _models(self, request: web.Request) -> web.Response:
        await self._record(request)
        return self._stranger(request) or web.json_response(
            {"object": "list", "data": [{"id": name, "object": "model", "created": 0, "owned_by": "test"}
                                        for name in self.models]})

    async def _embeddings(self, request: web.Request) -> web.Response:
        body = await self._record(request)
        if (refusal := self._stranger(request)) is not None:
            return refusal
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        vectors = [self.vector(str(text), body.get("dimensions") or self.dimension) for text in texts]
        coded: list[Any] = vectors
        if body.get("encoding_format") == "base64":
            coded = [base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
                     for vector in vectors]
        tokens = sum(len(str(text).split()) for text in texts)
        return web.json_response({
            "object": "list", "model": body.get("model"),
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            "data": [{"object": "embedding", "index": index, "embedding": vector}
                     for index, vector in enumerate(coded)]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await self._record(request)
        if (refusal := self._stranger(request)) is not None:
            return refusal
        reply = self.script(body)
        if isinstance(reply, str):
            reply = Reply(reply)
        await asyncio.sleep(reply.delay)
        content_type, writes = _written(reply, body)
        response = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
        response.content_type = reply.content_type or content_type
        response.enable_chunked_encoding()
        await response.prepare(request)
        left = reply.cut_after
        for piece in writes:
            if left is not None and len(piece) >= left:
                await response.write(piece[:left])
                await asyncio.sleep(0.01)
                if request.transport is not None:
                    request.transport.close()
                return response
            await response.write(piece)
            await asyncio.sleep(reply.pause)
            left = None if left is None else left - len(piece)
        await response.write_eof()
        return response


def _written(reply: Reply, body: Any) -> tuple[str, list[bytes]]:
    """The content type and the bytes of the response, write by write."""
    if reply.body is not None:
        whole = reply.body.encode("utf-8") if isinstance(reply.body, str) else reply.body
        content_type, writes = "application/json", [whole]
    elif reply.status != 200:
        error = {"message": reply.text, "type": "error", "param": None, "code": None} | dict(reply.error)
        content_type, writes = "application/json", [json.dumps({"error": error}).encode()]
    elif body.get("stream") and not reply.ignore_stream:
        content_type, writes = "text/event-stream", list(_events(reply, body))
    else:
        content_type, writes = "application/json", [json.dumps(_completion(reply, body)).encode()]
    if reply.wire:
        whole = b"".join(writes)
        writes = [whole[at:at + reply.wire] for at in range(0, len(whole), reply.wire)]
    return content_type, writes


def _usage(reply: Reply) -> dict[str, int] | None:
    if reply.usage is None:
        return None
    prompt, completion = reply.usage
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _completion(reply: Reply, body: Any) -> dict[str, Any]:
    completion = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": body.get("model"),
                  "choices": [{"index": 0, "message": {"role": "assistant", "content": reply.text},
                               "finish_reason": reply.finish}]}
    return completion | ({} if reply.usage is None else {"usage": _usage(reply)})


def _events(reply: Reply, body: Any) -> Iterator[bytes]:
    """The stream as an OpenAI endpoint writes it, one event a write."""
    frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": body.get("model")}

    def event(choices: list[Any], **more: Any) -> bytes:
        chunk = json.dumps(frame | {"choices": choices} | more, ensure_ascii=False)
        return b"data: " + chunk.encode("utf-8", "surrogatepass") + b"\n\n"

    def delta(content: dict[str, Any], finish: str | None = None) -> list[Any]:
        return [{"index": 0, "delta": content, "finish_reason": finish}]

    for data in reply.events:
        yield f"data: {data}\n\n".encode()
    yield event(delta({"role": "assistant", "content": ""}))
    for piece in reply.pieces():
        yield event(delta({"content": piece}))
    if reply.finish is not None:
        yield event(delta({}, reply.finish))
    if (body.get("stream_options") or {}).get("include_usage") and reply.usage is not None:
        yield event([], usage=_usage(reply))
    if reply.done:
        yield b"data: [DONE]\n\n"


def _hashed(text: str, dimension: int) -> list[float]:
    """A unit vector in which texts that share words are close: hashed bag of words."""
    vector = [0.0] * dimension
    for word in re.findall(r"\w+", text.lower()) or [""]:
        vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % dimension] += 1.0
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector]


def script_of(file: Path) -> Script:
    """The script in a file: `reply` of Python, or a JSON list of replies (text, or the fields of Reply)."""
    if file.suffix == ".json":
        entries = json.loads(file.read_text("utf-8"))
        return in_turn(*(Reply(**entry) if isinstance(entry, dict) else str(entry) for entry in entries))
    script = runpy.run_path(str(file))["reply"]
    if not callable(script):
        raise TypeError(f"`reply` in {str(file)!r} is not a function")
    return script  # type: ignore[no-any-return]


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="an OpenAI-compatible endpoint that answers from a script")
    parser.add_argument("--script", type=Path, required=True, help="Python with reply(request), or JSON")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", help="refuse any other API key")
    parser.add_argument("--log", type=Path, help="write each request here, one JSON line each")
    given = parser.parse_args()
    with ModelServer(script_of(given.script), port=given.port, key=given.key, log=given.log) as server:
        print(json.dumps({"url": server.url}), flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
