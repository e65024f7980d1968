"""Pages written for this project, each line with its kind: `evals/spans/open` was tuned on, `evals/spans/held`
was not.

A line is `kind| words`; `off` is any kind that is no evidence. A line of several kinds stands in parts,
`kind> part` for all but the last, one blank between them. A page begins with `=== ` and a JSON object: its
name, whether it is Markdown, its file's name where that matters, and the metadata that it gives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from evals.data.bench import Absent

Half = Literal["open", "held"]
FOLDER: Final = Path(__file__).resolve().parent.parent / "spans"
FIELDS: Final = ("title", "publisher", "author", "published", "url", "credit")
"""The metadata that a page may give; a page without `title` in its head says nothing about its title."""
_LABEL: Final = re.compile(r"([a-z]+)([|>]) ")
_NONE: Final[dict[str, str | None]] = dict.fromkeys(("publisher", "author", "published", "url", "credit"))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page: its text, the kind of each stretch that isn't blank, the metadata it gives (None: it gives none)."""

    name: str
    markdown: bool
    text: str
    labels: tuple[tuple[int, int, str], ...]
    filename: str
    about: dict[str, str | None]


def labelled(half: Half) -> Iterator[Labelled]:
    """The pages of a half, in the order of its files. Raises Absent for a line without a label."""
    for path in sorted((FOLDER / half).glob("*.txt")):
        for part in path.read_text("utf-8").split("=== ")[1:]:
            head, _, rest = part.partition("\n")
            about: dict[str, Any] = json.loads(head)
            text, labels = _read(rest, path.name)
            name, markdown, filename = about.pop("name"), bool(about.pop("md", False)), about.pop("file", "")
            yield Labelled(name, markdown, text, labels, filename, _NONE | about)


def _read(lines: str, name: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """A page's text and its labels, from its labelled lines."""
    text, labels = "", []
    for line in lines.rstrip("\n").split("\n"):
        found = _LABEL.match(line)
        if line and not found:
            raise Absent(f"{name!r} has no label on the line {line!r}")
        words = line[found.end() :] if found else ""
        if found:
            labels.append((len(text), len(text) + len(words), found[1]))
        text += words + (" " if found and found[2] == ">" else "\n")
    return text, tuple(labels)
