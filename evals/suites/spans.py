"""What a page without markup is made of: each line's kind and the page's metadata, on pages written for this
project, and what of a crawl holds no article."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date

from evals.data.labelled import FIELDS, Half, Labelled, labelled
from evals.metrics.labels import EVIDENCE, Counts, kind_counts, mean_f, right_kind, value_counts
from evals.metrics.score import Score
from evals.suite import Aggregate, Case, Options, Result, Row, Solver, Suite
from service.articles.metadata import Metadata, read_metadata
from service.articles.spans import find_spans
from service.domain import SpanKind

KINDS: tuple[SpanKind, ...] = (
    "body", "headline", "byline", "caption", "teaser", "advert", "disclaimer", "share", "comment", "credit",
)  # fmt: skip
Lines = list[tuple[str, str | None]]


def kinds_of(page: Labelled) -> list[tuple[str, str | None, str]]:
    """Of each labelled stretch its label, the kind that the service gives it, and its words."""
    spans = find_spans(page.text, markdown=page.markdown)
    return [
        (wanted, next((span.kind for span in spans if span.start < end and start < span.end), None),
         page.text[start:end])
        for start, end, wanted in page.labels
    ]  # fmt: skip


def metadata_of(page: Labelled) -> dict[str, str | None]:
    """The metadata that the service reads from a page, dates as ISO 8601."""
    found: Metadata = read_metadata(page.text, find_spans(page.text, markdown=page.markdown), page.filename)
    values = {name: getattr(found, name) for name in FIELDS}
    return {name: _told(one.value) if one else None for name, one in values.items()}


def _told(value: str | date) -> str:
    return value.isoformat() if isinstance(value, date) else value


def _suite(half: Half) -> Suite:
    def cases(_options: Options) -> list[Case]:
        return [Case(page.name, {"text": page.text}) for page in labelled(half)]

    @asynccontextmanager
    async def opened(_options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        pages = {page.name: page for page in labelled(half)}

        async def solve(case: Case) -> Result:
            return await asyncio.to_thread(_solved, pages[case.id])

        yield Solver(solve)

    about = {
        "open": "pages that the span rules were tuned on: kind of each line, metadata",
        "held": "pages held back from the span rules: kind of each line, metadata",
    }
    return Suite(f"spans-{half}", about[half], "line", cases, opened, offline=True, aggregates=_AGGREGATES)


def _solved(page: Labelled) -> Result:
    lines = kinds_of(page)
    missed = [f"{wanted}, {found}: {words}" for wanted, found, words in lines if not right_kind(wanted, found)]
    share = (len(lines) - len(missed)) / len(lines)
    told = metadata_of(page)
    wrong = [f"{name} {told[name]!r}, not {page.about[name]!r}" for name in FIELDS
             if name in page.about and (told[name] or "").casefold() != (page.about[name] or "").casefold()]
    scores = {
        "line": Score(share, "; ".join(missed) or "every line"),
        "metadata": Score(float(not wrong), "; ".join(wrong) or "every value"),
    }
    output = {
        "lines": [[wanted, found] for wanted, found, _words in lines],
        "metadata": {name: [page.about[name], told[name]] for name in FIELDS if name in page.about},
    }
    return Result(output, scores, [{"label": line, "text": ""} for line in missed])


def _counts(rows: Sequence[Row]) -> dict[str, Counts]:
    return kind_counts((wanted, found) for row in rows for wanted, found in row["output"]["lines"])


def _f(kind: str) -> Aggregate:
    def aggregate(rows: Sequence[Row]) -> float | None:
        counts = _counts(rows).get(kind)
        return counts.f if counts else None

    return aggregate


def _of_field(name: str, figure: Callable[[Counts], float | None]) -> Aggregate:
    def aggregate(rows: Sequence[Row]) -> float | None:
        told = (row["output"]["metadata"].get(name) for row in rows)
        return figure(value_counts((pair[0], pair[1]) for pair in told if pair))

    return aggregate


_AGGREGATES: dict[str, Aggregate] = {
    "mean_f": lambda rows: mean_f(_counts(rows)),
    "f_evidence": _f(EVIDENCE),
    **{f"f_{kind}": _f(kind) for kind in KINDS},
    **{f"precision_{name}": _of_field(name, lambda counts: counts.precision) for name in FIELDS},
    **{f"recall_{name}": _of_field(name, lambda counts: counts.recall) for name in FIELDS},
}

SPANS_OPEN, SPANS_HELD = _suite("open"), _suite("held")
