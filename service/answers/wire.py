"""The JSON of an answer, as every door sends it and the record keeps it; contract, section 4.

Field names, their order and their types are the contract's. Numbers that are whole leave as integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from service.answers.recheck import Verdict
from service.domain import Answer, Article, Citation, Claim, Passage, Quote, Source, Statement

Json = dict[str, Any]


def answer_json(answer: Answer) -> Json:
    """The answer as a JSON object, field for field in the contract's order; the gates' log stays inside."""
    return {
        "id": answer.id,
        "question": answer.question,
        "status": answer.status,
        "reason": answer.reason,
        "answer": answer.answer,
        "statements": [statement_json(statement) for statement in answer.statements],
        "claims": [claim_json(claim) for claim in answer.claims],
        "claims_left_out": answer.claims_left_out,
        "citations": [citation_json(citation) for citation in answer.citations],
        "sources": [source_json(source) for source in answer.sources],
        "nearest": [quote_json(quote) for quote in answer.nearest],
        "model": answer.model,
        "fallback": answer.fallback,
        "prompt": answer.prompt,
        "index": answer.index,
        "usage": {
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
            "cost_usd": answer.usage.cost_usd,
        },
        "timings_ms": timings_json(answer.timings_ms),
        "created": answer.created,
        "standalone_question": answer.standalone_question,
        "thread_id": answer.thread_id,
    }


def statement_json(statement: Statement) -> Json:
    """One statement; its offsets are code points into `answer`."""
    return {
        "text": statement.text,
        "answer_start": statement.answer_start,
        "answer_end": statement.answer_end,
        "citations": list(statement.citations),
    }


def claim_json(claim: Claim) -> Json:
    """One claim; an open bound is null."""
    return {
        "index": claim.index,
        "text": claim.text,
        "low": number_json(claim.low),
        "high": number_json(claim.high),
        "qualifier": claim.qualifier,
        "unit": claim.unit,
        "subject": claim.subject,
        "as_of": claim.as_of.isoformat() if claim.as_of else None,
        "speaker": claim.speaker,
        "citations": list(claim.citations),
        "origins": claim.origins,
        "derived": claim.derived,
        "superseded_by": claim.superseded_by,
    }


def citation_json(citation: Citation) -> Json:
    """One numbered quote of an answer."""
    return {"index": citation.index, **quote_json(citation.quote)}


def quote_json(quote: Quote) -> Json:
    """A quote and where it stands: the fields of a citation without its number."""
    return _located(quote.source, quote.start, quote.end, quote.text, quote.page, quote.fragment_url)


def passage_json(passage: Passage, index: int) -> Json:
    """A passage found by a search: the fields of a citation (`index` is its rank from 1) and its scores."""
    chunk = passage.chunk
    return {
        "index": index,
        **_located(
            passage.source, chunk.start, chunk.end, chunk.text, passage.page, passage.fragment_url
        ),
        "score": passage.score,
        "dense": passage.dense,
        "lexical": passage.lexical,
    }


def source_json(source: Source) -> Json:
    """What an answer tells of an article it cites."""
    return {
        "file_id": source.file_id,
        "filename": source.filename,
        "document_title": source.document_title,
        "publisher": source.publisher,
        "published": source.published.isoformat() if source.published else None,
        "url": source.url,
        "origin_id": source.origin_id,
        "reprint_of": source.reprint_of,
    }


def article_json(article: Article) -> Json:
    """What is known of an article, where each thing was found, and its spans; everything but its text."""
    sourced = {
        "document_title": article.title,
        "publisher": article.publisher,
        "author": article.author,
        "published": article.published,
        "credit": article.credit,
    }
    return {
        "file_id": article.file_id,
        "filename": article.filename,
        "document_title": article.title.value if article.title else None,
        "publisher": article.publisher.value if article.publisher else None,
        "published": article.published.value.isoformat() if article.published else None,
        "url": article.url,
        "origin_id": article.origin_id,
        "reprint_of": article.reprint_of,
        "update_of": article.update_of,
        "rests_on": list(article.rests_on),
        "file_sha256": article.sha256,
        "source": article.source,
        "author": article.author.value if article.author else None,
        "credit": article.credit.value if article.credit else None,
        "found_in": {name: value.found_in for name, value in sourced.items() if value is not None},
        "characters": len(article.text),
        "spans": [{"start": span.start, "end": span.end, "kind": span.kind} for span in article.spans],
    }


def verification_json(answer_id: str | None, verdicts: Iterable[Verdict]) -> Json:
    """How an answer's citations stand today, in their order."""
    return {
        "id": answer_id,
        "citations": [
            {
                "index": verdict.index,
                "file_id": verdict.file_id,
                "filename": verdict.filename,
                "state": verdict.state,
                "start_char_index": verdict.start_char_index,
                "end_char_index": verdict.end_char_index,
                "detail": verdict.detail,
            }
            for verdict in verdicts
        ],
    }


def number_json(value: Decimal | None) -> int | float | None:
    """A number as JSON has it: an integer where the value is whole, else the nearest float."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def timings_json(timings: Mapping[str, float]) -> Json:
    """Milliseconds to one decimal place, in the order given."""
    return {step: round(spent, 1) for step, spent in timings.items()}


def _located(
    source: Source, start: int, end: int, text: str, page: int | None, fragment_url: str | None
) -> Json:
    """The fields that every quote has, in the contract's order, and its page or address where there is one."""
    places = {"page": page, "fragment_url": fragment_url}
    return {
        "type": "char_location",
        "cited_text": text,
        "start_char_index": start,
        "end_char_index": end,
        "file_id": source.file_id,
        "filename": source.filename,
        "file_sha256": source.file_sha256,
        "document_title": source.document_title,
        "publisher": source.publisher,
        "published": source.published.isoformat() if source.published else None,
        "url": source.url,
        "origin_id": source.origin_id,
        "reprint_of": source.reprint_of,
        **{name: value for name, value in places.items() if value is not None},
    }
