"""Chroma over a folder in a process of its own, since it holds Python's lock for seconds while it writes, takes
gigabytes that only the end of a process gives back, and may crash on a damaged file.

The process is the owner's alone: requests come on its input and replies go to its output, a line of JSON each, behind
it the vectors in float32 where there are some. It ends when its input does, without another write.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from service.adapters.allocator import fill_freed_memory
from service.adapters.chroma_copy import Copied
from service.adapters.chroma_vectors import ChromaVectors
from service.adapters.generations import Generation
from service.adapters.index_errors import REBUILT, translated
from service.errors import SpaceError, StateError
from service.ports import Hit, Record, Vectors

_NAME: Final = "vector index"
_WAIT: Final = 900.0
"""Seconds by the clock for one request, however busy the machine: opening reads gigabytes."""
_END: Final = 60.0
_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
_ERRORS: Final = {"SpaceError": SpaceError}


class ChromaFolder:
    """Keeps the vectors of a generation in its own folder; `service.adapters.chroma_copy.VectorPlace`."""

    apart = False

    def check(self) -> None:
        """Nothing: the folder is here."""

    def open(self, generation: Generation) -> Copied:
        """The generation's vectors, in a process that takes seconds to start. Raises StateError."""
        return FolderVectors(generation.files)

    def keep_only(self, generation: Generation) -> None:
        """Nothing: the other generations went with their folders."""

    def lost(self, _vectors: Copied, _record: Record, _held: Iterable[str], /) -> str | None:
        """Nothing: the folder's files were compared with their hashes before they were opened."""
        return None


class FolderVectors:
    """As `ChromaVectors`, of a folder, through a process that is started for it and ends with `close`."""

    def __init__(self, folder: Path) -> None:
        """Start it. Raises StateError."""
        kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        root = str(Path(__file__).resolve().parents[2])
        self._turn = threading.Lock()
        with translated(_NAME):
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "service.adapters.chroma_process", str(folder.absolute())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root,
                env={**kept, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"}, start_new_session=True)
        if self._process.stdin is None or self._process.stdout is None:
            raise StateError("Chroma's process has no pipes", advice=REBUILT)
        self._asks, self._tells = self._process.stdin, self._process.stdout
        try:
            self.count()
        except StateError:
            self._end()
            raise

    def count(self) -> int:
        """How many vectors it holds."""
        with self._turn:
            return int(self._told({"do": "count"}))

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Take in ids that the caller has made sure are new."""
        with self._turn:
            self._told({"do": "add", "ids": list(ids)}, vectors)

    def remove(self, ids: Sequence[str]) -> None:
        """Forget ids; unknown ones are ignored."""
        with self._turn:
            self._told({"do": "remove", "ids": list(ids)})

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Hit]:
        """The closest vectors by cosine, best first; approximately. Nothing while it does something else."""
        if not self._turn.acquire(blocking=False):
            return []
        try:
            found = self._told({"do": "nearest", "limit": limit}, vector[None])
        finally:
            self._turn.release()
        return [Hit(chunk_id, score) for chunk_id, score in found]

    def close(self) -> None:
        """Let the files go. Raises StateError where that didn't end well."""
        with self._turn:
            try:
                self._told({"do": "close"})
            finally:
                code = self._end()
            if code:
                raise StateError(f"Chroma's process ended with {code}", advice=REBUILT)

    def _told(self, asked: dict[str, Any], vectors: Vectors | None = None) -> Any:
        """What it replies; of the one whose turn it is. Raises StateError."""
        watch = threading.Timer(_WAIT, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            _send(self._asks, asked, vectors)
            told = json.loads(self._tells.readline())
        except (OSError, ValueError) as error:
            raise StateError("Chroma's process has ended", advice=REBUILT) from error
        finally:
            watch.cancel()
        if "error" in told:
            raise _ERRORS.get(told["kind"], StateError)(told["error"], advice=told["advice"])
        return told["result"]

    def _end(self) -> int:
        """Wait until it has ended, or end it; its exit status."""
        process = self._process
        for stream in (self._asks, self._tells):
            with suppress(OSError):
                stream.close()
        try:
            return process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def opened(folder: Path) -> ChromaVectors:
    """The folder's collection, in this process; Chroma's import takes a second. Raises StateError."""
    with translated(_NAME):
        fill_freed_memory()
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(
            str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False))
        return ChromaVectors(client, "passages")


def main() -> None:
    """Do what is asked on stdin with the folder that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    vectors: ChromaVectors | None = None
    while line := stdin.readline():
        asked = json.loads(line)
        data = stdin.read(4 * asked["rows"] * asked["width"])
        rows = np.frombuffer(data, "<f4").reshape(asked["rows"], asked["width"])
        try:
            vectors = vectors or opened(Path(sys.argv[1]))
            told = {"result": _done(vectors, asked, rows)}
        except StateError as error:
            told = {"error": str(error), "advice": error.advice, "kind": type(error).__name__}
        stdout.write(json.dumps(told).encode() + b"\n")
        stdout.flush()
        if asked["do"] == "close":
            return
    # Its owner has gone, and another one may have the folder already.
    os._exit(0)


def _done(on: ChromaVectors, asked: dict[str, Any], vectors: Vectors) -> Any:
    """Do what is asked; its result as JSON can carry it."""
    match asked["do"]:
        case "count":
            return on.count()
        case "add":
            return on.add(asked["ids"], vectors)
        case "remove":
            return on.remove(asked["ids"])
        case "nearest":
            return [[hit.chunk_id, hit.score] for hit in on.nearest(vectors[0], asked["limit"])]
        case _:
            return on.close()


def _send(stream: IO[bytes], asked: dict[str, Any], vectors: Vectors | None) -> None:
    rows, width = (0, 0) if vectors is None else vectors.shape
    stream.write(json.dumps({**asked, "rows": rows, "width": width}).encode() + b"\n")
    if vectors is not None:
        stream.write(np.ascontiguousarray(vectors, "<f4").tobytes())
    stream.flush()


if __name__ == "__main__":
    main()
