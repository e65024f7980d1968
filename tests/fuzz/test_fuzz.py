"""Each fuzz target for a moment, always with the same inputs; `python -m evals.fuzz` runs them for as long as wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from evals.fuzz import TARGETS, fuzz, main, packed, replay, unpacked
from evals.fuzz_targets import Target

INPUTS = {"http": 12, "slack": 15, "arguments": 15, "page": 20, "language": 25, "spans": 25}
KEPT = sorted(Path(__file__).with_name("kept").glob("*.json"))
"""What broke a target once, as `python -m evals.fuzz` wrote it."""


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_that_is_fed_to_it_breaks_it(name: str) -> None:
    with TARGETS[name].around():
        found = fuzz(TARGETS[name], seconds=0, per_round=INPUTS.get(name, 40))
    assert found.crashes == {}
    assert found.tried >= 10


def test_what_once_broke_it_is_taken_now() -> None:
    for file in KEPT:
        replay(file)


def test_a_kept_input_is_run_again(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text(json.dumps({"target": "reply", "raised": "", "input": packed(["{", "\ud800", '"'])}), "utf-8")
    replay(file)
    file.write_text(json.dumps({"target": "text", "raised": "", "input": packed("no bytes")}), "utf-8")
    with pytest.raises(TypeError):
        replay(file)


def test_a_crash_is_made_small_and_told_once() -> None:
    def check(value: int) -> None:
        if value >= 1_000:
            raise ZeroDivisionError("too much")

    found = fuzz(Target("made", "a number", st.integers(), check), seconds=0, per_round=300)
    assert list(found.crashes.values()) == [1_000]


@pytest.mark.parametrize("value", [b"\xff\x00", "text", ["a", "b"], {"A": "b"}, ["POST", "/", b"x", ""], 3, None])
def test_an_input_comes_back_from_its_file_as_it_was(value: Any) -> None:
    assert unpacked(json.loads(json.dumps(packed(value)))) == value


def test_the_command_says_what_it_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--minutes", "0.01", "--crashes", str(tmp_path / "crashes"), "settings"]) == 0
    assert "settings" in capsys.readouterr().out
    assert not (tmp_path / "crashes").exists()
