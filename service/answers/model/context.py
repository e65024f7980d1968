"""What the model reads: the passages found, and around the best of them what their articles say next to it.

A passage alone is often a heading, the second half of a thought, or a sentence whose "he" is named in the one before.
What stands side by side in an article is put together as one longer passage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.domain import Chunk, Passage, Source

ANCHORS = 6
"""So many of the best passages are read with what stands before and behind them."""
LEADS = 2
"""So many of the articles that the best passages stand in are read from their beginning."""
OPENING = 2
"""Chunks of an article's beginning: often a headline, then the story."""
LONGEST = 6
"""Chunks of one article that are put together at most."""


def around(passages: Sequence[Passage]) -> list[str]:
    """The ids of the chunks that may make the best passages clearer, the most useful first, none of them found itself.

    Some may not exist: where an article begins and ends is not known here.
    """
    found = {passage.chunk.chunk_id for passage in passages}
    places = [_place(passage.chunk) for passage in passages[:ANCHORS]]
    leads = [f"{article}.{i}" for article in list(dict.fromkeys(a for a, _ in places))[:LEADS] for i in range(OPENING)]
    beside = [f"{article}.{at + step}" for article, at in places for step in (1, -1) if at + step >= 0]
    return [chunk_id for chunk_id in dict.fromkeys([*leads[:OPENING], *beside, *leads]) if chunk_id not in found]


def beside(passages: Sequence[Passage], held: Mapping[str, tuple[Chunk, Source]]) -> list[Passage]:
    """The chunks around passages as passages, most useful first: those of `held` that are of the same text."""
    versions = {passage.chunk.file_id: passage.source.file_sha256 for passage in passages}
    return [Passage(chunk, source, 0.0) for chunk_id in around(passages) if chunk_id in held
            for chunk, source in [held[chunk_id]] if versions.get(chunk.file_id) == source.file_sha256]


def joined(passages: Sequence[Passage], texts: Mapping[str, str]) -> list[Passage]:
    """The passages, neighbours of one article as one passage, in the order of the first part given.

    `texts` are the articles' texts by file id. Chunks are put together where nothing but white space parts them: an
    advert between two is never shown.
    """
    ranks = {passage.chunk.chunk_id: rank for rank, passage in enumerate(passages)}
    by_place = {_place(passage.chunk): passage for passage in passages}
    stretches: list[list[Passage]] = []
    for article, at in sorted(by_place):
        passage, before = by_place[article, at], by_place.get((article, at - 1))
        if before is not None and len(stretches[-1]) < LONGEST and _touch(before, passage, texts):
            stretches[-1].append(passage)
        else:
            stretches.append([passage])
    stretches.sort(key=lambda parts: min(ranks[part.chunk.chunk_id] for part in parts))
    return [_one(parts, texts) for parts in stretches]


def _place(chunk: Chunk) -> tuple[str, int]:
    """An article's version, and the chunk's place in it."""
    return chunk.chunk_id.rpartition(".")[0] or chunk.chunk_id, chunk.position


def _touch(first: Passage, second: Passage, texts: Mapping[str, str]) -> bool:
    """Whether the second goes on where the first ends."""
    text = texts.get(first.chunk.file_id)
    return text is not None and not text[first.chunk.end : second.chunk.start].strip()


def _one(parts: Sequence[Passage], texts: Mapping[str, str]) -> Passage:
    """Neighbouring passages as one."""
    if len(parts) == 1:
        return parts[0]
    first, last = parts[0].chunk, parts[-1].chunk
    chunk = replace(first, chunk_id=f"{first.chunk_id}-{last.position}", end=last.end,
                    text=texts[first.file_id][first.start : last.end])
    return replace(parts[0], chunk=chunk, score=max(part.score for part in parts))
