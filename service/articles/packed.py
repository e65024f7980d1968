"""Packed files: `.gz`, unpacked no further than the limit."""

from __future__ import annotations

import zlib
from typing import Final

from service.errors import ReadError, TooLargeError

GZIP: Final = ".gz"
_STEP: Final = 65_536


def unpacked(data: bytes, name: str, max_bytes: int) -> bytes:
    """What a gzip file holds, all its members. Raises TooLargeError beyond `max_bytes`, before more than that is in
    memory, and ReadError for a damaged file."""
    parts: list[bytes] = []
    size = 0
    left = data
    while left:
        member = zlib.decompressobj(wbits=31)
        waiting = left
        while not member.eof:
            try:
                part = member.decompress(waiting, _STEP)
            except zlib.error as error:
                raise ReadError(f"{name!r} is no gzip file, or damaged: {error}", advice="pack it again") from error
            size += len(part)
            if size > max_bytes:
                raise TooLargeError(
                    f"{name!r} unpacks to more than {max_bytes:,} bytes",
                    advice="split the file, or raise ONRECORD_MAX_FILE_BYTES",
                )
            parts.append(part)
            waiting = member.unconsumed_tail
            if not part and not waiting and not member.eof:
                raise ReadError(f"{name!r} is a gzip file that breaks off", advice="pack it again")
        left = member.unused_data.lstrip(b"\0")
    return b"".join(parts)
