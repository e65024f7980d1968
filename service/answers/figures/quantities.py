"""The figures that can answer a quantity question, each with how well it fits.

A figure fits by what is counted, what is said of it, who acts, and when; hard checks (another actor, another year)
come first, then a score from the thesaurus and the embedder.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from service.answers.actors import countries, name_keys, names_fit, nations_of, without_speaker
from service.answers.evidence import Line
from service.answers.figures.counted import counted_by
from service.answers.figures.holders import place_missing
from service.answers.figures.mentions import Features, Mention
from service.answers.figures.misfits import (
    ANYBODY,
    DEED,
    EVERYBODY,
    GENERIC,
    GROUPS,
    LASTING,
    ages,
    asks_time,
    belongs_to_another,
    counts_another,
    deeds_asked,
    lies_away,
    measures,
)
from service.answers.figures.standing import converted
from service.answers.likeness import Likeness
from service.answers.predicate import clause_of
from service.answers.question import BEING, Question
from service.domain import DateMention, Figure
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.figures import read_figures
from service.language.names import metonyms, read_names
from service.language.thesaurus import MOTION, field, is_a, lemmas, near
from service.language.words import stem, words

_BESIDE = 500
"""So many characters around a line may say who it counts."""
MEASURES = frozenset("old long deep far tall heavy fast high wide hot cold big large much many".split())
"""Words behind "how" that ask for a measure, which its unit answers."""
ENDING = frozenset("end stop halt finish conclude call abandon suspend leave quit resign retire step close".split())
"""Base forms of verbs behind which "after" tells how long something went on."""
_AFTER = re.compile(r"\bafter\s+(?:\w+ly\s+|about\s+|some\s+|more than\s+|only\s+|just\s+)*$", re.I)
_BOUND = re.compile(r"\b(?:since|until|till|after|before|than|than in|from|ahead of)\s+(?:early\s+|late\s+)?$", re.I)
_INSIDE = re.compile(r"\b(?:in|inside|within|across)\s+(?:the\s+)?$", re.I)
_INTO = re.compile(r"\s*(?:\w+\s)?(?:in)?to\s+(?:the\s+)?", re.I)
_NUMBER_OF = re.compile(r"\b(?:number|count|total|influx|flow|stream)\s+of\s+([^,;.]{3,120})", re.I)
_FOR = re.compile(r"\b(?:for|in|within|during|over|throughout)\s+(?:(?:a|the)\s+)?"
                  r"(?:(?:last|past|first|full|whole|total of)\s+)?"
                  r"(?:\w+ly\s+|about\s+|some\s+|around\s+|more than\s+|less than\s+|at least\s+|up to\s+)*$", re.I)


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: Line
    figure: Figure
    clause: str
    thing: tuple[str, ...]
    predicate: tuple[str, ...]
    held: tuple[str, ...]
    borrowed: bool


async def read_quantities(question: Question, lines: Sequence[Line], likeness: Likeness) -> list[Mention]:
    """All figures of the lines that no hard check rules out, with their features, best first.

    Raises EmbedderError.
    """
    candidates = []
    for line in lines:
        found = list(_candidates(question, line))
        names = names_fit(question, line) if found else 0.0
        if not names or _elsewhere(question, line) or (found and place_missing(question, line)):
            continue
        candidates += [(c, names) for c in found if not _other_actor(question, c) and _time_fits(question, c)]
    mentions = [_mention(question, candidate, names, likeness) for candidate, names in candidates]
    mentions = [m for m in mentions if not counts_another(question, m)]
    mentions = [m for m in mentions if not belongs_to_another(question, m, mentions)]
    await likeness.learn([question.text, *(m.clause for m in mentions), *(m.line.text for m in mentions)])
    mentions = [replace(m, features=_by_meaning(question, m, likeness)) for m in mentions]
    mentions.sort(key=lambda m: -m.score)
    return mentions


def _candidates(question: Question, line: Line) -> Iterable[_Candidate]:
    figures = read_figures(line.text)
    places = [(figure.start, figure.end) for figure in figures if not converted(figure, line.text)]
    for figure in figures:
        if figure.kind not in question.figures:
            continue
        counted = counted_by(figure, line)
        told = without_speaker(line.text)
        told = told if told[figure.start : figure.end].strip() else line.text
        own = " ".join(clause_of(told, figure.start, figure.end, places).split())
        clause = f"{counted.borrowed} {own}".strip()
        yield _Candidate(line, figure, clause, counted.thing, counted.predicate, counted.held, bool(counted.borrowed))


def _by_meaning(question: Question, mention: Mention, likeness: Likeness) -> Features:
    """A mention's features with the cosines of its clause and its sentence, which must have been learned."""
    return replace(mention.features, clause=_scaled(likeness.cosine(question.text, mention.clause)),
                   sentence=_scaled(likeness.cosine(question.text, mention.line.text)))


def _mention(question: Question, candidate: _Candidate, names: float, likeness: Likeness) -> Mention:
    """A figure with all that is told of it but the cosines, which no hard check needs and which cost the most."""
    line, figure = candidate.line, candidate.figure
    said, asked = _predicate_fits(question, candidate, likeness)
    features = Features(
        thing=_thing_fits(question, candidate, likeness),
        nearby=likeness.best(question.thing[-1].lower, _nouns(candidate.clause)) if question.thing else 0.7,
        said=said, asked=asked,
        coverage=_coverage(question, line, likeness),
        clause=0.0, sentence=0.0,
        names=names,
    )
    day = None if figure.kind == "age" else when(candidate.clause, line)
    return Mention(line, figure, candidate.clause, candidate.thing, candidate.predicate, nations_of(figure, line), day,
                   features, joint=_joint(question, candidate, likeness), matter=_matter(question, candidate, likeness),
                   own=_own(question, candidate, likeness), borrowed=candidate.borrowed,
                   lasted=_just_what_is_asked(question, candidate, said))


def _just_what_is_asked(question: Question, candidate: _Candidate, said: float) -> bool:
    """Whether a figure is of the very sort that the question asks for: how long it went on, how deep it is, how far
    from the place asked for, the age of the person named.
    """
    figure, text = candidate.figure, candidate.line.text
    sort = (asks_time(question) and _lasts(candidate)) or measures(question, figure)
    if sort and (said >= DEED or not deeds_asked(question)):
        return True
    return ages(question, figure, text) or lies_away(question, figure, text)


def _joint(question: Question, candidate: _Candidate, likeness: Likeness) -> bool:
    """Whether a figure counts two kinds of people together ("killed or wounded") where one kind is asked for."""
    asked = [w.lower for w in question.predicate]
    for first, second in itertools.pairwise(candidate.predicate):
        joined = re.search(rf"\b{re.escape(first)}\s+(or|and)\s+(?:\w+ly\s+)?{re.escape(second)}\b",
                           candidate.line.text, re.I)
        deaths = [near(word, "die") >= DEED for word in (first, second)]
        apart = joined is not None and (joined[1].lower() == "or" or deaths.count(True) == 1)
        if apart and [max((likeness.words(a, b) for a in asked), default=1.0) >= DEED
                      for b in (first, second)].count(True) == 1:
            return True
    return False


def _other_actor(question: Question, candidate: _Candidate) -> bool:
    """Whether the counted thing is another country's than the one that the question says has acted."""
    counted = countries(" ".join(w.text for w in question.counted))
    head = question.thing[-1].lower if question.thing else "people"
    nations = nations_of(candidate.figure, candidate.line, head if counted else None)
    if counted and nations and not counted & nations:
        return True
    agents = {key for key in question.agent if country_of(key)}
    agents |= {m for key in question.agent for m in metonyms(key) if country_of(m)}
    if agents and nations and not nations & agents:
        return True
    told = without_speaker(candidate.line.text)
    return bool(question.agent and not question.agent & name_keys(told) and name_keys(told[: candidate.figure.start])
                and question.agent & name_keys(candidate.line.text))


def _elsewhere(question: Question, line: Line) -> bool:
    """Whether a question says of one country's people in which other country it happened, and the line does not.

    "How many Russian soldiers were killed *in North Korea*?": an article about both countries lends neither here.
    """
    placed = [n for n in question.names if any(map(country_of, n.words))
              and _INSIDE.search(question.text[: n.start])]
    if not placed or not countries(" ".join(w.text for w in question.counted)) - {k for n in placed for k in n.words}:
        return False
    told = name_keys(f"{line.before} {line.text} {line.after} {line.source.document_title or ''}")
    return not all(key in told or metonyms(key) & told for name in placed for key in name.words)


def _scaled(cosine: float) -> float:
    return min(1.0, max(0.0, (cosine - 0.15) / 0.6))


def _thing_fits(question: Question, candidate: _Candidate, likeness: Likeness) -> float:
    """How near the counted thing is to the one asked for; the head noun decides."""
    if not question.thing:
        return 0.7
    head = question.thing[-1].lower
    if head in GROUPS and likeness.best(head, candidate.thing[-1:]) < DEED:
        return 0.0
    if (is_a(head, "person") or head in ANYBODY or countries(question.thing[-1].text)) and (
            _deeds(question, candidate.thing or candidate.predicate) or _journeys(question, candidate)):
        return 0.8
    if not candidate.thing and not candidate.held:
        return 0.5
    if candidate.held and (owned := likeness.best(head, candidate.held[-1:])) >= DEED:
        return owned
    if not candidate.thing:
        return 0.5
    joined = " and " in (candidate.figure.thing or "")
    best = likeness.best(head, candidate.thing if joined else candidate.thing[-1:])
    best = max(best, 0.8 * likeness.best(head, candidate.thing[:-1]))
    people = is_a(head, "person") or head in ("people", "troops") or bool(countries(question.thing[-1].text))
    if people and candidate.thing and best < 0.8:
        last = candidate.thing[-1]
        anybody = head in ("people", "persons") and any(is_a(word, "person") for word in candidate.thing)
        if last in EVERYBODY and head not in ANYBODY and is_a(head, "person") and not _spoken_of(
                head, candidate.line, likeness):
            best = 0.4
        elif anybody or (last in ANYBODY and head not in ("women", "men", "children")):
            best = 0.8
        elif candidate.figure.thing and (_ends_in_name(candidate.figure.thing) or last in candidate.predicate):
            known = last in candidate.predicate or head in ANYBODY or not lemmas(head, "n") or countries(
                question.thing[-1].text)
            best = 0.7 if known or _spoken_of(head, candidate.line, likeness) else 0.4
    return best


def _spoken_of(head: str, line: Line, likeness: Likeness) -> bool:
    """Whether such people are spoken of beside a line or in its title: "hundreds of Russians" are soldiers where these
    are spoken of, and no officers.
    """
    around = line.article.text[max(0, line.start - _BESIDE) : line.end + _BESIDE]
    return likeness.best(head, _nouns(f"{around} {line.source.document_title or ''}")) >= DEED


def _ends_in_name(thing: str) -> bool:
    """Whether who is counted is told by a name alone: "3,000 North Koreans", not "3,000 North Korean soldiers"."""
    return any(name.end >= len(thing.rstrip()) for name in read_names(thing))


def _predicate_fits(question: Question, candidate: _Candidate, likeness: Likeness) -> tuple[float, float]:
    """How much of what the question says of the thing the figure's clause says, and the other way round."""
    asked = deeds_asked(question)
    if _journeys(question, candidate):
        return DEED, DEED
    deeds = _deeds(question, candidate.thing)
    said = [*candidate.predicate, *(w for w in candidate.thing if lemmas(w, "v")), *deeds]
    if not asked:
        return 0.5, 0.5
    if not said:
        return 0.0, 0.4
    forward = sum(likeness.best(word, said) for word in asked) / len(asked)
    generic = GENERIC | LASTING if asks_time(question) else GENERIC
    plain = deeds or [w for w in candidate.predicate if not set(lemmas(w, "v")) & generic]
    backward = sum(likeness.best(word, asked) for word in plain) / len(plain) if plain else 0.4
    return forward, backward


def _lasts(candidate: _Candidate) -> bool:
    """Whether a figure is told as how long something went on: "worked *for* nine hours", "took nine hours"."""
    figure, text = candidate.figure, candidate.line.text
    lasting = any(set(lemmas(verb, "v")) & LASTING for verb in candidate.predicate)
    ended = _AFTER.search(text, 0, figure.start) is not None and any(
        set(lemmas(verb, "v")) & ENDING for verb in candidate.predicate)
    return figure.kind == "duration" and (lasting or ended or _FOR.search(text, 0, figure.start) is not None)


def _deeds(question: Question, told: Sequence[str]) -> list[str]:
    """The nouns that name what the question says was done: "arrests" for "how many people were arrested"."""
    nouns = [w for w in told[-1:] if lemmas(w, "n") and not is_a(w, "person") and not w.endswith(("ed", "ing"))]
    return [noun for noun in nouns if any(near(verb.lower, noun) >= DEED for verb in question.predicate)]


def _journeys(question: Question, candidate: _Candidate) -> bool:
    """Whether a figure counts the journeys of those whom the question asks about, by a noun of motion: for "how many
    entered X", "13,000 crossings" where X or a number of people entering it stands in the line.
    """
    moved = question.agent or any(w.lower in BEING for w in question.words)
    if moved or not candidate.thing or not any(field(w.lower, "v") == MOTION for w in question.predicate):
        return False
    verbs = [verb for noun in lemmas(candidate.thing[-1], "n") for verb in lemmas(noun, "v")]
    if is_a(candidate.thing[-1], "person") or not any(field(verb, "v") == MOTION for verb in verbs):
        return False
    text, figure = candidate.line.text, candidate.figure
    asked = {key for name in question.names for key in name.words}
    into = _INTO.match(text, figure.end)
    if into is not None and asked & name_keys(text[into.end() : into.end() + 40]):
        return True
    moving = _NUMBER_OF.search(text, 0, figure.start)
    return moving is not None and bool(asked & name_keys(moving[1])) and any(
        set(lemmas(w.lower, "v")) & set(lemmas(verb.lower, "v"))
        for w in words(moving[1]) for verb in question.predicate)


def _nouns(text: str) -> list[str]:
    return [w.lower for w in words(text) if w.content and lemmas(w.lower, "n") and not w.lower.endswith("ing")]


def _coverage(question: Question, line: Line, likeness: Likeness) -> float:
    """The share of the question's content words, names aside, that the sentence or its neighbours say."""
    named = {i for n in question.names for i in range(n.start, n.end)}
    lasting = LASTING if asks_time(question) else frozenset()
    aged = frozenset(["old"]) if "age" in question.figures else frozenset()
    if "measure" in question.figures and not lasting:
        aged = MEASURES
    asked = [w.lower for w in question.content if w.start not in named and w.lower not in aged
             and not set(lemmas(w.lower, "v")) & lasting]
    if not asked:
        return 0.5
    here = {w.lower for w in words(line.text) if w.content}
    around = {w.lower for w in words(f"{line.before} {line.after} {line.source.document_title or ''}") if w.content}
    total = 0.0
    for word in asked:
        found = likeness.best(word, here)
        total += max(found, 0.7 * max((1.0 if word == other else 0.0 for other in around), default=0.0))
    return total / len(asked)


def _matter(question: Question, candidate: _Candidate, likeness: Likeness) -> float:
    """The share of the question's content words, names and the counted thing aside, that the sentence says, or half
    that its neighbours say; 1 where either of them tells no deed.
    """
    told = [verb for verb in candidate.predicate if not set(lemmas(verb, "v")) & GENERIC]
    if candidate.figure.kind != "count" or not told or not deeds_asked(question):
        return 1.0
    aside = {i for n in question.names for i in range(n.start, n.end)} | {w.start for w in question.thing}
    asked = [w.lower for w in question.content if w.start not in aside]
    line = candidate.line
    here = [w.lower for w in words(line.text) if w.content]
    around = {w.stem for w in words(f"{line.before} {line.after} {line.source.document_title or ''}") if w.content}
    told_of = [max(likeness.best(word, here), 0.5 * (stem(word) in around)) for word in asked]
    return sum(told_of) / len(told_of) if told_of else 1.0


def _own(question: Question, candidate: _Candidate, likeness: Likeness) -> float:
    """The share of the question's content words, names and the counted thing aside, that the figure's clause says."""
    aside = {i for n in question.names for i in range(n.start, n.end)}
    if candidate.figure.kind == "count":
        aside |= {w.start for w in question.thing}
    lasting = LASTING if asks_time(question) else frozenset()
    asked = [w.lower for w in question.content
             if w.start not in aside and w.lower not in MEASURES and not set(lemmas(w.lower, "v")) & lasting]
    told = [*(w.lower for w in words(candidate.clause) if w.content), *candidate.predicate, *candidate.held]
    return sum(likeness.best(word, told) for word in asked) / len(asked) if asked else 1.0


def _time_fits(question: Question, candidate: _Candidate) -> bool:
    """False when the question names a year and neither the sentence nor its article is about it."""
    years = {d.year for d in question.dates if d.year}
    if not years:
        return True
    line = candidate.line
    said = {d.year for d in read_dates(line.text, line.source.published) if d.year}
    if said:
        return bool(said & years)
    published = line.source.published
    if published is not None:
        return published.year in years or published.year - 1 in years
    around = f"{line.article.text[:400]} {line.before}"
    return any(str(year) in around for year in years)


def when(clause: str, line: Line) -> tuple[date, date] | None:
    """The days that a clause names, None where it names none that is settled and not to come; the day *since* which
    something holds, or *after* or *before* which it happened, is not its own.
    """
    published = line.source.published
    named = [d.resolved for d in read_dates(clause, published)
             if d.resolved and _past(d, published) and not _BOUND.search(clause, 0, d.start)]
    if not named:
        return None
    return min(first for first, _ in named), max(last for _, last in named)


def _past(mention: DateMention, published: date | None) -> bool:
    return published is None or (mention.resolved is not None and mention.resolved[0] <= published)
