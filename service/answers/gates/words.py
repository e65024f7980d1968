"""The gates `negation` and `hedge`: what a quote denies or leaves open, its statement denies or leaves open
too.
"""

from __future__ import annotations

import re

from service.answers.gates.alignment import Case
from service.answers.gates.contrary import opposite
from service.answers.gates.copying import cut_out
from service.answers.gates.fault import Fault
from service.answers.grammar.cues import Cue, cues, negative
from service.answers.grammar.opposites import NEGATING, kin, without_prefix
from service.answers.grammar.reading import Reading, Token, find, light
from service.answers.grammar.speech import attributions
from service.answers.grammar.verbs import is_verb
from service.language import thesaurus


def negation(case: Case) -> Fault | None:
    """The fault of a statement that drops or adds a denial, or says the opposite word."""
    said = tuple(c for c in cues(case.statement) if c.kind == "negation")
    for reading, number in case.told:
        quoted = tuple(c for c in cues(reading) if c.kind == "negation" and c.token.sentence == number)
        row = reading.by_sentence[number]
        for cue in quoted:
            if cue.demanded and _lost_verb(cue, case.statement.tokens):
                return Fault(
                    "negation", f"The quote says {_words(reading, cue)!r}; keep what it was that was not done."
                )
            if (
                cue.demanded
                and _tells(cue, row, case.statement.tokens)
                and not _met(cue, tuple(c for c in said if not _another_denial(c, cue, quoted)))
                and not _prefixed(cue, case.statement.tokens)
                and not _told_elsewhere(case, cue, reading, number)
            ):
                if _unnegated_elsewhere(case, cue, reading, number):
                    continue
                return Fault(
                    "negation",
                    f"The quote says {_words(reading, cue)!r}; the statement leaves the denial out. Keep it.",
                )
        contrary = opposite(case, row, quoted, said)
        if contrary:
            return contrary
    for cue in said:
        if cue.demanded and not _grounded(cue, case):
            return Fault(
                "negation", f"No quote says {_words(case.statement, cue)!r}; deny only what a quote denies."
            )
    return cut_out(case, "negation")


def hedge(case: Case) -> Fault | None:
    """The fault of a statement that asserts what its quote leaves open, or foretells what it doesn't."""
    said = tuple(c for c in cues(case.statement) if c.kind != "negation")
    for reading, number in case.told:
        for cue in cues(reading):
            if cue.kind == "negation" or not cue.demanded or cue.token.sentence != number:
                continue
            if (
                _touches(cue, case.statement.tokens)
                and not _said_besides(cue, reading.by_sentence[number], case.statement.tokens)
                and not any(
                    _as_open(cue, other) and _together(cue, other) and not _taken(cue, other, reading)
                    for other in said
                )
                and not _unnegated_elsewhere(case, cue, reading, number)
                and not _able(cue, reading, case.statement)
            ):
                return Fault(
                    "hedge",
                    f"The quote says {_words(reading, cue)!r}; the statement asserts it without "
                    f"{reading.text[cue.token.start : cue.last.end]!r}. Keep the caution.",
                )
    return _foretold(case, said) or cut_out(case, "hedge")


def _said_besides(cue: Cue, row: tuple[Token, ...], tokens: tuple[Token, ...]) -> bool:
    """Whether all that a statement has of what a cue governs stands in another clause of the sentence too."""
    clauses = {t.clause for t in cue.reach} | {cue.token.clause}
    elsewhere = {t.stem for t in row if t.clause not in clauses}
    kept = [t for t in cue.reach if _stands(t, tokens)]
    return 2 * len(kept) <= len(cue.reach) and all(t.stem in elsewhere for t in kept)


def _able(cue: Cue, reading: Reading, statement: Reading) -> bool:
    """Whether a statement says "can" for the quote's "will be able to", or "is leaving" for "will leave"."""
    behind = [t.lower for t in reading.tokens[cue.last.index + 1 : cue.last.index + 3]]
    if cue.certain and cue.reach and any(
        t.stem == cue.reach[0].stem and t.lower.endswith("ing") and statement.tokens[t.index - 1].lower in ("is", "are")
        for t in statement.tokens[1:]
    ):
        return True
    return cue.token.lower == "will" and behind == ["be", "able"] and any(t.lower == "can" for t in statement.tokens)


def _taken(cue: Cue, said: Cue, reading: Reading) -> bool:
    """Whether a statement's word is the quote's own word for something else, and so keeps no other caution."""
    def begins(one: Cue, other: Cue) -> bool:
        return bool(one.reach and other.reach) and one.reach[0].stem == other.reach[0].stem

    voices = {a.cue.index for a in attributions(reading) if a.trailing}
    return any(
        other is not cue
        and other.token.stem == said.token.stem
        and other.token.index not in voices
        and ((begins(other, said) and not begins(cue, said) and not {t.stem for t in cue.reach} & {
            t.stem for t in other.reach})
             or (not other.demanded and not said.demanded and cue.token.stem != said.token.stem
                 and _apart(other, cue, reading)))
        for other in cues(reading)
    )


def _apart(other: Cue, cue: Cue, reading: Reading) -> bool:
    """Whether a word that may leave something open is governed by a cue, or stands in another clause and not right
    over it: "it is predicted *that* there will be".
    """
    behind = reading.tokens[other.last.index + 1 : other.last.index + 2]
    if behind and behind[0].lower == "that" and 0 < cue.token.index - behind[0].index <= _OVER:
        return False
    return other.token in cue.reach or other.token.clause != cue.token.clause


def _as_open(quoted: Cue, said: Cue) -> bool:
    """Whether a statement's word leaves as much open as the quote's: "will" is more than "plans to"."""
    if quoted.kind == "doubt":
        return said.kind == "doubt"
    return quoted.certain or not said.certain


def _foretold(case: Case, said: tuple[Cue, ...]) -> Fault | None:
    """The fault of a statement that puts into the future what its quote does not."""
    told = [(reading.by_sentence[number], reading, number) for reading, number in case.told]
    free = [t for quote in case.quotes for c in cues(quote) if c.kind != "negation" for t in c.reach]
    hedged = any(
        c.kind != "negation"
        for _, reading, number in told
        for c in cues(reading)
        if c.token.sentence == number
    )
    for cue in said:
        if cue.kind != "future" or not cue.demanded or not cue.reach or (hedged and not cue.certain):
            continue
        behind = case.statement.tokens[cue.last.index + 1 : cue.last.index + 2]
        if behind and negative(behind[0]):
            continue
        places = [(find(cue.reach[0], row), reading, number) for row, reading, number in told]
        places = [(t if t is None or not _infinitive(r, t) else None, r, n) for t, r, n in places]
        sure = any(t is not None and not _ahead_of_future(t, reading, number) for t, reading, number in places)
        if sure and find(cue.reach[0], tuple(free)) is None:
            words = _words(case.statement, cue)
            return Fault("hedge", f"No quote puts it as {words!r}; keep the quote's tense.")
    return None


def _infinitive(reading: Reading, token: Token) -> bool:
    """Whether a word stands behind "to", as what may lie ahead: "selected to open"."""
    return token.index > 0 and reading.tokens[token.index - 1].lower == "to" and is_verb(reading, token)


def _words(reading: Reading, cue: Cue) -> str:
    last = max([cue.last, *cue.reach[:3]], key=lambda t: t.end)
    first = min([cue.token, *cue.reach[:3]], key=lambda t: t.start)
    return reading.text[first.start : last.end][:120]


def _ahead_of_future(token: Token, reading: Reading, number: int) -> bool:
    """Whether a word is the subject of a deed that its sentence puts into the future: "the *test* will roll out"."""
    return not is_verb(reading, token) and any(
        c.certain and c.demanded and c.token.sentence == number and 0 < c.token.index - token.index <= _SUBJECT_FAR
        and c.token.clause == token.clause
        for c in cues(reading)
    )


_SUBJECT_FAR = 7
_OVER = 12
"""So many words behind "predicted that" its "will" may stand."""
_NEW_CLAUSE = re.compile(r"[;:]|, (?:and|but|so) ")
_RELATIVE = frozenset("where which who whose but while although though because".split())


def _told_elsewhere(case: Case, cue: Cue, reading: Reading, number: int) -> bool:
    """Whether another sentence tells more of the statement than the one with the denial, whose deed it leaves out."""
    row = reading.by_sentence[number]
    own = len(case.covered(row))
    if all(_stands(t, case.statement.tokens) for t in cue.reach):
        return False
    return any(
        len(case.covered(other.by_sentence[at])) > own
        for other, at in case.told
        if (other, at) != (reading, number)
    )


def _another_denial(said: Cue, cue: Cue, quoted: tuple[Cue, ...]) -> bool:
    """Whether a statement's soft denial ("only") is the quote's own in another clause, and excuses no other."""
    return not said.demanded and any(
        other is not cue and other.token.stem == said.token.stem
        and not {t.stem for t in other.reach}.isdisjoint(t.stem for t in said.reach)
        and {t.stem for t in cue.reach}.isdisjoint(t.stem for t in said.reach)
        for other in quoted
    )


def _prefixed(cue: Cue, tokens: tuple[Token, ...]) -> bool:
    """Whether a statement denies by a prefix what a "no" or "not" governs: "non-lethal" for "no lethal"."""
    return any(
        t.lower.startswith(prefix) and t.lower.removeprefix(prefix).lstrip("-") == cue.reach[0].lower
        for t in tokens for prefix in ("non", "un", "in") if cue.reach
    )


def _lost_verb(cue: Cue, tokens: tuple[Token, ...]) -> bool:
    """Whether a "declined to comment on the remarks" has become a denial of the remarks themselves."""
    if not cue.token.lower.startswith(("declin", "fail")) or len(cue.reach) < 2:
        return False
    if any(t.stem == cue.token.stem for t in tokens) or _stands(cue.reach[0], tokens):
        return False
    denies = any(t.lower.startswith(("reject", "den", "refus", "dismiss", "disput")) for t in tokens)
    return denies and any(_stands(t, tokens) for t in cue.reach[1:])


def _tells(cue: Cue, row: tuple[Token, ...], tokens: tuple[Token, ...]) -> bool:
    """Whether a statement tells what a denial governs, and not only words that the sentence has elsewhere too."""
    if not _touches(cue, tokens):
        return False
    reach = {t.index for t in cue.reach}
    kept = [t for t in cue.reach if (any(s.stem == t.stem for s in tokens) if light(t) else _stands(t, tokens))]
    if not kept or (all(t.name is not None for t in kept) and any(t.name is None for t in cue.reach)):
        return False
    elsewhere = {t.stem for t in row if t.index not in reach}
    if any(t.stem not in elsewhere for t in kept):
        return True
    before = [t for t in row if t.content and t.index < cue.token.index][-2:]
    return not before or any(_stands(t, tokens) for t in before)


def _touches(cue: Cue, tokens: tuple[Token, ...]) -> bool:
    """Whether a statement's words tell what a cue governs."""
    if not cue.reach:
        return False
    kept = [t for t in cue.reach if _stands(t, tokens)]
    return _stands(cue.reach[0], tokens) or 2 * len(kept) > len(cue.reach)


def _stands(token: Token, tokens: tuple[Token, ...]) -> bool:
    if token.name is not None or token.digits:
        return any(t.stem == token.stem for t in tokens)
    return find(token, tokens) is not None


def _together(quoted: Cue, said: Cue) -> bool:
    """Whether two cues govern the same words, or the statement's governs words of its own."""
    if not said.reach or not quoted.reach:
        return True
    shared = [t for t in said.reach if _stands(t, quoted.reach) or _stands(t, (quoted.token, quoted.last))]
    return bool(shared) or not any(_stands(t, quoted.reach) for t in said.reach)


def _met(cue: Cue, said: tuple[Cue, ...]) -> bool:
    """Whether the statement denies what the quote's cue denies; a governed denial is no denial of its own."""
    for other in said:
        if cue.reach and other.token.stem == cue.reach[0].stem and not _together(cue, other):
            continue
        if cue.reach and other.token.stem == cue.reach[0].stem and len(said) == 1 and other.demanded:
            continue
        if _together(cue, other):
            return True
    return False


def _grounded(cue: Cue, case: Case) -> bool:
    """Whether some quote denies what a statement's cue denies."""
    if _asserted(cue, case):
        return False
    for quote in case.quotes:
        for other in cues(quote):
            if not other.demanded and _stands(other.token, cue.reach):
                continue
            if other.kind == "negation" and (_together(other, cue) or _stands(cue.token, (other.token,))):
                return True
            if (
                other.kind == "doubt"
                and cue.token.lower in ("not", "no")
                and other.token.lower.startswith("un")
            ):
                return True
    negative = [
        t for quote in case.quotes for t in quote.tokens if t.lower.startswith(NEGATING) and len(t.lower) > 5
    ]
    return any(
        without_prefix(t.lower) and any(kin(without_prefix(t.lower), r.lower) for r in cue.reach)
        for t in negative
    )


def _asserted(cue: Cue, case: Case) -> bool:
    """Whether the word that a statement's "not" or "no" governs stands in the quotes, and nowhere under a denial."""
    if not cue.reach:
        return False
    if not negative(cue.token):
        return _denial_of_fact(cue, case)
    word = cue.reach[0]
    places = [(quote, t) for quote in case.quotes for t in quote.tokens if t.content and t.stem == word.stem]
    return bool(places) and not any(_denied(quote, token) for quote, token in places)


def _denial_of_fact(cue: Cue, case: Case) -> bool:
    """Whether a statement's "denied" governs a deed that the quotes tell, and nowhere as denied."""
    behind = case.statement.tokens[cue.last.index + 1 : cue.last.index + 2]
    if not behind or not (behind[0].lower == "that" or behind[0].lower.endswith("ing")):
        return False
    deeds = [t for t in cue.reach if t.name is None and not t.digits and thesaurus.lemmas(t.lower, "v")]
    for word in deeds:
        places = [(quote, t) for quote in case.quotes for t in quote.tokens if t.stem == word.stem]
        if places and not any(_denied(quote, token) for quote, token in places):
            return True
    return False


def _denied(quote: Reading, token: Token) -> bool:
    """Whether a negation of the same sentence stands before a word, close by, or governs it."""
    for cue in cues(quote):
        if (cue.kind == "negation" and cue.demanded) or cue.token.lower in ("unlikely", "unclear", "doubt"):
            if cue.token is token or token in cue.reach:
                return cue.token is not token
            between = quote.tokens[cue.last.index + 1 : token.index]
            if (
                cue.token.sentence == token.sentence
                and 0 < token.index - cue.last.index <= 10
                and not any(t.lower in _RELATIVE for t in between)
                and not _NEW_CLAUSE.search(quote.text, cue.last.end, token.start)
            ):
                return True
    return token.lower.startswith(NEGATING) and bool(without_prefix(token.lower))


def _unnegated_elsewhere(case: Case, cue: Cue, reading: Reading, number: int) -> bool:
    """Whether another told sentence says without such a cue what this cue governs."""
    for other, at in case.told:
        if other is reading and at == number:
            continue
        row = other.by_sentence[at]
        bound = [c for c in cues(other) if c.kind == cue.kind and c.token.sentence == at]
        if sum(_stands(t, row) for t in cue.reach) == len(cue.reach) and not bound:
            return True
    return False
