"""Offsets: the share of citations whose words stand at their place. It must be all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evals.metrics.score import Score


def offsets(citations: Sequence[Mapping[str, Any]], text_of: Callable[[str], str | None]) -> Score:
    """Of an answer's citations (its JSON), those with `text[start:end] == cited_text`; unscored without
    any."""
    if not citations:
        return Score(None, "nothing is cited")
    wrong = []
    for citation in citations:
        text = text_of(citation["filename"])
        start, end = citation["start_char_index"], citation["end_char_index"]
        if text is None or text[start:end] != citation["cited_text"]:
            wrong.append(citation["index"])
    return Score(1 - len(wrong) / len(citations), f"{len(citations)} citations, wrong: {wrong}")
