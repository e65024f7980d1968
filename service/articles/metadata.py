"""Title, publisher, author, date, address and credit of an article, each with where it was found; None
where the text doesn't say. Never from a copyright line, the file's name or time, or a date that the story
mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from service.articles import attributions, writers
from service.articles.blocks import flat
from service.articles.datelines import read_dateline
from service.articles.front import front_matter
from service.articles.mastheads import masthead
from service.articles.spans import unmarked
from service.domain import Sourced, Span
from service.language.dates import read_dates
from service.language.sentences import split


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of an article besides its text."""

    title: Sourced[str] | None = None
    publisher: Sourced[str] | None = None
    author: Sourced[str] | None = None
    published: Sourced[date] | None = None
    url: Sourced[str] | None = None
    credit: Sourced[str] | None = None

    def over(self, other: Metadata) -> Metadata:
        """These values, and the other's where there is none here."""
        return replace(
            other,
            **{name.name: value for name in fields(self) if (value := getattr(self, name.name)) is not None},
        )


_KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "publisher": ("publisher", "outlet", "publication", "source", "site_name", "newspaper", "agency"),
    "author": ("author", "authors", "byline", "by", "creator"),
    "published": (
        "published",
        "date",
        "publish_date",
        "published_at",
        "date_published",
        "datepublished",
        "pubdate",
        "updated",
    ),
    "url": ("url", "link", "canonical", "permalink", "canonical_url", "source_url", "original_url"),
    "credit": ("original_source", "republished_from", "via", "credit", "first_published"),
}
_URL = re.compile(r"https?://[^\s<>\"]+")
_PLACE_ROLE = re.compile(
    r"\b(?:writer|reporter|editor|correspondent|staff|columnist|contributor|bureau|analyst|producer|desk|"
    r"professor|fellow|photographer|author)\b",
    re.IGNORECASE,
)
_LONGEST_VALUE = 300
_BETWEEN_NAMES = re.compile(
    r"(?:(?<!\s)\s+)?[|•·/]\s*|,\s*|;\s*|(?<!\s)\s+(?:[–—-]\s+|for\s+(?=[A-Z]))"
)
_QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"))


def read_metadata(text: str, spans: Sequence[Span], filename: str = "") -> Metadata:
    """The metadata that the text gives, its spans known. Front matter counts before lines, lines before
    wording. `filename` only bears out what the text says: that its first line is the outlet's name."""
    front = _from_front_matter(text)
    lines = _from_lines(text, spans)
    named = Metadata(publisher=_text(masthead(text, spans, filename), "masthead"))
    return front.over(lines).over(_from_story(text, spans)).over(named)


def _text(value: str | None, found_in: str) -> Sourced[str] | None:
    """A value of one line, or None when it says nothing."""
    cleaned = " ".join((value or "").split()).strip("*_[] ")
    if (
        len(cleaned) > 2
        and (cleaned[0], cleaned[-1]) in _QUOTES
        and cleaned[0] not in cleaned[1:-1]
        and cleaned[-1] not in cleaned[1:-1]
    ):
        cleaned = cleaned[1:-1].strip()
    if not cleaned or len(cleaned) > _LONGEST_VALUE or cleaned.casefold() in ("null", "none", "n/a", "unknown", "-"):
        return None
    return Sourced(cleaned, found_in)


def _day(value: str | None, found_in: str) -> Sourced[date] | None:
    """The one full date in a line, or None."""
    for mention in read_dates((value or "")[:_LONGEST_VALUE]):
        if mention.year and mention.month and mention.day and mention.resolved and not mention.relative:
            return Sourced(mention.resolved[0], found_in)
    return None


def _address(value: str | None, found_in: str) -> Sourced[str] | None:
    found = _URL.search(value or "")
    return Sourced(found[0].rstrip(".,;)]"), found_in) if found else None


def from_fields(values: Mapping[str, str], found_in: str) -> Metadata:
    """Metadata from named values, whatever name they go by (`headline` for `title`, `date` for `published` …)."""

    def first(name: str) -> str | None:
        return next((values[key] for key in _KEYS[name] if values.get(key)), None)

    publisher = first("publisher")
    url = _address(first("url"), found_in)
    if publisher and _URL.match(publisher):
        url, publisher = url or _address(publisher, found_in), None
    return Metadata(
        _text(first("title"), found_in),
        _text(publisher, found_in),
        _text(first("author"), found_in),
        _day(first("published"), found_in),
        url,
        _text(first("credit"), found_in),
    )


def _from_front_matter(text: str) -> Metadata:
    front = front_matter(text)
    return from_fields(front.values, "front matter") if front else Metadata()


def _of_kind(text: str, spans: Sequence[Span], *kinds: str) -> Iterator[tuple[int, str, int]]:
    """Place, words and word count of the spans of some kinds."""
    for index, span in enumerate(spans):
        if span.kind in kinds:
            words = unmarked(flat(text, span.start, span.end))
            yield index, words, words.count(" ") + 1


def _from_lines(text: str, spans: Sequence[Span]) -> Metadata:
    """What lines of their own say: `Publisher: …`, bylines, dates, credits."""
    front = front_matter(text)
    values: dict[str, str] = {}
    found = Metadata()
    story = [at for at, span in enumerate(spans) if span.kind == "body"]
    opening, closing = (story[0], story[-1]) if story else (0, 0)
    for index, line, _words in _of_kind(text, spans, "byline"):
        if front and spans[index] == front.span:
            continue
        if (pair := attributions.KEY_LINE.match(line)) and not attributions.byline_names(line):
            values.setdefault(pair["key"].lower().replace(" ", ""), pair["value"])
        if opening < index < closing:
            continue
        if names := attributions.byline_names(line):
            found = found.over(_from_byline(names))
        elif with_post := writers.names_with_post(line):
            found = found.over(Metadata(author=_text(with_post, "byline")))
        elif index < opening and writers.is_signature(line):
            names = line if writers.names_alone(line.partition(",")[0]) else None
            found = found.over(_from_byline(names) if names else Metadata())
        elif index < opening and writers.names_alone(line) and not _mentioned(text, spans, line):
            found = found.over(Metadata(author=_text(line, "name under the title")))
        if attributions.is_date_line(line) or writers.placed_date(line):
            found = found.over(Metadata(published=_day(line, "date line")))
        elif names:
            found = found.over(Metadata(published=_day(names, "byline")))
    if noted := next((writers.noted_writer(flat(text, span.start, span.end)) for span in spans[:1]), None):
        found = found.over(Metadata(author=_text(noted, "note")))
    named = from_fields(values, "line")
    return named.over(replace(found, credit=_credit(text, spans) or None))


def _mentioned(text: str, spans: Sequence[Span], name: str) -> bool:
    """Whether the story speaks of a person or place of this name; its writer it doesn't name."""
    last = re.compile(rf"\b{re.escape(name.split()[-1])}\b")
    return any(last.search(text, span.start, span.end) for span in spans if span.kind == "body")


def _from_byline(names: str) -> Metadata:
    """Author, and the outlet where the byline names one ("Jane Doe, The Harbour Gazette")."""
    parts = [part.strip(" .") for part in _BETWEEN_NAMES.split(names)]
    author = parts[0] if parts else ""
    outlet = next(
        (
            part
            for part in parts[1:]
            if attributions.OUTLET_WORDS.search(part)
            and not _PLACE_ROLE.search(part)
            and not any(letter.isdigit() for letter in part)
        ),
        None,
    )
    if (
        len(parts) == 1
        and attributions.OUTLET_WORDS.search(author)
        and (author.casefold().startswith("the ") or " " not in author)
    ):
        return Metadata(publisher=_text(author, "byline"))
    return Metadata(author=_text(author, "byline"), publisher=_text(outlet, "byline"))


def _credit(text: str, spans: Sequence[Span]) -> Sourced[str] | None:
    """The outlet named as the origin: a line that says so plainly, else a bare "Source: X" after the
    story, else the last words of the story."""
    body = [index for index, span in enumerate(spans) if span.kind == "body"]
    bare: Sourced[str] | None = None
    source_label = False
    for index, line, words in _of_kind(text, spans, "credit"):
        credit = attributions.read_credit(line, words)
        if credit and not credit.bare:
            return Sourced(credit.outlet, "credit line")
        after_story = not body or index > body[-1]
        if (
            after_story
            and bare is None
            and credit
            and (
                attributions.is_domain(credit.outlet)
                or attributions.OUTLET_WORDS.search(credit.outlet)
                or line.casefold().startswith(("via ", "via:", "h/t", "hat tip"))
            )
        ):
            bare = Sourced(credit.outlet, "source line")
        elif after_story and bare is None and source_label and words <= 6:
            bare = _text(line, "source line")
        source_label = attributions.is_source_label(line)
    if bare:
        return bare
    for index in body[-1:] + body[:1]:
        sentences = split(text, spans[index].start, min(spans[index].end, spans[index].start + 4000))
        for sentence in sentences[-1:] + sentences[:1]:
            line = unmarked(flat(text, sentence.start, sentence.end))
            credit = attributions.read_credit(line, line.count(" ") + 1)
            if credit and not credit.bare:
                return Sourced(credit.outlet, "text")
    return None


def _from_story(text: str, spans: Sequence[Span]) -> Metadata:
    """The first headline of the head, and agency and date of the story's dateline ("HARBOUR (Reuters) - …")."""
    title = None
    first_body = next((index for index, span in enumerate(spans) if span.kind == "body"), len(spans))
    for _index, line, _words in _of_kind(text, spans[:first_body], "headline"):
        if attributions.is_date_line(line):
            continue
        title = Sourced(line, "headline") if len(line) <= _LONGEST_VALUE else None
        break
    for span in spans[max(0, first_body - 1) : first_body]:
        if dateline := read_dateline(flat(text, span.start, span.end)):
            return Metadata(
                title=title,
                publisher=_text(dateline.agency, "dateline"),
                published=_day(dateline.date, "dateline"),
            )
    return Metadata(title=title)
