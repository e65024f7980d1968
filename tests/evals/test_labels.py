"""Kinds of lines and values found, counted: figures computed by hand; and the loader of labelled pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.data import labelled as data
from evals.data.bench import Absent
from evals.data.labelled import Labelled, labelled
from evals.metrics.labels import Counts, kind_counts, mean_f, right_kind, value_counts


def test_kinds_are_counted_each_for_itself_and_evidence_over_all() -> None:
    lines = [("body", "body"), ("body", "share"), ("share", "share"), ("teaser", "body"), ("off", "advert")]
    lines.append(("off", "caption"))
    counts = kind_counts(lines)
    assert counts == {
        "body": Counts(right=1, wrong=1, missed=1),
        "share": Counts(right=1, wrong=1, missed=0),
        "teaser": Counts(right=0, wrong=0, missed=1),
        "evidence": Counts(right=1, wrong=2, missed=1),
    }
    assert (counts["body"].precision, counts["body"].recall, counts["body"].f) == (0.5, 0.5, 0.5)
    assert (counts["share"].precision, counts["share"].recall, counts["share"].f) == (0.5, 1.0, pytest.approx(2 / 3))
    assert (counts["teaser"].precision, counts["teaser"].recall, counts["teaser"].f) == (None, 0.0, 0.0)
    assert mean_f(counts) == pytest.approx((0.5 + 2 / 3 + 0) / 3)
    assert [right_kind(*line) for line in lines] == [True, False, True, False, True, False]


def test_values_are_right_whatever_their_case_and_white_space() -> None:
    values = [("Ida Moe", "IDA  MOE"), ("Ida Moe", "Jon Vik"), ("Ida Moe", None), (None, "Jon Vik"), (None, None)]
    assert value_counts(values) == Counts(right=1, wrong=2, missed=2)
    assert Counts(0, 0, 0).f is None


def test_a_page_is_read_with_the_kind_of_each_stretch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "pages.txt").write_text(
        '=== {"name": "one", "author": "Ida Moe"}\nbyline> KELM –\nbody| It rains.\n\nshare| Menu\n'
    )
    about = {"publisher": None, "author": "Ida Moe", "published": None, "url": None, "credit": None}
    text = "KELM – It rains.\n\nMenu\n"
    assert list(labelled("held")) == [
        Labelled("one", False, text, ((0, 6, "byline"), (7, 16, "body"), (18, 22, "share")), "", about)
    ]
    (tmp_path / "held" / "pages.txt").write_text('=== {"name": "one"}\nIt rains.\n')
    with pytest.raises(Absent, match=r"'pages\.txt' has no label on the line 'It rains\.'"):
        list(labelled("held"))
