"""Who is said to say what in a sentence: the frame of an attribution, apart from what is said in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from service.answers.reading import Reading, Token
from service.language import thesaurus
from service.language.countries import country_of
from service.language.names import folded

_SAYS = frozenset(
    "said says told tells claimed claims insisted insists argued argues alleged alleges asserted asserts "
    "warned warns "
    "stated saying stating insisting arguing warning claiming".split()
)
"""Verbs that report speech wherever they stand."""
_MAY_SAY = frozenset(
    "say tell added adds adding noted notes noting reported reports announced announces confirmed confirms "
    "confirming revealed "
    "reveals disclosed suggested suggests suggest indicated indicates wrote writes believes believe "
    "believed explained "
    "emphasised emphasized stressed remarked commented recalled declared testified predicted predicts "
    "acknowledged "
    "admitted conceded estimated estimates estimate estimating denied denies states claim describes "
    "described tweeted "
    "posted concluded concludes maintained replied responded complained cautioned hinted "
    "promised vowed "
    "pledged quoted expects think thinks assessed assess assesses contends reiterated "
    "".split()
)
"""Verbs that report speech before "that" or a quotation, or behind what is said."""
_NOUNS = frozenset(
    "account claim claims estimate estimates view words report reports statement assessment "
    "assessments count interview statements figures allegations allegation puts put per accounts "
    "tally speech letter testimony announcement".split()
)
"""Words by which a statement may attribute without a verb of saying."""
_ALLEGED = frozenset(
    "allegation allegations accusation accusations claim claims report reports rumour rumours rumor rumors "
    "suspicion suspicions assertion assertions complaint complaints testimony".split()
)
"""Nouns of what somebody says that a clause with "that" spells out."""
_MEASURED = frozenset("estimate estimates data figures study survey poll report reports records count tally".split())
_SHOWING = frozenset("indicating showing suggesting putting estimating finding".split())
_LIKE_NOUNS = frozenset(["warning", "claiming", "insisting", "arguing", "saying"])
"""Participles that report speech only behind a comma; elsewhere they are nouns or something else."""
_FINITE = frozenset(
    "is are was were has have had will would could may might can should did does do must".split()
)
_NO_SUBJECT = frozenset("to of in by been be no any".split())
"""Words behind which a verb of speech is an infinitive, a participle or a noun."""
_OPINES = frozenset("suggest suggests believe believes say estimate estimates".split())
"""Verbs that attribute behind a subject, whatever follows."""
_PRONOUNS = frozenset(
    "he she it they we i you who which that this these those one former latter both".split()
)
_DETERMINERS = frozenset("the a an its his her their our my some many several two three".split())
_NOUN_FORMS = frozenset("claim claims estimate estimates report reports notes states view".split())
"""Verbs of speech that are nouns as often."""
_NOT_SPEECH = frozenset("responsibility lives life victory victims asylum benefits".split())
_QUOTE_MARKS = '"“”„«»'
_LINK = re.compile(r"^[\s\"“”'‘’]*(?:that\b|[:,]?\s*[\"“])", re.I)


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attribution: its sentence, the words of its frame (who, the verb, to whom) and of the speaker
    alone.

    `firm` says that the verb can only report speech, or is built so ("told … that", "…, she added").
    """

    sentence: int
    cue: Token
    frame: frozenset[int]
    speaker: tuple[Token, ...]
    firm: bool
    trailing: bool = False
    """Whether what is said stands before it."""


@lru_cache(maxsize=1024)
def attributions(reading: Reading) -> tuple[Attribution, ...]:
    """The attributions of a text, in order."""
    found: list[Attribution] = []
    for token in reading.tokens:
        made = _according(reading, token) if token.lower == "according" else _spoken(reading, token)
        made = made or _alleged(reading, token) or _spoken_of(reading, token)
        if made is not None:
            found.append(made)
    return tuple(found)


def attributes(reading: Reading, apart: Sequence[str] = ()) -> bool:
    """Whether a text says in any way that someone said what it says; one word for each stem of `apart` is set
    off.
    """
    rest = Counter(apart)
    for token in reading.tokens:
        word = token.lower
        if word in _SAYS or word in _MAY_SAY or word in _NOUNS or word == "according":
            if not rest[token.stem]:
                return True
            rest[token.stem] -= 1
    return False


def attributes_by_noun(token: Token) -> bool:
    """Whether a word attributes as a noun or a participle ("an estimate", "data indicating")."""
    return token.lower in _NOUNS or token.lower in ("indicating", "showing", "suggesting", "estimating")


def opens_quotation(reading: Reading, token: Token) -> bool:
    """Whether a quotation mark stands right before a word."""
    return any(c in _QUOTE_MARKS for c in reading.text[max(0, token.start - 2) : token.start])


def _boundary(reading: Reading, left: Token, right: Token) -> str:
    """The signs between two words that part clauses, or the empty string."""
    gap = reading.text[left.end : right.start]
    return "".join(c for c in gap if c in ",;:()" + _QUOTE_MARKS + "—–") or (
        gap.strip() if "." in gap else ""
    )


def _segment_after(reading: Reading, index: int) -> list[Token]:
    """The words from an index on to the next sign that parts clauses, within the sentence."""
    tokens = reading.tokens
    found: list[Token] = []
    while index < len(tokens) and (not found or tokens[index].sentence == found[0].sentence):
        if found and _boundary(reading, found[-1], tokens[index]):
            break
        found.append(tokens[index])
        index += 1
    return found


def _segment_before(reading: Reading, index: int) -> list[Token]:
    """The words before an index back to the last sign that parts clauses, within the sentence."""
    tokens = reading.tokens
    if index == 0 or _boundary(reading, tokens[index - 1], tokens[index]):
        return []
    found: list[Token] = []
    at = index - 1
    while at >= 0 and tokens[at].sentence == tokens[index].sentence:
        found.append(tokens[at])
        if at == 0 or _boundary(reading, tokens[at - 1], tokens[at]):
            break
        at -= 1
    found.reverse()
    return [t for t in found if t.sentence == tokens[index].sentence]


def _according(reading: Reading, token: Token) -> Attribution | None:
    after = _segment_after(reading, token.index + 1)
    if not after or after[0].lower != "to":
        return None
    speaker = tuple(after[1:])
    for i, word in enumerate(speaker):
        if word.lower in ("who", "which", "that", "as", "following", "published", "released"):
            speaker = speaker[:i]
            break
    if token.index == 0 or not _segment_before(reading, token.index):
        frame = {token.index, *(t.index for t in after)}
    else:
        frame = {token.index, after[0].index, *(t.index for t in speaker)}
    opening = token.index == 0 or reading.tokens[token.index - 1].sentence != token.sentence
    return Attribution(token.sentence, token, frozenset(frame), speaker, True, trailing=not opening)


def _alleged(reading: Reading, token: Token) -> Attribution | None:
    """The attribution of a noun that a clause with "that" follows: "allegations from the agency that …"."""
    after = _segment_after(reading, token.index + 1)
    if after and token.lower in _MEASURED and after[0].lower in _SHOWING:
        head = _noun_phrase(_segment_before(reading, token.index))[-4:]
        frame = frozenset({token.index, after[0].index, *(t.index for t in head)})
        return Attribution(token.sentence, token, frame, (*(t for t in head if t.lower != "with"), token), firm=True)
    if token.lower not in _ALLEGED:
        return None
    that = next((i for i, t in enumerate(after[:10]) if t.lower == "that"), None)
    if that is None or any(t.lower in _FINITE for t in after[:that]):
        return None
    if that and after[0].lower not in ("from", "by", "of", "among", "in"):
        return None
    head = _segment_before(reading, token.index)
    speaker = tuple(after[1:that])
    frame = frozenset({token.index, *(t.index for t in head), *(t.index for t in after[: that + 1])})
    return Attribution(token.sentence, token, frame, speaker, firm=bool(speaker))


def _spoken_of(reading: Reading, token: Token) -> Attribution | None:
    """The attribution of "speak of", "complain of", "warn of"."""
    if token.lower not in ("speak", "speaks", "spoke", "talk", "talks", "talked", "complain", "complains"):
        return None
    before = _segment_before(reading, token.index)
    behind = reading.tokens[token.index + 1 : token.index + 2]
    if not before or before[-1].lower in _NO_SUBJECT or not behind or behind[0].lower != "of":
        return None
    frame = frozenset({token.index, behind[0].index, *(t.index for t in before)})
    return Attribution(token.sentence, token, frame, tuple(_noun_phrase(before)), firm=True)


def _spoken(reading: Reading, token: Token) -> Attribution | None:
    """The attribution that a verb of speech makes, None where it makes none."""
    tokens = reading.tokens
    before, after = _segment_before(reading, token.index), _segment_after(reading, token.index + 1)
    after = [t for t in after if t.sentence == token.sentence]
    if after and _boundary(reading, token, after[0]):
        after = []
    if not _reports(token, before, after):
        return None
    gap = reading.text[token.end : tokens[token.index + 1].start] if token.index + 1 < len(tokens) else "."
    that = next((i for i, t in enumerate(after[:8]) if t.lower == "that"), None)
    opens = bool(_LINK.match(gap)) or that is not None or any(c in _QUOTE_MARKS for c in gap)
    end = after[-1].index + 1 if after else len(tokens)
    last = end >= len(tokens) or tokens[end].sentence != token.sentence
    content_before = _said_before(reading, before, token)
    closes = content_before and (last or _aside(token, before, after)) and len(before) + len(after) <= 24
    closes = closes and that != 0
    closes = closes or (content_before and _quoted_before(reading, before[0] if before else token))
    firm = token.lower in _SAYS or opens or closes
    if not firm and (token.lower not in _OPINES or not before):
        return None
    if not before:
        return _headless(reading, token, after, closes, firm)
    return _headed(reading, token, before, after, _Build(that, last, closes, firm))


def _aside(token: Token, before: list[Token], after: list[Token]) -> bool:
    """Whether an attribution stands between commas, with nothing behind its verb but to whom it was said."""
    if not before or token.lower not in ("said", "says", "told", "tells"):
        return False
    return len(after) <= 4 and all(t.lower not in _FINITE and t.lower != "that" for t in after)


class _Build(NamedTuple):
    """How an attribution is built: where "that" stands, whether it ends the sentence, what precedes it."""

    that: int | None
    last: bool
    closes: bool
    firm: bool


def _reports(token: Token, before: list[Token], after: list[Token]) -> bool:
    """Whether a word can be a verb that reports speech where it stands."""
    lower = token.lower
    if (lower not in _SAYS and lower not in _MAY_SAY) or not token.text.islower():
        return False
    previous = before[-1].lower if before else None
    if previous in _NO_SUBJECT or previous in _DETERMINERS or (lower in _LIKE_NOUNS and before):
        return False
    if any(t.lower in _NOT_SPEECH for t in after[:4]):
        return False
    if lower in _NOUN_FORMS and _noun_here(before):
        return False
    if before and before[0].lower == "it" and previous in ("is", "was", "been"):
        return False
    return not (lower in ("say", "estimate", "claim") and previous in ("will", "would"))


def _noun_here(before: list[Token]) -> bool:
    """Whether the adjectives before a word, or a determiner before those, show that it is a noun."""
    for i, token in enumerate(reversed(before)):
        if token.lower in _DETERMINERS:
            return i > 0
        country = folded(token.text)[:1]
        demonym = bool(country) and country[0] != token.lower and country_of(country[0]) is not None
        if not demonym and not (token.text.islower() and thesaurus.lemmas(token.lower, "a")):
            return i > 0
    return False


def _headed(
    reading: Reading, token: Token, before: list[Token], after: list[Token], build: _Build
) -> Attribution:
    """An attribution whose verb has words before it in its own segment."""
    tokens = reading.tokens
    if len(after) > 1 and after[0].lower == "by":
        rest = _apposition_behind(reading, after)
        frame = frozenset({token.index, *(t.index for t in after + rest)})
        return Attribution(token.sentence, token, frame, tuple(after[1:]), firm=True, trailing=True)
    if all(t.lower in ("and", "but", "then", "also", "later", "or") for t in before):
        start = [t for t in tokens if t.sentence == token.sentence and t.index < before[0].index]
        frame = frozenset({token.index, *(t.index for t in before)})
        return Attribution(token.sentence, token, frame, tuple(_subject(start)), build.firm)
    if len(before) > 2 and before[-1].lower in ("and", "but") and not build.closes:
        start = [t for t in tokens if t.sentence == token.sentence and t.index < before[-1].index]
        frame = frozenset({token.index, before[-1].index})
        return Attribution(token.sentence, token, frame, tuple(_subject(start)), build.firm)
    if build.closes:
        frame = frozenset({token.index, *(t.index for t in before + after)})
        phrase = tuple(_noun_phrase(before))
        return Attribution(token.sentence, token, frame, phrase, build.firm, trailing=True)
    head = _with_apposition(reading, before)
    tail = after[: build.that] if build.that is not None else _addressee(token, after) if build.last else []
    frame = frozenset({token.index, *(t.index for t in head + tail)})
    return Attribution(token.sentence, token, frame, tuple(_noun_phrase(before) or head), build.firm)


def _addressee(token: Token, after: list[Token]) -> list[Token]:
    """The words behind the verb that say to whom or where, up to what was said."""
    if not _addressed(token, after):
        return []
    for i, word in enumerate(after):
        if i and token.lower in ("told", "tells") and word.lower in _DETERMINERS | _PRONOUNS:
            return after[:i]
    return after


def _addressed(token: Token, after: list[Token]) -> bool:
    """Whether what follows the verb is to whom or where it was said, not what was said."""
    return token.lower in ("told", "tells") or (
        bool(after) and after[0].lower in ("in", "on", "at", "during", "to")
    )


def _headless(
    reading: Reading, token: Token, after: list[Token], closes: bool, firm: bool
) -> Attribution | None:
    """An attribution whose verb follows a sign: "…, said the mayor", "the mayor, a nurse, said …"."""
    participle = token.lower.endswith("ing")
    inverted = (
        bool(after)
        and after[0].lower not in ("that", "in", "on", "at")
        and not participle
        and not any(t.lower in _FINITE or t.lower.endswith("n't") or _acts(reading, t) for t in after[1:])
        and after[0].lower not in _FINITE
        and (closes or after[0].name is not None or after[0].lower in _DETERMINERS)
    )
    if inverted and token.lower not in ("told", "tells"):
        rest = _apposition_behind(reading, after)
        frame = frozenset({token.index, *(t.index for t in after + rest)})
        return Attribution(token.sentence, token, frame, tuple(after), firm, trailing=True)
    start = [t for t in reading.tokens if t.sentence == token.sentence and t.index < token.index]
    if participle:
        return Attribution(token.sentence, token, frozenset({token.index}), tuple(_subject(start)), firm)
    if not start or len(start) > 40:
        return (
            Attribution(token.sentence, token, frozenset({token.index}), tuple(start), firm) if firm else None
        )
    tail = after if _addressed(token, after) and "that" not in [t.lower for t in after] else []
    head = _last_phrases(reading, start)
    return Attribution(
        token.sentence, token, frozenset({token.index, *(t.index for t in head + tail)}), tuple(head), firm
    )


def _acts(reading: Reading, token: Token) -> bool:
    """Whether a word right behind a name is that name's verb ("said the firm supplies" has another subject)."""
    before = reading.tokens[token.index - 1]
    if before.name is None or not token.text.islower() or reading.text[before.end : token.start].strip():
        return False
    lemmas = thesaurus.lemmas(token.lower, "v")
    return bool(lemmas) and token.lower not in lemmas and not token.lower.endswith("ing")


def _subject(start: list[Token]) -> list[Token]:
    """The words of a sentence's subject, roughly: those before its first verb of speech or auxiliary."""
    for i, token in enumerate(start):
        if i and (
            token.lower in _SAYS or token.lower in _MAY_SAY or token.lower in _FINITE or token.lower == "also"
        ):
            return start[:i]
    return start[:6]


def _apposition_behind(reading: Reading, after: list[Token]) -> list[Token]:
    """What an inverted attribution says of its speaker: the words up to the next quotation mark."""
    found: list[Token] = []
    previous = after[-1]
    for token in reading.tokens[previous.index + 1 :]:
        gap = reading.text[previous.end : token.start]
        if token.sentence != previous.sentence or any(c in _QUOTE_MARKS for c in gap):
            break
        found.append(token)
        previous = token
    return found


def _last_phrases(reading: Reading, start: list[Token]) -> list[Token]:
    """A subject with its apposition: all words from the sentence's start, or from the last quotation mark."""
    for i in range(len(start) - 1, 0, -1):
        gap = reading.text[start[i - 1].end : start[i].start]
        if any(c in _QUOTE_MARKS for c in gap):
            return start[i:]
    return start


def _with_apposition(reading: Reading, before: list[Token]) -> list[Token]:
    """A subject's words, and where its verb stands in a relative clause ("X, who …, said"), those before it
    too.
    """
    if (
        before
        and before[0].lower in ("who", "which", "whose", "a", "an", "the", "one")
        and before[0].index > 0
        and (
            "," in _boundary(reading, reading.tokens[before[0].index - 1], before[0])
            and before[0].lower in ("who", "which", "whose")
        )
    ):
        return [t for t in reading.tokens if t.sentence == before[0].sentence and t.index <= before[-1].index]
    return before


def _noun_phrase(before: list[Token]) -> list[Token]:
    """The words of the subject: those behind the last link word of the segment."""
    for i in range(len(before) - 1, -1, -1):
        if before[i].lower in ("and", "but", "while", "as", "when", "where", "because", "that") and (
            i + 1 < len(before) and before[i].lower != "and"
        ):
            return before[i + 1 :]
    return before


def _said_before(reading: Reading, before: list[Token], token: Token) -> bool:
    """Whether something stands before the speaker in the sentence that can be what was said."""
    first = before[0] if before else token
    earlier = [t for t in reading.tokens if t.sentence == token.sentence and t.index < first.index]
    content = [t for t in earlier if t.content]
    edge = _boundary(reading, reading.tokens[first.index - 1], first) if earlier else ""
    return bool(edge) and (len(content) > 2 or any(c in _QUOTE_MARKS for c in edge))


def _quoted_before(reading: Reading, first: Token) -> bool:
    if first.index == 0:
        return False
    gap = reading.text[reading.tokens[first.index - 1].end : first.start]
    return any(c in '"”»' for c in gap)


def pronoun_only(speaker: tuple[Token, ...]) -> bool:
    """Whether a speaker is named by a pronoun or not at all."""
    return not any(t.content or t.name is not None for t in speaker if t.lower not in _PRONOUNS)
