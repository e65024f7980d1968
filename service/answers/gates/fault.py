"""The names of the gates, and what a gate is given: the statement and the quotes that it cites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from service.domain import Quote

Gate = Literal[
    "key", "plain", "quote", "body", "numbers", "dates", "names", "negation", "hedge", "attribution", "roles",
    "support",
]  # fmt: skip


class Fault(NamedTuple):
    """Why a statement does not pass: the gate, and a sentence that tells its writer what to change."""

    gate: Gate
    reason: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement's evidence: the widened quotes, and what is known of their sources."""

    quotes: tuple[Quote, ...]

    def texts(self) -> tuple[str, ...]:
        """The cited texts."""
        return tuple(quote.text for quote in self.quotes)

    def metadata(self) -> tuple[str, ...]:
        """Title, publisher, credit and date (ISO) of each source, where known."""
        found: dict[str, None] = {}
        for quote in self.quotes:
            source = quote.source
            date = source.published.isoformat() if source.published else None
            for value in (source.document_title, source.publisher, source.reprint_of, date):
                if value:
                    found[value] = None
        return tuple(found)
