"""The half of the gate `attribution` that asks of a statement's speaker whether a quote has him speak."""

from __future__ import annotations

import re

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.gates.roles import places
from service.answers.gates.speakers import named_elsewhere, pronouns, same_speaker, who
from service.answers.grammar.reading import NEAR, Reading, Token, agree, find, one_actor
from service.answers.grammar.speech import (
    Attribution,
    attributes,
    attributions,
)
from service.answers.grammar.speech_words import MEASURED
from service.language.names import Name, folded

_FIRST_PERSON = frozenset("i we".split())
_SELF = frozenset("he she it they".split())
_OF = frozenset("of at from for in with".split())
_REPORTS = frozenset("report reports article account news".split())
"""What any article is, so that no quote need name it."""
_WORDS = (
    r"(?:estimates?|claims?|statements?|reports?|accounts?|assessments?|figures|interviews?|announcements?|"
    r"intelligence|data|count|tally|words|allegations?)"
)
_OWN_WORDS = re.compile(rf"(?:['’]s?)?(?:\s+[\w-]+){{0,2}}\s+{_WORDS}\b", re.I)
_WORDS_OF = re.compile(rf"\b(?:{_WORDS}|according)\s+(?:by|from|of|to|with)(?:\s+[\w-]+){{0,3}}\s+$", re.I)


def invented(case: Case) -> Fault | None:
    """The fault of a statement whose speaker does not speak in any quote."""
    sources = [quote.source for quote in case.cited.quotes]
    publishers = [tuple(folded(text)) for s in sources for text in (s.publisher, s.reprint_of) if text]
    for made in attributions(case.statement):
        if not made.firm or pronouns(made):
            continue
        if made.cue.lower not in ("said", "says", "according") and any(
            find(made.cue, quote.tokens) is not None and not _reported(quote, made.cue)
            for quote in case.quotes
        ):
            continue
        hosts = _hosts(case.statement)
        told = dict.fromkeys(t.name for t in made.speaker if t.name is not None)
        speakers = _heads(case.statement, made, [i for i in told if i not in hosts])
        voices = [(quote, a) for quote in case.quotes for a in attributions(quote)]
        if {t.lower for t in made.speaker if t.content and t.lower != "one"} <= _REPORTS or _measured(case, made):
            continue
        if not voices:
            voiced = any(attributes(quote) for quote in case.quotes)
            outside = [n for n in speakers if not any(set(n.words) <= set(p) for p in publishers)]
            if (outside or not speakers) and not voiced:
                return Fault(
                    "attribution",
                    f"No quote is said by {who(case.statement, made)!r}; leave the "
                    "attribution out, or cite where it is said.",
                )
            continue
        for name in speakers:
            if any(set(name.words) <= set(p) for p in publishers):
                continue
            if any(named_elsewhere(case, quote, a) for quote, a in voices):
                continue
            if _another_voice(case, name, voices):
                return Fault("attribution", f"{name.text!r} does not say this in any quote; name who does.")
            if not any(_voices(name, quote, a) for quote, a in voices) and not _noun_voice(name, case):
                return Fault("attribution", f"{name.text!r} does not say this in any quote; name who does.")
        common = [t for t in made.speaker if t.name is None and t.content]
        if (
            common
            and not speakers
            and not any(
                pronouns(a)
                or any(same_speaker(t, a.speaker) or find(t, _frame(quote, a), NEAR) for t in common)
                for quote, a in voices
            )
        ):
            return Fault(
                "attribution",
                f"{who(case.statement, made)!r} does not say this in any quote; name who does.",
            )
    return None


def _heads(reading: Reading, made: Attribution, indexes: list[int]) -> list[Name]:
    """The names of a speaker who may speak: not an owner ("X's mayor"), nor what another name is of ("A of B")."""
    words = {t.index for t in made.speaker}
    kept: list[int] = []
    for i in indexes:
        inside = [t for t in reading.tokens if t.name == i]
        owner = inside[-1].text.endswith(("'s", "’s", "s'", "s’")) and inside[-1].index + 1 in words
        before = reading.tokens[inside[0].index - 1].lower if inside[0].index else ""
        if not owner and not (kept and before in _OF and inside[0].index - 1 in words):
            kept.append(i)
    found = kept or indexes
    return [reading.names[i] for i in found]


def _another_voice(case: Case, name: Name, voices: list[tuple[Reading, Attribution]]) -> bool:
    """Whether only pronouns may be a name's voice, and the one who speaks by name before each of them is another."""
    own = [(r, a) for r, a in voices if _voices(name, r, a)]
    if not own or not all(pronouns(a) and a.speaker and a.speaker[0].lower in _SELF for _, a in own):
        return False
    for reading, made in own:
        at = next(i for i, r in enumerate(case.quotes) if r is reading)
        before = [
            [r.names[t.name].words for t in a.speaker if t.name is not None]
            for i, r in enumerate(case.quotes[: at + 1])
            for a in attributions(r)
            if i < at or a.cue.index < made.cue.index
        ]
        spoken = [words for words in before if words]
        if any(p.role == "subject" and one_actor(p.words, name.words) for r in case.quotes[:at] for p in places(r)):
            return False
        if not spoken or any(one_actor(name.words, words) for words in spoken[-1]):
            return False
    return True


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
    if unread and made.speaker and set(name.words) <= set(folded(who(quote, made) + ".")):
        return True
    if pronouns(made) and not any(t.lower in _FIRST_PERSON for t in made.speaker):
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
