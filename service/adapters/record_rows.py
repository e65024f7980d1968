"""Rows of the record to the nouns of the service, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from service.domain import Article, Chunk, Source, Sourced, Span
from service.errors import UsageError
from service.ports import Draft, Vectors

T = TypeVar("T")
_SOURCED = ("title", "publisher", "author", "published", "credit")
_INSERTS: Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_PLAIN = ("file_id", "source", "filename", "path", "sha256", "text", "url", "origin_id", "reprint_of", "update_of")


def pieces(items: Sequence[T], size: int = 400) -> Iterator[Sequence[T]]:
    """The items in order, at most `size` at a time: databases bound the parameters of a statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def now() -> str:
    """The time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def insert_unless_there(connection: Connection, table: Table, **values: Any) -> sqlite.Insert | postgresql.Insert:
    """An insert that leaves a row with the same primary key as it is, also where several processes insert at once."""
    return _INSERTS[connection.dialect.name](table).values(**values).on_conflict_do_nothing()


def publisher_key(name: str) -> str:
    """What two spellings of a publisher's name share: no case, single blanks."""
    return " ".join(name.casefold().split())


def chunk_key(chunk_id: str) -> tuple[str, int, int] | None:
    """A chunk id as (file_id, version, position); None for what can't be one."""
    parts = chunk_id.rsplit(".", 2)
    if len(parts) != 3 or not parts[1].isascii() or not parts[2].isascii():
        return None
    if not parts[1].isdigit() or not parts[2].isdigit() or len(parts[1]) > 18 or len(parts[2]) > 9:
        return None
    return parts[0], int(parts[1]), int(parts[2])


def article_row(draft: Draft) -> dict[str, Any]:
    """The row of an article's version, but for its state."""
    article = draft.article
    row: dict[str, Any] = {name: getattr(article, name) for name in _PLAIN}
    for name in _SOURCED:
        value = getattr(article, name)
        row[name] = value and value.value
        row[f"{name}_from"] = value and value.found_in
    return row | {
        "pages": json.dumps(article.pages) if article.pages else None,
        "rests_on": json.dumps(article.rests_on) if article.rests_on else None,
        "version": draft.version,
        "publisher_key": publisher_key(article.publisher.value) if article.publisher else None,
        "signature": draft.signature,
        "fingerprint": draft.fingerprint,
        "chunk_count": len(draft.chunks),
        "added": now(),
    }


def part_rows(draft: Draft) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """The rows of a version's spans, its chunks and its vectors."""
    key = {"file_id": draft.article.file_id, "version": draft.version}
    spans = [
        key | {"position": position, "start_char": span.start, "end_char": span.end, "kind": span.kind}
        for position, span in enumerate(draft.article.spans)
    ]
    chunks = [
        key | {"chunk_id": chunk.chunk_id, "position": chunk.position, "start_char": chunk.start,
               "end_char": chunk.end, "header": chunk.header, "kind": chunk.kind}
        for chunk in draft.chunks
    ]
    data = np.ascontiguousarray(draft.vectors, dtype="<f4")
    return spans, chunks, key | {"dimension": data.shape[1] if data.ndim == 2 else 0, "data": data.tobytes()}


def matrix(data: bytes, dimension: int) -> Vectors:
    """A row's vectors, shape (chunks, dimension)."""
    flat = np.frombuffer(data, dtype="<f4").astype(np.float32, copy=False)
    return flat.reshape(-1, dimension) if dimension else np.zeros((0, 0), dtype=np.float32)


def article_of(row: Row[*tuple[Any, ...]], spans: Sequence[Row[*tuple[Any, ...]]]) -> Article:
    """An article from its row and those of its spans, in order."""
    return article_with(row, [Span(span.start_char, span.end_char, span.kind) for span in spans])


def article_with(row: Row[*tuple[Any, ...]], spans: Sequence[Span]) -> Article:
    """An article from its row and its spans, in order."""
    values = row._mapping
    found: dict[str, Any] = {name: values[name] for name in _PLAIN}
    for name in _SOURCED:
        if values[name] is not None:
            found[name] = Sourced(values[name], values[f"{name}_from"])
    return Article(
        **found,
        pages=tuple(json.loads(values["pages"])) if values["pages"] else (),
        rests_on=names(values["rests_on"]),
        spans=tuple(spans),
    )


def names(listed: str | None) -> tuple[str, ...]:
    """The names of a list kept as JSON."""
    return tuple(json.loads(listed)) if listed else ()


def source_of(row: Row[*tuple[Any, ...]]) -> Source:
    """What an answer tells of an article."""
    return Source(row.file_id, row.filename, row.sha256, row.title, row.publisher, row.published, row.url,
                  row.origin_id or row.file_id, row.reprint_of)


def chunk_of(row: Row[*tuple[Any, ...]], text: str) -> Chunk:
    """A chunk from its row and its article's text."""
    return Chunk(row.chunk_id, row.file_id, row.position, row.start_char, row.end_char,
                 text[row.start_char : row.end_char], row.header, row.kind)


def cursor_behind(last: Source) -> str:
    """Where a page of articles goes on, behind its last one."""
    return base64.urlsafe_b64encode(json.dumps([last.filename, last.file_id]).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[str, str]:
    """The file name and id of a `cursor_behind`. Raises UsageError."""
    try:
        name, file_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(name, str) or not isinstance(file_id, str):
            raise TypeError(name)
    except (ValueError, TypeError) as error:
        raise UsageError(f"{cursor!r} is no cursor of this list", advice="start without a cursor") from error
    return name, file_id
