"""The sentences of an article that may be quoted: where they stand, and what of them is embedded."""

from __future__ import annotations

from service.domain import QUOTABLE, Article, SpanKind
from service.language.sentences import split

EMBEDDED = 600
"""Code points of the longest sentence that gets a vector here: a longer one is never quoted."""


def quotable_sentences(article: Article) -> list[tuple[int, int, SpanKind]]:
    """The (start, end, kind) of all sentences of an article that may be quoted; headlines and captions are one each."""
    found: list[tuple[int, int, SpanKind]] = []
    for span in article.spans:
        if span.kind not in QUOTABLE:
            continue
        if span.kind == "body":
            found.extend((s.start, s.end, span.kind) for s in split(article.text, span.start, span.end))
        else:
            found.append((span.start, span.end, span.kind))
    return found


def sentence_text(article: Article, start: int, end: int) -> str:
    """What is embedded of a sentence."""
    return article.text[start : min(end, start + EMBEDDED)]
