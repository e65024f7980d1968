"""A browser on this machine, and an archive of `samples/` and a hostile article behind a real port."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Page, Route, async_playwright

from service.settings import Settings
from tests.conftest import ROOT
from tests.support.live_service import Live, live_service

HOSTILE_TITLE = "<img src=x onerror=window.hit=1> opens \U0001f30a in Vadbro"
HOSTILE = (
    f"{HOSTILE_TITLE}\n\n"
    "Vadbro Post \U0001f5de 4 May 2026\n\n"
    "The \U0001f309 bridge of Vadbro cost \u202e7 million\u202c crowns, the <b>builder</b> Orsa & Co said on Monday.\n\n"
    "<script>window.hit = 2</script>\n\n"
    "The town council hung 31 lamps on the barrier of Vadbro \U0001f6a7 on Tuesday, its clerk said.\n"
)
"""Markup, a script, reversed writing, and characters of two UTF-16 units before every quote."""


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path, or a skip."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no browser here: install chromium")
    return found


@pytest.fixture(scope="session")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`samples/` and the hostile article."""
    folder = tmp_path_factory.mktemp("articles") / "articles"
    shutil.copytree(ROOT / "samples", folder)
    (folder / "900-hostile.txt").write_text(HOSTILE, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def live(chromium: str, articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The service that the page calls."""
    assert chromium
    with live_service(Settings(data=tmp_path_factory.mktemp("archive")), articles) as running:
        yield running


@dataclass
class Desk:
    """A browser's page at the service, and all that it did: requests elsewhere, faults, console errors."""

    page: Page
    context: BrowserContext
    url: str
    elsewhere: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def open(self, path: str = "/") -> None:
        """Go to a path of the service."""
        await self.page.goto(self.url + path)

    async def ask(self, question: str) -> None:
        """Type a question, press Enter, and wait for the whole answer or a problem."""
        await self.page.fill("#question", question)
        await self.page.press("#question", "Enter")
        await self.page.wait_for_selector("#answer[aria-busy=false] .exchange:has(.context, .problem)", timeout=60_000)


@pytest.fixture
async def desk(chromium: str, live: Live) -> AsyncIterator[Desk]:
    """A fresh page. After the test: nothing was asked of anywhere else, and nothing failed on the page."""
    async with desk_at(chromium, live.url) as opened:
        yield opened
        assert (opened.elsewhere, opened.faults) == ([], [])


@asynccontextmanager
async def desk_at(chromium: str, url: str) -> AsyncIterator[Desk]:
    """A browser at an address."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1200, "height": 900})
        desk = Desk(await context.new_page(), context, url)

        async def note(route: Route) -> None:
            if urlsplit(route.request.url).netloc == urlsplit(url).netloc:
                await route.continue_()
                return
            desk.elsewhere.append(route.request.url)
            await route.abort()

        await context.route("**/*", note)
        desk.page.on("pageerror", lambda error: desk.faults.append(str(error)))
        try:
            yield desk
        finally:
            await browser.close()
