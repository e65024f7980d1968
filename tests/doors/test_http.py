"""The HTTP door: a real server on loopback, spoken to by a client we did not write."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import httpx
import pytest

from service.answers.answer import Meta, Piece
from service.doors import serving
from service.doors.http import create_app
from service.doors.schema import (
    AnswerOut,
    ArticleOut,
    ArticlesOut,
    IngestedOut,
    PassagesOut,
    ProblemOut,
    VerificationOut,
)
from service.errors import (
    BusyError,
    EmbedderError,
    ModelError,
    ModelTimeout,
    NotFoundError,
    OnRecordError,
    ReadError,
    SettingsError,
    StateError,
    TooLargeError,
    UsageError,
)
from service.settings import Settings
from service.wiring import OnRecord
from tests.doors.articles import ORCHARD, QUESTION, write_articles
from tests.doors.examples import disputed_answer
from tests.support.live_service import live_service

LIMIT = 20_000
PROBLEM = "application/problem+json"
JSON_TYPE = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over an archive of three articles."""
    articles = write_articles(tmp_path_factory.mktemp("articles") / "press")
    settings = Settings(data=tmp_path_factory.mktemp("state") / "data", max_body_bytes=LIMIT, max_file_bytes=9_000)
    with live_service(settings, articles) as live:
        yield live.url


@pytest.fixture
def http(base: str) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
        yield client


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that a response is, checked for what every problem has."""
    assert response.status_code == status
    assert response.headers["content-type"] == PROBLEM
    body: dict[str, Any] = response.json()
    ProblemOut.model_validate(body)
    assert body["status"] == status
    assert body["instance"] == response.request.url.path
    assert response.headers["x-request-id"]
    assert response.headers["x-content-type-options"] == "nosniff"
    return body


def events(text: str) -> list[tuple[str, Any, int]]:
    """The events of a stream: name, data, id."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"]), int(fields["id"])))
    return found


def test_a_question_is_answered_as_the_contract_says(http: httpx.Client) -> None:
    response = http.post("/v1/ask", json={"question": QUESTION})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    answer = response.json()
    AnswerOut.model_validate(answer)
    assert (answer["status"], {claim["low"] for claim in answer["claims"]}) == ("disputed", {4200, 3000})
    assert http.get(f"/v1/answers/{answer['id']}").json() == answer
    for citation in answer["citations"]:
        text = http.get(f"/v1/articles/{citation['file_id']}/text").text
        assert text[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]


def test_every_filter_reaches_the_service(http: httpx.Client) -> None:
    def values(**filters: Any) -> set[int]:
        answer = http.post("/v1/ask", json={"question": QUESTION, **filters}).json()
        return {claim["low"] for claim in answer["claims"]}

    listed = {item["filename"]: item["file_id"] for item in http.get("/v1/articles").json()["articles"]}
    assert values(publishers=["Harbour Gazette"]) == {4200}
    assert values(file_ids=[listed["flood/courier.txt"]]) == {3000}
    assert values(published_after="2026-03-04", as_of="2026-03-05") == {3000}
    assert values(published_before="2026-03-03", thread_id=None) == {4200}
    assert values(published_after="2030-01-01") == set()


@pytest.mark.parametrize(("body", "headers"), [
    ({"question": QUESTION, "stream": True}, {}),
    ({"question": QUESTION}, {"Accept": "text/event-stream"}),
])  # fmt: skip
def test_a_stream_brings_each_statement_the_claims_and_then_the_whole_answer(
    http: httpx.Client, body: dict[str, Any], headers: dict[str, str]
) -> None:
    response = http.post("/v1/ask", json=body, headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    (first, meta, _), *middle, (last, answer, _) = found = events(response.text)
    assert [number for _, _, number in found] == list(range(1, len(found) + 1))
    assert (first, last) == ("meta", "done")
    assert meta == {name: answer[name] for name in ("id", "question", "model", "index", "standalone_question", "thread_id")}
    assert [data for name, data, _ in middle if name == "statement"] == answer["statements"]
    assert [data for name, data, _ in middle if name == "claim"] == answer["claims"]
    AnswerOut.model_validate(answer)


def test_a_search_returns_passages_at_their_places(http: httpx.Client) -> None:
    response = http.post("/v1/search", json={"query": "frost and apples", "limit": 2})
    passages = response.json()["passages"]
    PassagesOut.model_validate(response.json())
    assert [passage["index"] for passage in passages] == [1, 2]
    best = passages[0]
    assert ORCHARD[best["start_char_index"] : best["end_char_index"]] == best["cited_text"]


@pytest.mark.parametrize(("body", "fields"), [
    ({}, {"question": "is required"}),
    ({"question": 3}, {"question": "Input should be a valid string"}),
    ({"question": "x", "secret-key": "sk-hush"}, {"secret-key": "unknown field"}),
    ({"question": "x", "as_of": "03/02/2026"}, {"as_of": "is not a day of the form YYYY-MM-DD"}),
    ({"question": "x", "as_of": 20260302}, {"as_of": "is not a string of the form YYYY-MM-DD"}),
    ({"question": "x", "stream": "yes"}, {"stream": "Input should be a valid boolean"}),
    ({"question": "x", "publishers": "hush"}, {"publishers": "Input should be a valid list"}),
    ({"question": "x", "file_ids": ["a", 1]}, {"file_ids.1": "Input should be a valid string"}),
    ([], {"body": "Input should be a valid dictionary or object to extract fields from"}),
])  # fmt: skip
def test_a_wrong_field_is_named_and_its_value_never_repeated(
    http: httpx.Client, body: Any, fields: dict[str, str]
) -> None:
    response = http.post("/v1/ask", json=body)
    told = problem(response, 422)
    assert {fault["field"]: fault["fault"] for fault in told["errors"]} == fields
    assert "hush" not in response.text


@pytest.mark.parametrize("question", ["", "   ", "\u200b\n", "\x00", "x" * 2001])
def test_a_blank_or_endless_question_is_wrong_usage_also_on_a_stream(
    http: httpx.Client, question: str
) -> None:
    for stream in (False, True):
        body = problem(http.post("/v1/ask", json={"question": question, "stream": stream}), 422)
        assert body["type"] == "urn:onrecord:problem:usage"
    problem(http.post("/v1/search", json={"query": question}), 422)


@pytest.mark.parametrize("raw", [
    rb'{"question": "how many\ud800 people?"}',
    b'{"question": "how many\xff people?"}',
    b'{"question": ',
    b'{"question": NaN}',
    b"[" * 100_0,
    b'{"question": ' + b"9" * 5000 + b"}",
    b"",
])  # fmt: skip
def test_a_body_that_is_no_text_or_no_json_is_refused(http: httpx.Client, raw: bytes) -> None:
    response = http.post("/v1/ask", content=raw, headers=JSON_TYPE)
    problem(response, 400 if response.status_code == 400 else 422)


def test_a_question_with_a_nul_is_answered(http: httpx.Client) -> None:
    answer = http.post("/v1/ask", json={"question": f"{QUESTION}\x00"}).json()
    assert (answer["status"], answer["question"]) == ("disputed", QUESTION)


def test_a_limit_out_of_range_is_refused(http: httpx.Client) -> None:
    for limit in (0, 51, "10", 1.5, True):
        problem(http.post("/v1/search", json={"query": "x", "limit": limit}), 422)


def test_days_in_the_wrong_order_are_refused(http: httpx.Client) -> None:
    body = {"question": "x", "published_after": "2026-03-02", "published_before": "2026-03-01"}
    assert "later than" in problem(http.post("/v1/ask", json=body), 422)["detail"]


def test_paths_methods_and_types_that_are_not_served_are_problems(http: httpx.Client) -> None:
    assert problem(http.get("/v1/nothing"), 404)["detail"] == "no such path: '/v1/nothing'"
    wrong = http.get("/v1/ask")
    assert problem(wrong, 405)["detail"] == "GET is not allowed on '/v1/ask'"
    assert wrong.headers["allow"] == "POST"
    assert http.put("/v1/articles/art_x").headers["allow"] == "DELETE, GET"
    for path in ("/v1/ask", "/v1/search", "/v1/articles"):
        problem(http.post(path, content=b"question=x", headers={"Content-Type": "text/plain"}), 415)
    for path in ("/v1/articles/art_x", "/v1/articles/art_x/text", "/v1/answers/ans_x"):
        assert "_x'" in problem(http.get(path), 404)["detail"]
    problem(http.delete("/v1/articles/art_x"), 404)
    problem(http.get("/v1/articles/%00%FF"), 404)
    problem(http.post("/v1/answers/ans_x/verify"), 404)
    problem(http.get("/v1/articles?cursor=nonsense"), 422)
    assert problem(http.get("/v1/articles?lmit=3"), 422)["errors"] == [
        {"field": "lmit", "fault": "unknown field"}
    ]


def test_a_body_over_the_limit_is_refused_announced_or_not(http: httpx.Client) -> None:
    body = json.dumps({"question": "x" * LIMIT}).encode()

    def in_pieces() -> Iterator[bytes]:
        for start in range(0, len(body), 4096):
            yield body[start : start + 4096]

    for path in ("/v1/ask", "/v1/articles", "/slack/events", "/nowhere"):
        problem(http.post(path, content=body, headers=JSON_TYPE), 413)
    for path in ("/v1/ask", "/v1/articles"):
        problem(http.post(path, content=in_pieces(), headers=JSON_TYPE), 413)


def test_every_response_has_a_request_id_and_keeps_a_sane_one(http: httpx.Client) -> None:
    for path in ("/healthz", "/docs", "/nowhere", "/openapi.json"):
        response = http.get(path, headers={"X-Request-ID": "trace-1.a_b"})
        assert response.headers["x-request-id"] == "trace-1.a_b"
        assert http.get(path).headers["x-request-id"] != http.get(path).headers["x-request-id"]
        assert (
            http.get(path, headers={"X-Request-ID": "a b<script>"}).headers["x-request-id"].startswith("req_")
        )
        assert response.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in response.headers["content-security-policy"]


def test_another_sites_page_can_change_nothing(http: httpx.Client) -> None:
    for origin in ("https://evil.example", "null", "http://["):
        problem(http.post("/v1/ask", json={"question": "x"}, headers={"Origin": origin}), 403)
    same = {"Origin": str(http.base_url).rstrip("/")}
    assert http.post("/v1/ask", json={"question": QUESTION}, headers=same).status_code == 200
    problem(http.get("/healthz", headers={"Host": "evil.example"}), 421)


def test_articles_are_added_listed_shown_and_taken_down(http: httpx.Client) -> None:
    text = "Bridge opens\n\nThe new bridge over the Wend cost 31 million euros, the town said.\n"
    given = {"title": "The bridge", "publisher": "Wend Radio", "published": "2026-05-01"}
    told = {"filename": "bridge.txt", "text": text, **given}
    added = http.post("/v1/articles", json=told)
    assert added.status_code == 201
    IngestedOut.model_validate(added.json())
    assert (added.json()["added"], added.json()["failed"]) == (1, [])
    (file_id,) = added.json()["file_ids"]
    article = http.get(f"/v1/articles/{file_id}").json()
    ArticleOut.model_validate(article)
    assert (article["document_title"], article["publisher"], article["published"]) == (
        "The bridge", "Wend Radio", "2026-05-01",
    )  # fmt: skip
    assert article["found_in"] == {"document_title": "caller", "publisher": "caller", "published": "caller"}
    answer = http.post("/v1/ask", json={"question": "how much did the bridge cost?"}).json()
    assert answer["claims"][0]["low"] == 31_000_000

    again = http.post("/v1/articles", json={"articles": [told]}).json()
    assert (again["unchanged"], again["file_ids"]) == (1, [file_id])

    pages, cursor = [], None
    while True:
        page = http.get("/v1/articles", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        ArticlesOut.model_validate(page)
        pages.append([item["filename"] for item in page["articles"]])
        if (cursor := page["next_cursor"]) is None:
            break
    assert pages == [["bridge.txt", "flood/courier.txt", "flood/gazette.md"], ["orchard.txt"]]

    assert http.delete(f"/v1/articles/{file_id}").status_code == 204
    problem(http.get(f"/v1/articles/{file_id}"), 404)
    stored = http.get(f"/v1/answers/{answer['id']}").text
    assert "31 million" not in stored
    verdicts = http.post(f"/v1/answers/{answer['id']}/verify").json()
    VerificationOut.model_validate(verdicts)
    assert {verdict["state"] for verdict in verdicts["citations"]} == {"source_removed"}


def test_files_are_added_as_a_form(http: httpx.Client) -> None:
    text = "Ferry stops\n\nThe ferry carried 900 people on its last day, the company said.\n"
    files = [
        ("files", ("ferry.txt", text.encode(), "text/plain")),
        ("files", ("bad.txt", bytes(256), "text/plain")),
    ]
    added = http.post("/v1/articles", files=files)
    assert added.status_code == 201
    report = added.json()
    assert (report["added"], [failure["path"] for failure in report["failed"]]) == (1, ["bad.txt"])
    (file_id,) = report["file_ids"]
    assert http.get(f"/v1/articles/{file_id}/text").text == text
    told = {"publisher": "Wend Radio", "file_id": "ferry-1"}
    single = http.post("/v1/articles", files=files[:1], data=told)
    assert single.json()["file_ids"] == ["ferry-1"]
    assert http.get("/v1/articles/ferry-1").json()["publisher"] == "Wend Radio"
    for added_id in (file_id, "ferry-1"):
        http.delete(f"/v1/articles/{added_id}")


def test_an_upload_that_cannot_be_read_is_refused_with_its_reason(http: httpx.Client) -> None:
    def refused(**more: Any) -> dict[str, Any]:
        return problem(http.post("/v1/articles", **more), 422)

    binary = [("file", ("x.txt", bytes(range(256)) * 9, "text/plain"))]
    assert "x.txt" in refused(files=binary)["detail"]
    assert ".exe" in refused(files=[("file", ("x.exe", b"text", "text/plain"))])["detail"]
    assert refused(files=[("file", ("x.txt", b"text", "text/plain"))], data={"owner": "hush"})["errors"] == [
        {"field": "owner", "fault": "unknown field"}
    ]
    assert refused(files=binary * 2, data={"title": "x"})["errors"][0]["field"] == "title"
    assert refused(json={"articles": []})["errors"][0]["field"] == "articles"
    assert refused(json={"articles": [{"filename": "x.txt"}]})["errors"] == [
        {"field": "articles.0.text", "fault": "is required"}
    ]
    assert refused(json={"filename": "x.txt", "text": "x", "file_id": "no such id"})["detail"]
    half = http.post("/v1/articles", content=rb'{"filename": "x.txt", "text": "\ud800"}', headers=JSON_TYPE)
    assert problem(half, 422)["errors"] == [
        {"field": "text", "fault": "holds half a character (a lone surrogate)"}
    ]
    assert refused(data={"title": "x"}, files={"note": (None, "x")})["errors"]
    problem(http.post("/v1/articles", content=b"{", headers=JSON_TYPE), 400)
    garbled = {"Content-Type": "multipart/form-data; boundary=x"}
    problem(http.post("/v1/articles", content=b"--y\r\n\r\n", headers=garbled), 400)


def test_a_file_over_its_limit_is_refused_however_it_comes(http: httpx.Client) -> None:
    text = "The dyke of Marlow Quay was mended. " * 300
    for sent in ({"files": [("files", ("small.txt", b"x", "text/plain")), ("files", ("big.txt", text.encode(), "text/plain"))]},
                 {"json": {"filename": "big.txt", "text": text}}):
        told = problem(http.post("/v1/articles", **sent), 413)
        assert told["detail"] == "'big.txt' is larger than 9000 bytes"
        assert "ONRECORD_MAX_FILE_BYTES" in told["advice"]


def test_a_reader_says_what_an_answer_was_worth(http: httpx.Client) -> None:
    answer = http.post("/v1/ask", json={"question": QUESTION}).json()
    path = f"/v1/answers/{answer['id']}/feedback"
    kept = http.post(path, json={"verdict": "wrong", "comment": "counted twice"})
    assert (kept.status_code, kept.json()) == (
        201, {"answer_id": answer["id"], "verdict": "wrong", "comment": "counted twice"})
    assert http.post(path, json={"verdict": "helpful"}).json()["comment"] is None
    assert problem(http.post(path, json={"verdict": "fine"}), 422)["errors"][0]["field"] == "verdict"
    problem(http.post(path, json={"verdict": "wrong", "comment": "x" * 2001}), 422)
    problem(http.post("/v1/answers/ans_none/feedback", json={"verdict": "wrong"}), 404)


def test_a_thread_makes_a_follow_up_understood(http: httpx.Client) -> None:
    first = http.post("/v1/ask", json={"question": "how many tonnes of apples were picked in the upper valley?",
                                       "thread_id": "new"}).json()
    thread = first["thread_id"]
    assert thread.startswith("thr_")
    second = http.post("/v1/ask", json={"question": "and what destroyed the blossom?", "thread_id": thread}).json()
    assert (second["thread_id"], second["question"]) == (thread, "and what destroyed the blossom?")
    assert second["standalone_question"] != second["question"]
    problem(http.post("/v1/ask", json={"question": "x", "thread_id": "no such id"}), 422)


def test_the_service_says_that_it_lives_and_is_ready(http: httpx.Client) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json() == {"status": "ready"}


def test_the_description_names_every_path_with_its_errors(http: httpx.Client) -> None:
    described = http.get("/openapi.json").json()
    assert {(method, path) for path, methods in described["paths"].items() for method in methods} == {
        ("post", "/v1/ask"), ("post", "/v1/search"), ("get", "/v1/articles"), ("post", "/v1/articles"),
        ("get", "/v1/articles/{file_id}"), ("delete", "/v1/articles/{file_id}"),
        ("get", "/v1/articles/{file_id}/text"), ("get", "/v1/answers/{answer_id}"),
        ("post", "/v1/answers/{answer_id}/verify"), ("post", "/v1/answers/{answer_id}/feedback"),
        ("post", "/v1/chat/completions"), ("post", "/v1/responses"), ("get", "/v1/models"),
        ("get", "/v1/models/{model}"), ("post", "/slack/events"), ("get", "/healthz"), ("get", "/readyz"),
        ("get", "/metrics"), ("get", "/v1/watches"), ("post", "/v1/watches"), ("get", "/v1/watches/{watch_id}"),
        ("delete", "/v1/watches/{watch_id}"), ("get", "/v1/publishers"), ("get", "/v1/failures"),
    }  # fmt: skip
    schemas = described["components"]["schemas"]
    for methods in described["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == [PROBLEM]
    assert {"AnswerOut", "ProblemOut", "FaultOut"} <= set(schemas)
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)


def test_the_page_for_people_needs_nothing_from_outside(http: httpx.Client) -> None:
    page = http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "POST /v1/ask" in page.text
    assert "<script" not in page.text
    assert "src=" not in page.text
    assert not re.search(r"(href|action|url)[=(][\"']?(https?:)?//", page.text)


class FailingService:
    """A service whose answer fails after so many pieces, slowly if told so."""

    def __init__(self, failure: Exception, pieces: int = 0, pause: float = 0.0) -> None:
        self.settings = Settings()
        self.failure, self.pieces, self.pause = failure, pieces, pause

    async def ask(self, question: str, **_: Any) -> AsyncIterator[Piece]:
        """Pieces of an answer, then the failure."""
        whole = (Meta("ans_1", question, "m", "i"), *disputed_answer().statements)
        for piece in whole[: self.pieces]:
            yield piece
        await asyncio.sleep(self.pause)
        raise self.failure

    async def search(self, *_: Any, **__: Any) -> list[Any]:
        """The failure."""
        raise self.failure

    def observe(self, _: Any) -> None:
        """Nobody is told."""

    def totals(self) -> tuple[int, int]:
        """Nothing is there."""
        return 0, 0


def client_of(service: FailingService, **options: Any) -> httpx.AsyncClient:
    """A client of an application over the service."""
    app = create_app(cast(OnRecord, service), **options)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


@pytest.mark.parametrize(("failure", "status", "kind"), [
    (UsageError("x"), 422, "usage"),
    (NotFoundError("x"), 404, "not-found"),
    (ReadError("x"), 422, "read"),
    (TooLargeError("x"), 413, "too-large"),
    (BusyError("x"), 503, "busy"),
    (StateError("x"), 503, "state"),
    (EmbedderError("x"), 502, "embedder"),
    (ModelError("x"), 502, "model"),
    (ModelTimeout("x"), 504, "model-timeout"),
    (SettingsError("x"), 500, "settings"),
    (OnRecordError("x"), 500, "on-record"),
])  # fmt: skip
async def test_each_error_of_the_service_has_its_status(
    failure: OnRecordError, status: int, kind: str
) -> None:
    async with client_of(FailingService(failure)) as client:
        for path, body in (("/v1/ask", {"question": "x"}), ("/v1/search", {"query": "x"})):
            response = await client.post(path, json=body)
            told = problem(response, status)
            assert (told["type"], told["detail"]) == (f"urn:onrecord:problem:{kind}", "x")
            assert told["advice"] == failure.advice
            assert ("retry-after" in response.headers) == failure.retryable


async def test_a_fault_of_ours_is_a_problem_that_tells_nothing_of_the_inside() -> None:
    async with client_of(FailingService(ValueError("secret"))) as client:
        response = await client.post("/v1/ask", json={"question": "x"})
    told = problem(response, 500)
    assert "secret" not in response.text
    assert told["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(("failure", "status"), [(ModelTimeout("late"), 504), (ValueError("secret"), 500)])
async def test_a_failure_within_a_stream_is_its_last_event(failure: Exception, status: int) -> None:
    async with client_of(FailingService(failure, pieces=2)) as client:
        response = await client.post("/v1/ask", json={"question": "x", "stream": True})
    found = events(response.text)
    assert [name for name, _, _ in found] == ["meta", "statement", "error"]
    told = found[-1][1]
    ProblemOut.model_validate(told)
    assert (told["status"], told["instance"]) == (status, "/v1/ask")
    assert told["request_id"] == response.headers["x-request-id"]
    assert "secret" not in response.text


async def test_a_failure_before_the_first_event_has_its_own_status() -> None:
    async with client_of(FailingService(ModelTimeout("late"))) as client:
        problem(await client.post("/v1/ask", json={"question": "x", "stream": True}), 504)


async def test_a_silent_stream_is_kept_alive_with_comments() -> None:
    async with client_of(FailingService(ModelError("x"), pieces=1, pause=0.3), heartbeat=0.05) as client:
        response = await client.post("/v1/ask", json={"question": "x", "stream": True})
    assert response.text.count(": still at it\n\n") >= 2
    assert [name for name, _, _ in events(response.text)] == ["meta", "error"]


@pytest.mark.parametrize(("host", "keys", "required"), [
    ("127.0.0.1", None, False), ("localhost", None, False), ("::1", None, False), ("127.8.8.8", None, False),
    ("0.0.0.0", None, True), ("::", None, True), ("192.0.2.1", None, True), ("example.org", None, True),
    ("0.0.0.0", "off", False), ("127.0.0.1", "required", True), ("0.0.0.0", "required", True),
])  # fmt: skip
def test_keys_are_required_wherever_other_machines_reach_unless_the_owner_says_otherwise(
    host: str, keys: Any, required: bool
) -> None:
    assert serving.keys_required(Settings(api_keys=keys), host) is required
