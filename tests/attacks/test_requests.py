"""Requests that mean one thing to a guard and another to the service: hosts, paths, bodies, headers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from service.settings import Settings
from tests.doors.articles import QUESTION, write_articles
from tests.support.live_service import Live, live_service


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service over three articles."""
    articles = write_articles(tmp_path_factory.mktemp("articles") / "press")
    with live_service(Settings(data=tmp_path_factory.mktemp("state") / "data"), articles) as live:
        yield live


def raw(live: Live, request: bytes) -> bytes:
    """What the service answers to these very bytes."""
    place = urlsplit(live.url)
    got = b""
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as line, suppress(TimeoutError):
        line.sendall(request)
        while piece := line.recv(65536):
            got += piece
            line.settimeout(1)
    return got


def post(live: Live, body: bytes, kind: str = "application/json", path: str = "/v1/ask") -> httpx.Response:
    """A body as it is."""
    return httpx.post(live.url + path, content=body, headers={"Content-Type": kind}, timeout=60, trust_env=False)


GOOD = json.dumps({"question": QUESTION}).encode()
BODIES = {
    "not a number": b'{"query": "pumps", "limit": NaN}',
    "infinity": b'{"query": "pumps", "limit": Infinity}',
    "a number beyond floats": b'{"query": "pumps", "limit": 1e999}',
    "a number of ten thousand digits": b'{"query": "pumps", "limit": ' + b"9" * 10_000 + b"}",
    "a list nested a hundred thousand deep": b'{"query": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "an object nested a hundred thousand deep": b'{"query":' * 100_000 + b"1" + b"}" * 100_000,
    "half a character": b'{"query": "\\ud800"}',
    "a field that objects have": b'{"query": "pumps", "__proto__": {"limit": 1}}',
    "another field in capitals": b'{"Query": "pumps"}',
    "two documents": b'{"query": "pumps"}{"query": "apples"}',
    "a comment": b'{"query": "pumps" /* x */}',
    "no document": b"",
    "a list of bodies": b'[{"query": "pumps"}]',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_two_readers_could_take_differently_is_refused(live: Live, name: str) -> None:
    told = post(live, BODIES[name], path="/v1/search")
    assert told.status_code in (400, 422)
    assert told.headers["content-type"] == "application/problem+json"
    assert len(told.content) < 2_000
    assert post(live, GOOD).status_code == 200


def test_of_a_key_given_twice_the_last_one_counts_for_the_check_and_for_the_work(live: Live) -> None:
    long = json.dumps("x" * 2_001)
    refused = post(live, b'{"question": "how many people?", "question": %s}' % long.encode())
    answered = post(live, b'{"question": %s, "question": %s}' % (long.encode(), json.dumps(QUESTION).encode()))
    assert (refused.status_code, answered.status_code, answered.json()["question"]) == (422, 200, QUESTION)


def test_a_byte_order_mark_or_another_encoding_never_changes_what_is_asked(live: Live) -> None:
    for body in (b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), GOOD.decode().encode("utf-32")):
        told = post(live, body)
        assert told.status_code in (200, 400, 422)
        assert told.status_code != 200 or told.json()["question"] == QUESTION


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "text/json",
                                  "application/json-seq", "text/plain; application/json"])
def test_a_body_that_does_not_say_it_is_json_is_not_read(live: Live, kind: str) -> None:
    assert post(live, GOOD, kind).status_code == 415


@pytest.mark.parametrize("host", [
    b"evil.example", b"localhost.evil.example", b"127.0.0.1.evil.example", b"evil.example:8000", b"localhost@evil.example",
    b"evil.example#localhost", b"[::1", b"", b"localhost, evil.example"])
def test_another_host_name_reaches_nothing(live: Live, host: bytes) -> None:
    got = raw(live, b"GET /v1/articles HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
    assert got.split(b" ")[1] in (b"421", b"400")
    assert b"art_" not in got


def test_no_header_stands_in_for_the_host_name(live: Live) -> None:
    for name in (b"X-Forwarded-Host", b"X-Host", b"Forwarded", b"X-Original-Host"):
        got = raw(live, b"GET /v1/articles HTTP/1.1\r\nHost: evil.example\r\n" + name +
                  b": localhost\r\nConnection: close\r\n\r\n")
        assert got.split(b" ")[1] == b"421"


def test_an_address_in_the_request_line_does_not_stand_in_for_the_host_name(live: Live) -> None:
    got = raw(live, b"GET http://localhost/v1/articles HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert got.split(b" ")[1] in (b"421", b"400", b"404")
    assert b"art_" not in got


def test_a_second_host_header_opens_nothing_that_the_first_would_not(live: Live) -> None:
    got = raw(live, b"GET /v1/articles HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert got.split(b" ")[1] in (b"400", b"421")


@pytest.mark.parametrize("framing", [
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 4\r\nContent-Length: 40\r\n",
    b"Content-Length: +4\r\n", b"Content-Length: -1\r\n", b"Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n"])
def test_a_request_is_never_smuggled_in_the_body_of_another(live: Live, framing: bytes) -> None:
    inner = b"GET /v1/articles HTTP/1.1\r\nHost: localhost\r\n\r\n"
    got = raw(live, b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + framing +
              b"\r\n0\r\n\r\n" + inner)
    answers = got.count(b"HTTP/1.1 ")
    assert b"art_" not in got or (b"Transfer-Encoding: chunked" in framing and answers == 2)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://[", "file://",
                                    "http://127.0.0.1:1"])
def test_a_page_of_another_site_changes_nothing(live: Live, origin: str) -> None:
    before = httpx.get(f"{live.url}/v1/articles").json()
    for method, path in (("POST", "/v1/ask"), ("POST", "/v1/articles"), ("DELETE", "/v1/articles/art_x"), ("GET", "/mcp")):
        told = httpx.request(method, live.url + path, headers={"Origin": origin, "Content-Type": "application/json"},
                             content=b'{"filename": "a.txt", "text": "Nine ships left Brelwick on Monday."}')
        assert told.status_code == 403
        assert "access-control-allow-origin" not in told.headers
    assert httpx.get(f"{live.url}/v1/articles").json() == before


@pytest.mark.parametrize("path", [
    "/page/../../../../etc/passwd", "/page/..%2f..%2f..%2fsettings.py", "/page/%2e%2e/page.py", "/page//etc/passwd",
    "/page/..\\..\\http.py", "/page/%00", "/page/frame.html%00.js", "/v1/articles/..%2f..%2fetc%2fpasswd/text",
    "/v1/articles/art_%2e%2e%2f/text", "/a/../page/../v1/articles/../../etc/passwd"])
def test_no_path_leads_out_of_what_is_served(live: Live, path: str) -> None:
    got = raw(live, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert got.split(b" ")[1] in (b"404", b"400", b"422")
    assert b"root:" not in got
    assert b"import " not in got


def test_a_header_of_the_caller_never_ends_up_as_a_header_of_its_own(live: Live) -> None:
    for wrong in ("a b", "x" * 65, "a;b", "<b>", "ü"):
        told = httpx.get(f"{live.url}/healthz", headers={"X-Request-ID": wrong.encode("latin-1")})
        assert told.headers["x-request-id"].startswith("req_")
    got = raw(live, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: a\rSet-Cookie: x=1\r\nConnection: close\r\n\r\n")
    assert b"set-cookie" not in got.lower()


def test_an_upload_named_after_a_place_elsewhere_is_set_aside(live: Live) -> None:
    names = ["../../evil.txt", "/etc/evil.txt", "..\\evil.txt", "c:\\evil.txt"]
    for name in names:
        told = httpx.post(f"{live.url}/v1/articles", json={"filename": name, "text": "Nine ships left Brelwick on Monday."})
        assert told.status_code == 422
        assert "no name of a file" in told.json()["detail"]
