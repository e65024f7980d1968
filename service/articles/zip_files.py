"""A .zip file: the article files in it, one at a time, none of them written anywhere."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from service.articles.readings import Spoiled
from service.errors import ReadError, TooLargeError

_TIMES: Final = 20
"""Files' limits that a .zip file may unpack to altogether."""
_MOST: Final = 100_000
"""Files in one .zip file."""
_LOCKED: Final = 1
_STEP: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a .zip file: its name there and its bytes."""

    name: str
    data: bytes


def read_members(
    data: bytes, name: str, max_bytes: int, wanted: Callable[[str], bool]
) -> Iterator[Member | Spoiled]:
    """The files of which `wanted` says that their names are worth it, each unpacked no further than `max_bytes`.

    What is locked, damaged or too large is spoiled. Raises ReadError for what is no .zip file, TooLargeError when all
    of it together unpacks to more than 20 such files.
    """
    left = _TIMES * max_bytes
    seen: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > _MOST:
                raise TooLargeError(f"{name!r} holds more than {_MOST:,} files", advice="split it")
            for info in archive.infolist():
                if info.is_dir() or not wanted(info.filename):
                    continue
                if info.filename in seen:
                    yield Spoiled(info.filename, "another file in it has the same name: rename one of them")
                    continue
                seen.add(info.filename)
                found = _unpacked(archive, info, min(max_bytes, left))
                left -= len(found.data) if isinstance(found, Member) else min(max_bytes, left)
                if left <= 0:
                    limit = _TIMES * max_bytes
                    raise TooLargeError(f"{name!r} unpacks to more than {limit:,} bytes", advice="split it")
                yield found
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(f"{name!r} is no .zip file, or damaged: {error}", advice="pack it again") from error


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> Member | Spoiled:
    """One file's bytes, counted while they come and not as the archive says."""
    if info.flag_bits & _LOCKED:
        return Spoiled(info.filename, "it is locked with a password: pack it again without one")
    parts: list[bytes] = []
    size = 0
    try:
        with archive.open(info) as file:
            while part := file.read(min(_STEP, limit + 1 - size)):
                parts.append(part)
                size += len(part)
                if size > limit:
                    return Spoiled(info.filename, f"it unpacks to more than {limit:,} bytes: split it")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        return Spoiled(info.filename, f"it can't be unpacked: {error}: pack it again")
    return Member(info.filename, b"".join(parts))
