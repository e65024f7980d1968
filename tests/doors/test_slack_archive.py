"""The Slack door over a real archive: answers, buttons, the tabs, watching, and a model that breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from service.adapters import record_watches
from service.doors.slack import web_client
from service.doors.slack_carrier import SlackCarrier
from service.doors.slack_message import FEEDBACK, NEAREST, QUOTE, WATCH
from service.doors.slack_views import UNWATCH
from service.wiring import OnRecord, build
from tests.doors.articles import QUESTION, write_articles
from tests.support.model_server import ModelServer, Reply, said
from tests.support.slack_blocks import words
from tests.support.slack_bot import over_http, settings_for, settled
from tests.support.slack_server import CHANNEL, DIRECT, SlackServer, mention, press, signed

LATER = """\
County counts anew

Harbour Gazette
6 March 2026

The county said on Friday that 5,100 people were moved out of the old town of Marlow Quay on Monday night.
"""
COUNTY = "About 4,200 people were moved out of the old town, the county said."


@dataclass(frozen=True)
class Bot:
    """The bot over an archive of three articles; `send` delivers a signed event or press and sees it acknowledged."""

    slack: SlackServer
    service: OnRecord
    press_folder: Path
    send: Callable[[dict[str, Any]], Awaitable[None]]

    async def asked(self, question: str, **more: Any) -> dict[str, Any]:
        """The message that answers a question put in the channel."""
        already = len(self.slack.answers)
        await self.send(mention(question, **more))
        return (await self.slack.messages(already + 1))[-1]

    async def pressed(self, message: dict[str, Any], action: str, value: str) -> None:
        """A press of a button below a message."""
        await self.send(press({"type": "button", "action_id": action, "value": value}, message["ts"],
                              message["thread_ts"]))


@asynccontextmanager
async def bot(tmp_path: Path, **more: Any) -> AsyncIterator[Bot]:
    """The bot, until the context ends."""
    async with SlackServer() as slack:
        settings = settings_for(slack, data=tmp_path / "data", **more)
        async with build(settings, owner=True) as service:
            folder = tmp_path / "press"
            if not folder.exists():
                await service.archive.ingest([write_articles(folder)])
            async with over_http(service) as client:

                async def send(payload: dict[str, Any]) -> None:
                    body, headers = signed(payload, form=payload["type"] == "block_actions")
                    assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 200

                yield Bot(slack, service, folder, send)


def button_value(message: dict[str, Any], action: str) -> str:
    """What the button of that action below a message carries."""
    return next(str(one["value"]) for block in message["blocks"] if block["type"] == "actions"
                for one in block["elements"] if one["action_id"] == action)


def opened(tab: str) -> dict[str, Any]:
    """A person opens a tab of the app."""
    return mention("x") | {"event": {"type": "app_home_opened", "user": "U1", "tab": tab, "channel": DIRECT,
                                     "event_ts": "1.0"}}


async def test_a_real_archive_answers_in_the_thread_and_knows_the_event_after_a_restart(tmp_path: Path) -> None:
    event = mention(QUESTION)
    async with bot(tmp_path) as first:
        await first.send(event)
        (message,) = await first.slack.messages(1)
    async with bot(tmp_path) as second:
        await second.send(event)
        await settled()
        assert second.slack.written == {}
    gazette = "https://gazette.example/flood"
    assert message["text"].startswith(f"Sources differ <{gazette}")
    claim, source = (next(line for line in message["text"].split("\n") if start in line)
                     for start in ("• About 4,200", "[1] <"))
    assert claim.startswith("• About 4,200: the county, 3 Mar 2026, 1 independent text <")
    assert source.startswith(f"[1] <{gazette}")
    assert source.endswith("|Flood empties the old town>, Harbour Gazette, 3 March 2026")


async def test_a_follow_up_is_answered_from_the_conversation_and_says_how_it_was_understood(tmp_path: Path) -> None:
    async with bot(tmp_path) as room:
        first = await room.asked(QUESTION)
        message = await room.asked("and how many of them were killed?", thread_ts=first["thread_ts"])
    (small_print,) = [block["elements"][0]["text"] for block in message["blocks"] if block["type"] == "context"]
    understood = small_print.removeprefix("understood as “").partition("”")[0]
    assert understood != small_print
    assert "moved out" in understood


async def test_a_button_keeps_one_verdict_of_a_person_and_another_shows_the_words_in_their_place(
    tmp_path: Path
) -> None:
    async with bot(tmp_path) as room:
        message = await room.asked(QUESTION)
        answer_id = button_value(message, WATCH)
        for number, verdict in enumerate(("helpful", "wrong"), 1):
            await room.pressed(message, FEEDBACK, f"{answer_id}:{verdict}")
            await room.slack.until(lambda number=number: len(room.slack.called("chat.postEphemeral")) == number)
        given = room.service.feedback_given()
        await room.pressed(message, f"{QUOTE}_1", button_value(message, f"{QUOTE}_1"))
        await room.slack.until(lambda: bool(room.slack.called("views.open")))
    assert [(one.answer_id, one.verdict, one.person) for one in given] == [(answer_id, "wrong", "slack:T1:U1")]
    shown = words(room.slack.called("views.open")[0]["view"]["blocks"])[0].splitlines()
    assert "> " + COUNTY in shown
    assert shown[shown.index("> " + COUNTY) - 1].endswith("broke its dyke at Marlow Quay on Monday night.")


async def test_what_came_nearest_is_shown_where_nothing_answers(tmp_path: Path) -> None:
    async with bot(tmp_path) as room:
        message = await room.asked("who won the regatta at Marlow Quay?")
        assert message["text"].startswith("The articles don't say.\n")
        await room.pressed(message, NEAREST, button_value(message, NEAREST))
        await room.slack.until(lambda: bool(room.slack.called("views.open")))
    (shown,) = words(room.slack.called("views.open")[0]["view"]["blocks"])
    assert shown.startswith("These passages come nearest. They don't answer the question.\n")
    assert "\n> " in shown


async def test_watch_tells_once_in_the_thread_what_changed_and_the_home_tab_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot(tmp_path) as room:
        slack, service = room.slack, room.service
        message = await room.asked(QUESTION)
        for pressed in range(2):
            await room.pressed(message, WATCH, button_value(message, WATCH))
            await slack.until(lambda pressed=pressed: len(slack.called("chat.postEphemeral")) == pressed + 1)
        (watch,) = service.watches()
        assert watch.notify == {"slack_channel": CHANNEL, "slack_user": "U1", "slack_thread": message["thread_ts"]}
        (room.press_folder / "later.txt").write_text(LATER, encoding="utf-8")
        await service.archive.ingest([room.press_folder])
        assert await service.watching.check() == 1
        carriers = {"slack_channel": SlackCarrier(web_client(service.settings))}
        slack.lost.add("chat.postMessage")
        assert await service.watching.deliver(carriers) == 0
        monkeypatch.setattr(record_watches, "now", lambda: "2100-01-01T00:00:00Z")
        assert await service.watching.deliver(carriers) == 1
        news = [one for one in slack.written.values() if "News about" in one["text"]]
        assert [(one["channel"], one["thread_ts"], one["unfurl_links"]) for one in news] == [
            (CHANNEL, message["thread_ts"], False)]
        assert "5,100" in words(news[0]["blocks"])[0]
        await room.send(opened("home"))
        await slack.until(lambda: len(slack.called("views.publish")) == 1)
        await room.pressed(message, UNWATCH, watch.id)
        await slack.until(lambda: len(slack.called("views.publish")) == 2)
        assert service.watches() == []
    before, after = (words(one["view"]["blocks"]) for one in slack.called("views.publish"))
    assert before[-1].startswith(f"{QUESTION}\nsince ")
    assert after[-1].endswith("None yet: press _Watch_ below an answer to hear when it changes.")


async def test_the_messages_tab_suggests_what_may_be_asked(tmp_path: Path) -> None:
    async with bot(tmp_path) as room:
        await room.send(opened("messages"))
        await room.slack.until(lambda: bool(room.slack.called("assistant.threads.setSuggestedPrompts")))
    (told,) = room.slack.called("assistant.threads.setSuggestedPrompts")
    assert (told["channel_id"], told.get("thread_ts")) == (DIRECT, None)
    assert {"title": "Flood empties the old town", "message": "What happened: Flood empties the old town"} in told[
        "prompts"]


async def test_a_channel_with_a_folder_is_answered_from_its_articles_alone(tmp_path: Path) -> None:
    async with bot(tmp_path, slack_scopes=(f"{CHANNEL}=folder:flood", "C9=folder:nowhere")) as room:
        told = await room.asked(QUESTION)
        apples = await room.asked("how many tonnes of apples were picked?")
        nowhere = await room.asked(QUESTION, channel="C9")
        elsewhere = await room.asked("how many tonnes of apples were picked?", channel="C7")
    assert told["text"].startswith("Sources differ")
    assert apples["text"].startswith("The articles don't say.")
    assert nowhere["text"].startswith("The articles don't say.")
    assert "61,000 tonnes" in elsewhere["text"]


@pytest.mark.parametrize("fallback", ["extractive", "error"])
async def test_a_model_that_breaks_off_is_stood_in_for_by_the_articles_and_that_is_marked(
    tmp_path: Path, fallback: str
) -> None:
    statement = said("The county said that about 4,200 people were moved out of the old town.", ("p1", COUNTY))

    def script(request: dict[str, Any]) -> Reply:
        passages = request["messages"][1]["content"]
        key = passages[: passages.index(COUNTY)].rpartition('"key": "')[2].partition('"')[0]
        return Reply(statement.replace('"p1"', f'"{key}"'), finish="length", pause=0.01)

    with ModelServer(script) as server:
        async with bot(tmp_path, model="test-model", openai_base_url=server.url, answer_cache=0,
                       openai_api_key=SecretStr("sk-test"), fallback=fallback) as room:
            message = await room.asked(QUESTION)
            (written,) = room.slack.written.values()
    streamed = [text for chunk in written["streamed"] for text in words(chunk.get("blocks", ()))]
    assert streamed == ["The county said that about 4,200 people were moved out of the old town [1]."]
    if fallback == "error":
        assert message["text"] == "The language model failed. Please ask again in a minute."
        return
    assert message["text"].startswith("Sources differ")
    (small_print,) = [block["elements"][0]["text"] for block in message["blocks"] if block["type"] == "context"]
    assert small_print.startswith("in the articles' own words · the language model failed · ")
