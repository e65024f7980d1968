"""What a figure counts that has no noun of its own: the noun said of it, that of the figure before, that of the
sentence before ("the union *put the number at* 2,400").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.answers.evidence import Line
from service.answers.figures.misfits import states
from service.answers.figures.standing import part_of_them, total, whole_ahead
from service.answers.predicate import predicate_of
from service.domain import Figure
from service.language.figures import read_figures
from service.language.nouns import is_plural
from service.language.thesaurus import frequency, lemmas
from service.language.words import words

_COUNTS = ("figure|number|toll|total|tally|count|crowd|turnout|attendance|estimate|sum|cost|bill|loss|damage|amount|"
           "price")
_PUT = re.compile(
    rf"\b(?:put|puts|putting|placed?|estimate[sd]?|set|gave|gives?|giving|speaks?|spoke|talks?|talked|cited?|"
    rf"reckon\w*)\s+"
    rf"(?:(?:it|this|that|the|an?|its|their|his|her)\s+)?(?:(?:[^\W\d_]+\s+)?(?:{_COUNTS})s?\s+)?(?:at|of|as)\s+$|"
    rf"\b(?:its|their|his|her|the|that|this|whose|own)\s+(?:{_COUNTS})\s+(?:of|is|was|stood at|to be)\s+$", re.I)
_IS = re.compile(r"\s+(?:of\s+(?:them|those|whom)\s+)?(?:is|are|was|were)\s+(?:[^\W\d_]+ly\s+)?([^\W\d_]+)\b", re.I)
_OF_THE = re.compile(r"\s+(?:out\s+)?of\s+(?:(?:the|its|their|those|these|some)\s+)?", re.I)
_NUMBER_OF = re.compile(r"\b(?:number|count|tally|total|estimate)s?\s+of\s+(?!the\s+(?:number|total|count)\b)"
                        r"((?:[^\W\d_][\w’'-]*\s+){0,2}[^\W\d_]+)", re.I)
_HELD = re.compile(r"(?<![\w’'-])((?:[^\W\d_][\w’'-]*+\s++){0,3}[^\W\d_][\w’'-]*+)\s++of\s++$")
_ON = re.compile(r"(?:\b(?:and|or|with|from|to|against|plus|including)|,)\s+(?:an?\s+|another\s+|the\s+|still\s+)?$",
                 re.I)
_NO_THING = frozenset("number total toll count tally estimate sum figure part most some many all none half majority "
                      "rest third quarter percent share out one each".split())
_REACH = 90
"""So many characters before a figure may say what it counts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure counts: its noun phrase, the verbs said of it, what those counted hold ("*passport numbers* of
    410,000 people"); `borrowed` is the sentence that says so, where it isn't the figure's own.
    """

    thing: tuple[str, ...]
    predicate: tuple[str, ...]
    held: tuple[str, ...] = ()
    borrowed: str = ""


def counted_by(figure: Figure, line: Line) -> Counted:
    """What one figure of a line counts."""
    text = line.text
    verbs = tuple(w.lower for w in predicate_of(figure, text))
    held = _held(figure, text)
    thing = tuple(w.lower for w in words(figure.thing or _shared(figure, text)) if w.content)
    if thing or figure.kind not in ("count", "money", "percent"):
        return Counted(thing or _unit(figure), verbs, held)
    if _PUT.search(_ahead(figure, text)) and (lent := _last(read_figures(line.before), figure)):
        own = tuple(w.lower for w in words(lent.thing or "") if w.content)
        return Counted(own, tuple(w.lower for w in predicate_of(lent, line.before)), held, line.before)
    if figure.kind != "count":
        return Counted((), verbs, held)
    noun = _noun(figure, text)
    if part_of_them(figure, text) and (whole := _whole_before(figure, text)):
        verbs = (*verbs, *(w.lower for w in predicate_of(whole, text)))
    if fronted := whole_ahead(figure, text):
        verbs = (*verbs, *(w.lower for w in words(fronted) if states([w.lower])))
    return Counted(noun or _unit(figure), verbs, held)


def _shared(figure: Figure, text: str) -> str:
    """What a measure is of, where another of its unit beside it says so: "0.2 grams and 0.5 *of oil*"."""
    if figure.kind != "measure":
        return ""
    others = [f for f in read_figures(text) if f.thing and f.kind == "measure" and f.unit == figure.unit]
    return next((f.thing or "" for f in others if total(figure, text) or 0 <= f.start - figure.end <= 5), "")


def _unit(figure: Figure) -> tuple[str, ...]:
    return (figure.unit,) if figure.unit and figure.kind in ("count", "measure", "duration") else ()


def _last(figures: Sequence[Figure], figure: Figure) -> Figure | None:
    """The last of the figures that can be of the same thing as one without a noun."""
    return next((f for f in reversed(figures)
                 if f.kind == figure.kind and (f.kind == "count" or f.unit == figure.unit)), None)


def _ahead(figure: Figure, text: str) -> str:
    return text[max(0, figure.start - _REACH) : figure.start]


def _noun(figure: Figure, text: str) -> tuple[str, ...]:
    """What is counted by a figure without a noun, from the rest of its sentence; empty where that does not say."""
    if (of := _OF_THE.match(text, figure.number_end)) and (
            whole := next((f for f in read_figures(text) if f.start == of.end() and f.thing), None)):
        return tuple(w.lower for w in words(whole.thing or "") if w.content)
    said = _IS.match(text, figure.end)
    if said and is_plural(said[1]) and frequency(said[1].lower(), "n") >= frequency(said[1].lower(), "v"):
        return (said[1].lower(),)
    if (ahead := whole_ahead(figure, text)) and (plural := [
            w.lower for w in words(ahead) if is_plural(w.lower) and lemmas(w.lower, "n")]):
        return (plural[0],)
    numbers = list(_NUMBER_OF.finditer(text, 0, figure.start))
    if numbers:
        nouns = [w.lower for w in words(numbers[-1][1]) if w.content and lemmas(w.lower, "n")]
        plural = [noun for noun in nouns if is_plural(noun)]
        if plural:
            return (plural[0],)
    whole = _whole_before(figure, text)
    if whole and (part_of_them(figure, text) or _ON.search(text, whole.end, figure.start)):
        return tuple(w.lower for w in words(whole.thing or "") if w.content)
    return ()


def _whole_before(figure: Figure, text: str) -> Figure | None:
    """The last figure before one in its sentence that has a noun of its own."""
    before = [f for f in read_figures(text) if f.kind == "count" and f.thing and f.end <= figure.start]
    return before[-1] if before else None


def _held(figure: Figure, text: str) -> tuple[str, ...]:
    """The nouns before "of" of which a figure tells whose they are."""
    match = _HELD.search(_ahead(figure, text))
    if match is None:
        return ()
    told = [w for w in words(match[1]) if w.content]
    if not told or told[-1].lower in _NO_THING or not lemmas(told[-1].lower, "n"):
        return ()
    return tuple(w.lower for w in told)
