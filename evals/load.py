"""How the HTTP service stands under load: many clients at once, some of them slow or cut off.

    python -m evals.load --clients 32 --seconds 60
    python -m evals.load --data DIR --questions FILE      # another archive (a copy of it is used)

Starts `onrecord serve` on a port of its own and lets clients ask, search and upload; beside them two clients read
their streams a byte at a time and hang up in the middle, again and again. Prints one JSON document: errors, latency
by kind of request, and the slopes of memory and open files after the warm-up, from the service's own `/metrics`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from evals.machine import ROOT, git_commit, machine

WARM_UP = 1 / 3
"""The share of the time that memory and files may take to settle."""
MIX = {"ask": 6, "stream": 2, "search": 3, "upload": 1}
"""How often each kind of request is made."""
QUESTIONS = ROOT / "evals" / "gold" / "samples.jsonl"


@dataclass(slots=True)
class Tally:
    """What came back: seconds by kind, faults by what they were, samples of (seconds, bytes, files)."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in MIX})
    faults: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[float, float, float]] = field(default_factory=list)
    hung_up: int = 0


@contextlib.asynccontextmanager
async def served(data: Path) -> AsyncIterator[str]:
    """The address of `onrecord serve` over an archive, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "service.doors.cli", "serve", "--port", "0", "--json", "--data", str(data),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, cwd=ROOT)
    try:
        assert process.stdout is not None
        told = b""
        while not told.endswith(b"}\n"):
            line = await process.stdout.readline()
            if not line:
                raise RuntimeError("the service did not start")
            told += line
        yield json.loads(told)["url"]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def client(http: httpx.AsyncClient, number: int, questions: Sequence[str], until: float, tally: Tally) -> None:
    """One client: a request at a time, of all kinds."""
    chance = random.Random(number)
    while time.monotonic() < until:
        kind = chance.choices(list(MIX), list(MIX.values()))[0]
        began = time.monotonic()
        try:
            response = await request(http, kind, chance.choice(questions), f"load-{number}-{chance.randrange(20)}.txt")
        except httpx.HTTPError as error:
            tally.faults[f"{kind}: {type(error).__name__}"] += 1
            continue
        tally.seconds[kind].append(time.monotonic() - began)
        if response.status_code >= 400 or (kind == "stream" and "event: done" not in response.text):
            tally.faults[f"{kind}: {response.status_code}"] += 1


async def request(http: httpx.AsyncClient, kind: str, question: str, name: str) -> httpx.Response:
    """One request of a kind."""
    if kind == "search":
        return await http.post("/v1/search", json={"query": question, "limit": 10})
    if kind == "upload":
        text = f"A report on the question of the day, written at {time.time()}: {question} Nobody could say."
        return await http.post("/v1/articles", json={"filename": name, "text": text})
    return await http.post("/v1/ask", json={"question": question, "stream": kind == "stream"})


async def slow_reader(url: str, question: str, until: float, tally: Tally) -> None:
    """Read a stream a byte at a time, and hang up before it ends; begin again."""
    host, _, port = url.removeprefix("http://").partition(":")
    body = json.dumps({"question": question, "stream": True}).encode()
    head = (f"POST /v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    while time.monotonic() < until:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.encode() + body)
        for _ in range(40):
            await reader.read(1)
            await asyncio.sleep(0.02)
        writer.transport.abort()
        tally.hung_up += 1


async def watch(http: httpx.AsyncClient, began: float, until: float, tally: Tally) -> None:
    """Memory and open files, once a second, as the service tells them."""
    while time.monotonic() < until:
        with contextlib.suppress(httpx.HTTPError):
            found = {sample.name: sample.value
                     for family in text_string_to_metric_families((await http.get("/metrics")).text)
                     for sample in family.samples if sample.name.startswith("process_")}
            tally.samples.append((time.monotonic() - began, found["process_resident_memory_bytes"],
                                  found["process_open_fds"]))
        await asyncio.sleep(1)


async def load(data: Path, questions: Sequence[str], clients: int, seconds: float) -> dict[str, Any]:
    """Run it, and say what was seen."""
    tally = Tally()
    async with served(data) as url, httpx.AsyncClient(
        base_url=url, timeout=120, trust_env=False, limits=httpx.Limits(max_connections=clients + 4)
    ) as http:
        for question in questions[:3]:
            await request(http, "ask", question, "")
        began = time.monotonic()
        until = began + seconds
        await asyncio.gather(
            *(client(http, number, questions, until, tally) for number in range(clients)),
            *(slow_reader(url, questions[0], until, tally) for _ in range(2)),
            watch(http, began, until, tally))
        took = time.monotonic() - began
    return summary(tally, clients, took)


def summary(tally: Tally, clients: int, took: float) -> dict[str, Any]:
    """The figures: milliseconds, requests a second, MB and files a minute."""
    settled = [sample for sample in tally.samples if sample[0] >= WARM_UP * took]
    count = sum(map(len, tally.seconds.values()))
    return {
        "clients": clients, "seconds": round(took, 1), "requests": count, "per_second": round(count / took, 1),
        "faults": dict(tally.faults), "hung_up": tally.hung_up,
        "latency_ms": {kind: percentiles(spent) for kind, spent in tally.seconds.items() if spent},
        "memory_mb": [round(size / 1e6) for _, size, _ in (settled[:1] + settled[-1:])],
        "memory_mb_per_minute": slope([(at, size / 1e6) for at, size, _ in settled]),
        "open_files": [round(files) for _, _, files in (settled[:1] + settled[-1:])],
        "open_files_per_minute": slope([(at, files) for at, _, files in settled]),
        "commit": git_commit(), "machine": machine(),
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Number, median, 95th percentile and maximum, in milliseconds."""
    spent = np.array(seconds) * 1000
    return {"n": len(seconds), "p50": round(float(np.percentile(spent, 50)), 1),
            "p95": round(float(np.percentile(spent, 95)), 1), "max": round(float(spent.max()), 1)}


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """The growth a minute of the straight line through the points; None for fewer than three."""
    if len(points) < 3:
        return None
    at, values = np.array(points).T
    return round(float(np.polyfit(at / 60, values, 1)[0]), 2)


def questions_of(file: Path) -> list[str]:
    """The questions of a file: JSON lines with a `q` or `question`, or one a line."""
    lines = [line for line in file.read_text("utf-8").splitlines() if line.strip()]
    read = [json.loads(line) if line.startswith("{") else {"q": line} for line in lines]
    return [str(one.get("q") or one["question"]) for one in read]


def main() -> None:
    """`python -m evals.load`."""
    parser = argparse.ArgumentParser(description="load on the HTTP service", prog="python -m evals.load")
    parser.add_argument("--data", type=Path, help="an archive's folder; the samples by default")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="JSON lines with `q`, or one a line")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        if given.data is not None:
            shutil.copytree(given.data, data)
        else:
            subprocess.run([sys.executable, "-m", "service.doors.cli", "ingest", "samples", "--data", str(data)],
                           check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        before = round(os.getloadavg()[0], 1)
        found = asyncio.run(load(data, questions_of(given.questions), given.clients, given.seconds))
        found["machine"]["load_before"] = before
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
