"""Number words, scales and their values, and the arithmetic of values."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Literal, NamedTuple

from service.language.tokens import word_list

Form = Literal["cardinal", "ordinal", "vague", "fraction", "multiple", "year", "decade", "one", "scale"]

EXACT = Context(prec=120)
"""Arithmetic of values: wide enough that no number a text can name in scale words is rounded."""

_SMALL = word_list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = word_list("twenty thirty forty fifty sixty seventy eighty ninety")
UNITS = {word: value for value, word in enumerate(_SMALL)} | {"nil": 0, "nought": 0}
TENS = {word: 10 * value for value, word in enumerate(_TENS, start=2)} | {"fourty": 40}
SCALES = {
    "hundred": 2,
    "thousand": 3,
    "lakh": 5,
    "million": 6,
    "crore": 7,
    "billion": 9,
    "trillion": 12,
    "quadrillion": 15,
}
SHORT_SCALES = {
    "k": 3, "K": 3, "m": 6, "M": 6, "mn": 6, "mln": 6, "mio": 6, "b": 9, "B": 9, "bn": 9, "Bn": 9, "bln": 9,
    "BN": 9, "tn": 12, "trn": 12, "tln": 12, "T": 12,
}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14,
    "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
    "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "seventieth": 70,
    "eightieth": 80, "ninetieth": 90,
}  # fmt: skip
ORDINAL_SCALES = {"hundredth": 2, "thousandth": 3, "millionth": 6, "billionth": 9}
PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4} | {
    word + plural: value
    for word, value in ORDINALS.items()
    if 3 <= value <= 12 or value == 20
    for plural in ("", "s")
}
PLURAL_SCALES = {
    "tens": 10, "dozens": 12, "scores": 20, "hundreds": 10**2, "thousands": 10**3, "lakhs": 10**5,
    "millions": 10**6, "crores": 10**7, "billions": 10**9, "trillions": 10**12,
}  # fmt: skip
AGES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70,
    "eighties": 80, "nineties": 90,
}  # fmt: skip
MULTIPLES = {
    "twice": 2, "thrice": 3, "doubled": 2, "doubling": 2, "doubles": 2, "double": 2, "tripled": 3,
    "tripling": 3, "triples": 3, "triple": 3, "trebled": 3, "quadrupled": 4, "quadrupling": 4,
    "quadruple": 4, "once": 1, "both": 2,
}  # fmt: skip


def digit_step(number: Decimal) -> Decimal:
    """The value of the last significant digit: 1000 of 12,000, 0.01 of 0.25, 1 of 7 and of 0."""
    sign_digits_exponent = number.as_tuple()
    exponent = sign_digits_exponent.exponent
    if not isinstance(exponent, int) or exponent < 0:
        return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0, EXACT)
    digits = "".join(map(str, sign_digits_exponent.digits))
    zeros = len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0
    return Decimal(1).scaleb(zeros + exponent, EXACT)


def plain(value: Decimal) -> Decimal:
    """The same value without an exponent or zeros behind the point, as a person writes it."""
    whole = value.to_integral_value(context=EXACT)
    return Decimal(int(whole)) if whole == value else value.normalize(EXACT)


class Worded(NamedTuple):
    """What the grammar of number words read: value, step, the token after it, and the form."""

    value: Decimal
    step: Decimal
    after: int
    form: Form
    mantissa: Decimal
    exponent: int
