"""multihop-rag-500: questions over several dated facts, null questions among them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.data.bench import day, document, located
from evals.subject import Document


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its answer, and the facts that it needs; a null question needs what no source says, so
    none."""

    id: str
    question: str
    kind: str
    answer: str
    facts: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether any source holds its answer."""
        return bool(self.facts)


def questions(bench: Path | None) -> list[Question]:
    """All questions with their evidence. Raises Absent."""
    truth = document(located(bench, "multihop-rag-500", "ground_truth.json"))
    asked = document(located(bench, "multihop-rag-500", "queries.json"))["queries"]
    return [
        Question(
            row["id"],
            row["question"],
            row["question_type"],
            truth[row["id"]]["answer"],
            tuple(evidence["fact"] for evidence in truth[row["id"]]["evidence_list"]),
        )
        for row in asked
    ]


def facts(bench: Path | None) -> list[Document]:
    """Every distinct fact as an article of its own, with title, source and day. Raises Absent."""
    truth = document(located(bench, "multihop-rag-500", "ground_truth.json"))
    found: dict[tuple[str, str], Any] = {}
    for question in truth.values():
        for evidence in question["evidence_list"]:
            found.setdefault((evidence["url"], evidence["fact"]), evidence)
    return [
        Document(
            "fact-" + hashlib.sha256("\0".join(key).encode()).hexdigest()[:20],
            evidence["fact"],
            evidence["title"],
            evidence["source"],
            day(evidence["published_at"]),
            evidence["url"],
        )
        for key, evidence in found.items()
    ]
