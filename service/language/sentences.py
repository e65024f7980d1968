"""Sentences with their exact offsets, by the `sentencex` library, which keeps quotations and abbreviations whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sentencex import get_sentence_boundaries

_UNSAFE = re.compile("[\\r\\n\\x00\\ud800-\\udfff]")
"""Characters that the library would break at or refuse; each becomes one blank, so that offsets stay."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's place: code points, end exclusive, without surrounding white space."""

    start: int
    end: int


def split(text: str, start: int = 0, end: int | None = None) -> tuple[Sentence, ...]:
    """The sentences of one paragraph, `text[start:end]`, in order.

    Line ends inside the paragraph are wrapping, not borders; nothing but white space lies between two sentences.
    """
    end = len(text) if end is None else end
    flat = _UNSAFE.sub(" ", text[start:end])
    found = []
    for piece in get_sentence_boundaries("en", flat):
        first, last = start + piece["start_index"], start + piece["end_index"]
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            found.append(Sentence(first, last))
    return tuple(found)
