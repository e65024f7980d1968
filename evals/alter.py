"""All alterations together: the false statements that the gates are measured on."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from evals.mutate import ALTERATIONS, Alteration, Pool, Quotes, Variant
from evals.mutate_sense import SENSE
from evals.truths import Truth, Truths, shuffled

EVERY: Final[Mapping[str, Alteration]] = {**ALTERATIONS, **SENSE}
"""Every kind of alteration by its name: of letters, figures and names, and of sense."""


def altered(truths: Truths, seed: int, per_kind: int) -> list[tuple[Truth, Variant]]:
    """At most `per_kind` distinct cases of each kind, from statements drawn with the seed."""
    pool = Pool.of(truths)
    found: list[tuple[Truth, Variant]] = []
    for kind, alteration in EVERY.items():
        seen: set[tuple[str, Quotes]] = set()
        for truth in shuffled(truths.statements, f"{seed} {kind}"):
            if len(seen) >= per_kind:
                break
            variant = alteration(truth, pool, Random(f"{seed} {kind} {truth.text}"))
            if variant and (variant.text, variant.quotes) not in seen:
                seen.add((variant.text, variant.quotes))
                found.append((truth, variant))
    return found
