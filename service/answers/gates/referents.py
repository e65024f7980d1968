"""The gate on words that point back: a "he", a "they" or "the company" of a quote is nobody whom its sentences exclude.

A model that resolves a pronoun takes the nearest name. A quote's "they" in front of its verb is none of the names that
stand behind it in its own clause; "he" is no country; and "the company" is not one that only the title names, where
the sentence before tells of another.
"""

from __future__ import annotations

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.grammar.frames import Frame, frames
from service.answers.grammar.reading import Reading, one_actor
from service.answers.grammar.verbs import BE
from service.language import thesaurus
from service.language.countries import country_of

_PERSONS = frozenset(["he", "she"])
_POINTING = _PERSONS | {"they", "it"}
_SUBORDINATE = frozenset("when after before while as since although though because if until once by with in".split())


def referred(case: Case) -> Fault | None:
    """The fault of a statement that gives a pronoun's deed to a name that it cannot mean."""
    told = [(reading, frame) for reading in case.quotes for frame in frames(reading) if frame.doer]
    for mine in frames(case.statement):
        head = mine.doer[-1] if mine.doer else None
        if head is None or head.name is None or mine.verb.lower in BE:
            continue
        name = case.statement.names[head.name].words
        same = [(r, f) for r, f in told if f.verb.stem == mine.verb.stem]
        if same and all(_excluded(case, r, f, name) for r, f in same):
            frame = same[0][1]
            who = " ".join(t.text for t in frame.doer)
            return Fault(
                "roles",
                f"In the quote {who!r} goes with {frame.verb.text!r}, which is not {' '.join(name)!r}; keep who",
            )
    return None


def _excluded(case: Case, reading: Reading, frame: Frame, name: tuple[str, ...]) -> bool:
    """Whether a frame's subject points back at somebody who cannot be this name."""
    lower = [t.lower for t in frame.doer]
    pronoun = lower[0] if len(lower) == 1 and lower[0] in _POINTING else None
    if pronoun is None and not _definite(reading, frame):
        return False
    if pronoun in _PERSONS and len(name) == 1 and country_of(name[0]) is not None:
        return True
    return _behind(reading, frame, name) if pronoun else _of_title(case, reading, frame, name)


def _definite(reading: Reading, frame: Frame) -> bool:
    """Whether a subject is "the company" or the like: a common noun of a group or a person, opening its sentence."""
    first = frame.doer[0].index
    opening = reading.tokens[first - 1] if first and frame.doer[0].lower != "the" else frame.doer[0]
    row = reading.by_sentence[frame.verb.sentence]
    noun = frame.doer[-1]
    return (
        opening.lower == "the" and opening.index == row[0].index and noun.name is None and len(frame.doer) <= 2
        and (thesaurus.is_a(noun.lower, "organization") or thesaurus.is_a(noun.lower, "person"))
    )


def _behind(reading: Reading, frame: Frame, name: tuple[str, ...]) -> bool:
    """Whether a name stands only behind a pronoun that opens its sentence's main clause."""
    row = reading.by_sentence[frame.verb.sentence]
    at = frame.doer[0].index
    if any(t.lower in _SUBORDINATE for t in row if t.index < at and t.clause == frame.doer[0].clause):
        return False
    inside = [
        t.index for t in row if t.name is not None and one_actor(reading.names[t.name].words, name)
    ]
    return bool(inside) and min(inside) > frame.verb.index


def _of_title(case: Case, reading: Reading, frame: Frame, name: tuple[str, ...]) -> bool:
    """Whether no quote names it, and a sentence of the quotes has another name for its subject."""
    if any(one_actor(n.words, name) for quote in case.quotes for n in quote.names):
        return False
    subjects = [
        f.doer[-1] for quote in case.quotes for f in frames(quote)
        if f.doer and f.doer[-1].name is not None and (quote is not reading or f.verb.index < frame.verb.index)
    ]
    return bool(subjects)
