"""Answers made by hand, right against the contract, for the scorers to find fault with."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

Json = dict[str, Any]

COUNTY = """County counts the evacuated

By Mara Lindqvist

About 4,200 people were moved out on Monday night, the county said. The water had reached the market by ten.

“We did not wait for the second wave,” sheriff Jonas Hale said. He praised the crews, who had worked since
dawn.

The county opened eleven schools as shelters. Nobody was hurt in Tarnby.

You May Also Like

Bank robbers took 75,000 crowns from a branch in Oxley before they...
"""
MAYOR = """Mayor puts it lower

The mayor of Tarnby put it at 3,000 at most. The lower town stood empty on Tuesday, 3 March 2026.
"""


def write_articles(folder: Path) -> Path:
    """Two short articles as files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "001-county.txt").write_text(COUNTY, "utf-8")
    (folder / "002-mayor.txt").write_text(MAYOR, "utf-8")
    return folder


def citation(index: int, filename: str, words: str, **other: Any) -> Json:
    """A right citation of words that stand in one of the two articles."""
    text = {"001-county.txt": COUNTY, "002-mayor.txt": MAYOR}[filename]
    start = text.index(words)
    return {
        "index": index,
        "type": "char_location",
        "cited_text": words,
        "start_char_index": start,
        "end_char_index": start + len(words),
        "file_id": f"art_{filename[:3]}",
        "filename": filename,
        "file_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "document_title": text.split("\n")[0],
        "publisher": None,
        "published": None,
        "url": None,
        "origin_id": f"org_{filename[:3]}",
        "reprint_of": None,
    } | other


FIRST = "About 4,200 people were moved out on Monday night, the county said."
SECOND = "The mayor of Tarnby put it at 3,000 at most."


def claim(index: int, text: str, **other: Any) -> Json:
    """A claim of the disputed answer."""
    return {
        "index": index,
        "text": text,
        "low": 4200,
        "high": 4200,
        "qualifier": "about",
        "unit": "people",
        "subject": "people moved out",
        "as_of": None,
        "speaker": None,
        "citations": [index],
        "origins": 1,
        "derived": False,
        "superseded_by": None,
    } | other


def answer_of(texts: list[tuple[str, list[int]]], citations: list[Json], **other: Any) -> Json:
    """An answer from statements (with their markers) and citations; offsets and sources are made here."""
    statements, at = [], 0
    for text, cited in texts:
        statements.append({"text": text, "answer_start": at, "answer_end": at + len(text), "citations": cited})
        at += len(text) + 1
    kept = (
        "file_id",
        "filename",
        "document_title",
        "publisher",
        "published",
        "url",
        "origin_id",
        "reprint_of",
    )
    sources = {c["file_id"]: {name: c[name] for name in kept} for c in citations}
    return {
        "id": "ans_1",
        "question": "how many people were moved out?",
        "status": "answered",
        "reason": None,
        "answer": " ".join(text for text, _ in texts),
        "statements": statements,
        "claims": [],
        "claims_left_out": 0,
        "citations": citations,
        "sources": list(sources.values()),
        "nearest": [],
        "model": "extractive",
        "fallback": None,
        "prompt": None,
        "index": "cleaning-1",
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "cost_usd": 0.0},
        "timings_ms": {"retrieve": 1.0, "compose": 2.0, "verify": 0.5, "total": 3.5},
        "created": "2026-11-22T00:00:00Z",
    } | other


def disputed() -> Json:
    """The contract's own example, over the two articles."""
    return answer_of(
        [
            ("Sources differ [1][2].", [1, 2]),
            ("About 4,200 people were moved out on Monday night, the county said [1].", [1]),
            ("The mayor of Tarnby put it at 3,000 at most [2].", [2]),
        ],
        [citation(1, "001-county.txt", FIRST), citation(2, "002-mayor.txt", SECOND)],
        status="disputed",
        claims=[
            claim(1, "About 4,200", speaker="the county"),
            claim(2, "3,000 at most", low=None, high=3000, qualifier="at_most", speaker="The mayor of Tarnby"),
        ],
    )


def not_found(**other: Any) -> Json:
    """An honest "not found"."""
    return answer_of([], [], status="not_found", reason="no_evidence", answer="The articles don't say.") | other
