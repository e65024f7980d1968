"""Lines that many articles of one outlet share: the outlet's page, not the story.

Neither a line's wording nor its place gives them away, only that it stands in many stories that have nothing else in
common. A background sentence stands in many stories too, but in stories about one thing: their names are the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

from service.articles.blocks import flat
from service.articles.outlets import outlet_of
from service.articles.shingles import SHORTEST_QUOTE, quoted_words, shared
from service.domain import QUOTABLE, Article, Span

if TYPE_CHECKING:
    from service.articles.origins import Signature

FEWEST_ORIGINS: Final = 5
"""Stories of an outlet from which a line may be learned, copies counted once."""
MOST_COMPARED: Final = 8
"""Stories that are compared for a line."""
ALIKE: Final = 0.35
"""Share of names in common, on average over pairs of the stories, up to which they are about different things."""
_FEWEST_WORDS, _MOST_WORDS, _LONGEST = 4, 60, 400
_WORD: Final = re.compile(r"[^\W_]+")
_ENTRY: Final = re.compile(r"[-*+•●▪►◦–—]\s|\(?\d{1,3}[.)]\s")


def lines_of(article: Article) -> tuple[int, ...]:
    """The lines that could be learned, each with its outlet as a signed 64-bit number, sorted; those of articles
    without an outlet count for their source."""
    outlet = outlet_of(article) or f"source {article.source}"
    found = {mark for span in article.spans if (mark := _mark(article.text, span, outlet)) is not None}
    return tuple(sorted(found))


def quotes_of(article: Article) -> tuple[int, ...]:
    """The beginnings of the quotations, each SHORTEST_QUOTE words, as signed 64-bit numbers, sorted."""
    parts = (article.text[span.start : span.end] for span in article.spans if span.kind == "body")
    return tuple(sorted({_number("“" + " ".join(words[:SHORTEST_QUOTE])) for words in quoted_words(parts)}))


def is_boilerplate(stories: Sequence[Signature]) -> bool:
    """Whether a line that stands in these stories, each of another origin, belongs to the outlet's page."""
    if len(stories) < FEWEST_ORIGINS:
        return False
    shares = []
    for first, second in combinations(stories[:MOST_COMPARED], 2):
        fewer = min(len(first.sets[2]), len(second.sets[2]))
        shares.append(shared(first.sets[2], second.sets[2]) / fewer if fewer else 0.0)
    return sum(shares) / len(shares) <= ALIKE


def without(article: Article, learned: Collection[int]) -> Article:
    """The article with the lines that were learned marked as the page's furniture; the same article where it has
    none of them, or nothing but them."""
    if not learned:
        return article
    outlet = outlet_of(article) or f"source {article.source}"
    spans = tuple(
        replace(span, kind="share") if _mark(article.text, span, outlet) in learned else span for span in article.spans
    )
    kept = any(span.kind == "body" for span in spans)
    return replace(article, spans=spans) if kept and spans != article.spans else article


def _mark(text: str, span: Span, outlet: str) -> int | None:
    """A span as a number, None where it is no line that could be learned."""
    if span.kind not in QUOTABLE or span.end - span.start > _LONGEST:
        return None
    line = flat(text, span.start, span.end)
    words = _WORD.findall(line.casefold())
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or _ENTRY.match(line):
        return None
    return _number(f"{outlet}\n{' '.join(words)}")


def _number(words: str) -> int:
    digest = hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
