"""Which events from outside were taken before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from service.adapters.record_rows import now
from service.adapters.record_schema import deliveries

KEPT_DAYS = 7
"""How long an event is remembered; nobody delivers one again after so long."""

_INSERTS: Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def first_seen(connection: Connection, key: str) -> bool:
    """Whether the event is new, also where several processes ask at once; it is known from then on."""
    expired = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    connection.execute(deliveries.delete().where(deliveries.c.seen < expired))
    insert = _INSERTS[connection.dialect.name](deliveries).values(key=key[:300], seen=now())
    return connection.execute(insert.on_conflict_do_nothing()).rowcount == 1
