"""An e-mail read as an article: subject, sender and date from its header, its text as it came, or its HTML."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from typing import Final

from service.articles.metadata import Metadata
from service.articles.readings import Reading
from service.articles.spans import find_spans
from service.articles.web_articles import read_web_page
from service.articles.web_pages import plain
from service.domain import Sourced, Span
from service.errors import ReadError

_DEEPEST: Final = 20
_SIGNATURE: Final = re.compile(r"^-- ?$", re.MULTILINE)
_HEADED: Final = "\n\n"


def read_mail(data: bytes, name: str) -> Reading:
    """The article of an .eml file; attachments are left aside. Raises ReadError."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        if not isinstance(message, EmailMessage) or not message.keys():
            raise ReadError(f"{name!r} is no e-mail", advice="save the message as .eml, or its text as .txt")
        _check_depth(message, name)
        told = _header(message)
        body = message.get_body(preferencelist=("plain", "html"))
        words = body.get_content() if body is not None else ""
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise ReadError(
            f"{name!r} is no e-mail that can be read: {error or type(error).__name__}", advice="save its text as .txt"
        ) from error
    if not isinstance(words, str) or not words.strip():
        raise ReadError(f"{name!r} has no text of its own", advice="save its attachment as a file")
    subject = told.title.value if told.title else ""
    if body is not None and body.get_content_subtype() == "html":
        return _under(subject, read_web_page(words.encode("utf-8", "replace"), name), told)
    text = "\n".join(line.rstrip() for line in words.encode("utf-8", "replace").decode().splitlines()).strip("\n")
    text = text.replace("\0", " ")
    spans = _without_replies(text, find_spans(text, markdown=False))
    return _under(subject, Reading(text, spans), told)


def _under(subject: str, reading: Reading, told: Metadata) -> Reading:
    """The reading with the subject as headline above it."""
    if not subject:
        return replace(reading, told=told.over(reading.told))
    shift = len(subject) + len(_HEADED)
    below = (Span(span.start + shift, span.end + shift, span.kind) for span in reading.spans)
    spans = (Span(0, len(subject), "headline"), *below)
    return Reading(subject + _HEADED + reading.text, spans, told.over(reading.told))


def _check_depth(message: EmailMessage, name: str) -> None:
    """Raise ReadError where messages stand in messages beyond all measure."""
    level = [message]
    for _ in range(_DEEPEST):
        level = [part for one in level if one.is_multipart() for part in one.iter_parts()]  # type: ignore[misc]
        if not level:
            return
    raise ReadError(f"{name!r} has messages nested more than {_DEEPEST} deep", advice="save its text as .txt")


def _header(message: EmailMessage) -> Metadata:
    """Subject, sender's name and date, as the header has them."""
    subject = " ".join(plain(str(message.get("subject") or "")).split())[:300]
    senders = getattr(message.get("from"), "addresses", ())
    sender = next((plain(one.display_name).strip() for one in senders if one.display_name), "")
    sent = getattr(message.get("date"), "datetime", None)
    published: date | None = sent.date() if sent is not None else None
    return Metadata(
        title=Sourced(subject, "subject") if subject else None,
        author=Sourced(sender, "sender") if sender else None,
        published=Sourced(published, "date header") if published else None,
    )


def _without_replies(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Lines quoted from another message as `comment`, what stands under the signature mark as `share`."""
    mark = _SIGNATURE.search(text)
    end = mark.start() if mark else len(text)
    return tuple(
        replace(span, kind="share") if span.start >= end
        else replace(span, kind="comment") if span.kind == "body" and _is_quoted(text, span.start)
        else span
        for span in spans
    )


def _is_quoted(text: str, place: int) -> bool:
    return text.startswith(">", text.rfind("\n", 0, place) + 1)
