"""Watched questions in the record, and the outbox of their notices: `service.ports.Watches` over SQLAlchemy Core."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from service.adapters.record_database import Database
from service.adapters.record_rows import now
from service.adapters.record_schema import notices, watches
from service.domain import Filters
from service.errors import NotFoundError
from service.ports import Notice, Watch

WAITING, TOLD, FAILED = "waiting", "told", "failed"
LONGEST_WAIT = 86_400
"""Seconds that a notice waits at most: what is due later was put off by a clock that was ahead, and is due."""


class WatchRows:
    """The part of a record that keeps watches, in its `_database`."""

    _database: Database

    def add_watch(self, watch: Watch) -> None:
        """Keep a new watch."""
        with self._database.write() as connection:
            connection.execute(watches.insert(), {
                "id": watch.id, "question": watch.question, "filters": _packed(watch.filters),
                "notify": json.dumps(dict(watch.notify)), "way": next(iter(watch.notify)), "secret": watch.secret,
                "created": watch.created, "answer_id": watch.answer_id, "evidence": watch.evidence,
                "revision": watch.revision, "owner": watch.owner})

    def watches(self) -> list[Watch]:
        """All watches, oldest first."""
        query = select(watches).order_by(watches.c.created, watches.c.id)
        with self._database.read() as connection:
            return [_watch(row) for row in connection.execute(query)]

    def watch(self, watch_id: str) -> Watch:
        """One watch. Raises NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(select(watches).where(watches.c.id == watch_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"no watch {watch_id!r}", advice="see `onrecord watch list`")
        return _watch(row)

    def remove_watch(self, watch_id: str) -> bool:
        """Forget a watch and its notices; whether there was one."""
        with self._database.write() as connection:
            connection.execute(notices.delete().where(notices.c.watch_id == watch_id))
            return connection.execute(watches.delete().where(watches.c.id == watch_id)).rowcount == 1

    def renew_watch(self, watch: Watch, *, answered: str, notice_id: str | None) -> bool:
        """Keep a watch's new answer and, with `notice_id`, a notice of it; False where another was faster."""
        there = watches.update().where(watches.c.id == watch.id, watches.c.answer_id == answered)
        changed = there.values(answer_id=watch.answer_id, evidence=watch.evidence, revision=watch.revision)
        with self._database.write() as connection:
            if connection.execute(changed).rowcount != 1:
                return False
            if notice_id is None:
                return True
            untold = notices.update().where(
                notices.c.watch_id == watch.id, notices.c.state == WAITING, notices.c.attempts == 0)
            if not connection.execute(untold.values(after=watch.answer_id)).rowcount:
                connection.execute(notices.insert(), {
                    "id": notice_id, "watch_id": watch.id, "before": answered, "after": watch.answer_id,
                    "created": now(), "state": WAITING, "attempts": 0, "due": now()})
        return True

    def lease_notices(self, ways: Sequence[str], seconds: int, limit: int = 20) -> list[Notice]:
        """Due notices to be told by these ways, oldest first, this caller's alone for so many seconds."""
        until = _time(seconds)
        due = (
            select(notices).join(watches, watches.c.id == notices.c.watch_id)
            .where(notices.c.state == WAITING, or_(notices.c.due <= now(), notices.c.due > _time(LONGEST_WAIT)),
                   watches.c.way.in_(list(ways)))
            .order_by(notices.c.created, notices.c.id).limit(limit)
        )
        with self._database.read() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        leased: list[Notice] = []
        with self._database.write() as connection:
            for row in connection.execute(due).all():
                mine = notices.update().where(
                    notices.c.id == row.id, notices.c.state == WAITING, notices.c.due == row.due,
                    notices.c.attempts == row.attempts)
                if connection.execute(mine.values(due=until, attempts=row.attempts + 1)).rowcount == 1:
                    leased.append(Notice(row.id, row.watch_id, row.before, row.after, row.created, row.attempts + 1))
        return leased

    def settle_notice(self, notice_id: str, *, error: str | None = None, again: str | None = None) -> None:
        """A leased notice was told; or with `error` it was not, and is due at `again`, or never."""
        state = TOLD if error is None else WAITING if again is not None else FAILED
        values: dict[str, Any] = {"state": state, "error": error}
        if again is not None:
            values["due"] = again
        with self._database.write() as connection:
            connection.execute(notices.update().where(notices.c.id == notice_id).values(**values))

    def waiting_notices(self) -> int:
        """How many notices wait to be told."""
        query = select(func.count()).select_from(notices).where(notices.c.state == WAITING)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)


def _watch(row: Row[*tuple[Any, ...]]) -> Watch:
    return Watch(row.id, row.question, _unpacked(row.filters), json.loads(row.notify), row.created, row.answer_id,
                 row.evidence, row.revision, row.secret, row.owner)


def _time(later: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _packed(filters: Filters) -> str:
    days = {"published_after": filters.published_after, "published_before": filters.published_before}
    return json.dumps({key: day.isoformat() for key, day in days.items() if day}
                      | {"publishers": filters.publishers, "file_ids": filters.file_ids})


def _unpacked(packed: str) -> Filters:
    values = json.loads(packed)
    after, before = (values.get(key) for key in ("published_after", "published_before"))
    return Filters(date.fromisoformat(after) if after else None, date.fromisoformat(before) if before else None,
                   tuple(values["publishers"]), tuple(values["file_ids"]))
