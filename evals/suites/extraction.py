"""The article's body out of a web page: trafilatura-400, through the service's own reader of HTML."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

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


def _plain(value: str | list[str] | None) -> str:
    """A value of metadata without case and with single blanks; several names as one."""
    return " ".join(("; ".join(value) if isinstance(value, list) else value or "").casefold().split())


def _share(rows: Sequence[Row], field: str, base: str) -> float:
    """Of the pages where a person noted this field: right values among those `given`, or among all `noted`."""
    fields = [row["output"]["fields"][field] for row in rows]
    of = sum(one[base] for one in fields)
    return sum(one["right"] for one in fields) / of if of else 0.0


FIELDS = ("title", "author", "published")


@asynccontextmanager
async def _opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    if ".html" not in SUFFIXES:
        raise NotSupported("the service has no reader of .html yet")
    pages = {page.url: page for page in trafilatura.pages(options.bench)}

    async def solve(case: Case) -> Result:
        article = await asyncio.to_thread(_read, pages[case.id])
        spans = [span for span in article.spans if span.kind in QUOTABLE] if article else []
        text = "\n".join(article.text[span.start : span.end] for span in spans) if article else ""
        found = count_segments(text, case.input["wanted"], case.input["unwanted"])
        scores = extraction(found)
        told = {
            "title": article.title.value if article and article.title else None,
            "author": article.author.value if article and article.author else None,
            "published": article.published.value.isoformat() if article and article.published else None,
        }
        fields = {}
        for name, value in told.items():
            gold = _plain(case.input[name])
            fits = bool(value) and _plain(value) == gold
            scores[name] = Score(float(fits), f"{value!r}, not {gold!r}") if gold else Score(None, "not noted")
            fields[name] = {"noted": bool(gold), "given": bool(gold and value), "right": bool(gold) and fits}
        segments = {"kept": found.kept, "lost": found.lost, "leaked": found.leaked, "dropped": found.dropped}
        output = {"segments": segments, "fields": fields, **told}
        return Result(output, scores, [{"label": "read", "text": text[:2000]}])

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
        **{
            f"{field}_{name}": partial(_share, field=field, base=base)
            for field in FIELDS
            for name, base in (("precision", "given"), ("recall", "noted"))
        },
    },
)
