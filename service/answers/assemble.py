"""Verified statements to the numbered text of an answer; contract, section 4, rule 4."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain import Citation, Quote, Source, Statement

STATEMENT_LIMIT = 6
ANSWER_LIMIT = 1200


class Assembly:
    """Numbers quotes in order of first use and lays statements one behind the other."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._quotes: list[Quote] = []
        self._statements: list[Statement] = []
        self._given: list[tuple[str, Sequence[Quote]]] = []

    def add(self, text: str, quotes: Sequence[Quote]) -> Statement | None:
        """Append a statement (its text without markers) with the quotes that prove it.

        Returns the statement as it stands in the answer, or None where it would break a limit.
        """
        known = dict(self._numbers)
        fresh: list[Quote] = []
        numbers: list[int] = []
        for quote in quotes:
            key = (quote.source.file_id, quote.start, quote.end)
            if key not in known:
                known[key] = len(known) + 1
                fresh.append(quote)
            if known[key] not in numbers:
                numbers.append(known[key])
        numbers.sort()
        marked = mark(text, numbers)
        start = self._statements[-1].answer_end + 1 if self._statements else 0
        if len(self._statements) >= STATEMENT_LIMIT or start + len(marked) > ANSWER_LIMIT:
            return None
        self._numbers = known
        self._quotes.extend(fresh)
        statement = Statement(marked, tuple(numbers), start, start + len(marked))
        self._statements.append(statement)
        self._given.append((text, quotes))
        return statement

    def behind(self, text: str, quotes: Sequence[Quote]) -> Assembly | None:
        """The same statements, numbered anew, behind one more; None where that would break a limit."""
        whole = Assembly()
        given = [(text, quotes), *self._given]
        return whole if all(whole.add(*one) is not None for one in given) else None

    def room(self) -> tuple[int, int]:
        """How many statements and how many code points still fit."""
        used = self._statements[-1].answer_end + 1 if self._statements else 0
        return STATEMENT_LIMIT - len(self._statements), ANSWER_LIMIT - used

    def covering(self, quote: Quote) -> Quote | None:
        """The first cited quote that holds these words: the same one, or a longer one around it."""
        return next((cited for cited in self._quotes if cited.source.file_id == quote.source.file_id
                     and cited.start <= quote.start and quote.end <= cited.end), None)

    def number(self, quote: Quote) -> int | None:
        """The marker under which a quote's words are cited."""
        cited = self.covering(quote)
        return None if cited is None else self._numbers[cited.source.file_id, cited.start, cited.end]

    @property
    def text(self) -> str:
        """The answer: its statements joined by one blank."""
        return " ".join(statement.text for statement in self._statements)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements in order."""
        return tuple(self._statements)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The quotes in the order of their numbers."""
        return tuple(Citation(i, quote) for i, quote in enumerate(self._quotes, start=1))

    @property
    def sources(self) -> tuple[Source, ...]:
        """The articles cited, once each, in order of first use."""
        return tuple({quote.source.file_id: quote.source for quote in self._quotes}.values())


def mark(text: str, numbers: Sequence[int]) -> str:
    """A sentence with its markers, before the closing full stop where it has one."""
    markers = "".join(f"[{number}]" for number in numbers)
    body = text.rstrip()
    if body and body[-1] in ".!?" and not body.endswith(("...", "…")):
        return f"{body[:-1].rstrip()} {markers}{body[-1]}"
    return f"{body} {markers}"
