"""Gates on deeds: what was only to be done told as done, help told as the deed, a cause tied to another deed, a part of
a list told as all of it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from service.answers.gates.alignment import Case
from service.answers.gates.carried import supports
from service.answers.gates.fault import Fault
from service.answers.grammar.reading import Reading, Token, find, light, one_actor
from service.answers.grammar.verbs import finite_here
from service.domain import Figure
from service.language import thesaurus
from service.language.figures import read_figures
from service.language.names import Name

_NOT_YET = frozenset(
    "arrange agree decide want ask urge order invite call move vote pledge offer propose bid attempt try effort "
    "campaign push bill law deal chance right power opportunity ability permission need pressure refuse decline "
    "threaten prepare seek fight race work allow permit encourage advise tell warn require instruct "
    "authorize authorise willing ready eager keen suppose mean design intend hope aim plan commit request demand "
    "persuade tempt recommend desire wish".split()
)
"""Words behind which "to" and a verb tell what may never be done."""
_FAR = 4
"""So many words may stand between such a word and its "to": whom it is asked of."""
_LIKE = re.compile(r"\b(un)?like\s+(?:in |on |at |with )?(?:the )?$", re.I)
_CAUSE = re.compile(
    r"\b(?:because of|due to|owing to|thanks to|as a result of|in response to|in retaliation for)\b", re.I
)
_WINDOW = 7
"""So many words with content right before a cause are what it is the cause of."""
_PARTIAL = re.compile(r"\b(?:includ\w+|among|others?|several|such as|like|some|states|countries)\b", re.I)
_OF_LIST = frozenset(["from", "in", "of", "across", "from the"])
_LIST_GAP = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+", re.I)


def deeds(case: Case) -> Fault | None:
    """The fault of a statement that tells a deed as done, or gives it another cause, likeness or whole."""
    return _done(case) or _helped(case) or _unlike(case) or _because(case) or _part_of_list(case)


def _done(case: Case) -> Fault | None:
    """What somebody agreed, asked or was allowed to do, told as done."""
    for token in case.statement.tokens:
        if not finite_here(case.statement, token) or light(token):
            continue
        before = case.statement.tokens[max(0, token.index - 3) : token.index]
        if any(t.lower in ("will", "would", "may", "might", "could", "can", "should", "must", "to") for t in before):
            continue
        same = [(r, t) for r in case.quotes for t in r.tokens if t.name is None and _same_verb(t, token)]
        owners = [_only_to(r, t) for r, t in same]
        if owners and all(owners) and not any(_one_of(o, t) for o in owners if o for t in case.statement.tokens):
            word = owners[0]
            text = word.text if word else ""
            return Fault("hedge", f"The quote says {text + ' to ' + same[0][1].text!r}, not that it was done; keep it.")
    return None


def _one_of(owner: Token, said: Token) -> bool:
    return owner.stem == said.stem or (said.name is None and supports(said.lower, owner.lower))


def _only_to(reading: Reading, verb: Token) -> Token | None:
    """The word behind which "to" and a verb tell only what is wanted, allowed or agreed."""
    if verb.index < 2 or reading.tokens[verb.index - 1].lower != "to":
        return None
    before = reading.tokens[max(0, verb.index - 2 - _FAR) : verb.index - 1]
    near = [t for t in before if t.clause == verb.clause and t.sentence == verb.sentence]
    return next((t for t in reversed(near) if t.name is None and not _NOT_YET.isdisjoint(_forms(t.lower))), None)


def _forms(word: str) -> frozenset[str]:
    return frozenset({word, *thesaurus.some_lemmas(word)})


def _helped(case: Case) -> Fault | None:
    """Help with a deed told as the deed: "wrote the bill" for "helped write the bill"."""
    if any("help" in t.lower for t in case.statement.tokens):
        return None
    for reading in case.quotes:
        for token in reading.tokens[:-2]:
            if "help" not in thesaurus.lemmas(token.lower, "v"):
                continue
            verb = reading.tokens[token.index + 1]
            verb = reading.tokens[token.index + 2] if verb.lower == "to" else verb
            if verb.lower not in thesaurus.lemmas(verb.lower, "v")[:1] or verb.sentence != token.sentence:
                continue
            stands = sum(t.stem == verb.stem for r in case.quotes for t in r.tokens)
            if stands == 1 and any(
                _same_verb(t, verb) and finite_here(case.statement, t) for t in case.statement.tokens
            ):
                return Fault("support", f"The quote says {token.text + ' ' + verb.text!r}; keep the help.")
    return None


def _same_verb(first: Token, second: Token) -> bool:
    return first.stem == second.stem or bool(
        set(thesaurus.lemmas(first.lower, "v")) & set(thesaurus.lemmas(second.lower, "v"))
    )


def _unlike(case: Case) -> Fault | None:
    """Something like what the quote says it is unlike, or the other way round."""
    quoted = [found for reading in case.quotes for found in _likened(reading)]
    for name, turned in _likened(case.statement):
        theirs = {other for words, other in quoted if one_actor(words.words, name.words)}
        if theirs and turned not in theirs:
            word = "unlike" if turned else "like"
            return Fault("negation", f"The quote does not say {word + ' ' + name.text!r}; keep whether it is like it.")
    return None


def _likened(reading: Reading) -> list[tuple[Name, bool]]:
    """The names behind "like" and "unlike", and whether it is the latter."""
    return [
        (name, bool(match[1]))
        for name in reading.names
        if (match := _LIKE.search(reading.text, max(0, name.start - 20), name.start))
    ]


def _because(case: Case) -> Fault | None:
    """A cause that the quote gives for another deed."""
    said = list(_CAUSE.finditer(case.statement.text))
    given = [(r, m) for r in case.quotes for m in _CAUSE.finditer(r.text)]
    if len(said) != 1 or len(given) != 1:
        return None
    reading, quoted = given[0]
    mine = _caused(case.statement, said[0])
    theirs = _caused(reading, quoted)
    if mine and len(theirs) == _WINDOW and not any(find(t, theirs) is not None for t in mine):
        words = reading.text[theirs[-2].start : quoted.end()]
        return Fault("support", f"The quote has {words!r}; keep each cause with its deed.")
    return None


def _caused(reading: Reading, match: re.Match[str]) -> tuple[Token, ...]:
    """The words with content right before a cause in its sentence; none where the cause opens it."""
    marker = next(t for t in reading.tokens if t.start >= match.start())
    row = [t for t in reading.by_sentence[marker.sentence] if t.end <= match.start() and t.content and not light(t)]
    return tuple(row[-_WINDOW:])


def _part_of_list(case: Case) -> Fault | None:
    """A number of a whole list told of one of its names: "31 men from A" for "31 men from A, B, C and D"."""
    if _PARTIAL.search(case.statement.text):
        return None
    if not case.statement.names:
        return None
    said = [(f.low, f.high) for f in _counts(case.statement.text)]
    names = [n.words for n in case.statement.names]
    for reading in case.quotes:
        for figure in _counts(reading.text):
            if (figure.low, figure.high) not in said or figure.low == 1:
                continue
            listed = _list_behind(reading, figure.end)
            kept = [any(one_actor(name.words, mine) for mine in names) for name in listed]
            if len(listed) >= 3 and any(kept) and not all(kept):
                text = reading.text[figure.start : listed[-1].end][:80]
                return Fault("numbers", f"The quote counts {text!r} together; keep the whole list.")
    return None


@lru_cache(maxsize=1024)
def _counts(text: str) -> tuple[Figure, ...]:
    return tuple(f for f in read_figures(text) if f.low is not None and f.kind == "count")


def _list_behind(reading: Reading, end: int) -> list[Name]:
    """The list of names that "from", "in" or "of" ties to a figure."""
    ahead = [n for n in reading.names if n.start >= end]
    if not ahead or reading.text[end : ahead[0].start].strip().lower() not in _OF_LIST:
        return []
    found = ahead[:1]
    for name in ahead[1:]:
        if not _LIST_GAP.fullmatch(reading.text[found[-1].end : name.start]):
            break
        found.append(name)
    return found
