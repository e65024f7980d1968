"""The files that an answer may cite, as the contract reads them: text, hash, what may be quoted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.articles.encodings import decode
from service.articles.read import SUFFIXES, read_bytes
from service.errors import OnRecordError
from service.passages.sentences import quotable_sentences


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: `text` is decoded without its byte-order mark, `sha256` is that of the bytes.

    `sentences` are the (start, end) of all that may be quoted, in order, or None where the format gives no
    such view; `forbidden` are the (start, end) of lines that a person marked as no evidence.
    """

    filename: str
    text: str
    sha256: str
    sentences: tuple[tuple[int, int], ...] | None = None
    forbidden: tuple[tuple[int, int], ...] = ()


class SourceFolder:
    """A folder of articles, read on demand. `labels` is a `not_evidence.jsonl`, if there is one."""

    def __init__(self, root: Path, labels: Path | None = None) -> None:
        self.root = root
        self._read: dict[str, SourceFile | None] = {}
        self._marked = _labels(labels) if labels else {}

    def file(self, filename: str) -> SourceFile | None:
        """The file of this name below the folder (or of this base name in it); None where there is none."""
        if filename not in self._read:
            self._read[filename] = self._open(filename)
        return self._read[filename]

    def _open(self, filename: str) -> SourceFile | None:
        root = self.root.resolve()
        tries: Sequence[Path] = (root / filename, root / Path(filename).name)
        path = next((p for p in tries if p.is_file() and p.resolve().is_relative_to(root)), None)
        if path is None:
            return None
        data = path.read_bytes()
        return source_file(filename, data, marked=self._marked.get(path.name, ()))


def source_file(filename: str, data: bytes, *, marked: Collection[int] = ()) -> SourceFile:
    """The file as the contract reads it: UTF-8 where it is, else as the service detects.

    `marked` are the numbers (from 1) of lines that are no evidence.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = decode(data, filename)
    sentences: tuple[tuple[int, int], ...] | None = None
    if Path(filename).suffix.lower() in SUFFIXES:
        try:
            article = read_bytes(data, source="evals", filename=filename)
        except OnRecordError:
            sentences = ()
        else:
            sentences = tuple((start, end) for start, end, _ in quotable_sentences(article))
    return SourceFile(filename, text, hashlib.sha256(data).hexdigest(), sentences, _lines(text, marked))


def _labels(path: Path) -> dict[str, frozenset[int]]:
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return {row["filename"]: frozenset(mark["line"] for mark in row["lines"]) for row in rows}


def _lines(text: str, marked: Collection[int]) -> tuple[tuple[int, int], ...]:
    """Where these lines stand, line ends left out; blank ones are passed over."""
    found, at = [], 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if number in marked and line.strip():
            found.append((at, at + len(line.rstrip("\r\n"))))
        at += len(line)
    return tuple(found)
