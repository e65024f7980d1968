"""Whose figure it is, and of which place: a sentence of several people or places gives each their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.answers.actors import name_keys, without_speaker
from service.answers.evidence import Line
from service.answers.question import Question
from service.domain import Figure
from service.language.countries import country_of
from service.language.figures import read_figures
from service.language.names import Name, fold, metonyms, read_names

_PLACED = re.compile(r"\b(?:in|inside|within|across|throughout|near|at|around)\s+(?:the\s+)?(?:[a-z][\w’'-]*\s+){0,4}"
                     r"(?:of\s+)?$")
_OPENS = re.compile(r"(?:In|Inside|Within|Across|Throughout|Near|At|Around)\s+(?:the\s+)?(?:[a-z][\w’'-]*\s+){0,4}"
                    r"(?:of\s+)?")
_THROUGH = re.compile(r"\b(?:through|hit|struck|ravaged|battered|devastated)\s+(?:the\s+)?$")
_BREAK = re.compile(r"[;:]|,\s+(?:and|but|while|who|which|after|as|when|where|with|according)\b|\b(?:who|which|that)\b")
_PART_OF_LAND = frozenset("county district borough parish ward precinct".split())
"""Nouns that make a name that of a part of a state or town."""
_ALONE = re.compile(r"(?<!\s)\s++alone\b")
_PRONOUN = re.compile(r"\b(?:he|she|his|her|him|it|its|they|their|them)\b", re.I)
_MONTHS = frozenset("january february march april may june july august september october november december monday "
                    "tuesday wednesday thursday friday saturday sunday".split())
_PREPOSED = re.compile(r"\b(?:in|at|near|from|by|of|for|to|with|across|around|on|than)\s+(?:the\s+)?$", re.I)
_OWN = frozenset({"duration", "age", "money", "percent"})
"""Kinds of figures that one person or firm has, not several together."""
_BESIDE = 40


def placed(question: Question) -> list[Name]:
    """The names of a question that say where: "killed *in Florida*"."""
    return [n for n in question.names if _PLACED.search(question.text[: n.start])]


def _of_place(question: Question, line: Line) -> list[Name]:
    """The names of a question that say whose something is by its place ("the *Connecticut* jury"), as far as the
    article writes them as places.
    """
    return [n for n in question.names if re.match(r" [a-z]", question.text[n.end : n.end + 2]) and re.search(
        rf"\bin {re.escape(n.text)}\b", line.article.text)]


def place_of(figure: Figure, text: str) -> frozenset[str]:
    """The folded words of the place that a sentence says of one of its figures, behind it or at its beginning."""
    figures = read_figures(text)
    following = min((f.start for f in figures if f.start >= figure.end and f.kind == figure.kind), default=len(text))
    names = [n for n in read_names(text) if not _MONTHS.intersection(n.words)]
    stop = _BREAK.search(text, figure.end, following)
    last = stop.start() if stop else following
    behind = [n for n in names if figure.end <= n.start < last and _PLACED.search(text[figure.end : n.start])]
    if behind:
        return frozenset(behind[0].words)
    first = max((m.end() for m in re.finditer(r"[;]\s*", text[: figure.start])), default=0)
    opens = [n for n in names if first <= n.start < figure.start and _OPENS.fullmatch(text[first : n.start])]
    through = [n for n in names if n.end <= figure.start and _THROUGH.search(text[: n.start])]
    return frozenset((opens or through[-1:])[0].words) if opens or through else frozenset()


def of_another_place(question: Question, figure: Figure, line: Line) -> bool:
    """Whether a question asks of one place and the sentence says the figure of another: one of the same kind, one that
    it sets against the place asked for, or a part of it.
    """
    where = [*placed(question), *_of_place(question, line)]
    asked = frozenset(key for name in where for key in name.words)
    told = place_of(figure, line.text)
    allied = asked | {m for key in asked for m in metonyms(key)}
    if not asked or not told or (told & allied) - _PART_OF_LAND:
        return False
    if (allied - _PART_OF_LAND) & name_keys(without_speaker(line.text)):
        others = (other for other in read_figures(line.text) if other.kind == figure.kind)
        return any(place_of(other, line.text) & allied for other in others)
    if different_places(asked, told) or _PART_OF_LAND & told:
        return True
    return not any(map(country_of, asked)) and (
        any(map(country_of, told)) or not allied & name_keys(line.before))


def different_places(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two places exclude each other by their kind: two countries, two counties."""
    if not first or not second or (first & second) - _PART_OF_LAND:
        return False
    states = [frozenset(k for k in keys if (c := country_of(k)) is not None and c.capitals) for keys in (first, second)]
    return all(states) or all(_PART_OF_LAND & keys for keys in (first, second))


def apart(first: Sequence[tuple[Figure, Line]], second: Sequence[tuple[Figure, Line]]) -> bool:
    """Whether two values are told of different places: each of its own, and no article writes the two names close to
    each other, as it does of a town and its region.
    """
    here, there = (frozenset().union(*(place_of(f, line.text) for f, line in told)) for told in (first, second))
    placed_all = all(place_of(f, line.text) for f, line in (*first, *second))
    if not placed_all or here & there:
        return False
    texts = {line.article.sha256: line.article.text for _, line in (*first, *second)}
    return not any(_close(fold(text), here, there) for text in texts.values())


def _close(text: str, first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether one of the first words stands within a few words of one of the second ones."""
    where = [[m.start() for word in words for m in re.finditer(rf"\b{re.escape(word)}", text)]
             for words in (first, second)]
    return any(abs(a - b) <= _BESIDE for a in where[0] for b in where[1])


def place_missing(question: Question, line: Line) -> bool:
    """Whether a question says where, and neither a line nor what stands beside it, above all in its article's head,
    names the place.
    """
    names = placed(question)
    if not names:
        return False
    head = line.article.text[: line.start][:400]
    told = name_keys(f"{line.before} {line.text} {line.after} {line.source.document_title or ''} {head}")
    return not all(any(key in told or metonyms(key) & told for key in name.words) for name in names)


def of_a_part(figure: Figure, text: str) -> bool:
    """Whether a figure is told of one place of several: "54 died in Lee County *alone*"."""
    return _ALONE.search(text, figure.end, min(len(text), figure.end + 60)) is not None and bool(place_of(figure, text))


def of_another_holder(question: Question, figure: Figure, line: Line) -> bool:
    """Whether a question asks for what one person or firm got, paid or is, and the figure is another's: the nearest
    name before it is not the one asked for, or a pronoun stands for somebody else.
    """
    asked = _holder(question)
    if asked is None or figure.kind not in _OWN:
        return False
    text = line.text
    told = _people(read_names(without_speaker(text)), text)
    before = [n for n in told if n.end <= figure.start and not _PREPOSED.search(text[max(0, n.start - 12) : n.start])]
    if any(_same(asked, n) for n in told):
        nearest = before[-1] if before else None
        behind = [n for n in told if 0 <= n.start - figure.end <= _BESIDE and _same(asked, n)]
        return nearest is not None and not _same(asked, nearest) and not behind
    if before:
        return True
    if _PRONOUN.search(text, 0, figure.start):
        return not any(_same(asked, n) for n in _people(read_names(line.before), line.before)[-2:])
    return False


def _holder(question: Question) -> Name | None:
    """The one name of a question that is no country and no place."""
    where = placed(question)
    names = [n for n in question.names if n not in where and not any(map(country_of, n.words))]
    return names[0] if len(names) == 1 and not _PREPOSED.search(question.text[: names[0].start]) else None


def _people(names: Sequence[Name], text: str) -> list[Name]:
    """The names that can be a person's or a firm's: no country, no month, none that only says of what kind."""
    return [n for n in names if not any(map(country_of, n.words)) and not _MONTHS.intersection(n.words)
            and not _PREPOSED.search(text[max(0, n.start - 12) : n.start])]


def _same(first: Name, second: Name) -> bool:
    return bool(set(first.words) & set(second.words))
