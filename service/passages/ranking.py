"""How a passage's marks become its score. Every step can be switched off, so that its worth can be measured.

The marks are on scales of their own: cosines, and BM25 as a share of the query's weight (what a text of mean length
that has each of its words once would get, about). `docs/retrieval.md` tells how the weights were found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights of the marks, how much is looked at, and how passages are spread over articles and origins.

    A weight of 0 switches its step off; `dense` and `lexical` switch a whole way of searching off.
    """

    dense: bool = True
    lexical: bool = True
    pool: int = 200
    """Passages taken from each way of searching."""
    article_pool: int = 80
    cosine: float = 7.0
    """For the cosine of the passage or, where that is higher, of its nearest sentence."""
    sentences: bool = True
    sentence_pool: int = 40
    """Passages, the best without them, whose sentences are looked at."""
    words: float = 1.0
    article: float = 1.5
    lead: float = 1.5
    short: int = 6
    """Content words up to which a question is short. In longer ones words count more, in proportion: one vector
    can't hold all that a long question asks."""
    recency: float = 3.5
    recency_days: float = 10.0
    fresh_recency: float = 4.0
    """In place of `recency` for a question that says it is about now ("this week", "latest")."""
    publisher: float = 4.0
    """For a passage of a publisher whom the question names."""
    coverage: float = 2.0
    """For the best passage of each publisher, where the question names several."""
    day: float = 4.0
    """For an article of a day that the question names."""
    spelling: bool = True
    per_article: int = 4
    per_origin: int = 8
    origins: int = 8
    """With fewer origins among the pool, as when one story was reprinted everywhere, more is fetched."""
    reserved: int = 3
    """Articles, the best by content alone, that the recency prior can't push out of the first `reserved_within`."""
    reserved_within: int = 10


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of one passage: its cosine or that of its nearest sentence, and as shares of the query's weight
    the BM25 of the passage, of its article and of the article's lead."""

    cosine: float
    words: float
    article: float
    lead: float

    def content(self, ranking: Ranking, words: int) -> float:
        """How well the passage fits by what it says, for a question of so many content words."""
        said = ranking.words * self.words + ranking.article * self.article + ranking.lead * self.lead
        return ranking.cosine * self.cosine + said * max(1.0, words / ranking.short)


def recency(published: date | None, as_of: date, days: float) -> float:
    """1 for an article of today, little less for one of this week, nothing after a month (with `days` 10).

    A bell rather than a half-life: news of the last few days are equally of today, and among articles of a year ago
    none is preferred for being a little younger.
    """
    if published is None:
        return 0.0
    age = max(0, (as_of - published).days)
    return math.exp(-((age / days) ** 2)) if age < 20 * days else 0.0
