"""The command: exit codes, one JSON document, and a message instead of a traceback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.cli import app
from evals.run import read_rows
from evals.suites import SUITES
from tests.conftest import ROOT

runner = CliRunner()


def test_list_names_every_suite() -> None:
    found = runner.invoke(app, ["list", "--json"])
    assert found.exit_code == 0
    assert set(json.loads(found.stdout)["suites"]) == set(SUITES)
    assert all(name in runner.invoke(app, ["list"]).stdout for name in SUITES)


def test_a_run_prints_one_document_and_leaves_a_report(tmp_path: Path) -> None:
    asked = ["run", "gates", "--limit", "20", "--seed", "3", "--runs", str(tmp_path), "--json"]
    found = runner.invoke(app, asked)
    assert found.exit_code == 0, found.output
    summary = json.loads(found.stdout)
    folder = tmp_path / summary["name"]
    assert {path.name for path in folder.iterdir()} == {
        "run.json",
        "cases.jsonl",
        "summary.json",
        "report.html",
    }
    assert summary["suites"]["gates"]["cases"] == 20
    assert (summary["limit"], summary["seed"]) == (20, 3)
    again = runner.invoke(app, ["run", "gates", "--limit", "20", "--seed", "4", "--resume", str(folder)])
    assert again.exit_code == 2
    assert "asked with other seed" in again.stderr
    assert runner.invoke(app, ["report", str(folder), "--compare", str(folder)]).exit_code == 0
    assert "0 cases worse, 0 better" in (folder / "report.html").read_text("utf-8")
    printed = runner.invoke(app, ["report", str(folder), "--markdown"]).stdout
    assert printed.startswith(f"Run `{summary['name']}`: model `extractive`, seed 3, limit 20, ")
    assert "| gates | 20 | 0 |" in printed
    refused = runner.invoke(app, ["accept", str(folder), "--baseline", str(tmp_path / "b.json")])
    assert refused.exit_code == 2
    assert not (tmp_path / "b.json").exists()
    checked = runner.invoke(app, ["check", str(folder), "--json"])
    assert checked.exit_code == 1
    lacking = {drop["suite"] for drop in json.loads(checked.stdout)["drops"]}
    assert lacking >= {"gold", "retrieval-samples", "retrieval-recurring"}


def test_an_interrupted_run_says_how_to_go_on_and_goes_on(tmp_path: Path) -> None:
    # On a busy machine a run may be over before the signal arrives; then another is begun.
    for attempt in range(5):
        runs = tmp_path / str(attempt)
        command = [sys.executable, "-m", "evals", "run", "gates", "--runs", str(runs), "--name", "stopped"]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        while process.poll() is None and not list(runs.glob("*-stopped/cases.jsonl")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        if process.returncode != 0:
            break
    assert process.returncode == 130
    assert told.strip().endswith("stopped; go on with --resume and the run folder")
    folder = next(runs.glob("*-stopped"))
    before = read_rows(folder)
    found = runner.invoke(app, ["run", "gates", "--resume", str(folder), "--json"])
    rows = read_rows(folder)
    assert len(before) < len(rows) == json.loads(found.stdout)["suites"]["gates"]["cases"]
    assert rows[: len(before)] == before
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    "asked",
    [
        ["run", "golf"],
        ["report", "nowhere"],
        ["accept", "nowhere"],
        ["check", "nowhere"],
        ["run", "gates", "--resume", "nowhere"],
        ["run", "gates", "--limit", "0"],
    ],
)
def test_wrong_usage_is_told_in_two_lines_and_is_2(asked: list[str], tmp_path: Path) -> None:
    found = runner.invoke(app, [*asked, "--runs", str(tmp_path)] if asked[0] == "run" else asked)
    assert found.exit_code == 2
    assert "Traceback" not in found.output
    assert found.stdout == ""
