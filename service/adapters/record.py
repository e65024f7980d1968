"""The record: one SQL database, SQLite in the archive's folder or PostgreSQL for several machines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from service.adapters import record_answers, record_threads
from service.adapters import record_rows as rows
from service.adapters.record_catalogue import CatalogueRows
from service.adapters.record_changes import REVISION, ChangeRows, bump
from service.adapters.record_contents import ContentRows
from service.adapters.record_database import Database
from service.adapters.record_drafts import DraftRows, forget_next, write_draft
from service.adapters.record_files import FileRows, entomb
from service.adapters.record_keys import KeyRows
from service.adapters.record_schema import (
    DEAD,
    LIVE,
    PENDING,
    articles,
    chunks,
    failures,
    meta,
    sentences,
    sketches,
    spans,
    traces,
    vectors,
)
from service.adapters.record_sentences import SentenceRows
from service.adapters.record_slack import SlackRows
from service.adapters.record_traces import TraceRows
from service.adapters.record_turns import TurnRecord
from service.adapters.record_watches import WatchRows
from service.domain import Article, Chunk, Filters, Source
from service.errors import NotFoundError, StateError
from service.ports import Draft, Failure, Feedback, Known, Page, Signed, Vectors

_SOURCE = (articles.c.file_id, articles.c.filename, articles.c.sha256, articles.c.title, articles.c.publisher,
           articles.c.published, articles.c.url, articles.c.origin_id, articles.c.reprint_of)
_SAME = and_(chunks.c.file_id == articles.c.file_id, chunks.c.version == articles.c.version)
_LIVE = articles.c.state == LIVE
_GONE = articles.c.state.in_((PENDING, DEAD))
_VERSION = "last_version"
COUNTERS = (_VERSION, REVISION)
"""The keys of `meta` whose numbers only ever grow."""


class SqlRecord(FileRows, TraceRows, record_threads.ThreadRecord, KeyRows, CatalogueRows, SentenceRows, WatchRows,
                SlackRows, DraftRows, TurnRecord, ChangeRows, ContentRows):
    """`service.ports.Record` and its parts over SQLAlchemy Core."""

    def __init__(self, url: str) -> None:
        """Open the database behind an SQLAlchemy URL, making or migrating it where needed.

        Raises SettingsError for a URL that isn't one, StateError for a database that can't be used.
        """
        super().__init__()
        self._database = Database(url)

    def close(self) -> None:
        """Let the database go."""
        self._disown()
        self._database.close()

    # The archive as a whole

    def meta(self, key: str) -> str | None:
        """A value that belongs to the whole archive."""
        with self._database.read() as connection:
            return _meta(connection, key)

    def set_meta(self, key: str, value: str | None) -> None:
        """Keep such a value; None forgets it."""
        with self._database.write() as connection:
            _set_meta(connection, key, value)

    def totals(self) -> tuple[int, int]:
        """How many articles and how many chunks are live."""
        query = select(func.count(), func.coalesce(func.sum(articles.c.chunk_count), 0)).where(_LIVE)
        with self._database.read() as connection:
            row = connection.execute(query).one()
        return int(row[0]), int(row[1])

    # Articles

    def articles(self, limit: int = 100, cursor: str | None = None) -> Page:
        """Live articles by file name; the cursor is the last one's name and id."""
        order = articles.c.filename, articles.c.file_id
        query = select(*_SOURCE).where(_LIVE).order_by(*order).limit(limit + 1)
        if cursor is not None:
            name, file_id = rows.read_cursor(cursor)
            query = query.where(or_(order[0] > name, and_(order[0] == name, order[1] > file_id)))
        with self._database.read() as connection:
            found = [rows.source_of(row) for row in connection.execute(query)]
        more = len(found) > limit
        found = found[:limit]
        return Page(tuple(found), rows.cursor_behind(found[-1]) if more and found else None)

    def article(self, file_id: str) -> Article:
        """A live article, text and spans included. Raises NotFoundError."""
        with self._database.read() as connection:
            query = select(articles).where(_LIVE, articles.c.file_id == file_id)
            row = connection.execute(query).one_or_none()
            if row is None:
                raise NotFoundError(f"no article {file_id!r} in the archive")
            stretches = connection.execute(
                select(spans).where(spans.c.file_id == file_id, spans.c.version == row.version)
                .order_by(spans.c.position)
            ).all()
        return rows.article_of(row, stretches)

    def known(self, file_ids: Sequence[str] | None = None) -> list[Known]:
        """The live ones of these articles, or all, without their text."""
        names = ("file_id", "version", "source", "filename", "path", "sha256", "fingerprint")
        query = select(*(articles.c[name] for name in names)).where(_LIVE)
        with self._database.read() as connection:
            if file_ids is None:
                return [Known(*row) for row in connection.execute(query)]
            return [Known(*row) for some in rows.pieces(list(dict.fromkeys(file_ids)))
                    for row in connection.execute(query.where(articles.c.file_id.in_(some)))]

    # Chunks and vectors

    def passages(self, chunk_ids: Sequence[str]) -> dict[str, tuple[Chunk, Source]]:
        """The live ones among these chunks, each with its article's Source; in the order asked."""
        found: dict[str, tuple[Chunk, Source]] = {}
        with self._database.read() as connection:
            for some in rows.pieces(list(dict.fromkeys(chunk_ids))):
                hits = connection.execute(select(chunks).where(chunks.c.chunk_id.in_(some))).all()
                # By the key alone: SQLite would look for the state first, and find every live article.
                query = select(articles.c.version, articles.c.state, articles.c.text, *_SOURCE).where(
                    articles.c.file_id.in_({hit.file_id for hit in hits}))
                live = {(row.file_id, row.version): row for row in connection.execute(query) if row.state == LIVE}
                for hit in hits:
                    article = live.get((hit.file_id, hit.version))
                    if article is not None:
                        found[hit.chunk_id] = rows.chunk_of(hit, article.text), rows.source_of(article)
        return {chunk_id: found[chunk_id] for chunk_id in chunk_ids if chunk_id in found}

    def within(self, filters: Filters, *, not_after: date | None = None) -> list[str] | None:
        """The ids of all live chunks that the filters leave; None where they leave all."""
        conditions = _conditions(filters, not_after)
        if not conditions:
            return None
        left = and_(_LIVE, *conditions)
        with self._database.read() as connection:
            if not filters:
                total = connection.scalar(select(func.count()).select_from(articles).where(_LIVE))
                if total == connection.scalar(select(func.count()).select_from(articles).where(left)):
                    return None
            return _chunk_ids(connection, left)

    def vectors(self, within: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """Live chunk ids and their vectors, shape (n, dimension); (0, 0) where there are none."""
        wanted: dict[tuple[str, int], list[int]] | None = None
        if within is not None:
            wanted = defaultdict(list)
            for key in map(rows.chunk_key, dict.fromkeys(within)):
                if key is not None:
                    wanted[key[0], key[1]].append(key[2])
        ids: list[str] = []
        parts: list[Vectors] = []
        with self._database.read() as connection:
            for row in _vector_rows(connection, wanted):
                of_article = rows.matrix(row.data, row.dimension)
                positions = range(len(of_article)) if wanted is None else [
                    p for p in wanted[row.file_id, row.version] if p < len(of_article)]
                if len(positions):
                    ids += [f"{row.file_id}.{row.version}.{p}" for p in positions]
                    parts.append(of_article if wanted is None else of_article[positions])
        return ids, np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)

    def chunks(self) -> Iterator[tuple[tuple[Chunk, ...], Vectors]]:
        """All live chunks with their vectors, article by article."""
        with self._database.read() as connection:
            live = select(articles.c.file_id, articles.c.version).where(_LIVE).order_by(articles.c.file_id)
            keys = connection.execute(live).all()
        for file_id, version in keys:
            same = and_(articles.c.file_id == file_id, articles.c.version == version)
            with self._database.read() as connection:
                found = connection.execute(
                    select(articles.c.text, vectors.c.data, vectors.c.dimension)
                    .join(vectors, and_(vectors.c.file_id == articles.c.file_id,
                                        vectors.c.version == articles.c.version)).where(_LIVE, same)
                ).one_or_none()
                of_article = connection.execute(
                    select(chunks).where(chunks.c.file_id == file_id, chunks.c.version == version)
                    .order_by(chunks.c.position)).all()
            if found is not None and of_article:
                cut = tuple(rows.chunk_of(row, found.text) for row in of_article)
                yield cut, rows.matrix(found.data, found.dimension)

    # Writing articles

    def reserve(self, versions: int) -> int:
        """The first of that many version numbers, none of which was or will be used again."""
        with self._database.write() as connection:
            last = int(_meta(connection, _VERSION) or 0)
            _set_meta(connection, _VERSION, str(last + versions))
        return last + 1

    def stage(self, drafts: Sequence[Draft]) -> None:
        """Write these versions as pending."""
        with self._database.write() as connection:
            for draft in drafts:
                write_draft(connection, draft, PENDING)

    def publish(self, versions: Sequence[tuple[str, int]]) -> None:
        """Make staged versions, as (file_id, version), live, and those they replace dead, in one commit.

        Raises StateError, and changes nothing, where one of them is no longer staged.
        """
        with self._database.write() as connection:
            for some in rows.pieces(versions):
                files = [file_id for file_id, _ in some]
                forget_next(connection, files)
                connection.execute(
                    articles.update().where(_LIVE, articles.c.file_id.in_(files)).values(state=DEAD))
                staged = articles.update().where(articles.c.state == PENDING, _versions(some))
                if connection.execute(staged.values(state=LIVE)).rowcount != len(some):
                    raise StateError("another process has undone what this one was writing", retryable=True,
                                     advice="do it again: nothing of it was acknowledged")
            bump(connection, [file_id for file_id, _ in versions])

    def leftovers(self) -> list[str]:
        """The ids of chunks that are pending or dead."""
        with self._database.read() as connection:
            return _chunk_ids(connection, _GONE)

    def sweep(self) -> None:
        """Delete what is pending or dead, and leave no copy of it in SQLite's log."""
        with self._database.write() as connection:
            gone = connection.execute(articles.delete().where(_GONE)).rowcount
        if gone:
            self._database.empty_log()

    def remove(self, file_ids: Sequence[str], *, redact: bool) -> list[str]:
        """Purge these articles' text, spans and vectors at once, and say which of them were live."""
        removed: list[str] = []
        names = ("title", "publisher", "publisher_key", "author", "url", "credit", "reprint_of", "rests_on", "path")
        nothing = dict.fromkeys(names)
        with self._database.write() as connection:
            for some in rows.pieces(file_ids):
                removed += connection.scalars(
                    select(articles.c.file_id).where(_LIVE, articles.c.file_id.in_(some)))
                forget_next(connection, some)
                if redact:
                    entomb(connection, some)
                for part in (spans, vectors, sentences, sketches, traces):
                    connection.execute(part.delete().where(part.c.file_id.in_(some)))
                connection.execute(chunks.update().where(chunks.c.file_id.in_(some)).values(header=""))
                connection.execute(articles.update().where(articles.c.file_id.in_(some))
                                   .values(state=DEAD, text="", signature=b"", **nothing))
            if redact:
                for file_id in file_ids:
                    record_answers.redact(connection, file_id)
                    record_threads.redact(connection, file_id)
            bump(connection, file_ids)
        return removed

    def signatures(self) -> list[Signed]:
        """What grouping the live articles by origin needs, by file_id."""
        names = ("file_id", "origin_id", "reprint_of", "signature", "update_of")
        query = select(*(articles.c[name] for name in names)).where(_LIVE).order_by(articles.c.file_id)
        with self._database.read() as connection:
            return [Signed(*row) for row in connection.execute(query)]

    def set_origins(self, origins: Mapping[str, tuple[str, str | None, str | None]]) -> None:
        """For these file_ids, the origin_id, what the article is a reprint of, and what it updates."""
        with self._database.write() as connection:
            for file_id, (origin_id, reprint_of, update_of) in origins.items():
                connection.execute(articles.update().where(_LIVE, articles.c.file_id == file_id)
                                   .values(origin_id=origin_id, reprint_of=reprint_of, update_of=update_of))
            bump(connection, origins.keys())

    # What was set aside, and answers

    def failures(self) -> list[Failure]:
        """The files that were set aside and have not been read since, by path."""
        with self._database.read() as connection:
            return [Failure(*row) for row in connection.execute(select(failures).order_by(failures.c.path))]

    def note_reading(self, failed: Mapping[str, str], read: Sequence[str]) -> None:
        """Keep failures (path to error) and forget those of paths that have now been read."""
        with self._database.write() as connection:
            again = [*read, *failed]
            # A failure of one part of a file goes with the file.
            known = connection.scalars(select(failures.c.path)).all()
            gone = {path for path in known if path.rpartition("#")[0] in set(read)}
            for some in rows.pieces([*again, *sorted(gone)]):
                connection.execute(failures.delete().where(failures.c.path.in_(some)))
            if failed:
                when = rows.now()
                connection.execute(failures.insert(), [
                    {"path": path, "error": error, "failed": when} for path, error in failed.items()])

    def save_answer(self, answer: Mapping[str, Any]) -> None:
        """Keep an answer as its JSON object."""
        with self._database.write() as connection:
            record_answers.save(connection, answer)

    def answer(self, answer_id: str) -> dict[str, Any]:
        """A kept answer. Raises NotFoundError."""
        with self._database.read() as connection:
            return record_answers.load(connection, answer_id)

    def save_feedback(self, answer_id: str, verdict: str, comment: str | None, person: str | None = None) -> None:
        """Keep a reader's verdict. Raises NotFoundError for an answer that isn't there."""
        with self._database.write() as connection:
            record_answers.comment(connection, answer_id, verdict, comment, person)

    def feedback(self) -> list[Feedback]:
        """All readers' verdicts, oldest first."""
        with self._database.read() as connection:
            return record_answers.comments(connection)


def _meta(connection: Connection, key: str) -> str | None:
    value: str | None = connection.scalar(select(meta.c.value).where(meta.c.key == key))
    return value


def _set_meta(connection: Connection, key: str, value: str | None) -> None:
    connection.execute(meta.delete().where(meta.c.key == key))
    if value is not None:
        connection.execute(meta.insert(), {"key": key, "value": value})


def _versions(keys: Any) -> ColumnElement[bool]:
    """The condition that an article's row is one of these (file_id, version)."""
    return tuple_(articles.c.file_id, articles.c.version).in_(list(keys))


def _chunk_ids(connection: Connection, condition: ColumnElement[bool]) -> list[str]:
    """The ids of all chunks of the article rows that meet the condition."""
    query = select(articles.c.file_id, articles.c.version, articles.c.chunk_count).where(condition)
    return [f"{row.file_id}.{row.version}.{position}"
            for row in connection.execute(query) for position in range(row.chunk_count)]


def _conditions(filters: Filters, not_after: date | None) -> list[ColumnElement[bool]]:
    """The filters as conditions on an article's row."""
    published = articles.c.published
    found: list[ColumnElement[bool]] = []
    if filters.published_after:
        found.append(published >= filters.published_after)
    if filters.published_before:
        found.append(published <= filters.published_before)
    if filters.publishers:
        found.append(articles.c.publisher_key.in_([rows.publisher_key(name) for name in filters.publishers]))
    if filters.file_ids:
        found.append(articles.c.file_id.in_(filters.file_ids))
    if not_after is not None:
        found.append(or_(published.is_(None), published <= not_after))
    return found


def _vector_rows(connection: Connection, wanted: Mapping[tuple[str, int], Any] | None) -> Iterator[Any]:
    """The vector rows of live articles, or of those among them that are wanted."""
    query = (
        select(vectors).join(articles, and_(vectors.c.file_id == articles.c.file_id,
                                            vectors.c.version == articles.c.version))
        .where(_LIVE).order_by(vectors.c.file_id)
    )
    if wanted is None:
        yield from connection.execution_options(yield_per=200).execute(query)
        return
    for some in rows.pieces(sorted(wanted)):
        yield from connection.execute(query.where(_versions(some)))
