"""The blocks of a text with what is known of each so far, and how alike a block is to the story around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from service.articles.blocks import Block
from service.domain import Span, SpanKind

_STOP: Final = frozenset(
    "that this with from have been were they their there which would could about after before said "
    "says will more than also over into when what while where only just some such most other these "
    "those being because year years time people your here".split()
)
TWO_SENTENCES: Final = re.compile(r"[a-z]{4}[.!?] [A-Z]")
CONTENT: Final = re.compile(r"[^\W\d_]{4,}")
_CLOSERS: Final = "\"'”’»)]*_ "
_ELLIPSIS: Final = re.compile(r"(?:…|\.{3}|\[(?:…|\.\.\.)\])$")
ALIKE: Final = 0.12
"""Share of a block's content words that the story has too, below which the block is about something else.

Measured on crawled news: 95 of 100 paragraphs of a story reach .10 against the paragraphs before them, and
60 of 100 first paragraphs of other stories stay below .12. So it only settles what place has left open.
"""
STORY_BLOCKS: Final = 300
"""Blocks that stand for a story when a block is compared with it."""


def content_words(text: str) -> frozenset[str]:
    """The beginnings of a text's longer words: six letters stand for the word in all its forms."""
    return frozenset(word[:6] for word in (found.casefold() for found in CONTENT.findall(text)) if word not in _STOP)


@dataclass
class Labels:
    """The blocks of a text and what is known of each; None where nothing is yet. `cuts` are stretches inside
    a block that are no part of the story, by block."""

    blocks: list[Block]
    kinds: list[SpanKind | None]
    title: int | None = None
    zones: set[int] = field(default_factory=set)
    cuts: dict[int, Span] = field(default_factory=dict)

    def ends_sentence(self, index: int) -> bool:
        """Whether a block ends like a sentence, an ellipsis inside a quotation included."""
        text = self.blocks[index].text
        bare = text.rstrip(_CLOSERS)
        return bare.endswith((".", "!", "?", ";", "。", "…")) and not self.trails_off(index)

    def trails_off(self, index: int) -> bool:
        """Whether a block breaks off in an ellipsis that no quotation mark closes, as a teaser does."""
        return bool(_ELLIPSIS.search(self.blocks[index].text.rstrip("*_ ")))

    def asks(self, index: int) -> bool:
        """Whether a block is one short question, as titles and subheadings may be."""
        text = self.blocks[index].text
        return self.blocks[index].words <= 12 and text.endswith("?") and not TWO_SENTENCES.search(text)

    def is_prose(self, index: int) -> bool:
        """Whether an unmarked block reads as a paragraph."""
        if self.kinds[index] is not None or self.blocks[index].heading:
            return False
        block = self.blocks[index]
        if block.words >= 26:
            return True
        if self.ends_sentence(index):
            return (block.words >= 2 or index > 0) and not self.asks(index)
        return (block.words >= 12 and self.trails_off(index)) or (block.words >= 5 and block.text.endswith(":"))

    def is_line(self, index: int) -> bool:
        """Whether an unmarked block is a short line without a sentence's end: a title, a label, a cell."""
        block = self.blocks[index]
        return (
            self.kinds[index] is None
            and not block.item
            and block.words <= 25
            and (block.heading > 0 or not self.is_prose(index))
        )

    @cached_property
    def words_of(self) -> list[frozenset[str]]:
        """The content words of each block."""
        return [content_words(block.text) for block in self.blocks]

    def story_words(self, first: int, last: int) -> frozenset[str]:
        """The content words of the prose among blocks first … last-1, of STORY_BLOCKS at most."""
        found: set[str] = set()
        for index in range(first, min(last, first + STORY_BLOCKS)):
            if self.is_prose(index):
                found |= self.words_of[index]
        return frozenset(found)

    def likeness(self, index: int, story: frozenset[str]) -> float:
        """Share of a block's content words that the story has."""
        own = self.words_of[index]
        return len(own & story) / len(own) if own else 0.0
