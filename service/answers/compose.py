"""The extractive answer: the articles' own sentences as statements, and the claims behind a quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.answers.claims import CLAIM_LIMIT, Position, disputed, positions
from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.quantities import read_quantities
from service.answers.question import Question
from service.answers.reading import read
from service.answers.selection import THRESHOLD, Candidate, select
from service.answers.speaker import speaker_of
from service.answers.speech import attributes
from service.domain import Quote

PROSE_CLAIMS = 4
"""So many claims are all named in the prose; of more, the lowest, the highest and the best supported."""
_SAME = 0.8
"""Two sentences with this cosine say the same; the second is left out."""
_MARGIN = 1.0
"""A second line is told when its logarithm of the odds is no further behind the best one's."""
_LEAD = re.compile(r"^(?:Meanwhile|However|Moreover|Furthermore|In addition|Additionally|Specifically|Notably|"
                   r"But|And|Also|Still|Besides),?\s+", re.I)

_EMPHASIS = re.compile(r"(?<![\w*_])([*_]{1,3})(?=\S)([^*_\n]{1,200}?)(?<=\S)\1(?![\w*_])")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\([^()\s]{1,400}\)")
"""Markdown's emphasis and links, which a quote keeps and a statement may not have."""
_ASIDE = re.compile(r",\s+(?:following|including|where|which|who|while|as|after|before|amid|despite|[a-z]{3,}ing)\b")
_DOUBT = re.compile(r"\b(?:according|not|no|never|denie[sd]|deny|reportedly|allegedly|however|but|although|though|"
                    r"unconfirmed|unclear|disputed?)\b|n[’']t\b", re.I)


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement to be verified: its words, and the quotes that are to prove it."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """What the sources say to a question: statements in order, and the positions behind them."""

    drafts: tuple[Draft, ...]
    positions: tuple[Position, ...] = ()
    disputed: bool = False


async def compose(question: Question, lines: Sequence[Line], likeness: Likeness) -> Composition:
    """The extractive answer; no drafts when the lines don't say. Raises EmbedderError."""
    if question.figures:
        found = positions(question, await read_quantities(question, lines, likeness))
        return Composition(tuple(_quantity_drafts(found)), tuple(found), disputed(found))
    chosen = _chosen(await select(question, lines, likeness), likeness)
    return Composition(tuple(Draft(untied(c.line.text), (c.line.quote,)) for c in chosen))


def _quantity_drafts(found: Sequence[Position]) -> Iterator[Draft]:
    """One draft for each position that the prose names, the current ones first."""
    for position in told(found):
        line = min((m.line for m in position.mentions),
                   key=lambda line: (line.kind != "body", speaker_of(line.text) is None, len(line.text)))
        quotes = {r.line.quote: None for r in position.mentions}
        keep = max(r.figure.end for r in position.mentions if r.line == line)
        yield Draft(concise(line.text, keep), (line.quote, *(q for q in quotes if q != line.quote)))


def told(found: Sequence[Position]) -> list[Position]:
    """The positions that the prose names, in its order: those that stand before those superseded."""
    ordered = sorted(found[:CLAIM_LIMIT], key=lambda p: (p.superseded_by is not None, -p.origins, -p.score))
    if len(ordered) <= PROSE_CLAIMS:
        return ordered
    lowest = min(ordered, key=lambda p: _bound(p, low=True))
    highest = max(ordered, key=lambda p: _bound(p, low=False))
    return list({id(p): p for p in (ordered[0], lowest, highest)}.values())


def _bound(position: Position, *, low: bool) -> float:
    first, second = position.figure.low, position.figure.high
    bound = (first if first is not None else second) if low else (second if second is not None else first)
    return float(bound) if bound is not None else 0.0


def _chosen(candidates: Sequence[Candidate], likeness: Likeness) -> list[Candidate]:
    """The best line, and one more of another article that fits nearly as well and says something else."""
    if not candidates or candidates[0].score < THRESHOLD:
        return []
    best = candidates[0]
    for candidate in candidates[1:8]:
        if candidate.score < THRESHOLD or candidate.odds < best.odds - _MARGIN:
            break
        if candidate.line.source.file_id != best.line.source.file_id and (
                likeness.cosine(candidate.line.text, best.line.text) < _SAME):
            return [best, candidate]
    return [best]


def concise(sentence: str, keep: int = 0) -> str:
    """The sentence without the adverb that ties it to the one before and without a trailing aside.

    An aside is a subordinate clause behind a comma, past offset `keep`, in which nobody says, denies or doubts
    anything. The gates still hold the shorter text against the whole sentence.
    """
    for match in _ASIDE.finditer(sentence, keep):
        rest = sentence[match.start() :]
        if not attributes(read(rest)) and not _DOUBT.search(rest) and not re.search(r"[“”\"]", rest):
            sentence = sentence[: match.start()] + (sentence[-1] if sentence[-1] in ".!?" else "")
            break
    return untied(sentence)


def untied(sentence: str) -> str:
    """The sentence as plain words, without the adverb that ties it to the one before."""
    plain = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", sentence))
    shorter = " ".join(_LEAD.sub("", plain).split())
    return shorter[:1].upper() + shorter[1:]
