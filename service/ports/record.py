"""The record of articles, chunks and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from service.domain import Article, Chunk, Filters, Source, SpanKind
from service.ports.models import Vectors


@dataclass(frozen=True, slots=True)
class Sentences:
    """Where an article's quotable sentences stand, as (start, end, kind), and their unit vectors, row by row."""

    places: tuple[tuple[int, int, SpanKind], ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of an article on its way into the record: its chunks and their vectors, row by row."""

    article: Article
    version: int
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    fingerprint: str
    signature: bytes = b""
    sketch: bytes = b""
    lines: tuple[int, ...] = ()
    quotes: tuple[int, ...] = ()
    sentences: Sentences | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What an ingest has to know of a live article to tell whether there is work to do."""

    file_id: str
    version: int
    source: str
    filename: str
    path: str | None
    sha256: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A live article's origin as it stands ("" where it was not looked for yet) and its signature."""

    file_id: str
    origin_id: str
    reprint_of: str | None
    signature: bytes
    update_of: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the archive's list; `cursor` asks for the next one and is None on the last."""

    items: tuple[Source, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A live article as retrieval weighs it; `key` is `<file_id>.<version>`, `chunks` how many it has."""

    key: str
    file_id: str
    chunks: int
    published: date | None
    publisher: str | None
    origin_id: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was set aside, and why; `when` is an ISO 8601 time."""

    path: str
    error: str
    when: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's verdict on an answer, `helpful` or `wrong`; `person` is who gave it, where that is known."""

    answer_id: str
    verdict: str
    comment: str | None
    person: str | None
    created: str


class HeldTurn(Protocol):
    """The right to write articles, among the processes that share a record."""

    def release(self) -> None:
        """Let the next one in."""
        ...


class Record(Protocol):
    """The truth: articles, their chunks and vectors, answers. Everything is read from *live* articles alone.

    An article enters in two steps: `stage` writes rows that nobody sees, `publish` makes them live and the
    version before them dead, in one commit. What is pending or dead is `leftovers` until `sweep`, so that the
    indexes can be put right first. One process writes articles at a time: the owner of the archive's folder, or where
    processes on several machines share the record, the one whose turn it is. Readers never wait. All methods raise
    StateError when the database can't be used.
    """

    def identity(self) -> str | None:
        """What tells a record that processes on several machines share from every other; None for a file of this
        machine."""
        ...

    def take_turn(self, *, wait: bool = True) -> HeldTurn | None:
        """The right to write articles; None where another process has it, with `wait` after some seconds.

        It goes with the process that holds it. Nobody waits for a record that is a file of this machine.
        """
        ...

    def meta(self, key: str) -> str | None:
        """A value that belongs to the whole archive."""
        ...

    def set_meta(self, key: str, value: str | None) -> None:
        """Keep such a value; None forgets it."""
        ...

    def revision(self) -> int:
        """Grows with every change of what is live; a cache made under the same revision still holds."""
        ...

    def changed(self, since: int) -> tuple[int, list[str] | None]:
        """The revision now, and the file_ids of all articles that came, went or changed after the revision `since`;
        None where that is not known any more."""
        ...

    def totals(self) -> tuple[int, int]:
        """How many articles and how many chunks are live."""
        ...

    def articles(self, limit: int = 100, cursor: str | None = None) -> Page:
        """Live articles by file name. Raises UsageError for a cursor that isn't one."""
        ...

    def readings(self, file_ids: Sequence[str]) -> dict[str, tuple[Article, Sentences | None]]:
        """The live ones of these articles, each with its sentences where they were embedded when it came in."""
        ...

    def sentence_cosines(self, chunk_ids: Sequence[str], vector: NDArray[np.float32]) -> dict[str, float]:
        """The cosine of a unit vector with the nearest sentence of each of these chunks; without the chunks of articles
        whose sentences have no vectors yet."""
        ...

    def keep_sentences(self, file_id: str, version: int, told: Sentences) -> None:
        """Add an article's sentences where this version of it is still live and has none."""
        ...

    def article(self, file_id: str) -> Article:
        """A live article, text and spans included. Raises NotFoundError."""
        ...

    def passages(self, chunk_ids: Sequence[str]) -> dict[str, tuple[Chunk, Source]]:
        """The live ones among these chunks, each with its article's Source."""
        ...

    def catalogue(self, file_ids: Sequence[str] | None = None) -> list[Entry]:
        """The live ones of these articles, or all, as retrieval weighs them, by file_id."""
        ...

    def publishers(self) -> dict[str, int]:
        """The outlets of the live articles, as written there, by name; and how many articles each has."""
        ...

    def within(self, filters: Filters, *, not_after: date | None = None) -> list[str] | None:
        """The ids of all live chunks that the filters leave; None where they leave all.

        `not_after` leaves out articles published later than that day, and keeps those without a date.
        """
        ...

    def vectors(self, within: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """Live chunk ids and their vectors, shape (n, dimension); (0, 0) where there are none."""
        ...

    def chunks(self) -> Iterator[tuple[tuple[Chunk, ...], Vectors]]:
        """All live chunks with their vectors, article by article."""
        ...

    def contents(self) -> tuple[int, str]:
        """How many chunks are live or dead, and a digest of which; the indexes hold these."""
        ...

    def known(self, file_ids: Sequence[str] | None = None) -> list[Known]:
        """The live ones of these articles, or all, without their text."""
        ...

    def reserve(self, versions: int) -> int:
        """The first of that many version numbers, none of which was or will be used again."""
        ...

    def stage(self, drafts: Sequence[Draft]) -> None:
        """Write these versions as pending."""
        ...

    def publish(self, versions: Sequence[tuple[str, int]]) -> None:
        """Make staged versions, as (file_id, version), live, and those they replace dead."""
        ...

    def leftovers(self) -> list[str]:
        """The ids of chunks that are pending or dead."""
        ...

    def sweep(self) -> None:
        """Delete what is pending or dead."""
        ...

    def remove(self, file_ids: Sequence[str], *, redact: bool) -> list[str]:
        """Purge these articles' text, spans and vectors at once, and say which of them were live.

        Their chunks are dead then. `redact` is a takedown: the articles' words leave stored answers too.
        """
        ...

    def signatures(self) -> list[Signed]:
        """What grouping the live articles by origin needs, by file_id."""
        ...

    def set_origins(self, origins: Mapping[str, tuple[str, str | None, str | None]]) -> None:
        """For these file_ids, the origin_id, what the article is a reprint of, and the file_id of what it updates."""
        ...

    def failures(self) -> list[Failure]:
        """The files that were set aside and have not been read since, by path."""
        ...

    def note_reading(self, failed: Mapping[str, str], read: Sequence[str]) -> None:
        """Keep failures (path to error) and forget those of paths that have now been read."""
        ...

    def save_answer(self, answer: Mapping[str, Any]) -> None:
        """Keep an answer as its JSON object; `id`, `created`, `citations` and `nearest` are read from it."""
        ...

    def answer(self, answer_id: str) -> dict[str, Any]:
        """A kept answer. Raises NotFoundError."""
        ...

    def save_feedback(self, answer_id: str, verdict: str, comment: str | None, person: str | None = None) -> None:
        """Keep a reader's verdict, in place of the one that this person gave before.

        Raises NotFoundError for an answer that isn't there.
        """
        ...

    def feedback(self) -> list[Feedback]:
        """All readers' verdicts, oldest first."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...
