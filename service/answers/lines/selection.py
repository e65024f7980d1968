"""The sentences that answer a question which does not ask for a quantity, each with how well it fits.

A sentence fits by meaning (cosine of the embedder), by how much of the question it says, by the names it shares,
and by whether it holds the kind of thing asked for: a person for *who*, a date for *when*, a place for *where*.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from service.answers.actors import names_fit, told_of_actor
from service.answers.evidence import QUOTE_LIMIT, Line
from service.answers.likeness import Likeness
from service.answers.lines.agency import exchanged, no_converses
from service.answers.lines.causes import with_cause
from service.answers.lines.doers import new_names, person
from service.answers.lines.kinds import kind_fits
from service.answers.lines.occasion import undone
from service.answers.predicate import is_verb
from service.answers.question import BEING, LEADERS, LEADING, SAYING, Question
from service.answers.speaker import speaker_of
from service.language.dates import read_dates
from service.language.thesaurus import antonyms, is_a, lemmas, opposed
from service.language.words import Word, has_stem, stem, words


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
    """Whether the line says who somebody is, or holds somebody's words, where that is all that was asked."""
    least_deed: float = 0.0
    """How much of what the question says is done a line tells that is not put back."""

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
        return self.odds - RANK * self.line.rank - LENGTH * len(self.line.text) / 100 - NAMES * (
            1 - self.fitness.names) - DEED * max(0.0, self.least_deed - self.fitness.deed)

    @property
    def says_all(self) -> bool:
        """Whether the line itself says all that the question says, and has what it asks for."""
        fitness = self.fitness
        return min(fitness.coverage, fitness.deed, fitness.names) >= ALL and fitness.kind >= _OF_THE_KIND

    @property
    def affirms(self) -> bool:
        """Whether the line itself says that what the question says was done, was."""
        return self.fitness.deed >= ALL and self.fitness.coverage >= _SAID_SO


WEIGHTS = (1.83, 3.81, -0.59, 0.2, -0.07, 1.1, 3.07, -1.09, 2.58, -4.61)
RANK, LENGTH, NAMES, DEED = 0.06, 0.1, 0.5, 3.0
"""What each passage found before a line's own takes from its odds, each hundred characters, lacking all names, and
telling another deed than the one asked for, where that has a time, a place or a cause of its own.
"""
ALL, _OF_THE_KIND = 0.95, 0.7
THRESHOLD = 0.35
_LEAST_DEED: Mapping[str, float] = {"when": 0.6, "where": 0.5, "why": 0.85, "yes_no": 0.7}
"""Kinds of question whose answer must say what the question says was done, and how much of it."""
_BEING_SO, _SAID_SO, _SAID_DEED = 0.75, 0.8, 0.5
"""A line that says so much of a yes-or-no question may tell its deed in words as far from it as that."""
_LEAST_SAID = 0.55
"""So much of a question for a cause its answer must say."""
_OF_ITS_OWN = frozenset(["when", "where", "why"])
"""Kinds of question that ask for what each deed has of its own."""
_LIGHT = frozenset("be have do get make take go come happen occur exist hold find locate lie mean expect start".split())
"""Base forms of verbs that say little of what was done ("where does it *come* from", "where was it *held*")."""
_ASIDE, _KIN = 0.5, 0.6
"""What a word counts that stands in a sentence before the one that asks; so near is one that can stand for another."""
_POOL = 40
"""So many lines whose vectors aren't known, the best by their words, are embedded."""
_STEPS = 3


async def select(question: Question, lines: Sequence[Line], likeness: Likeness, *, within: float = math.inf,
                 ) -> Iterator[Candidate]:
    """The lines with the question's names that stand no more than `within` behind the best one, best first, each found
    when it is asked for. Raises EmbedderError.
    """
    told = [line for line in lines if line.kind == "body"] or list(lines)
    pairs = [pair for line in told if (pair := _with_office(question, line, told)
                                       or with_cause(question, line, told, likeness)) is not None]
    asked = _Asked(question, _rarity(question, told), _deeds(question))
    trials = [_Trial(asked, likeness, line) for line in told] + [_Trial(asked, likeness, pair, True) for pair in pairs]
    unknown = [trial for trial in trials if not likeness.knows(trial.line.text) and trial.passed()]
    unknown.sort(key=lambda trial: -(trial.coverage + 0.5 * trial.kind - 0.01 * trial.line.rank))
    await likeness.learn([question.text, *(trial.line.text for trial in unknown[:_POOL])])
    return _best_first((trial for trial in trials if likeness.knows(trial.line.text)), within)


def _best_first(trials: Iterable[_Trial], within: float) -> Iterator[Candidate]:
    """The candidates in order, looked at as closely as their place needs: what nobody asks for stays a guess."""
    queue = [trial.place(number) for number, trial in enumerate(trials)]
    heapq.heapify(queue)
    least = -math.inf
    while queue:
        behind, *_, number, trial = heapq.heappop(queue)
        if -behind < least:
            return
        if not trial.steps:
            candidate = trial.candidate()
            least = max(least, candidate.standing - within)
            yield candidate
        elif trial.step():
            heapq.heappush(queue, trial.place(number))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, how rare its words are, and what it says is done."""

    question: Question
    rarity: dict[str, float]
    deeds: list[str]

    @property
    def kind_is_all(self) -> bool:
        """Whether a line of the right kind answers: to "who is X?", and "what did X say?" without a word about what."""
        kind = self.question.kind
        return kind == "who_is" or (kind == "what_said" and not set(self.rarity) - SAYING)


class _Trial:
    """A line on its way to a candidate: step by step, the cheap ones first, its features replace their upper bounds."""

    def __init__(self, asked: _Asked, likeness: Likeness, line: Line, paired: bool = False) -> None:
        self._asked, self._likeness, self._paired = asked, likeness, paired
        self.line = line
        here = _lowers(line.text)
        self.coverage = _coverage(line, here, here, asked.rarity, likeness)
        self.deed = _deed(asked.deeds, here, likeness)
        self.kind = self.names = 1.0
        self.steps = [self._of_names, self._of_kind, self._of_words]

    def passed(self) -> bool:
        """Take all steps; whether the line may answer."""
        while self.steps:
            if not self.step():
                return False
        return True

    def step(self) -> bool:
        """Take the next step; whether the line may still answer."""
        return self.steps.pop()()

    def place(self, number: int) -> tuple[float, bool, int, int, int, _Trial]:
        """The trial's place in the queue, by the best standing that it can have; before those that are sure of it."""
        return -self.candidate(bound=True).standing, not self.steps, self.line.rank, self.line.start, number, self

    def candidate(self, *, bound: bool = False) -> Candidate:
        """What is known of the line; with `bound` whatever would speak best for it."""
        asked = self._asked.question
        cosine = self._likeness.cosine(asked.text, self.line.text)
        meaning = min(1.0, max(0.0, cosine / 0.75))
        deed = self.deed
        own = 1.0 if self._asked.deeds and asked.kind in _OF_ITS_OWN else 0.0
        if bound and len(self.steps) == _STEPS and self._asked.deeds and WEIGHTS[2] + WEIGHTS[8] * meaning < 0:
            deed = own = 0.0
        return Candidate(self.line, Fitness(meaning, self.coverage, deed, self.names, self.kind),
                         self._asked.kind_is_all, own)

    def _of_words(self) -> bool:
        """Its words less its dates; lines that contradict the question or tell nothing fall out."""
        question, text = self._asked.question, self.line.text
        opposite = _contradicts(question, self.line)
        if (_tells_nothing(text) or (opposite and question.kind != "yes_no") or exchanged(question, text)
                or _of_another_year(question, text) or undone(question, text, self._likeness)
                or not told_of_actor(question, self.line) or not _of_the_owned(question, self.line, self._likeness)):
            return False
        undated = _undated(text)
        here = _lowers(undated)
        thing = {word.stem for word in question.thing}
        told = [word for word in _plain_words(undated) if stem(word) not in thing]
        self.deed = _deed(self._asked.deeds, told, self._likeness)
        self.coverage = _coverage(self.line, here, _no_verbs(undated), self._asked.rarity, self._likeness)
        if opposite:
            self.deed = 1.0
        said = question.kind == "yes_no" and self.coverage >= _SAID_SO and not _asks_state(question)
        least = _BEING_SO if _asks_state(question) else _LEAST_DEED.get(question.kind, 0.0)
        enough = not self._asked.deeds or self.deed >= (_SAID_DEED if said else least)
        return enough and (question.kind != "why" or self.coverage >= _LEAST_SAID)

    def _of_kind(self) -> bool:
        if not self._paired:
            kind = kind_fits(self._asked.question, self.line, self._likeness)
            if kind is None:
                return False
            self.kind = kind
        return True

    def _of_names(self) -> bool:
        self.names = names_fit(self._asked.question, self.line, f"{self.line.before} {self.line.after}")
        return self.names > 0


def _asks_state(question: Question) -> bool:
    """Whether it is asked if something *is* so: only a line that says just that, or its opposite, tells it."""
    return question.kind == "yes_no" and question.words[0].lower in BEING


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


def _coverage(line: Line, here: Collection[str], nouns: Collection[str], rarity: dict[str, float],
              likeness: Likeness) -> float:
    """The share of the question's words, by rarity, that these words of a line say, or half that its neighbours or
    title say. What is no verb is said by `nouns` alone.
    """
    if not rarity:
        return 0.5
    total = 0.0
    for word, weight in rarity.items():
        found = _best(word, here if lemmas(word, "v") or word in here else nouns, likeness)
        found = found if found >= 0.9 else 0.8 * found
        total += weight * (found if found >= 0.5 else max(found, 0.5 * (word in _beside(line))))
    return total / sum(rarity.values())


def _beside(line: Line) -> frozenset[str]:
    """The content words of a line's neighbours and of its title."""
    return _lowers(line.before) | _lowers(line.after) | _lowers(line.source.document_title or "")


@lru_cache(maxsize=5_000)
def _lowers(text: str) -> frozenset[str]:
    return frozenset(w.lower for w in words(text) if w.content)


@lru_cache(maxsize=2_000)
def _no_verbs(text: str) -> frozenset[str]:
    """The content words of a text in lower case that don't stand as verbs."""
    tokens = words(text)
    return frozenset(
        w.lower for i, w in enumerate(tokens) if w.content and not is_verb(w, tokens[i - 1] if i else None))


def _deeds(question: Question) -> list[str]:
    """What the question says is done, as far as that says something of its own."""
    return [w.lower for w in question.predicate if not set(lemmas(w.lower, "v")) & _LIGHT or _kept(question, w)]


def _kept(question: Question, verb: Word) -> bool:
    """Whether somebody is asked to be held or kept: "where is X being *held*"."""
    before = [w.lower for w in question.words if w.end <= verb.start][-1:]
    return verb.lower == "held" and before in (["being"], ["been"])


def _plain_words(text: str) -> list[str]:
    """The content words of a text in lower case that are neither names nor the end of a hyphened word; in a headline
    that capitalises every word no capital tells a name.
    """
    told = words(text)
    plain = told[:1] if any(w.content and w.text[0].islower() for w in told) else told
    return [w.lower for w in told if w.content
            and (w in plain or not w.text[0].isupper()) and text[w.start - 1 : w.start] not in ("-", "‐", "‑")]


def _deed(asked: Sequence[str], here: Collection[str], likeness: Likeness) -> float:
    """How much of what the question says is done the words of a line say; one half where it says nothing is done."""
    if not asked:
        return 0.5
    return sum(_best(word, here, likeness) for word in asked) / len(asked)


def _best(word: str, here: Collection[str], likeness: Likeness) -> float:
    """How nearly one of the words of a line says a word of the question."""
    if not LEADERS.isdisjoint(here) and not LEADING.isdisjoint(lemmas(word, "v")):
        return 1.0
    return likeness.best(word, no_converses(word, here))


@lru_cache(maxsize=5_000)
def _undated(text: str) -> str:
    """A text with its dates blanked out: "the end of January" ends nothing."""
    for date in read_dates(text):
        text = text[: date.start] + " " * (date.end - date.start) + text[date.end :]
    return text


def _contradicts(question: Question, line: Line) -> bool:
    """Whether a line says the opposite of what the question takes for granted ("opened" for "closed")."""
    here = _lowers(line.text)
    return any(opposed(verb.lower, word) for verb in question.predicate
               if antonyms(verb.lower) and verb.lower not in here for word in here)


def _of_another_year(question: Question, text: str) -> bool:
    """Whether a text names years, none of which is the one that the question names."""
    asked = {date.year for date in question.dates if date.year}
    told = {date.year for date in read_dates(text) if date.year} if asked else set()
    return bool(told) and not told & asked


def _of_the_owned(question: Question, line: Line, likeness: Likeness) -> bool:
    """Whether a line, one beside it or its title speaks of what the question says is somebody's: of "Ada's *dog*", not
    only of Ada. An office that somebody holds stands for him.
    """
    for name in question.names:
        behind = [w for w in question.words if w.start >= name.end]
        sign = question.text[name.end : behind[0].start].strip() if behind else ""
        if sign not in ("'s", "’s", "'", "’") or not person(name) or is_a(behind[0].lower, "person"):
            continue
        owned = list(takewhile(lambda w: w.content and w not in question.predicate, behind))
        around = f"{line.before} {line.text} {line.after} {line.source.document_title or ''}"
        here = [w.lower for w in words(line.text) if w.content]
        if owned and not any(has_stem(around, w.stem) or likeness.best(w.lower, here) >= _KIN for w in owned):
            return False
    return True


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
