"""The record's revision, and which articles changed with each of the last ones, in `meta`.

Whoever keeps something in memory of all articles follows a change by reading those articles alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, select

from service.adapters.record_database import Database
from service.adapters.record_schema import meta

REVISION = "revision"
_CHANGED = "changed."
_KEPT = 64
"""So many of the last revisions are told of."""
_MANY = 500
"""A change of more articles isn't told of: it is read quicker as a whole."""


class ChangeRows:
    """The part of a record that tells what changed, in its `_database`."""

    _database: Database

    def revision(self) -> int:
        """Grows with every change of what is live."""
        with self._database.read() as connection:
            return _revision(connection)

    def changed(self, since: int) -> tuple[int, list[str] | None]:
        """The revision now, and the file_ids of all articles that came, went or changed after that one; None where
        that is not known any more."""
        with self._database.read() as connection:
            return changed_since(connection, since)


def changed_since(connection: Connection, since: int) -> tuple[int, list[str] | None]:
    """As `ChangeRows.changed`, in a transaction."""
    now = _revision(connection)
    if since < 0 or not 0 <= now - since <= _KEPT:
        return now, None
    keys = [f"{_CHANGED}{revision}" for revision in range(since + 1, now + 1)]
    told = connection.scalars(select(meta.c.value).where(meta.c.key.in_(keys))).all() if keys else []
    if len(told) < len(keys):
        return now, None
    return now, sorted({file_id for value in told for file_id in json.loads(value)})


def bump(connection: Connection, file_ids: Collection[str]) -> None:
    """What is live changed: of these articles."""
    now = _revision(connection) + 1
    connection.execute(meta.delete().where(meta.c.key.in_(
        [REVISION, f"{_CHANGED}{now}", f"{_CHANGED}{now - _KEPT}"])))
    values = [{"key": REVISION, "value": str(now)}]
    if len(file_ids) <= _MANY:
        values.append({"key": f"{_CHANGED}{now}", "value": json.dumps(sorted(file_ids))})
    connection.execute(meta.insert(), values)


def _revision(connection: Connection) -> int:
    return int(connection.scalar(select(meta.c.value).where(meta.c.key == REVISION)) or 0)
