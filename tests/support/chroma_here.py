"""Chroma's copy of the vectors in this process instead of one of its own, which takes seconds to start."""

from __future__ import annotations

from service.adapters.chroma_copy import Copied
from service.adapters.chroma_process import ChromaFolder, opened
from service.adapters.generations import Generation


class ChromaHere(ChromaFolder):
    """The same folder with the same files."""

    def open(self, generation: Generation) -> Copied:
        """The generation's vectors."""
        return opened(generation.files)
