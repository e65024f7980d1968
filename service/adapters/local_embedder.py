"""The embedder that ships with the project: all-MiniLM-L6-v2, quantized, run by onnxruntime, no download.

`scripts/build_embedder.py` makes the files; `docs/embedder.md` tells how and what was measured.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from service.adapters.vocabulary import encodable
from service.errors import EmbedderError, StateError
from service.ports import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "minilm"
NAME = "all-MiniLM-L6-v2"
DIMENSION = 384
MAX_TOKENS = 254
"""The model was made for 256 tokens, two of which are the markers around the text."""
FIRST_MARKER, LAST_MARKER, PADDING = 101, 102, 0
BATCH_TOKENS = 4096
"""Tokens of one batch, padding included; larger ones fall out of the processor's cache."""
REINSTALL = "install onrecord again, or make the files anew with scripts/build_embedder.py"


class LocalEmbedder:
    """Unit vectors of 384 numbers for texts, computed in this process.

    `folder` holds `model.onnx`, `tokenizer.json` and `SHA256SUMS` (default: the ones that ship); `threads` is
    how many cores one call may use (default: all that this process may run on). Model and tokenizer are
    loaded at the first use and checked against `SHA256SUMS`. One object may be used from several threads at
    once. A text's vector depends on the text alone: neighbours in the batch move it by rounding only (about
    1e-6).
    """

    def __init__(self, folder: Path = ASSETS, *, threads: int | None = None) -> None:
        self._folder = folder
        self._threads = threads if threads is not None else _cores()
        self._loading = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """The model's name and the SHA-256 of its file. Raises StateError if `SHA256SUMS` can't be read."""
        return f"{NAME}@sha256:{self._sums['model.onnx']}"

    @property
    def dimension(self) -> int:
        """384."""
        return DIMENSION

    @property
    def max_tokens(self) -> int:
        """254: what is longer is cut."""
        return MAX_TOKENS

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """As `embed_now`, in a thread, so that the event loop goes on."""
        return await asyncio.to_thread(self.embed_now, texts)

    def embed_now(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), 384), in the order given; any text has one, the empty one too.

        Texts are sorted by length and padded to the longest of their batch, so that little work goes into
        padding. Raises EmbedderError if onnxruntime fails, StateError if the files are missing or damaged.
        """
        vectors: Vectors = np.empty((len(texts), DIMENSION), np.float32)
        if not len(texts):
            return vectors
        tokens = [self._marked(ids) for ids in self._token_ids(texts)]
        for places in _batches([len(ids) for ids in tokens]):
            vectors[places] = self._run([tokens[place] for place in places])
        if not np.isfinite(vectors).all():
            raise EmbedderError(f"{NAME} gave numbers that are not finite", advice=REINSTALL)
        return vectors

    def token_count(self, text: str) -> int:
        """How many tokens the whole text has, without the two markers. Raises StateError as `embed_now`."""
        return len(self._token_ids([text])[0])

    def _token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        readable = [encodable(text) for text in texts]
        encodings = self._tokenizer.encode_batch_fast(readable, add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def _marked(self, ids: list[int]) -> list[int]:
        return [FIRST_MARKER, *ids[:MAX_TOKENS], LAST_MARKER]

    def _run(self, batch: Sequence[Sequence[int]]) -> Vectors:
        width = max(map(len, batch))
        ids = np.full((len(batch), width), PADDING, np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, :len(tokens)] = tokens
            mask[row, :len(tokens)] = 1
        try:
            result: Any = self._session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0]
        except (StateError, MemoryError):
            raise
        except Exception as error:
            raise EmbedderError(f"onnxruntime failed on {len(batch)} texts of up to {width} tokens: {error}",
                                advice="see whether memory is short; `onrecord doctor` tells more") from error
        return np.asarray(result, np.float32)

    @property
    def _tokenizer(self) -> Tokenizer:
        with self._loading:
            return self._loaded_tokenizer

    @property
    def _session(self) -> Any:
        with self._loading:
            return self._loaded_session

    @cached_property
    def _loaded_tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        content = self._checked("tokenizer.json")
        try:
            tokenizer = Tokenizer.from_str(content.decode("utf-8"))
        except Exception as error:
            raise StateError(f"the embedder's tokenizer can't be used: {error}", advice=REINSTALL) from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.encode_special_tokens = True  # "[SEP]" in an article is text, not a marker
        return tokenizer

    @cached_property
    def _loaded_session(self) -> Any:
        import onnxruntime  # type: ignore[import-untyped]

        content = self._checked("model.onnx")
        onnxruntime.disable_telemetry_events()
        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise StateError(f"the embedder's model can't be used: {error}", advice=REINSTALL) from error

    @cached_property
    def _sums(self) -> dict[str, str]:
        """SHA-256 by file name, as `SHA256SUMS` has them."""
        path = self._folder / "SHA256SUMS"
        try:
            lines = [line.split() for line in path.read_text("utf-8").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise StateError(f"the embedder's {path.name!r} can't be read: {error}",
                             advice=REINSTALL) from error
        sums = {words[1]: words[0] for words in lines if len(words) == 2}
        if missing := {"model.onnx", "tokenizer.json"} - sums.keys():
            raise StateError(f"the embedder's {path.name!r} has no line for {sorted(missing)!r}",
                             advice=REINSTALL)
        return sums

    def _checked(self, name: str) -> bytes:
        """The content of a file of the embedder, if its hash is right."""
        try:
            content = (self._folder / name).read_bytes()
        except OSError as error:
            raise StateError(f"the embedder's {name!r} can't be read: {error}", advice=REINSTALL) from error
        found = hashlib.sha256(content).hexdigest()
        if found != self._sums[name]:
            raise StateError(f"the embedder's {name!r} has SHA-256 {found!r}, not {self._sums[name]!r}",
                             advice=REINSTALL)
        return content


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of the texts, longest first, in batches of at most BATCH_TOKENS tokens, padding included."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    start = 0
    while start < len(order):
        size = max(1, BATCH_TOKENS // lengths[order[start]])
        yield order[start:start + size]
        start += size


def _cores() -> int:
    """How many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
