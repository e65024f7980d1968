"""What rules a figure out, however near its sentence is to the question: it counts another thing, another state or
another deed, or what is told of it is denied, only possible, or undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from service.answers.evidence import Line
from service.answers.figures.holders import of_another_holder, of_another_place, place_of, placed
from service.answers.figures.mentions import Mention
from service.answers.figures.standing import (
    asks_currency,
    asks_earlier,
    converted,
    difference,
    included,
    part_of_them,
    part_of_whole,
    replaced,
    whole_ahead,
)
from service.answers.predicate import POSSIBLE, asks_rate, denied, possible, rate, undoes, whole
from service.answers.question import Question
from service.domain import Figure
from service.language.countries import country_of
from service.language.figures import read_figures
from service.language.kindred import near_one
from service.language.names import read_names
from service.language.thesaurus import GROUP, field, is_a, lemmas, opposed
from service.language.words import words

ANYBODY = frozenset({"people", "persons", "person", "men", "women", "individuals"})
"""Nouns that count whoever the rest of the clause is about."""
GENERIC = frozenset({"be", "have", "do", "happen", "exist", "get", "make", "there"})
"""Base forms of verbs that say nothing of their own about a figure."""
LASTING = frozenset({"last", "take", "go", "continue", "run", "endure"})
"""Base forms of verbs that ask for a length of time and say nothing of what took it."""
DEED = 0.8
"""A noun this near to a verb names the same deed: "arrests", "deaths"."""
_ALL = 0.9
"""The share of what is asked from which on a clause says all of it."""
_NEARBY = 0.5
"""A clause that counts people names those asked for at least so nearly, where no deed tells who they are."""
_PLACE = 60
"""So many characters behind a distance the place stands that it is from."""
EVERYBODY = frozenset({"people", "persons", "person", "individuals"})
_DEAD = frozenset("dead toll life lives body bodies fatality fatalities".split())
_TOLLS = frozenset("toll count number figure total tally".split())
_MISSING = frozenset("missing unaccounted disappeared".split())
_MEASURES = frozenset(["old", "long"])
"""Words behind "how" that are nouns elsewhere."""
_KIN = 0.6
_UNLIKE = 0.3
"""Below this what is said of a figure is another deed than the one asked for."""
GROUPS = frozenset("women men children girls boys infants babies".split())
"""People who are counted apart: a count of all is none of theirs."""
_DIFFERENCE = re.compile(r"\s*(?:more|less|fewer|shy|short|(?:high|low|heavi|light|tall|short|long|old|young|fast|slow|"
                         r"warm|cool)er)\b(?!\s+(?:of an?|people)\b)", re.I)
_COMPARES = re.compile(r"\b(?:than|more|less|fewer|difference|\w+er)\b", re.I)
_AWAY = re.compile(r"\s*(?:(?:to the\s+)?(?:north|south|east|west)\w*|away|from|off|outside|up the|down the)\b", re.I)
_PERSONAL = re.compile(r"\b(?:he|she|him|her)\b", re.I)
_THEN = re.compile(r"\b(?:since|at|from|by|until|before|after)\s+(?:the\s+)?$", re.I)
_EACH = re.compile(r"\b(?:each|every|per)\b", re.I)
_LENGTH = ("metre", "kilometre", "mile", "foot", "inch", "yard")
_DIMENSION = re.compile(r"\bhow\s+(far|tall|deep|wide|heavy|fast|hot|cold)\b", re.I)
_UNITS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("far", "tall", "deep", "wide"), _LENGTH),
    "heavy": ("gram", "tonne", "ton", "pound", "ounce", "stone"), "fast": ("per hour", "knot", "per second"),
    **dict.fromkeys(("hot", "cold"), ("degree", "kelvin")),
}
_AGED = re.compile(r"\b(?:old|age|aged|ago|built|founded|established|dates? back|since)\b", re.I)
_SHORT = frozenset("millisecond second minute hour night weekend".split())
_OWNED = re.compile(r",\s*(?:aged\s+)?$")


def asks_time(question: Question) -> bool:
    """Whether a question asks how long something lasted, or how long it is."""
    return question.figures in ({"duration", "measure"}, {"duration"})


def deeds_asked(question: Question) -> list[str]:
    """The verbs of a question that say something of their own; of "how long did it last" none does."""
    generic = GENERIC | LASTING if asks_time(question) else GENERIC
    return [w.lower for w in question.predicate if not set(lemmas(w.lower, "v")) & generic]


def counts_another(question: Question, mention: Mention) -> bool:
    """Whether the figure counts something else, or says of it something else, by the plain meaning of its own words."""
    features = mention.features
    figure, text = mention.figure, mention.line.text
    if denied(figure, text) or (whole(figure, text) and len(read_figures(text)) > 1):
        return True
    if possible(figure, text) and not any(w.lower in POSSIBLE or w.lower == "will" for w in question.words):
        return True
    if any(opposed(w.lower, verb) for w in question.predicate for verb in mention.predicate):
        return True
    if figure.kind == "money" and rate(figure, text) and not asks_rate(question.text):
        return True
    if figure.kind == "money" and _EACH.search(question.text) and not asks_rate(text):
        return True
    if _compared(question, mention) or _of_another_person(question, mention) or _of_a_part(question, mention):
        return True
    if _of_another_dimension(question, figure) or _no_age(question, mention):
        return True
    if of_another_place(question, figure, mention.line) or of_another_holder(question, figure, mention.line):
        return True
    if undoes(mention.predicate, [w.lower for w in question.predicate]) and mention.own < _ALL:
        return True
    if _of_another_state(question, mention):
        return True
    if (asks_time(question) or figure.kind == "age") and not _of_what_lasted(question, mention.line):
        return True
    if question.thing and figure.kind == "count" and question.thing[-1].lower in GROUPS and features.thing < DEED:
        return True
    if deeds_asked(question) and _of_another_deed(question, mention):
        return True
    if question.thing and mention.figure.kind == "count" and mention.thing:
        anybody = mention.thing[-1] in ANYBODY and (is_a(question.thing[-1].lower, "person") or _group(question))
        if features.thing < 0.5 and not (anybody and features.nearby >= 0.6):
            return True
        head = question.thing[-1].lower
        if anybody and head not in ANYBODY and not deeds_asked(question) and features.nearby < _NEARBY:
            return True
        own_state = mention.thing[-1] in mention.predicate or not lemmas(mention.thing[-1], "n")
        if own_state and question.predicate and min(features.said, features.asked) < 0.5:
            return True
    return False


def belongs_to_another(question: Question, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether what is asked is said of another figure of the same sentence ("14 died and 31 were injured")."""
    return bool(question.predicate) and any(
        other.line == mention.line and other.features.said >= mention.features.said + 0.5
        and other.figure.kind == mention.figure.kind for other in mentions)


def _compared(question: Question, mention: Mention) -> bool:
    """Whether a measure or sum is told as a difference ("200 pounds more"), or as the distance of something from
    elsewhere ("21 miles north of Salmon"), where the question asks for neither.
    """
    figure, text = mention.figure, mention.line.text
    if converted(figure, text) and figure.unit not in asks_currency(question.text):
        return True
    if replaced(figure, text) and not asks_earlier(question.text):
        return True
    if difference(figure, text) or (
            figure.kind in ("measure", "money", "percent", "age") and _DIFFERENCE.match(text, figure.end)):
        return _COMPARES.search(question.text) is None
    asks_place = any(w.lower in ("far", "close", "near", "distance", "away", "where") for w in question.words)
    return figure.kind == "measure" and not asks_place and _AWAY.match(text, figure.end) is not None


def _of_a_part(question: Question, mention: Mention) -> bool:
    """Whether a count tells of some of those asked for: "nine *of them*", "*of the dead*, 24 were women", "people,
    *including* 11 children". Of the whole's own noun or deed it says nothing.
    """
    figure, text = mention.figure, mention.line.text
    if figure.kind != "count" or not question.thing or re.search(r"\bof\s+(?:the|them|those)\b", question.text, re.I):
        return False
    if place_of(figure, text) & {key for name in placed(question) for key in name.words}:
        return False
    head = question.thing[-1].lower
    named = bool(mention.thing) and max(near_one(head, word) for word in mention.thing[-1:]) >= DEED
    if part_of_whole(figure, text):
        if part_of_them(figure, text):
            return head in EVERYBODY or mention.features.said < DEED
        if ahead := whole_ahead(figure, text):
            of_it = {w.lower for w in words(ahead)}
            own = [verb for verb in mention.predicate if verb not in of_it]
            return (not named or head in EVERYBODY) and not any(
                near_one(verb, deed) >= DEED for verb in own for deed in deeds_asked(question))
        return not question.predicate or mention.features.said < DEED
    return included(figure, text) and not named


def _group(question: Question) -> bool:
    """Whether those asked for are people, by whatever noun: soldiers, customers, troops."""
    return question.thing[-1].lower in ANYBODY or field(question.thing[-1].lower, "n") == GROUP


def _of_another_deed(question: Question, mention: Mention) -> bool:
    """Whether a count is that of the dead, hurt or missing where another deed is asked for, or a length of time that of
    something of which the clause says nothing the question says.
    """
    features = mention.features
    if max(features.said, features.asked) >= _UNLIKE:
        return False
    if mention.figure.kind == "count":
        told = states((*mention.thing, *mention.predicate))
        return bool(told) and not told & states(w.lower for w in question.content)
    clause = [w.lower for w in words(mention.clause) if w.content]
    return asks_time(question) and all(near_one(w, deed) < _KIN for deed in deeds_asked(question) for w in clause)


def _of_another_dimension(question: Question, figure: Figure) -> bool:
    """Whether a question asks how deep, heavy or fast something is, and the figure measures something else."""
    asked = _DIMENSION.search(question.text)
    return asked is not None and figure.kind == "measure" and not measures(question, figure)


def measures(question: Question, figure: Figure) -> bool:
    """Whether a question asks how deep, heavy or fast something is, and the figure is of that dimension."""
    asked = _DIMENSION.search(question.text)
    return asked is not None and figure.kind == "measure" and any(
        part in (figure.unit or "") for part in _UNITS[asked[1].lower()])


def lies_away(question: Question, figure: Figure, text: str) -> bool:
    """Whether a question asks how far something is from a place, and the figure is a distance from it."""
    asked = _DIMENSION.search(question.text)
    if asked is None or asked[1].lower() != "far" or _AWAY.match(text, figure.end) is None:
        return False
    behind = {key for n in read_names(text) if 0 <= n.start - figure.end <= _PLACE for key in n.words}
    return any(behind & set(n.words) for n in question.names)


def ages(question: Question, figure: Figure, text: str) -> bool:
    """Whether a figure is told as the age of the very person whom a question names: "Griner, 31, …"."""
    if question.figures != {"age", "duration"} or figure.kind != "age":
        return False
    keys = {key for n in question.names for key in n.words}
    return any(_OWNED.fullmatch(text, n.end, figure.start) and keys & set(n.words)
               for n in read_names(text) if n.end <= figure.start)


def _no_age(question: Question, mention: Mention) -> bool:
    """Whether a question asks how old somebody or something is, and a length of time is told of something else."""
    if question.figures != {"age", "duration"} or mention.figure.kind != "duration":
        return False
    return _AGED.search(mention.line.text) is None or mention.figure.unit in _SHORT


def _of_another_person(question: Question, mention: Mention) -> bool:
    """Whether a question asks for a person's age, and the figure is another's, or no age at all."""
    if question.figures != {"age", "duration"}:
        return False
    named = [n for n in question.names if len(n.words) > 1 and not any(map(country_of, n.words))]
    if not named and _PERSONAL.search(question.text) is None:
        return False
    figure, text = mention.figure, mention.line.text
    if figure.kind != "age" or (_THEN.search(text, 0, figure.start) and re.search(r"\bis\b", question.text, re.I)):
        return True
    told = [n for n in read_names(text) if (n.end <= figure.start and _OWNED.fullmatch(text, n.end, figure.start))
            or (n.start == figure.end + 1 and text[figure.end].isspace())]
    return bool(told) and bool(named) and not any(set(n.words) & set(told[-1].words) for n in named)


def _of_another_state(question: Question, mention: Mention) -> bool:
    """Whether a question asks for the dead, the hurt or the missing, and the figure's clause speaks of others, or
    nothing near it of any.
    """
    asked = states(w.lower for w in question.content)
    if not asked:
        return False
    own = states((*mention.thing, *mention.predicate)) or states(w.lower for w in words(mention.clause))
    if not own and any(w.lower in _TOLLS for w in words(mention.clause)):
        own = states(w.lower for w in words(mention.line.before))
    line = mention.line
    own = own or states(w.lower for w in words(f"{line.before} {line.text} {line.after} {_title(line)}"))
    return not asked & own


def _title(line: Line) -> str:
    return line.source.document_title or ""


def states(told: Iterable[str]) -> frozenset[str]:
    """Which of "dead", "hurt" and "missing" words speak of."""
    return frozenset(
        state for word in told for state, known in (
            ("dead", word in _DEAD or near_one(word, "die") >= DEED), ("hurt", near_one(word, "injure") >= DEED),
            ("missing", word in _MISSING)) if known)


def _of_what_lasted(question: Question, line: Line) -> bool:
    """Whether a line, one beside it or its title speaks of what the question says has lasted ("the *rescue*")."""
    named = {i for n in question.names for i in range(n.start, n.end)}
    told = [w.lower for w in question.content
            if w.start not in named and w.lower not in _MEASURES and lemmas(w.lower, "n")
            and not set(lemmas(w.lower, "v")) & LASTING]
    around = [w.lower for w in words(f"{line.before} {line.text} {line.after} {_title(line)}")
              if w.content]
    return not told or any(near_one(other, word) >= _KIN for word in told for other in around)
