"""The processes beside `onrecord serve` that answer questions, so that the answers of several askers are composed at
once: one Python process composes one at a time, however many cores there are.

They are started when two questions are first under way together. Until they are ready, while there are none, and
where none can be started, questions are answered in this process as without them. A process that goes away is
replaced; what it was answering is asked again of another, once.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, nullcontext, suppress
from pathlib import Path
from typing import Any

from structlog.contextvars import get_contextvars

from service.answers.answer import EXTRACTIVE, Piece
from service.doors.worker import READY, Asked, Dropped, packed, received
from service.errors import OnRecordError, StateError
from service.settings import Settings

Asking = Callable[..., AsyncIterator[Piece]]
"""A way to answer questions, called as `Answerer.ask` is."""
AT_ONCE = 2
"""Questions under way in one process: one computes while the other waits for a file."""
MOST = 4
"""Processes at most where their number isn't set."""
_PAUSES = (0.5, 2.0, 10.0, 60.0)
"""Seconds before a process is replaced, longer each time it went away before it had answered anything."""
_ROOT = str(Path(__file__).resolve().parents[2])
_PROGRAM = "from service.doors.worker import main; main()"
_END_SECONDS = 5.0
_TRIES = 2
"""How often a question is asked of processes that go away over it."""

_log = logging.getLogger("onrecord.serve")


class Lost(Exception):
    """The process went away over a question."""


def workers_of(settings: Settings) -> int:
    """How many processes answer questions beside the service: as set, else one a core where there are several.

    0 where a model writes the answers, which waits for the model and not for this machine.
    """
    if settings.model != EXTRACTIVE:
        return 0
    if settings.workers is not None:
        return settings.workers
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST) if cores > 1 else 0


class Worker:
    """One such process."""

    def __init__(self, process: asyncio.subprocess.Process, told: asyncio.StreamReader) -> None:
        self._process = process
        self._numbers = itertools.count(READY + 1)
        self._opening: asyncio.Queue[Any] = asyncio.Queue()
        self._told: dict[int, asyncio.Queue[Any]] = {}
        self.ready = False
        """Whether it can be asked."""
        self.answered = 0
        """How many questions it has answered."""
        self.gone = asyncio.create_task(self._listen(told))
        """Done once the process has ended."""

    @classmethod
    async def start(cls, settings: Settings) -> Worker:
        """Start one. Raises OSError where the system can't."""
        paths = [_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-c", _PROGRAM, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)})
        if process.stdout is None:
            raise OSError("a process without output")
        worker = cls(process, process.stdout)
        worker._send(settings)
        return worker

    async def opened(self) -> None:
        """Wait until it can be asked. Raises OnRecordError, or Lost."""
        await _next(self._opening)
        self.ready = True

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def under_way(self) -> int:
        """How many questions it is answering."""
        return len(self._told)

    async def pieces(self, question: str, options: dict[str, Any]) -> AsyncGenerator[Piece]:
        """The pieces of an answer. Raises what the answer raised, Lost where the process ended over it."""
        if not self.ready:
            raise Lost
        number = next(self._numbers)
        told = self._told[number] = asyncio.Queue()
        try:
            self._send(Asked(number, question, options, get_contextvars()))
            while (piece := await _next(told)) is not None:
                yield piece
            self.answered += 1
        except (asyncio.CancelledError, GeneratorExit):
            self._send(Dropped(number))
            raise
        finally:
            del self._told[number]

    async def end(self) -> None:
        """Let it end; kill it where it doesn't within a few seconds."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(asyncio.shield(self.gone), _END_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self.gone

    def _send(self, message: Settings | Asked | Dropped) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(packed(message))

    async def _listen(self, told: asyncio.StreamReader) -> None:
        """Hand out what the process tells, until it has ended."""
        try:
            while (message := await received(told)) is not None:
                queue = self._opening if message.number == READY else self._told.get(message.number)
                if queue is not None:
                    queue.put_nowait(message.piece)
        finally:
            self.ready = False
            for queue in (self._opening, *self._told.values()):
                queue.put_nowait(Lost())
        await self._process.wait()


async def _next(told: asyncio.Queue[Any]) -> Any:
    piece = await told.get()
    if isinstance(piece, Exception):
        raise piece
    return piece


class AnswerPool:
    """Answers questions by `size` processes, and by `here` where they can't."""

    def __init__(self, settings: Settings, size: int, here: Asking) -> None:
        self._settings, self._size, self._here = settings, size, here
        self._places: list[asyncio.Task[None]] = []
        self._turns = asyncio.Semaphore(size * AT_ONCE)
        self._under_way = 0
        self._open = False
        self._workers: list[Worker] = []

    @property
    def ready(self) -> list[Worker]:
        """The processes that can be asked."""
        return [worker for worker in self._workers if worker.ready]

    def open(self) -> None:
        """From now on processes may be started: the archive is as it should be."""
        self._open = True

    async def ask(self, question: str, **options: Any) -> AsyncGenerator[Piece]:
        """As `OnRecord.ask`, in one of the processes."""
        self._under_way += 1
        try:
            if self._under_way > 1:
                self.start()
            async with aclosing(self._pieces(question, options)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            self._under_way -= 1

    async def close(self) -> None:
        """End the processes."""
        self._open = False
        for place in self._places:
            place.cancel()
        await asyncio.gather(*self._places, return_exceptions=True)
        self._places.clear()

    async def _pieces(self, question: str, options: dict[str, Any]) -> AsyncGenerator[Piece]:
        lost = 0
        async with self._turns if self.ready else nullcontext():
            while lost < _TRIES and (worker := self._least_busy()) is not None:
                meta: Piece | None = None
                shown = False
                try:
                    async with aclosing(worker.pieces(question, options)) as pieces:
                        async for piece in pieces:
                            if meta is None:
                                meta = piece  # The id in it holds only where this process lives to give the answer.
                                continue
                            if not shown:
                                yield meta
                            shown = True
                            yield piece
                    return
                except Lost:
                    lost += 1
                    if shown:
                        break
        if lost:
            raise StateError("the process that answered this question went away", retryable=True, advice="ask again")
        async for piece in self._here(question, **options):
            yield piece

    def _least_busy(self) -> Worker | None:
        return min(self.ready, key=lambda worker: worker.under_way, default=None)

    def start(self) -> None:
        """Start the processes, unless that was done or may not be yet."""
        if self._open and self._size and not self._places:
            _log.info("questions come together: %d processes are started to answer them", self._size)
            self._places = [asyncio.create_task(self._kept()) for _ in range(self._size)]

    async def _kept(self) -> None:
        """Keep one process, replaced whenever it goes away."""
        failures = 0
        while True:
            worker: Worker | None = None
            try:
                worker = await Worker.start(self._settings)
                await worker.opened()
                self._workers.append(worker)
                await asyncio.shield(worker.gone)
                _log.warning("a process that answers questions went away and is replaced")
            except (OSError, OnRecordError, Lost) as error:
                _log.warning("no process that answers questions could be started: %s", error or "it went away")
            finally:
                if worker is not None:
                    if worker in self._workers:
                        self._workers.remove(worker)
                    await worker.end()
            failures = 0 if worker is not None and worker.answered else failures + 1
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
