"""Verbs of a reading, by form and place, and the verbs on which a word may hang. There is no parser here."""

from __future__ import annotations

from functools import lru_cache

from service.answers.grammar.reading import Reading, Token
from service.answers.grammar.speech_words import MAY_SAY, SAYS
from service.domain import DateMention
from service.language import thesaurus
from service.language.calendar import MONTHS, WEEKDAYS

BE = frozenset("is are was were be been being get gets got getting".split())
_HAVE = frozenset("has have had will would could may might must should can did does do shall to".split())
_OWNING = frozenset(["has", "have", "had"])
_ASIDES = frozenset("which who whose whom when while where because".split())
_PARTING = _ASIDES | frozenset("but that whereas although though since unless until if".split())
_SAYING = frozenset("said says told tells".split())
_TIMES = frozenset("night week weekend month quarter year spring summer autumn fall winter decade century".split()) | (
    frozenset(WEEKDAYS) | frozenset(MONTHS))
_SUBJECTS = frozenset("he she it they we i you who".split())
_NO_VERB_BEHIND = frozenset("the a an of its their his her our my this these those".split())


def is_verb(reading: Reading, token: Token) -> bool:
    """Whether a word is likely its clause's verb or a participle."""
    lower = token.lower
    if token.name is not None or not token.text.islower() or not token.content or token.digits:
        return False
    if lower == "last" and reading.tokens[token.index + 1 : token.index + 2] and (
        reading.tokens[token.index + 1].lower in _TIMES
    ):
        return False
    before = reading.tokens[token.index - 1] if token.index else None
    lemmas = thesaurus.lemmas(lower, "v")
    if not lemmas:
        return False
    if before is not None and before.lower in _HAVE | BE:
        return True
    if before is not None and before.lower in _NO_VERB_BEHIND:
        return False
    if lower not in lemmas and not lower.endswith("s"):
        return True
    return thesaurus.frequency(lower, "v") > 2 * thesaurus.frequency(lower, "n")


def verbal(word: str) -> bool:
    """Whether a lower-case word is a verb's form more often than a noun's."""
    return thesaurus.frequency(word, "v") > thesaurus.frequency(word, "n")


def passive(reading: Reading, verb: Token) -> bool:
    """Whether a verb stands behind a form of "be" or "get"."""
    if verb.lower.endswith("ing"):
        return False
    before = [t.lower for t in reading.tokens[max(0, verb.index - 3) : verb.index] if t.clause == verb.clause]
    behind = reading.tokens[verb.index + 1 : verb.index + 3]
    done_by = len(behind) == 2 and behind[0].lower == "by" and not behind[1].digits
    return any(word in BE for word in before) or (done_by and verb.lower not in thesaurus.lemmas(verb.lower, "v"))


@lru_cache(maxsize=1024)
def verbs(reading: Reading) -> tuple[Token, ...]:
    """The verbs of a text, in order; "was" and its like where no participle follows."""
    found = []
    for token in reading.tokens:
        if token.lower in BE | _OWNING and token.text.islower():
            ahead = reading.tokens[token.index + 1 : token.index + 4]
            joint = next((i for i, t in enumerate(ahead) if t.lower in ("and", "but")), len(ahead))
            if not any((is_verb(reading, t) or t.lower in BE) and t.clause == token.clause for t in ahead[:joint]):
                found.append(token)
        elif (token.lower in _SAYING and token.text.islower()) or is_verb(reading, token):
            found.append(token)
    return tuple(found)


def governors(reading: Reading, first: Token, last: Token) -> tuple[Token, ...]:
    """The verbs on which the words from `first` to `last` may hang, as when they tell a time; the nearest first.

    Words behind a verb hang on it, and where it may be no finite verb of their own clause, on those before it too, up
    to one that is; words that open a sentence hang on the verbs that follow.
    """
    mine = [v for v in verbs(reading) if v.sentence == first.sentence and not describes(reading, v)]
    before = [v for v in reversed(mine) if v.index < first.index]
    behind = [v for v in mine if v.index > last.index]
    heads = [v for v in behind if v.clause == last.clause]
    if before and heads and _in_what_is_said(reading, before[0], first):
        return tuple(heads[:1])
    clause = [t for t in reading.tokens if t.clause == first.clause and t.index < first.index]
    if clause and clause[0].lower == "with" and not any(v.clause == first.clause for v in mine):
        return ()
    if opens_clause(reading, first):
        return tuple([v for v in behind if not _aside(reading, v)][:1])
    if not any(v.clause == first.clause for v in before):
        ahead = [v for v in behind if v.clause == last.clause]
        row = reading.by_sentence[first.sentence]
        opens = not any(t.content for t in row if t.index < first.index)
        before = [] if ahead else before
        behind = ahead or ([v for v in behind if not _aside(reading, v)] or behind if opens else [])
    found: list[Token] = []
    for verb in before or behind:
        if before and found and _parted(reading, verb, found):
            break
        found.append(verb)
        if before and _reduced(reading, verb, before):
            continue
        if finite(reading, verb) and (not before or "," not in reading.text[verb.end : first.start]):
            break
    return tuple(found)


def governors_of_date(reading: Reading, mention: DateMention) -> tuple[Token, ...]:
    """The `governors` of a date: what it may say the time of."""
    inside = [t for t in reading.tokens if mention.start <= t.start < mention.end]
    return governors(reading, inside[0], inside[-1]) if inside else ()


def describes(reading: Reading, verb: Token) -> bool:
    """Whether a participle stands before the noun that it describes: "the *newly elected* president"."""
    if verb.index == 0 or verb.index + 1 >= len(reading.tokens) or verb.lower in BE | _OWNING:
        return False
    before, behind = reading.tokens[verb.index - 1], reading.tokens[verb.index + 1]
    if before.lower.endswith("ly") and before.index:
        before = reading.tokens[before.index - 1]
    plain = not reading.text[verb.end : behind.start].strip()
    noun = behind.name is not None or thesaurus.frequency(behind.lower, "n") > thesaurus.frequency(behind.lower, "v")
    return plain and noun and (before.lower in _NO_VERB_BEHIND or before.text.endswith(("'s", "’s")))


def _reduced(reading: Reading, verb: Token, before: list[Token]) -> bool:
    """Whether a verb without an auxiliary, behind another one of its clause, is a participle: "two shows planned"."""
    earlier = [v for v in before if v.index < verb.index and v.clause == verb.clause]
    if not earlier or verb.lower in BE | _OWNING | _SAYING:
        return False
    between = [t.lower for t in reading.tokens[earlier[0].index + 1 : verb.index]]
    if any(t in ("and", "or", "then", *_HAVE, *BE) for t in between) or earlier[0].lower in SAYS | MAY_SAY:
        return False
    return bool(between) and reading.tokens[verb.index - 1].lower not in ("he", "she", "it", "they", "we", "i", "who")


def _in_what_is_said(reading: Reading, verb: Token, first: Token) -> bool:
    """Whether a word stands in the subject of what somebody said: "said *revenues for* March are down"."""
    between = reading.tokens[verb.index + 1 : first.index]
    return verb.lower in ("said", "says") and any(t.content and t.name is None and not t.digits for t in between)


def opens_clause(reading: Reading, first: Token) -> bool:
    """Whether a time opens a clause with "that": "said that in May, sales …"."""
    before = [t.lower for t in reading.tokens[max(0, first.index - 3) : first.index]]
    while before and before[-1] in ("in", "on", "by", "since", "early", "late", "mid", "as", "of", "the"):
        before.pop()
    return before[-1:] == ["that"]


def _parted(reading: Reading, verb: Token, later: list[Token]) -> bool:
    """Whether later verbs stand in a clause of its own, which an earlier one does not share: behind "but", "when" or
    "which", or in what somebody said.
    """
    if verb.lower in SAYS | MAY_SAY and any(finite(reading, t) for t in later):
        return True
    between = [t.lower for t in reading.tokens[verb.index + 1 : later[-1].index]]
    if "with" in between and later[-1].lower.endswith("ing"):
        return True
    return any(word in _PARTING for word in between)


def _aside(reading: Reading, verb: Token) -> bool:
    """Whether a verb stands in a clause that "which" or "when" opens."""
    row = reading.by_sentence[verb.sentence]
    return next(t for t in row if t.clause == verb.clause).lower in _ASIDES


def finite(reading: Reading, verb: Token) -> bool:
    """Whether a verb is surely a finite one, or the participle of one: no infinitive, no noun, no "-ing"."""
    before = reading.tokens[verb.index - 1] if verb.index else None
    if verb.lower in BE | _OWNING | _SAYING:
        modal = before is not None and before.lower in _HAVE - {"to"}
        return verb.lower not in ("be", "been", "being") or (verb.lower == "be" and modal)
    if before is not None and (before.lower.endswith("ly") or before.lower == "not") and verb.index > 1:
        before = reading.tokens[verb.index - 2]
    if before is not None and before.lower.removesuffix("n't") in _HAVE | BE | _SUBJECTS and before.lower != "to":
        return not verb.lower.endswith("ing") or before.lower not in _SUBJECTS
    behind = reading.tokens[verb.index + 1] if verb.index + 1 < len(reading.tokens) else None
    past = verb.lower not in thesaurus.lemmas(verb.lower, "v") and not verb.lower.endswith(("s", "ing"))
    if behind is None or behind.lower != "by":
        return past
    step = reading.tokens[behind.index + 1 : behind.index + 2]
    return past and bool(step) and step[0].digits


def finite_here(reading: Reading, token: Token) -> bool:
    """Whether a word tells a deed as done or usual: a finite verb, without "to" and without a form of "be"."""
    before = reading.tokens[token.index - 1].lower if token.index else ""
    return (
        token.name is None and not token.lower.endswith("ing") and before != "to" and before not in BE
        and (is_verb(reading, token) or (token.lower.endswith("s") and verbal(token.lower)))
    )
