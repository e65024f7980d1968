"""What every door checks in a request before it calls the service: the question's text, days and filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from service.domain import Filters
from service.errors import UsageError

MAX_QUESTION = 2_000
"""Longest question or query, in characters."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
VISIBLE = (
    r"[^\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufeff"
    r"\ufff0-\uffff]"
)
"""A sign that shows: no space, no control or format character; written as JSON Schema has patterns."""

_VISIBLE = re.compile(VISIBLE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def checked_question(text: str, name: str = "question") -> str:
    """The text of a question or query, control characters as spaces and lone surrogates as U+FFFD.

    Raises UsageError when nothing visible is left, or when it is longer than MAX_QUESTION.
    """
    clean = _LONE_SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)).strip()
    if not _VISIBLE.search(clean):
        raise UsageError(f"the {name} is blank", advice=f"write the {name} in a sentence or a few words")
    if len(clean) > MAX_QUESTION:
        raise UsageError(
            f"the {name} has {len(clean)} characters, more than {MAX_QUESTION}", advice=f"shorten the {name}"
        )
    return clean


def parse_day(text: str, name: str) -> date:
    """A calendar day written YYYY-MM-DD; raises UsageError that names the field."""
    advice = f"write {name} as YYYY-MM-DD, for example 2026-03-02"
    if not _DAY.fullmatch(text):
        raise UsageError(f"{name} is not a day: {text[:40]!r}", advice=advice)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} is not a day of the calendar: {text!r}", advice=advice) from None


def build_filters(
    published_after: date | None,
    published_before: date | None,
    publishers: Sequence[str],
    file_ids: Sequence[str],
) -> Filters:
    """The filters of one request; raises UsageError when no day can lie between the two."""
    if published_after and published_before and published_after > published_before:
        raise UsageError(
            f"published-after {published_after} is later than published-before {published_before}",
            advice="swap the two days",
        )
    return Filters(published_after, published_before, tuple(publishers), tuple(file_ids))
