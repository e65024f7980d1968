"""Countries, territories and blocs under all their names: Russia, Russian; U.S., American, United States.

The table is `service/assets/language/countries.tsv`, written for this project: one row a country, with its
other names and abbreviations, its adjectives and demonyms, its capital, the seats of power that stand for it,
and, for a name such as Korea, the longer names that it shortens.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "assets" / "language" / "countries.tsv"

_POSSESSIVE = re.compile(r"(?<=\w)(?:['’]s?|['’]S)$")
_PIECES = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
_SHORT = 3
"""Abbreviations up to this many letters name a country in capitals only: "US" does, "us" doesn't."""


@dataclass(frozen=True, slots=True)
class Country:
    """A row of the table. `key` is what all its names fold to ("north-korea")."""

    key: str
    name: str
    capitals: tuple[str, ...]
    seats: tuple[str, ...]
    short_for: frozenset[str]


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word without case, accents, dots, apostrophes and possessive ending."""
    if word.isascii() and word.isalpha():
        return word.lower()
    word = _POSSESSIVE.sub("", word)
    letters = (c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return "".join(c for c in letters if c not in ".'’‘ʼ`´")


def pieces(phrase: str) -> tuple[str, ...]:
    """The plain words of a phrase, hyphens taken as blanks."""
    return tuple(plain(match[0]) for match in _PIECES.finditer(phrase))


@dataclass(frozen=True, slots=True)
class _Table:
    by_words: dict[tuple[str, ...], Country]
    by_seat: dict[tuple[str, ...], Country]
    by_key: dict[str, Country]
    longest: int


@cache
def _table() -> _Table:
    by_words: dict[tuple[str, ...], Country] = {}
    by_seat: dict[tuple[str, ...], Country] = {}
    by_key: dict[str, Country] = {}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            country = Country(
                key="-".join(pieces(row["name"])),
                name=row["name"],
                capitals=tuple(filter(None, row["capital"].split("|"))),
                seats=tuple(filter(None, row["seats"].split("|"))),
                short_for=frozenset("-".join(pieces(name)) for name in row["short_for"].split("|") if name),
            )
            by_key[country.key] = country
            for phrase in (row["name"], *row["other_names"].split("|"), *row["adjectives"].split("|")):
                if phrase:
                    by_words.setdefault(pieces(phrase), country)
            for seat in (*country.capitals, *country.seats):
                by_seat.setdefault(pieces(seat), country)
    return _Table(by_words, by_seat, by_key, max(map(len, by_words)))


def country_at(words: tuple[str, ...], originals: tuple[str, ...]) -> tuple[Country, int] | None:
    """The country that a sequence of plain words begins with, and how many of the words name it.

    `originals` are the same words as written: a single short abbreviation counts in capitals only.
    """
    table = _table()
    for length in range(min(table.longest, len(words)), 0, -1):
        country = table.by_words.get(words[:length])
        if country is None:
            continue
        written = _POSSESSIVE.sub("", originals[0]).replace(".", "")
        if length == 1 and len(words[0]) <= _SHORT and not written.isupper():
            continue
        return country, length
    return None


def country_named(phrase: str) -> Country | None:
    """The country that a whole phrase names, or None."""
    words = pieces(phrase)
    originals = tuple(match[0] for match in _PIECES.finditer(phrase))
    found = country_at(words, originals) if words else None
    return found[0] if found and found[1] == len(words) else None


def country_of(key: str) -> Country | None:
    """The country of a folded key, or None."""
    return _table().by_key.get(key)


@cache
def all_openings() -> frozenset[str]:
    """The first plain words of all countries' names."""
    return frozenset(words[0] for words in _table().by_words)


@lru_cache(maxsize=1_000)
def openings(key: str) -> frozenset[str]:
    """The first plain words of all names of the country with this key."""
    return frozenset(words[0] for words, country in _table().by_words.items() if country.key == key)


def seat_of(phrase: str) -> Country | None:
    """The country for which a capital or a seat of power stands in news prose ("the Kremlin"), or None."""
    words = pieces(phrase)
    return _table().by_seat.get(words[1:] if words[:1] == ("the",) and len(words) > 1 else words)
