"""The archive as a whole over HTTP: outlets, files set aside, and uploads that come at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.settings import Settings
from tests.doors.articles import write_articles
from tests.support.live_service import Live, live_service


@pytest.fixture
def press(tmp_path: Path) -> Path:
    """Three articles, and two files that can't be read."""
    folder = write_articles(tmp_path / "press")
    (folder / "empty.txt").write_text("", encoding="utf-8")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7 no more")
    return folder


@pytest.fixture
def live(tmp_path: Path, press: Path) -> Iterator[Live]:
    """A service over them."""
    with live_service(Settings(data=tmp_path / "data"), press) as live:
        yield live


@pytest.fixture
def http(live: Live) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=live.url, timeout=60, trust_env=False) as client:
        yield client


def test_the_outlets_are_those_that_the_filter_takes(http: httpx.Client) -> None:
    for number, stand in enumerate(("north", "south")):
        article = {"filename": f"{stand}.txt", "publisher": "Aldermoor Post",
                   "text": f"The {stand} stand of the old town sold {number + 31} apples, its keeper said."}
        assert http.post("/v1/articles", json=article).status_code == 201
    found = http.get("/v1/publishers").json()
    assert found == {"publishers": [{"publisher": "Aldermoor Post", "articles": 2},
                                    {"publisher": "Harbour Gazette", "articles": 1}]}
    for outlet in found["publishers"]:
        passages = http.post("/v1/search", json={"query": "old town apples", "publishers": [outlet["publisher"]]}).json()
        assert {one["publisher"] for one in passages["passages"]} == {outlet["publisher"]}
        assert len({one["file_id"] for one in passages["passages"]}) == outlet["articles"]


def test_files_set_aside_are_told_page_by_page_until_they_are_read(http: httpx.Client, press: Path) -> None:
    whole = http.get("/v1/failures").json()
    paths = [str(press / name) for name in ("empty.txt", "scan.pdf")]
    assert ([one["path"] for one in whole["failures"]], whole["next_cursor"]) == (paths, None)
    assert all(set(one) == {"path", "error", "when"} and one["error"] and one["when"] for one in whole["failures"])
    first = http.get("/v1/failures", params={"limit": 1}).json()
    second = http.get("/v1/failures", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert (first["failures"] + second["failures"], second["next_cursor"]) == (whole["failures"], None)
    wrong = http.get("/v1/failures", params={"limit": 0, "colour": "red"}).json()
    assert [fault["field"] for fault in wrong["errors"]] == ["limit", "colour"]
    sent = http.post("/v1/articles", files=[("files", ("blank.txt", b"", "text/plain"))])
    assert sent.status_code == 422
    assert [one["path"] for one in http.get("/v1/failures").json()["failures"]] == [*paths, "blank.txt"]
    sent = http.post("/v1/articles", files=[("files", ("blank.txt", b"The mill reopened.", "text/plain"))])
    assert sent.status_code == 201
    assert [one["path"] for one in http.get("/v1/failures").json()["failures"]] == paths


async def test_uploads_at_once_each_have_their_own_result_and_are_there_when_it_comes(live: Live) -> None:
    async with httpx.AsyncClient(base_url=live.url, timeout=120, trust_env=False) as client:
        async def sent(number: int) -> tuple[int, object, int]:
            text = "" if number % 5 == 4 else f"Stall {number} of the Kelby market sold {number + 20} loaves on Friday."
            got = await client.post("/v1/articles", json={"filename": f"stall-{number}.txt", "text": text})
            told = got.json()
            if got.status_code != 201:
                return got.status_code, [], 0
            there = await client.get(f"/v1/articles/{told['file_ids'][0]}/text")
            assert there.text == text
            return got.status_code, [told[name] for name in ("added", "updated", "unchanged", "failed")], there.status_code

        results = await asyncio.gather(*(sent(number) for number in range(20)))
        counted = (await client.get("/metrics")).text
    assert results == [(422, [], 0) if number % 5 == 4 else (201, [1, 0, 0, []], 200) for number in range(20)]
    assert live.service.totals()[0] == 3 + 16
    assert 'onrecord_ingested_articles_total{outcome="added"} 16.0' in counted
    assert "onrecord_uploads_waiting 0.0" in counted
