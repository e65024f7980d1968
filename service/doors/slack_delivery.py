"""The messages that answer one question in a thread: there once, also where a process died over them.

A message is begun before the answer is looked for, as a stream where Slack has streams and as a plain message
where not; its time stamp is kept in the record, and what follows changes that message. Where a process died between
Slack's taking a message and the record's keeping it, the message is found again in the thread.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from service.doors.slack_text import Line, Message, line, rich_text
from service.errors import OnRecordError
from service.ports import SlackJob, SlackJobs

SEARCHING = "Searching the articles…"
EVENT = "onrecord_answer"
"""The `event_type` in the metadata of our messages; the payload names the question."""
PACE = 1.0
"""Seconds between two additions to a stream, at least."""
_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "block_mismatch")

NETWORK = (OSError, TimeoutError, asyncio.TimeoutError, aiohttp.ClientError)
"""What the client raises where Slack can't be reached, besides SlackApiError."""

_log = logging.getLogger("onrecord.slack")


class Delivery:
    """The messages of one question's answer. `bot_user` gives the bot's own id; it may raise as Slack's calls do."""

    def __init__(self, client: AsyncWebClient, jobs: SlackJobs, job: SlackJob,
                 bot_user: Callable[[], Awaitable[str]]) -> None:
        self._client, self._jobs, self._job, self._bot = client, jobs, job, bot_user
        request = job.request
        self._channel, self._thread = str(request["channel"]), str(request["thread_ts"])
        self._sent = list(job.sent)
        self._streaming = False
        self._pending: list[Line] = []
        self._shown = False
        self._taken_back = False
        self._appended = 0.0

    async def begin(self) -> None:
        """Show that the question was taken. Raises SlackApiError and what NETWORK lists."""
        if self._job.attempts > 1:
            await self._recover()
        if self._sent:
            await self._stop(self._sent[0])
            return
        try:
            begun = await self._client.chat_startStream(
                channel=self._channel, thread_ts=self._thread, recipient_team_id=self._job.request["team"],
                recipient_user_id=self._job.request["person"],
                chunks=[{"type": "task_update", "id": "search", "title": SEARCHING, "status": "in_progress"}])
            self._streaming = True
        except SlackApiError as error:
            if passing(error):
                raise
            begun = await self._post({"text": SEARCHING, "blocks": rich_text([line(SEARCHING)])}, 0)
        await self._note([str(begun["ts"])])

    async def add(self, statement: str) -> None:
        """Show a proven statement while the rest is looked for; what Slack doesn't take comes with the end."""
        self._pending.append(line(statement))
        if not self._streaming or self._taken_back or time.monotonic() - self._appended < PACE:
            return
        self._appended = time.monotonic()
        self._shown = True
        told, self._pending = self._pending, []
        try:
            await self._client.chat_appendStream(channel=self._channel, ts=self._sent[0],
                                                 chunks=[{"type": "blocks", "blocks": rich_text(told)}])
        except (SlackApiError, *NETWORK) as error:
            self._streaming = False
            _log.warning("a stream broke off: %s", reason(error))

    def restart(self) -> None:
        """The statements so far are not the answer after all: no more is shown before the whole answer takes the place
        of what is."""
        self._pending = []
        self._taken_back = self._shown

    async def finish(self, messages: Sequence[Message]) -> None:
        """Have exactly these messages stand in the thread. Raises SlackApiError and what NETWORK lists."""
        if self._streaming:
            await self._stop(self._sent[0])
        for part, message in enumerate(messages):
            if part < len(self._sent):
                await self._update(part, message)
            else:
                posted = await self._posted(message, part)
                await self._note([*self._sent, str(posted["ts"])])
        for extra in self._sent[len(messages):]:
            await self._client.chat_delete(channel=self._channel, ts=extra)
        await self._note(self._sent[: len(messages)])

    async def _note(self, sent: Sequence[str]) -> None:
        if list(sent) == self._sent:
            return
        self._sent = list(sent)
        try:
            await asyncio.to_thread(self._jobs.note_slack_messages, self._job.key, self._sent)
        except OnRecordError as error:
            _log.warning("the record can't keep which message answers %s: %s", self._job.key, error)

    async def _stop(self, ts: str) -> None:
        """End a stream, if it is one that still runs."""
        self._streaming = False
        try:
            await self._client.chat_stopStream(channel=self._channel, ts=ts)
        except SlackApiError as error:
            if passing(error):
                raise

    async def _update(self, part: int, message: Message) -> None:
        """Change a message; one that somebody has deleted is posted anew, one whose blocks are refused is text."""
        try:
            await self._client.chat_update(channel=self._channel, ts=self._sent[part], metadata=self._metadata(part),
                                           **message)
        except SlackApiError as error:
            if reason(error) in _BLOCKS:
                _log.warning("Slack refused the blocks of a message: %s", reason(error))
                await self._client.chat_update(channel=self._channel, ts=self._sent[part], blocks=[],
                                               metadata=self._metadata(part), text=message["text"])
            elif passing(error):
                raise
            else:
                _log.warning("a message could not be changed: %s", reason(error))
                posted = await self._posted(message, part)
                await self._note([*self._sent[:part], str(posted["ts"]), *self._sent[part + 1:]])

    async def _posted(self, message: Message, part: int) -> Any:
        """Post; a message whose blocks Slack refuses goes as text."""
        try:
            return await self._post(message, part)
        except SlackApiError as error:
            if reason(error) not in _BLOCKS:
                raise
            _log.warning("Slack refused the blocks of a message: %s", reason(error))
            return await self._post({"text": message["text"]}, part)

    async def _post(self, message: Message, part: int) -> Any:
        return await self._client.chat_postMessage(
            channel=self._channel, thread_ts=self._thread, unfurl_links=False, unfurl_media=False,
            metadata=self._metadata(part), **message)

    def _metadata(self, part: int) -> Message:
        return {"event_type": EVENT, "event_payload": {"question": self._job.key, "part": part}}

    async def _recover(self) -> None:
        """Find what an earlier attempt posted and could not keep."""
        try:
            found = await self._client.conversations_replies(
                channel=self._channel, ts=self._thread, oldest=str(self._job.request["ts"]), limit=200,
                include_all_metadata=True)
        except SlackApiError as error:
            if passing(error):
                raise
            _log.warning("a thread can't be read again: %s", reason(error))
            return
        bot = await self._bot()
        known = await asyncio.to_thread(self._jobs.slack_messages, self._job.thread)
        named: dict[int, str] = dict(enumerate(self._sent))
        unnamed: list[str] = []
        for message in found.get("messages") or ():
            told = message.get("metadata") or {}
            ts = str(message.get("ts"))
            if message.get("user") != bot:
                continue
            if told.get("event_type") == EVENT and told.get("event_payload", {}).get("question") == self._job.key:
                named.setdefault(int(told["event_payload"].get("part", 0)), ts)
            elif not told and ts not in known:
                unnamed.append(ts)
        if 0 not in named and unnamed:
            named[0] = unnamed[0]
        if sorted(named) == list(range(len(named))):
            await self._note([named[part] for part in sorted(named)])


def reason(error: BaseException) -> str:
    """What Slack, or the network, said; never a token."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    told = getattr(error.response, "data", error.response)
    return str(told.get("error")) if isinstance(told, Mapping) else f"HTTP {_status(error)}"


def passing(error: SlackApiError) -> bool:
    """Whether the same call may succeed later."""
    status = _status(error)
    return status >= 500 or status == 429 or reason(error) in (
        "ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout")


def _status(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 0) or 0)
