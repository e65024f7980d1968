"""The file of a SQLite record, held to the one that was opened first.

SQLite goes on reading and writing a file that was moved away or replaced, and makes a new one where none is: what is
written then is lost at the next start. Each use of a connection therefore begins with a look at the file's place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from service.errors import StateError


def hold_to_file(engine: Engine, path: Path) -> None:
    """Raise StateError from now on wherever the file that is opened first is not in its place."""
    _Place(engine, path)


class _Place:
    """Which file an engine's connections belong to."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._path = path
        self._opened: tuple[int, int] | None = None
        event.listen(engine, "do_connect", self._before_connecting)
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "checkout", self._look)

    def _before_connecting(self, *_: Any) -> None:
        self._look()

    def _connected(self, *_: Any) -> None:
        if self._opened is None:
            self._opened = self._found()

    def _look(self, *_: Any) -> None:
        if self._opened is None or (found := self._found()) == self._opened:
            return
        if found is None:
            raise StateError(f"the archive's database {str(self._path)!r} is gone", retryable=True,
                             advice="put it back, or restore it from a backup and start again")
        raise StateError(f"the archive's database {str(self._path)!r} was replaced while this process had it open",
                         advice="start this process again: it then works with the new one")

    def _found(self) -> tuple[int, int] | None:
        """Device and number of the file that is there now."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino
