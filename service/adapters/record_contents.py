"""How many chunks the record has, and a digest of which: what its indexes must hold."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable

from sqlalchemy import Connection, select

from service.adapters import record_rows as rows
from service.adapters.record_changes import changed_since
from service.adapters.record_database import Database
from service.adapters.record_schema import DEAD, LIVE, articles

_COLUMNS = (articles.c.file_id, articles.c.version, articles.c.chunk_count)
_BITS = 128

Version = tuple[str, int, int]
"""An article's file_id and version, and how many chunks it has."""


class ContentRows:
    """The part of a record that knows what its indexes must hold, in its `_database`.

    What is live is kept in memory and followed by the record's revision; with each article a lookup of all would take
    longer than the rest.
    """

    _database: Database

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._counted = -1
        """The revision of what was counted; -1 for none."""
        self._versions: dict[str, Version] = {}
        self._sum = (0, 0)

    def contents(self) -> tuple[int, str]:
        """How many chunks are live or dead, and a digest of which."""
        with self._counting, self._database.read() as connection:
            self._count(connection)
            dead = connection.execute(select(*_COLUMNS).where(articles.c.state == DEAD)).all()
        count, digest = _added(self._sum, ((row.file_id, row.version, row.chunk_count) for row in dead), 1)
        return count, f"{digest:032x}"

    def _count(self, connection: Connection) -> None:
        """Know what is live now."""
        now, changed = changed_since(connection, self._counted)
        if changed is None:
            found = connection.execute(select(*_COLUMNS).where(articles.c.state == LIVE))
            self._versions = {row[0]: (row[0], row[1], row[2]) for row in found}
            self._sum = _added((0, 0), self._versions.values(), 1)
        else:
            gone = [self._versions.pop(file_id) for file_id in changed if file_id in self._versions]
            for some in rows.pieces(changed):
                # By the key alone: SQLite would look for the state first, and find every live article.
                of_these = connection.execute(select(*_COLUMNS, articles.c.state).where(articles.c.file_id.in_(some)))
                self._versions.update({row[0]: (row[0], row[1], row[2]) for row in of_these if row.state == LIVE})
            come = [self._versions[file_id] for file_id in changed if file_id in self._versions]
            self._sum = _added(_added(self._sum, gone, -1), come, 1)
        self._counted = now


def _added(to: tuple[int, int], versions: Iterable[Version], sign: int) -> tuple[int, int]:
    """Chunks and digest with these versions added (1) or taken out (-1). The digest is a sum of hashes, so that the
    order in which they came is of no matter."""
    count, digest = to
    for file_id, version, chunks in versions:
        one = hashlib.blake2b(f"{file_id}.{version}.{chunks}".encode(), digest_size=_BITS // 8).digest()
        count += sign * chunks
        digest += sign * int.from_bytes(one)
    return count, digest % (1 << _BITS)
