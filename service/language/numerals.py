"""Every numeral of an English text, in digits or in words, with its place, value and precision.

This is the layer below quantities: it knows groupings, scale words and the grammar of number words, and
nothing about what is counted. One pass over the text; time is linear in its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from service.language.number_tables import (
    EXACT,
    SCALES,
    SHORT_SCALES,
    TENS,
    UNITS,
    Form,
    digit_step,
    plain,
)
from service.language.number_words import opens_number, worded_number
from service.language.tokens import Cursor, Token

LONGEST = 40
"""Digits of the longest run that can be a quantity; longer ones are identifiers."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number that a text names.

    `values` are the readings, the likeliest first ("12.000" is 12 or 12000); a vague numeral ("hundreds")
    has its size there. `mantissa` is the value before scale words, `exponent` the power of ten that they
    add. `step` is the value of the last significant digit. `attached` means that letters touch it ("F16",
    "Covid-19", "5G"), and `suffix` is the letters that touch it behind: a scale that is part of it and
    could be a unit ("m", with both readings in `values`), or any that are no part of it ("km").
    """

    start: int
    end: int
    values: tuple[Decimal, ...]
    step: Decimal
    form: Form = "cardinal"
    mantissa: Decimal = Decimal(0)
    exponent: int = 0
    attached: bool = False
    suffix: str = ""
    worded: bool = False

    @property
    def value(self) -> Decimal:
        return self.values[0]


@lru_cache(maxsize=1024)
def read_numerals(text: str) -> tuple[Numeral, ...]:
    """All numerals of the text in order of place; they don't overlap."""
    return tuple(_Reader(text).read())


class _Part(NamedTuple):
    start: int
    end: int
    values: tuple[Decimal, ...]
    whole: bool


def _run_parts(token: Token) -> list[_Part]:
    """The numbers of one run of digits: one where its separators group it, else one for each piece."""
    pieces = re.split(r"[.,'’ \u00a0\u2007\u2009\u202f]", token.text)
    seps = re.findall(r"[.,'’ \u00a0\u2007\u2009\u202f]", token.text)
    values = _grouped(pieces, seps)
    if values:
        return [_Part(token.start, token.end, values, True)]
    parts = []
    place = token.start
    for piece in pieces:
        parts.append(_Part(place, place + len(piece), (Decimal(piece),), False))
        place += len(piece) + 1
    return parts


def _grouped(pieces: list[str], seps: list[str]) -> tuple[Decimal, ...]:
    """The readings of digits with separators between them; none where they are no single number.

    A point before three digits is read as a decimal point, or as grouping where the three are zeros, and
    keeps both readings. A comma before one or two digits is a decimal comma; before three, grouping.
    """
    joined = "".join(pieces)
    if not seps:
        return (Decimal(joined),)
    groups, last = pieces[:-1], pieces[-1]
    whole = "".join(groups)
    decimal = Decimal(f"{whole}.{last}")
    head = pieces[0]
    opens = 1 <= len(head) <= 3 and not head.startswith("0")
    if len(seps) == 1:
        if seps[0] == ".":
            if len(last) == 3 and opens:
                return (Decimal(joined), decimal) if last == "000" else (decimal, Decimal(joined))
            return (decimal,)
        if len(last) == 3 and opens:
            return (Decimal(joined),)
        if seps[0] == "," and (len(last) <= 2 or head == "0"):
            return (decimal,)
        return ()
    inner = all(len(piece) == 3 for piece in pieces[1:-1])
    if opens and inner and len(set(seps)) == 1 and len(last) == 3:
        return (Decimal(joined),)
    if opens and inner and len(set(seps[:-1])) == 1 and seps[-1] != seps[0] and seps[-1] in ".,":
        return (decimal,)
    if (
        set(seps) == {","}
        and len(head) <= 2
        and opens
        and len(last) == 3
        and all(len(p) == 2 for p in pieces[1:-1])
    ):
        return (Decimal(joined),)
    return ()


class _Reader(Cursor):
    """Walks the tokens once and yields the numerals."""

    def read(self) -> Iterator[Numeral]:
        after = 0
        for index, token in enumerate(self.tokens):
            if index < after:
                continue
            if token.kind == "digits":
                after, found = self._digits(index)
                yield from found
            elif token.kind == "word" and (opens_number(token.text) or len(token.text) == 1):
                after, found = self._words(index)
                yield from found

    def _digits(self, index: int) -> tuple[int, list[Numeral]]:
        token = self.tokens[index]
        parts = _run_parts(token)
        if len(parts) > 1 or len(token.text) > LONGEST:
            return index + 1, [
                Numeral(part.start, part.end, part.values, Decimal(1), mantissa=part.values[0], attached=True)
                for part in parts
            ]
        part = parts[0]
        values, start = part.values, part.start
        if (
            self.text[start - 1 : start] == "."
            and not self.text[start - 2 : start - 1].isalnum()
            and start > 0
        ):
            values, start = (Decimal(f"0.{token.text}"),) if token.text.isdigit() else values, start - 1
        if self._negative(start):
            values, start = tuple(-value for value in values), start - 1
        number = Numeral(start, part.end, values, digit_step(values[0]), mantissa=values[0])
        number = replace(number, attached=self._letters_before(index, start))
        return self._suffix(index + 1, number)

    def _negative(self, start: int) -> bool:
        before = self.text[start - 2 : start - 1] if start > 1 else ""
        return start > 0 and self.text[start - 1] in "-−" and (not before or before in " \n\t(\u00a0$€£")

    def _letters_before(self, index: int, start: int) -> bool:
        if start == 0:
            return False
        before = self.text[start - 1]
        if before.isalpha() or before == "_":
            return True
        return (
            before in "-‑\u2010"
            and start > 1
            and self.text[start - 2].isalpha()
            and not self._number_word(index - 2)
        )

    def _number_word(self, index: int) -> bool:
        word = self.word(index)
        return (
            word in UNITS
            or word in TENS
            or word in SCALES
            or word in ("to", "or", "mid", "pre", "post", "plus")
        )

    def _suffix(self, after: int, number: Numeral) -> tuple[int, list[Numeral]]:
        """What touches the digits behind: an ordinal ending, a scale letter, the s of a decade, other
        letters.
        """
        tail = self.tokens[after] if after < len(self.tokens) else None
        if tail is not None and tail.kind == "word" and not number.attached:
            if tail.lower in ("st", "nd", "rd", "th") and number.value == number.value.to_integral_value():
                return after + 1, [replace(number, end=tail.end, form="ordinal")]
            if tail.lower == "s":
                return after + 1, [replace(number, end=tail.end, form="decade")]
            if tail.text in SHORT_SCALES:
                scaled = self._scale(number, SHORT_SCALES[tail.text], tail.end)
                if tail.text in ("m", "T", "b", "B", "K"):
                    scaled = replace(scaled, values=(*scaled.values, *number.values), suffix=tail.text)
                return after + 1, [scaled]
        if tail is not None and tail.text in _HALVES and not number.attached:
            value = EXACT.add(number.value, _HALVES[tail.text])
            number = replace(number, end=tail.end, values=(value,), mantissa=value, step=digit_step(value))
            after += 1
        return self._scaled(after, number)

    def _scaled(self, after: int, number: Numeral) -> tuple[int, list[Numeral]]:
        """Adds the scale words behind: million, hundred thousand, bn, dozen, -fold."""
        for _ in range(3):
            place = self.joined(after)
            word = self.word(place)
            token = self.tokens[place] if place >= 0 else None
            if word in SCALES and token:
                number = self._scale(number, SCALES[word], token.end)
            elif word == "dozen" and token:
                values = tuple(EXACT.multiply(value, Decimal(12)) for value in number.values)
                number = replace(number, end=token.end, values=values, step=Decimal(6), mantissa=values[0])
            elif (
                token and token.text in ("bn", "mn", "mln", "bln", "trn", "tn") and number.form == "cardinal"
            ):
                number = self._scale(number, SHORT_SCALES[token.text], token.end)
            elif word in ("fold",) and token:
                return place + 1, [replace(number, end=token.end, form="multiple")]
            else:
                break
            after = place + 1
        if number.exponent:
            number = replace(number, values=(min(number.values),))
        tail = self.tokens[after] if after < len(self.tokens) and after else None
        if tail and tail.kind == "word" and tail.start == number.end:
            number = replace(number, suffix=tail.text)
        return after, [number]

    @staticmethod
    def _scale(number: Numeral, power: int, end: int) -> Numeral:
        factor = Decimal(10) ** power
        values = tuple(plain(EXACT.multiply(value, factor)) for value in number.values)
        step = EXACT.multiply(digit_step(number.mantissa), Decimal(10) ** (number.exponent + power))
        return replace(number, end=end, values=values, step=step, exponent=number.exponent + power)

    def _words(self, index: int) -> tuple[int, list[Numeral]]:
        token = self.tokens[index]
        if len(token.text) == 1 and not token.text.isalpha():
            return index + 1, self._symbol(token)
        read = worded_number(self, index)
        if read is None:
            return index + 1, []
        attached = index > 1 and self.tokens[index - 1].text in "'’" and self.tokens[index - 2].kind == "word"
        value, mantissa = plain(read.value), plain(read.mantissa)
        start, end = token.start, self.tokens[read.after - 1].end
        attached = attached or self.text[end : end + 1].isdigit()
        number = Numeral(
            start, end, (value,), read.step, read.form, mantissa, read.exponent, attached, "", True
        )
        return read.after, [number]

    def _symbol(self, token: Token) -> list[Numeral]:
        """A character that is a number by itself, such as ½ or ⑦; raised digits behind letters are none."""
        value = unicodedata.numeric(token.text, None)
        if value is None or unicodedata.category(token.text) not in ("No", "Nl"):
            return []
        if "SUPERSCRIPT" in unicodedata.name(token.text, ""):
            return []
        number = Decimal(str(value))
        form: Form = "fraction" if token.text in _HALVES else "cardinal"
        return [
            Numeral(
                token.start,
                token.end,
                (number,),
                digit_step(number),
                form,
                number,
                attached=form != "fraction",
            )
        ]


_HALVES = {
    "½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75"), "⅓": Decimal("0.333333"),
    "⅔": Decimal("0.666667"), "⅕": Decimal("0.2"), "⅛": Decimal("0.125"),
}  # fmt: skip
