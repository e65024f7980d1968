"""Chunk boundaries: recall and intersection over union in characters, as Chroma's chunking evaluation counts
them."""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.score import Score

Spans = Sequence[tuple[int, int]]


def _union(spans: Spans) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _length(spans: Spans) -> int:
    return sum(end - start for start, end in spans)


def span_overlap(retrieved: Spans, wanted: Spans) -> dict[str, Score]:
    """`span_recall`: the share of wanted characters that were retrieved; `span_iou`: shared over all
    characters, what was retrieved twice counted twice."""
    gold, got = _union(wanted), _union(retrieved)
    shared = sum(max(0, min(b, d) - max(a, c)) for a, b in gold for c, d in got)
    if not gold:
        return {"span_recall": Score(None, "nothing is wanted"), "span_iou": Score(None, "nothing is wanted")}
    why = f"{shared} of {_length(gold)} wanted characters, {_length(retrieved)} retrieved"
    everything = _length(retrieved) + _length(gold) - shared
    return {"span_recall": Score(shared / _length(gold), why), "span_iou": Score(shared / everything, why)}
