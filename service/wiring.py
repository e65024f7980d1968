"""The one place that chooses adapters: `build(settings)` gives the service that every door calls."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from service import __version__
from service.answers.answer import EXTRACTIVE, Answerer, Piece
from service.answers.exchange import MAX_STATEMENTS
from service.answers.likeness import Likeness
from service.answers.prompt import load
from service.answers.recheck import Verdict, recheck
from service.articles.read import text_of_file
from service.domain import Article, Filters, Passage
from service.errors import NotFoundError, OnRecordError, SettingsError
from service.passages.archive import Archive
from service.passages.retrieve import Retriever
from service.ports import ChatModel, Embedder, Page, PassageStore, Record
from service.settings import Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI


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


EMBEDDERS: Mapping[str, Callable[[Settings, str], Embedder]] = {
    "local": _local_embedder,
    "openai": _openai_embedder,
}
"""How an embedder is made, by what stands before the colon in ONRECORD_EMBEDDER."""
STORES: Mapping[str, Callable[[Settings, Record, bool], PassageStore]] = {"embedded": _embedded_store}
"""How the indexes are opened, by what stands before the colon in ONRECORD_STORE."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `onrecord doctor`: what was looked at, how it is and why, and what to do where it is not well."""

    name: str
    value: str
    ok: bool = True
    advice: str | None = None


class OnRecord:
    """The service: one archive and everything that may be asked of it. An async context manager."""

    def __init__(self, settings: Settings, record: Record, store: PassageStore, embedder: Embedder, *,
                 owner: bool) -> None:
        self.settings = settings
        self.archive = Archive(record, store, embedder, max_bytes=settings.max_file_bytes)
        self._record, self._store, self._embedder, self._owner = record, store, embedder, owner
        self._retriever = Retriever(record, store, embedder)
        self._model = _model(settings)
        self._answerer = Answerer(
            record=record, retriever=self._retriever, likeness=Likeness(embedder),
            fingerprint=lambda: self.archive.fingerprint, model=self._model,
            prompt=load("answer", {"statements": MAX_STATEMENTS}),
            count_tokens=lambda text: _count_tokens(text, settings.model), token_budget=settings.model_tokens,
            seconds=settings.model_timeout, fallback=settings.fallback == EXTRACTIVE)

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self.archive.prepare if self._owner else self.archive.check)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        try:
            if self._model is not None:
                await self._model.aclose()
            await asyncio.to_thread(self._store.close)
        finally:
            await asyncio.to_thread(self._record.close)

    def ask(self, question: str, *, filters: Filters | None = None, as_of: date | None = None,
            stream: bool = False) -> AsyncIterator[Piece]:
        """The pieces of an answer; see `Answerer.ask`."""
        return self._answerer.ask(question, filters=filters, as_of=as_of, stream=stream)

    async def search(self, query: str, *, limit: int = 10, filters: Filters | None = None,
                     as_of: date | None = None) -> list[Passage]:
        """The best passages for a query; see `Retriever.retrieve`."""
        return await self._retriever.retrieve(query, limit=limit, filters=filters, as_of=as_of)

    def answer(self, answer_id: str) -> dict[str, Any]:
        """A stored answer as its JSON object. Raises NotFoundError."""
        stored = self._record.answer(answer_id)
        return {key: value for key, value in stored.items() if key != "gates"}

    def verify(self, answer: Mapping[str, Any]) -> list[Verdict]:
        """How each citation of an answer stands today; see `recheck`."""
        return recheck(answer, self._current_text)

    def articles(self, limit: int = 100, cursor: str | None = None) -> Page:
        """A page of the archive's articles, by file name. Raises UsageError for a cursor that isn't one."""
        return self._record.articles(limit, cursor)

    def article(self, file_id: str) -> Article:
        """One article, text and spans included. Raises NotFoundError."""
        return self._record.article(file_id)

    def first_seen(self, key: str) -> bool:
        """Whether an event from outside is new to this archive, whichever process asks; it is known from then on."""
        return self._record.first_seen(key)

    async def doctor(self) -> list[Finding]:
        """What was chosen and why, and whether each part works."""
        settings = self.settings
        findings = [Finding("version", f"onrecord {__version__}, Python {platform.python_version()}"),
                    Finding("data", f"{settings.data.resolve()} (ONRECORD_DATA)")]
        articles, _ = await asyncio.to_thread(self._record.totals)
        failed = await asyncio.to_thread(self._record.failures)
        findings.append(Finding("archive", f"{articles} articles, {len(failed)} files set aside",
                                advice=None if articles else "onrecord ingest FOLDER"))
        findings.append(await self._embedder_finding())
        findings.append(Finding("index", self.archive.fingerprint))
        findings.append(Finding("store", f"{settings.store} (ONRECORD_STORE)"))
        chosen = "the articles' own sentences" if settings.model == EXTRACTIVE else "written by this model, then proven"
        findings.append(Finding("model", f"{settings.model} (ONRECORD_MODEL): {chosen}"))
        if settings.model != EXTRACTIVE:
            where = settings.openai_base_url or "the openai package's own address"
            key = "with a key" if settings.openai_api_key else "without a key"
            findings.append(Finding("endpoint", f"{where}, {key}; when it fails: {settings.fallback}"))
        slack = settings.slack_bot_token is not None and (settings.slack_app_token or settings.slack_signing_secret)
        findings.append(Finding("slack", "configured" if slack else "not configured (SLACK_BOT_TOKEN, …)"))
        return findings

    async def _embedder_finding(self) -> Finding:
        name = f"{self.settings.embedder} (ONRECORD_EMBEDDER)"
        try:
            await self._embedder.embed(["a test"])
        except OnRecordError as error:
            return Finding("embedder", f"{name}: {error}", False, error.advice)
        return Finding("embedder", f"{name}: {self._embedder.fingerprint}, {self._embedder.dimension} dimensions")

    def _current_text(self, file_id: str) -> str | None:
        """The text behind a file id as it is now: of the file itself where it is at hand, else of the record."""
        try:
            article = self._record.article(file_id)
        except NotFoundError:
            return None
        if article.path is None or not Path(article.path).parent.is_dir():
            return article.text
        return text_of_file(Path(article.path), max_bytes=self.settings.max_file_bytes)


def build(settings: Settings, *, owner: bool = False) -> OnRecord:
    """The service that the settings describe. `owner` may write to the archive; only one process can at a time.

    Raises BusyError when another process owns the archive, StateError when its state can't be used, SettingsError.
    """
    from service.adapters.record import SqlRecord

    kind, _, name = settings.embedder.partition(":")
    scheme = settings.store.partition(":")[0]
    if scheme not in STORES:
        raise SettingsError(f"ONRECORD_STORE: {settings.store!r} can't be used yet", advice="use 'embedded'")
    embedder = EMBEDDERS[kind](settings, name)
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"ONRECORD_DATA: {str(settings.data)!r} can't be made: {error.strerror}",
                            advice="name a folder that you may write to") from error
    record = SqlRecord(settings.record_url)
    try:
        store = STORES[scheme](settings, record, owner)
    except BaseException:
        record.close()
        raise
    return OnRecord(settings, record, store, embedder, owner=owner)


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
