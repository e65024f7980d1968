"""One small module per metric of the benchmarks page. A scorer returns a `Score`: value and explanation."""

from evals.metrics.score import Score

__all__ = ["Score"]
