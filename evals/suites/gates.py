"""The gates' own suites: altered statements should be stopped, faithful ones should pass.

`gates` takes its true statements from the project's samples; `gates-real` and `gates-tune` from news articles and facts
of the outside data, parted by article: what is changed in the gates is tried on `gates-tune`, and `gates-real` says how
they do on articles that were not looked at. A fifth of the articles is in neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from evals import alter, restate
from evals.data import multihop, realtimeqa
from evals.metrics.gates import gate_outcome
from evals.subject import Document
from evals.suite import Case, Options, Result, Solver, Suite
from evals.suites.gold import SAMPLES
from evals.truths import Truths, read_documents, read_truths
from service.answers.verify import Proposed, Verified

PER_KIND = 40
"""Cases of each kind from the samples, where the articles give that many."""
ALTERED, FAITHFUL = 110, 40
"""Cases of each kind of alteration and of each way of saying the same, from real articles."""
ARTICLES = 600
"""News articles of a part from which statements are drawn."""
PARTS: Final = {"tune": range(4), "report": range(4, 8)}
"""The tenths of the articles that each part has."""


def part_of(documents: Sequence[Document], part: str, seed: int, most: int) -> list[Document]:
    """At most so many of the documents of a part, drawn with the seed."""
    mine = [one for one in documents if _digest(one.key) % 10 in PARTS[part]]
    return sorted(mine, key=lambda one: _digest(f"{seed} {one.key}"))[:most]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _samples(options: Options) -> Truths:
    return read_truths(options.articles or SAMPLES)


def _real(part: str) -> Callable[[Options], Truths]:
    def read(options: Options) -> Truths:
        news = part_of(realtimeqa.articles(options.bench), part, options.seed, ARTICLES)
        facts = part_of(multihop.facts(options.bench), part, options.seed, ARTICLES)
        return read_documents([*news, *facts])

    return read


def _cases_of(truths: Truths, seed: int, per_alteration: int, per_restatement: int) -> list[Case]:
    both = [*alter.altered(truths, seed, per_alteration), *restate.faithful(truths, seed, per_restatement)]
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


def _suite(
    name: str, about: str, read: Callable[[Options], Truths], per_alteration: int, per_restatement: int, offline: bool
) -> Suite:
    def cases(options: Options) -> list[Case]:
        return _cases_of(read(options), options.seed, per_alteration, per_restatement)

    @asynccontextmanager
    async def opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        truths = read(options)

        async def solve(case: Case) -> Result:
            return solved(case, options, truths)

        yield Solver(solve)

    return Suite(name, about, "shipped", cases, opened, offline=offline)


def solved(case: Case, options: Options, truths: Truths) -> Result:
    """What the gates make of a case, scored by its kind."""
    quotes = tuple((key, words) for key, words in case.input["quotes"])
    outcome = options.verify(Proposed(case.input["statement"], quotes), truths.passages)
    passed = isinstance(outcome, Verified)
    gate, reason = ("", "") if isinstance(outcome, Verified) else (outcome.gate, outcome.reason)
    scores = gate_outcome(altered=case.input["altered"], passed=passed, gate=gate, reason=reason)
    name = "shipped" if case.input["altered"] else "blocked"
    scores[f"{name}: {case.input['kind']}"] = scores[name]
    evidence = [{"label": key, "text": words} for key, words in quotes]
    return Result({"passed": passed, "gate": gate, "reason": reason}, scores, evidence)


GATES = _suite(
    "gates", "altered statements stopped, faithful ones passed", _samples, PER_KIND, PER_KIND, offline=True
)
GATES_REAL = _suite(
    "gates-real", "the same over real articles that no rule was tried on", _real("report"), ALTERED, FAITHFUL, False
)
GATES_TUNE = _suite(
    "gates-tune", "the same over real articles on which rules are tried", _real("tune"), ALTERED, FAITHFUL, False
)
