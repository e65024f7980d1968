"""The service under measurement: an archive of its own, filled, asked and searched."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from service.articles.metadata import Metadata
from service.domain import Answer, Filters, Passage, Sourced
from service.passages.archive import Archive
from service.passages.inbox import Upload
from service.passages.ranking import Ranking
from service.settings import Settings

Json = dict[str, Any]


class Measured(Protocol):
    """What the evals call of `service.wiring.OnRecord`; a test may put something broken in its place."""

    @property
    def archive(self) -> Archive: ...
    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: date | None = None,
        thread_id: str | None = None,
    ) -> AsyncIterator[Any]: ...
    async def search(
        self, query: str, *, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Passage]: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


Build = Callable[[Settings], Measured]


def own_build(settings: Settings, ranking: Ranking | None = None) -> Measured:
    """The service as it is wired, as the owner of its archive; `ranking` replaces the retrieval's own."""
    from service.wiring import build

    return build(settings, owner=True, ranking=ranking)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is measured: settings that differ from the environment's, how the service is built from them, and the
    ranking of its retrieval, where it is not the service's own."""

    given: Mapping[str, Any] = field(default_factory=dict)
    build: Build = own_build
    ranking: Ranking | None = None

    def service(self, settings: Settings) -> Measured:
        """The service to measure, not opened yet."""
        return own_build(settings, self.ranking) if self.ranking else self.build(settings)

    def settings(self, data: Path) -> Settings:
        """The settings of this process with an archive of its own in `data`, whatever the environment names, and
        no answers kept to be given again."""
        loaded = Settings.load(**{"answer_cache": 0, **self.given, "data": data})
        return loaded.model_copy(update={"database_url": None, "store": "embedded"})


@dataclass(frozen=True, slots=True)
class Document:
    """An article of a data set. `key` becomes its file id: letters, digits and `_ . : -`, at most 100."""

    key: str
    text: str
    title: str | None = None
    publisher: str | None = None
    published: date | None = None
    url: str | None = None

    def upload(self) -> Upload:
        """As the archive takes it, without a file."""

        def known(value: Any) -> Any:
            return None if value is None else Sourced(value, "caller")

        given = Metadata(
            title=known(self.title),
            publisher=known(self.publisher),
            published=known(self.published),
            url=known(self.url),
        )
        data = self.text.encode("utf-8", "replace")
        return Upload(f"{self.key}.txt", data, given, self.key)


class Subject:
    """An open, filled archive. `answer` and `passages` are all that suites need of it."""

    def __init__(self, service: Measured, settings: Settings, failed: Sequence[str] = ()) -> None:
        self.service = service
        self.settings = settings
        self.failed = tuple(failed)

    async def answer(
        self,
        question: str,
        *,
        previous: Sequence[str] = (),
        filters: Filters | None = None,
        as_of: date | None = None,
    ) -> Json:
        """The whole answer as every door sends it, with what stays inside: the gates' log and the confidence.

        `previous` are earlier questions of a thread of its own, which are asked in it first.
        """
        from service.answers.wire import answer_json

        thread = f"evals-{secrets.token_hex(8)}" if previous else None
        last: Any = None
        for one in (*previous, question):
            async for piece in self.service.ask(one, filters=filters, as_of=as_of, thread_id=thread):
                last = piece
        if not isinstance(last, Answer):
            raise TypeError(f"the last piece of an answer is {type(last).__name__!r}")
        inside = {"gates": [dict(entry) for entry in last.gates], "confidence": last.confidence}
        return answer_json(last) | inside

    async def passages(
        self, query: str, limit: int, *, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Passage]:
        """The best passages for a query, best first."""
        return await self.service.search(query, limit=limit, filters=filters, as_of=as_of)


@asynccontextmanager
async def over_folder(folder: Path, configuration: Configuration) -> AsyncIterator[Subject]:
    """The service over the articles of a folder, in a fresh archive that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="onrecord-evals-") as data:
        settings = configuration.settings(Path(data) / "data")
        async with configuration.service(settings) as service:
            report = await service.archive.ingest([folder])
            yield Subject(service, settings, [f"{one.path}: {one.error}" for one in report.failed])


@asynccontextmanager
async def over_documents(
    documents: Sequence[Document],
    configuration: Configuration,
    *,
    keep: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AsyncIterator[Subject]:
    """The service over articles of a data set.

    `keep` is a folder in which the archive stays for the next run, which then embeds only what is new;
    without it the archive is gone afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="onrecord-evals-") as fresh:
        settings = configuration.settings(keep or Path(fresh) / "data")
        async with configuration.service(settings) as service:
            failed: list[str] = []
            for start in range(0, len(documents), _BATCH):
                batch = [document.upload() for document in documents[start : start + _BATCH]]
                report = await service.archive.add(batch, source="evals")
                failed += [f"{one.path}: {one.error}" for one in report.failed]
                if progress:
                    progress(min(start + _BATCH, len(documents)), len(documents))
            yield Subject(service, settings, failed)


_BATCH = 200
