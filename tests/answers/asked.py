"""Lines made from sentences, as if each article had been found for a question."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from service.answers.evidence import Line
from service.answers.figures.claims import Position, disputed
from service.answers.figures.matching import positions
from service.answers.figures.mentions import Mention
from service.answers.figures.quantities import read_quantities
from service.answers.likeness import Likeness
from service.answers.question import read_question
from service.domain import Article, Source, Span

ASKED = date(2026, 11, 22)


@dataclass(frozen=True)
class Told:
    """One article: its sentences, when it was published, and what text it is a copy of."""

    text: str
    published: date | None = None
    origin: str | None = None
    title: str | None = None


def lines(*articles: Told | str) -> list[Line]:
    """Every line of these articles, which are numbered from 01; a line of text is a sentence."""
    found: list[Line] = []
    for number, told in enumerate((Told(a) if isinstance(a, str) else a for a in articles), 1):
        found += _lines(f"{number:02}", told)
    return found


def _lines(number: str, told: Told) -> list[Line]:
    sentences = told.text.split("\n")
    text = "\n\n".join(sentences)
    starts = [sum(len(s) + 2 for s in sentences[:i]) for i in range(len(sentences))]
    spans = tuple(Span(start, start + len(s), "body") for start, s in zip(starts, sentences, strict=True))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    article = Article(f"art_{number}", "/news", f"{number}.txt", None, sha256, text, spans)
    source = Source(article.file_id, article.filename, sha256, told.title, None, told.published, None,
                    told.origin or f"org_{number}", None)
    return [Line(article, source, start, start + len(s), s, "body", int(number) - 1,
                 sentences[i - 1] if i else "", sentences[i + 1] if i + 1 < len(sentences) else "")
            for i, (start, s) in enumerate(zip(starts, sentences, strict=True))]


@dataclass(frozen=True)
class Value:
    """A claim, as far as the tables look at it: its words, what has replaced it, how many origins it has."""

    text: str
    superseded_by: str | None = None
    origins: int = 1
    derived: bool = False


async def mentions(question: str, likeness: Likeness, *articles: Told | str) -> list[Mention]:
    """The figures that no hard check rules out, best first."""
    return await read_quantities(read_question(question, ASKED), lines(*articles), likeness)


async def claims(question: str, likeness: Likeness, *articles: Told | str) -> tuple[bool, list[Position]]:
    """Whether the sources are at odds, and the positions."""
    found = positions(read_question(question, ASKED), await mentions(question, likeness, *articles))
    return disputed(found), found


def values(found: list[Position]) -> set[Value]:
    """The positions as values."""
    return {
        Value(words(p), words(found[p.superseded_by]) if p.superseded_by is not None else None, p.origins, p.derived)
        for p in found
    }


def words(position: Position) -> str:
    """A position's number as written, qualifier included; of a sum the value."""
    figure = position.figure
    if position.derived:
        return f"{figure.low}–{figure.high}"
    return position.mentions[0].line.text[figure.start : figure.number_end]
