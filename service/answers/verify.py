"""What leaves the service is proven here: a proposed statement passes every gate, or is sent back with the
reason.

Pure code. The gates, in order: the passage key exists (`key`); the statement is plain text (`plain`); each
quote stands in its passage (`quote`) and, widened to whole sentences, in the article's own text (`body`);
then the widened quotes prove the statement's `numbers`, `dates` and `names`, keep its `negation`, `hedge`,
`attribution` and `roles`, and carry each of its words (`support`). A statement that copies whole sentences
needs no further proof than its quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.answers.gates.added import added, halved
from service.answers.gates.alignment import Case, case, verbatim
from service.answers.gates.bearers import borne
from service.answers.gates.deeds import deeds
from service.answers.gates.fault import Cited, Fault, Gate
from service.answers.gates.frames import framed
from service.answers.gates.merged import merged
from service.answers.gates.names import dates, names
from service.answers.gates.numbers import numbers
from service.answers.gates.order import order
from service.answers.gates.pairs import paired
from service.answers.gates.places import moved
from service.answers.gates.plain_text import plain
from service.answers.gates.quoting import locate
from service.answers.gates.referents import referred
from service.answers.gates.reporting import asserting, reporting
from service.answers.gates.rivals import rivalled
from service.answers.gates.roles import roles
from service.answers.gates.scope import scoped
from service.answers.gates.speech import attribution
from service.answers.gates.subjects import subjects
from service.answers.gates.support import support
from service.answers.gates.times import timed
from service.answers.gates.words import hedge, negation
from service.domain import Chunk, Quote, Source, Span

__all__ = ["GATES", "Cited", "Evidence", "Gate", "Proposed", "Rejected", "Verified", "check", "verify"]

GATES: tuple[Callable[[Case], Fault | None], ...] = (
    numbers, dates, names, negation, hedge, attribution, roles, moved, order, timed, subjects, framed, scoped, support,
    halved, added, paired, merged, rivalled, borne, referred, deeds,
)  # fmt: skip
"""The gates that read a statement against its located quotes, in order."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage as it was shown: the chunk, its source, and the article's whole text and spans."""

    chunk: Chunk
    source: Source
    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A statement without markers, and the (passage key, quoted words) pairs that shall prove it."""

    text: str
    quotes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """A proven statement; its quotes are whole sentences at their true places, each once."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A statement that does not leave: the gate it failed at, and a sentence that says what to change."""

    text: str
    gate: Gate
    reason: str


def verify(proposed: Proposed, passages: Mapping[str, Evidence]) -> Verified | Rejected:
    """Pass a proposed statement through all gates; `passages` maps the keys that were shown to their
    passages.
    """
    fault = _keys(proposed, passages)
    if fault:
        return Rejected(proposed.text, *fault)
    sources = Cited(tuple(Quote(passages[key].source, 0, 0, "") for key, _ in proposed.quotes))
    fault = plain(proposed.text, sources) or asserting(proposed.text)
    if fault:
        return Rejected(proposed.text, *fault)
    found: dict[tuple[str, int, int], Quote] = {}
    for key, words in proposed.quotes:
        shown = passages[key]
        place = locate(words, shown.source, shown.text, shown.spans, (shown.chunk.start, shown.chunk.end))
        if isinstance(place, Fault):
            return Rejected(proposed.text, *place)
        fault = reporting(place, shown.text)
        if fault:
            return Rejected(proposed.text, *fault)
        found[place.source.file_id, place.start, place.end] = place
    cited = Cited(tuple(found.values()))
    fault = check(proposed.text, cited)
    return Rejected(proposed.text, *fault) if fault else Verified(proposed.text.strip(), cited.quotes)


def check(statement: str, cited: Cited) -> Fault | None:
    """The first fault of a statement against quotes that are located already; None when they prove it."""
    if verbatim(statement, cited):
        return None
    read = case(statement, cited)
    for gate in GATES:
        fault = gate(read)
        if fault:
            return fault
    return None


def _keys(proposed: Proposed, passages: Mapping[str, Evidence]) -> Fault | None:
    if not proposed.quotes:
        return Fault("key", "The statement cites nothing; give at least one passage and its exact words.")
    for key, _ in proposed.quotes:
        if key not in passages:
            known = ", ".join(list(passages)[:20])
            return Fault("key", f"There is no passage {key!r}; cite one of {known}.")
    return None
