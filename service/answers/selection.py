"""The sentences that answer a question which does not ask for a quantity, each with how well it fits.

A sentence fits by meaning (cosine of the embedder), by how much of the question it says, by the names it shares,
and by whether it holds the kind of thing asked for: a person for *who*, a date for *when*, a place for *where*.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from service.answers.actors import names_fit
from service.answers.agency import exchanged
from service.answers.evidence import QUOTE_LIMIT, Line
from service.answers.kinds import kind_fits, new_names, person
from service.answers.likeness import Likeness
from service.answers.predicate import is_verb
from service.answers.question import Question
from service.answers.speaker import speaker_of
from service.language.dates import read_dates
from service.language.thesaurus import lemmas, opposed
from service.language.words import has_stem, words


@dataclass(frozen=True, slots=True)
class Fitness:
    """How well one line answers, each feature from 0 to 1."""

    meaning: float
    coverage: float
    deed: float
    names: float
    kind: float

    def values(self) -> tuple[float, ...]:
        """The features with their products, as `WEIGHTS` weighs them."""
        return (self.meaning, self.coverage, self.deed, self.kind, self.meaning * self.coverage,
                self.coverage * self.kind, self.meaning * self.kind, min(self.meaning, self.coverage),
                self.deed * self.meaning, 1.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line and how well it answers."""

    line: Line
    fitness: Fitness
    identifies: bool = False
    """Whether the line says who somebody is, where that is all that was asked."""

    @property
    def fit(self) -> float:
        """The score, or what the line's identification of a person is worth by itself."""
        return max(self.score, self.fitness.kind) if self.identifies else self.score

    @property
    def score(self) -> float:
        """`THRESHOLD` and above is an answer."""
        return 1 / (1 + math.exp(-self.odds))

    @property
    def odds(self) -> float:
        """The logarithm of the odds that the line answers."""
        return sum(w * v for w, v in zip(WEIGHTS, self.fitness.values(), strict=True))

    @property
    def standing(self) -> float:
        """The odds by which candidates are ordered: a line of a passage that was found later, a longer one, and one
        that has not all of the question's names itself stand behind.
        """
        return self.odds - RANK * self.line.rank - LENGTH * len(self.line.text) / 100 - NAMES * (1 - self.fitness.names)


WEIGHTS = (1.83, 3.81, -0.59, 0.2, -0.07, 1.1, 3.07, -1.09, 2.58, -4.61)
RANK, LENGTH, NAMES = 0.06, 0.1, 0.5
"""What each passage found before a line's own takes from its odds, each hundred characters, and lacking all names."""
THRESHOLD = 0.35
_DEEDS = frozenset({"when", "where", "why"})
"""Kinds of question whose answer must say what the question says was done."""
_LIGHT = frozenset("be have do get make take go come happen occur exist hold find locate lie mean expect start".split())
"""Base forms of verbs that say little of what was done ("where does it *come* from", "where was it *held*")."""
_ASIDE = 0.5
"""What a word counts that stands in a sentence before the one that asks."""
_POOL = 40
"""So many lines, the best by their words, are compared by meaning."""


async def select(question: Question, lines: Sequence[Line], likeness: Likeness) -> list[Candidate]:
    """All lines with the question's names, best first. Raises EmbedderError."""
    told = [line for line in lines if line.kind == "body"] or list(lines)
    pairs = [pair for line in told if (pair := _with_office(question, line, told)) is not None]
    rarity = _rarity(question, told)
    fitting = []
    for line, paired in (*((line, False) for line in told), *((pair, True) for pair in pairs)):
        names = names_fit(question, line, f"{line.before} {line.after}")
        kind = None if not names else 1.0 if paired else kind_fits(question, line, likeness)
        if kind is None or _contradicts(question, line) or _tells_nothing(line.text) or exchanged(question, line.text):
            continue
        deed = _deed(question, line, likeness)
        if question.kind not in _DEEDS or deed >= 0.35:
            coverage = _coverage(line, rarity, likeness)
            fitting.append((coverage + 0.5 * kind - 0.01 * line.rank, line, (coverage, deed, names, kind)))
    fitting.sort(key=lambda row: -row[0])
    fitting = fitting[:_POOL]
    await likeness.learn([question.text, *(line.text for _, line, _ in fitting)])
    found = []
    for _, line, rest in fitting:
        meaning = min(1.0, max(0.0, likeness.cosine(question.text, line.text) / 0.75))
        found.append(Candidate(line, Fitness(meaning, *rest), question.kind == "who_is"))
    found.sort(key=lambda c: (-c.standing, c.line.rank, c.line.start))
    return found


def _rarity(question: Question, lines: Sequence[Line]) -> dict[str, float]:
    """The question's content words, names and the asked-for noun aside, with their inverse document frequency."""
    named = {i for n in question.names for i in range(n.start, n.end)}
    spared = question.kind in ("which", "what") and len(question.content) > 2
    skip = {w.start for w in question.thing} if spared else set()
    asked = {w.lower: w for w in question.content if w.start not in named and w.start not in skip}
    count: Counter[str] = Counter()
    for line in lines:
        count.update(lower for lower, word in asked.items() if has_stem(line.text, word.stem))
    return {lower: (1.0 if word.start >= question.asking else _ASIDE) * math.log(
        1 + (len(lines) + 1) / (count[lower] + 0.5)) for lower, word in asked.items()}


def _coverage(line: Line, rarity: dict[str, float], likeness: Likeness) -> float:
    """The share of the question's words, by rarity, that the line says, or half that its neighbours or title say."""
    if not rarity:
        return 0.5
    here = _told(_undated(line.text))
    nouns = [lower for lower, verbal in here if not verbal]
    everything = [lower for lower, _ in here]
    near = {w.lower for w in words(f"{line.before} {line.after} {line.source.document_title or ''}") if w.content}
    total = 0.0
    for word, weight in rarity.items():
        found = likeness.best(word, everything if lemmas(word, "v") or word in everything else nouns)
        total += weight * max(found if found >= 0.9 else 0.8 * found, 0.5 if word in near else 0.0)
    return total / sum(rarity.values())


def _told(text: str) -> list[tuple[str, bool]]:
    """The content words of a text in lower case, and whether each stands as a verb."""
    tokens = words(text)
    return [(w.lower, is_verb(w, tokens[i - 1] if i else None)) for i, w in enumerate(tokens) if w.content]


def _deed(question: Question, line: Line, likeness: Likeness) -> float:
    """How much of what the question says is done the line says; one half where it says nothing is done."""
    asked = [w.lower for w in question.predicate if not set(lemmas(w.lower, "v")) & _LIGHT]
    if not asked:
        return 0.5
    here = [w.lower for w in words(_undated(line.text)) if w.content]
    return sum(likeness.best(word, here) for word in asked) / len(asked)


@lru_cache(maxsize=5_000)
def _undated(text: str) -> str:
    """A text with its dates blanked out: "the end of January" ends nothing."""
    for date in read_dates(text):
        text = text[: date.start] + " " * (date.end - date.start) + text[date.end :]
    return text


def _contradicts(question: Question, line: Line) -> bool:
    """Whether a line says the opposite of what the question takes for granted ("opened" for "closed")."""
    here = {w.lower for w in words(line.text) if w.content}
    return any(opposed(verb.lower, word) for verb in question.predicate if verb.lower not in here for word in here)


def _tells_nothing(text: str) -> bool:
    """Whether a sentence has lost its beginning (it starts with a small letter and a verb or a conjunction), or asks
    instead of telling.
    """
    if text.rstrip("”\"’' ").endswith("?"):
        return True
    first = words(text[:40])[:1]
    return text[:1].islower() and bool(first) and (not first[0].content or is_verb(first[0], None))


def _with_office(question: Question, line: Line, lines: Sequence[Line]) -> Line | None:
    """A line that a named person opens or says, with the one before it, which speaks of the office asked for and names
    nobody.

    "The mayor has contradicted the county. No more than 4,000 left, Joris Pell told the radio."
    """
    named = {i for n in question.names for i in range(n.start, n.end)}
    office = [w.stem for w in question.content if w.start not in named][:1]
    if question.kind != "who" or question.predicate or not office:
        return None
    if office[0] not in {w.stem for w in words(line.before)[:6]}:
        return None
    if office[0] in {w.stem for w in words(line.text)} or any(map(person, new_names(question, line.before))):
        return None
    speaker = speaker_of(line.text)
    acting = [name for name in new_names(question, line.text) if person(name)
              and (name.start == 0 or (speaker is not None and speaker.start <= name.start < speaker.end))]
    if not acting:
        return None
    first = next((other for other in lines if other.source.file_id == line.source.file_id
                  and other.text == line.before and other.end <= line.start), None)
    if first is None or line.end - first.start > QUOTE_LIMIT:
        return None
    return replace(line, start=first.start, text=line.article.text[first.start : line.end], before="")
