"""Questions from Slack in the record: `service.ports.SlackJobs` over SQLAlchemy Core."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Index, Integer, String, Table, Text, and_, func, or_, select

from service.adapters.record_database import Database
from service.adapters.record_rows import insert_unless_there, now
from service.adapters.record_schema import PlainText, metadata, threads
from service.ports import SlackJob

WAITING, TOLD, FAILED = "waiting", "told", "failed"
THREAD_PATIENCE = 120
"""So many seconds at most does a question wait for an earlier one of its thread."""
LONGEST_WAIT = 3_600
"""Seconds that a question waits at most: what is due later was put off by a clock that was ahead, and is due."""

slack_jobs = Table(
    "slack_jobs",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("thread", String(120), nullable=False),
    Column("request", Text, nullable=False),
    Column("sent", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("due", String(40), nullable=False),
    Column("created", String(40), nullable=False),
    Column("error", PlainText),
)
"""Questions from Slack: `waiting`, `told` or `failed`. A lease moves `due` on; a settled one keeps no words, and has
in `due` when it was settled. `attempts` counts leases, those of processes that died too."""
Index("slack_jobs_by_state", slack_jobs.c.state, slack_jobs.c.due)
Index("slack_jobs_by_thread", slack_jobs.c.thread)


class SlackRows:
    """The part of a record that keeps questions from Slack, in its `_database`."""

    _database: Database

    def add_slack_job(self, job: SlackJob) -> bool:
        """Keep a question; False where its key is known already."""
        with self._database.write() as connection:
            insert = insert_unless_there(
                connection, slack_jobs, key=job.key[:200], thread=job.thread, request=json.dumps(dict(job.request)),
                sent="[]", state=WAITING, attempts=0, due=now(), created=now())
            return connection.execute(insert).rowcount == 1

    def lease_slack_jobs(self, seconds: int, limit: int) -> list[SlackJob]:
        """Due questions, oldest first and one of a thread, this caller's alone for so many seconds."""
        earlier = slack_jobs.alias("earlier")
        before = or_(earlier.c.created < slack_jobs.c.created,
                     and_(earlier.c.created == slack_jobs.c.created, earlier.c.key < slack_jobs.c.key))
        in_its_way = select(earlier.c.key).where(
            earlier.c.thread == slack_jobs.c.thread, earlier.c.state == WAITING,
            earlier.c.created > _time(-THREAD_PATIENCE), before)
        due = (
            select(slack_jobs)
            .where(slack_jobs.c.state == WAITING, ~in_its_way.exists(),
                   or_(slack_jobs.c.due <= now(), slack_jobs.c.due > _time(LONGEST_WAIT)))
            .order_by(slack_jobs.c.created, slack_jobs.c.key).limit(limit)
        )
        with self._database.read() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        leased: list[SlackJob] = []
        with self._database.write() as connection:
            for row in connection.execute(due).all():
                mine = slack_jobs.update().where(
                    slack_jobs.c.key == row.key, slack_jobs.c.state == WAITING, slack_jobs.c.due == row.due,
                    slack_jobs.c.attempts == row.attempts)
                if connection.execute(mine.values(due=_time(seconds), attempts=row.attempts + 1)).rowcount == 1:
                    leased.append(SlackJob(row.key, row.thread, json.loads(row.request), tuple(json.loads(row.sent)),
                                           row.attempts + 1, row.failures))
        return leased

    def revisit_slack_jobs(self) -> None:
        """For a record that comes from a backup: who answers a question that waits looks first for the answer that may
        have been posted since."""
        with self._database.write() as connection:
            connection.execute(slack_jobs.update().where(slack_jobs.c.state == WAITING, slack_jobs.c.attempts == 0)
                               .values(attempts=1))

    def keep_slack_job(self, key: str, seconds: int) -> None:
        """Hold a leased question for so many seconds from now."""
        with self._database.write() as connection:
            connection.execute(slack_jobs.update().where(slack_jobs.c.key == key, slack_jobs.c.state == WAITING)
                               .values(due=_time(seconds)))

    def note_slack_messages(self, key: str, sent: Sequence[str]) -> None:
        """Keep which messages answer a question."""
        with self._database.write() as connection:
            connection.execute(slack_jobs.update().where(slack_jobs.c.key == key)
                               .values(sent=json.dumps(list(sent))))

    def settle_slack_job(self, key: str, *, error: str | None = None, again: int | None = None) -> None:
        """A question was answered; or with `error` it was not, and is due again in so many seconds, or never."""
        values: dict[str, Any]
        if error is not None and again is not None:
            values = {"due": _time(again), "error": error, "failures": slack_jobs.c.failures + (1 if again else 0)}
        else:
            values = {"state": TOLD if error is None else FAILED, "error": error, "request": "{}", "due": now()}
        with self._database.write() as connection:
            connection.execute(slack_jobs.update().where(slack_jobs.c.key == key).values(**values))

    def slack_messages(self, thread: str) -> frozenset[str]:
        """The time stamps of all messages that answer questions of a thread."""
        with self._database.read() as connection:
            rows = connection.scalars(select(slack_jobs.c.sent).where(slack_jobs.c.thread == thread)).all()
        return frozenset(one for row in rows for one in json.loads(row))

    def slack_thread_known(self, thread: str) -> bool:
        """Whether a question came from this thread before: it is kept, or the conversation is."""
        asked = select(slack_jobs.c.key).where(slack_jobs.c.thread == thread).limit(1)
        told = select(threads.c.id).where(threads.c.id == thread)
        with self._database.read() as connection:
            return any(connection.execute(query).first() is not None for query in (asked, told))

    def prune_slack_jobs(self, seconds: int) -> int:
        """Forget the questions that were settled more than so many seconds ago; how many."""
        old = (slack_jobs.c.state != WAITING, slack_jobs.c.due < _time(-seconds))
        with self._database.read() as connection:
            if connection.execute(select(slack_jobs.c.key).where(*old).limit(1)).first() is None:
                return 0
        with self._database.write() as connection:
            return connection.execute(slack_jobs.delete().where(*old)).rowcount

    def waiting_slack_jobs(self) -> int:
        """How many questions are not answered yet."""
        query = select(func.count()).select_from(slack_jobs).where(slack_jobs.c.state == WAITING)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)


def _time(later: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=later)).strftime("%Y-%m-%dT%H:%M:%SZ")
