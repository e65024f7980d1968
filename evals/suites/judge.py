"""How well the judge agrees with people: claims that annotators labelled, judged with the judge's own prompt."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from evals.data import support
from evals.data.support import Pair
from evals.metrics.agreement import cohens_kappa
from evals.metrics.score import Score
from evals.suite import Case, NotSupported, Options, Result, Row, Solver, Suite


def _kappa(rows: Sequence[Row]) -> float | None:
    scored = [row["output"] for row in rows if row["output"]["grade"] is not None]
    return cohens_kappa([one["supported"] for one in scored], [one["grade"] == "supported" for one in scored])


def _suite(name: str, about: str, load: Callable[[Path | None], list[Pair]]) -> Suite:
    def cases(options: Options) -> list[Case]:
        return [
            Case(pair.id, {"claim": pair.claim, "texts": list(pair.texts), "label": pair.label,
                           "supported": pair.supported, "subset": pair.subset})
            for pair in load(options.bench)
        ]

    @asynccontextmanager
    async def opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        judge = options.judge
        if judge is None:
            raise NotSupported("no judge is named; pass --judge MODEL")

        async def solve(case: Case) -> Result:
            texts = [text for text in case.input["texts"] if text.strip()]
            verdict = await judge.groundedness(case.input["claim"], [{"text": text} for text in texts])
            said = None if verdict.value is None else verdict.value == 1.0
            told = f"{verdict.grade or 'unscored'}, labelled {case.input['label']}: {verdict.reason}"
            scores = {
                "accuracy": Score(None if said is None else float(said == case.input["supported"]), told),
                "unscored": Score(float(said is None), told),
            }
            usage = {"prompt_tokens": verdict.usage.prompt_tokens,
                     "completion_tokens": verdict.usage.completion_tokens, "cost_usd": verdict.usage.cost_usd}
            output = {"supported": case.input["supported"], "grade": verdict.grade, "reason": verdict.reason,
                      "usage": usage}
            return Result(output, scores, [{"label": f"text {n}", "text": text} for n, text in enumerate(texts, 1)])

        yield Solver(solve)

    return Suite(name, about, "accuracy", cases, opened, aggregates={"kappa": _kappa}, agreement=True)


JUDGE_WICE = _suite("judge-wice", "the judge's agreement with the labels of wice", support.wice)
JUDGE_ATTRIBUTIONBENCH = _suite(
    "judge-attributionbench", "the judge's agreement with the labels of attributionbench", support.attributionbench
)
