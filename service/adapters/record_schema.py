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

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""Every schema version, oldest first; the last is the one that this code works with."""

LIVE, PENDING, DEAD, NEXT = "live", "pending", "dead", "next"
"""The states of an article's version; `next` waits to be live with all others, in an index for another embedder."""


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
    Column("pages", Text),
    Column("update_of", String(200)),
    Column("rests_on", Text),
)
Index(
    "one_live_version",
    articles.c.file_id,
    unique=True,
    sqlite_where=articles.c.state == LIVE,
    postgresql_where=articles.c.state == LIVE,
)
Index("articles_by_state", articles.c.state, articles.c.published)
# Only where the database is SQLite; see the migration.
Index("articles_in_short", articles.c.state, articles.c.file_id, articles.c.version, articles.c.chunk_count,
      articles.c.published, articles.c.publisher, articles.c.origin_id)
Index("articles_by_origin", articles.c.origin_id)
Index("articles_by_path", articles.c.path)


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

sentences = Table(
    "sentences",
    metadata,
    Column("file_id", String(200), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("places", LargeBinary, nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("scales", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    _of_article(),
)
"""One row for each article's version: where its quotable sentences stand and what they are (three little-endian int32
each), and their vectors as signed bytes with a float32 scale per row."""

traces = Table(
    "traces",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("file_id", String(200), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    _of_article(),
)
"""The lines and the quotations of each article's version as numbers, so that shared ones are found."""
Index("traces_of_article", traces.c.file_id, traces.c.version)

learned_lines = Table(
    "learned_lines",
    metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("learned", String(40), nullable=False),
)
"""Lines that belong to outlets' pages and to no story."""

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
    Column("person", String(200)),
)
Index("feedback_by_person", feedback.c.answer_id, feedback.c.person, unique=True)

failures = Table(
    "failures",
    metadata,
    Column("path", ExactText, primary_key=True),
    Column("error", PlainText, nullable=False),
    Column("failed", String(40), nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("created", String(40), nullable=False),
    Column("updated", String(40), nullable=False),
    Column("owner", String(40)),
)
"""Conversations; `owner` is the API key that began one, null where none was asked for."""
Index("threads_by_update", threads.c.updated)

thread_turns = Table(
    "thread_turns",
    metadata,
    Column("thread_id", String(120), ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("question", PlainText, nullable=False),
    Column("standalone", PlainText),
    Column("answer_id", String(100), nullable=False),
    Column("status", String(20), nullable=False),
    Column("created", String(40), nullable=False),
)
Index("turns_of_answer", thread_turns.c.answer_id)

reply_cache = Table(
    "reply_cache",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("answer_id", String(100), ForeignKey("answers.id", ondelete="CASCADE"), nullable=False),
    Column("reply", PlainText, nullable=False),
    Column("used", String(40), nullable=False),
)
"""What a model said that was proven, to be proven and given again; `answers/model/replies.py` makes the keys."""
Index("replies_by_use", reply_cache.c.used)
Index("replies_of_answer", reply_cache.c.answer_id)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scopes", String(100), nullable=False),
    Column("created", String(40), nullable=False),
    Column("last_used", String(40)),
    Column("revoked", String(40)),
)
"""API keys by their public id; of the secret only a hash."""


files = Table(
    "files",
    metadata,
    Column("path", ExactText, primary_key=True),
    Column("source", PlainText, nullable=False),
    Column("filename", PlainText, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("articles", Integer, nullable=False),
)
"""The files that articles were read from, by real path, as they were then."""

takedowns = Table(
    "takedowns",
    metadata,
    Column("file_id", String(200), primary_key=True),
    Column("path_hash", String(64)),
    Column("sha256", String(64), nullable=False),
    Column("taken_down", String(40), nullable=False),
)
"""What was taken down and may not come back with the next ingest; no word of it, hashes alone."""

sketches = Table(
    "sketches",
    metadata,
    Column("file_id", String(200), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
    _of_article(),
)
"""The MinHash of each article's version, apart from its signature so that all can be looked through at once."""

ingest_requests = Table(
    "ingest_requests",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("request", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reply", Text),
    Column("created", String(40), nullable=False),
)
"""Ingests that a process without the owner's lock asks the owner for: `waiting`, `working`, `done`."""


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

watches = Table(
    "watches",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("question", PlainText, nullable=False),
    Column("filters", Text, nullable=False),
    Column("notify", Text, nullable=False),
    Column("way", String(40), nullable=False),
    Column("secret", String(100)),
    Column("created", String(40), nullable=False),
    Column("answer_id", String(100), nullable=False),
    Column("evidence", String(64), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("owner", String(40)),
)
"""Watched questions; `way` is the key of `notify` that says how to tell, `owner` the API key that began it."""

notices = Table(
    "notices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("watch_id", String(40), ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
    Column("before", String(100), nullable=False),
    Column("after", String(100), nullable=False),
    Column("created", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", String(40), nullable=False),
    Column("error", PlainText),
)
"""News of watches: `waiting`, `told` or `failed`. A lease moves `due` on."""
Index("notices_by_state", notices.c.state, notices.c.due)
