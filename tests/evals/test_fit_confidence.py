"""The fit of the confidence: what it is fitted to, what it is judged on, and that it learns what tells the two apart."""

from __future__ import annotations

import numpy as np
import pytest

from evals.fit_confidence import Example, fitted, held, judged, main, report
from service.errors import UsageError


def examples(count: int, prefix: str = "q") -> list[Example]:
    """Questions whose first feature tells whether they can be answered; the second is noise."""
    return [Example(f"{prefix}{i}", (0.8 if i % 2 else 0.2, (i * 37 % 10) / 10, 0.0, 0.0, 0.0, 1.0), bool(i % 2))
            for i in range(count)]


def test_the_weights_tell_the_answerable_from_the_others() -> None:
    weights = fitted({"gold": examples(40)})
    assert weights[0] > abs(weights[1])
    assert judged(examples(40), weights) == (1.0, 1.0)
    assert judged(examples(40), -weights) == (0.0, 0.0)


def test_each_set_counts_alike_however_many_questions_it_has() -> None:
    small = [Example(e.id, (e.features[0], 1 - e.features[0], 0.0, 0.0, 0.0, 1.0), e.answerable) for e in examples(10)]
    turned = [Example(e.id, (1 - e.features[0], e.features[0], 0.0, 0.0, 0.0, 1.0), e.answerable) for e in examples(10)]
    assert np.allclose(fitted({"one": small, "other": turned})[:2], 0.0, atol=1e-6)
    assert np.allclose(fitted({"one": small * 30, "other": turned})[:2], 0.0, atol=1e-6)


def test_a_set_that_counts_more_has_its_way() -> None:
    turned = [Example(e.id, (1 - e.features[0], *e.features[1:]), e.answerable) for e in examples(40)]
    assert fitted({"gold": examples(40), "clapnq": turned})[0] < -1 < 1 < fitted(
        {"clapnq": examples(40), "gold": turned})[0]


def test_nothing_is_fitted_where_all_can_be_answered() -> None:
    with pytest.raises(UsageError, match="no answerable question, or no other"):
        fitted({"gold": [e for e in examples(10) if e.answerable]})


def test_half_of_the_outside_questions_are_held_and_reported_apart() -> None:
    rows = examples(200)
    assert 70 <= sum(map(held, rows)) <= 130
    lines = report({"gold": examples(20, "g"), "clapnq": rows})
    assert lines[0].startswith("WEIGHTS = (")
    assert all(line.startswith("  weights fitted to one half: ") for line in lines[1:4])
    assert [line.split(", ")[1].split(" ")[0] for line in lines[1:4]] == ["fitted", "fitted", "held"]
    assert lines[3].endswith("refused 1.000, attempted 1.000")


def test_without_anything_of_a_kind_its_share_is_none() -> None:
    assert judged([e for e in examples(10) if e.answerable], (10.0, 0.0, 0.0, 0.0, 0.0, -5.0)) == (None, 1.0)


def test_a_set_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--set", "nowhere:nothing.jsonl"]) == 2
    assert "write --set ARTICLES_DIR:QUESTIONS.jsonl" in capsys.readouterr().err
