"""The judge: another model that says whether quotes carry a statement and whether an answer meets its question.

It is reached through an OpenAI-compatible endpoint with `prompts/judge.md`. Its reply is one JSON object with the keys
`reason` and `verdict`; anything else is no verdict, and what it was asked of stays unscored.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from service.adapters.breaker import Breaker
from service.adapters.openai_chat import OpenAIChat
from service.answers.answer import EXTRACTIVE
from service.answers.model.prompt import Prompt, load
from service.domain import Usage
from service.errors import UsageError
from service.language.wellformed import wellformed
from service.ports import ChatModel, Message

Json = dict[str, Any]
Task = Literal["groundedness", "relevance"]
BASE_URL: Final = "JUDGE_BASE_URL"
API_KEY: Final = "JUDGE_API_KEY"
"""Where the judge is reached, from the environment; without an address of its own, where the openai package's
variables say, with their key."""
GRADES: Final[Mapping[Task, Mapping[str, float]]] = {
    "groundedness": {"supported": 1.0, "unsupported": 0.0},
    "relevance": {"relevant": 1.0, "partly": 0.5, "irrelevant": 0.0},
}
"""The words that `prompts/judge.md` allows, and what each is worth."""
SECONDS, ATTEMPTS = 180.0, 8
"""For one verdict, waiting for a rate limit included."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge said: a grade with its worth, 0 to 1, or None for both where the reply can't be read."""

    grade: str | None
    value: float | None
    reason: str
    usage: Usage = field(default_factory=Usage)


def read_verdict(task: Task, reply: str) -> Verdict:
    """The verdict in a reply; an unreadable one says why in its reason. Nothing is guessed, nothing raises."""

    def unread(why: str) -> Verdict:
        return Verdict(None, None, f"no verdict, {why}: {' '.join(reply[:200].split())[:120]!r}")

    try:
        told = json.loads(reply, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return unread("the reply is not one JSON object")
    if not isinstance(told, dict) or set(told) != {"reason", "verdict"}:
        return unread("its keys are not `reason` and `verdict`")
    grade, reason = told["verdict"], told["reason"]
    if not isinstance(grade, str) or not isinstance(reason, str) or grade not in GRADES[task]:
        return unread(f"it is none of {', '.join(GRADES[task])}")
    return Verdict(grade, GRADES[task][grade], reason)


def _once(pairs: Sequence[tuple[str, Any]]) -> Json:
    """An object whose keys each stand once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


class Judge:
    """One model with the judge's prompt. Several verdicts may be asked at once."""

    def __init__(self, chat: ChatModel, prompt: Prompt) -> None:
        self._chat, self._prompt = chat, prompt

    @property
    def identity(self) -> dict[str, str]:
        """What an agreement belongs to: the model's name and the hash of the prompt."""
        return {"model": self._chat.name, "prompt": self._prompt.fingerprint}

    async def groundedness(self, statement: str, quotes: Sequence[Mapping[str, Any]]) -> Verdict:
        """Whether quotes (each `text`, and what is known of `title`, `publisher`, `published`) carry a statement.

        Raises ModelError when the endpoint fails, and ModelTimeout.
        """
        return await self._asked("groundedness", {"statement": statement, "quotes": [dict(quote) for quote in quotes]})

    async def relevance(self, question: str, answer: str) -> Verdict:
        """Whether an answer is one to its question. Raises as `groundedness`."""
        return await self._asked("relevance", {"question": question, "answer": answer})

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._chat.aclose()

    async def _asked(self, task: Task, document: Json) -> Verdict:
        content = wellformed(json.dumps({"task": task} | document, ensure_ascii=False)).replace("<", "\\u003c")
        said, usage = [], Usage()
        async for delta in self._chat.stream([Message("system", self._prompt.text), Message("user", content)]):
            said.append(delta.text)
            usage = delta.usage or usage
        found = read_verdict(task, "".join(said))
        return Verdict(found.grade, found.value, found.reason, usage)


def open_judge(name: str, judged: str, environ: Mapping[str, str] | None = None) -> Judge:
    """The judge of this name for answers of the model `judged`. Raises UsageError when they are the same model.

    An address of the judge's own never gets the key of the other endpoint.
    """
    environ = os.environ if environ is None else environ
    if _bare(name) == _bare(judged):
        raise UsageError(f"the judge {name!r} is the model that it would judge ({judged!r})",
                         advice="name another model with --judge; a model's verdict on itself says little")
    if _bare(name) == EXTRACTIVE:
        raise UsageError(f"{name!r} is no model and can't judge", advice="name a model with --judge")
    url, key = environ.get(BASE_URL), environ.get(API_KEY)
    if not url:
        url, key = environ.get("OPENAI_BASE_URL"), key or environ.get("OPENAI_API_KEY")
    if not url and not key:
        raise UsageError(f"the judge {name!r} can't be reached: neither {BASE_URL} nor {API_KEY} is set",
                         advice=f"set {BASE_URL} (and {API_KEY} where the endpoint wants one), or OPENAI_API_KEY")
    chat = OpenAIChat(name, api_key=key, base_url=url, timeout=SECONDS, attempts=ATTEMPTS, breaker=Breaker(limit=1000))
    return Judge(chat, load("judge"))


def _bare(name: str) -> str:
    """A model's name without its provider, in one case."""
    return name.strip().casefold().rpartition("/")[2]
