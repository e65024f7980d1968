"""Finding the article or the fact, before any answer is written."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from evals.archives import filled
from evals.data import multihop, realtimeqa
from evals.data.bench import day
from evals.gold import read_gold
from evals.metrics.facts import average_precision, fact_recall, hits_at
from evals.metrics.ranking import distinct, rank_of, recall_at, reciprocal_rank
from evals.metrics.score import Score
from evals.subject import Document, over_documents, over_folder
from evals.suite import Case, Json, Options, Result, Solver, Suite
from evals.suites.gold import SAMPLE_QUESTIONS, SAMPLES
from service.articles.read import read_article
from service.domain import Article, Passage
from service.passages.sentences import quotable_sentences

DEPTH = 100
"""Passages asked for, so that twenty distinct articles are among them."""


def _evidence(passages: Sequence[Passage]) -> list[Json]:
    return [
        {
            "label": f"{rank}. {p.source.document_title or p.source.filename} ({p.source.published})",
            "text": p.chunk.text,
        }
        for rank, p in enumerate(passages[:5], 1)
    ]


def _output(passages: Sequence[Passage]) -> Json:
    return {
        "passages": [
            {
                "file_id": p.source.file_id,
                "start": p.chunk.start,
                "end": p.chunk.end,
                "score": round(p.score, 6),
            }
            for p in passages[:20]
        ]
    }


# The samples


def _sample_cases(_options: Options) -> list[Case]:
    return [
        Case(line.id, {"question": line.q, "all": list(line.cite_all), "any": list(line.cite_any)})
        for line in read_gold(SAMPLE_QUESTIONS)
        if not line.previous and (line.cite_all or line.cite_any)
    ]


@asynccontextmanager
async def _samples(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    async with over_folder(SAMPLES, options.configuration) as subject:

        async def solve(case: Case) -> Result:
            passages = await subject.passages(case.input["question"], DEPTH)
            ranked = [PurePosixPath(p.source.filename).name[:3] for p in passages]
            wanted = {*case.input["all"], *case.input["any"]}
            needed = case.input["all"] or None
            first = distinct(ranked)[:5]
            scores = {
                "recall@1": recall_at(ranked, wanted, 1),
                "recall@3": recall_at(ranked, wanted, 3),
                "mrr@10": reciprocal_rank(ranked, wanted),
                "all@5": Score(
                    sum(name in first for name in needed) / len(needed) if needed else None,
                    f"first five {first}",
                ),
            }
            return Result(_output(passages), scores, _evidence(passages))

        yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


# The same story in two years: what the day of asking is worth


def _reported(path: Path) -> Article:
    return read_article(path, source="samples", filename=path.name, max_bytes=1_000_000)


def _body(article: Article) -> str:
    """An article's evidence alone, sentence by sentence, without its front matter and furniture."""
    return "\n\n".join(article.text[start:end] for start, end, _ in quotable_sentences(article))


_THIS_YEAR, _LAST_YEAR = date(2026, 5, 4), date(2025, 5, 5)


def _twins() -> list[Document]:
    """Each sample twice: as published in this year and, word for word, in the last."""
    found = []
    for path in sorted(SAMPLES.iterdir()):
        article = _reported(path)
        for year, published in (("this", _THIS_YEAR), ("last", _LAST_YEAR)):
            title = article.title.value if article.title else None
            publisher = article.publisher.value if article.publisher else None
            found.append(Document(f"{year}-{path.name[:3]}", _body(article), title, publisher, published))
    return found


def _twin_cases(_options: Options) -> list[Case]:
    found = []
    for case in _sample_cases(_options):
        names = sorted({*case.input["all"], *case.input["any"]})
        for year, published in (("this", _THIS_YEAR), ("last", _LAST_YEAR)):
            asked = published + timedelta(days=2)
            told = {
                "question": case.input["question"],
                "names": names,
                "year": year,
                "as_of": asked.isoformat(),
            }
            found.append(Case(f"{case.id}-{year}", told))
    return found


@asynccontextmanager
async def _recurring(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    async with over_documents(_twins(), options.configuration) as subject:

        async def solve(case: Case) -> Result:
            asked, year = day(case.input["as_of"]), case.input["year"]
            passages = await subject.passages(case.input["question"], DEPTH, as_of=asked)
            ranked = distinct(p.source.file_id for p in passages)
            wanted = {f"{year}-{name}" for name in case.input["names"]}
            other = {f"{'last' if year == 'this' else 'this'}-{name}" for name in case.input["names"]}
            mine, theirs = rank_of(ranked, wanted), rank_of(ranked, other)
            late = sum(
                p.source.published is not None and asked is not None and p.source.published > asked for p in passages
            )
            scores = {
                "right_year": Score(
                    float(mine is not None and (theirs is None or mine < theirs)),
                    f"this story at rank {mine}, the other year's at {theirs}",
                ),
                "recall@3": recall_at(ranked, wanted, 3),
                "nothing_later": Score(float(not late), f"{late} passages later than {asked}"),
            }
            return Result(_output(passages), scores, _evidence(passages))

        yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


# realtimeqa-2022


def reduced(documents: Sequence[Document], needed: set[str], options: Options) -> list[Document]:
    """All documents, or those that are needed and `options.documents` others, drawn with the seed."""
    if options.documents is None:
        return list(documents)
    others = [document.key for document in documents if document.key not in needed]
    drawn = random.Random(options.seed).sample(others, min(options.documents, len(others)))
    keys = needed | set(drawn)
    return [document for document in documents if document.key in keys]


def _realtime_cases(options: Options) -> list[Case]:
    return [
        Case(
            q.id,
            {
                "question": q.question,
                "as_of": q.asked.isoformat() if q.asked else None,
                "gold": sorted(q.gold_articles),
                "clean": q.clean,
            },
        )
        for q in realtimeqa.questions(options.bench)
        if q.gold_articles
    ]


def _realtime(dated: bool) -> Suite:
    @asynccontextmanager
    async def opened(options: Options, cases: Sequence[Case]) -> AsyncIterator[Solver]:
        needed = {name for case in cases for name in case.input["gold"]}
        documents = reduced(realtimeqa.articles(options.bench), needed, options)
        async with filled("realtimeqa", documents, options) as subject:

            async def solve(case: Case) -> Result:
                asked = day(case.input["as_of"]) if dated else None
                passages = await subject.passages(case.input["question"], DEPTH, as_of=asked)
                ranked = [p.source.file_id for p in passages]
                gold = set(case.input["gold"])
                scores = {f"recall@{k}": recall_at(ranked, gold, k) for k in (1, 5, 10, 20)}
                scores["mrr@10"] = reciprocal_rank(ranked, gold)
                if case.input["clean"]:
                    scores |= {f"clean recall@{k}": recall_at(ranked, gold, k) for k in (1, 5)}
                return Result(_output(passages), scores, _evidence(passages))

            yield Solver(solve, subject.service.archive.fingerprint, subject.failed)

    name = "retrieval-realtimeqa-dated" if dated else "retrieval-realtimeqa"
    told = "with each question's day" if dated else "without dates"
    return Suite(name, f"realtimeqa-2022, {told}", "recall@5", _realtime_cases, opened)


# multihop-rag-500


def _multihop_cases(options: Options) -> list[Case]:
    return [
        Case(q.id, {"question": q.question, "kind": q.kind, "facts": list(q.facts)})
        for q in multihop.questions(options.bench)
        if q.answerable
    ]


@asynccontextmanager
async def _multihop(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    async with filled("multihop", multihop.facts(options.bench), options) as subject:

        async def solve(case: Case) -> Result:
            passages = await subject.passages(case.input["question"], 10)
            texts, facts = [p.chunk.text for p in passages], case.input["facts"]
            scores = {
                "hits@4": hits_at(texts, facts, 4),
                "hits@10": hits_at(texts, facts, 10),
                "map@10": average_precision(texts, facts),
                "evidence_recall@10": fact_recall(texts, facts),
            }
            return Result(_output(passages), scores, _evidence(passages))

        yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


SAMPLES_RETRIEVAL = Suite(
    "retrieval-samples", "finding the sample that answers", "recall@3", _sample_cases, _samples, offline=True
)
RECURRING = Suite(
    "retrieval-recurring",
    "each sample in two years, told apart by the day of asking",
    "right_year",
    _twin_cases,
    _recurring,
    offline=True,
)
REALTIMEQA, REALTIMEQA_DATED = _realtime(dated=False), _realtime(dated=True)
MULTIHOP = Suite("retrieval-multihop", "multihop-rag-500 facts", "hits@4", _multihop_cases, _multihop)
