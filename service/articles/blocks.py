"""A text as blocks: paragraphs, headings, list items and single lines, with their places.

A paragraph may stand on one line or be hard-wrapped over several. Wrapping shows in the lines themselves:
the next line's first word would not have fitted, and many lines start in the middle of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_BREAK = re.compile("\r\n|[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]")
_PAD = "[\\s\u200b\u2060\ufeff]"
_LEFT = re.compile(f"{_PAD}*")
_GAP = re.compile(f"{_PAD}+")
_ITEM = re.compile(r"(?:[-*+•●▪►◦–—]|\(?\d{1,2}[.)])[ \t]+(?=\S)")
_BULLET = re.compile(r"[-*+][ \t]+(?=\S)")
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_HEADING_END = re.compile(r"(?<![ \t])[ \t]+#+$")
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_UNDERLINE = re.compile(r"(=+|-{3,})$")
_RULE = re.compile(r"(?:[-*_=~·•#—–][ \t]*){3,}$")
_FENCE = re.compile(r"(?:```|~~~)")

NARROWEST, WIDEST = 30, 120
"""Columns between which text counts as hard-wrapped."""
LONGEST = 3000
"""Characters of a block that the wording rules look at; a longer block is prose."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text without surrounding white space; `indent` is the number of characters cut on the
    left."""

    start: int
    end: int
    indent: int
    run: int


@dataclass(slots=True)
class Block:
    """A paragraph, heading, list item or line. `text` is its beginning with white space made single blanks.

    `run` numbers the stretch without blank lines that it stands in; `heading` is a Markdown level, else 0.
    """

    start: int
    end: int
    text: str
    run: int
    heading: int = 0
    item: bool = False
    code: bool = False
    words: int = 0

    def __post_init__(self) -> None:
        self.words = self.text.count(" ") + 1 if self.text else 0


def read_blocks(text: str, *, markdown: bool, start: int = 0) -> list[Block]:
    """The blocks of `text[start:]` in order, offsets into `text`. Every character outside them is white
    space or Markdown's own mark (`#`, `-`, `>`)."""
    runs = list(_runs(text, start))
    width = _width(text, runs, markdown=markdown)
    blocks: list[Block] = []
    fenced = coded = False
    for run in runs:
        group: list[Line] = []
        for line in run:
            fence = markdown and bool(_FENCE.match(text, line.start, line.end))
            fenced = fenced != fence
            if group and not (coded or fence) and _continues(text, group[-1], line, width, markdown=markdown):
                group.append(line)
                continue
            if markdown and not (fenced or coded) and group and _underlined(text, group, line):
                blocks.append(_block(text, group, markdown=True, heading=1 if text[line.start] == "=" else 2))
                group = []
                continue
            if group:
                blocks.append(_block(text, group, markdown=markdown, code=coded))
            group, coded = [line], fenced or fence
        if group:
            blocks.append(_block(text, group, markdown=markdown, code=coded))
    return blocks


def flat(text: str, start: int, end: int) -> str:
    """`text[start:end]`, cut at LONGEST characters, each stretch of white space as one blank."""
    return _GAP.sub(" ", text[start : min(end, start + LONGEST)]).strip()


def _runs(text: str, start: int) -> Iterator[list[Line]]:
    """Stretches of lines that no blank line parts."""
    run: list[Line] = []
    number = 0
    for first, last in _line_bounds(text, start):
        left = _LEFT.match(text, first, last)
        begin = left.end() if left else first
        end = last
        while end > begin and (text[end - 1].isspace() or text[end - 1] in "\u200b\u2060\ufeff"):
            end -= 1
        if begin < end:
            run.append(Line(begin, end, begin - first, number))
        elif run:
            yield run
            number, run = number + 1, []
    if run:
        yield run


def _line_bounds(text: str, start: int) -> Iterator[tuple[int, int]]:
    at = start
    for mark in _BREAK.finditer(text, start):
        yield at, mark.start()
        at = mark.end()
    yield at, len(text)


def _first_word(text: str, line: Line) -> int:
    """Length of the line's first word."""
    stop = text.find(" ", line.start, line.end)
    return (line.end if stop < 0 else stop) - line.start


def _full(text: str, line: Line, after: Line, width: int) -> bool:
    """Whether the first word of the line after would not have fitted into this line's `width` columns."""
    return line.end - line.start + line.indent + 1 + _first_word(text, after) > width


def _width(text: str, runs: list[list[Line]], *, markdown: bool) -> int:
    """The column at which the text is hard-wrapped, or 0 when its line ends are paragraph ends."""
    widest = wrapped = pairs_seen = 0
    long = sum(line.end - line.start > WIDEST for run in runs for line in run)
    for run in runs:
        lines = [line for line in run if not (markdown and _opens_block(text, line))]
        pairs = list(pairwise(lines))
        width = max((line.end - line.start + line.indent for line in lines), default=0)
        if not pairs or not NARROWEST <= width <= WIDEST:
            continue
        inside = sum(text[after.start].islower() for _, after in pairs)
        full = sum(_full(text, line, after, width - 3) for line, after in pairs)
        pairs_seen += len(pairs)
        if inside >= 0.3 * len(pairs) and full >= 0.6 * len(pairs):
            widest, wrapped = max(widest, width), wrapped + len(pairs)
    return widest if wrapped * 2 > pairs_seen and wrapped > long else 0


def _opens_block(text: str, line: Line) -> bool:
    """Whether a line starts something of its own in Markdown."""
    first = text[line.start]
    return first in "#>|" or bool(_ITEM.match(text, line.start, line.end) or _FENCE.match(text, line.start, line.end))


def _continues(text: str, line: Line, after: Line, width: int, *, markdown: bool) -> bool:
    """Whether `after` goes on with the paragraph of `line`."""
    if not width or line.end - line.start + line.indent > width:
        return False
    if line.end - line.start == after.end - after.start and text.startswith(text[line.start : line.end], after.start):
        return False
    if _ITEM.match(text, after.start, after.end) or _RULE.match(text, after.start, after.end):
        return False
    if markdown and (text[after.start] in "#|" or text[line.start] in "#|"):
        return False
    if (text[after.start] == ">") != (text[line.start] == ">") or (
        not markdown and after.indent > line.indent + 1 and not _ITEM.match(text, line.start, line.end)
    ):
        return False
    length = line.end - line.start + line.indent
    if length < NARROWEST // 2:
        return False
    lower = text[after.start].islower() and text[line.end - 1] not in ".!?:"
    return _full(text, line, after, width - 3) or (lower and length >= 0.5 * width)


def _underlined(text: str, group: list[Line], line: Line) -> bool:
    """Whether `line` underlines the one line of the group before as a Markdown heading."""
    return (
        len(group) == 1
        and bool(_UNDERLINE.match(text, line.start, line.end))
        and not _RULE.match(text, group[0].start, group[0].end)
    )


def _block(text: str, group: list[Line], *, markdown: bool, heading: int = 0, code: bool = False) -> Block:
    """The block of a group of lines, without Markdown's own marks at its border."""
    start, end, run = group[0].start, group[-1].end, group[0].run
    item = bool(_ITEM.match(text, start, end))
    if markdown and not code and not _RULE.match(text, start, end):
        if quote := _QUOTE.match(text, start, end):
            start = quote.end()
        mark = _HEADING.match(text, start, end)
        if mark and len(group) == 1:
            heading, start = len(mark[1]), mark.end()
            tail = _HEADING_END.search(text, start, end)
            end = tail.start() if tail else end
        elif bullet := _BULLET.match(text, start, end):
            start = bullet.end()
        if left := _LEFT.match(text, start, end):
            start = left.end()
        start = start if start < end else group[0].start
    return Block(start, end, flat(text, start, end), run, heading, item, code)
