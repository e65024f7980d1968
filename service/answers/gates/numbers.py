"""The gate `numbers`: each figure of a statement stands in a quote, with its bounds, its unit and what it
counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from service.answers.gates.alignment import Case
from service.answers.gates.carried import supports
from service.answers.gates.copying import copies, gaps, replaced_numbers
from service.answers.gates.fault import Fault
from service.answers.gates.things import PERSON_FAR, Setting, near, one_thing, one_unit
from service.answers.grammar.reading import Reading, Token, find, light
from service.domain import Figure, Qualifier
from service.language import thesaurus
from service.language.dates import date_places
from service.language.figures import Number, read_figures, read_numbers
from service.language.words import stem

_ALIKE: dict[Qualifier, Qualifier] = {"exactly": "unspecified"}
_NEXT, _BEFORE = 3, 2
_DECADE = 10
_STOPS = frozenset(
    "to by in at on from with after before during for as when who which that than near".split()
)
_TIED = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:,\d{3})+|\d{1,9})\s?[-‐‑–—:/]\s?(\d{1,3}(?:,\d{3})+|\d{1,9})(?![\w])"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_ONE_REPORT = re.compile(
    r"one (?:\w+ )?(?:report|estimate|account|source|version|study|analysis|newspaper|outlet|count)\b", re.I
)
"""Words that count nothing: one report among any number."""
_JOINTS = frozenset("and or while but including plus versus against".split())


@lru_cache(maxsize=1024)
def _figures(text: str) -> tuple[Figure, ...]:
    return tuple(_in_years(figure) for figure in read_figures(text))


def _in_years(figure: Figure) -> Figure:
    """A length of time in decades as one in years; any other figure as it is."""
    if figure.unit != "decade" or figure.kind != "duration":
        return figure
    low, high = (None if value is None else value * _DECADE for value in (figure.low, figure.high))
    return replace(figure, low=low, high=high, unit="year")


@lru_cache(maxsize=1024)
def _numbers(text: str) -> tuple[Number, ...]:
    return tuple(read_numbers(text))


def _settings(reading: Reading) -> list[Setting]:
    """The figures of a text with the words around them."""
    figures = _figures(reading.text)
    found = []
    for figure in figures:
        before: list[Token] = []
        behind: list[Token] = []
        for token in reversed([t for t in reading.tokens if t.end <= figure.number_start]):
            if _parts(reading, token.end, (before[-1].start if before else figure.number_start)):
                break
            if any(
                f is not figure and f.start <= token.start < f.end and not one_unit(f, figure)
                for f in figures
            ):
                continue
            if token.lower in _JOINTS or token.digits or len(before) == _BEFORE:
                break
            if token.content and not light(token) and token.start < figure.start:
                before.append(token)
            elif token.start < figure.start and not token.content:
                continue
        for token in (t for t in reading.tokens if t.start >= figure.number_end):
            edge = behind[-1].end if behind else figure.number_end
            if (
                _parts(reading, edge, token.start)
                or token.lower in _JOINTS
                or token.lower in _STOPS
                or token.digits
                or len(behind) == _NEXT
            ):
                break
            if token.content and not light(token):
                behind.append(token)
        found.append(Setting(figure, tuple(before), tuple(behind)))
    return found


def _parts(reading: Reading, start: int, end: int) -> bool:
    return any(c in ',;:()—–"“”' for c in reading.text[start:end])


def numbers(case: Case) -> Fault | None:
    """The fault of a statement with a number that no quote gives so."""
    fault = _values(case) or _scores(case)
    if fault:
        return fault
    offered = [(reading, setting) for reading in case.quotes for setting in _settings(reading)]
    for setting in _settings(case.statement):
        if _ONE_REPORT.match(case.statement.text, setting.figure.number_start):
            continue
        fault = _matched(case, setting, offered)
        if fault:
            return fault
    return replaced_numbers(case) or _recounted(case)


def _recounted(case: Case) -> Fault | None:
    """Another thing behind a copied number: "16 events" for "16 cases", "38,000 studies" for "38,000 others"."""
    numbers = [n.end for n in _numbers(case.statement.text)]
    for copy in copies(case):
        for lost, new, _ in gaps(case, copy):
            if not len(lost) == len(new) == 1 or not new[0].content or new[0].name is not None:
                continue
            counted = any(case.statement.text[end : new[0].start].isspace() for end in numbers)
            people = new[0].lower in ("people", "persons") and thesaurus.is_a(lost[0].lower, "person", PERSON_FAR)
            spans = {new[0].stem, lost[0].stem} == {stem("decades"), stem("years")}
            if counted and not people and not spans and not supports(new[0].lower, lost[0].lower):
                return Fault(
                    "numbers",
                    f"The quote counts {lost[0].text!r} where the statement has {new[0].text!r}; keep what is counted.",
                )
    return None


def _values(case: Case) -> Fault | None:
    """Each number by its value, wherever it stands."""
    known: set[Decimal] = set()
    for text in (*case.cited.texts(), *case.cited.metadata()):
        for number in _numbers(text):
            known.update(number.values)
        years = [f.low for f in _figures(text) if f.kind == "duration" and f.unit == "year" and f.low is not None]
        known.update(value for low in years if low % _DECADE == 0 for value in (low, low / _DECADE))
    for number in _numbers(case.statement.text):
        written = any(c.isdigit() for c in number.text)
        if _ONE_REPORT.match(case.statement.text, number.start):
            continue
        if (number.counting or written) and not known & set(number.values):
            return Fault(
                "numbers",
                f"The number {number.text!r} stands in no quote; give the quote's own numbers and "
                "work nothing out.",
            )
    digits = {
        _digits(d) for text in (*case.cited.texts(), *case.cited.metadata()) for d in _DIGITS.findall(text)
    }
    places = [(n.start, n.end) for n in _numbers(case.statement.text)]
    places += date_places(case.statement.text)
    for match in _DIGITS.finditer(case.statement.text):
        inside = any(start <= match.start() < end for start, end in places)
        if not inside and _digits(match[0]) not in digits:
            return Fault(
                "numbers", f"The number {match[0]!r} stands in no quote; give the quote's own numbers."
            )
    return None


def _digits(text: str) -> str:
    return text.replace(",", "")


def _scores(case: Case) -> Fault | None:
    """Numbers tied by a dash, a colon or a slash (a score, a range, a ratio) stand so in a quote."""
    quoted = {
        _tied(m) for text in (*case.cited.texts(), *case.cited.metadata()) for m in _TIED.finditer(text)
    }
    ranges = {
        (f.low, f.high) for text in case.cited.texts() for f in _figures(text) if f.qualifier == "range"
    }
    for match in _TIED.finditer(case.statement.text):
        low, high = (Decimal(g.replace(",", "")) for g in match.groups())
        if _tied(match) not in quoted and (low, high) not in ranges and not _dated(case, match.start()):
            return Fault("numbers", f"{match[0]!r} stands in no quote; give the quote's own numbers.")
    return None


def _tied(match: re.Match[str]) -> tuple[str, str]:
    return match[1].replace(",", ""), match[2].replace(",", "")


def _dated(case: Case, at: int) -> bool:
    return any(start <= at < end for start, end in date_places(case.statement.text))


def _matched(case: Case, setting: Setting, offered: list[tuple[Reading, Setting]]) -> Fault | None:
    figure = setting.figure
    text = case.statement.text[figure.start : figure.end]
    same = [(r, o) for r, o in offered if _bounds(o.figure) & _bounds(figure)]
    if not same:
        return _bare(case, setting, text)
    kind = [(r, o) for r, o in same if one_unit(figure, o.figure)]
    if not kind:
        quoted = same[0][0].text[same[0][1].figure.start : same[0][1].figure.end]
        return Fault("numbers", f"{text!r} has another unit in the quote ({quoted!r}); keep it.")
    likened = _TIMES_AS.search(case.statement.text, 0, figure.start)
    bounded = [
        (r, o)
        for r, o in kind
        if likened
        or _half_range(case.statement.text, figure, o.figure)
        or _one_qualifier(figure, o.figure)
        or _over(case.statement, figure, r, o.figure)
    ]
    if not bounded:
        quoted = kind[0][0].text[kind[0][1].figure.start : kind[0][1].figure.end]
        return Fault(
            "numbers",
            f"The quote says {quoted!r}, the statement {text!r}; keep words such as 'about', "
            "'up to' and 'more than'.",
        )
    counted = [(r, o) for r, o in bounded if one_thing(case, setting, o, r)]
    if not counted:
        quoted = bounded[0][0].text[bounded[0][1].figure.start : bounded[0][1].figure.end]
        return Fault("numbers", f"The quote counts {quoted!r}, the statement {text!r}; keep what is counted.")
    if all(_swapped(case.statement, setting, o, r) for r, o in counted):
        return Fault(
            "numbers",
            f"The number in {text!r} belongs to something else in the quote; keep each number with "
            "what it counts.",
        )
    return None


def _bare(case: Case, setting: Setting, text: str) -> Fault | None:
    """A figure whose number stands in a quote, but not as a figure there (a year, a number in a name)."""
    figure = setting.figure
    digits = case.statement.text[figure.number_start : figure.number_end]
    if any(
        name.start <= figure.number_start and figure.number_end <= name.end for name in case.statement.names
    ):
        return None
    if figure.kind in ("ordinal", "age") or (not figure.low and not figure.high):
        vague = figure.low is None and figure.high is None
        if vague and any(_vaguely(q, digits.lower().split()[-1], setting) for q in case.quotes):
            return None
        if not vague:
            return None
    known = {v for q in case.quotes for n in _numbers(q.text) for v in n.values}
    known |= {v for m in case.cited.metadata() for n in _numbers(m) for v in n.values}
    if _bounds(figure) & known and figure.kind == "count" and figure.thing is None:
        return None
    return Fault("numbers", f"The figure {text!r} stands in no quote; give the quote's own figures.")


def _vaguely(quote: Reading, word: str, setting: Setting) -> bool:
    """Whether a quote has "hundreds" or "thousands" of what the statement has them of."""
    for token in quote.tokens:
        if token.stem != stem(word):
            continue
        near = quote.tokens[max(0, token.index - 6) : token.index + 9]
        around = tuple(t for t in near if t.sentence == token.sentence and t.content and t is not token)
        mine = [t for t in setting.behind if t.name is None]
        if not mine or any(find(t, around) is not None or _counts(t, around) for t in mine):
            return True
    return False


def _counts(token: Token, around: tuple[Token, ...]) -> bool:
    return any(near(token.stem, t.stem) for t in around)


def _bounds(figure: Figure) -> frozenset[Decimal]:
    return frozenset(value for value in (figure.low, figure.high) if value is not None)


def _one_qualifier(said: Figure, quoted: Figure) -> bool:
    first, second = (_ALIKE.get(f.qualifier, f.qualifier) for f in (said, quoted))
    if said.qualifier == "exactly" and quoted.qualifier != "exactly":
        return False
    return first == second and said.low == quoted.low and said.high == quoted.high


_SHARE = re.compile(r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten) (?:in|out of) (?:every )?$", re.I)
_MORE = re.compile(r"\b(?:over|more than|above|top(?:s|ped|ping)?|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?)\s+$", re.I)
_BESIDE = 16
"""So many letters on each side of one end of a range its other end stands."""
_TO = re.compile(r"\b(?:to|and)\b|[-–]")
_TIMES_AS = re.compile(r"\b(?:half|twice|double|times) $", re.I)


def _half_range(text: str, said: Figure, quoted: Figure) -> bool:
    """Whether a figure is one end of the quote's range, and the other stands beside it: "4.5% to 5%"."""
    if quoted.qualifier != "range" or said.low not in (quoted.low, quoted.high):
        return False
    near = text[max(0, said.start - _BESIDE) : said.end + _BESIDE]
    values = {v for n in _numbers(near) for v in n.values}
    return {quoted.low, quoted.high} <= values and bool(_TO.search(near))


def _over(said: Reading, figure: Figure, quoted: Reading, other: Figure) -> bool:
    """Whether both say "over" or "more than" right before the number, which is no bound of a length of time."""
    starts = [(said.text, figure), (quoted.text, other)]
    return all(_MORE.search(text[: min(f.start, f.number_start)]) or f.qualifier == "more_than" for text, f in starts)


def _weight(said: Setting, quoted: Setting) -> float:
    """How well the words around two figures agree; a word on the number's other side counts a little less."""
    total = 0.0
    for mine, same, other in (
        (said.behind, quoted.behind, quoted.before),
        (said.before, quoted.before, quoted.behind),
    ):
        for token in mine:
            if find(token, same) is not None:
                total += 1.0
            elif find(token, other) is not None:
                total += 0.8
    return total


def _swapped(statement: Reading, said: Setting, quoted: Setting, reading: Reading) -> bool:
    """Whether the words around a figure belong to another figure of the same quote, and none of them to its
    own.
    """
    mine = _weight(said, quoted)
    if _tied_share(said, statement) and _tied_share(quoted, reading):
        return False
    others = [
        other
        for other in _settings(reading)
        if not _bounds(other.figure) & _bounds(quoted.figure) and one_unit(quoted.figure, other.figure)
    ]
    best = max((_weight(said, other) for other in others), default=0.0)
    return best > mine and mine < 1.0


def _tied_share(setting: Setting, reading: Reading) -> bool:
    """Whether a figure is the second of a share told in two numbers: "2 in 3 people", "two out of three"."""
    return bool(_SHARE.search(reading.text, max(0, setting.figure.number_start - 20), setting.figure.number_start))
