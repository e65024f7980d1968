"""Numbers with their units, and the ranges that two of them make, before the words around them are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from service.language.exclusions import Exclusions
from service.language.nouns import counted, counted_compound
from service.language.number_tables import digit_step
from service.language.numerals import Numeral
from service.language.units import Unit, currency_before, unit_at

_OF = re.compile(r"\s+of\s", re.IGNORECASE)
_LINK = re.compile(
    r"(?P<dash>\s?[-‑–—]\s?)|(?P<to>\s+to\s+|[-‑]?\s?to[-‑]|[-‑]\s+to\s+)|(?P<or>\s+or\s+|-or-|-\s+or\s+)|(?P<and>\s+and\s+)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\bbetween\s+(?:(?:about|around|roughly|approximately|some|an?\s+estimated)\s+)?$", re.IGNORECASE
)
_FROM = re.compile(r"\b(?:anywhere\s+)?from\s+$", re.IGNORECASE)
_RANGING = re.compile(
    r"\b(?:rang\w+|var\w+|anywhere|estimat\w+|aged|ages?|anything|somewhere|between)\s+from\s+$",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:ris\w+|rose|fall\w*|fell|climb\w*|dropp?\w*|gain\w*|lost|add(?:s|ed|ing)?|slip\w*|jump\w*|surg\w+|"
    r"increas\w+|decreas\w+|grew|grow\w*|shed\w*|cut\w*|rais\w+|up|down|by|advanc\w+|declin\w+|slid\w*|tumbl\w+|"
    r"plung\w+|widen\w*|narrow\w*|lower\w*|vot\w+|from)\s+(?:(?:by|about|around|nearly|almost|only|just)\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A number, or two that make a range, with its unit, before the words around it are read.

    `lead` is where the words begin that announce a range ("between"), else where the number begins.
    """

    lead: int
    start: int
    end: int
    low: Decimal
    high: Decimal
    step: Decimal
    numeral: Numeral
    unit: Unit | None
    money_first: bool = False
    ranged: bool = False


class Drafts:
    """Reads the drafts of one text."""

    def __init__(self, text: str, excluded: Exclusions) -> None:
        self.text = text
        self.excluded = excluded

    def single(self, numeral: Numeral) -> Draft | None:
        money = currency_before(self.text, numeral.start) if numeral.form != "ordinal" else None
        start, value = money.start if money else numeral.start, numeral.values[0]
        if money:
            return Draft(
                start, start, numeral.end, value, value, numeral.step, numeral, money, money_first=True
            )
        unit = self.unit(numeral, numeral.end)
        if numeral.suffix and numeral.exponent and len(numeral.values) == 2 and unit is None:
            return self._lettered(numeral)
        if numeral.suffix and not numeral.exponent and unit is None:
            return None
        return Draft(start, start, numeral.end, value, value, numeral.step, numeral, unit)

    def _lettered(self, numeral: Numeral) -> Draft | None:
        """A number with m, b or T behind it and no currency: millions of what follows, else metres or a
        name.
        """
        value, start = numeral.values[0], numeral.start
        if numeral.suffix in ("K", "B") or counted(self.text, numeral.end):
            return Draft(start, start, numeral.end, value, value, numeral.step, numeral, None)
        if numeral.suffix != "m":
            return None
        metre = Unit(numeral.end - 1, numeral.end, "measure", "metre")
        plain = numeral.values[1]
        return Draft(
            start, start, numeral.end - 1, plain, plain, digit_step(numeral.mantissa), numeral, metre
        )

    def unit(self, numeral: Numeral, place: int) -> Unit | None:
        """The unit at `place`, save where the word is something else: second-half, 12 won."""
        if numeral.form == "ordinal":
            return None
        if numeral.form == "vague" and (of := _OF.match(self.text, place)):
            place = of.end() - 1
        unit = unit_at(self.text, place)
        if unit is None:
            return None
        words = self.text[unit.start : unit.end].lower()
        if words == " second" and numeral.value != 1:
            return None
        if words.strip() == "won" and numeral.value < 100:
            return None
        return unit

    def range(self, first: Draft, second: Numeral) -> Draft | Literal["score"] | None:
        """The range that two numbers make, "score" for a result such as 3-1, None for two numbers of their
        own.
        """
        if {first.numeral.form, second.form} - {"cardinal", "one"}:
            return None
        drafted = self.single(second)
        link = self._link(first, drafted) if drafted else None
        if drafted is None or link is None:
            return None
        lead = first.start
        if link == "and":
            between = _BETWEEN.search(self.text[max(0, lead - 32) : lead])
            if between is None:
                return None
            lead = max(0, lead - 32) + between.start()
        if link in ("to", "dash") and self._changes(first):
            return None
        low, high = first.low, drafted.low
        if second.exponent and not first.numeral.exponent and low < second.mantissa:
            low = low * Decimal(10) ** second.exponent
        bare = first.unit is None and drafted.unit is None
        if link == "dash" and bare and not second.exponent:
            phrase = counted(self.text, second.end) or counted_compound(self.text, second.end)
            if self.excluded.score(first.numeral, second, phrase is not None):
                return "score"
        if low >= high or (link == "or" and first.unit is None and low * 3 < high):
            return None
        step = min(first.step if low == first.low else drafted.step, drafted.step)
        unit = drafted.unit or first.unit
        return replace(first, lead=lead, end=drafted.end, low=low, high=high, step=step, unit=unit,
                       numeral=second, ranged=True)  # fmt: skip

    def _link(self, first: Draft, second: Draft) -> str | None:
        """How two numbers are tied together, where their units allow a range."""
        same = first.unit and second.unit and first.unit.name == second.unit.name
        ends = [first.end]
        if same and first.unit and not first.money_first:
            ends.append(first.unit.end)
        if first.unit and not same and not (first.money_first and second.unit is None):
            return None
        if second.money_first and not same:
            return None
        for end in ends:
            match = _LINK.fullmatch(self.text, end, second.start)
            if match:
                return match.lastgroup
        return None

    def _changes(self, first: Draft) -> bool:
        """Whether `from X to Y` or `rose X to Y` names a change and not a range."""
        head = self.text[max(0, first.start - 40) : first.start]
        if _FROM.search(head):
            return not _RANGING.search(head)
        return bool(_CHANGE.search(head))
