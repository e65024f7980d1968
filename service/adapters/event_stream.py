"""The wire format of a streamed Chat Completions reply: server-sent events, and the chunks inside them.

The `openai` package's own stream hides whether the closing `[DONE]` came, so that a reply which a proxy cut
off looks like a whole one; a reply may only count as whole when the endpoint said that it is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Any

MAX_LINE = 1_000_000
"""Characters of one event that are held at most."""

_LINE_END = re.compile(r"\r\n|\n|\r")


class Overlong(ValueError):
    """An event longer than any endpoint has reason to send."""


class Events:
    """Bytes in, the `data` of each complete server-sent event out. Cuts may fall anywhere."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._data: list[str] = []
        self._held = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> Iterator[str]:
        """The events that this chunk completes; `final` ends the stream. Raises Overlong."""
        text = self._rest + self._decoder.decode(chunk, final)
        lines = _LINE_END.split(text)
        self._rest = lines.pop()
        if text.endswith("\r") and not final:  # the other half of "\r\n" may be on its way
            self._rest = lines.pop() + "\r"
        if final and self._rest:
            lines.append(self._rest)
        if len(self._rest) + self._held > MAX_LINE:
            raise Overlong(f"an event of more than {MAX_LINE} characters")
        for line in lines:
            yield from self._line(line)
        if final:
            yield from self._line("")

    def _line(self, line: str) -> Iterator[str]:
        if not line:
            if self._data:
                yield "\n".join(self._data)
            self._data, self._held = [], 0
            return
        name, _, value = line.partition(":")
        if name.lstrip("\ufeff") == "data":
            value = value.removeprefix(" ")
            self._data.append(value)
            self._held += len(value)


class Progress:
    """What the chunks of one reply have told so far."""

    def __init__(self) -> None:
        self.chunks = 0
        self.done = False
        self.finish: str | None = None
        self.refusal = ""
        self.usage: tuple[int, int] | None = None

    def take(self, data: Any) -> str:
        """The text that a chunk, or a whole completion, adds to the reply; anything unknown is ignored."""
        if not isinstance(data, Mapping):
            return ""
        self._take_usage(data.get("usage"))
        choices = data.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, Mapping) or choice.get("index", 0) not in (0, None):
            return ""
        self.chunks += 1
        if isinstance(choice.get("finish_reason"), str):
            self.finish = choice["finish_reason"]
        content = choice.get("delta") or choice.get("message")
        if not isinstance(content, Mapping):
            return ""
        if isinstance(content.get("refusal"), str):
            self.refusal += content["refusal"]
        return _text_of(content.get("content"))

    def _take_usage(self, usage: Any) -> None:
        if isinstance(usage, Mapping):
            counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
            prompt, completion = (count if isinstance(count, int) and count >= 0 else 0 for count in counts)
            if prompt or completion:
                self.usage = prompt, completion


def _text_of(content: Any) -> str:
    """A delta's text: a string, or a list of typed parts of which only the text counts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(part["text"] for part in content
                       if isinstance(part, Mapping) and part.get("type") in (None, "text", "output_text")
                       and isinstance(part.get("text"), str))
    return ""
