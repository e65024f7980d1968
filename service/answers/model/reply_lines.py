"""The model's reply as it streams in: JSON Lines, read with patience for all that models put around them.

Only complete lines are looked at, so how the reply was cut into pieces makes no difference. Nothing is
guessed: an object that is not as the exchange wants it is reported as unreadable. Nothing here raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from service.language.wellformed import wellformed

MAX_LINE = 20_000
"""Characters of one line, or of one object over several lines, that are held; longer ones are unreadable."""
MAX_DEPTH = 40
"""Nesting at which an object is given up."""
MAX_QUOTES = 50
"""Citations of one statement that are read."""

_NAMES = "think|thinking|thought|thoughts|reasoning|reflection|analysis|scratchpad"
_THOUGHT = re.compile(rf"<(?:{_NAMES})>", re.IGNORECASE)
_THOUGHT_END = re.compile(rf"</(?:{_NAMES})>", re.IGNORECASE)
_LONGEST_TAG = len("</scratchpad>")
_OBJECT = re.compile(r'\{\s*(?:["}]|$)')
_ANEW = re.compile(r'[\s,\[\-*>]{0,20}\{\s{0,20}"(?:statement|not_found)"')
_BRACE_FIRST = re.compile(r"[\s,\[}\]]{0,20}\{")
_SYNTAX = re.compile(r'["{}\[\]]')
_STRING_REST = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_STRING_OR_COMMA = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|,(?=\s*[}\]])', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the model said.

    `kind` is `statement` (with its text and its (passage key, quote) pairs, nothing of it checked),
    `not_found`, or `unreadable` (an object that is neither). `raw` is the start of what was written there.
    """

    kind: Literal["statement", "not_found", "unreadable"]
    statement: str = ""
    quotes: tuple[tuple[str, str], ...] = ()
    raw: str = ""


class Lines:
    """Text in, lines out; what is held stays below a small multiple of MAX_LINE.

    Survived are prose, code fences, list signs and reasoning blocks around the lines, a JSON array or another
    wrapper around all of them, several objects on a line, one object over several lines, trailing commas, a
    missing end of line, line breaks inside strings, unknown keys and wrong types.
    """

    def __init__(self) -> None:
        self._rest = ""  # read so far, and no complete line
        self._skipped = ""  # the start of an overlong line whose end is still to come
        self._thinking = False
        self._open: list[str] = []  # the lines of an object that is not closed yet
        self._depth = 0
        self._quoted = False

    def feed(self, text: str) -> list[Line]:
        """The lines that this piece of the reply completes."""
        self._rest += text
        return list(self._take(final=False))

    def finish(self) -> list[Line]:
        """What is left when the reply ends, whether or not its last line was ended."""
        found = [*self._take(final=True), *self._abandon()]
        self._thinking = False
        return found

    def _take(self, *, final: bool) -> Iterator[Line]:
        while self._rest or (final and self._skipped):
            if self._thinking:
                end = _THOUGHT_END.search(self._rest)
                if end is None:
                    self._rest = "" if final else self._rest[-_LONGEST_TAG:]
                    return
                self._rest, self._thinking = self._rest[end.end():], False
                continue
            if not self._skipped:
                self._rest = self._rest.lstrip(" \t\r")
                thought = _THOUGHT.match(self._rest)
                if thought is not None:
                    self._rest, self._thinking = self._rest[thought.end():], True
                    continue
            at = self._rest.find("\n")
            if at < 0 and not final:
                if self._skipped:
                    self._rest = ""
                elif len(self._rest) > MAX_LINE:
                    self._skipped, self._rest = self._rest[:100], ""
                return
            line, self._rest = (self._rest, "") if at < 0 else (self._rest[:at], self._rest[at + 1:])
            skipped, self._skipped = self._skipped, ""
            if skipped or len(line) > MAX_LINE:
                yield _unreadable(skipped or line)
            else:
                yield from self._read(line)

    def _read(self, line: str) -> Iterator[Line]:
        """The objects of one complete line."""
        at = 0
        if self._open:
            if _ANEW.match(line) or (self._quoted and _BRACE_FIRST.match(line)):
                yield from self._abandon()
            else:
                end = self._scan(line, 0)
                self._open.append(line if end is None else line[:end])
                if end is None:
                    if sum(map(len, self._open)) > MAX_LINE or self._depth > MAX_DEPTH:
                        yield from self._abandon()
                    return
                yield from self._close()
                at = end
        while True:
            brace = line.find("{", at)
            thought = _THOUGHT.search(line, at, len(line) if brace < 0 else brace)
            if thought is not None:
                self._rest, self._thinking = line[thought.end():] + "\n" + self._rest, True
                return
            if brace < 0:
                return
            at = brace + 1
            if _OBJECT.match(line, brace) is None:
                continue
            end = self._scan(line, brace)
            self._open = [line[brace:end]]
            if end is None:
                if self._depth > MAX_DEPTH:
                    yield from self._abandon()
                return
            yield from self._close()
            at = end

    def _scan(self, text: str, at: int) -> int | None:
        """Follow brackets and strings from `at`; the index behind the one that closes the object."""
        while True:
            if self._quoted:
                end = _STRING_REST.match(text, at)
                if end is None:
                    return None
                at, self._quoted = end.end(), False
            sign = _SYNTAX.search(text, at)
            if sign is None:
                return None
            at = sign.end()
            if sign[0] == '"':
                self._quoted = True
            else:
                self._depth += 1 if sign[0] in "{[" else -1
                if self._depth <= 0:
                    self._depth = 0
                    return at
                if self._depth > MAX_DEPTH:
                    return None

    def _close(self) -> Iterator[Line]:
        """The lines of the object that is complete now."""
        text, self._open = "\n".join(self._open), []
        return _lines_of(text)

    def _abandon(self) -> Iterator[Line]:
        """Give up the object that is open, if one is."""
        if self._open:
            yield _unreadable(self._open[0])
        self._open, self._depth, self._quoted = [], 0, False


def _lines_of(text: str) -> Iterator[Line]:
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        try:
            value = json.loads(_STRING_OR_COMMA.sub(_without_comma, text), strict=False)
        except (ValueError, RecursionError):
            yield _unreadable(text)
            return
    found = list(_said(value, text, 0))
    if found:
        yield from found
    elif not (isinstance(value, dict) and "not_found" in value):
        yield _unreadable(text)


def _without_comma(match: re.Match[str]) -> str:
    return "" if match[0] == "," else match[0]


def _said(value: Any, raw: str, depth: int) -> Iterator[Line]:
    """The lines in a decoded object: itself, or those in the wrapper that it is."""
    if isinstance(value, list):
        for item in value:
            yield from _said(item, raw, depth + 1)
    elif isinstance(value, dict):
        if "statement" in value or "not_found" in value:
            yield from _line_of(value, raw)
        elif depth < 3:
            for item in value.values():
                if isinstance(item, (dict, list)):
                    yield from _said(item, raw, depth + 1)


def _line_of(value: dict[str, Any], raw: str) -> Iterator[Line]:
    statement, quotes = value.get("statement"), tuple(_quotes(value.get("citations")))[:MAX_QUOTES]
    nothing = str(value.get("not_found")).lower() == "true"
    if isinstance(statement, str) and statement.strip() and (quotes or not nothing):
        if _SURROGATE.search(statement):
            yield _unreadable(raw)
        else:
            yield Line("statement", " ".join(statement.split()), quotes, _start(raw))
    elif nothing:
        yield Line("not_found", raw=_start(raw))
    elif "statement" in value:
        yield _unreadable(raw)


def _quotes(citations: Any) -> Iterator[tuple[str, str]]:
    """The (passage key, quote) pairs as given; what is missing or of another type is ""."""
    for citation in citations if isinstance(citations, list) else [citations]:
        if isinstance(citation, dict):
            key, quotes = citation.get("passage"), citation.get("quote")
            for quote in quotes if isinstance(quotes, list) and quotes else [quotes]:
                yield str(key) if isinstance(key, (str, int)) else "", quote if isinstance(quote, str) else ""
        elif isinstance(citation, (str, int)):
            yield str(citation), ""


def _unreadable(raw: str) -> Line:
    return Line("unreadable", raw=_start(raw))


def _start(raw: str) -> str:
    """The first 100 characters, as UTF-8 can carry them."""
    return wellformed(raw[:100])
