"""What one API key begins, no other one sees; what is shared, every key that may ask does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.adapters.record import SqlRecord
from service.domain import Turn
from service.doors.keys import new_key, sees
from service.settings import Settings
from tests.doors.articles import QUESTION, write_articles
from tests.support.live_service import Live, live_service

AGAIN = "and how many did the mayor count?"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service that asks everyone for a key."""
    articles = write_articles(tmp_path_factory.mktemp("articles") / "press")
    settings = Settings(data=tmp_path_factory.mktemp("state") / "data")
    with live_service(settings, articles, keys_required=True) as live:
        yield live


@pytest.fixture
def clients(live: Live) -> Iterator[dict[str, httpx.Client]]:
    """A client for each of three keys: `one` and `other` may ask, `admin` everything."""
    found = {}
    for name, scope in (("one", "ask"), ("other", "ask"), ("admin", "admin")):
        key, text = new_key(name, [scope])
        live.service.keys.add_key(key)
        found[name] = httpx.Client(base_url=live.url, timeout=60, trust_env=False,
                                   headers={"Authorization": f"Bearer {text}"})
    yield found
    for client in found.values():
        client.close()


def asked(client: httpx.Client, question: str, thread_id: str) -> httpx.Response:
    """A question in a thread."""
    return client.post("/v1/ask", json={"question": question, "thread_id": thread_id})


@pytest.mark.parametrize("thread_id", ["new", "desk-7"])
def test_a_thread_is_its_keys_alone(clients: dict[str, httpx.Client], thread_id: str) -> None:
    begun = asked(clients["one"], QUESTION, thread_id).json()["thread_id"]
    assert begun == thread_id or begun.startswith("thr_")
    refused = asked(clients["other"], AGAIN, begun)
    assert (refused.status_code, refused.json()["detail"]) == (404, f"no thread {begun!r}")
    events = clients["other"].post("/v1/ask", json={"question": AGAIN, "thread_id": begun, "stream": True})
    assert (events.status_code, events.headers["content-type"]) == (404, "application/problem+json")
    later = asked(clients["one"], AGAIN, begun).json()
    assert (later["thread_id"], later["standalone_question"] is not None) == (begun, True)
    # Nobody else's question came in between.
    assert later["standalone_question"] == asked(clients["admin"], AGAIN, begun).json()["standalone_question"]


def test_two_keys_that_begin_the_same_thread_never_share_it(live: Live, clients: dict[str, httpx.Client]) -> None:
    first, second = (asked(clients[name], QUESTION, "race").status_code for name in ("other", "one"))
    assert (first, second) == (200, 404)
    assert len(live.service.thread("race")) == 1


def test_a_thread_begun_without_a_key_opens_to_admin_alone(live: Live, clients: dict[str, httpx.Client]) -> None:
    turn = Turn(QUESTION, None, "ans_1", "answered", "2026-11-22T00:00:00Z")
    record = SqlRecord(live.service.settings.record_url)
    record.add_turn("slack:C1:1.5", turn, turns=5, days=90)  # as another door of this archive does
    record.close()
    for name, status in (("one", 404), ("other", 404), ("admin", 200)):
        assert asked(clients[name], AGAIN, "slack:C1:1.5").status_code == status


def test_an_agent_over_mcp_is_held_to_its_own_threads(clients: dict[str, httpx.Client]) -> None:
    def called(name: str, thread_id: str) -> dict[str, Any]:
        arguments = {"question": QUESTION, "thread_id": thread_id}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": arguments}}
        sent = clients[name].post("/mcp", json=body, headers={"Accept": "application/json, text/event-stream"})
        result: dict[str, Any] = sent.raise_for_status().json()["result"]
        return result

    begun = called("one", "new")["structuredContent"]["thread_id"]
    assert called("one", begun)["structuredContent"]["thread_id"] == begun
    refused = called("other", begun)
    told = refused["content"][0]["text"]
    assert (refused["isError"], f"no thread {begun!r}" in told, QUESTION in told) == (True, True, False)
    assert asked(clients["other"], QUESTION, begun).status_code == 404


def test_a_watch_is_its_keys_alone(clients: dict[str, httpx.Client]) -> None:
    notify = {"webhook_url": "https://example.org/hook-with-a-secret"}
    made = clients["one"].post("/v1/watches", json={"question": QUESTION, "notify": notify}).json()["id"]

    def seen(name: str) -> list[str]:
        return [watch["id"] for watch in clients[name].get("/v1/watches").json()["watches"]]

    assert {name: seen(name) for name in clients} == {"one": [made], "other": [], "admin": [made]}
    for method in ("GET", "DELETE"):
        refused = clients["other"].request(method, f"/v1/watches/{made}")
        assert (refused.status_code, refused.json()["detail"]) == (404, f"no watch {made!r}")
    assert clients["one"].get(f"/v1/watches/{made}").json()["notify"] == notify
    assert clients["one"].delete(f"/v1/watches/{made}").status_code == 204
    assert clients["admin"].get(f"/v1/watches/{made}").status_code == 404


def test_an_answer_is_shared_by_its_address(clients: dict[str, httpx.Client]) -> None:
    answer = clients["one"].post("/v1/ask", json={"question": QUESTION}).json()
    assert clients["other"].get(f"/v1/answers/{answer['id']}").json() == answer
    assert clients["other"].post(f"/v1/answers/{answer['id']}/verify").status_code == 200


def test_each_key_sees_its_own_and_admin_everyones() -> None:
    mine, admin = new_key("mine", ["ask", "ingest"])[0], new_key("admin", ["admin"])[0]
    assert [sees(key, owner) for key in (mine, admin, None) for owner in (mine.id, admin.id, None)] == [
        True, False, False, True, True, True, True, True, True]
