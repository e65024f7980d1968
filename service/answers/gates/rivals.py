"""Gates on a figure, a day or a place told where the quotes have another one of its kind.

A statement may put two true things together that no source does: one sentence's figure with another sentence's place,
a day with the deed of another day. It falls where the quotes give the place, the deed or the name a figure, a day or a
place of its own, and the statement's stands elsewhere alone.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from service.answers.gates.alignment import Case
from service.answers.gates.carried import supports
from service.answers.gates.fault import Fault
from service.answers.gates.merged import figures_of, sentence_at
from service.answers.gates.names import SPAN
from service.answers.grammar.reading import Reading, Token, light, one_actor
from service.answers.grammar.speech_words import FINITE
from service.answers.grammar.verbs import BE, governors, governors_of_date, is_verb, verbs
from service.domain import DateMention, Figure
from service.language.dates import read_dates, same_or_coarser
from service.language.names import Name

_TIED = re.compile(r"\b(in|at|from|of|for|to|near|across)\s+(?:the\s+)?$", re.I)
_PART = re.compile(r"[,;:()—–]|\bwith\b|\band\b|\bwhile\b|\bwhereas\b")
_OPENING = re.compile(r"\s*(?:But |And |Meanwhile, )?(?:In|At)\s+(?:the\s+)?", re.I)
_TAIL = re.compile(
    r",\s+(?:its|his|her|their|the)\s+(?:\w+\s+){0,2}?(?:\w+est|most|least|first|second|third|last)\b[^,;]*"
)
_STEPPED = re.compile(r", (?:up|down|or) (?:about |some )?$", re.I)
_LINKS = frozenset("at in on of for from to with by and or".split())
_TOGETHER = re.compile(r"\b(?:together|jointly|combined|in total|altogether|between them|a total of)\b", re.I)
_PACE = re.compile(r"\b(?:once|twice|(?:three|four|five) times) (?:an?|each|every|per) (?:day|week|month|year)\b", re.I)
_AT_ONCE = frozenset(["when", "while"])
_EACH = re.compile(r"\b(?:each|apiece)\b", re.I)


def rivalled(case: Case) -> Fault | None:
    """The fault of a statement that gives a place, a deed or a name another one's figure, day or place."""
    return (
        _other_figure(case) or _other_subject(case) or _other_time(case) or _other_part(case) or _other_day(case)
        or _other_opening(case) or _other_tail(case) or _other_pace(case) or _pooled(case)
    )


def _same(first: Figure, second: Figure) -> bool:
    return (first.low, first.high) == (second.low, second.high)


def _kind(first: Figure, second: Figure) -> bool:
    return first.kind == second.kind and first.unit == second.unit and (
        first.unit is not None or first.thing == second.thing
    )


def _names_in(reading: Reading, number: int) -> list[Name]:
    start, end = reading.sentences[number]
    return [n for n in reading.names if start <= n.start < end]


def _rows(case: Case) -> list[tuple[Reading, int]]:
    return [(reading, number) for reading in case.quotes for number in range(len(reading.sentences))]


def _figures_in(reading: Reading, number: int) -> list[Figure]:
    return [f for f in figures_of(reading.text) if _bounds(f) and sentence_at(reading, f.start) == number]


def _bounds(figure: Figure) -> frozenset[Decimal]:
    return frozenset(value for value in (figure.low, figure.high) if value is not None)


def _other_figure(case: Case) -> Fault | None:
    """A figure of one sentence told of a name that another sentence has with a figure of that kind: a gust of 98 mph
    in the town that had one of 84.
    """
    rows = _rows(case)
    if len(rows) < 2:
        return None
    for figure in figures_of(case.statement.text):
        if not _bounds(figure) or figure.unit is None or figure.kind in ("duration", "ordinal"):
            continue
        number = sentence_at(case.statement, figure.start)
        mine = _figures_in(case.statement, number)
        if sum(_kind(figure, other) for other in mine) != 1:
            continue
        having = [row for row in rows if any(_same(figure, f) for f in _figures_in(*row))]
        clause = _clause(case.statement, figure.number_start)
        for name in _names_in(case.statement, number):
            if _clause(case.statement, name.start) != clause:
                continue
            told = [row for row in rows if any(one_actor(name.words, n.words) for n in _names_in(*row))]
            if not having or not told or any(row in told for row in having):
                continue
            rival = [f for row in told for f in _figures_in(*row) if _kind(figure, f) and not _same(figure, f)]
            if len(told) == 1 and len(rival) == 1 and all(_names_in(*row) for row in having):
                return Fault(
                    "numbers",
                    f"The quote that has {case.statement.text[figure.start : figure.end]!r} does not speak of "
                    f"{name.text!r}, which has {rival[0].text!r} in another; keep each figure with its own.",
                )
    return None


def _other_subject(case: Case) -> Fault | None:
    """A figure of one sentence told of a thing that another sentence has with a figure of that kind: day passes at the
    price of a week's.
    """
    rows = _rows(case)
    if len(rows) < 2:
        return None
    for row in case.statement.by_sentence:
        subject = _opening_words(case.statement, row)
        mine = [f for f in figures_of(case.statement.text) if _bounds(f) and f.unit and f.start > row[0].start]
        if len(subject) < 2 or not mine:
            continue
        told = [row for row in rows if _side_by_side(subject, row[0].by_sentence[row[1]])]
        having = [row for row in rows if any(_bounds(mine[0]) & _bounds(f) for f in _figures_in(*row))]
        rival = [f for row in told for f in _figures_in(*row) if _kind(mine[0], f)]
        apart = not any(subject[0] in {t.stem for t in r.by_sentence[n]} for r, n in having)
        if having and len(told) == 1 and rival and apart and not any(row in told for row in having):
            text = case.statement.text[mine[0].start : mine[0].end]
            return Fault("numbers", f"The quote gives it {rival[0].text!r}, not {text!r}; keep each with its own.")
    return None


def _opening_words(reading: Reading, row: tuple[Token, ...]) -> list[str]:
    """The stems of the words that open a sentence, up to a preposition or the verb; none behind a name or a number."""
    found: list[str] = []
    auxiliary = next((t.index for t in row if t.lower in FINITE), row[-1].index)
    for token in row:
        if not found and token.lower in ("the", "a", "an"):
            continue
        verb = token.index == auxiliary or (found and auxiliary == row[-1].index and is_verb(reading, token))
        if verb or token.lower in _LINKS or token.name is not None or token.digits:
            break
        found.append(token.stem)
    return found


def _side_by_side(stems: list[str], row: tuple[Token, ...]) -> bool:
    words = [t.stem for t in row]
    return any(words[i : i + len(stems)] == stems for i in range(len(words)))


def _clause(reading: Reading, offset: int) -> int:
    return next((t.clause for t in reading.tokens if t.end > offset), 0)


def _other_time(case: Case) -> Fault | None:
    """A figure told with the time of a sentence that has another figure of its kind: last year's sum for this one's."""
    rows = _rows(case)
    told = [f for f in figures_of(case.statement.text) if _bounds(f) and f.unit]
    mine = [f for f in told if f.kind not in ("duration", "ordinal")]
    if len(rows) < 2 or len(mine) != 1:
        return None
    having = [row for row in rows if any(_same(mine[0], f) for f in _figures_in(*row))]
    for match in SPAN.finditer(case.statement.text):
        timed = [(r, n) for r, n in rows if match[0].lower() in r.text[slice(*r.sentences[n])].lower()]
        rival = [f for row in timed for f in _figures_in(*row) if _kind(mine[0], f)]
        if having and len(timed) == 1 and len(rival) == 1 and not any(row in timed for row in having):
            return Fault(
                "numbers", f"With {match[0]!r} the quote has {rival[0].text!r}; keep each figure with its time."
            )
    return None


def _other_part(case: Case) -> Fault | None:
    """A figure told of the place that the same sentence gives another figure: "620,000, with 370,000 in X"."""
    for reading, number in case.told:
        theirs = [f for f in _figures_in(reading, number) if f.kind == "count"]
        mine = [f for f in figures_of(case.statement.text) if _bounds(f) and f.kind == "count"]
        for name in _names_in(reading, number):
            tie = _TIED.search(reading.text, max(0, name.start - 12), name.start)
            own = [f for f in theirs if tie and not _parted(reading.text, f.end, tie.start())]
            others = [f for f in theirs if tie and f not in own and f.end <= name.start]
            if not tie or len(own) != 1 or len(mine) != 1 or not any(_same(mine[0], f) for f in others):
                continue
            if any(_same(mine[0], f) for f in own):
                continue
            for said in case.statement.names:
                link = _TIED.search(case.statement.text, max(0, said.start - 12), said.start)
                alone = sum(said.words == n.words for n in _names_in(reading, number)) == 1
                if link and alone and one_actor(said.words, name.words) and not _parted(
                    case.statement.text, mine[0].end, link.start()
                ):
                    words = reading.text[own[0].start : name.end][:80]
                    return Fault("numbers", f"The quote has {words!r}; keep each figure with its place.")
    return None


def _parted(text: str, start: int, end: int) -> bool:
    return start > end or bool(_PART.search(text, start, end))


def _other_day(case: Case) -> Fault | None:
    """A day of one sentence told of a deed that another sentence tells with a day of its own."""
    if len(_rows(case)) < 2:
        return None
    for mention in _days(case.statement.text):
        hangs = [v for v in governors_of_date(case.statement, mention)[:1] if v.lower not in BE and not light(v)]
        having = [(r, d) for r in case.quotes for d in _days(r.text) if same_or_coarser(mention, d)]
        hangs += _at_once(case.statement, mention)
        fault = next((f for verb in hangs if having and (f := _of_another_day(case, verb, mention, having))), None)
        if fault:
            return fault
    return None


def _at_once(reading: Reading, mention: DateMention) -> list[Token]:
    """The verbs that a sentence tells at once with a clause with "when" in which a day stands."""
    clause = next(t.clause for t in reading.tokens if t.end > mention.start)
    opening = next(t for t in reading.tokens if t.clause == clause)
    if opening.lower not in _AT_ONCE:
        return []
    return [v for v in verbs(reading) if v.clause < clause and v.sentence == opening.sentence and v.lower not in BE]


def _of_another_day(
    case: Case, verb: Token, mention: DateMention, having: list[tuple[Reading, DateMention]]
) -> Fault | None:
    """The fault of a verb that the quotes tell only with other days."""
    same = [(r, t) for r in case.quotes for t in r.tokens if t.stem == verb.stem and is_verb(r, t)]
    near = any(
        supports(verb.lower, t.lower) or t.stem == verb.stem
        for r, d in having
        for t in r.by_sentence[sentence_at(r, d.start)]
        if t.content
    )
    if same and not near and all(_dated(r, t, mention) for r, t in same):
        return Fault(
            "dates",
            f"The quote has another day for {verb.text!r} than {mention.text!r}; keep each day with its deed.",
        )
    return None


@lru_cache(maxsize=1024)
def _days(text: str) -> tuple[DateMention, ...]:
    return tuple(d for d in read_dates(text) if d.day is not None or d.weekday is not None or d.month is not None)


def _dated(reading: Reading, verb: Token, mention: DateMention) -> bool:
    """Whether a verb has a day of its own that may not be this one."""
    return any(
        verb in governors_of_date(reading, d) and not same_or_coarser(mention, d)
        for d in _days(reading.text)
        if sentence_at(reading, d.start) == verb.sentence
    )


def _other_pace(case: Case) -> Fault | None:
    """A "twice a day" of one sentence told of a deed that another sentence tells."""
    for match in _PACE.finditer(case.statement.text):
        mine = _hangs(case.statement, match)[:1]
        theirs = [(r, m) for r in case.quotes for m in _PACE.finditer(r.text) if m[0].lower() == match[0].lower()]
        if not mine or not theirs or light(mine[0]) or mine[0].lower in BE:
            continue
        near = any(
            t.stem == mine[0].stem or supports(mine[0].lower, t.lower)
            for r, m in theirs for t in r.by_sentence[sentence_at(r, m.start())] if t.content
        )
        if not near and any(t.stem == mine[0].stem for r in case.quotes for t in r.tokens):
            return Fault("dates", f"No quote says {mine[0].text!r} of {match[0]!r}; keep each with its own.")
    return None


def _hangs(reading: Reading, match: re.Match[str]) -> tuple[Token, ...]:
    inside = [t for t in reading.tokens if match.start() <= t.start < match.end()]
    return governors(reading, inside[0], inside[-1])


def _other_opening(case: Case) -> Fault | None:
    """A place that opens the statement where the quote's sentence opens with another one: "In X, he announced …"."""
    mine = _opening(case.statement, 0)
    if mine is None:
        return None
    told = {verb.stem for verb in verbs(case.statement) if verb.lower not in BE}
    rows = [
        (reading, number)
        for reading, number in _rows(case)
        if any(v.stem in told and v.sentence == number for v in verbs(reading))
    ]
    for reading, number in rows:
        theirs = _opening(reading, number)
        here = [n.words for n in _names_in(reading, number)]
        if theirs is None or one_actor(theirs.words, mine.words) or any(one_actor(mine.words, w) for w in here):
            return None
    if not rows:
        return None
    return Fault("roles", f"The quote does not have it in {mine.text!r}; keep each deed in its place.")


def _opening(reading: Reading, number: int) -> Name | None:
    """The name behind "In" or "At" with which a sentence opens, up to its comma."""
    start, end = reading.sentences[number]
    match = _OPENING.match(reading.text, start, end)
    name = next((n for n in reading.names if match and n.start == match.end()), None)
    return name if name and reading.text[name.end : name.end + 1] == "," else None


def _other_tail(case: Case) -> Fault | None:
    """A ", its biggest drop since X" behind another figure than in the quote."""
    for match in _TAIL.finditer(case.statement.text):
        words = " ".join(match[0].lower().strip(" .,").split())
        for reading, number in _rows(case):
            start, end = reading.sentences[number]
            at = reading.text.lower().find(words, start, end)
            mine = [f for f in figures_of(case.statement.text) if f.end <= match.start()]
            theirs = [
                f for f in figures_of(reading.text)
                if start <= f.start and f.end <= at and not _STEPPED.search(reading.text, start, f.start)
            ]
            if at < 0 or not mine or not theirs or _same(mine[-1], theirs[-1]):
                continue
            if any(_same(mine[-1], f) for f in theirs):
                tail = match[0].strip(" ,.")[:60]
                return Fault("numbers", f"In the quote {tail!r} is said of {theirs[-1].text!r}; keep it there.")
    return None


def _pooled(case: Case) -> Fault | None:
    """What each of several does, told of them together."""
    match = _TOGETHER.search(case.statement.text)
    if not match or not figures_of(case.statement.text) or _EACH.search(case.statement.text):
        return None
    texts = case.cited.texts()
    if any(_EACH.search(text) for text in texts) and not any(_TOGETHER.search(text) for text in texts):
        return Fault("numbers", f"The quote says 'each', not {match[0]!r}; keep it.")
    return None
