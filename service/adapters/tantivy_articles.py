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
from service.adapters.tantivy_text import analyzer, distinct_terms, plain
from service.domain import Chunk
from service.language.spelling import nearest_spelling
from service.ports import ArticleHit, Scope, article_key

_NAME = "article index"

_HEAP = 64_000_000
"""Bytes that the writer collects before it writes a segment."""

_FEW = 5_000
"""Up to so many articles, `within` is a part of the query; beyond, more hits are fetched and sifted."""

_PREFIX = 2
"""Letters that a misspelt word and the word meant have in common at their start."""


class TantivyArticles:
    """One tantivy index in a folder, or in memory for want of one; a document is one article's version."""

    def __init__(self, folder: Path | None, *, new: bool = False) -> None:
        """Open the index in a folder, or begin a `new` one."""
        with translated(_NAME):
            import tantivy

            self._tantivy = tantivy
            self._analyzer = analyzer(tantivy)
            self._schema = _schema(tantivy)
            if folder is None or new:
                if folder is not None:
                    folder.mkdir(parents=True)
                self._index = tantivy.Index(self._schema, path=None if folder is None else str(folder))
            else:
                self._index = tantivy.Index.open(str(folder))
            self._index.register_tokenizer("news", self._analyzer)
            self._words = analyzer(tantivy, stems=False)
            self._index.register_tokenizer("words", self._words)
            self._index.config_reader(reload_policy="manual")
            self._index.reload()
        self._writer: Any = None

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Take in the articles whose chunks these are, each with all of its own; durable when it returns."""
        articles: dict[str, list[Chunk]] = defaultdict(list)
        for chunk in chunks:
            articles[article_key(chunk.chunk_id)].append(chunk)
        with translated(_NAME):
            writer = self._writing()
            for key, own in articles.items():
                own.sort(key=lambda one: one.position)
                whole = plain("\n".join([own[0].header, *(one.text for one in own)]))
                writer.add_document(self._tantivy.Document(
                    key=key, whole=whole, lead=plain(f"{own[0].header}\n{own[0].text}"), words=whole))
            self._commit(writer)

    def remove(self, keys: Collection[str]) -> None:
        """Forget articles; unknown ones are ignored. Durable when it returns."""
        with translated(_NAME):
            writer = self._writing()
            for key in keys:
                writer.delete_documents_by_term("key", key)
            self._commit(writer)

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that best match any of the query's words, best first by their whole text."""
        with translated(_NAME):
            terms = distinct_terms(self._analyzer, query)
            if not terms or limit <= 0:
                return []
            make, kind = self._tantivy.Query, self._tantivy.Occur
            whole, lead = (make.boolean_query([(kind.Should, make.term_query(self._schema, field, term))
                                               for term in terms]) for field in ("whole", "lead"))
            keys = _keys(within)
            if keys is not None and len(keys) <= _FEW:
                whole = self._only(whole, keys)
            hits = self._run(whole, limit if keys is None or len(keys) <= _FEW else 8 * limit)
            found = [(key, score) for key, score in hits if keys is None or key in keys][:limit]
            leads = dict(self._run(self._only(lead, [key for key, _ in found]), limit)) if found else {}
            return [ArticleHit(key, score, leads.get(key, 0.0)) for key, score in found]

    def spelt(self, word: str) -> str:
        """The archive's own spelling of a lower-case word that it doesn't hold, if one is near; else the word."""
        with translated(_NAME):
            searcher = self._index.searcher()
            folded = "".join(self._words.analyze(plain(word)))
            if not folded.isalpha() or searcher.doc_freq("words", folded):
                return word
            return nearest_spelling(folded, dict(searcher.terms_with_prefix("words", folded[:_PREFIX]))) or word

    def close(self) -> None:
        """Let the writer and its threads go."""
        with translated(_NAME):
            if self._writer is not None:
                self._writer.wait_merging_threads()
                self._writer = None

    def _only(self, query: Any, keys: Collection[str]) -> Any:
        """The query held to these articles, its scores as they are."""
        make, must = self._tantivy.Query, self._tantivy.Occur.Must
        allowed = make.const_score_query(make.term_set_query(self._schema, "key", list(keys)), 0.0)
        return make.boolean_query([(must, query), (must, allowed)])

    def _run(self, query: Any, limit: int) -> list[tuple[str, float]]:
        self._index.reload()
        searcher = self._index.searcher()
        found = searcher.search(query, max(1, limit), count=False).hits
        hits = [(str(searcher.doc(address)["key"][0]), float(score)) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def _writing(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        return self._writer

    def _commit(self, writer: Any) -> None:
        writer.commit()
        self._index.reload()


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
