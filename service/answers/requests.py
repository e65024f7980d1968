"""A request, or a row of keywords, as the question that it stands for: "list the casualties", "troops number".

What is a question already, and what stands for none that is sure, is left as it is.
"""

from __future__ import annotations

import re

from service.answers.question import AUXILIARIES
from service.language.countries import country_of
from service.language.names import folded
from service.language.thesaurus import is_a, lemmas, near
from service.language.words import STOPWORDS, Word, words

_REQUEST = re.compile(
    r"\s*(?:(?:please|hi|hello|hey)[\s,]+)*(?:(?:can|could|would|will) you (?:please )?|"
    r"i(?:'d| would)? (?:want|like) to |do you )?"
    r"(?:list|name|tell(?: me| us)?|give(?: me| us)?|show(?: me| us)?|state|find(?: out)?|know)\s+"
    r"(?:please\s+)?(?!whether\b|if\b)", re.I)
_ASKING = frozenset("who whom whose what when where which why how".split())
_NUMBER = frozenset(["number", "count", "amount", "figure", "figures"])
"""Words by which a row of keywords asks how many."""
_DAY, _PLACE = frozenset(["date", "day"]), frozenset(["place", "location"])
_ARTICLES = frozenset(["a", "an", "the", "all", "of"])
_TOLL = frozenset(["toll", "casualties", "losses"])
_SAME = 0.8
_MOST = 8
"""Words of the longest row of keywords."""


def restated(text: str) -> str:
    """The question that a request or a row of keywords stands for; any other text as it is."""
    request = _REQUEST.match(text)
    rest = (text[request.end() :] if request else text).strip(" .!?")
    told = words(rest)
    if not told or "?" in rest or len(text) > 300:
        return text
    if told[0].lower in _ASKING or (request and told[0].lower in AUXILIARIES):
        return f"{rest[:1].upper()}{rest[1:]}?" if request else text
    if text.rstrip().endswith("?") or (_ASKING | AUXILIARIES) & {w.lower for w in told} or len(told) > _MOST:
        return text
    return _harmed(rest, told) or _keywords(rest, told) or text


def _harmed(rest: str, told: tuple[Word, ...]) -> str | None:
    """"Casualties in Kelby" as how many people were killed or wounded in Kelby."""
    head = next((w for w in told if _harms(w)), None)
    if head is None:
        return None
    before = tuple(w for w in told if w.end <= head.start and w.lower not in _ARTICLES | _NUMBER | {"death"})
    behind = rest[head.end :].strip()
    if behind and words(behind)[0].lower not in STOPWORDS:
        return None
    whom, where = _whom(before)
    return f"How many {whom} were {_harms(head)}{where}{f' {behind}' if behind else ''}?"


def _whom(before: tuple[Word, ...]) -> tuple[str, str]:
    """Who is counted, and in what, by the words before a noun for the dead or hurt: "North Korean people", "the flood".
    """
    said = " ".join(w.text for w in before)
    if not before:
        return "people", ""
    if is_a(before[-1].lower, "person") and lemmas(before[-1].lower, "n") != (before[-1].lower,):
        return said, ""
    if any(map(country_of, folded(said.title()))):
        return f"{said} people", ""
    return "people", f" in the {said}"


def _harms(word: Word) -> str:
    """What a plural noun for people says that was done to them: killed, wounded, or both; "" for another word."""
    noun = word.lower
    if noun in _TOLL:
        return "killed" if noun == "toll" else "killed or wounded"
    if not lemmas(noun, "n") or lemmas(noun, "n") == (noun,) or not noun.endswith("s"):
        return ""
    return "killed" if near(noun, "die") >= _SAME else "wounded" if near(noun, "injure") >= _SAME else ""


def _keywords(rest: str, told: tuple[Word, ...]) -> str | None:
    """A row of keywords with the word at its beginning or end by which it asks: "troops north korea number"."""
    told = tuple(w for i, w in enumerate(told) if i or w.lower not in _ARTICLES)
    if len(told) < 2:
        return None
    first, last = told[0], told[-1]
    if first.text.islower() and first.lower in _NUMBER | _DAY | _PLACE:
        asking, left = first.lower, rest[first.end :].strip().removeprefix("of ")
    elif last.text.islower() and last.lower in _NUMBER | _DAY | _PLACE:
        asking, left = last.lower, rest[told[0].start : last.start].strip()
    elif last.lower == "name" and is_a(told[-2].lower, "person"):
        about = rest[told[0].start : told[-2].start].strip()
        return f"Who is the {told[-2].text}{f' of the {about}' if about else ''}?"
    else:
        return None
    if asking in _NUMBER:
        plural = any(lemmas(w.lower, "n") not in ((), (w.lower,)) for w in words(left))
        return f"How many {left}?" if plural else None
    return f"{'When' if asking in _DAY else 'Where'} was {left}?"
