"""What is fuzzed of the Slack door: events, presses, commands and bodies, signed by Slack, by another or not at all.

A check raises where the door fails, or anything that it does in the background ends in an error that is none of the
service's or of Slack's; where a body is taken that Slack has not signed; and at the end where a plain question is not
answered any more.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import FastAPI
from hypothesis import strategies as st
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError

from evals.fuzz_targets import JSON, TEXT, Served, Target, mutated
from service.doors.http import create_app
from service.doors.slack import SlackDesk
from service.doors.slack_delivery import NETWORK
from service.doors.slack_message import FEEDBACK, NEAREST, QUOTE, WATCH
from service.doors.slack_views import UNWATCH
from service.errors import OnRecordError
from service.settings import Settings
from tests.support.slack_server import BOT_TOKEN, SECRET, SlackServer, command, direct, mention, press, reply, signed

_LOG = logging.getLogger("onrecord.slack")
_PATH: Final = "/slack/events"
_ANSWERED_SECONDS: Final = 60


class _Failures(logging.Handler):
    """What the door logs as an error that it did not expect."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exception of a line that has one."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, OnRecordError | SlackApiError | NETWORK):
            self.found.append(error)


class _Desk(Served):
    """The service behind `/slack/events`, with a small Slack to write to."""

    async def _settings(self, data: Path) -> Settings:
        self.slack = SlackServer()
        await self.slack.__aenter__()
        return Settings.load({}, data=data, slack_bot_token=SecretStr(BOT_TOKEN), slack_rate_limit="off",
                             slack_signing_secret=SecretStr(SECRET), slack_api_url=self.slack.url)

    async def _application(self) -> FastAPI:
        self._desk = SlackDesk(self.service)
        await self._desk.sign_in()
        return create_app(self.service, hosts=("fuzz",), slack=self._desk)

    def deliver(self, body: bytes, headers: dict[str, str]) -> int:
        """Deliver a body, and let what it set off at once come to its end; the status of the answer."""
        status = self.call("POST", _PATH, body, headers).status_code
        self._runner.run(self._worked_off())
        return status

    async def _worked_off(self) -> None:
        tasks = [*self._desk._tasks, *self._desk._actions._tasks]
        async with asyncio.timeout(_ANSWERED_SECONDS):
            await asyncio.gather(*tasks)

    def last_taken(self) -> str | None:
        """The question that was taken up last."""
        return next(reversed(self._desk._seen), None)

    def answers_still(self) -> bool:
        """Whether a plain question is answered."""
        return self._runner.run(self._answers_still())

    async def _answers_still(self) -> bool:
        self.slack.written.clear()
        body, headers = signed(mention("how many people were moved out of Marlow Quay?"))
        await self.client.post(_PATH, content=body, headers=headers)
        await self.slack.until(
            lambda: any("4,200" in str(one.get("text")) + str(one.get("blocks")) for one in self.slack.answers),
            _ANSWERED_SECONDS)
        return True

    async def _end(self) -> None:
        await self._desk.close()
        await super()._end()
        await self.slack.__aexit__(None, None, None)


_open: list[tuple[_Desk, _Failures]] = []


@contextmanager
def desk() -> Iterator[None]:
    """The Slack door for its target; at the end it has to answer a plain question."""
    failures, propagated, disabled = _Failures(), _LOG.propagate, logging.root.manager.disable
    _LOG.addHandler(failures)
    _LOG.propagate = False
    logging.disable(logging.WARNING)
    served = _Desk()
    _open.append((served, failures))
    try:
        yield
        served.answers_still()
    finally:
        _open.pop()
        served.close()
        _LOG.removeHandler(failures)
        _LOG.propagate = propagated
        logging.disable(disabled)


_ACTION = st.fixed_dictionaries({
    "action_id": st.one_of(st.sampled_from([FEEDBACK, QUOTE, f"{QUOTE}_1", NEAREST, WATCH, UNWATCH]), TEXT),
    "value": st.one_of(st.sampled_from(["ans_0", "ans_0:1", "ans_0:helpful", "ans_0:wrong", ":", "w_0"]), JSON),
    "type": st.sampled_from(["button", "feedback_buttons", "static_select", ""])})
_EVENT = st.one_of(
    TEXT.map(mention), TEXT.map(direct), st.builds(reply, TEXT, st.sampled_from(["17.0001", "", "1"])),
    st.builds(lambda kind, more: {**mention("x"), "event": {"type": kind, "user": "U1", "channel": "D1", **more}},
              st.sampled_from(["app_home_opened", "assistant_thread_started", "assistant_thread_context_changed",
                               "message", "app_mention", "team_join", "message.deleted"]),
              st.dictionaries(st.sampled_from(["tab", "assistant_thread", "thread_ts", "ts", "text", "subtype",
                                               "channel_type", "message", "previous_message", "files", "blocks"]),
                              st.one_of(JSON, st.sampled_from(["home", "messages"])), max_size=4)),
    st.builds(lambda token: {"type": "url_verification", "challenge": token}, JSON),
    st.builds(press, _ACTION, st.sampled_from(["17.1", ""]), st.sampled_from(["17.0", ""])),
    st.builds(lambda text: command(text, ""), TEXT),
    st.builds(lambda kind, view: {"type": kind, "team": {"id": "T1"}, "user": {"id": "U1"}, "view": view},
              st.sampled_from(["view_submission", "view_closed", "shortcut", "message_action", "block_suggestion"]),
              JSON))
_KEYS: Final = ("type", "event", "user", "team", "team_id", "channel", "text", "ts", "thread_ts", "actions", "value",
                "container", "message", "trigger_id", "response_url", "command", "user_id", "channel_id", "view", "id")
_CHANGES = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(_KEYS), st.one_of(st.just(...), JSON)), max_size=3)


def _bent(payload: Any, changes: list[tuple[int, str, Any]]) -> Any:
    """A payload with some of its values put in place of others, or taken out where they are `...`."""
    bent = json.loads(json.dumps(payload))
    for place, key, value in changes:
        objects = list(_objects(bent))
        if not objects:
            return bent
        within = objects[place % len(objects)]
        if value is ...:
            within.pop(key, None)
        else:
            within[key] = value
    return bent


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects within a JSON value, from the outside in."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)


def _written(payload: Any, form: str) -> bytes:
    """A payload as a body: JSON, a form around JSON as for presses, or a form of its own as for commands."""
    if form == "payload":
        return urlencode({"payload": json.dumps(payload)}).encode()
    if form == "fields" and isinstance(payload, dict):
        return urlencode({key: value if isinstance(value, str) else json.dumps(value)
                          for key, value in payload.items()}, errors="replace").encode()
    return json.dumps(payload).encode()


_BODY = st.one_of(
    st.builds(_written, st.builds(_bent, st.one_of(_EVENT, _EVENT, JSON), _CHANGES),
              st.sampled_from(["json", "json", "payload", "fields"])),
    mutated(json.dumps(mention("how many people?")).encode(),
            _written(press({"action_id": WATCH}, "1", "1"), "payload"),
            _written(command("how many people?", ""), "fields")),
    st.binary(max_size=40))
_KIND = st.sampled_from(["application/json", "application/x-www-form-urlencoded", "application/json; charset=utf-16",
                         "text/plain", "multipart/form-data; boundary=b", ""])
_SIGNED = st.one_of(
    st.sampled_from(["slack"] * 6),
    st.sampled_from(["another", "late", "early", "of another body", "upper case", "none", "no time", "no signature"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12).map(lambda text: f"written: {text}"))


def _headers(body: bytes, how: str) -> dict[str, str]:
    """The headers that prove a body, or don't."""
    moment = str(int(time.time()) + {"late": -600, "early": 600}.get(how, 0))
    secret = "not slack's" if how == "another" else SECRET
    told = b"v0:%s:%s" % (moment.encode(), body + b" " if how == "of another body" else body)
    proof = f"v0={hmac.new(secret.encode(), told, 'sha256').hexdigest()}"
    headers = {"X-Slack-Request-Timestamp": moment,
               "X-Slack-Signature": proof.upper() if how == "upper case" else proof}
    if how.startswith("written: "):
        headers = {"X-Slack-Request-Timestamp": how[9:], "X-Slack-Signature": how[9:]}
    gone = {"none": tuple(headers), "no time": ("X-Slack-Request-Timestamp",), "no signature": ("X-Slack-Signature",)}
    return {key: value for key, value in headers.items() if key not in gone.get(how, ())}


def _slack(delivered: tuple[bytes, str, str]) -> None:
    """What comes is taken or refused, and nothing that it sets off fails; what Slack has not signed is refused."""
    body, kind, how = delivered
    served, failures = _open[-1]
    before = served.last_taken()
    status = served.deliver(body, _headers(body, how) | ({"Content-Type": kind} if kind else {}))
    if failures.found:
        raise failures.found.pop()
    assert status < 500, status
    if how != "slack":
        assert status in (400, 401), (how, status)
        assert served.last_taken() == before


SLACK: Final = Target("slack", "a body from Slack: its bytes, its type, who signed it",
                      st.tuples(_BODY, _KIND, _SIGNED), _slack, desk)
