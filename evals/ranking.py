"""Retrieval with steps switched off or weighed otherwise, to measure what each is worth."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from service.errors import UsageError
from service.passages.ranking import Ranking

SPREAD: Final[dict[str, Any]] = {"per_article": 1_000_000, "per_origin": 1_000_000, "origins": 0}
"""What lets one article or origin fill the whole list."""


def steps() -> dict[str, dict[str, Any]]:
    """Every step that can be switched off by name, and what does it: ways of searching, weights, and `spread`.

    Weights that end in the same word are one step (`recency` and `fresh_recency`); a span of days is no weight.
    """
    found: dict[str, dict[str, Any]] = {"spread": SPREAD}
    for name, value in asdict(Ranking()).items():
        if isinstance(value, bool):
            found[name] = {name: False}
        elif isinstance(value, float) and not name.endswith("_days"):
            found.setdefault(name.rpartition("_")[2], {})[name] = 0.0
    return found


def ranking_of(without: Sequence[str], file: Path | None = None) -> Ranking | None:
    """The service's ranking with a TOML file's values and without the steps named; None when nothing differs.

    Raises UsageError for a step, a key or a value that there is none of.
    """
    known, values = steps(), _read(file) if file else {}
    for name in without:
        if name not in known:
            raise UsageError(f"retrieval has no step {name!r}", advice=f"name some of: {', '.join(known)}")
        values |= known[name]
    return Ranking(**values) if values else None


def _read(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(file)!r} can't be read: {error}",
                         advice="name a TOML file of Ranking's fields") from error
    kinds = {one.name: type(getattr(Ranking(), one.name)) for one in fields(Ranking)}
    for name, value in values.items():
        if name not in kinds:
            raise UsageError(f"{str(file)!r} has {name!r}, which no ranking has",
                             advice=f"name some of: {', '.join(kinds)}")
        if type(value) is not kinds[name] and not (kinds[name] is float and type(value) is int):
            raise UsageError(f"{str(file)!r} gives {name!r} as {value!r}, which is no {kinds[name].__name__}",
                             advice=f"its default is {getattr(Ranking(), name)!r}")
    return values
