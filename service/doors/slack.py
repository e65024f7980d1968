"""The Slack door: mentions and direct messages, answered once, in the thread, over HTTP or a socket.

Every event is acknowledged before anything is looked up; the answer is made and posted in a task of its own.
An event that Slack delivers again is known by its id, which the record keeps.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from service.domain import Answer
from service.doors.asking import checked_question
from service.doors.slack_message import Message, answer_message, notice
from service.errors import (
    BusyError,
    EmbedderError,
    ModelError,
    ModelTimeout,
    OnRecordError,
    SettingsError,
    StateError,
    UsageError,
)
from service.settings import Settings
from service.wiring import OnRecord

AT_ONCE = 4
"""Questions answered at the same time; further ones wait their turn."""

REMEMBERED = 1_000
"""Events that one process remembers by itself, besides the record."""

GREETING = "Ask me a question about the articles of this archive, for example: how many troops were sent?"

APOLOGIES: Mapping[type[OnRecordError], str] = {
    UsageError: "I could not take that as a question: {error}.",
    BusyError: "The archive is busy right now. Please ask again in a minute.",
    StateError: "The archive can't be used right now; whoever runs it has to look. Please ask again later.",
    EmbedderError: "The search failed. Please ask again in a minute.",
    ModelTimeout: "The language model did not answer in time. Please ask again.",
    ModelError: "The language model failed. Please ask again in a minute.",
    OnRecordError: "I could not answer that. Please ask again in a minute.",
}
"""What a person in a channel is told; what exactly went wrong stands in the log."""

FAULT = (
    "Something went wrong while I looked for the answer. Please ask again; if it stays, tell whoever runs me."
)

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_LABELLED = re.compile(r"<[^<>|]*\|([^<>]*)>")
_BARE = re.compile(r"<([^<>|]*)>")
_log = logging.getLogger("onrecord.slack")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes."""

    channel: str
    thread: str


class SlackDesk:
    """Takes Slack's events and answers them. Raises SettingsError without a bot token."""

    def __init__(self, service: OnRecord) -> None:
        self._service = service
        self._settings = service.settings
        if self._settings.slack_bot_token is None:
            raise SettingsError(
                "SLACK_BOT_TOKEN is not set", advice="set it to the bot token (xoxb-…) of your Slack app"
            )
        self.client = web_client(self._settings)
        self.app = self._bolt()
        self._bot: Mapping[str, Any] = {}
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def sign_in(self) -> str:
        """Ask Slack who the token belongs to, so that the bot knows its own messages; the workspace's name.

        Raises SettingsError when Slack refuses the token or can't be reached.
        """
        try:
            self._bot = dict((await self.client.auth_test()).data)  # type: ignore[arg-type]
        except (SlackApiError, OSError, TimeoutError) as error:
            raise refused("SLACK_BOT_TOKEN", error) from error
        return str(self._bot.get("team", ""))

    async def close(self, grace: float = 10.0) -> None:
        """Let answers under way be posted, at most `grace` seconds long."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _bolt(self) -> AsyncApp:
        secret = self._settings.slack_signing_secret

        async def authorize() -> AuthorizeResult:
            return self._authorized()

        app = AsyncApp(
            name="onrecord",
            client=AsyncWebClient(base_url=self.client.base_url),
            authorize=authorize,
            signing_secret=secret.get_secret_value() if secret else "",
            logger=logging.getLogger("onrecord.slack.bolt"),
        )
        app.event("app_mention")(self._on_mention)
        app.event("message")(self._on_message)
        app.event(re.compile(".*"))(_ignore)
        return app

    def _authorized(self) -> AuthorizeResult:
        """The one workspace's bot, without a call to Slack: an acknowledgement never waits for one."""
        token = self._settings.slack_bot_token
        return AuthorizeResult(
            enterprise_id=self._bot.get("enterprise_id"),
            team_id=self._bot.get("team_id"),
            bot_id=self._bot.get("bot_id"),
            bot_user_id=self._bot.get("user_id"),
            bot_token=token.get_secret_value() if token else None,
        )

    async def _on_mention(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        if _from_a_person(event):
            self._take(body, event)

    async def _on_message(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        if event.get("channel_type") == "im" and _from_a_person(event):
            self._take(body, event)

    def _take(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """Answer an event in a task of its own."""
        task = asyncio.create_task(self._serve(body, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        channel, moment = str(event["channel"]), str(event["ts"])
        if not await self._is_new(str(body.get("event_id", "")), f"{channel}:{moment}"):
            return
        place = Place(channel, str(event.get("thread_ts") or moment))
        async with self._gate:
            await self._post(place, await self._reply(question_in(str(event.get("text") or ""))))

    async def _is_new(self, *keys: str) -> bool:
        """Whether none of these names of an event was seen before, by this process or another."""
        names = [f"slack:{key}" for key in keys if key]
        fresh = not any(name in self._seen for name in names)
        self._seen.update(dict.fromkeys(names))
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        if not fresh:
            return False
        try:
            return all([await asyncio.to_thread(self._service.first_seen, name) for name in names])
        except OnRecordError as error:
            _log.warning("the record can't tell whether %s is new: %s", names, error)
            return True

    async def _reply(self, question: str) -> Message:
        """The message that answers a question, or says why there is none."""
        if not question:
            return notice(GREETING)
        try:
            last: Any = None
            async for piece in self._service.ask(checked_question(question)):
                last = piece
            return answer_message(last) if isinstance(last, Answer) else notice(FAULT)
        except OnRecordError as error:
            _log.warning("a question from Slack failed: %s", error)
            kind = next(kind for kind in type(error).__mro__ if kind in APOLOGIES)
            return notice(APOLOGIES[kind].format(error=error))
        except Exception:
            _log.exception("a question from Slack failed")
            return notice(FAULT)

    async def _post(self, place: Place, message: Message) -> None:
        """Post into the thread; a message whose blocks Slack refuses goes as text."""
        try:
            await self._send(place, message)
        except SlackApiError as error:
            _log.warning("Slack refused the blocks of a message: %s", error.response.get("error"))
            try:
                await self._send(place, {"text": message["text"]})
            except (SlackApiError, OSError, TimeoutError) as again:
                _log.error("a message to %s could not be posted: %s", place.channel, again)
        except (OSError, TimeoutError) as error:
            _log.error("a message to %s could not be posted: %s", place.channel, error)

    async def _send(self, place: Place, message: Message) -> None:
        await self.client.chat_postMessage(
            channel=place.channel, thread_ts=place.thread, unfurl_links=False, unfurl_media=False, **message
        )


def web_client(settings: Settings) -> AsyncWebClient:
    """Slack's Web API, at SLACK_API_URL where that is set; waits where Slack says to come slower."""
    token = settings.slack_bot_token
    address = settings.slack_api_url or AsyncWebClient.BASE_URL
    return AsyncWebClient(
        token=token.get_secret_value() if token else None,
        base_url=address if address.endswith("/") else f"{address}/",
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(),
            AsyncRateLimitErrorRetryHandler(max_retry_count=3),
        ],
    )


def refused(key: str, error: Exception) -> SettingsError:
    """The error that tells which token Slack did not take, and never the token."""
    if isinstance(error, SlackApiError):
        return SettingsError(
            f"Slack refuses {key}: {error.response.get('error')}",
            advice="check the token in your app's settings",
        )
    return SettingsError(
        f"Slack can't be reached: {type(error).__name__}",
        advice="check the network, and SLACK_API_URL where it is set",
    )


def question_in(text: str) -> str:
    """The question in a message's text: mentions left out, links as people see them, entities as signs."""
    text = _LABELLED.sub(r"\1", _MENTION.sub(" ", text))
    return " ".join(unescape(_BARE.sub(r"\1", text)).split())


def _from_a_person(event: Mapping[str, Any]) -> bool:
    """Whether a message is new and a person's: no bot's, no edit, no join or other notice."""
    silent = ("subtype", "bot_id", "bot_profile", "edited", "hidden")
    return bool(event.get("user") and event.get("channel") and event.get("ts")) and not any(
        event.get(field) for field in silent
    )


async def _ignore() -> None:
    """Every other event is taken and left alone."""
