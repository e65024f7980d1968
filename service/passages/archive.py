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
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from service.articles.boilerplate import lines_of, quotes_of, without
from service.articles.metadata import Metadata, read_metadata
from service.articles.read import KEY_MARK, LISTINGS, format_of, read_article
from service.articles.reliance import named_sources
from service.articles.spans import find_spans
from service.domain import Article, Chunk, Sourced
from service.errors import OnRecordError, StateError
from service.passages.chunk import CHUNKING, chunk, embedding_text
from service.passages.embedding import KnownVectors, embedded, known_vectors
from service.passages.grouping import regroup, sketch_of
from service.passages.inbox import Failed, Inbox, Upload, look_into, nothing_readable, read_upload, told
from service.passages.learning import learn
from service.passages.sentences import quotable_sentences, sentence_text
from service.passages.signatures import packed
from service.passages.sync import Run, Sync
from service.ports import ArticleRecord, Draft, Embedder, PassageStore, Sentences

CLEANING = "3"
"""Changes whenever the same text would get other spans or metadata; a part of the index's fingerprint."""

_FINGERPRINT = "fingerprint"
_GROUPED = "origins_of_revision"
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

    The store must be the owner's for everything that writes. Within one process writers wait for one another.
    """

    def __init__(
        self, record: ArticleRecord, store: PassageStore, embedder: Embedder, *, max_bytes: int = 20_000_000
    ) -> None:
        self._record, self._store, self._embedder, self._max_bytes = record, store, embedder, max_bytes
        self._writing = asyncio.Lock()
        self._grouped = False

    @property
    def fingerprint(self) -> str:
        """What made the indexes: cleaning, chunking, the embedder and its weights."""
        return f"cleaning-{CLEANING}.chunking-{CHUNKING}{self._made_by}"

    @property
    def _made_by(self) -> str:
        """How the fingerprint ends: the embedder and its weights."""
        return f".{hashlib.sha256(self._embedder.fingerprint.encode()).hexdigest()[:12]}"

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
        """Take in uploaded articles; one with the name or id of an earlier one replaces it."""
        async with self._writing:
            began = time.monotonic()
            await asyncio.to_thread(self._open)
            known = {one.file_id: one for one in await asyncio.to_thread(self._record.known)}
            run = Run()
            articles: dict[str, Article] = {}
            for upload in uploads:
                try:
                    found = await asyncio.to_thread(_read_all, upload, source, self._max_bytes)
                except OnRecordError as error:
                    run.failed.append(Failed(upload.filename, told(error)))
                    continue
                for article in found:
                    if isinstance(article, Failed):
                        run.failed.append(article)
                        continue
                    if earlier := articles.pop(article.file_id, None):
                        run.failed.append(Failed(
                            earlier.filename, "a later one of this upload has its name or id"))
                    articles[article.file_id] = article
            await asyncio.to_thread(self._record.restore, list(articles))
            for file_id, article in articles.items():
                before = known.get(file_id)
                run.weigh(article, before, same=before is not None and _same(
                    await asyncio.to_thread(self._record.article, file_id), article))
                if run.full:
                    await self._write(run)
            await self._write(run)
            run.touched |= articles.keys()
            return await self._finish(run, began)

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

        With the embedder that the archive was made with, only texts that are cut differently are embedded.
        The archive can't be asked until it is done; when it is killed, the same command goes on where it was.
        """
        async with self._writing:
            began = time.monotonic()
            half_way = f"half rebuilt as {self.fingerprint}"
            await asyncio.to_thread(self._record.set_meta, _FINGERPRINT, half_way)
            await asyncio.to_thread(self._record.sweep)
            known = await asyncio.to_thread(self._record.known)
            run = Run()
            for done, one in enumerate(known, 1):
                if one.fingerprint == self.fingerprint:
                    run.unchanged += 1
                else:
                    article = await asyncio.to_thread(self._marked, one.file_id)
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
        self._grouped = self._record.meta(_GROUPED) == str(self._record.revision())
        self._clear()

    def _clear(self) -> None:
        """Take what is pending or dead out of the indexes, then out of the record."""
        left = self._record.leftovers()
        if left:
            self._store.remove(left)
        self._record.sweep()

    async def _write(self, run: Run, *, indexes: bool = True) -> None:
        """Embed what waits, write it, make it live, and then note the files that are read whole."""
        waiting, run.waiting = run.waiting, []
        if waiting:
            drafts = await self._drafts(waiting)
            ids = [article.file_id for article in waiting]
            run.bereft.update(await asyncio.to_thread(self._record.group_members, ids))
            await asyncio.to_thread(self._publish, drafts, indexes)
        complete, run.complete = run.complete, []
        if complete:
            await asyncio.to_thread(self._record.note_files, complete)

    async def _drafts(self, articles: Sequence[Article]) -> list[Draft]:
        """The articles cut and embedded."""
        first = await asyncio.to_thread(self._record.reserve, len(articles))
        traces = [(lines_of(article), quotes_of(article)) for article in articles]
        learned = await asyncio.to_thread(self._record.learned_lines)
        articles = [without(article, learned) for article in articles]
        cut = await asyncio.to_thread(self._cut, articles, first)
        known = await asyncio.to_thread(
            known_vectors, self._record, [article.file_id for article in articles], self._made_by)
        vectors = await embedded([embedding_text(one) for chunks in cut for one in chunks], self._embedder, known)
        told = await self._sentences(articles, known)
        parts = np.split(vectors, np.cumsum([len(chunks) for chunks in cut])[:-1])
        signatures = await asyncio.to_thread(lambda: list(map(packed, articles, parts)))
        return [
            Draft(article, first + at, cut[at], parts[at], self.fingerprint, signatures[at],
                  sketch_of(signatures[at]), *traces[at], told[at])
            for at, article in enumerate(articles)
        ]

    async def _sentences(self, articles: Sequence[Article], known: KnownVectors) -> list[Sentences]:
        """Each article's sentences with their vectors, all embedded in one go."""
        places = [quotable_sentences(article) for article in articles]
        texts = [sentence_text(article, start, end)
                 for article, own in zip(articles, places, strict=True) for start, end, _ in own]
        vectors = await embedded(texts, self._embedder, known)
        parts = np.split(vectors, np.cumsum([len(own) for own in places])[:-1])
        return [Sentences(tuple(own), part) for own, part in zip(places, parts, strict=True)]

    def _cut(self, articles: Sequence[Article], first: int) -> list[tuple[Chunk, ...]]:
        """Each article's chunks, as of the versions from `first` on."""
        return [chunk(article, first + at, self._embedder) for at, article in enumerate(articles)]

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
        regroup(self._record, run.touched | run.bereft if run is not None and self._grouped else None)
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

    def _marked(self, file_id: str) -> Article:
        """A stored article with spans and metadata as this version finds them; what its caller gave stays.

        Spans that markup told are read from the file again, where that is as it was, and stay otherwise."""
        article = self._record.article(file_id)
        suffix = format_of(article.filename.partition(KEY_MARK)[0])
        if suffix in (".txt", ".md", None) or suffix in LISTINGS:
            return _remarked(article)
        try:
            found = read_article(Path(article.path or ""), source=article.source, filename=article.filename,
                                 max_bytes=self._max_bytes)
        except OnRecordError:
            return article
        if (found.sha256, found.text) != (article.sha256, article.text):
            return article
        return replace(found, file_id=article.file_id)


def _read_all(upload: Upload, source: str, max_bytes: int) -> list[Article | Failed]:
    return list(read_upload(upload, source, max_bytes))


def _same(kept: Article, article: Article) -> bool:
    """Whether two articles differ in nothing but what the archive itself finds out: origin and learned lines."""
    return replace(kept, origin_id="", reprint_of=None, update_of=None, spans=()) == replace(
        article, origin_id="", reprint_of=None, update_of=None, spans=())


def _remarked(article: Article) -> Article:
    """A stored article with spans and metadata as this version finds them; what its caller or its file's
    fields gave stays."""
    spans = find_spans(article.text, markdown=format_of(article.filename) == ".md")
    given = Metadata(
        **{name: value for name in ("title", "publisher", "author", "published", "credit")
           if (value := getattr(article, name)) is not None and value.found_in in ("caller", "field")},
        url=Sourced(article.url, "caller") if article.url else None,
    )
    known = given.over(read_metadata(article.text, spans, article.filename))
    return replace(article, spans=spans, title=known.title, publisher=known.publisher, author=known.author,
                   published=known.published, url=known.url.value if known.url else None, credit=known.credit,
                   rests_on=named_sources(article.text, spans, known.publisher.value if known.publisher else None))
