"""Words that change what a sentence asserts: negations and hedges, each with the words in its reach."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from service.answers.grammar.reading import Reading, Token
from service.answers.grammar.speech_words import MONEY_CLAIMS

Kind = Literal["negation", "doubt", "future"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NOT = _words(
    "not no none never neither nor nobody nothing nowhere without cannot hardly barely scarcely noone"
)
_DENIALS = _words("deny refuse reject refute rebut dispute dismiss lack disprove contradict veto")
_TO_DENIALS = _words("fail decline")
"""Verbs that deny when an infinitive follows."""
_SOFT = _words(
    "free unclear unable unknown unlikely impossible unconfirmed unverified few little only omit exclude "
    "absent miss "
    "missing stop halt end cease avoid prevent block cancel oppose ban forbid zero instead rather against "
    "off wrong "
    "false untrue incorrect baseless unfounded spare escape survive gone out shortage short doubt yet less "
    "empty "
    "lose lost refusal denial failure rejection absence ruled rule nil bar void withhold waive skip abandon drop scrap"
)
"""Words that may say a negation in another way; they excuse one, and none of them is demanded."""
_NOT_NEGATIVE = re.compile(
    r"\b(?:not|\w+n['’]t) (?:only|just|merely|simply)\b|"
    r"\bnot (?:least|to mention)\b|\bno (?:less|fewer|more|later|earlier|sooner) "
    r"than\b|"
    r"(?<!cast )(?<!casts )(?<!casting )(?<!have )(?<!has )(?<!had )\bno doubt\b|\bnothing but\b|"
    r"\bwhether or not\b|\bno(?=,)|\bNo\.?\s?\d|\bnot (?:less|fewer|more) than\b|\bno "
    r"matter\b",
    re.I,
)
_PHRASES: tuple[tuple[re.Pattern[str], Kind, bool], ...] = (
    (
        re.compile(
            r"\bit (?:is|was|has been) (?:widely |also )?(?:said|thought|believed|reported|rumou?red|claimed|"
            r"alleged|understood|feared) that\b",
            re.I,
        ),
        "doubt",
        True,
    ),
    (
        re.compile(
            r"\b(?:ruled? out|rul(?:es|ing) out|opt(?:ed|s|ing)? against|decided against|yet to|far from|"
            r"no longer|declined comment|stopp?(?:ed|s)? short of|instead of|rather than|devoid of)\b",
            re.I,
        ),
        "negation",
        True,
    ),
    (
        re.compile(
            r"\b(?:in the process of|going to|set to|about to|poised to|in talks|on track to|"
            r"(?:is|are|was|were) to)\b",
            re.I,
        ),
        "future",
        True,
    ),
    (re.compile(r"\b(?:turn(?:ed|s|ing)?|vot(?:ed|es|ing)|str(?:uck|ikes)) down\b", re.I), "negation", False),
    (re.compile(r"(?:(?<=\bis )|(?<=\bare )|(?<=\bwas )|(?<=\bwere ))due to\b", re.I), "future", True),
    (
        re.compile(
            r"\b(?:is|are|was|were|be|been) (?:widely "
            r")?(?:said|thought|believed|understood|reported|rumou?red|"
            r"considered|feared|assumed|presumed|known to have) to\b",
            re.I,
        ),
        "doubt",
        True,
    ),
)
_FEARED = frozenset(["fear", "fears", "threat", "danger", "prospect", "possibility"])
_MODALS = _words("may might could")
_DOUBTS = _words(
    "reportedly allegedly apparently purportedly supposedly ostensibly possibly perhaps probably potentially "
    "presumably seemingly likely unlikely alleged purported suspected unconfirmed unverified rumoured "
    "rumored "
    "apparent possible potential probable presumed unclear uncertain maybe believed feared "
    "possibility likelihood prospect conceivably arguably tentative tentatively preliminary"
)
_DOUBT_VERBS = _words(
    "seem appear suggest believe think speculate allege fear doubt claim estimate imply "
    "assume presume guess rumour rumor"
)
_FUTURES = _words("will would shall should wo")
_CERTAIN = _FUTURES | _words("going set about poised is are on")
_FUTURE_VERBS = _words(
    "plan intend aim expect schedule propose hope vow promise pledge threaten seek want consider forecast "
    "project "
    "predict prepare agree offer ask urge demand order plot attempt try postpone delay shelve"
)
_FUTURE_NOUNS = _words(
    "plan intention aim proposal hope vow promise pledge threat bid offer order attempt announce decide"
)
_REACH = 5
_ASKING = _words("what how whether who where")
_ASKED_FAR = 8
"""So many words behind a "what" its "might" may stand."""
_AUXILIARY = _words(
    "be been being is are was were has have had do does did to also ever yet already now still"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase that negates or hedges; `reach` are the content words it governs, the first the
    nearest.
    """

    kind: Kind
    token: Token
    last: Token
    reach: tuple[Token, ...]
    demanded: bool

    @property
    def certain(self) -> bool:
        """Whether a word of the future says that it will be, not that somebody means it to be."""
        return self.kind == "future" and self.token.lower.removesuffix("n't") in _CERTAIN


@lru_cache(maxsize=1024)
def cues(reading: Reading) -> tuple[Cue, ...]:
    """The negations and hedges of a text, in order."""
    idle = [match.span() for match in _NOT_NEGATIVE.finditer(reading.text)]
    found: list[Cue] = []
    taken: set[int] = set()
    for pattern, kind, demanded in _PHRASES:
        for match in pattern.finditer(reading.text):
            inside = [t for t in reading.tokens if match.start() <= t.start < match.end()]
            if (
                inside
                and not taken & {t.index for t in inside}
                and not (
                    kind == "future"
                    and match[0].lower().endswith(("is to", "are to", "was to", "were to", "due to"))
                    and not _verb_follows(reading, inside[-1])
                )
            ):
                taken.update(t.index for t in inside)
                found.append(Cue(kind, inside[0], inside[-1], _reach(reading, inside[-1]), demanded))
    for token in reading.tokens:
        if token.index in taken or any(start <= token.start < end for start, end in idle):
            continue
        sort = _sort(reading, token)
        if sort is not None:
            found.append(Cue(sort[0], token, token, _reach(reading, token), sort[1]))
        modal = token.lower.removesuffix("n't")
        if modal != token.lower and modal in _MODALS | _FUTURES:
            sure: Kind = "doubt" if modal in _MODALS else "future"
            found.append(Cue(sure, token, token, _reach(reading, token), True))
    found = [replace(c, demanded=False) if _asked(reading, c) else c for c in found]
    found.sort(key=lambda cue: cue.token.index)
    return tuple(found)


def _asked(reading: Reading, cue: Cue) -> bool:
    """Whether a "might" stands in what is asked and not known: "has not said what it might be"."""
    before = [t for t in reading.tokens[: cue.token.index] if t.sentence == cue.token.sentence]
    asking = next((t for t in reversed(before) if t.lower in _ASKING), None)
    return (
        cue.token.lower in _MODALS
        and asking is not None
        and cue.token.index - asking.index <= _ASKED_FAR
        and any(negative(t) or t.lower in ("unclear", "unknown") for t in before if t.index < asking.index)
    )


def negative(token: Token) -> bool:
    """Whether a word is a function word that negates ("not", "isn't", "nobody")."""
    return token.lower in _NOT or token.lower.endswith("n't")


def _sort(reading: Reading, token: Token) -> tuple[Kind, bool] | None:
    """What a word is a cue of, and whether its loss is a fault."""
    lower = token.lower
    after = reading.tokens[token.index + 1] if token.index + 1 < len(reading.tokens) else None
    if negative(token):
        return "negation", True
    base = _base(lower)
    if base in _DENIALS:
        return "negation", True
    if base in _TO_DENIALS:
        return ("negation", True) if after is not None and after.lower == "to" else None
    if lower in _SOFT or base in _SOFT:
        return ("doubt", True) if lower in ("unlikely", "unconfirmed", "unverified") else ("negation", False)
    if lower in _MODALS or lower in _FUTURES:
        return (("doubt" if lower in _MODALS else "future"), True) if token.text.islower() else None
    if lower in _DOUBTS:
        return "doubt", True
    if base == "appear" and after is not None and after.lower in ("before", "on", "in", "at", "with", "for"):
        return None
    if base in _DOUBT_VERBS:
        return "doubt", base not in ("think", "fear", "estimate", "guess", "doubt") and not _object_noun(
            reading, token
        )
    if lower in _FEARED and after is not None and after.lower in ("of", "that"):
        return "doubt", True
    if base in _FUTURE_VERBS:
        strong = base in (
            "plan",
            "intend",
            "aim",
            "expect",
            "schedule",
            "propose",
            "hope",
            "vow",
            "promise",
            "pledge",
            "threaten",
            "seek",
            "want",
            "consider",
            "attempt",
            "try",
        )
        to = after is not None and after.lower in ("to", "on", "for")
        if base == "expect":
            ahead = reading.tokens[token.index + 1 : token.index + 7]
            to = to or any(t.lower in _FUTURES | _MODALS and t.sentence == token.sentence for t in ahead)
        return "future", strong and to
    if base in _FUTURE_NOUNS or lower in (
        "announced",
        "announces",
        "announcement",
        "proposed",
        "future",
        "upcoming",
    ):
        return "future", False
    return None


_BASES = _DENIALS | _TO_DENIALS | _SOFT | _DOUBT_VERBS | _FUTURE_VERBS | _FUTURE_NOUNS


@lru_cache(maxsize=20_000)
def _base(word: str) -> str:
    """The word of these lists that a word is a form of, or the word itself."""
    if word == "thought":
        return "think"
    for ending, stub in (
        ("ied", "y"),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("d", ""),
        ("es", ""),
        ("s", ""),
        ("ing", ""),
        ("ing", "e"),
    ):
        if word.endswith(ending):
            base = word.removesuffix(ending) + stub
            if base in _BASES:
                return base
            if len(base) > 3 and base[-1] == base[-2] and base[:-1] in _BASES:
                return base[:-1]
    return word


def _object_noun(reading: Reading, token: Token) -> bool:
    """Whether "claims" or "claimed" here is about insurance, lives or responsibility, not an assertion."""
    if token.stem != "claim":
        return False
    after = reading.tokens[token.index + 1 : token.index + 4]
    if token.index and reading.tokens[token.index - 1].lower in MONEY_CLAIMS:
        return True
    return any(
        t.lower in ("responsibility", "lives", "life", "victory", "victims", "asylum", "benefits")
        for t in after
    )


def _verb_follows(reading: Reading, token: Token) -> bool:
    after = reading.tokens[token.index + 1] if token.index + 1 < len(reading.tokens) else None
    return (
        after is not None
        and after.text.islower()
        and after.lower not in ("the", "a", "an", "its", "his", "their")
    )


def _reach(reading: Reading, last: Token) -> tuple[Token, ...]:
    """The content words that a cue governs: those behind it in its clause, else those before it."""
    after = reading.tokens[last.index + 1 : last.index + 16]
    clause = last.clause
    if after and after[0].lower == "that":
        clause = after[0].clause
    behind = [t for t in after if t.clause == clause and t.content and t.lower not in _AUXILIARY]
    if behind and len(behind) < 3 and behind[-1].index + 1 < len(reading.tokens):
        link = reading.tokens[behind[-1].index + 1]
        if link.lower == "that" and link.sentence == last.sentence:
            behind += [
                t for t in after if t.clause == link.clause and t.content and t.lower not in _AUXILIARY
            ]
    if behind:
        return tuple(behind[:_REACH])
    if last.lower == "never" and after and after[0].lower == "to":
        return ()
    before = [
        t
        for t in reading.tokens[max(0, last.index - 12) : last.index]
        if t.clause == last.clause and t.content and t.lower not in _AUXILIARY
    ]
    if before:
        return tuple(reversed(before[-3:]))
    comma = reading.tokens[last.index + 1 : last.index + 2]
    if last.lower.endswith("n't") and comma and "," in reading.text[last.end : comma[0].start]:
        back = [t for t in reading.tokens[: last.index] if t.sentence == last.sentence and t.content]
        return tuple(reversed([t for t in back if t.lower not in _AUXILIARY][-3:]))
    onward = [
        t
        for t in reading.tokens[last.index + 1 : last.index + 9]
        if t.sentence == last.sentence and t.content
    ]
    return tuple(onward[:3])
