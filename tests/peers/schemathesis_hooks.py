"""For schemathesis: the few rules of the API that its schema can't tell, kept by the generated requests.

Two days are in order; a cursor is one that a page gave; an article is one, of the format that its name says; a response's id
is that of an earlier one; a webhook's address is a public one. Use: `SCHEMATHESIS_HOOKS=tests.peers.schemathesis_hooks`.
"""

from __future__ import annotations

from typing import Any

import schemathesis

TEXT = "The ferry to Kelby runs twice a day again, the harbour master said."


def _ordered(filters: Any) -> None:
    if isinstance(filters, dict):
        after, before = filters.get("published_after"), filters.get("published_before")
        if isinstance(after, str) and isinstance(before, str) and after > before:
            filters["published_after"], filters["published_before"] = before, after


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: Any) -> None:  # noqa: ARG001
    """Leave uploads of forms out: what makes a file readable is beyond a schema, and tests/doors/ send real ones."""
    del raw_schema["paths"]["/v1/articles"]["post"]["requestBody"]["content"]["multipart/form-data"]


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001
    """Put right what the schema can't tell, in the requests that are meant to be valid."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.query, dict):
        case.query.pop("cursor", None)
    body = case.body
    if isinstance(body, dict):
        _ordered(body)
        _ordered(body.get("onrecord"))
        body.pop("previous_response_id", None)
        if "notify" in body:
            body["notify"] = {"webhook_url": "https://example.com/hook"}
        several = body.get("articles")
        for article in several if isinstance(several, list) else [body]:
            if isinstance(article, dict) and isinstance(article.get("filename"), str) and "text" in article:
                article |= {"filename": "generated.txt", "text": TEXT}
