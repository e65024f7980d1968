"""clapnq: a question, its own passage in sentences, and which of them answer it, or that none does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.data.bench import located, rows
from evals.subject import Document


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its passage. `answers` and `selections` have one entry per annotator, none if
    unanswerable."""

    id: str
    question: str
    passage: Document
    sentences: tuple[str, ...]
    answerable: bool
    answers: tuple[str, ...]
    selections: tuple[tuple[str, ...], ...]


def questions(bench: Path | None) -> list[Question]:
    """All questions. Raises Absent."""
    found = []
    for row in rows(located(bench, "clapnq", "open.jsonl")):
        passage = row["passages"][0]
        given = [one for one in row["output"] if one["answer"].strip()] if row["answerable"] else []
        name = f"clapnq-{row['id']}"
        found.append(
            Question(
                name,
                row["input"],
                Document(name, passage["text"], passage["title"] or None),
                tuple(passage["sentences"]),
                bool(row["answerable"]),
                tuple(one["answer"] for one in given),
                tuple(tuple(one["selected_sentences"]) for one in given if one["selected_sentences"]),
            )
        )
    return found
