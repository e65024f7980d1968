"""The examples in the API's description: calls on `samples/` and what they answer."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_PLACE: Json = {
    "file_id": "art_9e187a21e6a6024baeeba84a",
    "filename": "009-flood-harbour-gazette-friday.md",
    "document_title": "Flood toll rises to 14 as Kelby counts the cost",
    "publisher": "Harbour Gazette",
    "published": "2026-03-06",
    "url": None,
    "origin_id": "org_51a7aef595454e2240a91b0b",
    "reprint_of": None,
}
_QUOTE: Json = {
    "type": "char_location",
    "cited_text": "A public inquiry will be led by Amara Lund, a retired judge.",
    "start_char_index": 933,
    "end_char_index": 993,
    **_PLACE,
    "file_sha256": "a41550e6b0f8f0a1f0f2a5b1c6d7e8f90123456789abcdef0123456789abcdef",
}
_ANSWER_ID = "ans_bc893233166771b7c4e87273"
_STATEMENT: Json = {"text": "A public inquiry will be led by Amara Lund, a retired judge [1].",
                    "answer_start": 0, "answer_end": 64, "citations": [1]}

ASK: Json = {"question": "who leads the inquiry?"}
ASK_STREAM: Json = {"question": "how many people were arrested?", "stream": True, "published_after": "2025-01-01"}
ANSWER: Json = {
    "id": _ANSWER_ID,
    "question": "who leads the inquiry?",
    "status": "answered",
    "reason": None,
    "answer": _STATEMENT["text"],
    "statements": [_STATEMENT],
    "claims": [],
    "claims_left_out": 0,
    "citations": [{"index": 1, **_QUOTE}],
    "sources": [_PLACE],
    "nearest": [],
    "model": "extractive",
    "fallback": None,
    "prompt": None,
    "index": "cleaning-3.chunking-2.0a1b2c3d4e5f",
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "cost_usd": 0.0},
    "timings_ms": {"retrieve": 12.1, "compose": 20.4, "verify": 3.0, "total": 35.5},
    "created": "2026-11-22T00:00:00Z",
    "standalone_question": None,
    "thread_id": None,
}
EVENTS = (
    'event: meta\ndata: {"id": "ans_…", "question": "how many people were arrested?", …}\nid: 1\n\n'
    'event: statement\ndata: {"text": "Police said 12 people were arrested [1].", …}\nid: 2\n\n'
    "event: done\ndata: {…the whole answer…}\nid: 3\n\n"
)
EVENT_SCHEMA: Json = {"type": "object", "required": ["data"], "properties": {
    "event": {"type": "string"}, "data": {"type": "string"}, "id": {"type": "string"}}}
SEARCH: Json = {"query": "dyke culvert", "limit": 3}
PASSAGES: Json = {"passages": [{"index": 1, **_QUOTE, "score": 0.0328, "dense": 0.516, "lexical": 5.26}]}
VERIFICATION: Json = {
    "id": _ANSWER_ID,
    "citations": [{"index": 1, "file_id": _PLACE["file_id"], "filename": _PLACE["filename"], "state": "moved",
                   "start_char_index": 941, "end_char_index": 1001, "detail": "the same words stand elsewhere now"}],
}
FEEDBACK: Json = {"verdict": "wrong", "comment": "the inquiry has a new head since May"}
FEEDBACK_KEPT: Json = {"answer_id": _ANSWER_ID, **FEEDBACK}
WATCH: Json = {"question": "how many people were arrested?", "notify": {"webhook_url": "https://example.org/hook"}}
WATCHED: Json = {
    "id": "wat_4f0d2c9b8a7e6d5c4b3a2918",
    "question": WATCH["question"],
    "published_after": None,
    "published_before": None,
    "publishers": [],
    "file_ids": [],
    "notify": WATCH["notify"],
    "answer_id": _ANSWER_ID,
    "created": "2026-11-22T00:00:00Z",
}
CHAT: Json = {"model": "onrecord", "messages": [{"role": "user", "content": "who leads the inquiry?"}]}
RESPONSES: Json = {"model": "onrecord", "input": "who leads the inquiry?"}
ARTICLE: Json = {
    "filename": "harbour/market.txt",
    "title": "Kelby reopens its market hall",
    "publisher": "Harbour Post",
    "published": "2026-04-02",
    "text": "The market hall of Kelby reopened on Thursday with 42 stalls, the town council said.",
}
INGESTED: Json = {"added": 1, "updated": 0, "unchanged": 0, "removed": 0, "failed": [], "articles": 15, "passages": 59,
                  "seconds": 0.751, "file_ids": ["art_acc872cfd8d022573673cdce"]}
PUBLISHERS: Json = {"publishers": [{"publisher": "Harbour Gazette", "articles": 4}]}
FAILURES: Json = {"failures": [{"path": "/srv/articles/scan.pdf", "error": "no text in the PDF: it may be scanned",
                                "when": "2026-11-22T00:00:00Z"}], "next_cursor": None}
ARTICLES: Json = {"articles": [_PLACE], "next_cursor": None}


def request(*bodies: Json) -> Json:
    """The part of a path's description that shows example bodies."""
    named = {f"example-{number}": {"value": body} for number, body in enumerate(bodies, 1)}
    return {"requestBody": {"content": {"application/json": {"examples": named}}}}
