"""Readers' verdicts as gold questions: what helped must stay, what was wrong must not be said again.

An answer with more verdicts `helpful` than `wrong` becomes a line that asks for its status, its figures and its
sources; else one that refuses its very words. A line is a proposal: a person reads it before it joins a gold file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from service.errors import NotFoundError
from service.ports import Feedback
from service.wiring import OnRecord

_MARKER = re.compile(r"\s*\[\d+\]")
STATUSES = ("answered", "disputed", "not_found")
Json = dict[str, Any]


def feedback_cases(service: OnRecord) -> list[Json]:
    """The verdicts of an archive as gold lines, in the order of the answers' first verdicts. Raises StateError."""
    votes: dict[str, list[Feedback]] = {}
    for one in service.feedback_given():
        votes.setdefault(one.answer_id, []).append(one)
    cases = []
    for answer_id, given in votes.items():
        try:
            cases.append(case_of(service.answer(answer_id), given))
        except NotFoundError:
            continue
    return cases


def case_of(answer: Mapping[str, Any], given: Iterable[Feedback]) -> Json:
    """One answer and what was said of it as a gold line."""
    votes = list(given)
    count = Counter(one.verdict for one in votes)
    comments = [one.comment for one in votes if one.comment]
    told = f"{count['helpful']} helpful, {count['wrong']} wrong"
    case: Json = {"id": f"feedback-{answer['id']}", "q": answer.get("standalone_question") or answer["question"],
                  "tags": ["feedback"], "as_of": str(answer["created"])[:10],
                  "note": "; ".join([told, *comments])}
    if count["helpful"] > count["wrong"]:
        names = [PurePosixPath(one["filename"]).name for one in answer["citations"]]
        figures = [re.escape(claim["text"]) for claim in answer["claims"] if claim["text"] in answer["answer"]]
        return case | {"status": [answer["status"]], "must": figures, "cite_any": list(dict.fromkeys(names))}
    refused = [_pattern(statement["text"]) for statement in answer["statements"]]
    return case | {"status": list(STATUSES), "must_not": refused} if refused else case | {
        "status": [status for status in STATUSES if status != answer["status"]]}


def _pattern(statement: str) -> str:
    """The statement's words, whatever its markers are."""
    return r"(?:\s*\[\d+\])*".join(re.escape(part) for part in _MARKER.split(statement))
