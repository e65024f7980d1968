"""The API keys in the record: `service.ports.ApiKeys` over SQLAlchemy Core."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError

from service.adapters.record_database import Database
from service.adapters.record_schema import api_keys
from service.errors import UsageError
from service.ports import ApiKey


class KeyRows:
    """The part of a record that keeps API keys, in its `_database`."""

    _database: Database

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key. Raises UsageError where one has its id already."""
        values = {"id": key.id, "name": key.name, "digest": key.digest, "scopes": " ".join(key.scopes),
                  "created": key.created, "last_used": key.last_used, "revoked": key.revoked}
        with self._database.write() as connection:
            try:
                connection.execute(api_keys.insert(), values)
            except IntegrityError:
                raise UsageError(f"there is an API key {key.id!r} already", advice="make another one") from None

    def key(self, key_id: str) -> ApiKey | None:
        """The key with this id, revoked or not; None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
        return None if row is None else _key(row)

    def all_keys(self) -> list[ApiKey]:
        """All keys, revoked ones too, oldest first."""
        query = select(api_keys).order_by(api_keys.c.created, api_keys.c.id)
        with self._database.read() as connection:
            return [_key(row) for row in connection.execute(query)]

    def revoke_key(self, key_id: str, when: str) -> bool:
        """Revoke a key for good; whether there was one that wasn't revoked yet."""
        there = api_keys.update().where(api_keys.c.id == key_id, api_keys.c.revoked.is_(None))
        with self._database.write() as connection:
            return connection.execute(there.values(revoked=when)).rowcount == 1

    def note_key_use(self, key_id: str, when: str) -> None:
        """Keep when a key was used last."""
        with self._database.write() as connection:
            connection.execute(api_keys.update().where(api_keys.c.id == key_id).values(last_used=when))


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    return ApiKey(row.id, row.name, row.digest, tuple(row.scopes.split()), row.created, row.last_used, row.revoked)
