"""A soak: everything at once against one `onrecord serve`, for as long as you like.

    python -m evals.soak                     # an hour
    python -m evals.soak --minutes 15

Questions, searches, uploads that add and replace, takedowns, ingests by other processes, watched questions with a
webhook, and signed Slack events, on two cores. The archive is first filled to `--articles` and then kept at that size,
so that what grows is a leak. Memory and open files are sampled; the slopes are least squares after the warm-up. At the
end each kept answer is verified: every citation's state, and its offsets against the text that was sent. Prints one
JSON document; exits with 1 on any unexpected answer, a wrong offset, a Slack question without its one answer, or more
resident memory than `--ceiling` megabytes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from aiohttp import web

from evals.load import percentiles, questions_of, slope
from evals.machine import ROOT, git_commit, machine
from tests.support.slack_server import BOT_TOKEN, SECRET, SlackServer, mention, signed

TOWNS = ("Arlen", "Brackwater", "Corvale", "Dunmere", "Eskham", "Fallowby", "Garrick", "Hollin", "Ivenor", "Jorvale",
         "Kestrel Bay", "Larkhill", "Mirefield", "Norwick", "Oxley", "Pendrick", "Quarley", "Rushden", "Selwick",
         "Tarnby")
OUTLETS = ("Harbour Gazette", "Wend Valley Courier", "Northern Chronicle", "Coast Radio", "Evening Ledger")
CAUSES = ("a flood", "a gas leak", "a forest fire", "a landslide", "a chemical spill")
QUESTIONS = ROOT / "evals" / "gold" / "samples.jsonl"
WATCHES = 8
EVERY_INGEST = 45.0
"""Seconds between two ingests by another process."""


@dataclass(slots=True)
class Soak:
    """What was done, what came back, and what the archive should hold."""

    dice: random.Random
    texts: dict[str, list[str]] = field(default_factory=dict)
    """Every text that was sent under a file name, the latest last."""
    live: dict[str, str] = field(default_factory=dict)
    """The file_id of each uploaded article that stands, by file name."""
    unsure: set[str] = field(default_factory=set)
    """File names of which it isn't known whether their latest text was taken in."""
    removed: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[float, float, float, float]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    asked_in_slack: int = 0
    numbers: itertools.count[int] = field(default_factory=itertools.count)


def story(soak: Soak, town: str) -> str:
    """A report written for the soak, with a figure that another report may contradict."""
    dice = soak.dice
    outlet, cause = dice.choice(OUTLETS), dice.choice(CAUSES)
    people, shelters = dice.randrange(2, 90) * 100, dice.randrange(2, 12)
    return (f"{cause.split(' ', 1)[1].capitalize()} empties part of {town}\n\n{outlet}\n"
            f"{dice.randrange(1, 29)} March 2026\n\n"
            f"About {people:,} people were moved out of {town} after {cause}, the mayor's office said. "
            f"The town opened {shelters} shelters in schools and sports halls.\n\n"
            f"Engineers worked through the night on the eastern side of {town}. A spokesperson for the fire service "
            f"said that {dice.randrange(20, 400)} firefighters were on duty, and that the road to the harbour would "
            f"stay closed until {dice.choice(('Monday', 'Tuesday', 'Thursday'))}.\n")


async def timed(soak: Soak, kind: str, call: Awaitable[httpx.Response], *expected: int) -> httpx.Response | None:
    """A response that was expected; None, and a fault noted, for any other."""
    began = time.monotonic()
    try:
        response = await call
    except httpx.HTTPError as error:
        soak.faults[f"{kind}: {type(error).__name__}"] += 1
        return None
    soak.seconds.setdefault(kind, []).append(time.monotonic() - began)
    if response.status_code not in expected:
        soak.faults[f"{kind}: {response.status_code} {response.text[:120]}"] += 1
        return None
    return response


async def upload(soak: Soak, http: httpx.AsyncClient, name: str, town: str) -> None:
    """Add or replace an article."""
    text = story(soak, town)
    soak.texts.setdefault(name, []).append(text)
    soak.unsure.add(name)
    sent = http.post("/v1/articles", json={"filename": name, "text": text})
    if (response := await timed(soak, "upload", sent, 201)) is not None:
        soak.live[name] = response.json()["file_ids"][0]
        soak.unsure.discard(name)


async def take_down(soak: Soak, http: httpx.AsyncClient, name: str) -> None:
    """Take an article down for good; its name is not used again."""
    file_id = soak.live.pop(name)
    soak.unsure.add(name)
    if await timed(soak, "takedown", http.delete(f"/v1/articles/{file_id}"), 204) is not None:
        soak.removed.add(file_id)
        soak.unsure.discard(name)


async def ask(soak: Soak, http: httpx.AsyncClient, questions: list[str]) -> None:
    """Ask, or search, and look at each citation's offsets."""
    town = soak.dice.choice(TOWNS)
    question = soak.dice.choice([f"how many people were moved out of {town}?", soak.dice.choice(questions)])
    if soak.dice.random() < 0.25:
        await timed(soak, "search", http.post("/v1/search", json={"query": question, "limit": 5}), 200)
        return
    response = await timed(soak, "ask", http.post("/v1/ask", json={"question": question}), 200)
    if response is None:
        return
    answer = response.json()
    soak.answers[answer["id"]] = answer
    for one in answer["citations"]:
        if not any(text[one["start_char_index"]:one["end_char_index"]] == one["cited_text"]
                   for text in soak.texts[one["filename"]]):
            soak.faults["ask: an offset is wrong"] += 1


async def writer(soak: Soak, http: httpx.AsyncClient, articles: int, pause: float) -> None:
    """Keep the archive at its size: replace, add, take down."""
    while True:
        chance = soak.dice.random()
        if len(soak.live) < articles:
            await upload(soak, http, f"report-{next(soak.numbers):06}.txt", soak.dice.choice(TOWNS))
        elif chance < 0.7:
            await upload(soak, http, soak.dice.choice(list(soak.live)), soak.dice.choice(TOWNS))
        else:
            await take_down(soak, http, soak.dice.choice(list(soak.live)))
        await asyncio.sleep(pause)


async def ingester(soak: Soak, data: Path, folder: Path) -> None:
    """A folder that changes, ingested by a process of its own, which asks the service to do it."""
    for number in itertools.count():
        await asyncio.sleep(EVERY_INGEST)
        name = f"wire-{number % 5}.txt"
        text = story(soak, soak.dice.choice(TOWNS))
        soak.texts.setdefault(name, []).append(text)
        soak.unsure.add(name)
        (folder / name).write_text(text, "utf-8")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "service.doors.cli", "ingest", str(folder), "--json", "--data", str(data),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        began = time.monotonic()
        told, _ = await process.communicate()
        soak.seconds.setdefault("ingest", []).append(time.monotonic() - began)
        if process.returncode or json.loads(told)["failed"]:
            soak.faults[f"ingest: exit {process.returncode}"] += 1
        else:
            soak.unsure.discard(name)


async def watcher(soak: Soak, http: httpx.AsyncClient, hook: str, pause: float) -> None:
    """Watch some towns; now and then watch another instead of the oldest."""
    held: list[str] = []
    while True:
        if len(held) >= WATCHES:
            await timed(soak, "unwatch", http.delete(f"/v1/watches/{held.pop(0)}"), 204)
        question = f"how many people were moved out of {soak.dice.choice(TOWNS)}?"
        body = {"question": question, "notify": {"webhook_url": hook}}
        if (response := await timed(soak, "watch", http.post("/v1/watches", json=body), 201)) is not None:
            held.append(response.json()["id"])
        await asyncio.sleep(pause * 40)


async def slacker(soak: Soak, http: httpx.AsyncClient, pause: float) -> None:
    """Ask in Slack, some events delivered twice."""
    while True:
        body, headers = signed(mention(f"how many people were moved out of {soak.dice.choice(TOWNS)}?"))
        soak.asked_in_slack += 1
        for _ in range(1 + (soak.dice.random() < 0.2)):
            await timed(soak, "slack", http.post("/slack/events", content=body, headers=headers), 200)
        await asyncio.sleep(pause * 10)


async def sampler(soak: Soak, pid: int, began: float) -> None:
    """Resident megabytes, open files and threads, every two seconds."""
    while True:
        soak.samples.append((time.monotonic() - began, *usage(pid)))
        await asyncio.sleep(2)


def usage(pid: int) -> tuple[float, float, float]:
    """Resident megabytes, open files and threads of a process."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    status = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(status["VmRSS"].split()[0]) / 1024, len(os.listdir(f"/proc/{pid}/fd")), int(status["Threads"])


@contextlib.asynccontextmanager
async def served(data: Path, slack: str, log: Path) -> AsyncIterator[tuple[str, int]]:
    """Address and process id of `onrecord serve` on two cores at most."""
    environment = {**os.environ, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": slack,
                   "ONRECORD_WEBHOOK_HOSTS": "127.0.0.1", "ONRECORD_WATCH_QUIET": "5",
                   "ONRECORD_SLACK_RATE_LIMIT": "off"}
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "service.doors.cli", "serve", "--port", "0", "--json", "--data", str(data),
            cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=errors)
    os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:2])
    try:
        assert process.stdout is not None
        told = b""
        while not told.endswith(b"}\n"):
            line = await process.stdout.readline()
            if not line:
                raise RuntimeError(f"the service did not start; see {str(log)!r}")
            told += line
        yield json.loads(told)["url"], process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def receiving(notices: list[str]) -> AsyncIterator[str]:
    """A webhook's address; the ids of its notices go to a list."""

    async def take(request: web.Request) -> web.Response:
        notices.append(str((await request.json())["id"]))
        return web.Response()

    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def verified(soak: Soak, http: httpx.AsyncClient) -> Counter[str]:
    """The states of all citations of all answers, each compared with what the texts that were sent say."""
    states: Counter[str] = Counter()
    for answer_id in soak.answers:
        stored = await timed(soak, "kept answer", http.get(f"/v1/answers/{answer_id}"), 200)
        checked = await timed(soak, "verify", http.post(f"/v1/answers/{answer_id}/verify"), 200)
        if stored is None or checked is None:
            continue
        for cited, found in zip(stored.json()["citations"], checked.json()["citations"], strict=True):
            states[found["state"]] += 1
            if cited["filename"] in soak.unsure:
                continue
            if found["state"] != expected_state(soak, cited):
                soak.faults[f"verify: {found['state']} where {expected_state(soak, cited)} was expected"] += 1
            if cited["file_id"] in soak.removed and cited["cited_text"]:
                soak.faults["verify: words of an article that was taken down"] += 1
    return states


def expected_state(soak: Soak, cited: dict[str, Any]) -> str:
    """What `verify` has to say of a citation, by the texts that were sent."""
    if cited["file_id"] in soak.removed:
        return "source_removed"
    text, quote = soak.texts[cited["filename"]][-1], cited["cited_text"]
    if text[cited["start_char_index"]:cited["end_char_index"]] == quote:
        return "valid"
    return "moved" if quote in text else "source_changed"


async def soaked(seconds: float, articles: int, pause: float, seed: int, folder: Path) -> tuple[Soak, dict[str, Any]]:
    """Run it; what was seen."""
    soak, data, wire = Soak(random.Random(seed)), folder / "data", folder / "wire"
    wire.mkdir()
    for path in sorted((ROOT / "samples").iterdir()):
        text = path.read_text("utf-8")
        soak.texts[path.name] = [text]
        (wire / path.name).write_text(text, "utf-8")
    questions = questions_of(QUESTIONS)
    async with (SlackServer() as slack, receiving(soak.notices) as hook,
                served(data, slack.url, folder / "log") as (url, pid),
                httpx.AsyncClient(base_url=url, timeout=120, trust_env=False,
                                  limits=httpx.Limits(keepalive_expiry=2)) as http):
        began = time.monotonic()
        await timed(soak, "upload", http.post("/v1/articles", json={"articles": [
            {"filename": name, "text": texts[-1]} for name, texts in soak.texts.items()]}), 201)
        while len(soak.live) < articles:
            await upload(soak, http, f"report-{next(soak.numbers):06}.txt", soak.dice.choice(TOWNS))
        filled = time.monotonic() - began

        async def again(work: Callable[[], Awaitable[None]]) -> None:
            while True:
                await work()
                await asyncio.sleep(pause)

        tasks = [asyncio.create_task(one) for one in (
            again(lambda: ask(soak, http, questions)), again(lambda: ask(soak, http, questions)),
            writer(soak, http, articles, pause * 4), ingester(soak, data, wire), watcher(soak, http, hook, pause),
            slacker(soak, http, pause), sampler(soak, pid, began))]
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        *workers, sampling = tasks
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        for task in done:
            task.result()
        with contextlib.suppress(TimeoutError):
            await slack.messages(soak.asked_in_slack, 120)
        states = await verified(soak, http)
        sampling.cancel()
        answered = Counter(message.get("thread_ts") for message in slack.answers)
        if len(answered) != soak.asked_in_slack or set(answered.values()) != {1}:
            soak.faults[f"slack: {soak.asked_in_slack} questions, {len(slack.answers)} answers"] += 1
    errors = [str(line["exception"]).splitlines()[-8:] for line in logged(folder / "log") if "exception" in line]
    return soak, {"filled_in_seconds": round(filled, 1), "slack_questions": soak.asked_in_slack,
                  "slack_answers": len(slack.answers), "citations": dict(states), "errors_in_the_log": errors}


def logged(log: Path) -> list[dict[str, Any]]:
    """The lines of the service's log."""
    return [json.loads(line) for line in log.read_text("utf-8", "replace").splitlines() if line.startswith("{")]


def report(soak: Soak, seen: dict[str, Any], minutes: float, ceiling: float) -> dict[str, Any]:
    """The figures; memory and files settle in the first quarter."""
    settled = [one for one in soak.samples if one[0] >= soak.samples[-1][0] / 4]
    memory = [size for _, size, _, _ in soak.samples]
    if max(memory) > ceiling:
        soak.faults[f"memory: {max(memory):.0f} MB"] += 1
    if seen["errors_in_the_log"]:
        soak.faults["errors in the log"] += len(seen["errors_in_the_log"])
    hourly = {name: round(60 * (slope([(one[0], one[at]) for one in settled]) or 0.0), 1)
              for at, name in ((1, "memory_mb_per_hour"), (2, "open_files_per_hour"), (3, "threads_per_hour"))}
    return {
        "minutes": minutes, **seen, "requests": {kind: percentiles(spent) for kind, spent in soak.seconds.items()},
        "answers_verified": len(soak.answers), "notices": len(soak.notices),
        "notices_twice": len(soak.notices) - len(set(soak.notices)), "faults": dict(soak.faults),
        "memory_mb": {"settled": round(settled[0][1]), "last": round(memory[-1]), "most": round(max(memory)),
                      "ceiling": ceiling},
        "open_files": [settled[0][2], settled[-1][2]], "threads": [settled[0][3], settled[-1][3]], **hourly,
        "commit": git_commit(), "machine": machine(),
    }


def main() -> None:
    """`python -m evals.soak`."""
    parser = argparse.ArgumentParser(description="a soak of the whole service", prog="python -m evals.soak")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--articles", type=int, default=200, help="how many articles the archive is kept at")
    parser.add_argument("--pause", type=float, default=0.3, help="seconds between two requests of one client")
    parser.add_argument("--ceiling", type=float, default=2048, help="megabytes of resident memory that are too much")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak, seen = asyncio.run(soaked(given.minutes * 60, given.articles, given.pause, given.seed, Path(folder)))
    found = report(soak, seen, given.minutes, given.ceiling)
    print(json.dumps(found, indent=2))
    sys.exit(1 if soak.faults else 0)


if __name__ == "__main__":
    main()
