"""Quantities of English news prose with their exact place, bounds, unit and counted thing.

`read_figures` finds what is counted or measured, `read_numbers` every number whatever its role, and
`interval` says how far a figure's words reach when two are compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from service.domain import Figure, FigureKind, Qualifier
from service.language import qualifiers
from service.language.comparison import Interval, interval
from service.language.drafts import Draft, Drafts
from service.language.exclusions import Exclusions
from service.language.nouns import Phrase, counted, counted_compound
from service.language.number_tables import digit_step, plain
from service.language.numbers import Number, counting, read_numbers
from service.language.numerals import Numeral, read_numerals
from service.language.units import Unit

__all__ = ["Interval", "Number", "interval", "read_figures", "read_numbers"]

_AGED = re.compile(r"\b(?:aged|age|ages|aged\s+between)\s+(?:of\s+)?$", re.IGNORECASE)
_MAGNITUDE = re.compile(r"\bmagnitude[\s-]+(?:of\s+)?$", re.IGNORECASE)
_BY_NAME = re.compile(r"\b[A-Z][\w'’-]*,\s$|\b(?:[Hh]e|[Ss]he)(?:\s+(?:is|was|turned)|['’]s)\s+(?:now\s+)?$|"
                      r",\s+who\s+(?:is|was|turned|turns)\s+(?:now\s+|then\s+)?$|"
                      r"\b[Aa]ged\s+\d{1,3}(?:,\s\d{1,3})?,?\s+and\s+$|"
                      r"\b(?:man|woman|boy|girl|student|teenager|mother|father|worker|soldier)\s+of\s+$")
_OVER = re.compile(r"\b(?:over|under|above|below)\s+$", re.IGNORECASE)
_LASTING = re.compile(
    r"\b(?:last\w*|tak\w+|took|spen[dt]\w*|after|for|of|to|by|is|was|just|well|little|slightly|far|jailed|wait\w*)\s+"
    r"(?:over|under|above|below)\s+$",
    re.IGNORECASE,
)
_RATIO = re.compile(r"(?P<plain>\s+in\s+)|\s+(?:in\s+every|out\s+of|out\s+of\s+every)\s+", re.IGNORECASE)
_OF = re.compile(r"\s+of\s", re.IGNORECASE)
_OF_WHOM = re.compile(r"\s+of\s+(?:the|its|his|her|their|our|these|those)\s", re.IGNORECASE)
_TIMES_WHAT = re.compile(r"\s+(?:the|that|its|last|this|their|what)\b", re.IGNORECASE)
_KINDS: dict[str, FigureKind] = {"ordinal": "ordinal", "fraction": "multiple", "multiple": "multiple"}
_WORDS_BEFORE: tuple[tuple[re.Pattern[str], FigureKind, str], ...] = (
    (_AGED, "age", "year"),
    (_MAGNITUDE, "measure", "magnitude"),
)
_STRONG = re.compile(r"-(?:strong|mark|point|time|plus)\b", re.IGNORECASE)


@lru_cache(maxsize=1024)
def read_figures(text: str) -> tuple[Figure, ...]:
    """All quantities of the text in order of place; `text[figure.start:figure.end] == figure.text`.

    Dates, clock times, identifiers, labels, scores, and `one` or `first` that do not count are left out.
    The two ends of a range are one figure.
    """
    numerals = read_numerals(text)
    return tuple(_Reader(text, numerals).read()) if numerals else ()


class _Reader:
    """Reads one text's figures, numeral by numeral."""

    def __init__(self, text: str, numerals: Sequence[Numeral]) -> None:
        self.text, self.numerals = text, numerals
        self.starts = frozenset(numeral.start for numeral in self.numerals)
        self.excluded = Exclusions(text)
        self.drafts = Drafts(text, self.excluded)

    def read(self) -> list[Figure]:
        found: list[Figure] = []
        index = 0
        while index < len(self.numerals):
            figure, index = self._at(index)
            if figure and (not found or figure.number_start >= _reach(found[-1])):
                found.append(figure)
        return found

    def _at(self, index: int) -> tuple[Figure | None, int]:
        """The figure that the numeral at `index` opens, and the numeral to go on with."""
        numeral = self.numerals[index]
        if self.excluded.holds(numeral) or not self._quantity(numeral):
            return None, index + 1
        draft = self.drafts.single(numeral)
        if draft is None:
            return None, index + 1
        following = self.numerals[index + 1] if index + 1 < len(self.numerals) else None
        if following and not self.excluded.holds(following):
            ratio = self._ratio(draft, following)
            if ratio:
                return ratio, index + 2
            pair = self.drafts.range(draft, following)
            if pair == "score":
                return None, index + 2
            if pair:
                return self._finish(pair, index + 2), index + 2
        return self._finish(draft, index + 1), index + 1

    def _quantity(self, numeral: Numeral) -> bool:
        """Whether a numeral's form can be a quantity here: no "both", no "double agent"."""
        if numeral.form == "multiple":
            word = self.text[numeral.start : numeral.end].lower()
            if word in ("double", "triple", "quadruple"):
                return bool(_TIMES_WHAT.match(self.text, numeral.end))
            return word not in ("once", "both")
        return numeral.form in ("ordinal", "one") or counting(self.text, numeral)

    def _ratio(self, first: Draft, second: Numeral) -> Figure | None:
        """one in five, two out of three: a share of what follows."""
        link = self.text[first.end : second.start]
        match = _RATIO.fullmatch(link)
        low, high = first.low, second.values[0]
        if match is None or second.form != "cardinal" or not 0 < low < high or high < 3 or first.unit:
            return None
        if match["plain"] and low != 1:
            return None
        share = (low / high).quantize(Decimal("1.000000"))
        left = qualifiers.before(self.text, first.start)
        phrase = counted(self.text, second.end)
        figure = self._figure(left.place, first.start, second.end, phrase.end if phrase else second.end)
        low_bound, high_bound = _bounds(left.qualifier, share, share)
        return replace(
            figure,
            kind="multiple",
            qualifier=left.qualifier,
            low=low_bound,
            high=high_bound,
            step=Decimal("0.01"),
            thing=_thing(phrase),
        )

    def _figure(self, start: int, number_start: int, number_end: int, end: int) -> Figure:
        end = max(end, number_end)
        text = self.text[start:end]
        return Figure(
            start, end, number_start, number_end, text, "count", "unspecified", None, None, Decimal(1)
        )

    def _finish(self, draft: Draft, following: int) -> Figure | None:
        """The figure of a draft: its qualifier, its kind, and what it counts."""
        text, numeral = self.text, draft.numeral
        after = qualifiers.after(text, draft.end) if numeral.form != "ordinal" else None
        place = after.place if after else draft.end
        unit = draft.unit or (self.drafts.unit(numeral, place) if after else None)
        kind: FigureKind = unit.kind if unit else _KINDS.get(numeral.form, "count")
        number_end = (
            unit.end if unit and kind in ("money", "percent") and not draft.money_first else draft.end
        )
        end = max(place, number_end, unit.end if unit and not draft.money_first else 0)
        phrase = self._phrase(draft, kind, end, following)
        if phrase:
            end = phrase.end
        elif kind == "count" and (tail := _STRONG.match(text, end)):
            end = tail.end()
        if not after and numeral.form != "ordinal" and (after := self._after(end)):
            end = after.place
        start, left, kind, name = self._before(draft, kind, unit, phrase, number_end)
        if numeral.form == "multiple":
            name = "times"
        if kind in ("count", "ordinal") and not self._stands(draft, kind, phrase, left):
            return None
        found: Qualifier = (
            left.qualifier if left.qualifier != "unspecified" else after.qualifier if after else "unspecified"
        )
        figure = self._figure(start, draft.start, number_end, end)
        if numeral.form == "vague":
            return replace(
                figure, kind=kind, step=draft.step, unit=name or _unit_of(phrase), thing=_thing(phrase)
            )
        if draft.ranged and found in ("unspecified", "about", "exactly"):
            found = "range"
        low, high = self._whole(draft, kind)
        low_bound, high_bound = _bounds(found, low, high)
        return replace(
            figure,
            kind=kind,
            qualifier=found,
            low=low_bound,
            high=high_bound,
            step=plain(draft.step if low == draft.low else digit_step(low)),
            unit=name or (_unit_of(phrase) if kind == "count" else None),
            thing=_thing(phrase),
        )

    def _after(self, place: int) -> qualifiers.Qualified | None:
        """A qualifier behind the counted thing, unless it opens the next number ("300 people, at least two
        of …").
        """
        found = qualifiers.after(self.text, place)
        if found is None:
            return None
        opens = (
            found.place
            + len(self.text[found.place : found.place + 4])
            - len(self.text[found.place : found.place + 4].lstrip())
        )
        return None if opens in self.starts else found

    @staticmethod
    def _whole(draft: Draft, kind: FigureKind) -> tuple[Decimal, Decimal]:
        """The bounds; a count has no fraction, so that "12.500 soldiers" is read as a grouped number."""
        readings = draft.numeral.values
        if kind == "count" and not draft.ranged and len(readings) == 2 and not draft.numeral.exponent:
            return max(readings), max(readings)
        return draft.low, draft.high

    def _phrase(self, draft: Draft, kind: FigureKind, place: int, following: int) -> Phrase | None:
        """What is counted; of shares and measures, what stands behind `of`."""
        limit = None
        if following < len(self.numerals):
            opening = self.numerals[following]
            tied = self.text[opening.end : opening.end + 1] in ("-", "‑") or opening.attached
            limit = None if tied else opening.start
        if kind in ("money", "duration", "age"):
            return None
        of = _OF.match(self.text, place)
        if kind in ("percent", "measure", "multiple"):
            if of is None:
                return None
            return counted(self.text, place, True, limit) or counted(self.text, place, False, limit)
        if (
            kind == "count"
            and draft.numeral.form != "vague"
            and of
            and _OF_WHOM.match(self.text, place) is None
        ):
            return None
        compound = counted_compound(self.text, place)
        plural = kind == "count" and (draft.low != 1 or draft.ranged)
        return compound or counted(self.text, place, plural, limit)

    def _before(
        self, draft: Draft, kind: FigureKind, unit: Unit | None, phrase: Phrase | None, number_end: int
    ) -> tuple[int, qualifiers.Qualified, FigureKind, str | None]:
        """Where the figure begins, its qualifier, and the kind and unit that words in front of it decide."""
        text = self.text
        left = qualifiers.before(text, draft.lead)
        if kind == "ordinal" or (left.place < draft.lead and self._preposition(draft, kind, left)):
            left = qualifiers.Qualified("unspecified", False, draft.lead)
        start, name = left.place, unit.name if unit else None
        if kind != "count":
            return start, left, kind, name
        head = text[max(0, start - 24) : start]
        for pattern, kind_meant, unit_meant in _WORDS_BEFORE:
            match = pattern.search(head)
            if match and phrase is None:
                return start - len(match[0]), left, kind_meant, unit_meant
        closed = re.match(r"[,).;]|$|\s+(?:and|when|at)\b", text[number_end : number_end + 6])
        aged = phrase is None and closed and _BY_NAME.search(head)
        if aged and 0 < draft.high < 120 and not draft.numeral.worded:
            return start, left, "age", "year"
        return start, left, kind, name

    def _preposition(self, draft: Draft, kind: FigureKind, left: qualifiers.Qualified) -> bool:
        """Whether over, under, above or below is a place or a time: "over three years", "under two laws"."""
        words = self.text[left.place : draft.lead]
        if not _OVER.fullmatch(words):
            return False
        if kind == "duration":
            return not _LASTING.search(self.text[max(0, left.place - 16) : draft.lead])
        return kind == "count" and draft.numeral.worded and draft.high < 10

    def _stands(
        self, draft: Draft, kind: FigureKind, phrase: Phrase | None, left: qualifiers.Qualified
    ) -> bool:
        """Whether a bare number or ordinal counts anything at all."""
        numeral = draft.numeral
        if kind == "ordinal":
            named = self.excluded.named(numeral)
            return not named and counting(self.text, numeral) and (numeral.value != 1 or phrase is not None)
        if draft.ranged or left.qualifier != "unspecified":
            return True
        if numeral.form == "one":
            return phrase is not None and not phrase.plural and counting(self.text, numeral)
        if numeral.form == "scale":
            return phrase is not None and phrase.plural
        return not self.excluded.labelled(
            numeral, phrase is not None and phrase.plural and phrase.unit is not None
        )


def _bounds(qualifier: Qualifier, low: Decimal, high: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """The words' own bounds: "up to" gives no lower one, "at least" no upper one."""
    lower = None if qualifier in ("at_most", "less_than") else plain(low)
    upper = None if qualifier in ("at_least", "more_than") else plain(high)
    return lower, upper


def _reach(figure: Figure) -> int:
    """Where the words end that no further figure may use: a unit's ("one second"), but not a counted thing's
    ("two three-star hotels").
    """
    return figure.number_end if figure.thing else figure.end


def _unit_of(phrase: Phrase | None) -> str | None:
    return phrase.unit if phrase else None


def _thing(phrase: Phrase | None) -> str | None:
    return phrase.text if phrase else None
