"""The questions before this one: a follow-up is made to stand alone before anything is looked for.

By the model where one is configured, held to the words of the conversation; else, and where that fails, by the rules
of `followup.py`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from service.answers.model.prompt import Prompt
from service.answers.requests import restated
from service.answers.threads.followup import dependent, stand_alone, unsure
from service.answers.threads.referents import Earlier
from service.domain import Usage
from service.errors import ModelError
from service.language.names import folded, read_names
from service.language.numbers import read_numbers
from service.language.wellformed import wellformed
from service.ports import ChatModel, Message

LIMIT = 500
"""Characters of the longest question that a rewriting may give."""
TURNS = 6
"""So many earlier questions are looked at."""
SECONDS = 10.0
"""The model's time for a rewriting, at most."""
_REPLY = 4_000
_ANSWER = 600
"""Characters of an earlier answer that the model is shown."""

_OBJECT = re.compile(r'\{[^{}]*"question"[^{}]*\}', re.DOTALL)
_MARKERS = re.compile(r"(?:(?<!\s)\s+)?\[\d+\]")
_UNPLAIN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>\[\]{}|`]|https?:|www\.", re.I)


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Makes follow-ups stand alone. `model` is None where none is configured."""

    model: ChatModel | None
    prompt: Prompt
    count_tokens: Callable[[str], int]
    seconds: float = SECONDS

    async def standalone(self, question: str, earlier: Sequence[Earlier]) -> tuple[str | None, Usage]:
        """The question so that it can be understood alone, None where it can already; and what the model took.

        Without a model a request or a row of keywords becomes the question that it stands for.

        `earlier` is the conversation, oldest first. Never raises for what the model does.
        """
        earlier = earlier[-TURNS:]
        leans, usage = dependent(question, earlier), Usage()
        if self.model is not None and earlier and (leans or unsure(question)):
            written, usage = await self._written(self.model, question, earlier)
            if written is not None:
                return changed(question, written), usage
        if leans:
            return changed(question, stand_alone(question, earlier)[:LIMIT]), usage
        return (None if self.model else changed(question, restated(question))), usage

    async def _written(self, model: ChatModel, question: str, earlier: Sequence[Earlier]) -> tuple[str | None, Usage]:
        """The model's rewriting; None where it failed or holds what the conversation does not."""
        turns = [{"question": turn.question, "answer": turn.answer[:_ANSWER] or None} for turn in earlier]
        document = json.dumps({"conversation": turns, "question": question}, ensure_ascii=False)
        messages = [Message("system", self.prompt.text), Message("user", wellformed(document).replace("<", "\\u003c"))]
        usage, said = None, ""
        try:
            async with asyncio.timeout(self.seconds):
                stream = model.stream(messages)
                async with aclosing(stream) as deltas:  # type: ignore[type-var]
                    async for delta in deltas:
                        said += delta.text
                        usage = delta.usage or usage
                        if len(said) > _REPLY:
                            break
        except (ModelError, TimeoutError):
            return None, usage or Usage()
        if usage is None:
            usage = Usage(sum(self.count_tokens(m.content) for m in messages), self.count_tokens(said))
        written = read_reply(said)
        return (written if written and _covered(written, question, earlier) else None), usage


def read_reply(said: str) -> str | None:
    """The question in a model's reply, `{"question": "…"}`, whatever stands around it; None where it can't be used."""
    for match in reversed(list(_OBJECT.finditer(said[:_REPLY]))):
        try:
            written = json.loads(match[0], strict=False)["question"]
        except (ValueError, KeyError, RecursionError):
            continue
        if not isinstance(written, str):
            continue
        written = " ".join(written.split())
        if written and len(written) <= LIMIT and not _UNPLAIN.search(written) and wellformed(written) == written:
            return written
    return None


def _covered(written: str, question: str, earlier: Sequence[Earlier]) -> bool:
    """Whether each name and number of a rewriting stands in the conversation."""
    said = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in earlier)])
    known = set(folded(said))
    names = {word for name in read_names(written, said) for word in name.words}
    figures = frozenset().union(*(number.values for number in read_numbers(said)))
    return names <= known and all(number.values & figures for number in read_numbers(written))


def changed(question: str, written: str) -> str | None:
    """The rewriting, None where it is the question again."""
    def bare(text: str) -> str:
        return " ".join(re.findall(r"\w+", text.casefold()))

    return None if bare(written) == bare(question) else written


def spoken(answer: str) -> str:
    """An answer's text without its markers."""
    return _MARKERS.sub("", answer)
