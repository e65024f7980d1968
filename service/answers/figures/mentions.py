"""Figures of retrieved lines, read for a question: what is told of them, how well they fit, whether they answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from service.answers.evidence import Line
from service.domain import Figure


@dataclass(frozen=True, slots=True)
class Features:
    """How one figure fits one question, each from 0 to 1.

    `thing` is how near the counted noun is to the one asked for, `nearby` how near the best word of its clause is;
    `said` how much of what is asked the figure's verbs say, `asked` how much of what they say is asked; `coverage`
    the share of the question that its sentence says; `clause` and `sentence` cosines; `names` the names it shares.
    """

    thing: float
    nearby: float
    said: float
    asked: float
    coverage: float
    clause: float
    sentence: float
    names: float

    def values(self) -> tuple[float, ...]:
        """The features with their products, as `FIT` weighs them."""
        thing = max(self.thing, 0.6 * self.nearby)
        return (self.thing, self.nearby, self.said, self.asked, self.coverage, self.clause, self.sentence, self.names,
                thing * self.clause, thing * min(self.said, self.asked), min(thing, self.coverage),
                min(self.said, self.asked), 1.0)


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure of a line (its offsets are into `line.text`), read for a question.

    `parts` are the figures that add up to a derived one; `nations` the countries that the counted thing or its
    clause names; `when` the days its clause is about, as far as the words settle them.
    """

    line: Line
    figure: Figure
    clause: str
    thing: tuple[str, ...]
    predicate: tuple[str, ...]
    nations: frozenset[str]
    when: tuple[date, date] | None
    features: Features
    parts: tuple[Figure, ...] = ()
    joint: bool = False
    """Whether it counts those of whom one thing or another is said, of which the question asks only the one."""

    matter: float = 1.0
    """How much of what is asked, the counted thing and the names aside, its sentence says; 1 where it tells no deed."""

    lasted: bool = False
    """Whether it is of the very sort that the question asks for: how long it went on, how deep it is, whose age."""

    own: float = 1.0
    """How much of that the figure's own part of the sentence says; 1 where nothing but the thing is asked for."""

    borrowed: bool = False
    """Whether what it counts stands in the sentence before: "the union put the number at 2,400"."""

    @property
    def score(self) -> float:
        """How well the figure fits; `FIT.threshold` and above is an answer."""
        return FIT.score(self.features)

    @property
    def fits(self) -> bool:
        """Whether the figure answers by itself, and not only beside another of its size."""
        return self.score >= (FIT.lasted if self.lasted else FIT.threshold) and self.matter >= FIT.matter


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic score of the features: the share of figures with these features that answered, from 0 to 1.

    From `threshold` on a figure is an answer by itself, from `likely` on beside another of the same size; from
    `lasted` on the length of time that something went on, which is known to be what the question asks about. A
    sentence that says less than `matter` of what is asked tells of another deed.
    """

    weights: tuple[float, ...]
    threshold: float
    likely: float
    lasted: float
    matter: float

    def score(self, features: Features) -> float:
        """The fit of one figure."""
        return 1 / (1 + math.exp(-sum(w * v for w, v in zip(self.weights, features.values(), strict=True))))


FIT = Fit(
    weights=(-2.47, 0.04, -0.46, 0.69, 1.74, 2.06, 2.66, -2.3, 1.45, 1.08, 2.25, 0.08, -2.07),
    threshold=0.5, likely=0.05, lasted=0.3, matter=0.3,
)
