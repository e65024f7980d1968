"""What rules a figure out, however near its sentence is to the question: it counts another thing, another state or
another deed, or what is told of it is denied, only possible, or undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from service.answers.evidence import Line
from service.answers.mentions import Mention
from service.answers.predicate import POSSIBLE, asks_rate, denied, possible, rate, undoes, whole
from service.answers.question import Question
from service.language.countries import country_of
from service.language.figures import read_figures
from service.language.kindred import near_one
from service.language.names import read_names
from service.language.thesaurus import lemmas, opposed
from service.language.words import words

ANYBODY = frozenset({"people", "persons", "person", "men", "women", "individuals"})
"""Nouns that count whoever the rest of the clause is about."""
GENERIC = frozenset({"be", "have", "do", "happen", "exist", "get", "make", "there"})
"""Base forms of verbs that say nothing of their own about a figure."""
LASTING = frozenset({"last", "take", "go", "continue", "run", "endure"})
"""Base forms of verbs that ask for a length of time and say nothing of what took it."""
DEED = 0.8
"""A noun this near to a verb names the same deed: "arrests", "deaths"."""
_DEAD = frozenset("dead toll life lives body bodies fatality fatalities".split())
_TOLLS = frozenset("toll count number figure total tally".split())
_MISSING = frozenset("missing unaccounted disappeared".split())
_MEASURES = frozenset(["old", "long"])
"""Words behind "how" that are nouns elsewhere."""
_KIN = 0.6
_DIFFERENCE = re.compile(r"\s*(?:more|less|fewer|shy|short|(?:high|low|heavi|light|tall|short|long|old|young|fast|slow|"
                         r"warm|cool)er)\b(?!\s+(?:of an?|people)\b)", re.I)
_COMPARES = re.compile(r"\b(?:than|more|less|fewer|difference|\w+er)\b", re.I)
_AWAY = re.compile(r"\s*(?:(?:to the\s+)?(?:north|south|east|west)\w*|away|from|off|outside|up the|down the)\b", re.I)
_PERSONAL = re.compile(r"\b(?:he|she|him|her)\b", re.I)
_THEN = re.compile(r"\b(?:since|at|from|by|until|before|after)\s+(?:the\s+)?$", re.I)
_EACH = re.compile(r"\b(?:each|every|per)\b", re.I)
_OWNED = re.compile(r",\s*(?:aged\s+)?$")


def asks_time(question: Question) -> bool:
    """Whether a question asks how long something lasted, or how long it is."""
    return question.figures == {"duration", "measure"}


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
    if possible(figure, text) and not any(w.lower in POSSIBLE for w in question.words):
        return True
    if any(opposed(w.lower, verb) for w in question.predicate for verb in mention.predicate):
        return True
    if figure.kind == "money" and rate(figure, text) and not asks_rate(question.text):
        return True
    if figure.kind == "money" and _EACH.search(question.text) and not asks_rate(text):
        return True
    if _compared(question, mention) or _of_another_person(question, mention):
        return True
    if undoes(mention.predicate, [w.lower for w in question.predicate]):
        return True
    if _of_another_state(question, mention):
        return True
    if (asks_time(question) or figure.kind == "age") and not _of_what_lasted(question, mention.line):
        return True
    if question.thing and mention.figure.kind == "count" and mention.thing:
        anybody = mention.thing[-1] in ANYBODY
        if features.thing < 0.5 and not (anybody and features.nearby >= 0.6):
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
    if figure.kind in ("measure", "money", "percent", "age") and _DIFFERENCE.match(text, figure.end):
        return _COMPARES.search(question.text) is None
    asks_place = any(w.lower in ("far", "close", "near", "distance", "away", "where") for w in question.words)
    return figure.kind == "measure" and not asks_place and _AWAY.match(text, figure.end) is not None


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
    asked = _states(w.lower for w in question.content)
    if not asked:
        return False
    own = _states((*mention.thing, *mention.predicate)) or _states(w.lower for w in words(mention.clause))
    if not own and any(w.lower in _TOLLS for w in words(mention.clause)):
        own = _states(w.lower for w in words(mention.line.before))
    line = mention.line
    own = own or _states(w.lower for w in words(f"{line.before} {line.text} {line.after} {_title(line)}"))
    return not asked & own


def _title(line: Line) -> str:
    return line.source.document_title or ""


def _states(told: Iterable[str]) -> frozenset[str]:
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
