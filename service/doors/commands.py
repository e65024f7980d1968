"""What the commands do: translate the options, call the service, show what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from service.answers.answer import Meta
from service.answers.wire import answer_json, article_json, passage_json, source_json, verification_json
from service.domain import Answer, Article, Source, Statement
from service.doors import terminal
from service.doors.asking import build_filters, checked_question, parse_day
from service.doors.reports import progress, report_json
from service.doors.stdout import write_json
from service.errors import BusyError, NotFoundError, UsageError
from service.passages.archive import IngestReport
from service.passages.handover import IngestOrder
from service.ports import Failure
from service.settings import Settings
from service.wiring import OnRecord, build

LIST_PAGE = 500
"""How many articles are read at a time for a list."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """What every command is given: whether to print JSON, and where the archive is."""

    as_json: bool
    data: Path | None

    def settings(self) -> Settings:
        """The settings of this run. Raises SettingsError."""
        return Settings.load(data=self.data)


@dataclass(frozen=True, slots=True)
class Scope:
    """The filters of a question, as typed."""

    published_after: str | None
    published_before: str | None
    publishers: Sequence[str]
    file_ids: Sequence[str]
    as_of: str | None

    def arguments(self) -> dict[str, Any]:
        """As the service takes them. Raises UsageError that names the option."""
        after, before, as_of = (
            parse_day(text, name) if text is not None else None
            for text, name in (
                (self.published_after, "--published-after"),
                (self.published_before, "--published-before"),
                (self.as_of, "--as-of"),
            )
        )
        return {"filters": build_filters(after, before, self.publishers, self.file_ids), "as_of": as_of}


def ingest(run: Run, order: IngestOrder, *, watched: bool = False) -> int:
    """`onrecord ingest`; without a path it indexes what is there anew."""
    from service.doors import ingesting

    settings = run.settings()

    def tell(report: IngestReport) -> None:
        if run.as_json:
            write_json(report_json(report))
        else:
            terminal.show_report(terminal.output(), report)

    def tell_change(report: IngestReport) -> None:
        terminal.show_change(terminal.output(), time.strftime("%H:%M:%S "), report)

    if not order.paths:
        tell(asyncio.run(_rebuilt(settings)))
    elif watched:
        asyncio.run(ingesting.watch(settings, order, tell_change))
    else:
        tell(asyncio.run(ingesting.ingest_once(settings, order)))
    return 0


def list_failures(run: Run) -> int:
    """`onrecord articles list --failed`."""

    async def work(service: OnRecord) -> list[Failure]:
        return service.failures()

    failures = with_service(run.settings(), work)
    if run.as_json:
        write_json({"failed": [{"path": one.path, "error": one.error, "when": one.when} for one in failures]})
    elif failures:
        terminal.show_failures(terminal.output(), failures)
    else:
        terminal.output().print("Nothing is set aside.")
    return 0


async def _rebuilt(settings: Settings) -> IngestReport:
    """Index the archive anew; beside another process that owns it, make all ready for when that one starts again.

    The service is not entered: it would refuse what has to be rebuilt."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            service = build(settings, owner=True)
        except BusyError as busy:
            service = build(settings)
            stack.push_async_exit(service)
            if await asyncio.to_thread(service.archive.current):
                raise
            sys.stderr.write(f"{busy}; it goes on answering while the new index is made beside its own\n")
            with progress() as show:
                report = await service.archive.renew(progress=show)
            sys.stderr.write("The new index is ready: start that process again with these settings\n")
            return report
        stack.push_async_exit(service)
        with progress() as show:
            return await service.archive.rebuild(progress=show)


def list_articles(run: Run) -> int:
    """`onrecord articles list`."""

    async def work(service: OnRecord) -> list[Source]:
        found: list[Source] = []
        page = service.articles(LIST_PAGE, None)
        found += page.items
        while page.cursor is not None:
            page = service.articles(LIST_PAGE, page.cursor)
            found += page.items
        return found

    sources = with_service(run.settings(), work)
    if run.as_json:
        write_json({"articles": [source_json(source) for source in sources]})
    elif sources:
        terminal.show_sources(terminal.output(), sources)
    else:
        terminal.output().print(f"The archive is empty. {terminal.EMPTY_ADVICE}")
    return 0


def show_article(run: Run, file_id: str) -> int:
    """`onrecord articles show`."""

    async def work(service: OnRecord) -> Article:
        return service.article(file_id)

    article = with_service(run.settings(), work)
    if run.as_json:
        write_json({**article_json(article), "text": article.text})
    else:
        terminal.show_article(terminal.output(), article)
    return 0


def remove(run: Run, file_id: str) -> int:
    """`onrecord articles remove`."""
    removed = with_service(run.settings(), lambda service: service.archive.remove([file_id]), owner=True)
    if not removed:
        raise NotFoundError(f"no article {file_id!r}")
    if run.as_json:
        write_json({"removed": removed})
    else:
        terminal.output().print(f"Removed {file_id}: its text, its vectors, and its words in stored answers.")
    return 0


def ask(run: Run, question: str, scope: Scope, thread: str | None = None) -> int:
    """`onrecord ask`."""
    text, arguments, settings = checked_question(question), scope.arguments(), run.settings()
    _hint(settings)
    console = terminal.output()
    live = console.is_terminal and not run.as_json

    async def work(service: OnRecord) -> Answer:
        view = terminal.AnswerView(console)
        answer: Answer | None = None
        async for piece in service.ask(text, stream=live, thread_id=thread, **arguments):
            if isinstance(piece, Answer):
                answer = piece
            elif isinstance(piece, Meta) and piece.standalone_question and not run.as_json:
                view.standalone(piece.standalone_question)
            elif isinstance(piece, Statement) and live:
                view.statement(piece)
        if answer is None:
            raise RuntimeError("the service gave no answer")
        if not run.as_json:
            view.answer(answer)
        return answer

    answer = with_service(settings, work)
    if run.as_json:
        write_json(answer_json(answer))
    return 0


def search(run: Run, query: str, limit: int, scope: Scope) -> int:
    """`onrecord search`."""
    text, arguments = checked_question(query, "query"), scope.arguments()
    found = with_service(run.settings(), lambda service: service.search(text, limit=limit, **arguments))
    if run.as_json:
        write_json({"passages": [passage_json(passage, rank) for rank, passage in enumerate(found, 1)]})
    elif found:
        terminal.show_passages(terminal.output(), found)
    else:
        terminal.output().print("No passage found.")
    return 0


def verify(run: Run, given: str) -> int:
    """`onrecord verify`."""
    document = _document(given)

    async def work(service: OnRecord) -> Any:
        answer = document if document is not None else service.answer(given)
        return answer.get("id"), service.verify(answer)

    answer_id, verdicts = with_service(run.settings(), work)
    if run.as_json:
        write_json(verification_json(answer_id, verdicts))
    elif verdicts:
        terminal.show_verdicts(terminal.output(), verdicts)
    else:
        terminal.output().print("The answer cites nothing.")
    return 0


def doctor(run: Run) -> int:
    """`onrecord doctor`; exit code 1 when something has to be mended."""
    settings = run.settings()
    _hint(settings)
    findings = with_service(settings, lambda service: service.doctor())
    well = all(finding.ok for finding in findings)
    if run.as_json:
        lines = [{"name": f.name, "value": f.value, "ok": f.ok, "advice": f.advice} for f in findings]
        write_json({"ok": well, "findings": lines})
    else:
        terminal.show_findings(terminal.output(), findings)
    return 0 if well else 1


def _document(given: str) -> dict[str, Any] | None:
    """The answer's JSON behind a file name or `-`; None where an id is meant. Raises UsageError."""
    path = Path(given)
    if given != "-" and not path.is_file():
        if given.startswith("ans_"):
            return None
        raise UsageError(
            f"no such file, and no answer's id: {given!r}", advice="give `ans_…`, a file, or - for stdin"
        )
    try:
        text = sys.stdin.buffer.read() if given == "-" else path.read_bytes()
        document = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{given!r} can't be read as JSON: {error}", advice="give what `onrecord ask --json` printed"
        ) from None
    if not isinstance(document, dict):
        raise UsageError(f"{given!r} holds no answer", advice="give what `onrecord ask --json` printed")
    return document


def _hint(settings: Settings) -> None:
    """Say on stderr that a model's endpoint is there and not in use."""
    if settings.model_hint:
        sys.stderr.write(settings.model_hint + "\n")


def with_service(settings: Settings, work: Callable[[OnRecord], Awaitable[T]], *, owner: bool = False) -> T:
    """The result of some work with the service, opened for it and closed after it."""

    async def whole() -> T:
        async with build(settings, owner=owner) as service:
            return await work(service)

    return asyncio.run(whole())
