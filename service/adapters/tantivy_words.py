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
from service.adapters.tantivy_text import analyzer, distinct_terms, plain
from service.domain import Chunk
from service.ports import ArticleHit, Hit, Scope, article_key

_NAME = "word index"

_HEAP = 64_000_000
"""Bytes that the writer collects before it writes a segment."""

_FEW = 5_000
"""Up to so many ids, `within` is a part of the query; beyond, more hits are fetched and sifted."""


class TantivyWords:
    """One tantivy index in a folder, or in memory for want of one."""

    def __init__(self, folder: Path | None, *, new: bool = False, header_weight: float = 0.4) -> None:
        """Open the index in a folder, or begin a `new` one; a header's word counts `header_weight`."""
        self._header_weight = header_weight
        with translated(_NAME):
            import tantivy

            self._tantivy = tantivy
            self._analyzer = analyzer(tantivy)
            self._schema = _schema(tantivy)
            if folder is None or new:
                self._index = tantivy.Index(self._schema, path=None if folder is None else str(folder))
            else:
                self._index = tantivy.Index.open(str(folder))
            self._index.register_tokenizer("news", self._analyzer)
            self._index.config_reader(reload_policy="manual")
            self._index.reload()
        self._articles = TantivyArticles(None if folder is None else folder / "articles", new=new)
        self._writer: Any = None

    def count(self) -> int:
        """How many passages it holds."""
        with translated(_NAME):
            self._index.reload()
            return int(self._index.searcher().num_docs)

    def has(self, ids: Sequence[str]) -> list[str]:
        """Which of these ids it holds."""
        return [hit.chunk_id for start in range(0, len(ids), _FEW)
                for hit in self._run(self._any_of(ids[start : start + _FEW]), _FEW)]

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Take in passages whose ids are new; durable when it returns."""
        with translated(_NAME):
            writer = self._writing()
            for chunk in chunks:
                writer.add_document(self._tantivy.Document(
                    id=chunk.chunk_id, article=article_key(chunk.chunk_id), body=plain(chunk.text),
                    header=plain(chunk.header)))
            self._commit(writer)
        self._articles.add(chunks)

    def remove(self, ids: Sequence[str]) -> None:
        """Forget ids; unknown ones are ignored. Durable when it returns."""
        with translated(_NAME):
            writer = self._writing()
            for chunk_id in ids:
                writer.delete_documents_by_term("id", chunk_id)
            self._commit(writer)
        self._articles.remove({article_key(chunk_id) for chunk_id in ids})

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The passages that best match any of the query's words, best first."""
        wanted = self._any_word(query)
        if wanted is None or limit <= 0:
            return []
        if within is None:
            return self._run(wanted, limit)
        few = len(within.articles) if isinstance(within, Scope) else len(within)
        if few <= _FEW:
            with translated(_NAME):
                kind = self._tantivy.Occur
                both = self._tantivy.Query.boolean_query(
                    [(kind.Must, wanted), (kind.Must, self._any_of(within))])
            return self._run(both, limit)
        allowed = within if isinstance(within, Scope) else frozenset(within)
        fetched, total = limit, self.count()
        while True:
            fetched = min(fetched * 8, total)
            hits = [hit for hit in self._run(wanted, fetched) if hit.chunk_id in allowed]
            if len(hits) >= limit or fetched >= total:
                return hits[:limit]

    def matching_articles(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that, as a whole, best match any of the query's words, best first."""
        return self._articles.matching(query, limit, within)

    def weight(self, query: str) -> float:
        """The sum of the inverse document frequencies of the query's words that some passage holds."""
        with translated(_NAME):
            searcher = self._index.searcher()
            total, found = searcher.num_docs, 0.0
            for term in distinct_terms(self._analyzer, query):
                holding = searcher.doc_freq("body", term)
                found += math.log(1 + (total - holding + 0.5) / (holding + 0.5)) if holding else 0.0
            return found

    def spelt(self, word: str) -> str:
        """The archive's own spelling of a word that it doesn't hold; see `TantivyArticles.spelt`."""
        return self._articles.spelt(word)

    def close(self) -> None:
        """Let the writer and its threads go."""
        with translated(_NAME):
            if self._writer is not None:
                self._writer.wait_merging_threads()
                self._writer = None
        self._articles.close()

    def _writing(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        return self._writer

    def _commit(self, writer: Any) -> None:
        writer.commit()
        self._index.reload()

    def _any_of(self, within: Sequence[str]) -> Any:
        """A query for these chunks, or those of these articles, that adds nothing to the score."""
        query = self._tantivy.Query
        field, keys = ("article", list(within.articles)) if isinstance(within, Scope) else ("id", list(within))
        return query.const_score_query(query.term_set_query(self._schema, field, keys), 0.0)

    def _any_word(self, text: str) -> Any:
        """A query for any of the text's words, in passage or header; None where it has no words."""
        with translated(_NAME):
            terms = distinct_terms(self._analyzer, text)
            query, should = self._tantivy.Query, self._tantivy.Occur.Should
            parts = [(should, query.term_query(self._schema, "body", term)) for term in terms]
            if self._header_weight:
                parts += [(should, query.boost_query(query.term_query(self._schema, "header", term),
                                                     self._header_weight)) for term in terms]
            return query.boolean_query(parts) if parts else None

    def _run(self, query: Any, limit: int) -> list[Hit]:
        with translated(_NAME):
            self._index.reload()
            searcher = self._index.searcher()
            found = searcher.search(query, max(1, limit), count=False).hits
            hits = [Hit(searcher.doc(address)["id"][0], float(score)) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))


def _schema(tantivy: Any) -> Any:
    """The id alone is stored; texts stay in the record."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", tokenizer_name="news", index_option="freq")
    builder.add_text_field("header", tokenizer_name="news", index_option="freq")
    return builder.build()
