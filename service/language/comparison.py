"""How far the words of a figure reach, for comparing two of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from service.domain import Figure
from service.language.qualifiers import approximate, narrow

VAGUE_REACH = 50
"""A vague plural reaches from its own size up to this many times it: "hundreds" is 100 <= x < 5000.

Writers say "hundreds" or "thousands" of what they have not counted, often short of the truth, so that the
reach is wide; "hundreds" still doesn't meet 12,000, and "dozens" doesn't meet 4,000.
"""


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that words allow; None is no bound. Half-open `[low, high)` unless the flags say
    otherwise.
    """

    low: Decimal | None
    high: Decimal | None
    low_included: bool = True
    high_included: bool = False

    def meets(self, other: Interval) -> bool:
        """Whether some value lies in both."""
        return _starts_within(self, other) and _starts_within(other, self)

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, Decimal | int):
            return False
        point = Decimal(value)
        return self.meets(Interval(point, point, True, True))


def _starts_within(one: Interval, other: Interval) -> bool:
    """Whether `one` begins before `other` has ended."""
    if one.low is None or other.high is None or one.low < other.high:
        return True
    return one.low == other.high and one.low_included and other.high_included


def interval(figure: Figure) -> Interval:
    """The values a figure allows when it is compared with another.

    "About" reaches half the last significant digit to either side: about 12,000 is 11,500 <= x < 12,500,
    and so do nearly, almost and close to. A bound or range that is itself approximate is widened by as
    much. A bound said to be near ("just over") reaches one such digit. Without a qualifier a number is
    that point.
    """
    low, high = figure.low, figure.high
    half = figure.step / 2
    prefix = figure.text[: figure.number_start - figure.start]
    suffix = figure.text[figure.number_end - figure.start :]
    about = half if figure.qualifier == "about" or approximate(prefix) or approximate(suffix) else Decimal(0)
    if low is None and high is None:
        return Interval(figure.step, figure.step * VAGUE_REACH)
    if figure.qualifier == "about" and low is not None and high is not None:
        return Interval(low - half, high + half)
    if low is not None and high is not None:
        return Interval(low - about, high + about, True, not about)
    near = figure.step if narrow(prefix) else None
    if low is None:
        assert high is not None  # noqa: S101  (both None is answered above)
        floor = high - near if near is not None else None
        return Interval(floor, high + about, True, figure.qualifier == "at_most" and not about)
    ceiling = low + near if near is not None else None
    return Interval(low - about, ceiling, figure.qualifier != "more_than" or bool(about), True)
