"""A client that goes away, or reads slowly: its work stops, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
import uvicorn

from service.answers.answer import Meta, Piece
from service.domain import Statement
from service.doors import serving
from service.doors.http import create_app
from service.settings import Settings
from service.wiring import OnRecord
from tests.doors.examples import disputed_answer


class PatientService:
    """A service whose answers never end by themselves; it knows which were begun and which were given up."""

    def __init__(self, *, flood: int = 0) -> None:
        self.settings = Settings()
        self.flood = flood
        self.begun: list[str] = []
        self.given_up: list[str] = []
        self.archive = self
        self.working = asyncio.Event()
        self.work_stopped = asyncio.Event()

    async def ask(self, question: str, **_: Any) -> AsyncIterator[Piece]:
        """A beginning and a wait without end; the question `quick` is answered."""
        self.begun.append(question)
        yield Meta("ans_1", question, "m", "i")
        try:
            for _ in range(self.flood):
                yield Statement("x" * 10_000 + " [1].", (1,), 0, 10_005)
            if question == "quick":
                yield disputed_answer()
                return
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up.append(question)
            raise

    async def search(self, *_: Any, **__: Any) -> list[Any]:
        """A wait without end."""
        self.working.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.work_stopped.set()
        return []

    add = search

    def observe(self, _: Callable[..., None]) -> None:
        """Nobody is told."""

    def totals(self) -> tuple[int, int]:
        """Nothing is there."""
        return 0, 0


class Running:
    """The application over such a service, on a real port of this loop."""

    def __init__(self, service: PatientService, grace: int | None = None) -> None:
        self.started = asyncio.Event()
        app = create_app(cast(OnRecord, service), heartbeat=0.05)
        config = uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=grace)
        self.server = serving.AnnouncedServer(config, self.started.set)

    async def __aenter__(self) -> Running:
        self.task = asyncio.create_task(self.server.serve())
        await self.started.wait()
        self.port = self.server.servers[0].sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.should_exit = self.server.force_exit = True
        await self.task

    async def send(self, path: str, body: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A raw connection with one request on it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        data = json.dumps(body).encode()
        writer.write(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                     f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
        await writer.drain()
        return reader, writer


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; the test's own time limit is the only one."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.01)


REQUESTS: list[tuple[str, Any]] = [
    ("/v1/ask", {"question": "slow"}),
    ("/v1/ask", {"question": "slow", "stream": True}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "slow"}]}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "slow"}], "stream": True}),
    ("/v1/responses", {"input": "slow"}),
    ("/v1/responses", {"input": "slow", "stream": True}),
]


@pytest.mark.parametrize(("path", "body"), REQUESTS)
async def test_an_answer_is_given_up_when_its_client_goes_away(path: str, body: Any) -> None:
    service = PatientService()
    async with Running(service) as running:
        reader, writer = await running.send(path, body)
        await until(lambda: service.begun == ["slow"])
        if body.get("stream"):
            await reader.readuntil(b"ans_1")
        assert service.given_up == []
        writer.close()
        await until(lambda: service.given_up == ["slow"])


@pytest.mark.parametrize(("path", "body"), [
    ("/v1/search", {"query": "slow"}), ("/v1/articles", {"filename": "slow.txt", "text": "Slowly."})])
async def test_a_search_and_a_waiting_upload_are_given_up_when_their_client_goes_away(path: str, body: Any) -> None:
    service = PatientService()
    async with Running(service) as running:
        _, writer = await running.send(path, body)
        async with asyncio.timeout(20):
            await service.working.wait()
            assert not service.work_stopped.is_set()
            writer.close()
            await service.work_stopped.wait()


async def test_a_client_that_reads_nothing_harms_no_other_and_is_given_up_when_cut() -> None:
    service = PatientService(flood=2_000)
    async with Running(service) as running:
        stalled = socket.create_connection(("127.0.0.1", running.port))
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        body = b'{"question": "stalled", "stream": true}'
        stalled.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
        await until(lambda: service.begun == ["stalled"])
        service.flood = 0
        for _ in range(5):
            reader, writer = await running.send("/v1/ask", {"question": "quick"})
            assert b" 200 OK" in await reader.readline()
            writer.close()
        stalled.close()
        await until(lambda: service.given_up == ["stalled"])


async def test_a_request_cut_off_in_its_body_harms_no_other() -> None:
    service = PatientService()
    async with Running(service) as running:
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
        await writer.drain()
        writer.transport.abort()
        reader, writer = await running.send("/v1/ask", {"question": "quick"})
        assert b" 200 OK" in await reader.readline()
        writer.close()
        assert service.begun == ["quick"]


async def test_a_stop_lets_running_answers_finish_and_takes_no_new_ones() -> None:
    service = PatientService()
    waiting = asyncio.Event()
    ask = service.ask

    async def finishing(question: str, **more: Any) -> AsyncIterator[Piece]:
        yield Meta("ans_1", question, "m", "i")
        await waiting.wait()
        async for piece in ask("quick", **more):
            yield piece

    service.ask = finishing  # type: ignore[method-assign]
    running = Running(service, grace=20)
    async with running:
        reader, writer = await running.send("/v1/ask", {"question": "slow", "stream": True})
        await reader.readuntil(b"ans_1")
        running.server.should_exit = True
        await until(lambda: not running.server.servers[0].is_serving())
        with pytest.raises(OSError, match=r".*"):
            await asyncio.open_connection("127.0.0.1", running.port)
        waiting.set()
        assert b"event: done" in await reader.read()
        writer.close()
        await running.task
