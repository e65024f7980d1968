"""One process owns an archive's folder at a time; the system frees the lock when that process dies."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from service.errors import BusyError, StateError


class OwnerLock:
    """Holds `<data>/owner.lock`; `owner.pid` beside it says who does."""

    def __init__(self, data: Path) -> None:
        """Take the lock now. Raises BusyError, naming the process that holds it."""
        self._pid = data / "owner.pid"
        try:
            data.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(data / "owner.lock", thread_local=False)
            self._lock.acquire(timeout=0)
        except Timeout:
            raise BusyError(
                f"another process{self._holder()} is working on the archive in {str(data)!r}",
                advice="wait until it has finished, or stop it; questions are answered meanwhile",
            ) from None
        except OSError as error:
            raise StateError(f"the archive's folder can't be written: {error}",
                             advice="make it writable, free some space there, or choose another folder with --data"
                             ) from error
        with suppress(OSError):  # the lock alone keeps others out; on a full disk nobody is told who holds it
            self._pid.write_text(f"{os.getpid()}\n", "ascii")

    def _holder(self) -> str:
        try:
            return f" (pid {int(self._pid.read_text('ascii'))})"
        except (OSError, ValueError):
            return ""

    def release(self) -> None:
        """Let the next process in."""
        with suppress(OSError):
            self._pid.unlink(missing_ok=True)
        self._lock.release()
