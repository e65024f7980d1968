"""Who does it, and to whom: whether a sentence has the parts of what a question says exchanged.

"Russia supplies North Korea with coal" is no answer to "what does North Korea supply?". English tells who acts by word
order, so no parser is needed for a plain clause: the name before an active verb acts, and the one behind "by" a
passive one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from service.answers.predicate import is_verb
from service.answers.question import AUXILIARIES, Question
from service.language.countries import country_of
from service.language.names import Name, metonyms, read_names
from service.language.thesaurus import lemmas
from service.language.words import Word, words

_CLAUSE = re.compile(r"[;:—“”\"]|,\s|\s[-–]\s|\b(?:and|but|while|who|which|that|because|although|whereas)\b", re.I)
_BY = re.compile(r"\bby\s+(?:the\s+)?(?:[a-z-]+\s+){0,2}$")
_OWNS = re.compile(r"['’]s?\b")
_HANGS = re.compile(r"\b(?:in|on|at|by|of|from|with|to|into|for|against|between|and)\s+(?:the\s+)?$", re.I)
_NOUN_BY = re.compile(r"\s+by\s+(?:(?!(?:to|in|of|on|at|and)\b)[\w.’'-]+\s+){0,5}?$")
GIVING = frozenset("give supply provide offer deliver ship donate export sell grant lend hand propose".split())
"""Base forms of verbs by which something goes from the subject to another."""
TAKING = frozenset("accept receive take get buy import borrow refuse reject decline win".split())
"""Base forms of verbs by which something comes to the subject, or is not taken."""
_BEING = frozenset("is are was were be been being get got gets".split())


@lru_cache(maxsize=4_096)
def _converses(word: str) -> frozenset[str]:
    bases = frozenset(lemmas(word, "v"))
    return (TAKING if bases & GIVING else frozenset[str]()) | (GIVING if bases & TAKING else frozenset[str]())


def no_converses(word: str, told: Collection[str]) -> Collection[str]:
    """The words told, in lower case, less those that tell that something is taken where `word` tells that it is
    given, and the other way round.
    """
    against = _converses(word)
    return [other for other in told if against.isdisjoint(lemmas(other, "v"))] if against else told


def exchanged(question: Question, text: str) -> bool:
    """Whether a text says that somebody else did to the question's actor what the question says that this one did."""
    asked = {lemma for w in question.predicate if w.lower not in AUXILIARIES for lemma in lemmas(w.lower, "v")}
    asked |= {"give"} if not asked and any(w.lower in ("give", "gives") for w in question.words) else set()
    asked |= GIVING if asked & GIVING else set()
    if not question.agent or not asked or question.kind == "what_said":
        return False
    actors = question.agent.union(*(metonyms(key) for key in question.agent))
    names = read_names(text)
    own = [name for name in names if actors & set(name.words)]
    others = [name for name in names if not actors & set(name.words)]
    if not own or not others:
        return False
    rivals = [n for n in others if any(map(country_of, n.words))] if any(map(country_of, question.agent)) else []
    told = words(text)
    if any(_by_another(text, w, own, others, asked) for w in told):
        return True
    deeds = [i for i, w in enumerate(told) if asked & set(lemmas(w.lower, "v")) and _acting(told, i)]
    verdicts = [_roles(text, told, i, own, others, rivals) for i in deeds]
    return True in verdicts and False not in verdicts


def _by_another(text: str, noun: Word, own: list[Name], others: list[Name], asked: set[str]) -> bool:
    """Whether a noun for the deed has another's name behind "by", not the actor's ("a *visit by* the chancellor")."""
    if not noun.text.islower() or not set(lemmas(noun.lower, "n")) & asked:
        return False

    def by(name: Name) -> bool:
        return name.start > noun.end and _NOUN_BY.fullmatch(text, noun.end, name.start) is not None

    return any(map(by, others)) and not any(map(by, own))


def _acting(told: tuple[Word, ...], i: int) -> bool:
    return told[i].lower.endswith("ing") or is_verb(told[i], told[i - 1] if i else None)


def _roles(text: str, told: tuple[Word, ...], i: int, own: list[Name], others: list[Name],
           rivals: list[Name]) -> bool | None:
    """Whether another acts on the actor in the clause of a verb, or one of its `rivals` acts in its place; False where
    the actor acts, None for neither.
    """
    verb = told[i]
    start = max((m.end() for m in _CLAUSE.finditer(text, 0, verb.start)), default=0)
    end = next((m.start() for m in _CLAUSE.finditer(text, verb.end)), len(text))
    passive = not verb.lower.endswith("ing") and any(w.lower in _BEING for w in told[max(0, i - 2) : i])
    before = [n for n in own if start <= n.start < verb.start], [n for n in others if start <= n.start < verb.start]
    by = [n for n in (*own, *others) if verb.end <= n.start < end and _BY.search(text[verb.end : n.start])]
    if passive:
        return None if not by else by[0] in others and bool(before[0])
    if verb.lower.endswith("ing") and not text[start : verb.start].strip():
        subject = _subject_before(text, start, sorted((*own, *others), key=lambda n: n.start))
        before = [n for n in subject if n in own], [n for n in subject if n in others]
    if verb.lower.endswith("ing") and not any(before):
        subject = _subject_before(text, len(text), sorted((*own, *others), key=lambda n: n.start), first=True)
        before = [n for n in subject if n in own], [n for n in subject if n in others]
    if before[0]:
        return False
    behind = any(verb.end <= n.start < end and n not in by for n in own)
    return True if before[1] and (behind or before[1][0] in rivals) else None


def _subject_before(text: str, end: int, names: list[Name], *, first: bool = False) -> list[Name]:
    """The name that a clause of a participle shares with the one before it: the first that is no owner and hangs on no
    preposition ("*Ostland* widened its part in the war, *supplying* guns"); with `first` that of the whole sentence.
    """
    start = 0 if first else max((m.end() for m in _CLAUSE.finditer(text, 0, end) if m.end() < end), default=0)
    return [n for n in names if start <= n.start < end and not _OWNS.match(text, n.end)
            and not _HANGS.search(text[max(0, n.start - 40) : n.start])][:1]
