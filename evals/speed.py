"""How fast: passages embedded, questions answered in this process, questions answered over HTTP.

    python -m evals.speed embed --data DIR --reference DIR [--passages N] [--rounds N]
    python -m evals.speed ask   --data DIR --questions FILE [--limit N]
    python -m evals.speed http  --url URL  --questions FILE [--limit N] [--clients N]
    python -m evals.speed bench --bench DIR [--data DIR | --archives DIR] [--limit N] [--clients N]

`--data` is an archive's folder; `embed` takes real passages from it and changes nothing. `--reference` is what
`scripts/build_embedder.py --keep-fp32 DIR` wrote: Chroma's default embedding function is run by Chroma's own code
(every text padded to 256 tokens, 32 at a time, float32) over those weights, since its own file is a download. The two
take turns; medians and their ratio are told. FILE has a JSON line for each question: `question`, and `date` if it is
asked as of a day. Each question is asked once, so that no answer comes out of a cache; over HTTP others of the file are
asked before them. `bench` prints `ask` and `http` as a table, each in a process of its own, over an archive of
`realtimeqa-2022`, which it makes first where it is absent (that takes an hour and more). Times tell of this machine and
what else runs on it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import numpy as np

from evals.archives import default_folder
from evals.chroma_default import ChromaDefault
from evals.cli import RUNS
from evals.machine import machine
from service.adapters.local_embedder import LocalEmbedder
from service.doors.collecting import collect_seldom
from service.passages.chunk import embedding_text
from service.settings import Settings

SEED = 20261122
WARM_SECONDS = 15.0
"""How long a service is asked other questions before those that count."""
WARM_QUESTIONS = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the day on which it is asked."""

    question: str
    as_of: date | None


def questions(file: Path, limit: int | None) -> list[Asked]:
    """The file's questions, each once, every n-th where there are more than `limit`."""
    found: dict[str, Asked] = {}
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            day = str(row["date"]).replace("/", "-") if row.get("date") else None
            found.setdefault(row["question"], Asked(row["question"], date.fromisoformat(day) if day else None))
    every = max(1, len(found) // limit) if limit else 1
    return list(found.values())[::every][:limit]


def percentiles(seconds: Sequence[float]) -> str:
    """Median, 95th percentile and most, in milliseconds."""
    p50, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    return f"p50 {p50:.0f} ms  p95 {p95:.0f} ms  most {max(seconds) * 1000:.0f} ms"


def passages(data: Path, count: int) -> list[str]:
    """That many passages of an archive as they are embedded, drawn with a fixed seed."""
    from service.adapters.record import SqlRecord

    record = SqlRecord(Settings.load(data=data).record_url)
    try:
        keys = [f"{entry.key}.{n}" for entry in record.catalogue() for n in range(entry.chunks)]
        drawn = random.Random(SEED).sample(keys, min(count, len(keys)))
        return [embedding_text(chunk) for chunk, _ in record.passages(drawn).values()]
    finally:
        record.close()


def embed(data: Path, reference: Path, count: int, rounds: int) -> str:
    """Both embedders over the same passages, taking turns."""
    texts = passages(data, count)
    own, other = LocalEmbedder(), ChromaDefault(reference)
    own.embed_now(texts[:8])
    other.embed(texts[:8])
    runs: dict[str, Callable[[list[str]], object]] = {"chroma": other.embed, "own": own.embed_now}
    spent: dict[str, list[float]] = {"own": [], "chroma": []}
    for _ in range(rounds):
        for name, run in runs.items():
            began = time.perf_counter()
            run(texts)
            spent[name].append(time.perf_counter() - began)
    rates = {name: len(texts) / statistics.median(seconds) for name, seconds in spent.items()}
    return (f"{len(texts)} passages, {rounds} rounds: own {rates['own']:.1f} a second, Chroma's default "
            f"{rates['chroma']:.1f} a second, ratio {rates['own'] / rates['chroma']:.2f}")


async def ask(data: Path, asked: Sequence[Asked]) -> str:
    """Whole extractive answers in this process, one after another, by a reader of the archive."""
    from service.wiring import build

    seconds: list[float] = []
    processor: list[float] = []
    async with build(Settings.load(data=data, model="extractive"), owner=False) as service:
        for place, one in enumerate([asked[-1], *asked]):
            began, worked = time.perf_counter(), time.process_time()
            async for _ in service.ask(one.question, as_of=one.as_of):
                pass
            if place:
                seconds.append(time.perf_counter() - began)
                processor.append(time.process_time() - worked)
    return f"{len(asked)} questions: {percentiles(seconds)}; processor {percentiles(processor)}"


async def over_http(url: str, asked: Sequence[Asked], others: Sequence[Asked], clients: int) -> str:
    """Distinct questions from several clients at once to a running `onrecord serve`, after it was asked `others` for a
    while, which has it start its processes.
    """

    async def client(session: httpx.AsyncClient, waiting: list[Asked], seconds: list[float]) -> None:
        while waiting:
            one = waiting.pop()
            body = {"question": one.question} | ({"as_of": one.as_of.isoformat()} if one.as_of else {})
            began = time.perf_counter()
            (await session.post("/v1/ask", json=body)).raise_for_status()
            seconds.append(time.perf_counter() - began)

    async def all_clients(session: httpx.AsyncClient, some: Sequence[Asked]) -> list[float]:
        waiting, seconds = list(some), list[float]()
        await asyncio.gather(*(client(session, waiting, seconds) for _ in range(clients)))
        return seconds

    async with httpx.AsyncClient(base_url=url, timeout=120) as session:
        began = time.perf_counter()
        while others and time.perf_counter() - began < WARM_SECONDS:
            await all_clients(session, others)
        began = time.perf_counter()
        seconds = await all_clients(session, asked)
        whole = time.perf_counter() - began
    return f"{len(asked)} questions, {clients} clients: {len(asked) / whole:.1f} a second, {percentiles(seconds)}"


async def archive(bench: Path, archives: Path) -> Path:
    """The folder of an archive of `realtimeqa-2022`, made where it is absent."""
    from evals.archives import digest, filled
    from evals.data.realtimeqa import articles
    from evals.suite import Options

    documents = articles(bench)
    options = Options(bench=bench, archives=archives, note=lambda text: print(text, file=sys.stderr))
    async with filled("realtimeqa", documents, options):
        return archives / f"realtimeqa-{digest(documents)}"


async def table(data: Path, file: Path, limit: int | None, clients: int) -> str:
    """Both ways of asking, as a table; each in a process that has been asked nothing before."""
    from evals.load import served

    given = ["--questions", str(file), *(["--limit", str(limit)] if limit else [])]

    def told(*arguments: str) -> str:
        return subprocess.run([sys.executable, "-m", "evals.speed", *arguments, *given], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.splitlines()[0]

    asked = await asyncio.to_thread(told, "ask", "--data", str(data))
    async with served(data) as url:
        over = await asyncio.to_thread(told, "http", "--url", url, "--clients", str(clients))
    return f"| | |\n|---|---|\n| whole `ask`, in process | {asked} |\n| over HTTP | {over} |"


def main() -> int:
    """Command line; see the module's docstring."""
    collect_seldom()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    of_embed, of_ask, of_http, of_bench = (kinds.add_parser(name) for name in ("embed", "ask", "http", "bench"))
    for one in (of_embed, of_ask):
        one.add_argument("--data", type=Path, required=True)
    of_bench.add_argument("--bench", type=Path, required=True)
    of_bench.add_argument("--data", type=Path)
    of_bench.add_argument("--archives", type=Path, default=default_folder(RUNS))
    of_embed.add_argument("--reference", type=Path, required=True)
    of_embed.add_argument("--passages", type=int, default=256)
    of_embed.add_argument("--rounds", type=int, default=3)
    of_http.add_argument("--url", required=True)
    for one in (of_http, of_bench):
        one.add_argument("--clients", type=int, default=8)
    for one in (of_ask, of_http):
        one.add_argument("--questions", type=Path, required=True)
    for one in (of_ask, of_http, of_bench):
        one.add_argument("--limit", type=int)
    given = parser.parse_args()
    if given.kind == "embed":
        told = embed(given.data, given.reference, given.passages, given.rounds)
    elif given.kind == "ask":
        told = asyncio.run(ask(given.data, questions(given.questions, given.limit)))
    elif given.kind == "bench":
        data = given.data or asyncio.run(archive(given.bench, given.archives))
        told = asyncio.run(table(data, given.bench / "realtimeqa-2022" / "questions.jsonl", given.limit, given.clients))
    else:
        asked = questions(given.questions, given.limit)
        others = [one for one in questions(given.questions, None) if one not in asked][:WARM_QUESTIONS]
        told = asyncio.run(over_http(given.url, asked, others, given.clients))
    print(told)
    print(" · ".join(f"{name}: {value}" for name, value in machine().items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
