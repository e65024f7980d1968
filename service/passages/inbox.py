"""What an ingest is given: the files below some paths, and articles uploaded."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from service.articles.folder import Found, source_of, walk
from service.articles.metadata import Metadata
from service.articles.read import read_article, read_bytes
from service.domain import Article
from service.errors import OnRecordError, ReadError, UsageError
from service.ports import Known

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


@dataclass(frozen=True, slots=True)
class Failed:
    """What was set aside, and why."""

    path: str
    error: str


@dataclass(frozen=True, slots=True)
class Upload:
    """An article that came without a file: its bytes, a name that gives the format, what the caller knows."""

    filename: str
    data: bytes
    given: Metadata | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to be looked at. `real` is its real path, under which the record knows it."""

    path: Path
    real: str
    filename: str
    source: str


@dataclass(slots=True)
class Inbox:
    """What is below some paths. `passed_over` are files of formats that aren't read, which is no failure."""

    candidates: list[Candidate] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    passed_over: list[Failed] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def barren(self, read: Sequence[str]) -> list[Failed]:
        """The folders below which none of the files is that were read."""
        return [Failed(folder, "no readable article in this folder") for folder in self.folders
                if not any(_below(path, folder) for path in read)]

    def vanished(self, known: Sequence[Known]) -> list[str]:
        """The ids of known articles that were below one of the folders and are no longer there.

        What is below a folder that could not be read is not taken for gone.
        """
        there = {one.real for one in self.candidates}.union(one.path for one in self.failed)
        return [
            one.file_id for one in known
            if one.path is not None and one.path not in there
            and any(_below(one.path, folder) for folder in self.folders)
            and not any(_below(one.path, folder) for folder in self.unread)
        ]


def look_into(paths: Sequence[Path], source: str | None) -> Inbox:
    """All article files at or below these paths, each once. Raises ReadError for a path that isn't there."""
    inbox = Inbox()
    seen: set[str] = set()
    for root in paths:
        if root.is_dir():
            inbox.folders.append(os.path.realpath(root))
        for found in walk(root):
            real = os.path.realpath(found.path)
            if real in seen:
                continue
            seen.add(real)
            if isinstance(found, Found):
                of_root = source or source_of(root)
                inbox.candidates.append(Candidate(found.path, real, found.filename, of_root))
            elif found.unsupported:
                inbox.passed_over.append(Failed(real, found.error))
            else:
                inbox.failed.append(Failed(real, found.error))
                if found.path.is_dir():
                    inbox.unread.append(real)
    return inbox


def same_bytes(candidate: Candidate, sha256: str, max_bytes: int) -> bool:
    """Whether the file still has this hash; False also where it can't be read, which `read` will report."""
    try:
        if candidate.path.stat().st_size > max_bytes:
            return False
        with candidate.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def read(candidate: Candidate, known: Known | None, max_bytes: int) -> Article:
    """The candidate's article; one that is known by its real path keeps its id, source and name.

    Raises ReadError or TooLargeError.
    """
    source = known.source if known else candidate.source
    filename = known.filename if known else candidate.filename
    article = read_article(candidate.path, source=source, filename=filename, max_bytes=max_bytes)
    return replace(article, path=candidate.real, file_id=known.file_id if known else article.file_id)


def read_upload(upload: Upload, source: str) -> Article:
    """An uploaded article. Raises ReadError, TooLargeError, or UsageError for an id that can't be one."""
    if upload.file_id is not None and not _ID.fullmatch(upload.file_id):
        raise UsageError(f"{upload.file_id!r} can't be an article's id",
                         advice="use up to 100 letters, digits and the signs _ . : -")
    article = read_bytes(upload.data, source=source, filename=upload.filename, given=upload.given)
    return replace(article, file_id=upload.file_id or article.file_id)


def told(error: OnRecordError) -> str:
    """An error as the report of an ingest has it: what is wrong and what to do."""
    return f"{error}: {error.advice}"


def nothing_readable(paths: Sequence[Path], reasons: Sequence[Failed]) -> ReadError:
    """The error of an ingest that found no article, with the first few reasons."""
    where = ", ".join(repr(str(path)) for path in paths)
    why = "; ".join(reason.error for reason in reasons[:5])
    more = f"; and {len(reasons) - 5} more" if len(reasons) > 5 else ""
    return ReadError(f"no readable article in {where}" + (f": {why}{more}" if why else ""),
                     advice="name a folder that has articles as .txt or .md files")


def _below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)
