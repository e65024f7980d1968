"""Who is said to say what in a sentence: the frame of an attribution, apart from what is said in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from service.answers.grammar.phrases import (
    apposition_behind,
    boundary,
    last_phrases,
    noun_phrase,
    quoted_before,
    said_before,
    segment_after,
    segment_before,
    subject,
    with_apposition,
)
from service.answers.grammar.reading import Reading, Token
from service.answers.grammar.speech_words import (
    ALLEGED,
    DETERMINERS,
    DUBBED,
    FINITE,
    LIKE_NOUNS,
    MAY_SAY,
    MEASURED,
    MONEY_CLAIMS,
    NO_SUBJECT,
    NOT_SPEECH,
    NOUN_FORMS,
    NOUNS,
    OPINES,
    PREPOSITIONS,
    PRONOUNS,
    QUOTE_MARKS,
    RELATIVES,
    SAYS,
    SHOWING,
    SHOWS,
)
from service.answers.grammar.verbs import verbal
from service.language import thesaurus
from service.language.calendar import MONTHS, WEEKDAYS
from service.language.countries import country_of
from service.language.names import folded

_TIMES = frozenset(WEEKDAYS) | frozenset(MONTHS) | frozenset("late early last this yesterday today tonight".split())
"""Words that tell when something was said, behind the verb."""
_FREE = frozenset(["what", "which", "whom"])
"""Words that open a clause inside the sentence, of which alone a speaker in it tells."""
_CONTRACTED = re.compile(r"'(?:ll|d|s|re|ve|m)$")
_AND = frozenset(["and", "but"])
_NAMING = 60
"""So many letters behind "called" the quotation mark of the name that is given may stand."""
_LINK = re.compile(r"^(?:[\s”'‘’]*[\"“]|[\s\"“”'‘’]*(?:that\b|[:,]\s*[\"“]))", re.I)


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attribution: its sentence, the words of its frame (who, the verb, to whom) and of the speaker
    alone.

    `firm` says that the verb can only report speech, or is built so ("told … that", "…, she added").
    """

    sentence: int
    cue: Token
    frame: frozenset[int]
    speaker: tuple[Token, ...]
    firm: bool
    trailing: bool = False
    """Whether what is said stands before it."""


@lru_cache(maxsize=1024)
def attributions(reading: Reading) -> tuple[Attribution, ...]:
    """The attributions of a text, in order."""
    found: list[Attribution] = []
    for token in reading.tokens:
        made = _according(reading, token) if token.lower == "according" else _spoken(reading, token)
        made = made or _alleged(reading, token) or _spoken_of(reading, token)
        if made is not None:
            found.append(made)
    return tuple(found)


def attributes(reading: Reading, apart: Sequence[str] = ()) -> bool:
    """Whether a text says in any way that someone said what it says; one word for each stem of `apart` is set
    off.
    """
    rest = Counter(apart)
    for token in reading.tokens:
        word = token.lower
        if token.name is not None:
            continue
        if word in DUBBED and any(c in QUOTE_MARKS for c in reading.text[token.end : token.end + _NAMING]):
            return True
        if word in SAYS or word in MAY_SAY or word in NOUNS or word == "according":
            if not rest[token.stem]:
                return True
            rest[token.stem] -= 1
    return False


def attributes_by_noun(token: Token) -> bool:
    """Whether a word attributes as a noun or a participle ("an estimate", "data indicating")."""
    return token.lower in NOUNS or token.lower in ("indicating", "showing", "suggesting", "estimating")


def opens_quotation(reading: Reading, token: Token) -> bool:
    """Whether a quotation mark stands right before a word."""
    return any(c in QUOTE_MARKS for c in reading.text[max(0, token.start - 2) : token.start])


def _according(reading: Reading, token: Token) -> Attribution | None:
    after = segment_after(reading, token.index + 1)
    if not after or after[0].lower != "to":
        return None
    speaker = tuple(after[1:])
    for i, word in enumerate(speaker):
        described = i > 0 and (speaker[i - 1].lower in DETERMINERS or speaker[i - 1].lower.endswith("ly"))
        if word.lower in ("who", "which", "that", "as", "following", "published", "released") and not described:
            speaker = speaker[:i]
            break
    if token.index == 0 or not segment_before(reading, token.index):
        edge = next((i for i, t in enumerate(speaker) if i and t.lower in DETERMINERS | PRONOUNS), len(speaker))
        whole = any(t.content for t in speaker[:edge]) and speaker[edge - 1].lower not in PREPOSITIONS | _AND | {"of"}
        if whole and edge < len(speaker):
            speaker = speaker[:edge]
            frame = {token.index, after[0].index, *(t.index for t in speaker)}
        else:
            frame = {token.index, *(t.index for t in after)}
    else:
        frame = {token.index, after[0].index, *(t.index for t in speaker)}
    opening = token.index == 0 or reading.tokens[token.index - 1].sentence != token.sentence
    return Attribution(token.sentence, token, frozenset(frame), speaker, True, trailing=not opening)


def _alleged(reading: Reading, token: Token) -> Attribution | None:
    """The attribution of a noun that a clause with "that" follows: "allegations from the agency that …"."""
    after = segment_after(reading, token.index + 1)
    if after and token.lower in MEASURED and after[0].lower in SHOWING | SHOWS:
        head = noun_phrase(segment_before(reading, token.index))[-4:]
        frame = frozenset({token.index, after[0].index, *(t.index for t in head)})
        return Attribution(token.sentence, token, frame, (*(t for t in head if t.lower != "with"), token), firm=True)
    if token.lower not in ALLEGED:
        return None
    that = next((i for i, t in enumerate(after[:10]) if t.lower == "that"), None)
    if that is None or any(t.lower in FINITE for t in after[:that]):
        return None
    if that and after[0].lower not in ("from", "by", "of", "among", "in"):
        return None
    head = segment_before(reading, token.index)
    speaker = tuple(after[1:that])
    frame = frozenset({token.index, *(t.index for t in head), *(t.index for t in after[: that + 1])})
    return Attribution(token.sentence, token, frame, speaker, firm=bool(speaker))


def _spoken_of(reading: Reading, token: Token) -> Attribution | None:
    """The attribution of "speak of", "complain of", "warn of"."""
    if token.lower not in ("speak", "speaks", "spoke", "talk", "talks", "talked", "complain", "complains"):
        return None
    before = segment_before(reading, token.index)
    behind = reading.tokens[token.index + 1 : token.index + 2]
    if not before or before[-1].lower in NO_SUBJECT or not behind or behind[0].lower != "of":
        return None
    frame = frozenset({token.index, behind[0].index, *(t.index for t in before)})
    return Attribution(token.sentence, token, frame, tuple(noun_phrase(before)), firm=True)


def _spoken(reading: Reading, token: Token) -> Attribution | None:
    """The attribution that a verb of speech makes, None where it makes none."""
    tokens = reading.tokens
    whole, after = segment_before(reading, token.index), segment_after(reading, token.index + 1)
    before = _own_clause(whole)
    relative = before != whole and whole[len(whole) - len(before) - 1].lower in _FREE
    after = [t for t in after if t.sentence == token.sentence]
    if after and boundary(reading, token, after[0]):
        after = []
    if not _reports(token, before, after):
        return None
    gap = reading.text[token.end : tokens[token.index + 1].start] if token.index + 1 < len(tokens) else "."
    that = next((i for i, t in enumerate(after[:8]) if t.lower == "that"), None)
    opens = bool(_LINK.match(gap)) or that is not None or any(c in QUOTE_MARKS for c in gap)
    end = after[-1].index + 1 if after else len(tokens)
    last = end >= len(tokens) or tokens[end].sentence != token.sentence
    content_before = said_before(reading, before, token)
    closes = content_before and (last or _aside(token, before, after)) and len(before) + len(after) <= 24
    closes = closes and that != 0 and not (before and before[0].lower in RELATIVES | _AND)
    closes = closes or (content_before and quoted_before(reading, before[0] if before else token))
    closes = closes and not relative and not token.lower.startswith("den")
    firm = token.lower in SAYS or opens or closes
    if not firm and (token.lower not in OPINES or not before):
        return None
    if relative:
        frame = frozenset({token.index, *(t.index for t in before)})
        return Attribution(token.sentence, token, frame, tuple(noun_phrase(before) or before), firm)
    if not before:
        return _headless(reading, token, after, closes, firm)
    return _headed(reading, token, before, after, _Build(that, last, closes, firm))


def _own_clause(before: list[Token]) -> list[Token]:
    """The words before a verb that are of its own clause: not those before "what", "in which" or "and" with a verb."""
    for i in range(len(before) - 1, -1, -1):
        rest = before[i + 1 :]
        if not rest:
            continue
        if before[i].lower in _FREE and not any(t.lower in FINITE for t in rest):
            return rest
        joined = before[i].lower in ("and", "but") and rest[0].lower not in FINITE
        if joined and any(t.lower in FINITE | SAYS and j for j, t in enumerate(before[:i])):
            return rest if any(t.content for t in rest) else before
    return before


def _aside(token: Token, before: list[Token], after: list[Token]) -> bool:
    """Whether an attribution stands between commas, with nothing behind its verb but to whom it was said."""
    if not before or token.lower not in ("said", "says", "told", "tells"):
        return False
    return len(after) <= 4 and all(t.lower not in FINITE and t.lower != "that" for t in after)


class _Build(NamedTuple):
    """How an attribution is built: where "that" stands, whether it ends the sentence, what precedes it."""

    that: int | None
    last: bool
    closes: bool
    firm: bool


def _reports(token: Token, before: list[Token], after: list[Token]) -> bool:
    """Whether a word can be a verb that reports speech where it stands."""
    lower = token.lower
    if (lower not in SAYS and lower not in MAY_SAY) or not token.text.islower():
        return False
    previous = before[-1].lower if before else None
    if before and before[-1].digits and lower in ("reported", "estimated", "claimed", "confirmed"):
        return False
    counted = len(before) == 1 and lower in SAYS and previous in ("some", "many", "several", "two", "three")
    if previous in NO_SUBJECT or (previous in DETERMINERS and not counted) or (lower in LIKE_NOUNS and before):
        return False
    plain = lower in ("said", "says", "told", "tells")
    if (any(t.lower in NOT_SPEECH for t in after[:4]) and not plain) or (lower in OPINES and previous == "who"):
        return False
    aside = {"admitted": ("to", "into", "at"), "argued": ("for",), "argues": ("for",), "arguing": ("for",)}
    if after and after[0].lower in aside.get(lower, ()):
        return False
    if lower in NOUN_FORMS and (_noun_here(before) or previous in MONEY_CLAIMS):
        return False
    if lower in ("told", "tells", "tell") and _ordered(after):
        return False
    if before and before[0].lower == "it" and previous in ("is", "was", "been"):
        return False
    return not (lower in ("say", "estimate", "claim") and previous in ("will", "would"))


def _ordered(after: list[Token]) -> bool:
    """Whether somebody is told to do something: "told residents *to leave*"."""
    goal = next((i for i, t in enumerate(after[:6]) if i and t.lower == "to"), None)
    if goal is None or goal + 1 >= len(after) or any(t.lower == "that" for t in after[:goal]):
        return False
    return after[goal + 1].lower in thesaurus.lemmas(after[goal + 1].lower, "v")[:1]


def _noun_here(before: list[Token]) -> bool:
    """Whether the adjectives before a word, or a determiner before those, show that it is a noun."""
    for i, token in enumerate(reversed(before)):
        if token.lower in DETERMINERS:
            return i > 0
        country = folded(token.text)[:1]
        demonym = bool(country) and country[0] != token.lower and country_of(country[0]) is not None
        if not demonym and not (token.text.islower() and thesaurus.lemmas(token.lower, "a")):
            return i > 0
    return False


def _headed(reading: Reading, token: Token, before: list[Token], after: list[Token], build: _Build) -> Attribution:
    """An attribution whose verb has words before it in its own segment."""
    tokens = reading.tokens
    if len(after) > 1 and after[0].lower == "by":
        rest = apposition_behind(reading, after)
        frame = frozenset({token.index, *(t.index for t in after + rest)})
        return Attribution(token.sentence, token, frame, tuple(after[1:]), firm=True, trailing=True)
    if all(t.lower in ("and", "but", "then", "also", "later", "or") for t in before):
        start = [t for t in tokens if t.sentence == token.sentence and t.index < before[0].index]
        frame = frozenset({token.index, *(t.index for t in before)})
        return Attribution(token.sentence, token, frame, tuple(subject(start)), build.firm)
    if len(before) > 2 and before[-1].lower in ("and", "but") and not build.closes:
        start = [t for t in tokens if t.sentence == token.sentence and t.index < before[-1].index]
        frame = frozenset({token.index, before[-1].index})
        return Attribution(token.sentence, token, frame, tuple(subject(start)), build.firm)
    if build.closes:
        frame = frozenset({token.index, *(t.index for t in before + after)})
        phrase = tuple(noun_phrase(before))
        return Attribution(token.sentence, token, frame, phrase, build.firm, trailing=True)
    head = with_apposition(reading, before)
    tail = after[: build.that] if build.that is not None else _addressee(token, after) if build.last else []
    frame = frozenset({token.index, *(t.index for t in head + tail)})
    return Attribution(token.sentence, token, frame, tuple(noun_phrase(before) or head), build.firm)


def _addressee(token: Token, after: list[Token]) -> list[Token]:
    """The words behind the verb that say to whom or where, up to what was said."""
    if not _addressed(token, after):
        return []
    for i, word in enumerate(after):
        if i and token.lower in ("told", "tells") and word.lower in DETERMINERS | PRONOUNS:
            return after[:i]
        if i > 1 and after[i - 1].lower not in PREPOSITIONS and _opens_what_is_said(after, i):
            return after[:i]
    return after


def _opens_what_is_said(after: list[Token], i: int) -> bool:
    """Whether what was said may begin with a word behind "in a statement": a subject, with its verb behind it."""
    word = after[i]
    named = word.name is not None and word.name != after[i - 1].name
    opens = named or word.lower in (PRONOUNS - RELATIVES) | DETERMINERS
    return opens and any(t.lower in FINITE or t.lower.endswith("ed") for t in after[i + 1 :])


def _addressed(token: Token, after: list[Token]) -> bool:
    """Whether what follows the verb is to whom or where it was said, not what was said."""
    if [t.lower for t in after[:2]] in (["at", "least"], ["at", "most"]):
        return False
    return token.lower in ("told", "tells") or (bool(after) and after[0].lower in ("in", "on", "at", "during", "to"))


def _headless(reading: Reading, token: Token, after: list[Token], closes: bool, firm: bool) -> Attribution | None:
    """An attribution whose verb follows a sign: "…, said the mayor", "the mayor, a nurse, said …"."""
    participle = token.lower.endswith("ing")
    inverted = (
        bool(after)
        and after[0].lower not in PREPOSITIONS
        and not participle
        and not any(t.lower in FINITE or t.lower.endswith("n't") or _acts(reading, t) for t in after[1:])
        and after[0].lower not in FINITE
        and after[0].lower not in _TIMES
        and not (_CONTRACTED.sub("", after[0].lower) in PRONOUNS and (len(after) > 1 or "'" in after[0].lower))
        and (closes or after[0].name is not None or after[0].lower in DETERMINERS)
    )
    if inverted and token.lower not in ("told", "tells"):
        rest = apposition_behind(reading, after)
        frame = frozenset({token.index, *(t.index for t in after + rest)})
        return Attribution(token.sentence, token, frame, tuple(after), firm, trailing=True)
    start = [t for t in reading.tokens if t.sentence == token.sentence and t.index < token.index]
    if participle:
        return Attribution(token.sentence, token, frozenset({token.index}), tuple(subject(start)), firm)
    if not start or len(start) > 40:
        return Attribution(token.sentence, token, frozenset({token.index}), tuple(start), firm) if firm else None
    tail = _addressee(token, after) if "that" not in [t.lower for t in after] else []
    head = last_phrases(reading, start)
    return Attribution(
        token.sentence, token, frozenset({token.index, *(t.index for t in head + tail)}), tuple(head), firm
    )


def _acts(reading: Reading, token: Token) -> bool:
    """Whether a word right behind a name is that name's verb ("said the firm supplies" has another subject)."""
    before = reading.tokens[token.index - 1]
    past = before.content and verbal(token.lower) and token.lower.endswith("ed")
    if before.name is None and not past:
        return False
    if not token.text.islower() or reading.text[before.end : token.start].strip(" " + QUOTE_MARKS):
        return False
    lemmas = thesaurus.lemmas(token.lower, "v")
    return bool(lemmas) and token.lower not in lemmas and not token.lower.endswith("ing")


def pronoun_only(speaker: tuple[Token, ...]) -> bool:
    """Whether a speaker is named by a pronoun or not at all."""
    return not any(t.content or t.name is not None for t in speaker if t.lower not in PRONOUNS)
