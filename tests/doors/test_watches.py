"""Watched questions end to end: articles come in, answers change, and a signed notice reaches a real endpoint."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from service.adapters.webhooks import WebhookError, Webhooks, check_url
from service.answers import watching
from service.domain import Answer, Filters
from service.doors import cli
from service.doors.http import create_app
from service.doors.keeping import keep_watches
from service.errors import NotFoundError, UsageError
from service.ports import Watch
from service.settings import Settings
from service.wiring import OnRecord, build

QUESTION = "how many people were killed in the flood at Kelby?"
MONDAY = "The flood at Kelby killed 9 people on Monday, police chief Ana Rell said.\n"
TUESDAY = "Kelby counts its dead\n\n4 March 2026\n\nThe flood at Kelby killed 14 people, police chief Ana Rell said.\n"
APPLES = "Growers in the upper valley picked 61,000 tonnes of apples this autumn, their union said.\n"


class Endpoint:
    """A webhook's endpoint on loopback: what came in, and what it answers next (200 when nothing is set)."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.called = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append(({key.lower(): value for key, value in self.headers.items()}, body))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
                outer.called.set()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def notices(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.received]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    one = Endpoint()
    yield one
    one.close()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "monday.txt").write_text(MONDAY, encoding="utf-8")
    return folder


@asynccontextmanager
async def opened(tmp_path: Path, **settings: Any) -> AsyncIterator[OnRecord]:
    given = Settings.load({}, data=tmp_path / "state", webhook_hosts=("127.0.0.1",), **settings)
    async with build(given, owner=True) as service:
        yield service


@dataclass(frozen=True)
class Watched:
    """An archive whose one question is watched, and the folder that its articles come from."""

    service: OnRecord
    news: Path
    watch: Watch
    answer: Answer

    async def comes_in(self, text: str, name: str = "tuesday.txt") -> int:
        """An article comes in; how many watches have something new to tell."""
        (self.news / name).write_text(text, encoding="utf-8")
        await self.service.archive.ingest([self.news])
        return await self.service.watching.check()

    async def deliver(self) -> int:
        """Tell what is due; how many notices were taken."""
        return await self.service.watching.deliver(self.service.carriers())


@asynccontextmanager
async def watched(tmp_path: Path, news: Path, endpoint: Endpoint, **settings: Any) -> AsyncIterator[Watched]:
    """Monday's article is in the archive, and the endpoint is told of the question from now on."""
    async with opened(tmp_path, **settings) as service:
        await service.archive.ingest([news])
        yield Watched(service, news, *await service.watching.add(QUESTION, {"webhook_url": endpoint.url}))


async def test_a_new_figure_is_told_once_with_both_quotes_and_signed(
    tmp_path: Path, news: Path, endpoint: Endpoint
) -> None:
    async with watched(tmp_path, news, endpoint) as at:
        assert [claim.low for claim in at.answer.claims] == [9]
        assert await at.service.watching.check() == 0
        assert await at.comes_in(TUESDAY) == 1
        assert await at.deliver() == 1
        assert (await at.service.watching.check(), await at.deliver()) == (0, 0)
    watch = at.watch
    (notice,) = endpoint.notices
    assert (notice["type"], notice["watch_id"], notice["question"]) == ("watch.changed", watch.id, QUESTION)
    told = {one["kind"]: one for one in notice["changes"]}
    assert 14 in [change["after"]["low"] for change in notice["changes"] if change.get("after") and "low" in
                  change["after"]]
    assert notice["before"]["claims"][0]["low"] == 9
    quoted = [quote["cited_text"] for change in told.values() for quote in change.get("cited_after", ())]
    assert any("killed 14 people" in quote for quote in quoted)
    assert "gates" not in notice["before"] | notice["after"]
    headers, body = endpoint.received[0]
    assert watch.secret is not None
    assert Webhook(watch.secret).verify(body, headers) == notice
    with pytest.raises(WebhookVerificationError):
        Webhook(watch.secret).verify(body.replace(b"14", b"15"), headers)


async def test_articles_about_something_else_are_silence(tmp_path: Path, news: Path, endpoint: Endpoint) -> None:
    async with watched(tmp_path, news, endpoint) as at:
        assert await at.comes_in(APPLES, "apples.txt") == 0
        assert await at.deliver() == 0
    assert endpoint.received == []


async def test_news_that_were_taken_back_before_they_were_told_are_silence(
    tmp_path: Path, news: Path, endpoint: Endpoint
) -> None:
    async with watched(tmp_path, news, endpoint) as at:
        assert await at.comes_in(TUESDAY) == 1
        (news / "tuesday.txt").unlink()
        await at.service.archive.ingest([news], prune=True)
        assert await at.service.watching.check() == 1
        assert await at.deliver() == 0
        assert at.service.watching.waiting() == 0
    assert endpoint.received == []


async def test_a_notice_that_fails_is_tried_again_after_a_restart_under_the_same_id(
    tmp_path: Path, news: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "RETRIES", (0, 0))
    endpoint.answers = [503, 429]
    async with watched(tmp_path, news, endpoint) as at:
        await at.comes_in(TUESDAY)
        assert await at.deliver() == 0
        assert at.service.watching.waiting() == 1
    async with opened(tmp_path) as service:
        assert await service.watching.deliver(service.carriers()) == 0
        assert await service.watching.deliver(service.carriers()) == 1
        assert service.watching.waiting() == 0
    assert len({headers["webhook-id"] for headers, _ in endpoint.received}) == 1
    assert len(endpoint.received) == 3


async def test_a_notice_that_is_refused_for_good_is_not_tried_again(
    tmp_path: Path, news: Path, endpoint: Endpoint
) -> None:
    endpoint.answers = [302]
    async with watched(tmp_path, news, endpoint) as at:
        await at.comes_in(TUESDAY)
        assert await at.deliver() == 0
        assert at.service.watching.waiting() == 0
    assert len(endpoint.received) == 1


async def test_two_processes_that_check_and_tell_at_once_make_one_notice(
    tmp_path: Path, news: Path, endpoint: Endpoint
) -> None:
    async with watched(tmp_path, news, endpoint) as at:
        first = at.service
        (news / "tuesday.txt").write_text(TUESDAY, encoding="utf-8")
        await first.archive.ingest([news])
        async with build(first.settings) as second:
            assert sum(await asyncio.gather(first.watching.check(), second.watching.check())) == 1
            carriers = first.carriers()
            assert sum(await asyncio.gather(first.watching.deliver(carriers), second.watching.deliver(carriers))) == 1
    assert len(endpoint.received) == 1


async def test_a_takedown_leaves_no_word_of_the_article_in_what_is_told(
    tmp_path: Path, news: Path, endpoint: Endpoint
) -> None:
    async with watched(tmp_path, news, endpoint) as at:
        (taken,) = at.service.articles().items
        assert await at.comes_in(TUESDAY) == 1
        await at.service.archive.remove([taken.file_id])
        await at.deliver()
    assert all(b"on Monday" not in body for _, body in endpoint.received)


async def test_the_keeper_waits_out_a_burst_and_tells_it_once(tmp_path: Path, news: Path, endpoint: Endpoint) -> None:
    now = [0.0]
    async with watched(tmp_path, news, endpoint, watch_quiet=10.0) as at:
        service = at.service
        keeper = asyncio.create_task(
            keep_watches(service, service.carriers(), tick=0.01, clock=lambda: now[0]))
        for number in (11, 12, 14):
            await asyncio.sleep(0.1)
            now[0] += 5.0
            (news / "tuesday.txt").write_text(TUESDAY.replace("14", str(number)), encoding="utf-8")
            await service.archive.ingest([news])
        await asyncio.sleep(0.1)
        now[0] += 11.0
        assert await asyncio.to_thread(endpoint.called.wait, 30)
        now[0] += 11.0
        await asyncio.sleep(0.2)
        keeper.cancel()
    assert len(endpoint.received) == 1
    assert 14 in [claim["low"] for claim in endpoint.notices[0]["after"]["claims"]]


async def test_the_keeper_outlives_a_fault_that_nobody_foresaw(
    tmp_path: Path, news: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Faulty:
        faults = 0

        async def carry(self, _: Watch, __: dict[str, Any]) -> None:
            self.faults += 1
            raise ValueError("nobody foresaw this")

    monkeypatch.setattr(watching, "LEASE_SECONDS", 0)
    async with watched(tmp_path, news, endpoint, watch_quiet=0.0) as at:
        assert await at.comes_in(TUESDAY) == 1
        keeper = asyncio.create_task(keep_watches(at.service, {"webhook_url": (faulty := Faulty())}, tick=0.01))
        async with asyncio.timeout(30):
            while faulty.faults < 2:  # noqa: ASYNC110 - the keeper is what is waited for
                await asyncio.sleep(0.05)
        keeper.cancel()
        assert await at.deliver() == 1
    assert len(endpoint.received) == 1


@pytest.mark.parametrize("notify", [{}, {"webhook_url": "https://a.example", "slack_channel": "C1"}, {"mail": "x"}])
async def test_a_watch_is_told_in_exactly_one_way(tmp_path: Path, news: Path, notify: dict[str, str]) -> None:
    async with opened(tmp_path) as service:
        await service.archive.ingest([news])
        with pytest.raises(UsageError, match="told in one way"):
            await service.watching.add(QUESTION, notify)


@pytest.mark.parametrize("url", ["http://example.org/hook", "ftp://example.org", "https://u:p@example.org/", "hook",
                                 "https://", "javascript:alert(1)", "https://[::1"])
def test_an_address_that_is_no_webhook_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        check_url(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.7", "169.254.169.254", "[::1]", "0.0.0.0"])
async def test_a_private_address_is_not_called_unless_it_is_named(host: str, endpoint: Endpoint) -> None:
    watch = watching.Watch("wat_1", QUESTION, Filters(), {"webhook_url": f"https://{host}/hook"}, "", "", "", 0,
                           "whsec_QUJD")
    with pytest.raises(WebhookError, match="private"):
        await Webhooks().carry(watch, {"id": "not_1"})
    assert endpoint.received == []


async def test_watches_over_http(tmp_path: Path, news: Path, endpoint: Endpoint) -> None:
    async with opened(tmp_path) as service:
        await service.archive.ingest([news])
        transport = httpx.ASGITransport(create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            made = await client.post("/v1/watches", json={"question": QUESTION, "publishers": ["Kelby Post"],
                                                          "notify": {"webhook_url": endpoint.url}})
            assert made.status_code == 201
            watch = made.json()
            secret = watch.pop("secret")
            assert secret.startswith("whsec_")
            assert (await client.get("/v1/watches")).json() == {"watches": [watch]}
            assert (await client.get(f"/v1/watches/{watch['id']}")).json() == watch
            assert watch["notify"] == {"webhook_url": endpoint.url}
            assert watch["publishers"] == ["Kelby Post"]
            for body in ({"question": QUESTION, "notify": {}},
                         {"question": QUESTION, "notify": {"webhook_url": "http://other.example"}},
                         {"question": " ", "notify": {"webhook_url": endpoint.url}},
                         {"question": QUESTION, "notify": {"webhook_url": endpoint.url}, "colour": "red"}):
                assert (await client.post("/v1/watches", json=body)).status_code == 422
            assert (await client.delete(f"/v1/watches/{watch['id']}")).status_code == 204
            assert (await client.delete(f"/v1/watches/{watch['id']}")).status_code == 404
            assert (await client.get("/v1/watches")).json() == {"watches": []}


async def test_a_watch_that_is_not_there_is_named(tmp_path: Path) -> None:
    async with opened(tmp_path) as service:
        with pytest.raises(NotFoundError, match="wat_none"):
            service.unwatch("wat_none")


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """A command within this process: its exit code, and its document."""
    code = cli.run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_watches_on_the_command_line(
    tmp_path: Path, news: Path, endpoint: Endpoint, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path / "state"))
    monkeypatch.setenv("ONRECORD_WEBHOOK_HOSTS", "127.0.0.1")
    assert ran(capsys, "ingest", str(news))[0] == 0
    code, made = ran(capsys, "watch", "add", QUESTION, "--webhook", endpoint.url)
    assert (code, [claim["low"] for claim in made["answer"]["claims"]]) == (0, [9])
    assert made["secret"].startswith("whsec_")
    watch = {key: value for key, value in made.items() if key not in ("secret", "answer")}
    assert ran(capsys, "watch") == (0, {"watches": [watch]})
    (news / "tuesday.txt").write_text(TUESDAY, encoding="utf-8")
    assert ran(capsys, "ingest", str(news))[0] == 0
    (notice,) = endpoint.notices
    assert notice["watch_id"] == watch["id"]
    assert ran(capsys, "watch", "check") == (0, {"new": 0, "told": 0, "waiting": 0})
    assert ran(capsys, "watch", "remove", watch["id"]) == (0, {"removed": watch["id"]})
    assert ran(capsys, "watch", "remove", watch["id"])[0] == 1
    assert ran(capsys, "watch", "list") == (0, {"watches": []})


@pytest.mark.parametrize(
    "arguments",
    [("add",), ("add", QUESTION), ("add", " ", "--webhook", "https://a.example"), ("remove",), ("list", "wat_1"),
     ("check", "wat_1"), ("list", "--webhook", "https://a.example"), ("add", QUESTION, "--webhook", "http://a.example"),
     ("add", QUESTION, "--webhook", "https://a.example", "--slack-channel", "C1")],
)
def test_wrong_use_of_watch_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = ran(capsys, "watch", *arguments, "--data", str(tmp_path / "state"))
    assert code == 2
    assert told["error"]["detail"]
    assert told["error"]["advice"]
