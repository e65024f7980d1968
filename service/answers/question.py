"""What a question asks for: its kind, what is to be counted, who acts, when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from service.domain import DateMention, FigureKind
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.names import Name, folded_places, read_names
from service.language.sentences import split
from service.language.thesaurus import frequency, is_a, lemmas
from service.language.units import unit_at
from service.language.words import STOPWORDS, Word, words

Kind = Literal[
    "quantity", "who", "who_is", "when", "where", "which", "what", "yes_no", "why", "how", "what_said"
]

AUXILIARIES = frozenset(
    """is are was were be been being am has have had do does did will would can could may might shall should must
    isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't won't wouldn't can't couldn't""".split()
)
BEING = frozenset("is are was were be been being".split())
"""Forms of *be*: with one, what a question counts was acted on."""
SAYING = frozenset({"say", "said", "tell", "claim", "argue", "warn", "think", "respond", "reply", "comment", "deny"})
"""Verbs by which a question asks for somebody's words."""
LEADING = frozenset(["run", "lead", "head", "manage", "direct", "chair"])
LEADERS = frozenset("leader head executive director president chairman chairwoman boss manager".split())
"""Verbs by which a question asks who is at the head, and nouns that tell it."""
_COMMON = 200
"""A noun counted so often in WordNet's texts is no name for being a part of one ("People's Army")."""
_DO = frozenset(["do", "does", "did", "don't", "doesn't", "didn't"])
_NO_VERB_BEHIND = frozenset("the a an of its their his her how what first second third last next".split())
_PREPOSITIONS = frozenset({"in", "at", "on", "for", "from", "with", "near", "under", "to", "by"})
MONEY = frozenset({"cost", "pay", "price", "spend", "charge", "earn", "worth", "money", "fine", "sell", "invest",
                    "raise", "fund", "owe", "offer", "bid", "compensation", "salary", "budget", "profit", "revenue"})
"""Verbs and nouns whose amount is money, for "how much" without a noun of its own."""
_HOW_MUCH = re.compile(r"\bhow\s+much\b", re.I)
_HOW_MANY = re.compile(
    r"\bhow\s+many\b(?:\s+of)?(?:\s+the\b)?|\bwhat\s+(?:number|is the (?:total\s+)?number)\s+of\b", re.I)
_MEASURE = re.compile(r"\bhow\s+(far|tall|high|deep|wide|big|large|heavy|fast|hot|cold|strong|old|long)\b", re.I)
_MEASURES: dict[str, frozenset[FigureKind]] = {
    "long": frozenset({"duration", "measure"}),
    "old": frozenset({"age", "duration"}),
    **dict.fromkeys(("heavy", "tall", "far", "hot", "cold"), frozenset[FigureKind]({"measure"})),
}
_NAME_OF = re.compile(r"\bwhat(?:'s|’s|\s+is|\s+was|\s+were|\s+are)\s+the\s+names?\s+of\s+(?:the\s+)?", re.I)
_WHOSE_NAME = re.compile(r"\bwhat(['’]s|\s+(?:is|was))\s+((?:[\w-]+\s){0,6}(\w+))['’]s\s+name\s*(?=\?|$)", re.I)
_WHAT_FOR = re.compile(r"\b(?:due to|because of|owing to)\s+what\b|\bwhat\s+(?:was|is|were)\s+the\s+(?:reason|cause)\b",
                       re.I)
_SHARE = re.compile(r"\bwhat\s+(?:percentage|percent|per cent|share|proportion|fraction)\b(?:\s+of)?", re.I)
_NUMBER_NOUN = re.compile(
    r"\bwhat(?:'s|’s|\s+is|\s+was|\s+were|\s+are)\s+(?:the\s+)?((?:\w+\s+){0,3}?"
    r"(?:toll|price|cost|number|total|amount|value|budget|size|speed|magnitude|length|height|age|rate|score|fine))\b",
    re.I)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read. Word offsets are into `text`.

    `thing` are the words of what is counted or asked for ("which *newspaper*"), names left out; `counted` the same
    with its names ("North Korean soldiers");
    `predicate` the content verbs; `figures` the kinds of figure that can answer a quantity question;
    `agent` the folded words of the names that are to have done it ("did *China* send").
    """

    text: str
    kind: Kind
    words: tuple[Word, ...]
    names: tuple[Name, ...]
    dates: tuple[DateMention, ...]
    thing: tuple[Word, ...] = ()
    counted: tuple[Word, ...] = ()
    predicate: tuple[Word, ...] = ()
    figures: frozenset[FigureKind] = frozenset()
    agent: frozenset[str] = frozenset()
    asking: int = 0
    """Where the sentence that asks begins; those before it only say what it is about."""

    @property
    def content(self) -> tuple[Word, ...]:
        """The words that carry content, question words and auxiliaries left out."""
        return tuple(w for w in self.words if w.content and w.lower not in AUXILIARIES)


def read_question(text: str, asked: date | None = None) -> Question:
    """Analyse a question by its own words; any text is some kind of question."""
    if text.isupper():
        text = text.lower()
    text = _WHOSE_NAME.sub(lambda m: f"who{m[1]} {m[2]}" if is_a(m[3].lower(), "person") else m[0], text)
    tokens = words(text)
    kind, figures, thing = _kind(text, tokens)
    names = tuple(n for n in read_names(text) if n.words and not _abbreviates(n))
    if not any(c.isupper() for c in text[1:]):
        names = plain_countries(text)
    named = {i for n in names for i in range(n.start, n.end)}
    counted, thing = thing, tuple(w for w in thing if w.start not in named) or thing[-1:]
    since = _clause_start(text, tokens)
    predicate = tuple(
        w for i, w in enumerate(tokens)
        if w not in thing and w.content and w.start not in named and w.start >= since and _verbal(w, tokens, i)
    ) or _behind_do(tokens, named)
    return Question(text, kind, tokens, names, read_dates(text, asked), thing, counted, predicate, figures,
                    _agent(tokens, names, predicate), _asking(text))


def _abbreviates(name: Name) -> bool:
    """Whether a name is a common noun that is written in capitals ("TV"), which tells nobody."""
    return name.text.isupper() and len(name.words) == 1 and frequency(name.words[0], "n") > 0 and (
        lemmas(name.words[0], "n") == name.words and not country_of(name.words[0]))


def _clause_start(text: str, tokens: tuple[Word, ...]) -> int:
    """From where on verbs are the question's own: in "how many of the men they sent *were* killed" from "were"."""
    partial = re.search(r"\bhow\s+many\s+of\s+the\b", text, re.I)
    if partial is None:
        return 0
    return next((w.start for w in tokens if w.start > partial.end() and w.lower in AUXILIARIES), 0)


def plain_countries(text: str) -> tuple[Name, ...]:
    """The countries in a question typed without capitals ("did north korea send")."""
    return tuple(
        Name(start, end, text[start:end], (key,)) for start, end, key in folded_places(text.title())
        if country_of(key) and end - start > 3 and text[start:end].lower() not in STOPWORDS
    )


def with_capitals(text: str, around: Iterable[str]) -> str:
    """A question typed without capitals, with those of the words that the sentences `around` only write as names.

    One that begins with a capital is written with care: a word of it that is a noun by itself is no name.
    """
    if any(c.isupper() for c in text[1:]):
        return text
    capital: dict[str, str] = {}
    first: dict[str, str] = {}
    plain: set[str] = set()
    for sentence in around:
        for i, word in enumerate(words(sentence)):
            if word.text[0].islower():
                plain.add(word.lower)
            else:
                (capital if i else first).setdefault(word.lower, word.text[: len(word.lower)])
    parts, at = [], 0
    asked = words(text)
    for i, word in enumerate(asked):
        parts.append(text[at : word.start])
        common = frequency(word.lower, "n") >= (1 if text[:1].isupper() else _COMMON)
        written = capital.get(word.lower) if word.content and word.lower not in plain and not common else None
        if written is None and word.lower not in plain and i + 1 < len(asked) and asked[i + 1].lower in capital:
            written = first.get(word.lower) if asked[i + 1].lower not in plain and word.content else None
        parts.append(written + word.text[len(written) :] if written else word.text)
        at = word.end
    return "".join(parts) + text[at:]


def _agent(tokens: tuple[Word, ...], names: tuple[Name, ...], predicate: tuple[Word, ...]) -> frozenset[str]:
    """The words of the names that stand right behind an auxiliary and before a verb."""
    for i, word in enumerate(tokens[:-1]):
        if word.lower in AUXILIARIES:
            follows = [t for t in tokens[i + 1 :] if t.lower not in ("the", "a", "an", "not")][:1]
            for name in names:
                if follows and name.start <= follows[0].start < name.end and any(v.start > name.end for v in predicate):
                    return frozenset(name.words)
    return frozenset()


def _kind(text: str, tokens: tuple[Word, ...]) -> tuple[Kind, frozenset[FigureKind], tuple[Word, ...]]:
    if match := _SHARE.search(text):
        return "quantity", frozenset({"percent"}), ()
    if match := _HOW_MANY.search(text):
        thing = _noun_phrase(tokens, match.end())
        units = {w.lower for w in thing[-1:]}
        if units & {"days", "weeks", "months", "years", "hours", "minutes"}:
            return "quantity", frozenset({"duration"}), thing
        if any(unit_at(f"1 {word}", 1) for word in units):
            return "quantity", frozenset({"count", "money", "measure"}), thing
        return "quantity", frozenset({"count"}), thing
    if match := _HOW_MUCH.search(text):
        thing = _noun_phrase(tokens, match.end())
        if not thing or any(lemma in MONEY for w in thing for lemma in (*lemmas(w.lower, "n"), *lemmas(w.lower, "v"))):
            return "quantity", frozenset({"money", "percent"}), ()
        return "quantity", frozenset({"money", "percent", "measure", "count"}), thing
    if match := _MEASURE.search(text):
        return "quantity", _MEASURES.get(match[1].lower(), frozenset({"measure", "percent", "money"})), ()
    if match := _NUMBER_NOUN.search(text):
        noun = tuple(w for w in tokens if match.start(1) <= w.start < match.end(1) and w.content)
        return "quantity", frozenset({"count", "money", "measure", "percent", "age"}), noun
    start = _asking(text)
    asking = tuple(w for w in tokens if w.start >= start) or tokens
    if match := _NAME_OF.search(text, start):
        return "which", frozenset(), _noun_phrase(tokens, match.end())
    if _WHAT_FOR.search(text):
        return "why", frozenset(), ()
    return _word_kind(asking), frozenset(), _asked_noun(asking)


def _asking(text: str) -> int:
    """Where the sentence that asks begins, the last one."""
    return max((s.start for s in split(text)), default=0)


def _word_kind(tokens: tuple[Word, ...]) -> Kind:
    """The kind by the question word, wherever it stands ("and when was it signed?")."""
    lowers = [w.lower for w in tokens]
    if lowers and lowers[0] in AUXILIARIES:
        return "yes_no"
    for i, word in enumerate(lowers):
        following = lowers[i + 1] if i + 1 < len(lowers) else ""
        if word in ("who", "whom", "whose", "who's"):
            identity = word == "who's" or (word == "who" and following in ("is", "was", "are", "were"))
            rest = tokens[i + 2 :]
            if identity and rest and all(t.text[:1].isupper() or t.lower in STOPWORDS for t in rest):
                return "who_is"
            return "who"
        if word in ("when", "where", "which", "why", "how"):
            return word  # type: ignore[return-value]
        if word in ("what", "what's"):
            if following in ("year", "month", "day", "date", "time"):
                return "when"
            if following in ("country", "city", "place", "town"):
                return "which"
            if SAYING.intersection(lowers[i + 1 :]):
                return "what_said"
            return "what"
    return "what"


def _noun_phrase(tokens: tuple[Word, ...], start: int) -> tuple[Word, ...]:
    """The counted noun phrase from an offset on: up to an auxiliary, a preposition or a verb behind a noun."""
    phrase: list[Word] = []
    for word in tokens:
        if word.start < start:
            continue
        abbreviated = len(word.text) > 1 and word.text.isupper()
        if word.lower in AUXILIARIES or (word.lower in STOPWORDS and word.lower not in ("more", "other", "the")
                                         and not abbreviated):
            break
        if phrase and frequency(word.lower, "v") > frequency(word.lower, "n") and _finite(word.lower):
            break
        if phrase and _plural(phrase[-1].lower) and _verb_follows(word, tokens):
            break
        if word.content or abbreviated:
            phrase.append(word)
    return tuple(phrase)


def _plural(noun: str) -> bool:
    return noun in ("people", "police", "staff") or lemmas(noun, "n") != (noun,)


def _verb_follows(word: Word, tokens: tuple[Word, ...]) -> bool:
    """Whether a word behind a plural noun is its verb: a base form before a preposition ("people *live* in")."""
    behind = [t for t in tokens if t.start > word.end][:1]
    return word.lower in lemmas(word.lower, "v") and bool(behind) and behind[0].lower in _PREPOSITIONS


def _finite(word: str) -> bool:
    """Whether a verb's form can be a past tense or participle."""
    return word.endswith("ed") or (bool(lemmas(word, "v")) and word not in lemmas(word, "v"))


def _asked_noun(tokens: tuple[Word, ...]) -> tuple[Word, ...]:
    for i, word in enumerate(tokens):
        if word.lower in ("which", "what", "whose") and i + 1 < len(tokens):
            return _noun_phrase(tokens, tokens[i + 1].start)
    return ()


def _verbal(word: Word, tokens: tuple[Word, ...], i: int) -> bool:
    """Whether a word stands as a verb in the question: behind an auxiliary's subject, or by its form."""
    if not lemmas(word.lower, "v") or _subordinate(word, tokens, i):
        return False
    nouns, verbs = frequency(word.lower, "n"), frequency(word.lower, "v")
    before = tokens[i - 1].lower if i else ""
    if before in _NO_VERB_BEHIND or _owns(tokens[i - 1 : i]):
        return False
    if before == "who" and nouns + verbs > 0:
        return True
    if i > 1 and tokens[i - 1].text[0].isupper() and tokens[i - 2].lower in ("the", "a", "an", "this"):
        return False
    if before in AUXILIARIES and i + 1 < len(tokens) and nouns > _COMMON * verbs:
        return False
    if before == "to" or before in AUXILIARIES or before in ("or", "and"):
        return verbs > 0 or not nouns
    return verbs >= nouns


def _behind_do(tokens: tuple[Word, ...], named: set[int]) -> tuple[Word, ...]:
    """The verb behind a form of *do* and its subject, of a question whose verb is oftener a noun: "why did protesters
    *storm* the office", "when do children *vacation* there"; () where none stands in its place.
    """
    first = next((i for i, w in enumerate(tokens) if w.lower in _DO), len(tokens))
    for i in range(first + 2, len(tokens)):
        word, before = tokens[i], tokens[i - 1]
        behind = tokens[i + 1].lower if i + 1 < len(tokens) else "the"
        if word.start in named or word.lower not in lemmas(word.lower, "v") or not word.content:
            continue
        subject = before.start in named or (before.content and bool(lemmas(before.lower, "n")))
        follows = behind in STOPWORDS or behind[0].isdigit() or (i + 1 < len(tokens) and tokens[i + 1].start in named)
        if subject and follows and before.lower not in _PREPOSITIONS:
            return (word,)
    return ()


def _owns(before: tuple[Word, ...]) -> bool:
    """Whether a word ends in the sign of possession ("the ambassador's *claims*")."""
    return any(w.text.lower() in (f"{w.lower}'s", f"{w.lower}’s") for w in before)


def _subordinate(word: Word, tokens: tuple[Word, ...], i: int) -> bool:
    """Whether a verb can't be the question's own: behind a form of *do* that is in a base form ("does the rise they
    *accepted* take effect").
    """
    before = [t.lower for t in tokens[:i] if t.lower in AUXILIARIES]
    return before[-1:] != [] and before[-1] in ("do", "does", "did") and word.lower not in lemmas(word.lower, "v")
