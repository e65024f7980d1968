"""The embedder's benchmark, on a small set written here."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from evals.embedder import Piece, Question, load, main, pieces, recall

ARTICLES = [
    {"id": "a", "title": "Bridge", "text": "The new bridge opened."},
    {"id": "b", "title": "None", "text": "word " * 400},
    {"id": "c", "title": None, "text": ""},
]
QUESTIONS = [
    {"question": "What opened?", "gold_articles": ["a"]},
    {"question": "Whose?", "gold_articles": []},
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder as the shared one, with three articles and two questions."""
    folder = tmp_path / "bench" / "realtimeqa-2022"
    folder.mkdir(parents=True)
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(article) + "\n" for article in ARTICLES)
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")
    return tmp_path


def test_an_article_is_cut_into_pieces_that_carry_its_title_if_it_has_one() -> None:
    assert pieces(ARTICLES[0]) == [Piece("a", "Bridge\nThe new bridge opened.")]
    assert [len(piece.text.split()) for piece in pieces(ARTICLES[1])] == [180, 180, 40]
    assert pieces(ARTICLES[2]) == [Piece("c", "")]


def test_questions_without_a_gold_article_are_left_out_and_a_sample_keeps_the_gold(data: Path) -> None:
    archive, questions = load(data, None)
    assert {piece.article for piece in archive} == {"a", "b", "c"}
    assert questions == [Question("What opened?", frozenset("a"))]
    assert {piece.article for piece in load(data, 0)[0]} == {"a"}


def test_an_article_ranks_as_its_best_piece_does() -> None:
    archive = [Piece("a", ""), Piece("b", ""), Piece("a", ""), Piece("c", "")]
    vectors = np.eye(4, dtype=np.float32)
    asked = np.array([[0.1, 0.5, 0.9, 0.2], [0.3, 0.2, 0.1, 0.0]], np.float32)
    questions = [Question("", frozenset("a")), Question("", frozenset("c"))]
    assert recall(vectors, asked, archive, questions) == {1: 0.5, 5: 1.0, 10: 1.0}


def test_a_run_scores_the_shipped_model_and_a_second_one_reads_its_vectors(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["embedder", "--shared", str(data), "--cache", str(data / "cache")])
    assert main() == 0
    first = capsys.readouterr().out
    assert first.startswith("3 articles, 5 pieces, 1 questions\nint8       R@1 1.000  R@5 1.000  R@10 1.000")
    assert main() == 0
    second = capsys.readouterr().out
    assert (first.count("texts/s"), second.count("texts/s")) == (1, 0)
    assert len(list((data / "cache").iterdir())) == 1


def test_without_the_data_it_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["embedder", "--shared", str(tmp_path)])
    assert main() == 2
    assert "articles.jsonl.gz' is not there" in capsys.readouterr().err
