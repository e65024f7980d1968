"""Numbers in words: "two hundred and five", "half a million", "tens of thousands", "twenty-first",
"two-thirds".
"""

from __future__ import annotations

import re
from decimal import Decimal

from service.language.calendar import MONTHS
from service.language.cardinals import Cardinal
from service.language.number_tables import (
    AGES,
    EXACT,
    MULTIPLES,
    ORDINAL_SCALES,
    ORDINALS,
    PARTS,
    PLURAL_SCALES,
    SCALES,
    TENS,
    UNITS,
    Worded,
    digit_step,
)
from service.language.tokens import Cursor, word_set

_FOLD = re.compile(r"(\w{3,12}?)fold")


_HALF_NAMES = word_set("first second third latter last other final top bottom better early")
"""Words in front of a half that is one of two periods or parts: "the second half of July"."""


class _Grammar:
    """The grammar of numbers in words, one method for each way to say them."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor

    def read(self, index: int) -> Worded | None:
        return self._vague(index) or self._part(index) or self._cardinal(index) or self._single(index)

    def _vague(self, index: int) -> Worded | None:
        """hundreds, dozens, tens of thousands; several hundred, a few thousand, a couple of dozen."""
        word = self.cursor.word(index)
        if word in PLURAL_SCALES:
            size, after = PLURAL_SCALES[word], index + 1
            while True:
                place = self.cursor.follows(after, "of")
                nearer = self.cursor.joined(place) if place > 0 else -1
                if nearer < 0 or self.cursor.word(nearer) not in PLURAL_SCALES:
                    break
                size, after = size * PLURAL_SCALES[self.cursor.word(nearer)], nearer + 1
                if size > 10**30:
                    break
            if word in ("tens", "scores") and after == index + 1 and self.cursor.follows(after, "of") < 0:
                return None
            return Worded(Decimal(size), Decimal(size), after, "vague", Decimal(size), 0)
        place = index
        if word == "a":
            place = self.cursor.joined(index + 1)
            if self.cursor.word(place) not in ("few", "couple"):
                return None
        elif word not in ("several", "few", "couple", "many"):
            return None
        after = place + 1
        behind_of = self.cursor.follows(after, "of")
        if self.cursor.word(place) == "couple" and behind_of > 0:
            after = behind_of
        size = 1
        found = False
        for _ in range(3):
            nearer = self.cursor.joined(after)
            word = self.cursor.word(nearer)
            if word not in SCALES and word != "dozen":
                break
            size, after, found = size * (12 if word == "dozen" else 10 ** SCALES[word]), nearer + 1, True
        return Worded(Decimal(size), Decimal(size), after, "vague", Decimal(size), 0) if found else None

    def _part(self, index: int) -> Worded | None:
        """half a million, two-thirds, a quarter of, one in its parts; None where nothing of the kind
        starts here.
        """
        word = self.cursor.word(index)
        if word in ("half", "quarter"):
            if self.cursor.word(index - 2) in _HALF_NAMES:
                return None
            share, after = Decimal(1) / PARTS[word], index + 1
        else:
            count = 1 if word in ("a", "an") else UNITS.get(word, 0)
            place = self.cursor.joined(index + 1)
            part = self.cursor.word(place)
            if not count or part not in PARTS or (count == 1) == part.endswith("s") or part == "halves":
                return None
            share = EXACT.divide(Decimal(count), Decimal(PARTS[part])).quantize(Decimal("1.000000"))
            after = place + 1
            tied = word == "one" and (part in ORDINALS or self.cursor.tokens[index + 1].kind != "gap")
            if count == 1 and not tied and self.cursor.follows(after, "of") < 0:
                return None
            if self.cursor.word(index - 2) in _HALF_NAMES or self._day_of_month(after):
                return None
            if word in ("a", "an") and part == "half" and not self._scale_after(after):
                return None
        scaled = self._scale_after(after)
        if scaled:
            size, after = scaled
            value = EXACT.multiply(share.normalize(EXACT), size)
            step = digit_step(value.quantize(Decimal(1)) if value > 1 else value)
            return Worded(value, step if size != 12 else Decimal(1), after, "cardinal", value, 0)
        allowed = ("of", "the", "its", "their", "his", "her", "all") if word == "half" else ("of",)
        near = self.cursor.word(self.cursor.joined(after, hyphen=False))
        if word in ("half", "quarter", "a", "an") and near not in allowed:
            return None
        if word == "quarter":
            return None
        value = share.normalize(EXACT)
        return Worded(value, Decimal("0.01"), after, "fraction", value, 0)

    def _day_of_month(self, after: int) -> bool:
        """Whether a month follows: "a Fourth of July parade" holds no fraction."""
        place = self.cursor.joined(self.cursor.follows(after, "of"))
        return self.cursor.word(place) in MONTHS

    def _scale_after(self, after: int) -> tuple[Decimal, int] | None:
        """The scale of `half a million`, `half-million`, `quarter of a million`, and the token behind it."""
        place = self.cursor.joined(after)
        if self.cursor.word(place) == "of":
            place = self.cursor.joined(place + 1)
            if self.cursor.word(place) not in ("a", "an"):
                return None
        if self.cursor.word(place) in ("a", "an"):
            place = self.cursor.joined(place + 1)
        word = self.cursor.word(place)
        if word == "dozen":
            return Decimal(12), place + 1
        return (Decimal(10) ** SCALES[word], place + 1) if word in SCALES else None

    def _cardinal(self, index: int) -> Worded | None:
        return Cardinal(self.cursor).read(index)

    def _single(self, index: int) -> Worded | None:
        """Numbers in one word that do not combine: twice, tenfold, thirties, a bare scale."""
        word = self.cursor.word(index)
        if word in MULTIPLES:
            value = Decimal(MULTIPLES[word])
            return Worded(value, Decimal(1), index + 1, "multiple", value, 0)
        if word in AGES:
            value = Decimal(AGES[word])
            return Worded(value, Decimal(10), index + 1, "decade", value, 0)
        fold = _FOLD.fullmatch(word)
        if fold:
            stem = fold[1].rstrip("-")
            count = UNITS.get(stem) or TENS.get(stem) or {"hundred": 100, "thousand": 1000}.get(stem)
            if count:
                return Worded(Decimal(count), Decimal(1), index + 1, "multiple", Decimal(count), 0)
        return None


_STARTERS = frozenset(
    {"a", "an", "several", "few", "couple", "many", "half", "dozen"}
    | UNITS.keys()
    | TENS.keys()
    | SCALES.keys()
    | ORDINALS.keys()
    | ORDINAL_SCALES.keys()
    | PLURAL_SCALES.keys()
    | MULTIPLES.keys()
    | AGES.keys()
)


def opens_number(word: str) -> bool:
    """Whether a number in words can begin with this word."""
    return word.lower() in _STARTERS or word[-4:].lower() == "fold"


def worded_number(cursor: Cursor, index: int) -> Worded | None:
    """The number in words that starts at this token, with the token behind it; None where none does."""
    return _Grammar(cursor).read(index)
