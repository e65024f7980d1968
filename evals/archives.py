"""Filled archives of the large data sets, kept between runs so that only the first one embeds them."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from evals.subject import Document, Subject, over_documents
from evals.suite import Options
from service.errors import StateError


@asynccontextmanager
async def filled(name: str, documents: Sequence[Document], options: Options) -> AsyncIterator[Subject]:
    """The service over these documents; kept below `options.archives` if that is given.

    A kept archive that another embedder, chunking or cleaning made is made anew.
    """
    keep = options.archives / f"{name}-{digest(documents)}" if options.archives else None

    def progress(done: int, total: int) -> None:
        options.note(f"{name}: {done} of {total} articles are in the archive")

    async with AsyncExitStack() as stack:
        opened = over_documents(documents, options.configuration, keep=keep, progress=progress)
        try:
            subject = await stack.enter_async_context(opened)
        except StateError as error:
            if keep is None:
                raise
            options.note(f"{name}: the kept archive is made anew ({error})")
            await asyncio.to_thread(shutil.rmtree, keep)
            opened = over_documents(documents, options.configuration, keep=keep, progress=progress)
            subject = await stack.enter_async_context(opened)
        yield subject


def digest(documents: Sequence[Document]) -> str:
    """A name for exactly these documents."""
    found = hashlib.sha256()
    for document in documents:
        found.update(repr(document).encode("utf-8", "surrogatepass"))
    return found.hexdigest()[:12]


def default_folder(runs: Path) -> Path:
    """Where archives are kept beside the runs."""
    return runs / ".archives"
