"""Who does it, and to whom: whether a sentence has the parts of what a question says exchanged.

"Russia supplies North Korea with coal" is no answer to "what does North Korea supply?". English tells who acts by word
order, so no parser is needed for a plain clause: the name before an active verb acts, and the one behind "by" a
passive one.
"""

from __future__ import annotations

import re

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
_BEING = frozenset("is are was were be been being get got gets".split())


def exchanged(question: Question, text: str) -> bool:
    """Whether a text says that somebody else did to the question's actor what the question says that this one did."""
    asked = {lemma for w in question.predicate if w.lower not in AUXILIARIES for lemma in lemmas(w.lower, "v")}
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
    deeds = [i for i, w in enumerate(told) if asked & set(lemmas(w.lower, "v")) and _acting(told, i)]
    verdicts = [_roles(text, told, i, own, others, rivals) for i in deeds]
    return True in verdicts and False not in verdicts


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
    if before[0]:
        return False
    behind = any(verb.end <= n.start < end and n not in by for n in own)
    return True if before[1] and (behind or before[1][0] in rivals) else None


def _subject_before(text: str, end: int, names: list[Name]) -> list[Name]:
    """The name that a clause of a participle shares with the one before it: the first that is no owner and hangs on no
    preposition ("*Ostland* widened its part in the war, *supplying* guns").
    """
    start = max((m.end() for m in _CLAUSE.finditer(text, 0, end) if m.end() < end), default=0)
    return [n for n in names if start <= n.start < end and not _OWNS.match(text, n.end)
            and not _HANGS.search(text[max(0, n.start - 40) : n.start])][:1]
