"""What people press in Slack: feedback, quotes, nearest passages, Watch, and the Home tab."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from service.domain import Article
from service.doors.slack_access import Access
from service.doors.slack_delivery import NETWORK, reason
from service.doors.slack_message import FEEDBACK, NEAREST, QUOTE, WATCH
from service.doors.slack_views import UNWATCH, home_view, nearest_view, quote_view
from service.doors.slack_work import Work
from service.errors import NotFoundError, OnRecordError
from service.ports import Watch
from service.wiring import OnRecord

GONE = "That answer is not kept here any more."
FAILED = "That did not work. Please try again in a minute."

_log = logging.getLogger("onrecord.slack")
Json = Mapping[str, Any]


class Actions:
    """Takes presses of buttons; each is acknowledged first and worked off in a task of its own."""

    def __init__(self, service: OnRecord, client: AsyncWebClient, access: Access, work: Work) -> None:
        self._service, self._client, self._access, self._work = service, client, access, work
        self._tasks: set[asyncio.Task[None]] = set()
        self._watching = asyncio.Lock()

    def register(self, app: AsyncApp) -> None:
        """Have the app's buttons answered."""
        presses: Mapping[str | re.Pattern[str], Callable[[Json, str], Awaitable[None]]] = {
            FEEDBACK: self._feedback, re.compile(rf"{QUOTE}(_\d+)?"): self._quote, NEAREST: self._nearest,
            WATCH: self._watch, UNWATCH: self._unwatch}
        for action, does in presses.items():
            app.action(action)(self._pressed(does))

    async def close(self) -> None:
        """Wait for what was pressed."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Awaitable[None], body: Json) -> None:
        """Do some work in a task; who asked for it is told when it fails."""
        task = asyncio.create_task(self._unless_failed(work, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def show_home(self, person: str) -> None:
        """Publish the Home tab of a person."""
        articles, _ = await asyncio.to_thread(self._service.totals)
        period = await asyncio.to_thread(self._work.period)
        watches = await asyncio.to_thread(self._watches_of, person)
        await self._client.views_publish(user_id=person, view=home_view(articles, period, watches))

    async def tell(self, channel: str, person: str, text: str, thread: str | None = None) -> None:
        """Tell one person something that others need not see."""
        try:
            if channel.startswith("D"):
                await self._client.chat_postMessage(channel=channel, text=text, thread_ts=thread)
            else:
                await self._client.chat_postEphemeral(channel=channel, user=person, text=text, thread_ts=thread)
        except (SlackApiError, *NETWORK) as error:
            _log.error("a note to %s could not be posted: %s", channel, reason(error))

    def _pressed(self, does: Callable[[Json, str], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def handler(ack: Callable[[], Awaitable[None]], body: dict[str, Any], action: dict[str, Any]) -> None:
            await ack()
            self.spawn(does(body, str(action.get("value") or "")), body)

        return handler

    async def _unless_failed(self, work: Awaitable[None], body: Json) -> None:
        channel, person, thread = _place(body)
        try:
            await work
        except NotFoundError as error:
            _log.warning("a button in Slack failed: %s", error)
            told = GONE
        except (OnRecordError, SlackApiError, *NETWORK) as error:
            said = error if isinstance(error, OnRecordError) else reason(error)
            _log.warning("a button in Slack failed: %s", said)
            told = FAILED
        except Exception:
            _log.exception("a button in Slack failed")
            told = FAILED
        else:
            return
        if channel and person:
            await self.tell(channel, person, told, thread)

    async def _feedback(self, body: Json, value: str) -> None:
        answer_id, _, verdict = value.rpartition(":")
        if verdict not in ("helpful", "wrong"):
            return
        channel, person, thread = _place(body)
        team = (body.get("team") or {}).get("id", "")
        await asyncio.to_thread(self._service.feedback, answer_id, verdict, None, f"slack:{team}:{person}")
        await self.tell(channel, person, "Thank you, that is kept with the answer.", thread)

    async def _quote(self, body: Json, value: str) -> None:
        answer_id, _, number = value.rpartition(":")
        answer = await asyncio.to_thread(self._service.answer, answer_id)
        citation = next((one for one in answer["citations"] if str(one["index"]) == number), None)
        if citation is None:
            raise NotFoundError(f"answer {answer_id!r} has no source {number!r}")
        article = await asyncio.to_thread(self._article, str(citation["file_id"]))
        await self._client.views_open(trigger_id=body["trigger_id"], view=quote_view(citation, article))

    async def _nearest(self, body: Json, value: str) -> None:
        answer = await asyncio.to_thread(self._service.answer, value)
        await self._client.views_open(trigger_id=body["trigger_id"], view=nearest_view(answer))

    async def _watch(self, body: Json, value: str) -> None:
        """Watch an answer's question; told in the thread where the button was pressed, once however often pressed."""
        channel, person, thread = _place(body)
        answer = await asyncio.to_thread(self._service.answer, value)
        question = str(answer.get("standalone_question") or answer["question"])
        notify = {"slack_channel": channel, "slack_user": person} | ({"slack_thread": thread} if thread else {})
        async with self._watching:
            watched = await asyncio.to_thread(self._service.watches)
            there = ("slack_channel", "slack_thread")
            if any(one.question == question and all(one.notify.get(key) == notify.get(key) for key in there)
                   for one in watched):
                await self.tell(channel, person, "This question is watched in this thread already.", thread)
                return
            filters = await asyncio.to_thread(self._access.filters, self._service, channel)
            await self._service.watching.add(question, notify, filters)
        await self.tell(channel, person, "I watch this question and tell you here when its answer changes.", thread)

    async def _unwatch(self, body: Json, value: str) -> None:
        person = _place(body)[1]
        if any(one.id == value for one in await asyncio.to_thread(self._watches_of, person)):
            await asyncio.to_thread(self._service.unwatch, value)
        await self.show_home(person)

    def _watches_of(self, person: str) -> list[Watch]:
        return [one for one in self._service.watches() if one.notify.get("slack_user") == person]

    def _article(self, file_id: str) -> Article | None:
        try:
            return self._service.article(file_id)
        except NotFoundError:
            return None


def _place(body: Json) -> tuple[str, str, str | None]:
    """The channel, the person and the thread where a button was pressed; "" where there is none."""
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    person = (body.get("user") or {}).get("id") or ""
    thread = message.get("thread_ts") or container.get("thread_ts") or message.get("ts")
    return str(channel), str(person), str(thread) if thread else None
