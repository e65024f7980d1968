"""The fit of the ranking's weights: labels from gold lines, folds that never judge what they were fitted to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals.fit import (
    FIGURES,
    HELDOUT,
    Case,
    GoldSet,
    accuracy,
    average_precision,
    fitted,
    folds,
    is_right,
    main,
    read_cases,
)
from evals.gold import GoldLine
from service.errors import UsageError

GOLD = GoldLine("g1", "how many were moved out?", ("disputed",), must=("4,200", "3,000"), cite_any=("001", "002"))


def case(group: int, rows: list[tuple[float, bool]], *, answerable: bool = True) -> Case:
    features = np.array([(value, 1.0) for value, _ in rows]).reshape(len(rows), 2)
    return Case(group, GOLD, features, np.array([right for _, right in rows], np.bool_), answerable)


@pytest.mark.parametrize(("filename", "words", "expected"), [
    ("001-county.txt", "About 4,200 people", True), ("press/002-mayor.txt", "3,000 at most", True),
    ("003-other.txt", "About 4,200 people", False), ("001-county.txt", "eleven schools", False),
])
def test_words_are_right_when_a_pattern_matches_them_in_a_cited_file(filename: str, words: str, expected: bool) -> None:
    assert is_right(GOLD, filename, words) is expected


def test_the_weights_put_the_right_ones_above_the_wrong_ones() -> None:
    cases = [case(0, [(0.9, True), (0.2, False), (0.1, False)]), case(0, [(0.8, True), (0.3, False)])]
    weights = fitted(cases, FIGURES)
    assert weights[0] > 0
    assert average_precision(cases, weights) == 1.0
    assert average_precision(cases, -weights) < 0.5


def test_nothing_can_be_fitted_where_all_are_wrong() -> None:
    with pytest.raises(UsageError, match="leave nothing to fit"):
        fitted([case(0, [(0.9, False)])], FIGURES)


def test_a_question_is_met_by_a_right_answer_that_passes_or_by_rightful_silence() -> None:
    weights = np.array([10.0, -5.0])
    cases = [case(0, [(0.9, True), (0.8, False)]), case(0, [(0.9, False), (0.8, True)]), case(0, [(0.1, True)]),
             case(0, []), case(0, [(0.1, False)], answerable=False), case(0, [], answerable=False),
             case(0, [(0.9, False)], answerable=False)]
    met = [accuracy([one], weights, 0.5) for one in cases]
    assert met == [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0]


def test_sets_are_left_out_one_at_a_time_and_a_single_set_by_fifths() -> None:
    several = [case(n % 3, [(0.5, True)]) for n in range(9)]
    assert [(name, len(rest), {c.group for c in held}) for name, rest, held in folds(several)] == [
        ("set 1", 6, {0}), ("set 2", 6, {1}), ("set 3", 6, {2})]
    single = [case(0, [(0.5, True)]) for _ in range(10)]
    parts = list(folds(single))
    assert [len(held) for _, _, held in parts] == [2] * 5
    assert all(not any(one is other for one in rest for other in held) for _, rest, held in parts)


@pytest.mark.parametrize("text", [
    "", "nowhere:nothing.jsonl", "samples", f"{HELDOUT / 'articles'}:{HELDOUT / 'questions.jsonl'}"])
def test_wrong_and_held_out_sets_are_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError):
        GoldSet.read(text)
    assert main(["--set", text]) == 2
    assert capsys.readouterr().err.count("\n") == 2


async def test_each_question_sees_the_candidates_that_the_service_finds_for_it(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for number, deed in (("001", "killed 14 miners"), ("002", "killed 19 miners"), ("003", "closed 8 schools")):
        (articles / f"{number}.txt").write_text(f"The storm in Lorne {deed} on Monday, the council said.\n")
    rows: list[dict[str, object]] = [
        {"id": "q1", "q": "how many miners did the storm kill?", "status": ["disputed"], "must": ["14"], "cite_any": ["001"]},
        {"id": "q2", "q": "how many miners did the storm hurt?", "status": ["not_found"], "must": []},
        {"id": "q3", "q": "how many were killed or wounded?", "status": ["answered"], "must": ["9"], "tags": ["derived"]},
        {"id": "q4", "q": "and how many schools?", "status": ["answered"], "must": ["8"], "previous": ["what closed?"]},
        {"id": "w1", "q": "what closed the schools?", "status": ["answered"], "must": ["schools"], "cite_any": ["003"]},
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    figures, sentences = await read_cases([GoldSet(articles, tmp_path / "q.jsonl")])
    assert [(c.gold.id, c.answerable, int(c.right.sum())) for c in figures] == [("q1", True, 1), ("q2", False, 0)]
    assert len(figures[0].right) == len(figures[0].features) == 2
    assert [(c.gold.id, int(c.right.sum())) for c in sentences] == [("w1", 1)]
