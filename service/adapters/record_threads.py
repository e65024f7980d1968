"""Threads of questions and the replies of a model, as parts of the record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from service.adapters.record_database import Database
from service.adapters.record_rows import insert_unless_there, now
from service.adapters.record_schema import answer_files, answers, reply_cache, takedowns, thread_turns, threads
from service.domain import Turn
from service.errors import NotFoundError

_TURN = (thread_turns.c.question, thread_turns.c.standalone, thread_turns.c.answer_id, thread_turns.c.status,
         thread_turns.c.created)


class ThreadRecord:
    """`service.ports.Threads` and `service.ports.Replies` over the record's database."""

    _database: Database

    def turns(self, thread_id: str) -> list[Turn]:
        """The kept turns of a thread, oldest first. Raises NotFoundError for a thread without any."""
        query = select(*_TURN).where(thread_turns.c.thread_id == thread_id).order_by(thread_turns.c.position)
        with self._database.read() as connection:
            found = [Turn(*row) for row in connection.execute(query)]
        if not found:
            raise NotFoundError(f"no thread {thread_id!r} is kept here", advice="check the id, and --data")
        return found

    def claim_thread(self, thread_id: str, owner: str) -> str | None:
        """Begin a thread for an API key unless it is there; whose it is, None for one begun without a key."""
        begun = {"id": thread_id, "created": now(), "updated": now(), "owner": owner}
        with self._database.write() as connection:
            connection.execute(insert_unless_there(connection, threads, **begun))
            found: str | None = connection.scalar(select(threads.c.owner).where(threads.c.id == thread_id))
        return found

    def add_turn(self, thread_id: str, turn: Turn, *, turns: int, days: int) -> None:
        """Add a turn, beginning the thread if it is new; what is over the limits goes."""
        mine = thread_turns.c.thread_id == thread_id
        expired = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        with self._database.write() as connection:
            connection.execute(insert_unless_there(connection, threads, id=thread_id, created=now(), updated=now()))
            connection.execute(update(threads).where(threads.c.id == thread_id).values(updated=now()))
            position = int(connection.scalar(select(func.max(thread_turns.c.position)).where(mine)) or 0) + 1
            connection.execute(thread_turns.insert().values(
                thread_id=thread_id, position=position, question=turn.question, standalone=turn.standalone,
                answer_id=turn.answer_id, status=turn.status, created=turn.created))
            connection.execute(delete(thread_turns).where(mine, thread_turns.c.position <= position - turns))
            connection.execute(delete(threads).where(threads.c.updated < expired))

    def reply(self, key: str) -> Any:
        """The JSON value kept under a key, None where there is none; it counts as used now."""
        with self._database.write() as connection:
            kept = connection.scalar(select(reply_cache.c.reply).where(reply_cache.c.key == key))
            if kept is None:
                return None
            connection.execute(update(reply_cache).where(reply_cache.c.key == key).values(used=_instant()))
        return json.loads(kept)

    def keep_reply(self, key: str, reply: Any, answer_id: str, *, size: int) -> None:
        """Keep a JSON value that a kept answer was made of; the ones least lately used are let go.

        Nothing is kept of an answer that shows a file taken down meanwhile.
        """
        taken_down = select(answer_files.c.answer_id).where(
            answer_files.c.answer_id == answer_id,
            answer_files.c.file_id.in_(select(takedowns.c.file_id)))
        newest = select(reply_cache.c.key).order_by(reply_cache.c.used.desc()).limit(size)
        with self._database.write() as connection:
            if connection.execute(taken_down).first() is not None:
                return
            connection.execute(delete(reply_cache).where(reply_cache.c.key == key))
            connection.execute(reply_cache.insert().values(
                key=key, reply=json.dumps(reply), answer_id=answer_id, used=_instant()))
            connection.execute(delete(reply_cache).where(reply_cache.c.key.not_in(newest)))


def redact(connection: Connection, file_id: str) -> None:
    """Take a file's words out of threads and of the replies kept.

    A question that was made to stand alone may hold words of the answers before it in its thread, so it goes
    where one of those shows the file.
    """
    showing = select(answer_files.c.answer_id).where(answer_files.c.file_id == file_id)
    connection.execute(delete(reply_cache).where(reply_cache.c.answer_id.in_(showing)))
    first = (
        select(thread_turns.c.thread_id, func.min(thread_turns.c.position).label("position"))
        .where(thread_turns.c.answer_id.in_(showing)).group_by(thread_turns.c.thread_id)
    )
    for row in connection.execute(first).all():
        later = (thread_turns.c.thread_id == row.thread_id, thread_turns.c.position > row.position,
                 thread_turns.c.standalone.is_not(None))
        ids = connection.scalars(select(thread_turns.c.answer_id).where(*later)).all()
        connection.execute(update(thread_turns).where(*later).values(standalone=None))
        for kept in connection.execute(select(answers.c.id, answers.c.body).where(answers.c.id.in_(ids))).all():
            body = json.dumps(json.loads(kept.body) | {"standalone_question": None})
            connection.execute(update(answers).where(answers.c.id == kept.id).values(body=body))


def _instant() -> str:
    """The time to the microsecond, so that uses of one second keep their order."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
