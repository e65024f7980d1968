"""A text as the gates read it: words with their sentence and clause, names, and which words of two texts
agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.language import thesaurus
from service.language.names import Name, metonyms, read_names, shortens
from service.language.sentences import split
from service.language.words import words

_BREAK = re.compile(r"[,;:()\[\]\"“”«»]|\s[-–—]+\s|—|\.\s|[!?…]")
_BREAK_WORDS = frozenset(
    "but while whereas although though because which who whom whose however unless until if when where "
    "after before "
    "as since that".split()
)
_LIGHT = frozenset(
    "also however later earlier meanwhile new total overall including include included according people "
    "person thing "
    "things number numbers figure figures part parts time times come came take took make made put two one "
    "first both "
    "among amid across along since us him them ago today "
    "yesterday".split()
)
_PREFIXES = 5
"""Letters that two long words must share at their start to count as kin ("recuperation", "recuperating")."""
_STEM = 4
_PEOPLES = frozenset(["n", "an", "ian", "ese", "ish", "er"])
"""Endings that make of a place its people, behind more letters than `_STEM`."""
KIN = 0.9
NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a reading; `name` is the index of the name that it belongs to."""

    index: int
    start: int
    end: int
    text: str
    lower: str
    stem: str
    content: bool
    sentence: int
    clause: int
    name: int | None

    @property
    def digits(self) -> bool:
        """Whether the word is a run of digits."""
        return self.text[0].isdigit()


@dataclass(frozen=True, eq=False)
class Reading:
    """A text's words, names and sentences; compared by identity, `read` keeps them."""

    text: str
    tokens: tuple[Token, ...]
    names: tuple[Name, ...]
    sentences: tuple[tuple[int, int], ...]

    @cached_property
    def stems(self) -> frozenset[str]:
        """All stems of the text."""
        return frozenset(token.stem for token in self.tokens)

    @cached_property
    def by_sentence(self) -> tuple[tuple[Token, ...], ...]:
        """The words of each sentence."""
        rows: list[list[Token]] = [[] for _ in self.sentences]
        for token in self.tokens:
            rows[token.sentence].append(token)
        return tuple(map(tuple, rows))

    def telling(self, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
        """Those of the words that carry content and are neither names nor numbers."""
        return tuple(t for t in tokens if t.content and t.name is None and not t.digits)


@lru_cache(maxsize=512)
def read(text: str, context: str = "") -> Reading:
    """Read a text; `context` shows how its words are written inside sentences."""
    sentences = tuple((s.start, s.end) for s in split(text)) or ((0, len(text)),)
    names = read_names(text, context)
    tokens: list[Token] = []
    clause = sentence = at_name = 0
    previous = 0
    for word in words(text):
        while sentence + 1 < len(sentences) and word.start >= sentences[sentence + 1][0]:
            sentence += 1
            clause += 1
        if _BREAK.search(text[previous : word.start]) or word.lower in _BREAK_WORDS:
            clause += 1
        while at_name < len(names) and names[at_name].end <= word.start:
            at_name += 1
        inside = at_name < len(names) and names[at_name].start < word.end
        tokens.append(
            Token(
                len(tokens),
                word.start,
                word.end,
                word.text,
                word.lower.replace("’", "'"),
                word.stem,
                word.content,
                sentence,
                clause,
                at_name if inside else None,
            )
        )
        previous = word.end
    return Reading(text, tuple(tokens), names, sentences)


@lru_cache(maxsize=100_000)
def likeness(first: str, second: str) -> float:
    """How near two lower-case words are, from 0 to 1; 1 is one word in two forms."""
    if first == second:
        return 1.0
    shared = min(len(first), len(second))
    if shared > _PREFIXES and first[: max(_PREFIXES, shared - 3)] == second[: max(_PREFIXES, shared - 3)]:
        return 1.0
    found = thesaurus.near(first, second)
    if found < KIN and ("-" in first or "-" in second):
        parts, others = first.split("-"), second.split("-")
        best = [max(thesaurus.near(a, b) if a and b else 0.0 for b in others) for a in parts]
        found = max(found, min(best) if len(parts) > 1 and len(others) > 1 else max(best))
    return found


def agree(first: Token, second: Token, least: float = KIN) -> bool:
    """Whether two words say the same, as far as a dictionary tells."""
    return first.stem == second.stem or likeness(first.lower, second.lower) >= least


def find(token: Token, among: tuple[Token, ...], least: float = KIN) -> Token | None:
    """The first word that agrees with this one, a same stem before a synonym."""
    for other in among:
        if other.stem == token.stem:
            return other
    return next((other for other in among if agree(token, other, least)), None)


def light(token: Token) -> bool:
    """Whether a content word says so little that nothing hangs on it."""
    return token.lower in _LIGHT


@lru_cache(maxsize=10_000)
def _allies(key: str) -> frozenset[str]:
    return frozenset({key}) | metonyms(key)


def _demonym(first: str, second: str) -> bool:
    """Whether one word is the other with an ending of peoples: "Bermuda", "Bermudan"."""
    short, long = sorted((first, second), key=len)
    return len(short) > _STEM and long.startswith(short) and long[len(short) :] in _PEOPLES


def one_actor(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two folded names may be the same, shortened or by a capital for its country."""
    if set(first) <= set(second) or set(second) <= set(first):
        return True
    if len(first) == len(second) == 1 and _demonym(first[0], second[0]):
        return True
    if any(set(second) & shortens(word) for word in first) or any(
        set(first) & shortens(word) for word in second
    ):
        return True
    return bool(_allies(" ".join(first)) & _allies(" ".join(second)))
