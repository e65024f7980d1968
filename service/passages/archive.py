"""The archive: articles in, articles out. The record first, then both indexes, then the article is visible.

A batch of articles is written as *pending* rows, put into the indexes, and made *live* in one commit, which
also makes the versions that it replaces *dead*; then the dead leave the indexes and the record. A process
that dies in between leaves nothing that a search could find by half: whoever writes next clears what is
pending or dead.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from service.articles.metadata import Metadata, read_metadata
from service.articles.spans import find_spans
from service.domain import Article, Chunk, Sourced
from service.errors import EmbedderError, OnRecordError, StateError
from service.passages.chunk import CHUNKING, chunk, embedding_text
from service.passages.inbox import (
    Candidate,
    Failed,
    Inbox,
    Upload,
    look_into,
    nothing_readable,
    read,
    read_upload,
    same_bytes,
    told,
)
from service.passages.signatures import changed_origins, packed
from service.ports import Draft, Embedder, Known, PassageStore, Record

CLEANING = "2"
"""Changes whenever the same text would get other spans or metadata; a part of the index's fingerprint."""

_FINGERPRINT = "fingerprint"
_GROUPED = "origins_of_revision"
_BATCH_CHARACTERS = 200_000
_BATCH_ARTICLES = 64

Progress = Callable[[int, int, str], None]
"""Called with how many files are done, how many there are, and the last one's name."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, as in `ingest --json`; `articles` and `passages` count the whole archive."""

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: tuple[Failed, ...]
    articles: int
    passages: int
    seconds: float


@dataclass(slots=True)
class _Run:
    """The counts of one ingest, and what waits to be written."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Failed] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    waiting: list[Article] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether a batch is worth writing."""
        return (len(self.waiting) >= _BATCH_ARTICLES
                or sum(len(article.text) for article in self.waiting) >= _BATCH_CHARACTERS)


class Archive:
    """One archive: a record, the two indexes, and the embedder that both were made with.

    The store must be the owner's for everything that writes. Within one process writers wait for one another.
    """

    def __init__(
        self, record: Record, store: PassageStore, embedder: Embedder, *, max_bytes: int = 20_000_000
    ) -> None:
        self._record, self._store, self._embedder, self._max_bytes = record, store, embedder, max_bytes
        self._writing = asyncio.Lock()

    @property
    def fingerprint(self) -> str:
        """What made the indexes: cleaning, chunking, the embedder and its weights."""
        made_by = hashlib.sha256(self._embedder.fingerprint.encode()).hexdigest()[:12]
        return f"cleaning-{CLEANING}.chunking-{CHUNKING}.{made_by}"

    def check(self) -> None:
        """Raise StateError when the archive was made with another cleaning, chunking or embedder."""
        stored = self._record.meta(_FINGERPRINT)
        if stored not in (None, self.fingerprint):
            raise StateError(
                f"the archive was indexed as {stored!r}, this OnRecord works with {self.fingerprint!r}",
                advice="run `onrecord ingest --rebuild` with the same --data, or use its own embedder again",
            )

    def prepare(self) -> None:
        """For the owner, before questions: check, repair the indexes, and undo what a killed ingest left."""
        self.check()
        self._store.prepare()
        self._clear()

    async def ingest(
        self, paths: Sequence[Path], *, source: str | None = None, prune: bool = False,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Bring the archive up to date with these files and folders.

        What can't be read is reported and stops nothing else. Raises ReadError when a path isn't there or
        no article at all could be read, StateError when the archive can't be used, EmbedderError.
        """
        async with self._writing:
            began = time.monotonic()
            await asyncio.to_thread(self._open)
            inbox = await asyncio.to_thread(look_into, paths, source)
            run = _Run(failed=list(inbox.failed))
            known = await asyncio.to_thread(self._record.known)
            await self._take(inbox, known, run, progress)
            if not run.added + run.updated + run.unchanged:
                await asyncio.to_thread(self._note, run)
                raise nothing_readable(paths, [*run.failed, *inbox.passed_over])
            run.failed += inbox.barren(run.read)
            run.read += inbox.folders
            if prune:
                run.removed = len(await self._remove(inbox.vanished(known), redact=False))
            return await self._finish(run, began)

    async def add(self, uploads: Sequence[Upload], *, source: str = "upload") -> IngestReport:
        """Take in uploaded articles; one with the name or id of an earlier one replaces it."""
        async with self._writing:
            began = time.monotonic()
            await asyncio.to_thread(self._open)
            known = {one.file_id: one for one in await asyncio.to_thread(self._record.known)}
            run = _Run()
            articles: dict[str, Article] = {}
            for upload in uploads:
                try:
                    article = await asyncio.to_thread(read_upload, upload, source)
                except OnRecordError as error:
                    run.failed.append(Failed(upload.filename, told(error)))
                    continue
                if earlier := articles.pop(article.file_id, None):
                    run.failed.append(Failed(
                        earlier.filename, "a later one of this upload has its name or id"))
                articles[article.file_id] = article
            for file_id, article in articles.items():
                before = known.get(file_id)
                same = before is not None and _same(
                    await asyncio.to_thread(self._record.article, file_id), article)
                self._weigh(article, before, same, run)
                if run.full:
                    await self._write(run)
            await self._write(run)
            return await self._finish(run, began)

    async def remove(self, file_ids: Sequence[str]) -> list[str]:
        """Take articles down, with vectors, index entries and quotes in stored answers; which were there.

        When this returns, the indexes' files have been made anew without them.
        """
        async with self._writing:
            await asyncio.to_thread(self._open)
            removed = await self._remove(file_ids, redact=True)
            if removed:
                await asyncio.to_thread(self._store.rebuild)
                await asyncio.to_thread(self._regroup)
            await asyncio.to_thread(self._store.settle)
            return removed

    async def rebuild(self, *, progress: Progress | None = None) -> IngestReport:
        """Mark, cut and embed every stored text anew and make new indexes, for another embedder or version.

        The archive can't be asked until it is done; when it is killed, the same command goes on where it was.
        """
        async with self._writing:
            began = time.monotonic()
            half_way = f"half rebuilt as {self.fingerprint}"
            await asyncio.to_thread(self._record.set_meta, _FINGERPRINT, half_way)
            await asyncio.to_thread(self._record.sweep)
            known = await asyncio.to_thread(self._record.known)
            run = _Run()
            for done, one in enumerate(known, 1):
                if one.fingerprint == self.fingerprint:
                    run.unchanged += 1
                else:
                    article = _marked(await asyncio.to_thread(self._record.article, one.file_id))
                    run.waiting.append(article)
                    run.updated += 1
                if run.full or done == len(known):
                    await self._write(run, indexes=False)
                    await asyncio.to_thread(self._record.sweep)
                if progress:
                    progress(done, len(known), one.filename)
            await asyncio.to_thread(self._store.rebuild)
            await asyncio.to_thread(self._record.set_meta, _FINGERPRINT, self.fingerprint)
            return await self._finish(run, began)

    # One step each

    def _open(self) -> None:
        """Ready to write: the right fingerprint, nothing left over."""
        self.check()
        self._clear()

    def _clear(self) -> None:
        """Take what is pending or dead out of the indexes, then out of the record."""
        left = self._record.leftovers()
        if left:
            self._store.remove(left)
        self._record.sweep()

    async def _take(
        self, inbox: Inbox, known: Sequence[Known], run: _Run, progress: Progress | None
    ) -> None:
        """Read, embed and write the candidates that are new or changed."""
        by_path = {one.path: one for one in known if one.path is not None}
        by_id = {one.file_id: one for one in known}
        for done, candidate in enumerate(inbox.candidates, 1):
            before = by_path.get(candidate.real)
            if before is not None and await asyncio.to_thread(
                    same_bytes, candidate, before.sha256, self._max_bytes):
                run.unchanged += 1
                run.read.append(candidate.real)
            else:
                await self._read(candidate, before, by_id, run)
            if run.full:
                await self._write(run)
            if progress:
                progress(done, len(inbox.candidates), candidate.filename)
        await self._write(run)

    async def _read(
        self, candidate: Candidate, before: Known | None, by_id: dict[str, Known], run: _Run
    ) -> None:
        """Read one candidate and put it in the queue, or set it aside."""
        try:
            article = await asyncio.to_thread(read, candidate, before, self._max_bytes)
        except OnRecordError as error:
            run.failed.append(Failed(candidate.real, told(error)))
            return
        twin = run.seen.setdefault(article.file_id, candidate.real)
        if twin != candidate.real:
            run.failed.append(Failed(candidate.real, f"{twin!r} has the same name within the source "
                                     f"{article.source!r}: ingest one of them with another --source"))
            return
        run.read.append(candidate.real)
        by_name = by_id.get(article.file_id)
        same = by_name is not None and (by_name.sha256, by_name.path) == (article.sha256, article.path)
        self._weigh(article, by_name, same, run)

    def _weigh(self, article: Article, before: Known | None, same: bool, run: _Run) -> None:
        """Count an article as new, changed or neither, and queue it where there is work to do."""
        run.added += before is None
        run.updated += before is not None and not same
        run.unchanged += same
        if not same:
            run.waiting.append(article)

    async def _write(self, run: _Run, *, indexes: bool = True) -> None:
        """Embed what waits, write it, and make it live."""
        waiting, run.waiting = run.waiting, []
        if not waiting:
            return
        drafts = await self._drafts(waiting)
        await asyncio.to_thread(self._publish, drafts, indexes)

    async def _drafts(self, articles: Sequence[Article]) -> list[Draft]:
        """The articles cut and embedded."""
        first = await asyncio.to_thread(self._record.reserve, len(articles))
        cut, signatures = await asyncio.to_thread(self._cut, articles, first)
        texts = [embedding_text(one) for chunks in cut for one in chunks]
        vectors = await self._embedder.embed(texts)
        if vectors.shape != (len(texts), self._embedder.dimension):
            raise EmbedderError(
                f"the embedder gave {vectors.shape!r} numbers for {len(texts)} texts of "
                f"{self._embedder.dimension}", advice="check ONRECORD_EMBEDDER with `onrecord doctor`")
        drafts, row = [], 0
        for at, (article, chunks) in enumerate(zip(articles, cut, strict=True)):
            drafts.append(Draft(article, first + at, chunks, vectors[row : row + len(chunks)],
                                self.fingerprint, signatures[at]))
            row += len(chunks)
        return drafts

    def _cut(self, articles: Sequence[Article], first: int) -> tuple[list[tuple[Chunk, ...]], list[bytes]]:
        """Each article's chunks, as of the versions from `first` on, and its origin signature."""
        cut = [chunk(article, first + at, self._embedder) for at, article in enumerate(articles)]
        return cut, [packed(article) for article in articles]

    def _publish(self, drafts: Sequence[Draft], indexes: bool) -> None:
        """Rows, indexes, then the one commit that makes the articles visible."""
        if self._record.meta(_FINGERPRINT) is None:
            self._record.set_meta(_FINGERPRINT, self.fingerprint)
        self._record.stage(drafts)
        if indexes:
            self._store.add([one for draft in drafts for one in draft.chunks],
                            np.concatenate([draft.vectors for draft in drafts]))
        self._record.publish([(draft.article.file_id, draft.version) for draft in drafts])
        if indexes:
            self._clear()

    async def _remove(self, file_ids: Sequence[str], *, redact: bool) -> list[str]:
        """Remove articles from the record, then from the indexes."""
        if not file_ids:
            return []
        removed = await asyncio.to_thread(lambda: self._record.remove(file_ids, redact=redact))
        await asyncio.to_thread(self._clear)
        return removed

    def _regroup(self) -> None:
        """Find again which articles are one text, if any came, went or changed since the last time."""
        if self._record.meta(_GROUPED) == str(self._record.revision()):
            return
        changed = changed_origins(self._record.signatures())
        if changed:
            self._record.set_origins(changed)
        self._record.set_meta(_GROUPED, str(self._record.revision()))

    def _note(self, run: _Run) -> None:
        self._record.note_reading({one.path: one.error for one in run.failed}, run.read)

    async def _finish(self, run: _Run, began: float) -> IngestReport:
        """Origins, failures, and the report."""
        await asyncio.to_thread(self._regroup)
        await asyncio.to_thread(self._note, run)
        await asyncio.to_thread(self._store.settle)
        articles, passages = await asyncio.to_thread(self._record.totals)
        return IngestReport(run.added, run.updated, run.unchanged, run.removed, tuple(run.failed), articles,
                            passages, round(time.monotonic() - began, 3))


def _same(kept: Article, article: Article) -> bool:
    """Whether two articles differ in nothing but what the archive itself finds out: the origin."""
    return replace(kept, origin_id="", reprint_of=None) == replace(article, origin_id="", reprint_of=None)


def _marked(article: Article) -> Article:
    """A stored article with spans and metadata as this version finds them; what its caller gave stays."""
    spans = find_spans(article.text, markdown=article.filename.lower().endswith(".md"))
    given = Metadata(
        **{name: value for name in ("title", "publisher", "author", "published", "credit")
           if (value := getattr(article, name)) is not None and value.found_in == "caller"},
        url=Sourced(article.url, "caller") if article.url else None,
    )
    known = given.over(read_metadata(article.text, spans, article.filename))
    return replace(article, spans=spans, title=known.title, publisher=known.publisher, author=known.author,
                   published=known.published, url=known.url.value if known.url else None, credit=known.credit)
