"""The whole way with a model behind a real HTTP endpoint: what it writes true leaves, what it alters does not."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from service.adapters.local_embedder import LocalEmbedder
from service.answers.answer import DIFFER, NOT_FOUND
from service.answers.model.exchange import MAX_STATEMENTS
from service.answers.model.prompt import load
from service.domain import Answer, Claim, Statement
from service.errors import ModelError
from tests.answers.landslide import write_articles
from tests.answers.newsroom import Json, Newsroom, claimed, newsroom, told
from tests.support.model_server import ModelServer, Reply, Script, failure, in_turn, said

EVACUATED = "how many residents were evacuated from Brenmoor?"
KILLED = "how many people were killed by the landslide?"
COUNCIL = "About 340 residents were evacuated on Monday morning, the district council said."
MAYOR = "Some 280 residents were evacuated from Brenmoor after the landslide, Brandt said."
POLICE = "Four people were killed, police said on Monday afternoon."
TEASER = "Some 9,000 residents were evacuated from Brenmoor after a landslide in the winter of 1987"
NOTHING = '{"not_found": true}\n'
PROMPT = load("answer", {"statements": MAX_STATEMENTS})

Serve = Callable[..., Any]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, embedder: LocalEmbedder) -> tuple[Path, Path]:
    """The landslide's articles and the state of their archive."""
    folder = tmp_path_factory.mktemp("landslide")
    with newsroom(write_articles(folder / "articles"), folder / "data", embedder):
        return folder / "articles", folder / "data"


@pytest.fixture
def serve(archive: tuple[Path, Path], embedder: LocalEmbedder) -> Serve:
    """`with serve(script) as (room, server)`: the archive, read-only, with a model that the script plays."""
    @contextmanager
    def opened(script: Script, server: type[ModelServer] = ModelServer, **settings: Any
               ) -> Iterator[tuple[Newsroom, ModelServer]]:
        with server(script) as endpoint, newsroom(
            *archive, embedder, owner=False, model="test-model", openai_base_url=endpoint.url,
            openai_api_key="sk-test", **{"answer_cache": 0} | settings,
        ) as room:
            yield room, endpoint

    return opened


def document(request: Json) -> Json:
    """What the model was given to read."""
    found: Json = json.loads(request["messages"][1]["content"])
    return found


def key_of(request: Json, words: str) -> str:
    """The key of the first passage that holds these words."""
    return next(str(p["key"]) for p in document(request)["passages"] if words in p["text"])


def saying(*lines: tuple[str, str]) -> Script:
    """A model that makes these statements, each with a quote that it looks up in the passages."""
    return lambda request: "".join(said(text, (key_of(request, quote), quote)) for text, quote in lines)


def test_true_statements_leave_with_their_quotes_widened_and_the_claims_read_from_them(serve: Serve) -> None:
    script = saying(("Police said four people were killed.", "Four people were killed, police said"))
    with serve(script, model_price_in=1.0, model_price_out=5.0) as (room, server):
        answer = room.ask(KILLED)
        assert len(server.chats) == 1
    assert (answer["status"], answer["reason"], answer["fallback"]) == ("answered", None, None)
    assert [text for text, _ in told(answer)] == ["Police said four people were killed."]
    assert [c["cited_text"] for c in answer["citations"]] == [POLICE]
    (claim,) = answer["claims"]
    assert (claim["low"], claim["high"], claim["speaker"], claim["derived"]) == (4, 4, "police", False)
    assert (answer["model"], answer["prompt"]) == ("test-model", PROMPT.fingerprint)
    assert answer["usage"] == {"prompt_tokens": 100, "completion_tokens": 20, "cost_usd": 0.0002}


def test_a_claim_within_a_quote_of_two_sentences_is_cited_by_that_quote(serve: Serve) -> None:
    wide = f"{MAYOR} All of them have found beds."
    with serve(saying(("Brandt said some 280 residents were evacuated.", wide))) as (room, _):
        answer = room.ask(EVACUATED)
    numbers = {c["cited_text"]: c["index"] for c in answer["citations"]}
    assert set(numbers) > {wide}
    assert MAYOR not in numbers
    assert [c["citations"] for c in answer["claims"] if c["low"] == 280] == [[numbers[wide]]]


def test_what_the_model_leaves_out_is_told_beside_its_claim_and_the_remark_cites_it(serve: Serve) -> None:
    with serve(saying(("Brandt said some 280 residents were evacuated.", MAYOR))) as (room, _):
        answer = room.ask(EVACUATED)
    assert answer["status"] == "disputed"
    assert [text for text, _ in told(answer)] == [DIFFER, "Brandt said some 280 residents were evacuated."]
    assert {c["low"] for c in answer["claims"]} == {280, 340}
    assert {n for c in answer["claims"] for n in c["citations"]} == set(answer["statements"][0]["citations"])


def test_values_that_differ_are_disputed_and_the_service_says_so_itself(serve: Serve) -> None:
    script = saying(("About 340 residents were evacuated, the district council said.", COUNCIL),
                    ("Brandt said some 280 residents were evacuated.", MAYOR))
    with serve(script) as (room, _):
        answer = room.ask(EVACUATED)
    assert answer["status"] == "disputed"
    assert answer["model"] == "test-model"
    assert [text for text, _ in told(answer)] == [
        DIFFER, "About 340 residents were evacuated, the district council said.",
        "Brandt said some 280 residents were evacuated."]
    (remark,) = [files for text, files in told(answer) if text == DIFFER]
    assert remark >= {"02"}
    assert remark & {"01", "03"}
    assert {(c["low"], c["superseded_by"]) for c in claimed(answer)} == {(340, None), (280, None)}


def test_the_request_on_the_wire_is_the_contracts(serve: Serve) -> None:
    with serve(in_turn(NOTHING)) as (room, server):
        room.ask(EVACUATED, as_of=date(2026, 5, 9))
        (request,) = [r for r in server.requests if r.path == "/v1/chat/completions"]
        texts = {s.filename: room.service.article(s.file_id).text for s in room.service.articles().items}
        sources = {(s.document_title, s.publisher, s.published.isoformat() if s.published else None)
                   for s in room.service.articles().items}
    assert (request.method, request.headers["authorization"]) == ("POST", "Bearer sk-test")
    system, user = request.json["messages"]
    assert {k: v for k, v in request.json.items() if k != "messages"} == {
        "model": "test-model", "temperature": 0, "stream": True, "stream_options": {"include_usage": True}}
    assert system == {"role": "system", "content": PROMPT.text}
    assert user["role"] == "user"
    given = json.loads(user["content"])
    assert list(given) == ["question", "today", "passages"]
    assert (given["question"], given["today"]) == (EVACUATED, "2026-05-09")
    assert [p["key"] for p in given["passages"]] == [f"p{n}" for n in range(1, len(given["passages"]) + 1)]
    for passage in given["passages"]:
        assert list(passage) == ["key", "title", "publisher", "published", "text"]
        assert (passage["title"], passage["publisher"], passage["published"]) in sources
        assert any(passage["text"] in text for text in texts.values())
        assert not any(planted in passage["text"] for planted in ("9,000", "450 jobs", "Copyright", "Share on"))


ALTERED = {
    "a digit": ("About 3,400 residents were evacuated, the district council said.", COUNCIL, "numbers"),
    "a unit": ("About 340 families were evacuated, the district council said.", COUNCIL, "numbers"),
    "a name": ("Some 280 residents were evacuated from Brenmoor, Krantz said.", MAYOR, "names"),
    "a longer name": ("Some 280 residents were evacuated, Ilse Maria Brandt said.", MAYOR, "names"),
    "a day": ("Four people were killed, police said on Tuesday afternoon.", POLICE, "dates"),
    "a sum": ("Some 620 residents were evacuated, Brandt said.", MAYOR, "numbers"),
    "a quote": ("About 900 residents were evacuated.", None, "quote"),
    "a key": ("About 340 residents were evacuated, the district council said.", "p99", "key"),
    "a teaser": ("Some 9,000 residents were evacuated from Brenmoor.", TEASER, "quote"),
    "a link": ("See https://example.org for the 280 residents who were evacuated, Brandt said.", MAYOR, "plain"),
    "the hedge": ("280 residents exactly were evacuated from Brenmoor, Brandt said.", MAYOR, None),
    "the denial": ("The mining company Tauris said that its blasting had caused the landslide.",
                   "denied that its blasting had caused the landslide", None),
}


HEARD = 'Pia Lenz, who keeps the village shop, said they "heard a noise like a train and ran".'
LENZ = '"We heard a noise like a train and ran," said Pia Lenz, who keeps the village shop.'
SLIPS: dict[str, tuple[str, str, str, bool]] = {
    "straight quotation marks": (HEARD, LENZ, "{}", True),
    "a code fence and words around it": (HEARD, LENZ, "Here is the answer:\n```json\n{}```\nNote: one witness only.", True),
    "words left out of the quote": (HEARD, '"We heard a noise ... and ran," said Pia Lenz, who keeps the village shop.', "{}",
                                    False),
    "a year that is not told": ("Police said on Monday 4 May 2025 that four people were killed.", POLICE, "{}", False),
}


@pytest.mark.parametrize("what", SLIPS)
def test_a_good_model_s_slips_of_form_are_survived_and_those_of_fact_are_not(serve: Serve, what: str) -> None:
    statement, quote, around, leaves = SLIPS[what]

    def script(request: Json) -> str:
        passages = document(request)["passages"]
        key = next(p["key"] for p in passages if "noise like a train" in p["text"] and "people were killed" in p["text"])
        return around.replace("{}", said(statement, (key, quote)))

    with serve(script) as (room, _):
        answer = room.ask("what did the villagers hear of the landslide?")
    assert (answer["status"], answer["fallback"]) == ("answered" if leaves else "not_found", None)
    assert [text for text, _ in told(answer)] == ([statement] if leaves else [])
    assert leaves or answer["reason"] == "unverified"


@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_statement_is_sent_back_once_and_never_leaves(serve: Serve, what: str) -> None:
    statement, quote, gate = ALTERED[what]

    def script(request: Json) -> str:
        if quote == "p99":
            return said(statement, ("p99", COUNCIL))
        if quote in (None, TEASER):
            return said(statement, ("p1", quote or "About 900 residents were evacuated, officials said."))
        return said(statement, (key_of(request, quote), quote))

    with serve(script) as (room, server):
        found = room.answer(EVACUATED)
        first, second = server.chats
    assert (found.status, found.reason, found.answer) == ("not_found", "unverified", NOT_FOUND)
    assert (found.model, found.fallback, found.citations, found.claims) == ("test-model", None, (), ())
    assert second["messages"][:2] == first["messages"]
    assert [m["role"] for m in second["messages"]] == ["system", "user", "assistant", "user"]
    assert second["messages"][2]["content"] == script(first)
    (rejected,) = json.loads(second["messages"][3]["content"])["rejected"]
    assert rejected["statement"] == statement
    assert {"statement": statement, "reason": rejected["reason"]} in [
        {k: v for k, v in entry.items() if k != "gate"} for entry in found.gates]
    if gate:
        assert {entry["gate"] for entry in found.gates} == {gate}


def test_a_line_mended_in_the_repair_round_takes_the_place_of_the_one_that_it_mends(serve: Serve) -> None:
    def script(request: Json) -> str:
        if len(request["messages"]) == 2:
            return saying(("About 3,400 residents were evacuated, the district council said.", COUNCIL),
                          ("Four people were killed, police said.", POLICE))(request)
        return str(saying(("About 340 residents were evacuated, the district council said.", COUNCIL))(request))

    with serve(script) as (room, server):
        answer = room.answer("what happened to the residents of Brenmoor?")
        assert len(server.chats) == 2
    assert [s.text.split(" [")[0].rstrip(".") for s in answer.statements] == [
        "About 340 residents were evacuated, the district council said", "Four people were killed, police said"]
    assert answer.usage.prompt_tokens == 200
    assert [(e["gate"], e["statement"]) for e in answer.gates] == [
        ("numbers", "About 3,400 residents were evacuated, the district council said.")]


def test_what_fails_again_is_dropped_and_not_asked_for_a_third_time(serve: Serve) -> None:
    script = saying(("Four people were killed, police said.", POLICE), ("Nine people were killed, police said.", POLICE))
    with serve(script) as (room, server):
        answer = room.ask(KILLED)
        assert len(server.chats) == 2
    assert answer["status"] == "answered"
    assert [text for text, _ in told(answer)] == ["Four people were killed, police said."]


def test_the_models_not_found_is_the_answer_and_no_sentence_of_the_articles_stands_in(serve: Serve) -> None:
    with serve(in_turn(NOTHING)) as (room, server):
        answer = room.ask(EVACUATED)
        assert len(server.chats) == 1
    assert (answer["status"], answer["reason"], answer["answer"]) == ("not_found", "no_evidence", NOT_FOUND)
    assert (answer["model"], answer["fallback"], answer["prompt"]) == ("test-model", None, PROMPT.fingerprint)
    assert len(answer["nearest"]) == 3


UNUSABLE = {
    "prose": Reply("I am sorry, I can only say that about 340 residents were evacuated."),
    "other JSON": Reply('{"answer": "340"}\n[1, 2]\n'),
    "nothing": Reply(""),
    "an error": failure(400, "no such model"),
    "a wrong key": failure(401, "bad key"),
    "a broken stream": Reply(said("Four people were killed, police said.", ("p1", POLICE)), cut_after=300),
    "a length limit": Reply(said("Four people were killed, police said.", ("p1", POLICE)), finish="length"),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_reply_that_cannot_be_used_makes_an_extractive_answer_that_says_why(serve: Serve, what: str) -> None:
    with serve(in_turn(UNUSABLE[what]), model_timeout=5.0) as (room, _):
        answer = room.ask(KILLED, as_of=date(2026, 5, 5))
    assert answer["status"] == "answered"
    assert told(answer) == [(POLICE, {"01", "03"})]
    assert (answer["model"], answer["prompt"]) == ("extractive", None)
    assert answer["fallback"]
    assert "sk-test" not in answer["fallback"]


@pytest.mark.parametrize("what", ["prose", "an error", "a wrong key"])
def test_where_no_stand_in_is_wanted_the_models_failure_is_an_error(serve: Serve, what: str) -> None:
    with serve(in_turn(UNUSABLE[what]), fallback="error") as (room, _), pytest.raises(ModelError) as raised:
        room.pieces(KILLED)
    assert raised.value.advice


class Holding(ModelServer):
    """A model that writes its second line only once `seen` is set, and then says whether it was in time."""

    seen: threading.Event
    in_time: bool

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await self._record(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number, line in enumerate(str(self.script(body)).splitlines(keepends=True)):
            if number:
                self.in_time = await asyncio.to_thread(self.seen.wait, 10)
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "test-model",
                     "choices": [{"index": 0, "delta": {"content": line}, "finish_reason": None}]}
            await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        end = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "test-model",
               "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        await response.write(b"data: " + json.dumps(end).encode() + b"\n\ndata: [DONE]\n\n")
        await response.write_eof()
        return response


TWO = (("About 340 residents were evacuated, the district council said.", COUNCIL),
       ("Brandt said some 280 residents were evacuated.", MAYOR))


def test_a_streamed_statement_is_there_while_the_model_still_writes_the_next(serve: Serve) -> None:
    with serve(saying(*TWO), Holding) as (room, server):
        server.seen, server.in_time = threading.Event(), False

        async def watched() -> list[Any]:
            found = []
            async for piece in room.service.ask(EVACUATED, as_of=date(2026, 5, 9), stream=True):
                found.append(piece)
                if isinstance(piece, Statement):
                    server.seen.set()
            return found

        pieces = room.run(watched())
        assert server.in_time
    whole = pieces[-1]
    assert isinstance(whole, Answer)
    assert whole.statements == tuple(p for p in pieces if isinstance(p, Statement))
    assert whole.claims == tuple(p for p in pieces if isinstance(p, Claim))
    assert whole.status == "disputed"


def test_once_a_statement_was_shown_a_model_that_breaks_off_ends_in_an_error(serve: Serve) -> None:
    def script(request: Json) -> Reply:
        return Reply(saying(TWO[0])(request), finish="length", pause=0.01)  # type: ignore[arg-type]

    with serve(script) as (room, _):
        shown: list[Any] = []

        async def watched() -> None:
            async for piece in room.service.ask(EVACUATED, stream=True):
                shown.extend([piece])

        with pytest.raises(ModelError):
            room.run(watched())
    assert [type(piece).__name__ for piece in shown] == ["Meta", "Statement"]


def test_where_what_was_shown_can_be_taken_back_the_articles_own_sentences_stand_in_for_it(serve: Serve) -> None:
    def script(request: Json) -> Reply:
        return Reply(saying(TWO[0])(request), finish="length", pause=0.01)  # type: ignore[arg-type]

    with serve(script) as (room, _):

        async def asked() -> list[Any]:
            return [piece async for piece in room.service.ask(EVACUATED, stream=True, revisable=True)]

        pieces = room.run(asked())
    kinds = [type(piece).__name__ for piece in pieces]
    again = kinds.index("Meta", 1)
    assert kinds[:again] == ["Meta", "Statement"]
    assert (pieces[0].model, pieces[again].model) == ("test-model", "extractive")
    assert pieces[again].id == pieces[0].id
    whole = pieces[-1]
    assert (whole.model, whole.prompt) == ("extractive", None)
    assert whole.fallback
    assert whole.statements == tuple(p for p in pieces[again:] if isinstance(p, Statement))


def test_no_question_reaches_the_model_where_nothing_is_asked(serve: Serve) -> None:
    with serve(in_turn(NOTHING)) as (room, server):
        assert room.ask("???")["reason"] == "not_a_question"
        assert server.chats == []


def test_leaving_the_service_gives_its_connections_to_the_model_back(serve: Serve) -> None:
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        with serve(in_turn(NOTHING)) as (room, _):
            room.ask(EVACUATED)
        del room
        gc.collect()
    assert [str(one.message) for one in given if issubclass(one.category, ResourceWarning)] == []
