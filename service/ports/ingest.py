"""What an ingest keeps in the record beside the articles: files, takedowns, traces, the next index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from service.ports.record import Draft, Known, Record, Signed


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was when articles were read from it: its real path, the source and name it was given, the hash of
    its bytes, and how many articles it held."""

    path: str
    source: str
    filename: str
    sha256: str
    articles: int


@dataclass(frozen=True, slots=True)
class Takedown:
    """What was taken down: an article's id, the hash of its path (None where it had none) and of its content."""

    file_id: str
    path_hash: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """An ingest that another process asks the owner for, and what came of it; both are JSON objects."""

    id: str
    request: dict[str, Any]
    state: str
    reply: dict[str, Any] | None


class Files(Protocol):
    """The files behind the articles, and what may not come back. All methods raise StateError when the database can't
    be used."""

    def files(self) -> list[KnownFile]:
        """All files that articles were read from."""
        ...

    def note_files(self, files: Sequence[KnownFile]) -> None:
        """Keep these files as they now are, each under its path."""
        ...

    def forget_files(self, paths: Sequence[str]) -> None:
        """Forget files, not their articles."""
        ...

    def move_file(self, path: str, to: KnownFile) -> list[str]:
        """A file was renamed: its articles have the new path and name and keep their ids, which are returned."""
        ...

    def takedowns(self) -> list[Takedown]:
        """What was taken down and not restored since."""
        ...

    def restore(self, file_ids: Sequence[str]) -> None:
        """Let what was taken down under these ids be read again."""
        ...

    def sketches(self, file_ids: Sequence[str] | None = None) -> tuple[list[str], bytes]:
        """The live ones of these articles, or all, that have a sketch, and these one after the other, all of one
        length."""
        ...

    def signed(self, file_ids: Sequence[str]) -> list[Signed]:
        """As `Record.signatures`, of these articles alone."""
        ...

    def group_members(self, file_ids: Sequence[str]) -> list[str]:
        """The live articles that share an origin with one of these, themselves included."""
        ...

    def unsketched(self) -> list[str]:
        """The live articles that have no sketch."""
        ...

    def note_sketches(self, sketches: Mapping[str, bytes]) -> None:
        """Keep the sketches of live articles, by file_id."""
        ...

    def ask_ingest(self, request: Mapping[str, Any]) -> str:
        """Ask the owner for an ingest; the request's id."""
        ...

    def ingest_request(self, request_id: str) -> IngestRequest:
        """A request as it stands. Raises NotFoundError."""
        ...

    def next_ingest(self) -> IngestRequest | None:
        """The oldest request that waits, which is now being worked on; for the owner."""
        ...

    def answer_ingest(self, request_id: str, reply: Mapping[str, Any] | None) -> None:
        """Note what came of a request; with None it waits again. Old ones that are done are forgotten."""
        ...

    def withdraw_ingest(self, request_id: str) -> None:
        """Forget a request that nobody waits for any more."""
        ...


class Traces(Protocol):
    """Lines and quotations that articles share, as numbers. All methods raise StateError."""

    def learned_lines(self) -> frozenset[int]:
        """The lines that belong to outlets' pages and to no story."""
        ...

    def learn_lines(self, lines: Sequence[int]) -> None:
        """Keep lines as their outlets'."""
        ...

    def common_lines(self, file_ids: Sequence[str], least: int) -> dict[int, list[str]]:
        """The lines of these articles, not learned yet, that stand in so many live origins: by line the articles."""
        ...

    def stories(self, file_ids: Sequence[str], most: int) -> list[Signed]:
        """So many of these live articles at most, each of another origin."""
        ...

    def sharing_quotes(self, file_id: str) -> dict[str, tuple[str, ...]]:
        """The other live articles that print a quotation of this one, by file_id, and what each rests on."""
        ...


class NextIndex(Protocol):
    """The index for another embedder, made in the record beside the one in use. All methods raise StateError.

    A *next* version of an article is seen by nobody until all become live in one commit. It goes when the article
    changes, so that it is always made from the live version.
    """

    def lacking(self, fingerprint: str) -> list[Known]:
        """The live articles that were indexed as another fingerprint and have no next version of this one."""
        ...

    def stage_next(self, drafts: Sequence[Draft], made_from: Mapping[str, int]) -> None:
        """Write next versions, by file_id made from these live versions; where that isn't live any more, nothing."""
        ...

    def drop_next(self, *, keep: str) -> None:
        """Forget next versions of all fingerprints but one."""
        ...

    def promote(self, fingerprint: str, keep: Mapping[str, str | None]) -> None:
        """Make the next versions of this fingerprint live, what they replace dead, and keep these values of `meta`."""
        ...


class ArticleRecord(Record, Files, Traces, NextIndex, Protocol):
    """The part of the record that the archive works with."""
