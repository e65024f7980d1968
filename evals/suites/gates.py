"""The gates' own suite: altered statements should be stopped, faithful ones should pass."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from evals.metrics.gates import gate_outcome
from evals.mutate import altered
from evals.paraphrase import faithful
from evals.suite import Case, Options, Result, Solver, Suite
from evals.suites.gold import SAMPLES
from evals.truths import read_truths
from service.answers.verify import Proposed, Verified

PER_KIND = 40
"""Cases of each kind, where the articles give that many."""


def _cases(options: Options) -> list[Case]:
    truths = read_truths(options.articles or SAMPLES)
    both = [*altered(truths, options.seed, PER_KIND), *faithful(truths, options.seed, PER_KIND)]
    found: dict[str, Case] = {}
    for truth, variant in both:
        told = "\0".join([variant.text, *(part for quote in variant.quotes for part in quote)])
        name = f"{variant.kind}-{hashlib.sha256(told.encode()).hexdigest()[:10]}"
        found.setdefault(
            name,
            Case(
                name,
                {
                    "kind": variant.kind,
                    "altered": variant.altered,
                    "true": truth.text,
                    "statement": variant.text,
                    "quotes": [list(quote) for quote in variant.quotes],
                },
            ),
        )
    return list(found.values())


@asynccontextmanager
async def _opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    truths = read_truths(options.articles or SAMPLES)

    async def solve(case: Case) -> Result:
        quotes = tuple((key, words) for key, words in case.input["quotes"])
        outcome = options.verify(Proposed(case.input["statement"], quotes), truths.passages)
        passed = isinstance(outcome, Verified)
        gate, reason = ("", "") if isinstance(outcome, Verified) else (outcome.gate, outcome.reason)
        scores = gate_outcome(altered=case.input["altered"], passed=passed, gate=gate, reason=reason)
        name = "shipped" if case.input["altered"] else "blocked"
        scores[f"{name}: {case.input['kind']}"] = scores[name]
        evidence = [{"label": key, "text": words} for key, words in quotes]
        return Result({"passed": passed, "gate": gate, "reason": reason}, scores, evidence)

    yield Solver(solve)


GATES = Suite("gates", "altered statements stopped, faithful ones passed", "shipped", _cases, _opened, offline=True)
