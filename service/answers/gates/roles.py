"""The gate `roles`: who did it, to whom, and whose it is, stays as the quote says.

There is no parser here. A name has a place: before or behind its clause's verb, behind a preposition, or
before the noun that it qualifies; a passive swaps the first two. Two names that trade places, or a name that
takes another's before the same noun or verb, change what is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from service.answers.gates.alignment import Case
from service.answers.gates.carried import supports
from service.answers.gates.fault import Fault
from service.answers.grammar.opposites import opposed
from service.answers.grammar.reading import Reading, Token, agree, one_actor
from service.answers.grammar.speech import attributions
from service.answers.grammar.verbs import finite, is_verb, passive
from service.language import thesaurus
from service.language.countries import country_of
from service.language.name_words import TITLES
from service.language.names import folded

_ROLES = {
    "goal": "to into toward towards onto",
    "for": "for",
    "source": "from",
    "agent": "by",
    "place": "in inside within",
    "at": "at",
    "near": "near",
    "on": "on upon",
    "across": "across",
    "against": "against",
    "with": "with",
    "of": "of",
    "between": "between",
    "over": "over",
    "under": "under",
    "about": "about",
    "than": "than",
    "after": "after",
    "before": "before",
    "behind": "behind",
    "through": "through via",
    "outside": "outside",
    "unlike": "unlike",
    "as": "as",
}
"""The role that each preposition gives to the name behind it."""
_PREPOSITIONS = {word: role for role, words in _ROLES.items() for word in words.split()}
_TIES = frozenset(["at", "to", "from", "of"])
_PRONOUNS = frozenset("he she it they both we".split())
LISTED = re.compile(r"\s*+(?:,|(?:,\s*+)?(?:and|or|&))\s*")
_MARKS = frozenset('"“”‘’')
_UNDERGOING = ("goal", "object", "source", "against", "for")
_NOUN_BETWEEN = 2
"""So many words behind a name its verb stands, with a noun between at most: "the Oxley index *slid*"."""
_SKIP = frozenset("the a an its his her their our former then current new late".split())


@dataclass(frozen=True, slots=True)
class Place:
    """A name's part in its clause: its role, the nearest verb, and the nouns that it qualifies."""

    words: tuple[str, ...]
    role: str
    verb: Token | None
    qualifies: tuple[Token, ...]
    sentence: int
    possessive: bool = False
    agent: bool = False
    """Whether it does it behind "by"."""


@lru_cache(maxsize=1024)
def places(reading: Reading) -> tuple[Place, ...]:
    """The part that each name of a text plays."""
    framed = {i for made in attributions(reading) for i in made.frame}
    verbs = [t for t in reading.tokens if t.index not in framed and is_verb(reading, t)]
    found: list[Place] = []
    for number, name in enumerate(reading.names):
        inside = [t for t in reading.tokens if t.name == number]
        if not inside:
            continue
        first, last = inside[0], inside[-1]
        possessive = reading.text[name.end : name.end + 2] in ("'s", "’s") or reading.text[
            name.end - 1 : name.end + 1
        ] in ("s'", "s’")
        country = len(name.words) == 1 and country_of(name.words[0]) is not None
        qualified = _governing(reading, first) + _qualified(reading, last, sure=possessive or country)
        behind_it = reading.tokens[last.index + 1] if last.index + 1 < len(reading.tokens) else None
        if country and not possessive and behind_it is not None and behind_it.lower in TITLES:
            found.append(Place(name.words, "none", None, qualified, first.sentence))
            continue
        if first.index in framed:
            stands = _preposition(reading, first) or "none"
            found.append(Place(name.words, stands, None, qualified, first.sentence, possessive))
            continue
        role = _preposition(reading, first)
        agent = role == "agent"
        mine = [v for v in verbs if v.sentence == first.sentence]
        clauses = {last.clause}
        if behind_it is not None and reading.text[last.end : behind_it.start].strip() in _MARKS:
            clauses.add(behind_it.clause)
        ahead = next((v for v in mine if v.index > last.index and v.clause in clauses), None)
        behind = next((v for v in reversed(mine) if v.index < first.index and v.clause == first.clause), None)
        if behind is not None and ahead is not None and _joined(reading, behind, first, last, ahead):
            behind = None
        verb = behind or ahead
        if role is None and behind is not None:
            role = "subject" if passive(reading, behind) and role == "agent" else "object"
        elif role is None and ahead is not None:
            role = "object" if passive(reading, ahead) else "subject"
        elif role == "agent":
            role, verb = "subject", _deed(reading, first) or verb
        gap = reading.text[reading.names[number - 1].end : name.start] if number and found else "."
        if found and LISTED.fullmatch(gap) and found[-1].role in _ROLES and found[-1].role != "agent":
            role, verb = found[-1].role, found[-1].verb
        found.append(Place(name.words, role or "none", verb, qualified, first.sentence, possessive, agent))
    return tuple(found)


def _joined(reading: Reading, behind: Token, first: Token, last: Token, ahead: Token) -> bool:
    """Whether a name opens a clause behind "and", with its own verb right behind it: "A fell and B *slid*"."""
    between = [t.lower for t in reading.tokens[behind.index + 1 : first.index]]
    opening = between and "and" in between and not any(
        t.content and t.name is None and "-" not in t.text and not thesaurus.lemmas(t.lower, "a")
        for t in reading.tokens[behind.index + 2 + between.index("and") : first.index]
    )
    return bool(opening) and ahead.index <= last.index + _NOUN_BETWEEN and finite(reading, ahead)


def _deed(reading: Reading, first: Token) -> Token | None:
    """The noun of an action before "by": "a visit by the president"."""
    by = next((t for t in reversed(reading.tokens[max(0, first.index - 5) : first.index]) if t.lower == "by"), None)
    noun = reading.tokens[by.index - 1] if by is not None and by.index else None
    if noun is None or noun.name is not None or not (thesaurus.lemmas(noun.lower, "n") and noun.content):
        return None
    return noun if noun.lower in thesaurus.lemmas(noun.lower, "v") else None


def _preposition(reading: Reading, first: Token) -> str | None:
    """The role that the preposition before a name's noun phrase gives it."""
    at = first.index - 1
    for _ in range(5):
        if at < 0 or reading.tokens[at].clause != first.clause:
            return None
        token = reading.tokens[at]
        before = reading.tokens[at - 1] if at else None
        if token.lower == "to" and before is not None and (before.lower == "up" or before.digits):
            return None
        if token.lower in _PREPOSITIONS:
            return _PREPOSITIONS[token.lower]
        if (
            token.lower not in _SKIP
            and not token.digits
            and token.lower not in TITLES
            and not (token.name is not None and reading.tokens[at + 1].lower in TITLES)
            and not (thesaurus.lemmas(token.lower, "a") and not thesaurus.frequency(token.lower, "v"))
        ):
            return None
        at -= 1
    return None


def _qualified(reading: Reading, last: Token, sure: bool) -> tuple[Token, ...]:
    """The one or two words right behind a name that it qualifies; unless `sure`, they must be plain nouns."""
    found: list[Token] = []
    for token in reading.tokens[last.index + 1 : last.index + 4]:
        gap = reading.text[(found[-1] if found else last).end : token.start]
        if token.name is not None or not token.content or token.digits or gap.strip(" '’s\u00a0\n"):
            break
        nouns = thesaurus.frequency(token.lower, "n")
        if not (thesaurus.lemmas(token.lower, "n") or thesaurus.lemmas(token.lower, "a")):
            break
        if not sure and (nouns <= thesaurus.frequency(token.lower, "v") or not token.text.islower()):
            break
        found.append(token)
    return tuple(found[:1])


def _governing(reading: Reading, first: Token) -> tuple[Token, ...]:
    """The noun to which a preposition ties a name: "profits at", "exports to", "troops from"."""
    if first.index < 2:
        return ()
    link, noun = reading.tokens[first.index - 1], reading.tokens[first.index - 2]
    if link.lower not in _TIES or noun.name is not None or not noun.content or noun.digits:
        return ()
    gap = reading.text[noun.end : first.start]
    nouns, verbs = thesaurus.frequency(noun.lower, "n"), thesaurus.frequency(noun.lower, "v")
    before = reading.tokens[noun.index - 1] if noun.index else None
    bare = before is None or before.clause != noun.clause or before.lower in ("and", "the", "of", "in")
    plural = noun.lower.endswith("s") and bare
    if link.lower in ("at", "to") and any(
        t.clause == noun.clause and is_verb(reading, t) for t in reading.tokens[max(0, noun.index - 6) : noun.index]
    ):
        return ()
    if gap.strip() != link.text or not thesaurus.lemmas(noun.lower, "n") or (nouns < verbs and not plural):
        return ()
    return (noun,)


def roles(case: Case) -> Fault | None:
    """The fault of a statement in which names trade places."""
    said = places(case.statement)
    if not said:
        return None
    quoted = [p for reading, number in case.told for p in places(reading) if p.sentence == number]
    everywhere = [p for reading in case.quotes for p in places(reading)]
    return (
        _traded(said, quoted, everywhere)
        or _usurped(case, said, everywhere)
        or _owned(case, said, everywhere)
    )


def _traded(said: tuple[Place, ...], quoted: list[Place], everywhere: list[Place]) -> Fault | None:
    for i, first in enumerate(said):
        for second in said[i + 1 :]:
            shortened = set(first.words) <= set(second.words) or set(second.words) <= set(first.words)
            if first.role == second.role or "none" in (first.role, second.role) or shortened:
                continue
            mirrored = _has(quoted, first.words, second) and _has(quoted, second.words, first)
            straight = _has(everywhere, first.words, first) or _has(everywhere, second.words, second)
            if mirrored and not straight:
                return Fault(
                    "roles",
                    f"{' '.join(first.words)!r} and {' '.join(second.words)!r} trade places in the "
                    "statement; keep who does what to whom.",
                )
    return None


def _has(quoted: list[Place], words: tuple[str, ...], like: Place) -> bool:
    return any(p.words == words and p.role == like.role for p in quoted)


def _same(first: Place, second: Place) -> bool:
    return one_actor(first.words, second.words)


def _usurped(case: Case, said: tuple[Place, ...], everywhere: list[Place]) -> Fault | None:
    """A name as the subject of a verb whose subject is another in the quotes."""
    speech = {(a.sentence, a.cue.stem) for a in attributions(case.statement)}
    for place in said:
        if place.role != "subject" or place.verb is None or (place.sentence, place.verb.stem) in speech:
            continue
        same = [p for p in everywhere if p.verb is not None and agree(p.verb, place.verb)]
        subjects = [p for p in same if p.role == "subject"]
        if not subjects or any(_same(p, place) for p in subjects) or _listed(case, place, subjects):
            continue
        if any(p.verb is not None and _beside_pronoun(case, p.verb) for p in subjects):
            continue
        if any(_qualifies(reading, subjects, place) for reading in case.quotes):
            continue
        elsewhere = [p for p in everywhere if _same(p, place)]
        if any(p.role == "subject" and p.verb and supports(place.verb.lower, p.verb.lower) for p in elsewhere):
            continue
        if not elsewhere and any(set(place.words) <= set(folded(r.text)) for r in case.quotes):
            continue
        other_clause = [p for p in elsewhere if p.verb is not None and not agree(p.verb, place.verb)]
        if any(p in same and p.role in _UNDERGOING for p in elsewhere) or (
            len(other_clause) == len(elsewhere)
        ):
            return Fault(
                "roles",
                f"In the quotes {' '.join(subjects[0].words)!r} goes with {place.verb.lower!r}, "
                f"not {' '.join(place.words)!r}; keep who did it.",
            )
    return None


def _qualifies(reading: Reading, subjects: list[Place], place: Place) -> bool:
    """Whether the quote's subject is only the country right before a name: "the US Food and Drug Administration"."""
    return country_of(place.words[0]) is None and any(
        not reading.text[first.end : second.start].strip()
        and country_of(first.words[0]) is not None
        and any(p.words == first.words for p in subjects)
        for first, second in pairwise(reading.names)
    )


def _listed(case: Case, place: Place, subjects: list[Place]) -> bool:
    """Whether a quote lists a name together with the subject: "A, B and C signed"."""
    last = {p.words for p in subjects}
    for reading in case.quotes:
        run: list[tuple[str, ...]] = []
        for i, one in enumerate(reading.names):
            run.append(one.words)
            behind = reading.names[i + 1].start if i + 1 < len(reading.names) else len(reading.text)
            gap = reading.text[one.end : behind]
            if LISTED.fullmatch(gap):
                continue
            if run[-1] in last and any(one_actor(words, place.words) for words in run):
                return True
            run = []
    return False


def _beside_pronoun(case: Case, verb: Token) -> bool:
    """Whether a pronoun may be a verb's subject, alone or with a name ("he and the chairman signed")."""
    for reading in case.quotes:
        if verb.index < len(reading.tokens) and reading.tokens[verb.index] is verb:
            near = reading.tokens[max(0, verb.index - 8) : verb.index]
            return any(t.lower in _PRONOUNS and t.clause == verb.clause for t in near)
    return False


def _owned(case: Case, said: tuple[Place, ...], everywhere: list[Place]) -> Fault | None:
    """A name tied to a noun that the quotes tie to another name."""
    for place in said:
        for noun in place.qualifies:
            owners = [p for p in everywhere if any(_noun_agrees(noun, q) for q in p.qualifies)]
            if not owners or any(_same(p, place) for p in owners):
                continue
            if not any(_bound(reading, place, noun) for reading in case.quotes):
                return Fault(
                    "roles",
                    f"The quotes tie {noun.lower!r} to {' '.join(owners[0].words)!r}, not to "
                    f"{' '.join(place.words)!r}; keep whose it is.",
                )
    return None


def _noun_agrees(first: Token, second: Token) -> bool:
    return agree(first, second, 0.7) and not opposed(first.lower, second.lower)


def _bound(reading: Reading, place: Place, noun: Token) -> bool:
    """Whether a quote ties a name to a noun in another way: "troops from X", "X sent troops", "X's wounded
    troops".
    """
    nouns = [t for t in reading.tokens if t.name is None and _noun_agrees(t, noun)]
    for number, name in enumerate(reading.names):
        if not one_actor(place.words, name.words):
            continue
        inside = [t for t in reading.tokens if t.name == number]
        part = next((p for p in places(reading) if p.words == name.words), None)
        for other in nouns:
            if not inside or other.sentence != inside[0].sentence:
                continue
            gap = inside[0].index - other.index
            between = reading.tokens[other.index + 1 : inside[0].index]
            if (
                0 < gap <= 4
                and any(t.lower in ("from", "of", "in", "to", "for", "at") for t in between)
                and not any(is_verb(reading, t) for t in between)
            ):
                return True
            if 0 < other.index - inside[-1].index <= 4 and other.clause == inside[-1].clause:
                return True
            if part is not None and part.role == "subject" and other.index > inside[-1].index:
                return True
    return False
