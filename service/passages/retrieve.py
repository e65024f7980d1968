"""Find the passages for a question: dense and lexical search, weighed together with what the articles are about,
when they appeared and who published them, and spread over articles and origins.

A passage's score is a weighted sum (`ranking.py`) of its cosine, its BM25, the BM25 of its whole article and of the
article's lead, and of what the question says about time and publisher.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from service.domain import Filters, Passage
from service.language.thesaurus import some_lemmas
from service.language.words import words
from service.passages.catalogue import Catalogue
from service.passages.confidence import Evidence, confidence
from service.passages.hints import Hints, read_hints
from service.passages.ranking import Marks, Ranking, recency
from service.ports import ArticleHit, Embedder, Entry, Hit, PassageStore, Record, Scope, article_key


class Found(list[Passage]):
    """The passages for one query, best first.

    `confidence`, from 0 to 1, says how sure retrieval is that anything in the archive fits (`confidence.py`).
    `query` is what was searched for: the query with misspelt words as the archive spells them; `vector` is its
    vector, where it was embedded.
    """

    def __init__(self, passages: Iterable[Passage] = (), confidence: float = 0.0, query: str = "",
                 vector: NDArray[np.float32] | None = None) -> None:
        super().__init__(passages)
        self.confidence, self.query, self.vector = confidence, query, vector


@dataclass(frozen=True, slots=True)
class _Scored:
    """A passage of the pool on its way: its marks, its score by content alone and with all hints."""

    chunk_id: str
    entry: Entry
    marks: Marks
    content: float
    score: float
    dense: float | None
    lexical: float | None


@dataclass(frozen=True, slots=True)
class _Search:
    """One query on its way through the searches."""

    text: str
    lexical: str
    length: int
    vector: NDArray[np.float32] | None
    weight: float
    within: Scope | None
    hints: Hints
    as_of: date | None


class Retriever:
    """Searches one archive. Before it searches one that has changed, it calls `check`, which may refuse it."""

    def __init__(self, record: Record, store: PassageStore, embedder: Embedder, ranking: Ranking | None = None, *,
                 check: Callable[[], None] = lambda: None) -> None:
        self._record, self._store, self._embedder, self._check = record, store, embedder, check
        self._ranking = ranking or Ranking()
        self._catalogue: Catalogue | None = None

    async def retrieve(
        self, query: str, *, limit: int, filters: Filters | None = None, as_of: date | None = None
    ) -> Found:
        """The best passages for a query, best first, no more than `limit`.

        `as_of` is the day on which the question is asked: articles published later are left out, and those of the
        days before it count more, unless the question names a time of its own. Raises EmbedderError.
        """
        catalogue = await asyncio.to_thread(self._current)
        within = catalogue.scope(filters or Filters(), as_of)
        if not catalogue.entries or (within is not None and not len(within)) or limit <= 0:
            return Found(query=query)
        text = await asyncio.to_thread(self._spelt, query) if self._ranking.spelling else query
        vector = (await self._embedder.embed([text]))[0] if self._ranking.dense else None
        return await asyncio.to_thread(self._found, catalogue, text, vector, within, as_of, limit)

    async def nothing_to_search(self) -> bool:
        """Whether the archive has no article."""
        return not (await asyncio.to_thread(self._current)).entries

    def _current(self) -> Catalogue:
        """The catalogue of the record as it is now."""
        revision = self._record.revision()
        catalogue = self._catalogue
        if catalogue is None or catalogue.revision != revision:
            self._check()
            catalogue = self._catalogue = Catalogue.following(catalogue, self._record)
        return catalogue

    def _found(self, catalogue: Catalogue, text: str, vector: NDArray[np.float32] | None, within: Scope | None,
               as_of: date | None, limit: int) -> Found:
        """Search, weigh and spread."""
        told = dict.fromkeys(w.lower for w in words(text) if w.content)
        content = " ".join(told) or text
        search = _Search(text, content, len(told), vector, self._store.weight(content), within,
                         read_hints(text, catalogue.publishers, as_of), as_of)
        pool, scored = self._ranking.pool, self._pooled(search, catalogue, self._ranking.pool)
        while len(scored) >= pool and len({one.entry.origin_id for one in scored}) < self._ranking.origins \
                and pool < 16 * self._ranking.pool:
            pool *= 4
            scored = self._pooled(search, catalogue, pool)
        nearer = self._nearer(search, scored)
        first = self._kept(self._covering(nearer, search.hints))
        chosen = self._spread(first, limit)
        held = self._record.passages([one.chunk_id for one in chosen])
        passages = [Passage(*held[one.chunk_id], one.score, one.dense, one.lexical)
                    for one in chosen if one.chunk_id in held]
        sure = confidence(Evidence.of([one.marks for one in scored], search.weight)) if passages else 0.0
        return Found(passages, sure, text, vector)

    def _spelt(self, query: str) -> str:
        """The query with each word that neither the archive nor English knows as the archive spells it."""
        parts, end = [], 0
        for word in words(query):
            if word.content and len(word.lower) >= 4 and not some_lemmas(word.lower):
                better = self._store.spelt(word.lower)
                if better != word.lower:
                    cased = better.capitalize() if word.text[0].isupper() else better
                    parts += [query[end : word.start], cased]
                    end = word.start + len(word.lower)
        return "".join([*parts, query[end:]])

    def _pooled(self, search: _Search, catalogue: Catalogue, pool: int) -> list[_Scored]:
        """The best `pool` passages by each way of searching with all their marks, best first."""
        dense: list[Hit] = []
        lexical: list[Hit] = []
        articles: list[ArticleHit] = []
        if search.vector is not None:
            dense = self._store.nearest(search.vector, pool, search.within)
        if self._ranking.lexical:
            lexical = self._store.matching(search.lexical, pool, search.within)
            articles = self._store.matching_articles(search.lexical, self._ranking.article_pool, search.within)
        return self._scored(search, catalogue, dense, lexical, articles)

    def _scored(self, search: _Search, catalogue: Catalogue, dense: Sequence[Hit], lexical: Sequence[Hit],
                articles: Sequence[ArticleHit]) -> list[_Scored]:
        """The hits with their scores. What a search didn't find has less there than the last that it found."""
        cosines = {hit.chunk_id: hit.score for hit in dense}
        bm25 = {hit.chunk_id: hit.score for hit in lexical}
        whole = {hit.key: hit for hit in articles}
        weight = max(search.weight, 1e-9)
        least = (dense[-1].score if dense else 0.0, lexical[-1].score / 2 if lexical else 0.0,
                 articles[-1].whole * 0.7 if articles else 0.0)
        found = []
        hinted: dict[str, float] = {}
        for chunk_id in dict.fromkeys([*cosines, *bm25]):
            entry = catalogue.entries.get(article_key(chunk_id))
            if entry is None:
                continue
            key = entry.key
            about = whole.get(key)
            if key not in hinted:
                hinted[key] = self._hinted(entry, search)
            marks = Marks(
                cosines.get(chunk_id, least[0]), bm25.get(chunk_id, least[1]) / weight,
                (about.whole if about else least[2]) / weight, (about.lead if about else 0.0) / weight)
            content = marks.content(self._ranking, search.length)
            found.append(_Scored(chunk_id, entry, marks, content, content + hinted[key],
                                 cosines.get(chunk_id), bm25.get(chunk_id)))
        found.sort(key=lambda one: (-one.score, one.chunk_id))
        return found

    def _nearer(self, search: _Search, scored: list[_Scored]) -> list[_Scored]:
        """The best passages again, each as near as its nearest sentence where that is nearer than the whole.

        A sentence that answers is lost in the vector of five and of a header about other things.
        """
        looked = scored[: self._ranking.sentence_pool]
        if search.vector is None or not self._ranking.sentences:
            return scored
        cosines = self._record.sentence_cosines([one.chunk_id for one in looked], search.vector)
        found = []
        for one in looked:
            marks = replace(one.marks, cosine=max(one.marks.cosine, cosines.get(one.chunk_id, -1.0)))
            content = marks.content(self._ranking, search.length)
            found.append(replace(one, marks=marks, content=content, score=one.score - one.content + content))
        return sorted([*found, *scored[len(looked) :]], key=lambda one: -one.score)

    def _hinted(self, entry: Entry, search: _Search) -> float:
        """What the day of asking, and a day and publishers that the question names, are worth for an article."""
        ranking, hints = self._ranking, search.hints
        worth = 0.0
        if search.as_of is not None and not hints.past:
            strength = ranking.fresh_recency if hints.now and ranking.recency else ranking.recency
            worth += strength * recency(entry.published, search.as_of, ranking.recency_days)
        if entry.publisher in hints.publishers:
            worth += ranking.publisher
        if hints.on(entry.published):
            worth += ranking.day
        return worth

    def _covering(self, scored: list[_Scored], hints: Hints) -> list[_Scored]:
        """Where several publishers are named, the best passage of each comes further up."""
        if len(hints.publishers) < 2 or not self._ranking.coverage:
            return scored
        best: dict[str | None, str] = {}
        for one in scored:
            best.setdefault(one.entry.publisher, one.chunk_id)
        lifted = {best[name] for name in hints.publishers if name in best}
        return sorted(scored, key=lambda one: (-one.score - self._ranking.coverage * (one.chunk_id in lifted),
                                               one.chunk_id))

    def _kept(self, scored: list[_Scored]) -> list[_Scored]:
        """The first few articles by content alone, if the hints pushed them down, among the first ten articles."""
        best: dict[str, _Scored] = {}
        for one in sorted(scored, key=lambda one: (-one.content, one.chunk_id)):
            best.setdefault(one.entry.key, one)
            if len(best) == self._ranking.reserved:
                break
        order = list(dict.fromkeys(one.entry.key for one in scored))
        place = {key: rank for rank, key in enumerate(order)}
        within = self._ranking.reserved_within
        pushed = [one for one in best.values() if place[one.entry.key] >= within]
        if not pushed:
            return scored
        gate = set(order[: within - len(pushed)])
        until = next((n for n, one in enumerate(scored) if one.entry.key not in gate), len(scored))
        lifted = {one.chunk_id for one in pushed}
        return [*scored[:until], *pushed, *(one for one in scored[until:] if one.chunk_id not in lifted)]

    def _spread(self, scored: list[_Scored], limit: int) -> list[_Scored]:
        """The first `limit`, no article or origin crowding out the rest; what was held back follows."""
        articles: Counter[str] = Counter()
        origins: Counter[str] = Counter()
        first: list[_Scored] = []
        later: list[_Scored] = []
        for one in scored:
            entry = one.entry
            crowded = (articles[entry.key] >= self._ranking.per_article
                       or origins[entry.origin_id] >= self._ranking.per_origin)
            (later if crowded else first).append(one)
            if not crowded:
                articles[entry.key] += 1
                origins[entry.origin_id] += 1
        return (first + later)[:limit]
