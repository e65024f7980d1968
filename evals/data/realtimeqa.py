"""realtimeqa-2022: news articles as crawled, and questions of the day with short answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evals.data.bench import day, located, rows
from evals.subject import Document


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the day on which it was asked, its short answer, and the articles that hold it (or
    none)."""

    id: str
    question: str
    asked: date | None
    answer: str
    choices: tuple[str, ...]
    gold_articles: frozenset[str]
    clean: bool


def questions(bench: Path | None) -> list[Question]:
    """All questions, in the file's order. Raises Absent."""
    found = []
    for row in rows(located(bench, "realtimeqa-2022", "questions.jsonl")):
        right = [row["choices"][int(i)] for i in row["answer"]]
        found.append(
            Question(
                row["id"],
                row["question"],
                day(row["date"]),
                right[0],
                tuple(row["choices"]),
                frozenset(row.get("gold_articles") or ()),
                bool(row.get("clean")),
            )
        )
    return found


def articles(bench: Path | None) -> list[Document]:
    """All articles, their ids as keys. Raises Absent."""
    return [
        Document(row["id"], row["text"], row["title"], None, day(row["publish_date"]), row["url"])
        for row in rows(located(bench, "realtimeqa-2022", "articles.jsonl.gz"))
    ]
