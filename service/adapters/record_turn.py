"""Whose turn it is to write articles, where several processes share a PostgreSQL record.

A turn is an advisory lock on a connection of its own: PostgreSQL gives it to the next who waits when the holder lets go
or dies. A SQLite record is a file of one machine, whose folder has a lock already (`owner_lock.py`).
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

WRITE, TURN, OWN = 0x6F6E5265, 0x6F6E5275, 0x6F6E526F
"""The numbers of the advisory locks: for one transaction that writes, for a piece of work on the articles, and for the
one process whose indexes lie on its own machine."""

_PATIENCE = "5s"
"""So long one request for a turn waits before it is made anew, so that a process that is told to end can."""


class Turn:
    """A turn that this process holds until it lets go."""

    def __init__(self, connection: Connection | None = None) -> None:
        """`connection` holds the lock; None where none is needed."""
        self._connection = connection

    def release(self) -> None:
        """Let the next one in. A connection that is lost has let it in already."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                # Closed, and not put back: a lock belongs to the connection.
                connection.detach()
            with suppress(SQLAlchemyError):
                connection.close()


def take(engine: Engine, lock: int, *, wait: bool) -> Turn | None:
    """A turn; None where another process has it, with `wait` after some seconds. Raises what SQLAlchemy does."""
    if engine.dialect.name != "postgresql":
        return Turn()
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        if _locked(connection, lock, wait=wait):
            return Turn(connection)
    except BaseException:
        Turn(connection).release()
        raise
    Turn(connection).release()
    return None


def _locked(connection: Connection, lock: int, *, wait: bool) -> bool:
    if not wait:
        return bool(connection.scalar(text(f"SELECT pg_try_advisory_lock({lock})")))
    connection.execute(text(f"SET lock_timeout = '{_PATIENCE}'"))
    try:
        connection.execute(text(f"SELECT pg_advisory_lock({lock})"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":  # lock_not_available
            raise
        return False
    return True
