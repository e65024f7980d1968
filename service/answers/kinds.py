"""Whether a sentence holds the kind of thing that a question asks for: a person for *who*, a date for *when*, a place
for *where*, a cause for *why*, the words of whom it names for *what did … say*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.answers.actors import name_keys
from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.question import AUXILIARIES, SAYING, Question
from service.answers.reading import read
from service.answers.speaker import speaker_of
from service.answers.speech import attributions
from service.answers.speech_words import SAYS
from service.domain import DateMention
from service.language.countries import country_of, seat_of
from service.language.dates import read_dates
from service.language.names import Name, metonyms, read_names
from service.language.thesaurus import is_a, lemmas
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
_BACK = re.compile(r"[“\"]?(?:He|She|It|They|This|That|These|Those|His|Her|Their|Its)\b")
_PERSONAL = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
"""What a government's seat is never called."""
_QUOTED = re.compile(r"[“\"]([^“”\"]*)[”\"]")
_MARK = re.compile(r"[“”\"]")
_FEWEST_SAID = 5
"""Words in quotation marks that are somebody's words rather than a term."""
_ABOVE = 400
"""So many characters above a quotation whose speaker is a pronoun may name who speaks."""


def kind_fits(question: Question, line: Line, likeness: Likeness) -> float | None:
    """How well a line holds the kind of thing asked for, 0 to 1; None where it can't be the answer at all."""
    text = line.text
    if question.kind == "who_is":
        return _identifies(question, text)
    if question.kind in ("who", "which") and _wants_name(question):
        text = f"{line.before} {text}" if points_back(text) else text
        fresh = new_names(question, text)
        if question.kind == "who":
            return 1.0 if _named_as_asked(question, text, fresh, likeness) else 0.0 if fresh else None
        return _one_of_the_kind(question, text, fresh)
    if question.kind == "when":
        return _dated(question, line)
    if question.kind == "where":
        fresh = new_names(question, text)
        return 1.0 if any(_placed(text, name) for name in fresh) else 0.2 if fresh else 0.0
    if question.kind == "why":
        return 1.0 if _CAUSE.search(text) else 0.2
    if question.kind == "what_said":
        return _said(question, line)
    if question.kind == "what" and question.thing and lemmas(question.thing[-1].lower, "n"):
        return _one_of_the_kind(question, text, ())
    return 0.5


def _dated(question: Question, line: Line) -> float | None:
    """Whether a sentence has a date, and not only that on which somebody said what it tells; None without one."""
    dates = read_dates(line.text, line.source.published)
    if not dates:
        return None
    speech = any(w.lower in SAYS | SAYING for w in question.words)
    told = speech or not all(_of_speech(date, line.text) for date in dates)
    return 1.0 if told else 0.2


def _of_speech(date: DateMention, text: str) -> bool:
    """Whether a date says when somebody spoke: "On Monday, police said that …", "police said on Monday that …"."""
    reading = read(text)
    for one in attributions(reading):
        start, cue = reading.tokens[min(one.frame)].start, one.cue
        opens = not one.trailing and date.end <= start and not text[date.end : start].strip(" ,")
        if opens or start <= date.start < cue.start or (
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
        return (_said(question, line) or 0.0) >= 0.8
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


def _said(question: Question, line: Line) -> float | None:
    """Whether the sentence is told as the words of whom the question names, or of who holds the office it names."""
    speaker = speaker_of(line.text, line.after)
    asked = {key for name in question.names for key in name.words}
    office = _asked_speaker(question)

    def has(text: str) -> bool:
        return bool(asked & name_keys(text)) or bool(office & {w.stem for w in words(text)})

    if speaker is not None and has(speaker.text):
        return 1.0
    around = f"{line.before} {line.text}"
    quoted = speaker is None and _speaks(line.text)
    personal = _PERSONAL.search(_QUOTED.sub(" ", line.text)) is not None
    if quoted and personal and asked and all(seat_of(name.text) for name in question.names):
        quoted = has(line.text)
    above = line.article.text[max(0, line.start - _ABOVE) : line.start]
    if (quoted and has(f"{above} {line.text} {line.after}")) or (speaker is not None and office and has(around)):
        return 0.8
    return 0.3 if (speaker is not None and not office) or has(line.text) else 0.1


def _speaks(text: str) -> bool:
    """Whether a sentence holds somebody's words, or begins or ends them: a few words in quotation marks, without a word
    of speech beside them, are a name or a term."""
    quoted = _QUOTED.findall(text)
    rest = _QUOTED.sub(" ", text)
    return (bool(_MARK.search(rest)) or any(len(one.split()) >= _FEWEST_SAID for one in quoted)
            or (bool(quoted) and any(word.lower in SAYS for word in words(rest))))


def _asked_speaker(question: Question) -> frozenset[str]:
    """The stems of the office that the question says spoke ("what did the *mayor* say"); none where it names one."""
    said = next((w.start for w in question.words if w.lower in SAYING), 0)
    named = {i for name in question.names for i in range(name.start, name.end)}
    if any(start < said for start in named):
        return frozenset()
    return frozenset(w.stem for w in question.content if w.start < said and lemmas(w.lower, "n"))
