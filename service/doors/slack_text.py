"""Words as Slack shows them: rich text, in which nothing is mark-up, and the same as one string for notifications.

In rich text a word is a word and a link is a field of its own, so that no article and no model can mention a channel,
format a message or show a link under a false name. In the string `&`, `<` and `>` are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal
from urllib.parse import urlsplit

BLOCK_LIMIT = 3_000
"""Longest text of one block, in characters."""

NAME_LIMIT = 120
"""Longest title or name shown, in characters."""

LINK_LIMIT = 500
"""Longest address that becomes a link, in characters."""

_MARKER = re.compile(r"\[(\d{1,3})\]")

Message = dict[str, Any]
Style = Literal["bold", "italic"]


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style; with `url` they are a link."""

    text: str
    style: Style | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: plain, a point of a list, or a quotation."""

    runs: tuple[Run, ...]
    shape: Literal["plain", "bullet", "quote"] = "plain"

    @property
    def length(self) -> int:
        """In characters."""
        return sum(len(run.text) for run in self.runs)


def line(*parts: str | Run) -> Line:
    """A plain paragraph."""
    return Line(tuple(_runs(parts)))


def bullet(*parts: str | Run) -> Line:
    """A point of a list."""
    return Line(tuple(_runs(parts)), "bullet")


def quotation(words: str) -> Line:
    """Words of an article."""
    return Line((Run(words),), "quote")


def bold(text: str) -> Run:
    """Words in bold type."""
    return Run(text, "bold")


def italic(text: str) -> Run:
    """Words in italics."""
    return Run(text, "italic")


def linked(text: str, links: Mapping[int, str | None]) -> list[Run]:
    """Text with each marker [n] as a link to its source, where that has an address."""
    runs: list[Run] = []
    end = 0
    for found in _MARKER.finditer(text):
        runs += [Run(text[end:found.start()]), link(links.get(int(found[1])), found[0])]
        end = found.end()
    return [*runs, Run(text[end:])]


def link(url: str | None, label: str) -> Run:
    """A link to a stored address, or the label alone where that is no plain web address."""
    return Run(label, None, url if url and _is_plain(url) else None)


def rich_text(lines: Iterable[Line]) -> list[Message]:
    """Lines as rich text blocks, none longer than BLOCK_LIMIT; no block where there are no words."""
    packed: list[list[Line]] = []
    size = 0
    for piece in (piece for one in lines for piece in _pieces(one)):
        if not packed or size + piece.length + 1 > BLOCK_LIMIT:
            packed.append([])
            size = 0
        packed[-1].append(piece)
        size += piece.length + 1
    return [{"type": "rich_text", "elements": list(_elements(group))} for group in packed]


def as_text(lines: Iterable[Line]) -> str:
    """Lines as one string, in which Slack finds no mention and no link but ours."""
    return "\n".join({"plain": "", "bullet": "• ", "quote": "“"}[one.shape] + "".join(map(_told, one.runs))
                     + ("”" if one.shape == "quote" else "") for one in lines)


def escaped(text: str) -> str:
    """Text in which Slack finds neither mention nor link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def button(label: str, action: str, value: str) -> Message:
    """A button; the label has 75 characters at most."""
    return {"type": "button", "action_id": action, "value": value, "text": plain_text(label)}


def context(text: str) -> Message:
    """Small print."""
    return {"type": "context", "elements": [plain_text(text)]}


def plain_text(text: str) -> Message:
    """Text without any mark-up, where Slack takes no rich text."""
    return {"type": "plain_text", "text": text, "emoji": False}


def short_name(text: str) -> str:
    """A title or name that fits into a line."""
    return text if len(text) <= NAME_LIMIT else text[:NAME_LIMIT] + "…"


def words_of(block: Message) -> str:
    """The words that a block shows, buttons aside."""
    if block["type"] == "context":
        return "".join(str(one["text"]) for one in block["elements"])
    if block["type"] != "rich_text":
        return ""
    return "\n".join("".join(str(one["text"]) for one in section["elements"])
                     for element in block["elements"]
                     for section in (element["elements"] if element["type"] == "rich_text_list" else [element]))


def _runs(parts: Sequence[str | Run]) -> Iterator[Run]:
    """The parts as runs, those of the same kind joined, empty ones left out."""
    whole = [Run(part) if isinstance(part, str) else part for part in parts]
    for (style, url), group in groupby(whole, lambda run: (run.style, run.url)):
        if text := "".join(run.text for run in group):
            yield Run(text, style, url)


def _elements(lines: Sequence[Line]) -> Iterator[Message]:
    for shape, group in groupby(lines, lambda one: one.shape):
        several = list(group)
        if shape == "bullet":
            yield {"type": "rich_text_list", "style": "bullet",
                   "elements": [{"type": "rich_text_section", "elements": list(map(_element, one.runs))}
                                for one in several]}
        elif shape == "quote":
            yield from ({"type": "rich_text_quote", "elements": list(map(_element, one.runs))} for one in several)
        else:
            runs = [run for one in several for run in (*one.runs, Run("\n"))][:-1]
            yield {"type": "rich_text_section", "elements": list(map(_element, _runs(runs)))}


def _element(run: Run) -> Message:
    if run.url:
        return {"type": "link", "url": run.url, "text": run.text}
    return {"type": "text", "text": run.text} | ({"style": {run.style: True}} if run.style else {})


def _told(run: Run) -> str:
    if run.url:
        return f"<{run.url.replace('&', '&amp;')}|{escaped(run.text).replace('|', '¦')}>"
    return escaped(run.text)


def _pieces(one: Line) -> Iterator[Line]:
    """A line, cut where it is too long for one block: at a blank where there is one."""
    kept: list[Run] = []
    room = BLOCK_LIMIT - 1
    for run in one.runs:
        rest = run.text
        while len(rest) > room:
            cut = rest.rfind(" ", 1, room)
            cut = cut if cut > 0 else room
            yield Line((*kept, *_runs([Run(rest[:cut], run.style, run.url)])), one.shape)
            kept, room, rest = [], BLOCK_LIMIT - 1, rest[cut:].lstrip()
        kept += _runs([Run(rest, run.style, run.url)])
        room -= len(rest)
    if kept:
        yield Line(tuple(kept), one.shape)


def _is_plain(url: str) -> bool:
    """Whether an address is a web address that Slack and a reader take for the same one."""
    if len(url) > LINK_LIMIT or any(sign in url for sign in "<>|\"' ") or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
