"""Whether a sentence holds the kind of thing that a question asks for: a person for *who*, a date for *when*, a place
for *where*, a cause for *why*, the words of whom it names for *what did … say*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.answers.actors import countries, name_keys
from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.lines.causes import cause_fit
from service.answers.lines.doers import identifies, new_names, person, told_who
from service.answers.lines.occasion import come_true, dated, noun_first, of_speech, placed, sited
from service.answers.lines.sayings import says
from service.answers.question import AUXILIARIES, MONEY, Question
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.figures import read_figures
from service.language.names import Name, metonyms, read_names
from service.language.thesaurus import COMMUNICATION, field, frequency, is_a, lemmas
from service.language.words import Word, words

_UNNAMED = 0.3
"""How well a line fits that does not name whom the question asks whether he said something."""
_SAID = 0.65
"""So near is a word that tells of the thing a yes-or-no question names."""
_AMOUNTS = MONEY | frozenset("rise increase raise cut reduction sentence rate percentage discount share speed "
                             "magnitude jackpot prize damages ransom bail".split())
"""Nouns whose value is a figure."""
_TOWNS = frozenset(["city", "town", "capital", "place"])
_LIGHT_TAKING, _TAKEN = frozenset(["take", "takes", "taking", "took"]), frozenset(["place", "part", "effect"])
_BACK = re.compile(r"[“\"]?(?:He|She|It|They|This|That|These|Those|His|Her|Their|Its)\b")


def kind_fits(question: Question, line: Line, likeness: Likeness) -> float | None:
    """How well a line holds the kind of thing asked for, 0 to 1; None where it can't be the answer at all."""
    text = line.text
    if question.kind == "who_is":
        return identifies(question, text)
    if question.kind in ("who", "which") and _wants_name(question):
        text = f"{line.before} {text}" if points_back(text) else text
        if question.kind == "who":
            return told_who(question, text, line.text, likeness)
        return _one_of_the_kind(question, text, new_names(question, text))
    if question.kind == "when":
        return dated(question, line, likeness) if come_true(question, text, likeness) else None
    if question.kind == "where":
        return sited(question, text, new_names(question, text), likeness)
    if question.kind == "why":
        return cause_fit(question, text, likeness)
    if question.kind == "what_said":
        return says(question, line)
    if question.kind == "yes_no":
        told = _told_of_all(question, line, likeness) and come_true(question, text, likeness)
        return _of_the_actor(question, line) if told else None
    if question.kind == "what" and question.thing and lemmas(question.thing[-1].lower, "n"):
        return _one_of_the_kind(question, text, ())
    return 0.5


def _of_the_actor(question: Question, line: Line) -> float | None:
    """Whether a line can tell whether somebody did something: of what X admits or denies it has X's words, of another
    country's deeds it tells nothing.
    """
    actors = {key for key in question.agent if country_of(key)}
    actors |= {other for key in actors for other in metonyms(key)}
    if actors and countries(line.text) and not actors & name_keys(f"{line.before} {line.text}"):
        return None
    verbs = [w for w in question.predicate if w.lower not in AUXILIARIES][:1]
    if question.agent and verbs and field(verbs[0].lower, "v") == COMMUNICATION:
        if says(question, line) is not None:
            return 1.0
        return None if question.agent & name_keys(line.text) else _UNNAMED
    return 0.5


def _told_of_all(question: Question, line: Line, likeness: Likeness) -> bool:
    """Whether a line, what stands beside it, or its title speaks of each thing that a yes-or-no question names:
    that coal is supplied tells nothing of weapons.
    """
    named = {i for name in question.names for i in range(name.start, name.end)}
    here = [w.lower for w in words(line.text) if w.content]
    beside = {w.stem for w in words(f"{line.before} {line.source.document_title or ''}")}
    before: Word | None = None
    for word in question.words:
        idiom = before is not None and before.lower in _LIGHT_TAKING and word.lower in _TAKEN
        idiom = idiom or (before is not None and before.start in named and is_a(word.lower, "person"))
        before = word
        if not word.content or word.start in named or word in question.predicate or idiom or word.stem in beside:
            continue
        if not (word.lower in here if word.text[0].isdigit() else _thing_told(word.lower, here, likeness)):
            return False
    return True


def _thing_told(word: str, here: Sequence[str], likeness: Likeness) -> bool:
    """Whether one of a line's words speaks of a thing: a person by a person, money by money; verbs are let pass."""
    if _AMOUNTS & set(lemmas(word, "n")) and any(_AMOUNTS & set(lemmas(told, "n")) for told in here):
        return True
    if _adjective_first(word):
        return likeness.best(word, here) >= _SAID
    if not noun_first(word):
        return True
    person = is_a(word, "person", 4)
    alike = [told for told in here if not _adjective_first(told) and (not person or is_a(told, "person"))]
    return likeness.best(word, alike) >= _SAID


def _adjective_first(word: str) -> bool:
    return frequency(word, "a") > frequency(word, "n") + frequency(word, "v")


def adds(question: Question, line: Line, told: Sequence[Line]) -> bool:
    """Whether a line has something of the kind asked for that the lines told before it have not: another name for
    *who* and *where*, another date for *when*; for other questions anything.
    """
    if question.kind == "when":
        known = {date.text.lower() for other in told for date in read_dates(other.text)}
        return any(date.text.lower() not in known for date in read_dates(line.text) if not of_speech(date, line.text))
    if question.kind in ("who", "where"):
        names = {key for other in told for name in read_names(other.text) for key in name.words}
        return any(question.kind == "who" or placed(line.text, name) for name in new_names(question, line.text)
                   if not names.intersection(name.words))
    if question.kind == "what_said":
        return says(question, line) is not None
    return True


def _one_of_the_kind(question: Question, text: str, fresh: Sequence[Name]) -> float:
    """Whether a text has one of what "which …" asks for: a country, a name, or a noun that WordNet files under it."""
    head = question.thing[-1].lower
    if _AMOUNTS & set(lemmas(head, "n")) and any(figure.kind != "count" for figure in read_figures(text)):
        return 1.0
    if {"country", "nation"} & set(lemmas(head, "n")):
        return 1.0 if any(country_of(key) for name in fresh for key in name.words) else 0.2
    if is_a(head, "location", 6) and noun_first(head) and fresh:
        town = bool(_TOWNS & set(lemmas(head, "n")))
        fresh = [name for name in fresh
                 if not any(country_of(key) or (not town and metonyms(key)) for key in name.words)]
        return 1.0 if any(placed(text, name) or _beside(text, name, head) for name in fresh) else 0.5 if fresh else 0.2
    if is_a(head, "person") and fresh:
        return 1.0 if any(map(person, fresh)) else 0.4
    asked = {w.stem for w in question.words}
    if any(is_a(w.lower, head, 4) for w in words(text)
           if w.content and w.stem not in asked and w.lower.islower() and not w.text[0].isupper()):
        return 1.0
    if any(_beside(text, name, head) for name in fresh):
        return 1.0
    return 0.6 if fresh else 0.2


def _beside(text: str, name: Name, head: str) -> bool:
    """Whether a name stands right beside a noun: "the DART mission", "Tropical Storm Nicole", "the ferry Brisa"."""
    around = (*words(text[max(0, name.start - 20) : name.start])[-1:], *words(text[name.start : name.end + 20]))
    return len(name.words) > 0 and any(set(lemmas(w.lower, "n")) & set(lemmas(head, "n")) for w in around[: len(
        words(name.text)) + 2])


def points_back(text: str) -> bool:
    """Whether a sentence opens with a word that the one before it explains ("He will …")."""
    return _BACK.match(text) is not None


def _wants_name(question: Question) -> bool:
    return question.kind == "who" or bool(question.thing)
