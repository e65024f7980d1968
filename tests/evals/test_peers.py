"""The service beside its peers, on a handful of articles, with Chroma's own code and the project's weights."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.chroma_default import ChromaDefault
from evals.data.bench import Absent
from evals.peers import OURS, Asked, Bm25, Entry, Told, _figures, main, markdown, multihop_set, realtimeqa_set
from evals.suite import Options
from service.adapters.local_embedder import LocalEmbedder
from service.errors import StateError, UsageError
from tests.evals.test_suites import PASSAGES, bench  # noqa: F401

TEXTS = list(PASSAGES.values())
HAS_BM25 = importlib.util.find_spec("bm25s") is not None


@pytest.fixture(scope="module")
def chroma() -> ChromaDefault:
    return ChromaDefault()


def test_chromas_own_code_over_our_weights_gives_our_vectors(chroma: ChromaDefault) -> None:
    theirs, ours = np.array(chroma.embed(TEXTS)), LocalEmbedder().embed_now(TEXTS)
    assert theirs.shape == (3, 384)
    assert (theirs * ours).sum(axis=1) == pytest.approx(np.ones(3), abs=1e-4)
    assert chroma.weights == "the project's own weights (8 bits)"


def test_chroma_finds_the_article_of_a_passage(chroma: ChromaDefault) -> None:
    chroma.index(list(PASSAGES), chroma.embed(TEXTS))
    assert chroma.find("Who was the captain of the ferry?", 2)[0] == "harbour"
    assert chroma.find("To whom were the orchards sold?", 100)[0] == "orchard"
    assert len(chroma.find("x", 100)) == 3
    chroma.index(["a"], chroma.embed(["only this"]))
    assert chroma.find("x", 100) == ["a"]


def test_a_function_made_for_every_call_is_timed_call_by_call(chroma: ChromaDefault) -> None:
    spent = chroma.fresh_seconds(["one?", "two?"])
    assert len(spent) == 2
    assert all(seconds > 0 for seconds in spent)


def test_a_folder_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"has no 'model\.onnx'") as told:
        ChromaDefault(tmp_path)
    assert "--keep-fp32" in told.value.advice


async def test_bm25_finds_by_stems_or_says_how_to_install_it() -> None:
    entries = [Entry(key, text) for key, text in PASSAGES.items()]
    if not HAS_BM25:
        with pytest.raises(UsageError, match="bm25s is not installed") as told:
            Bm25(entries)
        assert "make eval-peers" in told.value.advice
        return
    found = await Bm25(entries).find(Asked("felling of pears", None, frozenset()))
    assert found[0] == "orchard"
    assert len(found) == 3


def test_the_questions_carry_the_keys_of_their_articles(bench: Path) -> None:  # noqa: F811
    documents, asked = realtimeqa_set(Options(bench=bench))
    assert [document.key for document in documents] == ["harbour", "orchard", "bridge"]
    assert [(one.question, str(one.asked), one.gold) for one in asked] == [
        ("Who was the captain of the ferry Aldous?", "2022-03-08", frozenset({"harbour"}))
    ]
    facts, hops = multihop_set(Options(bench=bench, documents=0, limit=1, seed=1))
    assert len(hops) == 1
    assert {fact.key for fact in facts} == hops[0].gold
    with pytest.raises(Absent):
        realtimeqa_set(Options())


def test_figures_are_medians_and_the_median_of_the_ratios() -> None:
    ours = Told({1: 1.0}, [0.1, 0.2, 0.4], [0.01, 0.02])
    theirs = Told({1: 0.5}, [0.2, 0.2, 2.0], [0.02, 0.02])
    assert _figures(theirs, ours) == {
        "recall": {"1": 0.5}, "passages_per_second": 5.0, "embedding_ratio": 2.0, "questions_per_second": 50.0,
        "asking_ratio": 1.5,
    }  # fmt: skip
    assert _figures(Told({1: 0.0}, [], [0.01, 0.01]), ours)["passages_per_second"] is None


def test_the_command_compares_and_keeps_its_figures(
    bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]  # noqa: F811
) -> None:
    monkeypatch.setattr("sys.argv", ["peers", "--bench", str(bench), "--runs", str(tmp_path)])
    if not HAS_BM25:
        monkeypatch.setattr("evals.peers.Bm25", _NoBm25)
    assert main() == 0
    told: dict[str, Any] = json.loads(next(tmp_path.glob("*-peers/peers.json")).read_text("utf-8"))
    first, second = told["sets"]
    assert (first["set"], first["questions"], first["articles"]) == ("realtimeqa", 1, 3)
    assert (second["set"], second["questions"], second["articles"]) == ("multihop", 2, 3)
    assert set(second["systems"]) == {OURS, "Chroma, its default function", "BM25 (bm25s, stemmed)"}
    assert set(first["systems"]) - set(second["systems"]) == {f"{OURS}, with the question's day"}
    assert all(one["recall"]["5"] == 1.0 for one in first["systems"].values())
    assert second["systems"][OURS]["embedding_ratio"] == 1.0
    printed = capsys.readouterr().out
    assert "\n".join(markdown(first)) in printed
    assert "Chroma is fed with the project's own weights (8 bits)" in printed


class _NoBm25:
    """Stands in for BM25 where its package is not installed: finds every article."""

    name = "BM25 (bm25s, stemmed)"

    def __init__(self, entries: list[Entry]) -> None:
        self._keys = [entry.key for entry in entries]

    async def find(self, _asked: Asked) -> list[str]:
        return self._keys


def test_a_missing_set_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["peers", "--bench", str(tmp_path), "--runs", str(tmp_path)])
    assert main() == 2
