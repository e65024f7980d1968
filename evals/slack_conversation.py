"""A conversation with the bot in Slack, recorded for docs/slack.md.

    python -m evals.slack_conversation            # print it
    python -m evals.slack_conversation --write    # put it into docs/slack.md and docs/slack-conversation.json

The bot answers over samples/, through its own handlers and Slack's own packages, in the small Slack of tests/support.
What differs from run to run (ids and times) is replaced by numbers in the order in which it comes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from evals.machine import ROOT
from service.doors.http import create_app
from service.doors.slack import SlackDesk
from service.doors.slack_message import QUOTE, WATCH
from service.settings import Settings
from service.wiring import OnRecord, build
from tests.support.slack_blocks import shown
from tests.support.slack_server import BOT_TOKEN, SECRET, SlackServer, direct, mention, press, reply, signed

PAGE, RECORDING = ROOT / "docs" / "slack.md", ROOT / "docs" / "slack-conversation.json"
BEGIN, END = "<!-- recorded conversation -->\n", "<!-- end of the conversation -->"
TROOPS, DEAD, HURT, WON = ("how many troops were sent?", "How many people died in the Kelby flood?",
                           "and how many were injured?", "who won the election?")
LATER = """\
---
title: Search of the cellars ends
publisher: Harbour Gazette
published: 2026-03-08
---

KELBY – The number of people killed in the flood at Kelby has risen to 16, the county said on Sunday.
"""
"""What comes in while a question is watched; written for this recording."""
SEEN = ("channel", "thread_ts", "user", "trigger_id", "text", "blocks", "view", "unfurl_links", "unfurl_media",
        "metadata")
DEEDS = {"views.open": "opened a window", "chat.postEphemeral": "told that person alone"}
"""What a method of Slack's does, in words."""
_PASSING = re.compile(r"\b(?:(?P<kind>ans|wat|not|art|org)_[0-9a-f]{16,}|1[78]\d{8}\.\d{6})\b")
WIDTH = 110


@dataclass(slots=True)
class Recorder:
    """A person's side of the conversation, and what was said on both, in order."""

    slack: SlackServer
    service: OnRecord
    desk: SlackDesk
    client: httpx.AsyncClient
    said: list[dict[str, Any]] = field(default_factory=list)

    async def asks(self, event: dict[str, Any]) -> dict[str, Any]:
        """A person writes; the message that the bot answers with."""
        already = set(self.slack.written)
        await self._sends(event)
        self.said.append({"who": "a person", "did": "wrote", **_seen(event["event"])})
        return await self._answered(already)

    async def presses(self, message: dict[str, Any], action: str, told: str) -> None:
        """A person presses a button; `told` is the method by which the bot answers."""
        found = next(one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]
                     if one["action_id"] == action)
        already = len(self.slack.called(told))
        await self._sends(press({"type": "button", "action_id": action, "value": found["value"]}, message["ts"],
                                message["thread_ts"]), form=True)
        await self.slack.until(lambda: len(self.slack.called(told)) > already)
        self.said.append({"who": "a person", "did": f"pressed {found['text']['text']}", "value": found["value"],
                          **_seen(message, "channel", "thread_ts")})
        self.said.append({"who": "OnRecord", "did": DEEDS[told], "method": told, **_seen(self.slack.called(told)[-1])})

    async def hears(self) -> None:
        """The bot tells of a watched question."""
        already = set(self.slack.written)
        await self.service.watching.check()
        await self.service.watching.deliver({"slack_channel": self.desk.carrier})
        await self._answered(already)

    async def _answered(self, already: set[str]) -> dict[str, Any]:
        await self.slack.until(lambda: any(ts not in already and message["finished"]
                                           for ts, message in self.slack.written.items()))
        (message,) = (message for ts, message in self.slack.written.items() if ts not in already)
        self.said.append({"who": "OnRecord", "did": "wrote", "ts": message["ts"], **_seen(message)})
        return message

    async def _sends(self, payload: dict[str, Any], *, form: bool = False) -> None:
        body, headers = signed(payload, form=form)
        (await self.client.post("/slack/events", content=body, headers=headers)).raise_for_status()


async def recorded(folder: Path) -> list[dict[str, Any]]:
    """What is said in the conversation; the archive is made in `folder`."""
    articles = Path(shutil.copytree(ROOT / "samples", folder / "samples"))
    async with SlackServer() as slack:
        settings = Settings.load({}, data=folder / "state", slack_api_url=slack.url,
                                 slack_bot_token=SecretStr(BOT_TOKEN), slack_signing_secret=SecretStr(SECRET))
        async with build(settings, owner=True) as service:
            await service.archive.ingest([articles])
            desk = SlackDesk(service)
            await desk.sign_in()
            transport = httpx.ASGITransport(create_app(service, slack=desk))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                recorder = Recorder(slack, service, desk, client)
                troops = await recorder.asks(mention(TROOPS))
                await recorder.presses(troops, f"{QUOTE}_1", "views.open")
                dead = await recorder.asks(mention(DEAD))
                await recorder.asks(reply(HURT, dead["thread_ts"]))
                await recorder.presses(dead, WATCH, "chat.postEphemeral")
                (articles / "later.md").write_text(LATER, encoding="utf-8")
                await service.archive.ingest([articles])
                await recorder.hears()
                await recorder.asks(direct(WON))
            await desk.close()
    return list(_numbered(recorder.said))


def as_text(said: Sequence[Mapping[str, Any]]) -> str:
    """The conversation as people see it."""
    told: list[str] = []
    for one in said:
        place = one.get("channel") or ""
        inside = ", in a thread" if one.get("thread_ts") and one["who"] == "a person" else ""
        told.append(f"{one['who']} {one['did']}" + (f" ({place}{inside})" if place else "") + ":")
        view = one.get("view") or {}
        blocks = one.get("blocks") or view.get("blocks")
        if view:
            told.append(f"    # {view['title']['text']}")
        lines = shown(blocks) if blocks else [str(one["text"])] if "text" in one else []
        told += [wrapped for block in lines for line in block.splitlines()
                 for wrapped in textwrap.wrap(line, WIDTH, initial_indent="    ", subsequent_indent="      ",
                                              break_long_words=False, break_on_hyphens=False)]
        told.append("")
    return "\n".join(told).rstrip() + "\n"


def as_json(said: Sequence[Mapping[str, Any]]) -> str:
    """The conversation as Slack got it."""
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def page(text: str, said: Sequence[Mapping[str, Any]]) -> str:
    """The page of the docs with this conversation between its marks. Raises ValueError where these are not there."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no place for the conversation: {BEGIN!r} … {END!r} is missing")
    answer = next(one for one in said if one["who"] == "OnRecord")
    return (f"{before}{begin}\n```text\n{as_text(said)}```\n\nThe first answer as Slack gets it:\n\n"
            f"```json\n{_packed(answer)}\n```\n\n{end}{after}")


def _packed(message: Mapping[str, Any]) -> str:
    """A message as JSON, a block a line."""
    lines = [f'  "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in message.items()
             if key not in ("who", "did", "blocks")]
    blocks = ",\n".join(f"    {json.dumps(block, ensure_ascii=False)}" for block in message["blocks"])
    return "{\n" + ",\n".join([*lines, f'  "blocks": [\n{blocks}\n  ]']) + "\n}"


def _seen(message: Mapping[str, Any], *only: str) -> dict[str, Any]:
    return {key: message[key] for key in only or SEEN if key in message}


def _numbered(said: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same with ids and times numbered as they come."""
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        kind = found["kind"]
        number = sum(one.startswith(kind or "1") for one in names) + 1
        return names.setdefault(found[0], f"{kind}_{number}" if kind else f"17000000{number:02}.000100")

    for one in said:
        yield json.loads(_PASSING.sub(name, json.dumps(one, ensure_ascii=False)))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="put it into docs/")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory() as folder:
        said = asyncio.run(recorded(Path(folder)))
    if write:
        PAGE.write_text(page(PAGE.read_text("utf-8"), said), "utf-8")
        RECORDING.write_text(as_json(said), "utf-8")
    else:
        sys.stdout.write(as_text(said))


if __name__ == "__main__":
    main()
