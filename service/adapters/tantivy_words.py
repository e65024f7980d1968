"""Words in a tantivy index: BM25 over each passage and its header. Many may read while one writes.

The index of whole articles beside it is `tantivy_articles.py`'s.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from service.adapters.index_errors import translated
from service.adapters.tantivy_articles import TantivyArticles
from service.adapters.tantivy_index import FEW, TantivyIndex, analyzer, distinct_terms, enough, plain
from service.domain import Chunk
from service.ports import ArticleHit, Hit, Scope, article_key

_NAME = "word index"


class TantivyWords:
    """One tantivy index in a folder, or in memory for want of one."""

    def __init__(self, folder: Path | None, *, new: bool = False, header_weight: float = 0.4) -> None:
        """Open the index in a folder, or begin a `new` one; a header's word counts `header_weight`."""
        self._header_weight = header_weight
        self._index = TantivyIndex(_NAME, "id", _schema, folder, new=new,
                                   analyzers=lambda tantivy: {"news": analyzer(tantivy)})
        self._articles = TantivyArticles(None if folder is None else folder / "articles", new=new)

    def count(self) -> int:
        """How many passages it holds."""
        return self._index.count()

    def has(self, ids: Sequence[str]) -> list[str]:
        """Which of these ids it holds."""
        return [hit.chunk_id for start in range(0, len(ids), FEW)
                for hit in self._run(self._any_of(ids[start : start + FEW]), FEW)]

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Take in passages whose ids are new; durable when it returns."""
        self._index.write(self._index.document(
            id=chunk.chunk_id, article=article_key(chunk.chunk_id), body=plain(chunk.text),
            header=plain(chunk.header)) for chunk in chunks)
        self._articles.add(chunks)

    def remove(self, ids: Sequence[str]) -> None:
        """Forget ids; unknown ones are ignored. Durable when it returns."""
        self._index.write(removed=ids)
        self._articles.remove({article_key(chunk_id) for chunk_id in ids})

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The passages that best match any of the query's words, best first."""
        wanted = self._any_word(query)
        if wanted is None or limit <= 0:
            return []
        if within is None:
            return self._run(wanted, limit)
        allowed = within if isinstance(within, Scope) else frozenset(within)
        total = self.count()
        fetched = enough(limit, len(within), total)
        if fetched is None and (len(within.articles) if isinstance(within, Scope) else len(within)) <= FEW:
            with translated(_NAME):
                must = self._index.occur.Must
                both = self._index.query.boolean_query([(must, wanted), (must, self._any_of(within))])
            return self._run(both, limit)
        fetched = fetched or 8 * limit
        while True:
            hits = [hit for hit in self._run(wanted, fetched) if hit.chunk_id in allowed]
            if len(hits) >= limit or fetched >= total:
                return hits[:limit]
            fetched = min(fetched * 4, total)

    def matching_articles(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that, as a whole, best match any of the query's words, best first."""
        return self._articles.matching(query, limit, within)

    def weight(self, query: str) -> float:
        """The sum of the inverse document frequencies of the query's words that some passage holds."""
        with translated(_NAME):
            searcher = self._index.searcher()
            total, found = searcher.num_docs, 0.0
            for term in distinct_terms(self._index.analyzers["news"], query):
                holding = searcher.doc_freq("body", term)
                found += math.log(1 + (total - holding + 0.5) / (holding + 0.5)) if holding else 0.0
            return found

    def spelt(self, word: str) -> str:
        """The archive's own spelling of a word that it doesn't hold; see `TantivyArticles.spelt`."""
        return self._articles.spelt(word)

    def close(self) -> None:
        """Let the writers and their threads go."""
        self._index.close()
        self._articles.close()

    def _any_of(self, within: Sequence[str]) -> Any:
        """A query for these chunks, or those of these articles, that adds nothing to the score."""
        if isinstance(within, Scope):
            return self._index.any_of("article", list(within.articles))
        return self._index.any_of("id", list(within))

    def _any_word(self, text: str) -> Any:
        """A query for any of the text's words, in passage or header; None where it has no words."""
        with translated(_NAME):
            index = self._index
            terms = distinct_terms(index.analyzers["news"], text)
            query, should = index.query, index.occur.Should
            parts = [(should, query.term_query(index.schema, "body", term)) for term in terms]
            if self._header_weight:
                parts += [(should, query.boost_query(query.term_query(index.schema, "header", term),
                                                     self._header_weight)) for term in terms]
            return query.boolean_query(parts) if parts else None

    def _run(self, query: Any, limit: int) -> list[Hit]:
        return [Hit(chunk_id, score) for chunk_id, score in self._index.hits(query, limit)]


def _schema(tantivy: Any) -> Any:
    """The id alone is stored; texts stay in the record."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", tokenizer_name="news", index_option="freq")
    builder.add_text_field("header", tokenizer_name="news", index_option="freq")
    return builder.build()
