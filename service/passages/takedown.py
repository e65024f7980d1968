"""Take an article's words out of a stored answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WITHDRAWN = "Withdrawn"
"""What stands for a statement whose source was taken down; its markers follow."""

_PLACE = frozenset({"index", "type", "start_char_index", "end_char_index", "file_id", "filename",
                    "file_sha256", "origin_id"})


def redacted(answer: Mapping[str, Any], file_id: str) -> dict[str, Any]:
    """The answer's JSON object without any words that it took from the file.

    The file's citations stay, emptied, so that numbers and `verify` (*source_removed*) still make sense. A
    statement that rests on one of them is withdrawn whole, since its own words may be the article's; claims
    that rest on one, the nearest passages from the file and the log of what did not pass go. The
    statements' offsets are made anew.
    """
    left = dict(answer)
    gone = {c["index"] for c in answer.get("citations", ()) if c.get("file_id") == file_id}
    for part in ("citations", "sources"):
        left[part] = [_emptied(e) if e.get("file_id") == file_id else e for e in answer.get(part, ())]
    left["nearest"] = [n for n in answer.get("nearest", ()) if n.get("file_id") != file_id]
    claims = [c for c in answer.get("claims", ()) if not gone.intersection(c.get("citations", ()))]
    kept = {c.get("index") for c in claims}
    left["claims"] = [
        c if c.get("superseded_by") in kept else {**c, "superseded_by": None} for c in claims
    ]
    if "gates" in left:
        left["gates"] = []
    if answer.get("statements"):
        left["statements"], left["answer"] = _statements(answer["statements"], gone)
    return left


def _emptied(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A citation or source that keeps its place and which file it was, and no words."""
    left = {key: value if key in _PLACE else None for key, value in entry.items()}
    return left | {"cited_text": ""} if "cited_text" in left else left


def _statements(statements: list[dict[str, Any]], gone: set[int]) -> tuple[list[dict[str, Any]], str]:
    """The statements with those that cite `gone` withdrawn, and the answer they make, joined by one space."""
    made: list[dict[str, Any]] = []
    length = 0
    for statement in statements:
        cites = statement.get("citations", ())
        words = str(statement.get("text", ""))
        if gone.intersection(cites):
            words = f"{WITHDRAWN} {''.join(f'[{n}]' for n in cites)}."
        made.append({**statement, "text": words, "answer_start": length, "answer_end": length + len(words)})
        length += len(words) + 1
    return made, " ".join(statement["text"] for statement in made)
