"""Who it was: whether a sentence names, or tells by a common noun, who did what a question asks, who holds the office
that it names, or who the person is that it names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from service.answers.grammar.reading import read
from service.answers.grammar.speech_words import SAYS
from service.answers.grammar.verbs import passive, verbs
from service.answers.likeness import Likeness
from service.answers.lines.occasion import SAME_DEED, deeds
from service.answers.predicate import is_verb
from service.answers.question import LEADERS, LEADING, Question
from service.language.countries import country_of
from service.language.names import Name, metonyms, read_names
from service.language.thesaurus import is_a, lemmas
from service.language.words import Word, stem, words

_DESCRIBED = 0.7
"""How well a line fits that tells who by a common noun, where no name stands beside the deed."""
_APPOSITION = re.compile(r",?\s+(?:who|which)\b|,\s+(?:\d|[a-z])|\s+(?:is|was|of|from)\b|\s*\(")
"""What stands behind a name where the sentence says who it is."""
_FAR = 90
"""So many characters behind a person's name the deed may stand that no one else is told to have done."""
_BESIDE = 70
"""So many characters before its verb the subject may stand."""
_POINTED = re.compile(r"\b(?:the|an?|this|that|of)\s+$")
_BY = re.compile(r"[^,;.]{0,60}?\bby\b")
_BEFORE_DOER = re.compile(r"\bby\s+(?:the\s+)?(?:\w+\s+)?$")
_AGED = re.compile(r"\d-year-old\s+$")
_IN = re.compile(r"\b(?:in|in front of|at|near|outside|inside|across)\s+(?:the\s+)?$")
_WORDS = r"(?:[\w.’'-]++\s++){0,6}?"
_OF_OFFICE = re.compile(
    rf",?\s++(?:(?:of|to|for|in|at)\s++{_WORDS}[\w.’'-]++(?:,\s++|\s++(?:is|was)\s++))?(?:is\s++|was\s++)?")
_FORMER = re.compile(r"\b(former|ex|then|late|outgoing|onetime|previous|next|longest)[\s-]+(?:[\w’'-]+\s+){0,2}$", re.I)
_WAS = re.compile(r"\b(?:was|were)\b")
_ANY_ONE = re.compile(r"\ban?\s+(?:\w+\s+)?$")
_IN_OFFICE = re.compile(
    rf"(?<!\s)(?:\s*+,\s++(?:and\s++[\w.’'-]++\s++[\w.’'-]++,\s++)?(?:who\s++(?:is|was|has been|became)\s++)?"
    rf"{_WORDS}|\s++and\s++[\w.’'-]++\s++[\w.’'-]++,\s++{_WORDS}|"
    rf"\s++(?:is|was|as|became|has been|remains)\s++{_WORDS})")
"""What stands between an office and the name behind it, and between a name and the office behind it."""


def told_who(question: Question, text: str, sentence: str, likeness: Likeness) -> float | None:
    """How surely a text tells who it was; None where it can't be the answer. `sentence` is the last of the text."""
    fresh = new_names(question, text)
    doer = _asks_doer(question)
    if doer and _only_passive(deeds(question), text, likeness):
        return None
    if _named_as_asked(question, text, fresh, likeness):
        return 1.0
    if not question.predicate and _offices(question):
        return _DESCRIBED if any(map(person, fresh)) and _told_in_part(question, text, likeness) else None
    if _described(question, sentence, likeness) or (doer and _done_by_country(question, text, fresh, likeness)):
        return _DESCRIBED
    return 0.0 if fresh and not doer else None


def _named_as_asked(question: Question, text: str, names: Sequence[Name], likeness: Likeness) -> bool:
    """Whether a name stands next to a word that says what the question asks of the person: the role or the deed."""
    named = {i for n in question.names for i in range(n.start, n.end)}
    content = [w for w in question.content if w.start not in named]
    asked = [w.lower for w in question.predicate] or [
        w.lower for w in content if w.start <= content[0].end + 1]
    told = [w for w in words(text) if w.content]
    offices = _offices(question)
    if offices and not question.predicate:
        present = any(w.lower in ("is", "are", "who's") for w in question.words[:2])
        known = {w.lower for w in question.words}
        held = {w.stem for w in offices} | {stem(noun) for w in offices if w.lower in LEADERS for noun in LEADERS}
        return any(_holds(text, name, office, present=present, known=known)
                   for name in names for office in held if not _of_countries(name))
    leading = [verb for verb in asked if LEADING & set(lemmas(verb, "v"))]
    if leading:
        led = {w.stem for w in content if w.lower not in asked}
        if any(_holds(text, name, stem(noun)) for name in names for noun in LEADERS
               if not led or led & {w.stem for w in words(text[max(0, name.start - _FAR) : name.end + _FAR])}):
            return True
        told = [w for w in told if any(set(lemmas(w.lower, "v")) & set(lemmas(verb, "v")) for verb in leading)]
    doer = _asks_doer(question) and not SAYS & set(asked)
    if doer:
        told = [w for w in told if not _POINTED.search(text[max(0, w.start - 6) : w.start])
                and not (is_a(w.lower, "person") and not is_verb(w, None))]
    for name in names:
        before = name.start if doer and not _BEFORE_DOER.search(text[max(0, name.start - 15) : name.start]) else 0
        close = [w.lower for w in told if (name.start - 45 <= w.start < name.start and not before)
                 or name.end <= w.start <= name.end + 45]
        if _of_countries(name) or (question.predicate and _IN.search(
                text[max(0, name.start - 20) : name.start])):
            continue
        if any(likeness.words(a, w) >= 0.6 for a in asked for w in close):
            return True
        if _asks_doer(question) and _opens_on(text, name, names, asked, likeness):
            return True
    return not asked


def _opens_on(text: str, name: Name, names: Sequence[Name], asked: Sequence[str], likeness: Likeness) -> bool:
    """Whether a person's name has the deed asked for behind it in its sentence, and no other new name between."""
    if not person(name):
        return False
    end = min((other.start for other in names if other.start > name.end), default=len(text))
    return any(likeness.words(word, w.lower) >= SAME_DEED for word in asked
               for w in words(text[name.end : min(end, name.end + _FAR)]) if w.content)


def _of_countries(name: Name) -> bool:
    return all(country_of(key) or metonyms(key) for key in name.words)


def _described(question: Question, text: str, likeness: Likeness) -> bool:
    """Whether a text tells by a common noun who did what is asked: "some *analysts* doubt", "two *pilots* died"."""
    asked = deeds(question)
    told = [w for w in words(text) if w.content]
    known = {w.stem for w in question.words}
    for i, word in enumerate(told):
        if not any(likeness.words(verb, word.lower) >= SAME_DEED for verb in asked) or _POINTED.search(
                text[max(0, word.start - 6) : word.start]):
            continue
        before = [w for w in told[:i] if word.start - w.end <= _BESIDE and w.text.islower() and w.stem not in known]
        if any(is_a(w.lower, "person", 6) and not is_verb(w, None) for w in before):
            return True
    return False


def _done_by_country(question: Question, text: str, fresh: Sequence[Name], likeness: Likeness) -> bool:
    """Whether a country that opens a sentence does what is asked."""
    if not fresh or not _of_countries(fresh[0]) or len(words(text[: fresh[0].start])) > 1:
        return False
    told = [w.lower for w in words(text) if w.content and w.start > fresh[0].end]
    return min((likeness.best(word, told) for word in deeds(question)), default=0.0) >= SAME_DEED


def _offices(question: Question) -> list[Word]:
    """The nouns of a question that may stand for a person: the *ambassador*, the oldest *victim*."""
    named = {i for n in question.names for i in range(n.start, n.end)}
    return [w for w in question.content if w.start not in named and is_a(w.lower, "person") and lemmas(w.lower, "n")]


def _told_in_part(question: Question, text: str, likeness: Likeness) -> bool:
    """Whether a text tells by another word what somebody is asked to be: "X *won*" for the winner."""
    told = [w.lower for w in words(text) if w.content and lemmas(w.lower, "v")]
    return any(w.stem not in {t.stem for t in words(text)} and likeness.best(w.lower, told) >= SAME_DEED
               for w in _offices(question))


def _asks_doer(question: Question) -> bool:
    """Whether a question asks who did it: "who shot X", "by whom was X shot", not "who was shot"."""
    told = [w.lower for w in question.words]
    at = next((i for i, w in enumerate(told) if w in ("who", "whom")), len(told))
    if at and at < len(told) and told[at - 1] == "by":
        return True
    behind = next((w for w in question.words[at + 1 :] if w.lower not in ("has", "have", "had", "will")), None)
    return behind is not None and behind in question.predicate


def _only_passive(asked: Sequence[str], text: str, likeness: Likeness) -> bool:
    """Whether a text tells the deed asked for only as done to somebody, and not by whom."""
    reading = read(text)
    found = [verb for verb in verbs(reading) if any(likeness.words(word, verb.lower) >= SAME_DEED for word in asked)]
    return bool(found) and all(passive(reading, verb) and not _BY.match(text, verb.end) for verb in found)


def _holds(text: str, name: Name, office: str, *, present: bool = False, known: Collection[str] = ()) -> bool:
    """Whether a text puts an office and who holds it side by side: "Ambassador X", "X, the ambassador to Y", "X is the
    ambassador", "the ambassador to Y, X"; not who held it before, where it is asked who holds it.
    """
    for word in words(text):
        before = _FORMER.search(text[max(0, word.start - 30) : word.start])
        if word.stem != office or (before is not None and before[1].lower() not in known):
            continue
        behind = word.end <= name.start
        gap = text[word.end : name.start] if behind else text[name.end : word.start]
        if present and _WAS.search(gap):
            continue
        if (_OF_OFFICE if behind else _IN_OFFICE).fullmatch(gap):
            if behind and gap.startswith(",") and _ANY_ONE.search(text[max(0, word.start - 20) : word.start]):
                continue
            return True
    return False


def identifies(question: Question, text: str) -> float | None:
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
        if role and before.rstrip()[-1:].isalpha() and (is_a(role[0].lower, "person") or _AGED.search(before)):
            return 0.9
    return None


def person(name: Name) -> bool:
    """Whether a name can be a person's by its form: two words or more, none a country."""
    return len(name.words) > 1 and not any(country_of(key) or metonyms(key) for key in name.words)


def new_names(question: Question, text: str) -> list[Name]:
    """The names of a text of which the question has no word."""
    asked = {key for name in question.names for key in name.words}
    return [name for name in read_names(text) if not set(name.words) & asked]
