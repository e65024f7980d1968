"""The language model and the embedder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from service.domain import Usage

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors.

    `fingerprint` names the model and the hash of its weights; `dimension` is the length of a vector;
    `max_tokens` is how many tokens of a text it reads.
    """

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order given. Raises EmbedderError."""
        ...

    def token_count(self, text: str) -> int:
        """How many tokens the text costs, without the embedder's own markers."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed reply; `usage` comes with the last one where the endpoint reports it."""

    text: str = ""
    usage: Usage | None = None


class ChatModel(Protocol):
    """A language model behind a chat endpoint."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The reply as it comes. Raises ModelError or ModelTimeout, after retries of what is retryable."""
        ...

    async def warm(self) -> None:
        """Load what the first reply would wait for; asks the endpoint nothing."""
        ...

    async def reach(self) -> None:
        """Nothing, when the endpoint answers. Raises ModelError when it can't be reached or refuses the key."""
        ...

    async def aclose(self) -> None:
        """Let its connections go."""
        ...
