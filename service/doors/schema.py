"""The bodies of the HTTP API as pydantic models: what a request may hold, and what `/openapi.json` promises.

Requests are checked with these, unknown fields refused by name; responses are built by `service.answers.wire`
and only described here.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from service.answers.recheck import State
from service.domain import Filters, Qualifier, Reason, SpanKind, Status
from service.doors.asking import build_filters
from service.doors.fields import FILE_ID, MAX_RESULTS, SHOWS, THREAD_ID, Day, Limit, Text

MAX_PAGE = 200
"""Most articles on one page of the list."""


class Strict(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Filtered(Strict):
    """The filters that ask and search share."""

    as_of: Day = Field(None, description="the day the question is asked; today by default")
    published_after: Day = Field(None, description="first day of publication that counts")
    published_before: Day = Field(None, description="last day of publication that counts")
    publishers: list[Text] = Field([], max_length=100, description="only articles of these outlets")
    file_ids: list[Text] = Field([], max_length=1000, description="only these articles")

    def filters(self) -> Filters:
        """As the service takes them. Raises UsageError when the two days are swapped."""
        return build_filters(self.published_after, self.published_before, self.publishers, self.file_ids)


class AskBody(Filtered):
    """A question."""

    question: Text = Field(examples=["how many troops were sent?"], json_schema_extra=SHOWS)
    thread_id: Text | None = Field(
        None,
        min_length=1,
        max_length=120,
        pattern=THREAD_ID,
        json_schema_extra={"pattern": THREAD_ID},
        description="the conversation that this question belongs to: an id of your own, that of an earlier answer, "
        "or `new`; a follow-up is then understood from the questions before it",
    )
    stream: StrictBool = Field(False, description="answer as server-sent events")


class FeedbackBody(Strict):
    """What a reader says of an answer."""

    verdict: Literal["helpful", "wrong"] = Field(examples=["helpful"])
    comment: Text | None = Field(None, max_length=2_000, description="in the reader's own words")


class Notify(Strict):
    """Where to tell of a watched question: one of the two."""

    slack_channel: Text | None = Field(None, min_length=1, max_length=100, pattern=r"^[A-Z0-9]+$",
                                       description="a channel's id, where the bot is a member")
    webhook_url: Text | None = Field(None, min_length=1, max_length=2000, description="an https address")


class WatchBody(Strict):
    """A question to watch."""

    question: Text = Field(examples=["how many troops were sent?"], json_schema_extra=SHOWS)
    notify: Notify
    published_after: Day = Field(None, description="first day of publication that counts")
    published_before: Day = Field(None, description="last day of publication that counts")
    publishers: list[Text] = Field([], max_length=100, description="only articles of these outlets")
    file_ids: list[Text] = Field([], max_length=1000, description="only these articles")


class SearchBody(Filtered):
    """A search for passages."""

    query: Text = Field(examples=["troops sent"], json_schema_extra=SHOWS)
    limit: Limit = Field(10, ge=1, le=MAX_RESULTS)


class ArticlesQuery(Strict):
    """Which page of the list of articles."""

    cursor: str | None = Field(None, max_length=1000, description="`next_cursor` of the page before")
    limit: int = Field(50, ge=1, le=MAX_PAGE)


class FailuresQuery(Strict):
    """Which page of the list of files set aside."""

    cursor: Text | None = Field(None, max_length=10_000, description="`next_cursor` of the page before")
    limit: int = Field(50, ge=1, le=MAX_PAGE)


class Told(Strict):
    """What a caller says of an article; it wins over what the text says."""

    title: Text | None = Field(None, max_length=1000)
    publisher: Text | None = Field(None, max_length=500)
    author: Text | None = Field(None, max_length=500)
    published: Day = None
    url: Text | None = Field(None, max_length=4000)
    file_id: Text | None = Field(None, min_length=1, max_length=100, pattern=FILE_ID,
                                 json_schema_extra={"pattern": FILE_ID})


class ArticleBody(Told):
    """One article sent as JSON; its file name's ending says how to read it."""

    filename: Text = Field(min_length=1, max_length=500, examples=["harbour/flood-1.txt"])
    text: Text = Field(
        json_schema_extra={"minLength": 1},
        examples=["Harbour Post, 3 March 2026. The county moved people out on Monday."],
    )


class UploadFields(Told):
    """The fields of a multipart form beside its files; allowed with a single file."""


class ArticlesBody(Strict):
    """Several articles sent as JSON."""

    articles: list[ArticleBody] = Field(min_length=1, max_length=1000)


class SourceOut(Strict):
    """An article as answers tell of it."""

    file_id: str
    filename: str
    document_title: str | None
    publisher: str | None
    published: date | None
    url: str | None
    origin_id: str
    reprint_of: str | None


class QuoteOut(SourceOut):
    """Words of an article and their place: code points, end exclusive."""

    type: Literal["char_location"]
    cited_text: str
    start_char_index: int
    end_char_index: int
    file_sha256: str
    page: int | None = None
    fragment_url: str | None = None


class CitationOut(QuoteOut):
    """A numbered quote."""

    index: int


class PassageOut(CitationOut):
    """A passage found, `index` being its rank, with its scores."""

    score: float
    dense: float | None
    lexical: float | None


class StatementOut(Strict):
    """One proven sentence."""

    text: str
    answer_start: int
    answer_end: int
    citations: list[int]


class ClaimOut(Strict):
    """A quantity that the sources give."""

    index: int
    text: str
    low: int | float | None
    high: int | float | None
    qualifier: Qualifier
    unit: str | None
    subject: str
    as_of: date | None
    speaker: str | None
    citations: list[int]
    origins: int
    derived: bool
    superseded_by: int | None


class UsageOut(Strict):
    """What the model was given and gave."""

    prompt_tokens: int
    completion_tokens: int
    cost_usd: float


class AnswerOut(Strict):
    """The one object that every door returns."""

    id: str
    question: str
    status: Status
    reason: Reason | None
    answer: str
    statements: list[StatementOut]
    claims: list[ClaimOut]
    claims_left_out: int
    citations: list[CitationOut]
    sources: list[SourceOut]
    nearest: list[QuoteOut]
    model: str
    fallback: str | None
    prompt: str | None
    index: str
    usage: UsageOut
    timings_ms: dict[str, float]
    created: str
    standalone_question: str | None = None
    thread_id: str | None = None


class FeedbackOut(Strict):
    """The feedback as it was kept."""

    answer_id: str
    verdict: Literal["helpful", "wrong"]
    comment: str | None


class PassagesOut(Strict):
    """What a search found, best first."""

    passages: list[PassageOut]


class VerdictOut(Strict):
    """How one citation stands today; the offsets are where its words are now, where they moved."""

    index: int
    file_id: str
    filename: str
    state: State
    start_char_index: int | None
    end_char_index: int | None
    detail: str


class VerificationOut(Strict):
    """How an answer's citations stand today."""

    id: str | None
    citations: list[VerdictOut]


class ArticlesOut(Strict):
    """A page of the archive."""

    articles: list[SourceOut]
    next_cursor: str | None


class PublisherOut(Strict):
    """An outlet, as the filter `publishers` takes it, and how many articles it has."""

    publisher: str
    articles: int


class PublishersOut(Strict):
    """The outlets of the archive."""

    publishers: list[PublisherOut]


class FailureOut(Strict):
    """A file or upload that was set aside, why and when."""

    path: str
    error: str
    when: str


class FailuresOut(Strict):
    """A page of what was set aside."""

    failures: list[FailureOut]
    next_cursor: str | None


class SpanOut(Strict):
    """A stretch of an article's text and what it is."""

    start: int
    end: int
    kind: SpanKind


class ArticleOut(SourceOut):
    """One article, without its text."""

    update_of: str | None
    rests_on: list[str]
    file_sha256: str
    source: str
    author: str | None
    credit: str | None
    found_in: dict[str, str]
    characters: int
    spans: list[SpanOut]


class FailedOut(Strict):
    """A file that was set aside."""

    path: str
    error: str


class IngestedOut(Strict):
    """What an upload did; `articles` and `passages` count the whole archive."""

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: list[FailedOut]
    articles: int
    passages: int
    seconds: float
    file_ids: list[str]


class FaultOut(Strict):
    """What is wrong with one field of a request."""

    field: str
    fault: str


class OpenAIErrorOut(Strict):
    """The same error in OpenAI's shape."""

    message: str
    type: str
    param: str | None
    code: str | None


class ProblemOut(BaseModel):
    """An error, RFC 9457; `errors` names the fields at fault, `error` stands on the OpenAI paths."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    advice: str | None = None
    request_id: str | None = None
    errors: list[FaultOut] | None = None
    error: OpenAIErrorOut | None = None


class WatchOut(BaseModel):
    """A watched question. `secret` signs what is sent to its webhook, and is told once, when the watch is made."""

    id: str
    question: str
    published_after: str | None
    published_before: str | None
    publishers: list[str]
    file_ids: list[str]
    notify: dict[str, str]
    answer_id: str
    created: str
    secret: str | None = None


class WatchesOut(BaseModel):
    """All watched questions, oldest first."""

    watches: list[WatchOut]
