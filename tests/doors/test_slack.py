"""The Slack door against a small Slack on loopback: the same handlers over a socket and over signed HTTP."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httpx
import pytest

from service.doors import slack_work
from service.doors.http import create_app
from service.doors.slack import STATUS, SlackDesk
from service.doors.slack_message import answer_messages, notice
from service.doors.slack_work import FAULT, GREETING
from service.errors import ModelTimeout, OnRecordError, StateError
from service.wiring import OnRecord
from tests.doors.examples import disputed_answer
from tests.support.slack_blocks import words
from tests.support.slack_bot import ScriptedService, expected, over_http, over_socket, settings_for, settled, told
from tests.support.slack_server import (
    CHANNEL,
    DIRECT,
    Reply,
    SlackServer,
    command,
    direct,
    mention,
    reply,
    signed,
)


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
    assert [words(chunk["blocks"]) for chunk in posted[0]["streamed"]] == [["Sources differ [1][2]."]]


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


async def test_a_fault_that_nobody_foresaw_does_not_end_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_work, "POLL_SECONDS", 0.05)
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        lease = service.slack_jobs.lease_slack_jobs
        faults = [ValueError("nobody foresaw this")]

        def faulty(seconds: int, limit: int) -> Any:
            if faults:
                raise faults.pop()
            return lease(seconds, limit)

        monkeypatch.setattr(service.slack_jobs, "lease_slack_jobs", faulty, raising=False)
        async with over_socket(service):
            await slack.send(mention("how many?"))
            await slack.messages(1)
    assert faults == []


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


