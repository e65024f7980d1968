"""Short answers to questions of the day, beside the simplest thing that could answer: the nearest
sentence."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from evals.archives import filled
from evals.baselines import embedder_of, nearest_sentence
from evals.data import realtimeqa
from evals.data.bench import day
from evals.metrics.score import Score
from evals.metrics.squad import containment, exact, f1
from evals.suite import Case, Options, Result, Solver, Suite, shown
from evals.suites.retrieval import reduced

_MARKER = re.compile(r"\s*\[\d+\]")
PASSAGES = 24
"""As many as the service itself reads for an answer."""


def _cases(options: Options) -> list[Case]:
    return [
        Case(
            q.id,
            {
                "question": q.question,
                "as_of": q.asked.isoformat() if q.asked else None,
                "answer": q.answer,
                "gold": sorted(q.gold_articles),
            },
        )
        for q in realtimeqa.questions(options.bench)
        if q.gold_articles
    ]


@asynccontextmanager
async def _opened(options: Options, cases: Sequence[Case]) -> AsyncIterator[Solver]:
    needed = {name for case in cases for name in case.input["gold"]}
    documents = reduced(realtimeqa.articles(options.bench), needed, options)
    async with filled("realtimeqa", documents, options) as subject:
        embedder = embedder_of(subject.settings)

        async def solve(case: Case) -> Result:
            asked, question, gold = day(case.input["as_of"]), case.input["question"], [case.input["answer"]]
            answer = await subject.answer(question, as_of=asked)
            answered = answer["status"] != "not_found"
            said = _MARKER.sub("", answer["answer"]) if answered else ""
            passages = await subject.passages(question, PASSAGES, as_of=asked)
            simple = await nearest_sentence(question, [p.chunk.text for p in passages], embedder)
            scores = {
                "containment": containment(said, gold),
                "containment_when_answered": containment(said, gold) if answered else Score(None, "not answered"),
                "answered": Score(float(answered), answer["status"]),
                "exact": exact(said, gold),
                "f1": f1(said, gold),
                "nearest_sentence_containment": containment(simple, gold),
                "in_passages": containment(" ".join(p.chunk.text for p in passages), gold),
            }
            output = answer | {"nearest_sentence": simple}
            return Result(output, scores, shown(answer["citations"] or answer["nearest"]))

        yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


REALTIMEQA_ANSWERS = Suite(
    "answers-realtimeqa",
    "realtimeqa-2022, the gold answer in the answer, beside the sentence nearest to the question",
    "containment",
    _cases,
    _opened,
)
