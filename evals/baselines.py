"""The simple things that an answer should beat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from service.language.sentences import split
from service.ports import Embedder
from service.settings import Settings


def embedder_of(settings: Settings) -> Embedder:
    """The embedder that the settings name, as the service itself makes it."""
    from service.wiring import EMBEDDERS

    kind, _, name = settings.embedder.partition(":")
    return EMBEDDERS[kind](settings, name)


def sentences_of(texts: Sequence[str]) -> list[str]:
    """The distinct sentences of some texts, in order."""
    found = (" ".join(text[s.start : s.end].split()) for text in texts for s in split(text))
    return list(dict.fromkeys(sentence for sentence in found if sentence))


async def nearest_sentence(question: str, texts: Sequence[str], embedder: Embedder) -> str:
    """The sentence of the texts with the highest cosine to the question; "" without one."""
    sentences = await asyncio.to_thread(sentences_of, texts)
    if not sentences:
        return ""
    vectors = await embedder.embed([question, *sentences])
    return sentences[int(np.argmax(vectors[1:] @ vectors[0]))]
