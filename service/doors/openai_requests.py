"""What clients of OpenAI's API send, as far as a question can be read from it; everything else is ignored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from service.doors.asking import MAX_QUESTION, VISIBLE, checked_question
from service.doors.fields import Text
from service.doors.schema import Filtered
from service.errors import UsageError

HISTORY = 20
"""How many of the user's earlier turns are looked at."""

_TEXT_PARTS = ("text", "input_text", "output_text")


_SAID: Any = {"type": "string", "minLength": 1, "pattern": VISIBLE}
_PARTS: Any = {"type": "array", "minItems": 1, "items": {
    "type": "object", "required": ["type", "text"],
    "properties": {"type": {"enum": list(_TEXT_PARTS)}, "text": _SAID}}}
_OF_USER: Any = {"type": "object", "required": ["role", "content"],
                 "properties": {"role": {"const": "user"}, "content": {"anyOf": [_SAID, _PARTS]}}}
_OF_OTHERS: Any = {"type": "object", "required": ["role"], "properties": {
    "role": {"enum": ["system", "developer", "assistant", "tool", "function"]},
    "content": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}
_TURNS: Any = {"items": {"anyOf": [_OF_USER, _OF_OTHERS]}, "contains": _OF_USER}
_INPUT: Any = {"anyOf": [_SAID, {"type": "array", "minItems": 1, **_TURNS}]}
"""What the checks below ask of a conversation, as a schema tells it."""


class Lenient(BaseModel):
    """A body in which unknown fields are ignored: every client sends some of its own."""

    model_config = ConfigDict(extra="ignore")


class Part(Lenient):
    """A part of a message; only text is read."""

    type: Text = Field(max_length=100, examples=["text"])
    text: Text | None = None


Content = Text | list[Part]


class ChatMessage(Lenient):
    """One turn of the conversation; those of the `user` are read."""

    role: Text = Field(max_length=100, examples=["user"])
    content: Content | None = Field(None, examples=["who leads the inquiry?"])


class StreamOptions(Lenient):
    """What else a stream shall tell."""

    include_usage: StrictBool | None = None


class ChatBody(Lenient):
    """A conversation; its last turn of the user is the question, those before it make a follow-up understood."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=2_000, json_schema_extra=_TURNS)
    model: Text | None = Field(None, max_length=200, examples=["onrecord"], description="any: there is one only")
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    onrecord: Filtered | None = Field(None, description="filters, as `/v1/ask` has them")

    def conversation(self) -> tuple[str, list[str]]:
        """The question and the earlier ones, oldest first. Raises UsageError where there is none."""
        return _conversation([message.content for message in self.messages if message.role == "user"])


class InputItem(Lenient):
    """An item of a response's input; messages of the `user` are read."""

    type: Text | None = Field(None, max_length=100)
    role: Text | None = Field(None, max_length=100, examples=["user"])
    content: Content | None = Field(None, examples=["who leads the inquiry?"])


class ResponsesBody(Lenient):
    """What `/v1/responses` is asked."""

    input: Text | list[InputItem] = Field(examples=["who leads the inquiry?"], json_schema_extra=_INPUT)
    model: Text | None = Field(None, max_length=200, examples=["onrecord"], description="any: there is one only")
    stream: StrictBool | None = None
    previous_response_id: Text | None = Field(
        None, max_length=200, description="the response that this question follows up"
    )
    onrecord: Filtered | None = Field(None, description="filters, as `/v1/ask` has them")

    def conversation(self) -> tuple[str, list[str]]:
        """The question and the earlier ones, oldest first. Raises UsageError where there is none."""
        if isinstance(self.input, str):
            return checked_question(self.input), []
        return _conversation([item.content for item in self.input if item.role == "user"])


def filters_of(given: Filtered | None) -> dict[str, Any]:
    """The filters as `OnRecord.ask` takes them. Raises UsageError."""
    return {} if given is None else {"filters": given.filters(), "as_of": given.as_of}


def _conversation(turns: Sequence[Content | None]) -> tuple[str, list[str]]:
    if not turns:
        raise UsageError("no message of the user", advice='send a message with "role": "user"')
    earlier = [checked_question(_text_of(turn).strip()[:MAX_QUESTION]) for turn in turns[:-1]]
    return checked_question(_text_of(turns[-1])), earlier[-HISTORY:]


def _text_of(content: Content | None) -> str:
    """The words of a turn. Raises UsageError for what isn't text."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    other = next((part.type for part in content if part.type not in _TEXT_PARTS), None)
    if other is not None:
        raise UsageError(f"a part of the type {other!r} can't be read", advice="send text alone")
    return "\n".join(part.text or "" for part in content)
