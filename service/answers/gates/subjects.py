"""A gate on who does it, where that is no name: what follows a verb in the quote stands before it in the statement."""

from __future__ import annotations

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.grammar.reading import Reading, Token, light, likeness, one_actor
from service.answers.grammar.speech import attributions
from service.answers.grammar.speech_words import PREPOSITIONS
from service.answers.grammar.verbs import BE, is_verb, passive, verbs
from service.language.calendar import MONTHS, WEEKDAYS

_DETERMINERS = frozenset("the a an its his her their this that these those".split())
_UNDER = frozenset(["under", "of", "into", "over", "against"])
_ORDINAL = frozenset("st nd rd th".split())
_AGAIN = frozenset("who which that whose there what whom".split())


def subjects(case: Case) -> Fault | None:
    """The fault of a statement whose subject comes after the same verb, in the same voice, in every quote."""
    framed = {i for made in attributions(case.statement) for i in made.frame}
    for verb in verbs(case.statement):
        mine = _subject(case.statement, verb)
        if not mine or verb.index in framed or verb.lower in BE or mine[-1].lower in _ORDINAL:
            continue
        same = [(r, t) for r in case.quotes for t in r.tokens if t.stem == verb.stem and is_verb(r, t)]
        if same and all(_behind(case, mine, verb, reading, other) for reading, other in same):
            return Fault(
                "roles",
                f"In the quote {mine[-1].text!r} stands behind {same[0][1].text!r}; keep who does what to whom.",
            )
    return _overtaken(case, framed) or _told(case)


def _overtaken(case: Case, framed: set[int]) -> Fault | None:
    """A verb whose subject in every quote stands behind it in the statement, with another one before it."""
    for verb in verbs(case.statement):
        mine = _subject(case.statement, verb)
        same = [(r, t) for r in case.quotes for t in r.tokens if t.stem == verb.stem and is_verb(r, t)]
        if not mine or not same or verb.index in framed or verb.lower in BE:
            continue
        behind = {t.stem for t in case.statement.tokens if t.index > verb.index and t.clause == verb.clause}
        theirs = [(r, t, _subject(r, t)) for r, t in same]
        if all(
            found
            and passive(r, t) == passive(case.statement, verb)
            and found[-1].stem in behind - {m.stem for m in mine}
            for r, t, found in theirs
        ):
            head = theirs[0][2][-1].text
            return Fault("roles", f"In the quote {head!r} stands before {verb.text!r}; keep who does what to whom.")
    return None


def _told(case: Case) -> Fault | None:
    """The fault of a statement in which the one who was told something tells it."""
    quoted = [pair for reading in case.quotes for pair in _tellings(reading)]
    for speaker, hearer in _tellings(case.statement):
        turned = any(one_actor(speaker, other) and one_actor(hearer, mine) for mine, other in quoted)
        if turned and not any(one_actor(speaker, mine) for mine, _ in quoted):
            return Fault("attribution", f"In the quote {' '.join(speaker)!r} is told it; keep who tells whom.")
    return None


def _tellings(reading: Reading) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The last name before each "told" and the name right behind it, folded."""
    found = []
    for token in reading.tokens[1:-1]:
        behind = reading.tokens[token.index + 1]
        if behind.lower == "the" and behind.index + 1 < len(reading.tokens):
            behind = reading.tokens[behind.index + 1]
        named = [t for t in reading.tokens[: token.index] if t.sentence == token.sentence and t.name is not None]
        first, heard = named[-1].name if named else None, behind.name
        if token.lower in ("told", "tells") and first is not None and heard is not None:
            found.append((reading.names[first].words, reading.names[heard].words))
    return found


def _subject(reading: Reading, verb: Token) -> tuple[Token, ...]:
    """The content words before a verb, back to its clause's begin or the verb before; none where it is unclear."""
    found: list[Token] = []
    opening: Token | None = None
    for token in reversed(reading.tokens[: verb.index]):
        if token.clause != verb.clause or token.lower in _AGAIN:
            break
        if token.lower in ("and", "or", "but", "to", "by") or (is_verb(reading, token) and token.lower not in BE):
            return ()
        if token.lower in WEEKDAYS or token.lower in MONTHS:
            continue
        if (token.content or token.digits) and not light(token) and not token.lower.endswith("ly"):
            found.append(token)
            opening = None
        elif found and opening is None and token.lower not in _DETERMINERS:
            opening = token
    if opening is not None and opening.lower in PREPOSITIONS | _UNDER:
        return ()
    return tuple(reversed(found))


def _behind(case: Case, mine: tuple[Token, ...], verb: Token, reading: Reading, other: Token) -> bool:
    """Whether a quote's sentence has the words before the verb only behind it, and other words before it."""
    if passive(case.statement, verb) != passive(reading, other) or other.lower.endswith("ing") != verb.lower.endswith(
        "ing"
    ):
        return False
    if reading.tokens[other.index + 1 : other.index + 2] and reading.tokens[other.index + 1].lower == "by":
        return False
    row = [t for t in reading.tokens if t.sentence == other.sentence]
    before = [t for t in row if t.index < other.index and t.content and not t.lower.endswith("ly")]
    near = [t for t in before if t.clause == other.clause]
    after = [t for t in row if t.index > other.index and t.content]
    if not near or any(likeness(m.lower, t.lower) >= 0.6 or m.stem == t.stem for m in mine for t in before):
        return False
    return all(any(m.stem == t.stem for t in after) for m in mine)
