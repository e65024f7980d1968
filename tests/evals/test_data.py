"""Each loader on a tiny file in its set's own format, and the refusal of a folder without it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals.data import attacks, chunking, clapnq, minhash, multihop, ramdocs, realtimeqa, support, trafilatura
from evals.data.bench import Absent
from evals.metrics.spans import span_overlap
from evals.subject import Document


def put(root: Path, name: str, content: Any) -> None:
    """A file of JSON lines (a list), a JSON document (a dict), text or bytes."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, list):
        content = "".join(json.dumps(row) + "\n" for row in content)
    elif isinstance(content, dict):
        content = json.dumps(content)
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)


LOADERS: list[Callable[[Path | None], Any]] = [
    realtimeqa.questions,
    realtimeqa.articles,
    multihop.questions,
    multihop.facts,
    ramdocs.questions,
    clapnq.questions,
    support.wice,
    support.attributionbench,
    trafilatura.pages,
    attacks.instructions,
    attacks.emails,
    attacks.poisoned,
    minhash.duplicates,
    chunking.questions,
    chunking.corpora,
]


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("given", [True, False])
def test_a_loader_says_what_is_missing(load: Callable[[Path | None], Any], given: bool, tmp_path: Path) -> None:
    with pytest.raises(Absent, match="--bench PATH"):
        load(tmp_path if given else None)


def test_realtimeqa(tmp_path: Path) -> None:
    put(
        tmp_path,
        "realtimeqa-2022/questions.jsonl",
        [
            {
                "id": "20220101_0",
                "date": "2022/01/02",
                "question": "Which?",
                "choices": ["a", "b"],
                "answer": ["1"],
                "evidence": "…",
                "gold_articles": ["x1"],
                "clean": True,
            },
            {
                "id": "20220101_1",
                "date": "2022/01/02",
                "question": "Who?",
                "choices": ["c", "d"],
                "answer": ["0"],
                "evidence": "…",
                "gold_articles": [],
                "clean": False,
            },
        ],
    )
    put(
        tmp_path,
        "realtimeqa-2022/articles.jsonl.gz",
        [
            {
                "id": "x1",
                "url": "http://x.example/1",
                "title": None,
                "authors": [],
                "publish_date": "2022/01/01",
                "text": "T",
            }
        ],
    )
    asked = date(2022, 1, 2)
    assert realtimeqa.questions(tmp_path) == [
        realtimeqa.Question("20220101_0", "Which?", asked, "b", ("a", "b"), frozenset({"x1"}), True),
        realtimeqa.Question("20220101_1", "Who?", asked, "c", ("c", "d"), frozenset(), False),
    ]
    assert realtimeqa.articles(tmp_path) == [Document("x1", "T", None, None, date(2022, 1, 1), "http://x.example/1")]


def test_multihop(tmp_path: Path) -> None:
    fact = {"fact": "F", "title": "T", "source": "S", "published_at": "2023-09-26T17:01:22+00:00", "url": "u"}
    put(
        tmp_path,
        "multihop-rag-500/ground_truth.json",
        {
            "0": {"answer": "no", "evidence_list": [fact, fact | {"fact": "G"}]},
            "1": {"answer": "Insufficient information.", "evidence_list": []},
            "2": {"answer": "yes", "evidence_list": [fact]},
        },
    )
    put(
        tmp_path,
        "multihop-rag-500/queries.json",
        {
            "queries": [
                {"id": "0", "question": "Q0", "question_type": "comparison_query"},
                {"id": "1", "question": "Q1", "question_type": "null_query"},
                {"id": "2", "question": "Q2", "question_type": "inference_query"},
            ]
        },
    )
    asked = multihop.questions(tmp_path)
    assert [(q.id, q.kind, q.answer, q.facts, q.answerable) for q in asked] == [
        ("0", "comparison_query", "no", ("F", "G"), True),
        ("1", "null_query", "Insufficient information.", (), False),
        ("2", "inference_query", "yes", ("F",), True),
    ]
    documents = multihop.facts(tmp_path)
    assert [(d.text, d.title, d.publisher, d.published) for d in documents] == [
        ("F", "T", "S", date(2023, 9, 26)),
        ("G", "T", "S", date(2023, 9, 26)),
    ]
    assert len({d.key for d in documents}) == 2


def test_ramdocs(tmp_path: Path) -> None:
    put(
        tmp_path,
        "ramdocs/open.jsonl",
        [
            {
                "question": "Q",
                "documents": [
                    {"text": "A", "type": "correct", "answer": "x"},
                    {"text": "B", "type": "misinfo", "answer": "y"},
                ],
                "disambig_entity": [],
                "gold_answers": ["x"],
                "wrong_answers": ["y"],
            }
        ],
    )
    assert ramdocs.questions(tmp_path) == [
        ramdocs.Question(
            "ramdocs-000",
            "Q",
            (Document("ramdocs-000-0", "A"), Document("ramdocs-000-1", "B")),
            ("correct", "misinfo"),
            ("x",),
            ("y",),
        )
    ]


def test_clapnq(tmp_path: Path) -> None:
    passage = {"title": "T", "text": "One . Two .", "sentences": ["One .", "Two ."]}
    put(
        tmp_path,
        "clapnq/open.jsonl",
        [
            {
                "id": "-7",
                "input": "q",
                "passages": [passage],
                "answerable": True,
                "output": [
                    {"answer": "a", "selected_sentences": ["One ."]},
                    {"answer": "b", "selected_sentences": []},
                ],
            },
            {
                "id": "8",
                "input": "r",
                "passages": [passage],
                "answerable": False,
                "output": [{"answer": "", "selected_sentences": []}],
            },
        ],
    )
    first, second = clapnq.questions(tmp_path)
    assert first == clapnq.Question(
        "clapnq--7",
        "q",
        Document("clapnq--7", "One . Two .", "T"),
        ("One .", "Two ."),
        True,
        ("a", "b"),
        (("One .",),),
    )
    assert (second.answerable, second.answers, second.selections) == (False, (), ())


def test_support_sets(tmp_path: Path) -> None:
    put(
        tmp_path,
        "wice/claims_dev_oracle_chunks.jsonl",
        [
            {"label": "supported", "claim": "c", "evidence": ["e", "f"], "meta": {}},
            {"label": "partially_supported", "claim": "d", "evidence": [], "meta": {}},
        ],
    )
    put(
        tmp_path,
        "attributionbench/dev.jsonl",
        [
            {
                "question": "q",
                "claim": "c",
                "references": ["r"],
                "attribution_label": "not attributable",
                "src_dataset": "LFQA",
            }
        ],
    )
    assert support.wice(tmp_path) == [
        support.Pair("wice-0000", "c", ("e", "f"), "supported", True, "wice"),
        support.Pair("wice-0001", "d", (), "partially_supported", False, "wice"),
    ]
    assert support.attributionbench(tmp_path) == [
        support.Pair("attributionbench-0000", "c", ("r",), "not attributable", False, "LFQA")
    ]


def test_trafilatura(tmp_path: Path) -> None:
    put(
        tmp_path,
        "trafilatura-400/evaldata-400.json",
        {
            "https://a.example/x ": {
                "file": "eval/a.html.gz",
                "with": ["w"],
                "without": ["m", "n"],
                "title": "T",
                "author": "",
                "date": "2022-12-01",
            }
        },
    )
    put(tmp_path, "trafilatura-400/html/eval/a.html.gz", b"<p>w</p>")
    (page,) = trafilatura.pages(tmp_path)
    assert (page.url, page.wanted, page.unwanted, page.title, page.author, page.published) == (
        "https://a.example/x",
        ("w",),
        ("m", "n"),
        "T",
        None,
        "2022-12-01",
    )
    assert page.html() == b"<p>w</p>"


def test_attacks(tmp_path: Path) -> None:
    put(tmp_path, "attacks/bipia_text_attack_train.json", {"Kind": ["Do this.", "Do that."]})
    put(tmp_path, "attacks/bipia_email_train.jsonl", [{"context": "c", "question": "q", "ideal": ["a", "b"]}])
    put(
        tmp_path,
        "attacks/poisonedrag_nq.json",
        {
            "test1": {
                "id": "test1",
                "question": "q",
                "correct answer": "23",
                "incorrect answer": "24",
                "adv_texts": ["t"],
            }
        },
    )
    assert attacks.instructions(tmp_path) == [
        attacks.Instruction("Kind", "Do this."),
        attacks.Instruction("Kind", "Do that."),
    ]
    assert attacks.emails(tmp_path) == [attacks.Email("c", "q", "a; b")]
    assert attacks.poisoned(tmp_path) == [attacks.Poisoned("test1", "q", "23", "24", ("t",))]


def test_minhash(tmp_path: Path) -> None:
    put(tmp_path, "minhash/articles_100.train", "t1 One text.\nt2 Another text.\n")
    put(tmp_path, "minhash/articles_100.truth", "t2 t1\n")
    assert minhash.duplicates(tmp_path) == minhash.Duplicates(
        {"t1": "One text.", "t2": "Another text."}, frozenset({("t1", "t2")})
    )
    put(tmp_path, "minhash/articles_100.truth", "t2 t9\n")
    with pytest.raises(Absent, match="not in the set"):
        minhash.duplicates(tmp_path)


def test_chunking(tmp_path: Path) -> None:
    put(tmp_path, "chunking-eval/corpora/speech.md", "The whole text.")
    put(
        tmp_path,
        "chunking-eval/questions_df.csv",
        'question,references,corpus_id\n"Who, then?","[{""content"": ""whole"", '
        '""start_index"": 4, ""end_index"": 9}]",speech\n',
    )
    assert chunking.corpora(tmp_path) == {"speech": "The whole text."}
    assert chunking.questions(tmp_path) == [chunking.Question("chunking-000", "Who, then?", "speech", ((4, 9),))]


def test_spans_overlap_in_characters() -> None:
    # wanted 10..20; retrieved 5..15 and 12..15: 5 of 10 found, 13 retrieved + 10 wanted - 5 shared
    found = span_overlap([(5, 15), (12, 15)], [(10, 20)])
    assert found["span_recall"].value == 0.5
    assert found["span_iou"].value == pytest.approx(5 / 18)
    assert span_overlap([(0, 4)], [])["span_iou"].value is None


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    put(tmp_path, "wice/claims_dev_oracle_chunks.jsonl", '{"label"\n')
    with pytest.raises(Absent, match="damaged at line 1"):
        support.wice(tmp_path)


SIZES: list[tuple[Callable[[Path | None], Any], int]] = [
    (realtimeqa.questions, 639),
    (multihop.questions, 500),
    (multihop.facts, 438),
    (ramdocs.questions, 239),
    (clapnq.questions, 275),
    (support.wice, 1043),
    (support.attributionbench, 1198),
    (trafilatura.pages, 400),
    (attacks.poisoned, 100),
    (chunking.questions, 472),
]


@pytest.mark.parametrize(("load", "size"), SIZES)
def test_the_real_sets_have_the_sizes_that_are_told(
    load: Callable[[Path | None], Any], size: int, shared: Path
) -> None:
    assert len(load(shared / "bench")) == size


def test_the_real_questions_with_a_gold_article(shared: Path) -> None:
    asked = realtimeqa.questions(shared / "bench")
    assert sum(bool(q.gold_articles) for q in asked) == 205
    assert sum(bool(q.gold_articles) and q.clean for q in asked) == 163
