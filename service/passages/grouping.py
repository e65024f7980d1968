"""Origins kept up to date: only what may be one text with an article that came, went or changed is grouped again.

Each article's sketch is kept apart from its signature, so that those which share a band with a new one are found by
comparing numbers, a hundredth of a second for a hundred thousand articles. What is so connected, directly or through
others, is grouped as a whole; the result is that of grouping everything.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.passages.signatures import changed_origins, unpacked
from service.ports import ArticleRecord

_MANY: Final = 0.2
"""Share of the archive from which everything is grouped at once."""
_FEW: Final = 12
"""Articles up to which each is compared by itself."""
_STEP: Final = 500


def sketch_of(signature: bytes) -> bytes:
    """The sketch in a packed signature; nothing for a text without words."""
    found = unpacked(signature)
    return found.minhash if found.words else b""


def regroup(record: ArticleRecord, changed: AbstractSet[str] | None) -> None:
    """Find again which articles are one text, for these articles and all that they may be one text with; for all
    where `changed` is None."""
    _sketch_rest(record)
    if changed is not None:
        ids, data = record.sketches()
        wanted = connected(ids, data, changed)
        if wanted is not None:
            articles = record.signed(sorted(wanted | changed))
            if found := changed_origins(articles):
                record.set_origins(found)
            return
    if found := changed_origins(record.signatures()):
        record.set_origins(found)


def connected(ids: list[str], data: bytes, seeds: AbstractSet[str]) -> set[str] | None:
    """The articles that share a band with one of the seeds, with those that share one with these, and so on; None
    where that is a large part of all."""
    if len(seeds) > max(_FEW, _MANY * len(ids)):
        return None
    if not ids:
        return set()
    bands = np.frombuffer(data, dtype=np.uint64).reshape(len(ids), -1)
    reached = np.isin(np.array(ids), np.array(sorted(seeds)))
    frontier = np.flatnonzero(reached)
    while len(frontier):
        near = _near(bands, frontier) & ~reached
        reached |= near
        if reached.sum() > max(100, _MANY * len(ids)):
            return None
        frontier = np.flatnonzero(near)
    return {ids[at] for at in np.flatnonzero(reached)}


def _near(bands: NDArray[np.uint64], frontier: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which articles share a band with one at the frontier."""
    found = np.zeros(len(bands), dtype=bool)
    if len(frontier) <= _FEW:
        for at in frontier:
            found |= (bands == bands[at]).any(axis=1)
        return found
    for band in range(bands.shape[1]):
        found |= np.isin(bands[:, band], bands[frontier, band])
    return found


def _sketch_rest(record: ArticleRecord) -> None:
    """Give a sketch to articles that an older version left without."""
    rest = record.unsketched()
    for start in range(0, len(rest), _STEP):
        some = record.signed(rest[start : start + _STEP])
        made = {one.file_id: sketch for one in some if one.signature and (sketch := sketch_of(one.signature))}
        if made:
            record.note_sketches(made)
