"""Deep Chat, a chat component for web pages, at `/v1/chat/completions`: in a browser, from another site, with a key."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from service.doors.keys import new_key
from service.settings import Settings
from tests.conftest import ROOT
from tests.doors.articles import QUESTION, write_articles
from tests.support.live_service import Live, live_service

BUNDLE = ROOT / "tests" / "peers" / "node_modules" / "deep-chat" / "dist" / "deepChat.bundle.js"
FOLLOW_UP = "and what did the mayor say?"
PAGE = """<!doctype html>
<title>A newsroom's own page</title>
<link rel="icon" href="data:,">
<script type="module" src="/deepChat.bundle.js"></script>
<deep-chat id="chat"></deep-chat>
<script type="module">
  await customElements.whenDefined("deep-chat");
  const asked = new URLSearchParams(location.search);
  const chat = document.getElementById("chat");
  chat.directConnection = { openAI: { key: asked.get("key"), completions: { model: "onrecord" } } };
  chat.connect = { url: `${asked.get("service")}/v1/chat/completions`, stream: asked.get("stream") === "true" };
</script>
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Newsroom:
    """A site of its own with the component on it, a service that lets its pages call, and a key of that service."""

    site: str
    live: Live
    key: str


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Both running. Skips where the component or a browser is not installed."""
    if not BUNDLE.is_file():
        pytest.skip("no node here: scripts/test-tools installs Deep Chat")
    if shutil.which("chromium") is None:
        pytest.skip("no browser here: install chromium")
    files = tmp_path_factory.mktemp("site")
    shutil.copy(BUNDLE, files)
    (files / "index.html").write_text(PAGE, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(files))) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        site = f"http://127.0.0.1:{server.server_port}"
        settings = Settings(data=tmp_path_factory.mktemp("state") / "data", cors_origins=(site,))
        articles: Path = write_articles(tmp_path_factory.mktemp("articles") / "press")
        try:
            with live_service(settings, articles, keys_required=True) as live:
                key, text = new_key("newsroom", ["ask"])
                live.service.keys.add_key(key)
                yield Newsroom(site, live, text)
        finally:
            server.shutdown()
            serving.join()


async def said(page: Page, question: str) -> None:
    """Type a question and send it."""
    await page.locator("#text-input").click()
    await page.keyboard.type(question)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("stream", ["true", "false"])
async def test_deep_chat_shows_the_answer_and_its_follow_up(newsroom: Newsroom, stream: str) -> None:
    def answered(*questions: str) -> str:
        messages = [{"role": "user", "content": question} for question in questions]
        got = httpx.post(f"{newsroom.live.url}/v1/chat/completions", json={"messages": messages}, timeout=60,
                         headers={"Authorization": f"Bearer {newsroom.key}"}, trust_env=False).json()
        text: str = got["choices"][0]["message"]["content"]
        return text

    expected = [answered(QUESTION), answered(QUESTION, FOLLOW_UP)]
    assert "3,000" in expected[1]
    assert expected[0] != expected[1]
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = await browser.new_page()

        async def loopback_alone(route: Route) -> None:
            near = route.request.url.startswith((newsroom.site, newsroom.live.url))
            await (route.continue_() if near else route.abort())  # Deep Chat asks for a font of its own

        await page.route("**/*", loopback_alone)
        try:
            await page.goto(f"{newsroom.site}/?service={newsroom.live.url}&stream={stream}&key={newsroom.key}")
            replies = page.locator(".ai-message-text")
            for number, question in enumerate((QUESTION, FOLLOW_UP)):
                await said(page, question)
                await expect(replies).to_have_count(number + 1, timeout=60_000)
                await expect(replies.nth(number)).to_have_text(expected[number], timeout=60_000)
            assert await page.locator(".error-message-text").count() == 0
        finally:
            await browser.close()


async def test_deep_chat_shows_that_the_key_is_wrong(newsroom: Newsroom) -> None:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = await browser.new_page()
        await page.route("**/*googleapis*/**", lambda route: route.abort())
        try:
            await page.goto(f"{newsroom.site}/?service={newsroom.live.url}&stream=false&key=onr_wrong")
            await said(page, QUESTION)
            await expect(page.locator(".error-message-text")).to_be_visible(timeout=60_000)
            assert "4,200" not in await page.locator("#messages").inner_text()
        finally:
            await browser.close()
