"""What retrieval weighs of all live articles, read in one go: `Record.catalogue`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from service.adapters import record_rows as rows
from service.adapters.record_database import Database
from service.adapters.record_schema import LIVE, articles
from service.ports import Entry

_COLUMNS = (articles.c.file_id, articles.c.version, articles.c.chunk_count, articles.c.published,
            articles.c.publisher, articles.c.origin_id)


class CatalogueRows:
    """The part of a record that lists its live articles, in its `_database`."""

    _database: Database

    def catalogue(self, file_ids: Sequence[str] | None = None) -> list[Entry]:
        """The live ones of these articles, or all, as retrieval weighs them, by file_id."""
        query = select(*_COLUMNS).where(articles.c.state == LIVE).order_by(articles.c.file_id)
        queries = [query] if file_ids is None else [
            # By the key alone: SQLite would look for the state first, and find every live article.
            select(*_COLUMNS, articles.c.state).where(articles.c.file_id.in_(some)).order_by(articles.c.file_id)
            for some in rows.pieces(sorted(set(file_ids)))]
        with self._database.read() as connection:
            return [Entry(f"{file_id}.{version}", file_id, chunks, published, publisher, origin_id or file_id)
                    for one in queries
                    for file_id, version, chunks, published, publisher, origin_id, *state in connection.execute(one)
                    if state in ([], [LIVE])]

    def publishers(self) -> dict[str, int]:
        """The outlets of the live articles, as written there, by name; and how many articles each has."""
        named = (articles.c.state == LIVE, articles.c.publisher.is_not(None))
        query = select(articles.c.publisher, func.count()).where(*named).group_by(articles.c.publisher)
        with self._database.read() as connection:
            return dict(sorted((name, count) for name, count in connection.execute(query)))
