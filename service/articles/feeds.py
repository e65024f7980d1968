"""RSS and Atom files: their entries as a list of articles, in the form that JSON files have."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

from service.articles.readings import Reading
from service.articles.web_pages import plain, read_page
from service.errors import ReadError

_MOST: Final = 50_000
"""Entries that are read."""
_MARKUP: Final = ("text/html", "application/xhtml+xml")


def read_feed(data: bytes, name: str) -> Reading:
    """A feed's entries as the text of a JSON document, to be read by `listings.read_document`; no spans.

    Raises ReadError for what is no feed or has no entries.
    """
    import feedparser

    # From a stream: of words, the parser would take an address or a path and open that.
    feed = feedparser.parse(io.BytesIO(data))
    if not feed.get("version"):
        raise ReadError(f"{name!r} is no RSS or Atom feed", advice="save the feed again, or leave the file out")
    entries = feed.entries[:_MOST]
    if not entries:
        raise ReadError(f"{name!r} has no entries", advice="leave the file out")
    return Reading(json.dumps([_entry(one, feed.feed) for one in entries], ensure_ascii=True), ())


def _entry(one: Mapping[str, Any], channel: Mapping[str, Any]) -> dict[str, str]:
    """An entry's text and what the feed tells of it; only what there is. Its source, else its channel, publishes it."""
    told = {
        "text": next(_texts(one), ""),
        "id": one.get("id") or one.get("link"),
        "title": plain(str(one.get("title") or "")),
        "url": one.get("link"),
        "author": one.get("author"),
        "published": _day(one.get("published_parsed") or one.get("updated_parsed")),
        "publisher": (one.get("source") or {}).get("title") or channel.get("publisher") or channel.get("title"),
    }
    return {key: value for key, value in told.items() if isinstance(value, str) and value.strip()}


def _texts(one: Mapping[str, Any]) -> Iterator[str]:
    """The texts of an entry, the fullest first: its contents, then its summary."""
    parts = [*(one.get("content") or ()), one.get("summary_detail") or {}]
    for part in sorted(parts, key=lambda found: -len(str(found.get("value") or ""))):
        words = str(part.get("value") or "")
        if part.get("type") in _MARKUP:
            with suppress(ReadError):
                yield read_page(words, "entry").text
        elif words.strip():
            yield words


def _day(parsed: Any) -> str | None:
    """A day in ISO 8601 out of the parser's time, None where there is none."""
    with suppress(TypeError, ValueError):
        return date(*parsed[:3]).isoformat()
    return None
