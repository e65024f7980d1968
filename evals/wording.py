"""What a text says in numbers, dates and names, read independently of the service, for rule 5.

It is coarser than the service's own gates on purpose: what it reports is wrong, what it passes may not be
right. Units, and who a name belongs to, it does not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

_SMALL: Final = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen"""
_UNITS: Final = {word: value for value, word in enumerate(_SMALL.split())}
_DECADES: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS: Final = {word: 10 * value for value, word in enumerate(_DECADES.split(), 2)}
_SCALES: Final = {
    "hundred": 100,
    "k": 1000,
    "thousand": 1000,
    "m": 10**6,
    "mn": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "billion": 10**9,
    "tn": 10**12,
    "trillion": 10**12,
}
_DOZEN: Final = {"dozen": 12, "score": 20}
_MULTIPLES: Final = _SCALES | _DOZEN
_LOOSE: Final = frozenset({"one", "zero", "score"})
"""Words that are seldom meant as numbers; alone, they are not checked."""
_GROUP: Final = re.compile(r"(?<=\d)[,\u00a0\u202f\u2009'’](?=\d{3}(?!\d))")
_SPACED: Final = re.compile(r"(?<![\d.,])(\d{1,3}(?: \d{3})+)(?![\d])")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|[a-z]+")
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SURE_MONTHS: Final = {name: i for i, name in enumerate(MONTHS, 1) if name not in ("march", "may")}
_ABBREVIATED: Final = {name[:3]: i for i, name in enumerate(MONTHS, 1) if name not in ("march", "may")} | {"sept": 9}
_WEEKDAYS: Final = frozenset(map(str.lower, WEEKDAYS))
_NAME: Final = re.compile(r"[^\W\d_][^\W_]*(?:[’'.\-][^\W\d_][^\W_]*)*")
_SENTENCE_END: Final = re.compile(r"(?:[.!?:][\"”’')\]]*|[“\"‘(\[–—•])\s*$")


def numbers(text: str) -> list[tuple[str, frozenset[Decimal]]]:
    """Each number of the text: the words that give it, and the values they may stand for.

    Digits in groups, decimals, `k/m/bn` and words are read by value; a number before a scale word may stand
    for itself too ("11 to 12 thousand").
    """
    lowered = unicodedata.normalize("NFKC", _GROUP.sub("", text)).lower()
    lowered = _GROUP.sub("", lowered)
    found = [(match[1], _spaced(match[1])) for match in _SPACED.finditer(lowered)]
    found += _read(_SPACED.sub(" ; ", lowered))
    return found


def _spaced(words: str) -> frozenset[Decimal]:
    """Of "11 000": the whole, or, where it was no grouping after all, its parts."""
    return frozenset({Decimal(words.replace(" ", "")), *map(Decimal, words.split(" "))})


def _read(text: str) -> Iterator[tuple[str, frozenset[Decimal]]]:
    """Numbers of a lower-case text without grouping marks, by a walk over its words."""
    tokens = [(m[0], m.start(), m.end()) for m in _NUMBER.finditer(text)]
    i = 0
    while i < len(tokens):
        word, start, end = tokens[i]
        if word[0].isdigit():
            value, j = Decimal(word), i + 1
        elif word in _UNITS or word in _TENS:
            value, j, end = _words(tokens, text, i)
        elif word in _DOZEN:
            value, j = Decimal(_DOZEN[word]), i + 1
        else:
            i += 1
            continue
        values = {value}
        scaled = value
        while j < len(tokens) and tokens[j][0] in _MULTIPLES and _near(text, end, tokens[j][1]):
            scaled *= _MULTIPLES[tokens[j][0]]
            values.add(scaled)
            end = tokens[j][2]
            j += 1
        yield text[start:end], frozenset(values)
        i = j


def _words(tokens: list[tuple[str, int, int]], text: str, i: int) -> tuple[Decimal, int, int]:
    """A number in words from token `i`: its value, the next token, and where it ends."""
    total = current = 0
    end, j, last = tokens[i][1], i, ""
    while j < len(tokens) and (j == i or _near(text, end, tokens[j][1])):
        word = tokens[j][0]
        if word in _UNITS and (not last or (last in _TENS and 0 < _UNITS[word] < 10) or last in _SCALES):
            current += _UNITS[word]
        elif word in _TENS and (not last or last in _SCALES):
            current += _TENS[word]
        elif word == "hundred" and current:
            current *= 100
        elif word in ("thousand", "million", "billion", "trillion") and current:
            total, current = total + current * _SCALES[word], 0
        elif word == "and" and last in _SCALES and j + 1 < len(tokens) and tokens[j + 1][0] in _UNITS | _TENS:
            j += 1
            continue
        else:
            break
        last, end = word, tokens[j][2]
        j += 1
    return Decimal(total + current), j, end


def _near(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return len(between) <= 5 and between.strip(" -\u00a0\u202f\u2009\n") in ("", "and")


def numbers_not_in(statement: str, evidence: str) -> list[str]:
    """The numbers of a statement (without its markers) that the evidence doesn't give, as written."""
    have = {value for _, values in numbers(evidence) for value in values}
    return [words for words, values in numbers(statement) if words not in _LOOSE and not values & have]


def date_words(text: str) -> set[str]:
    """The months ("month 6") and weekdays ("tuesday") that a text names."""
    found = set()
    words = re.findall(r"[^\W\d_]+", text)
    for i, word in enumerate(words):
        low = word.lower()
        if low in _WEEKDAYS:
            found.add(low)
        elif low in _SURE_MONTHS and word[0].isupper():
            found.add(f"month {_SURE_MONTHS[low]}")
        elif low in _ABBREVIATED and word[0].isupper():
            found.add(f"month {_ABBREVIATED[low]}")
        elif low in ("march", "may") and word[0].isupper() and i:
            found.add(f"month {MONTHS.index(low) + 1}")
    return found


def date_words_not_in(statement: str, evidence: str, published: Iterable[str]) -> list[str]:
    """Months and weekdays of a statement that neither the evidence nor a publication date (ISO) gives."""
    have = date_words(evidence) | {f"month {int(day[5:7])}" for day in published if len(day) >= 7}
    asked = date_words(statement)
    if "may" in evidence.lower():
        have.add("month 5")
    if "march" in evidence.lower():
        have.add("month 3")
    return sorted(asked - have)


def plain(word: str) -> str:
    """A word without case, accents, hyphens, dots and possessive."""
    word = unicodedata.normalize("NFKD", word.replace("’", "'")).casefold()
    return "".join(c for c in word.removesuffix("'s").removesuffix("'") if c.isalnum())


def names(text: str) -> list[str]:
    """The capitalised words of a text that aren't capitalised only because a sentence begins there."""
    words = list(_NAME.finditer(text))
    follows = {a.start() for a, b in pairwise(words) if b[0][0].isupper() and text[a.end() : b.start()] == " "}
    found = []
    for match in words:
        if not match[0][0].isupper() or len(plain(match[0])) < 2:
            continue
        ahead = text[max(0, match.start() - 12) : match.start()]
        begins = not text[: match.start()].strip() or _SENTENCE_END.search(ahead)
        if not begins or (match.start() in follows and plain(match[0]) not in _OPENERS):
            found.append(match[0])
    return found


_OPENER_WORDS: Final = """the a an in on at by for from to of and but as if when while after before since
    this that these those his her their its our my your some many most several all both each no not one two
    three four five six seven eight nine ten sources according former president prime foreign minister about
    around nearly almost over under with without he she it they we you i there here last next more less up
    between during until also only so then"""
_OPENERS: Final = frozenset(_OPENER_WORDS.split())


def names_not_in(statement: str, evidence: str) -> list[str]:
    """The names of a statement that don't stand in the evidence, word by word.

    Case, accents, hyphens and possessives aside; a country and its adjective are alike when they share their
    first four letters (Russia, Russian).
    """
    have = {plain(match[0]) for match in _NAME.finditer(evidence)}
    have |= {plain(part) for match in _NAME.finditer(evidence) for part in re.split(r"[-’'.]", match[0])}
    flat = plain(evidence)
    skip = _WEEKDAYS | set(MONTHS) | {"i"}
    missing = []
    for name in names(statement):
        key = plain(name)
        if key in skip or key in have or key in _UNITS or (len(key) > 3 and key in flat):
            continue
        if len(key) > 4 and any(len(word) > 4 and word[:4] == key[:4] for word in have):
            continue
        missing.append(name)
    return missing
