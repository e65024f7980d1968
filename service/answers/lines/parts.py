"""A question that asks several outlets, or one outlet on several days: each part with the line that answers it.

"Does A's article suggest the same as B's?" is answered by what A says and by what B says, side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.question import Question

MOST = 4
"""So many parts are answered at most."""
_SECTION = re.compile(r"(?<!\s)\s+[-–—|:]\s+")
_ARTICLE = re.compile(r"^the\s+", re.I)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a question: its words, the publishers asked, and the day of the article where one is named."""

    text: str
    publishers: frozenset[str]
    day: date | None = None


def parts_of(question: Question, lines: Sequence[Line]) -> list[Part]:
    """The parts of a question that names two of the lines' outlets, or one of them and two days; else []."""
    anchors = sorted(_outlets(question.text, {line.source.publisher for line in lines if line.source.publisher}))
    days = sorted((d.start, day) for d in question.dates if (day := _one_day(d.resolved)) is not None)
    if len(anchors) == 1 and len(days) > 1:
        publishers = anchors[0][1]
        cuts = [start for start, _ in days][1:]
        spans = zip([0, *cuts], [*cuts, len(question.text)], strict=True)
        return [Part(question.text[a:b], publishers, day) for (a, b), (_, day) in zip(spans, days, strict=True)][:MOST]
    if len(anchors) < 2:
        return []
    found = []
    for i, (start, publishers) in enumerate(anchors):
        end = anchors[i + 1][0] if i + 1 < len(anchors) else len(question.text)
        day = next((day for at, day in days if start <= at < end), None)
        found.append(Part(question.text[0 if i == 0 else start : end], publishers, day))
    return found[:MOST]


def _outlets(text: str, publishers: Iterable[str]) -> list[tuple[int, frozenset[str]]]:
    """Where a question names publishers, each place with those that it may mean; sections of an outlet are one."""
    places: dict[int, set[str]] = {}
    for publisher in publishers:
        for name in dict.fromkeys((publisher, _SECTION.split(publisher)[0])):
            name = _ARTICLE.sub("", name)
            if len(name) < 3:
                continue
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                places.setdefault(match.start(), set()).add(publisher)
    return [(start, frozenset(found)) for start, found in places.items()]


def _one_day(days: tuple[date, date] | None) -> date | None:
    return days[0] if days is not None and days[0] == days[1] else None


def answering(parts: Sequence[Part], lines: Sequence[Line], question: Question, likeness: Likeness) -> list[Line]:
    """The nearest line of each part, in order, each once; the texts must have been learned."""
    chosen: list[Line] = []
    for part in parts:
        own = [line for line in lines if line.source.publisher in part.publishers]
        own = [line for line in own if part.day is not None and line.source.published == part.day] or own
        told = {line.source.file_id for line in chosen}
        own = [line for line in own if line not in chosen]
        if own:
            chosen.append(max(own, key=lambda line: (likeness.cosine(part.text, line.text)
                                                     + 0.5 * likeness.cosine(question.text, line.text)
                                                     - (0.1 if line.source.file_id in told else 0.0))))
    return chosen
