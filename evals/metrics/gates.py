"""The gates: of altered statements the share that ships, of faithful ones the share that is blocked."""

from __future__ import annotations

from evals.metrics.score import Score


def gate_outcome(*, altered: bool, passed: bool, gate: str, reason: str) -> dict[str, Score]:
    """`shipped` of an altered statement (should be 0), `blocked` of a faithful one (should be 0)."""
    why = "shipped" if passed else f"stopped by {gate}: {reason}"
    return {
        "shipped": Score(float(passed) if altered else None, why),
        "blocked": Score(None if altered else float(not passed), why),
    }
