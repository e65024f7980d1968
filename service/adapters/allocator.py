"""What glibc's allocator is told, where the C library is glibc."""

from __future__ import annotations

import ctypes
from typing import Final

_PERTURB: Final = -6
_ARENA_MAX: Final = -8
_MMAP_THRESHOLD: Final = -3


def bound_memory() -> None:
    """Keep two pools of memory and not eight for each core, of which each keeps what its threads gave back; and give
    blocks over 4 MiB back to the system at once.

    Without this a service that is asked and written to grows to 1.8 GB within minutes.
    """
    _told(_ARENA_MAX, 2)
    _told(_MMAP_THRESHOLD, 4 << 20)


def fill_freed_memory() -> None:
    """Keep what this process has freed out of files: memory is filled when it is handed out, with zeroes, and when it
    is given back.

    Chroma writes blocks to disk with the part that it hasn't used yet, where a text or a vector that was taken down
    could otherwise stand.
    """
    _told(_PERTURB, 0xFF)


def _told(parameter: int, value: int) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(parameter, value)
