"""The record's live vectors once more in Chroma, for archives so large that exact search is the slower.

Nothing waits for it. A thread of the archive's owner makes it and keeps it up from the record, article by article, and
the manifest notes which articles it holds. It is asked only while it holds just what is live; otherwise exact search
answers. Its files are compared with the manifest whenever it is opened, since Chroma may crash on a damaged one, or
lose vectors without an error when it is killed; what is not as it was left is begun anew, beside an archive that
answers and takes in articles all the while.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from service.adapters.breaker import Breaker
from service.adapters.generations import Generation, Generations
from service.errors import StateError
from service.ports import Hit, Record, Scope, Vectors, article_key

_BATCH: Final = 2_000
"""Passages that are put in at once; whoever closes the archive waits for no more."""
_SHARE: Final = 50
"""One passage in so many may be missing from a copy that isn't asked yet: opening it costs seconds and gigabytes."""
_REST: Final = 30.0
"""Seconds for which a copy that failed is left alone: Chroma may take half a minute to fail."""
_PATIENCE: Final = 5.0
"""Seconds that closing waits for a copy which is kept up at once and has caught up but for a batch."""

_log = logging.getLogger(__name__)


class Copied(Protocol):
    """Vectors by id, in one generation of a copy. All methods raise StateError."""

    def count(self) -> int:
        """How many it holds."""
        ...

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Take in ids that the caller has made sure are new."""
        ...

    def remove(self, ids: Sequence[str]) -> None:
        """Forget ids; unknown ones are ignored."""
        ...

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Hit]:
        """The closest by cosine, best first; approximately. Nothing where that would have to wait."""
        ...

    def close(self) -> None:
        """Let them go."""
        ...


class VectorPlace(Protocol):
    """Where an owner keeps the vectors of each generation."""

    apart: bool
    """Whether they are another process's, so that holding them costs this one nothing."""

    def check(self) -> None:
        """Raise StateError where it can't be reached."""
        ...

    def open(self, generation: Generation) -> Copied:
        """The generation's vectors, empty where it is new. Raises StateError."""
        ...

    def keep_only(self, generation: Generation) -> None:
        """Let the other generations' vectors go. Raises StateError."""
        ...

    def lost(self, vectors: Copied, record: Record, held: Iterable[str], /) -> str | None:
        """What speaks against using vectors that were just opened and should hold these articles; None when nothing
        does. Raises StateError."""
        ...


@dataclass(slots=True)
class _Open:
    """A copy that is open: how many passages of which article it holds, by the article's key."""

    generation: Generation
    vectors: Copied
    held: dict[str, int]
    soiled: bool = True
    """Whether the dirty marker stands; opening alone makes Chroma write."""

    def soil(self) -> None:
        """Say that it changes."""
        if not self.soiled:
            self.generation.soil()
            self.soiled = True

    def seal(self) -> None:
        """Note what it holds."""
        self.generation.seal(self.held)
        self.soiled = False


class ChromaCopy:
    """Owned by one process. What goes wrong with it is logged, and tried again later."""

    def __init__(self, record: Record, place: VectorPlace, indexes: Path,
                 live: Callable[[], tuple[int, Mapping[str, int]]]) -> None:
        """`live` tells the record's revision and how many passages each live article has, by its key."""
        self._record, self._place, self._live = record, place, live
        self._generations = Generations(indexes / "chroma", "vectors")
        self._guard = threading.Condition()
        self._thread: threading.Thread | None = None
        self._asked_for = self._at_once = self._stopping = self._doubted = False
        self._open: _Open | None = None
        self._upto = -1
        """The revision of the record that it holds; -1 where that isn't known."""
        self._behind = 0
        """Passages that the thread still has to put in."""
        self._breaker = Breaker(limit=1, rest=_REST)
        self.damage: str | None = None
        """Why this process had to begin a copy anew; None when it had not."""

    def follow(self, *, at_once: bool) -> None:
        """Have it brought up to the record by a thread, and return.

        With `at_once` it stays open to be asked; else it is opened only when much is missing, and closed again.
        """
        with self._guard:
            self._asked_for, self._at_once = True, at_once
            if self._thread is None and not self._stopping and self._breaker.enter() is None:
                self._thread = threading.Thread(target=self._run, name="chroma", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is being done about it; whether it can then be asked."""
        with self._guard:
            self._guard.wait_for(lambda: self._thread is None, seconds)
        return self._ready()

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Hit]:
        """The closest live chunks, approximately; nothing where exact search has to answer."""
        opened = self._open
        if opened is None or not self._ready():
            self.follow(at_once=True)
            return []
        try:
            return opened.vectors.nearest(vector, limit)
        except StateError as error:
            with self._guard:
                if self._open is opened:
                    # It is looked at again before it is asked again: a server that was killed may have lost vectors.
                    _log.warning("Chroma didn't answer: %s", error)
                    self._doubted = True
                    self._breaker.failed(str(error))
            return []

    def drop(self) -> None:
        """Delete it with all that was ever in it; it is made anew. Raises StateError where it can't be deleted."""
        self._stop()
        try:
            self._let_go()
            if self._generations.current() is not None:
                self._place.keep_only(self._begun())
        finally:
            self._stopping = False

    def close(self) -> None:
        """End the thread's work and leave the copy clean on disk."""
        if self._at_once and self._behind <= _BATCH:
            self.wait(_PATIENCE)
        self._stop()
        self._let_go(seal=True)

    def _ready(self) -> bool:
        return self._open is not None and not self._doubted and self._upto == self._record.revision()

    def _stop(self) -> None:
        with self._guard:
            self._stopping = True
            self._guard.wait_for(lambda: self._thread is None)

    # In the thread, or when it has ended

    def _run(self) -> None:
        try:
            while self._more():
                self._catch_up()
        except BaseException as error:
            self._let_go()
            with self._guard:
                self._breaker.failed(str(error))
                self._over()
            if not isinstance(error, StateError):
                raise
            _log.warning("Chroma's copy of the vectors is tried again later: %s", error)

    def _more(self) -> bool:
        """Whether it is to be followed again; if not, the thread ends."""
        with self._guard:
            more, self._asked_for = self._asked_for and not self._stopping, False
            if not more:
                self._breaker.succeeded()
                self._over()
            return more

    def _over(self) -> None:
        self._breaker.leave()
        self._thread = None
        self._guard.notify_all()

    def _catch_up(self) -> None:
        """Put in what is missing and take out what is gone, until it holds what is live."""
        if self._doubted:
            self._let_go(seal=True)
        revision, live = self._live()
        if self._open is None and not self._at_once and not _lags(self._noted(), live):
            return
        opened = self._open = self._open or self._opened()
        seen = None
        while opened.held != live:
            if seen == (revision, len(opened.held)):
                raise StateError("the record doesn't have as many vectors as passages")
            seen = revision, len(opened.held)
            gone = {key: count for key, count in opened.held.items() if key not in live}
            if 2 * len(gone) > len(opened.held):
                # Chroma never gives back the space of what was deleted.
                self._let_go()
                opened = self._open = self._empty()
                gone = {}
            opened.soil()
            self._take_out(opened, gone)
            self._put_in(opened, {key: count for key, count in live.items() if key not in opened.held})
            if self._stopping:
                return
            revision, live = self._live()
        if not self._at_once:
            self._let_go(seal=True)
        else:
            if opened.soiled:
                opened.seal()
            self._upto = revision

    def _take_out(self, opened: _Open, gone: Mapping[str, int]) -> None:
        """Take out articles, until it is to end."""
        for some in _portions(gone):
            if self._stopping:
                return
            opened.vectors.remove(list(Scope(some)))
            for key in some:
                del opened.held[key]

    def _put_in(self, opened: _Open, lacking: Mapping[str, int]) -> None:
        """Put in articles, until it is to end or they have changed."""
        self._behind = sum(lacking.values())
        for some in _portions(lacking):
            ids, vectors = self._record.vectors(Scope(some))
            if self._stopping or Counter(map(article_key, ids)) != some:
                return
            opened.vectors.add(ids, vectors)
            opened.held |= some
            self._behind -= len(ids)

    def _noted(self) -> Mapping[str, int]:
        """What the copy on disk held when it was last noted, for all that is known."""
        generation = self._generations.current()
        with suppress(StateError):
            return {} if generation is None else _checked(generation.noted())
        return {}

    def _opened(self) -> _Open:
        """The copy on disk where it is as it was left, else one that is begun anew. Raises StateError."""
        self._place.check()
        generation = self._generations.current()
        if generation is None:
            return self._empty()
        vectors = None
        try:
            held = _checked(generation.left())
            generation.soil()
            vectors = self._place.open(generation)
            if (count := vectors.count()) != sum(held.values()):
                raise StateError(f"the vector index holds {count} passages instead of {sum(held.values())}")
            if lost := self._place.lost(vectors, self._record, held):
                raise StateError(lost)
            self._place.keep_only(generation)
        except StateError as error:
            _log.warning("Chroma's copy of the vectors is begun anew: %s", error)
            self.damage = str(error)
            _closed(vectors)
            return self._empty()
        return _Open(generation, vectors, held)

    def _begun(self) -> Generation:
        """A generation that holds nothing, put into use."""
        generation = self._generations.new()
        generation.seal({})
        self._generations.use(generation)
        return generation

    def _empty(self) -> _Open:
        """A copy that holds nothing yet."""
        while True:
            generation = self._begun()
            generation.soil()
            vectors = self._place.open(generation)
            if not vectors.count():
                break
            # On a server, under a name that was used before this archive's folder was lost.
            _closed(vectors)
        self._place.keep_only(generation)
        return _Open(generation, vectors, {})

    def _let_go(self, *, seal: bool = False) -> None:
        """Close it; with `seal`, note that it is clean where it closed well."""
        opened, self._open, self._upto, self._doubted = self._open, None, -1, False
        if opened is not None and _closed(opened.vectors) and seal:
            try:
                opened.seal()
            except StateError as error:
                _log.warning("Chroma's copy of the vectors is made anew at the next start: %s", error)


def _closed(vectors: Copied | None) -> bool:
    """Close it; whether it closed as it should."""
    try:
        if vectors is not None:
            vectors.close()
    except StateError as error:
        _log.warning("Chroma did not close: %s", error)
        return False
    return True


def _checked(noted: Any) -> dict[str, int]:
    """What a manifest says that a copy holds. Raises StateError where it isn't that."""
    if not isinstance(noted, dict) or not all(isinstance(count, int) for count in noted.values()):
        raise StateError("the manifest of Chroma's copy is damaged")
    return noted


def _lags(held: Mapping[str, int], live: Mapping[str, int]) -> bool:
    """Whether so much is missing or too much that it is worth opening."""
    unlike = sum(count for key, count in live.items() if key not in held)
    unlike += sum(count for key, count in held.items() if key not in live)
    return unlike > max(_BATCH, sum(live.values()) // _SHARE)


def _portions(articles: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Articles, as many at a time as make a batch of passages."""
    some: dict[str, int] = {}
    for key, count in articles.items():
        some[key] = count
        if sum(some.values()) >= _BATCH:
            yield some
            some = {}
    if some:
        yield some
