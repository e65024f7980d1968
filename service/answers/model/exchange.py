"""The exchange with the language model: passages out, statements in, each checked the moment it is complete.

The wire format is section 8 of the contract. The model proposes; `verify`, which is handed in, disposes.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from service.answers.model.context import joined
from service.answers.model.reply_lines import Line, Lines
from service.answers.verify import Proposed, Rejected, Verified
from service.domain import Passage, Usage
from service.errors import ModelError, ModelTimeout
from service.language.wellformed import wellformed
from service.ports import ChatModel, Delta, Message

MAX_STATEMENTS = 5
"""Statements of the model in one answer; the sixth place is the service's own remark on the sources."""
ROOM = 1_120
"""Characters of the model's statements with their markers; the rest of the 1,200 is the remark's."""
MAX_PROPOSALS = 40
"""Lines of one reply that are looked at; a model that goes on has lost its way."""

LONGEST_MARKER = len("[10]")

_WORDS = re.compile(r"[^\W_]+")
_DENIALS = frozenset("not no never none nor nobody nothing neither cannot denied denies deny without".split())

E = TypeVar("E")
Verify = Callable[[Proposed, Mapping[str, E]], Verified | Rejected]


def pack(passages: Sequence[Passage], question: str, today: date, budget: int, count_tokens: Callable[[str], int],
         more: Sequence[Passage] = (), texts: Mapping[str, str] | None = None) -> tuple[dict[str, Passage], str]:
    """As many passages as fit, best first, under keys p1, p2, …, and the user message that carries them.

    The whole message stays within `budget` tokens; a passage that doesn't fit is passed over for later,
    shorter ones. The first passage goes out whatever it costs: a question without a passage has no answer.
    What room is left goes to `more`, most useful first: chunks that stand beside these in the articles, whose
    `texts` are given by file id; neighbours become one passage.
    """
    shown = joined([*passages, *more], texts or {})
    content = _written(question, today, shown)
    if count_tokens(content) > budget:
        left = budget - count_tokens(_document(question, today, []))
        fitting: list[Passage] = []
        for passage in (*passages, *more):
            cost = count_tokens(_json(_entry("p10", passage))) + 2
            if cost <= left or not fitting:
                fitting.append(passage)
                left -= cost
        shown = joined(fitting, texts or {})
        content = _written(question, today, shown)
        while len(shown) > 1 and count_tokens(content) > budget:  # the parts' tokens don't quite add up
            shown.pop()
            content = _written(question, today, shown)
    return {f"p{n}": passage for n, passage in enumerate(shown, 1)}, content


def _written(question: str, today: date, shown: Sequence[Passage]) -> str:
    """The document with these passages under their keys."""
    return _document(question, today, [_entry(f"p{n}", passage) for n, passage in enumerate(shown, 1)])


def _entry(key: str, passage: Passage) -> dict[str, str | None]:
    source = passage.source
    return {"key": key, "title": source.document_title, "publisher": source.publisher,
            "published": None if source.published is None else source.published.isoformat(),
            "text": passage.chunk.text}


def _document(question: str, today: date, entries: list[dict[str, str | None]]) -> str:
    return _json({"question": question, "today": today.isoformat(), "passages": entries})


def _json(value: Any) -> str:
    """JSON that UTF-8 can carry, and in which no text spells a model's control token such as <|im_end|>."""
    return wellformed(json.dumps(value, ensure_ascii=False)).replace("<", "\\u003c")


@dataclass(slots=True)
class Outcome:
    """What an exchange came to, besides its statements; filled in while `converse` runs, even if that fails.

    `log` has one `{"statement", "gate", "reason"}` for each statement that was not let through. `not_found`:
    the model said that the passages don't say, and proposed nothing. `repaired`: it was asked for a repair.
    """

    usage: Usage = field(default_factory=Usage)
    accepted: int = 0
    proposed: int = 0
    not_found: bool = False
    repaired: bool = False
    proven: list[Proposed] = field(default_factory=list, compare=False)
    """The lines that were let through, as proposed."""
    places: list[int] = field(default_factory=list, compare=False)
    """Where each of these belongs among the lines: a mended one has the place of the line that it replaces."""
    log: list[dict[str, str]] = field(default_factory=list)


async def converse(model: ChatModel, system: str, document: str, evidence: Mapping[str, E],
                   verify: Verify[E], outcome: Outcome, *, seconds: float = 60.0,
                   count_tokens: Callable[[str], int] | None = None) -> AsyncGenerator[Verified, None]:
    """Ask the model, and yield each statement the moment it is proven; `outcome` tells the rest.

    What is rejected goes back to the model once, together, after its first reply has ended; what fails again
    is dropped. `seconds` is the budget for both rounds. `count_tokens` estimates the usage of a reply that is
    not read to its end. Raises ModelError, also when no line of the reply can be read, and ModelTimeout; what
    was yielded before that is part of no whole answer. A repair round that fails costs only itself.
    """
    exchange = _Exchange(model, evidence, verify, outcome, count_tokens,
                         asyncio.get_running_loop().time() + seconds, seconds)
    opening = [Message("system", system), Message("user", document)]
    said: list[str] = []
    async with aclosing(exchange.round(opening, said)) as statements:
        async for statement in statements:
            yield statement
    outcome.not_found = exchange.said_nothing and outcome.proposed == 0
    if outcome.proposed == 0 and not exchange.said_nothing:
        excerpt = _excerpt("".join(said))
        raise ModelError(f"the model {model.name!r} did not keep to the format of the exchange: {excerpt!r}",
                         advice="choose another model in ONRECORD_MODEL, or set ONRECORD_MODEL=extractive")
    if not exchange.rejected or exchange.full:
        return
    outcome.repaired = True
    rejected = [{"statement": statement.text, "reason": statement.reason} for statement in exchange.rejected]
    repair = [*opening, Message("assistant", "".join(said)), Message("user", _json({"rejected": rejected}))]
    try:
        async with aclosing(exchange.round(repair, [])) as statements:
            async for statement in statements:
                yield statement
    except ModelError as error:
        if outcome.accepted == 0:
            raise
        exchange.note("", "repair", str(error))


class _Exchange:
    """The two rounds of one question."""

    def __init__(self, model: ChatModel, evidence: Mapping[str, Any], verify: Verify[Any], outcome: Outcome,
                 count_tokens: Callable[[str], int] | None, deadline: float, seconds: float) -> None:
        self._model, self._evidence, self._verify = model, evidence, verify
        self._outcome, self._count, self._deadline, self._seconds = outcome, count_tokens, deadline, seconds
        self._seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        self._room = ROOM
        self.rejected: list[Rejected] = []
        self._accepted: list[Verified] = []
        self._places: dict[str, int] = {}
        self._gaps: list[tuple[str, int]] = []
        self.said_nothing = self.overfull = False

    @property
    def full(self) -> bool:
        """Whether the answer has no place for a further statement."""
        return self._outcome.accepted >= MAX_STATEMENTS

    async def round(self, messages: list[Message], said: list[str]) -> AsyncGenerator[Verified, None]:
        """One reply, whose text is left in `said`: the statements in it that are proven."""
        lines, budget = Lines(), MAX_PROPOSALS
        self._gaps = [(one.text, self._places.get(one.text, len(self._places))) for one in self.rejected]
        self.rejected = []
        reported = False
        async with aclosing(self._deltas(messages)) as deltas:
            async for delta in deltas:
                if delta.usage is not None:
                    reported = True
                    self._spend(delta.usage)
                said.append(delta.text)
                found = lines.feed(delta.text)
                for statement in self._judged(found):
                    yield statement
                budget -= len(found)
                if self.overfull or budget <= 0:
                    break
            else:
                for statement in self._judged(lines.finish()):
                    yield statement
        if not reported and self._count is not None:
            self._spend(Usage(sum(self._count(message.content) for message in messages),
                              self._count("".join(said))))

    def note(self, statement: str, gate: str, reason: str) -> None:
        """Write to the log, once."""
        entry = {"statement": statement, "gate": gate, "reason": reason}
        if entry not in self._outcome.log:
            self._outcome.log.append(entry)

    def _judged(self, found: Iterable[Line]) -> Iterator[Verified]:
        """Those statements among the lines that are proven, are new, and have room."""
        for line in found:
            if line.kind == "unreadable":
                self.note(line.raw, "format", "The line is not a JSON object with a statement and citations.")
            elif line.kind == "not_found":
                self.said_nothing = True
            elif self.full:
                self.overfull = True
                self.note(line.statement, "room", f"{MAX_STATEMENTS} statements stand already.")
            else:
                self._outcome.proposed += 1
                verified = self._proven(Proposed(line.statement, line.quotes))
                if verified is not None:
                    yield verified

    def _proven(self, proposed: Proposed) -> Verified | None:
        same = " ".join(_WORDS.findall(proposed.text.casefold()))
        if {(same, ()), (same, proposed.quotes)} & self._seen:
            return None
        verdict = self._verify(proposed, self._evidence)
        place = self._places.setdefault(proposed.text, self._place(proposed.text))
        if isinstance(verdict, Rejected):
            self._seen.add((same, proposed.quotes))
            self.rejected.append(verdict)
            self.note(verdict.text, verdict.gate, verdict.reason)
            return None
        self._seen.add((same, ()))
        if any(_repeats(verdict, before) for before in self._accepted):
            self.note(verdict.text, "repeat", "An accepted statement says the same of the same words.")
            return None
        size = len(verdict.text) + 2 + LONGEST_MARKER * len(verdict.quotes)
        if size > self._room:
            self.note(verdict.text, "room", f"The answer has no room for {size} more characters.")
            return None
        self._room -= size
        self._outcome.accepted += 1
        self._accepted.append(verdict)
        self._outcome.proven.append(proposed)
        self._outcome.places.append(place)
        return verdict

    def _place(self, text: str) -> int:
        """Where a line belongs: behind those before it, or where the rejected line stood that it is most like."""
        if not self._gaps:
            return len(self._places)
        said = set(_WORDS.findall(text.casefold()))
        return max(self._gaps, key=lambda gap: len(said & set(_WORDS.findall(gap[0].casefold()))))[1]

    def _spend(self, usage: Usage) -> None:
        self._outcome.usage += usage

    async def _deltas(self, messages: Sequence[Message]) -> AsyncGenerator[Delta, None]:
        """The model's reply, within what is left of the time budget."""
        stream = self._model.stream(messages)
        try:
            while True:
                async with asyncio.timeout_at(self._deadline):
                    delta = await anext(stream, None)
                if delta is None:
                    return
                yield delta
        except TimeoutError:
            raise ModelTimeout(f"the model {self._model.name!r} did not finish within {self._seconds:g} s",
                               advice="raise ONRECORD_MODEL_TIMEOUT, or choose a faster model") from None
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()


def _repeats(statement: Verified, before: Verified) -> bool:
    """Whether a statement says in nearly the same words what an earlier one says, proven by no other quotes."""
    if not set(statement.quotes) <= set(before.quotes):
        return False
    words, known = _WORDS.findall(statement.text), {word.casefold() for word in _WORDS.findall(before.text)}
    fresh = [word for word in words if word.casefold() not in known]
    return len(fresh) <= len(words) / 4 and all(word.islower() and word not in _DENIALS for word in fresh)


def _excerpt(text: str) -> str:
    """The start of a reply, on one line."""
    return wellformed(" ".join(text[:200].split())[:120])
