"""attacks: instructions that BIPIA plants into texts, and PoisonedRAG's texts that plant a wrong answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.data.bench import document, located, rows


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction to plant into an article, and the kind of task that it wants done."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail, a question about it and the answer; the text into which instructions are planted."""

    context: str
    question: str
    ideal: str


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A question with its right and wrong answer, and the texts that were written to plant the wrong one."""

    id: str
    question: str
    correct: str
    incorrect: str
    texts: tuple[str, ...]


def instructions(bench: Path | None) -> list[Instruction]:
    """BIPIA's text attacks. Raises Absent."""
    listed = document(located(bench, "attacks", "bipia_text_attack_train.json"))
    return [Instruction(kind, text) for kind, texts in listed.items() for text in texts]


def emails(bench: Path | None) -> list[Email]:
    """BIPIA's e-mails. Raises Absent."""
    return [
        Email(row["context"], row["question"], _one(row["ideal"]))
        for row in rows(located(bench, "attacks", "bipia_email_train.jsonl"))
    ]


def _one(ideal: object) -> str:
    return "; ".join(map(str, ideal)) if isinstance(ideal, list) else str(ideal)


def poisoned(bench: Path | None) -> list[Poisoned]:
    """PoisonedRAG's questions. Raises Absent."""
    listed = document(located(bench, "attacks", "poisonedrag_nq.json"))
    return [
        Poisoned(name, row["question"], row["correct answer"], row["incorrect answer"], tuple(row["adv_texts"]))
        for name, row in listed.items()
    ]
