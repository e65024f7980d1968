"""An answer in the shapes of OpenAI's Chat Completions, whole and in pieces."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator
from datetime import datetime
from typing import Any, Literal

from service.answers.answer import Meta, Piece
from service.answers.wire import answer_json, citation_json
from service.domain import Answer, Citation, Source, Statement
from service.doors.answering import PieceQueue
from service.doors.schema import Strict
from service.doors.sse import COMMENT, event, stream_problem
from service.errors import StateError

MODEL = "onrecord"
"""The one model that there is."""

DONE = b"data: [DONE]\n\n"

_MARKER = re.compile(r"\[(\d{1,3})\]")

Json = dict[str, Any]


class ModelOut(Strict):
    """A model, in OpenAI's shape."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsOut(Strict):
    """The models there are."""

    object: Literal["list"]
    data: list[ModelOut]


def completion(answer: Answer, base: str) -> Json:
    """The answer as a chat completion. `base` is the address under which readers reach this service."""
    message = {"role": "assistant", "content": answer.answer, "refusal": None,
               "annotations": chat_annotations(answer, base), "citations": citations_json(answer)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {"id": f"chatcmpl-{answer.id}", "object": "chat.completion", "created": created_at(answer), "model": MODEL,
            "choices": [choice], "usage": usage_json(answer), **extras(answer)}


def extras(answer: Answer) -> Json:
    """What stands beside OpenAI's own fields: all citations, and the whole answer as `/v1/ask` gives it."""
    return {"citations": citations_json(answer), "onrecord": answer_json(answer)}


def citations_json(answer: Answer) -> list[Json]:
    """All citations, as the native API has them."""
    return [citation_json(citation) for citation in answer.citations]


def usage_json(answer: Answer) -> Json:
    """The tokens of the model behind the answer; zero where it has none."""
    prompt, reply = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": prompt + reply}


def created_at(answer: Answer) -> int:
    """When the answer was made, in seconds since 1970."""
    return int(datetime.fromisoformat(answer.created).timestamp())


def markers(answer: Answer) -> Iterator[tuple[Citation, int, int]]:
    """Each marker of the text: what it cites, and its place in code points."""
    cited = {citation.index: citation for citation in answer.citations}
    for found in _MARKER.finditer(answer.answer):
        if citation := cited.get(int(found[1])):
            yield citation, found.start(), found.end()


def web_address(source: Source, fragment_url: str | None = None) -> str | None:
    """Where the article stands on the web, at the quoted words if that can be said; None where it isn't known."""
    url = fragment_url or source.url
    return url if url and url.lower().startswith(("http://", "https://")) else None


def own_address(source: Source, base: str) -> str:
    """Where this service shows the article's text."""
    return f"{base}/v1/articles/{source.file_id}/text"


def chat_annotations(answer: Answer, base: str) -> list[Json]:
    """Each marker as `url_citation`, the only kind that a chat message knows: the article's address, or ours of it."""
    found = []
    for citation, start, end in markers(answer):
        source = citation.quote.source
        url = web_address(source, citation.quote.fragment_url) or own_address(source, base)
        title = source.document_title or source.filename
        found.append({"type": "url_citation",
                      "url_citation": {"start_index": start, "end_index": end, "url": url, "title": title}})
    return found


class Growing:
    """The text of an answer as its statements come."""

    def __init__(self) -> None:
        self.text = ""

    def more(self, statement: Statement) -> str:
        """What a further statement adds to the text."""
        added = f" {statement.text}" if self.text else statement.text
        self.text += added
        return added

    def rest(self, answer: Answer) -> str:
        """What the whole answer adds. Raises StateError if what went out is not its beginning."""
        if not answer.answer.startswith(self.text):
            raise StateError("the answer changed while it was sent")
        return answer.answer[len(self.text):]


async def chat_events(
    queue: PieceQueue, first: Piece | None, *, base: str, path: str, request_id: str | None, heartbeat: float,
    include_usage: bool,
) -> AsyncGenerator[bytes]:
    """The chunks of a streamed completion; annotations and citations come with the last one, then `[DONE]`.

    A failure is an `error` object, after which nothing comes.
    """
    frame: Json = {"id": "chatcmpl-", "object": "chat.completion.chunk", "created": 0, "model": MODEL}
    told = Growing()

    def chunk(delta: Json, finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return event(None, {**frame, "choices": [choice], **({"usage": None} if include_usage else {}), **more})

    try:
        async for piece in queue.beating(first, heartbeat):
            if piece is None:
                yield COMMENT
            elif isinstance(piece, Meta):
                frame |= {"id": f"chatcmpl-{piece.id}", "created": int(datetime.now().timestamp())}
                yield chunk({"role": "assistant", "content": "", "refusal": None})
            elif isinstance(piece, Statement):
                yield chunk({"content": told.more(piece)})
            elif isinstance(piece, Answer):
                if rest := told.rest(piece):
                    yield chunk({"content": rest})
                last = {"annotations": chat_annotations(piece, base), "citations": citations_json(piece)}
                yield chunk(last, "stop", **extras(piece))
                if include_usage:
                    yield event(None, {**frame, "choices": [], "usage": usage_json(piece)})
        yield DONE
    except Exception as error:
        yield event(None, stream_problem(error, path, request_id))
