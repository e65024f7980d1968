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
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from service.articles.boilerplate import lines_of, quotes_of, without
from service.domain import Article, Chunk
from service.errors import NotFoundError, OnRecordError, StateError
from service.passages.chunk import CHUNKING, chunk, embedding_text
from service.passages.embedding import embedded, embedded_sentences, known_vectors
from service.passages.grouping import Grouping, sketch_of
from service.passages.inbox import Failed, Inbox, Upload, look_into, nothing_readable
from service.passages.intake import Intake, Order, portions, unpack, weighed
from service.passages.late import MOST, LateSentences
from service.passages.learning import learn
from service.passages.remarking import remarked
from service.passages.signatures import packed
from service.passages.sync import Run, Sync
from service.passages.turns import Turns
from service.ports import ArticleRecord, Draft, Embedder, PassageStore

CLEANING = "4"
"""Changes whenever the same text would get other spans or metadata; a part of the index's fingerprint."""

_FINGERPRINT = "fingerprint"
_GROUPED = "origins_of_revision"
_READY = "next_fingerprint"
"""The fingerprint of what `renew` has made ready."""
Progress = Callable[[int, int, str], None]
"""Called with how many files are done, how many there are, and the last one's name."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, as in `ingest --json`; `articles` and `passages` count the whole archive.

    Not in that JSON: `passed_over`, files of formats that aren't read; `taken_down`, how many articles were left out
    since they were taken down; `file_ids`, the articles that were added or changed, and of an upload all.
    """

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: tuple[Failed, ...]
    articles: int
    passages: int
    seconds: float
    passed_over: tuple[Failed, ...] = ()
    taken_down: int = 0
    file_ids: tuple[str, ...] = ()


class Archive:
    """One archive: a record, the two indexes, and the embedder that both were made with.

    The store must be the owner's for everything that writes. Writers wait for one another, those of other processes
    that share the record too.
    """

    def __init__(
        self, record: ArticleRecord, store: PassageStore, embedder: Embedder, *, max_bytes: int = 20_000_000
    ) -> None:
        self._record, self._store, self._embedder, self._max_bytes = record, store, embedder, max_bytes
        self._writing = Turns(record)
        self._late = LateSentences(record, embedder)
        self._intake = Intake[IngestReport](self._writing, self._take_in, self._late.step)
        self._grouping = Grouping(record)
        self._grouped = False

    @property
    def fingerprint(self) -> str:
        """What made the indexes: cleaning, chunking, the embedder and its weights."""
        return f"cleaning-{CLEANING}.chunking-{CHUNKING}{self._made_by}"

    @property
    def _made_by(self) -> str:
        """How the fingerprint ends: the embedder and its weights."""
        return f".{hashlib.sha256(self._embedder.fingerprint.encode()).hexdigest()[:12]}"

    def current(self) -> bool:
        """Whether the archive was made with this cleaning, chunking and embedder."""
        return self._record.meta(_FINGERPRINT) in (None, self.fingerprint)

    def check(self) -> None:
        """Raise StateError when the archive was made with another cleaning, chunking or embedder."""
        if not self.current():
            raise StateError(
                f"the archive was indexed as {self._record.meta(_FINGERPRINT)!r}, this OnRecord works with "
                f"{self.fingerprint!r}",
                advice="run `onrecord ingest --rebuild` with the same --data, or use its own embedder again",
            )

    def prepare(self) -> None:
        """For the owner, before questions: check, repair the indexes, and undo what a killed ingest left.

        While another process that shares the record writes, the indexes are in its care: they are looked at before
        this one's first write.
        """
        self.check()
        turn = self._record.take_turn(wait=False)
        if turn is not None:
            try:
                self._store.prepare()
                self._clear()
            finally:
                turn.release()

    async def ingest(
        self, paths: Sequence[Path], *, source: str | None = None, prune: bool = False, restore: bool = False,
        only: Collection[str] | None = None, progress: Progress | None = None,
    ) -> IngestReport:
        """Bring the archive up to date with these files and folders.

        A file that was renamed keeps its article. What was taken down stays out, unless its file is named itself or
        `restore` is given. With `only`, of folders just these real paths and what is below them is looked at. What
        can't be read is reported and stops nothing else. Raises ReadError when a path isn't there or no article at
        all could be read (not with `only`), StateError when the archive can't be used, EmbedderError.
        """
        async with self._writing:
            began = time.monotonic()
            await asyncio.to_thread(self._open)
            inbox = await asyncio.to_thread(look_into, paths, source, only)
            run = Run(failed=list(inbox.failed))
            sync = await asyncio.to_thread(
                lambda: Sync(self._record, self._record.known(), self._max_bytes, run))
            await asyncio.to_thread(sync.follow_renames, inbox)
            for done, candidate in enumerate(inbox.candidates, 1):
                await sync.take(candidate, restore=restore, prune=prune, write=lambda: self._write(run))
                if run.full:
                    await self._write(run)
                if progress:
                    progress(done, len(inbox.candidates), candidate.filename)
            await self._write(run)
            if only is None and not run.read and not run.taken_down:
                await asyncio.to_thread(self._note, run)
                raise nothing_readable(paths, [*run.failed, *inbox.passed_over])
            if prune:
                await self._prune(sync, inbox, run)
            if only is None:
                run.failed += inbox.barren(run.read)
                run.parsed += inbox.folders
            return await self._finish(run, began, inbox.passed_over)

    async def add(self, uploads: Sequence[Upload], *, source: str = "upload") -> IngestReport:
        """Take in uploaded articles; one with the name or id of an earlier one replaces it.

        Uploads that wait for their turn are written together, each with its own report or error.
        """
        began = time.monotonic()
        order = await asyncio.to_thread(unpack, uploads, source, self._max_bytes)
        report = await self._intake.take(order)
        return replace(report, seconds=round(time.monotonic() - began, 3))

    @property
    def waiting(self) -> int:
        """How many uploads wait for their turn."""
        return len(self._intake)

    async def close(self) -> None:
        """Wait for what is being written of uploads that nobody waits for any more."""
        await self._intake.close()

    async def remove(self, file_ids: Sequence[str]) -> list[str]:
        """Take articles down, with vectors, index entries and quotes in stored answers; which were there.

        When this returns, the indexes' files have been made anew without them.
        """
        async with self._writing:
            await asyncio.to_thread(self._open)
            run = Run()
            removed = await self._remove(file_ids, run, redact=True)
            if removed:
                await asyncio.to_thread(self._store.rebuild)
                await asyncio.to_thread(self._regroup, run)
            await asyncio.to_thread(self._store.settle)
            return removed

    async def rebuild(self, *, progress: Progress | None = None) -> IngestReport:
        """Mark, cut and embed every stored text anew and make new indexes, for another embedder or version.

        With the embedder that the archive was made with, only texts that are cut differently are embedded. Readers go
        on with what there was until one commit puts all the new in its place; killed before, the same command goes on.
        """
        async with self._writing:
            began = time.monotonic()
            await asyncio.to_thread(self._record.sweep)
            run = await self._made_next(progress)
            await asyncio.to_thread(self._promote)
            await asyncio.to_thread(self._store.rebuild)
            return await self._finish(run, began)

    async def renew(self, *, progress: Progress | None = None) -> IngestReport:
        """As `rebuild`, beside the owner: all is made ready, and its next start with this embedder takes it over."""
        began = time.monotonic()
        run = await self._made_next(progress)
        await asyncio.to_thread(self._record.set_meta, _READY, self.fingerprint)
        articles, passages = await asyncio.to_thread(self._record.totals)
        return IngestReport(0, run.updated, run.unchanged, 0, (), articles, passages,
                            round(time.monotonic() - began, 3))

    async def take_over(self) -> None:
        """For the owner, first of all: put into use what was made ready for this embedder, with what changed since.

        Raises StateError as `check` does when nothing was.
        """
        if await asyncio.to_thread(self._record.meta, _READY) == self.fingerprint:
            async with self._writing:
                await self._made_next(None)
                await asyncio.to_thread(self._promote)
        await asyncio.to_thread(self.check)

    # One step each

    async def _take_in(self, orders: Sequence[Order]) -> list[IngestReport | OnRecordError]:
        """Write uploads together; where that fails, one by one, so that each ends in its own error."""
        began = time.monotonic()
        await asyncio.to_thread(self._open)
        runs = [await asyncio.to_thread(weighed, order, self._record) for order in orders]
        alone = len(orders) == 1 and len(orders[0].articles) == 1 and len(self._late) < MOST
        faults = await self._written(runs, late=alone)
        whole = Run(failed=[one for run in runs for one in run.failed],
                    parsed=[name for run in runs for name in run.parsed])
        for run in runs:
            whole.touched |= run.touched
            whole.bereft |= run.bereft
        report = await self._finish(whole, began)
        return [fault or replace(report, added=run.added, updated=run.updated, unchanged=run.unchanged,
                                 failed=tuple(run.failed), file_ids=tuple(sorted(order.articles)))
                for order, run, fault in zip(orders, runs, faults, strict=True)]

    async def _written(self, runs: Sequence[Run], *, late: bool = False) -> list[OnRecordError | None]:
        """Write what waits in these runs; for each the error that it ended in, if any. With `late`, sentences are
        embedded afterwards."""
        together = Run()
        try:
            for together.waiting in portions([article for run in runs for article in run.waiting]):
                await self._write(together, late=late)
        except OnRecordError as error:
            return [error] if len(runs) == 1 else [fault for run in runs for fault in await self._written([run])]
        finally:
            runs[0].bereft |= together.bereft
        return [None] * len(runs)

    async def _made_next(self, progress: Progress | None) -> Run:
        """Make the next version of every article that has none; the owner may change articles meanwhile."""
        total, _ = await asyncio.to_thread(self._record.totals)
        await asyncio.to_thread(lambda: self._record.drop_next(keep=self.fingerprint))
        run, made_from = Run(), dict[str, int]()
        while left := await asyncio.to_thread(self._record.lacking, self.fingerprint):
            for done, one in enumerate(left, 1):
                with suppress(NotFoundError):
                    run.waiting.append(await asyncio.to_thread(
                        lambda file_id: remarked(self._record.article(file_id), self._max_bytes), one.file_id))
                    made_from[one.file_id] = one.version
                if run.full or done == len(left):
                    waiting, run.waiting = run.waiting, []
                    drafts = await self._drafts(waiting) if waiting else []
                    await asyncio.to_thread(self._record.stage_next, drafts, made_from)
                if progress:
                    progress(total - len(left) + done, total, one.filename)
        run.updated = len(made_from)
        run.unchanged = max(0, total - run.updated)
        return run

    def _promote(self) -> None:
        self._record.promote(self.fingerprint, {_FINGERPRINT: self.fingerprint, _READY: None})

    def _open(self) -> None:
        """Ready to write: the right fingerprint, nothing left over."""
        self.check()
        self._grouped = self._record.meta(_GROUPED) == str(self._record.revision())
        self._clear()

    def _clear(self) -> None:
        """Take what is pending or dead out of the indexes, then out of the record."""
        left = self._record.leftovers()
        if left:
            self._store.remove(left)
        self._record.sweep()

    async def _write(self, run: Run, *, late: bool = False) -> None:
        """Embed what waits, write it, make it live, and then note the files that are read whole."""
        waiting, run.waiting = run.waiting, []
        if waiting:
            drafts = await self._drafts(waiting, late=late)
            ids = [article.file_id for article in waiting]
            run.bereft.update(await asyncio.to_thread(self._record.group_members, ids))
            await asyncio.to_thread(self._publish, drafts)
            for draft in drafts if late else ():
                self._late.add(draft.article.file_id, draft.version)
        complete, run.complete = run.complete, []
        if complete:
            await asyncio.to_thread(self._record.note_files, complete)

    async def _drafts(self, articles: Sequence[Article], *, late: bool = False) -> list[Draft]:
        """The articles cut and embedded; with `late` without their sentences."""
        first = await asyncio.to_thread(self._record.reserve, len(articles))
        traces = [(lines_of(article), quotes_of(article)) for article in articles]
        learned = await asyncio.to_thread(self._record.learned_lines)
        articles = [without(article, learned) for article in articles]
        cut = await asyncio.to_thread(self._cut, articles, first)
        known = await asyncio.to_thread(
            known_vectors, self._record, [article.file_id for article in articles], self._made_by)
        vectors = await embedded([embedding_text(one) for chunks in cut for one in chunks], self._embedder, known)
        told = [None for _ in articles] if late else await embedded_sentences(articles, self._embedder, known)
        parts = np.split(vectors, np.cumsum([len(chunks) for chunks in cut])[:-1])
        signatures = await asyncio.to_thread(lambda: list(map(packed, articles, parts)))
        return [
            Draft(article, first + at, cut[at], parts[at], self.fingerprint, signatures[at],
                  sketch_of(signatures[at]), *traces[at], told[at])
            for at, article in enumerate(articles)
        ]

    def _cut(self, articles: Sequence[Article], first: int) -> list[tuple[Chunk, ...]]:
        """Each article's chunks, as of the versions from `first` on."""
        return [chunk(article, first + at, self._embedder) for at, article in enumerate(articles)]

    def _publish(self, drafts: Sequence[Draft]) -> None:
        """Rows, indexes, then the one commit that makes the articles visible."""
        if self._record.meta(_FINGERPRINT) is None:
            self._record.set_meta(_FINGERPRINT, self.fingerprint)
        self._record.stage(drafts)
        self._store.add([one for draft in drafts for one in draft.chunks],
                        np.concatenate([draft.vectors for draft in drafts]))
        self._record.publish([(draft.article.file_id, draft.version) for draft in drafts])
        self._clear()

    async def _remove(self, file_ids: Sequence[str], run: Run, *, redact: bool) -> list[str]:
        """Remove articles from the record, then from the indexes."""
        if not file_ids:
            return []
        run.bereft.update(await asyncio.to_thread(self._record.group_members, file_ids))
        removed = await asyncio.to_thread(lambda: self._record.remove(file_ids, redact=redact))
        run.bereft.difference_update(removed)
        await asyncio.to_thread(self._clear)
        return removed

    async def _prune(self, sync: Sync, inbox: Inbox, run: Run) -> None:
        """Remove the articles whose files are gone, and those that are gone from their files."""
        ids, paths = await asyncio.to_thread(sync.vanished, inbox)
        run.removed = len(await self._remove([*ids, *run.gone], run, redact=False))
        await asyncio.to_thread(self._record.forget_files, paths)

    def _regroup(self, run: Run | None) -> None:
        """Find again which articles are one text, if any came, went or changed since the last time.

        Only those that this run concerns are looked at when all was grouped before it."""
        if self._record.meta(_GROUPED) == str(self._record.revision()):
            return
        self._grouping.regroup(run.touched | run.bereft if run is not None and self._grouped else None)
        self._record.set_meta(_GROUPED, str(self._record.revision()))
        self._grouped = True

    def _note(self, run: Run) -> None:
        self._record.note_reading({one.path: one.error for one in run.failed}, run.parsed)

    async def _finish(self, run: Run, began: float, passed_over: Sequence[Failed] = ()) -> IngestReport:
        """Origins, lines that are learned, failures, and the report."""
        await asyncio.to_thread(self._regroup, run)
        await self._correct(run)
        await asyncio.to_thread(self._note, run)
        await asyncio.to_thread(self._store.settle)
        articles, passages = await asyncio.to_thread(self._record.totals)
        return IngestReport(run.added, run.updated, run.unchanged, run.removed, tuple(run.failed), articles,
                            passages, round(time.monotonic() - began, 3), tuple(passed_over), run.taken_down,
                            tuple(sorted(run.touched)))

    async def _correct(self, run: Run) -> None:
        """Learn from this run which lines belong to outlets' pages, and mark the articles that have them anew."""
        corrected = Run()
        for file_id in await asyncio.to_thread(learn, self._record, run.touched):
            corrected.waiting.append(await asyncio.to_thread(self._record.article, file_id))
            corrected.touched.add(file_id)
            if corrected.full:
                await self._write(corrected)
        await self._write(corrected)
        await asyncio.to_thread(self._regroup, corrected)
