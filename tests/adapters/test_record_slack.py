"""Questions from Slack in the record: each once, those of a thread in order, and none kept for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.adapters import record_slack
from service.adapters.record import SqlRecord
from service.domain import Turn
from service.doors.slack_work import KEPT_SECONDS, question_job
from service.ports import SlackJob

DAY = 86_400


@pytest.fixture
def record(tmp_path: Path) -> Iterator[SqlRecord]:
    """An empty record."""
    record = SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    yield record
    record.close()


def job(number: int, thread: str = "1.0") -> SlackJob:
    """A question of a thread."""
    return question_job("T1", "C1", f"{number}.0", thread, "U1", f"question {number}?")


def leased(record: SqlRecord, limit: int = 10) -> list[str]:
    """The questions that may be answered now."""
    return [one.request["text"] for one in record.lease_slack_jobs(60, limit)]


def at(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the record's clock say a moment."""
    monkeypatch.setattr(record_slack, "now", lambda: moment)


def test_a_question_waits_until_the_earlier_one_of_its_thread_is_settled(record: SqlRecord) -> None:
    for one in (job(1), job(2), job(3, thread="3.0")):
        assert record.add_slack_job(one)
    assert leased(record) == ["question 1?", "question 3?"]
    assert leased(record) == []
    record.settle_slack_job(job(1).key)
    assert leased(record) == ["question 2?"]


def test_after_a_restore_a_question_that_waits_is_looked_up_before_it_is_answered(record: SqlRecord) -> None:
    for one in (job(1), job(2, thread="2.0"), job(3, thread="3.0")):
        record.add_slack_job(one)
    record.settle_slack_job(job(3).key)
    record.lease_slack_jobs(0, 1)
    record.revisit_slack_jobs()
    assert [one.attempts for one in record.lease_slack_jobs(60, 10)] == [2, 2]
    assert leased(record) == []


def test_a_question_waits_no_longer_for_one_that_hangs(record: SqlRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    at("2026-01-01T00:00:00Z", monkeypatch)
    record.add_slack_job(job(1))
    monkeypatch.undo()
    assert leased(record) == ["question 1?"]
    record.settle_slack_job(job(1).key, error="ratelimited", again=3_600)
    record.add_slack_job(job(2))
    assert leased(record) == ["question 2?"]


def test_a_question_that_was_let_go_or_taken_from_a_dead_process_has_not_failed(record: SqlRecord) -> None:
    record.add_slack_job(job(1))
    record.lease_slack_jobs(-1, 1)
    (one,) = record.lease_slack_jobs(60, 1)
    record.settle_slack_job(one.key, error="stopped", again=0)
    (one,) = record.lease_slack_jobs(60, 1)
    assert (one.attempts, one.failures) == (3, 0)


def test_each_failure_is_counted(record: SqlRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    record.add_slack_job(job(1))
    for failures in range(3):
        (one,) = record.lease_slack_jobs(60, 1)
        assert (one.attempts, one.failures) == (failures + 1, failures)
        record.settle_slack_job(one.key, error="internal_error", again=5)
        at("2100-01-01T00:00:00Z", monkeypatch)


def test_a_clock_that_was_ahead_does_not_put_a_question_off_for_ever(record: SqlRecord) -> None:
    record.add_slack_job(job(1))
    assert leased(record) == ["question 1?"]
    record.keep_slack_job(job(1).key, DAY)
    assert leased(record) == ["question 1?"]


@pytest.mark.parametrize("error", [None, "channel_not_found"])
def test_a_settled_question_is_known_for_two_days_and_then_forgotten(record: SqlRecord, error: str | None) -> None:
    record.add_slack_job(job(1))
    assert leased(record) == ["question 1?"]
    record.settle_slack_job(job(1).key, error=error)
    assert record.prune_slack_jobs(KEPT_SECONDS) == 0
    assert not record.add_slack_job(job(1))
    assert record.prune_slack_jobs(-1) == 1
    assert record.add_slack_job(job(1))


def test_a_question_is_kept_from_its_settling_and_one_that_waits_for_as_long_as_it_waits(
    record: SqlRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2026-01-01T00:00:00Z", monkeypatch)
    for one in (job(1), job(2, thread="2.0"), job(3, thread="3.0")):
        record.add_slack_job(one)
    record.settle_slack_job(job(1).key)
    monkeypatch.undo()
    record.settle_slack_job(job(2).key)
    assert record.prune_slack_jobs(KEPT_SECONDS) == 1
    assert record.add_slack_job(job(1))
    assert not record.add_slack_job(job(2, thread="2.0"))
    assert record.waiting_slack_jobs() == 2


def test_a_thread_is_known_while_its_question_or_its_conversation_is_kept(record: SqlRecord) -> None:
    thread = job(1).thread
    assert not record.slack_thread_known(thread)
    record.add_slack_job(job(1))
    assert record.slack_thread_known(thread)
    record.add_turn(thread, Turn("question 1?", None, "ans_1", "answered", "2026-01-01T00:00:00Z"), turns=5, days=90)
    record.settle_slack_job(job(1).key)
    assert record.prune_slack_jobs(-1) == 1
    assert record.slack_thread_known(thread)
    assert not record.slack_thread_known(job(2, thread="2.0").thread)
