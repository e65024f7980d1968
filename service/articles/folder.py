"""The article files of a folder, in a fixed order, and what in it can't be taken."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.articles.read import format_of, unsupported
from service.errors import ReadError

STATE_FOLDER = ".onrecord"


@dataclass(frozen=True, slots=True)
class Found:
    """An article file: where it is, and its name below the source, with `/` between folders."""

    path: Path
    filename: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What can't be taken, and why. `unsupported` marks a file of a format that isn't read, no failure by
    itself."""

    path: Path
    filename: str
    error: str
    advice: str
    unsupported: bool = False


def source_of(root: Path) -> str:
    """The name of a source: the folder's real path, for a single file that of the folder it stands in."""
    real = Path(os.path.realpath(root))
    return str(real if real.is_dir() else real.parent)


def path_hash(path: str) -> str:
    """What stands for a path that must not be kept."""
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()


def walk(root: Path) -> Iterator[Found | Refused]:
    """Everything below a folder, sorted by name; hidden files and folders are passed over without a word.

    No link is followed out of the folder or back into a folder above. A single file is found as itself,
    whatever its name; of an unsupported format it is refused as a failure, since it was named. Raises
    ReadError when `root` isn't there.
    """
    if not root.exists():
        raise ReadError(f"{str(root)!r} is not there", advice="name a file or folder that exists")
    if not root.is_dir():
        refused = _unfit(root, root.name, named=True)
        yield refused or Found(root, root.name)
        return
    yield from _walk_folder(root, "", Path(os.path.realpath(root)), ())


def _walk_folder(folder: Path, prefix: str, root: Path, above: tuple[str, ...]) -> Iterator[Found | Refused]:
    real = os.path.realpath(folder)
    if real in above:
        return
    try:
        with os.scandir(folder) as entries:
            names = sorted((entry.name for entry in entries), key=_order)
    except OSError as error:
        yield Refused(
            folder,
            prefix.rstrip("/") or ".",
            f"the folder can't be read: {error.strerror or error}",
            "check that you may read it",
        )
        return
    for name in names:
        if name.startswith(".") or name == STATE_FOLDER:
            continue
        path, filename = folder / name, prefix + name
        target = Path(os.path.realpath(path))
        if path.is_symlink() and not target.is_relative_to(root):
            yield Refused(
                path,
                filename,
                "the link leads out of the folder",
                "ingest its target by name",
                unsupported=True,
            )
        elif path.is_dir():
            yield from _walk_folder(path, filename + "/", root, (*above, real))
        else:
            yield _unfit(path, filename, named=False) or Found(path, filename)


def _order(name: str) -> bytes:
    return os.fsencode(name)


def _unfit(path: Path, filename: str, *, named: bool) -> Refused | None:
    """Why a file can't be taken by its name alone, or None."""
    try:
        filename.encode("utf-8")
    except UnicodeEncodeError:
        shown = filename.encode("utf-8", "backslashreplace").decode("utf-8")
        return Refused(path, shown, f"the file's name {shown!r} isn't valid text", "rename the file")
    if format_of(path.name) is None:
        error = unsupported(filename)
        return Refused(path, filename, str(error), error.advice, unsupported=not named)
    return None
