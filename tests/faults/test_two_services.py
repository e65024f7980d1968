"""Two services on one PostgreSQL and one Qdrant, each in a folder of its own, as on two machines: both take in and answer
at once, one is killed again and again, and nothing acknowledged is lost.

Qdrant is its HTTP API over the client's local mode (`tests/support/qdrant.py`); PostgreSQL is real. `ONRECORD_KILLS`
sets how often, an eighth of it here; `ONRECORD_SEED` repeats the moments.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.errors import BusyError
from service.settings import Settings
from service.wiring import build
from tests.conftest import ROOT
from tests.faults.test_kill import KILLS, SEED
from tests.faults.test_killed_service import Ledger, ask, check, kept_busy, text_about, write
from tests.support.postgres import PostgresServer, postgres_server
from tests.support.qdrant import QdrantProcess
from tests.support.server_process import running
from tests.support.service_process import COMMAND, ServiceProcess

SERVICE_KILLS = max(1, KILLS // 8)


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, or a skip."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="module")
def qdrant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QdrantProcess]:
    """Qdrant's HTTP API."""
    with running(QdrantProcess(tmp_path_factory.mktemp("qdrant"))) as server:
        yield server


@pytest.fixture
def machines(tmp_path: Path, postgres: PostgresServer, qdrant: QdrantProcess,
             monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The folders of two machines that share a record and an index."""
    monkeypatch.setenv("ONRECORD_DATABASE_URL", postgres.database())
    monkeypatch.setenv("ONRECORD_STORE", qdrant.store)
    return tmp_path / "one", tmp_path / "two"


def test_two_services_take_in_and_answer_at_once_and_a_kill_of_one_loses_nothing(
        machines: tuple[Path, Path], tmp_path: Path) -> None:
    dice = random.Random(SEED)
    ledgers = Ledger("newsa"), Ledger("newsb")
    for kill in range(SERVICE_KILLS):
        told, victim = f"seed {SEED}, kill {kill}", kill % 2
        with ServiceProcess(machines[0]) as first, ServiceProcess(machines[1]) as second:
            services = first, second
            for ledger in ledgers:
                for served in services:
                    check(served, ledger, told)
                ledger.over.clear()
            workers = [kept_busy(work, served.url, ledger, random.Random(f"{SEED} {kill} {ledger.prefix}"), kill)
                       for served, ledger in zip(services, ledgers, strict=True) for work in (write, ask)]
            time.sleep(dice.uniform(1, 6))
            services[victim].kill()
            before = ledgers[1 - victim].acknowledged
            until = time.monotonic() + 60
            while ledgers[1 - victim].acknowledged < before + 6 and time.monotonic() < until:
                time.sleep(0.1)
            assert ledgers[1 - victim].acknowledged >= before + 6, f"{told}: the other one goes on"
            for ledger in ledgers:
                ledger.over.set()
            for worker in workers:
                worker.join()
            for ledger in ledgers:
                check(services[1 - victim], ledger, told)
    with ServiceProcess(machines[0]) as served:
        for ledger in ledgers:
            check(served, ledger, "the end")
        assert served.http.get("/readyz").status_code == 200
        assert "is made anew" not in served.said()
        folders_are_taken_in_from_both(served, machines, tmp_path)
    print(f"{SERVICE_KILLS} kills, {sum(ledger.acknowledged for ledger in ledgers)} requests acknowledged")


def folders_are_taken_in_from_both(served: ServiceProcess, machines: tuple[Path, Path], tmp_path: Path) -> None:
    """Two ingests on two machines and an upload at once wait for one another, and all is found."""
    before = len(served.http.get("/v1/articles", params={"limit": 100}).json()["articles"])
    for data in machines:
        (tmp_path / f"news-{data.name}").mkdir()
        for number in range(6):
            (tmp_path / f"news-{data.name}" / f"{data.name}-{number}.txt").write_text(text_about(f"zq{data.name}{number}w"))
    running = [subprocess.Popen([*COMMAND, "ingest", str(tmp_path / f"news-{data.name}"), "--json", "--data", str(data)],
                                cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for data in machines]
    uploaded = served.upload("upload.txt", text_about("zquploadw"))
    for one in running:
        out, errors = one.communicate(timeout=300)
        assert (one.returncode, '"added": 6' in out) == (0, True), errors
    assert uploaded.status_code == 201
    assert len(served.http.get("/v1/articles", params={"limit": 100}).json()["articles"]) == before + 13
    for word in ("zqone5w", "zqtwo5w", "zquploadw"):
        found = served.http.post("/v1/search", json={"query": word, "limit": 3}).json()["passages"]
        assert word in found[0]["cited_text"], word


async def test_a_process_whose_indexes_lie_on_its_own_machine_has_a_shared_record_to_itself(
        postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.database()
    first, second = (Settings(data=tmp_path / name, database_url=url) for name in ("one", "two"))
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text(text_about("zqalonew"))
    async with build(first, owner=True) as owner:
        await owner.archive.ingest([tmp_path / "news"])
        with pytest.raises(BusyError, match="another process owns the archive in this database") as told:
            build(second, owner=True)
        assert "qdrant://" in told.value.advice
        async with build(second) as reader:
            assert "zqalonew" in (await reader.search("zqalonew"))[0].chunk.text
    async with build(second, owner=True) as owner:
        assert "zqalonew" in (await owner.search("zqalonew"))[0].chunk.text, "made anew from the record"


def test_a_service_goes_on_by_itself_when_postgresql_has_come_back(machines: tuple[Path, Path], postgres: PostgresServer) -> None:
    with ServiceProcess(machines[0]) as served:
        assert served.upload("a.txt", text_about("zqawayw")).status_code == 201
        postgres.stop("immediate")
        refused = served.upload("b.txt", text_about("zqlaterw"))
        assert refused.status_code == 503
        assert "PostgreSQL" in refused.text
        assert served.http.post("/v1/search", json={"query": "zqawayw"}).status_code == 503
        postgres.start()
        until = time.monotonic() + 60
        response: httpx.Response | None = None
        while (response is None or response.status_code != 201) and time.monotonic() < until:
            response = served.upload("b.txt", text_about("zqlaterw"))
            time.sleep(0.2)
        assert response is not None
        assert response.status_code == 201, response.text
        for word in ("zqawayw", "zqlaterw"):
            found = served.http.post("/v1/search", json={"query": word, "limit": 3}).json()["passages"]
            assert word in found[0]["cited_text"]
