"""A taken-down article's words leave a stored answer, and the answer keeps its form."""

from __future__ import annotations

import json
from typing import Any

from service.passages.takedown import redacted

ANSWER: dict[str, Any] = {
    "id": "ans_1", "question": "how many?", "status": "disputed",
    "answer": "Sources differ [1][2]. Wexel said 40 [1]. Others said 50 [2].",
    "statements": [
        {"text": "Sources differ [1][2].", "answer_start": 0, "answer_end": 22, "citations": [1, 2]},
        {"text": "Wexel said 40 [1].", "answer_start": 23, "answer_end": 41, "citations": [1]},
        {"text": "Others said 50 [2].", "answer_start": 42, "answer_end": 61, "citations": [2]}],
    "claims": [
        {"index": 1, "text": "40", "speaker": "Wexel", "citations": [1], "superseded_by": None},
        {"index": 2, "text": "50", "speaker": None, "citations": [2], "superseded_by": 1}],
    "citations": [
        {"index": 1, "type": "char_location", "cited_text": "Wexel said 40.", "start_char_index": 3,
         "end_char_index": 17, "file_id": "art_a", "filename": "a.txt", "file_sha256": "aa",
         "document_title": "Wexel speaks", "url": "https://example.org/#:~:text=Wexel", "origin_id": "org_a"},
        {"index": 2, "type": "char_location", "cited_text": "It was 50.", "start_char_index": 0,
         "end_char_index": 10, "file_id": "art_b", "filename": "b.txt", "file_sha256": "bb",
         "document_title": "B", "url": None, "origin_id": "org_b"}],
    "sources": [{"file_id": "art_a", "filename": "a.txt", "document_title": "Wexel speaks"},
                {"file_id": "art_b", "filename": "b.txt", "document_title": "B"}],
    "nearest": [{"file_id": "art_a", "cited_text": "Wexel again."}],
    "gates": [{"statement": "Wexel lied", "gate": "quote", "reason": "…"}],
}


def test_the_files_words_are_gone_and_the_rest_stands() -> None:
    left = redacted(ANSWER, "art_a")
    assert "Wexel" not in json.dumps(left)
    assert left["answer"] == "Withdrawn [1][2]. Withdrawn [1]. Others said 50 [2]."
    assert " ".join(one["text"] for one in left["statements"]) == left["answer"]
    for one in left["statements"]:
        assert left["answer"][one["answer_start"] : one["answer_end"]] == one["text"]
    assert left["citations"] == [
        {"index": 1, "type": "char_location", "cited_text": "", "start_char_index": 3, "end_char_index": 17,
         "file_id": "art_a", "filename": "a.txt", "file_sha256": "aa", "document_title": None, "url": None,
         "origin_id": "org_a"},
        ANSWER["citations"][1]]
    assert left["claims"] == [{**ANSWER["claims"][1], "superseded_by": None}]
    assert left["nearest"] == []
    assert left["sources"] == [{"file_id": "art_a", "filename": "a.txt", "document_title": None},
                               ANSWER["sources"][1]]
    assert ANSWER["statements"][1]["text"] == "Wexel said 40 [1].", "the answer given is not changed"


def test_an_answer_that_shows_nothing_of_the_file_is_as_it_was() -> None:
    left = redacted({**ANSWER, "gates": []}, "art_z")
    assert left == {**ANSWER, "gates": []}
