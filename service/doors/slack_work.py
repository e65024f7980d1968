"""The work behind Slack's events: kept questions are taken from the record, answered, and delivered once each."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from service.answers.answer import Meta
from service.domain import Answer, Statement
from service.doors.asking import checked_question
from service.doors.slack_access import Access
from service.doors.slack_delivery import EVENT, NETWORK, Delivery, passing, reason
from service.doors.slack_message import answer_messages, notice
from service.doors.slack_text import Message, escaped
from service.errors import (
    BusyError,
    EmbedderError,
    ModelError,
    ModelTimeout,
    OnRecordError,
    StateError,
    UsageError,
)
from service.ports import SlackJob
from service.wiring import OnRecord

AT_ONCE = 4
"""Questions answered at the same time; further ones wait their turn."""
LEASE_SECONDS = 15
"""So long a question stays with a process that died; one at work holds it for longer, three times in that time."""
POLL_SECONDS = 2.0
KEPT_SECONDS = 2 * 86_400
"""So long a settled question is known: Slack delivers again for minutes, and for a day where that is switched on."""
PRUNE_SECONDS = 3_600
RETRIES = (2, 5, 15, 60, 300, 900, 3600)
"""Seconds to wait after each failure at Slack; after the last the question is given up."""

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

_NOT_HERE = ("not_in_channel", "channel_not_found", "is_archived", "restricted_action")
_log = logging.getLogger("onrecord.slack")


class Work:
    """Answers the kept questions of one archive. `bot_user` gives the bot's own id, asking Slack where it has to."""

    def __init__(self, service: OnRecord, client: AsyncWebClient, access: Access,
                 bot_user: Callable[[], Awaitable[str]]) -> None:
        self._service, self._client, self._access, self._bot_user = service, client, access, bot_user
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._pruned: float | None = None
        self._period: tuple[int, tuple[date, date] | None] = (-1, None)

    def start(self) -> None:
        """Begin to answer what waits, if that was not begun yet."""
        if self._loop is None:
            self._loop = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There is something new."""
        self.start()
        self._woken.set()

    def take(self, job: SlackJob) -> None:
        """Answer a question that the record could not keep."""
        self._begin(job)

    async def close(self, grace: float) -> None:
        """Take no more; let answers under way be posted, at most `grace` seconds long. Others wait in the record."""
        if self._loop is not None:
            self._loop.cancel()
            with suppress(asyncio.CancelledError):
                await self._loop
            self._loop = None
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            room = AT_ONCE - len(self._tasks)
            try:
                if room > 0:
                    for job in await asyncio.to_thread(self._service.slack_jobs.lease_slack_jobs, LEASE_SECONDS, room):
                        self._begin(job)
                await self._prune()
            except OnRecordError as error:
                _log.warning("the questions that wait can't be read: %s", error)
            except Exception:
                _log.exception("the questions that wait can't be read")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)

    async def _prune(self) -> None:
        """Forget, once in a while, the questions that Slack can't deliver again. Raises StateError."""
        if self._pruned is None or time.monotonic() - self._pruned >= PRUNE_SECONDS:
            self._pruned = time.monotonic()
            await asyncio.to_thread(self._service.slack_jobs.prune_slack_jobs, KEPT_SECONDS)

    def _begin(self, job: SlackJob) -> None:
        task = asyncio.create_task(self._answer(job))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._woken.set()

    async def _answer(self, job: SlackJob) -> None:
        """Answer one question, and note what came of it."""
        keeping = asyncio.create_task(self._keep(job))
        try:
            await (self._open(job) if job.request.get("command") else self._deliver(job))
            await self._settle(job)
        except asyncio.CancelledError:
            await asyncio.shield(self._settle(job, "stopped", 0))
            raise
        except (SlackApiError, *NETWORK) as error:
            later = not isinstance(error, SlackApiError) or passing(error)
            again = RETRIES[job.failures] if later and job.failures < len(RETRIES) else None
            _log.error("an answer to %s could not be posted: %s", job.key, reason(error))
            await self._settle(job, reason(error), again)
        except Exception as error:
            _log.exception("an answer to %s could not be posted", job.key)
            again = RETRIES[job.failures] if job.failures < len(RETRIES) else None
            await self._settle(job, type(error).__name__, again)
        finally:
            keeping.cancel()

    async def _keep(self, job: SlackJob) -> None:
        """Hold the question while it is worked on."""
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with suppress(OnRecordError):
                await asyncio.to_thread(self._service.slack_jobs.keep_slack_job, job.key, LEASE_SECONDS)

    async def _settle(self, job: SlackJob, error: str | None = None, again: int | None = None) -> None:
        try:
            await asyncio.to_thread(self._service.slack_jobs.settle_slack_job, job.key, error=error, again=again)
        except OnRecordError as failed:
            _log.warning("the record can't keep what came of %s: %s", job.key, failed)

    async def _deliver(self, job: SlackJob) -> None:
        delivery = Delivery(self._client, self._service.slack_jobs, job, self._bot_user)
        await delivery.begin()
        await delivery.finish(await self._reply(job, delivery))

    async def _reply(self, job: SlackJob, delivery: Delivery | None) -> Sequence[Message]:
        """The messages that answer a question, or say why there is no answer."""
        question = str(job.request["text"])
        if not question:
            return [notice(GREETING)]
        try:
            filters = await asyncio.to_thread(self._access.filters, self._service, str(job.request["channel"]))
            last: Answer | None = None
            async for piece in self._service.ask(checked_question(question), filters=filters,
                                                 stream=delivery is not None, revisable=True,
                                                 thread_id=job.thread if delivery is not None else None):
                if isinstance(piece, Answer):
                    last = piece
                elif delivery is not None and isinstance(piece, Meta):
                    delivery.restart()
                elif delivery is not None and isinstance(piece, Statement):
                    await delivery.add(piece.text)
            if last is None:
                return [notice(FAULT)]
            return answer_messages(last, await asyncio.to_thread(self.period))
        except OnRecordError as error:
            _log.warning("a question from Slack failed: %s", error)
            kind = next(kind for kind in type(error).__mro__ if kind in APOLOGIES)
            return [notice(APOLOGIES[kind].format(error=error))]
        except Exception:
            _log.exception("a question from Slack failed")
            return [notice(FAULT)]

    async def _open(self, job: SlackJob) -> None:
        """Begin a thread for a question asked by command, and have it answered there.

        Where the bot may not write, who asked is answered alone.
        """
        request = job.request
        try:
            ts = await self._opened(job) if job.attempts > 1 else None
            if ts is None:
                asked = f"<@{request['person']}> asks: {escaped(str(request['text']))}"
                ts = str((await self._client.chat_postMessage(
                    channel=request["channel"], text=asked, unfurl_links=False, unfurl_media=False,
                    metadata={"event_type": EVENT, "event_payload": {"question": job.key}}))["ts"])
        except SlackApiError as error:
            if reason(error) not in _NOT_HERE:
                raise
            hook = AsyncWebhookClient(str(request["response_url"]))
            for message in await self._reply(job, None):
                await hook.send(response_type="ephemeral", unfurl_links=False, unfurl_media=False, **message)
            return
        question = question_job(request["team"], request["channel"], ts, ts, request["person"], request["text"])
        await asyncio.to_thread(self._service.slack_jobs.add_slack_job, question)
        self.wake()

    async def _opened(self, job: SlackJob) -> str | None:
        """The time stamp of the message that an earlier attempt began the thread with."""
        bot_user = await self._bot_user()
        found = await self._client.conversations_history(channel=job.request["channel"], limit=200,
                                                         include_all_metadata=True)
        for message in found.get("messages") or ():
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if message.get("user") == bot_user and payload.get("question") == job.key:
                return str(message["ts"])
        return None

    def period(self) -> tuple[date, date] | None:
        """The archive's first and last day, looked up once for each state of the archive. Raises StateError."""
        revision = self._service.revision()
        if self._period[0] != revision:
            days = [entry.published for entry in self._service.catalogue() if entry.published]
            self._period = revision, ((min(days), max(days)) if days else None)
        return self._period[1]


def thread_key(team: str, channel: str, thread: str) -> str:
    """A thread of Slack as the record names it."""
    return f"slack:{team}:{channel}:{thread}"[:120]


def question_job(team: str, channel: str, ts: str, thread: str, person: str, text: str) -> SlackJob:
    """A question that came with a message; the same message is the same job, however often it comes."""
    request = {"team": team, "channel": channel, "ts": ts, "thread_ts": thread, "person": person, "text": text}
    return SlackJob(f"{team}:{channel}:{ts}"[:200], thread_key(team, channel, thread), request)
