"""Front matter: the `---` block of `key: value` lines that a Markdown or text file may begin with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.domain import Span

_OPEN = re.compile(r"\s*(?:---|\+\+\+)[ \t]*(?:\r\n|\r|\n)")
_CLOSE = re.compile(r"^(?:---|\+\+\+|\.\.\.)[ \t]*$", re.MULTILINE)
_PAIR = re.compile(r"^[ \t]*([\w-]{1,40})[ \t]*[:=][ \t]*((?:[^ \t\n]++|[ \t]++(?=[^ \t\n]))*+)[ \t]*$", re.MULTILINE)
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Its values by lower-case key, its place, and where the text after it begins."""

    values: dict[str, str]
    span: Span
    end: int


def front_matter(text: str) -> FrontMatter | None:
    """The front matter that `text` begins with, or None. Values keep their words; quotes around them
    don't count."""
    opened = _OPEN.match(text)
    if opened is None:
        return None
    head = text[: opened.end() + _LONGEST].replace("\r", "\n")
    closed = _CLOSE.search(head, opened.end())
    if closed is None:
        return None
    values: dict[str, str] = {}
    for key, value in _PAIR.findall(head[opened.end() : closed.start()]):
        values.setdefault(key.lower(), value.strip().strip("\"'").strip())
    if not values:
        return None
    start = len(text) - len(text.lstrip())
    return FrontMatter(values, Span(start, closed.start() + len(closed[0].rstrip()), "byline"), closed.end())
