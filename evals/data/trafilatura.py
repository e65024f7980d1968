"""trafilatura-400: web pages with segments that belong to the article and segments that don't."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

from evals.data.bench import Absent, document, located


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page: the file with its HTML, wanted and unwanted segments, and metadata where a person noted it."""

    url: str
    path: Path
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    title: str | None
    author: str | None
    published: str | None

    def html(self) -> bytes:
        """The page as crawled. Raises Absent when the file is not there."""
        if not self.path.is_file():
            raise Absent(f"{self.path.name!r} is not there")
        data = self.path.read_bytes()
        return gzip.decompress(data) if self.path.suffix == ".gz" else data


def pages(bench: Path | None) -> list[WebPage]:
    """All pages, in the file's order. Raises Absent."""
    folder = located(bench, "trafilatura-400")
    listed = document(located(bench, "trafilatura-400", "evaldata-400.json"))
    return [
        WebPage(
            url.strip(),
            folder / "html" / row["file"],
            tuple(row.get("with") or ()),
            tuple(row.get("without") or ()),
            row.get("title") or None,
            row.get("author") or None,
            row.get("date") or None,
        )
        for url, row in listed.items()
    ]
