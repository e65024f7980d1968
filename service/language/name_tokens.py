"""The words of a text as names are read from it: their plain form, their capitals, the countries among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from service.language import thesaurus
from service.language.countries import all_openings, country_at, plain
from service.language.name_words import NAME_ABBREVIATIONS, ORDINARY
from service.language.words import STOPWORDS

_TOKEN = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\b\.?|[^\W_]+(?:['’&][^\W_]+)*['’]?")
_OPENING = "\"“‘«„'(["
_ENDS = ".!?…:;•|\n\r\u2028\u2029"
DASHES = "-‐‑"
LINE_END = re.compile(r"(?<=[\n\r])")
_PARTS: tuple[thesaurus.Part, ...] = ("n", "v", "a")


@dataclass(slots=True)
class Token:
    """A word of a text as names are read from it."""

    start: int
    end: int
    text: str
    plain: str
    capital: bool
    hyphened: bool
    """Whether a hyphen ties the token to the one before it."""
    initial: bool = False
    """Whether the place alone accounts for a capital."""
    country: str | None = None
    length: int = 1
    """How many tokens the country's name covers."""

    @property
    def possessive(self) -> bool:
        """Whether it ends as a possessive."""
        return self.text.endswith(("'s", "’s", "'", "’", "'S", "’S"))

    @property
    def acronym(self) -> bool:
        """Whether it is an abbreviation in capitals."""
        letters = [c for c in self.text.removesuffix("s") if c.isalpha()]
        return self.text[0].isalpha() and len(letters) > 1 and all(c.isupper() for c in letters)


def whole(tokens: Sequence[Token]) -> Iterator[int]:
    """The index of each token but those that go on with a country's name."""
    at = 0
    while at < len(tokens):
        yield at
        at += tokens[at].length


def tokens_of(text: str) -> list[Token]:
    """The words of a text in order, countries told; whether their place accounts for a capital is not told yet."""
    tokens: list[Token] = []
    previous = -2
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        written = match[0]
        capital = written[0].isupper() or (written[0].isdigit() and any(c.isupper() for c in written))
        hyphened = start == previous + 1 and text[previous] in DASHES
        tokens.append(Token(start, end, written, plain(written), capital, hyphened))
        previous = end
    opening, after = all_openings(), 0
    for at, token in enumerate(tokens):
        if at >= after and token.plain in opening and (token.capital or _unmistakable(token.text)):
            ahead = tokens[at : at + 8]
            found = country_at(tuple(t.plain for t in ahead), tuple(t.text for t in ahead))
            if found and _adjacent(text, ahead[: found[1]]):
                token.country, token.length = found[0].key, found[1]
                after = at + token.length
    return tokens


@lru_cache(maxsize=20_000)
def _unmistakable(word: str) -> bool:
    """Whether a lower-case word can be nothing but a country's ("russian", not "polish" or "us")."""
    return len(word) > 4 and word.islower() and word.isascii() and not dictionary_word(plain(word))


def _adjacent(text: str, tokens: Sequence[Token]) -> bool:
    gaps = (text[a.end : b.start] for a, b in pairwise(tokens))
    return all(len(gap) <= 3 and gap.strip(" \t\u00a0\u202f\n\r.-‐‑") == "" for gap in gaps)


def mark_initials(text: str, tokens: list[Token]) -> None:
    """Tell of each word whether the place alone accounts for a capital."""
    line_start = first = 0
    for line in LINE_END.split(text):
        line_start += len(line)
        end = first
        while end < len(tokens) and tokens[end].start < line_start:
            end += 1
        headline = _headline(line, tokens[first:end])
        for at in range(first, end):
            tokens[at].initial = headline or _starts(text, tokens, at)
        first = end


def _headline(line: str, tokens: list[Token]) -> bool:
    """Whether each word of a line has a capital, so that a capital says nothing there."""
    words = [t for t in tokens if len(t.plain) > 3 and t.text[0].isalpha() and t.plain not in STOPWORDS]
    telling = [t for t in words if not t.country]
    return len(telling) > 4 and all(t.capital for t in words) and not line.rstrip(' \t\r\n"”’').endswith(".")


def _starts(text: str, tokens: list[Token], place: int) -> bool:
    token = tokens[place]
    at = token.start - 1
    quoted = False
    while at >= 0 and (text[at] in " \t\u00a0" or text[at] in _OPENING):
        quoted = quoted or text[at] in '"“«„'
        at -= 1
    if at < 0 or text[at] in "!?…:;•|\n\r\u2028\u2029" or (quoted and text[at] in ',—–”"'):
        return True
    if text[at] in "”’\"'" and at > 0 and text[at - 1] in ".!?…":
        return True
    if text[at] != ".":
        return token.start - 1 >= 0 and text[token.start - 1] in "([" and at >= 0 and text[at] in _ENDS
    before = next((tokens[i] for i in range(place - 1, -1, -1) if tokens[i].end <= at + 1), None)
    if before is None or before.end < at:
        return True
    if plain(before.text) in NAME_ABBREVIATIONS:
        return False
    return not (len(before.text.replace(".", "")) == 1 and before.capital)


def evidence(tokens: list[Token], context: str) -> tuple[set[str], set[str]]:
    """The plain words seen in lower case, and those whose capital their place doesn't account for."""
    lower = {t.plain for t in tokens if t.text[0].islower()}
    upper = {t.plain for t in tokens if t.capital and not t.initial}
    if context:
        around = tokens_of(context)
        mark_initials(context, around)
        lower |= {t.plain for t in around if t.text[0].islower()}
        upper |= {t.plain for t in around if t.capital and not t.initial}
    return lower, upper


@lru_cache(maxsize=50_000)
def dictionary_word(word: str) -> bool:
    """Whether a plain word is an ordinary English one."""
    if word in STOPWORDS or word in ORDINARY or word.isdigit():
        return True
    if any(_spelt(word, lemma) for part in _PARTS for lemma in thesaurus.lemmas(word, part)):
        return True
    if word.endswith("ly") and len(word) > 4:
        bases = (word[:-2], word[:-2] + "le", word[:-1] + "e", word[:-3] + "y", word[:-4])
        return any(thesaurus.lemmas(base, "a") for base in bases if len(base) > 2)
    for prefix in ("un", "re", "non", "over", "pre", "anti", "co", "mid"):
        if word.startswith(prefix) and len(word) > len(prefix) + 3 and dictionary_word(word[len(prefix) :]):
            return True
    return False


def _spelt(word: str, lemma: str) -> bool:
    """Whether English spells a base form's ending so: "misses" from "miss", but not "James" from "jam"."""
    return word != lemma + "es" or lemma.endswith(("s", "x", "z", "ch", "sh", "o"))
