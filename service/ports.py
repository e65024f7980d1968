"""What the rooms need from outside, as Protocols; `wiring.py` chooses who provides it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from service.domain import Article, Chunk, Filters, Source, Usage

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors.

    `fingerprint` names the model and the hash of its weights; `dimension` is the length of a vector;
    `max_tokens` is how many tokens of a text it reads.
    """

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order given. Raises EmbedderError."""
        ...

    def token_count(self, text: str) -> int:
        """How many tokens the text costs, without the embedder's own markers."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed reply; `usage` comes with the last one where the endpoint reports it."""

    text: str = ""
    usage: Usage | None = None


class ChatModel(Protocol):
    """A language model behind a chat endpoint."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The reply as it comes. Raises ModelError or ModelTimeout, after retries of what is retryable."""
        ...

    async def aclose(self) -> None:
        """Let its connections go."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk's id and its score: cosine for vectors, BM25 for words."""

    chunk_id: str
    score: float


class PassageStore(Protocol):
    """The two derived indexes, vectors and words, as one thing. Disposable: the record can rebuild it."""

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Index new chunks; ids that exist already are refused with StateError. Durable when it returns."""
        ...

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Forget chunks; unknown ids are ignored."""
        ...

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[Hit]:
        """The chunks closest to a unit vector, best first; `within` restricts to these chunk ids."""
        ...

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The chunks that best match the words of a query by BM25, best first. Any text is a valid query."""
        ...

    def count(self) -> int:
        """How many chunks both indexes hold."""
        ...

    def prepare(self) -> None:
        """Be ready to search and write, after repairing from the record what is missing or damaged."""
        ...

    def rebuild(self) -> None:
        """Make both indexes anew from the record's live chunks, with no trace of what was removed."""
        ...

    def settle(self) -> None:
        """Note, at the end of a piece of work, that the indexes are as they should be."""
        ...

    def close(self) -> None:
        """Leave the indexes clean on disk."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of an article on its way into the record: its chunks and their vectors, row by row."""

    article: Article
    version: int
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    fingerprint: str
    signature: bytes = b""


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


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the archive's list; `cursor` asks for the next one and is None on the last."""

    items: tuple[Source, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was set aside, and why; `when` is an ISO 8601 time."""

    path: str
    error: str
    when: str


class Record(Protocol):
    """The truth: articles, their chunks and vectors, answers. Everything is read from *live* articles alone.

    An article enters in two steps: `stage` writes rows that nobody sees, `publish` makes them live and the
    version before them dead, in one commit. What is pending or dead is `leftovers` until `sweep`, so that the
    indexes can be put right first. One process writes articles at a time (the store's owner lock sees to it);
    readers never wait. All methods raise StateError when the database can't be used.
    """

    def meta(self, key: str) -> str | None:
        """A value that belongs to the whole archive."""
        ...

    def set_meta(self, key: str, value: str | None) -> None:
        """Keep such a value; None forgets it."""
        ...

    def revision(self) -> int:
        """Grows with every change of what is live; a cache made under the same revision still holds."""
        ...

    def totals(self) -> tuple[int, int]:
        """How many articles and how many chunks are live."""
        ...

    def articles(self, limit: int = 100, cursor: str | None = None) -> Page:
        """Live articles by file name. Raises UsageError for a cursor that isn't one."""
        ...

    def article(self, file_id: str) -> Article:
        """A live article, text and spans included. Raises NotFoundError."""
        ...

    def passages(self, chunk_ids: Sequence[str]) -> dict[str, tuple[Chunk, Source]]:
        """The live ones among these chunks, each with its article's Source."""
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

    def known(self) -> list[Known]:
        """All live articles, without their text."""
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

    def set_origins(self, origins: Mapping[str, tuple[str, str | None]]) -> None:
        """For these file_ids, the origin_id and what the article is a reprint of."""
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

    def save_feedback(self, answer_id: str, verdict: str, comment: str | None) -> None:
        """Keep a reader's verdict. Raises NotFoundError for an answer that isn't there."""
        ...

    def first_seen(self, key: str) -> bool:
        """Whether this event from outside is new; it is known from then on, for a week at least."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...
