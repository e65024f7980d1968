"""The figures that can answer a quantity question, each with how well it fits.

A figure fits by what is counted, what is said of it, who acts, and when; hard checks (another actor, another year)
come first, then a score from the thesaurus and the embedder. `FIT` holds the weights, fitted by `evals/fit.py` on
the project's own gold questions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from service.answers.actors import countries, name_keys, names_fit, nations_of, without_speaker
from service.answers.evidence import Line
from service.answers.likeness import Likeness
from service.answers.predicate import (
    POSSIBLE,
    asks_rate,
    clause_of,
    denied,
    possible,
    predicate_of,
    rate,
    undoes,
    whole,
)
from service.answers.question import Question
from service.domain import DateMention, Figure
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.figures import read_figures
from service.language.names import metonyms, read_names
from service.language.thesaurus import is_a, lemmas, near, opposed
from service.language.words import words

_ANYBODY = frozenset({"people", "persons", "person", "men", "women", "individuals"})
"""Nouns that count whoever the rest of the clause is about."""
_GENERIC = frozenset({"be", "have", "do", "happen", "exist", "get", "make", "there"})
"""Base forms of verbs that say nothing of their own about a figure."""
_LASTING = frozenset({"last", "take", "go", "continue", "run", "endure"})
"""Base forms of verbs that ask for a length of time and say nothing of what took it."""
_DEED = 0.8
"""A noun this near to a verb names the same deed: "arrests", "deaths"."""


@dataclass(frozen=True, slots=True)
class Features:
    """How one figure fits one question, each from 0 to 1.

    `thing` is how near the counted noun is to the one asked for, `nearby` how near the best word of its clause is;
    `said` how much of what is asked the figure's verbs say, `asked` how much of what they say is asked; `coverage`
    the share of the question that its sentence says; `clause` and `sentence` cosines; `names` the names it shares.
    """

    thing: float
    nearby: float
    said: float
    asked: float
    coverage: float
    clause: float
    sentence: float
    names: float

    def values(self) -> tuple[float, ...]:
        """The features with their products, as `FIT` weighs them."""
        thing = max(self.thing, 0.6 * self.nearby)
        return (self.thing, self.nearby, self.said, self.asked, self.coverage, self.clause, self.sentence, self.names,
                thing * self.clause, thing * min(self.said, self.asked), min(thing, self.coverage),
                min(self.said, self.asked), 1.0)


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure of a line (its offsets are into `line.text`), read for a question.

    `parts` are the figures that add up to a derived one; `nations` the countries that the counted thing or its
    clause names; `when` the days its clause is about, as far as the words settle them.
    """

    line: Line
    figure: Figure
    clause: str
    thing: tuple[str, ...]
    predicate: tuple[str, ...]
    nations: frozenset[str]
    when: tuple[date, date] | None
    features: Features
    parts: tuple[Figure, ...] = ()

    @property
    def score(self) -> float:
        """How well the figure fits; `FIT.threshold` and above is an answer."""
        return FIT.score(self.features)


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic score of the features: the share of figures with these features that answered, from 0 to 1.

    From `threshold` on a figure is an answer by itself, from `likely` on beside another of the same size.
    """

    weights: tuple[float, ...]
    threshold: float
    likely: float

    def score(self, features: Features) -> float:
        """The fit of one figure."""
        return 1 / (1 + math.exp(-sum(w * v for w, v in zip(self.weights, features.values(), strict=True))))


FIT = Fit(
    weights=(-2.47, 0.04, -0.46, 0.69, 1.74, 2.06, 2.66, -2.3, 1.45, 1.08, 2.25, 0.08, -2.07),
    threshold=0.5, likely=0.05,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: Line
    figure: Figure
    clause: str
    thing: tuple[str, ...]
    predicate: tuple[str, ...]


async def read_quantities(question: Question, lines: Sequence[Line], likeness: Likeness) -> list[Mention]:
    """All figures of the lines that no hard check rules out, with their features, best first.

    Raises EmbedderError.
    """
    candidates = []
    for line in lines:
        found = list(_candidates(question, line))
        names = names_fit(question, line) if found else 0.0
        candidates += [(c, names) for c in found if names and not _other_actor(question, c) and _time_fits(question, c)]
    await likeness.learn([question.text, *(c.clause for c, _ in candidates), *(c.line.text for c, _ in candidates)])
    mentions = [_mention(question, candidate, names, likeness) for candidate, names in candidates]
    mentions = [m for m in mentions if not _another_thing(question, m)]
    mentions = [m for m in mentions if not _belongs_to_another(question, m, mentions)]
    mentions.sort(key=lambda m: -m.score)
    return mentions


def _candidates(question: Question, line: Line) -> Iterable[_Candidate]:
    figures = read_figures(line.text)
    places = [(figure.start, figure.end) for figure in figures]
    for figure in figures:
        if figure.kind not in question.figures:
            continue
        thing = tuple(w.lower for w in words(figure.thing or "") if w.content) or (
            (figure.unit,) if figure.unit and figure.kind in ("count", "measure", "duration") else ())
        verbs = tuple(w.lower for w in predicate_of(figure, line.text))
        yield _Candidate(line, figure, clause_of(line.text, figure.start, figure.end, places), thing, verbs)


def _mention(question: Question, candidate: _Candidate, names: float, likeness: Likeness) -> Mention:
    line, figure = candidate.line, candidate.figure
    said, asked = _predicate_fits(question, candidate, likeness)
    features = Features(
        thing=_thing_fits(question, candidate, likeness),
        nearby=likeness.best(question.thing[-1].lower, _nouns(candidate.clause)) if question.thing else 0.7,
        said=said, asked=asked,
        coverage=_coverage(question, line, likeness),
        clause=_scaled(likeness.cosine(question.text, candidate.clause)),
        sentence=_scaled(likeness.cosine(question.text, line.text)),
        names=names,
    )
    return Mention(line, figure, candidate.clause, candidate.thing, candidate.predicate, nations_of(figure, line),
                   when(candidate.clause, line), features)


def _another_thing(question: Question, mention: Mention) -> bool:
    """Whether the figure counts something else, or says of it something else, by the plain meaning of its own words."""
    features = mention.features
    figure, text = mention.figure, mention.line.text
    if denied(figure, text) or (whole(figure, text) and len(read_figures(text)) > 1):
        return True
    if possible(figure, text) and not any(w.lower in POSSIBLE for w in question.words):
        return True
    if any(opposed(w.lower, verb) for w in question.predicate for verb in mention.predicate):
        return True
    if figure.kind == "money" and rate(figure, text) and not asks_rate(question.text):
        return True
    if undoes(mention.predicate, [w.lower for w in question.predicate]):
        return True
    if question.thing and mention.figure.kind == "count" and mention.thing:
        anybody = mention.thing[-1] in _ANYBODY
        if features.thing < 0.5 and not (anybody and features.nearby >= 0.6):
            return True
        own_state = mention.thing[-1] in mention.predicate or not lemmas(mention.thing[-1], "n")
        if own_state and question.predicate and min(features.said, features.asked) < 0.5:
            return True
    return False


def _belongs_to_another(question: Question, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether what is asked is said of another figure of the same sentence ("14 died and 31 were injured")."""
    return bool(question.predicate) and any(
        other.line == mention.line and other.features.said >= mention.features.said + 0.5
        and other.figure.kind == mention.figure.kind for other in mentions)


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


def _scaled(cosine: float) -> float:
    return min(1.0, max(0.0, (cosine - 0.15) / 0.6))


def _thing_fits(question: Question, candidate: _Candidate, likeness: Likeness) -> float:
    """How near the counted thing is to the one asked for; the head noun decides."""
    if not question.thing:
        return 0.7
    head = question.thing[-1].lower
    if (is_a(head, "person") or head in _ANYBODY) and _deeds(question, candidate.thing or candidate.predicate):
        return 0.8
    if not candidate.thing:
        return 0.5
    joined = " and " in (candidate.figure.thing or "")
    best = likeness.best(head, candidate.thing if joined else candidate.thing[-1:])
    best = max(best, 0.8 * likeness.best(head, candidate.thing[:-1]))
    people = is_a(head, "person") or head in ("people", "troops") or bool(countries(question.thing[-1].text))
    if people and candidate.thing and best < 0.8:
        last = candidate.thing[-1]
        anybody = head in ("people", "persons") and any(is_a(word, "person") for word in candidate.thing)
        if anybody or (last in _ANYBODY and head not in ("women", "men", "children")):
            best = 0.8
        elif candidate.figure.thing and (_ends_in_name(candidate.figure.thing) or last in candidate.predicate):
            best = 0.7
    return best


def _ends_in_name(thing: str) -> bool:
    """Whether who is counted is told by a name alone: "3,000 North Koreans", not "3,000 North Korean soldiers"."""
    return any(name.end >= len(thing.rstrip()) for name in read_names(thing))


def _predicate_fits(question: Question, candidate: _Candidate, likeness: Likeness) -> tuple[float, float]:
    """How much of what the question says of the thing the figure's clause says, and the other way round."""
    generic = _GENERIC | _LASTING if question.figures == {"duration", "measure"} else _GENERIC
    asked = [w.lower for w in question.predicate if not set(lemmas(w.lower, "v")) & generic]
    deeds = _deeds(question, candidate.thing)
    said = [*candidate.predicate, *(w for w in candidate.thing if lemmas(w, "v")), *deeds]
    if not asked:
        return 0.5, 0.5
    if not said:
        return 0.0, 0.4
    forward = sum(likeness.best(word, said) for word in asked) / len(asked)
    plain = deeds or [w for w in candidate.predicate if not set(lemmas(w, "v")) & generic]
    backward = sum(likeness.best(word, asked) for word in plain) / len(plain) if plain else 0.4
    return forward, backward


def _deeds(question: Question, told: Sequence[str]) -> list[str]:
    """The nouns that name what the question says was done: "arrests" for "how many people were arrested"."""
    nouns = [w for w in told[-1:] if lemmas(w, "n") and not is_a(w, "person") and not w.endswith(("ed", "ing"))]
    return [noun for noun in nouns if any(near(verb.lower, noun) >= _DEED for verb in question.predicate)]


def _nouns(text: str) -> list[str]:
    return [w.lower for w in words(text) if w.content and lemmas(w.lower, "n") and not w.lower.endswith("ing")]


def _coverage(question: Question, line: Line, likeness: Likeness) -> float:
    """The share of the question's content words, names aside, that the sentence or its neighbours say."""
    named = {i for n in question.names for i in range(n.start, n.end)}
    asked = [w.lower for w in question.content if w.start not in named]
    if not asked:
        return 0.5
    here = {w.lower for w in words(line.text) if w.content}
    around = {w.lower for w in words(f"{line.before} {line.after} {line.source.document_title or ''}") if w.content}
    total = 0.0
    for word in asked:
        found = likeness.best(word, here)
        total += max(found, 0.7 * max((1.0 if word == other else 0.0 for other in around), default=0.0))
    return total / len(asked)


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
    """The days that a clause names, None where it names none that is settled and not to come."""
    published = line.source.published
    named = [d.resolved for d in read_dates(clause, published) if d.resolved and _past(d, published)]
    if not named:
        return None
    return min(first for first, _ in named), max(last for _, last in named)


def _past(mention: DateMention, published: date | None) -> bool:
    return published is None or (mention.resolved is not None and mention.resolved[0] <= published)
