"""Ingests that go through the record: whoever owns the archive does those that other processes ask for."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from service import errors
from service.errors import OnRecordError
from service.passages.archive import Archive, IngestReport
from service.passages.inbox import Failed
from service.ports import ArticleRecord

EVERY: Final = 0.5
"""Seconds between two looks at the requests."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IngestOrder:
    """What `Archive.ingest` is asked to do."""

    paths: tuple[Path, ...]
    source: str | None = None
    prune: bool = False
    restore: bool = False
    only: tuple[str, ...] | None = None

    def as_request(self) -> dict[str, Any]:
        """As the record carries it, paths made absolute: the owner stands in another folder."""
        paths = [os.path.abspath(path) for path in self.paths]
        return {"paths": paths, "source": self.source, "prune": self.prune, "restore": self.restore, "only": self.only}

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> IngestOrder:
        """What `as_request` wrote."""
        only = request.get("only")
        return cls(tuple(Path(path) for path in request["paths"]), request.get("source"), bool(request.get("prune")),
                   bool(request.get("restore")), None if only is None else tuple(only))


async def carry_out(archive: Archive, order: IngestOrder, **more: Any) -> IngestReport:
    """Do an ingest; `more` goes to `Archive.ingest`. Raises what that raises."""
    return await archive.ingest(order.paths, source=order.source, prune=order.prune, restore=order.restore,
                                only=order.only, **more)


async def serve_requests(
    archive: Archive, record: ArticleRecord, untold: dict[str, dict[str, Any]] | None = None
) -> int:
    """Do all ingests that wait, and note what came of each; how many there were. For the owner.

    A request that an owner before this one died over is done again by whoever asked for it. `untold` keeps, by request,
    what could not be noted. Raises StateError.
    """
    done = 0
    untold = {} if untold is None else untold
    while (asked := await asyncio.to_thread(record.next_ingest)) is not None:
        done += 1
        try:
            reply = {"report": _as_json(await carry_out(archive, IngestOrder.from_request(asked.request)))}
        except OnRecordError as error:
            reply = {"error": {"kind": type(error).__name__, "told": str(error), "advice": error.advice}}
        except BaseException:
            await asyncio.to_thread(record.answer_ingest, asked.id, None)
            raise
        untold[asked.id] = reply
        await _tell(record, untold)
    return done


async def _tell(record: ArticleRecord, untold: dict[str, dict[str, Any]]) -> None:
    """Note what came of requests, each once. Raises StateError, and leaves what could not be noted."""
    for request_id, reply in list(untold.items()):
        await asyncio.to_thread(record.answer_ingest, request_id, reply)
        del untold[request_id]


async def keep_serving(archive: Archive, record: ArticleRecord) -> None:
    """Do ingests as they are asked for, until cancelled; while the record can't be used they wait."""
    untold: dict[str, dict[str, Any]] = {}
    while True:
        try:
            await _tell(record, untold)
            await serve_requests(archive, record, untold)
        except OnRecordError as error:
            _log.warning("ingests that are asked for have to wait: %s", error)
        await asyncio.sleep(EVERY)


def report_of(reply: Mapping[str, Any]) -> IngestReport:
    """What came of a request. Raises the error that it ended in."""
    if failed := reply.get("error"):
        kind = getattr(errors, failed["kind"], OnRecordError)
        raise kind(failed["told"], advice=failed["advice"])
    return _from_json(reply["report"])


def _as_json(report: IngestReport) -> dict[str, Any]:
    return asdict(report)


def _from_json(values: Mapping[str, Any]) -> IngestReport:
    def all_failed(some: Sequence[Mapping[str, str]]) -> tuple[Failed, ...]:
        return tuple(Failed(one["path"], one["error"]) for one in some)

    report = IngestReport(**values)
    return replace(report, failed=all_failed(values["failed"]), passed_over=all_failed(values["passed_over"]),
                   file_ids=tuple(values["file_ids"]))
