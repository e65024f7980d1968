"""What articles share line by line in the record: `service.ports.Traces` over SQLAlchemy Core."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, select

from service.adapters import record_rows as rows
from service.adapters.record_database import Database
from service.adapters.record_schema import LIVE, articles, learned_lines, traces
from service.ports import Draft, Signed

LINE, QUOTE = "line", "quote"
_LIVE = articles.c.state == LIVE
_SAME = (traces.c.file_id == articles.c.file_id) & (traces.c.version == articles.c.version)
_WIDEST: Final = 500
"""Articles up to which a quotation tells that they rest on one source; a phrase of all the world doesn't."""


def trace_rows(draft: Draft) -> list[dict[str, Any]]:
    """The rows of a draft's lines and quotations."""
    key = {"file_id": draft.article.file_id, "version": draft.version}
    pairs = [(LINE, mark) for mark in draft.lines] + [(QUOTE, mark) for mark in draft.quotes]
    return [key | {"kind": kind, "mark": mark} for kind, mark in pairs]


class TraceRows:
    """The part of a record that knows which lines and quotations articles share, in its `_database`."""

    _database: Database

    def learned_lines(self) -> frozenset[int]:
        """The lines that belong to outlets' pages."""
        with self._database.read() as connection:
            return frozenset(connection.scalars(select(learned_lines.c.mark)))

    def learn_lines(self, lines: Sequence[int]) -> None:
        """Keep lines as their outlets'."""
        with self._database.write() as connection:
            for line in lines:
                connection.execute(rows.insert_unless_there(connection, learned_lines, mark=line, learned=rows.now()))

    def common_lines(self, file_ids: Sequence[str], least: int) -> dict[int, list[str]]:
        """The lines of these articles, not learned yet, that stand in so many live origins: by line the articles."""
        found: dict[int, list[str]] = {}
        known = self.learned_lines()
        with self._database.read() as connection:
            for some in rows.pieces(file_ids):
                # By the article alone: SQLite would look for the kind first, and find every line.
                own = connection.execute(select(traces.c.mark, traces.c.kind).where(traces.c.file_id.in_(some)))
                marks = sorted({mark for mark, kind in own if kind == LINE} - known - found.keys())
                for few in rows.pieces(marks):
                    # The few lines that other articles have too, before anything is asked of articles.
                    query = (select(traces.c.mark).where(traces.c.kind == LINE, traces.c.mark.in_(few))
                             .group_by(traces.c.mark).having(func.count() >= least))
                    for mark in sorted(connection.scalars(query)):
                        if _origins(connection, mark) >= least:
                            found[mark] = _holders(connection, LINE, mark)
        return found

    def stories(self, file_ids: Sequence[str], most: int) -> list[Signed]:
        """So many of these live articles at most, each of another origin, spread over all in their order."""
        first: dict[str, str] = {}
        with self._database.read() as connection:
            for some in rows.pieces(file_ids):
                holding = select(articles.c.file_id, articles.c.origin_id).where(_LIVE, articles.c.file_id.in_(some))
                for row in connection.execute(holding.order_by(articles.c.file_id)):
                    first.setdefault(row.origin_id or row.file_id, row.file_id)
            ids = sorted(first.values())
            chosen = ids[:: max(1, len(ids) // most)][:most]
            columns = [articles.c[name] for name in ("file_id", "origin_id", "reprint_of", "signature", "update_of")]
            query = select(*columns).where(_LIVE, articles.c.file_id.in_(chosen)).order_by(articles.c.file_id)
            return [Signed(*row) for row in connection.execute(query)]

    def sharing_quotes(self, file_id: str) -> dict[str, tuple[str, ...]]:
        """The other live articles that print a quotation of this one, by file_id, and what each rests on."""
        found: dict[str, tuple[str, ...]] = defaultdict(tuple)
        with self._database.read() as connection:
            own = (
                select(traces.c.mark)
                .join(articles, _SAME)
                .where(_LIVE, traces.c.kind == QUOTE, articles.c.file_id == file_id)
            )
            for mark in connection.scalars(own):
                holders = _holders(connection, QUOTE, mark)
                if len(holders) > _WIDEST:
                    continue
                query = select(articles.c.file_id, articles.c.rests_on).where(_LIVE, articles.c.file_id.in_(holders))
                for row in connection.execute(query):
                    if row.file_id != file_id:
                        found[row.file_id] = rows.names(row.rests_on)
        return dict(sorted(found.items()))


def _origins(connection: Connection, mark: int) -> int:
    """How many live origins have a line."""
    having = select(traces.c.file_id, traces.c.version).where(traces.c.kind == LINE, traces.c.mark == mark)
    keys = {(file_id, version) for file_id, version in connection.execute(having)}
    origins = set()
    for some in rows.pieces(sorted({file_id for file_id, _ in keys})):
        query = select(articles.c.file_id, articles.c.version, articles.c.origin_id).where(
            _LIVE, articles.c.file_id.in_(some))
        origins |= {origin for file_id, version, origin in connection.execute(query) if (file_id, version) in keys}
    return len(origins)


def _holders(connection: Connection, kind: str, mark: int) -> list[str]:
    """The live articles with a line or quotation, sorted."""
    query = (
        select(articles.c.file_id)
        .join(traces, _SAME)
        .where(_LIVE, traces.c.kind == kind, traces.c.mark == mark)
        .distinct()
        .order_by(articles.c.file_id)
    )
    return list(connection.scalars(query))
