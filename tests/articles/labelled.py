"""The labelled texts: each line of `data/labelled/*.txt` says what a line is, `kind| line`; `off` is any
kind that is no evidence. A text begins with `=== ` and a JSON object: its name, whether it is Markdown,
and the metadata it gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.articles.spans import find_spans
from service.domain import QUOTABLE

FOLDER = Path(__file__).parent / "data" / "labelled"


@dataclass(frozen=True)
class Labelled:
    """One text, the kind of each of its lines that isn't blank, and what is known of it."""

    name: str
    markdown: bool
    text: str
    labels: tuple[tuple[int, int, str], ...]
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
                kind, mark, words = line.partition("| ")
                assert mark or not line, f"{path.name}: no label on {line!r}"
                if mark:
                    labels.append((len(text), len(text) + len(words), kind))
                text += words + "\n"
            yield Labelled(about.pop("name"), bool(about.pop("md", False)), text, tuple(labels), about)
