"""A word told by its opposite, as one half of the gate `negation`."""

from __future__ import annotations

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.gates.scope import sequence
from service.answers.grammar.cues import Cue
from service.answers.grammar.opposites import opposed
from service.answers.grammar.reading import Token

_JOINTS = frozenset(["before", "after"])


def _turned_round(case: Case, row: tuple[Token, ...]) -> bool:
    """Whether a statement tells with "after" what came first, where the quote tells with "before" what came next."""
    said = sequence(case.statement, case.statement.tokens)
    quoted = next((sequence(r, row) for r in case.quotes if row[0].index < len(r.tokens) and r.tokens[row[0].index]
                   is row[0]), None)
    if not said or not quoted or said[0] == quoted[0]:
        return False
    (_, main, sub), (_, other_main, other_sub) = said, quoted
    return len(main & other_sub) > len(main & other_main) and len(sub & other_main) > len(sub & other_sub)


def opposite(
    case: Case, row: tuple[Token, ...], quoted: tuple[Cue, ...], said: tuple[Cue, ...]
) -> Fault | None:
    """The fault of a statement that puts a word's opposite for it."""
    if len(quoted) != len(said) or any(c.demanded for c in (*quoted, *said)):
        return None
    everything = tuple(t for quote in case.quotes for t in quote.tokens)
    for token in case.statement.tokens:
        if (
            token.name is not None
            or token.digits
            or len(token.lower) < 2
            or any(t.stem == token.stem for t in everything)
        ):
            continue
        for other in row:
            if (
                other.name is None
                and other.lower != "coming"
                and not (other.lower in _JOINTS and _turned_round(case, row))
                and opposed(token.lower, other.lower)
                and not any(t.stem == other.stem for t in case.statement.tokens)
            ):
                return Fault(
                    "negation",
                    f"The quote says {other.text!r}, the statement the opposite {token.text!r}; "
                    "keep the quote's word.",
                )
    return None
