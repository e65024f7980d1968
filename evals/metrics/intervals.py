"""How sure a figure is: percentile bootstrap over cases (Efron 1979), seeded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval and the number of cases behind it; None where there are none."""

    value: float | None
    low: float | None
    high: float | None
    cases: int


def mean_estimate(values: Sequence[float], *, seed: int = 0, resamples: int = RESAMPLES) -> Estimate:
    """The mean with its 95 % bootstrap interval."""
    if not values:
        return Estimate(None, None, None, 0)
    data = np.asarray(values, dtype=float)
    random = np.random.default_rng(seed)
    means = np.array([data[random.integers(0, len(data), len(data))].mean() for _ in range(resamples)])
    return Estimate(float(data.mean()), *_bounds(means), len(data))


def estimate(
    rows: Sequence[T],
    statistic: Callable[[Sequence[T]], float | None],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """Any statistic of the cases with its 95 % bootstrap interval; resamples on which it is None are left
    out."""
    value = statistic(rows) if rows else None
    if value is None:
        return Estimate(None, None, None, len(rows))
    random = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        drawn = statistic([rows[i] for i in random.integers(0, len(rows), len(rows))])
        if drawn is not None:
            values.append(drawn)
    return Estimate(value, *_bounds(np.asarray(values)), len(rows))


def _bounds(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
