"""The indexes of passages, and what they find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, overload

import numpy as np
from numpy.typing import NDArray

from service.domain import Chunk
from service.ports.models import Vectors


class Scope(Sequence[str]):
    """The ids of all chunks of some articles, in the articles' order, told by article: no id is made before it is
    asked for. `articles` maps each article's key, `<file_id>.<version>`, to how many chunks it has.
    """

    def __init__(self, articles: Mapping[str, int]) -> None:
        self.articles = articles
        self._total = sum(articles.values())

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[str]:
        return (f"{key}.{position}" for key, count in self.articles.items() for position in range(count))

    def __contains__(self, chunk_id: object) -> bool:
        return isinstance(chunk_id, str) and article_key(chunk_id) in self.articles

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        """By place; for a whole pass iterate."""
        return list(self)[at]


def article_key(chunk_id: str) -> str:
    """The key of a chunk's article, `<file_id>.<version>`."""
    return chunk_id.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk's id and its score: cosine for vectors, BM25 for words."""

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article's key, and the BM25 of its whole text and of its title with its first passage."""

    key: str
    whole: float
    lead: float


class PassageStore(Protocol):
    """The two derived indexes, vectors and words, as one thing. Disposable: the record can rebuild it."""

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Index new chunks; ids that exist already are refused with StateError. Durable when it returns."""
        ...

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Forget chunks; unknown ids are ignored."""
        ...

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[Hit]:
        """The chunks closest to a unit vector, best first; `within` restricts to these chunk ids."""
        ...

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The chunks that best match the words of a query by BM25, best first. Any text is a valid query."""
        ...

    def matching_articles(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that, as a whole, best match the words of a query, best first."""
        ...

    def weight(self, query: str) -> float:
        """The sum of the inverse document frequencies of a query's words, of those that some passage holds."""
        ...

    def spelt(self, word: str) -> str:
        """A lower-case word as the archive spells it; the word itself where it is held or none is near."""
        ...

    def count(self) -> int:
        """How many chunks both indexes hold."""
        ...

    def prepare(self) -> None:
        """Be ready to search and write, after repairing from the record what is missing or damaged."""
        ...

    def rebuild(self) -> None:
        """Make both indexes anew from the record's live chunks, with no trace of what was removed."""
        ...

    def settle(self) -> None:
        """Note, at the end of a piece of work, that the indexes are as they should be."""
        ...

    def close(self) -> None:
        """Leave the indexes clean on disk."""
        ...
