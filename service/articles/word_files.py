"""A Word document read as an article."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from service.articles.blocks import Block, flat
from service.articles.metadata import Metadata
from service.articles.readings import Reading
from service.articles.spans import label
from service.articles.web_pages import plain
from service.domain import Sourced
from service.errors import ReadError, TooLargeError

_MOST: Final = 200_000_000
"""Bytes that a document may unpack to."""
_STEP: Final = 1_000_000


def read_docx(data: bytes, name: str) -> Reading:
    """The article of a .docx file. Raises ReadError for one that is broken, locked or empty, TooLargeError for a
    bomb."""
    _check(data, name)
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        paragraphs = list(_paragraphs(Document(io.BytesIO(data))))
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, zipfile.BadZipFile, OSError) as error:
        told = "its parts don't fit together" if isinstance(error, KeyError | AttributeError) else error
        raise ReadError(
            f"{name!r} is broken, or no Word document: {told or type(error).__name__}", advice="save it anew as .docx"
        ) from error
    if not paragraphs:
        raise ReadError(f"{name!r} has no text", advice="leave the file out")
    parts: list[str] = []
    blocks: list[Block] = []
    at = 0
    for run, (words, level) in enumerate(paragraphs):
        gap = "\n\n" if parts else ""
        parts.append(gap + words)
        start, at = at + len(gap), at + len(gap) + len(words)
        blocks.append(Block(start, at, flat(words, 0, len(words)), run, heading=level))
    text = "".join(parts)
    title = next((Sourced(words, "title style") for words, level in paragraphs if level == 1), None)
    return Reading(text, label(text, blocks, None, markdown=False), Metadata(title=title))


def _check(data: bytes, name: str) -> None:
    """Raise TooLargeError for what unpacks to too much, counted and not as the file says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = 0
            for entry in archive.infolist():
                if entry.flag_bits & 1:
                    raise ReadError(f"{name!r} is locked with a password", advice="save it without a password")
                with archive.open(entry) as part:
                    while step := part.read(_STEP):
                        size += len(step)
                        if size > _MOST:
                            raise TooLargeError(
                                f"{name!r} unpacks to more than {_MOST:,} bytes", advice="leave the file out"
                            )
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error) as error:
        raise ReadError(f"{name!r} is broken, or no Word document: {error}", advice="save it anew as .docx") from error


def _paragraphs(document: object) -> Iterator[tuple[str, int]]:
    """The words of each paragraph and table row in order, and its heading's level, 0 for none."""
    from docx.document import Document
    from docx.table import Table

    if not isinstance(document, Document):
        raise ValueError("no text document")
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                cells = [plain(cell.text).strip() for cell in row.cells]
                if words := "  ".join(dict.fromkeys(filter(None, cells))):
                    yield words, 0
            continue
        style = str(part.style.name) if part.style is not None else ""
        for line in part.text.split("\n"):
            if words := plain(line).strip():
                yield words, _level(style)


def _level(style: str) -> int:
    if style == "Title":
        return 1
    number = style.removeprefix("Heading ")
    return min(int(number), 6) if style.startswith("Heading ") and number.isdigit() else 0
