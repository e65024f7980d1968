"""The phrases around a verb of speech: what stands between the signs that part clauses, and who is named there."""

from __future__ import annotations

from service.answers.reading import Reading, Token
from service.answers.speech_words import FINITE, MAY_SAY, QUOTE_MARKS, RELATIVES, SAYS


def boundary(reading: Reading, left: Token, right: Token) -> str:
    """The signs between two words that part clauses, or the empty string."""
    gap = reading.text[left.end : right.start]
    return "".join(c for c in gap if c in ",;:()" + QUOTE_MARKS + "—–") or (gap.strip() if "." in gap else "")


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
    if index == 0 or boundary(reading, tokens[index - 1], tokens[index]):
        return []
    found: list[Token] = []
    at = index - 1
    while at >= 0 and tokens[at].sentence == tokens[index].sentence:
        found.append(tokens[at])
        if at == 0 or boundary(reading, tokens[at - 1], tokens[at]):
            break
        at -= 1
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
        return [t for t in reading.tokens if t.sentence == before[0].sentence and t.index <= before[-1].index]
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
    return bool(edge) and (len(content) > 2 or any(c in QUOTE_MARKS for c in edge))


def quoted_before(reading: Reading, first: Token) -> bool:
    if first.index == 0:
        return False
    gap = reading.text[reading.tokens[first.index - 1].end : first.start]
    return any(c in '"”»' for c in gap)
