"""Kept answers, what readers said of them, and how an article's words leave them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from service.adapters.record_rows import now
from service.adapters.record_schema import answer_files, answers, feedback, takedowns
from service.errors import NotFoundError
from service.passages.takedown import redacted
from service.ports import Feedback

_QUOTING = ("citations", "sources", "nearest")
"""The parts of an answer whose entries name the file that their words are from."""


def save(connection: Connection, answer: Mapping[str, Any]) -> None:
    """Keep an answer as its JSON object, and which files it shows; without words of what was taken down meanwhile."""
    files = {entry.get("file_id") for part in _QUOTING for entry in answer.get(part, ())} - {None}
    for file_id in connection.scalars(select(takedowns.c.file_id).where(takedowns.c.file_id.in_(files))):
        answer = redacted(answer, file_id)
    connection.execute(
        answers.insert(), {"id": answer["id"], "created": answer["created"], "body": json.dumps(answer)})
    if files:
        connection.execute(
            answer_files.insert(),
            [{"answer_id": answer["id"], "file_id": file_id} for file_id in sorted(files)])


def load(connection: Connection, answer_id: str) -> dict[str, Any]:
    """A kept answer. Raises NotFoundError."""
    body = connection.scalar(select(answers.c.body).where(answers.c.id == answer_id))
    if body is None:
        raise NotFoundError(f"no answer {answer_id!r} is kept here", advice="check the id, and --data")
    kept: dict[str, Any] = json.loads(body)
    return kept


def comment(connection: Connection, answer_id: str, verdict: str, words: str | None, person: str | None) -> None:
    """Keep a reader's verdict, in place of this person's last. Raises NotFoundError for an answer that isn't there."""
    load(connection, answer_id)
    if person is not None:
        connection.execute(feedback.delete().where(feedback.c.answer_id == answer_id, feedback.c.person == person))
    connection.execute(feedback.insert(), {
        "answer_id": answer_id, "verdict": verdict, "comment": words, "created": now(), "person": person})


def comments(connection: Connection) -> list[Feedback]:
    """All verdicts, oldest first."""
    return [Feedback(row.answer_id, row.verdict, row.comment, row.person, row.created)
            for row in connection.execute(select(feedback).order_by(feedback.c.id))]


def redact(connection: Connection, file_id: str) -> None:
    """Take the file's words out of every answer that shows some."""
    query = select(answers.c.id, answers.c.body).join(answer_files).where(answer_files.c.file_id == file_id)
    for row in connection.execute(query).all():
        body = json.dumps(redacted(json.loads(row.body), file_id))
        connection.execute(answers.update().where(answers.c.id == row.id).values(body=body))
