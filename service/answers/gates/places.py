"""Names in the place of others beyond subject and object: where from and where to, whose title, whose envoy to
whom, whose people.
"""

from __future__ import annotations

import re
from itertools import pairwise

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.gates.roles import LISTED, Place, places
from service.answers.grammar.reading import Reading, Token, agree, light, one_actor
from service.answers.grammar.verbs import is_verb
from service.language import thesaurus
from service.language.countries import country_of
from service.language.name_words import TITLES

_ALIKE = {
    "goal": frozenset("goal object place at near on across for against over none through between".split()),
    "source": frozenset({"source", "subject", "of", "with", "place", "at", "near", "on", "across", "none", "between"}),
    "unlike": frozenset({"unlike"}),
}
"""For a role of direction, the roles in the quotes that may become it in other words."""
_IN = re.compile(r"\b(in|at|inside|within)\s+(?:the\s+)?$", re.I)
_NEAR = re.compile(
    r"\b(near|outside|off|close to|next to|(?:north|south|east|west|\w+(?:east|west)|miles|kilomet(?:er|re)s|minutes|"
    r"hours|away) (?:of|from)|not far from)\s+(?:the\s+)?$",
    re.I,
)
_FORCES = frozenset("troop soldier force personnel unit army".split())


def moved(case: Case) -> Fault | None:
    """The fault of a statement that turns a direction, a title or a people round."""
    everywhere = [p for reading in case.quotes for p in places(reading)]
    return (
        _turned(case, everywhere) or _retitled(case) or _renamed(case) or _beside(case) or _exchanged(case)
        or _adopted(case, everywhere)
    )


def _turned(case: Case, everywhere: list[Place]) -> Fault | None:
    """Somebody goes to where the quote has another, and is elsewhere in it himself."""
    for place in places(case.statement):
        alike = _ALIKE.get(place.role)
        mine = [p for p in everywhere if one_actor(p.words, place.words)]
        if alike is None or not mine or place.possessive:
            continue
        same = [p for p in mine if _one_verb(p, place)]
        others = [
            p
            for p in everywhere
            if p.role == place.role and not one_actor(p.words, place.words)
            and (place.role == "unlike" or _one_verb(p, place))
        ]
        if others and not any(p.role in alike and not p.possessive for p in same or mine):
            return Fault(
                "roles",
                f"The quotes have {' '.join(others[0].words)!r} where the statement has "
                f"{' '.join(place.words)!r} ({place.role}); keep the names in their places.",
            )
    return None


def _one_verb(first: Place, second: Place) -> bool:
    return first.verb is not None and second.verb is not None and agree(first.verb, second.verb)


def _retitled(case: Case) -> Fault | None:
    """A title of one country before the name of another's holder: "French President X"."""
    quoted = [found for reading in case.quotes for found in _holders(reading)]
    for country, title, name in _holders(case.statement):
        theirs = [c for c, _, n in quoted if set(n) & set(name)]
        if theirs and not any(one_actor(c, country) for c in theirs):
            return Fault(
                "roles", f"The quotes call {' '.join(name)!r} {title!r} of {' '.join(theirs[0])!r}; keep whose."
            )
    return None


def _holders(reading: Reading) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """The (country, title, name) triples that stand side by side in a text."""
    found: list[tuple[tuple[str, ...], str, tuple[str, ...]]] = []
    tokens = reading.tokens
    for token in tokens:
        if token.lower not in TITLES or not 0 < token.index < len(tokens) - 1:
            continue
        before, behind = tokens[token.index - 1], tokens[token.index + 1]
        if behind.name is None:
            continue
        name = reading.names[behind.name].words
        country = reading.names[before.name].words if before.name is not None else ()
        if len(country) == 1 and country_of(country[0]) is not None and before.name != behind.name:
            found.append((country, token.lower, name))
    return found


def _renamed(case: Case) -> Fault | None:
    """A noun right before a name that every quote has right before another one: "chairman" for the treasurer."""
    for noun, name in _called(case.statement):
        quoted = [pair for reading in case.quotes for pair in _called(reading) if pair[0].stem == noun.stem]
        known = any(one_actor(name, other.words) for reading in case.quotes for other in reading.names)
        stands = sum(t.stem == noun.stem for reading in case.quotes for t in reading.tokens)
        if noun.text.endswith("s") or any(other.text.endswith("s") for other, _ in quoted):
            continue
        if known and quoted and stands == len(quoted) and not any(one_actor(name, other) for _, other in quoted):
            return Fault(
                "roles",
                f"The quotes call {' '.join(quoted[0][1])!r} {noun.lower!r}, not {' '.join(name)!r}; keep whose it is.",
            )
    return None


def _called(reading: Reading) -> list[tuple[Token, tuple[str, ...]]]:
    """Each noun with the name right behind it, and the names that "and" or a comma adds to that one."""
    found = []
    for token, behind in pairwise(reading.tokens):
        if token.name is not None or not token.content or token.digits or behind.name is None:
            continue
        if token.start and reading.text[token.start - 1] in "-‐‑":
            continue
        if reading.text[token.end : behind.start].strip() or is_verb(reading, token):
            continue
        if not thesaurus.lemmas(token.lower, "n") or not token.text.islower() or light(token):
            continue
        found.append((token, reading.names[behind.name].words))
        number = behind.name
        while number + 1 < len(reading.names) and LISTED.fullmatch(
            reading.text[reading.names[number].end : reading.names[number + 1].start]
        ):
            number += 1
            found.append((token, reading.names[number].words))
    return found


def _beside(case: Case) -> Fault | None:
    """A place at which the statement has what its quotes have near it, outside it or so many miles from it."""
    for name, word in _at(case.statement):
        inside = [quoted for reading in case.quotes for quoted in _at(reading) if one_actor(quoted[0], name)]
        beside = [quoted for reading in case.quotes for quoted in _aside_of(reading) if one_actor(quoted[0], name)]
        names = sum(one_actor(n.words, name) for reading in case.quotes for n in reading.names)
        if beside and not inside and len(beside) == names:
            return Fault(
                "roles", f"The quotes say {beside[0][1]!r} {' '.join(name)!r}, not {word!r} it; keep where it was."
            )
    return None


def _at(reading: Reading) -> list[tuple[tuple[str, ...], str]]:
    """The names behind "in" and "at"."""
    return [
        (name.words, match[1].lower())
        for name in reading.names
        if (match := _IN.search(reading.text, max(0, name.start - 12), name.start))
    ]


def _aside_of(reading: Reading) -> list[tuple[tuple[str, ...], str]]:
    """The names by which a place is told that is another: "near X", "50 miles south of X"."""
    return [
        (name.words, match[1].lower())
        for name in reading.names
        if (match := _NEAR.search(reading.text, max(0, name.start - 30), name.start))
    ]


def _exchanged(case: Case) -> Fault | None:
    """Sender and host of an envoy, a message or an offer trade places: "A's ambassador to B"."""
    quoted = [found for reading in case.quotes for found in _missions(reading)]
    for owner, noun, goal in _missions(case.statement):
        same = [(a, b) for a, other, b in quoted if agree(noun, other)]
        if any(one_actor(a, owner) for a, _ in same):
            continue
        if any(one_actor(owner, b) or one_actor(goal, a) for a, b in same):
            return Fault("roles", f"The quotes have {noun.lower!r} the other way round; keep whose and to whom.")
    return None


def _missions(reading: Reading) -> list[tuple[tuple[str, ...], Token, tuple[str, ...]]]:
    """The (owner, noun, goal) triples of "A's noun to B"."""
    found = []
    tokens = reading.tokens
    for token in tokens[1:-2]:
        link, goal = tokens[token.index + 1], tokens[token.index + 2]
        if link.lower == "to" and goal.lower == "the" and token.index + 3 < len(tokens):
            goal = tokens[token.index + 3]
        owner = tokens[token.index - 1]
        if link.lower != "to" or goal.name is None or token.name is not None or not token.content:
            continue
        if owner.name is not None and thesaurus.lemmas(token.lower, "n"):
            found.append((reading.names[owner.name].words, token, reading.names[goal.name].words))
    return found


def _adopted(case: Case, everywhere: list[Place]) -> Fault | None:
    """People given a country that no quote gives them: "Russian soldiers" for soldiers sent to Russia."""
    for place in places(case.statement):
        if len(place.words) != 1 or country_of(place.words[0]) is None:
            continue
        for noun in place.qualifies:
            lemmas = set(thesaurus.lemmas(noun.lower, "n"))
            if not (lemmas & _FORCES or thesaurus.is_a(noun.lower, "person")):
                continue
            stands = [(r, t) for r in case.quotes for t in r.tokens if t.name is None and t.stem == noun.stem]
            owned = [p for p in everywhere if any(q.stem == noun.stem for q in p.qualifies)]
            if stands and not owned and not any(_comes_from(r, t, place) for r, t in stands):
                return Fault(
                    "roles", f"No quote ties {noun.lower!r} to {' '.join(place.words)!r}; keep whose they are."
                )
    return None


def _comes_from(reading: Reading, token: Token, place: Place) -> bool:
    """Whether people are of a country in a quote: named near before, its subject's, or "from" and "of" it."""
    for number, name in enumerate(reading.names):
        if not one_actor(place.words, name.words):
            continue
        inside = [t for t in reading.tokens if t.name == number]
        if not inside or inside[0].sentence != token.sentence:
            continue
        if 0 < token.index - inside[-1].index <= 4 and token.clause == inside[-1].clause:
            return True
        gap = [t.lower for t in reading.tokens[token.index + 1 : inside[0].index]]
        if gap and len(gap) <= 3 and gap[0] in ("from", "of"):
            return True
        if any(p.words == name.words and p.role in ("subject", "none") and p.sentence == token.sentence
               for p in places(reading)) and token.index > inside[-1].index:
            return True
    return False
