"""Questions from Slack in the record: `service.ports.SlackJobs` over SQLAlchemy Core."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Index, Integer, String, Table, Text, func, select

from service.adapters.record_database import Database
from service.adapters.record_rows import insert_unless_there, now
from service.adapters.record_schema import PlainText, metadata
from service.ports import SlackJob

WAITING, TOLD, FAILED = "waiting", "told", "failed"

slack_jobs = Table(
    "slack_jobs",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("thread", String(120), nullable=False),
    Column("request", Text, nullable=False),
    Column("sent", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", String(40), nullable=False),
    Column("created", String(40), nullable=False),
    Column("error", PlainText),
)
"""Questions from Slack: `waiting`, `told` or `failed`. A lease moves `due` on; an answered one keeps no words."""
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
        """Due questions, oldest first, this caller's alone for so many seconds."""
        due = (
            select(slack_jobs).where(slack_jobs.c.state == WAITING, slack_jobs.c.due <= now())
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
                                           row.attempts + 1))
        return leased

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
        if error is not None and again is not None:
            values: dict[str, str | None] = {"due": _time(again), "error": error}
        else:
            values = {"state": TOLD if error is None else FAILED, "error": error, "request": "{}"}
        with self._database.write() as connection:
            connection.execute(slack_jobs.update().where(slack_jobs.c.key == key).values(**values))

    def slack_messages(self, thread: str) -> frozenset[str]:
        """The time stamps of all messages that answer questions of a thread."""
        with self._database.read() as connection:
            rows = connection.scalars(select(slack_jobs.c.sent).where(slack_jobs.c.thread == thread)).all()
        return frozenset(one for row in rows for one in json.loads(row))

    def slack_thread_known(self, thread: str) -> bool:
        """Whether a question came from this thread before."""
        with self._database.read() as connection:
            query = select(slack_jobs.c.key).where(slack_jobs.c.thread == thread).limit(1)
            return connection.execute(query).first() is not None

    def waiting_slack_jobs(self) -> int:
        """How many questions are not answered yet."""
        query = select(func.count()).select_from(slack_jobs).where(slack_jobs.c.state == WAITING)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)


def _time(later: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=later)).strftime("%Y-%m-%dT%H:%M:%SZ")
