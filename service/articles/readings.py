"""What a reader makes of a file: the text that citations count in, what in it is what, and what the file tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from service.articles.metadata import Metadata
from service.domain import Span


@dataclass(frozen=True, slots=True)
class Reading:
    """One article as its reader has it.

    `text` is the file itself for plain text, else the reading copy; `told` what the format says besides the text
    (tags, headers, fields), which counts before what the text says; `pages` where each page after the first begins,
    in code points. `key` names the article within a file that holds several; `sha256` is then the hash of its own
    part.
    """

    text: str
    spans: tuple[Span, ...]
    told: Metadata = field(default_factory=Metadata)
    pages: tuple[int, ...] = ()
    key: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A part of a file with several articles that can't be read, and why."""

    key: str
    error: str


Reader = Callable[[bytes, str], Reading]
"""From a file's bytes and its name to its article. Raises ReadError or TooLargeError."""
