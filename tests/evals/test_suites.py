"""Every suite through the real service, on tiny sets made for this test in the format of the real ones."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from evals.run import read_rows, run
from evals.subject import Configuration
from evals.suite import Options
from evals.suites import GROUPS, REGRESSION, SUITES, chosen
from service.articles.read import SUFFIXES
from service.errors import UsageError
from tests.evals.test_data import put

HARBOUR = (
    "The ferry Aldous sank in the harbour of Tarnby on Monday night. "
    "Its captain, Mara Lindqvist, was rescued by fishermen. "
    "Forty-one passengers reached the shore in two boats."
)
ORCHARD = (
    "The orchards of Oxley were sold to a dairy company in the spring. "
    "Farmers had asked for a higher price. "
    "The new owner plans to fell the old pear trees."
)
BRIDGE = (
    "Engineers closed the Velm bridge after a crack was found in its third pillar. "
    "Lorries must take the road through Hask until the autumn. "
    "The repair will cost nine million crowns."
)
MODEL_ALONE = ("model-exchange", "model-exchange-held")
"""Suites that need a model and no outside data."""
PASSAGES = {"harbour": HARBOUR, "orchard": ORCHARD, "bridge": BRIDGE}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three articles in the clothes of every set."""
    root = tmp_path_factory.mktemp("bench")
    put(
        root,
        "realtimeqa-2022/articles.jsonl.gz",
        [
            {
                "id": name,
                "url": f"http://x.example/{name}",
                "title": f"About the {name}",
                "authors": [],
                "publish_date": "2022/03/07",
                "text": text,
            }
            for name, text in PASSAGES.items()
        ],
    )
    asked = {"choices": ["Mara Lindqvist", "Jonas Hale"], "answer": ["0"], "evidence": "…", "clean": True}
    put(
        root,
        "realtimeqa-2022/questions.jsonl",
        [
            asked
            | {
                "id": "q1",
                "date": "2022/03/08",
                "question": "Who was the captain of the ferry Aldous?",
                "gold_articles": ["harbour"],
            },
            asked | {"id": "q2", "date": "2022/03/08", "question": "Unanswered?", "gold_articles": []},
        ],
    )
    facts = {
        name: {
            "fact": text.split(". ")[0] + ".",
            "title": f"About the {name}",
            "source": "The Echo",
            "published_at": "2023-09-26T17:01:22+00:00",
            "url": f"http://x.example/{name}",
        }
        for name, text in PASSAGES.items()
    }
    put(
        root,
        "multihop-rag-500/ground_truth.json",
        {
            "0": {"answer": "Tarnby", "evidence_list": [facts["harbour"], facts["bridge"]]},
            "1": {"answer": "Insufficient information.", "evidence_list": []},
            "2": {"answer": "dairy", "evidence_list": [facts["orchard"]]},
        },
    )
    put(
        root,
        "multihop-rag-500/queries.json",
        {
            "queries": [
                {
                    "id": "0",
                    "question": "Where did the ferry sink and which bridge was closed?",
                    "question_type": "inference_query",
                },
                {"id": "1", "question": "Who won the chess cup of Merro?", "question_type": "null_query"},
                {
                    "id": "2",
                    "question": "To whom were the orchards of Oxley sold?",
                    "question_type": "comparison_query",
                },
            ]
        },
    )
    put(
        root,
        "ramdocs/open.jsonl",
        [
            {
                "question": "Who was the captain of the ferry Aldous?",
                "documents": [
                    {"text": HARBOUR, "type": "correct", "answer": "Mara Lindqvist"},
                    {"text": ORCHARD, "type": "noise", "answer": "unknown"},
                ],
                "disambig_entity": [],
                "gold_answers": ["Mara Lindqvist"],
                "wrong_answers": ["Jonas Hale"],
            }
        ],
    )
    sentences = [s if s.endswith(".") else f"{s}." for s in HARBOUR.split(". ")]
    passage = {"title": "The ferry Aldous", "text": HARBOUR, "sentences": sentences}
    put(
        root,
        "clapnq/open.jsonl",
        [
            {
                "id": "1",
                "input": "who was the captain of the ferry aldous",
                "passages": [passage],
                "answerable": True,
                "output": [{"answer": "Mara Lindqvist", "selected_sentences": [sentences[1]]}],
            },
            {
                "id": "2",
                "input": "how many medals did the chess club of Merro win in 1994",
                "passages": [passage],
                "answerable": False,
                "output": [{"answer": "", "selected_sentences": []}],
            },
        ],
    )
    put(
        root,
        "wice/claims_dev_oracle_chunks.jsonl",
        [
            {"label": "supported", "claim": sentences[0], "evidence": sentences, "meta": {}},
            {
                "label": "not_supported",
                "claim": "The ferry Aldous sank in the harbour of Oxley on Friday night.",
                "evidence": sentences,
                "meta": {},
            },
        ],
    )
    reference = {"question": "q", "references": [HARBOUR, ORCHARD], "src_dataset": "LFQA"}
    put(
        root,
        "attributionbench/dev.jsonl",
        [
            reference | {"claim": sentences[0], "attribution_label": "attributable"},
            reference
            | {
                "claim": "Ninety passengers reached the shore in two boats.",
                "attribution_label": "not attributable",
            },
        ],
    )
    body = f"<nav>Menu here</nav><article><p>{HARBOUR}</p></article>"
    html = f"<html><head><title>T</title></head><body>{body}</body></html>"
    put(root, "trafilatura-400/html/eval/a.html.gz", html.encode())
    page = {"file": "eval/a.html.gz", "with": ["The ferry Aldous"], "without": ["Menu here"], "title": "T"}
    put(root, "trafilatura-400/evaldata-400.json", {"https://a.example/x": page})
    return root


def scores(told: dict[str, Any]) -> dict[str, float]:
    return {name: found["value"] for name, found in told["scores"].items() if found["value"] is not None}


def test_every_outside_suite_runs_on_tiny_sets(bench: Path, tmp_path: Path) -> None:
    outside = [suite for suite in SUITES.values() if not suite.offline]
    options = Options(bench=bench, archives=tmp_path / "archives")
    folder = tmp_path / "run"
    folder.mkdir()
    told = asyncio.run(run(outside, options, folder))["suites"]
    assert [row["error"] for row in read_rows(folder)] == [None] * len(read_rows(folder))
    for dated in ("", "-dated"):
        found = scores(told[f"retrieval-realtimeqa{dated}"])
        assert found == dict.fromkeys(
            ("recall@1", "recall@5", "recall@10", "recall@20", "mrr@10", "clean recall@1", "clean recall@5"),
            1.0,
        )
    multihop = scores(told["retrieval-multihop"])
    assert (multihop["hits@4"], multihop["hits@10"], multihop["evidence_recall@10"]) == (1.0, 1.0, 1.0)
    answers = scores(told["answers-realtimeqa"])
    assert {"containment", "answered", "exact", "f1", "nearest_sentence_containment"} <= set(answers)
    assert answers["in_passages"] == 1.0
    clapnq = told["abstention-clapnq"]["scores"]
    assert (clapnq["unanswerable_recall"]["cases"], clapnq["coverage"]["cases"]) == (1, 1)
    nulls = told["abstention-multihop"]["scores"]
    assert (nulls["unanswerable_recall"]["cases"], nulls["coverage"]["cases"]) == (1, 2)
    assert {"right", "gold_recall", "wrong"} <= set(scores(told["conflict-ramdocs"]))
    for name in ("support-wice", "support-attributionbench"):
        found = scores(told[name])
        assert (found["passed_supported"], found["passed_unsupported"]) == (1.0, 0.0)
        assert found["gates_macro_f1"] == found["cosine_macro_f1"] == found["cosine_auc"] == 1.0
    extraction = told["extraction-trafilatura"]
    if ".html" in SUFFIXES:
        assert scores(extraction)["recall"] == 1.0
    else:
        assert extraction["skipped"] == "the service has no reader of .html yet"


def test_a_kept_archive_is_used_again_and_a_spoilt_one_made_anew(bench: Path, tmp_path: Path) -> None:
    notes: list[str] = []
    options = Options(bench=bench, archives=tmp_path / "archives", note=notes.append)
    suites = [SUITES["retrieval-realtimeqa"]]
    found = []
    for number in range(3):
        folder = tmp_path / f"run-{number}"
        folder.mkdir()
        found.append(scores(asyncio.run(run(suites, options, folder))["suites"]["retrieval-realtimeqa"]))
        kept = list((tmp_path / "archives").iterdir())
        assert len(kept) == 1
        if number == 1:
            from service.adapters.record import SqlRecord

            record = SqlRecord(Configuration().settings(kept[0]).record_url)
            record.set_meta("fingerprint", "of another embedder")
            record.close()
    assert found[0] == found[1] == found[2]
    assert sum("made anew" in note for note in notes) == 1


def test_without_data_every_outside_suite_is_skipped_by_name(tmp_path: Path) -> None:
    outside = [suite for suite in SUITES.values() if not suite.offline]
    told = asyncio.run(run(outside, Options(), tmp_path))["suites"]
    for suite in outside:
        wanted = "no model is configured; pass --model" if suite.name in MODEL_ALONE else "--bench PATH"
        assert wanted in told[suite.name]["skipped"]


def test_gold_takes_any_folder_and_any_questions(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for number, text in enumerate(PASSAGES.values(), 1):
        (articles / f"00{number}-article.txt").write_text(f"A headline of article {number}\n\n{text}\n", "utf-8")
    questions = tmp_path / "q.jsonl"
    lines = [
        {
            "id": "a",
            "q": "Who was the captain of the ferry Aldous?",
            "status": ["answered"],
            "must": ["Lindqvist"],
            "cite_only": ["001"],
        },
        {"id": "b", "q": "Who won the chess cup of Merro?", "status": "not_found"},
    ]
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    folder = tmp_path / "run"
    folder.mkdir()
    options = Options(articles=articles, questions=questions)
    told = asyncio.run(run([SUITES["gold"]], options, folder))["suites"]["gold"]
    assert told["scores"]["contract"]["value"] == 1.0
    assert told["scores"]["offsets"]["value"] == 1.0
    assert told["cases"] == 2
    (first,) = [row for row in read_rows(folder) if row["id"] == "a"]
    assert first["scores"]["met"]["value"] == 1.0, first["scores"]["met"]["explanation"]


def test_suites_and_groups_are_chosen_by_name() -> None:
    assert [suite.name for suite in chosen(["gates", "regression", "gates"])] == [
        "gates",
        "gold",
        "retrieval-samples",
        "retrieval-recurring",
    ]
    assert set(REGRESSION) <= set(GROUPS["offline"])
    assert all(SUITES[name].offline for name in REGRESSION)
    with pytest.raises(UsageError, match="'golf'"):
        chosen(["golf"])
