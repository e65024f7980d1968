"""The page of the archive, in a real browser at a real service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Route, expect

from service.settings import Settings
from tests.page.conftest import HOSTILE, Desk, desk_at
from tests.support.live_service import Live, live_service


def listed(live: Live) -> dict[str, dict[str, Any]]:
    """The articles by file name."""
    return {one["filename"]: one for one in httpx.get(f"{live.url}/v1/articles?limit=200").json()["articles"]}


def set_aside(live: Live) -> list[dict[str, Any]]:
    """What was set aside."""
    found: list[dict[str, Any]] = httpx.get(f"{live.url}/v1/failures?limit=200").json()["failures"]
    return found


def whole(live: Live, file_id: str) -> tuple[dict[str, Any], str]:
    """An article and its text, as the API gives them."""
    path = f"{live.url}/v1/articles/{file_id}"
    return httpx.get(path).json(), httpx.get(f"{path}/text").text


async def test_the_list_leads_to_an_article_with_each_stretch_marked(desk: Desk, live: Live) -> None:
    articles = listed(live)
    copy = articles["002-troops-valley-online.txt"]
    await desk.open("/archive")
    await expect(desk.page.locator(".listing li")).to_have_count(len(articles))
    await desk.page.locator(f".listing a[href='/archive#{copy['file_id']}']").click()
    await expect(desk.page.locator("#view h2")).to_have_text(copy["document_title"])
    article, text = whole(live, copy["file_id"])
    assert await desk.page.locator(".article-text").text_content() == text
    shown = desk.page.locator(".article-text .span")
    assert await shown.all_text_contents() == [text[span["start"]:span["end"]] for span in article["spans"]]
    kinds = await shown.evaluate_all("spans => spans.map(span => span.className.split(' ')[1])")
    assert kinds == [span["kind"] for span in article["spans"]]
    assert await desk.page.locator(".legend li").count() == len(set(kinds))
    facts = " ".join((await desk.page.locator(".facts").inner_text()).split())
    assert "Reprints Meridian Wire" in facts
    assert "Rests on Rossiyskaya Gazeta" in facts


async def test_a_long_list_comes_page_by_page_and_whole(desk: Desk, live: Live) -> None:
    async def short(route: Route) -> None:
        await route.continue_(url=route.request.url.replace("limit=50", "limit=4"))

    await desk.page.route("**/v1/articles?*", short)
    await desk.open("/archive")
    articles = listed(live)
    for shown in range(4, len(articles), 4):
        await expect(desk.page.locator(".listing li")).to_have_count(shown)
        await desk.page.get_by_role("button", name="More articles").click()
    await expect(desk.page.locator(".listing li")).to_have_count(len(articles))
    links = await desk.page.locator(".listing a").evaluate_all("links => links.map(link => link.hash.slice(1))")
    assert links == [article["file_id"] for article in articles.values()]
    assert not await desk.page.get_by_role("button", name="More articles").is_visible()


async def test_a_hostile_article_is_shown_letter_by_letter(desk: Desk, live: Live) -> None:
    await desk.open(f"/archive#{listed(live)['900-hostile.txt']['file_id']}")
    await expect(desk.page.locator(".article-text")).to_contain_text("its clerk said.")
    assert await desk.page.locator(".article-text").text_content() == HOSTILE
    assert await desk.page.evaluate("window.hit") is None
    assert await desk.page.locator("#view img, #view script, #view b").count() == 0


async def test_files_are_added_and_those_set_aside_are_named(chromium: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "ferry.txt", tmp_path / "empty.txt"
    good.write_text("The ferry to Kelby runs twice a day again, the harbour master said on Monday.\n", encoding="utf-8")
    bad.write_text("", encoding="utf-8")
    with live_service(Settings(data=tmp_path / "archive")) as fresh:
        async with desk_at(chromium, fresh.url) as desk:
            await desk.open("/archive")
            await desk.page.get_by_text("There is no article yet").wait_for()
            await desk.page.set_input_files("#files", [good, bad])
            await expect(desk.page.locator("#outcome > p").first).to_have_text("Added 1, updated 0, unchanged 0.")
            await expect(desk.page.locator("#outcome .set-aside li")).to_have_count(1)
            assert "empty.txt" in await desk.page.locator("#outcome .set-aside li").inner_text()
            await expect(desk.page.locator(".listing li")).to_have_count(1)
            dropped = await desk.page.evaluate_handle(
                """() => { const carried = new DataTransfer();
                    carried.items.add(new File(["Bread costs three crowns in Kelby, bakers said on Friday.\\n"], "bread.txt"));
                    return carried; }"""
            )
            await desk.page.dispatch_event("#upload", "drop", {"dataTransfer": dropped})
            await expect(desk.page.locator(".listing li")).to_have_count(2)
            await desk.page.set_input_files("#files", [bad])
            await desk.page.get_by_text("Not added:").wait_for()
            assert (desk.elsewhere, desk.faults) == ([], [])


async def test_files_set_aside_are_listed_until_they_are_read(chromium: str, tmp_path: Path) -> None:
    folder = tmp_path / "press"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number:02}.txt").write_text("", encoding="utf-8")
    (folder / "mill.txt").write_text("The mill of Kelby reopened on Friday, its owner said.\n", encoding="utf-8")
    with live_service(Settings(data=tmp_path / "archive"), folder) as live:
        failures = set_aside(live)
        assert len(failures) == 60
        async with desk_at(chromium, live.url) as desk:
            await desk.open("/archive")
            summary = desk.page.locator("#set-aside summary")
            await expect(summary).to_have_text("Set aside: 50 files and more")
            await summary.click()
            await desk.page.get_by_role("button", name="More files").click()
            await expect(summary).to_have_text("Set aside: 60 files")
            shown = await desk.page.locator("#set-aside li").all_inner_texts()
            for one, line in zip(failures, shown, strict=True):
                assert line.startswith(f"{one['path']} · ")
                assert line.endswith(f": {one['error']}")
            assert not await desk.page.get_by_role("button", name="More files").is_visible()
            report = await Axe().run(desk.page)
            assert report.violations_count == 0, report.generate_report()
            await desk.page.locator(".listing a").click()
            await desk.page.wait_for_selector(".article-text")
            assert not await desk.page.locator("#adding").is_visible()
            assert (desk.elsewhere, desk.faults) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_the_list_on_an_article_and_on_a_fault(desk: Desk, live: Live, scheme: Any) -> None:
    await desk.page.emulate_media(color_scheme=scheme)
    await desk.page.set_viewport_size({"width": 360, "height": 740})
    for place in ("", f"#{listed(live)['002-troops-valley-online.txt']['file_id']}", "#art_nothing"):
        await desk.open(f"/archive{place}")
        await desk.page.wait_for_selector(".listing li, .article-text, .problem")
        report = await Axe().run(desk.page)
        assert report.violations_count == 0, report.generate_report()
        assert await desk.page.evaluate("document.documentElement.scrollWidth") == 360
