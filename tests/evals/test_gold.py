"""A gold line says what an answer must be, and the scorer says every way in which it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.gold import GoldLine, Judged, main, misses, read_gold, told
from service.errors import UsageError
from tests.evals.made import disputed, not_found

GOLD = GoldLine(
    "g1",
    "how many people were moved out?",
    ("disputed",),
    ("4,200", "3,000"),
    ("Oxley",),
    ("001",),
    ("001", "002"),
)


def test_an_answer_that_meets_its_line_misses_nothing() -> None:
    assert misses(disputed(), GOLD) == []
    assert misses(not_found(), GoldLine("g2", "who?", ("not_found",))) == []


def test_every_miss_is_told() -> None:
    line = GoldLine("g", "q", ("answered",), ("5,000",), ("4,200",), ("001", "009"), ("008",), ("001",))
    assert misses(disputed(), line) == [
        "status disputed, not answered",
        "lacks '5,000'",
        "has '4,200'",
        "cites 001, 002, not 009",
        "cites 001, 002, none of 008",
        "cites 002, not among 001",
    ]


def test_what_is_not_found_cites_nothing_and_so_nothing_strange() -> None:
    line = GoldLine("g", "q", ("answered", "not_found"), cite_only=("001",))
    assert misses(not_found(), line) == []


def test_a_file_of_questions_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    row = {"id": "a", "q": "who?", "status": "answered", "must": ["x|y"], "as_of": "2026-03-02", "note": "n"}
    file.write_text(json.dumps(row) + "\n\n", "utf-8")
    (line,) = read_gold(file)
    assert (line.id, line.q, line.status, line.must, str(line.as_of)) == (
        "a",
        "who?",
        ("answered",),
        ("x|y",),
        "2026-03-02",
    )


@pytest.mark.parametrize(
    "row", ['{"id": "a"}', '{"id": "a", "q": "b", "status": ["x"], "must": ["("]}', "[]", "no", ""]
)
def test_an_unusable_file_is_refused_with_the_way_out(tmp_path: Path, row: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(row, "utf-8")
    with pytest.raises(UsageError) as caught:
        read_gold(file)
    assert caught.value.advice


def test_the_projects_own_questions_can_be_read() -> None:
    here = Path(__file__).resolve().parents[2] / "evals"
    assert len(read_gold(here / "gold" / "samples.jsonl")) >= 80
    assert len(read_gold(here / "heldout" / "questions.jsonl")) == 24


def test_the_bar_is_met_by_the_share_that_meets_its_line_and_by_no_fault() -> None:
    good = Judged(GOLD, disputed(), (), ())
    bad = Judged(GOLD, not_found(), ("status not_found, not disputed",), ())
    assert told([good, bad], 0.5)[1]
    lines, fine = told([good, bad], 0.6)
    assert not fine
    assert lines == [
        "  g1 'how many people were moved out?': status not_found, not disputed",
        '      answer: not_found: "The articles don\'t say."',
        "1/2 answered as they should, 0 contract faults (bar: 60% and none)",
    ]


def test_a_file_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--articles", str(tmp_path), "--questions", str(tmp_path / "none.jsonl")]) == 2
    assert "name a file of JSON lines" in capsys.readouterr().err
