"""The sentences that answer a question which does not ask for a quantity, each with how well it fits.

A sentence fits by meaning (cosine of the embedder), by how much of the question it says, by the names it shares,
and by whether it holds the kind of thing asked for: a person for *who*, a date for *when*, a place for *where*.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.answers.actors import name_keys, names_fit
from service.answers.evidence import QUOTE_LIMIT, Line
from service.answers.likeness import Likeness
from service.answers.predicate import is_verb
from service.answers.question import AUXILIARIES, Question
from service.answers.speaker import speaker_of
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.names import Name, metonyms, read_names
from service.language.thesaurus import is_a, lemmas, opposed
from service.language.words import words

_CAUSE = re.compile(
    r"\b(?:because|since|due to|owing to|as a result|in order to|so that|in response|thanks to|caused|cited|citing|"
    r"blamed?|blaming|reasons?|prompted|led to|over (?:fears|concerns)|amid|after|following|to (?:avoid|prevent|"
    r"protect|support|help|allow|repel|counter|save))\b", re.I)
_PLACE_BEFORE = re.compile(
    r"(?<!according )\b(?:in|at|near|off|on|from|to|into|outside|inside|across|between|around|of)\s+(?:the\s+)?"
    r"(?:(?:city|town|village|island|port|region|province|county|strait|state)\s+of\s+)?$", re.I)

_APPOSITION = re.compile(r",?\s+(?:who|which)\b|,\s+(?:\d|[a-z])|\s+(?:is|was|of|from)\b|\s*\(")
"""What stands behind a name where the sentence says who it is."""


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
        """The odds by which candidates are ordered: a line of a passage that was found later stands behind."""
        return self.odds - RANK * self.line.rank


WEIGHTS = (1.83, 3.81, -0.59, 0.2, -0.07, 1.1, 3.07, -1.09, 2.58, -4.61)
RANK = 0.03
"""What each passage found before a line's own takes from its odds."""
THRESHOLD = 0.35
_DEEDS = frozenset({"when", "where", "why"})
"""Kinds of question whose answer must say what the question says was done."""
_LIGHT = frozenset("be have do get make take go come happen occur exist hold find locate lie mean expect start".split())
"""Base forms of verbs that say little of what was done ("where does it *come* from", "where was it *held*")."""
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
        if kind is None or _contradicts(question, line):
            continue
        deed = _deed(question, line, likeness)
        if question.kind not in _DEEDS or deed >= 0.25:
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
        have = {w.stem for w in words(line.text)}
        count.update(lower for lower, word in asked.items() if word.stem in have)
    return {lower: math.log(1 + (len(lines) + 1) / (count[lower] + 0.5)) for lower in asked}


def _coverage(line: Line, rarity: dict[str, float], likeness: Likeness) -> float:
    """The share of the question's words, by rarity, that the line says, or half that its neighbours say."""
    if not rarity:
        return 0.5
    here = _told(line.text)
    nouns = [lower for lower, verbal in here if not verbal]
    everything = [lower for lower, _ in here]
    near = {w.lower for w in words(f"{line.before} {line.after}") if w.content}
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
    here = [w.lower for w in words(line.text) if w.content]
    return sum(likeness.best(word, here) for word in asked) / len(asked)


def _contradicts(question: Question, line: Line) -> bool:
    """Whether a line says the opposite of what the question takes for granted ("opened" for "closed")."""
    here = {w.lower for w in words(line.text) if w.content}
    return any(opposed(verb.lower, word) for verb in question.predicate if verb.lower not in here for word in here)


def kind_fits(question: Question, line: Line, likeness: Likeness) -> float | None:
    """How well a line holds the kind of thing asked for, 0 to 1; None where it can't be the answer at all."""
    text = line.text
    if question.kind == "who_is":
        return _identifies(question, text)
    if question.kind in ("who", "which") and _wants_name(question):
        fresh = _new_names(question, text)
        if question.kind == "who":
            return 1.0 if _named_as_asked(question, text, fresh, likeness) else 0.0 if fresh else None
        return _one_of_the_kind(question, text, fresh)
    if question.kind == "when":
        return 1.0 if read_dates(text, line.source.published) else None
    if question.kind == "where":
        fresh = _new_names(question, text)
        placed = any(_PLACE_BEFORE.search(text[max(0, n.start - 40) : n.start]) for n in fresh)
        return 1.0 if placed else 0.2 if fresh else 0.0
    if question.kind == "why":
        return 1.0 if _CAUSE.search(text) else 0.2
    if question.kind == "what_said":
        return _said(question, line)
    return 0.5


def _one_of_the_kind(question: Question, text: str, fresh: Sequence[Name]) -> float:
    """Whether a text has one of what "which …" asks for: a country, a name, or a noun that WordNet files under it."""
    head = question.thing[-1].lower
    if is_a(head, "country") and head not in ("place", "area"):
        return 1.0 if any(country_of(key) for name in fresh for key in name.words) else 0.2
    asked = {w.stem for w in question.words}
    if any(is_a(w.lower, head, 4) for w in words(text)
           if w.content and w.stem not in asked and w.lower.islower() and not w.text[0].isupper()):
        return 1.0
    return 0.9 if fresh else 0.2


def _named_as_asked(question: Question, text: str, names: Sequence[Name], likeness: Likeness) -> bool:
    """Whether a name stands next to a word that says what the question asks of the person: the role or the deed."""
    named = {i for n in question.names for i in range(n.start, n.end)}
    content = [w for w in question.content if w.start not in named]
    asked = [w.lower for w in question.predicate] or [
        w.lower for w in content if w.start <= content[0].end + 1]
    told = [w for w in words(text) if w.content]
    for name in names:
        close = [w.lower for w in told
                 if name.start - 45 <= w.start < name.start or name.end <= w.start <= name.end + 45]
        if all(country_of(key) or metonyms(key) for key in name.words):
            continue
        if any(likeness.words(a, w) >= 0.6 for a in asked for w in close):
            return True
    return not asked


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
    if office[0] in {w.stem for w in words(line.text)} or any(map(_person, _new_names(question, line.before))):
        return None
    speaker = speaker_of(line.text)
    acting = [name for name in _new_names(question, line.text) if _person(name)
              and (name.start == 0 or (speaker is not None and speaker.start <= name.start < speaker.end))]
    if not acting:
        return None
    first = next((other for other in lines if other.source.file_id == line.source.file_id
                  and other.text == line.before and other.end <= line.start), None)
    if first is None or line.end - first.start > QUOTE_LIMIT:
        return None
    return replace(line, start=first.start, text=line.article.text[first.start : line.end], before="")


def _person(name: Name) -> bool:
    """Whether a name can be a person's by its form: two words or more, none a country."""
    return len(name.words) > 1 and not any(country_of(key) or metonyms(key) for key in name.words)


def _wants_name(question: Question) -> bool:
    return question.kind == "who" or bool(question.thing)


def _new_names(question: Question, text: str) -> list[Name]:
    """The names of a text of which the question has no word."""
    asked = {key for name in question.names for key in name.words}
    return [name for name in read_names(text) if not set(name.words) & asked]


def _identifies(question: Question, text: str) -> float | None:
    """Whether a sentence says who somebody is: the name beside a role, an apposition, a "who"."""
    if not question.names:
        return 0.5
    keys = question.names[-1].words
    for name in read_names(text, question.text):
        if keys[-1] not in name.words:
            continue
        after, before = text[name.end : name.end + 60], text[max(0, name.start - 60) : name.start]
        if _APPOSITION.match(after):
            return 1.0
        role = words(before)[-1:]
        if role and role[0].content and role[0].lower not in AUXILIARIES and before.rstrip()[-1:].isalpha():
            return 0.9
        return 0.3
    return None


def _said(question: Question, line: Line) -> float | None:
    """Whether the sentence is told as the words of whom the question names."""
    speaker = speaker_of(line.text, line.after)
    asked = {key for name in question.names for key in name.words}
    if speaker is not None and asked & name_keys(speaker.text):
        return 1.0
    if re.search(r"[“”\"]", line.text) and asked & name_keys(f"{line.before} {line.text} {line.after}"):
        return 0.8
    return 0.3 if speaker is not None or asked & name_keys(line.text) else 0.1
