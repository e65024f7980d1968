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
import hashlib
import json
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from evals.machine import ROOT, machine
from evals.plots import Curve, curves
from evals.speed import Asked, questions
from service.adapters.embedded_store import EmbeddedStore
from service.adapters.local_embedder import LocalEmbedder
from service.adapters.record import SqlRecord
from service.articles.boilerplate import lines_of, quotes_of
from service.domain import Article, Chunk, Filters, Sourced
from service.passages.archive import Archive
from service.passages.inbox import Upload
from service.ports import Draft, Vectors
from service.settings import Settings

SEED = 20261122
NOISE = 0.35
"""Length of the noise that moves a unit vector: a cosine of about .94 to the passage that it was made from."""

_EXCHANGED = 0.34
_WORD = re.compile(r"[A-Za-z]{4,}|\d")
_BATCH = 64
_NEAREST = 20
_NEXT = "scale_next"
"""The record's note of the number of the next article."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process saw at one size. Times in seconds, memory in MB; lists are of one time for each question."""

    passages: int
    articles: int
    opened: float
    first: float
    plain: list[float]
    dated: list[float]
    filtered: list[float]
    added: list[float]
    asked_after: list[float]
    after_searches: float
    peak: float
    nearest: list[list[str]]


class Variations:
    """Articles of a source archive and, from the second round on, others made from them."""

    def __init__(self, source: Path) -> None:
        self._record = SqlRecord(Settings.load(data=source).record_url)
        self._files = sorted(one.file_id for one in self._record.known())
        self._numbers = np.random.default_rng(SEED)
        self._choice = random.Random(SEED)
        self._words: dict[int, list[str]] = defaultdict(list)

    def drafts(self, first: int) -> Iterator[tuple[int, Article, tuple[Chunk, ...], Vectors, bytes]]:
        """From the `first` on without end: its number, an article, its chunks, their vectors, its signature."""
        number = first
        while True:
            turn, place = divmod(number, len(self._files))
            file_id = self._files[place]
            article, _ = self._record.readings([file_id])[file_id]
            ids, vectors = self._record.vectors(self._record.within(Filters(file_ids=(file_id,))))
            chunks = tuple(chunk for chunk, _ in self._record.passages(ids).values())
            signature = self._record.signed([file_id])[0].signature
            self._learn(article.text)
            if turn:
                article, chunks = self._varied(article, chunks, f"{file_id}r{turn}", turn)
                vectors, signature = self._moved(vectors), self._unlike(signature)
            if article.publisher is None:
                outlet = f"Outlet {min(int(self._choice.expovariate(0.2)), 40)}"
                article = replace(article, publisher=Sourced(outlet, "caller"))
            if chunks:
                yield number, article, chunks, vectors, signature
            number += 1

    def _learn(self, text: str) -> None:
        """Remember some of a text's words for the exchange."""
        for word in _WORD.findall(text)[:60]:
            known = self._words[len(word)]
            if len(known) < 20_000:
                known.append(word)

    def varied(self, text: str) -> str:
        """A text of the same length with other digits and a third of its words exchanged."""

        def other(found: re.Match[str]) -> str:
            word = found.group()
            if word.isdigit():
                return str(self._choice.randrange(10))
            if self._choice.random() > _EXCHANGED or not self._words.get(len(word)):
                return word
            taken = self._choice.choice(self._words[len(word)])
            return taken.capitalize() if word[0].isupper() else taken.lower()

        return _WORD.sub(other, text)

    def _varied(self, article: Article, chunks: Sequence[Chunk], file_id: str, turn: int
                ) -> tuple[Article, tuple[Chunk, ...]]:
        text = self.varied(article.text)
        published = article.published
        if published is not None:
            day = published.value + timedelta(days=self._choice.randrange(-400, 400))
            published = Sourced(day, published.found_in)
        made = replace(article, file_id=file_id, filename=f"{turn}-{article.filename}", path=None, text=text,
                       sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), published=published,
                       origin_id="", reprint_of=None, update_of=None)
        return made, tuple(replace(one, file_id=file_id, text=text[one.start : one.end]) for one in chunks)

    def _moved(self, vectors: Vectors) -> Vectors:
        noise = self._numbers.standard_normal(vectors.shape).astype(np.float32)
        moved: Vectors = vectors + noise * (NOISE / np.linalg.norm(noise, axis=1, keepdims=True))
        unit: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return unit

    def _unlike(self, signature: bytes) -> bytes:
        """A signature that has another article's MinHash, as unrelated texts have."""
        head, _, rest = signature.partition(b"\n")
        length = json.loads(head)["lengths"][0]
        return head + b"\n" + self._numbers.bytes(length) + rest[length:]

    def close(self) -> None:
        """Let the source go."""
        self._record.close()


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
        told = time.monotonic()
        for number, article, cut, vectors, signature in variations.drafts(int(record.meta(_NEXT) or 0)):
            if held >= passages:
                break
            version = record.reserve(1)
            chunks = tuple(replace(one, chunk_id=f"{article.file_id}.{version}.{one.position}") for one in cut)
            sketch = signature.partition(b"\n")[2][: json.loads(signature.partition(b"\n")[0])["lengths"][0]]
            waiting.append(Draft(article, version, chunks, vectors, archive.fingerprint, signature, sketch,
                                 lines_of(article), quotes_of(article)))
            origins[article.file_id] = (article.file_id, None, None)
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


async def measure(work: Path, source: Path, asked: Sequence[Asked], articles: int) -> Measured:
    """In this process: open as the owner, search, take in articles."""
    from service.wiring import build

    began = time.perf_counter()
    settings = Settings.load(data=work, model="extractive")
    async with build(settings, owner=True) as service:
        opened = time.perf_counter() - began
        await service.search(asked[0].question, limit=12)
        first = time.perf_counter() - began
        record = SqlRecord(settings.record_url)
        # The service's own store: opened twice, an archive would have two owners.
        store = service._store
        days = sorted(entry.published for entry in record.catalogue() if entry.published)
        names = [entry.publisher for entry in record.catalogue() if entry.publisher]
        common = sorted(set(names), key=lambda name: (-names.count(name), name))[:2]
        window = Filters(published_after=days[len(days) // 3], published_before=days[2 * len(days) // 3],
                         publishers=tuple(common))
        spent: dict[str, list[float]] = {}
        for name, filters, dated in (("plain", None, False), ("dated", None, True), ("filtered", window, False)):
            spent[name] = []
            for one in asked:
                began = time.perf_counter()
                await service.search(one.question, limit=12, filters=filters,
                                     as_of=(one.as_of or date.today()) if dated else None)
                spent[name].append(time.perf_counter() - began)
        after_searches = _memory("VmRSS")
        variations = Variations(source)
        added, asked_after = [], []
        passages = record.totals()
        for number, (_, article, *_) in zip(range(articles), variations.drafts(7), strict=False):
            text = variations.varied(article.text)
            began = time.perf_counter()
            await service.archive.add([Upload(f"added-{number}.txt", text.encode("utf-8", "replace"))])
            added.append(time.perf_counter() - began)
            began = time.perf_counter()
            await service.search(asked[number].question, limit=12)
            asked_after.append(time.perf_counter() - began)
        variations.close()
        record.close()
        vectors = await LocalEmbedder().embed([one.question for one in asked])
        nearest = [[hit.chunk_id for hit in store.nearest(vector, _NEAREST)] for vector in vectors]
    return Measured(passages[1], passages[0], opened, first, spent["plain"], spent["dated"], spent["filtered"], added,
                    asked_after, after_searches, _memory("VmHWM"), nearest)


def _memory(which: str) -> float:
    """A line of /proc/self/status in MB."""
    found = re.search(rf"{which}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found.group(1)) / 1024 if found else float("nan")


def recall(work: Path, asked: Sequence[Asked], nearest: Sequence[Sequence[str]]) -> float:
    """How many of the exact nearest passages were among those found, at the mean."""
    record = SqlRecord(Settings.load(data=work).record_url)
    try:
        ids, matrix = record.vectors()
    finally:
        record.close()
    vectors = asyncio.run(LocalEmbedder().embed([one.question for one in asked]))
    shares = []
    for vector, found in zip(vectors, nearest, strict=True):
        scores = matrix @ vector
        top = np.argpartition(-scores, _NEAREST - 1)[:_NEAREST]
        shares.append(len({ids[row] for row in top} & set(found)) / _NEAREST)
    return float(np.mean(shares))


def p(seconds: Sequence[float], share: float) -> float:
    """A percentile in milliseconds."""
    return float(np.percentile(np.array(seconds) * 1000, share)) if seconds else float("nan")


def table(found: Sequence[tuple[Measured, float, float, float]]) -> str:
    """The figures in Markdown, a column for each size."""
    rows: list[tuple[str, list[str]]] = [
        ("passages · articles", [f"{one.passages:,} · {one.articles:,}" for one, *_ in found]),
        ("search, p50 · p95, ms", [f"{p(one.plain, 50):.0f} · {p(one.plain, 95):.0f}" for one, *_ in found]),
        ("asked as of a day", [f"{p(one.dated, 50):.0f} · {p(one.dated, 95):.0f}" for one, *_ in found]),
        ("with dates and publishers", [f"{p(one.filtered, 50):.0f} · {p(one.filtered, 95):.0f}" for one, *_ in found]),
        ("20 nearest found of the exact", [f"{share:.3f}" for _, share, *_ in found]),
        ("one more article, median · most, s",
         [f"{p(one.added, 50) / 1000:.2f} · {max(one.added, default=0):.2f}" for one, *_ in found]),
        ("the question after it, median, ms", [f"{p(one.asked_after, 50):.0f}" for one, *_ in found]),
        ("open · first answer found, s", [f"{one.opened:.1f} · {one.first:.1f}" for one, *_ in found]),
        ("memory after the searches · most, MB", [f"{one.after_searches:,.0f} · {one.peak:,.0f}" for one, *_ in found]),
        ("on disk, MB", [f"{disk:,.0f}" for *_, disk, _ in found]),
        ("filled in, s", [f"{seconds:,.0f}" for *_, seconds in found]),
    ]
    head = f"| | {' | '.join('' for _ in found)} |\n|---|{'---:|' * len(found)}\n"
    return head + "\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)


def plot(found: Sequence[tuple[Measured, float, float, float]]) -> str:
    """Time and memory against size, both on logarithmic axes, as SVG."""
    sizes = [one.passages for one, *_ in found]
    return curves("Time and memory against the number of passages", [
        Curve("search, p95, ms", list(zip(sizes, [p(one.plain, 95) for one, *_ in found], strict=True))),
        Curve("filtered, p95, ms", list(zip(sizes, [p(one.filtered, 95) for one, *_ in found], strict=True))),
        Curve("one more article, ms", list(zip(sizes, [p(one.added, 50) for one, *_ in found], strict=True))),
        Curve("open, ms", list(zip(sizes, [one.opened * 1000 for one, *_ in found], strict=True))),
        Curve("memory, MB", list(zip(sizes, [one.after_searches for one, *_ in found], strict=True))),
    ])


def _in_a_new_process(arguments: argparse.Namespace) -> Measured:
    command = [sys.executable, "-m", "evals.scale", "--measure", "--source", str(arguments.source), "--work",
               str(arguments.work), "--questions", str(arguments.questions), "--limit", str(arguments.limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    values: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Measured(**values)


def main() -> int:
    """Command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--limit", type=int, default=100, help="questions at each size")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--measure", action="store_true", help="measure the archive as it is, as JSON")
    arguments = parser.parse_args()
    asked = questions(arguments.questions, arguments.limit)
    if arguments.measure:
        print(json.dumps(asdict(asyncio.run(measure(arguments.work, arguments.source, asked, 5)))))
        return 0
    found = []
    print(json.dumps(machine()))
    for size in sorted(arguments.sizes):
        seconds = grow(arguments.source, arguments.work, size)
        seen = _in_a_new_process(arguments)
        disk = sum(file.stat().st_size for file in arguments.work.rglob("*") if file.is_file()) / 1e6
        found.append((seen, recall(arguments.work, asked, seen.nearest), disk, seconds))
        print(table(found), flush=True)
        if arguments.plot:
            arguments.plot.write_text(plot(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
