"""How finding keeps up with an archive's size: `python -m evals.scale --source ARCHIVE --work FOLDER --questions FILE`.

One archive in FOLDER grows through the sizes (`--sizes`, in passages) by the real record and the real indexes. Its
articles are those of the source archive, again and again, each time with a third of its words exchanged for others of
the same length, other digits, another day, and vectors moved by noise; the first round is the source itself. One
without an outlet gets one of forty, some common and some rare. Nothing is embedded. Sentences' vectors are left out,
since finding doesn't read them. At each size a new process opens the archive as its owner, searches with real
questions (embedding each), takes in articles, and tells times and memory; the 20 nearest that it found are compared
with an exact search. A table is printed, and `--plot FILE` draws it.

A work folder that has grown before grows on. Times tell of this machine and what else runs on it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from evals.machine import ROOT, machine
from evals.plots import Curve, curves
from evals.speed import Asked, questions
from evals.variations import Variations
from service.adapters.embedded_store import EmbeddedStore
from service.adapters.local_embedder import LocalEmbedder
from service.adapters.record import SqlRecord
from service.articles.boilerplate import lines_of, quotes_of
from service.domain import Filters
from service.passages.archive import Archive
from service.passages.inbox import Upload
from service.ports import Draft, Scope
from service.settings import Settings

_BATCH = 256
_NEAREST = 20
_NEXT = "scale_next"
"""The record's note of the number of the next article."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process saw at one size. Times in seconds, memory in MB; lists are of one time for each question, and
    `processor` has the time of all threads for the kinds of work that it names."""

    passages: int
    articles: int
    opened: float
    first: float
    plain: list[float]
    dated: list[float]
    filtered: list[float]
    added: list[float]
    asked_after: list[float]
    processor: dict[str, list[float]]
    after_searches: float
    anonymous: float
    peak: float
    nearest: list[list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One size's figures: what was seen there, recall, MB on disk, seconds that filling took (None where it was full),
    and the load average before and after."""

    seen: Measured
    recall: float
    disk: float
    filled: float | None
    load: tuple[float, float]


def grow(source: Path, work: Path, passages: int) -> float:
    """Fill the archive up to so many passages; the seconds that it took."""
    began = time.perf_counter()
    settings = Settings.load(data=work)
    work.mkdir(parents=True, exist_ok=True)
    record = SqlRecord(settings.record_url)
    store = EmbeddedStore(work, record, owner=True)
    archive = Archive(record, store, LocalEmbedder())
    archive.prepare()
    variations = Variations(source)
    record.set_meta("fingerprint", archive.fingerprint)
    try:
        _, held = record.totals()
        waiting: list[Draft] = []
        origins: dict[str, tuple[str, str | None, str | None]] = {}
        told, version, reserved = time.monotonic(), 0, 0
        for number, article, cut, vectors, signature in variations.drafts(int(record.meta(_NEXT) or 0)):
            if held >= passages:
                break
            if version >= reserved:
                version = record.reserve(_BATCH)
                reserved = version + _BATCH
            chunks = tuple(replace(one, chunk_id=f"{article.file_id}.{version}.{one.position}") for one in cut)
            sketch = signature.partition(b"\n")[2][: json.loads(signature.partition(b"\n")[0])["lengths"][0]]
            waiting.append(Draft(article, version, chunks, vectors, archive.fingerprint, signature, sketch,
                                 lines_of(article), quotes_of(article)))
            origins[article.file_id] = (article.file_id, None, None)
            version += 1
            held += len(chunks)
            if len(waiting) >= _BATCH or held >= passages:
                _publish(record, store, waiting)
                record.set_meta(_NEXT, str(number + 1))
                waiting = []
                if time.monotonic() - told > 30:
                    told = time.monotonic()
                    print(f"{held:,} passages after {time.perf_counter() - began:,.0f} s", file=sys.stderr, flush=True)
        record.set_origins(origins)
        record.set_meta("origins_of_revision", str(record.revision()))
        store.settle()
    finally:
        store.close()
        record.close()
        variations.close()
    return time.perf_counter() - began


def _publish(record: SqlRecord, store: EmbeddedStore, drafts: Sequence[Draft]) -> None:
    """As an ingest publishes."""
    if drafts:
        record.stage(drafts)
        store.add([one for draft in drafts for one in draft.chunks], np.concatenate([d.vectors for d in drafts]))
        record.publish([(draft.article.file_id, draft.version) for draft in drafts])


class Stopwatch:
    """Wall and processor seconds by kind of work."""

    def __init__(self) -> None:
        self.wall: dict[str, list[float]] = defaultdict(list)
        self.processor: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def __call__(self, kind: str) -> Iterator[None]:
        """Measure a block."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall[kind].append(time.perf_counter() - wall)
        self.processor[kind].append(time.process_time() - processor)


async def measure(work: Path, source: Path, asked: Sequence[Asked], articles: int) -> Measured:
    """In this process: open as the owner, search, take in articles."""
    from service.wiring import build

    began = time.perf_counter()
    settings = Settings.load(data=work, model="extractive")
    async with build(settings, owner=True) as service:
        opened = time.perf_counter() - began
        await service.search(asked[0].question, limit=12)
        first = time.perf_counter() - began
        record, watch = SqlRecord(settings.record_url), Stopwatch()
        for name, filters in (("plain", None), ("dated", None), ("filtered", window(record))):
            for one in asked:
                with watch(name):
                    await service.search(one.question, limit=12, filters=filters,
                                         as_of=(one.as_of or date.today()) if name == "dated" else None)
        after_searches, anonymous = _memory("VmRSS"), _memory("RssAnon")
        variations, passages = Variations(source), record.totals()
        for number, (_, article, *_) in zip(range(articles), variations.drafts(7), strict=False):
            text = variations.varied(article.text).encode("utf-8", "replace")
            with watch("added"):
                await service.archive.add([Upload(f"added-{passages[1]}-{number}.txt", text)])
            with watch("asked after"):
                await service.search(asked[number].question, limit=12)
        variations.close()
        record.close()
        vectors = await LocalEmbedder().embed([one.question for one in asked])
        # The service's own store: opened twice, an archive would have two owners.
        nearest = [[hit.chunk_id for hit in service._store.nearest(vector, _NEAREST)] for vector in vectors]
    wall = watch.wall
    return Measured(passages[1], passages[0], opened, first, wall["plain"], wall["dated"], wall["filtered"],
                    wall["added"], wall["asked after"], dict(watch.processor), after_searches, anonymous,
                    _memory("VmHWM"), nearest)


def window(record: SqlRecord) -> Filters:
    """The middle third of the days, and the two outlets that have most articles."""
    entries = record.catalogue()
    days = sorted(entry.published for entry in entries if entry.published)
    names = Counter(entry.publisher for entry in entries if entry.publisher)
    common = sorted(names, key=lambda name: (-names[name], name))[:2]
    return Filters(published_after=days[len(days) // 3], published_before=days[2 * len(days) // 3],
                   publishers=tuple(common))


def _memory(which: str) -> float:
    """A line of /proc/self/status in MB."""
    found = re.search(rf"{which}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found.group(1)) / 1024 if found else float("nan")


def recall(work: Path, asked: Sequence[Asked], nearest: Sequence[Sequence[str]]) -> float:
    """How many of the exact nearest passages were among those found, at the mean. Exact is a product in float32 with
    all of the record's vectors, a piece at a time."""
    vectors = asyncio.run(LocalEmbedder().embed([one.question for one in asked]))
    best: list[list[tuple[float, str]]] = [[] for _ in asked]
    record = SqlRecord(Settings.load(data=work).record_url)
    try:
        entries = [entry for entry in record.catalogue() if entry.chunks]
        for start in range(0, len(entries), 500):
            ids, matrix = record.vectors(Scope({one.key: one.chunks for one in entries[start : start + 500]}))
            for own, scores in zip(best, vectors @ matrix.T, strict=True):
                top = np.argpartition(-scores, min(_NEAREST, len(scores)) - 1)[:_NEAREST]
                own[:] = sorted([*own, *((float(scores[row]), ids[row]) for row in top)], reverse=True)[:_NEAREST]
    finally:
        record.close()
    return float(np.mean([len({key for _, key in own} & set(found)) / _NEAREST
                          for own, found in zip(best, nearest, strict=True)]))


def p(seconds: Sequence[float], share: float) -> float:
    """A percentile in milliseconds."""
    return float(np.percentile(np.array(seconds) * 1000, share)) if seconds else float("nan")


def _two(seconds: Sequence[float]) -> str:
    return f"{p(seconds, 50):.0f} · {p(seconds, 95):.0f}"


def table(rows: Sequence[Row]) -> str:
    """The figures in Markdown, a column for each size."""
    seen = [row.seen for row in rows]
    told: list[tuple[str, list[str]]] = [
        ("passages · articles", [f"{one.passages:,} · {one.articles:,}" for one in seen]),
        ("load average before · after", [f"{row.load[0]:.1f} · {row.load[1]:.1f}" for row in rows])]
    for name, kind in (("search", "plain"), ("asked as of a day", "dated"), ("with dates and publishers", "filtered")):
        told += [(f"{name}, p50 · p95, ms", [_two(getattr(one, kind)) for one in seen]),
                 ("— of the processor", [_two(one.processor[kind]) for one in seen])]
    told += [
        ("20 nearest found of the exact", [f"{row.recall:.3f}" for row in rows]),
        ("one more article, median · most, s",
         [f"{p(one.added, 50) / 1000:.2f} · {max(one.added, default=0):.2f}" for one in seen]),
        ("— of the processor", [f"{p(one.processor['added'], 50) / 1000:.2f} · "
                                f"{max(one.processor['added'], default=0):.2f}" for one in seen]),
        ("the question after it, median, ms", [f"{p(one.asked_after, 50):.0f}" for one in seen]),
        ("open · first answer found, s", [f"{one.opened:.1f} · {one.first:.1f}" for one in seen]),
        ("memory after the searches · of it not of files, MB",
         [f"{one.after_searches:,.0f} · {one.anonymous:,.0f}" for one in seen]),
        ("most memory, MB", [f"{one.peak:,.0f}" for one in seen]),
        ("on disk, MB", [f"{row.disk:,.0f}" for row in rows]),
        ("filled in, s", ["—" if row.filled is None else f"{row.filled:,.0f}" for row in rows]),
    ]
    head = f"| | {' | '.join('' for _ in rows)} |\n|---|{'---:|' * len(rows)}\n"
    return head + "\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in told)


def plot(rows: Sequence[Row]) -> str:
    """Time and memory against size, both on logarithmic axes, as SVG."""
    seen = [row.seen for row in rows]

    def line(name: str, values: Sequence[float]) -> Curve:
        return Curve(name, [(one.passages, value) for one, value in zip(seen, values, strict=True)])

    return curves("Time and memory against the number of passages", [
        line("search, p95, ms", [p(one.plain, 95) for one in seen]),
        line("filtered, p95, ms", [p(one.filtered, 95) for one in seen]),
        line("one more article, ms", [p(one.added, 50) for one in seen]),
        line("open, ms", [one.opened * 1000 for one in seen]),
        line("memory, MB", [one.after_searches for one in seen]),
    ])


def _in_a_new_process(arguments: argparse.Namespace) -> Measured:
    command = [sys.executable, "-m", "evals.scale", "--alone", "--source", str(arguments.source), "--work",
               str(arguments.work), "--questions", str(arguments.questions), "--limit", str(arguments.limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    values: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Measured(**values)


def _row(arguments: argparse.Namespace, asked: Sequence[Asked], filled: float | None) -> Row:
    record = SqlRecord(Settings.load(data=arguments.work).record_url)
    # Made of articles as an earlier version read them, maybe, which finding doesn't mind.
    record.set_meta("fingerprint", Archive(record, EmbeddedStore(arguments.work, record, owner=False),
                                           LocalEmbedder()).fingerprint)
    record.close()
    before = os.getloadavg()[0]
    seen = _in_a_new_process(arguments)
    after = os.getloadavg()[0]
    disk = sum(file.stat().st_size for file in arguments.work.rglob("*") if file.is_file()) / 1e6
    return Row(replace(seen, nearest=[]), recall(arguments.work, asked, seen.nearest), disk, filled, (before, after))


def _kept(path: Path) -> list[Row]:
    """The rows of earlier runs."""
    if not path.exists():
        return []
    return [Row(Measured(**one.pop("seen")), **one) for one in json.loads(path.read_text("utf-8"))["rows"]]


def _keep(path: Path, new: Row) -> list[Row]:
    """Add a row, in place of one of much the same size."""
    rows = [row for row in _kept(path) if not 0.9 < row.seen.passages / new.seen.passages < 1.1]
    rows = sorted([*rows, new], key=lambda row: row.seen.passages)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine(), "rows": [asdict(row) for row in rows]}, indent=1) + "\n", "utf-8")
    return rows


def main() -> int:
    """Command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--limit", type=int, default=100, help="questions at each size")
    parser.add_argument("--results", type=Path, default=Path("evals/runs/scale.json"), help="where figures are kept")
    parser.add_argument("--plot", type=Path, help="draw the kept figures; without --work nothing is measured")
    parser.add_argument("--measure", action="store_true", help="measure the archive as it is, without filling it")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    rows = _kept(arguments.results)
    if arguments.work is not None:
        asked = questions(arguments.questions, arguments.limit)
        if arguments.alone:
            print(json.dumps(asdict(asyncio.run(measure(arguments.work, arguments.source, asked, 5)))))
            return 0
        for size in [0] if arguments.measure else sorted(arguments.sizes):
            filled = None if arguments.measure else grow(arguments.source, arguments.work, size)
            rows = _keep(arguments.results, _row(arguments, asked, filled))
    print(table(rows))
    if arguments.plot:
        arguments.plot.write_text(plot(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
