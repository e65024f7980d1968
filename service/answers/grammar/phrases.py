"""The phrases around a verb of speech: what stands between the signs that part clauses, and who is named there."""

from __future__ import annotations

from service.answers.grammar.reading import Reading, Token
from service.answers.grammar.speech_words import FINITE, MAY_SAY, QUOTE_MARKS, RELATIVES, SAYS

_PARTING = frozenset(",;:()—–" + QUOTE_MARKS)
_SHORT_FORM = 3
"""So many words at most are a short form in brackets."""


def boundary(reading: Reading, left: Token, right: Token) -> str:
    """The signs between two words that part clauses, or the empty string."""
    gap = reading.text[left.end : right.start]
    if gap == " ":
        return ""
    shortened = gap == ". " and left.sentence == right.sentence and len(left.text) == 1
    signs = "".join(c for c in gap if c in _PARTING)
    return signs or (gap.strip() if "." in gap and not shortened else "")


def before_brackets(reading: Reading, index: int) -> int:
    """The index at which a short form in brackets right before a word begins: "the Health Agency *(HA)* said"."""
    tokens = reading.tokens
    if not 0 < index < len(tokens) or boundary(reading, tokens[index - 1], tokens[index]) != ")":
        return index
    for at in range(index - 1, max(0, index - _SHORT_FORM - 1), -1):
        if "(" in reading.text[tokens[at - 1].end : tokens[at].start]:
            return at if boundary(reading, tokens[at - 1], tokens[at]) == "(" else index
    return index


def segment_after(reading: Reading, index: int) -> list[Token]:
    """The words from an index on to the next sign that parts clauses, within the sentence."""
    tokens = reading.tokens
    found: list[Token] = []
    while index < len(tokens) and (not found or tokens[index].sentence == found[0].sentence):
        if found and boundary(reading, found[-1], tokens[index]):
            break
        found.append(tokens[index])
        index += 1
    return found


def segment_before(reading: Reading, index: int) -> list[Token]:
    """The words before an index back to the last sign that parts clauses, within the sentence."""
    tokens = reading.tokens
    edge = before_brackets(reading, index)
    if edge == 0 or (edge == index and boundary(reading, tokens[index - 1], tokens[index])):
        return []
    found: list[Token] = []
    at = edge - 1
    while at >= 0 and tokens[at].sentence == tokens[index].sentence:
        found.append(tokens[at])
        edge = before_brackets(reading, at)
        if edge == 0 or (edge == at and boundary(reading, tokens[at - 1], tokens[at])):
            break
        at = edge - 1
    found.reverse()
    return [t for t in found if t.sentence == tokens[index].sentence]


def subject(start: list[Token]) -> list[Token]:
    """The words of a sentence's subject, roughly: those before its first verb of speech or auxiliary."""
    for i, token in enumerate(start):
        if i and (token.lower in SAYS or token.lower in MAY_SAY or token.lower in FINITE or token.lower == "also"):
            return start[:i]
    return start[:6]


def apposition_behind(reading: Reading, after: list[Token]) -> list[Token]:
    """What an inverted attribution says of its speaker: the words up to the next quotation mark."""
    found: list[Token] = []
    previous = after[-1]
    for token in reading.tokens[previous.index + 1 :]:
        gap = reading.text[previous.end : token.start]
        if token.sentence != previous.sentence or any(c in QUOTE_MARKS for c in gap):
            break
        found.append(token)
        previous = token
    return found


def last_phrases(reading: Reading, start: list[Token]) -> list[Token]:
    """A subject with its apposition: all words from the sentence's start, or from the last quotation mark."""
    for i in range(len(start) - 1, 0, -1):
        gap = reading.text[start[i - 1].end : start[i].start]
        if any(c in QUOTE_MARKS for c in gap):
            return start[i:]
    return start


def with_apposition(reading: Reading, before: list[Token]) -> list[Token]:
    """A subject's words, and where its verb stands in a relative clause ("X, who …, said"), those before it
    too.
    """
    if (
        before
        and before[0].lower in RELATIVES
        and before[0].index > 0
        and "," in boundary(reading, reading.tokens[before[0].index - 1], before[0])
    ):
        head = [t for t in reading.tokens if t.sentence == before[0].sentence and t.index < before[0].index]
        near = [head[-1], *segment_before(reading, head[-1].index)]
        told = [t for t in head if t not in near]
        if any(t.lower in FINITE or t.lower in SAYS or t.lower == "according" for t in told):
            head = sorted(near, key=lambda t: t.index)
        return [*head, *before]
    return before


def noun_phrase(before: list[Token]) -> list[Token]:
    """The words of the subject: those behind the last link word of the segment."""
    for i in range(len(before) - 1, -1, -1):
        if before[i].lower in ("and", "but", "while", "as", "when", "where", "because", "that") and (
            i + 1 < len(before) and before[i].lower != "and"
        ):
            return before[i + 1 :]
    return before


def said_before(reading: Reading, before: list[Token], token: Token) -> bool:
    """Whether something stands before the speaker in the sentence that can be what was said."""
    first = before[0] if before else token
    earlier = [t for t in reading.tokens if t.sentence == token.sentence and t.index < first.index]
    content = [t for t in earlier if t.content]
    edge = boundary(reading, reading.tokens[first.index - 1], first) if earlier else ""
    told = len(content) > 2 or (bool(content) and any(t.lower in FINITE for t in earlier[1:]))
    return bool(edge) and (told or any(c in QUOTE_MARKS for c in edge))


def quoted_before(reading: Reading, first: Token) -> bool:
    if first.index == 0:
        return False
    gap = reading.text[reading.tokens[first.index - 1].end : first.start]
    return any(c in '"”»' for c in gap)
