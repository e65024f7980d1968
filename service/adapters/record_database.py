"""One database and its transactions: the dialect's settings, and every error of it as one of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from service.adapters.record_place import hold_to_file
from service.adapters.record_schema import REVISIONS, migrate, schema_version
from service.adapters.record_turn import WRITE, Turn, take
from service.errors import SettingsError, SpaceError, StateError

_SQLITE = ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
           "secure_delete=ON")
"""What each SQLite connection is told. Deleted content is erased: a takedown leaves nothing behind."""

_CONNECT_SECONDS = 10
_AWAY = (None, "57P01", "57P02", "57P03")
"""PostgreSQL's states of a server that can't be reached, is shut down, or is starting."""
_WAIT = "15s"
"""So long a PostgreSQL transaction that writes waits for the one before it."""


class Database:
    """A database with the newest schema; every transaction is one `with`."""

    def __init__(self, url: str) -> None:
        """Open the database behind an SQLAlchemy URL, making or migrating it where needed.

        Raises SettingsError for a URL that isn't one, StateError for a database that can't be used.
        """
        try:
            self._engine = _engine(url)
        except (ArgumentError, ImportError) as error:
            raise SettingsError(f"ONRECORD_DATABASE_URL can't be used: {error}") from error
        self._steady: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if self.shared else {}
        self._committed: dict[str, Any] = {"isolation_level": "READ COMMITTED"} if self.shared else {}
        try:
            with self.read() as connection:
                current = schema_version(connection) == REVISIONS[-1]
            if not current:
                with self.write() as connection:
                    migrate(connection)
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout."""
        with _translated(), self._engine.connect() as plain:
            connection = plain.execution_options(**self._steady)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, rolled back on any exception."""
        with _translated(), self._engine.connect() as plain:
            connection = plain.execution_options(writes=True, **self._committed)
            with connection.begin():
                if self.shared:
                    # As SQLite does: one transaction writes at a time, and sees what all before it wrote.
                    connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT}'"))
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITE})"))
                yield connection

    @property
    def shared(self) -> bool:
        """Whether processes on several machines may use this database."""
        return self._engine.dialect.name == "postgresql"

    def identity(self) -> str | None:
        """What tells a shared database from every other one, its restored copies included."""
        if not self.shared:
            return None
        with self.read() as connection:
            return "-".join(str(part) for part in connection.execute(text(
                "SELECT (SELECT system_identifier FROM pg_control_system()), oid, current_schema() "
                "FROM pg_database WHERE datname = current_database()")).one())

    def turn(self, lock: int, *, wait: bool) -> Turn | None:
        """One of the turns of `record_turn`; None where another process has it. Raises StateError."""
        with _translated():
            return take(self._engine, lock, wait=wait)

    def empty_log(self) -> None:
        """Move SQLite's write-ahead log into the database and empty it, as far as readers let it."""
        if self._engine.dialect.name == "sqlite":
            with _translated(), self._engine.connect() as connection:
                automatic = connection.execution_options(isolation_level="AUTOCOMMIT")
                automatic.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).close()


def _engine(url: str) -> Engine:
    """An engine for the URL; the folder of a SQLite file is made."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS})
    if parsed.database and parsed.database != ":memory:":
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"the archive's folder can't be made: {error}",
                             advice="choose another folder with --data") from error
    engine = create_engine(parsed)
    if parsed.database and parsed.database != ":memory:":
        hold_to_file(engine, Path(parsed.database))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _: ConnectionPoolEntry) -> None:
    """Transactions are begun by `_begin_sqlite`: the driver would leave schema changes outside."""
    dbapi_connection.isolation_level = None
    for pragma in _SQLITE:
        dbapi_connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer (execution option `writes`) takes the write lock at once, so that none fails half-way."""
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    """Every error of the database as a StateError with the next step."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip()
        locked = "locked" in cause or "lock timeout" in cause
        away = not locked and isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "sqlite") in _AWAY
        message = f"the archive's database failed: {cause}"
        if "full" in cause or "disk I/O" in cause or "No space left" in cause:
            raise SpaceError(message) from error
        advice = "run `onrecord doctor` to see how the archive stands"
        if locked:
            advice = "another process is writing: wait until it has finished, and try again"
        elif "malformed" in cause or "not a database" in cause:
            advice = "restore the record from a backup, or move it away and ingest the articles again"
        elif away:
            advice = "start PostgreSQL, or correct ONRECORD_DATABASE_URL; a running service goes on by itself"
        raise StateError(message, advice=advice, retryable=locked or away) from error
