"""Versions of articles that nobody sees yet: staged by an ingest, or made ready as the next index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, exists, select

from service.adapters import record_rows as rows
from service.adapters.record_changes import bump
from service.adapters.record_database import Database
from service.adapters.record_schema import (
    DEAD,
    LIVE,
    NEXT,
    articles,
    chunks,
    meta,
    sentences,
    sketches,
    spans,
    traces,
    vectors,
)
from service.adapters.record_sentences import sentence_row
from service.adapters.record_traces import trace_rows
from service.ports import Draft, Known

_KNOWN = ("file_id", "version", "source", "filename", "path", "sha256", "fingerprint")
_CARRIED = ("source", "filename", "path", "origin_id", "reprint_of", "update_of")
"""What may have changed of a live article without a new version of it."""


class DraftRows:
    """The part of a record that keeps the next index beside the one in use, in its `_database`."""

    _database: Database

    def lacking(self, fingerprint: str) -> list[Known]:
        """The live articles that were indexed as another fingerprint and have no next version of this one."""
        after = articles.alias("after")
        made = exists().where(after.c.file_id == articles.c.file_id, after.c.state == NEXT,
                              after.c.fingerprint == fingerprint)
        query = (select(*(articles.c[name] for name in _KNOWN))
                 .where(articles.c.state == LIVE, articles.c.fingerprint != fingerprint, ~made)
                 .order_by(articles.c.file_id))
        with self._database.read() as connection:
            return [Known(*row) for row in connection.execute(query)]

    def stage_next(self, drafts: Sequence[Draft], made_from: Mapping[str, int]) -> None:
        """Write these as the next versions of articles; not of those whose live version is no longer the one named."""
        with self._database.write() as connection:
            live: dict[str, int] = {}
            for some in rows.pieces([draft.article.file_id for draft in drafts]):
                query = select(articles.c.file_id, articles.c.version).where(
                    articles.c.state == LIVE, articles.c.file_id.in_(some))
                live |= {row.file_id: row.version for row in connection.execute(query)}
            for draft in drafts:
                file_id = draft.article.file_id
                if live.get(file_id) == made_from[file_id]:
                    forget_next(connection, [file_id])
                    write_draft(connection, draft, NEXT)

    def drop_next(self, *, keep: str) -> None:
        """Forget next versions of all fingerprints but one."""
        with self._database.write() as connection:
            gone = connection.execute(
                articles.delete().where(articles.c.state == NEXT, articles.c.fingerprint != keep)).rowcount
        if gone:
            self._database.empty_log()

    def promote(self, fingerprint: str, keep: Mapping[str, str | None]) -> None:
        """Make the next versions of this fingerprint live and what they replace dead, and keep these values of `meta`;
        all in one commit. What may have been renamed or regrouped meanwhile is as the live version has it."""
        ready = and_(articles.c.state == NEXT, articles.c.fingerprint == fingerprint)
        live = articles.alias("live_version")
        with self._database.write() as connection:
            carried = {name: select(live.c[name]).where(live.c.file_id == articles.c.file_id, live.c.state == LIVE)
                       .scalar_subquery() for name in _CARRIED}
            connection.execute(articles.update().where(ready).values(**carried))
            replaced = list(connection.scalars(select(articles.c.file_id).where(ready)))
            for some in rows.pieces(replaced):
                connection.execute(articles.update().where(articles.c.state == LIVE, articles.c.file_id.in_(some))
                                   .values(state=DEAD))
            connection.execute(articles.update().where(ready).values(state=LIVE))
            connection.execute(articles.delete().where(articles.c.state == NEXT))
            bump(connection, replaced)
            for key, value in keep.items():
                connection.execute(meta.delete().where(meta.c.key == key))
                if value is not None:
                    connection.execute(meta.insert(), {"key": key, "value": value})


def write_draft(connection: Connection, draft: Draft, state: str) -> None:
    """The rows of a version."""
    of_spans, of_chunks, of_vectors = rows.part_rows(draft)
    connection.execute(articles.insert(), rows.article_row(draft) | {"state": state})
    if of_spans:
        connection.execute(spans.insert(), of_spans)
    if of_chunks:
        connection.execute(chunks.insert(), of_chunks)
    connection.execute(vectors.insert(), of_vectors)
    if draft.sentences is not None:
        connection.execute(sentences.insert(), sentence_row(draft.article.file_id, draft.version, draft.sentences))
    if draft.sketch:
        key = {"file_id": draft.article.file_id, "version": draft.version}
        connection.execute(sketches.insert(), key | {"data": draft.sketch})
    if of_traces := trace_rows(draft):
        connection.execute(traces.insert(), of_traces)


def forget_next(connection: Connection, file_ids: Sequence[str]) -> None:
    """Delete next versions of articles that have changed or go: they were made from another state."""
    for some in rows.pieces(list(file_ids)):
        connection.execute(articles.delete().where(articles.c.state == NEXT, articles.c.file_id.in_(some)))
