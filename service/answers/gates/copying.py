"""What was changed where a statement copies its quote word for word: words cut out, put in, or put in the
place of others.

The other gates ask whether the words fit; here the order of the words tells which of them stand in whose
place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.grammar.cues import Cue, cues, negative
from service.answers.grammar.reading import Reading, Token, likeness, one_actor
from service.language.names import Name, folded
from service.language.numbers import read_numbers

_QUALIFIERS = frozenset(
    "about around some roughly approximately nearly almost over under exceeding circa estimated "
    "approx".split()
)
_BESIDE = 16
"""So many letters at most stand between a number and the brackets that repeat it."""
_OVER = 2
"""So many words before a place a cue may stand that governs it: "postpone a rally" for "postpone plans for a rally"."""
_CLOSE = 2
"""How many words of the statement may stand where a word of the quote was."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A quoted sentence and which of its words stand, in order, in the statement (by index into the
    sentence).
    """

    row: tuple[Token, ...]
    reading: Reading
    partner: dict[int, int]
    blocks: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=1024)
def _numbered(reading: Reading) -> Mapping[int, frozenset[Decimal]]:
    """The words that are numbers, by index, with the values of the number that each is part of."""
    found: dict[int, frozenset[Decimal]] = {}
    numbers = read_numbers(reading.text)
    for token in reading.tokens:
        inside = next((n for n in numbers if n.start <= token.start < n.end), None)
        if inside is not None or token.digits:
            found[token.index] = inside.values if inside is not None else frozenset()
    return found


def _marks(reading: Reading, tokens: tuple[Token, ...]) -> list[str]:
    """The words with "#" for each number, and another sign for the rest of a number of several words."""
    numbers = _numbered(reading)
    marks: list[str] = []
    for token in tokens:
        if token.index not in numbers:
            marks.append(token.lower)
        else:
            values = numbers[token.index]
            goes_on = bool(values) and numbers.get(token.index - 1) == values
            marks.append("~" if goes_on else "#")
    return marks


def copies(case: Case) -> tuple[Copy, ...]:
    """The told sentences beside the statement, word by word."""
    return tuple(_copy(case.statement, reading, number) for reading, number in case.told)


@lru_cache(maxsize=256)
def _copy(statement: Reading, reading: Reading, number: int) -> Copy:
    said = _marks(statement, statement.tokens)
    row = reading.by_sentence[number]
    matcher = SequenceMatcher(None, _marks(reading, row), said, autojunk=False)
    blocks = tuple((b.a, b.b, b.size) for b in matcher.get_matching_blocks() if b.size)
    partner = {a + i: b + i for a, b, size in blocks for i in range(size)}
    return Copy(row, reading, partner, blocks)


def cut_out(case: Case, kind: str) -> Fault | None:
    """A negation or a hedge that is missing between words that were copied."""
    said = {c.token.index: c for c in cues(case.statement)}
    for copy in copies(case):
        first = copy.row[0].index
        for low, high, cue in _cues(copy, kind):
            if any(i - first in copy.partner for i in range(low, high + 1)):
                continue
            if cue is not None and cue.certain and any(c.kind == "future" for c in said.values()):
                continue
            between = _between(case, copy, low - first, high - first)
            if between is None:
                continue
            over = [c for i, c in said.items() if kind == "hedge" and cue and 0 < between.start - i <= _OVER]
            if not any(_same_kind(cue, kind, c) for c in (*(said.get(i) for i in between), *over)):
                words = copy.reading.text[copy.reading.tokens[low].start : copy.reading.tokens[high].end]
                return Fault(
                    "negation" if kind == "negation" else "hedge",
                    f"The statement leaves out {words!r}, which the quote says there; keep it.",
                )
    return None


def _cues(copy: Copy, kind: str) -> Iterator[tuple[int, int, Cue | None]]:
    """First and last word of each cue of a kind in a quoted sentence; for "not just" and its like without a
    cue.
    """
    seen: set[int] = set()
    indexes = {t.index for t in copy.row}
    for cue in cues(copy.reading):
        seen.update(range(cue.token.index, cue.last.index + 1))
        if cue.demanded and (cue.kind == "negation") == (kind == "negation") and cue.token.index in indexes:
            yield cue.token.index, cue.last.index, cue
    if kind == "negation":
        for token in copy.row:
            if token.index not in seen and negative(token):
                yield token.index, token.index, None


def _same_kind(cue: Cue | None, kind: str, other: Cue | None) -> bool:
    if other is None:
        return False
    if cue is None or kind == "negation":
        return other.kind == kind
    if cue.kind == "doubt":
        return other.kind == "doubt"
    return other.kind == "doubt" or (other.kind == "future" and (cue.certain or not other.certain))


def _between(case: Case, copy: Copy, low: int, high: int) -> range | None:
    """The statement's words in the place of the quote's `low` to `high`, if those around were copied."""
    left, right, skipped = copy.partner.get(low - 1), copy.partner.get(high + 1), 0
    while right is None and high + 1 < len(copy.row) and skipped < _CLOSE and not copy.row[high + 1].content:
        high, skipped = high + 1, skipped + 1
        right = copy.partner.get(high + 1)
    if low == 0 and right is not None and right <= _CLOSE:
        return range(0, right)
    if high + 1 == len(copy.row) and left is not None and left + _CLOSE >= len(case.statement.tokens) - 1:
        return range(left + 1, len(case.statement.tokens))
    if left is None or right is None or not 0 < right - left <= _CLOSE + 1:
        return None
    return range(left + 1, right)


def replaced_numbers(case: Case) -> Fault | None:
    """A number that stands, between copied words, where the quote has another, or has lost its "about"."""
    numbers = _numbered(case.statement)
    for copy in copies(case):
        for a, b, size in copy.blocks:
            for i in range(size):
                token, quoted = case.statement.tokens[b + i], copy.row[a + i]
                if token.index not in numbers:
                    continue
                lost = copy.row[a + i - 1] if a + i else None
                if (
                    i == 0
                    and size > 1
                    and lost is not None
                    and lost.lower in _QUALIFIERS
                    and not (b and _qualifies(case.statement, b - 1))
                    and not (b > 1 and lost.lower == "over" and case.statement.tokens[b - 1].lower == "than")
                ):
                    words = copy.reading.text[lost.start : quoted.end]
                    return Fault("numbers", f"The quote says {words!r}; keep {lost.text!r} with the number.")
                beside = [case.statement.tokens[b + j] for j in (i - 2, i - 1, i + 1, i + 2) if 0 <= j < size]
                near = [t for t in beside if t.content and t.index not in numbers]
                mine, theirs = numbers[token.index], _numbered(copy.reading).get(quoted.index, frozenset())
                if _elsewhere(copy, case.statement, mine, theirs):
                    continue
                framed = (size > 3 or (size == 3 and near)) and not _repeats(copy.reading, quoted, mine)
                if token.stem != quoted.stem and framed and mine and theirs and not mine & theirs:
                    return Fault(
                        "numbers",
                        f"The quote has {quoted.text!r} where the statement has {token.text!r}; keep each "
                        "number "
                        "in its place.",
                    )
    return None


def _elsewhere(copy: Copy, statement: Reading, mine: frozenset[Decimal], theirs: frozenset[Decimal]) -> bool:
    """Whether the statement has the quote's number too, and the statement's own is another sentence's."""
    here = _numbered(copy.reading)
    own = {v for t in copy.row for v in here.get(t.index, frozenset())}
    said = _numbered(statement)
    kept = {j for i, j in copy.partner.items() if here.get(copy.row[i].index, frozenset()) & said.get(j, frozenset())}
    return not own & mine and any(values & theirs for j, values in said.items() if j not in kept)


def _repeats(reading: Reading, token: Token, values: frozenset[Decimal]) -> bool:
    """Whether a number in brackets says in another money or measure what the one before them says: "£20 ($25)"."""
    opening = reading.text.rfind("(", max(0, token.start - 12), token.start)
    if opening < 0 or ")" in reading.text[opening : token.start]:
        return False
    before = [n for n in read_numbers(reading.text) if n.end <= opening]
    return bool(before) and opening - before[-1].end <= _BESIDE and bool(before[-1].values & values)


def _qualifies(reading: Reading, index: int) -> bool:
    """Whether a word makes a number inexact: "estimated" does so only behind an article."""
    token = reading.tokens[index]
    if token.lower == "estimated":
        return index > 0 and reading.tokens[index - 1].lower in ("an", "the", "with")
    return token.lower in _QUALIFIERS


def replaced_names(case: Case) -> Fault | None:
    """A capitalised word that no quote has, or a name from elsewhere, where the quote has a name."""
    known = {t.stem for quote in case.quotes for t in quote.tokens}
    known |= {word for text in case.cited.metadata() for word in folded(text)}
    for copy in copies(case):
        for lost, new, inside in gaps(case, copy):
            if not any(t.name is not None for t in lost) or len(lost) > 6 or len(new) > 4:
                continue
            for token in new:
                if _strange(token, copy, known, case.statement.names):
                    return Fault(
                        "names", f"{token.text!r} stands in no quote; use a name as the quote gives it."
                    )
            if inside and _other_name(case, copy, lost, new):
                return Fault(
                    "roles",
                    f"The quote names {_text(copy.reading, lost)!r} where the statement has "
                    f"{_text(case.statement, new)!r}; keep the name in its place.",
                )
    return None


def gaps(case: Case, copy: Copy) -> Iterator[tuple[tuple[Token, ...], tuple[Token, ...], bool]]:
    """What stands between two copied runs, in quote and statement, and whether both runs are long."""
    ends = (*copy.blocks, (len(copy.row), len(case.statement.tokens), 0))
    for (a, b, size), (next_a, next_b, next_size) in pairwise(((0, 0, 0), *ends)):
        lost, new = copy.row[a + size : next_a], case.statement.tokens[b + size : next_b]
        yield lost, new, size > 1 and next_size > 1


def _strange(token: Token, copy: Copy, known: set[str], mine: tuple[Name, ...]) -> bool:
    if not token.text[0].isupper() or not token.content or token.stem in known or token.lower in known:
        return False
    if token.name is not None and any(one_actor(mine[token.name].words, n.words) for n in copy.reading.names):
        return False
    key = folded(token.text)
    return not any(likeness(token.lower, t.lower) >= 0.9 or key == folded(t.text) for t in copy.row)


def _other_name(case: Case, copy: Copy, lost: tuple[Token, ...], new: tuple[Token, ...]) -> bool:
    """Whether the only names of a gap are another's."""
    names = [copy.reading.names[i].words for i in dict.fromkeys(t.name for t in lost) if i is not None]
    mine = [case.statement.names[i].words for i in dict.fromkeys(t.name for t in new) if i is not None]
    if not names or not mine or any(t.name is None and t.content for t in (*lost, *new)):
        return False
    if any(one_actor(a, b) for a in names for b in mine):
        return False
    return not all(_described(case, copy, name) for name in mine)


def _described(case: Case, copy: Copy, name: tuple[str, ...]) -> bool:
    """Whether a name that the quote has before a noun stands behind that noun: "a fire in X" for "an X fire"."""
    for at, token in enumerate(copy.row[:-1]):
        if token.name is None or not one_actor(copy.reading.names[token.name].words, name):
            continue
        nouns = {t.stem for t in copy.row[at + 1 : at + 4] if t.name is None and t.content and t.clause == token.clause}
        for said in case.statement.tokens:
            near = case.statement.tokens[max(0, said.index - 3) : said.index]
            if said.name is not None and case.statement.names[said.name].words == name and any(
                t.stem in nouns for t in near
            ):
                return True
    return False


def _text(reading: Reading, tokens: tuple[Token, ...]) -> str:
    return reading.text[tokens[0].start : tokens[-1].end]
