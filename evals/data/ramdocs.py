"""ramdocs: questions whose documents agree, differ by meaning, are beside the point, or are wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.data.bench import located, rows
from evals.subject import Document


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its own documents; `kinds` says of each `correct`, `noise` or `misinfo`."""

    id: str
    question: str
    documents: tuple[Document, ...]
    kinds: tuple[str, ...]
    gold: tuple[str, ...]
    wrong: tuple[str, ...]


def questions(bench: Path | None) -> list[Question]:
    """All questions; document keys are unique over the whole set. Raises Absent."""
    found = []
    for number, row in enumerate(rows(located(bench, "ramdocs", "open.jsonl"))):
        name = f"ramdocs-{number:03d}"
        found.append(
            Question(
                name,
                row["question"],
                tuple(Document(f"{name}-{i}", text["text"]) for i, text in enumerate(row["documents"])),
                tuple(text["type"] for text in row["documents"]),
                tuple(row["gold_answers"]),
                tuple(row["wrong_answers"]),
            )
        )
    return found
