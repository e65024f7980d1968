"""Retrieved passages as the lines that may be quoted: sentences with their neighbours and their article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.domain import Article, Passage, Quote, Source, SpanKind
from service.passages.sentences import quotable_sentences
from service.ports import Sentences

QUOTE_LIMIT = 600
"""Code points of the longest quote; contract, section 4, rule 3."""


@dataclass(frozen=True, slots=True)
class Line:
    """One whole sentence (or headline, or caption) of a found passage.

    `rank` is the place of the best passage that holds it (0 is best); `before` and `after` are the neighbouring
    sentences of the same article, as far as they are quotable, else "".
    """

    article: Article
    source: Source
    start: int
    end: int
    text: str
    kind: SpanKind
    rank: int
    before: str
    after: str

    @property
    def quote(self) -> Quote:
        """The line as a quote."""
        return Quote(self.source, self.start, self.end, self.text)


def lines(passages: Iterable[Passage], articles: Mapping[str, Article],
          told: Mapping[str, Sentences] | None = None) -> list[Line]:
    """Every quotable sentence of the passages, once each, in order of rank, then place.

    `articles` maps file ids to articles; passages of an article that is gone are left out. `told` has the places of
    the sentences of those articles where they are known.
    """
    best: dict[str, dict[tuple[int, int], int]] = {}
    sources: dict[str, Source] = {}
    for rank, passage in enumerate(passages):
        chunk = passage.chunk
        if chunk.file_id not in articles:
            continue
        sources[chunk.file_id] = passage.source
        best.setdefault(chunk.file_id, {}).setdefault((chunk.start, chunk.end), rank)
    found: list[Line] = []
    for file_id, stretches in best.items():
        article = articles[file_id]
        known = told.get(file_id) if told else None
        sentences: Sequence[tuple[int, int, SpanKind]] = known.places if known else quotable_sentences(article)
        for i, (start, end, kind) in enumerate(sentences):
            ranks = [rank for (first, last), rank in stretches.items() if start < last and end > first]
            if not ranks or end - start > QUOTE_LIMIT or not any(c.isalnum() for c in article.text[start:end]):
                continue
            before = sentences[i - 1] if i else None
            after = sentences[i + 1] if i + 1 < len(sentences) else None
            found.append(Line(
                article, sources[file_id], start, end, article.text[start:end], kind, min(ranks),
                article.text[before[0] : before[1]] if before and before[2] == kind else "",
                article.text[after[0] : after[1]] if after and after[2] == kind else "",
            ))
    found.sort(key=lambda line: (line.rank, line.source.file_id, line.start))
    return found
