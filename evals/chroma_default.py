"""Chroma's own default path, fed with weights that are here: its embedding function and its index."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from service.adapters.local_embedder import ASSETS
from service.errors import StateError

CHROMAS_INPUT: Final = "token_type_ids"
"""An input that only Chroma's own export of the model has."""
BATCH: Final = 5000
"""Passages added at once; Chroma refuses more than 5,461."""


class ChromaDefault:
    """Chroma as its documentation begins: documents in, its default embedding function, an in-memory collection.

    The function is Chroma's own code: it pads every text to 256 tokens, takes 32 at a time, pools and normalises. The
    model behind it is the one in `folder`, kept loaded (Chroma's `DefaultEmbeddingFunction` loads it for every call).
    """

    name = "Chroma, its default function"

    def __init__(self, folder: Path = ASSETS) -> None:
        for name in ("model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise StateError(f"{str(folder)!r} has no {name!r}",
                                 advice="make the weights with scripts/build_embedder.py --keep-fp32 FOLDER")
        self._function = _function(folder)
        self._folder = folder
        self._collection: Any = None

    @property
    def weights(self) -> str:
        """Which weights Chroma's function runs."""
        if self._folder.resolve() == ASSETS.resolve():
            return "the project's own weights (8 bits)"
        size = (self._folder / "model.onnx").stat().st_size / 1e6
        return f"weights given with WEIGHTS ({size:.0f} MB)"

    def embed(self, texts: list[str]) -> list[Any]:
        """Vectors by Chroma's function."""
        return list(self._function(texts))

    def index(self, keys: Sequence[str], vectors: Sequence[Any]) -> None:
        """Put passages with their vectors into a fresh collection; a passage is found by its article's key."""
        import chromadb
        from chromadb.config import Settings

        client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
        for one in client.list_collections():
            client.delete_collection(one.name)
        self._collection = client.create_collection("peers", embedding_function=self._function)
        for start in range(0, len(keys), BATCH):
            places = range(start, min(start + BATCH, len(keys)))
            self._collection.add(ids=[f"p{place}" for place in places], embeddings=[vectors[place] for place in places],
                                 metadatas=[{"key": keys[place]} for place in places])

    def find(self, question: str, limit: int) -> list[str]:
        """Keys of the best passages, best first."""
        count = min(limit, self._collection.count())
        found = self._collection.query(query_texts=[question], n_results=count, include=["metadatas"])
        return [str(one["key"]) for one in found["metadatas"][0]]

    def fresh_seconds(self, questions: Sequence[str]) -> list[float]:
        """Seconds for each question's vector where a new function is made for every call, as Chroma's default does."""
        spent = []
        for question in questions:
            began = time.perf_counter()
            _function(self._folder)([question])
            spent.append(time.perf_counter() - began)
        return spent


def _function(folder: Path) -> Any:
    """Chroma's `ONNXMiniLM_L6_V2` that reads model and tokenizer from a folder and downloads nothing."""
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    class Fed(ONNXMiniLM_L6_V2):
        DOWNLOAD_PATH = folder.resolve().parent
        EXTRACTED_FOLDER_NAME = folder.resolve().name

        def _download_model_if_not_exists(self) -> None:
            if "model" not in self.__dict__:
                self.__dict__["model"] = _Session(super().model)

    return Fed()


class _Session:
    """A session that takes Chroma's inputs and gives states of tokens, whichever graph is behind it.

    The project's graphs pool by themselves: the text's vector then stands in for each of its tokens, whose mean under
    the mask is that vector, so that Chroma's own pooling and normalisation change nothing.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self._chromas = CHROMAS_INPUT in {one.name for one in session.get_inputs()}

    def run(self, outputs: Any, given: dict[str, Any]) -> list[Any]:
        """As onnxruntime's `InferenceSession.run`."""
        if self._chromas:
            return list(self._session.run(outputs, given))
        own = {name: given[name] for name in ("input_ids", "attention_mask")}
        vectors = self._session.run(None, own)[0]
        return [np.broadcast_to(vectors[:, None, :], (*own["input_ids"].shape, vectors.shape[1]))]
