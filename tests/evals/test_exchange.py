"""The suite over a model's exchange, and the wiretap through which it is watched, with a scripted model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.run import read_rows, run
from evals.subject import Configuration
from evals.suite import Options, value_of
from evals.suites import SUITES
from evals.suites.exchange import GRAMMAR
from evals.wiretap import tapped
from service.adapters.openai_chat import OpenAIChat
from service.errors import ModelError
from service.ports import Message
from tests.evals.made import FIRST, SECOND, write_articles
from tests.support.model_server import ModelServer, Reply, Script, failure, said

Json = dict[str, Any]

EVACUATED, LOWER, PRAISED = "How many people were moved out?", "Who put it lower?", "Who praised the crews?"


def gold(path: Path, *questions: str) -> Path:
    rows = [{"id": f"q{n}", "q": q, "status": ["answered", "disputed"]} for n, q in enumerate(questions, 1)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def key_of(request: Json, words: str) -> str:
    """The key of the passage that holds these words."""
    passages = json.loads(request["messages"][1]["content"])["passages"]
    return next(str(one["key"]) for one in passages if words in one["text"])


async def solved(script: Script, tmp_path: Path, *questions: str) -> tuple[Json, list[Json]]:
    """The suite over two short articles with a scripted model: its part of the summary, and the lines."""
    articles = write_articles(tmp_path / "articles")
    with ModelServer(script) as server:
        options = Options(Configuration({"model": "test-model", "openai_base_url": server.url}), articles=articles,
                          questions=gold(tmp_path / "gold.jsonl", *questions))
        summary = await run([SUITES["model-exchange"]], options, tmp_path)
    return summary["suites"]["model-exchange"], read_rows(tmp_path)


async def test_what_ships_is_stopped_and_is_repaired_is_counted(tmp_path: Path) -> None:
    def script(request: Json) -> str:
        key = key_of(request, FIRST)
        if len(request["messages"]) > 2:
            return said(FIRST, (key, FIRST))
        return (said("About 5,200 people were moved out on Monday night, the county said.", (key, FIRST))
                + said(SECOND, (key_of(request, SECOND), SECOND)) + said("Nobody came.", ("p99", "Nobody came."))
                + '{"statement": 7}\n')

    told, rows = await solved(script, tmp_path, EVACUATED)
    assert rows[0]["output"]["exchange"] == {
        "replies": 2, "readable": 2, "proposed": 4, "weighed": 4, "unreadable_lines": 1, "shipped": 2, "repaired": 1,
        "sent_back": True, "stopped": {"numbers": 1, "key": 1},
    }  # fmt: skip
    values = {name: found["value"] for name, found in told["scores"].items() if found["value"]}
    assert values == {
        "reply_readable": 1.0, "sent_back": 1.0, "repair_shipped": 1.0, "answered": 1.0, "contract": 1.0,
        "offsets": 1.0, "statements_shipped": 0.5, "statements_repaired": 0.25, "stopped at: key": 0.25,
        "stopped at: numbers": 0.25,
    }  # fmt: skip
    assert [one["label"] for one in rows[0]["evidence"][:2]] == ["reply 1", "reply 2"]


async def test_a_model_that_talks_falls_back_and_each_question_has_its_own_exchange(tmp_path: Path) -> None:
    def script(request: Json) -> str:
        question = json.loads(request["messages"][1]["content"])["question"]
        if question == EVACUATED:
            return "There were quite a few of them, I believe."
        return json.dumps({"not_found": True})

    _, rows = await solved(script, tmp_path, EVACUATED, PRAISED)
    first, second = rows
    assert [value_of(row, "fell_back") for row in rows] == [1.0, 0.0]
    assert [value_of(row, "reply_readable") for row in rows] == [0.0, 1.0]
    assert [value_of(row, "contract") for row in rows] == [1.0, 1.0]
    assert first["output"]["exchange"]["shipped"] == 0
    assert first["output"]["model"] == "extractive"
    assert (second["output"]["exchange"]["replies"], second["output"]["status"]) == (1, "not_found")


async def test_without_a_model_the_suite_says_so(tmp_path: Path) -> None:
    summary = await run([SUITES["model-exchange"]], Options(), tmp_path)
    assert summary["suites"]["model-exchange"]["skipped"].startswith("no model is configured; pass --model")


@pytest.mark.parametrize(
    "reply",
    [
        Reply("Zeile eins\nZeile zwei: ä “x”", chunks=3, wire=5),
        Reply("Zeile eins\nZeile zwei: ä “x”", ignore_stream=True, wire=7),
    ],
)
async def test_the_wiretap_hands_on_every_byte_and_notes_the_text(reply: Reply) -> None:
    with ModelServer(lambda _: reply, key="sk-mine") as server:
        async with tapped(server.url) as tap:
            chat = OpenAIChat("test-model", api_key="sk-mine", base_url=tap.url)
            text = "".join([delta.text async for delta in chat.stream([Message("user", "hallo")])])
            await chat.aclose()
        assert text == reply.text
        assert [(one.status, one.reply) for one in tap.exchanged] == [(200, reply.text)]
        assert tap.exchanged[0].messages == [{"role": "user", "content": "hallo"}]
        assert server.chats[0]["messages"] == [{"role": "user", "content": "hallo"}]


async def test_what_the_wiretap_adds_reaches_the_endpoint_and_nobody_else(tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "articles")
    with ModelServer(lambda _: json.dumps({"not_found": True})) as server:
        options = Options(Configuration({"model": "test-model", "openai_base_url": server.url}), articles=articles,
                          questions=gold(tmp_path / "gold.jsonl", EVACUATED))
        await run([SUITES["model-exchange"], SUITES["model-exchange-held"]], options, tmp_path)
        plain, held = server.chats
    assert "grammar" not in plain
    assert held.pop("grammar") == GRAMMAR
    assert held == plain


async def test_the_wiretap_hands_on_refusals_and_a_dead_endpoint() -> None:
    with ModelServer(lambda _: failure(401, "who are you?")) as server:
        async with tapped(server.url) as tap:
            chat = OpenAIChat("test-model", base_url=tap.url, attempts=1)
            with pytest.raises(ModelError, match="refused the key"):
                [delta async for delta in chat.stream([Message("user", "x")])]
            await chat.aclose()
            assert tap.exchanged[0].status == 401
    async with tapped(server.url) as tap:
        chat = OpenAIChat("test-model", base_url=tap.url, attempts=1)
        with pytest.raises(ModelError, match="status 502"):
            [delta async for delta in chat.stream([Message("user", "x")])]
        await chat.aclose()
