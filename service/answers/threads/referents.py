"""What a follow-up may point at: the people, things and places that the questions and answers before it name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.answers.threads.clause import (
    PREPOSITIONS,
    Clause,
    described,
    joined,
    last_noun,
    piece_kind,
    read_clause,
)
from service.language.countries import country_of, seat_of
from service.language.dates import read_dates
from service.language.inflection import plural
from service.language.names import Name, read_names
from service.language.thesaurus import GROUP, PERSON, PLACE, field, frequency, is_a
from service.language.words import words

_ARTICLE = re.compile(r"^(?:a|an)\s+", re.I)
_SAYING = re.compile(
    r"^\W*(?:\w+ly\s+)?(?:said|says|told|tells|added|argued|warned|denied|claimed|announced|estimates?|estimated|wrote)\b")
_SAID_BY = re.compile(r"\b(?:said|says|told|added|by|according to)\s+(?:the\s+)?(?:[a-z-]+\s+){0,3}$")
_ROLE_BEHIND = re.compile(r"^,\s+(?:an?|the|\d{1,3}|who|its|their|his|her)\b")
_ATTACHED = frozenset({"into", "between", "for", "against", "of", "over", "with"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier question, as it stands alone, and what was answered ("" where nothing is known of it)."""

    question: str
    answer: str = ""

    @property
    def clause(self) -> Clause | None:
        """The question's parts."""
        return read_clause(self.question)


@dataclass(frozen=True, slots=True)
class Referent:
    """A noun phrase of the conversation and what it can be."""

    text: str
    person: bool = False
    several: bool = False
    thing: bool = False


def person(earlier: Sequence[Earlier]) -> str | None:
    """Whom "he" or "she" means: the latest person, the one asked for before the others."""
    for turn in reversed(earlier):
        clause = turn.clause
        answered = _people(turn.answer)
        asked_who = clause is not None and clause.wh.lower().startswith("who") and (
            clause.subjective or not _people(turn.question))
        if asked_who and answered:
            return answered[0]
        named = _people(turn.question)
        if named:
            return named[-1]
        for referent in noun_phrases(turn):
            if referent.person and not referent.several:
                return referent.text
        if answered:
            return answered[0]
    return None


def several(earlier: Sequence[Earlier]) -> str | None:
    """Whom or what "they" means: what was counted, else the latest that is several or a body of people."""
    for turn in reversed(earlier):
        for referent in noun_phrases(turn):
            if referent.several:
                return referent.text
    return None


def thing(earlier: Sequence[Earlier]) -> str | None:
    """What "it" means: what was asked for, else the latest thing that is one."""
    for turn in reversed(earlier):
        clause = turn.clause
        if clause is not None and clause.subjective and clause.wh.split()[0].lower() in ("which", "what"):
            said = turn.answer
            answered = [n for n in _names(said) if n.text not in turn.question and not _is_person(said, n)]
            if clause.asked and answered:
                return _with_article(turn.answer, answered[0])
        for referent in noun_phrases(turn):
            if referent.thing and not referent.several:
                return referent.text
    return None


def place(earlier: Sequence[Earlier]) -> str | None:
    """Where "there" is, with its preposition."""
    for turn in reversed(earlier):
        clause = turn.clause
        if clause is not None:
            pieces = [p for p in clause.rest if piece_kind(p) == "place" and read_names(p, p)]
            if pieces:
                return pieces[-1]
        for text in (turn.answer, turn.question) if clause and clause.wh.lower() == "where" else (turn.question,):
            for name in _names(text):
                before = words(text[: name.start])
                if before and before[-1].lower in ("in", "at", "on", "near", "to", "from"):
                    preposition = "in" if before[-1].lower in ("to", "from") else before[-1].lower
                    return f"{preposition} {name.text}"
                if len(before) > 1 and before[-1].lower == "the" and before[-2].lower in ("in", "at", "on", "near"):
                    return f"{before[-2].lower} the {name.text}"
        for name in reversed(_names(turn.question)):
            if any(country_of(word) for word in name.words) and not name.text.endswith(("ian", "ish", "ese", "ean")):
                return f"in {name.text}"
    return None


def time(earlier: Sequence[Earlier]) -> str | None:
    """When "then" was, as written."""
    for turn in reversed(earlier):
        for text in (turn.question, turn.answer):
            dates = read_dates(text)
            if dates:
                mention = dates[0]
                before = words(text[: mention.start])
                preposition = before[-1].text if before and before[-1].lower in ("on", "in", "at") else ""
                return joined(preposition.lower(), mention.text)
    return None


def noun_phrases(turn: Earlier) -> Iterator[Referent]:
    """The noun phrases of a question: what is asked for first, then its subject, its object, and the rest."""
    clause = turn.clause
    if clause is None:
        yield from (_referent(name.text) for name in _names(turn.question))
        return
    asked = described(clause)
    if asked is not None:
        if clause.wh.lower().startswith("who"):
            yield Referent(asked, person=True)
        else:
            how_many = clause.wh.lower().startswith("how many")
            head = last_noun(clause.asked)
            yield Referent(asked, person=_human(head.lower) if head else False, several=how_many or (
                head is not None and plural(head.lower)), thing=not how_many)
    if clause.subject and clause.subject != "there" and "there" not in clause.subject.split():
        yield _referent(clause.subject)
    rest = list(clause.rest)
    for i, piece in enumerate(rest):
        kind = piece_kind(piece)
        if kind in ("date", "source"):
            continue
        tokens = words(piece)
        phrase = piece
        if tokens and tokens[0].lower in PREPOSITIONS:
            phrase = piece[tokens[0].end:].strip()
        follows = []
        for other in rest[i + 1 :]:
            opening = words(other)[0].lower if words(other) else ""
            if piece_kind(other) != "place" and opening not in _ATTACHED:
                break
            follows.append(other)
        if phrase and last_noun(phrase) is not None:
            yield _referent(joined(phrase, *follows))


def names_of(turn: Earlier) -> list[str]:
    """The names of a question, as written."""
    return [name.text for name in _names(turn.question)]


def _referent(phrase: str) -> Referent:
    text = _ARTICLE.sub("the ", phrase)
    head = last_noun(text)
    if head is None:
        return Referent(text)
    named = next((n for n in _names(text) if n.start <= head.start < n.end), None)
    if named is not None and not text[head.start : head.end].islower():
        nation = any(country_of(word) for word in named.words)
        human = not nation and _is_person(text, named) and not text.lower().startswith("the ")
        joint = (nation and named.text.endswith("s")) or " and " in text
        return Referent(text, person=human, several=joint, thing=not human)
    human = _human(head.lower)
    many = plural(head.lower) or (" and " in text.split(" of ")[0] and not human)
    body = field(head.lower) == GROUP
    return Referent(text, person=human, several=many or body, thing=not human)


def _human(noun: str) -> bool:
    return noun in ("people", "who") or field(noun) == PERSON or (bool(frequency(noun, "n")) and is_a(noun, "person"))


def _names(text: str) -> list[Name]:
    return [name for name in read_names(text, text) if name.words]


def _people(text: str) -> list[str]:
    """The names of a text that look like people's, the surest first."""
    scored = [(name, _person_score(text, name)) for name in _names(text)]
    kept = [(name, score) for name, score in scored if score > 0]
    kept.sort(key=lambda pair: (-pair[1], pair[0].start))
    return [name.text for name, _ in kept]


def _is_person(text: str, name: Name) -> bool:
    return _person_score(text, name) > 0


def _person_score(text: str, name: Name) -> int:
    """How much speaks for a name being a person's: a verb of saying, a role beside it, two words and no common noun."""
    if any(country_of(word) for word in name.words) or seat_of(name.text):
        return 0
    before, after = text[: name.start], text[name.end :]
    plain = words(name.text)
    common = [w for w in plain if field(w.lower) in (GROUP, PLACE) or frequency(w.lower, "n") > 5]
    score = 0
    if _SAYING.match(after) or _SAID_BY.search(before):
        score += 1
    if _ROLE_BEHIND.match(after):
        score += 2
    if before.rstrip().split()[-1:] and _human(before.rstrip().split()[-1].lower()):
        score += 2
    if len(plain) in (2, 3) and len(common) < len(plain) and not before.rstrip().lower().endswith(" the"):
        score += 1 if not common else 0
    if before.rstrip().lower().endswith((" in", " at", " near", " from", " to", " on")) or " and " in name.text:
        score -= 2
    return score


def _with_article(text: str, name: Name) -> str:
    before = words(text[: name.start])
    return f"the {name.text}" if before and before[-1].lower == "the" else name.text
