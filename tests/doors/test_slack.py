"""The Slack door against a small Slack on loopback: the same handlers over a socket and over signed HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from service.answers.answer import Piece
from service.doors.http import create_app
from service.doors.slack import FAULT, GREETING, SlackDesk, question_in
from service.doors.slack_message import answer_message, notice
from service.doors.slack_socket import listen
from service.errors import ModelTimeout, OnRecordError, SettingsError, StateError
from service.settings import Settings
from service.wiring import OnRecord, build
from tests.doors.articles import QUESTION, write_articles
from tests.doors.examples import disputed_answer
from tests.support.slack_server import (
    APP_TOKEN,
    BOT_ID,
    BOT_TOKEN,
    CHANNEL,
    DIRECT,
    SECRET,
    Reply,
    SlackServer,
    direct,
    mention,
    signed,
)


class ScriptedService:
    """A service that gives one answer, or fails as told, and keeps what it was asked."""

    def __init__(self, settings: Settings, failure: Exception | None = None) -> None:
        self.settings = settings
        self.failure = failure
        self.asked: list[str] = []
        self.known: set[str] = set()
        self.gate: asyncio.Event | None = None
        self.record_failure: OnRecordError | None = None

    async def ask(self, question: str) -> AsyncIterator[Piece]:
        """One whole answer."""
        self.asked.append(question)
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        for statement in disputed_answer().statements:
            yield statement
        yield disputed_answer()

    def first_seen(self, key: str) -> bool:
        """As the record does it."""
        if self.record_failure is not None:
            raise self.record_failure
        new = key not in self.known
        self.known.add(key)
        return new


def settings_for(slack: SlackServer, **more: Any) -> Settings:
    """Settings with every token, pointing at the small Slack."""
    given = {
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
    app = create_app(cast(OnRecord, service), slack=desk)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client
    await desk.close()


def expected(channel: str, thread: str) -> dict[str, Any]:
    """The message that answers with the scripted answer."""
    message = answer_message(disputed_answer())
    return {"channel": channel, "thread_ts": thread, "unfurl_links": False, "unfurl_media": False, **message}


async def settled() -> None:
    """Give what should not be answered the time to be answered all the same."""
    await asyncio.sleep(0.1)


async def test_a_mention_over_the_socket_is_answered_in_its_thread() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        event = mention("how many people were moved out?")
        async with over_socket(service):
            await slack.send(event)
            posted = await slack.messages(1)
    assert posted == [expected(CHANNEL, event["event"]["ts"])]
    assert service.asked == ["how many people were moved out?"]


async def test_a_direct_message_within_a_thread_is_answered_there() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_socket(service):
            await slack.send(direct("who &amp; when?", thread_ts="1600000000.000001"))
            posted = await slack.messages(1)
    assert posted == [expected(DIRECT, "1600000000.000001")]
    assert service.asked == ["who & when?"]


async def test_an_event_is_acknowledged_before_the_answer_is_there() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        service.gate = asyncio.Event()
        async with over_socket(service):
            await slack.send(mention("how many?"))
            assert slack.posted == []
            service.gate.set()
            await slack.messages(1)


async def test_an_event_that_slack_delivers_again_is_answered_once() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        event = mention("how many?")
        async with over_socket(service):
            await slack.send(event)
            await slack.send(event)
            await slack.messages(1)
            await slack.send({**event, "event_id": "EvOther"})
        async with over_http(service) as client:
            body, headers = signed(event)
            again = await client.post(
                "/slack/events", content=body, headers={**headers, "X-Slack-Retry-Num": "1"}
            )
            assert again.status_code == 200
            await settled()
    assert len(slack.posted) == 1
    assert service.asked == ["how many?"]


@pytest.mark.parametrize("event", [
    mention("x", bot_id="B9"),
    mention("x", edited={"user": "U1", "ts": "1.0"}),
    mention("x", user="UBOT"),
    direct("x", bot_id=BOT_ID),
    direct("x", subtype="message_changed"),
    direct("joined", subtype="channel_join"),
    direct("x", channel_type="channel"),
    direct("x", user=None),
    {**mention("x"), "event": {"type": "reaction_added", "user": "U1", "reaction": "eyes"}},
], ids=["bot", "edit", "itself", "itself dm", "change", "join", "channel", "nobody", "other"])  # fmt: skip
async def test_what_no_person_asked_is_acknowledged_and_not_answered(event: dict[str, Any]) -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_socket(service):
            await slack.send(event)
            await settled()
    assert (slack.posted, service.asked) == ([], [])


@pytest.mark.parametrize(("failure", "told"), [
    (ModelTimeout("secret/path"), "The language model did not answer in time. Please ask again."),
    (StateError("secret/path"),
     "The archive can't be used right now; whoever runs it has to look. Please ask again later."),
    (OnRecordError("secret/path"), "I could not answer that. Please ask again in a minute."),
    (ValueError("secret/path"), FAULT),
])  # fmt: skip
async def test_every_failure_becomes_a_message_that_tells_no_secret(failure: Exception, told: str) -> None:
    async with SlackServer() as slack, over_socket(ScriptedService(settings_for(slack), failure)):
        event = mention("how many?")
        await slack.send(event)
        posted = await slack.messages(1)
    message = {
        "channel": CHANNEL,
        "thread_ts": event["event"]["ts"],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    assert posted == [{**message, **notice(told)}]


async def test_a_mention_without_a_question_is_greeted_and_a_bad_question_is_explained() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_socket(service):
            await slack.send(mention("  "))
            await slack.messages(1)
            await slack.send(mention("x" * 2001))
            posted = await slack.messages(2)
    assert [body["text"] for body in posted] == [
        GREETING,
        "I could not take that as a question: the question has 2001 characters, more than 2000.",
    ]
    assert service.asked == []


async def test_a_record_that_fails_makes_no_one_wait_in_silence() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        service.record_failure = StateError("locked")
        event = mention("how many?")
        async with over_socket(service):
            await slack.send(event)
            await slack.send(event)
            await slack.messages(1)
            await settled()
    assert len(slack.posted) == 1


async def test_a_message_whose_blocks_slack_refuses_is_posted_as_text() -> None:
    async with SlackServer() as slack:
        slack.scripted["chat.postMessage"] = [Reply({"ok": False, "error": "invalid_blocks"})]
        async with over_socket(ScriptedService(settings_for(slack))):
            await slack.send(mention("how many?"))
            posted = await slack.messages(2)
    assert "blocks" in posted[0]
    assert "blocks" not in posted[1]
    assert posted[1]["text"] == answer_message(disputed_answer())["text"]


async def test_the_bot_waits_when_slack_says_that_it_is_too_fast() -> None:
    async with SlackServer() as slack:
        slow = Reply({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "0"})
        slack.scripted["chat.postMessage"] = [slow]
        async with over_socket(ScriptedService(settings_for(slack))):
            await slack.send(mention("how many?"))
            posted = await slack.messages(2)
    assert posted[0] == posted[1]


async def test_a_signed_event_over_http_is_answered_and_any_other_is_refused() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_http(service) as client:
            event = mention("how many?")
            body, headers = signed(event)
            assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 200
            posted = await slack.messages(1)
            forged, wrong = signed(mention("forged"), secret="guessed")
            refused = await client.post("/slack/events", content=forged, headers=wrong)
            unsigned = await client.post("/slack/events", content=forged)
            garbled = await client.post("/slack/events", content=b"\xff\xfe", headers=headers)
    assert posted == [expected(CHANNEL, event["event"]["ts"])]
    assert (refused.status_code, unsigned.status_code, garbled.status_code) == (401, 401, 400)
    for response in (refused, unsigned, garbled):
        assert response.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "not signed by Slack"
    assert service.asked == ["how many?"]


async def test_slacks_url_check_is_answered_over_http() -> None:
    async with SlackServer() as slack, over_http(ScriptedService(settings_for(slack))) as client:
        body, headers = signed({"type": "url_verification", "challenge": "abc", "token": "x"})
        response = await client.post("/slack/events", content=body, headers=headers)
    assert (response.status_code, response.json()) == (200, {"challenge": "abc"})


async def test_the_endpoint_says_how_to_set_slack_up_where_it_is_not() -> None:
    app = create_app(cast(OnRecord, ScriptedService(Settings())))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        response = await client.post("/slack/events", content=b"{}")
    assert response.status_code == 503
    assert "SLACK_SIGNING_SECRET" in response.json()["advice"]


@pytest.mark.parametrize(("key", "spoil"), [
    ("SLACK_BOT_TOKEN", {"slack_bot_token": SecretStr("xoxb-stolen")}),
    ("SLACK_APP_TOKEN", {"slack_app_token": SecretStr("xapp-stolen")}),
    ("SLACK_BOT_TOKEN", {"slack_bot_token": None}),
    ("SLACK_APP_TOKEN", {"slack_app_token": None}),
])  # fmt: skip
async def test_a_missing_or_refused_token_is_named_and_never_shown(key: str, spoil: dict[str, Any]) -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack, **spoil))
        with pytest.raises(SettingsError) as caught:
            await listen(cast(OnRecord, service), asyncio.Event(), lambda _: None)
    assert key in str(caught.value)
    assert "stolen" not in str(caught.value) + caught.value.advice


async def test_an_unreachable_slack_is_told_as_such() -> None:
    async with SlackServer() as slack:
        settings = settings_for(slack)
    with pytest.raises(SettingsError, match="Slack can't be reached"):
        await listen(cast(OnRecord, ScriptedService(settings)), asyncio.Event(), lambda _: None)


@pytest.mark.parametrize(("text", "question"), [
    ("<@UBOT> how many?", "how many?"),
    ("hey <@UBOT|onrecord>, who won?", "hey , who won?"),
    ("is <https://a.example|this> in <#C1|news>?", "is this in news?"),
    ("see <https://a.example/x?a=1&amp;b=2>", "see https://a.example/x?a=1&b=2"),
    ("a &lt;b&gt; &amp; c\n d", "a <b> & c d"),
    ("<@UBOT>", ""),
])  # fmt: skip
def test_the_question_is_read_as_a_person_reads_the_message(text: str, question: str) -> None:
    assert question_in(text) == question


async def test_a_real_archive_answers_in_the_thread_and_knows_the_event_after_a_restart(
    tmp_path: Path,
) -> None:
    async with SlackServer() as slack:
        settings = settings_for(slack, data=tmp_path / "data")
        event = mention(QUESTION)
        for restart in range(2):
            async with build(settings, owner=True) as service:
                if not restart:
                    await service.archive.ingest([write_articles(tmp_path / "press")])
                async with over_http(service) as client:
                    body, headers = signed(event)
                    assert (
                        await client.post("/slack/events", content=body, headers=headers)
                    ).status_code == 200
                    await slack.messages(1)
                    await settled()
        (message,) = slack.posted
    assert message["text"].startswith("Sources differ [1][2].")
    assert (
        "*The sources disagree*\n• About 4,200: the county, 3 Mar 2026, 1 independent text [1]\n"
        in message["text"]
    )
    assert (
        "[1] <https://gazette.example/flood|Flood empties the old town>, Harbour Gazette, 3 March 2026\n"
        in (message["text"])
    )
