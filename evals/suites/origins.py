"""Which articles are one text: known near-duplicates, and pairs of crawled articles that were judged by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Final

from evals.data import minhash, realtimeqa
from evals.metrics.labels import Counts
from evals.metrics.score import Score
from evals.subject import Document
from evals.suite import Aggregate, Case, Options, Result, Row, Solver, Suite
from service.articles.origins import Signature, group, relation, signature
from service.articles.read import read_bytes
from service.domain import Sourced

SIZES: Final = (100, 2500)
VERDICTS: Final = Path(__file__).resolve().parent.parent / "spans" / "related.jsonl"
"""Pairs of articles of realtimeqa-2022 by their ids, and what the second is to the first by hand."""


def _cases(options: Options) -> list[Case]:
    return [Case(str(size), {"documents": len(minhash.duplicates(options.bench, size).texts)}) for size in SIZES]


def _signed(name: str, text: str) -> Signature:
    return signature(read_bytes(text.encode(), source="evals", filename=f"{name}.txt"))


def _grouped(found: minhash.Duplicates) -> set[tuple[str, str]]:
    """The pairs of documents that share an origin."""
    origins = group([_signed(name, text) for name, text in found.texts.items()])
    names: dict[str, list[str]] = {}
    for name, text in found.texts.items():
        file_id = read_bytes(text.encode(), source="evals", filename=f"{name}.txt").file_id
        names.setdefault(origins[file_id].origin_id, []).append(name)
    return {(a, b) for members in names.values() for a, b in combinations(sorted(members), 2)}


@asynccontextmanager
async def _opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    async def solve(case: Case) -> Result:
        known = minhash.duplicates(options.bench, int(case.id))
        found = await asyncio.to_thread(_grouped, known)
        counts = Counts(len(found & known.pairs), len(found - known.pairs), len(known.pairs - found))
        why = f"{counts.right} pairs right, {counts.wrong} wrong, {counts.missed} missed"
        scores = {"precision": Score(counts.precision, why), "recall": Score(counts.recall, why)}
        return Result({"right": counts.right, "wrong": counts.wrong, "missed": counts.missed}, scores)

    yield Solver(solve)


def _judged(options: Options) -> list[Case]:
    """The judged pairs whose articles are in the set."""
    there = {one.key for one in realtimeqa.articles(options.bench)}
    lines = [json.loads(line) for line in VERDICTS.read_text("utf-8").splitlines()]
    return [
        Case(f"{line['first']}-{line['second']}", line) for line in lines if {line["first"], line["second"]} <= there
    ]


def _dated(document: Document) -> Signature | None:
    """The signature of a crawled article with the date and address that came with it."""
    article = read_bytes(document.text.encode(), source="evals", filename=f"{document.key}.txt")
    published = Sourced(document.published, "caller") if document.published else None
    return signature(replace(article, published=published, url=document.url))


@asynccontextmanager
async def _opened_pairs(options: Options, cases: Sequence[Case]) -> AsyncIterator[Solver]:
    wanted = {case.input[side] for case in cases for side in ("first", "second")}
    documents = {one.key: one for one in realtimeqa.articles(options.bench) if one.key in wanted}

    def solved(case: Case) -> Result:
        first, second = (_dated(documents[case.input[side]]) for side in ("first", "second"))
        found = relation(first, second) if first and second else None
        right = found == case.input["relation"]
        return Result({"relation": found, "wanted": case.input["relation"]},
                      {"right": Score(float(right), f"{found}, not {case.input['relation']}" if not right else "")})

    async def solve(case: Case) -> Result:
        return await asyncio.to_thread(solved, case)

    yield Solver(solve)


def _links(rows: Sequence[Row]) -> Counts:
    """Pairs that are linked: rightly, wrongly (or as the other kind), and those that should be and aren't."""
    pairs = [(row["output"]["wanted"], row["output"]["relation"]) for row in rows]
    return Counts(
        sum(found is not None and found == wanted for wanted, found in pairs),
        sum(found is not None and found != wanted for wanted, found in pairs),
        sum(found is None and wanted is not None for wanted, found in pairs),
    )


_AGGREGATES: dict[str, Aggregate] = {
    "precision": lambda rows: _links(rows).precision,
    "recall": lambda rows: _links(rows).recall,
}
ORIGINS_MINHASH = Suite(
    "origins-minhash", "minhash: near-duplicates found among 100 and 2,500 documents", "precision", _cases, _opened
)
ORIGINS_REALTIMEQA = Suite(
    "origins-realtimeqa", "realtimeqa-2022: copies, updates and neither, in pairs judged by hand", "right", _judged,
    _opened_pairs, aggregates=_AGGREGATES,
)  # fmt: skip
