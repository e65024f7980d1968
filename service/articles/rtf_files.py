"""A rich text file (.rtf) read as an article."""

from __future__ import annotations

from service.articles.readings import Reading
from service.articles.spans import find_spans
from service.articles.web_pages import plain
from service.errors import ReadError


def read_rtf(data: bytes, name: str) -> Reading:
    """The article of an .rtf file, a paragraph each for its paragraphs. Raises ReadError for one that is broken or
    empty."""
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        raise ReadError(f"{name!r} is no rich text file", advice="save it anew as .rtf, or its text as .txt")
    from striprtf.striprtf import rtf_to_text

    try:
        told: str = rtf_to_text(data.decode("latin-1"), encoding="cp1252", errors="replace")
    except (ValueError, LookupError, IndexError, TypeError, OverflowError) as error:
        raise ReadError(f"{name!r} is a broken rich text file: {error}", advice="save it anew as .rtf") from error
    words = told.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = "\n\n".join(line for part in words.splitlines() if (line := plain(part).strip()))
    if not text:
        raise ReadError(f"{name!r} has no text", advice="leave the file out")
    return Reading(text, find_spans(text, markdown=False))
