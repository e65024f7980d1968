"""The gates `quote` and `body`: finding a model's quote in a passage, and widening it to its whole sentences.

A quote is found letter for letter; white space and the shapes of quotation marks, dashes and ellipses are set
aside, and the stored text then gives the true letters.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from service.answers.gates.fault import Fault
from service.domain import QUOTABLE, Quote, Source, Span
from service.language.sentences import split

LONGEST_QUOTE = 600
"""Code points of a widened quote; contract, section 4, rule 3."""
MOST_SENTENCES = 3
_LONGEST_GIVEN = 2 * LONGEST_QUOTE
_MOST_PLACES = 12
"""Places of one quote that are tried until one can be cited."""
_FEWEST_WORDS, _FEWEST_LETTERS = 3, 12

_QUOTES = dict.fromkeys("'\"‘’‚‛“”„‟′″‵‶´`«»‹›＂＇", "'")
_DASHES = dict.fromkeys("-‐‑‒–—―−﹘﹣－", "-")
_SHAPES = _QUOTES | _DASHES | {"…": "..."}
_MARKS = "'\"‘’‚‛“”„‟«»‹› \t\r\n\u00a0"
_BLANK_LINE = re.compile(r"(?:\r\n|\r|\n)[ \t\u00a0]*(?:(?:\r\n|\r|\n)[ \t\u00a0]*)+")
_LIST_LINE = re.compile(r"^[ \t\u00a0]*(?:[-*•▪◦‣–]|\d{1,3}[.)])[ \t\u00a0]+\S", re.MULTILINE)


@lru_cache(maxsize=20_000)
def _shape(character: str) -> str:
    """What a character counts as in the comparison; nothing for white space and invisible characters."""
    if character in _SHAPES:
        return _SHAPES[character]
    if character.isspace() or unicodedata.category(character) in ("Cf", "Cc"):
        return ""
    return unicodedata.normalize("NFD", character)


@lru_cache(maxsize=256)
def _shaped(text: str) -> tuple[str, tuple[int, ...]]:
    """The text in the shapes compared, and for each of its characters the place in the text that it stands
    for.
    """
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for shape in _shape(character):
            if shape == "-" and characters and characters[-1] == "-" and places[-1] == place - 1:
                places[-1] = place
                continue
            characters.append(shape)
            places.append(place)
    return "".join(characters), tuple(places)


def shaped(text: str) -> str:
    """The text in the shapes in which quotes are compared: no white space, one kind of quotation mark and
    dash.
    """
    return _shaped(text)[0]


def places_of(quote: str, text: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of each place in `text` where the quote stands as whole words."""
    wanted = shaped(quote.strip(_MARKS).removeprefix("...").removesuffix("...").strip("… " + _MARKS))
    if not wanted:
        return
    letters, places = _shaped(text)
    at = letters.find(wanted)
    while at >= 0:
        start, end = places[at], places[at + len(wanted) - 1] + 1
        if _parted(text, start) and _parted(text, end):
            yield start, end
        at = letters.find(wanted, at + 1)


def _parted(text: str, at: int) -> bool:
    """Whether no word goes on across this place."""
    return not (0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum())


def locate(
    quote: str, source: Source, text: str, spans: Sequence[Span], within: tuple[int, int]
) -> Quote | Fault:
    """The whole sentences of `text` in which a quote from the passage `within` stands, or why it can't be
    cited.
    """
    short = len(re.findall(r"\w+", quote)) < _FEWEST_WORDS and len(quote.strip()) < _FEWEST_LETTERS
    first, last = within
    if len(quote) > _LONGEST_GIVEN:
        return Fault("quote", f"The quote has {len(quote)} characters; quote one to three sentences.")
    fault = Fault("quote", f"The quote {quote[:80]!r} does not stand in the passage; copy its exact words.")
    for start, end in islice(places_of(quote, text[first:last]), _MOST_PLACES):
        found = widen(first + start, first + end, text, spans)
        if isinstance(found, Fault):
            fault = found
        elif short and _longer(text[found[0] : found[1]], quote):
            fault = Fault(
                "quote", f"The quote {quote!r} is too short to prove anything; quote the whole sentence."
            )
        else:
            return Quote(source, found[0], found[1], text[found[0] : found[1]])
    return fault


def _longer(text: str, quote: str) -> bool:
    return len(shaped(text).strip("'.!?")) > len(shaped(quote).strip("'.!?"))


def widen(start: int, end: int, text: str, spans: Sequence[Span]) -> tuple[int, int] | Fault:
    """The place of the whole sentences, headline, caption or list line around `text[start:end]`."""
    index = bisect_right([span.start for span in spans], start) - 1
    span = spans[index] if index >= 0 else None
    if span is None or start >= span.end or span.kind not in QUOTABLE:
        kind = span.kind if span is not None and start < span.end else "unmarked"
        return Fault(
            "body",
            f"The quote {text[start:end][:80]!r} is {kind} text, not the article's own; quote another.",
        )
    if end > span.end:
        others = [s.kind for s in spans[index + 1 :] if s.start < end]
        if any(kind not in QUOTABLE for kind in others):
            return Fault(
                "body", "The quote runs into text that is not the article's own; quote the article alone."
            )
        return Fault(
            "quote", "The quote runs over several paragraphs; cite each paragraph with a quote of its own."
        )
    if span.kind != "body":
        found = _trim(text, span.start, span.end)
        sentences = 1
    else:
        top, bottom = _paragraph(text, span, start)
        if end > bottom:
            return Fault(
                "quote", "The quote runs over several paragraphs; cite each with a quote of its own."
            )
        touched = [s for s in split(text, top, bottom) if s.start < end and s.end > start]
        if not touched:
            return Fault("quote", "The quote holds no words of a sentence; quote a whole sentence.")
        found, sentences = (touched[0].start, touched[-1].end), len(touched)
    if sentences > MOST_SENTENCES:
        return Fault("quote", f"The quote spans {sentences} sentences; quote at most {MOST_SENTENCES}.")
    if found[1] - found[0] > LONGEST_QUOTE:
        return Fault(
            "quote",
            f"The quoted sentences have {found[1] - found[0]} characters, more than "
            f"{LONGEST_QUOTE}; quote fewer or shorter ones.",
        )
    return found


def _paragraph(text: str, span: Span, at: int) -> tuple[int, int]:
    """The part of a span around a place: between blank lines, and a list line on its own."""
    top, bottom = span.start, span.end
    for match in _BLANK_LINE.finditer(text, span.start, span.end):
        if match.end() <= at:
            top = match.end()
        elif match.start() > at:
            bottom = match.start()
            break
    for match in _LIST_LINE.finditer(text, top, bottom):
        if match.start() <= at:
            top = match.start()
        else:
            bottom = match.start()
            break
    return _trim(text, top, bottom)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
