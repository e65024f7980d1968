"""The folders of a derived index: which is in use, and whether its files are as they were left.

    indexes/
      current             the name of the generation in use
      000003/
        dirty             stands while the files may change, and after a crash
        manifest.json     size and SHA-256 of each file at the last clean close, and what they held
        words/            the index's own files
        exact/            vectors for exact search, which check themselves (`vector_file.py`)
      chroma/             the same for Chroma's copy of the vectors, whose generations are its own:
        current
        000001/           dirty, manifest.json, vectors/
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.adapters.index_errors import REBUILT, translated
from service.errors import StateError

_CURRENT, _DIRTY, _MANIFEST = "current", "dirty", "manifest.json"
_THREADS = 4
_SETTLED = 1_000_000_000
"""Nanoseconds after which a file's next write gives it another time of change on any file system."""
_NAME = "folder of the indexes"


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation's folder. What it can't write, it raises as StateError."""

    folder: Path
    files: Path
    """The index's own files, which the manifest tells of."""
    _hashed: dict[str, tuple[int, int, str]] = field(default_factory=dict, compare=False, repr=False)
    """Size, time of change in nanoseconds and SHA-256 of files that this process has hashed."""

    @property
    def exact(self) -> Path:
        """Where exact search keeps its files."""
        return self.folder / "exact"

    def soil(self) -> None:
        """Say on disk that the files are about to change."""
        with translated(_NAME):
            _write(self.folder / _DIRTY, "an ingest is running here, or was killed\n")

    def seal(self, contents: Any) -> None:
        """Note each file's size and hash and what the index holds, as JSON; from now on the files count as clean."""
        with translated(_NAME):
            files = {name: [size, digest] for name, size, digest in self._files()}
            _write(self.folder / _MANIFEST, json.dumps({"contents": contents, "files": files}))
            (self.folder / _DIRTY).unlink(missing_ok=True)
            _sync(self.folder)

    def discard(self) -> None:
        """Delete the folder, as far as the system lets it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def noted(self) -> Any:
        """What the index held when it was last sealed, whatever has become of its files. Raises StateError."""
        return self._manifest()[0]

    def left(self) -> Any:
        """What the index held when it was last sealed. Raises StateError where its files are not as they were then."""
        if (self.folder / _DIRTY).exists():
            raise StateError("the indexes were not closed", advice=REBUILT)
        contents, noted = self._manifest()
        try:
            found = {name: (size, digest) for name, size, digest in self._files(noted)}
        except OSError as error:
            raise StateError(f"the indexes' files can't be read: {error}", advice=REBUILT) from error
        wrong = sorted(name for name in noted.keys() | found.keys() if noted.get(name) != found.get(name))
        if wrong:
            raise StateError(f"an index file is not as it was left: {wrong[0]}", advice=REBUILT)
        return contents

    def _manifest(self) -> tuple[Any, dict[str, tuple[int, str]]]:
        """What the index held, and size and hash of each of its files."""
        try:
            manifest: dict[str, Any] = json.loads((self.folder / _MANIFEST).read_text("utf-8"))
            return manifest["contents"], {name: (entry[0], entry[1]) for name, entry in manifest["files"].items()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise StateError("the indexes' manifest is missing or damaged", advice=REBUILT) from error

    def _files(self, noted: dict[str, tuple[int, str]] | None = None) -> list[tuple[str, int, str]]:
        """Name, size and SHA-256 of each index file; files whose size isn't the noted one are not hashed."""
        paths = [path for path in sorted(self.files.rglob("*"))
                 if path.is_file() and not path.name.endswith(".lock")]
        with ThreadPoolExecutor(_THREADS) as threads:
            return list(threads.map(lambda path: self._file(path, noted), paths))

    def _file(self, path: Path, noted: dict[str, tuple[int, str]] | None) -> tuple[str, int, str]:
        """Of one file. One that hasn't changed since this process hashed it isn't read again: what has become of it
        without a write is no file of ours, and the next start finds it."""
        name, stat = path.relative_to(self.folder).as_posix(), path.stat()
        if noted is not None and noted.get(name, (None, ""))[0] != stat.st_size:
            return name, stat.st_size, ""
        size, changed, digest = self._hashed.get(name, (-1, -1, ""))
        if (size, changed) != (stat.st_size, stat.st_mtime_ns):
            settled = time.time_ns() - stat.st_mtime_ns > _SETTLED
            digest = _hash(path)
            self._hashed[name] = (stat.st_size, stat.st_mtime_ns, digest) if settled else (-1, -1, "")
        return name, stat.st_size, digest


class Generations:
    """The folder of an index's generations. What it can't write, it raises as StateError."""

    def __init__(self, folder: Path, files: str) -> None:
        """`files` is the name of the folder in which each generation has the index's own files."""
        self._folder, self._files = folder, files

    def current(self) -> Generation | None:
        """The generation in use; None where there is none, or its folder is gone."""
        try:
            name = (self._folder / _CURRENT).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        generation = self._named(name)
        return generation if name.isdigit() and generation.folder.is_dir() else None

    def new(self) -> Generation:
        """A fresh, dirty generation that isn't in use yet."""
        with translated(_NAME):
            self._folder.mkdir(parents=True, exist_ok=True)
            last = max((int(path.name) for path in self._all()), default=0)
            generation = self._named(f"{last + 1:06d}")
            generation.files.mkdir(parents=True)
            generation.soil()
            return generation

    def use(self, generation: Generation) -> None:
        """Put a generation into use and remove all others."""
        with translated(_NAME):
            _write(self._folder / _CURRENT, generation.folder.name + "\n")
            for path in self._all():
                if path != generation.folder:
                    self._named(path.name).discard()

    def discard(self) -> None:
        """Delete all of them, as far as the system lets it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _named(self, name: str) -> Generation:
        return Generation(self._folder / name, self._folder / name / self._files)

    def _all(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if path.is_dir() and path.name.isdigit()]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    """Replace a small file as a whole, surviving a power cut."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make changes of a folder's entries durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
