"""A real `onrecord serve` killed at random moments, also while it starts: what it had acknowledged is there.

`ONRECORD_KILLS` sets how often, a quarter of it here; `ONRECORD_SEED` repeats the moments.
"""

from __future__ import annotations

import random
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ROOT
from tests.faults.test_kill import KILLS, SEED
from tests.support.service_process import COMMAND, ServiceProcess

SERVICE_KILLS = max(2, KILLS // 4)
ASKED = "what did the committee hear?"


@dataclass
class Ledger:
    """What the service has acknowledged, and what was under way when it died: each article's possible texts."""

    prefix: str = "report"
    """How the names of its articles begin."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when no more is to be written or asked."""
    articles: dict[str, str | None] = field(default_factory=dict)
    """The text of each article by file name; None where it was taken down."""
    ids: dict[str, str] = field(default_factory=dict)
    under_way: dict[str, str | None] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    watches: set[str] = field(default_factory=set)
    acknowledged: int = 0
    faults: list[str] = field(default_factory=list)


def text_about(word: str) -> str:
    """An article of a few paragraphs that only this word tells from others."""
    return f"Report about {word}\n\n" + "\n\n".join(
        f"The committee met on the matter of {word} for the {part} time and heard witnesses until noon."
        for part in ("first", "second", "third")) + "\n"


def write(http: httpx.Client, ledger: Ledger, dice: random.Random, life: int) -> None:
    """Upload, replace and take down until the service is gone or it is over."""
    for step in range(10_000):
        if ledger.over.is_set():
            return
        name = f"{ledger.prefix}-{dice.randrange(12):02}.txt"
        if ledger.articles.get(name) is not None and dice.random() < 0.3:
            ledger.under_way = {name: None}
            response = http.delete(f"/v1/articles/{ledger.ids[name]}")
        else:
            text = text_about(f"zq{ledger.prefix[-1]}{life:03}x{step:03}w")
            ledger.under_way = {name: text}
            response = http.post("/v1/articles", json={"filename": name, "text": text})
        if response.status_code not in (201, 204):
            ledger.faults.append(response.text)
            continue
        if response.status_code == 201:
            (ledger.ids[name],) = response.json()["file_ids"]
        ledger.articles |= ledger.under_way
        ledger.under_way = {}
        ledger.acknowledged += 1


def ask(http: httpx.Client, ledger: Ledger, dice: random.Random, _life: int) -> None:
    """Ask, and watch, until the service is gone or it is over."""
    while not ledger.over.is_set():
        response = http.post("/v1/ask", json={"question": ASKED})
        if response.status_code == 200:
            ledger.answers[response.json()["id"]] = response.json()["question"]
        else:
            ledger.faults.append(response.text)
        if dice.random() < 0.2:
            response = http.post("/v1/watches", json={
                "question": ASKED, "notify": {"webhook_url": "https://127.0.0.1/hook"}})
            if response.status_code == 201:
                ledger.watches.add(response.json()["id"])
            else:
                ledger.faults.append(response.text)
        ledger.acknowledged += 1


def kept_busy(work: Any, url: str, *about: Any) -> threading.Thread:
    """A thread that works until the service dies under it."""

    def run() -> None:
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
            try:
                work(http, *about)
            except httpx.TransportError:
                return

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def check(served: ServiceProcess, ledger: Ledger, told: str) -> None:
    """All that was acknowledged is there, whole; what was under way is there whole or not at all."""
    assert ledger.faults == [], told
    standing = 0
    for name in ledger.articles.keys() | ledger.under_way.keys():
        possible = {ledger.articles.get(name)} | {ledger.under_way[name] for _ in [0] if name in ledger.under_way}
        listed = [one for one in served.http.get("/v1/articles", params={"limit": 100}).json()["articles"]
                  if one["filename"] == name]
        text = served.http.get(f"/v1/articles/{listed[0]['file_id']}/text").text if listed else None
        assert len(listed) <= 1, told
        assert text in possible, (told, name)
        ledger.articles[name] = text
        if text is not None:
            ledger.ids[name] = listed[0]["file_id"]
            standing += 1
            word = text.split()[2]
            found = served.http.post("/v1/search", json={"query": word, "limit": 10}).json()["passages"]
            assert {one["filename"] for one in found if word in one["cited_text"]} == {name}, told
            assert all(text[one["start_char_index"]:one["end_char_index"]] == one["cited_text"]
                       for one in found if one["filename"] == name), told
        for gone in possible - {text, None}:
            word = str(gone).split()[2]
            found = served.http.post("/v1/search", json={"query": word, "limit": 10}).json()["passages"]
            assert not [one for one in found if word in one["cited_text"]], told
    ledger.under_way = {}
    listed = served.http.get("/v1/articles", params={"limit": 100}).json()["articles"]
    assert sum(one["filename"].startswith(ledger.prefix) for one in listed) == standing, told
    for answer_id, question in ledger.answers.items():
        assert served.http.get(f"/v1/answers/{answer_id}").json()["question"] == question, told
        assert served.http.post(f"/v1/answers/{answer_id}/verify").status_code == 200, told
    watched = {one["id"] for one in served.http.get("/v1/watches").json()["watches"]}
    assert ledger.watches <= watched, told
    ledger.watches = watched
    ledger.answers = {}


def test_a_service_killed_at_random_moments_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    dice, ledger, data = random.Random(SEED), Ledger(), tmp_path / "data"
    acknowledged = 0
    for kill in range(SERVICE_KILLS):
        told = f"seed {SEED}, kill {kill}"
        if kill % 3 == 2:
            served = ServiceProcess(data).start()
            time.sleep(dice.uniform(0.5, 4))
            served.kill()
        with ServiceProcess(data) as served:
            check(served, ledger, told)
            workers = [kept_busy(work, served.url, ledger, random.Random(f"{SEED} {kill}"), kill)
                       for work in (write, ask)]
            time.sleep(dice.uniform(0.2, 5))
            served.kill()
            for worker in workers:
                worker.join()
        acknowledged += ledger.acknowledged
        ledger.acknowledged = 0
    with ServiceProcess(data) as served:
        check(served, ledger, "the end")
        assert served.http.get("/readyz").status_code == 200
    print(f"{SERVICE_KILLS} kills, {acknowledged} requests acknowledged")
    assert acknowledged


def test_an_ingest_that_waits_for_a_service_does_the_work_itself_when_that_is_killed(tmp_path: Path) -> None:
    data, news = tmp_path / "data", tmp_path / "news"
    news.mkdir()
    for number in range(40):
        (news / f"report-{number:02}.txt").write_text(text_about(f"zq{number:02}w"))
    with ServiceProcess(data) as served:
        ingest = subprocess.Popen([*COMMAND, "ingest", str(news), "--json", "--data", str(data)], cwd=ROOT,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert ingest.stderr is not None
        assert "it is asked to do this ingest" in ingest.stderr.readline()
        until = time.monotonic() + 60
        while not served.http.get("/v1/articles").json()["articles"] and time.monotonic() < until:
            time.sleep(0.05)
        served.kill()
        out, _ = ingest.communicate(timeout=300)
    assert ingest.returncode == 0
    assert '"articles": 40' in out
    with ServiceProcess(data) as served:
        listed = served.http.get("/v1/articles", params={"limit": 100}).json()["articles"]
        assert sorted(one["filename"] for one in listed) == sorted(path.name for path in news.iterdir())
