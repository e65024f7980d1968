"""One collection of a Qdrant server: passages, articles and spellings of one archive.

A *passage* has its dense vector `meaning` and the sparse vector `words` (body and header in places of their own); an
*article* has `whole`, `lead` and `forms`, the words as they stand. Qdrant's `idf` modifier puts the inverse document
frequencies in, so that a sparse dot product is BM25, up to the lengths: Qdrant weighs none, so that the mean lengths of
the texts with which the collection began are kept with it. A *spelling* is a point without a vector, found by the
letters with which it begins. Texts stay in the record.

Dense and sparse hits are asked for one by one and not fused by the server: how they are weighed together, with what
articles are about and what the question says of time and publisher, is `service.passages.retrieve`'s.
"""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from service.adapters.index_errors import translated
from service.adapters.sparse_words import SparseWords, place, query_weights, vector, weights
from service.domain import Chunk
from service.errors import StateError
from service.language.spelling import nearest_spelling, slips_between
from service.ports import ArticleHit, Hit, Scope, Vectors, article_key

NAME: Final = "Qdrant server"
FEW = 5_000
"""Up to so many ids of articles or chunks, `within` is a filter; beyond, more hits are fetched and sifted."""

_HEADER_WEIGHT: Final = 0.4
_BATCH: Final = 500
"""Points sent at once: the server takes bodies of 32 MiB, and a vector is written out in decimals."""
_SPACE: Final = uuid.UUID("5b0ff5f3-61f5-4ad4-9d5b-6d9a1a3e8c21")
_START: Final = 2
"""Letters that a misspelt word and the word meant have in common at their start."""
_SLIPS: Final = 2
_NEIGHBOURS, _WIDTH = 16, 200
"""As `chroma_vectors.py` has them; Qdrant searches as wide as it builds."""

T = TypeVar("T")


@contextmanager
def asked() -> Iterator[None]:
    """Every error inside becomes a StateError; one of a server that can't be reached may go by itself."""
    with translated(NAME):
        try:
            yield
        except Exception as error:
            if type(error).__name__ != "ResponseHandlingException":
                raise
            raise StateError(f"the {NAME} doesn't answer: {error}", retryable=True, advice="start it, or correct "
                             "ONRECORD_STORE; questions are answered meanwhile") from error


class QdrantPoints:
    """The points of a collection, by its name or an alias. Every method raises StateError."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name, self._words = client, name, SparseWords()
        self._sent: tuple[str, set[str]] = ("", set())
        """The collection's mark, and the spellings that this process has sent to it."""

    def begin(self, chunks: Sequence[Chunk], dimension: int) -> None:
        """Make the collection for vectors of that many numbers, and for texts as long as these."""
        with asked():
            from qdrant_client import models

            measured = {field: max(1.0, sum(map(len, texts)) / len(texts))
                        for field, texts in self._texts(chunks).items()}
            sparse = models.SparseVectorParams(modifier=models.Modifier.IDF)
            self._client.create_collection(
                self._name, metadata={"lengths": measured, "mark": uuid.uuid4().hex},
                hnsw_config=models.HnswConfigDiff(m=_NEIGHBOURS, ef_construct=_WIDTH),
                vectors_config={"meaning": models.VectorParams(size=dimension, distance=models.Distance.COSINE)},
                sparse_vectors_config=dict.fromkeys(("words", "whole", "lead", "forms"), sparse))
            for key in ("kind", "article", "start"):
                self._client.create_payload_index(self._name, key, models.PayloadSchemaType.KEYWORD)

    def dimension(self) -> int | None:
        """How many numbers a vector has; None where there is no such collection, or it is none of ours."""
        with asked():
            if not self._client.collection_exists(self._name):
                return None
            config = self._client.get_collection(self._name).config
            found = config.params.vectors.get("meaning") if isinstance(config.params.vectors, Mapping) else None
            return int(found.size) if found is not None and "lengths" in (config.metadata or {}) else None

    def count(self, kind: str = "passage") -> int:
        """How many points of a kind it holds."""
        with asked():
            return int(self._client.count(self._name, self._with("kind", [kind]), exact=True).count)

    def has(self, ids: Sequence[str]) -> list[str]:
        """Which of these chunks it holds."""
        found: list[str] = []
        with asked():
            for some in _pieces(ids):
                found += [one.payload["id"] for one in self._client.retrieve(
                    self._name, [_point(chunk_id) for chunk_id in some], with_payload=["id"])]
        return found

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Take in chunks whose ids are new, each article with all of its own; durable when it returns."""
        with asked():
            from qdrant_client import models

            about = self._client.get_collection(self._name).config.metadata
            means = about["lengths"]
            if self._sent[0] != about["mark"]:
                self._sent = about["mark"], set()
            sent = self._sent[1]
            points = [models.PointStruct(
                id=_point(chunk.chunk_id),
                vector={"meaning": row.tolist(), "words": vector(self._passage(chunk, means))},
                payload={"kind": "passage", "id": chunk.chunk_id, "article": article_key(chunk.chunk_id)})
                for chunk, row in zip(chunks, vectors, strict=True)]
            seen: dict[str, None] = {}
            for key, whole, lead in _articles(chunks):
                forms = self._words.forms(whole)
                seen |= dict.fromkeys(form for form in forms if form.isalpha() and form not in sent)
                points.append(models.PointStruct(
                    id=_point(f"article {key}"), payload={"kind": "article", "article": key},
                    vector={"whole": vector(weights("whole", self._words.stems(whole), means["whole"])),
                            "lead": vector(weights("lead", self._words.stems(lead), means["lead"])),
                            "forms": vector({place("forms", form): 1.0 for form in forms})}))
            points += [models.PointStruct(id=_point(f"spelling {form}"), vector={}, payload={
                "kind": "spelling", "spelling": form, "start": form[:_START]}) for form in seen]
            for some in _pieces(points):
                self._client.upsert(self._name, list(some), wait=True)
            sent |= seen.keys()

    def remove(self, ids: Sequence[str]) -> None:
        """Forget chunks and their articles; unknown ones are ignored. Durable when it returns."""
        keys = dict.fromkeys(map(article_key, ids))
        with asked():
            for some in _pieces([*map(_point, ids), *(_point(f"article {key}") for key in keys)]):
                self._client.delete(self._name, list(some), wait=True)

    def nearest(self, row: NDArray[np.float32], limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The closest passages by cosine, best first; approximately where there are many."""
        return self._sifted(row.tolist(), "meaning", limit, within)

    def near(self, rows: Vectors, limit: int) -> list[list[Hit]]:
        """The closest passages to each of several vectors."""
        found = self._batch([{"query": row.tolist(), "using": "meaning", "limit": limit, "with_payload": ["id"]}
                             for row in rows])
        return [[Hit(one.payload["id"], float(one.score)) for one in points] for points in found]

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The passages that best match any of the query's words, best first."""
        terms = self._words.asked(query)
        wanted = query_weights({"body": 1.0, "header": _HEADER_WEIGHT}, terms)
        return self._sifted(vector(wanted), "words", limit, within) if terms and limit > 0 else []

    def matching_articles(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that best match any of the query's words, best first by their whole text."""
        terms = self._words.asked(query)
        if not terms or limit <= 0:
            return []
        found = self._sifted(vector(query_weights({"whole": 1.0}, terms)), "whole", limit,
                             None if within is None else _keys(within), "article")
        leads = {hit.chunk_id: hit.score for hit in self._run(
            vector(query_weights({"lead": 1.0}, terms)), "lead", limit,
            self._with("article", [hit.chunk_id for hit in found]), "article")} if found else {}
        return [ArticleHit(hit.chunk_id, hit.score, leads.get(hit.chunk_id, 0.0)) for hit in found]

    def weight(self, query: str) -> float:
        """The sum of the inverse document frequencies of the query's words that some passage holds, as Qdrant has them:
        the best passage's score for a word alone, by the word's weight there."""
        places = [place("body", term) for term in self._words.asked(query)]
        found = self._batch([{"query": vector({at: 1.0}), "using": "words", "limit": 1, "with_vector": ["words"]}
                             for at in places])
        total = 0.0
        for at, points in zip(places, found, strict=True):
            for one in points:
                own = one.vector["words"]
                total += float(one.score) / own.values[own.indices.index(at)]
        return total

    def spelt(self, word: str) -> str:
        """The archive's own spelling of a lower-case word that it doesn't hold, if one is near; else the word."""
        folded = "".join(self._words.forms(word))
        if not folded.isalpha() or self._times([folded]):
            return word
        near = [form for form in self._spellings_from(folded[:_START])
                if slips_between(folded, form, _SLIPS) is not None]
        return nearest_spelling(folded, self._times(near)) or word

    # One step each

    def _texts(self, chunks: Sequence[Chunk]) -> dict[str, list[list[str]]]:
        """The words of the chunks and their articles, by field."""
        texts: dict[str, list[list[str]]] = defaultdict(list)
        for chunk in chunks:
            texts["body"].append(self._words.stems(chunk.text))
            texts["header"].append(self._words.stems(chunk.header))
        for _, whole, lead in _articles(chunks):
            texts["whole"].append(self._words.stems(whole))
            texts["lead"].append(self._words.stems(lead))
        return texts

    def _passage(self, chunk: Chunk, means: Mapping[str, float]) -> dict[int, float]:
        return (weights("body", self._words.stems(chunk.text), means["body"])
                | weights("header", self._words.stems(chunk.header), means["header"]))

    def _sifted(self, query: Any, using: str, limit: int, within: Collection[str] | None,
                key: str = "id") -> list[Hit]:
        """Hits of a query among these chunks, or these articles, best first."""
        if within is None or limit <= 0:
            return self._run(query, using, limit, None, key) if limit > 0 else []
        named = within.articles if isinstance(within, Scope) else within
        if len(named) <= FEW:
            return self._run(query, using, limit, self._only(within, key), key) if len(named) else []
        allowed: Any = within if isinstance(within, Scope) else frozenset(within)
        total = self.count("passage" if key == "id" else "article")
        fetched = min(total, 2 * limit * total // len(within) + 50)
        while True:
            found = self._run(query, using, fetched, None, key)
            hits = [hit for hit in found if hit.chunk_id in allowed]
            if len(hits) >= limit or len(found) < fetched or fetched >= total:
                return hits[:limit]
            fetched = min(fetched * 4, total)

    def _only(self, within: Collection[str], key: str) -> Any:
        """The filter that leaves these chunks or articles."""
        from qdrant_client import models

        if isinstance(within, Scope):
            return self._with("article", list(within.articles))
        if key == "article":
            return self._with("article", list(within))
        return models.Filter(must=[models.HasIdCondition(has_id=[_point(chunk_id) for chunk_id in within])])

    def _with(self, key: str, values: list[str]) -> Any:
        """The filter that leaves points with one of these values."""
        from qdrant_client import models

        return models.Filter(must=[models.FieldCondition(key=key, match=models.MatchAny(any=values))])

    def _run(self, query: Any, using: str, limit: int, left: Any, key: str) -> list[Hit]:
        with asked():
            found = self._client.query_points(self._name, query, using=using, limit=limit, query_filter=left,
                                              with_payload=[key]).points
            hits = [Hit(one.payload[key], float(one.score)) for one in found]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))

    def _batch(self, requests: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
        """The points of several queries, asked together."""
        found: list[list[Any]] = []
        with asked():
            from qdrant_client import models

            for some in _pieces(requests):
                found += [one.points for one in self._client.query_batch_points(
                    self._name, [models.QueryRequest(**request) for request in some])]
        return found

    def _times(self, forms: Sequence[str]) -> dict[str, int]:
        """In how many articles these words stand as they are, read off their inverse document frequencies."""
        found = self._batch([{"query": vector({place("forms", form): 1.0}), "using": "forms", "limit": 1}
                             for form in forms])
        total = self.count("article") if any(found) else 0
        return {form: max(1, round((total + 1) / math.exp(points[0].score) - 0.5))
                for form, points in zip(forms, found, strict=True) if points}

    def _spellings_from(self, start: str) -> Iterator[str]:
        """All spellings that begin so; some may have gone with their articles."""
        offset = None
        with asked():
            while True:
                found, offset = self._client.scroll(self._name, self._with("start", [start]), limit=10_000,
                                                    offset=offset, with_payload=["spelling"])
                yield from (one.payload["spelling"] for one in found)
                if offset is None:
                    return


def _articles(chunks: Sequence[Chunk]) -> Iterator[tuple[str, str, str]]:
    """Of each article whose chunks these are its key, its whole text and its lead."""
    articles: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        articles[article_key(chunk.chunk_id)].append(chunk)
    for key, own in articles.items():
        own.sort(key=lambda one: one.position)
        yield (key, "\n".join([own[0].header, *(one.text for one in own)]), f"{own[0].header}\n{own[0].text}")


def _keys(within: Sequence[str]) -> list[str]:
    """The keys of the articles that `within` names chunks of."""
    return list(within.articles if isinstance(within, Scope) else dict.fromkeys(map(article_key, within)))


def _point(name: str) -> str:
    """The id of a point: Qdrant takes numbers and UUIDs."""
    return str(uuid.uuid5(_SPACE, name))


def _pieces(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
