"""The last accepted scores of the offline suites, and which scores of a run are worse by more than their
noise."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evals.run import write_json
from evals.suite import better_when_low
from service.errors import StateError, UsageError

Json = dict[str, Any]
BASELINE: Final = Path(__file__).resolve().parent / "baseline.json"
FLIPS: Final = 2
"""Cases of a score that may turn without being noticed: what rounding on another processor may do to a
ranking. The suites themselves are deterministic."""
EXACT: Final = ("offsets", "nothing_later")
"""Scores that hold for every case or are broken."""
KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "gold": ("met", "contract", "offsets", "unanswerable_recall", "coverage", "accuracy_when_answered"),
    "retrieval-samples": ("recall@1", "recall@3", "mrr@10", "all@5"),
    "retrieval-recurring": ("right_year", "recall@3", "nothing_later"),
    "gates": ("shipped", "blocked"),
}
"""The scores that the baseline holds, by suite; of the gates each kind of alteration too."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A score that is worse than accepted by more than its noise."""

    suite: str
    score: str
    accepted: float
    found: float | None
    noise: float

    def __str__(self) -> str:
        found = "missing" if self.found is None else f"{self.found:.4f}"
        return f"{self.suite}: {self.score} was {self.accepted:.4f} (noise {self.noise:.4f}), is {found}"


def accepted(summary: Json, path: Path = BASELINE) -> Json:
    """Keep a run's scores as the baseline. Raises UsageError when a suite of the baseline is not in the
    run."""
    missing = [name for name in KEPT if not summary["suites"].get(name, {}).get("scores")]
    if missing or summary.get("limit") is not None:
        raise UsageError(
            f"the run lacks {', '.join(missing) or 'cases that --limit left out'}",
            advice="run `onrecord eval run regression` whole, and accept that",
        )
    kept: Json = {"made_of": summary["name"], "index": summary.get("index"), "suites": {}}
    for name, told in ((name, summary["suites"][name]) for name in KEPT):
        kept["suites"][name] = {
            score: {
                "value": found["value"],
                "cases": found["cases"],
                "noise": round(noise(name, score, found["cases"]), 6),
            }
            for score, found in told["scores"].items()
            if _held(name, score) and found["value"] is not None
        }
    write_json(path, kept)
    return kept


def noise(suite: str, score: str, cases: int) -> float:
    """How far a score over so many cases may move without being a drop; what no embedder touches may not
    move."""
    return 0.0 if suite == "gates" or score in EXACT or not cases else FLIPS / cases


def _held(suite: str, score: str) -> bool:
    return score in KEPT[suite] or (suite == "gates" and score.startswith(("shipped: ", "blocked: ")))


def read_baseline(path: Path = BASELINE) -> Json:
    """The accepted scores. Raises StateError when there are none."""
    try:
        kept: Json = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StateError(
            f"there is no baseline in {str(path)!r}: {error}",
            advice="make one with `onrecord eval accept RUN`",
        ) from error
    return kept


def drops(summary: Json, baseline: Json, suites: Iterable[str]) -> list[Drop]:
    """Every accepted score of these suites that a run has not reached; a score or suite that is missing is a
    drop."""
    found = []
    for suite in suites:
        scores = summary["suites"].get(suite, {}).get("scores", {})
        for score, kept in baseline["suites"].get(suite, {}).items():
            value = scores.get(score, {}).get("value")
            worse = (
                None if value is None else (value - kept["value"] if better_when_low(score) else kept["value"] - value)
            )
            if worse is None or worse > kept["noise"] + 1e-9:
                found.append(Drop(suite, score, kept["value"], value, kept["noise"]))
    return found
