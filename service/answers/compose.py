"""The extractive answer: the articles' own sentences as statements, and the claims behind a quantity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from service.answers.confidence import LEAST, Grounds, confidence, considered, weigh
from service.answers.denial import denial, denies
from service.answers.evidence import Line
from service.answers.figures.claims import CLAIM_LIMIT, Position, disputed, tells_deed
from service.answers.figures.matching import other_reading, positions
from service.answers.figures.misfits import asks_time
from service.answers.figures.quantities import read_quantities
from service.answers.grammar.reading import read
from service.answers.grammar.speech import attributes
from service.answers.likeness import Likeness
from service.answers.lines.doers import new_names
from service.answers.lines.kinds import adds, points_back
from service.answers.lines.occasion import THAT_DAY
from service.answers.lines.parts import answering, parts_of
from service.answers.lines.selection import THRESHOLD, Candidate, select
from service.answers.lines.story import of_the_story
from service.answers.question import BEING, Question
from service.answers.speaker import speaker_of
from service.domain import Quote
from service.language.dates import read_dates
from service.language.words import words

PROSE_CLAIMS = 4
"""So many claims are all named in the prose; of more, the lowest, the highest and the best supported."""
_SAME = 0.8
"""Two sentences with this cosine say the same; the second is left out."""
_MARGIN = 1.0
"""A second line is told when its logarithm of the odds is no further behind the best one's."""
_SURE = 0.5
"""The least that the best line has of the kind of thing asked for where further ones are told."""
_AS_MUCH = 0.75
"""The least share of what the best line says of the question that a further one says."""
_MOST = 3
"""So many lines are told of those that fit nearly alike."""
_LOOKED_AT = 7
"""So many of the candidates behind the best one are looked at."""
TOGETHER = 420
"""Code points up to which two sentences are told together."""
_LEAD = re.compile(r"^(?:(?:Meanwhile|However|Moreover|Furthermore|In addition|Additionally|Specifically|Notably|"
                   r"In conclusion|For example|Also|Still|Besides),|But,?|And,?)\s+", re.I)

_LOOSE = re.compile(r" ?[,;:]$")
"""What a crawled sentence ends with where a page broke it off."""
_EMPHASIS = re.compile(r"(?<![\w*_])([*_]{1,3})(?=\S)([^*_\n]{1,200}?)(?<=\S)\1(?![\w*_])")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\([^()\s]{1,400}\)")
"""Markdown's emphasis and links, which a quote keeps and a statement may not have."""
_SPAN = re.compile(r"\b(?:since|until|till|from)\b", re.I)
_BEHIND = 20
"""So many characters behind "since" the day begins."""
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
    """What the sources say to a question: statements in order, and the positions behind them.

    `confidence` is how likely the sources answer it at all, from 0 to 1.
    """

    drafts: tuple[Draft, ...]
    positions: tuple[Position, ...] = ()
    disputed: bool = False
    confidence: float = 0.0


async def compose(question: Question, lines: Sequence[Line], likeness: Likeness) -> Composition:
    """The extractive answer; no drafts when the lines don't say. Raises EmbedderError."""
    named = {at for name in question.names for at in range(name.start, name.end)}
    likeness.compare({w.lower for w in (*question.content, *question.predicate) if w.start not in named},
                     {w.lower for line in lines for w in words(line.text) if w.content})
    if question.figures:
        return await _quantity(question, of_the_story(question, lines), likeness)
    chosen, sure = await _sentences(question, lines, likeness)
    if question.kind in ("who", "which") or _defines(question) or (
            question.kind == "when" and all(THAT_DAY.search(line.text) for line in chosen)):
        chosen = _once([told for line in chosen for told in _named(question, _whole(line, lines), lines)])
    return Composition(tuple(_draft(line, lines) for line in chosen), confidence=sure)


def _whole(line: Line, lines: Sequence[Line]) -> Line:
    """A line that begins by pointing back ("He will …") with the one before it, which may say who, where that may be
    quoted too.
    """
    if line.kind != "body" or not points_back(line.text):
        return line
    first = next((other for other in lines if other.source.file_id == line.source.file_id
                  and other.text == line.before and other.end <= line.start), None)
    if first is None or points_back(first.text) or line.end - first.start > TOGETHER:
        return line
    return replace(line, start=first.start, text=line.article.text[first.start : line.end])


def _defines(question: Question) -> bool:
    """Whether a question asks what something is, which a sentence that opens with "That" tells of the one before it."""
    return question.kind == "what" and any(word.lower in BEING for word in question.words[1:2])


def _once(chosen: Sequence[Line]) -> list[Line]:
    """The lines less those whose words another one tells."""
    return [line for i, line in enumerate(chosen) if not any(
        other.source.file_id == line.source.file_id and other.start <= line.start and line.end <= other.end
        and (j < i or (other.start, other.end) != (line.start, line.end)) for j, other in enumerate(chosen) if i != j)]


def _named(question: Question, line: Line, lines: Sequence[Line]) -> list[Line]:
    """A line that still points back ("They are …"), behind the article's first sentence, where that has a name: news
    tells at its beginning whom it is about.
    """
    if line.kind != "body" or question.kind not in ("who", "which") or not points_back(line.text):
        return [line]
    first = min((other for other in lines if other.kind == "body" and other.source.file_id == line.source.file_id
                 and not other.before), key=lambda other: other.start, default=line)
    opens = first.start < line.start and not points_back(first.text) and new_names(question, first.text)
    return [first, line] if opens else [line]


async def _quantity(question: Question, lines: Sequence[Line], likeness: Likeness) -> Composition:
    """The figures that answer; behind them a second reading of the question, and who denies what it presumes, which
    stands alone where of no figure anything like the question's deed is said.
    """
    mentions = await read_quantities(question, lines, likeness)
    found = positions(question, mentions)
    denied = denial(question, lines, likeness)
    if denied and question.predicate and not any(map(tells_deed, found)):
        found = []
    drafts = list(_quantity_drafts(found))
    other = other_reading(question, mentions, found)
    told = {draft.quotes[0] for draft in drafts}
    drafts += [_draft(line, lines) for line in [other.line] if line.quote not in told] if other else []
    if denied and denied.quote not in told:
        drafts.insert(0 if _later(denied, found) else len(drafts), _draft(denied, lines))
    sure = max((*(m.score for m in mentions), LEAST if denied else 0.0))
    if not drafts and asks_time(question):
        return await _since(question, lines, likeness)
    return Composition(tuple(drafts), tuple(found), disputed(found), sure)


def _later(line: Line, found: Sequence[Position]) -> bool:
    """Whether a line was published after all that gives the figures."""
    days = [mention.line.source.published for position in found for mention in position.mentions]
    day = line.source.published
    return day is not None and all(other is not None and other < day for other in days)


async def _since(question: Question, lines: Sequence[Line], likeness: Likeness) -> Composition:
    """To "how long", where no line tells a length of time: since when, or until when."""
    dated = [line for line in lines if any(0 <= day.start - span.end() <= _BEHIND for span in _SPAN.finditer(line.text)
                                           for day in read_dates(line.text))]
    chosen, sure = await _sentences(replace(question, kind="when", figures=frozenset()), dated, likeness)
    return Composition(tuple(_draft(line, lines) for line in chosen), confidence=sure)


def _draft(line: Line, lines: Sequence[Line]) -> Draft:
    """A line's words as a statement; two sentences taken together are cited each by itself."""
    own = [other.quote for other in lines if other.source.file_id == line.source.file_id
           and line.start <= other.start and other.end <= line.end]
    return Draft(untied(line.text), tuple(own))


async def _sentences(question: Question, lines: Sequence[Line], likeness: Likeness) -> tuple[list[Line], float]:
    """The lines that answer, none where they don't, and how likely they do."""
    chosen, joined, grounds, best = await _found(question, lines, likeness)
    whole = best is not None and best.says_all and len(question.content) > 1
    sure = max(confidence(grounds), LEAST if whole else 0.0)
    affirmed = best is not None and best.affirms and min(best.fitness.names, best.fitness.kind) >= _SURE and (
        question.kind != "yes_no")
    if sure < LEAST or not (joined or affirmed or any(denies(question, line, likeness) for line in chosen)):
        denied = None if question.kind == "what_said" else denial(question, lines, likeness)
        if denied is not None:
            return [denied], max(sure, LEAST)
    return (chosen if sure >= LEAST else []), sure


async def grounds_of(question: Question, lines: Sequence[Line], likeness: Likeness) -> Grounds:
    """What speaks for an answer to a question that asks for no quantity. Raises EmbedderError."""
    return (await _found(question, lines, likeness))[2]


async def _found(
    question: Question, lines: Sequence[Line], likeness: Likeness
) -> tuple[list[Line], bool, Grounds, Candidate | None]:
    """The lines that fit best, whether each answers its own part of the question, what speaks for them, and the best
    candidate.
    """
    near = considered(lines)
    parts = parts_of(question, lines)
    told = [line for line in lines if line.kind == "body" or not parts]
    await likeness.learn([question.text, *(part.text for part in parts), *(line.text for line in near),
                          *(line.text for line in told if parts)])
    candidates = await select(question, of_the_story(question, lines), likeness, within=_MARGIN)
    best = next(candidates, None)
    joined = answering(parts, told, question, likeness)
    fit = 1.0 if joined else best.fit if best else 0.0
    chosen = joined or ([] if best is None else _chosen(question, best, islice(candidates, _LOOKED_AT), likeness))
    return chosen, bool(joined), weigh(question, near, fit, likeness), best


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


def _chosen(question: Question, best: Candidate, others: Iterable[Candidate], likeness: Likeness) -> list[Line]:
    """The best line, and up to two more that fit nearly as well and have another thing of the kind asked for."""
    chosen = [best.line]
    for candidate in others:
        if candidate.score < THRESHOLD:
            break
        fresh = (candidate.fitness.kind >= best.fitness.kind >= _SURE and adds(question, candidate.line, chosen)
                 and candidate.fitness.coverage >= _AS_MUCH * best.fitness.coverage
                 and (question.kind != "yes_no" or candidate.fitness.names >= best.fitness.names))
        if fresh and all(likeness.cosine(candidate.line.text, line.text) < _SAME for line in chosen):
            chosen.append(candidate.line)
        if len(chosen) == _MOST:
            break
    return chosen


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
    shorter = _LOOSE.sub(".", " ".join(_LEAD.sub("", plain).split()))
    return shorter[:1].upper() + shorter[1:]
