"""Vectors of texts, taken from the record where the same embedder has made them before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from service.domain import Article, Filters
from service.errors import EmbedderError
from service.passages.chunk import embedding_text
from service.passages.sentences import quotable_sentences, sentence_text
from service.ports import Embedder, Record, Sentences, Vectors

KnownVectors = Mapping[str, NDArray[np.float32]]


def known_vectors(record: Record, file_ids: Sequence[str], made_by: str) -> dict[str, NDArray[np.float32]]:
    """The vectors by their text that these articles have in the record, of the articles that `made_by` embedded.

    `made_by` is the end of a fingerprint. A sentence's vector has lost what its byte a number can't hold.
    """
    own = [one.file_id for one in record.known(file_ids) if one.fingerprint.endswith(made_by)]
    if not own:
        return {}
    known: dict[str, NDArray[np.float32]] = {}
    for article, told in record.readings(own).values():
        if told is not None:
            texts = (sentence_text(article, start, end) for start, end, _ in told.places)
            known.update(zip(texts, told.vectors, strict=True))
    ids, vectors = record.vectors(record.within(Filters(file_ids=tuple(own))))
    cut = record.passages(ids)
    known.update((embedding_text(cut[chunk_id][0]), vector)
                 for chunk_id, vector in zip(ids, vectors, strict=True) if chunk_id in cut)
    return known


async def embedded(texts: Sequence[str], embedder: Embedder, known: KnownVectors) -> Vectors:
    """Unit vectors in the order of the texts, shape (n, dimension); each unknown text is embedded once.

    Raises EmbedderError, also for numbers of another shape than the embedder promises.
    """
    fresh = list(dict.fromkeys(text for text in texts if text not in known))
    vectors = await embedder.embed(fresh) if fresh else np.zeros((0, embedder.dimension), np.float32)
    if vectors.shape != (len(fresh), embedder.dimension):
        raise EmbedderError(
            f"the embedder gave {vectors.shape!r} numbers for {len(fresh)} texts of "
            f"{embedder.dimension}", advice="check ONRECORD_EMBEDDER with `onrecord doctor`")
    made = dict(zip(fresh, vectors, strict=True))
    found = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
    for row, text in enumerate(texts):
        found[row] = made[text] if text in made else known[text]
    return found


async def embedded_sentences(articles: Sequence[Article], embedder: Embedder, known: KnownVectors) -> list[Sentences]:
    """Each article's quotable sentences with their vectors, all embedded in one go. Raises EmbedderError."""
    places = [quotable_sentences(article) for article in articles]
    texts = [sentence_text(article, start, end)
             for article, own in zip(articles, places, strict=True) for start, end, _ in own]
    vectors = await embedded(texts, embedder, known)
    parts = np.split(vectors, np.cumsum([len(own) for own in places])[:-1])
    return [Sentences(tuple(own), part) for own, part in zip(places, parts, strict=True)]
