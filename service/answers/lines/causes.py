"""Whether a sentence tells why: by a word of cause, of purpose or of motive, in it or at the beginning of the next.

Without such a word a sentence beside the matter is no reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.answers.evidence import QUOTE_LIMIT, Line
from service.answers.likeness import Likeness
from service.answers.predicate import is_verb
from service.answers.question import AUXILIARIES, Question
from service.language.dates import read_dates
from service.language.thesaurus import frequency, is_a, lemmas
from service.language.words import words

SURE, PERHAPS = 1.0, 0.5
"""How well a sentence fits that has a word of cause, and one that only says after what, amid what or to what end."""
_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|as a result|in order to|so as to|so that|in response to|thanks to|on account of|"
    r"for fear|on (?:charges|suspicion|grounds) of|(?:accused|convicted|guilty|suspected) of|charged with|"
    r"in protest|in retaliation|on the grounds|based on|cit(?:es?|ed|ing)|blam(?:es?|ed|ing)|to blame|"
    r"caus(?:es?|ed|ing)|reasons?|prompt(?:s|ed|ing)|trigger(?:s|ed|ing)|spark(?:s|ed|ing)|led to|leading to|"
    r"over (?:\w+ )?(?:fears?|concerns?|claims?|allegations?|accusations?|complaints?|disputes?|plans?)|"
    r"amid (?:\w+ )?(?:fears?|concerns?|criticism|pressure|anger|outrage|protests?)|"
    r"fear(?:s|ed|ing)|worr(?:y|ies|ied|ying)|demand(?:s|ed|ing)|protesting|seeking|hoping|aim(?:s|ed|ing) (?:to|at)|"
    r"addressing|easing|relieving|offsetting|tackling|saying (?:it|he|she|they|that)|arguing|shortages?|lack of|"
    r"(?<!not )(?<!only )(?<!able )to (?:avoid|prevent|protect|support|help|allow|repel|counter|save|ensure|ease|"
    r"address|offset|meet|focus|make (?:room|way|sure)))\b"
    r"|\b(?:where|when|as|which|that)\b[^,;.]{0,80}\bhad (?:been|not|become|left|failed|run|broken|fallen)\b"
    r"|,\s+since\s+(?!then\b|last\b|\d)"
    r"|\bfor (?:allegedly |reportedly )?(?!being\b)[a-z]{3,}ing\b", re.I)
"""Words of cause, purpose or motive; "where a culvert *had been* blocked" tells what came before."""
_AFTER = re.compile(r"\b(?:after|following|amid|over|since)\b", re.I)
_SOON = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|shortly|soon|right|immediately|long)\s+$", re.I)
"""Words before an "after" that tells when."""
_SO_FAR = re.compile(r"\b(?:has|have|had|ever|been)\b", re.I)
"""Words before a "since" that tells from when on."""
_END = re.compile(r"\bto\s+([a-z]{2,})\b")
_BACK = re.compile(
    r"[“\"]?(?:The|This|That|It|He|She|They|These|Those|His|Her|Its|Their)\b[^.;]{0,50}?\b(?:because|due to|owing to|"
    r"follow(?:s|ed)|(?:comes?|came) (?:after|amid|in response)|(?:was|were|is) (?:caused|prompted|triggered|sparked)|"
    r"in response to|reasons?|to blame|blam(?:es?|ed)|cit(?:es?|ed))\b", re.I)
"""A sentence that tells the cause of what the one before it tells."""
_FOLLOWS = re.compile(r"\b(?:follow(?:s|ed)|(?:comes?|came) (?:after|amid))\b", re.I)
_BLAMES = re.compile(r"\b(?:because|due to|owing to|caus(?:ed|ing)|blam(?:es?|ed|ing)|to blame|reasons? (?:was|were|is|"
                     r"are|for)|cit(?:ed|ing)|prompted|triggered|sparked)\b", re.I)
_SOURCES = frozenset("police authorities source sources report reports document documents data statement".split())
_TELLS = 0.9
"""So near is a word that tells the deed asked for."""


def cause_fit(question: Question, text: str, likeness: Likeness) -> float | None:
    """How surely a sentence tells a cause: `SURE`; `PERHAPS` where only what stands behind the deed asked for tells
    after what it was done or to what end; None where nothing does.
    """
    if any(_real(text, match) for match in _CAUSE.finditer(text)):
        return SURE
    asked = [w.lower for w in question.predicate if w.lower not in AUXILIARIES]
    deed = min((w.end for w in words(text) if w.content and any(
        likeness.words(word, w.lower) >= _TELLS for word in asked)), default=len(text))
    if any(match.start() >= deed and _not_only_when(text, match) for match in _AFTER.finditer(text)):
        return PERHAPS
    return PERHAPS if any(match.start() >= deed and _purpose(text, match) for match in _END.finditer(text)) else None


def _not_only_when(text: str, match: re.Match[str]) -> bool:
    """Whether "after" and its like may tell of a cause: not "weeks *after*", "has … *since*", "*after* 4 May"."""
    if _SOON.search(text, 0, match.start()) or (
            match[0].lower() == "since" and _SO_FAR.search(text, 0, match.start())):
        return False
    return not any(date.start <= match.end() + 6 < date.end + 6 for date in read_dates(text))


def _real(text: str, match: re.Match[str]) -> bool:
    """Whether a word of cause is one: not "due to *step* down", nor "*citing* police"."""
    behind = words(text[match.end() : match.end() + 40])[:2]
    cue = match[0].lower()
    if not behind:
        return True
    if cue == "due to":
        verb = behind[0].lower
        return verb not in lemmas(verb, "v") or frequency(verb, "v") <= frequency(verb, "n")
    if cue.startswith("cit"):
        return not any(is_a(w.lower, "person") or w.lower in _SOURCES or w.text[0].isupper() for w in behind)
    return True


def _purpose(text: str, match: re.Match[str]) -> bool:
    """Whether "to" and a verb stand behind a noun or a name: "in the west *to focus* on …", not "wants *to leave*"."""
    verb = match[1]
    before = words(text[: match.start()])[-1:]
    if verb not in lemmas(verb, "v") or frequency(verb, "v") < frequency(verb, "n") or not before:
        return False
    word = before[0]
    if word.lower in AUXILIARIES or is_verb(word, None) or word.lower.endswith("ing"):
        return False
    return word.text[0].isupper() or frequency(word.lower, "n") > max(frequency(word.lower, "v"),
                                                                     frequency(word.lower, "a"))


def with_cause(question: Question, line: Line, lines: Sequence[Line], likeness: Likeness) -> Line | None:
    """A sentence that tells the cause of what the one before it tells, together with that one, where that one tells
    what the question asks the reason of; None for any other.
    """
    if question.kind != "why" or not line.before or not question.predicate:
        return None
    asked = [w.lower for w in question.predicate if w.lower not in AUXILIARIES]
    named = {i for name in question.names for i in range(name.start, name.end)}
    nouns = {w.stem for w in question.content if w.lower not in asked and w.start not in named}
    back = _BACK.match(line.text)
    told_back = back is not None and (_FOLLOWS.search(back[0]) is not None or any(
        _real(line.text, match) for match in _CAUSE.finditer(line.text, 0, back.end() + 1)))
    blamed = _BLAMES.search(line.text) is not None and not nouns.isdisjoint(w.stem for w in words(line.text))
    if not told_back and not blamed:
        return None
    told = [w.lower for w in words(line.before) if w.content]
    if not asked or min(likeness.best(word, told) for word in asked) < _TELLS:
        return None
    first = next((other for other in lines if other.source.file_id == line.source.file_id
                  and other.text == line.before and other.end <= line.start), None)
    if first is None or line.end - first.start > QUOTE_LIMIT:
        return None
    return replace(line, start=first.start, text=line.article.text[first.start : line.end], before=first.before)
