"""The article's body out of a web page: trafilatura-400, through the service's own reader of HTML."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from evals.data import trafilatura
from evals.data.trafilatura import WebPage
from evals.metrics.extraction import Segments, count_segments, extraction, precision_recall_f
from evals.metrics.score import Score
from evals.suite import Case, NotSupported, Options, Result, Row, Solver, Suite
from service.articles.read import SUFFIXES, read_bytes
from service.domain import QUOTABLE, Article
from service.errors import OnRecordError


def _cases(options: Options) -> list[Case]:
    return [
        Case(
            page.url,
            {
                "wanted": list(page.wanted),
                "unwanted": list(page.unwanted),
                "title": page.title,
                "author": page.author,
                "published": page.published,
            },
        )
        for page in trafilatura.pages(options.bench)
    ]


def _read(page: WebPage) -> Article | None:
    try:
        return read_bytes(page.html(), source="evals", filename="page.html")
    except OnRecordError:
        return None


def _segments(rows: Sequence[Row]) -> list[Segments]:
    return [Segments(**row["output"]["segments"]) for row in rows]


@asynccontextmanager
async def _opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    if ".html" not in SUFFIXES:
        raise NotSupported("the service has no reader of .html yet")
    pages = {page.url: page for page in trafilatura.pages(options.bench)}

    async def solve(case: Case) -> Result:
        article = await asyncio.to_thread(_read, pages[case.id])
        text = "\n".join(article.text[s.start : s.end] for s in article.spans if s.kind in QUOTABLE) if article else ""
        found = count_segments(text, case.input["wanted"], case.input["unwanted"])
        scores = extraction(found)
        told = {
            "title": article.title.value if article and article.title else None,
            "author": article.author.value if article and article.author else None,
            "published": article.published.value.isoformat() if article and article.published else None,
        }
        for name, value in told.items():
            gold = case.input[name]
            fits = (value or "").casefold().strip() == (gold or "").casefold().strip()
            scores[name] = Score(float(fits), f"{value!r}, not {gold!r}") if gold else Score(None, "not noted")
        segments = {"kept": found.kept, "lost": found.lost, "leaked": found.leaked, "dropped": found.dropped}
        return Result({"segments": segments, **told}, scores, [{"label": "read", "text": text[:2000]}])

    yield Solver(solve)


TRAFILATURA = Suite(
    "extraction-trafilatura",
    "trafilatura-400: wanted segments kept, unwanted dropped",
    "f",
    _cases,
    _opened,
    aggregates={
        "precision": lambda rows: precision_recall_f(_segments(rows))[0],
        "recall": lambda rows: precision_recall_f(_segments(rows))[1],
        "f": lambda rows: precision_recall_f(_segments(rows))[2],
    },
)
