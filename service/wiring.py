"""The one place that chooses adapters: `build(settings)` gives the service that every door calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from service import __version__
from service.answers.answer import EXTRACTIVE, Answerer, Piece
from service.answers.likeness import Likeness
from service.answers.model.exchange import MAX_STATEMENTS
from service.answers.model.prompt import load
from service.answers.places import passage_placed
from service.answers.recheck import Verdict, recheck
from service.answers.threads.conversation import SECONDS, Rewriter
from service.answers.watching import Carrier, Watching
from service.articles.read import text_of_file
from service.diagnosis import Finding, examine
from service.domain import Answer, Article, Filters, Passage, Turn
from service.errors import NotFoundError, SettingsError
from service.passages.archive import Archive
from service.passages.handover import IngestOrder, keep_serving, serve_requests
from service.passages.ranking import Ranking
from service.passages.relations import article_with_reliance
from service.passages.retrieve import Retriever
from service.ports import (
    ApiKeys,
    ChatModel,
    Embedder,
    Entry,
    Failure,
    Feedback,
    Page,
    PassageStore,
    Record,
    SlackJobs,
    Watch,
    WholeRecord,
)
from service.settings import Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from service.adapters.record_backup import Manifest, Restored


def _local_embedder(_settings: Settings, _name: str) -> Embedder:
    from service.adapters.local_embedder import LocalEmbedder

    return LocalEmbedder()


def _openai_embedder(settings: Settings, name: str) -> Embedder:
    from service.adapters.openai_embedder import OpenAIEmbedder

    def client() -> AsyncOpenAI:
        from openai import AsyncOpenAI

        return AsyncOpenAI(api_key=_key(settings) or "none", base_url=settings.openai_base_url)

    return OpenAIEmbedder(name, client)


def _embedded_store(settings: Settings, record: Record, owner: bool) -> PassageStore:
    from service.adapters.embedded_store import EmbeddedStore

    return EmbeddedStore(settings.data, record, owner=owner)


def _chroma_store(settings: Settings, record: Record, owner: bool) -> PassageStore:
    from service.adapters.chroma_server import ChromaServer
    from service.adapters.embedded_store import EmbeddedStore

    host, _, port = settings.store.removeprefix("chroma://").partition(":")
    place = ChromaServer(host, int(port), settings.data / "indexes")
    return EmbeddedStore(settings.data, record, owner=owner, place=place)


def _qdrant_store(settings: Settings, record: Record, owner: bool) -> PassageStore:
    from service.adapters.qdrant_store import QdrantServer, QdrantStore

    host, _, port = settings.store.removeprefix("qdrant://").partition(":")
    return QdrantStore(settings.data, record, owner=owner, server=QdrantServer(host, int(port)))


EMBEDDERS: Mapping[str, Callable[[Settings, str], Embedder]] = {
    "local": _local_embedder,
    "openai": _openai_embedder,
}
"""How an embedder is made, by what stands before the colon in ONRECORD_EMBEDDER."""
STORES: Mapping[str, Callable[[Settings, Record, bool], PassageStore]] = {
    "embedded": _embedded_store,
    "chroma": _chroma_store,
    "qdrant": _qdrant_store,
}
"""How the indexes are opened, by what stands before the colon in ONRECORD_STORE."""
SHARED_STORES = frozenset({"qdrant"})
"""Those whose indexes processes on several machines write to; of the others a shared record has one owner."""


class OnRecord:
    """The service: one archive and everything that may be asked of it. An async context manager."""

    def __init__(self, settings: Settings, record: WholeRecord, store: PassageStore, embedder: Embedder, *,
                 owner: bool, ranking: Ranking | None = None) -> None:
        self.settings = settings
        self.archive = Archive(record, store, embedder, max_bytes=settings.max_file_bytes)
        self._record, self._store, self._embedder, self._owner = record, store, embedder, owner
        # Since this process began, the archive may have been indexed for another embedder.
        self._retriever = Retriever(record, store, embedder, ranking, check=self.archive.check)
        self._model = _model(settings)
        self._watching = Watching(record, self._retriever, self.ask)
        self._observers: list[Callable[[Answer], None]] = []

        def count(text: str) -> int:
            return _count_tokens(text, settings.model)

        self.answerer = Answerer(
            record=record, retriever=self._retriever, likeness=Likeness(embedder),
            fingerprint=lambda: self.archive.fingerprint, model=self._model,
            prompt=load("answer", {"statements": MAX_STATEMENTS}),
            rewriter=Rewriter(self._model, load("rewrite"), count, min(SECONDS, settings.model_timeout)),
            count_tokens=count, token_budget=settings.model_tokens,
            seconds=settings.model_timeout, fallback=settings.fallback == EXTRACTIVE,
            thread_days=settings.thread_days, cache_size=settings.answer_cache)
        self.asking: Callable[..., AsyncIterator[Piece]] = self.answerer.ask  # serve sets its pool's instead

    async def __aenter__(self) -> Self:
        try:
            await asyncio.gather(self._ready(), *([self._model.warm()] if self._model is not None else []))
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def _ready(self) -> None:
        """The archive checked, and of its owner repaired and brought to the index that was made ready for it."""
        if self._owner:
            await self.archive.take_over()
        await asyncio.to_thread(self.archive.prepare if self._owner else self.archive.check)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        try:
            await self.archive.close()
            if self._model is not None:
                await self._model.aclose()
            await asyncio.to_thread(self._store.close)
        finally:
            await asyncio.to_thread(self._record.close)

    def ask(self, question: str, *, filters: Filters | None = None, as_of: date | None = None,
            stream: bool = False, revisable: bool = False, thread_id: str | None = None,
            history: Sequence[str] = ()) -> AsyncIterator[Piece]:
        """The pieces of an answer; see `Answerer.ask`."""
        return self._observed(self.asking(question, filters=filters, as_of=as_of, stream=stream,
                                          revisable=revisable, thread_id=thread_id, history=history))

    def observe(self, observer: Callable[[Answer], None]) -> None:
        """Have every answer from now on told to this function too, whichever door asked; it must not raise or wait."""
        self._observers.append(observer)

    async def _observed(self, pieces: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
        async for piece in pieces:
            if isinstance(piece, Answer):
                for observer in self._observers:
                    observer(piece)
            yield piece

    @property
    def watching(self) -> Watching:
        """The watched questions."""
        return self._watching

    def watch(self, watch_id: str) -> Watch:
        """One watched question. Raises NotFoundError."""
        return self._record.watch(watch_id)

    def watches(self) -> list[Watch]:
        """The watched questions, oldest first."""
        return self._record.watches()

    def unwatch(self, watch_id: str) -> None:
        """Watch a question no longer. Raises NotFoundError."""
        if not self._record.remove_watch(watch_id):
            raise NotFoundError(f"no watch {watch_id!r}", advice="see `onrecord watch list`")

    def revision(self) -> int:
        """Grows with every change of the archive's articles."""
        return self._record.revision()

    def carriers(self) -> dict[str, Carrier]:
        """The ways to tell of a watch that need no door of their own, by the key of `notify`."""
        from service.adapters.webhooks import Webhooks

        return {"webhook_url": Webhooks(self.settings.webhook_hosts)}

    def check_notify(self, notify: Mapping[str, str]) -> None:
        """Raise UsageError where a watch could not be told that way."""
        from service.adapters.webhooks import check_url

        if "webhook_url" in notify:
            check_url(notify["webhook_url"], self.settings.webhook_hosts)

    def claim_thread(self, thread_id: str, owner: str) -> str | None:
        """Begin a thread for an API key unless it is there; whose it is, None for one begun without a key."""
        return self._record.claim_thread(thread_id, owner)

    def thread(self, thread_id: str) -> list[Turn]:
        """The kept questions of a thread, oldest first. Raises NotFoundError for a thread without any."""
        return self._record.turns(thread_id)

    async def search(self, query: str, *, limit: int = 10, filters: Filters | None = None,
                     as_of: date | None = None) -> list[Passage]:
        """The best passages for a query; see `Retriever.retrieve`."""
        found = await self._retriever.retrieve(query, limit=limit, filters=filters, as_of=as_of)
        return await asyncio.to_thread(lambda: [passage_placed(one, self._record.article) for one in found])

    async def serve_ingests(self, *, forever: bool = False) -> None:
        """Do the ingests that other processes have asked this owner for; `forever` goes on until cancelled."""
        await (keep_serving if forever else serve_requests)(self.archive, self._record)

    def ask_ingest(self, order: IngestOrder) -> str:
        """Ask the archive's owner for an ingest; the request's id."""
        return self._record.ask_ingest(order.as_request())

    def handed_over(self, request_id: str) -> dict[str, Any] | None:
        """What came of such a request, for `report_of`; None while it isn't done. Raises NotFoundError."""
        return self._record.ingest_request(request_id).reply

    def withdraw_ingest(self, request_id: str) -> None:
        """Forget a request."""
        self._record.withdraw_ingest(request_id)

    def failures(self) -> list[Failure]:
        """The files that were set aside and have not been read since, by path."""
        return self._record.failures()

    def answer(self, answer_id: str) -> dict[str, Any]:
        """A stored answer as its JSON object. Raises NotFoundError."""
        stored = self._record.answer(answer_id)
        return {key: value for key, value in stored.items() if key != "gates"}

    def feedback(self, answer_id: str, verdict: str, comment: str | None = None, person: str | None = None) -> None:
        """Keep what a reader says of an answer; the last word of each `person` counts.

        Raises NotFoundError for an answer that isn't kept here.
        """
        self._record.save_feedback(answer_id, verdict, comment, person)

    def feedback_given(self) -> list[Feedback]:
        """What readers said of answers, oldest first."""
        return self._record.feedback()

    @property
    def slack_jobs(self) -> SlackJobs:
        """The questions from Slack that wait for their answers."""
        return self._record

    def catalogue(self) -> list[Entry]:
        """All articles, as retrieval weighs them: ids, outlets and days."""
        return self._record.catalogue()

    def publishers(self) -> dict[str, int]:
        """The outlets of the articles, by name, and how many articles each has."""
        return self._record.publishers()

    def verify(self, answer: Mapping[str, Any]) -> list[Verdict]:
        """How each citation of an answer stands today; see `recheck`."""
        return recheck(answer, self._current_text)

    def articles(self, limit: int = 100, cursor: str | None = None) -> Page:
        """A page of the archive's articles, by file name. Raises UsageError for a cursor that isn't one."""
        return self._record.articles(limit, cursor)

    def article(self, file_id: str) -> Article:
        """One article, text and spans included, and what it rests on. Raises NotFoundError."""
        return article_with_reliance(self._record, file_id)

    @property
    def keys(self) -> ApiKeys:
        """The archive's API keys."""
        return self._record

    def totals(self) -> tuple[int, int]:
        """How many articles and passages the archive has."""
        return self._record.totals()

    async def reach_model(self) -> None:
        """Raise ModelError when a model is configured and its endpoint can't be reached."""
        if self._model is not None:
            await self._model.reach()

    async def doctor(self) -> list[Finding]:
        """What was chosen and why, and whether each part works."""
        return await examine(self.settings, self._record, self._embedder, self.archive.fingerprint)

    def _current_text(self, file_id: str) -> str | None:
        """The text behind a file id as it is now: of the file itself where it is at hand, else of the record."""
        try:
            article = self._record.article(file_id)
        except NotFoundError:
            return None
        if article.path is None or not Path(article.path).parent.is_dir():
            return article.text
        return text_of_file(Path(article.path), article.filename, max_bytes=self.settings.max_file_bytes)


def build(settings: Settings, *, owner: bool = False, ranking: Ranking | None = None) -> OnRecord:
    """The service that the settings describe. `owner` may write to the archive; only one process can at a time.

    `ranking` switches steps of the retrieval off or weighs them otherwise, so that their worth can be measured.

    Raises BusyError when another process owns the archive, StateError when its state can't be used, SettingsError.
    """
    from service.adapters.record import SqlRecord

    kind, _, name = settings.embedder.partition(":")
    scheme = settings.store.partition(":")[0]
    embedder = EMBEDDERS[kind](settings, name)
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"ONRECORD_DATA: {str(settings.data)!r} can't be made: {error.strerror}",
                            advice="name a folder that you may write to") from error
    record = SqlRecord(settings.record_url)
    try:
        if owner and scheme not in SHARED_STORES:
            record.own()
        store = STORES[scheme](settings, record, owner)
    except BaseException:
        record.close()
        raise
    return OnRecord(settings, record, store, embedder, owner=owner, ranking=ranking)


@contextmanager
def open_keys(settings: Settings) -> Iterator[ApiKeys]:
    """The API keys alone, whatever the state of the indexes and whoever owns them. Raises StateError."""
    from service.adapters.record import SqlRecord

    settings.data.mkdir(parents=True, exist_ok=True)
    record = SqlRecord(settings.record_url)
    try:
        yield record
    finally:
        record.close()


def back_up(settings: Settings, folder: Path) -> Manifest:
    """Copy the record into a new folder while others work on it; see `record_backup.back_up`."""
    from service.adapters import record_backup

    return record_backup.back_up(settings.record_url, folder, onrecord=__version__)


def restore(settings: Settings, folder: Path, *, replace: bool) -> Restored:
    """Put a backup in the record's place; see `record_backup.restore`.

    Raises BusyError where a process owns the archive.
    """
    from service.adapters import record_backup
    from service.adapters.owner_lock import OwnerLock

    lock = OwnerLock(settings.data)
    try:
        return record_backup.restore(folder, settings.record_url, replace=replace)
    finally:
        lock.release()


def _count_tokens(text: str, model: str) -> int:
    from service.adapters.vocabulary import count_tokens

    return count_tokens(text, model)


def _model(settings: Settings) -> ChatModel | None:
    if settings.model == EXTRACTIVE:
        return None
    from service.adapters.openai_chat import OpenAIChat

    return OpenAIChat(settings.model, api_key=_key(settings), base_url=settings.openai_base_url,
                      timeout=settings.model_timeout, price_in=settings.model_price_in,
                      price_out=settings.model_price_out)


def _key(settings: Settings) -> str | None:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
