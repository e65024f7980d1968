"""The gate on verbs and their subjects and objects: who does it in every quote that tells it does it in the statement.

A statement falls only where its own frame is sure, each frame of the same verb in the quotes is sure too, and the
quotes have its subject or object in another part: as the one it was done to, or as another verb's.
"""

from __future__ import annotations

from itertools import pairwise

from service.answers.gates.alignment import Case
from service.answers.gates.carried import supports
from service.answers.gates.fault import Fault
from service.answers.grammar.frames import DEFINITE, PRONOUNS, Frame, frames
from service.answers.grammar.reading import Reading, Token, agree, light, one_actor
from service.answers.grammar.speech import attributions
from service.answers.grammar.verbs import BE
from service.language import thesaurus
from service.language.names import folded

_UNTOLD = frozenset("said says".split())
"""Verbs whose subjects the gate `attribution` knows better."""
_AGENTLESS = frozenset("give tell offer send show award pay ask teach grant hand meet face marry join".split())
"""Verbs whose first object may be either of two names."""
_TWO_OBJECTS = frozenset(
    "give tell offer send show award pay ask teach grant hand deny charge sell lend owe promise name call elect "
    "appoint make allow bring buy cost fine get lead leave pass read refuse serve take write find keep consider "
    "declare win deal earn save wish see hear watch feel let have help".split()
)
"""Verbs with two objects, or with an object and what it is made, called or seen to do."""


def framed(case: Case) -> Fault | None:
    """The fault of a statement that gives a verb another subject or another object than its quotes do."""
    told = [(reading, frame) for reading in case.quotes for frame in frames(reading)]
    for mine in frames(case.statement):
        if mine.verb.lower in _UNTOLD:
            continue
        if mine.verb.lower in BE:
            same = [(r, f) for r, f in told if f.verb.lower in BE and _says_of(mine, f)]
        else:
            same = [(r, f) for r, f in told if f.verb.stem == mine.verb.stem]
            if len(same) < _standing(case, mine):
                continue
            same = _same_voice(mine, same)
        fault = same and (
            _other_doer(case, mine, same) or _other_named(case, mine, same) or _other_done(case, mine, same)
        )
        if fault:
            return fault
    return _other_owner(case)


def _same_voice(mine: Frame, same: list[tuple[Reading, Frame]]) -> list[tuple[Reading, Frame]]:
    """The frames that can carry an active one with an object: no passive without "by", where there are others."""
    active = [(r, f) for r, f in same if not f.passive or f.doer]
    return active if active and not mine.passive and mine.done and mine.doer else same


def _other_owner(case: Case) -> Fault | None:
    """A thing whose owner, told by "'s" in each quote, is another in the statement."""
    quoted = [(reading, pair) for reading in case.quotes for pair in _owned(reading)]
    for owner, thing in _owned(case.statement):
        theirs = [(r, mine) for r, (mine, other) in quoted if other.stem == thing.stem]
        stands = sum(t.stem == thing.stem for reading in case.quotes for t in reading.tokens)
        if (
            theirs
            and len(theirs) == stands
            and all((owner.name is None) == (other.name is None) for _, other in theirs)
            and not any(_one(case, r, owner, other) for r, other in theirs)
            and any(_one(case, r, owner, t) for r in case.quotes for t in r.tokens)
        ):
            whose = f"{theirs[0][1].text!r} {thing.text!r}"
            return Fault("roles", f"The quote has {whose}, not {owner.text!r}; keep whose it is.")
    return None


def _owned(reading: Reading) -> list[tuple[Token, Token]]:
    """Each owner with "'s" and the thing right behind it."""
    return [
        (owner, thing)
        for owner, thing in pairwise(reading.tokens)
        if owner.text.endswith(("'s", "’s")) and owner.content and thing.content and thing.name is None
        and not _parts(reading, owner, thing)
    ]


def _parts(reading: Reading, left: Token, right: Token) -> bool:
    return left.sentence != right.sentence or bool(reading.text[left.end : right.start].strip())


def _says_of(mine: Frame, other: Frame) -> bool:
    """Whether two forms of "be" say the same of their subjects."""
    return bool(mine.done and other.done) and _head(mine.done).stem == _head(other.done).stem


def _standing(case: Case, mine: Frame) -> int:
    """How often the verb stands in the quotes, as a verb or not."""
    return sum(
        t.stem == mine.verb.stem and t.name is None and bool(thesaurus.lemmas(t.lower, "v"))
        for reading in case.quotes
        for t in reading.tokens
    )


def _other_doer(case: Case, mine: Frame, same: list[tuple[Reading, Frame]]) -> Fault | None:
    sides = [(mine.doer, [(r, f.doer) for r, f in same])]
    if mine.passive:
        sides.append((mine.done, [(r, f.done if f.passive or not _gives(f) else ()) for r, f in same]))
    for said, quoted in sides:
        if said and _head(said).lower not in PRONOUNS and all(
            theirs and _apart(case, reading, said, theirs) for reading, theirs in quoted
        ):
            reading, theirs = quoted[0]
            return Fault(
                "roles",
                f"In the quote {_text(reading, theirs)!r} goes with {same[0][1].verb.text!r}, not "
                f"{_text(case.statement, said)!r}; keep who does what.",
            )
    return _turned_doer(case, mine, same)


def _gives(frame: Frame) -> bool:
    """Whether a verb may govern two objects, so that the first is not the only one it is done to."""
    return not _TWO_OBJECTS.isdisjoint(thesaurus.lemmas(frame.verb.lower, "v"))


def _turned_doer(case: Case, mine: Frame, same: list[tuple[Reading, Frame]]) -> Fault | None:
    """A statement's subject to which the quotes have it done, or of which they tell only other deeds."""
    subject = mine.doer
    if subject and not mine.passive and all(_undergoes(case, subject, r, f) for r, f in same):
        return Fault(
            "roles",
            f"In the quote {same[0][1].verb.text!r} is done to {_text(case.statement, subject)!r}, not by it; keep "
            "who does what to whom.",
        )
    if subject and not mine.passive and all(f.passive and not f.doer for _, f in same):
        for reading, frame in same:
            if not _does_other(case, subject, reading, frame):
                return None
        return Fault(
            "roles",
            f"The quote does not say who {same[0][1].verb.text!r}; name "
            f"{_text(case.statement, subject)!r} only with what it did.",
        )
    return None


def _does_other(case: Case, subject: tuple[Token, ...], reading: Reading, frame: Frame) -> bool:
    """Whether a statement's subject is, in the sentence of a quote's passive, the subject of other verbs alone."""
    voices = {t.index for made in attributions(reading) for t in made.speaker}
    head = _head(subject)
    others = [f for f in frames(reading) if f.verb.sentence == frame.verb.sentence and not f.passive and f is not frame]
    doers = [t for f in others for t in _nouns(f.doer) if t.index not in voices]
    return any(_one(case, reading, head, t) for t in doers)


def _undergoes(case: Case, subject: tuple[Token, ...], reading: Reading, frame: Frame) -> bool:
    """Whether a statement's subject is the first word that a quote's active verb governs, and stands nowhere before."""
    head = _head(subject)
    if frame.passive or not frame.done or head.lower in PRONOUNS:
        return False
    row = [t for t in reading.tokens if t.sentence == frame.verb.sentence]
    nouns = _nouns(frame.done)
    return (
        any(t.stem == head.stem for t in nouns)
        and not any(t.stem == head.stem and t.index < frame.verb.index for t in row)
        and not any(_one(case, reading, head, t) for t in frame.doer)
        and bool(frame.doer or frame.verb.lower.endswith("ing"))
    )


def _other_named(case: Case, mine: Frame, same: list[tuple[Reading, Frame]]) -> Fault | None:
    """A name as the object of a verb that has, wherever it stands in the quotes, another name for it."""
    head = mine.done[-1] if mine.done and not mine.passive else None
    theirs = [(r, [t for t in f.done if t.name is not None]) for r, f in same if not f.passive]
    if head is None or head.name is None or not theirs or len(theirs) != _standing(case, mine):
        return None
    if any(_one(case, r, a, b) for r, names in theirs for a in mine.done for b in names):
        return None
    if not all(names and _apart(case, r, (head,), tuple(names)) for r, names in theirs) or not _AGENTLESS.isdisjoint(
        thesaurus.lemmas(mine.verb.lower, "v")
    ):
        return None
    reading, names = theirs[0]
    return Fault(
        "roles",
        f"In the quote {mine.verb.text!r} is done to {_text(reading, tuple(names))!r}, not to {head.text!r}; keep who "
        "does what to whom.",
    )


def _other_done(case: Case, mine: Frame, same: list[tuple[Reading, Frame]]) -> Fault | None:
    """An object that stands, in each sentence in which the same subject does it, only before the verb."""
    if mine.passive or not mine.done or not mine.doer or mine.verb.lower in BE:
        return None
    by_same = [
        (r, f)
        for r, f in same
        if not f.passive and f.doer and any(_one(case, r, a, b) for a in _nouns(mine.doer) for b in _nouns(f.doer))
    ]
    whom = [(r, f.whom) for r, f in by_same if f.whom]
    if whom and len(whom) == len(by_same) and all(_apart(case, r, mine.done, theirs) for r, theirs in whom):
        reading, theirs = whom[0]
        return Fault(
            "roles",
            f"In the quote {mine.verb.text!r} is done to {_text(reading, theirs)!r}, not to "
            f"{_text(case.statement, mine.done)!r}; keep who does what to whom.",
        )
    head = _head(mine.done)
    if by_same and not light(head) and all(_anothers(case, mine, r, f) for r, f in by_same):
        return Fault(
            "roles",
            f"In the quote {head.text!r} goes with another verb than {mine.verb.text!r}; keep what is done to what.",
        )
    if head.name is not None or head.digits or light(head) or not by_same:
        return None
    for reading, frame in by_same:
        row = [t for t in reading.tokens if t.sentence == frame.verb.sentence]
        before = [t for t in row if t.index < frame.verb.index and agree(t, head)]
        behind = [t for t in row if t.index > frame.verb.index and agree(t, head)]
        if behind or not before or frame.bare or any(t in frame.doer for t in before):
            return None
    return Fault(
        "roles",
        f"In the quote {head.text!r} is no object of {mine.verb.text!r}; keep what is done to what.",
    )


def _anothers(case: Case, mine: Frame, reading: Reading, frame: Frame) -> bool:
    """Whether a quote's verb has an object of its own, and the statement's is another verb's of that sentence."""
    if not frame.done or _gives(frame) or any(_one(case, reading, a, b) for a in _nouns(mine.done) for b in frame.done):
        return False
    others = [f for f in frames(reading) if f.verb.sentence == frame.verb.sentence and f is not frame and not f.passive]
    head = _head(mine.done)
    return any(f.done and _head(f.done).stem == head.stem for f in others)


def _apart(case: Case, reading: Reading, mine: tuple[Token, ...], theirs: tuple[Token, ...]) -> bool:
    """Whether a statement's subject is another than a quote's, and stands elsewhere in the quotes."""
    if any(t.lower in PRONOUNS for t in theirs):
        return False
    ours, others = _nouns(mine), _nouns(theirs)
    if not ours or not others:
        return False
    digits, theirs_digits = _digits(ours), _digits(others)
    if digits and theirs_digits:
        return digits.isdisjoint(theirs_digits)
    if any(_one(case, reading, a, b) for a in ours for b in others):
        return False
    head = _head(mine)
    coreferent = any(t.lower in DEFINITE for t in theirs) and not any(t.name is not None for t in others)
    coreferent = coreferent or (any(t.lower in DEFINITE for t in mine) and not any(t.name is not None for t in ours))
    named = any(t.name is not None for t in others)
    if coreferent and (head.name is not None) != named and _plural(head) == _plural(_head(theirs)):
        return False
    return any(
        t not in theirs and _one(case, quote, head, t) for quote in case.quotes for t in quote.tokens
    )


def _nouns(phrase: tuple[Token, ...]) -> list[Token]:
    """The words of a phrase that name something, owners aside: "Trump" is none of "Trump's lawyers"."""
    found = [
        t
        for i, t in enumerate(phrase)
        if t.lower not in DEFINITE and (not t.text.endswith(("'s", "’s", "s'", "s’")) or i == len(phrase) - 1)
    ]
    return [t for t in found if t.lower not in PRONOUNS]


def _plural(token: Token) -> bool:
    return token.lower.endswith("s") and not token.lower.endswith(("ss", "us"))


def _digits(tokens: list[Token]) -> set[str]:
    """The numbers in digits of a phrase, grouping left out, and all of them as one."""
    found = ["".join(c for c in t.text if c.isdigit() or c == ".") for t in tokens if t.digits]
    return {*found, "".join(found)} - {""}


def _head(phrase: tuple[Token, ...]) -> Token:
    nouns = _nouns(phrase)
    return nouns[-1] if nouns else phrase[-1]


def _one(case: Case, reading: Reading, mine: Token, other: Token) -> bool:
    """Whether two words may name the same."""
    if mine.stem == other.stem or (mine.name is None and other.name is None and supports(mine.lower, other.lower)):
        return True
    if set(folded(mine.text)) & set(folded(other.text)):
        return True
    if mine.name is not None and other.name is not None:
        return one_actor(case.statement.names[mine.name].words, reading.names[other.name].words)
    return agree(mine, other)


def _text(reading: Reading, phrase: tuple[Token, ...]) -> str:
    return reading.text[phrase[0].start : phrase[-1].end][:80]
