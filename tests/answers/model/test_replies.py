"""The same question to the same evidence costs once; what is given again is proven again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.adapters.local_embedder import LocalEmbedder
from tests.answers.landslide import write_articles
from tests.answers.newsroom import Newsroom, newsroom
from tests.support.model_server import ModelServer, Reply, Script, failure, in_turn, said

KILLED = "how many people were killed by the landslide?"
POLICE = "Four people were killed, police said on Monday afternoon."
TRUE = "Police said four people were killed."
FREE = {"prompt_tokens": 0, "completion_tokens": 0, "cost_usd": 0.0}


@pytest.fixture
def archive(tmp_path: Path, embedder: LocalEmbedder) -> tuple[Path, Path]:
    """The landslide's articles and an archive of their own."""
    with newsroom(write_articles(tmp_path / "articles"), tmp_path / "data", embedder):
        return tmp_path / "articles", tmp_path / "data"


@contextmanager
def opened(archive: tuple[Path, Path], embedder: LocalEmbedder, script: Script, **settings: Any
           ) -> Iterator[tuple[Newsroom, ModelServer]]:
    """The archive with a model that the script plays."""
    owner = settings.pop("owner", False)
    with ModelServer(script) as endpoint, newsroom(
        *archive, embedder, owner=owner, openai_base_url=endpoint.url, **{"model": "test-model"} | settings,
    ) as room:
        yield room, endpoint


def police(request: dict[str, Any]) -> str:
    """A model that quotes the police from whatever passage has their words."""
    passages = json.loads(request["messages"][1]["content"])["passages"]
    return said(TRUE, (next(p["key"] for p in passages if POLICE in p["text"]), POLICE))


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether two answers say the same in the same form."""
    own = {"id", "created", "usage", "timings_ms", "question"}
    return {k: v for k, v in first.items() if k not in own} == {k: v for k, v in second.items() if k not in own}


def test_a_mended_line_keeps_its_place_when_it_is_given_again(
    archive: tuple[Path, Path], embedder: LocalEmbedder
) -> None:
    first_line = "The slide came down from the Karrenberg."
    quote = "The slide came down from the Karrenberg, a slope that geologists have watched since 2019."

    def script(request: dict[str, Any]) -> str:
        passages = json.loads(request["messages"][1]["content"])["passages"]
        key = next(p["key"] for p in passages if quote in p["text"])
        if len(request["messages"]) == 2:
            return said("The slide came down from the Grauberg.", (key, quote)) + police(request)
        return said(first_line, (key, quote))

    with opened(archive, embedder, script) as (room, server):
        first = room.ask("what happened at the landslide?")
        again = room.ask("what happened at the landslide?")
        assert len(server.chats) == 2
    assert [s["text"].rpartition(" [")[0] for s in first["statements"]] == [first_line.rstrip("."), TRUE.rstrip(".")]
    assert same(first, again)


def test_the_same_question_costs_once_also_after_a_restart(archive: tuple[Path, Path], embedder: LocalEmbedder) -> None:
    with opened(archive, embedder, police) as (room, server):
        first = room.ask(KILLED)
        again = room.ask(f" {KILLED} ")
        assert len(server.chats) == 1
    with opened(archive, embedder, police) as (room, server):
        third = room.ask(KILLED)
        kept = room.service.answer(third["id"])
        assert server.chats == []
    assert first["usage"] != FREE
    assert same(first, again)
    assert same(first, third)
    assert again["usage"] == third["usage"] == FREE
    assert len({first["id"], again["id"], third["id"]}) == 3
    assert kept["answer"] == first["answer"]
    assert set(again["timings_ms"]) == set(first["timings_ms"])


def test_that_the_passages_do_not_say_is_kept_too(archive: tuple[Path, Path], embedder: LocalEmbedder) -> None:
    with opened(archive, embedder, lambda _: '{"not_found": true}\n') as (room, server):
        answers = [room.ask("who owns the school in Ostling?") for _ in range(2)]
    assert [answer["reason"] for answer in answers] == ["no_evidence", "no_evidence"]
    assert len(server.chats) == 1


@pytest.mark.parametrize("other", [
    {"as_of": date(2026, 5, 10)}, {"publishers": ("Valley Herald",)}, {"published_after": date(2026, 5, 1)},
], ids=["another day", "a publisher", "a period"])
def test_another_day_or_filter_is_another_question(
        archive: tuple[Path, Path], embedder: LocalEmbedder, other: dict[str, Any]) -> None:
    with opened(archive, embedder, police) as (room, server):
        room.ask(KILLED)
        room.ask(KILLED, **other)
    assert len(server.chats) == 2


def test_another_model_answers_anew(archive: tuple[Path, Path], embedder: LocalEmbedder) -> None:
    for model in ("test-model", "other-model"):
        with opened(archive, embedder, police, model=model) as (room, server):
            assert room.ask(KILLED)["model"] == model
            assert len(server.chats) == 1


def test_a_new_article_among_the_evidence_is_other_evidence(
        archive: tuple[Path, Path], embedder: LocalEmbedder) -> None:
    with opened(archive, embedder, police, owner=True) as (room, server):
        room.ask(KILLED)
        (archive[0] / "09-new.txt").write_text(
            "Hill Courier\n\nMore on the landslide in Brenmoor\n\nBy Ann Roe\n7 May 2026\n\n"
            "Nine people were killed by the landslide, the ministry said on Thursday.\n", "utf-8")
        room.run(room.service.archive.ingest([archive[0]]))
        room.ask(KILLED)
    assert len(server.chats) == 2


def test_nothing_is_kept_of_a_reply_that_failed_or_proved_nothing(
        archive: tuple[Path, Path], embedder: LocalEmbedder) -> None:
    for reply in (failure(400, "no"), Reply("rubbish"), said("Ninety people were killed.", ("p1", "Ninety."))):
        with opened(archive, embedder, in_turn(reply)) as (room, _):
            room.ask(KILLED)
        with sqlite3.connect(archive[1] / "record.sqlite3") as database:
            assert database.execute("select count(*) from reply_cache").fetchone() == (0,)


def test_it_can_be_switched_off(archive: tuple[Path, Path], embedder: LocalEmbedder) -> None:
    with opened(archive, embedder, police, answer_cache=0) as (room, server):
        room.ask(KILLED)
        room.ask(KILLED)
    assert len(server.chats) == 2


def test_what_no_longer_passes_the_gates_is_asked_anew(archive: tuple[Path, Path], embedder: LocalEmbedder) -> None:
    with opened(archive, embedder, police) as (room, server):
        room.ask(KILLED)
        with sqlite3.connect(archive[1] / "record.sqlite3") as database:
            (kept,) = database.execute("select reply from reply_cache").fetchone()
            database.execute("update reply_cache set reply=?", (kept.replace("four people", "nine people"),))
        answer = room.ask(KILLED)
    assert "nine" not in answer["answer"]
    assert len(server.chats) == 2


def test_a_takedown_takes_the_kept_reply_too(archive: tuple[Path, Path], embedder: LocalEmbedder) -> None:
    with opened(archive, embedder, police, owner=True) as (room, server):
        answer = room.ask(KILLED)
        room.run(room.service.archive.remove([answer["citations"][0]["file_id"]]))
        with sqlite3.connect(archive[1] / "record.sqlite3") as database:
            assert database.execute("select count(*) from reply_cache").fetchone() == (0,)
        room.ask(KILLED)
    assert len(server.chats) == 2
