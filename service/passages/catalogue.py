"""The archive's articles as retrieval weighs them, in memory: dates, publishers, origins, and what a filter leaves."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date

from service.domain import Filters
from service.ports import Entry, Scope

_SCOPES = 64
"""Filters whose articles are remembered."""


class Catalogue:
    """The live articles under one revision of the record."""

    def __init__(self, revision: int, entries: Sequence[Entry]) -> None:
        self.revision = revision
        self.entries = {entry.key: entry for entry in entries}
        self.publishers = tuple(sorted({entry.publisher for entry in entries if entry.publisher}))
        self._scopes: OrderedDict[tuple[Filters, date | None], Scope | None] = OrderedDict()

    def scope(self, filters: Filters, not_after: date | None) -> Scope | None:
        """The chunks that the filters leave; None where they leave all.

        `not_after` leaves out articles published later than that day, and keeps those without a date.
        """
        key = filters, not_after
        if key not in self._scopes:
            left = {e.key: e.chunks for e in self.entries.values() if _fits(e, filters, not_after)}
            self._scopes[key] = None if len(left) == len(self.entries) else Scope(left)
            if len(self._scopes) > _SCOPES:
                self._scopes.popitem(last=False)
        return self._scopes[key]


def _fits(entry: Entry, filters: Filters, not_after: date | None) -> bool:
    """Whether an article passes; one without a date fits no date filter, and is never too late."""
    published = entry.published
    if not_after is not None and published is not None and published > not_after:
        return False
    if filters.published_after and (published is None or published < filters.published_after):
        return False
    if filters.published_before and (published is None or published > filters.published_before):
        return False
    if filters.publishers and _key(entry.publisher) not in {_key(name) for name in filters.publishers}:
        return False
    return not filters.file_ids or entry.file_id in filters.file_ids


def _key(publisher: str | None) -> str | None:
    """What two spellings of a publisher's name share: no case, single blanks."""
    return None if publisher is None else " ".join(publisher.casefold().split())
