"""The gate on what is said of a name: the aside behind it, its office and its number are those of the quote."""

from __future__ import annotations

import re
from decimal import Decimal

from service.answers.gates.alignment import Case
from service.answers.gates.carried import supports
from service.answers.gates.fault import Fault
from service.answers.grammar.reading import Reading, one_actor
from service.answers.grammar.speech import attributions
from service.language.names import Name
from service.language.numbers import read_numbers

_ASIDE = re.compile(r", (?:an?|the|who|whose|which) [\w’'-]+(?: [\w’'-]+)?", re.I)
_BESIDE = re.compile(r", (?:the )?(?P<words>[\w’'.-]+ [\w’'-]+ [\w’'-]+)")
_AS = re.compile(
    r"\b(?P<verb>serv\w+|work\w+|act(?:ed|s|ing)?) as (?:an? |the |its |his |her )?(?P<noun>[a-z]+(?: [a-z]+)?)"
)
_WORN = re.compile(r"(?<![\w.,])(?P<number>[\w.,]++)-(?:time|year-old|goal|term|cap|point)\b", re.I)
_FAR = 6
"""So many words at most stand between "22-time" and the name that it is of."""


def borne(case: Case) -> Fault | None:
    """The fault of a statement that gives a name another's aside, kin, office or number."""
    return _other_bearer(case) or _related(case) or _other_office(case) or _worn(case)


def _other_bearer(case: Case) -> Fault | None:
    """An aside behind another name than in the quote: "B, a 20-year-old" for "A, a 20-year-old … after beating B"."""
    framed = {case.statement.tokens[i].start for made in attributions(case.statement) for i in made.frame}
    for name in case.statement.names:
        match = _ASIDE.match(case.statement.text, name.end)
        if not match or match.start() + len(", ") in framed:
            continue
        words = re.compile(r"(?<=[\w’'])" + re.escape(match[0]) + r"\b", re.I)
        borne = [
            next((n for n in reading.names if n.end == found.start()), None)
            for reading in case.quotes
            for found in words.finditer(reading.text)
        ]
        named = any(one_actor(name.words, n.words) for reading in case.quotes for n in reading.names)
        if named and borne and all(n is not None and not one_actor(n.words, name.words) for n in borne):
            whose = next(n.text for n in borne if n is not None)
            return Fault("roles", f"The quote says {match[0].strip(' ,')!r} of {whose!r}; keep of whom it is said.")
    return None


def _related(case: Case) -> Fault | None:
    """What somebody's kin or aide is, told of himself: "X, the city's mayor" for "X, the son of the city's mayor"."""
    for name in case.statement.names:
        match = _BESIDE.match(case.statement.text, name.end)
        if not match:
            continue
        words = re.compile(r"(\bof )?(?:the )?" + re.escape(match["words"].replace("’", "'")), re.I)
        theirs = [found for text in case.cited.texts() for found in words.finditer(text.replace("’", "'"))]
        if theirs and all(found[1] for found in theirs):
            return Fault("roles", f"The quote says {theirs[0][0]!r}; keep of whom it is said.")
    return None


def _other_office(case: Case) -> Fault | None:
    """An office behind "as" that the quotes don't have behind the same verb: "served as president"."""
    quoted = [(m["verb"].lower(), m["noun"].lower()) for text in case.cited.texts() for m in _AS.finditer(text)]
    for match in _AS.finditer(case.statement.text):
        theirs = [noun for verb, noun in quoted if verb == match["verb"].lower()]
        mine = match["noun"].lower()
        if theirs and not any(set(mine.split()) & set(noun.split()) or supports(mine, noun) for noun in theirs):
            return Fault("roles", f"The quote says {'as ' + theirs[0]!r}, not {'as ' + mine!r}; keep it.")
    return None


def _worn(case: Case) -> Fault | None:
    """A number that a quote gives before one name ("22-time winner X") told of another that has its own."""
    for reading in case.quotes:
        worn = _wearers(reading)
        for name in case.statement.names:
            mine = next((values for other, values in worn if one_actor(other.words, name.words)), None)
            if mine is None or len(worn) < 2:
                continue
            number = _number_of(case.statement, name)
            others = [values for other, values in worn if not one_actor(other.words, name.words)]
            if number and not number & mine and any(number & values for values in others):
                return Fault("numbers", f"The quote gives {name.text!r} another number; keep each with its own.")
    return None


def _wearers(reading: Reading) -> list[tuple[Name, frozenset[Decimal]]]:
    """Each name with the value of the "22-time" before it."""
    found = []
    for match in _WORN.finditer(reading.text):
        values = frozenset(v for n in read_numbers(match["number"]) for v in n.values)
        name = next((n for n in reading.names if n.start >= match.end()), None)
        between = [t for t in reading.tokens if name and match.end() <= t.start < name.start]
        if name and values and len(between) <= _FAR and not any(t.lower == "and" for t in between):
            found.append((name, values))
    return found


def _number_of(reading: Reading, name: Name) -> frozenset[Decimal]:
    """The values of the first number behind a name, before the next one."""
    end = next((n.start for n in reading.names if n.start >= name.end), len(reading.text))
    numbers = [n for n in read_numbers(reading.text) if name.end <= n.start < end]
    return frozenset(numbers[0].values) if numbers else frozenset()
