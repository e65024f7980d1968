"""What a scorer returns: a value and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """A case's value for one metric, mostly 0 to 1, and what led to it.

    None means unscored: the metric does not apply to the case, or what should judge it failed. It is never
    counted as right or wrong.
    """

    value: float | None
    explanation: str = ""
