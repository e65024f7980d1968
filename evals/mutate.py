"""Statements that are no longer true: each kind of alteration that the gates are there to stop.

An alteration takes a true statement with its quote and changes one thing. It finds what to change with
patterns of its own, not with the service's readers, so that a blind spot of those does not hide from the
measurement. Where a sentence gives nothing to change, there is no case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final

from evals.lexicon import plurals_of, verbs_of
from evals.truths import Truth, Truths
from evals.wording import MONTHS, WEEKDAYS, plain

Quotes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """A statement made from a true one. `altered` says whether its meaning changed; `quotes` are (key,
    words)."""

    kind: str
    text: str
    quotes: Quotes
    altered: bool = True


@dataclass(frozen=True, slots=True)
class Pool:
    """What alterations may put in: names, numbers, things counted, verbs, nouns and whole truths of
    the same articles."""

    truths: Truths
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    things: tuple[str, ...]
    pasts: tuple[str, ...]
    plurals: tuple[str, ...]

    @classmethod
    def of(cls, truths: Truths) -> Pool:
        """Gathered from all true statements, each once, in order."""
        texts = [truth.text for truth in truths.statements]
        return cls(
            truths,
            tuple(dict.fromkeys(m[0] for t in texts for m in name_pattern.finditer(t) if is_name(t, m))),
            tuple(dict.fromkeys(m[0] for t in texts for m in _PLAIN_NUMBER.finditer(t))),
            tuple(dict.fromkeys(m["thing"] for t in texts for m in _COUNTED.finditer(t))),
            tuple(dict.fromkeys(m[0] for t in texts for m in verbs_of(t))),
            tuple(dict.fromkeys(m[0] for t in texts for m in plurals_of(t))),
        )


Alteration = Callable[[Truth, Pool, Random], Variant | None]

_NUMBER: Final = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w,]*\d)")
_PLAIN_NUMBER: Final = re.compile(r"(?<![\w.,$€£])\d{1,3}(?:,\d{3})+(?![\w,.]*\d)|(?<![\w.,$€£])\d{2,3}(?![\w,.]*\d)")
_NUMBER_WORDS: Final = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
)
_NUMBER_WORD: Final = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_SCALE: Final = re.compile(r"\b(hundreds?|thousands?|millions?|billions?)\b", re.IGNORECASE)
_SCALES: Final = {"hundred": "thousand", "thousand": "million", "million": "billion", "billion": "million"}
_UNIT: Final = re.compile(
    r"(?:(?<=\d )|(?<=\ba )|(?<=\ban )|(?<=per )|(?<=million )|(?<=billion )|(?<=thousand )|(?<=hundred ))"
    r"(?:percent|per cent|kilomet(?:re|er)s?|miles?|met(?:re|er)s?|feet|hours?|minutes?|days?|weeks?|months?|"
    r"years?|dollars?|euros?|pounds?|crowns?|tonnes?|tons?|kilos?)\b|[$€£](?=\d)|(?<=\d)%"
)
_UNITS: Final = {
    "percent": "points",
    "per cent": "points",
    "%": " points",
    "kilometre": "mile",
    "kilometer": "mile",
    "mile": "kilometre",
    "metre": "foot",
    "meter": "foot",
    "feet": "metres",
    "hour": "day",
    "minute": "hour",
    "day": "week",
    "week": "month",
    "month": "year",
    "year": "month",
    "dollar": "euro",
    "euro": "dollar",
    "pound": "dollar",
    "crown": "dollar",
    "$": "€",
    "€": "$",
    "£": "€",
    "tonne": "kilo",
    "ton": "kilo",
    "kilo": "tonne",
}
_COUNTED: Final = re.compile(rf"(?:{_PLAIN_NUMBER.pattern}|\b(?:{'|'.join(_NUMBER_WORDS)})) (?P<thing>[a-z]{{3,}}s)\b")
name_pattern: Final = re.compile(r"\b[A-Z][a-zà-ÿ]{2,}(?:[ -][A-Z][a-zà-ÿ]+)*\b")
_MONTH_NAMES: Final = tuple(month.capitalize() for month in MONTHS)
_WEEKDAY: Final = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b")
_MONTH: Final = re.compile(rf"\b(?:{'|'.join(_MONTH_NAMES)})\b")
_YEAR: Final = re.compile(r"(?<![\d,.])(?:19|20)\d\d(?![\d,]*\d)")
_NEGATIONS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\b(did|does|do) not (\w+)"), r"\1 \2"),
    (re.compile(r"\b(is|are|was|were|has|have|had|will|would|could|can|should|may|must) not\b"), r"\1"),
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(r"n[’']t\b"), ""),
    (re.compile(r"\bnever\b "), ""),
    (re.compile(r"\bneither (\w+) nor\b"), r"both \1 and"),
    (re.compile(r"\bnobody\b"), "somebody"),
    (re.compile(r"\bNobody\b"), "Somebody"),
    (re.compile(r"\bno longer\b"), "still"),
    (re.compile(r"\bno\b(?= [a-z])"), "a"),
    (re.compile(r"\bNo\b(?= [a-z])(?! more)"), "A"),
    (re.compile(r"\bdenied\b"), "confirmed"),
    (re.compile(r"\bwithout\b"), "with"),
)
_HEDGE: Final = re.compile(
    r"\b(?:about|around|roughly|approximately|some|nearly|almost|up to|at least|at most|more than|fewer than|"
    r"less than|no more than|as many as) "
    rf"(?=[$€£]?\d|(?:{'|'.join(_NUMBER_WORDS)}|half|hundreds|dozens|an? (?:third|quarter|year|month|week|dozen))\b)|"
    r"\b(?:reportedly|allegedly|apparently|perhaps|probably) ",
    re.IGNORECASE,
)
_MODAL: Final = re.compile(r"(?<=[a-z] )(?:may|might|could)(?= (?!not\b|n[’']t|have\b)[a-z]+)")
_WHO_SAID: Final = (
    r"[^,.“”]{2,60} (?:said|says|estimates?|estimated|reported|believes?|claims?|claimed|"
    r"told (?:[A-Z]|the |a )[^,.]{2,40})"
    r"(?: on \w+day)?"
)
_ATTRIBUTION_END: Final = re.compile(rf",(?: according to [^,.“”]{{3,60}}| {_WHO_SAID})\.$")
_ATTRIBUTION_MIDDLE: Final = re.compile(rf",(?: according to [^,.“”]{{3,60}}| {_WHO_SAID}), [^“”]*\.$")
_ATTRIBUTION_START: Final = re.compile(
    r"^(?:According to [^,]+, |[A-Z][^,.“”]{2,60} (?:said|says|believes?|claims?|claimed) (?:that )?)"
    r"(?=[a-zA-Z])"
)
_RANGE: Final = re.compile(r"^\s*(?:and|to|or|-|–)\s*$")


def altered_as(kind: str, truth: Truth, text: str) -> Variant | None:
    """The altered statement on the true quote; None where nothing changed."""
    text = " ".join(text.split())
    if not text or text == truth.text:
        return None
    return Variant(kind, text, ((truth.key, truth.text),))


def replaced(text: str, match: re.Match[str], new: str) -> str:
    """The text with other words in the place of a match."""
    return text[: match.start()] + new + text[match.end() :]


def digit(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """A digit of a number, or a number in words, becomes another; the first digit never zero."""
    found = [m for m in _NUMBER.finditer(truth.text) if not _YEAR.fullmatch(m[0])]
    if found:
        match = random.choice(found)
        places = [i for i, c in enumerate(match[0]) if c.isdigit() and c != "0"] or [0]
        at = random.choice(places)
        other = random.choice([d for d in "123456789" if d != match[0][at]])
        return altered_as("digit", truth, replaced(truth.text, match, match[0][:at] + other + match[0][at + 1 :]))
    words = list(_NUMBER_WORD.finditer(truth.text))
    if not words:
        return None
    match = random.choice(words)
    other = random.choice([word for word in _NUMBER_WORDS if word != match[0].lower()])
    return altered_as("digit", truth, replaced(truth.text, match, _cased(other, match[0])))


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[:1].isupper() else word


def unit(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """A unit of measure becomes another of its kind, or the thing that is counted becomes another thing."""
    found = list(_UNIT.finditer(truth.text))
    if found:
        match = random.choice(found)
        singular = match[0] if match[0] in _UNITS else match[0].removesuffix("s")
        other = _UNITS.get(singular)
        if other is None:
            return None
        plural = match[0].endswith("s") and singular != match[0] and not other.endswith("s")
        return altered_as("unit", truth, replaced(truth.text, match, other + "s" * plural))
    counted = list(_COUNTED.finditer(truth.text))
    others = [thing for thing in pool.things if thing not in truth.text]
    if not counted or not others:
        return None
    match = random.choice(counted)
    start, end = match.span("thing")
    return altered_as("unit", truth, truth.text[:start] + random.choice(others) + truth.text[end:])


def scale(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """A thousand becomes a million, and so on."""
    found = list(_SCALE.finditer(truth.text))
    if not found:
        return None
    match = random.choice(found)
    singular = match[0].lower().removesuffix("s")
    other = _SCALES[singular] + "s" * match[0].lower().endswith("s")
    return altered_as("scale", truth, replaced(truth.text, match, _cased(other, match[0])))


def is_name(text: str, match: re.Match[str]) -> bool:
    """Whether a capital inside a sentence makes these words a name, and no day or month."""
    before = text[: match.start()].rstrip(" ")
    inside = bool(before) and before[-1] not in '.!?:“"‘–—' and len(before) < match.start()
    return inside and match[0] not in {*WEEKDAYS, *_MONTH_NAMES}


def name(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """A name becomes another of the same articles."""
    here = {plain(word)[:4] for word in truth.text.split()}
    found = [m for m in name_pattern.finditer(truth.text) if is_name(truth.text, m)]
    others = [one for one in pool.names if not {plain(word)[:4] for word in one.split()} & here]
    if not found or not others:
        return None
    return altered_as("name", truth, replaced(truth.text, random.choice(found), random.choice(others)))


def day(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """A weekday, a month or a year becomes another."""
    tables = ((_WEEKDAY, WEEKDAYS), (_MONTH, _MONTH_NAMES))
    found = [
        (m, random.choice([n for n in names if n not in truth.text]))
        for pattern, names in tables
        for m in pattern.finditer(truth.text)
    ]
    found += [(m, str(int(m[0]) + random.choice((-2, -1, 1, 2)))) for m in _YEAR.finditer(truth.text)]
    if not found:
        return None
    match, other = random.choice(found)
    return altered_as("date", truth, replaced(truth.text, match, other))


def negation(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """A "not" is left out."""
    fit = [(pattern, new) for pattern, new in _NEGATIONS if pattern.search(truth.text)]
    if not fit:
        return None
    pattern, new = random.choice(fit)
    return altered_as("negation", truth, pattern.sub(new, truth.text, count=1))


def hedge(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """An "about", an "up to", a "reportedly" is left out; what may or could be, will be."""
    found = [(m, "") for m in _HEDGE.finditer(truth.text)] + [(m, "will") for m in _MODAL.finditer(truth.text)]
    if not found:
        return None
    match, new = random.choice(found)
    rest = replaced(truth.text, match, new)
    return altered_as("hedge", truth, _capital(rest) if match.start() == 0 else rest)


def attribution(truth: Truth, _pool: Pool, _random: Random) -> Variant | None:
    """What somebody said is told as a fact."""
    if "“" in truth.text or '"' in truth.text:
        return None
    for pattern, end in ((_ATTRIBUTION_END, "."), (_ATTRIBUTION_MIDDLE, "."), (_ATTRIBUTION_START, "")):
        if pattern.search(truth.text):
            rest = pattern.sub(end, truth.text)
            break
    else:
        return None
    return altered_as("attribution", truth, _capital(rest)) if len(rest.split()) >= 5 else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def fused(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """Another source's number is put into this one's sentence, and both sentences are cited."""
    found = list(_PLAIN_NUMBER.finditer(truth.text))
    if not found:
        return None
    match = random.choice(found)
    others = [
        (other, number[0])
        for other in random.sample(pool.truths.statements, min(400, len(pool.truths.statements)))
        if other.filename != truth.filename
        for number in _PLAIN_NUMBER.finditer(other.text)
        if number[0] not in truth.text and match[0] not in other.text
    ]
    if not others:
        return None
    other, number = random.choice(others)
    text = replaced(truth.text, match, number)
    return Variant("fused", text, ((truth.key, truth.text), (other.key, other.text)))


def swapped(truth: Truth, _pool: Pool, _random: Random) -> Variant | None:
    """Two figures of one sentence change places; the two ends of a range are one figure."""
    found = [m for m in (*_NUMBER.finditer(truth.text),) if not _YEAR.fullmatch(m[0])]
    for first, second in pairwise(found):
        if first[0] != second[0] and not _RANGE.match(truth.text[first.end() : second.start()]):
            middle = truth.text[first.end() : second.start()]
            text = truth.text[: first.start()] + second[0] + middle + first[0] + truth.text[second.end() :]
            return altered_as("swapped", truth, text)
    return None


def quote_word(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """The statement is true, and a word of its quote is not the article's."""
    words = truth.text.split()
    long = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 4]
    others = [
        w for t in pool.truths.statements for w in t.text.split() if w.isalpha() and len(w) > 4 and w not in words
    ]
    if not long or not others:
        return None
    at = random.choice(long)
    quote = " ".join([*words[:at], random.choice(others), *words[at + 1 :]])
    return Variant("quote_word", truth.text, ((truth.key, quote),))


def teaser(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """The statement is a teaser's, an advert's or another line's that is no evidence, and quotes it."""
    mine = [(key, text) for key, text in pool.truths.boilerplate if key == truth.key]
    if not mine:
        return None
    key, text = random.choice(mine)
    return Variant("teaser", text, ((key, text),))


def invented_key(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """The statement is true, and its passage was never shown."""
    key = f"p{len(pool.truths.passages) + random.randrange(1, 900)}"
    return Variant("invented_key", truth.text, ((key, truth.text),))


ALTERATIONS: Final[Mapping[str, Alteration]] = {
    "digit": digit,
    "unit": unit,
    "scale": scale,
    "name": name,
    "date": day,
    "negation": negation,
    "hedge": hedge,
    "attribution": attribution,
    "fused": fused,
    "swapped": swapped,
    "quote_word": quote_word,
    "teaser": teaser,
    "invented_key": invented_key,
}
"""Every kind of alteration by its name."""
