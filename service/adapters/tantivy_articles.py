"""Whole articles in a tantivy index of their own: BM25 of an article's text, of its lead, and its spellings.

A passage tells whether the words stand together; the article tells what it is about. The index is apart from
that of the passages since BM25 measures a text against the mean length of all texts of the index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from service.adapters.index_errors import translated
from service.adapters.tantivy_index import FEW, TantivyIndex, analyzer, distinct_terms, enough, plain
from service.domain import Chunk
from service.language.spelling import nearest_spelling
from service.ports import ArticleHit, Scope, article_key

_NAME = "article index"

_PREFIX = 2
"""Letters that a misspelt word and the word meant have in common at their start."""


class TantivyArticles:
    """One tantivy index in a folder, or in memory for want of one; a document is one article's version."""

    def __init__(self, folder: Path | None, *, new: bool = False) -> None:
        """Open the index in a folder, or begin a `new` one."""
        self._index = TantivyIndex(_NAME, "key", _schema, folder, new=new, analyzers=lambda tantivy: {
            "news": analyzer(tantivy), "words": analyzer(tantivy, stems=False)})

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Take in the articles whose chunks these are, each with all of its own; durable when it returns."""
        articles: dict[str, list[Chunk]] = defaultdict(list)
        for chunk in chunks:
            articles[article_key(chunk.chunk_id)].append(chunk)
        documents = []
        for key, own in articles.items():
            own.sort(key=lambda one: one.position)
            whole = plain("\n".join([own[0].header, *(one.text for one in own)]))
            documents.append(self._index.document(
                key=key, whole=whole, lead=plain(f"{own[0].header}\n{own[0].text}"), words=whole))
        self._index.write(documents)

    def remove(self, keys: Collection[str]) -> None:
        """Forget articles; unknown ones are ignored. Durable when it returns."""
        self._index.write(removed=keys)

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that best match any of the query's words, best first by their whole text."""
        with translated(_NAME):
            index = self._index
            terms = distinct_terms(index.analyzers["news"], query)
            if not terms or limit <= 0:
                return []
            whole, lead = (index.query.boolean_query([
                (index.occur.Should, index.query.term_query(index.schema, field, term)) for term in terms])
                for field in ("whole", "lead"))
            keys = _keys(within)
            hits = self._best(whole, keys, limit)
            found = [(key, score) for key, score in hits if keys is None or key in keys][:limit]
            leads = dict(index.hits(self._only(lead, [key for key, _ in found]), limit)) if found else {}
            return [ArticleHit(key, score, leads.get(key, 0.0)) for key, score in found]

    def spelt(self, word: str) -> str:
        """The archive's own spelling of a lower-case word that it doesn't hold, if one is near; else the word."""
        with translated(_NAME):
            searcher = self._index.searcher()
            folded = "".join(self._index.analyzers["words"].analyze(plain(word)))
            if not folded.isalpha() or searcher.doc_freq("words", folded):
                return word
            return nearest_spelling(folded, dict(searcher.terms_with_prefix("words", folded[:_PREFIX]))) or word

    def close(self) -> None:
        """Let the writer and its threads go."""
        self._index.close()

    def _best(self, query: Any, keys: Collection[str] | None, limit: int) -> list[tuple[str, float]]:
        """Hits of a query of which `limit`, if there are as many, are of articles with these keys."""
        index = self._index
        if keys is None:
            return index.hits(query, limit)
        total = index.count()
        fetched = enough(limit, len(keys), total)
        if fetched is not None:
            hits = index.hits(query, fetched)
            if len(hits) < fetched or sum(key in keys for key, _ in hits) >= limit:
                return hits
        return index.hits(self._only(query, keys), limit) if len(keys) <= FEW else index.hits(query, 8 * limit)

    def _only(self, query: Any, keys: Collection[str]) -> Any:
        """The query held to these articles, its scores as they are."""
        index = self._index
        return index.query.boolean_query([(index.occur.Must, query), (index.occur.Must, index.any_of("key", keys))])


def _keys(within: Sequence[str] | None) -> Collection[str] | None:
    """The keys of the articles that `within` names chunks of."""
    if within is None:
        return None
    return within.articles if isinstance(within, Scope) else {article_key(chunk_id) for chunk_id in within}


def _schema(tantivy: Any) -> Any:
    """The key alone is stored; texts stay in the record."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("whole", tokenizer_name="news", index_option="freq")
    builder.add_text_field("lead", tokenizer_name="news", index_option="freq")
    builder.add_text_field("words", tokenizer_name="words", index_option="basic")
    return builder.build()
