"""A statement beside its quotes: which quoted sentences it tells, and which of their words it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from service.answers.gates.fault import Cited
from service.answers.gates.quoting import shaped
from service.answers.grammar.reading import KIN, Reading, Token, find, light, read

_SHARE = 0.65
"""A quoted sentence is told when it covers this share of what the best one covers."""


@dataclass(frozen=True)
class Case:
    """A statement, read with its quotes as context, and the quotes, read."""

    statement: Reading
    quotes: tuple[Reading, ...]
    cited: Cited

    @cached_property
    def weighty(self) -> tuple[Token, ...]:
        """The statement's content words that are neither names nor numbers, or all its words where there are
        none.
        """
        telling = self.statement.telling(self.statement.tokens)
        heavy = tuple(t for t in telling if not light(t))
        return heavy or telling or self.statement.tokens

    def covered(self, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
        """The statement's weighty words that stand among these words of a quote."""
        return tuple(t for t in self.weighty if find(t, tokens) is not None)

    @cached_property
    def told(self) -> tuple[tuple[Reading, int], ...]:
        """The quoted sentences that the statement tells: each as its quote's reading and its number there."""
        counts: dict[tuple[int, int], float] = {}
        keys = {word for name in self.statement.names for word in name.words}
        for i, quote in enumerate(self.quotes):
            for number, row in enumerate(quote.by_sentence):
                start, end = quote.sentences[number]
                here = {w for n in quote.names if start <= n.start < end for w in n.words}
                counts[i, number] = len(self.covered(row)) + 0.5 * len(keys & here)
        best = max(counts.values(), default=0.0)
        return tuple(
            (self.quotes[i], number)
            for (i, number), count in counts.items()
            if count and count >= _SHARE * best
        )

    def kept(self, token: Token) -> Token | None:
        """The statement's word that says what a word of a quote says, or None."""
        if token.name is not None:
            return next((t for t in self.statement.tokens if t.stem == token.stem), None)
        return find(token, self.statement.tokens, KIN)


def case(statement: str, cited: Cited) -> Case:
    """Read a statement and its quotes."""
    context = "\n".join((*cited.texts(), *cited.metadata()))
    quotes = tuple(read(text, context) for text in cited.texts())
    return Case(read(statement, context), quotes, cited)


def verbatim(statement: str, cited: Cited) -> bool:
    """Whether each sentence of the statement is a whole sentence of a quote, letter for letter."""
    known = set()
    for quote in map(read, cited.texts()):
        known.add(_bare(quote.text))
        known.update(_bare(quote.text[start:end]) for start, end in quote.sentences)
    whole = read(statement)
    return _bare(statement) in known or all(
        _bare(statement[start:end]) in known for start, end in whole.sentences
    )


def _bare(text: str) -> str:
    return shaped(text).strip("'.!?:;,")
