"""Errors of the index libraries, and of writing beside them, as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import SpaceError, StateError

REBUILT = "run the command again: the index is rebuilt from the record"

_FULL = ("no space left", "disk is full", "disk i/o error", "file too large", "quota exceeded")


@contextmanager
def translated(index: str) -> Iterator[None]:
    """Every error inside becomes a StateError that names the index, the panics of Rust code included.

    A panic reaches Python as an exception beside `Exception`, so that nothing catches it by accident; on a
    damaged file it is an error like others.
    """
    try:
        yield
    except StateError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        told = f"the {index} failed: {type(error).__name__}: {error}"
        if any(words in told.lower() for words in _FULL):
            raise SpaceError(told) from error
        raise StateError(told, advice=REBUILT) from error
