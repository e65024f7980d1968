"""The gate `attribution`: what a quote puts in someone's mouth, its statement puts in the same one's."""

from __future__ import annotations

import re

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.gates.speakers import named_elsewhere, points_back, pronouns, same_speaker, who
from service.answers.gates.voices import invented
from service.answers.grammar.reading import Reading, Token, agree, find, light, one_actor
from service.answers.grammar.speech import (
    Attribution,
    attributes,
    attributes_by_noun,
    attributions,
    opens_quotation,
)
from service.answers.grammar.speech_words import SHOWING
from service.language.countries import country_of
from service.language.names import folded

_SELF = frozenset("he she it they".split())
_EXPECTS = frozenset("expects expect expected plans plan planned hopes hoped wants wanted supports supported".split())
_WILL = frozenset("will would plans is are".split())
_COUNTS = frozenset("estimate estimates count tally assessment account indicating showing suggesting".split())
_LEAD = 3
"""So many words with content may stand before the quotation mark in what is told word by word."""
_AFTER = re.compile(r"\s+(?:after|as|when|while|before|following|in response|during)\b", re.I)
_LINKS = SHOWING | frozenset("that by from according".split())
"""Words behind a noun of speech that show that it tells something: "a report that", "estimates by"."""


def attribution(case: Case) -> Fault | None:
    """The fault of a statement that drops who says it, or says that somebody else does."""
    fault = _dropped(case)
    return fault or invented(case)


def _dropped(case: Case) -> Fault | None:
    """The fault of a statement that keeps what is said and drops who says it."""
    free = [0]
    demanding: list[tuple[int, Reading, Attribution]] = []
    for reading, number in case.told:
        row = reading.by_sentence[number]
        made = [a for a in attributions(reading) if a.sentence == number]
        frames = {i for a in made for i in a.frame}
        inside = tuple(t for t in row if t.index in frames)
        if not made:
            figures = {t.text for t in case.statement.tokens if t.digits}
            if figures <= {t.text for t in row} or not figures & {t.text for t in reading.tokens}:
                free.append(len(case.covered(row)))
        for one in made:
            scope = tuple(t for t in _scope(reading, row, one, made) if t.index not in frames)
            own = [t for t in case.covered(scope) if find(t, inside) is None]
            covered = len(case.covered(row))
            enough = (len(own) >= 2 or 2 * len(own) >= len(case.weighty)) and 4 * len(own) >= covered
            if enough and not _nearer(case, scope, own):
                demanding.append((covered, reading, one))
    for covered, reading, one in demanding:
        if max(free) >= covered or (_says(case, reading, one) and _names_speaker(case, reading, one)):
            continue
        if _announces_itself(case, reading, one):
            continue
        if _keeps_inner(case, reading, one) or named_elsewhere(case, reading, one):
            continue
        if attributes(case.statement):
            return Fault(
                "attribution",
                f"The quote has it from {who(reading, one)!r}; the statement names another source or none. "
                "Name that one.",
            )
        return Fault(
            "attribution",
            f"In the quote {who(reading, one)!r} says this; the statement gives it as a fact. Say who "
            "says so.",
        )
    return None


def _scope(
    reading: Reading, row: tuple[Token, ...], one: Attribution, made: list[Attribution]
) -> tuple[Token, ...]:
    """The words of a sentence that an attribution covers: up to the next attribution's frame on each side."""
    first, last = min(one.frame), max(one.frame)
    before = [t for t in row if t.index < first]
    behind = [t for t in row if t.index > last]
    if before and one.trailing and not (behind and opens_quotation(reading, behind[0])):
        behind = []
    elif not one.trailing and behind:
        before = []
    whole = one.cue.lower == "according" and one.trailing
    edges = [a for a in made if a is not one and (a.trailing or not whole)]
    low = max((max(a.frame) for a in edges if max(a.frame) < first), default=-1)
    high = min((min(a.frame) for a in edges if min(a.frame) > last), default=10**9)
    closing = _closes(reading, one, behind)
    scope = tuple(t for t in (*before, *behind) if low < t.index < high and t.start < closing)
    if [t.lower for t in one.speaker] == ["which"]:
        scope = tuple(t for t in scope if t.clause == one.cue.clause)
    return scope if any(t.content for t in scope) else (*before, *behind)


def _closes(reading: Reading, one: Attribution, behind: list[Token]) -> int:
    """Where what is said ends, when all of it stands in quotation marks and the reporter goes on: "said “…” after"."""
    if not behind:
        return len(reading.text)
    opening = next((i for i in range(one.cue.end, behind[-1].end) if reading.text[i] in "“\""), None)
    if opening is None or sum(t.content for t in behind if t.start < opening) > _LEAD:
        return len(reading.text)
    closing = next((i for i in range(opening + 1, behind[-1].end) if reading.text[i] in "”\""), None)
    goes_on = closing is not None and _AFTER.match(reading.text, closing + 1)
    return closing if closing is not None and goes_on else len(reading.text)


def _says(case: Case, reading: Reading, one: Attribution) -> bool:
    """Whether the statement attributes, by a word that is no part of what is said in the quote."""
    content = [t.stem for t in reading.by_sentence[one.sentence] if t.index not in one.frame]
    others = {a.cue.stem for a in attributions(reading) if a.sentence == one.sentence} - {one.cue.stem}
    return attributes(case.statement, apart=content) or any(
        a.firm and a.speaker and a.cue.stem not in others for a in attributions(case.statement)
    )


def _announces_itself(case: Case, reading: Reading, one: Attribution) -> bool:
    """Whether somebody announces what he will do, or says what he expects, and the statement says that he does."""
    if not one.speaker:
        return False
    will = _WILL if one.cue.lower.startswith("announc") else _EXPECTS
    behind = [t for t in reading.by_sentence[one.sentence] if t.index > max(one.frame)][:4]
    himself = any(t.lower in _SELF for t in behind) and any(t.lower in will for t in behind)
    first = next((t for t in case.statement.tokens if t.content or t.name is not None), None)
    return himself and first is not None and same_speaker(first, one.speaker) and any(
        t.lower in will for t in case.statement.tokens
    )


def _keeps_inner(case: Case, reading: Reading, one: Attribution) -> bool:
    """Whether a statement keeps who announced it, and drops "the university said" around that announcement."""
    row = reading.by_sentence[one.sentence]
    for mine in attributions(case.statement):
        cue = next((t for t in row if t.stem == mine.cue.stem and t.index not in one.frame), None)
        named = [t for t in mine.speaker if t.name is not None]
        if cue and named and all(any(t.stem == n.stem and t.index < cue.index for t in row) for n in named):
            return points_back(one)
    return False


def _names_speaker(case: Case, reading: Reading, made: Attribution) -> bool:
    """Whether the statement names the speaker of a quote's attribution, where it attributes."""
    if pronouns(made):
        return True
    frames = {i for a in attributions(case.statement) for i in a.frame}
    frames |= {t.index for a in attributions(case.statement) for t in a.speaker}
    zone = tuple(t for t in case.statement.tokens if t.index in frames) or case.statement.tokens
    if any(a.speaker and pronouns(a) for a in attributions(case.statement)):
        zone = case.statement.tokens
    keep = [t for t in made.speaker if t.name is not None or (t.content and not light(t))]
    own = [t for t in keep if t.name is not None and country_of(folded(t.text)[0]) is None]
    if own:
        told = {case.statement.names[t.name].words for t in zone if t.name is not None}
        named = {reading.names[t.name].words for t in own if t.name is not None}
        own = own if any(one_actor(a, b) for a in named for b in told) else []
        keep = own + [t for t in keep if t.name is None]
        if not keep:
            return False
    return not keep or any(same_speaker(t, zone) for t in keep)


def _nearer(case: Case, scope: tuple[Token, ...], own: list[Token]) -> bool:
    """Whether the statement keeps an attribution by a noun nearer to what it tells ("an estimate")."""
    for token in scope:
        linked = token.lower in _COUNTS or any(t.lower in _LINKS for t in scope if 0 < t.index - token.index <= 4)
        if linked and attributes_by_noun(token) and any(t.stem == token.stem for t in case.statement.tokens):
            told = [t for t in scope if any(agree(o, t) for o in own) and t.stem != token.stem]
            if told and all(t.index > token.index for t in told):
                return True
    return False
