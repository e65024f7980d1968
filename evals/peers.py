"""The service beside its peers: the same passages and questions, in one run, taking turns.

    make eval-peers BENCH=path [WEIGHTS=dir] [LIMIT=n] [DOCUMENTS=n] [SEED=0]

Peers are Chroma's own default path (its embedding function, every text padded to 256 tokens, and its index) and plain
BM25 (bm25s, stemmed). The passages are those that the service cuts, each with its header, as the service embeds them.
`WEIGHTS` is a folder with `model.onnx` and `tokenizer.json`: what `scripts/build_embedder.py --keep-fp32` writes (the
original weights in float32), or the folder `onnx` of Chroma's own download. Without it Chroma's way is fed with the
project's quantized weights, and the output says so. Nothing is downloaded.

Embedding is timed block by block, all that embed taking turns on the same block, and so is each question. Told are
medians, and the median of the ratios to the service.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

import snowballstemmer

from evals.chroma_default import ChromaDefault
from evals.cli import RUNS, guarded
from evals.data import multihop, realtimeqa
from evals.data.bench import Absent
from evals.machine import git_commit, machine
from evals.metrics.ranking import recall_at
from evals.run import new_folder, write_json
from evals.subject import Configuration, Document, Subject, over_documents
from evals.suite import Options
from evals.suites.retrieval import reduced
from service.adapters.local_embedder import ASSETS, LocalEmbedder
from service.adapters.record import SqlRecord
from service.errors import UsageError
from service.passages.chunk import embedding_text

DEPTH, RANKS, BLOCK = 100, (1, 5, 10), 64
"""Passages asked for; ranks of recall; passages embedded in one turn."""
OURS: Final = "OnRecord"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the day on which it is asked, and the keys of the articles that answer it."""

    question: str
    asked: date | None
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as the service cut it: its article's key, and its text with the header, as it is embedded."""

    key: str
    text: str


class Peer(Protocol):
    """Something that indexes passages and finds them."""

    @property
    def name(self) -> str: ...
    async def find(self, asked: Asked) -> list[str]:
        """The articles' keys of the best passages, best first, an article as often as it is found."""
        ...


class Bm25:
    """BM25 by bm25s (Lucene's variant) over Porter stems, English stop words left out."""

    name = "BM25 (bm25s, stemmed)"

    def __init__(self, entries: Sequence[Entry]) -> None:
        try:
            self._bm25s: Any = importlib.import_module("bm25s")
        except ImportError as error:
            raise UsageError("bm25s is not installed", advice="run `make eval-peers`, which installs it") from error
        self._stemmer = snowballstemmer.stemmer("english")
        self._keys = [entry.key for entry in entries]
        self._index = self._bm25s.BM25()
        self._index.index(self._tokens([entry.text for entry in entries]), show_progress=False)

    async def find(self, asked: Asked) -> list[str]:
        """Keys of the best passages."""
        tokens = self._tokens([asked.question])
        found, _ = self._index.retrieve(tokens, k=min(DEPTH, len(self._keys)), show_progress=False)
        return [self._keys[int(place)] for place in found[0]]

    def _tokens(self, texts: list[str]) -> Any:
        return self._bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)


class Ours:
    """The service's own search, with each question's day or without dates."""

    def __init__(self, subject: Subject, *, dated: bool) -> None:
        self._subject, self._dated = subject, dated
        self.name = f"{OURS}, with the question's day" if dated else OURS

    async def find(self, asked: Asked) -> list[str]:
        """Keys of the best passages."""
        found = await self._subject.passages(asked.question, DEPTH, as_of=asked.asked if self._dated else None)
        return [passage.source.file_id for passage in found]


@dataclass(slots=True)
class Told:
    """What one system came to: recall by rank, and seconds for each turn of embedding and each question."""

    recall: dict[int, float] = field(default_factory=dict)
    embedding: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)


def realtimeqa_set(options: Options) -> tuple[list[Document], list[Asked]]:
    """Articles and those questions whose gold article is known. Raises Absent."""
    every = [q for q in realtimeqa.questions(options.bench) if q.gold_articles]
    asked = [Asked(q.question, q.asked, q.gold_articles) for q in _drawn(every, options)]
    needed = {key for one in asked for key in one.gold}
    return reduced(realtimeqa.articles(options.bench), needed, options), asked


def multihop_set(options: Options) -> tuple[list[Document], list[Asked]]:
    """Facts, each an article of its own, and the questions that need some of them. Raises Absent."""
    documents = multihop.facts(options.bench)
    keys: dict[str, set[str]] = {}
    for document in documents:
        keys.setdefault(document.text, set()).add(document.key)
    every = [q for q in multihop.questions(options.bench) if q.answerable]
    asked = [Asked(q.question, None, frozenset(key for fact in q.facts for key in keys[fact]))
             for q in _drawn(every, options)]
    needed = {key for one in asked for key in one.gold}
    return reduced(documents, needed, options), asked


SETS: Final[Mapping[str, Callable[[Options], tuple[list[Document], list[Asked]]]]] = {
    "realtimeqa": realtimeqa_set,
    "multihop": multihop_set,
}


def _drawn(questions: Sequence[Any], options: Options) -> list[Any]:
    if options.limit is None or options.limit >= len(questions):
        return list(questions)
    return [questions[i] for i in sorted(random.Random(options.seed).sample(range(len(questions)), options.limit))]


async def compared(name: str, options: Options, weights: Path) -> dict[str, Any]:
    """One set by every system: passages, questions, and what each came to. Raises Absent, UsageError."""
    documents, questions = SETS[name](options)
    began = time.perf_counter()
    async with over_documents(documents, options.configuration) as subject:
        ingest = time.perf_counter() - began
        entries = await asyncio.to_thread(_entries, subject)
        told: dict[str, Told] = {}
        chroma = ChromaDefault(weights)
        own = LocalEmbedder()
        turns: dict[str, Callable[[list[str]], Any]] = {OURS: own.embed_now, chroma.name: chroma.embed}
        vectors = await asyncio.to_thread(_embedded, entries, turns, told, options.note)
        chroma.index([entry.key for entry in entries], vectors[chroma.name])
        peers: list[Peer] = [Ours(subject, dated=False), _Chroma(chroma), Bm25(entries)]
        if any(one.asked for one in questions):
            peers.append(Ours(subject, dated=True))
        await _asked(peers, questions, told)
        fresh = await asyncio.to_thread(chroma.fresh_seconds, [one.question for one in questions[:5]])
    return {
        "set": name,
        "articles": len(documents),
        "passages": len(entries),
        "questions": len(questions),
        "ingest_passages_per_second": round(len(entries) / ingest, 2),
        "chroma_weights": chroma.weights,
        "chroma_default_questions_per_second": round(1 / statistics.median(fresh), 2),
        "systems": {name: _figures(one, told[OURS]) for name, one in told.items()},
    }


def _entries(subject: Subject) -> list[Entry]:
    """Every passage of the archive, article by article."""
    record = SqlRecord(subject.settings.record_url)
    try:
        return [Entry(chunk.file_id, embedding_text(chunk)) for chunks, _ in record.chunks() for chunk in chunks]
    finally:
        record.close()


def _embedded(
    entries: Sequence[Entry],
    turns: Mapping[str, Callable[[list[str]], Any]],
    told: dict[str, Told],
    note: Callable[[str], None],
) -> dict[str, list[Any]]:
    """All passages embedded by each, block by block in turn; who begins changes from block to block."""
    vectors: dict[str, list[Any]] = {name: [] for name in turns}
    names = list(turns)
    for embed in turns.values():
        embed(["the model is loaded before the clock runs"])
    for number, start in enumerate(range(0, len(entries), BLOCK)):
        block = [entry.text for entry in entries[start : start + BLOCK]]
        for name in names[number % len(names) :] + names[: number % len(names)]:
            began = time.perf_counter()
            vectors[name].extend(turns[name](block))
            told.setdefault(name, Told()).embedding.append((time.perf_counter() - began) / len(block))
        note(f"{min(start + BLOCK, len(entries))} of {len(entries)} passages are embedded")
    return vectors


async def _asked(peers: Sequence[Peer], questions: Sequence[Asked], told: dict[str, Told]) -> None:
    """Every question asked of each in turn."""
    hits: dict[str, dict[int, list[float]]] = {peer.name: {rank: [] for rank in RANKS} for peer in peers}
    for peer in peers:
        await peer.find(questions[0])
    for number, one in enumerate(questions):
        shift = number % len(peers)
        for peer in [*peers[shift:], *peers[:shift]]:
            began = time.perf_counter()
            found = await peer.find(one)
            told.setdefault(peer.name, Told()).asking.append(time.perf_counter() - began)
            for rank in RANKS:
                hits[peer.name][rank].append(recall_at(found, one.gold, rank).value or 0.0)
    for name, ranks in hits.items():
        told[name].recall = {rank: sum(values) / len(values) for rank, values in ranks.items()}


@dataclass(frozen=True, slots=True)
class _Chroma:
    """Chroma as a peer."""

    chroma: ChromaDefault

    @property
    def name(self) -> str:
        return self.chroma.name

    async def find(self, asked: Asked) -> list[str]:
        """Keys of the best passages."""
        return await asyncio.to_thread(self.chroma.find, asked.question, DEPTH)


def _figures(one: Told, ours: Told) -> dict[str, Any]:
    """Medians, and the median over turns of how many times as fast the service is (below 1: slower)."""

    def ratio(theirs: Sequence[float], mine: Sequence[float]) -> float | None:
        return round(statistics.median(a / b for a, b in zip(theirs, mine, strict=True)), 3) if theirs else None

    def rate(seconds: Sequence[float]) -> float | None:
        return round(1 / statistics.median(seconds), 2) if seconds else None

    return {
        "recall": {str(rank): round(value, 4) for rank, value in one.recall.items()},
        "passages_per_second": rate(one.embedding),
        "embedding_ratio": ratio(one.embedding, ours.embedding),
        "questions_per_second": rate(one.asking),
        "asking_ratio": ratio(one.asking, ours.asking),
    }


def markdown(told: Mapping[str, Any]) -> list[str]:
    """One set's figures as a Markdown table."""

    def cell(value: float | None, form: str = "{:.1f}") -> str:
        return "–" if value is None else form.format(value)

    lines = [
        f"**{told['set']}**: {told['questions']} questions, {told['articles']} articles, {told['passages']} passages. "
        f"Chroma is fed with {told['chroma_weights']}. Whole ingest by the service: "
        f"{told['ingest_passages_per_second']:.1f} passages a second.",
        "",
        "| system | R@1 | R@5 | R@10 | passages/s | service is × as fast | questions/s | service is × as fast |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in told["systems"].items():
        found = " | ".join(f"{one['recall'][str(rank)]:.3f}" for rank in RANKS)
        lines.append(
            f"| {name} | {found} | {cell(one['passages_per_second'])} | {cell(one['embedding_ratio'], '{:.2f}')} | "
            f"{cell(one['questions_per_second'])} | {cell(one['asking_ratio'], '{:.2f}')} |"
        )
    fresh = told["chroma_default_questions_per_second"]
    return [*lines, "", "Chroma's `DefaultEmbeddingFunction` loads its model for every call; asked that way it answers "
                        f"{fresh:.1f} questions a second. The row above keeps the model loaded."]  # fmt: skip


def main() -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of the outside data sets")
    parser.add_argument("--weights", type=Path, help="folder of the original weights for Chroma's way")
    parser.add_argument("--limit", type=int, help="questions of each set, drawn with the seed")
    parser.add_argument("--documents", type=int, help="the articles that the questions need and so many others")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--runs", type=Path, default=RUNS)
    asked = parser.parse_args()

    def note(text: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{text}", end="", file=sys.stderr, flush=True)

    def work() -> int:
        options = Options(Configuration({"model": "extractive"}), bench=asked.bench, limit=asked.limit,
                          documents=asked.documents, seed=asked.seed, note=note)  # fmt: skip
        folder = new_folder(asked.runs, "peers")
        told: dict[str, Any] = {"git": git_commit(), "machine": machine(), "seed": asked.seed, "limit": asked.limit,
                                "documents": asked.documents, "sets": []}
        for name in asked.sets:
            try:
                told["sets"].append(asyncio.run(compared(name, options, asked.weights or ASSETS)))
            except Absent as reason:
                raise UsageError(str(reason), advice="pass --bench PATH") from reason
            write_json(folder / "peers.json", told)
            print("\n".join(["", *markdown(told["sets"][-1])]))
        print(f"\nrun: {folder}\n{json.dumps(told['machine'])}")
        return 0

    return guarded(work)


if __name__ == "__main__":
    sys.exit(main())
