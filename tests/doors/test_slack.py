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

from service.adapters import record_watches
from service.adapters.record import SqlRecord
from service.answers.answer import Piece
from service.domain import Filters
from service.doors import slack_work
from service.doors.http import create_app
from service.doors.slack import ELSEWHERE, STATUS, TOO_OFTEN, SlackDesk, question_in, web_client
from service.doors.slack_carrier import SlackCarrier
from service.doors.slack_message import FEEDBACK, QUOTE, WATCH, answer_messages, notice
from service.doors.slack_socket import listen
from service.doors.slack_work import FAULT, GREETING
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
    command,
    direct,
    mention,
    press,
    reply,
    signed,
)

LATER = """\
County counts anew

Harbour Gazette
6 March 2026

The county said on Friday that 5,100 people were moved out of the old town of Marlow Quay on Monday night.
"""


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
                  thread_id: str | None = None) -> AsyncIterator[Piece]:
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


async def test_a_mention_over_the_socket_is_answered_in_its_thread() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        event = mention("how many people were moved out?")
        async with over_socket(service):
            await slack.send(event)
            posted = await slack.messages(1)
    assert [told(one) for one in posted] == [expected(CHANNEL, event["event"]["ts"])]
    assert service.asked == ["how many people were moved out?"]
    assert service.threads == [f"slack:T1:{CHANNEL}:{event['event']['ts']}"]
    assert [body["status"] for body in slack.called("assistant.threads.setStatus")] == [STATUS]
    (begun,) = slack.called("chat.startStream")
    assert (begun["recipient_team_id"], begun["recipient_user_id"]) == ("T1", "U1")
    assert posted[0]["streaming"] is False
    assert [chunk["blocks"][0]["text"]["text"] for chunk in posted[0]["streamed"]] == ["Sources differ [1][2]."]


async def test_where_slack_has_no_streams_the_answer_is_posted_and_then_edited() -> None:
    async with SlackServer(streams=False) as slack:
        event = mention("how many people were moved out?")
        async with over_socket(ScriptedService(settings_for(slack))):
            await slack.send(event)
            posted = await slack.messages(1)
    assert [told(one) for one in posted] == [expected(CHANNEL, event["event"]["ts"])]
    (first,) = slack.called("chat.postMessage")
    assert (first["text"], first["unfurl_links"], first["unfurl_media"]) == ("Searching the articles…", False, False)
    assert list(slack.written) == [posted[0]["ts"]]


async def test_a_direct_message_within_a_thread_is_answered_there() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_socket(service):
            await slack.send(direct("who &amp; when?", thread_ts="1600000000.000001"))
            posted = await slack.messages(1)
    assert [told(one) for one in posted] == [expected(DIRECT, "1600000000.000001")]
    assert service.asked == ["who & when?"]


async def test_an_event_is_acknowledged_before_the_answer_is_there() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        service.gate = asyncio.Event()
        async with over_socket(service):
            await slack.send(mention("how many?"))
            assert slack.answers == []
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
    assert len(slack.written) == 1
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
    assert (slack.written, service.asked) == ({}, [])


@pytest.mark.parametrize(("failure", "apology"), [
    (ModelTimeout("secret/path"), "The language model did not answer in time. Please ask again."),
    (StateError("secret/path"),
     "The archive can't be used right now; whoever runs it has to look. Please ask again later."),
    (OnRecordError("secret/path"), "I could not answer that. Please ask again in a minute."),
    (ValueError("secret/path"), FAULT),
])  # fmt: skip
async def test_every_failure_becomes_a_message_that_tells_no_secret(failure: Exception, apology: str) -> None:
    async with SlackServer() as slack, over_socket(ScriptedService(settings_for(slack), failure)):
        event = mention("how many?")
        await slack.send(event)
        posted = await slack.messages(1)
    assert [told(one) for one in posted] == [
        {"channel": CHANNEL, "thread_ts": event["event"]["ts"], **notice(apology)}]


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
        service.slack_jobs.failure = StateError("locked")
        event = mention("how many?")
        async with over_socket(service):
            await slack.send(event)
            await slack.send(event)
            await slack.messages(1)
            await settled()
    assert len(slack.written) == 1


async def test_a_message_whose_blocks_slack_refuses_is_told_as_text() -> None:
    async with SlackServer() as slack:
        slack.scripted["chat.update"] = [Reply({"ok": False, "error": "invalid_blocks"})]
        async with over_socket(ScriptedService(settings_for(slack))):
            await slack.send(mention("how many?"))
            (posted,) = await slack.messages(1)
    assert (posted["text"], posted["blocks"]) == (answer_messages(disputed_answer())[0]["text"], [])


async def test_the_bot_waits_when_slack_says_that_it_is_too_fast() -> None:
    async with SlackServer() as slack:
        slow = Reply({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "0"})
        slack.scripted["chat.update"] = [slow]
        async with over_socket(ScriptedService(settings_for(slack))):
            event = mention("how many?")
            await slack.send(event)
            posted = await slack.messages(1)
    assert [told(one) for one in posted] == [expected(CHANNEL, event["event"]["ts"])]
    first, second = slack.called("chat.update")
    assert first == second


@pytest.mark.parametrize(("method", "streams"), [
    ("chat.startStream", True), ("chat.postMessage", False), ("chat.update", True), ("chat.update", False)])
async def test_a_message_that_slack_took_but_could_not_confirm_is_not_posted_again(
    method: str, streams: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_work, "RETRIES", (0,))
    monkeypatch.setattr(slack_work, "POLL_SECONDS", 0.05)
    async with SlackServer(streams=streams) as slack:
        slack.lost.add(method)
        event = mention("how many?")
        async with over_socket(service := ScriptedService(settings_for(slack))):
            await slack.send(event)
            await slack.until(lambda: bool(slack.answers) and service.slack_jobs.waiting_slack_jobs() == 0)
            await settled()
    assert [told(one) for one in slack.written.values()] == [expected(CHANNEL, event["event"]["ts"])]


async def test_a_question_taken_before_a_process_was_killed_is_answered_by_the_next_once(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_work, "LEASE_SECONDS", 1)
    async with SlackServer() as slack:
        settings = settings_for(slack)
        killed = ScriptedService(settings)
        desk = SlackDesk(cast(OnRecord, killed))
        await desk.sign_in()
        killed.gate = asyncio.Event()
        event = mention("how many?")
        body, headers = signed(event)
        transport = httpx.ASGITransport(create_app(cast(OnRecord, killed), slack=desk))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 200
        await slack.until(lambda: len(slack.written) == 1)
        await desk.close(0)
        services = [ScriptedService(settings), ScriptedService(settings)]
        async with over_http(services[0]), over_http(services[1]):
            await slack.messages(1)
            await settled()
    assert [told(one) for one in slack.written.values()] == [expected(CHANNEL, event["event"]["ts"])]


async def test_replies_in_a_thread_it_is_in_are_answered_without_a_mention_after_a_restart_too() -> None:
    async with SlackServer() as slack:
        settings = settings_for(slack)
        event = mention("how many?")
        thread = event["event"]["ts"]
        async with over_socket(ScriptedService(settings)):
            await slack.send(event)
            await slack.messages(1)
        again = ScriptedService(settings)
        async with over_http(again) as client:
            for one in (reply("and where?", thread), reply("<@U7> what do you think?", thread),
                        reply("and when?", "1500000000.000000"), reply("x", thread, subtype="message_changed")):
                body, headers = signed(one)
                assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 200
            await slack.messages(2)
            await settled()
    assert again.asked == ["and where?"]
    assert again.threads == [f"slack:T1:{CHANNEL}:{thread}"]
    assert [one["thread_ts"] for one in slack.answers] == [thread, thread]


async def test_the_command_begins_a_thread_that_the_answer_stands_in() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_socket(service):
            await slack.send(command("how <!many> &amp; who?", slack.response_url), kind="slash_commands")
            root, answer = await slack.messages(2)
    assert root["text"] == "<@U1> asks: how !many &amp; who?"
    assert told(answer) == expected(CHANNEL, root["ts"])
    assert service.threads == [f"slack:T1:{CHANNEL}:{root['ts']}"]


async def test_the_command_is_answered_to_the_person_alone_where_the_bot_may_not_write() -> None:
    async with SlackServer() as slack:
        slack.scripted["chat.postMessage"] = [Reply({"ok": False, "error": "not_in_channel"})]
        async with over_socket(ScriptedService(settings_for(slack))):
            await slack.send(command("how many?", slack.response_url), kind="slash_commands")
            await slack.until(lambda: bool(slack.responses))
    (message,) = answer_messages(disputed_answer())
    assert [{key: one[key] for key in (*message, "response_type")} for one in slack.responses] == [
        {**message, "response_type": "ephemeral"}]
    assert slack.written == {}


async def test_places_that_are_not_configured_are_told_so_and_a_channel_asks_of_its_publishers() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack, slack_channels=(CHANNEL,),
                                               slack_scopes=(f"{CHANNEL}=publisher:Harbour Gazette",)))
        async with over_socket(service):
            await slack.send(mention("how many?", channel="C9"))
            await slack.send(mention("how many?"))
            await slack.messages(1)
            await slack.until(lambda: bool(slack.called("chat.postEphemeral")))
    assert [(one["channel"], one["user"], one["text"]) for one in slack.called("chat.postEphemeral")] == [
        ("C9", "U1", ELSEWHERE)]
    assert service.filters == [Filters(publishers=("Harbour Gazette",))]


async def test_a_person_who_asks_too_often_is_told_so_and_another_is_answered() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack, slack_rate_limit="1/minute"))
        async with over_socket(service):
            for person in ("U1", "U1", "U2"):
                await slack.send(mention(f"how many, {person}?", user=person))
            await slack.messages(2)
            await slack.until(lambda: bool(slack.called("chat.postEphemeral")))
    assert sorted(service.asked) == ["how many, U1?", "how many, U2?"]
    assert [(one["user"], one["text"]) for one in slack.called("chat.postEphemeral")] == [("U1", TOO_OFTEN)]


def test_a_scope_that_can_not_be_read_is_named() -> None:
    with pytest.raises(SettingsError, match="'C1=outlet:x' is no scope"):
        SlackDesk(cast(OnRecord, ScriptedService(Settings(
            slack_bot_token=SecretStr(BOT_TOKEN), slack_scopes=("C1=outlet:x",)))))


async def test_an_event_signed_long_ago_is_refused() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_http(service) as client:
            body, headers = signed(mention("how many?"), seconds_ago=400)
            assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 401
            await settled()
    assert service.asked == []


async def test_a_signed_event_over_http_is_answered_and_any_other_is_refused() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_http(service) as client:
            event = mention("how many?")
            body, headers = signed(event)
            assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 200
            posted = [told(one) for one in await slack.messages(1)]
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
    assert response.status_code == 404
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
        (message,) = slack.written.values()
    gazette = "https://gazette.example/flood"
    assert message["text"].startswith(f"Sources differ <{gazette}")
    claim, source = (next(line for line in message["text"].split("\n") if start in line)
                     for start in ("• About 4,200", "[1] <"))
    assert claim.startswith("• About 4,200: the county, 3 Mar 2026, 1 independent text <")
    assert source.startswith(f"[1] <{gazette}")
    assert source.endswith("|Flood empties the old town>, Harbour Gazette, 3 March 2026")


async def test_buttons_over_a_real_archive_keep_one_verdict_show_quotes_and_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SlackServer() as slack:
        settings = settings_for(slack, data=tmp_path / "data")
        async with build(settings, owner=True) as service:
            press_folder = write_articles(tmp_path / "press")
            await service.archive.ingest([press_folder])
            async with over_http(service) as client:

                async def send(payload: dict[str, Any]) -> None:
                    body, headers = signed(payload, form=payload["type"] == "block_actions")
                    assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 200

                event = mention(QUESTION)
                thread = event["event"]["ts"]
                await send(event)
                (message,) = await slack.messages(1)
                answer_id = message["blocks"][-2]["elements"][0]["value"]
                for verdict in ("helpful", "wrong"):
                    await send(press({"type": "button", "action_id": FEEDBACK, "value": f"{answer_id}:{verdict}"},
                                     message["ts"], thread))
                    await slack.until(lambda: len(service.feedback_given()) == 1 and bool(
                        slack.called("chat.postEphemeral")))
                    await settled()
                await send(press({"type": "button", "action_id": QUOTE, "value": f"{answer_id}:1"},
                                 message["ts"], thread))
                await slack.until(lambda: bool(slack.called("views.open")))
                for _ in range(2):
                    await send(press({"type": "button", "action_id": WATCH, "value": answer_id},
                                     message["ts"], thread))
                await slack.until(lambda: len(slack.called("chat.postEphemeral")) == 4)
                (watch,) = service.watches()
                (press_folder / "later.txt").write_text(LATER, encoding="utf-8")
                await service.archive.ingest([press_folder])
                assert await service.watching.check() == 1
                carriers = {"slack_channel": SlackCarrier(web_client(settings))}
                slack.lost.add("chat.postMessage")
                assert await service.watching.deliver(carriers) == 0
                monkeypatch.setattr(record_watches, "now", lambda: "2100-01-01T00:00:00Z")
                assert await service.watching.deliver(carriers) == 1
                await send(mention("x") | {"event": {"type": "app_home_opened", "user": "U1", "tab": "home",
                                                     "channel": DIRECT, "event_ts": "1.0"}})
                await slack.until(lambda: bool(slack.called("views.publish")))
            given = service.feedback_given()
    assert [(one.answer_id, one.verdict, one.person) for one in given] == [(answer_id, "wrong", "slack:T1:U1")]
    view = slack.called("views.open")[0]["view"]
    assert any("“About 4,200 people were moved out of the old town, the county said.”" in str(block)
               for block in view["blocks"])
    assert watch.notify == {"slack_channel": CHANNEL, "slack_user": "U1", "slack_thread": thread}
    news = [one for one in slack.written.values() if "News about" in one["text"]]
    assert [(one["channel"], one["thread_ts"], one["unfurl_links"]) for one in news] == [(CHANNEL, thread, False)]
    assert "5,100" in news[0]["text"]
    home = slack.called("views.publish")[0]
    assert home["user_id"] == "U1"
    assert QUESTION in str(home["view"]["blocks"][-1]["text"]["text"])
