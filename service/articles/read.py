"""A file or some bytes, read as an article: decoded, marked, and described."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from service.articles.encodings import decode
from service.articles.metadata import Metadata, read_metadata
from service.articles.spans import find_spans
from service.domain import Article, Span
from service.errors import ReadError, TooLargeError

LONGEST_LINE: Final = 1_000_000
"""Characters of the longest line that an article may have."""

Reader = Callable[[bytes, str], tuple[str, tuple[Span, ...]]]
"""From a file's bytes and its name to the article's text and its spans."""


def _read_plain(data: bytes, name: str) -> tuple[str, tuple[Span, ...]]:
    text = _checked(decode(data, name), name)
    return text, find_spans(text, markdown=False)


def _read_markdown(data: bytes, name: str) -> tuple[str, tuple[Span, ...]]:
    text = _checked(decode(data, name), name)
    return text, find_spans(text, markdown=True)


READERS: Final[dict[str, Reader]] = {".txt": _read_plain, ".md": _read_markdown}
"""How files are read, by suffix in lower case."""
SUFFIXES: Final = frozenset(READERS)
"""The suffixes of files that can be read, in lower case."""


def file_id_of(source: str, filename: str) -> str:
    """The identity of an article: its source's name and the path below it, never its content."""
    name = f"{source}\0{filename}".encode("utf-8", "surrogatepass")
    return "art_" + hashlib.sha256(name).hexdigest()[:24]


def read_article(path: Path, *, source: str, filename: str, max_bytes: int) -> Article:
    """The article in a file. Raises TooLargeError over `max_bytes`, ReadError for what isn't a readable
    article."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(f"{filename!r} is not a regular file", advice="name a text file, or a folder of them")
        if status.st_size > max_bytes:
            raise _too_large(filename, status.st_size, max_bytes)
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise ReadError(
            f"{filename!r} can't be read: {error.strerror or error}",
            advice="check that the file is there and that you may read it",
        ) from error
    if len(data) > max_bytes:
        raise _too_large(filename, len(data), max_bytes)
    return read_bytes(data, source=source, filename=filename, path=str(path))


def read_bytes(
    data: bytes, *, source: str, filename: str, path: str | None = None, given: Metadata | None = None
) -> Article:
    """The article in some bytes; `filename` gives the format, what the caller has `given` counts before
    the text's own.

    Raises TooLargeError for a line over LONGEST_LINE, ReadError for what isn't a readable article.
    """
    suffix = Path(filename).suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        raise ReadError(
            f"{filename!r} has an unsupported format {suffix!r}",
            advice=f"convert it to one of {', '.join(sorted(SUFFIXES))}",
        )
    text, spans = reader(data, filename)
    if not any(span.kind == "body" for span in spans):
        raise ReadError(
            f"{filename!r} holds no article here: only headings, links, notices or forms",
            advice="save the article's own text into the file, or leave it out",
        )
    known = (given or Metadata()).over(read_metadata(text, spans, filename))
    return Article(
        file_id=file_id_of(source, filename),
        source=source,
        filename=filename,
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        text=text,
        spans=spans,
        title=known.title,
        publisher=known.publisher,
        author=known.author,
        published=known.published,
        url=known.url.value if known.url else None,
        credit=known.credit,
    )


def text_of_file(path: Path, *, max_bytes: int) -> str | None:
    """The text of a file as it stands there now, decoded as an article's is; None when it is gone, over
    `max_bytes` or no longer text."""
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
        return None if len(data) > max_bytes else decode(data, path.name)
    except (OSError, ReadError):
        return None


def _too_large(filename: str, size: int, limit: int) -> TooLargeError:
    return TooLargeError(
        f"{filename!r} has {size:,} bytes, more than the limit of {limit:,}",
        advice="split the file, or raise ONRECORD_MAX_FILE_BYTES",
    )


def _checked(text: str, name: str) -> str:
    """The text, unless it is blank or has a line that no article has."""
    if not text.strip("\u200b\u2060\ufeff \t\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029\xa0"):
        raise ReadError(f"{name!r} is empty", advice="put the article's text into the file, or leave it out")
    at = 0
    for number, mark in enumerate(re.finditer("\n|\r\n?|$", text), 1):
        if mark.start() - at > LONGEST_LINE:
            raise TooLargeError(
                f"{name!r} has a line of {mark.start() - at:,} characters (line {number}); the limit is "
                f"{LONGEST_LINE:,}",
                advice="break the text into paragraphs, or leave the file out",
            )
        at = mark.end()
    return text
