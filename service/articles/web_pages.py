"""A web page as a reading copy: its visible text in blocks, in the order of the markup, with what each stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.errors import ReadError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCKS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody "
    "td tfoot th thead tr ul".split()
)
"""Elements that begin and end a block of text."""
CLOSE: Final = frozenset("td th li dt dd tr caption".split())
"""Blocks that follow one another without a blank line."""
UNSEEN: Final = frozenset(
    "applet area audio base canvas datalist embed frame frameset head iframe input link map meta noembed noframes "
    "noscript object option param script select source style svg template textarea title track video".split()
)
"""Elements whose text no reader sees."""
_HIDDEN: Final = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s+")
_INVISIBLE: Final = re.compile(
    "[\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
"""Signs that take no room on the page: soft hyphens, zero-width blanks, controls of direction."""
_TELLING: Final = ("class", "id", "itemprop", "rel", "role")
"""Attributes that tell what an element is for."""
_NAMED: Final = 7
"""Elements around a block that are looked at."""
_DEEPEST: Final = 250
"""Elements within one another; beyond twice that, no page was written by hand or by a program that means well."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a page: its words, the elements that it stands in (innermost first, as `tag.class#id` in lower
    case), and how many of its characters are links."""

    start: int
    end: int
    inside: tuple[str, ...]
    linked: int

    @property
    def tag(self) -> str:
        """The innermost element's name."""
        return self.inside[0].partition(".")[0] if self.inside else ""


@dataclass(frozen=True, slots=True)
class Page:
    """The reading copy of a page, its blocks in order, and the markup."""

    text: str
    pieces: tuple[Piece, ...]
    tree: HtmlElement


def read_page(markup: str, name: str) -> Page:
    """The page in some markup. Raises ReadError for what has no text or is nested beyond all measure."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"{name!r} is no web page: {error}", advice="save the page again as HTML") from error
    if any("depth" in entry.message.lower() for entry in parser.error_log) or _depth(tree) > _DEEPEST:
        raise ReadError(
            f"{name!r} has elements nested more than {_DEEPEST} deep", advice="save the page's text as .txt instead"
        )
    writer = _Writer()
    _walk(tree, writer)
    if not writer.pieces:
        raise ReadError(f"{name!r} has no text", advice="save the page's text into the file, or leave it out")
    return Page("".join(writer.parts), tuple(writer.pieces), tree)


def plain(text: str) -> str:
    """Words without invisible signs, each stretch of white space as one blank."""
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text))


class _Writer:
    """Collects the text of blocks."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.pieces: list[Piece] = []
        self._length = 0
        self._line: list[str] = []
        self._linked = 0
        self._inside: tuple[str, ...] = ()

    def say(self, words: str, inside: tuple[str, ...], *, linked: bool) -> None:
        """More words of the block at hand."""
        shown = plain(words)
        if not shown:
            return
        if not self._line or self._line[-1].endswith((" ", "\n")):
            shown = shown.lstrip(" ")
        if shown:
            if not self._line:
                self._inside = inside
            self._line.append(shown)
            self._linked += len(shown) if linked else 0

    def turn(self) -> None:
        """A line's end inside a block."""
        if self._line:
            self._line[-1] = self._line[-1].rstrip(" ")
            self._line.append("\n")

    def close(self) -> None:
        """The end of a block."""
        words = "".join(self._line).strip(" \n")
        if words:
            near = self.pieces and self._inside and self._inside[0].partition(".")[0] in CLOSE
            gap = ("\n" if near else "\n\n") if self.pieces else ""
            start = self._length + len(gap)
            self.parts += [gap, words]
            self._length = start + len(words)
            self.pieces.append(Piece(start, self._length, self._inside, min(self._linked, len(words))))
        self._line, self._linked, self._inside = [], 0, ()


def _walk(tree: HtmlElement, writer: _Writer) -> None:
    """Write the text below an element, without recursion."""
    stack: list[tuple[str, ...]] = [()]
    links = 0
    for event, element in _events(tree):
        tag = element.tag
        if event == "start":
            links += tag == "a"
            if tag == "br":
                writer.turn()
            if tag in BLOCKS:
                writer.close()
                stack.append((_named(element), *stack[-1][:_NAMED]))
            else:
                told = tag == "time" or any(element.get(name) for name in _TELLING)
                stack.append((*stack[-1][:1], _named(element), *stack[-1][1:_NAMED]) if told else stack[-1])
            if element.text:
                writer.say(element.text, stack[-1], linked=links > 0)
        elif event == "end":
            links -= tag == "a"
            if tag in BLOCKS:
                writer.close()
            stack.pop()
        if event != "start" and element.tail and element is not tree:
            writer.say(element.tail, stack[-1], linked=links > 0)
    writer.close()


def _events(tree: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """`start` and `end` of each element that a reader sees, `skip` for one that nobody does."""
    stack = [(tree, False)]
    while stack:
        element, entered = stack.pop()
        if entered:
            yield "end", element
        elif _unseen(element):
            yield "skip", element
        else:
            yield "start", element
            stack.append((element, True))
            stack += [(child, False) for child in reversed(element)]


def _unseen(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in UNSEEN:
        return True
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _named(element: HtmlElement) -> str:
    marks = " ".join(filter(None, (element.get(name) for name in _TELLING)))
    return f"{element.tag}.{marks[:200].lower()}"


def _depth(tree: HtmlElement) -> int:
    """How deep the deepest element stands, counted up to just beyond the limit."""
    from lxml import etree

    depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            break
    return deepest
