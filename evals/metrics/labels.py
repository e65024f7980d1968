"""Lines told apart: precision, recall and F of each kind, and of values found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from service.domain import QUOTABLE

ANY_OTHER = "off"
"""The label of a line of which only is known that it is no evidence."""
EVIDENCE = "evidence"
"""The name of the kind "may be quoted", over all kinds."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one kind: found and right, found and wrong, missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Share of what was found that is right; None where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of what is there that was found; None where nothing is there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f(self) -> float | None:
        """The harmonic mean of both; None where there is nothing to find or to miss."""
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else None


def right_kind(wanted: str, found: str | None) -> bool:
    """Whether a line's kind is what it should be; `off` is met by every kind that may not be quoted."""
    return found not in QUOTABLE if wanted == ANY_OTHER else found == wanted


def kind_counts(lines: Iterable[tuple[str, str | None]]) -> dict[str, Counts]:
    """Counts by kind from each line's label and the kind found, `evidence` among them. A line labelled `off`
    counts for `evidence` alone."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for wanted, found in lines:
        quotable, told = wanted in QUOTABLE, found in QUOTABLE
        (right if quotable and told else wrong if told else missed)[EVIDENCE] += quotable or told
        if wanted == ANY_OTHER:
            continue
        if wanted == found:
            right[wanted] += 1
        else:
            missed[wanted] += 1
            if found is not None:
                wrong[found] += 1
    kinds = sorted({*right, *wrong, *missed})
    return {kind: Counts(right[kind], wrong[kind], missed[kind]) for kind in kinds}


def mean_f(counts: dict[str, Counts]) -> float | None:
    """The mean of the kinds' F, each kind alike, `evidence` left out."""
    values = [one.f for kind, one in counts.items() if kind != EVIDENCE and one.f is not None]
    return sum(values) / len(values) if values else None


def value_counts(values: Iterable[tuple[str | None, str | None]]) -> Counts:
    """Counts of one field from each page's value and the value found, case and white space aside."""
    right = wrong = missed = 0
    for wanted, found in values:
        same = found is not None and wanted is not None and _plain(wanted) == _plain(found)
        right += same
        wrong += found is not None and not same
        missed += wanted is not None and not same
    return Counts(right, wrong, missed)


def _plain(value: str) -> str:
    return " ".join(value.casefold().split())
