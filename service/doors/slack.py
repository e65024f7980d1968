"""The Slack door: mentions, direct messages, `/ask`, replies and buttons, over HTTP or a socket.

Every question is kept in the record before it is acknowledged, and answered by `slack_work.py`; what Slack delivers
again has the same key and is known, across processes and restarts.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from html import unescape
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from service.doors.slack_access import Access
from service.doors.slack_actions import Actions
from service.doors.slack_carrier import SlackCarrier
from service.doors.slack_delivery import NETWORK, passing, reason
from service.doors.slack_work import GREETING, Work, question_job, thread_key
from service.errors import OnRecordError, SettingsError
from service.ports import SlackJob
from service.settings import Settings
from service.wiring import OnRecord

REMEMBERED = 1_000
"""Questions that one process remembers by itself, for when the record can't."""
START_PAUSES = (1.0, 2.0, 4.0)
"""Seconds to wait before a call is made again that the start depends on."""
KEEPING_SECONDS = 2.0
"""So long an acknowledgement waits for the record; Slack waits three seconds."""
STATUS = "is searching the articles…"
ELSEWHERE = "I don't answer here. Whoever runs me can add this channel to my settings."
TOO_OFTEN = "You have asked a lot in a short time. Please wait a minute and ask again."
_CONTENT = ("thread_broadcast", "file_share")
"""The subtypes of messages that are a person's words all the same."""

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_TO_ANOTHER = re.compile(r"\s*<@([A-Z0-9]+)")
_LABELLED = re.compile(r"<[^<>|]*\|([^<>]*)>")
_BARE = re.compile(r"<([^<>|]*)>")
_log = logging.getLogger("onrecord.slack")


class SlackDesk:
    """Takes what comes from Slack. Raises SettingsError without a bot token."""

    def __init__(self, service: OnRecord) -> None:
        self._service = service
        self._settings = service.settings
        if self._settings.slack_bot_token is None:
            raise SettingsError(
                "SLACK_BOT_TOKEN is not set", advice="set it to the bot token (xoxb-…) of your Slack app"
            )
        self.client = web_client(self._settings)
        self._bot: Mapping[str, Any] = {}
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._access = Access(self._settings)
        self._work = Work(service, self.client, self._access, self._bot_user)
        self._actions = Actions(service, self.client, self._access, self._work)
        self._tasks: set[asyncio.Task[None]] = set()
        self.app = self._bolt()
        self.carrier = SlackCarrier(self.client)

    async def sign_in(self) -> str:
        """Ask Slack who the token belongs to, and begin to answer what waits; the workspace's name.

        Raises SettingsError when Slack refuses the token or can't be reached.
        """
        try:
            await patiently(self._bot_user)
        except (SlackApiError, *NETWORK) as error:
            raise refused("SLACK_BOT_TOKEN", error) from error
        self._work.start()
        return str(self._bot.get("team", ""))

    async def _bot_user(self) -> str:
        """The bot's own id; Slack is asked until it has said so once. Raises SlackApiError and what NETWORK lists."""
        if not self._bot:
            self._bot = dict((await self.client.auth_test()).data)  # type: ignore[arg-type]
        return str(self._bot.get("user_id", ""))

    async def close(self, grace: float = 10.0) -> None:
        """Let answers under way be posted, at most `grace` seconds long."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._work.close(grace)
        await self._actions.close()

    def _bolt(self) -> AsyncApp:
        secret = self._settings.slack_signing_secret

        async def authorize() -> AuthorizeResult:
            return self._authorized()

        app = AsyncApp(
            name="onrecord",
            client=AsyncWebClient(base_url=self.client.base_url),
            authorize=authorize,
            signing_secret=secret.get_secret_value() if secret else "",
            process_before_response=True,
            logger=logging.getLogger("onrecord.slack.bolt"),
        )
        app.error(_on_error)
        app.event("app_mention")(self._on_mention)
        app.event("message")(self._on_message)
        app.event("app_home_opened")(self._on_home)
        app.event("assistant_thread_started")(self._on_assistant)
        app.event(re.compile(".*"))(_ignore)
        app.command("/ask")(self._on_command)
        self._actions.register(app)
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
            await self._asked(body, event)

    async def _on_message(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        if not _from_a_person(event):
            return
        channel = str(event["channel"])
        if event.get("channel_type", "im" if channel.startswith("D") else "channel") == "im":
            await self._asked(body, event)
        elif event.get("thread_ts") and not self._to_another(str(event.get("text") or "")):
            thread = thread_key(str(body.get("team_id", "")), channel, str(event["thread_ts"]))
            try:
                known = await asyncio.to_thread(self._service.slack_jobs.slack_thread_known, thread)
            except OnRecordError as error:
                _log.warning("the record can't tell whether %s is known: %s", thread, error)
                return
            if known:
                await self._asked(body, event)

    def _to_another(self, text: str) -> bool:
        """Whether a message begins with the name of somebody else."""
        found = _TO_ANOTHER.match(text)
        return found is not None and found[1] != self._bot.get("user_id")

    async def _on_command(self, ack: Callable[..., Awaitable[None]], command: Mapping[str, Any]) -> None:
        text, team, channel = question_in(str(command.get("text") or "")), command["team_id"], command["channel_id"]
        if refusal := await self._refusal(team, channel, command["user_id"], fresh=bool(text)):
            await ack(response_type="ephemeral", text=refusal)
            return
        if not text:
            await ack(response_type="ephemeral", text=GREETING)
            return
        request = {"command": True, "team": team, "channel": channel, "person": command["user_id"], "text": text,
                   "response_url": command["response_url"]}
        name = f"command:{command['trigger_id']}"
        await self._keep(SlackJob(f"{team}:{channel}:{name}"[:200], thread_key(team, channel, name), request))
        await ack()

    async def _on_home(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        channel, person = event.get("channel"), event.get("user")
        if event.get("tab") == "messages" and channel:
            self._actions.spawn(self._prompt(str(channel), None), body)
        elif event.get("tab") != "messages" and person:
            self._actions.spawn(self._actions.show_home(str(person)), body)

    async def _on_assistant(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        thread = event.get("assistant_thread")
        if isinstance(thread, Mapping) and thread.get("channel_id"):
            self._actions.spawn(self._prompt(str(thread["channel_id"]), thread.get("thread_ts")), body)

    async def _prompt(self, channel: str, thread: str | None) -> None:
        """Suggest what may be asked: the titles of some articles."""
        page = await asyncio.to_thread(self._service.articles, 30)
        titles = [source.document_title for source in page.items if source.document_title][:4]
        prompts = [{"title": title[:75], "message": f"What happened: {title[:500]}"} for title in titles]
        if prompts:
            await self.client.assistant_threads_setSuggestedPrompts(
                channel_id=channel, thread_ts=thread, prompts=prompts)

    async def _asked(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """Keep a question that came as a message."""
        team, channel, ts = str(body.get("team_id", "")), str(event["channel"]), str(event["ts"])
        thread, person = str(event.get("thread_ts") or ts), str(event["user"])
        job = question_job(team, channel, ts, thread, person, question_in(str(event.get("text") or "")))
        if job.key in self._seen:
            return
        if refusal := await self._refusal(team, channel, person, fresh=True):
            self._remember(job.key)
            self._later(self._actions.tell(channel, person, refusal, thread))
            return
        self._later(self._show_status(channel, thread))
        await self._keep(job)

    async def _refusal(self, team: str, channel: str, person: str, *, fresh: bool) -> str | None:
        """Why a question is not answered; None where it is."""
        if not self._access.allowed(team, channel):
            return ELSEWHERE
        return None if not fresh or await self._access.not_too_often(f"{team}:{person}") else TOO_OFTEN

    async def _keep(self, job: SlackJob) -> None:
        """Keep a question in the record, and have it answered if it is new; waits KEEPING_SECONDS at most."""
        task = asyncio.create_task(self._kept(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=KEEPING_SECONDS)

    async def _kept(self, job: SlackJob) -> None:
        known = job.key in self._seen
        self._remember(job.key)
        try:
            if await asyncio.to_thread(self._service.slack_jobs.add_slack_job, job):
                self._work.wake()
        except OnRecordError as error:
            _log.warning("the record can't keep %s: %s", job.key, error)
            if not known:
                self._work.take(job)

    def _remember(self, key: str) -> None:
        self._seen[key] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show_status(self, channel: str, thread: str) -> None:
        """Show at once that somebody listens; where Slack knows no status the message does it."""
        try:
            await self.client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=STATUS)
        except (SlackApiError, *NETWORK) as error:
            _log.debug("a status could not be shown: %s", reason(error))


def web_client(settings: Settings) -> AsyncWebClient:
    """Slack's Web API, at SLACK_API_URL where that is set; waits where Slack says to come slower."""
    token = settings.slack_bot_token
    address = settings.slack_api_url or AsyncWebClient.BASE_URL
    return AsyncWebClient(
        token=token.get_secret_value() if token else None,
        base_url=address if address.endswith("/") else f"{address}/",
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=3)],
    )


async def patiently(call: Callable[[], Awaitable[Any]]) -> None:
    """Make a call that the start depends on, and again where Slack itself is at fault.

    Raises SlackApiError and what NETWORK lists.
    """
    for pause in START_PAUSES:
        try:
            await call()
            return
        except SlackApiError as error:
            if not passing(error):
                raise
        await asyncio.sleep(pause)
    await call()


def refused(key: str, error: Exception) -> SettingsError:
    """The error that tells which token Slack did not take, and never the token."""
    if isinstance(error, SlackApiError):
        if passing(error):
            return SettingsError(f"Slack is out of order: {reason(error)}", advice="try again in a few minutes")
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
    """Whether a message is whole, new and a person's: no bot's, no edit, no join or other notice."""
    silent = ("bot_id", "bot_profile", "edited", "hidden")
    if event.get("subtype") not in (None, *_CONTENT) or any(event.get(field) for field in silent):
        return False
    words = [event.get("user"), event.get("channel"), event.get("ts"), event.get("thread_ts") or "-",
             event.get("text") or "-"]
    return all(isinstance(word, str) and word for word in words)


async def _on_error(error: Exception, body: Any) -> BoltResponse:
    """What is no event, command or press is taken and left alone, since it would come no better again; what failed here
    is delivered again."""
    event = body.get("event", {}) if isinstance(body, Mapping) else None
    if not isinstance(event, Mapping) or not isinstance(event.get("type", ""), str):
        _log.warning("Slack delivered what can't be read: %s", type(error).__name__)
        return BoltResponse(status=200, body="")
    _log.error("what Slack delivered was not taken up", exc_info=error)
    return BoltResponse(status=500, body="")


async def _ignore() -> None:
    """Every other event is taken and left alone."""
