"""A small, deterministic embedder for tests: texts with the same words get close vectors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from service.ports import Vectors

_WORD = re.compile(r"\w+")


class HashingEmbedder:
    """A real `service.ports.Embedder`; `salt` makes another model of the same kind."""

    def __init__(self, *, dimension: int = 96, max_tokens: int = 256, salt: str = "") -> None:
        self.dimension, self.max_tokens, self._salt = dimension, max_tokens, salt
        self.texts: list[str] = []

    @property
    def fingerprint(self) -> str:
        """Its kind, size and salt."""
        return f"hashing-{self.dimension}-{self._salt}"

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """A unit vector each; what was embedded is kept in `texts`."""
        self.texts += texts
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.lower()) or [""]:
                digest = hashlib.sha256((self._salt + word).encode("utf-8", "surrogatepass")).digest()
                found[row] += np.random.default_rng(list(digest[:8])).standard_normal(self.dimension)
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def token_count(self, text: str) -> int:
        """Words and signs; a word costs a token for each six characters begun."""
        return sum(-(-len(piece) // 6) for piece in re.findall(r"\w+|[^\w\s]", text))
