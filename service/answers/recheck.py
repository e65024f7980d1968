"""Whether the quotes of an old answer still stand in their files; contract, section 4, rule 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from service.errors import UsageError

State = Literal["valid", "moved", "source_changed", "source_removed"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one citation stands today; the offsets are the new ones for `moved`, the old ones for `valid`, else None."""

    index: int
    file_id: str
    filename: str
    state: State
    start_char_index: int | None
    end_char_index: int | None
    detail: str


def recheck(answer: Mapping[str, Any], text_of: Callable[[str], str | None]) -> list[Verdict]:
    """One verdict a citation of an answer's JSON, in their order.

    `text_of` gives the current text behind a file id, None where the source is gone. Raises UsageError when the JSON
    is no answer.
    """
    citations = answer.get("citations")
    if not isinstance(citations, list):
        raise UsageError("this is no answer: it has no list 'citations'",
                         advice="give the JSON that `onrecord ask --json` printed, or an answer's id")
    return [_verdict(citation, text_of) for citation in citations]


def _verdict(citation: Any, text_of: Callable[[str], str | None]) -> Verdict:
    try:
        index, file_id = int(citation["index"]), str(citation["file_id"])
        start, end, words = int(citation["start_char_index"]), int(citation["end_char_index"]), citation["cited_text"]
        filename = str(citation.get("filename", ""))
        if not isinstance(words, str):
            raise TypeError
    except (TypeError, KeyError, ValueError, AttributeError):
        raise UsageError("a citation lacks index, file_id, cited_text or its offsets",
                         advice="give the JSON that `onrecord ask --json` printed, or an answer's id") from None
    text = text_of(file_id)
    if text is None:
        return Verdict(index, file_id, filename, "source_removed", None, None, "the source is no longer there")
    if words and text[start:end] == words:
        return Verdict(index, file_id, filename, "valid", start, end, "the words stand where they were cited")
    place = _nearest_place(text, words, start) if words else None
    if place is None:
        return Verdict(index, file_id, filename, "source_changed", None, None,
                       "the source no longer holds these words")
    return Verdict(index, file_id, filename, "moved", place, place + len(words),
                   "the same words stand at another place")


def _nearest_place(text: str, words: str, old: int) -> int | None:
    """Where the words stand, nearest to their old place; None where they don't."""
    before, after = text.rfind(words, 0, old + len(words)), text.find(words, max(0, old))
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - old)) if places else None
