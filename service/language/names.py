"""Proper names in English news prose, and the form in which two names are compared.

There is no tagger behind this. A capital inside a sentence makes a name. At the start of a sentence or of a
quotation, and in a headline, where each word has one, a word is a name when it is a country, an abbreviation,
written with a capital elsewhere in the text, or no word of the dictionary (WordNet without proper nouns).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from service.language import thesaurus
from service.language.countries import (
    all_openings,
    country_at,
    country_named,
    country_of,
    openings,
    plain,
    seat_of,
)
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

_TOKEN = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\b\.?|[^\W_]+(?:['’&][^\W_]+)*['’]?")
_OPENING = "\"“‘«„'(["
_ENDS = ".!?…:;•|\n\r\u2028\u2029"
_DASHES = "-‐‑"
_KEPT = 2_000
"""Longer texts are read anew each time."""
_LINE_END = re.compile(r"(?<=[\n\r])")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_UNSIGNED = str.maketrans(dict.fromkeys(".'’‘ʼ`´", "") | dict.fromkeys("“”–—…", " "))
"""What a plain word is without, and signs that part words."""
_PARTS: tuple[thesaurus.Part, ...] = ("n", "v", "a")


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name in a text: `text[start:end]`, titles left out; `words` are its folded words.

    A country is one word under all its names; connectors (of, the, for) are no words of a name.
    """

    start: int
    end: int
    text: str
    words: tuple[str, ...]


@dataclass(slots=True)
class _Token:
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
        return self.text.endswith(("'s", "’s", "'", "’", "'S", "’S"))

    @property
    def acronym(self) -> bool:
        letters = [c for c in self.text.removesuffix("s") if c.isalpha()]
        return self.text[0].isalpha() and len(letters) > 1 and all(c.isupper() for c in letters)


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
    tokens = _tokens(text)
    return tuple((tokens[at].start, tokens[at + tokens[at].length - 1].end, tokens[at].country or tokens[at].plain)
                 for at in _whole(tokens))


def _whole(tokens: Sequence[_Token]) -> Iterator[int]:
    """The index of each token but those that go on with a country's name."""
    at = 0
    while at < len(tokens):
        yield at
        at += tokens[at].length


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
    tokens = _tokens(text)
    capitals = [tokens[at] for at in _whole(tokens) if tokens[at].text[0].isupper()]
    _mark_initials(text, tokens)
    names = _names_among(text, tokens, *_evidence(tokens, context))
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


def _names_among(text: str, tokens: list[_Token], lower: Container[str], upper: Container[str]) -> tuple[Name, ...]:
    """The names among a text's tokens; `lower` and `upper` are the words whose way of writing settles doubts."""
    named = [_is_name(tokens, i, lower, upper) for i in range(len(tokens))]
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


def may_hold(text: str, key: str) -> bool:
    """Whether a folded key can stand in a text at all: its letters do, or the first word of a country's name."""
    letters = _letters(text)
    return any(word in letters for word in openings(key)) if country_of(key) else key in letters


@lru_cache(maxsize=8_192)
def _letters(text: str) -> str:
    return _letters_of(text)


def _letters_of(text: str) -> str:
    """A text's words in their plain form, run together where only a dot or an apostrophe parts them."""
    lower = text.translate(_UNSIGNED).casefold()
    if lower.isascii():
        return lower
    return _FOREIGN.sub(lambda c: "" if unicodedata.combining(c[0]) else c[0], unicodedata.normalize("NFKD", lower))


class _Lookup:
    """The words of which something holds, found out when asked."""

    def __init__(self, holds: Callable[[str], bool]) -> None:
        self._holds, self._known = holds, dict[str, bool]()

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        if word not in self._known:
            self._known[word] = self._holds(word)
        return self._known[word]


class NamedIn:
    """The names of a long text, read only as far as somebody asks for them.

    What `read_names` reads in the whole text, for one key at a time: a name ends with its line.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = _LINE_END.split(text)
        self._starts = [0, *accumulate(map(len, self._lines))][:-1]
        self._letters = [_letters_of(line) for line in self._lines]
        self._tokens: dict[int, list[_Token]] = {}
        self._names: dict[int, tuple[Name, ...]] = {}
        self._first: dict[str, int | None] = {}
        self._lower = _Lookup(lambda word: any(_standing(self._text, word)))
        self._upper = _Lookup(self._capital_of_its_own)

    def first(self, key: str) -> int | None:
        """Where a folded key is a word of a name for the first time; None where it never is."""
        if key not in self._first:
            letters = openings(key) if country_of(key) else (key,)
            self._first[key] = next((
                self._starts[at] + name.start for at, line in enumerate(self._letters)
                if any(word in line for word in letters)
                and any((token.country or token.plain) == key for token in self._read(at))
                for name in self._of_line(at) if key in name.words), None)
        return self._first[key]

    def words(self) -> Iterator[str]:
        """The folded words of the names, line by line, each as often as it is named."""
        for at in range(len(self._lines)):
            for name in self._of_line(at):
                yield from name.words

    def _read(self, at: int) -> list[_Token]:
        if at not in self._tokens:
            tokens = self._tokens[at] = _tokens(self._lines[at])
            _mark_initials(self._lines[at], tokens)
        return self._tokens[at]

    def _of_line(self, at: int) -> tuple[Name, ...]:
        if at not in self._names:
            self._names[at] = _names_among(self._lines[at], self._read(at), self._lower, self._upper)
        return self._names[at]

    def _capital_of_its_own(self, word: str) -> bool:
        """Whether a plain word stands anywhere with a capital that its place doesn't account for."""
        for written in dict.fromkeys((word[:1].upper() + word[1:], word.upper())):
            for place in _standing(self._text, written):
                at = bisect_right(self._starts, place) - 1
                start = place - self._starts[at]
                if any(token.start == start and not token.initial for token in self._read(at)):
                    return True
        return False


def _standing(text: str, word: str) -> Iterator[int]:
    """Where a word stands by itself, letter for letter, or with a possessive ending."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, behind = text[max(0, at - 1) : at], text[end : end + 3]
        tied = behind[:1] in ("'", "’", "&") and behind[1:2].isalnum() and (
            behind[1:2] not in "sS" or behind[2:3].isalnum())
        joined = before in ("'", "’", "&") and text[max(0, at - 2) : at - 1].isalnum()
        if not (before.isalnum() or joined or behind[:1].isalnum() or tied):
            yield at
        at = text.find(word, end)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    previous = -2
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        written = match[0]
        capital = written[0].isupper() or (written[0].isdigit() and any(c.isupper() for c in written))
        hyphened = start == previous + 1 and text[previous] in _DASHES
        tokens.append(_Token(start, end, written, plain(written), capital, hyphened))
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
    return len(word) > 4 and word.islower() and word.isascii() and not _dictionary(plain(word))


def _adjacent(text: str, tokens: Sequence[_Token]) -> bool:
    gaps = (text[a.end : b.start] for a, b in pairwise(tokens))
    return all(len(gap) <= 3 and gap.strip(" \t\u00a0\u202f\n\r.-‐‑") == "" for gap in gaps)


def _mark_initials(text: str, tokens: list[_Token]) -> None:
    line_start = first = 0
    for line in _LINE_END.split(text):
        line_start += len(line)
        end = first
        while end < len(tokens) and tokens[end].start < line_start:
            end += 1
        headline = _headline(line, tokens[first:end])
        for at in range(first, end):
            tokens[at].initial = headline or _starts(text, tokens, at)
        first = end


def _headline(line: str, tokens: list[_Token]) -> bool:
    """Whether each word of a line has a capital, so that a capital says nothing there."""
    words = [t for t in tokens if len(t.plain) > 3 and t.text[0].isalpha() and t.plain not in STOPWORDS]
    telling = [t for t in words if not t.country]
    return len(telling) > 4 and all(t.capital for t in words) and not line.rstrip(' \t\r\n"”’').endswith(".")


def _starts(text: str, tokens: list[_Token], place: int) -> bool:
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


def _evidence(tokens: list[_Token], context: str) -> tuple[set[str], set[str]]:
    """The plain words seen in lower case, and those whose capital their place doesn't account for."""
    lower = {t.plain for t in tokens if t.text[0].islower()}
    upper = {t.plain for t in tokens if t.capital and not t.initial}
    if context:
        around = _tokens(context)
        _mark_initials(context, around)
        lower |= {t.plain for t in around if t.text[0].islower()}
        upper |= {t.plain for t in around if t.capital and not t.initial}
    return lower, upper


@lru_cache(maxsize=50_000)
def _dictionary(word: str) -> bool:
    """Whether a plain word is an ordinary English one."""
    if word in STOPWORDS or word in ORDINARY or word.isdigit():
        return True
    if any(_spelt(word, lemma) for part in _PARTS for lemma in thesaurus.lemmas(word, part)):
        return True
    if word.endswith("ly") and len(word) > 4:
        bases = (word[:-2], word[:-2] + "le", word[:-1] + "e", word[:-3] + "y", word[:-4])
        return any(thesaurus.lemmas(base, "a") for base in bases if len(base) > 2)
    for prefix in ("un", "re", "non", "over", "pre", "anti", "co", "mid"):
        if word.startswith(prefix) and len(word) > len(prefix) + 3 and _dictionary(word[len(prefix) :]):
            return True
    return False


def _spelt(word: str, lemma: str) -> bool:
    """Whether English spells a base form's ending so: "misses" from "miss", but not "James" from "jam"."""
    return word != lemma + "es" or lemma.endswith(("s", "x", "z", "ch", "sh", "o"))


def _is_name(tokens: list[_Token], at: int, lower: Container[str], upper: Container[str]) -> bool:
    token = tokens[at]
    if not token.capital:
        return False
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
    return not _dictionary(token.plain) or _used_as_name(tokens, at)


def _surname(tokens: list[_Token], at: int) -> bool:
    """Whether a month's name is a person's: "Theresa May", but not "May 5" or "last May"."""
    token, before = tokens[at], tokens[at - 1] if at else None
    if before is None or not before.capital or before.plain in CALENDAR or before.country:
        return False
    if before.plain not in GIVEN_NAMES and _dictionary(before.plain):
        return False
    followed = at + 1 < len(tokens) and tokens[at + 1].text[0].isdigit()
    return token.start == before.end + 1 and not followed


def _used_as_name(tokens: list[_Token], at: int) -> bool:
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


def _run_end(text: str, tokens: list[_Token], named: list[bool], at: int) -> int:
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
        if last.possessive and (last.country or not _dictionary(last.plain)):
            break
        if gap.strip(" \t\u00a0\u202f" + _DASHES) and not (gap.strip() == "." and _abbreviated(last)):
            break
        if named[end]:
            end += token.length
            continue
        reach = _bridge(text, tokens, named, end)
        if not reach:
            break
        end += reach
    return end


def _abbreviated(token: _Token) -> bool:
    return len(token.plain) == 1 or token.plain in NAME_ABBREVIATIONS


def _hyphen_part(tokens: list[_Token], at: int, end: int) -> bool:
    """Whether a lower-case part after a hyphen belongs to the name: Jong-un, but not US-based."""
    last, token = tokens[end - 1], tokens[end]
    if token.text[0].isdigit():
        return True
    if last.country or (end - 1 == at and len(last.plain) > 6) or token.plain in SUFFIX_PARTS:
        return False
    if end - 1 > at and tokens[end - tokens[at].length - 1].country and tokens[at].length == end - at:
        return False
    return end - 1 > at and not token.plain.endswith(("ed", "ing")) and len(token.plain) < 7


def _bridge(text: str, tokens: list[_Token], named: list[bool], at: int) -> int:
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


def _parts(text: str, run: list[_Token]) -> list[Name]:
    """The names of one capitalised run: a leading country on its own, parted and stripped at titles."""
    found: list[Name] = []
    part: list[_Token] = []
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


def _title(run: list[_Token], at: int) -> bool:
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
    return not (token.plain in DOUBTFUL_TITLES and organisation and _dictionary(after.plain))


def _name(text: str, tokens: Sequence[_Token], words: tuple[str, ...]) -> Name:
    start, end = tokens[0].start, tokens[-1].end
    end -= len(re.search(r"(?:['’][sS]?)?$", text[start:end])[0])  # type: ignore[index]
    return Name(start, end, text[start:end], words)
