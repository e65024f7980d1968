"""Two names that change places around the same words, and a name put where the quote ties another to the same noun."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.grammar.reading import Reading, Token, agree, one_actor
from service.language import thesaurus

_ARTICLES = frozenset("the a an its his her their".split())
_BALANCED = frozenset(
    "and or with & between met meets faced faces face versus v vs married marries joined joins like both plus as well "
    "against played plays tied drew fought fights alongside than resembles equals".split()
)
"""Words on both sides of which two names may stand either way."""
_FAR = 9
"""So many words may stand between two names that are told as a pair."""
_WHERE = frozenset(["in", "at"])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names of a sentence, folded, with the words between them as far as these say how they stand."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    between: tuple[str, ...]


@lru_cache(maxsize=1024)
def pairs(reading: Reading) -> tuple[Pair, ...]:
    """The pairs of names of a text that are not many words apart."""
    places = [[t for t in reading.tokens if t.name == i] for i in range(len(reading.names))]
    found = []
    for i, first in enumerate(places):
        for j in range(i + 1, len(places)):
            second = places[j]
            if not first or not second or first[-1].sentence != second[0].sentence:
                break
            low, high = first[-1].index + 1, second[0].index
            if high - low > _FAR:
                break
            words = [t.lower for t in reading.tokens[low:high] if t.lower not in _ARTICLES]
            if first[-1].text.endswith(("'s", "’s", "s'", "s’")):
                words.insert(0, "'s")
            signs = "".join(c for c in reading.text[first[-1].end : second[0].start] if c in ",;:")
            if words and not set(words) <= _BALANCED | {"'s"} and not {";", ":"} & set(signs):
                found.append(Pair(reading.names[i].words, reading.names[j].words, (*words, signs)))
    return tuple(found)


def paired(case: Case) -> Fault | None:
    """The fault of a statement with two names in each other's places, the words between them kept, or with a name
    behind a noun and "in" where the quotes have another.
    """
    quoted = [pair for reading in case.quotes for pair in pairs(reading)]
    for mine in pairs(case.statement):
        same = [other for other in quoted if other.between == mine.between]
        straight = any(_one(mine.first, o.first) or _one(mine.second, o.second) for o in same)
        if not straight and any(_one(mine.first, o.second) and _one(mine.second, o.first) for o in same):
            return Fault(
                "roles",
                f"{' '.join(mine.first)!r} and {' '.join(mine.second)!r} trade places in the statement; keep who is "
                "who and who does what to whom.",
            )
    return _relocated(case)


def _one(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return one_actor(first, second)


def _relocated(case: Case) -> Fault | None:
    """A noun "in" a place where each quote that has the noun has it in another."""
    quoted = [(reading, found) for reading in case.quotes for found in _located(reading)]
    for noun, name in _located(case.statement):
        theirs = [other for _, (token, other) in quoted if token.stem == noun.stem]
        stands = sum(t.stem == noun.stem for reading in case.quotes for t in reading.tokens)
        named = any(one_actor(name, other.words) for reading in case.quotes for other in reading.names)
        named = named and not _anothers(case, noun, name, [pair for _, pair in quoted])
        if theirs and len(theirs) == stands and not named and not any(one_actor(name, other) for other in theirs):
            return Fault(
                "roles",
                f"In the quote {noun.text!r} is in {' '.join(theirs[0])!r}, not in {' '.join(name)!r}; keep where.",
            )
    return None


def _anothers(
    case: Case, noun: Token, name: tuple[str, ...], quoted: list[tuple[Token, tuple[str, ...]]]
) -> bool:
    """Whether the quotes have a name only behind other nouns and "in" or "at"."""
    stands = sum(one_actor(name, other.words) for reading in case.quotes for other in reading.names)
    tied = [token for token, other in quoted if one_actor(name, other)]
    return bool(tied) and len(tied) == stands and not any(agree(noun, token) for token in tied)


def _located(reading: Reading) -> list[tuple[Token, tuple[str, ...]]]:
    """Each noun with the name of the place right behind it."""
    found = []
    for token in reading.tokens[1:-1]:
        if token.lower not in _WHERE:
            continue
        noun, place = reading.tokens[token.index - 1], reading.tokens[token.index + 1]
        if place.lower == "the" and place.index + 1 < len(reading.tokens):
            place = reading.tokens[place.index + 1]
        gap = reading.text[noun.end : place.start].replace(" the ", " ")
        if place.name is None or noun.digits or not noun.content or gap.strip() != token.text:
            continue
        if thesaurus.lemmas(noun.lower, "n"):
            found.append((noun, reading.names[place.name].words))
    return found
