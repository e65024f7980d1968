"""A process beside `onrecord serve` that answers questions: it reads the archive that the service owns.

Questions come in on stdin, pieces of answers go out on stdout, each pickled behind its length; both ends are this
package's own. It ends when stdin does, so with its service, and in no other way: a signal to the whole group of
processes is the service's to hear, which lets running answers end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from structlog.contextvars import bound_contextvars

from service.doors.collecting import collect_seldom
from service.doors.logs import configure_logging
from service.errors import OnRecordError
from service.settings import Settings
from service.wiring import OnRecord, build

READY: Final = 0
"""The number under which a process says that it is ready, or by an error that it can't be; questions have others."""
_LENGTH: Final = struct.Struct(">Q")

_log = logging.getLogger("onrecord.worker")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what `OnRecord.ask` takes besides, and what log lines about it say."""

    number: int
    question: str
    options: Mapping[str, Any]
    noted: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nobody waits for this question's answer any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of a question's answer, None behind the last, or the error that ended it."""

    number: int
    piece: Any


def packed(message: Settings | Asked | Dropped | Told) -> bytes:
    """A message as it goes over the pipe."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


async def received(reader: asyncio.StreamReader) -> Any:
    """The next message; None where the other side has gone."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return pickle.loads(await reader.readexactly(length))  # noqa: S301 - the other end is this package too
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class Desk:
    """Questions under way in this process."""

    def __init__(self, service: OnRecord, tell: Callable[[Told], None]) -> None:
        self._service, self._tell = service, tell
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Answer what comes in until no more can come; then drop what is under way."""
        try:
            while (message := await received(reader)) is not None:
                if isinstance(message, Asked):
                    self._under_way[message.number] = asyncio.create_task(self._answer(message))
                elif (task := self._under_way.get(message.number)) is not None:
                    task.cancel()
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def _answer(self, asked: Asked) -> None:
        try:
            with bound_contextvars(**asked.noted):
                async for piece in self._service.ask(asked.question, **asked.options):
                    self._tell(Told(asked.number, piece))
            self._tell(Told(asked.number, None))
        except OnRecordError as error:
            self._tell(Told(asked.number, error))
        except Exception as error:
            _log.exception("a question could not be answered")
            self._tell(Told(asked.number, RuntimeError(f"{type(error).__name__}: {error}")))
        finally:
            del self._under_way[asked.number]


async def _work(tell: Callable[[Told], None]) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    settings = await received(reader)
    if settings is None:
        return
    configure_logging(settings.log_format, settings.log_level)
    try:
        async with build(settings) as service:
            await service.answerer.warm()
            tell(Told(READY, None))
            await Desk(service, tell).serve(reader)
    except OnRecordError as error:
        tell(Told(READY, error))


def main() -> None:
    """Answer questions from stdin until it ends."""
    collect_seldom()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def tell(told: Told) -> None:
        out.write(packed(told))
        out.flush()

    asyncio.run(_work(tell))
