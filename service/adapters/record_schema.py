"""The record's tables, for SQLite and PostgreSQL alike, and how a database comes to have them.

A change of a table is a new file in `migrations/versions/` and a new entry in `REVISIONS`; the tables here
always show the newest version, and a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    text,
)
from sqlalchemy.types import TypeDecorator

from service.errors import StateError

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every schema version, oldest first; the last is the one that this code works with."""

LIVE, PENDING, DEAD = "live", "pending", "dead"
"""The states of an article's version."""


class ExactText(TypeDecorator[str]):
    """Text that comes back code point by code point; SQL text refuses NUL and lone surrogates."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """To UTF-8."""
        return None if value is None else value.encode("utf-8", "surrogatepass")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """From UTF-8."""
        return None if value is None else bytes(value).decode("utf-8", "surrogatepass")


class PlainText(TypeDecorator[str]):
    """Text for reading; a NUL or lone surrogate becomes the replacement character."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To what SQL text can hold."""
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


metadata = MetaData()

meta = Table(
    "meta", metadata, Column("key", String(100), primary_key=True), Column("value", Text, nullable=False)
)

articles = Table(
    "articles",
    metadata,
    Column("file_id", String(200), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    Column("source", PlainText, nullable=False),
    Column("filename", PlainText, nullable=False),
    Column("path", ExactText),
    Column("sha256", String(64), nullable=False),
    Column("text", ExactText, nullable=False),
    Column("title", PlainText),
    Column("title_from", PlainText),
    Column("publisher", PlainText),
    Column("publisher_from", PlainText),
    Column("publisher_key", PlainText),
    Column("author", PlainText),
    Column("author_from", PlainText),
    Column("published", Date),
    Column("published_from", PlainText),
    Column("url", PlainText),
    Column("credit", PlainText),
    Column("credit_from", PlainText),
    Column("origin_id", String(200), nullable=False),
    Column("reprint_of", PlainText),
    Column("signature", LargeBinary, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("chunk_count", Integer, nullable=False),
    Column("added", String(40), nullable=False),
)
Index(
    "one_live_version",
    articles.c.file_id,
    unique=True,
    sqlite_where=articles.c.state == LIVE,
    postgresql_where=articles.c.state == LIVE,
)
Index("articles_by_state", articles.c.state, articles.c.published)


def _of_article() -> ForeignKeyConstraint:
    """Rows that go when their article's version goes."""
    return ForeignKeyConstraint(
        ["file_id", "version"], ["articles.file_id", "articles.version"], ondelete="CASCADE"
    )


spans = Table(
    "spans",
    metadata,
    Column("file_id", String(200), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("start_char", Integer, nullable=False),
    Column("end_char", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    _of_article(),
)

chunks = Table(
    "chunks",
    metadata,
    Column("chunk_id", String(240), primary_key=True),
    Column("file_id", String(200), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("start_char", Integer, nullable=False),
    Column("end_char", Integer, nullable=False),
    Column("header", PlainText, nullable=False),
    Column("kind", String(20), nullable=False),
    _of_article(),
)
Index("chunks_of_article", chunks.c.file_id, chunks.c.version, chunks.c.position, unique=True)

vectors = Table(
    "vectors",
    metadata,
    Column("file_id", String(200), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("dimension", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    _of_article(),
)
"""One row for each article's version: its chunks' vectors by position, little-endian float32, row by row."""

answers = Table(
    "answers",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("created", String(40), nullable=False),
    Column("body", Text, nullable=False),
)

answer_files = Table(
    "answer_files",
    metadata,
    Column("answer_id", String(100), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("file_id", String(200), primary_key=True),
)
"""Which answers show words of which files, for a takedown."""
Index("answers_of_file", answer_files.c.file_id)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_id", String(100), ForeignKey("answers.id", ondelete="CASCADE"), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("comment", PlainText),
    Column("created", String(40), nullable=False),
)

failures = Table(
    "failures",
    metadata,
    Column("path", ExactText, primary_key=True),
    Column("error", PlainText, nullable=False),
    Column("failed", String(40), nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("seen", String(40), nullable=False),
)
"""Events from outside that were taken, so that one that is delivered again is known; old ones are dropped."""


def schema_version(connection: Connection) -> str | None:
    """The database's schema version; None where it has no tables yet.

    Raises StateError for a version that this code doesn't know.
    """
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: Any = connection.scalar(text("SELECT version_num FROM alembic_version"))
    version: str | None = found
    if version is not None and version not in REVISIONS:
        raise StateError(
            f"the archive was written by a newer OnRecord: its schema is {version!r}, not {REVISIONS[-1]!r}",
            advice="install the newer OnRecord again, or use another folder with --data",
        )
    return version


def migrate(connection: Connection) -> None:
    """Bring the database to the newest schema, inside the caller's transaction. Raises StateError."""
    if schema_version(connection) == REVISIONS[-1]:
        return
    # Alembic takes half a second to import, and an archive is migrated once.
    from importlib.resources import files
    from logging import WARNING, getLogger

    from alembic import command
    from alembic.config import Config

    log = getLogger("alembic")
    level = log.level
    log.setLevel(max(level, WARNING))
    try:
        config = Config()
        scripts = str(files("service.adapters") / "migrations")
        config.set_main_option("script_location", scripts.replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    finally:
        log.setLevel(level)
