"""What a figure counts, and whether it is the same in statement and quote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from service.answers.gates.alignment import Case
from service.answers.gates.carried import listed
from service.answers.grammar.reading import Reading, Token, likeness
from service.domain import Figure
from service.language import thesaurus
from service.language.words import stem

PERSON_FAR = 6


@dataclass(frozen=True, slots=True)
class Setting:
    """A figure with the content words right before and behind its number, up to the next joint."""

    figure: Figure
    before: tuple[Token, ...]
    behind: tuple[Token, ...]


def one_unit(said: Figure, quoted: Figure) -> bool:
    if {said.kind, quoted.kind} == {"age", "count"} and "percent" not in (said.unit, quoted.unit):
        return True
    if said.kind != quoted.kind:
        return {said.kind, quoted.kind} <= {"count", "age", "ordinal"} and said.unit == quoted.unit
    return said.kind == "count" or said.unit == quoted.unit


def _head(figure: Figure) -> str | None:
    if figure.kind != "count":
        return None
    return figure.unit or (figure.thing.split()[-1].lower() if figure.thing else None)


def one_thing(case: Case, said: Setting, quoted: Setting, reading: Reading) -> bool:
    """Whether a figure counts in the statement what it counts in the quote."""
    first, second = _head(said.figure), _head(quoted.figure)
    if first is None or _elided(first, reading):
        return True
    if second and _modifies(first, second, quoted.figure) and not any(t.stem == stem(second) for t in said.behind):
        return False
    if second and re.search(rf"\b{re.escape(first)}\w* (?:for|of)\s+$", reading.text[: quoted.figure.start], re.I):
        return True
    if second is None:
        around = (*quoted.behind, *quoted.before)
        return (
            _stands(first, around)
            or _stands(first, reading.tokens)
            or _stands(first, tuple(t for q in case.quotes for t in q.tokens))
        )
    if near(first, second):
        return True
    if first in ("people", "person") and second and (
        _stands(second, said.behind) or thesaurus.is_a(second, "person", PERSON_FAR)
    ):
        return True
    return _stands(first, quoted.behind)


def _elided(word: str, reading: Reading) -> bool:
    """Whether a figure's thing is left out, and a participle of the quote stands behind it: "and 775 cancelled"."""
    participle = bool(thesaurus.lemmas(word, "v")) and word not in thesaurus.lemmas(word, "v")
    return participle and not thesaurus.lemmas(word, "n") and any(t.stem == stem(word) for t in reading.tokens)


def _modifies(word: str, head: str, quoted: Figure) -> bool:
    """Whether a word stands in the quote before what is counted, and is not it: "six *Oscar* nominations"."""
    before = [w.lower() for w in (quoted.thing or "").split()[:-1]]
    return any(stem(word) == stem(w) for w in before) and stem(word) != stem(head)


@lru_cache(maxsize=10_000)
def near(first: str, second: str) -> bool:
    if first == second or stem(first) == stem(second) or likeness(first, second) >= 0.7 or listed(first, second):
        return True
    for a, b in ((first, second), (second, first)):
        if a in ("troop", "serviceman", "servicemember", "force", "personnel") and thesaurus.is_a(
            b, "soldier"
        ):
            return True
    return {first, second} <= {"troop", "soldier", "serviceman", "servicemember", "personnel", "fighter"}


def _stands(word: str, tokens: tuple[Token, ...]) -> bool:
    return any(t.stem == stem(word) or likeness(word, t.lower) >= 0.7 for t in tokens if t.content)
