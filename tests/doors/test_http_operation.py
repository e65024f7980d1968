"""What whoever runs the service sees: log lines, counters, traces, timings, readiness."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from service.doors import observation, tracing
from service.doors.http_operation import Readiness
from service.doors.metrics import Metrics
from service.errors import SettingsError
from service.settings import Settings
from tests.conftest import ROOT
from tests.doors.articles import QUESTION, write_articles
from tests.doors.examples import disputed_answer, missing_answer
from tests.support.live_service import Live, live_service
from tests.support.model_server import ModelServer, closed_port, in_turn, said


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service over three articles."""
    articles = write_articles(tmp_path_factory.mktemp("articles") / "press")
    with live_service(Settings(data=tmp_path_factory.mktemp("state") / "data"), articles) as live:
        yield live


@pytest.fixture
def http(live: Live) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=live.url, timeout=60, trust_env=False) as client:
        yield client


def counted(text: str) -> dict[tuple[str, ...], float]:
    """Prometheus' text as name and label values to value, read by Prometheus' own parser."""
    return {(sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples}


def test_requests_answers_uploads_and_the_archive_are_counted(http: httpx.Client) -> None:
    before = counted(http.get("/metrics").text)
    http.post("/v1/ask", json={"question": QUESTION})
    http.get("/v1/articles/art_none")
    http.get("/nowhere/at/all")
    http.post("/v1/articles", json={"filename": "late.txt", "text": "A dyke was built in Marlow Quay last year."})
    response = http.get("/metrics")
    after = counted(response.text)

    def grown(*key: str) -> float:
        return after.get(key, 0.0) - before.get(key, 0.0)

    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert grown("onrecord_http_requests_total", "POST", "/v1/ask", "200") == 1
    assert grown("onrecord_http_requests_total", "GET", "/v1/articles/{file_id}", "404") == 1
    assert grown("onrecord_http_requests_total", "GET", "none", "404") == 1
    assert grown("onrecord_http_request_seconds_count", "/v1/ask") == 1
    assert grown("onrecord_answers_total", "", "disputed", "extractive") == 1
    assert grown("onrecord_statements_total", "passed") == 3
    assert grown("onrecord_answer_step_seconds_count", "retrieve") == 1
    assert grown("onrecord_ingested_articles_total", "added") == 1
    assert grown("onrecord_articles",) == 1
    assert after["onrecord_passages",] > 0
    assert after["onrecord_state_bytes",] > 1000
    assert after["process_open_fds",] > 0


def test_what_a_model_did_is_counted_by_gate_tokens_and_cost() -> None:
    metrics = Metrics()
    metrics.note_answer(disputed_answer())
    metrics.note_answer(missing_answer())
    found = counted(metrics.text().decode())
    assert found["onrecord_statements_total", "y"] == 1
    assert found["onrecord_model_tokens_total", "prompt"] == 10
    assert found["onrecord_model_tokens_total", "completion"] == 2
    assert found["onrecord_model_cost_usd_total",] == 0.25
    assert found["onrecord_model_seconds_count",] == 1
    assert found["onrecord_answers_total", "no_evidence", "not_found", "model"] == 1


def test_every_response_says_how_long_each_step_took(http: httpx.Client) -> None:
    def steps(response: httpx.Response) -> list[str]:
        parts = [part.strip().split(";dur=") for part in response.headers["server-timing"].split(",")]
        assert all(float(spent) >= 0 for _, spent in parts)
        return [name for name, _ in parts]

    assert steps(http.post("/v1/ask", json={"question": QUESTION})) == ["retrieve", "compose", "verify", "total"]
    assert steps(http.post("/v1/search", json={"query": "pumps"})) == ["retrieve", "total"]
    assert steps(http.get("/nowhere")) == ["total"]


SCRIPT = """
import logging, sys
from service.doors.logs import configure_logging
from structlog.contextvars import bound_contextvars
configure_logging(sys.argv[1], "info")
with bound_contextvars(request_id="req_1"):
    logging.getLogger("onrecord.http").info("request", extra={"path": "/a\\nb\\x1b[2J", "status": 200})
    logging.getLogger("httpx").info("chatter")
    logging.getLogger("elsewhere").debug("more chatter")
    try:
        raise ValueError("inside")
    except ValueError:
        logging.getLogger("onrecord.http").exception("it failed on %s", "x\\ny")
"""


@pytest.mark.parametrize("form", ["json", "text"])
def test_each_event_is_one_line_on_stderr_that_no_path_can_forge(form: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, form], capture_output=True, text=True, check=True, cwd=ROOT)
    lines = done.stderr.splitlines()
    assert (done.stdout, len(lines)) == ("", 2)
    assert "\x1b" not in done.stderr
    if form == "json":
        first, second = map(json.loads, lines)
        assert {name: first[name] for name in ("event", "level", "logger", "request_id", "path", "status")} == {
            "event": "request", "level": "info", "logger": "onrecord.http", "request_id": "req_1",
            "path": "/a\nb\x1b[2J", "status": 200}
        assert second["event"] == "it failed on x\ny"
        assert "ValueError: inside" in second["exception"]
    else:
        assert "event='request'" in lines[0]
        assert "request_id='req_1'" in lines[0]


@pytest.mark.parametrize("told", [False, True])
def test_the_log_has_a_line_for_each_request_and_the_question_only_when_asked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, told: bool
) -> None:
    settings = Settings(data=tmp_path / "data", log_questions=told)
    with caplog.at_level(logging.INFO, "onrecord.http"), live_service(settings, write_articles(tmp_path / "press")) as live:
        answer = httpx.post(f"{live.url}/v1/ask?q={'secret'}", json={"question": QUESTION}, timeout=60,
                            headers={"X-Request-ID": "trace-7", "Authorization": "Bearer sk-hush"})
        httpx.get(f"{live.url}/readyz", timeout=60)
    (line,) = [record for record in caplog.records if record.name == "onrecord.http" and record.levelno == logging.INFO]
    found: dict[str, Any] = vars(line)
    assert (found["method"], found["route"], found["status"]) == ("POST", "/v1/ask", answer.status_code)
    assert answer.headers["x-request-id"] == "trace-7"
    everything = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("onrecord"))
    assert ("old town" in everything) is told
    assert "secret" not in everything
    assert "hush" not in everything


def test_a_trace_is_continued_and_names_the_route(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(observation.trace, "get_tracer", provider.get_tracer)
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    http.post("/v1/ask", json={"question": QUESTION}, headers={"traceparent": parent})
    ended: list[ReadableSpan] = []
    for _ in range(500):
        # The caller has the answer a moment before the span ends.
        ended = [span for span in kept.get_finished_spans() if span.name == "POST /v1/ask"]
        if ended:
            break
        time.sleep(0.02)
    (span,) = ended
    assert span.attributes is not None
    assert format(span.get_span_context().trace_id, "032x") == "0af7651916cd43dd8448eb211c80319c"  # type: ignore[union-attr]
    assert (span.attributes["http.response.status_code"], span.attributes["onrecord.answer_status"]) == (200, "disputed")
    assert "old town" not in str(dict(span.attributes))


@pytest.mark.parametrize(("environ", "names"), [
    ({}, []),
    ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4317"}, ["otlp_proto_grpc"]),
    ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, ["otlp_proto_http"]),
    ({"OTEL_TRACES_EXPORTER": "console,none"}, ["console"]),
    ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"}, []),
])  # fmt: skip
def test_the_standard_variables_choose_where_traces_go(environ: dict[str, str], names: list[str]) -> None:
    assert tracing.exporter_names(environ) == names


def test_an_exporter_that_is_not_installed_is_refused_with_what_to_do() -> None:
    tracing.start_tracing({})()
    with pytest.raises(SettingsError, match="'nowhere' is not installed"):
        tracing.start_tracing({"OTEL_TRACES_EXPORTER": "nowhere"})


def test_the_service_is_not_ready_while_it_repairs(tmp_path: Path) -> None:
    with live_service(Settings(data=tmp_path / "data"), write_articles(tmp_path / "press")) as live:
        readiness: Readiness = live.app.state.readiness
        readiness.busy = "the indexes are being repaired"
        busy = httpx.get(f"{live.url}/readyz", timeout=60)
        alive = httpx.get(f"{live.url}/healthz", timeout=60)
        readiness.busy = None
        ready = httpx.get(f"{live.url}/readyz", timeout=60)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    assert busy.json()["detail"] == "the indexes are being repaired"
    assert (alive.status_code, ready.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize("needed", [False, True])
def test_a_model_that_cannot_be_reached_matters_only_where_it_is_needed(tmp_path: Path, needed: bool) -> None:
    settings = Settings(data=tmp_path / "data", model="test-model", ready_needs_model=needed,
                        openai_base_url=f"http://127.0.0.1:{closed_port()}/v1")
    with live_service(settings, write_articles(tmp_path / "press")) as live:
        response = httpx.get(f"{live.url}/readyz", timeout=60)
    assert response.status_code == (503 if needed else 200)


def test_a_model_that_answers_makes_the_service_ready(tmp_path: Path) -> None:
    with ModelServer(in_turn(said("x"))) as server:
        settings = Settings(data=tmp_path / "data", model="test-model", ready_needs_model=True,
                            openai_base_url=server.url)
        with live_service(settings, write_articles(tmp_path / "press")) as live:
            response = httpx.get(f"{live.url}/readyz", timeout=60)
    assert response.json() == {"status": "ready"}
    assert [request.path for request in server.requests] == ["/v1/models"]
