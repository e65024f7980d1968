"""Model and embedding endpoints that are slow, refuse, break off or send rubbish: what a caller of the service sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from service.errors import StateError
from service.settings import Settings
from tests.doors.articles import write_articles
from tests.support.live_service import live_service
from tests.support.model_server import ModelServer, Reply, Script, failure, said

QUESTION = "how many tonnes of apples did the growers pick?"
QUOTE = "Growers in the upper valley picked 61,000 tonnes of apples this autumn."
SECRET = "sk-endpoint-test"


def well(request: dict[str, Any]) -> str:
    """A model that does as it is told."""
    passages = json.loads(request["messages"][1]["content"])["passages"]
    return said(QUOTE, (next(one["key"] for one in passages if QUOTE in one["text"]), QUOTE))


def whole(request: dict[str, Any], **more: Any) -> Reply:
    """The same reply, sent otherwise."""
    return Reply(well(request), **more)


FAULTS: dict[str, Script] = {
    "it is slow to begin": lambda _: Reply("", delay=30),
    "it is slow to go on": lambda request: whole(request, pause=3),
    "it fails": lambda _: failure(500),
    "it is overloaded": lambda _: failure(429, retry_after="60"),
    "it refuses the key": lambda _: failure(401, f"no such key {SECRET}"),
    "it breaks off in a line": lambda request: whole(request, cut_after=600),
    "it sends a page": lambda _: Reply(body="<html>a proxy</html>", content_type="text/html"),
    "it sends what is no JSON": lambda _: Reply(body="data: {{{\n\n", content_type="text/event-stream"),
    "it talks": lambda _: Reply("I would rather tell you about the weather."),
    "it quotes what nobody wrote": lambda _: Reply(said("The growers picked 99,000 tonnes.", ("p1", "99,000 tonnes"))),
    "it sends nothing": lambda _: Reply(""),
}
UNPROVEN = "it quotes what nobody wrote"


@contextmanager
def served(tmp_path: Path, server: ModelServer, **more: Any) -> Iterator[httpx.Client]:
    """The service over three articles, with this endpoint."""
    settings = Settings(**{"data": tmp_path / "data", "openai_base_url": server.url, "answer_cache": 0,
                           "openai_api_key": SecretStr(SECRET), "model_timeout": 2.0} | more)
    with live_service(settings, write_articles(tmp_path / "press")) as live, httpx.Client(
            base_url=live.url, timeout=120, trust_env=False) as http:
        yield http


def test_whatever_the_model_does_the_answer_is_proven_marked_and_the_models_own_again_afterwards(
    tmp_path: Path,
) -> None:
    with ModelServer(well) as server, served(tmp_path, server, model="test-model") as http:
        for name, fault in FAULTS.items():
            server.script = fault
            response = http.post("/v1/ask", json={"question": QUESTION})
            assert response.status_code == 200, name
            answer = response.json()
            assert SECRET not in response.text, name
            if name != UNPROVEN:
                assert (answer["model"], answer["status"]) == ("extractive", "answered"), name
                assert answer["fallback"], name
            else:
                assert (answer["status"], answer["reason"], answer["fallback"]) == ("not_found", "unverified", None)
            for cited in answer["citations"]:
                text = http.get(f"/v1/articles/{cited['file_id']}/text").text
                assert text[cited["start_char_index"]:cited["end_char_index"]] == cited["cited_text"], name

            server.script = well
            answer = http.post("/v1/ask", json={"question": QUESTION}).json()
            assert (answer["model"], answer["fallback"], answer["status"]) == ("test-model", None, "answered"), name
            assert [one["cited_text"] for one in answer["citations"]] == [QUOTE], name


def test_where_no_stand_in_is_wanted_each_failure_is_a_problem_with_a_next_step(tmp_path: Path) -> None:
    with ModelServer(well) as server, served(tmp_path, server, model="test-model", fallback="error") as http:
        for name, fault in FAULTS.items():
            server.script = fault
            response = http.post("/v1/ask", json={"question": QUESTION})
            if name == UNPROVEN:
                assert response.json()["reason"] == "unverified"
            else:
                assert response.status_code == (504 if "slow" in name else 502), name
                assert response.headers["content-type"] == "application/problem+json"
                assert response.json()["advice"], name
                assert SECRET not in response.text, name
                streamed = http.post("/v1/ask", json={"question": QUESTION, "stream": True}).text
                assert "event: error" in streamed, name
                assert "event: done" not in streamed, name
            server.script = well
            assert http.post("/v1/ask", json={"question": QUESTION}).json()["model"] == "test-model", name


def test_an_endpoint_that_is_gone_is_left_alone_after_some_failures_and_answers_come_at_once(tmp_path: Path) -> None:
    with ModelServer(lambda _: failure(500)) as server, served(
            tmp_path, server, model="test-model", model_timeout=0.3) as http:
        told = [http.post("/v1/ask", json={"question": QUESTION}).json() for _ in range(7)]
        asked = len(server.chats)
        told += [http.post("/v1/ask", json={"question": QUESTION}).json() for _ in range(3)]
        assert len(server.chats) == asked
    assert {answer["model"] for answer in told} == {"extractive"}
    assert "left alone" in told[-1]["fallback"]


def nan(_text: str, dimension: int) -> list[float]:
    """No direction."""
    return [float("nan")] * dimension


def zeros(_text: str, dimension: int) -> list[float]:
    """Nor this."""
    return [0.0] * dimension


@pytest.mark.parametrize("fault", ["NaN", "zeros", "another dimension", "another key"])
def test_vectors_that_are_none_let_nothing_in_by_half_and_are_told(tmp_path: Path, fault: str) -> None:
    with ModelServer(well) as server, served(tmp_path, server, embedder="openai:test-embedding") as http:
        passages = http.post("/v1/search", json={"query": "apples"}).json()
        articles = http.get("/v1/articles").json()
        server.vector = {"NaN": nan, "zeros": zeros}.get(fault, plain := server.vector)
        server.dimension = 8 if fault == "another dimension" else 16
        server.key = "another" if fault == "another key" else None
        for path, body in (("/v1/articles", {"filename": "new.txt", "text": "A pear was seen in Wharf Street."}),
                           ("/v1/search", {"query": "apples"}), ("/v1/ask", {"question": QUESTION})):
            response = http.post(path, json=body)
            assert response.status_code == 502, (path, response.text)
            assert response.json()["advice"]
            assert SECRET not in response.text
        server.vector, server.dimension, server.key = plain, 16, None
        assert http.get("/v1/articles").json() == articles
        assert http.post("/v1/search", json={"query": "apples"}).json() == passages
        assert http.post("/v1/articles", json={"filename": "new.txt", "text": "A pear fell."}).status_code == 201


def test_a_model_that_gives_longer_vectors_than_it_did_is_refused_before_anything_changes(tmp_path: Path) -> None:
    with ModelServer(well) as server:
        settings = Settings(data=tmp_path / "data", openai_base_url=server.url, openai_api_key=SecretStr(SECRET),
                            embedder="openai:test-embedding")
        with served(tmp_path, server, embedder="openai:test-embedding") as http:
            before = [one["file_id"] for one in http.get("/v1/articles").json()["articles"]]
        (tmp_path / "press" / "zoo.txt").write_text("A pear was seen in Wharf Street on Monday morning.")
        server.dimension = 24
        with pytest.raises(StateError, match="vectors have 16 numbers, the embedder's now have 24") as refused, \
                live_service(settings, tmp_path / "press"):
            raise AssertionError("it started")
        assert "ingest --rebuild" in refused.value.advice
        server.dimension = 16
        with live_service(settings) as live:
            assert [one["file_id"] for one in httpx.get(f"{live.url}/v1/articles").json()["articles"]] == before
        with live_service(settings, tmp_path / "press") as live:
            after = [one["file_id"] for one in httpx.get(f"{live.url}/v1/articles").json()["articles"]]
            assert after[:-1] == before
