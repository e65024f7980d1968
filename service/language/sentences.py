"""Sentences with their exact offsets, by the `sentencex` library, which keeps quotations and abbreviations whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sentencex import get_sentence_boundaries

_CLOCK = re.compile(r"\d\s?[ap]\.m\.$", re.I)
_OF_THE_DAY = re.compile(r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
                         r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d|"
                         r"[A-Z]{1,3}T\b|UTC|local\b)")
"""What a time of day goes on with, behind a full stop that ends no sentence: "4:45 p.m. Thursday", "7 p.m. EDT"."""
_UNSAFE = re.compile("[\\r\\n\\x00\\ud800-\\udfff]")
"""Characters that the library would break at or refuse; each becomes one blank, so that offsets stay."""
_WINDOW = 20_000
"""Characters that the library is given at once: of brackets and quotation marks it makes work that grows as the
square."""


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
    found: list[Sentence] = []
    for begin, stop in _boundaries(flat):
        first, last = start + begin, start + stop
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last and found and _CLOCK.search(text, max(start, found[-1].end - 8), found[-1].end) and (
                _OF_THE_DAY.match(text, first, last)):
            found[-1] = Sentence(found[-1].start, last)
        elif first < last:
            found.append(Sentence(first, last))
    return tuple(found)


def _boundaries(flat: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, as the library has them; a sentence longer than the window is cut."""
    at = 0
    while len(flat) - at > _WINDOW:
        edge = flat.rfind(" ", at + _WINDOW // 2, at + _WINDOW) + 1 or at + _WINDOW
        *whole, last = get_sentence_boundaries("en", flat[at:edge])
        for piece in whole or [last]:
            yield at + piece["start_index"], at + piece["end_index"]
        at = at + last["start_index"] if whole else edge
    for piece in get_sentence_boundaries("en", flat[at:]):
        yield at + piece["start_index"], at + piece["end_index"]
