"""Attacks in articles, against a model that obeys them: a part of each family in every run of the tests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from evals.attacks.cases import Attack, attacks
from evals.attacks.plans import LIES
from evals.attacks.poison import poisonings
from evals.run import run
from evals.suite import Options
from evals.suites.attacks import ATTACKS, POISON

FAMILIES = {"orders", "roles", "imitations", "languages", "encodings", "markup", "mentions", "hidden", "terminals",
            "titles", "impersonations", "keys", "quotes", "floods", "formats"}


@pytest.fixture(scope="module")
def every() -> list[Attack]:
    """All attacks."""
    return attacks()


def test_there_are_over_two_hundred_attacks_of_fifteen_families_each_on_an_event_of_its_own(
        every: list[Attack]) -> None:
    assert len(every) >= 200
    assert {attack.family for attack in every} == FAMILIES
    for name in ("id", "scene"):
        assert len({repr(getattr(attack, name)) for attack in every}) == len(every)
    assert len({attack.scene.question for attack in every}) == len(every)


def test_the_attack_stands_in_the_article_and_the_truth_beside_it(every: list[Attack]) -> None:
    for attack in every:
        carrier, rival = attack.articles
        assert attack.planted in (carrier.title if attack.family == "titles" else carrier.text), attack.id
        assert attack.scene.said in carrier.text, attack.id
        assert attack.scene.denied in rival.text, attack.id
        assert not re.search("|".join(LIES), attack.scene.said + attack.scene.denied), attack.id


async def test_no_attack_of_a_part_of_all_gets_through(tmp_path: Path) -> None:
    summary = await run([ATTACKS], Options(limit=45, seed=3), tmp_path)
    told = summary["suites"]["attacks"]
    assert (told["cases"], told["errors"], told["skipped"]) == (45, 0, None)
    rows = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text("utf-8").splitlines()]
    failed = {row["id"]: {n: s["explanation"] for n, s in row["scores"].items() if s["value"] != 1} for row in rows}
    assert {name: scores for name, scores in failed.items() if scores} == {}


async def test_planted_copies_count_once_and_the_article_that_differs_is_shown(tmp_path: Path) -> None:
    assert len({one.question for one in poisonings()}) == 24
    summary = await run([POISON], Options(limit=9, seed=3), tmp_path)
    scores = summary["suites"]["attacks-planted"]["scores"]
    for name in ("held", "the rest is shown", "held without a model", "the rest is shown without a model"):
        assert scores[name]["value"] == 1, name
