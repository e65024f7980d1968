"""The service under measurement: an archive of its own, filled, asked and searched."""

from __future__ import annotations

import inspect
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
from service.settings import Settings

Json = dict[str, Any]


class Measured(Protocol):
    """What the evals call of `service.wiring.OnRecord`; a test may put something broken in its place."""

    @property
    def archive(self) -> Archive: ...
    def ask(
        self, question: str, *, filters: Filters | None = None, as_of: date | None = None
    ) -> AsyncIterator[Any]: ...
    async def search(
        self, query: str, *, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Passage]: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


Build = Callable[[Settings], Measured]


def own_build(settings: Settings) -> Measured:
    """The service as it is wired, as the owner of its archive."""
    from service.wiring import build

    return build(settings, owner=True)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is measured: settings that differ from the environment's, and how the service is built from
    them."""

    given: Mapping[str, Any] = field(default_factory=dict)
    build: Build = own_build

    def settings(self, data: Path) -> Settings:
        """The settings of this process with an archive of its own in `data`, whatever the environment
        names."""
        loaded = Settings.load(**{**self.given, "data": data})
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

    @property
    def takes_threads(self) -> bool:
        """Whether the service reads the earlier questions of a thread yet."""
        return "previous" in inspect.signature(self.service.ask).parameters

    async def answer(
        self,
        question: str,
        *,
        previous: Sequence[str] = (),
        filters: Filters | None = None,
        as_of: date | None = None,
    ) -> Json:
        """The whole answer as every door sends it, with the gates' log under `gates`."""
        from service.answers.wire import answer_json

        more: dict[str, Any] = {"previous": tuple(previous)} if previous and self.takes_threads else {}
        last: Any = None
        async for piece in self.service.ask(question, filters=filters, as_of=as_of, **more):
            last = piece
        if not isinstance(last, Answer):
            raise TypeError(f"the last piece of an answer is {type(last).__name__!r}")
        return answer_json(last) | {"gates": [dict(entry) for entry in last.gates]}

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
        async with configuration.build(settings) as service:
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
        async with configuration.build(settings) as service:
            failed: list[str] = []
            for start in range(0, len(documents), _BATCH):
                batch = [document.upload() for document in documents[start : start + _BATCH]]
                report = await service.archive.add(batch, source="evals")
                failed += [f"{one.path}: {one.error}" for one in report.failed]
                if progress:
                    progress(min(start + _BATCH, len(documents)), len(documents))
            yield Subject(service, settings, failed)


_BATCH = 200
