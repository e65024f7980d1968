"""The names of a long text, read key by key: most of what a question asks of an article is that a name is not there."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate

from service.language.countries import country_of, openings
from service.language.name_tokens import LINE_END, Token, mark_initials, tokens_of
from service.language.names import Name, names_among

_FOREIGN = re.compile(r"[^\x00-\x7f]")
_SIGNS = ".'’‘ʼ`´"
_PARTING = "“”–—…"
"""What a plain word is without, and signs that part words."""


def may_hold(text: str, key: str) -> bool:
    """Whether a folded key can stand in a text at all: its letters do, or the first word of a country's name."""
    letters = _letters(text)
    return any(word in letters for word in openings(key)) if country_of(key) else key in letters


@lru_cache(maxsize=8_192)
def _letters(text: str) -> str:
    return _letters_of(text)


def _letters_of(text: str) -> str:
    """A text's words in their plain form, run together where only a dot or an apostrophe parts them."""
    for sign in _SIGNS:
        text = text.replace(sign, "")
    for sign in _PARTING:
        text = text.replace(sign, " ")
    lower = text.casefold()
    if lower.isascii():
        return lower
    return _FOREIGN.sub(lambda c: "" if unicodedata.combining(c[0]) else c[0], unicodedata.normalize("NFKD", lower))


class _Lookup:
    """The words of which something holds, found out when asked."""

    def __init__(self, holds: Callable[[str], bool]) -> None:
        self._holds, self._known = holds, dict[str, bool]()

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        if word not in self._known:
            self._known[word] = self._holds(word)
        return self._known[word]


class NamedIn:
    """The names of a long text, read only as far as somebody asks for them.

    What `read_names` reads in the whole text, for one key at a time: a name ends with its line.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = LINE_END.split(text)
        self._starts = [0, *accumulate(map(len, self._lines))][:-1]
        self._letters = LINE_END.split(_letters_of(text))
        self._tokens: dict[int, list[Token]] = {}
        self._names: dict[int, tuple[Name, ...]] = {}
        self._first: dict[str, int | None] = {}
        self._lower = _Lookup(lambda word: any(_standing(self._text, word)))
        self._upper = _Lookup(self._capital_of_its_own)

    def first(self, key: str) -> int | None:
        """Where a folded key is a word of a name for the first time; None where it never is."""
        if key not in self._first:
            letters = openings(key) if country_of(key) else (key,)
            self._first[key] = next((
                self._starts[at] + name.start for at, line in enumerate(self._letters)
                if any(word in line for word in letters)
                and any((token.country or token.plain) == key for token in self._read(at))
                for name in self._of_line(at) if key in name.words), None)
        return self._first[key]

    def words(self) -> Iterator[str]:
        """The folded words of the names, line by line, each as often as it is named."""
        for at in range(len(self._lines)):
            for name in self._of_line(at):
                yield from name.words

    def _read(self, at: int) -> list[Token]:
        if at not in self._tokens:
            tokens = self._tokens[at] = tokens_of(self._lines[at])
            mark_initials(self._lines[at], tokens)
        return self._tokens[at]

    def _of_line(self, at: int) -> tuple[Name, ...]:
        if at not in self._names:
            self._names[at] = names_among(self._lines[at], self._read(at), self._lower, self._upper)
        return self._names[at]

    def _capital_of_its_own(self, word: str) -> bool:
        """Whether a plain word stands anywhere with a capital that its place doesn't account for."""
        for written in dict.fromkeys((word[:1].upper() + word[1:], word.upper())):
            for place in _standing(self._text, written):
                at = bisect_right(self._starts, place) - 1
                start = place - self._starts[at]
                if any(token.start == start and not token.initial for token in self._read(at)):
                    return True
        return False


def _standing(text: str, word: str) -> Iterator[int]:
    """Where a word stands by itself, letter for letter, or with a possessive ending."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, behind = text[max(0, at - 1) : at], text[end : end + 3]
        tied = behind[:1] in ("'", "’", "&") and behind[1:2].isalnum() and (
            behind[1:2] not in "sS" or behind[2:3].isalnum())
        joined = before in ("'", "’", "&") and text[max(0, at - 2) : at - 1].isalnum()
        if not (before.isalnum() or joined or behind[:1].isalnum() or tied):
            yield at
        at = text.find(word, end)
