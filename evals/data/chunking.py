"""chunking-eval: questions with the exact stretches of five texts that answer them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from evals.data.bench import located


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its text's name, and the (start, end) of each stretch that answers it; code points."""

    id: str
    question: str
    corpus: str
    spans: tuple[tuple[int, int], ...]


def corpora(bench: Path | None) -> dict[str, str]:
    """The texts by name. Raises Absent."""
    folder = located(bench, "chunking-eval", "corpora")
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.md"))}


def questions(bench: Path | None) -> list[Question]:
    """All questions. Raises Absent."""
    with located(bench, "chunking-eval", "questions_df.csv").open(encoding="utf-8", newline="") as file:
        return [
            Question(
                f"chunking-{number:03d}",
                row["question"],
                row["corpus_id"],
                tuple((r["start_index"], r["end_index"]) for r in json.loads(row["references"])),
            )
            for number, row in enumerate(csv.DictReader(file))
        ]
