"""A clock that jumps: what waits goes on waiting no longer than it should, and what measures a length of time does not
look at the clock."""

from __future__ import annotations

import inspect
import math
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.adapters.breaker import Breaker
from service.adapters.record import SqlRecord
from service.domain import Filters
from service.doors.keeping import keep_watches
from service.doors.keys import KeyRing
from service.ports import SlackJob, Watch
from service.settings import Settings
from tests.doors.articles import QUESTION, write_articles
from tests.support.live_service import live_service

AHEAD = 3 * 86_400
"""Seconds by which the clock stood ahead before it was set right."""


@pytest.mark.parametrize("measuring", [Breaker, KeyRing, keep_watches])
def test_lengths_of_time_are_measured_by_a_clock_that_nobody_sets(measuring: Any) -> None:
    assert inspect.signature(measuring).parameters["clock"].default is time.monotonic


def test_a_notice_taken_up_while_the_clock_was_ahead_is_told_by_the_next(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    watch = Watch("wat_1", QUESTION, Filters(), {"webhook_url": "https://example.org"}, "2026-03-01T00:00:00Z", "ans_1",
                  "evidence", 1)
    record.add_watch(watch)
    after = Watch(watch.id, watch.question, watch.filters, watch.notify, watch.created, "ans_2", "other", 2)
    assert record.renew_watch(after, answered="ans_1", notice_id="not_1")
    (ahead,) = record.lease_notices(["webhook_url"], AHEAD)
    (now,) = record.lease_notices(["webhook_url"], 120)
    assert (ahead.id, ahead.attempts, now.id, now.attempts) == ("not_1", 1, "not_1", 2)
    assert record.lease_notices(["webhook_url"], 120) == []
    record.close()


def test_a_question_from_slack_taken_up_while_the_clock_was_ahead_is_answered(tmp_path: Path) -> None:
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    assert record.add_slack_job(SlackJob("T1:C1:1.0", "slack:T1:C1:1.0", {"text": QUESTION}))
    (ahead,) = record.lease_slack_jobs(AHEAD, 5)
    (now,) = record.lease_slack_jobs(120, 5)
    assert (ahead.key, ahead.attempts, now.key, now.attempts) == ("T1:C1:1.0", 1, "T1:C1:1.0", 2)
    assert record.lease_slack_jobs(120, 5) == []
    record.close()


@pytest.mark.parametrize("jump", [-AHEAD, -3600, 3600, AHEAD])
def test_a_limit_on_requests_holds_for_no_longer_after_a_jump(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    settings = Settings(data=tmp_path / "data", rate_limit="3/minute")
    with live_service(settings, write_articles(tmp_path / "press")) as live, httpx.Client(
            base_url=live.url, trust_env=False) as http:
        assert [http.get("/v1/articles").status_code for _ in range(4)] == [200, 200, 200, 429]
        true = time.time
        monkeypatch.setattr(time, "time", lambda: true() + jump)
        told = [http.get("/v1/articles") for _ in range(4)]
        assert [one.status_code for one in told] == [200, 200, 200, 429]
        assert math.isclose(int(told[-1].headers["Retry-After"]), 60, abs_tol=5)
