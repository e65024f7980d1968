"""Retrieval with steps switched off: by name, by a file, and through a whole run."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.cli import app
from evals.ranking import ranking_of, steps
from evals.run import read_rows, run
from evals.subject import Configuration
from evals.suite import Options, value_of
from evals.suites import SUITES
from service.errors import UsageError
from service.passages.ranking import Ranking
from service.settings import Settings
from service.wiring import build


def test_nothing_asked_for_is_the_services_own_ranking() -> None:
    assert ranking_of([]) is None


def test_every_step_names_fields_of_the_ranking_and_changes_them() -> None:
    assert {"dense", "lexical", "recency", "spread"} <= set(steps())
    for name, values in steps().items():
        found = ranking_of([name])
        assert found is not None
        assert {field: getattr(found, field) for field in values} == values
        assert found != Ranking()


def test_steps_and_a_file_add_up_and_the_steps_win(tmp_path: Path) -> None:
    file = tmp_path / "ranking.toml"
    file.write_text("pool = 50\nrecency = 3\n", "utf-8")
    found = ranking_of(["recency", "lexical"], file)
    assert found is not None
    assert (found.pool, found.recency, found.fresh_recency, found.lexical, found.dense) == (50, 0.0, 0.0, False, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pond = 3", "'pond', which no ranking has"),
        ("pool = 3.5", "'pool' as 3.5, which is no int"),
        ("dense = 1", "'dense' as 1, which is no bool"),
        ('pool = "many"', "'pool' as 'many'"),
        ("pool = ", "can't be read"),
    ],
)
def test_a_file_with_something_else_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "ranking.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=told):
        ranking_of([], file)


def test_an_unknown_step_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="no step 'luck'") as told:
        ranking_of(["luck"])
    assert "recency" in told.value.advice
    found = CliRunner().invoke(app, ["run", "gold", "--without", "luck"])
    assert found.exit_code == 2


def test_the_wiring_gives_the_ranking_to_the_retriever(tmp_path: Path) -> None:
    ranking = Ranking(dense=False)
    service = build(Settings(data=tmp_path), ranking=ranking)
    assert service._retriever._ranking == ranking


async def test_a_run_without_the_recency_step_tells_years_apart_less_often_and_says_so(tmp_path: Path) -> None:
    found = {}
    for name, ranking in (("whole", None), ("without", ranking_of(["recency"]))):
        (tmp_path / name).mkdir()
        options = Options(Configuration(ranking=ranking), limit=12)
        summary = await run([SUITES["retrieval-recurring"]], options, tmp_path / name)
        found[name] = [value_of(row, "right_year") for row in read_rows(tmp_path / name)]
        assert (summary["ranking"] is None) == (name == "whole")
    assert sum(v or 0.0 for v in found["without"]) < sum(v or 0.0 for v in found["whole"])
    with pytest.raises(UsageError, match="asked with other ranking"):
        await run([SUITES["retrieval-recurring"]], Options(limit=12), tmp_path / "without")
