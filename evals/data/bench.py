"""Reading the files of a benchmark folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Absent(Exception):
    """A data set is not there; the message is the reason to report beside the skipped suite."""


def located(bench: Path | None, *parts: str) -> Path:
    """A file or folder of the benchmarks. Raises Absent, saying what is missing."""
    name = "/".join(parts)
    if bench is None:
        raise Absent(f"no folder of benchmarks was given, so {name!r} is not there; pass --bench PATH")
    path = bench.joinpath(*parts)
    if not path.exists():
        raise Absent(f"{name!r} is not in {str(bench)!r}; pass --bench PATH")
    return path


def rows(path: Path) -> Iterator[Json]:
    """The JSON objects of a `.jsonl` or `.jsonl.gz` file. Raises Absent for a damaged one, naming the
    line."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise Absent(f"{path.name!r} is damaged at line {number}: {error}") from error


def document(path: Path) -> Any:
    """The JSON document of a file. Raises Absent for a damaged one."""
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise Absent(f"{path.name!r} is damaged: {error}") from error


def day(text: str | None) -> date | None:
    """A day written 2022/02/07 or 2022-02-07, with or without a time; None for anything else."""
    try:
        return date.fromisoformat((text or "")[:10].replace("/", "-"))
    except ValueError:
        return None
