"""What an ingest is given: the files below some paths, and articles uploaded."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from service.articles.folder import Found, source_of, walk
from service.articles.metadata import Metadata
from service.articles.read import FORMATS, KEY_MARK, read_all
from service.articles.readings import Spoiled
from service.domain import Article
from service.errors import OnRecordError, ReadError, UsageError
from service.ports import KnownFile

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


@dataclass(frozen=True, slots=True)
class Failed:
    """What was set aside, and why."""

    path: str
    error: str


@dataclass(frozen=True, slots=True)
class Upload:
    """An article that came without a file: its bytes, a name that gives the format, what the caller knows.

    JSON may hold several articles; `file_id` is for one alone."""

    filename: str
    data: bytes
    given: Metadata | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to be looked at. `real` is its real path, under which the record knows it; `named` says that the
    caller named the file itself and not a folder above."""

    path: Path
    real: str
    filename: str
    source: str
    named: bool = False


@dataclass(slots=True)
class Inbox:
    """What is below some paths. `passed_over` are files of formats that aren't read, which is no failure."""

    candidates: list[Candidate] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    passed_over: list[Failed] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    only: Collection[str] | None = None

    def barren(self, read: Sequence[str]) -> list[Failed]:
        """The folders below which none of the files is that were read."""
        return [Failed(folder, "no readable article in this folder") for folder in self.folders
                if not any(below(path, folder) for path in read)]

    def vanished(self, files: Iterable[KnownFile]) -> list[KnownFile]:
        """The known files that were below one of the folders and are no longer there.

        What is below a folder that could not be read is not taken for gone.
        """
        there = {one.real for one in self.candidates}.union(one.path for one in self.failed)
        return [
            one for one in files
            if one.path not in there
            and _among(one.path, self.only)
            and any(below(one.path, folder) for folder in self.folders)
            and not any(below(one.path, folder) for folder in self.unread)
        ]


def look_into(paths: Sequence[Path], source: str | None, only: Collection[str] | None = None) -> Inbox:
    """All article files at or below these paths, each once; with `only`, those at or below these real paths.

    Raises ReadError for a path that isn't there.
    """
    inbox = Inbox(only=only)
    seen: set[str] = set()
    for root in paths:
        named = not root.is_dir()
        if not named:
            inbox.folders.append(os.path.realpath(root))
        for found in walk(root):
            real = os.path.realpath(found.path)
            if real in seen or not _among(real, only):
                continue
            seen.add(real)
            if isinstance(found, Found):
                of_root = source or source_of(root)
                inbox.candidates.append(Candidate(found.path, real, found.filename, of_root, named))
            elif found.unsupported:
                inbox.passed_over.append(Failed(real, found.error))
            else:
                inbox.failed.append(Failed(real, found.error))
                if found.path.is_dir():
                    inbox.unread.append(real)
    return inbox


def hash_of(path: Path) -> str | None:
    """The hash of a file's bytes; None where it can't be read, which its reader will report."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def read_upload(upload: Upload, source: str, max_bytes: int) -> Iterator[Article | Failed]:
    """The articles of an upload. Raises ReadError, TooLargeError, or UsageError for an id that can't be one."""
    if upload.file_id is not None and not _ID.fullmatch(upload.file_id):
        raise UsageError(f"{upload.file_id!r} can't be an article's id",
                         advice="use up to 100 letters, digits and the signs _ . : -")
    found = list(read_all(upload.data, source=source, filename=upload.filename, max_bytes=max_bytes,
                          given=upload.given))
    if upload.file_id is not None and len(found) > 1:
        raise UsageError(f"{upload.filename!r} holds {len(found):,} articles, which can't have one id",
                         advice='give each its "id" in the file instead')
    for one in found:
        if isinstance(one, Spoiled):
            yield Failed(f"{upload.filename}{KEY_MARK}{one.key}", one.error)
        else:
            yield replace(one, file_id=upload.file_id or one.file_id)


def told(error: OnRecordError) -> str:
    """An error as the report of an ingest has it: what is wrong and what to do."""
    return f"{error}: {error.advice}"


def nothing_readable(paths: Sequence[Path], reasons: Sequence[Failed]) -> ReadError:
    """The error of an ingest that found no article, with the first few reasons."""
    where = ", ".join(repr(str(path)) for path in paths)
    why = "; ".join(reason.error for reason in reasons[:5])
    more = f"; and {len(reasons) - 5} more" if len(reasons) > 5 else ""
    return ReadError(f"no readable article in {where}" + (f": {why}{more}" if why else ""),
                     advice=f"name a folder that has articles as {FORMATS} files")


def below(path: str, folder: str) -> bool:
    """Whether a real path is inside a folder."""
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _among(path: str, only: Collection[str] | None) -> bool:
    return only is None or path in only or any(below(path, one) for one in only)
