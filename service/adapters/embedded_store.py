"""The derived indexes of this machine, exact vectors and words in tantivy, made from the record.

Who may do what. One process *owns* an archive's indexes: `serve` and `ingest` do. It holds `owner.lock`,
writes, and alone opens Chroma, which loses vectors without a word when two processes share its folder.
Every other process is a *reader* (`ask`, `search`, a Slack worker): it searches the same vectors and opens
tantivy to read.

Vectors are searched exactly (`exact_vectors.py`). Only the owner of an archive of more than two million passages, or
one whose vectors are on a Chroma server, has them in Chroma too, which a thread of its own keeps up
(`chroma_copy.py`), in a process of its own: nothing else waits for Chroma or fails with it.

Trust. The words' files are compared with the manifest of the last clean close before they are opened. What is not as
it was left (a file, the dirty marker, what it should hold) is rebuilt from the record as a new generation beside the
old; meanwhile questions are answered from the record. The same is done where a write fails: the indexes are let go
as they are, and the next write begins with a new generation. See `docs/state.md` and `docs/reliability.md`.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from service.adapters.allocator import bound_memory
from service.adapters.chroma_copy import ChromaCopy, VectorPlace
from service.adapters.chroma_process import ChromaFolder
from service.adapters.exact_vectors import ExactVectors
from service.adapters.generations import Generation, Generations
from service.adapters.index_errors import translated
from service.adapters.new_chunks import check_vectors, check_width, live_chunks
from service.adapters.owner_lock import OwnerLock
from service.adapters.record_words import RecordWords
from service.adapters.tantivy_words import TantivyWords
from service.adapters.vector_file import Coded, VectorFile
from service.domain import Chunk
from service.errors import StateError
from service.ports import ArticleHit, Hit, Record, Vectors, article_key

_BATCH = 2_000
EXACTLY = 2_000_000
"""Passages up to which exact search is the quicker: 35 ms of the processor for a million, of which it misses none."""
_IN_TIME = 0.75
"""From this part of so many passages on, Chroma's copy of them is made, which takes an hour."""
_EXACT = "folder of the vectors"

_log = logging.getLogger(__name__)


class EmbeddedStore:
    """`service.ports.PassageStore` in the folder `<data>/indexes`."""

    def __init__(self, data: Path, record: Record, *, owner: bool, place: VectorPlace | None = None,
                 exactly: int = EXACTLY) -> None:
        """Take the lock if it is to be the owner; nothing else is opened before it is needed. `place` is where Chroma
        has its copy of the vectors, by default a folder beside the indexes; up to `exactly` passages it isn't asked.

        Raises BusyError when another process owns the archive.
        """
        self._lock = OwnerLock(data) if owner else None
        self._record = record
        self._place = ChromaFolder() if place is None else place
        self._exactly = exactly
        self._generations = Generations(data / "indexes", "words")
        self._exact = ExactVectors(record)
        self.chroma = ChromaCopy(record, self._place, data / "indexes", self._exact.live)
        """Used by the owner alone."""
        self._guard = threading.RLock()
        self._generation: Generation | None = None
        self._words: TantivyWords | None = None
        self._words_of: Path | None = None
        self._memory = RecordWords(record)
        self._damage: str | None = None
        self._soiled = self._reached = False
        self._width: int | None = None
        """How many numbers a vector of the archive has; None where that wasn't looked up or there is none."""

    @property
    def damage(self) -> str | None:
        """Why this process had to rebuild the indexes; None when it had not."""
        return self._damage

    def prepare(self) -> None:
        """Open the indexes, rebuilding them where they can't be trusted; for the owner."""
        with self._guard:
            if self._generation is not None:
                return
            self._owned()
            bound_memory()
            if not self._reached:
                self._place.check()
                self._reached = True
            contents = self._record.contents()
            generation = self._generations.current()
            try:
                if generation is not None:
                    self._open(generation, contents)
                elif contents[0]:
                    raise StateError("the indexes are missing")
            except StateError as error:
                self._damage = str(error)
                self._leave()
            if self._generation is None:
                self._remake()
            self._tend()

    def rebuild(self) -> None:
        """Make a new generation from the live chunks of the record and put it into use. Owner only."""
        with self._guard:
            self._owned()
            self._remake()
            self.chroma.drop()
            self._tend()

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Index new chunks; ids that exist already are refused with StateError. Durable when it returns."""
        ids = [chunk.chunk_id for chunk in chunks]
        check_vectors(chunks, vectors)
        with self._guard:
            self._check_width(vectors)
            words = self._to_write()
            twice = {chunk_id for chunk_id, times in Counter(ids).items() if times > 1}
            if not twice:
                with self._let_go_on_failure():
                    twice = set(words.has(ids))
            if twice:
                raise StateError(f"the indexes hold {min(twice)!r} already; a chunk id is never used twice")
            with self._let_go_on_failure():
                _Indexes(words, self._exact.add).take(chunks, vectors)
                self._tend()

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Forget chunks; unknown ids are ignored."""
        if chunk_ids:
            with self._guard:
                words = self._to_write()
                with self._let_go_on_failure():
                    words.remove(list(dict.fromkeys(chunk_ids)))

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[Hit]:
        """The chunks closest to a unit vector, best first: exactly, but for the whole of a very large archive."""
        if limit <= 0:
            return []
        if within is None and self._lock is not None and self._exact.rows > self._exactly:
            hits = self.chroma.nearest(vector, limit)
            if hits:
                return hits
        if self._generation is None:
            self._read_exact()
        return self._exact.nearest(vector, limit, within)

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The chunks that best match the words of a query by BM25, best first. Any text is a valid query."""
        try:
            return self._reading_words().matching(query, limit, within)
        except StateError:
            return self._memory.words().matching(query, limit, within)

    def matching_articles(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that, as a whole, best match the words of a query, best first."""
        try:
            return self._reading_words().matching_articles(query, limit, within)
        except StateError:
            return self._memory.words().matching_articles(query, limit, within)

    def weight(self, query: str) -> float:
        """The sum of the inverse document frequencies of a query's words, of those that some passage holds."""
        try:
            return self._reading_words().weight(query)
        except StateError:
            return self._memory.words().weight(query)

    def spelt(self, word: str) -> str:
        """A lower-case word as the archive spells it; the word itself where it is held or none is near."""
        try:
            return self._reading_words().spelt(word)
        except StateError:
            return self._memory.words().spelt(word)

    def count(self) -> int:
        """How many chunks the word index holds; what exact search lacks of them it reads from the record."""
        return self._reading_words().count()

    def settle(self) -> None:
        """Write down that the files are clean, at the end of a piece of work.

        Where that can't be written the work still stands; the next start makes the indexes anew.
        """
        with self._guard:
            if self._soiled and self._generation is not None:
                self._soiled = not self._sealed(self._generation)
                self._tend()

    def close(self) -> None:
        """Leave the indexes clean on disk and the archive to the next owner."""
        with self._guard:
            try:
                self._leave(seal=True)
                self.chroma.close()
            finally:
                self._exact.forget()
                if self._lock is not None:
                    self._lock.release()
                    self._lock = None

    def _owned(self) -> None:
        if self._lock is None:
            raise StateError("this process only reads the archive", advice="open it as the owner to write")

    def _check_width(self, vectors: Vectors) -> None:
        """Raise StateError for vectors of another size than the record's."""
        if self._width is None:
            _, held = next(self._record.chunks(), ((), vectors))
            self._width = int(held.shape[1]) if len(held) else None
        check_width(vectors, self._width)

    def _open(self, generation: Generation, contents: tuple[int, str]) -> None:
        """Open a generation. Raises StateError where it is not as it was left, or not of these contents."""
        left = generation.left()
        if left != list(contents):
            raise StateError(f"the indexes were left with {left!r}, which is not the record's {list(contents)!r}")
        self._enter(generation, TantivyWords(generation.files))
        if self.count() != contents[0]:
            raise StateError(f"the indexes hold {self.count()} passages, the record {contents[0]}")

    def _to_write(self) -> TantivyWords:
        """The word index, with the dirty marker standing."""
        self.prepare()
        if self._words is None or self._generation is None:
            raise StateError("the indexes are not open")
        if not self._soiled:
            self._generation.soil()
            self._soiled = True
        return self._words

    def _tend(self) -> None:
        """Have Chroma's copy made and kept up where it is asked, or soon will be."""
        passages = self._words.count() if self._words is not None else 0
        if self._place.apart or passages > self._exactly:
            self.chroma.follow(at_once=True)
        elif passages > _IN_TIME * self._exactly:
            self.chroma.follow(at_once=False)

    def _remake(self) -> None:
        """A new generation from the record, in use and dirty."""
        self._leave()
        self._width = None
        generation = self._generations.new()
        words: TantivyWords | None = None
        try:
            words = TantivyWords(generation.files, new=True)
            indexes = _Indexes(words, VectorFile.new(generation.exact).append)
            for chunks, vectors in live_chunks(self._record, _BATCH):
                indexes.take(chunks, vectors)
            self._generations.use(generation)
        except BaseException:
            _closed(words)
            generation.discard()
            raise
        self._enter(generation, words)
        self._soiled = True

    def _enter(self, generation: Generation, words: TantivyWords) -> None:
        self._generation, self._words = generation, words
        self._words_of = generation.folder
        self._memory.forget()
        self._exact.begin(generation.exact, writes=True)
        with translated(_EXACT):
            self._exact.catch_up()

    def _leave(self, *, seal: bool = False) -> None:
        """Close what is open; with `seal`, note that it is clean where it closed well."""
        words, generation = self._words, self._generation
        self._words = self._words_of = self._generation = None
        self._exact.leave()
        if _closed(words) and seal and generation is not None:
            self._sealed(generation)
        self._soiled = False

    def _sealed(self, generation: Generation) -> bool:
        """Note that a generation is clean; whether that could be written."""
        try:
            generation.seal(self._record.contents())
        except StateError as error:
            _log.warning("the indexes are made anew at the next start: %s", error)
            return False
        return True

    @contextmanager
    def _let_go_on_failure(self) -> Iterator[None]:
        """Where a write fails nobody knows what it left: close the indexes, dirty as they are, for `prepare`."""
        try:
            yield
        except StateError as error:
            _log.warning("the indexes are let go, to be made anew at the next write: %s", error)
            self._damage = str(error)
            self._leave()
            raise

    def _read_exact(self) -> None:
        """Search in the files of the generation in use."""
        generation = self._generations.current()
        folder = None if generation is None else generation.exact
        if folder != self._exact.folder:
            self._exact.begin(folder)

    def _reading_words(self) -> TantivyWords:
        """The word index in use; opened again when its owner has put another generation into use."""
        words = self._words
        if words is not None and self._generation is not None:
            return words
        generation = self._generations.current()
        if generation is None:
            return self._memory.words()
        if words is None or self._words_of != generation.folder:
            words = TantivyWords(generation.files)
            self._words, self._words_of = words, generation.folder
        return words


def _closed(words: TantivyWords | None) -> bool:
    """Close it; whether it closed as it should."""
    try:
        if words is not None:
            words.close()
    except StateError as error:
        _log.warning("the word index did not close: %s", error)
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Indexes:
    """The indexes that chunks are put into; the last takes the vectors of whole articles in bytes."""

    words: TantivyWords
    exact: Callable[[Sequence[tuple[str, Coded]]], None]

    def take(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Put chunks into both of them, each article's together. Raises StateError."""
        if chunks:
            self.words.add(chunks)
            rows: dict[str, list[int]] = defaultdict(list)
            for row, chunk in enumerate(chunks):
                rows[article_key(chunk.chunk_id)].append(row)
            with translated(_EXACT):
                self.exact([(key, Coded.of(vectors[own])) for key, own in rows.items()])
