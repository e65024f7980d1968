"""minhash: documents among which a few pairs are near-duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.data.bench import Absent, located


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Documents by id, and the pairs that are near-duplicates, each pair sorted."""

    texts: dict[str, str]
    pairs: frozenset[tuple[str, str]]


def duplicates(bench: Path | None, size: int = 100) -> Duplicates:
    """The set with that many documents (100 or 2500). Raises Absent."""
    texts: dict[str, str] = {}
    for line in located(bench, "minhash", f"articles_{size}.train").read_text("utf-8").splitlines():
        name, _, text = line.partition(" ")
        if name:
            texts[name] = text
    pairs = set()
    for line in located(bench, "minhash", f"articles_{size}.truth").read_text("utf-8").splitlines():
        names = sorted(line.split())
        if len(names) == 2:
            pairs.add((names[0], names[1]))
    if any(name not in texts for pair in pairs for name in pair):
        raise Absent(f"articles_{size}.truth names a document that is not in the set")
    return Duplicates(texts, frozenset(pairs))
