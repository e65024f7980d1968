"""Vectors in a folder, in a byte a number, for exact search: appended, checked, never a second truth.

    codes   a row a vector: what a step is worth as float32, and a signed byte a number. A search scans it in a mapping
    fine    a signed byte a number again, 254 to a step, of which a search reads the rows of its few best
    rows    a line an article: its key, how many rows it has, the CRC-32 of its rows in both files

The folder is made from the record and can be deleted at any time. Whoever opens it compares each article's rows with
their CRC; what doesn't fit or is missing isn't there for him. A key stands for one version of an article, which never
changes. One process appends while others read: a line comes after the rows that it tells of, and rows that a line
tells of are never written again.
"""

from __future__ import annotations

import json
import os
import shutil
import weakref
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.ports import Vectors

Bytes = NDArray[np.int8]

_HEAD = "onrecord-vectors-1"
_SCALE = 4
"""Bytes of a row of `codes` before its numbers."""
_STEPS, _FINER = 127, 254


@dataclass(frozen=True, slots=True)
class Coded:
    """Vectors in bytes: codes and fine of shape (n, dimension), and what a step is worth in each row, shape (n,)."""

    codes: Bytes
    fine: Bytes
    scales: NDArray[np.float32]

    @staticmethod
    def of(vectors: Vectors) -> Coded:
        """Any finite vectors; each number is off by at most 1/60,000 of its vector's largest."""
        matrix = np.asarray(vectors, np.float32)
        scales = np.abs(matrix).max(axis=1, initial=0.0) / np.float32(_STEPS)
        steps = matrix / np.maximum(scales, np.float32(1e-30))[:, None]
        codes = np.rint(steps)
        fine = np.rint((steps - codes) * _FINER)
        return Coded(codes.astype(np.int8), fine.astype(np.int8), scales)

    @staticmethod
    def joined(parts: Sequence[Coded]) -> Coded:
        """The rows of all parts, of which there is at least one."""
        return Coded(np.concatenate([one.codes for one in parts]), np.concatenate([one.fine for one in parts]),
                     np.concatenate([one.scales for one in parts]))

    def vectors(self) -> Vectors:
        """The vectors again."""
        steps = self.codes + self.fine / np.float32(_FINER)
        found: Vectors = steps.astype(np.float32, copy=False) * self.scales[:, None]
        return found


class VectorFile:
    """One such folder. What is damaged in it isn't there; what can't be read or written later raises OSError.

    The files go when nobody has the object any more: a search may still be reading what another thread let go.
    """

    def __init__(self, folder: Path) -> None:
        """Open what the folder holds, if anything."""
        self._folder = folder
        self._codes = self._fine = -1
        self._told = 0
        self._mapped: Bytes = np.zeros((0, _SCALE), np.int8)
        self.damaged = False
        """Whether the folder holds something that is not as it was written."""
        self.dimension = self.rows = 0
        self.places: dict[str, tuple[int, int]] = {}
        """The first row of each article that is as it was written, and the row behind its last."""
        self.scales = np.zeros(0, np.float32)
        self.follow()

    @staticmethod
    def new(folder: Path) -> VectorFile:
        """A folder with nothing in it. Who has the old one open keeps it."""
        if folder.exists():
            shutil.rmtree(folder)
        return VectorFile(folder)

    @property
    def codes(self) -> Bytes:
        """The numbers that a search scans, shape (rows, dimension)."""
        return self._mapped[:, _SCALE:]

    @property
    def whole(self) -> bool:
        """Whether the mapped file is as long as it was: reading behind its end would end the process."""
        return not self.rows or os.fstat(self._codes).st_size >= self.rows * (_SCALE + self.dimension)

    @property
    def loose(self) -> bool:
        """Whether there are rows that no line tells of, as while another process appends, or after one was killed."""
        codes = self._folder / "codes"
        return codes.exists() and codes.stat().st_size > self.rows * (_SCALE + self.dimension)

    def follow(self) -> None:
        """Take in the lines that weren't there before."""
        try:
            with (self._folder / "rows").open("rb") as file:
                file.seek(self._told)
                content = file.read()
        except FileNotFoundError:
            self.damaged = self._folder.exists() and any(self._folder.iterdir())
            return
        content, torn = content[: content.rfind(b"\n") + 1], content[content.rfind(b"\n") + 1 :]
        try:
            listed: list[Any] = json.loads(b"[" + b",".join(content.splitlines()) + b"]")
            dimension = self.dimension
            if not self._told and listed:
                head, dimension = listed.pop(0)
                if head != _HEAD or not isinstance(dimension, int) or dimension < 1:
                    raise ValueError(head)
            told = [(str(key), int(count), int(crc)) for key, count, crc in listed]
            if any(count < 1 for _, count, _ in told):
                raise ValueError(told)
            if told:
                self._enter(dimension, [(key, count) for key, count, _ in told], self._told + len(content))
        except (OSError, ValueError, TypeError):
            self.damaged = True
            return
        for key, _, crc in told:
            if self._crc(*self.places[key]) != crc:
                del self.places[key]
                self.damaged = True
        self.damaged = self.damaged or bool(torn)

    def append(self, articles: Sequence[tuple[str, Coded]]) -> None:
        """Add articles, all of one dimension; those that are there already are passed over."""
        own = [(key, coded) for key, coded in articles if len(coded.scales) and key not in self.places]
        if not own:
            return
        dimension = own[0][1].codes.shape[1]
        if self.dimension not in (0, dimension):
            raise OSError(f"the folder's vectors have {self.dimension} numbers, these have {dimension}")
        self._folder.mkdir(parents=True, exist_ok=True)
        codes = [np.hstack([one.scales.astype("<f4").view(np.int8).reshape(-1, _SCALE), one.codes]).tobytes()
                 for _, one in own]
        fine = [one.fine.tobytes() for _, one in own]
        lines = [[key, len(one.scales), zlib.crc32(of_fine, zlib.crc32(of_codes))]
                 for (key, one), of_codes, of_fine in zip(own, codes, fine, strict=True)]
        told = "".join(f"{json.dumps(line)}\n" for line in ([] if self._told else [[_HEAD, dimension]]) + lines)
        _write(self._folder / "codes", self.rows * (_SCALE + dimension), b"".join(codes))
        _write(self._folder / "fine", self.rows * dimension, b"".join(fine))
        _write(self._folder / "rows", self._told, told.encode("ascii"))
        self._enter(dimension, [(key, len(one.scales)) for key, one in own], self._told + len(told))

    def coded(self, rows: NDArray[np.int64]) -> Coded:
        """Some rows."""
        read = b"".join(os.pread(self._fine, self.dimension, row * self.dimension) for row in rows.tolist())
        if len(read) != len(rows) * self.dimension:
            raise OSError("a file of vectors is shorter than it was")
        return Coded(self.codes[rows], np.frombuffer(read, np.int8).reshape(len(rows), -1), self.scales[rows])

    def _enter(self, dimension: int, articles: Sequence[tuple[str, int]], told: int) -> None:
        """Map the file with these articles behind those that are there. Raises OSError, or ValueError where the file
        is too short."""
        if self._codes < 0:
            self._codes, self._fine = (self._opened(name) for name in ("codes", "fine"))
        rows = self.rows + sum(count for _, count in articles)
        # By the handle and not by the name: a file of that name may be another one by now.
        with open(self._codes, "rb", closefd=False) as file:
            mapped = np.memmap(file, np.int8, "r", shape=(rows, _SCALE + dimension)).view(np.ndarray)
        new = np.ascontiguousarray(mapped[self.rows :, :_SCALE]).view("<f4").ravel()
        self._mapped, self.scales = mapped, np.concatenate([self.scales, new.astype(np.float32, copy=False)])
        for key, count in articles:
            self.places[key] = (self.rows, self.rows + count)
            self.rows += count
        self.dimension, self._told = dimension, told

    def _opened(self, name: str) -> int:
        handle = os.open(self._folder / name, os.O_RDONLY)
        weakref.finalize(self, os.close, handle)
        return handle

    def _crc(self, first: int, end: int) -> int:
        """Of an article's rows in both files."""
        fine = os.pread(self._fine, (end - first) * self.dimension, first * self.dimension)
        return zlib.crc32(fine, zlib.crc32(self._mapped[first:end].data))


def _write(path: Path, at: int, content: bytes) -> None:
    """Write a part of a file, which is made where it isn't there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        view = memoryview(content)
        while view:
            done = os.pwrite(handle, view, at)
            view, at = view[done:], at + done
    finally:
        os.close(handle)
