"""wice and attributionbench: is this claim supported by this text?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.data.bench import located, rows


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and the texts that may support it. `label` is the set's own; `supported` is True for full
    support."""

    id: str
    claim: str
    texts: tuple[str, ...]
    label: str
    supported: bool
    subset: str


def wice(bench: Path | None) -> list[Pair]:
    """The claims with their oracle sentences; partly supported counts as not supported. Raises Absent."""
    listed = rows(located(bench, "wice", "claims_dev_oracle_chunks.jsonl"))
    return [
        Pair(
            f"wice-{number:04d}",
            row["claim"],
            tuple(row["evidence"]),
            row["label"],
            row["label"] == "supported",
            "wice",
        )
        for number, row in enumerate(listed)
    ]


def attributionbench(bench: Path | None) -> list[Pair]:
    """The claims with their references. Raises Absent."""
    listed = rows(located(bench, "attributionbench", "dev.jsonl"))
    return [
        Pair(
            f"attributionbench-{number:04d}",
            row["claim"],
            tuple(row["references"]),
            row["attribution_label"],
            row["attribution_label"] == "attributable",
            row["src_dataset"],
        )
        for number, row in enumerate(listed)
    ]
