"""The gate `support`: a statement says no more than its quotes, as far as shared words tell.

The score is the share of a statement's weighty words that stand in one source's quotes, as the same word, a
form of it, or a word that WordNet holds near. It is taken clause group by clause group, and of one source at
a time, so that the subject of one article and the predicate of another don't prove a sentence that neither
wrote.
"""

from __future__ import annotations

from service.answers.gates.alignment import Case
from service.answers.gates.fault import Fault
from service.answers.gates.names import stands
from service.answers.grammar.reading import NEAR, Reading, Token, light, likeness
from service.answers.grammar.speech_words import FINITE
from service.answers.grammar.verbs import BE, verbal
from service.language.names import Name

LEAST = 0.5
"""The least score that passes: below it paraphrases are rarer than inventions."""
SURE = 0.9
"""From this score on a part needs no look at what other sources say."""
_SPEECH = frozenset(
    "said say says saying told tell tells according claimed claim claims stated states added adds reported "
    "report "
    "reports noted announced confirmed accord statement account estimate estimated estimates put puts "
    "described gave "
    "given spoke speaking interview asked named called".split()
)
_YEARS = frozenset(["decad", "year"])
"""Stems of lengths of time that are told in one another; the gate `numbers` compares how many."""
_JOINTS = frozenset("while whereas but although though".split())


def support(case: Case) -> Fault | None:
    """The fault of a statement that tells more than one source's quotes tell."""
    by_file: dict[str, list[Reading]] = {}
    for quote, reading in zip(case.cited.quotes, case.quotes, strict=True):
        by_file.setdefault(quote.source.file_id, []).append(reading)
    for part in _parts(case.statement):
        scores = sorted(((_score(case, part, r), i) for i, r in enumerate(by_file.values())), reverse=True)
        best, winner = scores[0]
        others = [r for i, r in enumerate(by_file.values()) if i != winner]
        own = list(by_file.values())[winner]
        if best < LEAST or _subject_from(part, own, others) or (best < SURE and _borrowed(part, own, others)):
            text = case.statement.text[part[0].start : part[-1].end]
            return Fault(
                "support",
                f"The quotes of one source don't say {text[:120]!r} in these words; stay closer to the "
                "quote, and "
                "state facts of different sources apart.",
            )
    return None


def _borrowed(part: tuple[Token, ...], readings: list[Reading], others: list[list[Reading]]) -> bool:
    """Whether words that the best source lacks stand in another one: a fact put together from two."""
    heavy = [t for t in part if t.content and t.lower not in _SPEECH and not light(t)]
    taken = _taken(tuple(heavy), readings, others)
    return len(taken) >= 2 or 4 * len(taken) >= len(heavy) > 0


def _subject_from(part: tuple[Token, ...], readings: list[Reading], others: list[list[Reading]]) -> bool:
    """Whether a part's subject stands in another source alone."""
    return bool(_taken(tuple(t for t in _subject(part) if t.content and not light(t)), readings, others))


def _taken(tokens: tuple[Token, ...], readings: list[Reading], others: list[list[Reading]]) -> list[Token]:
    """Those of the words that the best source lacks and another one has."""
    own = {stem for reading in readings for stem in reading.stems}
    foreign = {stem for rest in others for reading in rest for stem in reading.stems}
    return [t for t in tokens if t.stem not in own and t.stem in foreign]


def _subject(part: tuple[Token, ...]) -> tuple[Token, ...]:
    """The words of a part before its first verb, when they are few: who or what it tells of."""
    for i, token in enumerate(part[:8]):
        if i and (token.lower in BE | FINITE or (token.text.islower() and verbal(token.lower))):
            return part[:i]
    return ()


def score(case: Case) -> float:
    """The statement's support by its quotes taken together, from 0 to 1."""
    return _score(case, case.statement.tokens, list(case.quotes), names=False)


def _parts(reading: Reading) -> list[tuple[Token, ...]]:
    """The statement's parts that may rest on different sources: sentences, and halves at "while", "but" or
    ";".
    """
    parts: list[list[Token]] = []
    for token in reading.tokens:
        previous = parts[-1][-1] if parts else None
        gap = reading.text[previous.end : token.start] if previous else ""
        new = (
            previous is None
            or previous.sentence != token.sentence
            or ";" in gap
            or (token.lower in _JOINTS and "," in gap)
            or (token.lower == "and" and "," in gap)
        )
        if new:
            parts.append([])
        parts[-1].append(token)
    merged: list[list[Token]] = []
    for part in parts:
        if merged and (len(part) < 4 or len(merged[-1]) < 4):
            merged[-1].extend(part)
        else:
            merged.append(part)
    return [tuple(part) for part in merged]


def _score(case: Case, part: tuple[Token, ...], readings: list[Reading], names: bool = True) -> float:
    """The share of a part's weighty words that these quotes hold; 0 where they lack one of its names."""
    if names:
        indexes = dict.fromkeys(t.name for t in part if t.name is not None)
        if not all(_named(case, case.statement.names[i], readings) for i in indexes):
            return 0.0
    words = [t for t in part if t.content and t.name is None and not t.digits and t.lower not in _SPEECH]
    heavy = [t for t in words if not light(t)]
    if not heavy:
        return 1.0
    tokens = [t for reading in readings for t in reading.tokens]
    stems = {t.stem for t in tokens}
    others = {t.lower for t in tokens if t.content}
    total = 0.0
    for token in heavy:
        if token.stem in stems or (token.stem in _YEARS and not stems.isdisjoint(_YEARS)):
            total += 1.0
            continue
        best = max((likeness(token.lower, other) for other in others), default=0.0)
        total += 1.0 if best >= 0.9 else best if best >= NEAR else 0.0
    return total / len(heavy)


def _named(case: Case, name: Name, readings: list[Reading]) -> bool:
    texts = [reading.text for reading in readings]
    files = {q.source.file_id for q, r in zip(case.cited.quotes, case.quotes, strict=True) if r in readings}
    for quote in case.cited.quotes:
        if quote.source.file_id in files:
            texts += [
                t for t in (quote.source.document_title, quote.source.publisher, quote.source.reprint_of) if t
            ]
    return any(stands(name.words, text) for text in texts)
