"""Which events from outside were taken before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from service.adapters.record_rows import insert_unless_there, now
from service.adapters.record_schema import deliveries

KEPT_DAYS = 7
"""How long an event is remembered; nobody delivers one again after so long."""


def first_seen(connection: Connection, key: str) -> bool:
    """Whether the event is new, also where several processes ask at once; it is known from then on."""
    expired = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    connection.execute(deliveries.delete().where(deliveries.c.seen < expired))
    insert = insert_unless_there(connection, deliveries, key=key[:300], seen=now())
    return connection.execute(insert).rowcount == 1
