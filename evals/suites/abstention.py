"""Knowing when not to answer: clapnq with each question's own passage, and multihop's null questions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from evals.archives import filled
from evals.data import clapnq, multihop
from evals.metrics.abstention import abstention
from evals.metrics.citations import sentence_match
from evals.metrics.squad import containment
from evals.suite import Case, Options, Result, Solver, Suite, shown
from service.domain import Filters


def _clapnq_cases(options: Options) -> list[Case]:
    return [
        Case(
            q.id,
            {
                "question": q.question,
                "answerable": q.answerable,
                "answers": list(q.answers),
                "sentences": list(q.sentences),
                "selections": [list(s) for s in q.selections],
            },
        )
        for q in clapnq.questions(options.bench)
    ]


@asynccontextmanager
async def _clapnq(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    documents = [q.passage for q in clapnq.questions(options.bench)]
    async with filled("clapnq", documents, options) as subject:

        async def solve(case: Case) -> Result:
            answer = await subject.answer(case.input["question"], filters=Filters(file_ids=(case.id,)))
            answered = answer["status"] != "not_found"
            cited = [c["cited_text"] for c in answer["citations"]]
            matched = sentence_match(cited, case.input["sentences"], case.input["selections"])
            recalled = matched["sentence_recall"].value
            right = None if recalled is None else recalled > 0
            scores = abstention(answerable=case.input["answerable"], answered=answered, right=right)
            if answered:
                scores |= matched
            return Result(answer, scores, shown(answer["citations"] or answer["nearest"]))

        yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


def _null_cases(options: Options) -> list[Case]:
    return [
        Case(q.id, {"question": q.question, "kind": q.kind, "answerable": q.answerable, "answer": q.answer})
        for q in multihop.questions(options.bench)
    ]


@asynccontextmanager
async def _nulls(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    async with filled("multihop", multihop.facts(options.bench), options) as subject:

        async def solve(case: Case) -> Result:
            answer = await subject.answer(case.input["question"])
            answered = answer["status"] != "not_found"
            gold = case.input["answer"]
            right = None
            if case.input["kind"] == "inference_query" and gold.lower() not in ("yes", "no"):
                right = containment(answer["answer"], [gold]).value == 1.0
            scores = abstention(answerable=case.input["answerable"], answered=answered, right=right)
            return Result(answer, scores, shown(answer["citations"] or answer["nearest"]))

        yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


CLAPNQ = Suite(
    "abstention-clapnq",
    "clapnq, each question with its own passage; right when a selected sentence is cited",
    "unanswerable_recall",
    _clapnq_cases,
    _clapnq,
)
MULTIHOP_NULL = Suite(
    "abstention-multihop",
    "multihop-rag-500 with its null questions; only answers that are names are judged right or wrong",
    "unanswerable_recall",
    _null_cases,
    _nulls,
)
