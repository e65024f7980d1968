"""Which events, commands and people the Slack door takes up, and what it leaves alone."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from service.domain import Filters
from service.doors.http import create_app
from service.doors.slack import ELSEWHERE, TOO_OFTEN, SlackDesk, question_in
from service.doors.slack_socket import listen
from service.errors import SettingsError
from service.settings import Settings
from service.wiring import OnRecord
from tests.support.slack_bot import ScriptedService, expected, over_http, over_socket, settings_for, settled, told
from tests.support.slack_server import (
    BOT_ID,
    BOT_TOKEN,
    CHANNEL,
    SlackServer,
    direct,
    mention,
    signed,
)


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


SHAPELESS: list[Any] = [
    {}, {"type": "event_callback"}, {"type": "event_callback", "event": None}, {"type": "event_callback", "event": [1]},
    {"type": "event_callback", "event": "x"}, {"type": "event_callback", "event": {}}, [], ["event"], "how many?", 7, None,
    *({**one, "event": {**one["event"], **wrong}} for one in (mention("how many?"), direct("how many?"))
      for wrong in ({"type": 3}, {"type": None}, {"user": 7}, {"user": None}, {"channel": {"id": "C1"}}, {"ts": None},
                    {"ts": ""}, {"text": ["how many?"]}, {"thread_ts": 4})),
    direct("how many?", channel_type=4),
    {**mention("x"), "event": {"type": "app_home_opened"}}, {**mention("x"), "event": {"type": "app_home_opened",
                                                                                      "tab": "messages"}},
    {**mention("x"), "event": {"type": "assistant_thread_started", "assistant_thread": 7}},
]


@pytest.mark.parametrize("payload", SHAPELESS, ids=map(str, range(len(SHAPELESS))))
async def test_what_has_not_the_shape_of_an_event_is_left_alone_and_the_next_is_answered(payload: Any) -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_http(service) as client:
            body, headers = signed(payload)
            shapeless = await client.post("/slack/events", content=body, headers=headers)
            body, headers = signed(mention("and how many here?"))
            assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 200
            await slack.messages(1)
            await settled()
    assert shapeless.status_code in (200, 400, 404)
    assert service.asked == ["and how many here?"]


async def test_frames_that_are_no_envelopes_do_not_break_the_socket() -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_socket(service):
            for text in ("", "how many?", "[1, 2]", "{", "{}", '{"type": "events_api"}', "\ud800\u0000".encode(
                    "utf-8", "replace").decode()):
                assert await slack.frame(text)
            for payload in SHAPELESS[:11]:
                await slack.deliver(payload, seconds=0.05)
            await slack.send(mention("and how many here?"))
            await slack.messages(1)
    assert service.asked == ["and how many here?"]


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


@pytest.mark.parametrize(("moment", "proof"), [
    ("", ""), ("soon", "v0=0"), ("9" * 5_000, "v0=0"), ("1e3", "v0=0"), ("-1", "v0=0"), ("\u0663", "v0=0"), (None, "v0=\u00e9"),
], ids=["none", "word", "endless", "float", "negative", "other digits", "accent"])
async def test_headers_that_prove_nothing_are_a_refusal_and_no_fault_of_ours(moment: str | None, proof: str) -> None:
    async with SlackServer() as slack:
        service = ScriptedService(settings_for(slack))
        async with over_http(service) as client:
            body, headers = signed(mention("how many?"))
            told = {"x-slack-request-timestamp": headers["X-Slack-Request-Timestamp"] if moment is None else moment,
                    "x-slack-signature": proof, "content-type": "application/json"}
            sent = [(name.encode(), value.encode("utf-8")) for name, value in told.items()]
            assert (await client.post("/slack/events", content=body, headers=sent)).status_code == 401
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
