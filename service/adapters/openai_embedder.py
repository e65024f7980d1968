"""Embeddings from an OpenAI-compatible endpoint, through the `openai` package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from service.adapters.openai_errors import QUOTA, RETRYABLE, Secrets
from service.adapters.vocabulary import count_tokens, encodable, first_tokens
from service.errors import EmbedderError
from service.ports import Vectors

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
"""Of models whose dimension is known before the first vector has come."""
MAX_TOKENS = 8191
"""How many tokens of a text OpenAI's embedding models read."""
BATCH_TEXTS, BATCH_TOKENS = 128, 100_000
"""The most that one request carries; OpenAI refuses above 2,048 texts or 300,000 tokens."""
KEY = "check OPENAI_API_KEY (and that it belongs to the endpoint in OPENAI_BASE_URL)"
NAME = "check the model's name in ONRECORD_EMBEDDER, and OPENAI_BASE_URL (it usually ends in /v1)"
AGAIN = "check OPENAI_BASE_URL, try again later, or set ONRECORD_EMBEDDER=local"
OTHER = "choose another model in ONRECORD_EMBEDDER, or set ONRECORD_EMBEDDER=local"


class OpenAIEmbedder:
    """`service.ports.Embedder` over HTTP.

    `client_factory` opens an `openai.AsyncOpenAI`; one is opened for each call of `embed`, used in its event
    loop and closed after it. Retries are the client's own (`max_retries`). `max_tokens` is how many tokens of
    a text the model reads; longer ones are cut before they are sent. Texts are counted with OpenAI's
    vocabularies, which for another maker's model is an estimate.
    """

    def __init__(
        self, model: str, client_factory: Callable[[], AsyncOpenAI], *, max_tokens: int = MAX_TOKENS
    ) -> None:
        self._model, self._client_factory, self._max_tokens = model, client_factory, max_tokens
        self._dimension = DIMENSIONS.get(model)

    @property
    def fingerprint(self) -> str:
        """`openai:` and the model's name; an endpoint doesn't tell the hash of its weights."""
        return f"openai:{self._model}"

    @property
    def dimension(self) -> int:
        """The length of a vector. Raises EmbedderError before the first `embed` if DIMENSIONS lacks it."""
        if self._dimension is None:
            raise EmbedderError(f"the dimension of {self._model!r} isn't known before its first vector",
                                advice="embed a text first")
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text are sent."""
        return self._max_tokens

    def token_count(self, text: str) -> int:
        """How many tokens the whole text costs."""
        return count_tokens(text, self._model)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order given.

        Raises EmbedderError, `retryable` where the same call may succeed later, when the endpoint fails, or
        gives another number of vectors, another dimension than before, or something that has no direction.
        """
        if not len(texts):
            return np.empty((0, self._dimension or 0), np.float32)
        parts = []
        async with self._opened() as client:
            for batch in self._batches(texts):
                vectors = _unit(await self._answer(client, batch), len(batch), self._model)
                if self._dimension not in (None, vectors.shape[1]):
                    raise EmbedderError(f"{self._model!r} gave vectors of {vectors.shape[1]} numbers, not "
                                        f"{self._dimension}", advice=OTHER)
                self._dimension = vectors.shape[1]
                parts.append(vectors)
        return np.concatenate(parts)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """The texts as they are sent: cut to what the model reads, none empty (endpoints refuse that)."""
        batch: list[str] = []
        cost = 0
        for text in texts:
            kept = first_tokens(encodable(text), self._model, self._max_tokens) or " "
            tokens = self.token_count(kept)
            if batch and (len(batch) == BATCH_TEXTS or cost + tokens > BATCH_TOKENS):
                yield batch
                batch, cost = [], 0
            batch.append(kept)
            cost += tokens
        yield batch

    def _opened(self) -> AsyncOpenAI:
        import openai

        try:
            return self._client_factory()
        except openai.OpenAIError as error:
            raise EmbedderError(f"no way to the embedding endpoint of {self._model!r}: {error}",
                                advice=KEY) from None

    async def _answer(self, client: AsyncOpenAI, batch: list[str]) -> Any:
        """The endpoint's answer, not yet looked at."""
        import openai

        secrets = Secrets(client.api_key)
        try:
            return await client.embeddings.create(model=self._model, input=batch, encoding_format="float")
        except openai.APIStatusError as error:
            raise self._refused(error, secrets) from None
        except openai.APIConnectionError as error:
            late = isinstance(error, openai.APITimeoutError)
            what = "did not answer in time" if late else "can't be reached"
            raise EmbedderError(f"the embedding endpoint of {self._model!r} {what}", advice=AGAIN,
                                retryable=True) from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise EmbedderError(f"no embeddings from {self._model!r}: {secrets.clean(error)}",
                                advice=NAME) from None

    def _refused(self, error: APIStatusError, secrets: Secrets) -> EmbedderError:
        status, code = error.status_code, error.code
        reason = secrets.clean(error.message)
        told = f"the embedding endpoint of {self._model!r} failed with status {status}: {reason}"
        if status in (401, 403):
            return EmbedderError(f"the embedding endpoint refused the key (status {status})", advice=KEY)
        if code == "insufficient_quota":
            return EmbedderError(told, advice=QUOTA)
        retryable = status in RETRYABLE or status >= 500
        return EmbedderError(told, advice=AGAIN if retryable else NAME, retryable=retryable)


def _unit(answer: Any, expected: int, model: str) -> Vectors:
    """The vectors of an answer in the order of the texts, scaled to length one. Raises EmbedderError."""
    try:
        rows = sorted(((item.index, item.embedding) for item in answer.data), key=lambda row: row[0])
        if [index for index, _ in rows] != list(range(expected)):
            raise EmbedderError(f"{model!r} gave {len(rows)} vectors for {expected} texts, or numbered them "
                                "wrongly", advice=OTHER)
        vectors = np.array([row for _, row in rows], np.float64)
    except (AttributeError, TypeError, ValueError) as error:
        raise EmbedderError(f"{model!r} gave something that isn't a list of vectors of one length",
                            advice=NAME) from error
    if vectors.ndim != 2:
        raise EmbedderError(f"{model!r} gave something that isn't a list of vectors", advice=NAME)
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise EmbedderError(f"{model!r} gave a vector without a direction (zero, infinite or not a number)",
                            advice=OTHER)
    return np.asarray(vectors / lengths, np.float32)
