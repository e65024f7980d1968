"""Who says something in a quote, and whether a statement means the same one."""

from __future__ import annotations

from service.answers.gates.alignment import Case
from service.answers.gates.roles import places
from service.answers.grammar.reading import Reading, Token, find, one_actor
from service.answers.grammar.speech import (
    Attribution,
    attributions,
    pronoun_only,
)
from service.language import thesaurus
from service.language.names import folded, read_names

_ROLES = (
    frozenset("spokesman spokeswoman spokesperson official officials authority authorities officer".split()),
    frozenset("envoy ambassador diplomat".split()),
    frozenset("president leader premier chief head".split()),
    frozenset("company firm group business maker carmaker manufacturer".split()),
    frozenset("police officers force detectives investigators".split()),
    frozenset("ministry minister government officials authorities".split()),
    frozenset("report study paper researchers authors scientists survey analysis".split()),
    frozenset("lawyer attorney counsel solicitor lawyers attorneys".split()),
    frozenset("charity group organisation organization agency body watchdog monitor".split()),
    frozenset("intelligence spies agency service".split()),
)  # fmt: skip
"""Words that news prose uses for one and the same speaker."""


def points_back(made: Attribution) -> bool:
    """Whether a speaker is told by a noun that points back at a name: "the company", "the university"."""
    aside = next((i for i, t in enumerate(made.speaker) if t.lower in ("which", "who", "has")), len(made.speaker))
    head = made.speaker[:aside]
    return bool(head) and head[0].lower == "the" and len(head) <= 3 and not any(t.name is not None for t in head)


def _titled(case: Case, reading: Reading, one: Attribution) -> bool:
    """Whether a statement has for "the company" a name of one word that only its source's title gives, and no quote
    names another speaker.
    """
    noun = next((t for t in one.speaker if t.content), None)
    if noun is None or not any(thesaurus.is_a(noun.lower, kind) for kind in ("organization", "company", "business")):
        return False
    source = next(q.source for q, r in zip(case.cited.quotes, case.quotes, strict=True) if r is reading)
    titled = [name.words for name in read_names(source.document_title or "")]
    speakers = {made.speaker[0].name for made in attributions(case.statement) if made.speaker}
    named = [case.statement.names[i].words for i in speakers if i is not None]
    return bool(named) and len(named) == len(speakers) and all(words in titled and len(words) == 1 for words in named)


def named_elsewhere(case: Case, reading: Reading, one: Attribution) -> bool:
    """Whether a statement has the name for "the company", and the same source's quotes tell of that one name's deeds
    alone.
    """
    if not points_back(one):
        return False
    if _titled(case, reading, one):
        return True
    file = next(q.source.file_id for q, r in zip(case.cited.quotes, case.quotes, strict=True) if r is reading)
    doers = {
        place.words
        for quote, other in zip(case.cited.quotes, case.quotes, strict=True)
        if quote.source.file_id == file and other is not reading
        for place in places(other)
        if place.role == "subject"
    }
    speakers = [t for made in attributions(case.statement) for t in made.speaker if t.name is not None]
    return len(doers) == 1 and bool(speakers) and all(
        t.name is not None and one_actor(case.statement.names[t.name].words, next(iter(doers))) for t in speakers
    )


def pronouns(made: Attribution) -> bool:
    """Whether a speaker is told by pronouns alone, or not at all."""
    return pronoun_only(made.speaker)


def who(reading: Reading, made: Attribution) -> str:
    """A speaker as the text has it, or "somebody"."""
    if not made.speaker:
        return "somebody"
    return reading.text[made.speaker[0].start : made.speaker[-1].end][:80]


def same_speaker(token: Token, tokens: tuple[Token, ...]) -> bool:
    """Whether a word of a speaker stands among some words, by name, by meaning or by office."""
    if token.name is not None:
        keys = folded(token.text)
        return any(t.name is not None and (folded(t.text) == keys or t.stem == token.stem) for t in tokens)
    if find(token, tokens) is not None:
        return True
    return any(token.lower in group and any(t.lower in group for t in tokens) for group in _ROLES)
