"""Processes beside the service answer questions: the same answers, from the archive as it is, whoever dies."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from service.answers.answer import Meta, Piece
from service.answers.wire import answer_json
from service.domain import Answer
from service.doors import pool as pools
from service.doors.pool import AnswerPool, workers_of
from service.errors import NotFoundError, StateError, UsageError
from service.settings import Settings
from service.wiring import OnRecord, build
from tests.conftest import ROOT
from tests.support.service_process import ServiceProcess

QUESTIONS = ("How many soldiers were sent?", "Who denied that premiums would double?", "When did the gates open?",
             "How many people were missing after the flood?", "What is the capital of Peru?")
OF_THE_MOMENT = ("id", "created", "timings_ms")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the samples, to be copied."""
    data = tmp_path_factory.mktemp("pool") / "data"

    async def fill() -> None:
        async with build(Settings.load({}, data=data), owner=True) as service:
            await service.archive.ingest([ROOT / "samples"])

    asyncio.run(fill())
    return data


@asynccontextmanager
async def pooled(archive: Path, folder: Path, size: int) -> AsyncIterator[tuple[OnRecord, AnswerPool]]:
    """A service over a copy of the archive, and its pool with all processes ready."""
    data = folder / "data"
    shutil.copytree(archive, data)
    settings = Settings.load({}, data=data)
    async with build(settings, owner=True) as service:
        pool = AnswerPool(settings, size, service.answerer.ask)
        pool.open()
        pool.start()
        try:
            await until(lambda: len(pool.ready) == size)
            service.asking = pool.ask
            yield service, pool
        finally:
            await pool.close()


async def until(so: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.02)


async def pieces(asked: AsyncIterator[Piece]) -> list[Piece]:
    """All pieces of an answer, which must come."""
    async with asyncio.timeout(120):
        return [piece async for piece in asked]


def lasting(answer: Piece) -> dict[str, Any]:
    """An answer's JSON without what is another each time it is given."""
    assert isinstance(answer, Answer)
    return {key: value for key, value in answer_json(answer).items() if key not in OF_THE_MOMENT}


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_processes_answer_as_the_service_itself_from_the_archive_as_it_is(archive: Path, tmp_path: Path) -> None:
    async with pooled(archive, tmp_path, 2) as (service, pool):
        told = await asyncio.gather(*(pieces(service.ask(question)) for question in QUESTIONS))
        own = [await pieces(service.answerer.ask(question)) for question in QUESTIONS]
        assert [lasting(one[-1]) for one in told] == [lasting(one[-1]) for one in own]
        assert [[type(piece) for piece in one] for one in told] == [[type(piece) for piece in one] for one in own]
        assert sum(worker.answered for worker in pool.ready) == len(QUESTIONS)
        for first, *_, last in told:
            assert isinstance(first, Meta)
            assert isinstance(last, Answer)
            assert first.id == last.id
            assert service.answer(last.id) == answer_json(last)
        with pytest.raises(UsageError, match="can't be a thread's id") as refused:
            await pieces(service.ask("Who?", thread_id="a b"))
        assert "use up to 120 letters" in refused.value.advice

        await pieces(service.ask("How many soldiers were sent?", thread_id="desk"))
        *_, followed = await pieces(service.ask("And by whom?", thread_id="desk"))
        assert isinstance(followed, Answer)
        assert followed.standalone_question
        assert [turn.question for turn in service.thread("desk")] == ["How many soldiers were sent?", "And by whom?"]

        text = "Kelpie council buys 37 trams\n\nThe council of Kelpie has bought 37 trams, the mayor said on Monday.\n"
        (tmp_path / "trams.txt").write_text(text)
        await service.archive.ingest([tmp_path / "trams.txt"])
        *_, added = await pieces(service.ask("How many trams has Kelpie bought?"))
        assert isinstance(added, Answer)
        assert "37 trams" in added.answer
        await service.archive.remove([added.sources[0].file_id])
        *_, removed = await pieces(service.ask("How many trams has Kelpie bought?"))
        assert isinstance(removed, Answer)
        assert removed.status == "not_found"
        assert "37 trams" not in str(answer_json(removed))
        assert "37 trams" not in str(service.answer(added.id))
        pids = [worker.pid for worker in pool.ready]
    assert not any(map(alive, pids))


async def test_what_a_killed_process_was_answering_is_asked_of_another_once(archive: Path, tmp_path: Path) -> None:
    async with pooled(archive, tmp_path, 2) as (service, pool):
        first = pool.ready[0]
        os.kill(first.pid, signal.SIGSTOP)
        asked = asyncio.create_task(pieces(service.ask(QUESTIONS[0])))
        await until(lambda: first.under_way == 1)
        os.kill(first.pid, signal.SIGKILL)
        answered = await asked
        assert isinstance(answered[0], Meta)
        assert isinstance(answered[-1], Answer)
        assert answered[0].id == answered[-1].id
        assert service.answer(answered[-1].id)["status"] == answered[-1].status

        await until(lambda: len(pool.ready) == 2)
        assert first.pid not in {worker.pid for worker in pool.ready}
        first, second = pool.ready
        for worker in (first, second):
            os.kill(worker.pid, signal.SIGSTOP)
        asked = asyncio.create_task(pieces(service.ask(QUESTIONS[0])))
        await until(lambda: first.under_way == 1)
        os.kill(first.pid, signal.SIGKILL)
        await until(lambda: second.under_way == 1)
        os.kill(second.pid, signal.SIGKILL)
        with pytest.raises(StateError, match="went away") as gone:
            await asked
        assert gone.value.retryable
        *_, here = await pieces(service.ask(QUESTIONS[0]))
        assert lasting(here) == lasting(answered[-1])


async def test_a_question_that_nobody_waits_for_is_dropped(archive: Path, tmp_path: Path) -> None:
    async with pooled(archive, tmp_path, 1) as (service, pool):
        (worker,) = pool.ready
        os.kill(worker.pid, signal.SIGSTOP)
        asked = [asyncio.create_task(pieces(service.ask(question))) for question in QUESTIONS]
        await until(lambda: worker.under_way == pools.AT_ONCE)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        assert worker.under_way == 0
        os.kill(worker.pid, signal.SIGCONT)
        *_, answer = await pieces(service.ask("How many soldiers were sent?"))
        assert isinstance(answer, Answer)
        assert worker.answered == 1
        with pytest.raises(NotFoundError):
            service.answer("ans_0")


async def test_where_no_process_can_be_started_the_service_answers_itself(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pools, "_PROGRAM", "raise SystemExit(3)")
    shutil.copytree(archive, tmp_path / "data")
    settings = Settings.load({}, data=tmp_path / "data")
    async with build(settings, owner=True) as service:
        pool = AnswerPool(settings, 1, service.answerer.ask)
        service.asking = pool.ask
        await asyncio.gather(*(pieces(service.ask(question)) for question in QUESTIONS))
        assert "processes are started" not in caplog.text
        pool.open()
        told = await asyncio.gather(*(pieces(service.ask(question)) for question in QUESTIONS))
        await until(lambda: "could be started" in caplog.text)
        assert [isinstance(one[-1], Answer) for one in told] == [True] * len(QUESTIONS)
        assert pool.ready == []
        await pool.close()


@pytest.mark.parametrize(("given", "cores", "workers"), [
    ({}, 2, 2), ({}, 1, 0), ({}, 16, 4), ({"workers": "0"}, 8, 0), ({"workers": "6"}, 2, 6),
    ({"model": "any", "workers": "6"}, 8, 0),
])
def test_as_many_processes_answer_as_set_or_one_a_core_and_none_beside_a_model(
    given: dict[str, str], cores: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert workers_of(Settings.load({f"ONRECORD_{key.upper()}": value for key, value in given.items()})) == workers


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for told in Path(f"/proc/{pid}/task").glob("*/children") for child in told.read_text().split()]


def test_a_service_starts_them_when_questions_come_together_and_takes_them_along(archive: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(archive, data)
    with ServiceProcess(data, ONRECORD_WORKERS="2", ONRECORD_RATE_LIMIT="1000/minute") as served:
        assert served.ask(QUESTIONS[0]).status_code == 200
        assert "processes are started" not in served.said()
        with ThreadPoolExecutor(4) as clients:
            until_ready = time.monotonic() + 90
            while len(busy := children(served.process.pid)) < 2 or not all(map(loaded, busy)):
                assert time.monotonic() < until_ready
                answered = list(clients.map(served.ask, QUESTIONS))
                assert {one.status_code for one in answered} == {200}
            streams = list(clients.map(lambda question: served.ask(question, stream=True).text, QUESTIONS))
        for told in streams:
            events = [line.removeprefix("event: ") for line in told.splitlines() if line.startswith("event: ")]
            assert (events[0], events[-1]) == ("meta", "done")
        limited = served.ask(QUESTIONS[0])
        assert int(limited.headers["X-RateLimit-Remaining"]) < 1000
        metrics = served.http.get("/metrics").text
        counted = sum(float(line.split()[-1]) for line in metrics.splitlines()
                      if line.startswith("onrecord_answers_total{"))
        assert counted == float(next(line for line in metrics.splitlines() if line.startswith(
            'onrecord_http_requests_total{method="POST",route="/v1/ask",status="200"}')).split()[-1])
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(60) == 0
        assert not any(map(alive, busy))
    with ServiceProcess(data, ONRECORD_WORKERS="1") as served:
        with ThreadPoolExecutor(4) as clients:
            while not children(served.process.pid):
                list(clients.map(served.ask, QUESTIONS))
        busy = children(served.process.pid)
        served.kill()
        gone = time.monotonic() + 60
        while any(map(alive, busy)) and time.monotonic() < gone:
            time.sleep(0.05)
        assert not any(map(alive, busy))


def loaded(pid: int) -> bool:
    """Whether a process holds the thesaurus, as one that has answered does."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) > 150_000
