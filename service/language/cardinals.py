"""Whole numbers in words: "eleven thousand", "two hundred and five", "a dozen", "nineteen ninety-five"."""

from __future__ import annotations

from decimal import Decimal

from service.language.number_tables import (
    EXACT,
    ORDINAL_SCALES,
    ORDINALS,
    SCALES,
    TENS,
    UNITS,
    Form,
    Worded,
    digit_step,
)
from service.language.tokens import Cursor

_TEENS = frozenset(word for word, value in UNITS.items() if value > 10)


class _Sum:
    """The parts of a number in words, added while they fit: each scale is smaller than the one before."""

    def __init__(self, group: int | None = None) -> None:
        self.total = 0
        self.group = group
        self.room = 1000 if group is None else 0
        self.limit = 10**18
        self.empty = group is None
        self.powers = 0
        self.mantissa = group or 0
        self.ordinal = False

    @property
    def value(self) -> int:
        return self.total + (self.group or 0)

    @property
    def takes_and(self) -> bool:
        """Whether `and` may stand before the next part: behind a hundred or a larger scale."""
        return self.room == 100 if self.group is not None else self.total > 0

    def add(self, word: str) -> bool:
        """Adds a word's value; False, with nothing changed, where it can't be a part of this number."""
        small = UNITS.get(word, TENS.get(word, ORDINALS.get(word, -1)))
        if small >= 0:
            return self._add_small(word, small)
        power = SCALES.get(word, ORDINAL_SCALES.get(word, -1))
        if power == 2:
            return self._add_hundred(word)
        if power > 0:
            return self._add_scale(word, power)
        return False

    def _add_small(self, word: str, small: int) -> bool:
        if small >= self.room or (small == 0 and not self.empty):
            return False
        self.group = (self.group or 0) + small
        self.room = 10 if word in TENS else 0
        self.mantissa, self.powers, self.empty = self.value, 0, False
        self.ordinal = word in ORDINALS
        return True

    def _add_hundred(self, word: str) -> bool:
        if self.empty:
            self.group = self.mantissa = 1
        if self.group is None or not 0 < self.group < 100:
            return False
        self.group, self.room, self.empty = self.group * 100, 100, False
        self.powers += 2
        self.ordinal = word in ORDINAL_SCALES
        return True

    def _add_scale(self, word: str, power: int) -> bool:
        if self.empty:
            self.group = self.mantissa = 1
        if not self.group or 10**power >= self.limit:
            return False
        if not self.empty and self.total:
            self.mantissa = 0
        self.total, self.group, self.limit = self.total + self.group * 10**power, None, 10**power
        self.room, self.empty = min(1000, self.limit), False
        self.powers += power
        self.ordinal = word in ORDINAL_SCALES
        return True


class Cardinal:
    """Whole numbers in words: "eleven thousand", "two hundred and five", "a dozen", "nineteen
    ninety-five".
    """

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor

    def read(self, index: int) -> Worded | None:
        first = self.cursor.word(index)
        start = index
        article = first in ("a", "an")
        if article:
            start = self.cursor.joined(index + 1)
            if self.cursor.word(start) not in SCALES and self.cursor.word(start) != "dozen":
                return None
        if year := self._year(start):
            return year
        whole = _Sum(1 if article else None)
        after = self._sum(whole, start)
        if self.cursor.word(after if article and after == start else self.cursor.joined(after)) == "dozen":
            place = start if article and after == start else self.cursor.joined(after)
            value = Decimal(12 * (whole.value if not whole.empty else 1))
            return Worded(value, Decimal(6), place + 1, "cardinal", Decimal(whole.value), 0)
        if first == "dozen":
            return Worded(Decimal(12), Decimal(6), index + 1, "scale", Decimal(1), 0)
        if after == start:
            return None
        return self._finish(whole, index, after, first, article)

    def _finish(self, whole: _Sum, index: int, after: int, first: str, article: bool) -> Worded:
        value = Decimal(whole.value)
        mantissa, power = (
            (Decimal(whole.mantissa), whole.powers) if whole.powers and whole.mantissa else (value, 0)
        )
        form: Form = "ordinal" if whole.ordinal else "cardinal"
        if form == "cardinal":
            half = self.cursor.follows(after, "and", "a", "half")
            if half > 0:
                return self._with_half(value, power, half)
            if first == "one" and value == 1:
                form = "one"
            elif first in SCALES and not article and after == index + 1:
                form = "scale"
        return Worded(value, digit_step(value), after, form, mantissa, power)

    def _with_half(self, total: Decimal, power: int, after: int) -> Worded:
        """two and a half (million), a million and a half."""
        unit = Decimal(10) ** power
        value = EXACT.add(total, unit / 2)
        place = self.cursor.joined(after)
        scale = SCALES.get(self.cursor.word(place), 0) if not power else 0
        if scale:
            value, unit, after = EXACT.multiply(value, Decimal(10) ** scale), Decimal(10) ** scale, place + 1
        return Worded(value, unit / 10, after, "cardinal", EXACT.divide(value, unit), scale or power)

    def _sum(self, whole: _Sum, start: int) -> int:
        """Adds words from token `start` on; the token behind the last that fits."""
        place, after = start, start
        while place >= 0 and whole.add(self.cursor.word(place)):
            after = place + 1
            if whole.ordinal:
                break
            place = self._next(whole, after)
        return after

    def _next(self, whole: _Sum, after: int) -> int:
        """The next part's token: behind a gap or hyphen, or behind `and` where it is below a hundred."""
        place = self.cursor.joined(after)
        if place < 0 or self.cursor.word(place) != "and":
            return place
        nearer = self.cursor.joined(place + 1)
        word = self.cursor.word(nearer)
        if not whole.takes_and or not (word in UNITS or word in TENS or word in ORDINALS):
            return -1
        further = self.cursor.joined(nearer + 1)
        if word in TENS and self.cursor.word(further) in UNITS:
            further = self.cursor.joined(further + 1)
        scale = SCALES.get(self.cursor.word(further), 0)
        inside = whole.group is not None and scale > 2
        return nearer if not scale or inside else -1

    def _year(self, start: int) -> Worded | None:
        """nineteen ninety-five, twenty twenty-four: a teen or twenty, then a ten, then perhaps a unit."""
        century = UNITS.get(self.cursor.word(start), TENS.get(self.cursor.word(start), 0))
        place = self.cursor.joined(start + 1, hyphen=False)
        word = self.cursor.word(place)
        decade = TENS.get(word, UNITS.get(word, 0) if word in ("ten", *_TEENS) else 0)
        if not 15 <= century <= 20 or not decade:
            return None
        end, unit = place + 1, self.cursor.joined(place + 1)
        units = UNITS.get(self.cursor.word(unit), 0) if word in TENS else 0
        if 0 < units < 10:
            end = unit + 1
        if self.cursor.word(self.cursor.joined(end)) in SCALES:
            return None
        value = Decimal(century * 100 + decade + (units if 0 < units < 10 else 0))
        return Worded(value, Decimal(1), end, "year", value, 0)
