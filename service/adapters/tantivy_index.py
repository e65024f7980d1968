"""What both tantivy indexes share: a folder that many may read while one writes, and text as both read it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from service.adapters.index_errors import translated

_HEAP = 64_000_000
"""Bytes that the writer collects before it writes a segment."""
FEW = 5_000
"""Up to so many ids, `within` is a part of the query; beyond, more hits are fetched and sifted."""

_TERMS = 256
"""More different terms than any question has."""

_GROUPED = re.compile(r"(?<=\d)[,\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_NO_WORD = re.compile(
    "[\\x00\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff\\ud800-\\udfff]"
)


def plain(text: str) -> str:
    """The text without variants of letters and anything invisible, 12,000 as 12000."""
    return _GROUPED.sub("", unicodedata.normalize("NFKC", _NO_WORD.sub("", text)))


def analyzer(tantivy: Any, *, stems: bool = True) -> Any:
    """Letters and digits, without case and accents; stemmed as English, or as they stand."""
    filters = tantivy.Filter
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(filters.remove_long(100)).filter(filters.lowercase()).filter(filters.ascii_fold())
    )
    return (builder.filter(filters.stemmer("english")) if stems else builder).build()


def distinct_terms(how: Any, text: str) -> list[str]:
    """The different terms of a query, in order."""
    return list(dict.fromkeys(how.analyze(plain(text))))[:_TERMS]


def enough(limit: int, allowed: int, total: int) -> int | None:
    """How many hits to fetch so that `limit` of them are likely among the `allowed` ones; None where a query for those
    alone costs less. Each value that a query names costs as much as a hit.
    """
    fetched = int(1.25 * limit * total / max(1, allowed)) + 20
    return min(fetched, total) if fetched < 6 * limit else None


class TantivyIndex:
    """One index in a folder, or in memory for want of one. Each document is known by its field `key`.

    `schema` makes the schema from tantivy's module, `analyzers` are by the name that the schema gives them. Every
    method raises StateError for an index that can't be used.
    """

    def __init__(self, name: str, key: str, schema: Callable[[Any], Any], folder: Path | None, *, new: bool,
                 analyzers: Callable[[Any], Mapping[str, Any]]) -> None:
        """Open the index in a folder, or begin a `new` one; `name` is what errors call it."""
        self._name, self._key = name, key
        with translated(name):
            import tantivy

            self.query, self.occur, self.document = tantivy.Query, tantivy.Occur, tantivy.Document
            self.schema, self.analyzers = schema(tantivy), analyzers(tantivy)
            if folder is not None and not new:
                self._index = tantivy.Index.open(str(folder))
            else:
                if folder is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                self._index = tantivy.Index(self.schema, path=None if folder is None else str(folder))
            for told, how in self.analyzers.items():
                self._index.register_tokenizer(told, how)
            self._index.config_reader(reload_policy="manual")
            self._index.reload()
        self._writer: Any = None

    def searcher(self) -> Any:
        """The index as it is at the last reload."""
        return self._index.searcher()

    def count(self) -> int:
        """How many documents it holds."""
        with translated(self._name):
            self._index.reload()
            return int(self._index.searcher().num_docs)

    def write(self, added: Iterable[Any] = (), removed: Iterable[str] = ()) -> None:
        """Add documents and forget those with these keys; durable when it returns."""
        with translated(self._name):
            if self._writer is None:
                self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            for key in removed:
                self._writer.delete_documents_by_term(self._key, key)
            for document in added:
                self._writer.add_document(document)
            self._writer.commit()
            self._index.reload()

    def hits(self, query: Any, limit: int) -> list[tuple[str, float]]:
        """The keys of the documents that a query finds, with their scores, best first."""
        with translated(self._name):
            self._index.reload()
            searcher = self._index.searcher()
            found = searcher.search(query, max(1, limit), count=False).hits
            hits = [(str(searcher.doc(address)[self._key][0]), float(score)) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def any_of(self, field: str, values: Collection[str]) -> Any:
        """A query for the documents with one of these values, which adds nothing to the score."""
        return self.query.const_score_query(self.query.term_set_query(self.schema, field, list(values)), 0.0)

    def close(self) -> None:
        """Let the writer and its threads go."""
        with translated(self._name):
            if self._writer is not None:
                self._writer.wait_merging_threads()
                self._writer = None
