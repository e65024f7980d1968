"""The nouns of the service: frozen, plain, without I/O.

Offsets are Unicode code points into the article's text, end exclusive, everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, Literal, TypeVar

SpanKind = Literal[
    "body", "headline", "byline", "caption", "teaser", "advert", "disclaimer", "share", "comment", "credit"
]
QUOTABLE: frozenset[SpanKind] = frozenset({"body", "headline", "caption"})
"""The kinds of span that may be evidence."""

Qualifier = Literal[
    "exactly", "about", "at_least", "at_most", "more_than", "less_than", "range", "unspecified"
]
FigureKind = Literal["count", "money", "percent", "duration", "measure", "age", "ordinal", "multiple"]
Status = Literal["answered", "disputed", "not_found"]
Reason = Literal["no_evidence", "unverified", "not_a_question", "empty_archive"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value and where it was found (`"front matter"`, `"byline"`, `"caller"`, `"text"` …)."""

    value: T
    found_in: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article's text and what it is."""

    start: int
    end: int
    kind: SpanKind


@dataclass(frozen=True, slots=True)
class Article:
    """One article as read. `spans` are sorted, don't overlap, and may leave white space uncovered.

    `credit` is the outlet that the text itself names as its origin ("first appeared on …"), as written there;
    `origin_id` is shared by all articles that are one text, and `reprint_of` names the original where this is a copy;
    `update_of` is the file_id of the article whose later state this is, and `rests_on` names the outlets whose
    interviews and reports the text draws from.
    `pages` are the places at which each page of a paged document after the first begins.
    """

    file_id: str
    source: str
    filename: str
    path: str | None
    sha256: str
    text: str
    spans: tuple[Span, ...]
    title: Sourced[str] | None = None
    publisher: Sourced[str] | None = None
    author: Sourced[str] | None = None
    published: Sourced[date] | None = None
    url: str | None = None
    credit: Sourced[str] | None = None
    origin_id: str = ""
    reprint_of: str | None = None
    pages: tuple[int, ...] = ()
    update_of: str | None = None
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer tells of an article: the article without its text."""

    file_id: str
    filename: str
    file_sha256: str
    document_title: str | None
    publisher: str | None
    published: date | None
    url: str | None
    origin_id: str
    reprint_of: str | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A quotable stretch of one article's version; its id never means anything else later.

    `header` is embedded with the text (title, publisher, date) and is never quotable.
    """

    chunk_id: str
    file_id: str
    position: int
    start: int
    end: int
    text: str
    header: str
    kind: SpanKind = "body"


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found for a question. Scores are comparable within one search only; `page` and
    `fragment_url` as in a Quote."""

    chunk: Chunk
    source: Source
    score: float
    dense: float | None = None
    lexical: float | None = None
    page: int | None = None
    fragment_url: str | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer. Dates are inclusive; an article without a date fits no date filter."""

    published_after: date | None = None
    published_before: date | None = None
    publishers: tuple[str, ...] = ()
    file_ids: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.published_after or self.published_before or self.publishers or self.file_ids)


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity in a text.

    `start:end` covers qualifier, number, scale and unit ("about 12,000 soldiers"); `number_start:number_end` the
    number with its scale, currency or percent sign alone ("12,000", "$3.5 million", "40 %").
    `low` and `high` are the words' own bounds; `step` is the value of the last significant digit, which says how
    far "about" reaches. `unit` is normalised ("USD", "percent", "kilometre", "hour"; for a count the singular of the
    counted noun, "soldier"), `thing` the counted noun phrase as written ("North Korean soldiers"), both None where
    the words give none.
    """

    start: int
    end: int
    number_start: int
    number_end: int
    text: str
    kind: FigureKind
    qualifier: Qualifier
    low: Decimal | None
    high: Decimal | None
    step: Decimal
    unit: str | None = None
    thing: str | None = None


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date or time expression in a text, field by field; fields that the words don't give are None.

    `resolved` is the earliest and latest day meant, where the words (with the publication date, for relative ones
    such as "last June") settle it.
    """

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    relative: bool = False
    resolved: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an article: whole sentences, with their place.

    `page` is the page they begin on, from 1, in a paged document; `fragment_url` the address that opens the web page
    at these words.
    """

    source: Source
    start: int
    end: int
    text: str
    page: int | None = None
    fragment_url: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote of an answer."""

    index: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Statement:
    """One proven sentence of an answer, its markers included."""

    text: str
    citations: tuple[int, ...]
    answer_start: int = 0
    answer_end: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A quantity that the sources give for what was asked; contract, section 4."""

    index: int
    text: str
    low: Decimal | None
    high: Decimal | None
    qualifier: Qualifier
    unit: str | None
    subject: str
    as_of: date | None
    speaker: str | None
    citations: tuple[int, ...]
    origins: int
    derived: bool = False
    superseded_by: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What the language model was given and gave."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """What both took together."""
        return Usage(self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens,
                     self.cost_usd + other.cost_usd)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a thread: as asked, as it was made to stand alone (None where it did), and what came of it.

    `created` is an ISO 8601 time.
    """

    question: str
    standalone: str | None
    answer_id: str
    status: Status
    created: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The one object that every door returns; contract, section 4. `answers/wire.py` writes it as JSON."""

    id: str
    question: str
    status: Status
    reason: Reason | None
    answer: str
    statements: tuple[Statement, ...]
    claims: tuple[Claim, ...]
    claims_left_out: int
    citations: tuple[Citation, ...]
    sources: tuple[Source, ...]
    nearest: tuple[Quote, ...]
    model: str
    fallback: str | None
    prompt: str | None
    index: str
    usage: Usage
    timings_ms: dict[str, float]
    created: str
    gates: tuple[dict[str, str], ...] = field(default=())
    """The log of what did not pass: `{"statement", "gate", "reason"}` each."""
    standalone_question: str | None = None
    """The question that was answered, where a follow-up was made to stand alone."""
    thread_id: str | None = None
    confidence: float | None = None
    """How likely the articles answer the question at all, 0 to 1, as the extractive answer judges it; for the evals."""
