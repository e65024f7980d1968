"""A text cut into words, runs of digits, white space and signs, for the readers of numbers and dates."""

from __future__ import annotations

import re
from typing import NamedTuple

from service.language.calendar import MONTHS

_BLANKS = "\u00a0\u2007\u2009\u202f "
_TOKEN = re.compile(
    r"(?P<word>[^\W\d_]+)"
    rf"|(?P<spaced>[1-9]\d{{0,2}}(?P<blank>[{_BLANKS}])\d{{3}}(?:(?P=blank)\d{{3}})*(?![\d'’])(?:[.,]\d+)?)"
    r"|(?P<digits>\d+(?:[.,'’]\d+)*)|(?P<gap>\s+)|(?P<sign>.)",
    re.DOTALL,
)
_GROUPS = re.compile(r"\d+(?:[.,]\d+)*|\s")


class Token(NamedTuple):
    """A word, a run of digits with its grouping, white space, or one other character."""

    start: int
    end: int
    kind: str
    text: str

    @property
    def lower(self) -> str:
        return self.text.lower()


_token = Token._make


def tokens(text: str) -> list[Token]:
    """The text cut into tokens that cover it whole, in order.

    Digits in groups of three with blanks between them are one run, save behind a month ("June 5 300 people").
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span()
        if kind != "spaced":
            found.append(_token((start, end, kind, match[0])))
        elif match["blank"] == " " and len(found) > 1 and found[-2].lower in MONTHS:
            pieces = [piece.span() for piece in _GROUPS.finditer(text, start, end)]
            found += [Token(a, b, "gap" if text[a] == " " else "digits", text[a:b]) for a, b in pieces]
        else:
            found.append(Token(start, end, "digits", match[0]))
    return found


def word_list(text: str) -> tuple[str, ...]:
    """The words of a table that is written as running text."""
    return tuple(text.split())


def word_set(text: str) -> frozenset[str]:
    """The same words as a set."""
    return frozenset(text.split())


def stretches(text: str, seed: re.Pattern[str], words: frozenset[str], reach: int) -> list[tuple[int, int]]:
    """Where a text is worth a closer look: `reach` characters around each match that is a number or one of
    `words`.

    The stretches are in order, don't overlap and cut no word, so that slow patterns run over a small part
    of a text.
    """
    found: list[tuple[int, int]] = []
    for match in seed.finditer(text):
        word = match[0]
        if not word[0].isdigit() and word.lower() not in words:
            continue
        start = max(0, match.start() - reach)
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, min(len(text), match.end() + reach)))
    return [(_border(text, start, -1), _border(text, end, 1)) for start, end in found]


def _border(text: str, place: int, step: int) -> int:
    """The nearest place from here on, in one direction, that cuts no word; a very long word is cut."""
    for _ in range(100):
        if not 0 < place < len(text) or text[place - 1].isspace() or text[place].isspace():
            break
        place += step
    return place


class Cursor:
    """The tokens of a text, with the moves that grammars of numbers and dates share."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)

    def word(self, index: int) -> str:
        """The lower-case word at this token, or the empty string."""
        if 0 <= index < len(self.tokens) and self.tokens[index].kind == "word":
            return self.tokens[index].lower
        return ""

    def joined(self, index: int, hyphen: bool = True) -> int:
        """The token after a single gap or hyphen that stands at `index`, or -1."""
        if not 0 <= index < len(self.tokens) - 1:
            return -1
        token = self.tokens[index]
        if token.kind == "gap" and token.text.count("\n") < 2:
            return index + 1
        if hyphen and token.text in ("-", "‑", "\u2010"):
            return index + 1
        return -1

    def follows(self, index: int, *words: str) -> int:
        """The token after these words, each behind a gap or hyphen, when they follow token `index`; else
        -1.
        """
        for word in words:
            index = self.joined(index)
            if index < 0 or self.word(index) != word:
                return -1
            index += 1
        return index
