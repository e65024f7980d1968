"""Whether a sentence holds the kind of thing that a question asks for: a person for *who*, a date for *when*, a place
for *where*, a cause for *why*, the words of whom it names for *what did … say*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.answers.actors import countries, name_keys
from service.answers.evidence import Line
from service.answers.grammar.reading import Token, read
from service.answers.grammar.speech import attributions
from service.answers.grammar.speech_words import SAYS
from service.answers.grammar.verbs import governors_of_date, verbs
from service.answers.likeness import Likeness
from service.answers.predicate import is_verb
from service.answers.question import AUXILIARIES, SAYING, Question
from service.answers.sayings import says
from service.domain import DateMention
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.names import Name, metonyms, read_names
from service.language.thesaurus import COMMUNICATION, field, is_a, lemmas
from service.language.words import words

_CAUSE = re.compile(
    r"\b(?:because|since|due to|owing to|as a result|in order to|so that|in response|thanks to|caused|cited|citing|"
    r"blamed?|blaming|reasons?|prompted|led to|over (?:fears|concerns)|amid|after|following|to (?:avoid|prevent|"
    r"protect|support|help|allow|repel|counter|save))\b", re.I)
_PLACE_BEFORE = re.compile(
    r"(?<!according )\b(?:in|at|near|off|on|from|to|into|outside|inside|across|between|around|of)\s+(?:the\s+)?"
    r"(?:(?:city|town|village|island|port|region|province|county|strait|state)\s+of\s+)?$", re.I)

_TO_DATE = re.compile(r"[\s,]*+(?:in (?:an?|its|his|her|their)\s(?:\w+\s){1,3})?(?:on|late|early|in|at|last|by)?[\s,]*",
                      re.I)
_APPOSITION = re.compile(r",?\s+(?:who|which)\b|,\s+(?:\d|[a-z])|\s+(?:is|was|of|from)\b|\s*\(")
"""What stands behind a name where the sentence says who it is."""
_DESCRIBED = 0.7
"""How well a line fits that tells who by a common noun, where no name stands beside the deed."""
_UNNAMED = 0.3
"""How well a line fits that does not name whom the question asks whether he said something."""
_SAME_DEED = 0.9
_BESIDE = 70
"""So many characters before its verb the subject may stand."""
_BACK = re.compile(r"[“\"]?(?:He|She|It|They|This|That|These|Those|His|Her|Their|Its)\b")


def kind_fits(question: Question, line: Line, likeness: Likeness) -> float | None:
    """How well a line holds the kind of thing asked for, 0 to 1; None where it can't be the answer at all."""
    text = line.text
    if question.kind == "who_is":
        return _identifies(question, text)
    if question.kind in ("who", "which") and _wants_name(question):
        text = f"{line.before} {text}" if points_back(text) else text
        fresh = new_names(question, text)
        if question.kind == "who":
            if _named_as_asked(question, text, fresh, likeness):
                return 1.0
            return _DESCRIBED if _described(question, line.text, likeness) else 0.0 if fresh else None
        return _one_of_the_kind(question, text, fresh)
    if question.kind == "when":
        return _dated(question, line, likeness)
    if question.kind == "where":
        fresh = new_names(question, text)
        return 1.0 if any(_placed(text, name) for name in fresh) else 0.2 if fresh else 0.0
    if question.kind == "why":
        return 1.0 if _CAUSE.search(text) else 0.2
    if question.kind == "what_said":
        return says(question, line)
    if question.kind == "yes_no":
        return _of_the_actor(question, line)
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


def _described(question: Question, text: str, likeness: Likeness) -> bool:
    """Whether a text tells by a common noun who did what is asked: "some *analysts* doubt", "two *pilots* died"."""
    asked = [w.lower for w in question.predicate if w.lower not in AUXILIARIES]
    told = [w for w in words(text) if w.content]
    known = {w.stem for w in question.words}
    for i, word in enumerate(told):
        if not any(likeness.words(verb, word.lower) >= _SAME_DEED for verb in asked):
            continue
        before = [w for w in told[:i] if word.start - w.end <= _BESIDE and w.text.islower() and w.stem not in known]
        if any(is_a(w.lower, "person", 6) and not is_verb(w, None) for w in before):
            return True
    return False


def _dated(question: Question, line: Line, likeness: Likeness) -> float | None:
    """Whether a sentence has a date, and not only one on which somebody said what it tells, or on which it tells
    something else than the deed asked for; None without one.
    """
    dates = read_dates(line.text, line.source.published)
    if not dates:
        return None
    speech = any(w.lower in SAYS | SAYING for w in question.words)
    own = [date for date in dates if speech or not _of_speech(date, line.text)]
    asked = [w.lower for w in question.predicate if w.lower not in AUXILIARIES]
    return 1.0 if any(not asked or not _of_another_deed(asked, date, line.text, likeness) for date in own) else 0.2


def _of_another_deed(asked: Sequence[str], date: DateMention, text: str, likeness: Likeness) -> bool:
    """Whether a text tells the deed asked for by a verb, and the date hangs on other verbs ("… sent soldiers, after a
    pact *signed last June*").
    """
    reading = read(text)
    hangs = governors_of_date(reading, date)

    def told(verbs_: Sequence[Token]) -> bool:
        return any(likeness.words(word, verb.lower) >= _SAME_DEED for word in asked for verb in verbs_)

    return bool(hangs) and not told(hangs) and told([verb for verb in verbs(reading) if verb not in hangs])


def _of_speech(date: DateMention, text: str) -> bool:
    """Whether a date says when somebody spoke: "On Monday, police said that …", "police said on Monday that …", not
    "Hale, who was mayor in 2000, said …".
    """
    reading = read(text)
    for one in attributions(reading):
        start, cue = reading.tokens[min(one.frame)].start, one.cue
        within = any(start <= verb.start < date.start for verb in verbs(reading))
        opens = not one.trailing and date.end <= start and not text[date.end : start].strip(" ,")
        if opens or (start <= date.start < cue.start and not within) or (
                date.start >= cue.end and _TO_DATE.fullmatch(text, cue.end, date.start)):
            return True
    return False


def adds(question: Question, line: Line, told: Sequence[Line]) -> bool:
    """Whether a line has something of the kind asked for that the lines told before it have not: another name for
    *who* and *where*, another date for *when*; for other questions anything.
    """
    if question.kind == "when":
        known = {date.text.lower() for other in told for date in read_dates(other.text)}
        return any(date.text.lower() not in known for date in read_dates(line.text) if not _of_speech(date, line.text))
    if question.kind in ("who", "where"):
        names = {key for other in told for name in read_names(other.text) for key in name.words}
        return any(question.kind == "who" or _placed(line.text, name) for name in new_names(question, line.text)
                   if not names.intersection(name.words))
    if question.kind == "what_said":
        return says(question, line) is not None
    return True


def _one_of_the_kind(question: Question, text: str, fresh: Sequence[Name]) -> float:
    """Whether a text has one of what "which …" asks for: a country, a name, or a noun that WordNet files under it."""
    head = question.thing[-1].lower
    if {"country", "nation"} & set(lemmas(head, "n")):
        return 1.0 if any(country_of(key) for name in fresh for key in name.words) else 0.2
    if is_a(head, "location") and fresh:
        return 1.0 if any(_placed(text, name) for name in fresh) else 0.5
    if is_a(head, "person") and fresh:
        return 1.0 if any(map(person, fresh)) else 0.4
    asked = {w.stem for w in question.words}
    if any(is_a(w.lower, head, 4) for w in words(text)
           if w.content and w.stem not in asked and w.lower.islower() and not w.text[0].isupper()):
        return 1.0
    if any(_beside(text, name, head) for name in fresh):
        return 1.0
    return 0.8 if fresh else 0.2


def _beside(text: str, name: Name, head: str) -> bool:
    """Whether a name stands right beside a noun: "the DART mission", "Tropical Storm Nicole", "the ferry Brisa"."""
    around = (*words(text[max(0, name.start - 20) : name.start])[-1:], *words(text[name.start : name.end + 20]))
    return len(name.words) > 0 and any(set(lemmas(w.lower, "n")) & set(lemmas(head, "n")) for w in around[: len(
        words(name.text)) + 2])


def _named_as_asked(question: Question, text: str, names: Sequence[Name], likeness: Likeness) -> bool:
    """Whether a name stands next to a word that says what the question asks of the person: the role or the deed."""
    named = {i for n in question.names for i in range(n.start, n.end)}
    content = [w for w in question.content if w.start not in named]
    asked = [w.lower for w in question.predicate] or [
        w.lower for w in content if w.start <= content[0].end + 1]
    told = [w for w in words(text) if w.content]
    for name in names:
        close = [w.lower for w in told
                 if name.start - 45 <= w.start < name.start or name.end <= w.start <= name.end + 45]
        if all(country_of(key) or metonyms(key) for key in name.words):
            continue
        if any(likeness.words(a, w) >= 0.6 for a in asked for w in close):
            return True
    return not asked


def points_back(text: str) -> bool:
    """Whether a sentence opens with a word that the one before it explains ("He will …")."""
    return _BACK.match(text) is not None


def person(name: Name) -> bool:
    """Whether a name can be a person's by its form: two words or more, none a country."""
    return len(name.words) > 1 and not any(country_of(key) or metonyms(key) for key in name.words)


def _wants_name(question: Question) -> bool:
    return question.kind == "who" or bool(question.thing)


def new_names(question: Question, text: str) -> list[Name]:
    """The names of a text of which the question has no word."""
    asked = {key for name in question.names for key in name.words}
    return [name for name in read_names(text) if not set(name.words) & asked]


def _identifies(question: Question, text: str) -> float | None:
    """Whether a sentence says who somebody is: the name beside a role, an apposition, a "who"."""
    if not question.names:
        return 0.5
    keys = question.names[-1].words
    for name in read_names(text, question.text):
        if keys[-1] not in name.words:
            continue
        after, before = text[name.end : name.end + 60], text[max(0, name.start - 60) : name.start]
        if _APPOSITION.match(after):
            return 1.0
        role = words(before)[-1:]
        if role and role[0].content and role[0].lower not in AUXILIARIES and before.rstrip()[-1:].isalpha():
            return 0.9
        return 0.3
    return None


def _placed(text: str, name: Name) -> bool:
    """Whether a name stands as a place, behind a preposition."""
    return _PLACE_BEFORE.search(text[max(0, name.start - 40) : name.start]) is not None
