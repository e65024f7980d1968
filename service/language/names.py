"""Proper names in English news prose, and the form in which two names are compared.

There is no tagger behind this. A capital inside a sentence makes a name. At the start of a sentence or of a
quotation, and in a headline, where each word has one, a word is a name when it is a country, an abbreviation,
written with a capital elsewhere in the text, or no word of the dictionary (WordNet without proper nouns).
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.language import thesaurus
from service.language.countries import country_named, country_of, seat_of
from service.language.name_tokens import DASHES, Token, dictionary_word, evidence, mark_initials, tokens_of, whole
from service.language.name_words import (
    CALENDAR,
    COLLECTIVES,
    CONNECTORS,
    DOUBTFUL_TITLES,
    GIVEN_NAMES,
    NAME_ABBREVIATIONS,
    OFFICES,
    ORDINARY,
    PARTICLES,
    SPEECH,
    SUFFIX_PARTS,
    TITLES,
)
from service.language.words import STOPWORDS

_KEPT = 2_000
"""Longer texts are read anew each time."""


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name in a text: `text[start:end]`, titles left out; `words` are its folded words.

    A country is one word under all its names; connectors (of, the, for) are no words of a name.
    """

    start: int
    end: int
    text: str
    words: tuple[str, ...]


def fold(word: str) -> str:
    """A name's word or phrase in the form for comparing: without case, accents, hyphens and possessives.

    All names and adjectives of a country fold to one key: "Russian" and "Russia's" to "russia", "U.S.",
    "American" and "United States" to "united-states". Words of a longer phrase are parted by blanks.
    """
    return " ".join(folded(word))


@lru_cache(maxsize=4096)
def folded(text: str) -> tuple[str, ...]:
    """The folded words of a text in order, each country as one word."""
    return tuple(key for _, _, key in folded_places(text))


@lru_cache(maxsize=4096)
def folded_places(text: str) -> tuple[tuple[int, int, str], ...]:
    """The folded words of a text in order, with their places."""
    tokens = tokens_of(text)
    return tuple((tokens[at].start, tokens[at + tokens[at].length - 1].end, tokens[at].country or tokens[at].plain)
                 for at in whole(tokens))


@lru_cache(maxsize=8_192)
def metonyms(word: str) -> frozenset[str]:
    """The folded keys that news prose uses for each other with this one: Moscow and the Kremlin for Russia.

    For ranking by relevance only; a capital does not prove a country.
    """
    country = seat_of(word)
    if country is not None:
        return frozenset({country.key})
    country = country_named(word) or country_of(fold(word))
    if country is None:
        return frozenset()
    return frozenset(fold(seat) for seat in (*country.capitals, *country.seats)) - {country.key}


def shortens(key: str) -> frozenset[str]:
    """The longer country keys that this folded key may stand for: "korea" for both Koreas."""
    country = country_of(key)
    return country.short_for if country else frozenset()


def read_names(text: str, context: str = "") -> tuple[Name, ...]:
    """The proper names of a text, in order and without overlap.

    `context` is further text that shows how the words of `text` are written inside sentences.
    """
    if not context and len(text) <= _KEPT:
        return _scanned(text).names
    return _scan(text, context).names


@dataclass(frozen=True, slots=True)
class _Scan:
    """What one look at a text's tokens tells: its names, the folded words written like names, its countries."""

    names: tuple[Name, ...]
    written: frozenset[str]
    countries: frozenset[str]


def _scan(text: str, context: str = "") -> _Scan:
    tokens = tokens_of(text)
    capitals = [tokens[at] for at in whole(tokens) if tokens[at].text[0].isupper()]
    mark_initials(text, tokens)
    names = names_among(text, tokens, *evidence(tokens, context))
    words = frozenset(key for name in names for key in name.words)
    written = words.union(token.country or token.plain for token in capitals)
    return _Scan(names, written, frozenset(filter(country_of, words)))


@lru_cache(maxsize=8_192)
def _scanned(text: str) -> _Scan:
    return _scan(text)


def written_as_names(text: str) -> frozenset[str]:
    """The folded words of a text that are names or written like one; a sentence's first word may be either."""
    return _scanned(text).written


def countries_in(text: str) -> frozenset[str]:
    """The folded keys of the countries that a text names, also by adjective."""
    return _scanned(text).countries


def names_among(text: str, tokens: list[Token], lower: Container[str], upper: Container[str]) -> tuple[Name, ...]:
    """The names among a text's tokens; `lower` and `upper` are the words whose way of writing settles doubts."""
    named = [token.capital and _is_name(tokens, i, lower, upper) for i, token in enumerate(tokens)]
    found: list[Name] = []
    at = 0
    while at < len(tokens):
        if not named[at]:
            at += 1
            continue
        end = _run_end(text, tokens, named, at)
        found.extend(_parts(text, tokens[at:end]))
        at = end
    return tuple(found)


def _is_name(tokens: list[Token], at: int, lower: Container[str], upper: Container[str]) -> bool:
    """Whether a token with a capital is a name or part of one."""
    token = tokens[at]
    if token.country:
        return True
    if not token.text[0].isalpha() and not token.text[0].isdigit():
        return False
    if token.plain in CALENDAR:
        return _surname(tokens, at)
    if token.plain in STOPWORDS or token.plain in ORDINARY:
        return token.acronym and len(token.plain) > 1 and not token.initial
    if not token.initial:
        return True
    if (token.acronym and token.plain not in lower) or any(c.isdigit() for c in token.text):
        return True
    if any(c.isupper() for c in token.text[1:]) and any(c.islower() for c in token.text):
        return True
    if token.plain in lower and token.plain not in upper:
        return False
    if token.plain in upper:
        return True
    return not dictionary_word(token.plain) or _used_as_name(tokens, at)


def _surname(tokens: list[Token], at: int) -> bool:
    """Whether a month's name is a person's: "Theresa May", but not "May 5" or "last May"."""
    token, before = tokens[at], tokens[at - 1] if at else None
    if before is None or not before.capital or before.plain in CALENDAR or before.country:
        return False
    if before.plain not in GIVEN_NAMES and dictionary_word(before.plain):
        return False
    followed = at + 1 < len(tokens) and tokens[at + 1].text[0].isdigit()
    return token.start == before.end + 1 and not followed


def _used_as_name(tokens: list[Token], at: int) -> bool:
    """Whether what follows an ordinary word at a sentence's start shows that it is a name: "Apple said"."""
    token = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None:
        return False
    if len(token.text) == 1 and token.plain not in ("a", "i", "o"):
        return after.capital
    if token.plain in GIVEN_NAMES and after.capital and not after.country and after.plain not in CALENDAR:
        return True
    if after.initial or after.plain not in SPEECH or token.plain in COLLECTIVES:
        return False
    noun = thesaurus.lemmas(token.plain, "n")
    return bool(noun) and noun[0] == token.plain and not token.plain.endswith(("s", "ing", "ed", "ly"))


def _run_end(text: str, tokens: list[Token], named: list[bool], at: int) -> int:
    """The index after the last token of the name that starts at `at`."""
    end = at + tokens[at].length
    while end < len(tokens):
        last, token = tokens[end - 1], tokens[end]
        gap = text[last.end : token.start]
        if token.hyphened and not named[end]:
            if not _hyphen_part(tokens, at, end):
                break
            end += 1
            continue
        if last.possessive and (last.country or not dictionary_word(last.plain)):
            break
        if gap.strip(" \t\u00a0\u202f" + DASHES) and not (gap.strip() == "." and _abbreviated(last)):
            break
        if named[end]:
            end += token.length
            continue
        reach = _bridge(text, tokens, named, end)
        if not reach:
            break
        end += reach
    return end


def _abbreviated(token: Token) -> bool:
    return len(token.plain) == 1 or token.plain in NAME_ABBREVIATIONS


def _hyphen_part(tokens: list[Token], at: int, end: int) -> bool:
    """Whether a lower-case part after a hyphen belongs to the name: Jong-un, but not US-based."""
    last, token = tokens[end - 1], tokens[end]
    if token.text[0].isdigit():
        return True
    if last.country or (end - 1 == at and len(last.plain) > 6) or token.plain in SUFFIX_PARTS:
        return False
    if end - 1 > at and tokens[end - tokens[at].length - 1].country and tokens[at].length == end - at:
        return False
    return end - 1 > at and not token.plain.endswith(("ed", "ing")) and len(token.plain) < 7


def _bridge(text: str, tokens: list[Token], named: list[bool], at: int) -> int:
    """How many lower-case tokens from `at` on join two parts of one name: "for the", "de la"."""
    first = tokens[at]
    if re.fullmatch(r"[dl]['’][^\W\d_]+", first.text):
        return 1
    reach = 0
    while at + reach < len(tokens) and reach < 3 and not tokens[at + reach].capital:
        token = tokens[at + reach]
        if token.plain not in PARTICLES and token.plain not in CONNECTORS:
            return 0
        if reach and text[tokens[at + reach - 1].end : token.start].strip(" -"):
            return 0
        reach += 1
    if not reach or at + reach >= len(tokens) or not named[at + reach]:
        return 0
    if text[tokens[at + reach - 1].end : tokens[at + reach].start].strip(" -‐"):
        return 0
    if all(t.plain in PARTICLES for t in tokens[at : at + reach]):
        return reach
    before = tokens[at - 1]
    if before.country or before.acronym or before.plain in TITLES or before.plain.endswith(("ed", "ing")):
        return 0
    return reach if thesaurus.lemmas(before.plain, "n") else 0


def _parts(text: str, run: list[Token]) -> list[Name]:
    """The names of one capitalised run: a leading country on its own, parted and stripped at titles."""
    found: list[Name] = []
    part: list[Token] = []
    words: list[str] = []

    def close() -> None:
        while part and not part[-1].capital and part[-1].plain in CONNECTORS:
            part.pop()
        if words and any(t.capital for t in part):
            found.append(_name(text, part, tuple(words)))
        part.clear()
        words.clear()

    at = 0
    while at < len(run):
        token = run[at]
        if token.country:
            if not words:
                part.clear()
            leading = not part
            part.extend(run[at : at + token.length])
            words.append(token.country)
            at += token.length
            if leading:
                close()
            continue
        if _title(run, at):
            close()
        elif words or token.plain not in CONNECTORS:
            part.append(token)
            if token.plain not in CONNECTORS:
                words.append(token.plain)
        at += 1
    close()
    return found


def _title(run: list[Token], at: int) -> bool:
    """Whether a word of a run is a title, which is no part of whom it names."""
    token = run[at]
    after = run[at + 1] if at + 1 < len(run) else None
    if not token.capital:
        return False
    if token.plain in OFFICES:
        return after is not None and after.plain in TITLES
    if token.plain not in TITLES:
        return False
    if after is None:
        return at == 0 or token.plain not in DOUBTFUL_TITLES
    organisation = after.capital and not after.country and after.plain not in TITLES | GIVEN_NAMES
    return not (token.plain in DOUBTFUL_TITLES and organisation and dictionary_word(after.plain))


def _name(text: str, tokens: Sequence[Token], words: tuple[str, ...]) -> Name:
    start, end = tokens[0].start, tokens[-1].end
    end -= len(re.search(r"(?:['’][sS]?)?$", text[start:end])[0])  # type: ignore[index]
    return Name(start, end, text[start:end], words)
