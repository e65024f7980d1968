"""Who may call what: keys and their scopes, rates, hosts, other sites' pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from service.answers.answer import Meta, Piece
from service.doors.http import create_app
from service.doors.keys import SCOPES, KeyRing, may, new_key
from service.doors.schema import ProblemOut
from service.errors import UsageError
from service.ports import ApiKey, ApiKeys
from service.settings import Settings
from service.wiring import OnRecord, open_keys
from tests.doors.articles import QUESTION, write_articles
from tests.doors.examples import disputed_answer
from tests.support.live_service import Live, live_service


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service that asks everyone for a key."""
    articles = write_articles(tmp_path_factory.mktemp("articles") / "press")
    settings = Settings(data=tmp_path_factory.mktemp("state") / "data")
    with live_service(settings, articles, keys_required=True) as live:
        yield live


def key_of(live: Live, *scopes: str) -> tuple[str, dict[str, str]]:
    """A new key of that service: its id, and the header that carries it."""
    key, text = new_key("test", scopes)
    live.service.keys.add_key(key)
    return key.id, {"Authorization": f"Bearer {text}"}


def http(live: Live, **more: Any) -> httpx.Client:
    """A client of the service."""
    return httpx.Client(base_url=live.url, timeout=60, trust_env=False, **more)


def status(response: httpx.Response) -> int:
    """The response's status; errors are checked to be problems."""
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        ProblemOut.model_validate(response.json())
    return response.status_code


CALLS: list[tuple[str, str, Any, str | None]] = [
    ("POST", "/v1/ask", {"question": QUESTION}, "ask"),
    ("POST", "/v1/search", {"query": "pumps"}, "ask"),
    ("GET", "/v1/articles", None, "ask"),
    ("GET", "/v1/publishers", None, "ask"),
    ("GET", "/v1/failures", None, "ingest"),
    ("GET", "/v1/watches", None, "ask"),
    ("GET", "/v1/articles/art_none/text", None, "ask"),
    ("GET", "/v1/answers/ans_none", None, "ask"),
    ("POST", "/v1/answers/ans_none/feedback", {"verdict": "helpful"}, "ask"),
    ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": QUESTION}]}, "ask"),
    ("POST", "/v1/responses", {"input": QUESTION}, "ask"),
    ("GET", "/v1/models", None, "ask"),
    ("GET", "/metrics", None, "ask"),
    ("GET", "/docs", None, "ask"),
    ("GET", "/openapi.json", None, "ask"),
    ("GET", "/nowhere", None, "ask"),
    ("POST", "/v1/articles", {"filename": "new.txt", "text": "A dyke was built in Marlow Quay."}, "ingest"),
    ("DELETE", "/v1/articles/art_none", None, "admin"),
    ("GET", "/healthz", None, None),
    ("GET", "/readyz", None, None),
]


@pytest.mark.parametrize(("method", "path", "body", "scope"), CALLS)
def test_each_path_opens_to_keys_of_its_scope_alone(
    live: Live, method: str, path: str, body: Any, scope: str | None
) -> None:
    def called(**headers: str) -> int:
        with http(live) as client:
            return status(client.request(method, path, json=body, headers=headers))

    if scope is None:
        assert called() == 200
        return
    assert called() == called(Authorization="Bearer onr_000000000000_" + "x" * 43) == 401
    for given in SCOPES:
        _, headers = key_of(live, given)
        allowed = given in (scope, "admin")
        assert (called(**headers) not in (401, 403)) is allowed
        assert allowed or called(**headers) == 403


def test_a_refusal_says_how_keys_are_sent_and_names_no_key(live: Live) -> None:
    with http(live) as client:
        wrong = client.post("/v1/chat/completions", json={}, headers={"Authorization": "Bearer onr_sekret"})
    assert (status(wrong), wrong.headers["www-authenticate"]) == (401, 'Bearer realm="onrecord"')
    assert "sekret" not in wrong.text
    assert wrong.json()["error"] == {"message": wrong.json()["detail"], "type": "authentication_error", "param": None,
                                     "code": "invalid_api_key"}


def test_a_key_comes_in_either_header_and_its_use_is_noted(live: Live) -> None:
    key_id, headers = key_of(live, "ask")
    text = headers["Authorization"].removeprefix("Bearer ")
    with http(live) as client:
        assert status(client.get("/v1/models", headers={"X-API-Key": text})) == 200
        for wrong in (text[:-1], text + "x", text.upper(), "", "Basic x", f"{text} {text}"):
            assert status(client.get("/v1/models", headers={"Authorization": f"Bearer {wrong}".strip()})) == 401
        assert status(client.get("/v1/models", headers={"Authorization": f"Basic {text}"})) == 401
    known = live.service.keys.key(key_id)
    assert known is not None
    assert known.last_used is not None
    assert known.created <= known.last_used


def test_a_revoked_key_opens_nothing_at_once(live: Live) -> None:
    key_id, headers = key_of(live, "admin")
    with http(live, headers=headers) as client:
        assert status(client.get("/v1/models")) == 200
        assert live.service.keys.revoke_key(key_id, "2026-01-01T00:00:00Z")
        assert status(client.get("/v1/models")) == 401
    assert not live.service.keys.revoke_key(key_id, "2026-01-02T00:00:00Z")


def test_the_record_keeps_a_hash_and_never_the_key(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    key, text = new_key("  the   news room ", ["ingest", "ask", "ask"])
    with open_keys(settings) as keys:
        keys.add_key(key)
        assert keys.all_keys() == [key]
        assert KeyRing(keys).check(text) == key
        with pytest.raises(UsageError, match="already"):
            keys.add_key(key)
    assert (key.name, key.scopes) == ("the news room", ("ask", "ingest"))
    stored = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir() if file.is_file())
    assert text.rpartition("_")[2].encode() not in stored
    assert text.encode() not in stored
    assert key.digest.encode() in stored


@pytest.mark.parametrize(("name", "scopes"), [("", ["ask"]), (" ", ["ask"]), ("x" * 101, ["ask"]), ("a\x1bb", ["ask"]),
                                              ("x", []), ("x", ["root"])])
def test_a_key_without_a_name_or_with_a_strange_scope_is_refused(name: str, scopes: list[str]) -> None:
    with pytest.raises(UsageError):
        new_key(name, scopes)


def test_admin_may_everything_and_the_others_only_what_they_say() -> None:
    keys = {scope: new_key("x", [scope])[0] for scope in SCOPES}
    assert {scope: [needed for needed in SCOPES if may(key, needed)] for scope, key in keys.items()} == {
        "ask": ["ask"], "ingest": ["ingest"], "admin": ["ask", "ingest", "admin"]}


class Shelf:
    """Keys in memory, for a service that is none."""

    def __init__(self, *keys: ApiKey) -> None:
        self.kept = {key.id: key for key in keys}

    def key(self, key_id: str) -> ApiKey | None:
        """The key with this id."""
        return self.kept.get(key_id)

    def note_key_use(self, key_id: str, when: str) -> None:
        """Nobody asks."""


class SlowService:
    """A service whose answers wait until they are let go."""

    def __init__(self, settings: Settings, *keys: ApiKey) -> None:
        self.settings, self.keys = settings, cast(ApiKeys, Shelf(*keys))
        self.let_go = asyncio.Event()
        self.under_way, self.both = 0, asyncio.Event()

    async def ask(self, question: str, **_: Any) -> AsyncIterator[Piece]:
        """A beginning, then after a while the answer."""
        self.under_way += 1
        if self.under_way == 2:
            self.both.set()
        yield Meta("ans_1", question, "m", "i")
        await self.let_go.wait()
        yield disputed_answer()

    def observe(self, _: Callable[..., None]) -> None:
        """Nobody is told."""

    def totals(self) -> tuple[int, int]:
        """Nothing is there."""
        return 0, 0


def client_of(service: SlowService, **options: Any) -> httpx.AsyncClient:
    """A client of an application over the service."""
    app = create_app(cast(OnRecord, service), **options)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


async def test_too_many_requests_of_one_key_are_told_when_to_come_back() -> None:
    (mine, my_text), (other, other_text) = new_key("mine", ["ask"]), new_key("other", ["ask"])
    service = SlowService(Settings(rate_limit="3/minute"), mine, other)
    async with client_of(service, keys_required=True) as client:
        me, them = {"Authorization": f"Bearer {my_text}"}, {"Authorization": f"Bearer {other_text}"}
        answers = [await client.get("/v1/models", headers=me) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert answers[-1].json()["error"]["type"] == "rate_limit_error"
        assert (await client.get("/v1/models", headers=them)).status_code == 200
        assert (await client.get("/healthz")).status_code == 200


async def test_too_many_questions_at_once_are_refused_until_one_is_done() -> None:
    service = SlowService(Settings(max_concurrent=2))
    async with client_of(service) as client:
        asking = [asyncio.create_task(client.post("/v1/ask", json={"question": "x"})) for _ in range(2)]
        await service.both.wait()
        refused = await client.post("/v1/ask", json={"question": "x"})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        service.let_go.set()
        assert [(await task).status_code for task in asking] == [200, 200]
        assert (await client.post("/v1/ask", json={"question": "x"})).status_code == 200


async def test_without_keys_nothing_is_limited_unless_the_owner_says_so() -> None:
    async with client_of(SlowService(Settings())) as client:
        answers = [await client.get("/v1/models") for _ in range(700)]
    assert {answer.status_code for answer in answers} == {200}
    assert "x-ratelimit-limit" not in answers[0].headers


@pytest.mark.parametrize("settings", [Settings(), Settings(cors_origins=("https://desk.example",))])
async def test_pages_of_other_sites_are_closed_out_unless_configured(settings: Settings) -> None:
    ours = "https://desk.example"
    service = SlowService(settings)
    service.let_go.set()
    async with client_of(service) as client:
        async def post(origin: str) -> httpx.Response:
            return await client.post("/v1/ask", json={"question": "x"}, headers={"Origin": origin})

        asked = {"Origin": ours, "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "authorization, content-type"}
        preflight = await client.options("/v1/ask", headers=asked)
        configured = bool(settings.cors_origins)
        assert (await post(ours)).status_code == (200 if configured else 403)
        assert (await post(ours)).headers.get("access-control-allow-origin") == (ours if configured else None)
        assert (preflight.status_code == 200) is configured
        for stranger in ("https://evil.example", "null", "https://desk.example.evil.example"):
            assert (await post(stranger)).status_code == 403
            assert "access-control-allow-origin" not in (await post(stranger)).headers
        assert (await post("http://127.0.0.1")).status_code == 200


@pytest.mark.parametrize(("given", "hosts", "allowed"), [
    ((), None, {"127.0.0.1", "desk.example", "evil.example"}),
    ((), ("127.0.0.1",), {"127.0.0.1"}),
    (("desk.example",), ("127.0.0.1",), {"desk.example"}),
])  # fmt: skip
async def test_only_allowed_host_names_are_answered(
    given: tuple[str, ...], hosts: tuple[str, ...] | None, allowed: set[str]
) -> None:
    async with client_of(SlowService(Settings(allowed_hosts=given)), hosts=hosts) as client:
        for name in ("127.0.0.1", "desk.example", "evil.example"):
            answer = await client.get("/v1/models", headers={"Host": f"{name}:8000"})
            assert answer.status_code == (200 if name in allowed else 421)


@pytest.mark.parametrize(("key", "value"), [
    ("rate_limit", "many"), ("rate_limit", "0/minute"), ("rate_limit", "5 per week"), ("max_concurrent", "0"),
    ("public_url", "example.org"), ("log_format", "xml"), ("shutdown_seconds", "-1"),
])  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(key: str, value: str) -> None:
    from service.errors import SettingsError

    with pytest.raises(SettingsError, match=f"ONRECORD_{key.upper()}"):
        Settings.load({f"ONRECORD_{key.upper()}": value})


def test_lists_are_written_with_commas_in_the_environment() -> None:
    loaded = Settings.load({"ONRECORD_ALLOWED_HOSTS": "desk.example, 10.0.0.5,", "ONRECORD_CORS_ORIGINS": ""})
    assert (loaded.allowed_hosts, loaded.cors_origins) == (("desk.example", "10.0.0.5"), ())
