"""How well a judge agrees with people's labels: accuracy and Cohen's kappa (Cohen 1960)."""

from __future__ import annotations

from collections.abc import Sequence


def accuracy(labels: Sequence[bool], verdicts: Sequence[bool]) -> float | None:
    """The share of verdicts that are the label; None without any."""
    if not labels:
        return None
    return sum(label == verdict for label, verdict in zip(labels, verdicts, strict=True)) / len(labels)


def cohens_kappa(labels: Sequence[bool], verdicts: Sequence[bool]) -> float | None:
    """Agreement beyond what chance gives, 1 at most; None where chance alone would always agree, or there is
    nothing."""
    observed = accuracy(labels, verdicts)
    if observed is None:
        return None
    said, true = sum(verdicts) / len(verdicts), sum(labels) / len(labels)
    by_chance = said * true + (1 - said) * (1 - true)
    return None if by_chance >= 1 else (observed - by_chance) / (1 - by_chance)
