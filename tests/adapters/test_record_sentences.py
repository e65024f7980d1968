"""The nearest sentence of each chunk, read from the record."""

from __future__ import annotations

import numpy as np
import pytest

from service.passages.inbox import Upload
from service.ports import Vectors
from tests.support.archives import Opened, article, published

LONG = "".join(f"Pier {n} of Osmer has {n} boats and {n * 3} moorings for guests who stay over night.\n\n" for n in range(40))
SHORT = "The clerk counted forty boats. The mayor counted fifty.\n"


async def filled(at: Opened) -> None:
    await at.archive.add([Upload("long.txt", LONG.encode(), file_id="long"),
                          Upload("short.txt", SHORT.encode(), file_id="short")])
    await published(at.record, article("bare", "Nobody counted boats."), store=at.store)


async def asked(at: Opened, text: str) -> Vectors:
    return (await at.embedder.embed([text]))[0]


async def test_each_chunk_has_the_cosine_of_its_own_nearest_sentence(at: Opened) -> None:
    await filled(at)
    vector = await asked(at, "how many boats has pier 12?")
    chunks = {one.chunk_id: one for many, _ in at.record.chunks() for one in many}
    assert len(chunks) > 6
    expected = {}
    for file_id, (_, told) in at.record.readings(["long", "short"]).items():
        assert told is not None
        for chunk in chunks.values():
            if chunk.file_id == file_id:
                expected[chunk.chunk_id] = max(
                    float(row @ vector) for (start, end, _), row in zip(told.places, told.vectors, strict=True)
                    if start < chunk.end and end > chunk.start)
    found = at.record.sentence_cosines([*chunks, "gone.1.0"], vector)
    assert found == pytest.approx(expected, abs=1e-6), "an article without vectors of its sentences is left out"
    best = max((one for one in found if one.startswith("long")), key=lambda one: found[one])
    assert "Pier 12 " in chunks[best].text


async def test_a_sentence_itself_is_as_near_as_can_be(at: Opened) -> None:
    await filled(at)
    (chunk_id,) = (one.chunk_id for many, _ in at.record.chunks() for one in many if one.file_id == "short")
    near = at.record.sentence_cosines([chunk_id], await asked(at, "The mayor counted fifty."))
    assert near[chunk_id] == pytest.approx(1.0, abs=0.01)
    assert at.record.sentence_cosines([], np.ones(96, np.float32)) == {}
    assert at.record.sentence_cosines([chunk_id], np.ones(16, np.float32)) == {}, "another embedder's are none"
