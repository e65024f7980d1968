"""What the page says of an old answer whose articles have changed since, or are gone; and of another reader's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe

from service.doors.keys import new_key
from service.settings import Settings
from tests.page.conftest import Desk, desk_at
from tests.support.live_service import Live, live_service

QUESTION = "how many stalls does the market hall of Kelby have?"
QUOTE = "The market hall of Kelby has 42 stalls, the town council said on Thursday."
TEXT = f"Kelby reopens its market hall\n\n{QUOTE}\n"
OTHERS = f"Stalls and benches\n\nNew benches stand around the square.\n\n{QUOTE}\n"
CHANGED = TEXT.replace("42", "24")


@pytest.fixture
def shop(chromium: str, tmp_path: Path) -> Iterator[Live]:
    """A service with one article, which is replaced later."""
    assert chromium
    with live_service(Settings(data=tmp_path / "archive")) as live:
        sent(live, TEXT)
        yield live


def sent(live: Live, text: str) -> None:
    """The article as it now is."""
    body = {"file_id": "market", "filename": "market.txt", "text": text, "publisher": "Kelby Post"}
    httpx.post(f"{live.url}/v1/articles", json=body, timeout=60).raise_for_status()


def stored(live: Live, desk: Desk, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The answer that the page's address names."""
    answer_id = desk.page.url.rsplit("/", 1)[-1]
    got: dict[str, Any] = httpx.get(f"{live.url}/v1/answers/{answer_id}", headers=headers).raise_for_status().json()
    return got


def taken_down(live: Live) -> None:
    """The article is gone."""
    assert httpx.delete(f"{live.url}/v1/articles/market", timeout=60).status_code == 204


def asked(live: Live, headers: dict[str, str]) -> dict[str, Any]:
    """An article, and an answer from it that begins a conversation."""
    with httpx.Client(base_url=live.url, headers=headers, timeout=60) as http:
        http.post("/v1/articles", json={"filename": "market.txt", "text": TEXT}).raise_for_status()
        got: dict[str, Any] = http.post("/v1/ask", json={"question": QUESTION, "thread_id": "new"}).json()
    return got


@asynccontextmanager
async def old_answer(chromium: str, live: Live) -> AsyncIterator[tuple[Desk, dict[str, Any]]]:
    """An answer on the page, and the same as the API gave it."""
    async with desk_at(chromium, live.url) as desk:
        await desk.open()
        await desk.ask(QUESTION)
        answer = stored(live, desk)
        assert [one["cited_text"] for one in answer["citations"]] == [QUOTE]
        yield desk, answer
        report = await Axe().run(desk.page)
        assert report.violations_count == 0, report.generate_report()
        assert (desk.elsewhere, desk.faults) == ([], [])


async def told_of_quotes(desk: Desk) -> str:
    """What the page says after it has checked the quotes again."""
    await desk.page.get_by_role("button", name="Check the quotes again").click()
    told = desk.page.locator(".actions > .told")
    await desk.page.wait_for_function("() => !['', 'Checking…'].includes(document.querySelector('.actions > .told').textContent)")
    return await told.inner_text()


async def opened(desk: Desk) -> tuple[str, list[str]]:
    """What the reader says of the first quote, and the words it marks."""
    await desk.page.locator(".prose .cite").first.click()
    await desk.page.wait_for_function(
        "() => !['', 'Opening the article…'].includes(document.querySelector('.reader-note')?.textContent ?? '')")
    return (await desk.page.locator(".reader-note").inner_text(),
            await desk.page.locator("#reader mark.current").all_text_contents())


async def test_a_quote_that_stands_is_marked_where_it_stood(chromium: str, shop: Live) -> None:
    async with old_answer(chromium, shop) as (desk, _):
        assert await told_of_quotes(desk) == "The quote stands in the articles as quoted."
        assert await opened(desk) == ("The quoted words are highlighted where they stand.", [QUOTE])


async def test_a_quote_that_moved_is_marked_where_it_stands_now(chromium: str, shop: Live) -> None:
    async with old_answer(chromium, shop) as (desk, answer):
        sent(shop, OTHERS)
        assert await told_of_quotes(desk) == "Quote 1: stands, at another place."
        assert await opened(desk) == ("The article changed since; the quoted words now stand here.", [QUOTE])
        assert await desk.page.locator("#reader .text").text_content() == OTHERS
        assert OTHERS.index(QUOTE) != answer["citations"][0]["start_char_index"]


async def test_a_quote_whose_article_changed_is_not_marked_at_all(chromium: str, shop: Live) -> None:
    async with old_answer(chromium, shop) as (desk, _):
        sent(shop, CHANGED)
        assert await told_of_quotes(desk) == "Quote 1: no longer stands: the article changed."
        note = "The article changed since this answer: the quoted words no longer stand in it."
        assert await opened(desk) == (note, [])
        assert await desk.page.locator(".reader-note.wrong").count() == 1
        assert await desk.page.locator("#reader .text").text_content() == CHANGED


async def test_of_an_article_taken_down_no_word_is_left(chromium: str, shop: Live) -> None:
    async with old_answer(chromium, shop) as (desk, _):
        taken_down(shop)
        assert await told_of_quotes(desk) == "Quote 1: the article is gone."
        note = "This article is no longer in the archive: it was taken down or its file is gone."
        assert await opened(desk) == (note, [])
        await desk.page.keyboard.press("Escape")
        await desk.page.reload()
        await desk.page.wait_for_selector(".context")
        assert await desk.page.locator(".prose p").all_text_contents() == ["Withdrawn 1."]
        assert "42" not in await desk.page.locator("main").inner_text()
        assert await told_of_quotes(desk) == "Quote 1: the article is gone."


async def test_a_follow_up_to_another_keys_answer_is_asked_on_its_own(chromium: str, tmp_path: Path) -> None:
    with live_service(Settings(data=tmp_path / "archive"), keys_required=True) as live:
        keys = {}
        for name, scope in (("writer", "admin"), ("reader", "ask")):
            key, keys[name] = new_key(name, [scope])
            live.service.keys.add_key(key)
        headers = {"Authorization": f"Bearer {keys['writer']}"}
        answer = asked(live, headers)
        async with desk_at(chromium, live.url) as desk:
            await desk.open(f"/a/{answer['id']}")
            await desk.page.get_by_label("API key").fill(keys["reader"])
            await desk.page.keyboard.press("Enter")
            await desk.page.wait_for_selector(".context")
            await desk.ask(QUESTION)
            note = "Asked on its own: the conversation behind that answer belongs to another key."
            assert await desk.page.locator(".understood").inner_text() == note
            assert stored(live, desk, headers)["thread_id"] not in (None, answer["thread_id"])
            await desk.open("/archive")
            await desk.page.wait_for_selector(".listing li")
            assert not await desk.page.locator("#set-aside").is_visible(), "paths are for those who may add articles"
