"""Alterations of what a sentence tells: who did what, to whom, when, from where, how surely.

They need to know a verb or a noun when they see one. WordNet tells that, as a dictionary would; what is put in for a
word is taken from other sentences of the same articles, so that it is a form that news prose writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from random import Random
from typing import Final

from evals.lexicon import apart, drawn, past_of, plurals_of, verbs_of
from evals.mutate import Alteration, Pool, Variant, altered_as, is_name, name_pattern, replaced
from evals.truths import Truth
from evals.wording import WEEKDAYS
from service.language import thesaurus
from service.language.words import STOPWORDS

_MUTUAL: Final = re.compile(r"\b(?:met|married|divorced|merged|joined|faced|fought|played|resembled|equal)", re.I)
_DIRECTIONS: Final = (
    ("rose", "fell"), ("rise", "fall"), ("rising", "falling"), ("risen", "fallen"), ("increased", "decreased"),
    ("increase", "decrease"), ("gained", "lost"), ("higher", "lower"), ("highest", "lowest"),
    ("more than", "less than"), ("up", "down"), ("won", "lost"), ("above", "below"), ("before", "after"),
    ("bought", "sold"), ("opened", "closed"),
    ("largest", "smallest"), ("larger", "smaller"), ("older", "younger"), ("oldest", "youngest"), ("faster", "slower"),
    ("better", "worse"), ("best", "worst"), ("earlier", "later"), ("stronger", "weaker"), ("supported", "opposed"),
    ("accepted", "rejected"), ("approved", "rejected"), ("most", "least"), ("longer", "shorter"),
    ("north", "south"), ("east", "west"), ("male", "female"), ("men", "women"),
    ("first", "last"), ("over", "under"), ("strengthened", "weakened"), ("expanded", "shrank"), ("raised", "lowered"),
)  # fmt: skip
_TURNED: Final = {a: b for pair in _DIRECTIONS for a, b in (pair, pair[::-1])}
_DIRECTION: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(_TURNED, key=len, reverse=True))})(?![\w-])")
_MODALS: Final = (
    (re.compile(r"\b(?:may|might|could) have been\b"), "was"),
    (re.compile(r"\b(?:may|might|could) have\b"), "has"),
    (re.compile(r"(?<=[a-z] )(?:may|might|could)(?= (?!not\b)[a-z]+\b)"), "will"),
    (re.compile(r"\bshould\b(?= (?!not\b|have\b)[a-z]+)"), "will"),
    (re.compile(r"\b(?:is|are) expected to\b"), "will"),
    (re.compile(r"\b(?:is|are) likely to\b"), "will"),
    (re.compile(r"\b(?:plans|plan|hopes|hope|wants|want|intends|aims) to\b"), "will"),
    (re.compile(r"\b(?:planned|hoped|wanted|intended|tried|aimed) to\b"), "managed to"),
)
_WILL: Final = re.compile(r"(?<=[a-z] )will(?= (?!not\b)[a-z]+)")
_DAYS: Final = "|".join(WEEKDAYS)
_MONTHS: Final = (
    "January|February|March|April|June|July|August|September|October|November|December"
)
_WHEN: Final = rf"(?:on (?:{_DAYS})|in (?:{_MONTHS})(?: \d{{4}})?|in (?:19|20)\d\d|last (?:week|month|year)|yesterday)"
_TIME: Final = re.compile(rf"\b{_WHEN}\b")
_SAID_WHEN: Final = re.compile(
    rf"^(?P<who>[^,“”\"]{{3,60}} (?:said|announced|told [A-Z][^,“”\"]{{2,30}}|confirmed|reported)) (?P<when>{_WHEN}),? "
    r"(?P<rest>(?:that )?[^“”\"]+)\.$"
)
_WHEN_SAID: Final = re.compile(
    rf"^(?P<what>[^“”\"]+?) (?P<when>{_WHEN}), (?P<who>[^,“”\"]{{3,50}} (?:said|told [A-Z][^,“”\"]{{2,30}}))\.$"
)
_JOINED: Final = re.compile(
    rf"^(?P<first>[^,“”\"]{{20,}}) (?P<when>{_WHEN}),? (?P<joint>after|before|while|but|and) "
    r"(?P<second>[^,“”\"]{20,})\.$"
)
_FROM_TO: Final = re.compile(
    r"\bfrom (?P<a>\$?[\w’%]+(?:[.,]\d+)*%?(?: [A-Z]\w+| million| billion| percent)?) "
    r"to (?P<b>\$?[\w’%]+(?:[.,]\d+)*%?(?: [A-Z]\w+| million| billion| percent)?)"
)
_SHORT: Final = frozenset("Mr Jan Feb Aug Sept Oct Nov Dec Gov Sen Rep Lt Col Gen".split())
_QUOTED: Final = re.compile(r"[“\"]([^“”\"]{12,})[”\"]")
_SOME: Final = (
    (re.compile(r"\b(?:some|many|several|most) of\b"), "all of"),
    (re.compile(r"\bMost\b(?= [a-z])"), "All"),
    (re.compile(r"\b(?:some|many|several|most)(?= [a-z]+s\b)"), "all"),
    (re.compile(r"\b(?:often|usually|sometimes)\b"), "always"),
    (re.compile(r"\b(?:mostly|largely|partly|mainly)\b"), "entirely"),
)
_SUBJECT: Final = re.compile(
    r"^(?!(?:He|She|It|They|We|I|You|That|This|These|Those|There|Here|What|Who|When|If|But|And|So|As|In|On|At|An?|Often|Many|Some|More|Most|All|Both|Each|One|Two)\b)"
    r"(?:The )?(?:[A-Z][\w’.-]+ ){1,4}"
    r"(?=(?:has|had|will|said|[a-z]+ed(?! by\b)) )"
)


def _subject(text: str) -> re.Match[str] | None:
    """The subject at a sentence's start that has a word with content, and does not end with a participle."""
    match = _SUBJECT.match(text)
    words = match[0].split() if match else []
    if not words or all(w.lower() in STOPWORDS for w in words) or words[-1].endswith("ing"):
        return None
    return match if len(words) > 1 or not thesaurus.lemmas(words[-1].lower(), "a") else None


def verb(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """A verb becomes another of the same field: "repaired" for "built"."""
    found = verbs_of(truth.text)
    if not found:
        return None
    match = random.choice(found)
    other = next((w for w in drawn(pool.pasts, random) if w not in truth.text and apart(match[0], w, "v")), None)
    return altered_as("verb", truth, replaced(truth.text, match, other)) if other else None


def antonym(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """A verb becomes its opposite: "lost" for "won"."""
    found = [
        (m, w) for m in verbs_of(truth.text) for w in pool.pasts if w != m[0] and thesaurus.opposed(m[0], w)
    ]
    if not found:
        return None
    match, other = random.choice(found)
    return altered_as("antonym", truth, replaced(truth.text, match, other))


def verbs_exchanged(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """Two verbs of the sentence change places."""
    pairs = [(a, b) for a, b in pairwise(verbs_of(truth.text)) if thesaurus.near(a[0], b[0]) < 0.6]
    pairs = [(a, b) for a, b in pairs if truth.text[a.end() : b.start()].strip() not in ("", "and", "or", ",")]
    if not pairs:
        return None
    first, second = random.choice(pairs)
    return altered_as("verbs_exchanged", truth, exchanged(truth.text, first.span(), second.span()))


def noun(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """What something is done to, or who does it, becomes another thing of the same field."""
    found = plurals_of(truth.text)
    if not found:
        return None
    match = random.choice(found)
    other = next((w for w in drawn(pool.plurals, random) if w not in truth.text and apart(match[0], w, "n")), None)
    return altered_as("noun", truth, replaced(truth.text, match, other)) if other else None


def exchanged(text: str, first: tuple[int, int], second: tuple[int, int]) -> str:
    """The text with two places, in order, exchanged."""
    (a, b), (c, d) = first, second
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def modal(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """What may be, is planned or expected, is told as sure."""
    found = [(m, new) for pattern, new in _MODALS for m in pattern.finditer(truth.text)]
    if not found:
        return None
    match, new = random.choice(found)
    return altered_as("modal", truth, replaced(truth.text, match, new))


def weakened(truth: Truth, _pool: Pool, _random: Random) -> Variant | None:
    """What will be may be."""
    match = _WILL.search(truth.text)
    return altered_as("weakened", truth, replaced(truth.text, match, "may")) if match else None


def date_moved(truth: Truth, _pool: Pool, _random: Random) -> Variant | None:
    """A time is tied to another verb of the sentence: when it was said for when it was, or the other way."""
    text = truth.text
    if len(_TIME.findall(text)) != 1:
        return None
    if match := _SAID_WHEN.match(text):
        return altered_as("date_moved", truth, f"{match['who']} {match['rest']} {match['when']}.")
    if match := _WHEN_SAID.match(text):
        return altered_as("date_moved", truth, f"{match['what']}, {match['who']} {match['when']}.")
    if (match := _JOINED.match(text)) and all(map(verbs_of, (match["first"], match["second"]))):
        told = f"{match['first']} {match['joint']} {match['second']} {match['when']}."
        return altered_as("date_moved", truth, told)
    return None


def from_to(truth: Truth, _pool: Pool, _random: Random) -> Variant | None:
    """Where from and where to, what from and what to, change places."""
    match = _FROM_TO.search(truth.text)
    if not match or match["a"].lower() == match["b"].lower():
        return None
    ends = [match["a"], match["b"]]
    if not all(end[0].isupper() or end[0].isdigit() or end[0] == "$" for end in ends):
        return None
    return altered_as("from_to", truth, exchanged(truth.text, match.span("a"), match.span("b")))


def roles(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """Two names with a verb between them change places."""
    text = truth.text
    names = [m for m in name_pattern.finditer(text) if is_name(text, m) or (m.start() == 0 and " " in m[0])]
    pairs = []
    for first, second in pairwise(names):
        between = text[first.end() : second.start()]
        far = len(between.split()) > 6 or re.search(r"[,.;:/()]", between)
        if far or _MUTUAL.search(between) or first[0] == second[0]:
            continue
        if _SHORT & {first[0], second[0]}:
            continue
        if any(past_of(w) or w in ("beat", "told", "met", "is", "was", "has") for w in between.lower().split()):
            pairs.append((first, second))
    if not pairs:
        return None
    first, second = random.choice(pairs)
    return altered_as("roles", truth, exchanged(text, first.span(), second.span()))


def names_exchanged(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """Any two names of the sentence that are no list change places."""
    text = truth.text
    names = [m for m in name_pattern.finditer(text) if is_name(text, m)]
    pairs = [
        (a, b)
        for a, b in pairwise(names)
        if a[0] != b[0] and not re.fullmatch(r"[\s,]*(?:and|or|&|,|/|-|–|with)?\s*", text[a.end() : b.start()])
    ]
    if not pairs:
        return None
    first, second = random.choice(pairs)
    between = text[first.end() : second.start()]
    if re.search(r"\b(?:and|or|with|of)\b|[,;:/().“”\"]", between) or not re.search(r"[a-z]{3,}", between):
        return None
    if not re.search(r" [a-z]", between) or _SHORT & {first[0], second[0]}:
        return None
    return altered_as("names_exchanged", truth, exchanged(text, first.span(), second.span()))


def direction(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """A comparison, a movement or an outcome is turned round: "fell" for "rose"."""
    found = list(_DIRECTION.finditer(truth.text))
    if not found:
        return None
    match = random.choice(found)
    return altered_as("direction", truth, replaced(truth.text, match, _TURNED[match[0]]))


def widened(truth: Truth, _pool: Pool, random: Random) -> Variant | None:
    """What holds of some, often or in part holds of all, always, wholly."""
    found = [(m, new) for pattern, new in _SOME for m in pattern.finditer(truth.text)]
    if not found:
        return None
    match, new = random.choice(found)
    return altered_as("widened", truth, replaced(truth.text, match, new))


def spoken_word(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """A word inside quotation marks becomes another: nobody said so."""
    found = [
        (m.start(1) + w.start(), m.start(1) + w.end())
        for m in _QUOTED.finditer(truth.text)
        for w in re.finditer(r"(?<![-’'])\b[a-z]{5,}\b(?![-’'])", m[1])
    ]
    if not found:
        return None
    start, end = random.choice(found)
    old = truth.text[start:end]
    part: thesaurus.Part = "n" if old.endswith("s") and thesaurus.lemmas(old, "n") else "v"
    words = drawn(pool.plurals if part == "n" else pool.pasts, random)
    other = next((w for w in words if w not in truth.text and thesaurus.near(old, w) < 0.55), None)
    if other is None:
        return None
    return altered_as("spoken_word", truth, truth.text[:start] + other + truth.text[end:])


def invented_quote(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """The statement is true, and its quote is another article's, or the statement's own shortened words."""
    passage = pool.truths.passages.get(truth.key)
    here = " ".join(passage.text.split()) if passage else ""
    others = [t for t in pool.truths.statements if t.filename != truth.filename and t.text not in here]
    if not others:
        return None
    other = random.choice(others)
    if random.random() < 0.5:
        return Variant("invented_quote", other.text, ((truth.key, other.text),))
    words = truth.text.split()
    if len(words) < 12:
        return None
    quote = " ".join([*words[:4], *words[-5:]])
    return Variant("invented_quote", truth.text, ((truth.key, quote),))


def fused_subject(truth: Truth, pool: Pool, random: Random) -> Variant | None:
    """The subject of another source's sentence is put before what this one tells, and both are cited."""
    mine = _subject(truth.text)
    if not mine:
        return None
    others = [
        (t, m)
        for t in random.sample(pool.truths.statements, min(400, len(pool.truths.statements)))
        if t.filename != truth.filename
        and (m := _subject(t.text))
        and not set(m[0].split()) & set(truth.text.split())
    ]
    if not others:
        return None
    other, match = others[0]
    text = match[0] + truth.text[mine.end() :]
    return Variant("fused_subject", text, ((truth.key, truth.text), (other.key, other.text)))


SENSE: Final[Mapping[str, Alteration]] = {
    "verb": verb,
    "antonym": antonym,
    "verbs_exchanged": verbs_exchanged,
    "noun": noun,
    "modal": modal,
    "weakened": weakened,
    "date_moved": date_moved,
    "from_to": from_to,
    "roles": roles,
    "names_exchanged": names_exchanged,
    "direction": direction,
    "widened": widened,
    "spoken_word": spoken_word,
    "invented_quote": invented_quote,
    "fused_subject": fused_subject,
}
"""Every alteration of sense by its name."""
