"""Files against what the record knows of them: what is new, changed, renamed, taken down, or gone."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from service.articles.folder import path_hash
from service.articles.read import KEY_MARK, LISTINGS, file_id_of, format_of, read_articles
from service.articles.readings import Spoiled
from service.domain import Article
from service.errors import OnRecordError
from service.passages.inbox import Candidate, Failed, Inbox, hash_of, told
from service.ports import Files, Known, KnownFile

_BATCH_CHARACTERS = 200_000
BATCH_ARTICLES = 64
"""Articles that are embedded and written at once."""


@dataclass(slots=True)
class Run:
    """The counts of one ingest, and what waits to be written. `complete` are files whose articles are all read, `gone`
    articles that are no longer in their file, `bereft` those whose origin has lost a member."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    taken_down: int = 0
    failed: list[Failed] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    parsed: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    bereft: set[str] = field(default_factory=set)
    gone: list[str] = field(default_factory=list)
    waiting: list[Article] = field(default_factory=list)
    complete: list[KnownFile] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether a batch is worth writing."""
        return (len(self.waiting) >= BATCH_ARTICLES
                or sum(len(article.text) for article in self.waiting) >= _BATCH_CHARACTERS)

    def weigh(self, article: Article, *, known: bool, same: bool) -> None:
        """Count an article as new, changed or neither, and queue it where there is work to do."""
        self.added += not known
        self.updated += known and not same
        self.unchanged += same
        if not same:
            self.waiting.append(article)
            self.touched.add(article.file_id)


class Sync:
    """One ingest's view of the files that the record knows. Files are read in other threads, one at a time."""

    def __init__(self, record: Files, known: Iterable[Known], max_bytes: int, run: Run) -> None:
        self._record, self._max_bytes, self._run = record, max_bytes, run
        self._files = {file.path: file for file in record.files()}
        self._by_id: dict[str, Known] = {}
        self._by_path: dict[str, list[Known]] = defaultdict(list)
        for one in known:
            self._by_id[one.file_id] = one
            if one.path is not None:
                self._by_path[one.path].append(one)
        for path, members in self._by_path.items():
            if path not in self._files and len(members) == 1:
                one = members[0]
                self._files[path] = KnownFile(path, one.source, one.filename, one.sha256, 1)
        self._down = {one.file_id: one for one in record.takedowns()}
        self._down_paths = {one.path_hash for one in self._down.values()}
        self._down_content = {one.sha256: one for one in self._down.values()}
        self._seen: dict[str, str] = {}

    def follow_renames(self, inbox: Inbox) -> None:
        """Let files that stand at a new path with the old bytes, the old path gone, keep their articles."""
        gone: dict[tuple[str, str], list[KnownFile]] = defaultdict(list)
        for file in self._files.values():
            if self._by_path[file.path] and not os.path.lexists(file.path):
                gone[file.source, file.sha256].append(file)
        fresh = [one for one in inbox.candidates if one.real not in self._files] if gone else []
        for candidate in fresh:
            alike = gone.get((candidate.source, hash_of(candidate.path) or ""))
            if not alike:
                continue
            name = candidate.filename.rpartition("/")[2]
            old = next((file for file in alike if file.filename.rpartition("/")[2] == name), alike[0])
            alike.remove(old)
            self._move(old, replace(old, path=candidate.real, filename=candidate.filename))

    def _move(self, old: KnownFile, new: KnownFile) -> None:
        self._record.note_files([old])
        self._record.move_file(old.path, new)
        del self._files[old.path]
        self._files[new.path] = new
        for one in self._by_path.pop(old.path):
            moved = replace(one, path=new.path, filename=new.filename + one.filename[len(old.filename):])
            self._by_id[one.file_id] = moved
            self._by_path[new.path].append(moved)

    async def take(
        self, candidate: Candidate, *, restore: bool, prune: bool, write: Callable[[], Awaitable[None]]
    ) -> None:
        """Read a file if it is new or changed, and queue its articles; `write` is awaited whenever a batch is full.

        What can't be read goes to the run's failures. `restore` takes in what was taken down, as naming the file
        itself does.
        """
        run, members = self._run, self._by_path.get(candidate.real, [])
        known = self._files.get(candidate.real)
        restore = restore or candidate.named
        digest = await asyncio.to_thread(hash_of, candidate.path)
        down = path_hash(candidate.real) in self._down_paths
        if members and known is not None and known.sha256 == digest and not (
            (prune and len(members) != known.articles) or (restore and down)
        ):
            run.unchanged += len(members)
            run.read.append(candidate.real)
            return
        if down and not restore and not members:
            run.taken_down += 1
            return
        file = known or KnownFile(candidate.real, candidate.source, candidate.filename, "", 0)
        found = read_articles(
            candidate.path, source=file.source, filename=file.filename, max_bytes=self._max_bytes
        )
        count, left = 0, {one.file_id for one in members}
        try:
            while (one := await asyncio.to_thread(next, found, None)) is not None:
                if isinstance(one, Spoiled):
                    run.failed.append(Failed(f"{candidate.real}{KEY_MARK}{one.key}", one.error))
                    continue
                article = self._identified(replace(one, path=candidate.real), members, restore=restore)
                if article is None:
                    continue
                count += 1
                left.discard(article.file_id)
                before = self._by_id.get(article.file_id)
                if format_of(candidate.real) not in LISTINGS:
                    digest = article.sha256
                run.weigh(article, known=before is not None, same=before is not None
                          and (before.sha256, before.path) == (article.sha256, article.path))
                if run.full:
                    await write()
        except OnRecordError as error:
            run.failed.append(Failed(candidate.real, told(error)))
            return
        run.parsed.append(candidate.real)
        if count:
            run.read.append(candidate.real)
            run.gone += sorted(left)
            run.complete.append(replace(file, sha256=digest or "", articles=count))

    def vanished(self, inbox: Inbox) -> tuple[list[str], list[str]]:
        """The ids of articles whose files are gone, and those files' paths."""
        gone = [file.path for file in inbox.vanished(self._files.values())]
        return [one.file_id for path in gone for one in self._by_path.get(path, ())], gone

    def _identified(self, article: Article, members: Sequence[Known], *, restore: bool) -> Article | None:
        """The article under its id: that which it is known by at its path, else that of its name.

        None, and counted or reported, where it was taken down or another file has its name.
        """
        run = self._run
        single = len(members) == 1 and format_of(article.path or "") not in LISTINGS
        known = next((one for one in members if single or one.filename == article.filename), None)
        if known is not None:
            return replace(article, file_id=known.file_id)
        down = self._down.get(article.file_id) or self._down_content.get(article.sha256)
        if down is not None and not restore:
            run.taken_down += 1
            return None
        if down is not None:
            self._record.restore([down.file_id])
        other = self._by_id.get(article.file_id)
        holder = self._seen.get(article.file_id) or (other.path if other else None)
        if holder is not None and holder != article.path and os.path.lexists(holder):
            if other is not None and other.filename != article.filename:
                article = replace(article, file_id=self._free_id(article))
            else:
                run.failed.append(Failed(article.path or "", f"{holder!r} has the same name within the source "
                                         f"{article.source!r}: ingest one of them with another --source"))
                return None
        self._seen[article.file_id] = article.path or ""
        return article

    def _free_id(self, article: Article) -> str:
        """An id for an article whose name's own id stayed with a file that was renamed."""
        tries = (file_id_of(article.source, f"{article.filename}\0{number}") for number in itertools.count(2))
        return next(one for one in tries if one not in self._by_id and one not in self._seen)
