"""An answer in the shapes of OpenAI's Responses API, whole and as events."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any

from service.answers.answer import Meta, Piece
from service.domain import Answer, Statement
from service.doors.answering import PieceQueue
from service.doors.openai_shapes import MODEL, Growing, citations_json, created_at, extras, markers, web_address
from service.doors.sse import COMMENT, event, stream_problem

PREFIX = "resp_"
"""A response's id is this and the answer's own."""

Json = dict[str, Any]


def response(answer: Answer, previous: str | None) -> Json:
    """The answer as a response."""
    return {
        **_frame(answer.id, created_at(answer), previous, "completed"),
        "completed_at": created_at(answer),
        "output": [_message(answer.id, "completed", [_content(answer)])],
        "usage": _usage(answer),
        **extras(answer),
    }


def response_annotations(answer: Answer) -> list[Json]:
    """Each marker: `url_citation` where the article's address on the web is known, else `file_citation`."""
    found: list[Json] = []
    for citation, start, end in markers(answer):
        source = citation.quote.source
        if url := web_address(source, citation.quote.fragment_url):
            title = source.document_title or source.filename
            found.append({"type": "url_citation", "start_index": start, "end_index": end, "url": url, "title": title})
        else:
            found.append({"type": "file_citation", "file_id": source.file_id, "filename": source.filename,
                          "index": start})
    return found


async def response_events(
    queue: PieceQueue, first: Piece | None, *, previous: str | None, path: str, request_id: str | None,
    heartbeat: float,
) -> AsyncGenerator[bytes]:
    """The events of a streamed response, numbered from 0; a failure ends it with `response.failed`."""
    number, told, created = -1, Growing(), int(time.time())
    answer_id = "" if not isinstance(first, Meta) else first.id
    place = {"item_id": f"msg_{answer_id}", "output_index": 0}
    part = {**place, "content_index": 0}

    def told_as(kind: str, **data: Any) -> bytes:
        nonlocal number
        number += 1
        return event(kind, {"type": kind, "sequence_number": number, **data})

    try:
        async for piece in queue.beating(first, heartbeat):
            if piece is None:
                yield COMMENT
            elif isinstance(piece, Meta):
                running = {**_frame(answer_id, created, previous, "in_progress"), "output": []}
                yield told_as("response.created", response=running)
                yield told_as("response.in_progress", response=running)
                item = _message(answer_id, "in_progress", [])
                yield told_as("response.output_item.added", output_index=0, item=item)
                empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
                yield told_as("response.content_part.added", **part, part=empty)
            elif isinstance(piece, Statement):
                yield told_as("response.output_text.delta", **part, delta=told.more(piece), logprobs=[])
            elif isinstance(piece, Answer):
                if rest := told.rest(piece):
                    yield told_as("response.output_text.delta", **part, delta=rest, logprobs=[])
                for at, annotation in enumerate(response_annotations(piece)):
                    yield told_as("response.output_text.annotation.added", **part, annotation_index=at,
                                  annotation=annotation)
                content, whole = _content(piece), response(piece, previous)
                yield told_as("response.output_text.done", **part, text=piece.answer, logprobs=[])
                yield told_as("response.content_part.done", **part, part=content)
                yield told_as("response.output_item.done", output_index=0, item=whole["output"][0])
                yield told_as("response.completed", response=whole)
    except Exception as error:
        problem = stream_problem(error, path, request_id)
        failed = {**_frame(answer_id, created, previous, "failed"), "output": [],
                  "error": {"code": "server_error", "message": problem["detail"]}}
        yield told_as("response.failed", response=failed)


def _frame(answer_id: str, created: int, previous: str | None, status: str) -> Json:
    """The fields that every state of a response has."""
    return {
        "id": f"{PREFIX}{answer_id}", "object": "response", "created_at": created, "status": status, "error": None,
        "incomplete_details": None, "instructions": None, "metadata": {}, "model": MODEL,
        "parallel_tool_calls": False, "previous_response_id": previous, "temperature": None, "tool_choice": "none",
        "tools": [], "top_p": None, "text": {"format": {"type": "text"}}, "truncation": "disabled",
    }


def _message(answer_id: str, status: str, content: list[Json]) -> Json:
    return {"id": f"msg_{answer_id}", "type": "message", "role": "assistant", "status": status, "content": content}


def _content(answer: Answer) -> Json:
    return {"type": "output_text", "text": answer.answer, "annotations": response_annotations(answer), "logprobs": [],
            "citations": citations_json(answer)}


def _usage(answer: Answer) -> Json:
    given, gave = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return {"input_tokens": given, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": gave, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": given + gave}
