"""The JSON of answers is the contract's, field for field."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from service.answers.wire import answer_json, number_json, passage_json
from service.domain import Chunk, Passage
from tests.doors.examples import GAZETTE, disputed_answer, missing_answer


def test_an_answer_is_written_with_the_contracts_fields_in_their_order() -> None:
    written = answer_json(disputed_answer())
    assert list(written) == [
        "id", "question", "status", "reason", "answer", "statements", "claims", "claims_left_out",
        "citations", "sources", "nearest", "model", "fallback", "prompt", "index", "usage",
        "timings_ms", "created", "standalone_question", "thread_id",
    ]  # fmt: skip
    assert written["statements"][1] == {
        "text": "About 4,200 people were moved out on Monday night, the county said [1].",
        "answer_start": 23, "answer_end": 94, "citations": [1],
    }  # fmt: skip
    assert written["claims"] == [
        {"index": 1, "text": "About 4,200", "low": 4200, "high": 4200, "qualifier": "about", "unit": "people",
         "subject": "people moved out", "as_of": "2026-03-02", "speaker": "the county", "citations": [1],
         "origins": 1, "derived": False, "superseded_by": None},
        {"index": 2, "text": "3,000 at most", "low": None, "high": 2999.5, "qualifier": "at_most",
         "unit": None, "subject": "people moved out", "as_of": None, "speaker": None, "citations": [2],
         "origins": 2, "derived": True, "superseded_by": 1},
    ]  # fmt: skip
    assert list(written["citations"][0].items()) == [
        ("index", 1), ("type", "char_location"),
        ("cited_text", "About 4,200 people were moved out on Monday night, the county said."),
        ("start_char_index", 310), ("end_char_index", 377), ("file_id", "art_a"),
        ("filename", "harbour/flood-1.txt"), ("file_sha256", "a" * 64),
        ("document_title", "Flood empties the old town"), ("publisher", "Harbour Gazette"),
        ("published", "2026-03-03"), ("url", "https://gazette.example/flood?a=1&b=2"), ("origin_id", "org_a"),
        ("reprint_of", None),
    ]  # fmt: skip
    assert written["sources"][1] == {
        "file_id": "art_b", "filename": "flood-2.txt", "document_title": None, "publisher": None,
        "published": None, "url": None, "origin_id": "org_b", "reprint_of": "Coast Wire",
    }  # fmt: skip
    assert written["usage"] == {"prompt_tokens": 10, "completion_tokens": 2, "cost_usd": 0.25}
    assert written["timings_ms"] == {"retrieve": 1.2, "compose": 2.0, "verify": 0.0, "total": 3.3}
    assert json.loads(json.dumps(written)) == written


def test_the_nearest_passages_of_a_not_found_answer_have_a_citations_fields_without_its_number() -> None:
    written = answer_json(missing_answer())
    cited = answer_json(disputed_answer())["citations"][0]
    assert written["nearest"] == [{name: value for name, value in cited.items() if name != "index"}]
    assert (written["status"], written["reason"], written["citations"]) == ("not_found", "no_evidence", [])


def test_a_passage_has_the_fields_of_a_citation_then_its_scores() -> None:
    chunk = Chunk("art_a.1.0", "art_a", 0, 5, 9, "text", "header")
    written = passage_json(Passage(chunk, GAZETTE, 0.5, dense=0.75, lexical=None), 3)
    cited = answer_json(disputed_answer())["citations"][0]
    assert list(written) == [*cited, "score", "dense", "lexical"]
    assert (written["index"], written["cited_text"]) == (3, "text")
    assert (written["start_char_index"], written["end_char_index"]) == (5, 9)
    assert (written["score"], written["dense"], written["lexical"]) == (0.5, 0.75, None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_a_number_keeps_its_value_and_is_an_integer_when_it_is_whole(value: Decimal) -> None:
    written = number_json(value)
    assert isinstance(written, int) == (value == value.to_integral_value())
    assert float(value) == written if isinstance(written, float) else Decimal(written) == value
