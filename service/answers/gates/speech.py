"""The gate `attribution`: what a quote puts in someone's mouth, its statement puts in the same one's."""

from __future__ import annotations

import re

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.gates.roles import places
from service.answers.grammar.reading import NEAR, Reading, Token, agree, find, light, one_actor
from service.answers.grammar.speech import (
    Attribution,
    attributes,
    attributes_by_noun,
    attributions,
    opens_quotation,
    pronoun_only,
)
from service.answers.grammar.speech_words import MEASURED, SHOWING
from service.language.countries import country_of
from service.language.names import Name, folded

_ROLES = (
    frozenset("spokesman spokeswoman spokesperson official officials authority authorities officer".split()),
    frozenset("envoy ambassador diplomat".split()),
    frozenset("president leader premier chief head".split()),
    frozenset("company firm group business maker carmaker manufacturer".split()),
    frozenset("police officers force detectives investigators".split()),
    frozenset("ministry minister government officials authorities".split()),
    frozenset("report study paper researchers authors scientists survey analysis".split()),
    frozenset("lawyer attorney counsel solicitor lawyers attorneys".split()),
    frozenset("charity group organisation organization agency body watchdog monitor".split()),
    frozenset("intelligence spies agency service".split()),
)  # fmt: skip
"""Words that news prose uses for one and the same speaker."""


_COUNTS = frozenset("estimate estimates count tally assessment account indicating showing suggesting".split())
_LINKS = SHOWING | frozenset("that by from according".split())
"""Words behind a noun of speech that show that it tells something: "a report that", "estimates by"."""
_REPORTS = frozenset("report reports article account news".split())
"""What any article is, so that no quote need name it."""
_WORDS = (
    r"(?:estimates?|claims?|statements?|reports?|accounts?|assessments?|figures|interviews?|announcements?|"
    r"intelligence|data|count|tally|words|allegations?)"
)
_OWN_WORDS = re.compile(rf"(?:['’]s?)?(?:\s+[\w-]+){{0,2}}\s+{_WORDS}\b", re.I)
_WORDS_OF = re.compile(rf"\b(?:{_WORDS}|according)\s+(?:by|from|of|to|with)(?:\s+[\w-]+){{0,3}}\s+$", re.I)


def attribution(case: Case) -> Fault | None:
    """The fault of a statement that drops who says it, or says that somebody else does."""
    fault = _dropped(case)
    return fault or _invented(case)


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
        if max(free) >= covered or (_says(case, reading, one) and _names_speaker(case, one)):
            continue
        if _keeps_inner(case, reading, one) or _named_elsewhere(case, reading, one):
            continue
        if attributes(case.statement):
            return Fault(
                "attribution",
                f"The quote has it from {_who(reading, one)!r}; the statement names another source or none. "
                "Name that one.",
            )
        return Fault(
            "attribution",
            f"In the quote {_who(reading, one)!r} says this; the statement gives it as a fact. Say who "
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
    scope = tuple(t for t in (*before, *behind) if low < t.index < high)
    if [t.lower for t in one.speaker] == ["which"]:
        scope = tuple(t for t in scope if t.clause == one.cue.clause)
    return scope if any(t.content for t in scope) else (*before, *behind)


def _says(case: Case, reading: Reading, one: Attribution) -> bool:
    """Whether the statement attributes, by a word that is no part of what is said in the quote."""
    content = [t.stem for t in reading.by_sentence[one.sentence] if t.index not in one.frame]
    others = {a.cue.stem for a in attributions(reading) if a.sentence == one.sentence} - {one.cue.stem}
    return attributes(case.statement, apart=content) or any(
        a.firm and a.speaker and a.cue.stem not in others for a in attributions(case.statement)
    )


def _common(made: Attribution) -> bool:
    """Whether a speaker is told by a noun that points back at a name: "the company", "the university"."""
    return (
        bool(made.speaker) and made.speaker[0].lower == "the" and len(made.speaker) <= 3
        and not any(t.name is not None for t in made.speaker)
    )


def _keeps_inner(case: Case, reading: Reading, one: Attribution) -> bool:
    """Whether a statement keeps who announced it, and drops "the university said" around that announcement."""
    row = reading.by_sentence[one.sentence]
    for mine in attributions(case.statement):
        cue = next((t for t in row if t.stem == mine.cue.stem and t.index not in one.frame), None)
        named = [t for t in mine.speaker if t.name is not None]
        if cue and named and all(any(t.stem == n.stem and t.index < cue.index for t in row) for n in named):
            return _common(one)
    return False


def _named_elsewhere(case: Case, reading: Reading, one: Attribution) -> bool:
    """Whether a statement has the name for "the company", and the same source's quotes tell of that one name's deeds
    alone.
    """
    if not _common(one):
        return False
    file = next(q.source.file_id for q, r in zip(case.cited.quotes, case.quotes, strict=True) if r is reading)
    doers = {
        place.words
        for quote, other in zip(case.cited.quotes, case.quotes, strict=True)
        if quote.source.file_id == file and other is not reading
        for place in places(other)
        if place.role == "subject"
    }
    speakers = [t for made in attributions(case.statement) for t in made.speaker if t.name is not None]
    return len(doers) == 1 and bool(speakers) and all(
        t.name is not None and one_actor(case.statement.names[t.name].words, next(iter(doers))) for t in speakers
    )


def _pronouns(made: Attribution) -> bool:
    return pronoun_only(made.speaker)


def _who(reading: Reading, made: Attribution) -> str:
    if not made.speaker:
        return "somebody"
    return reading.text[made.speaker[0].start : made.speaker[-1].end][:80]


def _names_speaker(case: Case, made: Attribution) -> bool:
    """Whether the statement names the speaker of a quote's attribution, where it attributes."""
    if _pronouns(made):
        return True
    frames = {i for a in attributions(case.statement) for i in a.frame}
    frames |= {t.index for a in attributions(case.statement) for t in a.speaker}
    zone = tuple(t for t in case.statement.tokens if t.index in frames) or case.statement.tokens
    keep = [t for t in made.speaker if t.name is not None or (t.content and not light(t))]
    own = [t for t in keep if t.name is not None and country_of(folded(t.text)[0]) is None]
    if own:
        keep = own + [t for t in keep if t.name is None]
    return not keep or any(_same_speaker(t, zone) for t in keep)


def _nearer(case: Case, scope: tuple[Token, ...], own: list[Token]) -> bool:
    """Whether the statement keeps an attribution by a noun nearer to what it tells ("an estimate")."""
    for token in scope:
        linked = token.lower in _COUNTS or any(t.lower in _LINKS for t in scope if 0 < t.index - token.index <= 4)
        if linked and attributes_by_noun(token) and any(t.stem == token.stem for t in case.statement.tokens):
            told = [t for t in scope if any(agree(o, t) for o in own) and t.stem != token.stem]
            if told and all(t.index > token.index for t in told):
                return True
    return False


def _same_speaker(token: Token, tokens: tuple[Token, ...]) -> bool:
    if token.name is not None:
        keys = folded(token.text)
        return any(t.name is not None and (folded(t.text) == keys or t.stem == token.stem) for t in tokens)
    if find(token, tokens) is not None:
        return True
    return any(token.lower in group and any(t.lower in group for t in tokens) for group in _ROLES)


def _invented(case: Case) -> Fault | None:
    """The fault of a statement whose speaker does not speak in any quote."""
    names = case.statement.names
    sources = [quote.source for quote in case.cited.quotes]
    publishers = [tuple(folded(text)) for s in sources for text in (s.publisher, s.reprint_of) if text]
    for made in attributions(case.statement):
        if not made.firm or _pronouns(made):
            continue
        if made.cue.lower not in ("said", "says", "according") and any(
            find(made.cue, quote.tokens) is not None and not _reported(quote, made.cue)
            for quote in case.quotes
        ):
            continue
        hosts = _hosts(case.statement)
        told = dict.fromkeys(t.name for t in made.speaker if t.name is not None)
        speakers = [names[i] for i in told if i not in hosts]
        voices = [(quote, a) for quote in case.quotes for a in attributions(quote)]
        if {t.lower for t in made.speaker if t.content and t.lower != "one"} <= _REPORTS or _measured(case, made):
            continue
        if not voices:
            voiced = any(attributes(quote) for quote in case.quotes)
            outside = [n for n in speakers if not any(set(n.words) <= set(p) for p in publishers)]
            if (outside or not speakers) and not voiced:
                return Fault(
                    "attribution",
                    f"No quote is said by {_who(case.statement, made)!r}; leave the "
                    "attribution out, or cite where it is said.",
                )
            continue
        for name in speakers:
            if any(set(name.words) <= set(p) for p in publishers):
                continue
            if any(_named_elsewhere(case, quote, a) for quote, a in voices):
                continue
            if not any(_voices(name, quote, a) for quote, a in voices) and not _noun_voice(name, case):
                return Fault("attribution", f"{name.text!r} does not say this in any quote; name who does.")
        common = [t for t in made.speaker if t.name is None and t.content]
        if (
            common
            and not speakers
            and not any(
                _pronouns(a)
                or any(_same_speaker(t, a.speaker) or find(t, _frame(quote, a), NEAR) for t in common)
                for quote, a in voices
            )
        ):
            return Fault(
                "attribution",
                f"{_who(case.statement, made)!r} does not say this in any quote; name who does.",
            )
    return None


def _measured(case: Case, made: Attribution) -> bool:
    """Whether a poll, a study or data speaks, and all of its name's words stand in one quote."""
    words = [t for t in made.speaker if t.content]
    return any(t.lower in MEASURED for t in words) and any(
        all(t.stem in quote.stems for t in words) for quote in case.quotes
    )


def _hosts(reading: Reading) -> frozenset[int]:
    """The names to whom somebody is sent: "the envoy to X"; X does not speak there."""
    tokens = reading.tokens
    return frozenset(
        t.name
        for t in tokens
        if t.name is not None
        and t.index > 1
        and tokens[t.index - 1].lower == "to"
        and tokens[t.index - 2].lower != "according"
    )


def _reported(quote: Reading, cue: Token) -> bool:
    """Whether a quote has the same verb as an attribution of its own."""
    return any(agree(a.cue, cue) for a in attributions(quote))


def _frame(quote: Reading, made: Attribution) -> tuple[Token, ...]:
    return tuple(quote.tokens[i] for i in sorted(made.frame))


def _voices(name: Name, quote: Reading, made: Attribution) -> bool:
    """Whether a name stands in the frame of a quote's attribution, or may be the pronoun there."""
    ahead = {quote.tokens[i].name for i in made.frame if i < made.cue.index} - {None}
    indexes = ahead or {quote.tokens[i].name for i in made.frame}
    indexes |= {t.name for t in made.speaker}
    indexes -= _hosts(quote)
    if any(one_actor(name.words, quote.names[i].words) for i in indexes if i is not None):
        return True
    unread = not any(one_actor(name.words, other.words) for other in quote.names)
    if unread and made.speaker and set(name.words) <= set(folded(_who(quote, made) + ".")):
        return True
    if _pronouns(made):
        return any(one_actor(name.words, other.words) for other in quote.names)
    return False


def _noun_voice(name: Name, case: Case) -> bool:
    """Whether a quote gives the name's words, claim or estimate as a noun ("Kyiv's estimate", "a statement by
    …").
    """
    for quote in case.quotes:
        for other in quote.names:
            if not one_actor(name.words, other.words):
                continue
            if _OWN_WORDS.match(quote.text[other.end : other.end + 60]) or _WORDS_OF.search(
                quote.text[max(0, other.start - 60) : other.start]
            ):
                return True
    return False
