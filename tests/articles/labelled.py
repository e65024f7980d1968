"""The labelled texts: each line of `data/labelled/*.txt` says what a line is, `kind| line`; `off` is any
kind that is no evidence. A line of several kinds stands in parts, `kind> part` for all but the last, one
blank between them. A text begins with `=== ` and a JSON object: its name, whether it is Markdown, its
file's name where that matters, and the metadata it gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.articles.spans import find_spans
from service.domain import QUOTABLE

_LABEL = re.compile(r"([a-z]+)([|>]) ")
FOLDER = Path(__file__).parent / "data" / "labelled"


@dataclass(frozen=True)
class Labelled:
    """One text, the kind of each of its lines that isn't blank, and what is known of it."""

    name: str
    markdown: bool
    text: str
    labels: tuple[tuple[int, int, str], ...]
    filename: str
    about: dict[str, Any]

    def misses(self) -> list[str]:
        """The lines whose kind is found wrong, each as "wanted, found: line"."""
        spans = find_spans(self.text, markdown=self.markdown)
        missed = []
        for start, end, wanted in self.labels:
            found = next((span.kind for span in spans if span.start < end and start < span.end), None)
            if (found in QUOTABLE) if wanted == "off" else found != wanted:
                missed.append(f"{wanted}, {found}: {self.text[start:end]}")
        return missed


def texts() -> Iterator[Labelled]:
    """All labelled texts."""
    for path in sorted(FOLDER.glob("*.txt")):
        for part in path.read_text("utf-8").split("=== ")[1:]:
            head, _, rest = part.partition("\n")
            about = json.loads(head)
            text, labels = "", []
            for line in rest.rstrip("\n").split("\n"):
                found = _LABEL.match(line)
                assert found or not line, f"{path.name}: no label on {line!r}"
                words = line[found.end() :] if found else ""
                if found:
                    labels.append((len(text), len(text) + len(words), found[1]))
                text += words + (" " if found and found[2] == ">" else "\n")
            name, markdown, filename = about.pop("name"), bool(about.pop("md", False)), about.pop("file", "")
            yield Labelled(name, markdown, text, tuple(labels), filename, about)
