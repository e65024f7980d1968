"""Every suite by its name, and the groups under which they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from evals.suite import Suite
from evals.suites.abstention import CLAPNQ, MULTIHOP_NULL
from evals.suites.answers import REALTIMEQA_ANSWERS
from evals.suites.attacks import ATTACKS, POISON
from evals.suites.attacks_bench import ATTACKS_BENCH
from evals.suites.conflict import RAMDOCS
from evals.suites.exchange import EXCHANGE, EXCHANGE_HELD
from evals.suites.extraction import TRAFILATURA
from evals.suites.followups import FOLLOWUPS
from evals.suites.gates import GATES, GATES_REAL, GATES_TUNE
from evals.suites.gold import GOLD, HELDOUT
from evals.suites.judge import JUDGE_ATTRIBUTIONBENCH, JUDGE_WICE
from evals.suites.origins import ORIGINS_MINHASH, ORIGINS_REALTIMEQA
from evals.suites.retrieval import MULTIHOP, REALTIMEQA, REALTIMEQA_DATED, RECURRING, SAMPLES_RETRIEVAL
from evals.suites.spans import SPANS_HELD, SPANS_OPEN
from evals.suites.support import ATTRIBUTIONBENCH, WICE
from service.errors import UsageError

SUITES: Final[dict[str, Suite]] = {
    suite.name: suite
    for suite in (
        GOLD,
        HELDOUT,
        FOLLOWUPS,
        ATTACKS,
        POISON,
        ATTACKS_BENCH,
        GATES,
        GATES_REAL,
        GATES_TUNE,
        SAMPLES_RETRIEVAL,
        RECURRING,
        REALTIMEQA,
        REALTIMEQA_DATED,
        MULTIHOP,
        CLAPNQ,
        MULTIHOP_NULL,
        REALTIMEQA_ANSWERS,
        RAMDOCS,
        WICE,
        ATTRIBUTIONBENCH,
        TRAFILATURA,
        SPANS_OPEN,
        SPANS_HELD,
        ORIGINS_MINHASH,
        ORIGINS_REALTIMEQA,
        EXCHANGE,
        EXCHANGE_HELD,
        JUDGE_WICE,
        JUDGE_ATTRIBUTIONBENCH,
    )
}
REGRESSION: Final = ("gold", "retrieval-samples", "retrieval-recurring", "gates")
"""The offline suites whose scores `baseline.json` keeps."""
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "retrieval": tuple(name for name in SUITES if name.startswith("retrieval-")),
    "abstention": ("abstention-clapnq", "abstention-multihop"),
    "answers": ("answers-realtimeqa",),
    "conflict": ("conflict-ramdocs",),
    "support": ("support-wice", "support-attributionbench"),
    "extraction": ("extraction-trafilatura",),
    "spans": ("spans-open", "spans-held"),
    "origins": ("origins-minhash", "origins-realtimeqa"),
    "judge": ("judge-wice", "judge-attributionbench"),
    "offline": tuple(name for name, suite in SUITES.items() if suite.offline),
    "regression": REGRESSION,
    "all": tuple(SUITES),
}


def chosen(names: Iterable[str]) -> list[Suite]:
    """The suites of these names and groups, each once. Raises UsageError for an unknown name."""
    found: dict[str, None] = {}
    for name in names:
        if name not in SUITES and name not in GROUPS:
            known = ", ".join([*GROUPS, *SUITES])
            raise UsageError(f"there is no suite {name!r}", advice=f"name some of: {known}")
        found |= dict.fromkeys(GROUPS.get(name, (name,)))
    return [SUITES[name] for name in found]
