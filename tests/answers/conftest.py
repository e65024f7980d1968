"""What the tests of answers share: the embedder that ships, loaded once."""

from __future__ import annotations

import pytest

from service.adapters.local_embedder import LocalEmbedder


@pytest.fixture(scope="session")
def embedder() -> LocalEmbedder:
    """The local embedder on one thread, so that vectors don't hang on the machine's cores."""
    return LocalEmbedder(threads=1)
