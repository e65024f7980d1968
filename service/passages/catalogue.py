"""The archive's articles as retrieval weighs them, in memory: dates, publishers, origins, and what a filter leaves."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date

from service.domain import Filters
from service.ports import Entry, Record, Scope

_SCOPES = 64
"""Filters whose articles are remembered."""


class Catalogue:
    """The live articles under one revision of the record."""

    def __init__(self, revision: int, entries: Sequence[Entry]) -> None:
        self.revision = revision
        self.entries = {entry.key: entry for entry in entries}
        self.publishers = tuple(sorted({entry.publisher for entry in entries if entry.publisher}))
        self._scopes: OrderedDict[tuple[Filters, date | None], Scope | None] = OrderedDict()

    @classmethod
    def following(cls, before: Catalogue | None, record: Record) -> Catalogue:
        """The catalogue of a record as it is now; after an earlier one only the articles that changed are read."""
        changed: list[str] | None = None
        if before is None:
            revision = record.revision()
        else:
            revision, changed = record.changed(before.revision)
        if before is None or changed is None:
            return cls(revision, record.catalogue())
        # Read after the revision was: what changes in between is read once more, with the next one.
        fresh = {entry.file_id: entry for entry in record.catalogue(changed)}
        gone = frozenset(changed)
        after = {entry.file_id: entry for entry in before.entries.values() if entry.file_id not in gone} | fresh
        return cls(revision, list(after.values()))

    def scope(self, filters: Filters, not_after: date | None) -> Scope | None:
        """The chunks that the filters leave; None where they leave all.

        `not_after` leaves out articles published later than that day, and keeps those without a date.
        """
        key = filters, not_after
        if key not in self._scopes:
            fits = _test(filters, not_after)
            left = {entry.key: entry.chunks for entry in self.entries.values() if fits(entry)}
            self._scopes[key] = None if len(left) == len(self.entries) else Scope(left)
            if len(self._scopes) > _SCOPES:
                self._scopes.popitem(last=False)
        return self._scopes[key]


def _test(filters: Filters, not_after: date | None) -> Callable[[Entry], bool]:
    """Whether an article passes; one without a date fits no date filter, and is never too late."""
    after, before = filters.published_after, filters.published_before
    names = {_key(name) for name in filters.publishers}
    ids = frozenset(filters.file_ids)
    alike: dict[str | None, bool] = {}

    def fits(entry: Entry) -> bool:
        published, publisher = entry.published, entry.publisher
        if published is None:
            if after or before:
                return False
        elif ((not_after is not None and published > not_after) or (after and published < after)
              or (before and published > before)):
            return False
        if names:
            if publisher not in alike:
                alike[publisher] = _key(publisher) in names
            if not alike[publisher]:
                return False
        return not ids or entry.file_id in ids

    return fits


def _key(publisher: str | None) -> str | None:
    """What two spellings of a publisher's name share: no case, single blanks."""
    return None if publisher is None else " ".join(publisher.casefold().split())
