"""Body against boilerplate: wanted segments kept, unwanted ones dropped, and trafilatura's P/R/F over all
pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.metrics.score import Score


@dataclass(frozen=True, slots=True)
class Segments:
    """A page's segments: wanted ones kept and lost, unwanted ones kept and dropped."""

    kept: int
    lost: int
    leaked: int
    dropped: int


def count_segments(text: str, wanted: Sequence[str], unwanted: Sequence[str]) -> Segments:
    """How many of a page's segments stand in the extracted text, letter for letter as trafilatura's
    evaluation does."""
    kept = sum(segment in text for segment in wanted)
    leaked = sum(segment in text for segment in unwanted)
    return Segments(kept, len(wanted) - kept, leaked, len(unwanted) - leaked)


def extraction(found: Segments) -> dict[str, Score]:
    """`kept` (of the wanted) and `dropped` (of the unwanted) as shares of one page's segments."""
    wanted, unwanted = found.kept + found.lost, found.leaked + found.dropped
    return {
        "kept": Score(found.kept / wanted if wanted else None, f"{found.kept} of {wanted} wanted segments"),
        "dropped": Score(
            found.dropped / unwanted if unwanted else None, f"{found.dropped} of {unwanted} unwanted segments"
        ),
    }


def precision_recall_f(pages: Iterable[Segments]) -> tuple[float, float, float]:
    """Precision, recall and F over all segments of all pages; 0 where a share has no base."""
    listed = list(pages)
    kept, lost, leaked = (sum(getattr(p, name) for p in listed) for name in ("kept", "lost", "leaked"))
    precision = kept / (kept + leaked) if kept + leaked else 0.0
    recall = kept / (kept + lost) if kept + lost else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0
