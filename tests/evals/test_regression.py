"""The offline suites against the last accepted scores, and the proof that what breaks turns them red."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from evals.regression import BASELINE, FLIPS, KEPT, Drop, accepted, drops, noise, read_baseline
from evals.run import run
from evals.subject import Configuration, Measured, own_build
from evals.suite import Options
from evals.suites import REGRESSION, SUITES
from service.answers.verify import Evidence, Proposed, Rejected, Verified, verify
from service.domain import Filters, Passage
from service.errors import StateError, UsageError
from service.passages.archive import Archive
from service.passages.ranking import Ranking

Json = dict[str, Any]


def solved(names: tuple[str, ...], options: Options, folder: Path) -> Json:
    folder.mkdir(exist_ok=True)
    return asyncio.run(run([SUITES[name] for name in names], options, folder))


def dropped(names: tuple[str, ...], options: Options, folder: Path) -> dict[str, set[str]]:
    """Which scores of these suites fell below the baseline, by suite."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for drop in drops(solved(names, options, folder), read_baseline(), names):
        found[drop.suite].add(drop.score)
    return found


# The gate itself


@pytest.mark.parametrize("name", REGRESSION)
def test_no_score_of_an_offline_suite_dropped_by_more_than_its_noise(name: str, tmp_path: Path) -> None:
    found = drops(solved((name,), Options(), tmp_path / "run"), read_baseline(), (name,))
    told = "\n".join(map(str, found))
    assert not found, f"{told}\nif this is meant: python -m evals run regression, then python -m evals accept RUN"


def test_the_baseline_holds_every_score_that_it_should() -> None:
    kept = read_baseline()["suites"]
    assert set(kept) == set(REGRESSION)
    for suite, names in KEPT.items():
        assert set(names) <= set(kept[suite])
    assert {score for score in kept["gates"] if score.startswith("shipped: ")} >= {
        "shipped: digit",
        "shipped: negation",
        "shipped: attribution",
        "shipped: teaser",
        "shipped: invented_key",
    }
    assert kept["gold"]["offsets"]["value"] == 1.0


# What breaks turns it red


class Wrapped:
    """The service, for something broken to be put around it."""

    def __init__(self, service: Measured) -> None:
        self._service = service

    @property
    def archive(self) -> Archive:
        return self._service.archive

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        as_of: date | None = None,
        thread_id: str | None = None,
    ) -> AsyncIterator[Any]:
        return self._service.ask(question, filters=filters, as_of=as_of, thread_id=thread_id)

    async def search(
        self, query: str, *, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Passage]:
        return await self._service.search(query, limit=limit, filters=filters, as_of=as_of)

    async def __aenter__(self) -> Self:
        await self._service.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._service.__aexit__(kind, error, trace)


class Backwards(Wrapped):
    """A retriever that gives the worst passages first."""

    async def search(
        self, query: str, *, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Passage]:
        return list(reversed(await super().search(query, limit=limit, filters=filters, as_of=as_of)))


class Careless(Wrapped):
    """A retriever that forgets the day of asking, and so finds what was not yet written."""

    async def search(
        self, query: str, *, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Passage]:
        del as_of
        return await super().search(query, limit=limit, filters=filters)


def test_a_broken_retriever_turns_it_red(tmp_path: Path) -> None:
    options = Options(Configuration(build=lambda settings: Backwards(own_build(settings))))
    found = dropped(("retrieval-samples",), options, tmp_path / "run")
    assert found["retrieval-samples"] >= {"recall@1", "recall@3", "mrr@10"}


def test_a_swapped_date_prior_turns_it_red(tmp_path: Path) -> None:
    own = Ranking()
    turned = replace(own, recency=-own.recency, fresh_recency=-own.fresh_recency)
    options = Options(Configuration(ranking=turned))
    found = dropped(("retrieval-recurring",), options, tmp_path / "run")
    assert found["retrieval-recurring"] >= {"right_year"}


def test_a_forgotten_day_of_asking_turns_it_red(tmp_path: Path) -> None:
    options = Options(Configuration(build=lambda settings: Careless(own_build(settings))))
    found = dropped(("retrieval-recurring",), options, tmp_path / "run")
    assert found["retrieval-recurring"] >= {"right_year", "nothing_later"}


def unguarded(*off: str) -> Any:
    """The gates with some of them switched off: what these alone would stop goes through."""

    def lenient(proposed: Proposed, passages: Mapping[str, Evidence]) -> Verified | Rejected:
        outcome = verify(proposed, passages)
        return Verified(outcome.text, ()) if isinstance(outcome, Rejected) and outcome.gate in off else outcome

    return lenient


@pytest.mark.parametrize(
    ("gate", "kind"),
    [
        ("numbers", "digit"),
        ("numbers", "scale"),
        ("names", "name"),
        ("dates", "date"),
        ("negation", "negation"),
        ("hedge", "hedge"),
        ("attribution", "attribution"),
        ("quote", "quote_word"),
        ("body", "teaser"),
        ("key", "invented_key"),
    ],
)
def test_a_gate_switched_off_turns_it_red(gate: str, kind: str, tmp_path: Path) -> None:
    found = dropped(("gates",), Options(verify=unguarded(gate)), tmp_path / "run")
    assert f"shipped: {kind}" in found["gates"]


def test_a_gate_that_stops_everything_turns_it_red(tmp_path: Path) -> None:
    def shut(proposed: Proposed, _passages: Mapping[str, Evidence]) -> Verified | Rejected:
        return Rejected(proposed.text, "support", "nothing passes")

    found = dropped(("gates",), Options(verify=shut), tmp_path / "run")
    assert "blocked" in found["gates"]
    assert not any(score.startswith("shipped") for score in found["gates"])


# The comparison


def summary(**scores: float | None) -> Json:
    told = {name: {"value": value, "low": value, "high": value, "cases": 50} for name, value in scores.items()}
    return {"suites": {"s": {"scores": told}}}


BEFORE: Json = {
    "suites": {
        "s": {
            "met": {"value": 0.8, "cases": 50, "noise": 0.04},
            "shipped": {"value": 0.02, "cases": 50, "noise": 0.04},
        }
    }
}


def test_only_what_is_worse_by_more_than_its_noise_is_a_drop() -> None:
    assert drops(summary(met=0.76, shipped=0.06), BEFORE, ["s"]) == []
    assert drops(summary(met=0.99, shipped=0.0), BEFORE, ["s"]) == []
    assert drops(summary(met=0.74, shipped=0.08), BEFORE, ["s"]) == [
        Drop("s", "met", 0.8, 0.74, 0.04),
        Drop("s", "shipped", 0.02, 0.08, 0.04),
    ]


def test_a_score_that_is_gone_is_a_drop() -> None:
    assert drops(summary(met=None, shipped=0.0), BEFORE, ["s"]) == [Drop("s", "met", 0.8, None, 0.04)]
    assert drops({"suites": {}}, BEFORE, ["s"])[0].found is None


def test_the_noise_is_two_cases_and_none_for_what_is_plain_code() -> None:
    assert noise("gold", "met", 50) == FLIPS / 50 == 0.04
    assert noise("gold", "offsets", 50) == 0.0
    assert noise("gates", "shipped: digit", 40) == 0.0


def test_a_run_is_accepted_whole_or_not_at_all(tmp_path: Path) -> None:
    told = {name: {"value": 0.5, "low": 0.4, "high": 0.6, "cases": 20} for names in KEPT.values() for name in names}
    whole: Json = {
        "name": "r",
        "index": "i",
        "limit": None,
        "suites": {name: {"scores": told | {"shipped: digit": told["met"]}} for name in KEPT},
    }
    path = tmp_path / "baseline.json"
    kept = accepted(whole, path)
    assert json.loads(path.read_text("utf-8")) == kept == read_baseline(path)
    assert set(kept["suites"]["gold"]) == set(KEPT["gold"])
    assert kept["suites"]["gates"]["shipped: digit"] == {"value": 0.5, "cases": 20, "noise": 0.0}
    assert kept["suites"]["gold"]["met"] == {"value": 0.5, "cases": 20, "noise": 0.1}
    assert drops(whole, kept, KEPT) == []
    with pytest.raises(UsageError, match="limit"):
        accepted(whole | {"limit": 5}, path)
    with pytest.raises(UsageError, match="gold"):
        accepted(whole | {"suites": {}}, path)


def test_a_missing_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StateError) as caught:
        read_baseline(tmp_path / "none.json")
    assert "accept" in caught.value.advice
    assert BASELINE.name == "baseline.json"
