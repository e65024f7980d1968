"""The HTTP embedder over the real `openai` package, against a real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from openai import AsyncOpenAI

from service.adapters.openai_embedder import BATCH_TEXTS, OpenAIEmbedder
from service.adapters.vocabulary import count_tokens
from service.errors import EmbedderError
from service.ports import Embedder
from tests.support.model_server import closed_port

KEY = "sk-test-0123456789abcdefghij"
Reply = tuple[int, Any]


def vector(text: str) -> list[float]:
    """What the server gives for a text: its length and its first letter, not scaled."""
    return [float(len(text)), float(ord(text[0])), 3.0]


def row(index: Any = 0, embedding: Any = (1.0, 2.0)) -> dict[str, Any]:
    """One vector of an answer."""
    return {"object": "embedding", "index": index, "embedding": embedding}


def listed(*rows: dict[str, Any]) -> Reply:
    """An answer of these vectors."""
    return 200, {"object": "list", "model": "m", "data": list(rows)}


def vectors(texts: list[str]) -> Reply:
    """A whole answer, in reverse order, as the index field allows."""
    return listed(*[row(index, vector(text)) for index, text in enumerate(texts)][::-1])


class Server:
    """Answers `/v1/embeddings` as `script` says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.script: Callable[[list[str]], Reply] = vectors
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(body)
                server.keys.append(self.headers.get("Authorization"))
                status, answer = server.script(body["input"])
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        class Silent(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A client that goes away before its answer is no event."""

        self.http = Silent(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def embedder(self, model: str = "test-model", **options: Any) -> OpenAIEmbedder:
        """An embedder that talks to this server, without retries."""
        return OpenAIEmbedder(model, self.client, **options)

    def client(self) -> AsyncOpenAI:
        """A client that talks to this server."""
        return AsyncOpenAI(api_key=KEY, base_url=self.url, max_retries=0, timeout=10)


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server."""
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.http.shutdown()
    thread.join()
    running.http.server_close()


async def test_vectors_come_scaled_to_one_and_in_the_order_of_the_texts(server: Server) -> None:
    port: Embedder = server.embedder()
    texts = ["how many?", "Ünder", "zz"]
    found = await port.embed(texts)
    expected = np.array([vector(text) for text in texts])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert found.dtype == np.float32
    assert found == pytest.approx(expected, abs=1e-6)
    assert server.asked == [{"model": "test-model", "input": texts, "encoding_format": "float"}]
    assert server.keys == [f"Bearer {KEY}"]
    assert (port.fingerprint, port.dimension, port.max_tokens) == ("openai:test-model", 3, 8191)


async def test_many_texts_are_sent_in_batches_and_none_is_lost(server: Server) -> None:
    texts = [f"{chr(97 + number % 26)}{'x' * number}" for number in range(BATCH_TEXTS + 5)]
    found = await server.embedder().embed(texts)
    assert [len(asked["input"]) for asked in server.asked] == [BATCH_TEXTS, 5]
    assert [text for asked in server.asked for text in asked["input"]] == texts
    expected = np.array([vector(text) for text in texts])
    assert found == pytest.approx(expected / np.linalg.norm(expected, axis=1, keepdims=True), abs=1e-6)


async def test_a_batch_keeps_to_its_tokens(server: Server) -> None:
    texts = ["word " * 8000] * 13
    await server.embedder().embed(texts)
    sizes = [[count_tokens(text, "test-model") for text in asked["input"]] for asked in server.asked]
    assert [len(size) for size in sizes] == [12, 1]
    assert all(sum(size) <= 100_000 for size in sizes)


async def test_no_text_asks_nothing(server: Server) -> None:
    assert (await server.embedder("text-embedding-3-small").embed([])).shape == (0, 1536)
    assert server.asked == []


async def test_texts_that_an_endpoint_refuses_are_sent_in_a_form_that_it_takes(server: Server) -> None:
    found = await server.embedder(max_tokens=4).embed(["", "a\ud800b", "one two three four five six"])
    assert found.shape == (3, 3)
    assert server.asked[0]["input"] == [" ", "a\ufffdb", "one two three four"]


def test_tokens_are_counted_by_the_models_own_vocabulary(server: Server) -> None:
    text = "Les députés étaient à l’Assemblée"
    small, other = server.embedder("text-embedding-3-small"), server.embedder("another")
    assert small.token_count(text) == count_tokens(text, "cl100k_base")
    assert other.token_count(text) == count_tokens(text, "o200k_base") != small.token_count(text)


async def test_an_unknown_dimension_is_told_until_a_vector_has_come(server: Server) -> None:
    embedder = server.embedder()
    with pytest.raises(EmbedderError, match="dimension of 'test-model' isn't known"):
        _ = embedder.dimension
    await embedder.embed(["text"])
    assert embedder.dimension == 3
    assert server.embedder("text-embedding-3-large").dimension == 3072


@pytest.mark.parametrize(("answer", "message"), [
    (listed(row()), "gave 1 vectors for 2 texts"),
    (listed(row(0), row(1), row(2)), "gave 3 vectors for 2 texts"),
    (listed(row(1), row(1)), "numbered them wrongly"),
    (listed(row(0), row(1, [1.0, float("nan")])), "without a direction"),
    (listed(row(0), row(1, [1.0, float("inf")])), "without a direction"),
    (listed(row(0), row(1, [1e300, 1e300])), "without a direction"),
    (listed(row(0), row(1, [0.0, 0.0])), "without a direction"),
    (listed(row(0), row(1, [1.0, None])), "without a direction"),
    (listed(row(0), row(1, [1.0])), "isn't a list of vectors"),
    (listed(row(0, []), row(1, [])), "without a direction"),
    (listed(row(0, "AACAPw=="), row(1, "AACAPw==")), "isn't a list of vectors"),
    (listed(row(0, 1.0), row(1, 1.0)), "isn't a list of vectors"),
    (listed(row("0"), row(None)), "isn't a list of vectors"),
    ((200, {"object": "list"}), "isn't a list of vectors"),
    ((200, []), "isn't a list of vectors"),
    ((200, b"<html>no such page</html>"), "no embeddings from 'test-model'"),
    ((200, b""), "no embeddings from 'test-model'"),
])
async def test_an_answer_that_is_no_set_of_vectors_is_refused(
    server: Server, answer: Reply, message: str
) -> None:
    server.script = lambda _: answer
    with pytest.raises(EmbedderError, match=message) as refusal:
        await server.embedder().embed(["one", "two"])
    assert not refusal.value.retryable
    assert "ONRECORD_EMBEDDER" in refusal.value.advice


async def test_a_dimension_that_changes_is_refused(server: Server) -> None:
    embedder = server.embedder()
    await embedder.embed(["text"])
    server.script = lambda _: listed(row(0, [1.0, 2.0]))
    with pytest.raises(EmbedderError, match="gave vectors of 2 numbers, not 3"):
        await embedder.embed(["text"])
    with pytest.raises(EmbedderError, match="gave vectors of 2 numbers, not 1536"):
        await server.embedder("text-embedding-3-small").embed(["text"])


@pytest.mark.parametrize(("status", "code", "retryable", "advice"), [
    (400, "bad", False, "check the model's name"),
    (401, "invalid_api_key", False, "check OPENAI_API_KEY"),
    (403, None, False, "check OPENAI_API_KEY"),
    (404, "model_not_found", False, "check the model's name"),
    (408, None, True, "check OPENAI_BASE_URL, try again later"),
    (429, "rate_limit_exceeded", True, "check OPENAI_BASE_URL, try again later"),
    (429, "insufficient_quota", False, "check the plan and billing"),
    (500, None, True, "check OPENAI_BASE_URL, try again later"),
    (503, None, True, "check OPENAI_BASE_URL, try again later"),
])
async def test_a_refusal_says_what_to_do_and_never_the_key(
    server: Server, status: int, code: str | None, retryable: bool, advice: str
) -> None:
    server.script = lambda _: (status, {"error": {"message": f"no, {KEY}", "type": "x", "code": code}})
    with pytest.raises(EmbedderError, match=f"status {status}") as refusal:
        await server.embedder().embed(["text"])
    assert (refusal.value.retryable, refusal.value.advice.startswith(advice)) == (retryable, True)
    assert KEY not in str(refusal.value)
    assert len(server.asked) == 1


async def test_a_missing_key_is_told_with_advice() -> None:
    with pytest.raises(EmbedderError, match="no way to the embedding endpoint of 'm': ") as refusal:
        await OpenAIEmbedder("m", AsyncOpenAI).embed(["text"])
    assert refusal.value.advice.startswith("check OPENAI_API_KEY")


async def test_an_endpoint_that_is_not_there_may_be_tried_again() -> None:
    url = f"http://127.0.0.1:{closed_port()}/v1"
    embedder = OpenAIEmbedder("m", lambda: AsyncOpenAI(api_key=KEY, base_url=url, max_retries=0))
    with pytest.raises(EmbedderError, match="the embedding endpoint of 'm' can't be reached") as refusal:
        await embedder.embed(["text"])
    assert refusal.value.retryable


async def test_an_endpoint_that_is_too_slow_may_be_tried_again(server: Server) -> None:
    waiting = threading.Event()

    def slow(texts: list[str]) -> Reply:
        waiting.wait(5)
        return vectors(texts)

    server.script = slow
    embedder = OpenAIEmbedder(
        "m", lambda: AsyncOpenAI(api_key=KEY, base_url=server.url, max_retries=0, timeout=0.05))
    try:
        with pytest.raises(EmbedderError, match="did not answer in time") as refusal:
            await embedder.embed(["text"])
    finally:
        waiting.set()
    assert refusal.value.retryable


async def test_the_clients_own_retries_hide_a_passing_failure(server: Server) -> None:
    server.script = lambda texts: vectors(texts) if len(server.asked) > 1 else (503, {})
    embedder = OpenAIEmbedder("m", lambda: AsyncOpenAI(api_key=KEY, base_url=server.url, max_retries=1))
    assert (await embedder.embed(["text"])).shape == (1, 3)
    assert len(server.asked) == 2
