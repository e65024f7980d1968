"""A question that asks two things: "who is X and what did he say", "where and when", "which is larger, A or B".

Each thing is made a question of its own, as a follow-up is, and answered by its own lines. Two quantities joined by
"and" stay one question: their figures are one matter ("killed and wounded").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from service.answers.compose import Composition, Draft, compose
from service.answers.evidence import Line
from service.answers.figures.claims import Position
from service.answers.likeness import Likeness
from service.answers.predicate import is_verb
from service.answers.question import AUXILIARIES, MONEY, Question, read_question
from service.answers.threads.clause import QUESTION_WORDS, last_noun, read_clause
from service.answers.threads.followup import dependent, stand_alone
from service.answers.threads.referents import Earlier
from service.language.inflection import plural, tensed
from service.language.thesaurus import lemmas
from service.language.words import words

MOST = 3
"""So many things are asked at most; of a question for more nothing is parted."""
_TOLD = 1
"""So many lines answer each thing, save a quantity."""
_ASK = "who whom whose what which when where why how".split()
_WORD = rf"(?:{'|'.join(_ASK)})"
_JOINT = re.compile(rf"(?: ?[,;])? and (?=(?:(?:by|for|to|with|from|since|at|in|on) )?{_WORD}\b)", re.I)
_BOTH = re.compile(rf"({_WORD})((?: ?, ?{_WORD})?) and ({_WORD}) (?=\S)", re.I)
_ADVERBIAL = frozenset(["when", "where", "why"])
_RELATIVE = frozenset(["who", "which", "whose", "where", "when"])
_HIGHER = re.compile(
    r"(?:which|what|who) (?:(?:one|number|figure|sum|count|toll) )?(?:is|was|are|were|has|had|came to) (?:the )?"
    r"(?:higher|lower|larger|smaller|bigger|greater|less|more|fewer|highest|lowest|largest|smallest|biggest|greatest|"
    r"most|least)\b[\w ]{0,40}? ?[,:–—-]++ ?(.{3,120}?),? or (.{3,120}?) ?\??$", re.I)
_AT_FIRST = re.compile(
    r"(did|do|have|has|were|are|was) (?:more|fewer) (.{0,120}?) than (?:was |were |had been )?"
    r"(?:at first|first|initially|originally|previously|earlier|before)\b[^?]{0,40}\??$", re.I)
_ARTICLE = re.compile(r"^(?:the|a|an|that|those)\s+", re.I)


def asked_in(text: str) -> list[str]:
    """The questions that a question of two things stands for, each by itself; [] for one that asks one thing."""
    if len(text) > 300 or "\n" in text.strip():
        return []
    text = " ".join(text.split())
    compared = _compared(text)
    if compared:
        return compared
    both = _BOTH.match(text)
    if both is not None:
        words_ = [both[1], *re.findall(rf"{_WORD}", both[2], re.I), both[3]]
        made = [f"{word[:1].upper()}{word[1:].lower()} {text[both.end():].rstrip(' ?')}?" for word in words_]
        return made if _distinct(words_) and all(read_clause(one) is not None for one in made) else []
    pieces = _JOINT.split(text.strip().rstrip("?"))
    if not 1 < len(pieces) <= MOST or not _asks(pieces[0]):
        return []
    found: list[str] = [f"{pieces[0].strip()}?"]
    for piece in pieces[1:]:
        told = words(piece)
        if not (_bare(piece) or _asks(piece)) or (
                told[0].lower in _RELATIVE and told[0].lower in {w.lower for w in words(pieces[0])[1:]}):
            return []
        found.append(_whole(piece, found))
    return found


def _compared(text: str) -> list[str]:
    """The two quantities of which the larger is asked for; the quantity of which more is asked than was told first."""
    if match := _HIGHER.match(text):
        first, second = (_ARTICLE.sub("", side.strip()) for side in match.groups())
        head = words(second)[-1:]
        if head and len(words(first)) == 1:
            shared = second[: head[0].start].split()
            noun = head[0].text if len(shared) == 1 else ""
            first = f"{first} {noun}".strip()
        return [_how_much(first), _how_much(second)]
    if match := _AT_FIRST.match(text):
        return _of_how_many(match[1], match[2])
    return []


def _of_how_many(aux: str, told: str) -> list[str]:
    """How many did, or were done to, what it is asked whether more were; [] where that can't be read."""
    told = told if len(words(told)) > 1 and not is_verb(words(told)[0], None) else f"people {told}"
    row = words(told)
    verb = next((w for i, w in enumerate(row) if i and is_verb(w, None)), None)
    if verb is None:
        return []
    done = tensed(verb.text, aux) if aux.lower() in ("do", "did") else f"{aux.lower()} {verb.text}"
    return [f"How many {told[: verb.start]}{done}{told[verb.end :]}?"]


def _how_much(noun: str) -> str:
    """The question for the quantity of a noun phrase."""
    head = last_noun(noun)
    many = head is not None and plural(head.lower)
    money = any(lemma in MONEY for w in words(noun) for lemma in lemmas(w.lower, "n"))
    if many and not money:
        return f"How many {noun} are there?"
    return f"How much {'are' if many else 'is'} the {noun}?"


def _distinct(words_: Sequence[str]) -> bool:
    return len({word.lower() for word in words_}) == len(words_)


def _bare(piece: str) -> bool:
    """Whether a piece is a question word alone, or behind a preposition ("by whom")."""
    told = words(piece)
    return 1 <= len(told) <= 2 and told[-1].lower in QUESTION_WORDS


def _asks(piece: str) -> bool:
    """Whether a piece is a direct question by itself: a question word or phrase, then a verb in its place."""
    clause = read_clause(piece)
    if clause is None or not clause.wh:
        return clause is not None and not clause.wh and words(piece)[0].lower in AUXILIARIES
    return bool(clause.aux) or (clause.subjective and bool(clause.verb) and words(piece)[0].lower not in _ADVERBIAL)


def _whole(piece: str, earlier: Sequence[str]) -> str:
    """A later piece as a question that stands alone, with what it takes from those before it."""
    before = [Earlier(one) for one in earlier]
    if not dependent(piece, before):
        return f"{piece[:1].upper()}{piece[1:].strip()}?"
    return stand_alone(piece, before)


async def compose_each(question: Question, lines: Sequence[Line], likeness: Likeness, asked: date | None,
                       ) -> Composition:
    """The extractive answer to each thing that a question asks; of what the lines don't say nothing is told. Raises
    EmbedderError.
    """
    parts = [read_question(part, asked) for part in asked_in(question.text)]
    together = _compared(question.text)
    if not parts or (len([part for part in parts if part.figures]) > 1 and not together):
        return await compose(question, lines, likeness)
    each = [await compose(part, lines, likeness) for part in parts]
    if len(together) > 1 and any(one.disputed or not one.drafts for one in each):
        return Composition((), confidence=min(one.confidence for one in each))
    drafts: dict[tuple[object, ...], Draft] = {}
    for part, one in zip(parts, each, strict=True):
        for draft in one.drafts if part.figures else one.drafts[:_TOLD]:
            drafts.setdefault(draft.quotes[:1], draft)
    told = [one for one in each if one.disputed] or each
    return Composition(tuple(drafts.values()), _all_positions(told), any(one.disputed for one in each),
                       max(one.confidence for one in each))


def _all_positions(each: Sequence[Composition]) -> tuple[Position, ...]:
    """The positions of several compositions in one row; what supersedes one is counted anew."""
    found: list[Position] = []
    for one in each:
        behind = len(found)
        found += [position if position.superseded_by is None
                  else replace(position, superseded_by=position.superseded_by + behind) for position in one.positions]
    return tuple(found)
