"""Sentences' vectors that are made after their article is acknowledged: half of the time that an upload would take.

An article is found by its passages; an answer that needs the vector of a sentence that has none yet makes it itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from service.domain import SpanKind
from service.errors import NotFoundError, OnRecordError
from service.passages.sentences import quotable_sentences, sentence_text
from service.ports import ArticleRecord, Embedder, Sentences, Vectors

MOST: Final = 4
"""So many articles wait at most, so that whoever ends the service doesn't wait for long."""
_AT_ONCE = 16
"""Sentences that are embedded between two looks at whether an upload has come."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Begun:
    """An article whose sentences are being embedded."""

    file_id: str
    version: int
    places: list[tuple[int, int, SpanKind]]
    texts: list[str]
    made: list[Vectors] = field(default_factory=list)


class LateSentences:
    """The articles whose sentences have no vectors yet."""

    def __init__(self, record: ArticleRecord, embedder: Embedder) -> None:
        self._record, self._embedder = record, embedder
        self._waiting: deque[tuple[str, int]] = deque()
        self._begun: _Begun | None = None

    def __len__(self) -> int:
        """How many articles wait."""
        return len(self._waiting) + (self._begun is not None)

    def add(self, file_id: str, version: int) -> None:
        """Make this one's in time."""
        self._waiting.append((file_id, version))

    async def step(self) -> bool:
        """Do a little of the work; whether there is more. What can't be done is left to the answers."""
        begun, self._begun = self._begun, None
        try:
            if begun is None and self._waiting:
                begun = await self._begin(*self._waiting.popleft())
            elif begun is not None:
                begun = await self._go_on(begun)
        except NotFoundError:
            begun = None
        except OnRecordError as error:
            _log.warning("the sentences of an article are embedded with each question: %s", error)
            begun = None
        self._begun = begun
        return bool(len(self))

    async def _begin(self, file_id: str, version: int) -> _Begun:
        article = await asyncio.to_thread(self._record.article, file_id)
        places = quotable_sentences(article)
        return _Begun(file_id, version, places, [sentence_text(article, start, end) for start, end, _ in places])

    async def _go_on(self, begun: _Begun) -> _Begun | None:
        done = sum(map(len, begun.made))
        if done < len(begun.texts):
            begun.made.append(await self._embedder.embed(begun.texts[done : done + _AT_ONCE]))
            return begun
        vectors = np.concatenate(begun.made) if begun.made else np.zeros((0, self._embedder.dimension), np.float32)
        await asyncio.to_thread(self._record.keep_sentences, begun.file_id, begun.version,
                                Sentences(tuple(begun.places), vectors))
        return None
