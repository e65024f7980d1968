"""The bot for tests: over a service that is scripted or real, listening on a socket or behind `/slack/events`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
from pydantic import SecretStr

from service.adapters.record import SqlRecord
from service.answers.answer import Piece
from service.domain import Filters
from service.doors.http import create_app
from service.doors.slack import SlackDesk
from service.doors.slack_message import answer_messages
from service.doors.slack_socket import listen
from service.errors import OnRecordError
from service.settings import Settings
from service.wiring import OnRecord
from tests.doors.examples import disputed_answer
from tests.support.slack_server import APP_TOKEN, BOT_TOKEN, SECRET, SlackServer


class Refusing:
    """A record that can be told to fail, before the real one."""

    def __init__(self, record: SqlRecord) -> None:
        self.failure: OnRecordError | None = None
        self._record = record

    def __getattr__(self, name: str) -> Any:
        if self.failure is not None:
            raise self.failure
        return getattr(self._record, name)


class ScriptedService:
    """A service that gives one answer, or fails as told, over a real record; it keeps what it was asked."""

    def __init__(self, settings: Settings, failure: Exception | None = None) -> None:
        self.settings = settings
        self.failure = failure
        self.asked: list[str] = []
        self.threads: list[str | None] = []
        self.filters: list[Filters | None] = []
        self.gate: asyncio.Event | None = None
        self.slack_jobs = Refusing(SqlRecord(settings.record_url))

    async def ask(self, question: str, *, filters: Filters | None = None, stream: bool,  # noqa: ARG002
                  revisable: bool, thread_id: str | None = None) -> AsyncIterator[Piece]:  # noqa: ARG002
        """One whole answer."""
        self.asked.append(question)
        self.threads.append(thread_id)
        self.filters.append(filters)
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        for statement in disputed_answer().statements:
            yield statement
        yield disputed_answer()

    def carriers(self) -> dict[str, Any]:
        """No way to tell of watches."""
        return {}

    def revision(self) -> int:
        """Nothing ever changes."""
        return 1

    def totals(self) -> tuple[int, int]:
        """Nothing in the archive."""
        return 0, 0

    def observe(self, observer: Any) -> None:
        """Nobody is told."""

    def catalogue(self) -> list[Any]:
        """No article has a day."""
        return []

    @property
    def watching(self) -> Any:
        """Nothing is watched."""
        return Unwatched()


class Unwatched:
    """No watches."""

    async def check(self) -> int:
        return 0

    async def deliver(self, _: Any) -> int:
        return 0


def settings_for(slack: SlackServer, **more: Any) -> Settings:
    """Settings with every token, pointing at the small Slack."""
    given = {
        "data": Path.cwd() / "state",
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_app_token": SecretStr(APP_TOKEN),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_api_url": slack.url,
    }
    return Settings(**{**given, **more})


@contextlib.asynccontextmanager
async def over_socket(service: ScriptedService) -> AsyncIterator[None]:
    """The bot, listening over Socket Mode."""
    stop, connected = asyncio.Event(), asyncio.Event()
    teams: list[str] = []

    def told(team: str) -> None:
        teams.append(team)
        connected.set()

    bot = asyncio.create_task(listen(cast(OnRecord, service), stop, told))
    try:
        await asyncio.wait_for(connected.wait(), 10)
        assert teams == ["Newsroom"]
        yield
    finally:
        stop.set()
        await asyncio.wait_for(bot, 20)


@contextlib.asynccontextmanager
async def over_http(service: ScriptedService | OnRecord) -> AsyncIterator[httpx.AsyncClient]:
    """The bot, behind `/slack/events`."""
    desk = SlackDesk(cast(OnRecord, service))
    await desk.sign_in()
    app = create_app(cast(OnRecord, service), slack=desk)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client
    await desk.close()


def expected(channel: str, thread: str) -> dict[str, Any]:
    """The message that answers with the scripted answer."""
    (message,) = answer_messages(disputed_answer())
    return {"channel": channel, "thread_ts": thread, **message}


def told(message: dict[str, Any]) -> dict[str, Any]:
    """What people see of a message: where, the text and the blocks."""
    return {key: message[key] for key in ("channel", "thread_ts", "text", "blocks") if key in message}


async def settled() -> None:
    """Give what should not be answered the time to be answered all the same."""
    await asyncio.sleep(0.1)
