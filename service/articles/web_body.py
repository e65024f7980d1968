"""Which blocks of a web page are the article: trafilatura says which words, this finds them in the reading copy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from service.articles.web_pages import Page, plain

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SOLID: Final = re.compile(r"\S+")
_PART: Final = 40
"""Characters from which a stretch that isn't found as a whole is looked for in halves."""
_NEAR: Final = 20_000
"""How far ahead the next stretch is looked for before the whole page is."""


def body_shares(page: Page) -> tuple[float, ...]:
    """The share of each block's letters that trafilatura, with its standard settings, takes for the article's."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(page.tree, include_comments=False, with_metadata=False)
    return _Solid(page).shares(_stretches(getattr(found, "body", None)))


def _stretches(body: HtmlElement | None) -> Iterable[str]:
    """The runs of text of an extracted tree, in order."""
    return () if body is None else (str(text) for text in body.itertext())


class _Solid:
    """A page's letters without white space, so that what is the same but for blanks is found."""

    def __init__(self, page: Page) -> None:
        self._edges: list[tuple[int, int]] = []
        parts: list[str] = []
        length = 0
        for piece in page.pieces:
            letters = _bare(page.text[piece.start : piece.end])
            self._edges.append((length, length + len(letters)))
            parts.append(letters)
            length += len(letters)
        self._letters = "".join(parts)
        self._taken = bytearray(length)
        self._at = 0

    def shares(self, stretches: Iterable[str]) -> tuple[float, ...]:
        """The share of each block that these stretches cover."""
        for stretch in stretches:
            self._take(_bare(plain(stretch)))
        return tuple(self._taken.count(1, start, end) / max(1, end - start) for start, end in self._edges)

    def _take(self, letters: str) -> None:
        """Mark where the letters stand, behind the last find if they can be found there."""
        if not letters:
            return
        place = self._letters.find(letters, self._at, self._at + _NEAR)
        if place < 0 and len(letters) >= _PART // 4:
            place = self._letters.find(letters)
        if place >= 0:
            self._taken[place : place + len(letters)] = b"\1" * len(letters)
            self._at = place + len(letters)
        elif len(letters) >= _PART:
            half = len(letters) // 2
            self._take(letters[:half])
            self._take(letters[half:])


def _bare(text: str) -> str:
    return "".join(_SOLID.findall(text))
