"""What the service counts, for Prometheus."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.domain import Answer
from service.errors import OnRecordError
from service.passages.archive import IngestReport

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The type of the text format that every Prometheus reads."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
EXTRACTIVE = "extractive"


class Metrics:
    """The counters of one application, in a registry of their own."""

    def __init__(self, totals: Callable[[], tuple[int, int]] | None = None, state: Path | None = None,
                 waiting: Callable[[], int] | None = None) -> None:
        """`totals` gives the archive's articles and passages, `state` is its folder, `waiting` gives the uploads in
        the queue; all are read when scraped."""
        self.registry = registry = CollectorRegistry()
        self.requests = Counter("onrecord_http_requests", "HTTP requests answered.",
                                ("method", "route", "status"), registry=registry)
        self.request_seconds = Histogram("onrecord_http_request_seconds", "Time to the end of the response.",
                                         ("route",), buckets=_SECONDS, registry=registry)
        self.under_way = Gauge("onrecord_http_requests_under_way", "HTTP requests under way.", registry=registry)
        self.answers = Counter("onrecord_answers", "Answers given.", ("status", "reason", "written_by"),
                               registry=registry)
        self.statements = Counter("onrecord_statements", "Statements proposed: passed, or the gate that refused them.",
                                  ("outcome",), registry=registry)
        self.step_seconds = Histogram("onrecord_answer_step_seconds", "Time of each step of an answer.", ("step",),
                                      buckets=_SECONDS, registry=registry)
        self.model_seconds = Histogram("onrecord_model_seconds", "Time of the exchange with the model, gates included.",
                                       buckets=_SECONDS, registry=registry)
        self.model_tokens = Counter("onrecord_model_tokens", "Tokens sent to and got from the model.", ("kind",),
                                    registry=registry)
        self.model_cost = Counter("onrecord_model_cost_usd", "What the model cost, by the prices that are set.",
                                  registry=registry)
        self.fallbacks = Counter("onrecord_model_fallbacks", "Answers without the model because it failed.",
                                 registry=registry)
        self.ingested = Counter("onrecord_ingested_articles", "Articles sent to this service.", ("outcome",),
                                registry=registry)
        self.ingest_seconds = Histogram("onrecord_ingest_seconds", "Time of an upload.", buckets=_SECONDS,
                                        registry=registry)
        if waiting is not None:
            Gauge("onrecord_uploads_waiting", "Uploads that wait for their turn to be written.",
                  registry=registry).set_function(waiting)
        registry.register(_Archive(totals, state))
        ProcessCollector(registry=registry)

    def note_answer(self, answer: Answer) -> None:
        """Count an answer, its statements and what the model cost."""
        written = "extractive" if answer.model == EXTRACTIVE else "model"
        self.answers.labels(answer.status, answer.reason or "", written).inc()
        self.statements.labels("passed").inc(len(answer.statements))
        for refused in answer.gates:
            self.statements.labels(refused.get("gate", "unknown")).inc()
        for step, spent in answer.timings_ms.items():
            self.step_seconds.labels(step).observe(spent / 1000)
        if written == "model":
            self.model_seconds.observe(answer.timings_ms.get("compose", 0.0) / 1000)
        self.model_tokens.labels("prompt").inc(answer.usage.prompt_tokens)
        self.model_tokens.labels("completion").inc(answer.usage.completion_tokens)
        self.model_cost.inc(answer.usage.cost_usd)
        if answer.fallback is not None:
            self.fallbacks.inc()

    def note_ingest(self, report: IngestReport) -> None:
        """Count what an upload did."""
        for outcome in ("added", "updated", "unchanged", "removed"):
            self.ingested.labels(outcome).inc(getattr(report, outcome))
        self.ingested.labels("failed").inc(len(report.failed))
        self.ingest_seconds.observe(report.seconds)

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)


class _Archive(Collector):
    """The archive's size, read when asked for; silent while the record can't be read."""

    def __init__(self, totals: Callable[[], tuple[int, int]] | None, state: Path | None) -> None:
        self._totals, self._state = totals, state

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry need not read the record to learn the names."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Articles, passages, bytes on disk."""
        try:
            totals = self._totals() if self._totals else None
        except OnRecordError:
            totals = None
        if totals is not None:
            yield GaugeMetricFamily("onrecord_articles", "Articles in the archive.", value=totals[0])
            yield GaugeMetricFamily("onrecord_passages", "Passages in the archive.", value=totals[1])
        if self._state is not None and self._state.is_dir():
            yield GaugeMetricFamily("onrecord_state_bytes", "Size of the archive's folder.",
                                    value=_bytes_below(self._state))


def _bytes_below(folder: Path) -> int:
    """The size of all files below a folder; what vanishes meanwhile counts nothing."""
    size = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.lstat(os.path.join(root, name)).st_size
            except OSError:
                continue
    return size
