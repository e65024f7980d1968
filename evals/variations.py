"""Articles without end for an archive of any size: those of a source archive, and then others made from them."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from service.adapters.record import SqlRecord
from service.domain import Article, Chunk, Filters, Sourced
from service.ports import Vectors
from service.settings import Settings

SEED = 20261122
NOISE = 0.35
"""Length of the noise that moves a unit vector: a cosine of about .94 to the passage that it was made from."""

_EXCHANGED = 0.34
_WORD = re.compile(r"[A-Za-z]{4,}|\d")


class Variations:
    """Articles of a source archive and, from the second round on, others made from them."""

    def __init__(self, source: Path) -> None:
        self._record = SqlRecord(Settings.load(data=source).record_url)
        self._files = sorted(one.file_id for one in self._record.known())
        self._numbers = np.random.default_rng(SEED)
        self._choice = random.Random(SEED)
        self._words: dict[int, list[str]] = defaultdict(list)
        self._read: dict[str, tuple[Article, tuple[Chunk, ...], Vectors, bytes]] = {}

    def drafts(self, first: int) -> Iterator[tuple[int, Article, tuple[Chunk, ...], Vectors, bytes]]:
        """From the `first` on without end: its number, an article, its chunks, their vectors, its signature."""
        number = first
        while True:
            turn, place = divmod(number, len(self._files))
            file_id = self._files[place]
            if file_id not in self._read:
                self._read[file_id] = self._source(file_id)
            article, chunks, vectors, signature = self._read[file_id]
            self._learn(article.text)
            if turn:
                article, chunks = self._varied(article, chunks, f"{file_id}r{turn}", turn)
                vectors, signature = self._moved(vectors), self._unlike(signature)
            if article.publisher is None:
                outlet = f"Outlet {min(int(self._choice.expovariate(0.2)), 40)}"
                article = replace(article, publisher=Sourced(outlet, "caller"))
            if chunks:
                yield number, article, chunks, vectors, signature
            number += 1

    def _source(self, file_id: str) -> tuple[Article, tuple[Chunk, ...], Vectors, bytes]:
        """An article of the source archive."""
        article, _ = self._record.readings([file_id])[file_id]
        ids, vectors = self._record.vectors(self._record.within(Filters(file_ids=(file_id,))))
        chunks = tuple(chunk for chunk, _ in self._record.passages(ids).values())
        return article, chunks, vectors, self._record.signed([file_id])[0].signature

    def _learn(self, text: str) -> None:
        """Remember some of a text's words for the exchange."""
        for word in _WORD.findall(text)[:60]:
            known = self._words[len(word)]
            if len(known) < 20_000:
                known.append(word)

    def varied(self, text: str) -> str:
        """A text of the same length with other digits and a third of its words exchanged."""

        def other(found: re.Match[str]) -> str:
            word = found.group()
            if word.isdigit():
                return str(self._choice.randrange(10))
            if self._choice.random() > _EXCHANGED or not self._words.get(len(word)):
                return word
            taken = self._choice.choice(self._words[len(word)])
            return taken.capitalize() if word[0].isupper() else taken.lower()

        return _WORD.sub(other, text)

    def _varied(self, article: Article, chunks: Sequence[Chunk], file_id: str, turn: int
                ) -> tuple[Article, tuple[Chunk, ...]]:
        text = self.varied(article.text)
        published = article.published
        if published is not None:
            day = published.value + timedelta(days=self._choice.randrange(-400, 400))
            published = Sourced(day, published.found_in)
        made = replace(article, file_id=file_id, filename=f"{turn}-{article.filename}", path=None, text=text,
                       sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), published=published,
                       origin_id="", reprint_of=None, update_of=None)
        return made, tuple(replace(one, file_id=file_id, text=text[one.start : one.end]) for one in chunks)

    def _moved(self, vectors: Vectors) -> Vectors:
        noise = self._numbers.standard_normal(vectors.shape).astype(np.float32)
        moved: Vectors = vectors + noise * (NOISE / np.linalg.norm(noise, axis=1, keepdims=True))
        unit: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return unit

    def _unlike(self, signature: bytes) -> bytes:
        """A signature that has another article's MinHash, as unrelated texts have."""
        head, _, rest = signature.partition(b"\n")
        length = json.loads(head)["lengths"][0]
        return head + b"\n" + self._numbers.bytes(length) + rest[length:]

    def close(self) -> None:
        """Let the source go."""
        self._record.close()
