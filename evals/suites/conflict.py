"""Documents that disagree, are beside the point or wrong: ramdocs, each question over its own documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from evals.archives import filled
from evals.data import ramdocs
from evals.metrics.conflict import gold_recall, right, wrong_rate
from evals.metrics.score import Score
from evals.suite import Case, Options, Result, Solver, Suite, shown
from service.domain import Filters


def _cases(options: Options) -> list[Case]:
    return [
        Case(
            q.id,
            {"question": q.question, "gold": list(q.gold), "wrong": list(q.wrong), "kinds": list(q.kinds)},
        )
        for q in ramdocs.questions(options.bench)
    ]


@asynccontextmanager
async def _opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    asked = {q.id: q for q in ramdocs.questions(options.bench)}
    documents = [document for q in asked.values() for document in q.documents]
    async with filled("ramdocs", documents, options) as subject:

        async def solve(case: Case) -> Result:
            ids = tuple(document.key for document in asked[case.id].documents)
            answer = await subject.answer(case.input["question"], filters=Filters(file_ids=ids))
            said = answer["answer"] if answer["status"] != "not_found" else ""
            gold, wrong = case.input["gold"], case.input["wrong"]
            scores = {
                "right": right(said, gold, wrong),
                "gold_recall": gold_recall(said, gold),
                "wrong": wrong_rate(said, gold, wrong),
                "answered": Score(float(bool(said)), answer["status"]),
            }
            return Result(answer, scores, shown(answer["citations"] or answer["nearest"]))

        yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


RAMDOCS = Suite("conflict-ramdocs", "ramdocs, each question over its own documents", "right", _cases, _opened)
