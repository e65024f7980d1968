"""When and where what a question asks about was done: whether a date or a place in a sentence is that deed's, and
whether the sentence tells the deed as done at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from service.answers.evidence import Line
from service.answers.grammar.reading import Token, read
from service.answers.grammar.speech import attributions
from service.answers.grammar.speech_words import SAYS
from service.answers.grammar.verbs import governors, verbs
from service.answers.likeness import Likeness
from service.answers.question import AUXILIARIES, SAYING, Question
from service.domain import DateMention
from service.language.dates import read_dates
from service.language.names import Name
from service.language.thesaurus import TIME, field, frequency, is_a, lemmas
from service.language.words import stem, words

SAME_DEED = 0.9
"""So near is a word that tells the same deed."""
_NOT = re.compile(r"not|never|without|cannot|nor|neither|\w+n['’]t", re.I)
_DONE = frozenset(["did", "has", "have", "had"])
_MAY = frozenset(["may", "might", "could", "would", "should", "can", "will"])
_REFUSING = frozenset(["decline", "refuse", "fail", "manage", "decide", "agree", "continue", "begin"])
"""Base forms of verbs behind which "to" and a verb tell what was done, or was not."""
_NEAR_DEED = 0.75
_LIGHT = frozenset("be have do take come happen occur begin start".split())
"""Base forms of verbs that tell when or where the deed was that a noun tells ("the release *came* on Friday")."""
_PLACE_BEFORE = re.compile(
    r"(?<!according )\b(?:in|at|near|off|on|from|to|into|outside|inside|across|between|around|of)\s+(?:the\s+)?"
    r"(?:(?:city|town|village|island|port|region|province|county|strait|state)\s+of\s+)?$", re.I)
_WITHIN = re.compile(r"\b(?:in|at|near|from|to)\s+(?:the\s+)?(?:[A-Z][\w’'-]+\s?){1,3},\s+(?:in\s+(?:the\s+)?)?$")
"""What stands before a place that another one lies in: "in Altadena, *California*"."""
_PLACE_NOUN = re.compile(r"\b(?:in|at|near|on|to|into|inside|outside|under|from)\s+(?:(?:the|an?|its|their|his|her|"
                         r"two|three|several|some)\s+)?((?:[a-z-]+\s+){0,1}[a-z-]+)")
_COMMONLY_PLACED = 0.8
_TO_DATE = re.compile(r"[\s,]*+(?:in (?:an?|its|his|her|their)\s(?:\w+\s){1,3})?(?:on|late|early|in|at|last|by)?[\s,]*",
                      re.I)
THAT_DAY = re.compile(r"\b(?:that|the same) (?:same )?(?:day|morning|afternoon|evening|night|week|month|year)\b", re.I)
"""Words by which a sentence takes its date from the one before."""
_OWNED = re.compile(r"(?: (?:night|morning|afternoon|evening))?['’]s\s((?:[\w-]+\s){0,3}[\w-]+)")
_HAPPENING = frozenset("happen occur take be".split())
_ATTRIBUTE = re.compile(r"(?:['’]s?)?[ \u00a0](?:[a-z]+[ \u00a0])??([a-z]+)\b")
"""The noun behind a date that only says which one it is."""
_NEAR = 8
"""So many words, names aside, before a date or place the noun that it belongs to may stand."""


def deeds(question: Question) -> list[str]:
    """The verbs of a question, in lower case, that say what was done."""
    return [w.lower for w in question.predicate if w.lower not in AUXILIARIES]


def come_true(question: Question, text: str, likeness: Likeness) -> bool:
    """Whether a text tells the deed asked for as done or as not done, where it is asked whether or when it was done:
    not as what is wished ("to win her *release*"), expected or may be.
    """
    asked = [verb for verb in deeds(question) if not _LIGHT & set(lemmas(verb, "v"))]
    if not asked or not any(w.lower in _DONE for w in question.words[:2]):
        return True
    reading = read(text)
    verbal = verbs(reading)
    telling = [t for t in reading.tokens if any(likeness.words(verb, t.lower) >= _NEAR_DEED for verb in asked)]
    for token in telling:
        before = [t.lower for t in reading.tokens[max(0, token.index - 4) : token.index]]
        refused = "not" in before or any(_REFUSING & set(lemmas(word, "v")) for word in before)
        wished = {"to"} & set(before[-2:]) if token in verbal else {"to", "for"} & set(before)
        if refused or not (wished or _MAY & set(before)):
            return True
    return not telling


def dated(question: Question, line: Line, likeness: Likeness) -> float | None:
    """Whether a sentence has a date, and not only one on which somebody said what it tells, or on which it tells
    something else than the deed asked for; None without one.
    """
    dates = read_dates(line.text, line.source.published)
    if not dates:
        return 1.0 if THAT_DAY.search(line.text) and read_dates(line.before, line.source.published) else None
    speech = any(w.lower in SAYS | SAYING for w in question.words)
    known = {w.stem for w in question.content}
    own = [date for date in dates if (speech or not of_speech(date, line.text))
           and _of_the_asked(date, line.text, known, deeds(question), likeness)]
    owned = [words(match[1]) for date in own if (match := _OWNED.match(line.text, date.end))]
    if any(known & {w.stem for w in noun} for noun in owned):
        return 1.0
    asked = deeds(question) if not _happens(question) else [
        w.lower for w in question.content if w not in question.predicate and noun_first(w.lower)]
    return 1.0 if any(not asked or not _of_another_deed(asked, date.start, date.end, line.text, likeness)
                      for date in own) else None


def _happens(question: Question) -> bool:
    """Whether a question's verb says only that something was: "when did the quake *happen*"."""
    return all(_HAPPENING & set(lemmas(w.lower, "v")) for w in question.predicate)


def _of_the_asked(date: DateMention, text: str, known: Collection[str], asked: Sequence[str], likeness: Likeness,
                  ) -> bool:
    """Whether a date stands by itself, or before a noun that the question names or that tells its deed: "Monday night's
    *drawing*", not "the September *issue*".
    """
    match = _ATTRIBUTE.match(text, date.end)
    if match is None or not noun_first(match[1].lower()) or field(match[1].lower()) == TIME:
        return True
    return stem(match[1].lower()) in known or any(likeness.words(word, match[1].lower()) >= SAME_DEED for word in asked)


def _of_another_deed(asked: Sequence[str], start: int, end: int, text: str, likeness: Likeness, *,
                     at_place: bool = False) -> bool:
    """Whether a text tells the deed asked for, and a date or place in it hangs on other verbs ("… sent soldiers, after
    a pact *signed last June*"). One right behind or before the noun that tells the deed hangs on that ("the *release*
    on *Friday*").
    """
    reading = read(text)
    inside = [token for token in reading.tokens if start <= token.start < end]
    hangs = governors(reading, inside[0], inside[-1]) if inside else ()

    def tells(token: Token) -> bool:
        return any(likeness.words(word, token.lower) >= SAME_DEED for word in asked)

    if not hangs or any(map(tells, hangs)):
        return False
    verbal = verbs(reading)
    telling = [token for token in reading.tokens if token not in inside and tells(token)]
    if any(token in verbal for token in telling):
        return True
    apart = [verb.index for verb in verbal]
    near = [token for token in telling
            if sum(t.name is None for t in reading.tokens[token.index : inside[0].index]) <= _NEAR
            and sum(t.name is None for t in reading.tokens[inside[-1].index + 1 : token.index]) <= 1
            and not any(min(token.index, inside[0].index) < at < max(token.index, inside[-1].index) for at in apart)]
    of_subject = [token for token in telling if token.index < hangs[0].index < inside[0].index and not any(
        token.index < at < hangs[0].index for at in apart)]
    light = all(_LIGHT & set(lemmas(verb.lower, "v")) for verb in hangs)
    return bool(telling) and not near and not light and not (of_subject and not at_place)


def of_speech(date: DateMention, text: str) -> bool:
    """Whether a date says when somebody spoke: "On Monday, police said that …", "police said on Monday that …", not
    "Hale, who was mayor in 2000, said …".
    """
    reading = read(text)
    for one in attributions(reading):
        start, cue = reading.tokens[min(one.frame)].start, one.cue
        within = any(start <= verb.start < date.start for verb in verbs(reading))
        rest = text[reading.tokens[max(one.frame)].end :].strip(" .,")
        opens = not one.trailing and date.end <= start and not text[date.end : start].strip(" ,") and rest != ""
        if opens or (start <= date.start < cue.start and not within) or (
                date.start >= cue.end and _TO_DATE.fullmatch(text, cue.end, date.start)):
            return True
    return False


def sited(question: Question, text: str, fresh: Sequence[Name], likeness: Likeness) -> float:
    """How surely a text tells where the deed asked for was done, by one of the names that the question has not, or by
    a common noun.
    """
    asked = deeds(question)
    if any(placed(text, name) and not (asked and _of_another_deed(
            asked, name.start, name.end, text, likeness, at_place=True)) for name in fresh):
        return 1.0
    return max(_place_told(text, asked, likeness), 0.2 if fresh else 0.0)


def _place_told(text: str, asked: Sequence[str], likeness: Likeness) -> float:
    """How well a text tells by a common noun where the deed asked for is done: "sent to a *camp*"; 0.0 for none."""
    reading = read(text)
    deeds = [t for t in reading.tokens if any(likeness.words(word, t.lower) >= SAME_DEED for word in asked)]
    others = [verb.start for verb in verbs(reading) if verb not in deeds]
    for match in _PLACE_NOUN.finditer(text):
        noun = words(match[1])[-1].lower
        before = [deed.end for deed in deeds if deed.end <= match.start()]
        if before and not any(before[-1] < start < match.start() for start in others) and (
                is_a(noun, "location", 6) or is_a(noun, "structure", 6)):
            return _COMMONLY_PLACED
    return 0.0


def placed(text: str, name: Name) -> bool:
    """Whether a name stands as a place, behind a preposition."""
    before = text[max(0, name.start - 60) : name.start]
    return _PLACE_BEFORE.search(before[-40:]) is not None or _WITHIN.search(before) is not None


def noun_first(word: str) -> bool:
    """Whether a lower-case word is a noun first of all."""
    nouns = frequency(word, "n")
    return bool(lemmas(word, "n")) and nouns >= max(frequency(word, "v"), frequency(word, "a"))


def undone(question: Question, text: str, likeness: Likeness) -> bool:
    """Whether a text says only that the deed was not done, of which the question asks who, which, when or where."""
    if question.kind not in ("who", "which", "when", "where") or any(
            _NOT.fullmatch(w.text) for w in question.words):
        return False
    told = words(text)
    deeds = [i for i, w in enumerate(told) if w.content and lemmas(w.lower, "v") and any(
        likeness.words(verb.lower, w.lower) >= SAME_DEED for verb in question.predicate)]
    return bool(deeds) and all(any(_NOT.fullmatch(w.text) for w in told[max(0, i - 3) : i]) for i in deeds)
