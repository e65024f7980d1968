"""Uploads that wait for one another are written together: embedded, indexed and committed once for all of them.

Writing an article costs far less than the commits, the syncs and the look for reprints around it, so that a queue of
small uploads is done in the time of a few. Each is acknowledged when it is durable, with its own result or error. What
is left to do after that is done when no upload has come for a moment.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from service.domain import Article
from service.errors import NotFoundError, OnRecordError
from service.passages.inbox import Failed, Upload, read_upload, told
from service.passages.sync import Run
from service.passages.turns import Turns
from service.ports import ArticleRecord

Result = TypeVar("Result")

_QUIET: Final = 0.2
"""Seconds without an upload after which what is left is done."""


@dataclass(frozen=True, slots=True)
class Order:
    """The articles of one upload, by their file_id, and what of it is set aside."""

    articles: dict[str, Article]
    failed: tuple[Failed, ...]
    names: tuple[str, ...]
    """The names of all that came, read or not."""


def unpack(uploads: Sequence[Upload], source: str, max_bytes: int) -> Order:
    """Read the articles of an upload; a later one with the name or id of an earlier one takes its place."""
    articles: dict[str, Article] = {}
    failed: list[Failed] = []
    for upload in uploads:
        try:
            found = list(read_upload(upload, source, max_bytes))
        except OnRecordError as error:
            failed.append(Failed(upload.filename, told(error)))
            continue
        for article in found:
            if isinstance(article, Failed):
                failed.append(article)
                continue
            if earlier := articles.pop(article.file_id, None):
                failed.append(Failed(earlier.filename, "a later one of this upload has its name or id"))
            articles[article.file_id] = article
    return Order(articles, tuple(failed), tuple(upload.filename for upload in uploads))


def weighed(order: Order, record: ArticleRecord) -> Run:
    """An upload against what is known of its articles, which come back where they were taken down."""
    failed = {one.path for one in order.failed}
    run = Run(failed=list(order.failed), parsed=[name for name in order.names if name not in failed])
    record.restore(list(order.articles))
    for file_id, article in order.articles.items():
        try:
            kept = record.article(file_id)
        except NotFoundError:
            kept = None
        run.weigh(article, known=kept is not None, same=kept is not None and _same(kept, article))
    run.touched |= order.articles.keys()
    return run


def _same(kept: Article, article: Article) -> bool:
    """Whether two articles differ in nothing but what the archive itself finds out: origin and learned lines."""
    return replace(kept, origin_id="", reprint_of=None, update_of=None, spans=()) == replace(
        article, origin_id="", reprint_of=None, update_of=None, spans=())


def portions(articles: Sequence[Article]) -> Iterator[list[Article]]:
    """Articles in the batches in which they are embedded and written."""
    run = Run()
    for article in articles:
        run.waiting.append(article)
        if run.full:
            yield run.waiting
            run.waiting = []
    if run.waiting:
        yield run.waiting


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Result]):
    """An upload in the queue, and who waits for it."""

    order: Order
    done: asyncio.Future[Result]


class Intake(Generic[Result]):
    """The queue before the archive's one writer.

    `write` is given uploads that concern different articles, in the order in which they came, while it holds the
    `writing` lock; it returns for each a result or the error that it ended in. What it raises is everyone's. `rest`
    does a little of what is left to do, and says whether there is more.
    """

    def __init__(
        self, writing: Turns, write: Callable[[Sequence[Order]], Awaitable[Sequence[Result | OnRecordError]]],
        rest: Callable[[], Awaitable[bool]],
    ) -> None:
        self._writing, self._write, self._rest = writing, write, rest
        self._woken = asyncio.Event()
        self._queue: deque[_Waiting[Result]] = deque()
        self._worker: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many uploads wait, those that are being written not counted."""
        return len(self._queue)

    async def take(self, order: Order) -> Result:
        """Have an upload written; what came of it. Raises its error.

        A caller that is cancelled leaves the queue; what is being written already is written to the end.
        """
        waiting = _Waiting[Result](order, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._woken.set()
        if self._worker is None or self._worker.done():
            self._woken = asyncio.Event()
            self._worker = asyncio.create_task(self._work())
        return await waiting.done

    async def close(self) -> None:
        """Wait until nothing is being written or left to do; nobody may come any more."""
        self._woken.set()
        if self._worker is not None:
            await asyncio.wait({self._worker})

    async def _work(self) -> None:
        while self._queue:
            await self._take_queue()
            self._woken.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _QUIET)
            while not self._queue and await self._rest():
                pass

    async def _take_queue(self) -> None:
        while self._queue:
            try:
                async with self._writing:
                    await self._write_next()
            except OnRecordError as error:  # whose turn it is could not be found out
                _tell(self._queue, [error] * len(self._queue))
                self._queue.clear()

    async def _write_next(self) -> None:
        batch = self._next()
        if not batch:
            return
        results: Sequence[Result | Exception]
        try:
            results = await self._write([waiting.order for waiting in batch])
        except asyncio.CancelledError:
            for waiting in (*batch, *self._queue):
                waiting.done.cancel()
            raise
        except Exception as error:
            results = [error] * len(batch)
        _tell(batch, results)

    def _next(self) -> list[_Waiting[Result]]:
        """The first of those that still wait, and those behind it, up to one that concerns the same article or would
        fill more than one portion."""
        run, batch, ids = Run(), list[_Waiting[Result]](), set[str]()
        while self._queue and not run.full:
            first = self._queue[0]
            if first.done.done():
                self._queue.popleft()
                continue
            run.waiting += first.order.articles.values()
            if batch and (run.full or ids & first.order.articles.keys()):
                break
            batch.append(self._queue.popleft())
            ids |= first.order.articles.keys()
        return batch


def _tell(batch: Collection[_Waiting[Result]], results: Sequence[Result | Exception]) -> None:
    """Give each upload of a batch its result or error, unless nobody waits for it any more."""
    for waiting, result in zip(batch, results, strict=True):
        if waiting.done.done():
            continue
        if isinstance(result, Exception):
            waiting.done.set_exception(result)
        else:
            waiting.done.set_result(result)
