"""A soak of the Slack door: real worker processes, killed again and again, under a Slack that misbehaves.

    python -m evals.slack_soak                                   # 500 events, 10 kills
    python -m evals.slack_soak --events 40 --kills 2 --pause 0.1 --retries 0,5,15,30

The articles of samples/ are asked about in channels, in direct messages and in threads. The worker is `onrecord slack`
(Socket Mode) in one life and `onrecord serve` (signed HTTP) in the next, ended by kill -9 at a random moment. The Slack
is the small one of tests/support: it delivers what was not acknowledged within three seconds again, as Slack does (at
once, after a minute, after five), delivers some events twice all the same, sends malformed ones, and meets calls with
429, 503, lost replies and cut connections. Prints one JSON document; exits with 1 unless each question was answered
exactly once, with the answer that it has in peace, and nothing else was said.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from evals.machine import ROOT, git_commit, machine
from evals.slack_worker import Worker
from service.domain import Answer
from service.doors.slack_message import answer_messages
from service.settings import Settings
from service.wiring import build
from tests.support.slack_server import (
    APP_TOKEN,
    BOT_TOKEN,
    SECRET,
    TEAM,
    SlackServer,
    Trouble,
    direct,
    mention,
    reply,
    signed,
)

CONVERSATIONS = (
    ("How many people died in the Kelby flood?", "and how many were injured?"),
    ("how many troops were sent?", "and who said so?"),
    ("Who will lead the inquiry into the flood?", "When does she have to report?"),
    ("how many residents of Kelby were evacuated?", "and how many of them have gone back?"),
    ("why did the workers at the glassworks strike?", "how many of them are on strike?"),
    ("who won the election?", "and when was it?"),
)
"""Questions about samples/, each with what is asked next in its thread."""
PLACES = 8
"""Channels, and as many direct conversations."""
TROUBLES: Sequence[tuple[Trouble, float]] = (("limited", .04), ("failed", .03), ("lost", .03), ("dropped", .02))
"""How often a call to Slack meets which trouble."""
KINDS = {"mention": 5, "direct": 3, "reply": 2}
PATIENCE = 600.0
"""Seconds within which all answers stand, counted from the last event's last delivery."""
ACKNOWLEDGE_SECONDS = 3.0
KILL_PATIENCE = 10.0
WITHOUT: Sequence[str] = ("user", "channel", "ts")
WRONG: Mapping[str, Any] = {"user": 7, "channel": {"id": "C1"}, "ts": None, "text": ["how many?"], "type": 3}
WRONG_PAYLOADS: Sequence[Any] = (None, "how many?", [], {}, {"type": "event_callback"},
                                 {"type": "event_callback", "event": None}, {"type": "event_callback", "event": [1]})
WRONG_FRAMES = ("how many?", "[1, 2]", '{"type": "events_api", "payl', "{}", '{"type": "events_api"}', "")
WRONG_BODIES = (b"", b"{", b"[]", b'"how many?"', b"\xff\xfe", b"payload=%7B")


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """How hard it is made.

    `retries` are the seconds after which Slack delivers again what was not acknowledged, `pause` those between two
    events, on average.
    """

    events: int = 500
    kills: int = 10
    redelivered: float = 0.2
    malformed: float = 0.1
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    pause: float = 0.5
    seed: int = 20261122


@dataclasses.dataclass(slots=True)
class Question:
    """A question that a person asked in Slack; `asked` is the conversation up to it, times are monotonic seconds."""

    event: dict[str, Any]
    asked: tuple[str, ...]
    sent: float
    continued: bool = False
    answered: float | None = None
    undelivered: bool = False

    @property
    def channel(self) -> str:
        """Where it was asked."""
        return str(self.event["event"]["channel"])

    @property
    def thread(self) -> str:
        """The time stamp of the message that its thread begins with."""
        return str(self.event["event"].get("thread_ts") or self.event["event"]["ts"])

    @property
    def key(self) -> str:
        """What the metadata of its answer names."""
        return f"{TEAM}:{self.channel}:{self.event['event']['ts']}"


class Soak:
    """One run over an archive in `data`; `expected` is the text of the answer to each conversation."""

    def __init__(self, plan: Plan, data: Path, slack: SlackServer, log: Path,
                 expected: Mapping[tuple[str, ...], str]) -> None:
        self._plan, self._slack, self._log, self._expected = plan, slack, log, expected
        self._dice = random.Random(plan.seed)
        self._trouble_dice = random.Random(plan.seed + 1)
        self._worker = Worker(data, slack, log)
        self._http = httpx.AsyncClient(timeout=ACKNOWLEDGE_SECONDS, trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()
        self._killing = asyncio.Lock()
        self._questions: list[Question] = []
        self._counts: Counter[str] = Counter()
        self._acknowledged: list[float] = []
        slack.trouble = self._trouble

    async def run(self) -> dict[str, Any]:
        """Send everything, wait for the answers, and say what was seen."""
        began = time.monotonic()
        await self._worker.live()
        watching = asyncio.create_task(self._watch())
        kills = 0
        try:
            for number in range(self._plan.events):
                if number >= self._plan.events * (kills + 1) / (self._plan.kills + 1):
                    kills += 1
                    self._spawn(self._kill())
                self._spawn(self._event())
                await asyncio.sleep(self._dice.uniform(0, 2 * self._plan.pause))
            while self._tasks:
                await asyncio.wait(self._tasks)
            with contextlib.suppress(TimeoutError):
                await self._slack.until(self._all_answered, PATIENCE)
            await asyncio.sleep(ACKNOWLEDGE_SECONDS)
        finally:
            watching.cancel()
            await self._worker.end()
            await self._http.aclose()
        return self._report(time.monotonic() - began)

    def _event(self) -> Awaitable[None]:
        """One event on its way."""
        if self._dice.random() < self._plan.malformed:
            return self._spoilt()
        kind = self._dice.choices(list(KINDS), list(KINDS.values()))[0]
        place, person = self._dice.randrange(PLACES), f"U{self._dice.randrange(40)}"
        first, then = self._dice.choice(CONVERSATIONS)
        begun = [one for one in self._questions
                 if one.answered and not one.continued and one.event["event"]["type"] == "app_mention"]
        if kind == "reply" and begun:
            root = self._dice.choice(begun)
            root.continued = True
            then = dict(CONVERSATIONS)[root.asked[0]]
            question = Question(reply(then, root.thread, channel=root.channel, user=person), (root.asked[0], then),
                                time.monotonic())
        elif kind == "direct":
            question = Question(direct(first, channel=f"D{place}", user=person), (first,), time.monotonic())
        else:
            question = Question(mention(first, channel=f"C{place}", user=person), (first,), time.monotonic())
        self._questions.append(question)
        return self._asked(question, self._dice.random() * (1 - self._plan.malformed) < self._plan.redelivered)

    async def _asked(self, question: Question, again: bool) -> None:
        """Deliver a question until it is acknowledged, and once more all the same where it is to come `again`."""
        for attempt, pause in enumerate((0.0, *self._plan.retries)):
            await asyncio.sleep(pause)
            if await self._delivered(question.event, attempt):
                break
            self._counts["not acknowledged"] += 1
        else:
            question.undelivered = True
        if again:
            self._counts["redelivered"] += 1
            await asyncio.sleep(self._dice.uniform(0, 5))
            await self._delivered(question.event, 1)

    async def _delivered(self, event: dict[str, Any], attempt: int) -> bool:
        began = time.monotonic()
        if self._worker.url is None:
            done = await self._slack.deliver(event, attempt=attempt, seconds=ACKNOWLEDGE_SECONDS)
        else:
            body, headers = signed(event)
            done = await self._post(body, headers | (
                {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"} if attempt else {})) == 200
        if done:
            self._acknowledged.append(time.monotonic() - began)
        return done

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """The status that the service answers with; 0 where it doesn't."""
        try:
            answer = await self._http.post(f"{self._worker.url}/slack/events", content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0
        return answer.status_code

    async def _spoilt(self) -> None:
        """Something that Slack never sends, or should not."""
        self._counts["malformed"] += 1
        event: dict[str, Any] = json.loads(json.dumps(self._dice.choice((mention, direct))("how many were hurt?")))
        over_socket = self._worker.url is None
        shape = self._dice.randrange(4)
        if shape == 0:
            del event["event"][self._dice.choice(WITHOUT)]
        elif shape == 1:
            event["event"] |= dict([self._dice.choice(list(WRONG.items()))])
        elif shape == 2:
            event = self._dice.choice(WRONG_PAYLOADS)
        elif over_socket:
            await self._slack.frame(self._dice.choice(WRONG_FRAMES))
            return
        if over_socket:
            await self._slack.deliver(event, seconds=ACKNOWLEDGE_SECONDS)
            return
        body, headers = signed(event, secret=self._dice.choice((SECRET, SECRET, "guessed")),
                               seconds_ago=0 if shape != 3 else self._dice.choice((0, 400)))
        if shape == 3:
            body = self._dice.choice(WRONG_BODIES)
        if await self._post(body, headers) >= 500:
            self._counts["malformed answered with 5xx"] += 1

    async def _kill(self) -> None:
        """Kill the worker while it is at work, if it is within KILL_PATIENCE seconds, and start it again."""
        async with self._killing:
            with contextlib.suppress(TimeoutError):
                await self._slack.until(self._at_work, KILL_PATIENCE)
            await asyncio.sleep(self._dice.uniform(0, 0.3))
            self._counts["kills"] += 1
            self._counts["killed over a question"] += self._at_work()
            await self._worker.kill()
            await asyncio.sleep(self._dice.uniform(0, 1))
            await self._worker.live()

    def _at_work(self) -> bool:
        """Whether a message was begun and not finished."""
        return any(not message["finished"] for message in self._slack.written.values())

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._counts[f"the soak's own fault: {task.exception()!r}"] += 1

    def _trouble(self, method: str) -> Trouble | None:  # noqa: ARG002
        for trouble, share in TROUBLES:
            if self._trouble_dice.random() < share:
                self._counts[f"calls {trouble}"] += 1
                return trouble
        return None

    async def _watch(self) -> None:
        """Note when each answer stands."""
        while True:
            finished = {_question_of(message) for message in self._slack.answers}
            for question in self._questions:
                if question.answered is None and question.key in finished:
                    question.answered = time.monotonic()
            await asyncio.sleep(0.05)

    def _all_answered(self) -> bool:
        return all(one.answered is not None or one.undelivered for one in self._questions)

    def _report(self, seconds: float) -> dict[str, Any]:
        """The figures; what must be nought stands under `faults`."""
        told = Counter(map(_question_of, self._slack.written.values()))
        texts = {_question_of(message): message["text"] for message in self._slack.answers}
        waits = [one.answered - one.sent for one in self._questions if one.answered is not None]
        logged = self._log.read_text("utf-8", "replace")
        faults = {
            "given up by Slack": sum(one.undelivered for one in self._questions),
            "lost": sum(told[one.key] == 0 for one in self._questions if not one.undelivered),
            "answered more than once": sum(told[one.key] > 1 for one in self._questions),
            "other than in peace": sum(
                one.key in texts and texts[one.key] != self._expected[one.asked] for one in self._questions),
            "left unfinished": sum(not message["finished"] for message in self._slack.written.values()),
            "nobody asked": sum(told[key] for key in told.keys() - {one.key for one in self._questions}),
            "malformed answered with 5xx": self._counts.pop("malformed answered with 5xx", 0),
            "told only to people": len(self._slack.called("chat.postEphemeral")),
            "secrets in the log": sum(secret in logged for secret in (BOT_TOKEN, APP_TOKEN)),
        } | {what: self._counts.pop(what) for what in list(self._counts) if what.startswith("the soak's own")}
        return {
            "plan": dataclasses.asdict(self._plan), "commit": git_commit(), "machine": machine(),
            "seconds": round(seconds, 1), "questions": len(self._questions),
            "conversations": dict(Counter(one.event["event"]["type"] + (" in a thread" if len(one.asked) > 1 else "")
                                          for one in self._questions)),
            "lives": dict(Counter(self._worker.lives)), "refused to start": self._worker.refused_to_start,
            "start_seconds": _spread(self._worker.start_seconds),
            "malformed": self._counts.pop("malformed", 0), **dict(sorted(self._counts.items())),
            "calls": len(self._slack.calls),
            "acknowledged_seconds": _spread(self._acknowledged), "answered_seconds": _spread(waits), "faults": faults,
        }


def _question_of(message: Mapping[str, Any]) -> str:
    """The question that a message of the bot answers, "" for any other."""
    return str(((message.get("metadata") or {}).get("event_payload") or {}).get("question", ""))


def _spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and the largest."""
    if not values:
        return {}
    return {name: round(float(np.percentile(values, at)), 2) for name, at in (("p50", 50), ("p95", 95), ("max", 100))}


async def prepared(data: Path) -> dict[tuple[str, ...], str]:
    """Ingest samples/, and the text of the answer to each conversation, asked in peace."""
    texts: dict[tuple[str, ...], str] = {}
    async with build(Settings.load({}, data=data), owner=True) as service:
        await service.archive.ingest([ROOT / "samples"])
        for number, conversation in enumerate(CONVERSATIONS):
            for turn, question in enumerate(conversation):
                async for piece in service.ask(question, thread_id=f"peace:{number}"):
                    if isinstance(piece, Answer):
                        texts[conversation[: turn + 1]] = answer_messages(piece)[0]["text"]
    return texts


async def soak(plan: Plan, folder: Path) -> dict[str, Any]:
    """Run it in a folder, and say what was seen. Raises OnRecordError where the archive can't be made."""
    expected = await prepared(folder / "state")
    async with SlackServer() as slack:
        return await Soak(plan, folder / "state", slack, folder / "worker.log", expected).run()


def main() -> None:
    """The command."""
    plain = Plan()
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--events", type=int, default=plain.events)
    parser.add_argument("--kills", type=int, default=plain.kills)
    parser.add_argument("--retries", default=",".join(f"{one:g}" for one in plain.retries),
                        help="seconds after which Slack delivers again what was not acknowledged")
    parser.add_argument("--pause", type=float, default=plain.pause, help="seconds between two events, on average")
    parser.add_argument("--seed", type=int, default=plain.seed)
    given = parser.parse_args()
    plan = Plan(given.events, given.kills, retries=tuple(map(float, given.retries.split(","))), pause=given.pause,
                seed=given.seed)
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(soak(plan, Path(folder)))
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    sys.exit(any(report["faults"].values()))


if __name__ == "__main__":
    main()
