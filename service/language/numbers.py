"""Every number that a text names, whatever its role, for the proof that a statement adds none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from service.language.nouns import counted
from service.language.number_tables import EXACT
from service.language.numerals import Numeral, read_numerals
from service.language.thesaurus import lemmas
from service.language.units import currency_before

_VAGUE = Decimal("1E-9")
"""Added to the size of a vague numeral, so that "hundreds" has a value that only "hundreds" has."""

_ONE_BEFORE = re.compile(
    r"\b(?:no|any|some|this|that|which|each|every|another|either|neither)[\s-]+$", re.IGNORECASE
)
_ONE_PHRASE_BEFORE = re.compile(r"\b(?:for|at|on the)\s+$", re.IGNORECASE)
_ONE_PHRASE_AFTER = re.compile(r"\s+(?:thing|hand|point|time|stage)\b", re.IGNORECASE)
_ONE_AFTER = re.compile(
    r"\s+(?:of|another|by\s+one|must|can|cannot|should|could|might|would|ought|who|that|which|way\s+or)\b|"
    r"['’]s\b|-(?:off|sided|time|stop|liner|liners|upmanship|on-one|size)\b",
    re.IGNORECASE,
)
_ONE_ADJECTIVE = re.compile(r"\b(?:an?|the|his|her|their|its|our)\s+(?:[^\W\d_]+\s+)?$", re.IGNORECASE)
_FIRST_AFTER = re.compile(
    r"\s+(?:to|time|times|lady|minister|of\s+all|aid|names?|responders?)\b|[-\s](?:hand|class|ever)\b|(?-i:,)",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"\s+(?P<word>[^\W\d_]+)")
_OPENING = re.compile(r"(?:^|[.!?\n]\s*[\"“‘'(]?)$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: its place, its words, the values they may have, and whether it counts anything.

    Two numbers are the same when they share a value. `values` has more than one only where the writing is
    ambiguous ("12.000"). A vague one ("hundreds") shares its value with the same vague word only.
    `counting` is False for "no one", "one of", "at first", "first appeared", "both" and their like.
    """

    start: int
    end: int
    text: str
    values: frozenset[Decimal]
    counting: bool


@lru_cache(maxsize=1024)
def read_numbers(text: str) -> tuple[Number, ...]:
    """All numbers of the text in order of place: also those in dates, identifiers, clock times and
    ordinals.
    """
    return tuple(
        Number(
            numeral.start, numeral.end, text[numeral.start : numeral.end],
            _values(text, numeral),
            counting(text, numeral),
        )
        for numeral in read_numerals(text)
    )  # fmt: skip


def _values(text: str, numeral: Numeral) -> frozenset[Decimal]:
    """The values that a numeral's words may have: all readings, save where the words around settle them."""
    if numeral.form == "vague":
        return frozenset(EXACT.add(value, _VAGUE) for value in numeral.values)
    lettered = numeral.suffix and numeral.exponent and len(numeral.values) == 2
    if lettered and (currency_before(text, numeral.start) or counted(text, numeral.end)):
        return frozenset(numeral.values[:1])
    return frozenset(numeral.values)


def counting(text: str, numeral: Numeral) -> bool:
    """Whether a numeral counts or ranks something, as "one soldier" does and "no one" doesn't."""
    head, tail = text[max(0, numeral.start - 40) : numeral.start], text[numeral.end : numeral.end + 40]
    if numeral.form == "one":
        return _one_counts(text, numeral, head, tail)
    word = text[numeral.start : numeral.end].lower()
    if word == "first":
        return _first_counts(head, tail)
    if word == "second":
        return not re.search(r"\b(?:per|split)[\s-]+$", head) and not re.match(r"[-\s]hand\b", tail)
    if word == "both":
        return False
    if word == "once":
        return bool(re.match(r"\s+(?:an?|every|each|per)\b", tail))
    return True


def _one_counts(text: str, numeral: Numeral, head: str, tail: str) -> bool:
    if _ONE_BEFORE.search(head) or _ONE_AFTER.match(tail):
        return False
    if _ONE_PHRASE_BEFORE.search(head) and _ONE_PHRASE_AFTER.match(tail):
        return False
    return not _ONE_ADJECTIVE.search(head) or counted(text, numeral.end, plural=False) is not None


def _first_counts(head: str, tail: str) -> bool:
    if re.search(r"\bat\s+$", head, re.IGNORECASE):
        return False
    after = _FIRST_AFTER.match(tail)
    if after and (after[0] != "," or _OPENING.search(head)):
        return False
    if re.match(r"\s+place\b", tail) and re.search(r"\bin\s+the\s+$", head):
        return False
    word = _NEXT_WORD.match(tail)
    if word is None:
        return True
    lower = word["word"].lower()
    verbs = lemmas(lower, "v")
    return not (verbs and lower not in verbs and not lemmas(lower, "n"))
