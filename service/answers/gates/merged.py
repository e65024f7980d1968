"""Gates on figures that are told of something else than in the quote: of another sentence's subject, or of all where a
part was asked; and on two told where it is either.
"""

from __future__ import annotations

import re
from functools import lru_cache

from service.answers.gates.alignment import Case
from service.answers.gates.copying import copies
from service.answers.gates.fault import Fault
from service.answers.gates.roles import places
from service.answers.grammar.reading import NEAR, Reading, Token, find, light, one_actor
from service.answers.grammar.verbs import finite, is_verb
from service.domain import DateMention, Figure
from service.language.dates import read_dates, same_or_coarser
from service.language.figures import read_figures

_SUBJECTS = frozenset("he she it they we i who which that this these those both".split())
_DEFINITE = frozenset("the this that these those his her its their our my".split())
_ASKED = re.compile(
    r"\b(?:survey\w*|poll\w*|respond\w*|interview\w*|asked|sampl\w*|questioned|participants?|studied)\b", re.I
)
_OF_NUMBER = re.compile(r"\s+of\s+(?:the\s+|about\s+|some\s+|more than\s+|over\s+|nearly\s+|all\s+)?(?=\d)", re.I)
_OF = re.compile(r"\s+of\s+", re.I)
_SHARE = re.compile(
    r"\b(?P<share>half|most|(?:a|one|two|three) (?:third|quarter|fifth)s?|[\d.]+ ?(?:%|percent|per cent)) of\s+"
    r"(?:the\s+)?",
    re.I,
)
_BASE = 9
"""So many words behind a share tell of whom it is one."""
_DID = frozenset("did do does was were is are had has have will would could can may might".split())
_EITHER = re.compile(r"\beither\b", re.I)
_ENOUGH = 2


def merged(case: Case) -> Fault | None:
    """The fault of a statement that tells a figure or a choice of something else than its quotes do."""
    return _borrowed(case) or _of_all(case) or _of_some(case) or _of_both(case)


@lru_cache(maxsize=1024)
def figures_of(text: str) -> tuple[Figure, ...]:
    """The figures of a text, kept."""
    return tuple(read_figures(text))


@lru_cache(maxsize=1024)
def _dates(text: str) -> tuple[DateMention, ...]:
    return tuple(read_dates(text))


def sentence_at(reading: Reading, offset: int) -> int:
    """The number of the sentence in which an offset stands."""
    return next((i for i, (a, b) in enumerate(reading.sentences) if a <= offset < b), 0)


def _borrowed(case: Case) -> Fault | None:
    """A figure or a day from a sentence about somebody who is left out, put together with a name from elsewhere."""
    if sum(len(reading.sentences) for reading in case.quotes) < _ENOUGH:
        return None
    said = places(case.statement)
    for start, end, rows in _anchored(case):
        number = sentence_at(case.statement, start)
        doers = [p for p in said if p.sentence == number and p.role == "subject" and not p.agent]
        if len(doers) != 1 or not rows:
            continue
        mine = doers[0].words
        everyone = [p.words for p in said if p.sentence == number]
        if all(_of_another(reading, at, mine, everyone) for reading, at in rows) and any(
            one_actor(mine, name.words) for reading in case.quotes for name in reading.names
        ):
            text = case.statement.text[start:end]
            return Fault(
                "roles",
                f"The quote that has {text!r} does not speak of {' '.join(mine)!r}; keep each figure and each day with "
                "whom it is told of.",
            )
    return None


def _anchored(case: Case) -> list[tuple[int, int, list[tuple[Reading, int]]]]:
    """The statement's figures and full dates, each with the quoted sentences that have it."""
    found = []
    for figure in figures_of(case.statement.text):
        if figure.low is None or figure.kind == "ordinal":
            continue
        rows = [
            (reading, sentence_at(reading, other.start))
            for reading in case.quotes
            for other in figures_of(reading.text)
            if (other.low, other.kind) == (figure.low, figure.kind)
        ]
        found.append((figure.start, figure.end, rows))
    for mention in _dates(case.statement.text):
        rows = [
            (reading, sentence_at(reading, other.start))
            for reading in case.quotes
            for other in _dates(reading.text)
            if same_or_coarser(mention, other)
        ]
        found.append((mention.start, mention.end, rows))
    return found


def _of_another(reading: Reading, number: int, mine: tuple[str, ...], everyone: list[tuple[str, ...]]) -> bool:
    """Whether a sentence has a named subject of its own, and neither a given name nor a word that may stand for it."""
    row = reading.by_sentence[number]
    names = [reading.names[i].words for i in dict.fromkeys(t.name for t in row) if i is not None]
    if any(one_actor(mine, name) for name in names):
        return False
    subjects = [p.words for p in places(reading) if p.sentence == number and p.role == "subject"]
    if not subjects or any(one_actor(one, other) for one in subjects for other in everyone):
        return False
    opening = next((i for i, t in enumerate(row) if is_verb(reading, t)), len(row))
    named = next(i for i, t in enumerate(row) if t.name is not None and reading.names[t.name].words == subjects[0])
    return not any(t.lower in _SUBJECTS for t in row[:named]) and not any(
        t.lower in _DEFINITE and (i + 1 == len(row) or row[i + 1].name is None) for i, t in enumerate(row[:opening])
    )


def _of_all(case: Case) -> Fault | None:
    """A share of those who were asked told as a share of all: "55% of Americans" for "55% of 1,000 Americans"."""
    if _ASKED.search(case.statement.text):
        return None
    quoted = [(text, f) for text in case.cited.texts() for f in figures_of(text) if f.unit == "percent"]
    for figure in (f for f in figures_of(case.statement.text) if f.unit == "percent"):
        theirs = [(t, f) for t, f in quoted if (f.low, f.high) == (figure.low, figure.high)]
        asked = [_OF_NUMBER.match(t, f.number_end) for t, f in theirs]
        mine = case.statement.text
        if theirs and all(asked) and _OF.match(mine, figure.number_end) and not _OF_NUMBER.match(
            mine, figure.number_end
        ):
            text, other = theirs[0]
            words = text[other.start : other.end + 20]
            return Fault("numbers", f"The quote says {words!r}; keep of how many it is a share.")
    return None


def _of_some(case: Case) -> Fault | None:
    """A share of some told as a share of all: "half of the children" for "half of the children taken ill"."""
    for reading, number in case.told:
        for match in _SHARE.finditer(reading.text, *reading.sentences[number]):
            base = [t for t in reading.by_sentence[number] if t.start >= match.end()][:_BASE]
            head = next((i for i, t in enumerate(base) if _restricted(reading, base, i)), None)
            said = _SHARE.search(case.statement.text)
            if head is None or not said or said["share"].lower() != match["share"].lower():
                continue
            behind = [t for t in case.statement.tokens if t.start >= said.end()][: _BASE]
            kept = any(t.stem == base[head].stem for t in behind)
            part = [t for t in base[head + 1 :] if t.clause == base[head + 1].clause and t.content and not light(t)]
            most = 2 if base[head + 1].lower in ("who", "that") else 1
            if kept and part and not any(find(t, case.statement.tokens, NEAR) is not None for t in part[:most]):
                words = reading.text[match.start() : part[0].end]
                return Fault("support", f"The quote says {words!r}; keep of whom it is a share.")
    return None


def _restricted(reading: Reading, base: list[Token], at: int) -> bool:
    """Whether a noun has a participle or "who" right behind it that says which of them: "children *taken* ill"."""
    noun, behind = base[at], base[at + 1 : at + 2]
    if not noun.content or is_verb(reading, noun) or not behind:
        return False
    if reading.text[noun.end : behind[0].start].strip():
        return False
    word = behind[0]
    reduced = (
        is_verb(reading, word) and word.lower.endswith(("ed", "en", "ing")) and not _own_verb(reading, word)
    )
    return word.lower in ("who", "that") or reduced


def _own_verb(reading: Reading, word: Token) -> bool:
    """Whether no other verb stands behind a participle in its sentence, so that it is the sentence's own verb."""
    row = [t for t in reading.by_sentence[word.sentence] if t.index > word.index]
    near = [t for t in row if t.clause == word.clause]
    return not any(t.lower in _DID or (is_verb(reading, t) and finite(reading, t)) for t in near)


def _of_both(case: Case) -> Fault | None:
    """One or both of two where the quote has "either … or"."""
    for copy in copies(case):
        text = copy.reading.text
        start, end = copy.row[0].start, copy.row[-1].end
        match = _EITHER.search(text, start, end)
        if not match or _EITHER.search(case.statement.text):
            continue
        row = [t for t in copy.row if t.start >= match.end()]
        joint = next((t for t in row[:9] if t.lower == "or"), None)
        if joint is None:
            continue
        left = [t for t in row if t.end <= joint.start and t.content]
        right = [t for t in row if t.start >= joint.end and t.content][:1]
        kept = [any(find(t, case.statement.tokens) is not None for t in side) for side in (left, right)]
        if any(kept) and not (all(kept) and any(t.lower in ("or", "whether") for t in case.statement.tokens)):
            return Fault("support", f"The quote says {text[match.start() : joint.end]!r}; keep both and the 'or'.")
    return None
