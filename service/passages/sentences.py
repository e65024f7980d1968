"""The sentences of an article that may be quoted: where they stand, and their vectors."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain import QUOTABLE, Article, SpanKind
from service.language.sentences import split
from service.ports import Embedder, Sentences

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


async def embedded_sentences(articles: Sequence[Article], embedder: Embedder) -> list[Sentences]:
    """Each article's sentences with their vectors, all embedded in one go. Raises EmbedderError."""
    places = [quotable_sentences(article) for article in articles]
    texts = [article.text[start : min(end, start + EMBEDDED)]
             for article, own in zip(articles, places, strict=True) for start, end, _ in own]
    vectors = await embedder.embed(texts)
    found, row = [], 0
    for own in places:
        found.append(Sentences(tuple(own), vectors[row : row + len(own)]))
        row += len(own)
    return found
