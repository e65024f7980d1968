"""What the rooms need from outside, as Protocols; `wiring.py` chooses who provides it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from service.domain import Article, Chunk, Filters, Source, SpanKind, Turn, Usage

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors.

    `fingerprint` names the model and the hash of its weights; `dimension` is the length of a vector;
    `max_tokens` is how many tokens of a text it reads.
    """

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order given. Raises EmbedderError."""
        ...

    def token_count(self, text: str) -> int:
        """How many tokens the text costs, without the embedder's own markers."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed reply; `usage` comes with the last one where the endpoint reports it."""

    text: str = ""
    usage: Usage | None = None


class ChatModel(Protocol):
    """A language model behind a chat endpoint."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The reply as it comes. Raises ModelError or ModelTimeout, after retries of what is retryable."""
        ...

    async def warm(self) -> None:
        """Load what the first reply would wait for; asks the endpoint nothing."""
        ...

    async def reach(self) -> None:
        """Nothing, when the endpoint answers. Raises ModelError when it can't be reached or refuses the key."""
        ...

    async def aclose(self) -> None:
        """Let its connections go."""
        ...


class Scope(Sequence[str]):
    """The ids of all chunks of some articles, in the articles' order, told by article: no id is made before it is
    asked for. `articles` maps each article's key, `<file_id>.<version>`, to how many chunks it has.
    """

    def __init__(self, articles: Mapping[str, int]) -> None:
        self.articles = articles
        self._total = sum(articles.values())

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[str]:
        return (f"{key}.{position}" for key, count in self.articles.items() for position in range(count))

    def __contains__(self, chunk_id: object) -> bool:
        return isinstance(chunk_id, str) and article_key(chunk_id) in self.articles

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        """By place; for a whole pass iterate."""
        return list(self)[at]


def article_key(chunk_id: str) -> str:
    """The key of a chunk's article, `<file_id>.<version>`."""
    return chunk_id.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk's id and its score: cosine for vectors, BM25 for words."""

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article's key, and the BM25 of its whole text and of its title with its first passage."""

    key: str
    whole: float
    lead: float


class PassageStore(Protocol):
    """The two derived indexes, vectors and words, as one thing. Disposable: the record can rebuild it."""

    def add(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Index new chunks; ids that exist already are refused with StateError. Durable when it returns."""
        ...

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Forget chunks; unknown ids are ignored."""
        ...

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Sequence[str] | None = None
    ) -> list[Hit]:
        """The chunks closest to a unit vector, best first; `within` restricts to these chunk ids."""
        ...

    def matching(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The chunks that best match the words of a query by BM25, best first. Any text is a valid query."""
        ...

    def matching_articles(self, query: str, limit: int, within: Sequence[str] | None = None) -> list[ArticleHit]:
        """The articles that, as a whole, best match the words of a query, best first."""
        ...

    def weight(self, query: str) -> float:
        """The sum of the inverse document frequencies of a query's words, of those that some passage holds."""
        ...

    def spelt(self, word: str) -> str:
        """A lower-case word as the archive spells it; the word itself where it is held or none is near."""
        ...

    def count(self) -> int:
        """How many chunks both indexes hold."""
        ...

    def prepare(self) -> None:
        """Be ready to search and write, after repairing from the record what is missing or damaged."""
        ...

    def rebuild(self) -> None:
        """Make both indexes anew from the record's live chunks, with no trace of what was removed."""
        ...

    def settle(self) -> None:
        """Note, at the end of a piece of work, that the indexes are as they should be."""
        ...

    def close(self) -> None:
        """Leave the indexes clean on disk."""
        ...


@dataclass(frozen=True, slots=True)
class Sentences:
    """Where an article's quotable sentences stand, as (start, end, kind), and their unit vectors, row by row."""

    places: tuple[tuple[int, int, SpanKind], ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of an article on its way into the record: its chunks and their vectors, row by row."""

    article: Article
    version: int
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    fingerprint: str
    signature: bytes = b""
    sketch: bytes = b""
    lines: tuple[int, ...] = ()
    quotes: tuple[int, ...] = ()
    sentences: Sentences | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What an ingest has to know of a live article to tell whether there is work to do."""

    file_id: str
    version: int
    source: str
    filename: str
    path: str | None
    sha256: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A live article's origin as it stands ("" where it was not looked for yet) and its signature."""

    file_id: str
    origin_id: str
    reprint_of: str | None
    signature: bytes
    update_of: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the archive's list; `cursor` asks for the next one and is None on the last."""

    items: tuple[Source, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A live article as retrieval weighs it; `key` is `<file_id>.<version>`, `chunks` how many it has."""

    key: str
    file_id: str
    chunks: int
    published: date | None
    publisher: str | None
    origin_id: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was set aside, and why; `when` is an ISO 8601 time."""

    path: str
    error: str
    when: str


class Record(Protocol):
    """The truth: articles, their chunks and vectors, answers. Everything is read from *live* articles alone.

    An article enters in two steps: `stage` writes rows that nobody sees, `publish` makes them live and the
    version before them dead, in one commit. What is pending or dead is `leftovers` until `sweep`, so that the
    indexes can be put right first. One process writes articles at a time (the store's owner lock sees to it);
    readers never wait. All methods raise StateError when the database can't be used.
    """

    def meta(self, key: str) -> str | None:
        """A value that belongs to the whole archive."""
        ...

    def set_meta(self, key: str, value: str | None) -> None:
        """Keep such a value; None forgets it."""
        ...

    def revision(self) -> int:
        """Grows with every change of what is live; a cache made under the same revision still holds."""
        ...

    def totals(self) -> tuple[int, int]:
        """How many articles and how many chunks are live."""
        ...

    def articles(self, limit: int = 100, cursor: str | None = None) -> Page:
        """Live articles by file name. Raises UsageError for a cursor that isn't one."""
        ...

    def readings(self, file_ids: Sequence[str]) -> dict[str, tuple[Article, Sentences | None]]:
        """The live ones of these articles, each with its sentences where they were embedded when it came in."""
        ...

    def article(self, file_id: str) -> Article:
        """A live article, text and spans included. Raises NotFoundError."""
        ...

    def passages(self, chunk_ids: Sequence[str]) -> dict[str, tuple[Chunk, Source]]:
        """The live ones among these chunks, each with its article's Source."""
        ...

    def catalogue(self) -> list[Entry]:
        """All live articles as retrieval weighs them, by file_id."""
        ...

    def publishers(self) -> dict[str, int]:
        """The outlets of the live articles, as written there, by name; and how many articles each has."""
        ...

    def within(self, filters: Filters, *, not_after: date | None = None) -> list[str] | None:
        """The ids of all live chunks that the filters leave; None where they leave all.

        `not_after` leaves out articles published later than that day, and keeps those without a date.
        """
        ...

    def vectors(self, within: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """Live chunk ids and their vectors, shape (n, dimension); (0, 0) where there are none."""
        ...

    def chunks(self) -> Iterator[tuple[tuple[Chunk, ...], Vectors]]:
        """All live chunks with their vectors, article by article."""
        ...

    def contents(self) -> tuple[int, str]:
        """How many chunks are live or dead, and a digest of which; the indexes hold these."""
        ...

    def known(self, file_ids: Sequence[str] | None = None) -> list[Known]:
        """The live ones of these articles, or all, without their text."""
        ...

    def reserve(self, versions: int) -> int:
        """The first of that many version numbers, none of which was or will be used again."""
        ...

    def stage(self, drafts: Sequence[Draft]) -> None:
        """Write these versions as pending."""
        ...

    def publish(self, versions: Sequence[tuple[str, int]]) -> None:
        """Make staged versions, as (file_id, version), live, and those they replace dead."""
        ...

    def leftovers(self) -> list[str]:
        """The ids of chunks that are pending or dead."""
        ...

    def sweep(self) -> None:
        """Delete what is pending or dead."""
        ...

    def remove(self, file_ids: Sequence[str], *, redact: bool) -> list[str]:
        """Purge these articles' text, spans and vectors at once, and say which of them were live.

        Their chunks are dead then. `redact` is a takedown: the articles' words leave stored answers too.
        """
        ...

    def signatures(self) -> list[Signed]:
        """What grouping the live articles by origin needs, by file_id."""
        ...

    def set_origins(self, origins: Mapping[str, tuple[str, str | None, str | None]]) -> None:
        """For these file_ids, the origin_id, what the article is a reprint of, and the file_id of what it updates."""
        ...

    def failures(self) -> list[Failure]:
        """The files that were set aside and have not been read since, by path."""
        ...

    def note_reading(self, failed: Mapping[str, str], read: Sequence[str]) -> None:
        """Keep failures (path to error) and forget those of paths that have now been read."""
        ...

    def save_answer(self, answer: Mapping[str, Any]) -> None:
        """Keep an answer as its JSON object; `id`, `created`, `citations` and `nearest` are read from it."""
        ...

    def answer(self, answer_id: str) -> dict[str, Any]:
        """A kept answer. Raises NotFoundError."""
        ...

    def save_feedback(self, answer_id: str, verdict: str, comment: str | None, person: str | None = None) -> None:
        """Keep a reader's verdict, in place of the one that this person gave before.

        Raises NotFoundError for an answer that isn't there.
        """
        ...

    def feedback(self) -> list[Feedback]:
        """All readers' verdicts, oldest first."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...


class Threads(Protocol):
    """Conversations: the questions of a thread, so that a follow-up can be understood.

    All methods raise StateError when the database can't be used.
    """

    def turns(self, thread_id: str) -> list[Turn]:
        """The kept turns of a thread, oldest first. Raises NotFoundError for a thread without any."""
        ...

    def claim_thread(self, thread_id: str, owner: str) -> str | None:
        """Begin a thread for an API key (its id) unless it is there; whose it is, None for one begun without a key."""
        ...

    def add_turn(self, thread_id: str, turn: Turn, *, turns: int, days: int) -> None:
        """Add a turn, beginning the thread if it is new.

        The thread keeps its last `turns`; threads without a new turn for `days` are forgotten.
        """
        ...


class Replies(Protocol):
    """What a model said to a question and its evidence. Both raise StateError when the database can't be used."""

    def reply(self, key: str) -> Any:
        """The JSON value kept under a key, None where there is none; it counts as used now."""
        ...

    def keep_reply(self, key: str, reply: Any, answer_id: str, *, size: int) -> None:
        """Keep a JSON value that the answer was made of; it goes with the answer's sources when these are taken down.

        Of more than `size`, those that were not used for longest are let go.
        """
        ...


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key as the record knows it: `digest` is the SHA-256 of the whole key, in hex; the key itself is nowhere.

    `created`, `last_used` and `revoked` are ISO 8601 times; the last two are None until it happens.
    """

    id: str
    name: str
    digest: str
    scopes: tuple[str, ...]
    created: str
    last_used: str | None = None
    revoked: str | None = None


class ApiKeys(Protocol):
    """The API keys of an archive. All methods raise StateError when the database can't be used."""

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key. Raises UsageError where one has its id already."""
        ...

    def key(self, key_id: str) -> ApiKey | None:
        """The key with this id, revoked or not; None where there is none."""
        ...

    def all_keys(self) -> list[ApiKey]:
        """All keys, revoked ones too, oldest first."""
        ...

    def revoke_key(self, key_id: str, when: str) -> bool:
        """Revoke a key for good; whether there was one that wasn't revoked yet."""
        ...

    def note_key_use(self, key_id: str, when: str) -> None:
        """Keep when a key was used last."""
        ...


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was when articles were read from it: its real path, the source and name it was given, the hash of
    its bytes, and how many articles it held."""

    path: str
    source: str
    filename: str
    sha256: str
    articles: int


@dataclass(frozen=True, slots=True)
class Takedown:
    """What was taken down: an article's id, the hash of its path (None where it had none) and of its content."""

    file_id: str
    path_hash: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """An ingest that another process asks the owner for, and what came of it; both are JSON objects."""

    id: str
    request: dict[str, Any]
    state: str
    reply: dict[str, Any] | None


class Files(Protocol):
    """The files behind the articles, and what may not come back. All methods raise StateError when the database can't
    be used."""

    def files(self) -> list[KnownFile]:
        """All files that articles were read from."""
        ...

    def note_files(self, files: Sequence[KnownFile]) -> None:
        """Keep these files as they now are, each under its path."""
        ...

    def forget_files(self, paths: Sequence[str]) -> None:
        """Forget files, not their articles."""
        ...

    def move_file(self, path: str, to: KnownFile) -> list[str]:
        """A file was renamed: its articles have the new path and name and keep their ids, which are returned."""
        ...

    def takedowns(self) -> list[Takedown]:
        """What was taken down and not restored since."""
        ...

    def restore(self, file_ids: Sequence[str]) -> None:
        """Let what was taken down under these ids be read again."""
        ...

    def sketches(self) -> tuple[list[str], bytes]:
        """The live articles that have a sketch, and these one after the other, all of one length."""
        ...

    def signed(self, file_ids: Sequence[str]) -> list[Signed]:
        """As `Record.signatures`, of these articles alone."""
        ...

    def group_members(self, file_ids: Sequence[str]) -> list[str]:
        """The live articles that share an origin with one of these, themselves included."""
        ...

    def unsketched(self) -> list[str]:
        """The live articles that have no sketch."""
        ...

    def note_sketches(self, sketches: Mapping[str, bytes]) -> None:
        """Keep the sketches of live articles, by file_id."""
        ...

    def ask_ingest(self, request: Mapping[str, Any]) -> str:
        """Ask the owner for an ingest; the request's id."""
        ...

    def ingest_request(self, request_id: str) -> IngestRequest:
        """A request as it stands. Raises NotFoundError."""
        ...

    def next_ingest(self) -> IngestRequest | None:
        """The oldest request that waits, which is now being worked on; for the owner."""
        ...

    def answer_ingest(self, request_id: str, reply: Mapping[str, Any] | None) -> None:
        """Note what came of a request; with None it waits again. Old ones that are done are forgotten."""
        ...

    def withdraw_ingest(self, request_id: str) -> None:
        """Forget a request that nobody waits for any more."""
        ...


class Traces(Protocol):
    """Lines and quotations that articles share, as numbers. All methods raise StateError."""

    def learned_lines(self) -> frozenset[int]:
        """The lines that belong to outlets' pages and to no story."""
        ...

    def learn_lines(self, lines: Sequence[int]) -> None:
        """Keep lines as their outlets'."""
        ...

    def common_lines(self, file_ids: Sequence[str], least: int) -> dict[int, list[str]]:
        """The lines of these articles, not learned yet, that stand in so many live origins: by line the articles."""
        ...

    def stories(self, file_ids: Sequence[str], most: int) -> list[Signed]:
        """So many of these live articles at most, each of another origin."""
        ...

    def sharing_quotes(self, file_id: str) -> dict[str, tuple[str, ...]]:
        """The other live articles that print a quotation of this one, by file_id, and what each rests on."""
        ...


class NextIndex(Protocol):
    """The index for another embedder, made in the record beside the one in use. All methods raise StateError.

    A *next* version of an article is seen by nobody until all become live in one commit. It goes when the article
    changes, so that it is always made from the live version.
    """

    def lacking(self, fingerprint: str) -> list[Known]:
        """The live articles that were indexed as another fingerprint and have no next version of this one."""
        ...

    def stage_next(self, drafts: Sequence[Draft], made_from: Mapping[str, int]) -> None:
        """Write next versions, by file_id made from these live versions; where that isn't live any more, nothing."""
        ...

    def drop_next(self, *, keep: str) -> None:
        """Forget next versions of all fingerprints but one."""
        ...

    def promote(self, fingerprint: str, keep: Mapping[str, str | None]) -> None:
        """Make the next versions of this fingerprint live, what they replace dead, and keep these values of `meta`."""
        ...


class ArticleRecord(Record, Files, Traces, NextIndex, Protocol):
    """The part of the record that the archive works with."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A question that somebody wants to be told about.

    `notify` says where: {"webhook_url": …} or {"slack_channel": …} and what else that way needs. `secret` signs
    what is sent to a webhook. `answer_id` is the last answer, `evidence` a digest of the passages it was made from,
    as the archive stood at `revision`. `owner` is the id of the API key that it belongs to, where one was asked for.
    """

    id: str
    question: str
    filters: Filters
    notify: Mapping[str, str]
    created: str
    answer_id: str
    evidence: str
    revision: int
    secret: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """That a watched question has a new answer: which before, which after. It holds no words of articles."""

    id: str
    watch_id: str
    before: str
    after: str
    created: str
    attempts: int


class Watches(Protocol):
    """Watched questions and the notices that wait to be told. All methods raise StateError."""

    def add_watch(self, watch: Watch) -> None:
        """Keep a new watch."""
        ...

    def watches(self) -> list[Watch]:
        """All watches, oldest first."""
        ...

    def watch(self, watch_id: str) -> Watch:
        """One watch. Raises NotFoundError."""
        ...

    def remove_watch(self, watch_id: str) -> bool:
        """Forget a watch and its notices; whether there was one."""
        ...

    def renew_watch(self, watch: Watch, *, answered: str, notice_id: str | None) -> bool:
        """Keep a watch's new answer, evidence and revision, and with `notice_id` a notice of it, in one commit.

        `answered` is the answer it had before; where another process was faster nothing happens, and it is False.
        A notice of this watch that nobody has begun to tell takes in the new one.
        """
        ...

    def lease_notices(self, ways: Sequence[str], seconds: int, limit: int = 20) -> list[Notice]:
        """Due notices to be told by these ways (keys of `notify`), oldest first, this caller's alone for a while."""
        ...

    def settle_notice(self, notice_id: str, *, error: str | None = None, again: str | None = None) -> None:
        """A leased notice was told; or with `error` it was not, and is due at the ISO 8601 time `again`, or never."""
        ...

    def waiting_notices(self) -> int:
        """How many notices wait to be told."""
        ...


@dataclass(frozen=True, slots=True)
class SlackJob:
    """A question from Slack that is to be answered once.

    `key` names the message it came with, `thread` the conversation; `request` is what the door needs to answer it,
    a JSON object. `sent` are the time stamps of the messages that answer it already, in order; `attempts` counts how
    often it was taken up, `failures` how often it could not be answered then.
    """

    key: str
    thread: str
    request: Mapping[str, Any]
    sent: tuple[str, ...] = ()
    attempts: int = 0
    failures: int = 0


class SlackJobs(Protocol):
    """Questions from Slack, kept until they are answered. All methods raise StateError."""

    def add_slack_job(self, job: SlackJob) -> bool:
        """Keep a question; False where its key is known already, answered or not."""
        ...

    def lease_slack_jobs(self, seconds: int, limit: int) -> list[SlackJob]:
        """Due questions, oldest first and one of a thread, this caller's alone for so many seconds."""
        ...

    def keep_slack_job(self, key: str, seconds: int) -> None:
        """Hold a leased question for so many seconds from now."""
        ...

    def note_slack_messages(self, key: str, sent: Sequence[str]) -> None:
        """Keep which messages answer a question."""
        ...

    def settle_slack_job(self, key: str, *, error: str | None = None, again: int | None = None) -> None:
        """A question was answered and its words are forgotten; or with `error` it was not, and is due again in so
        many seconds, or never. With 0 seconds it was let go, which is no failure."""
        ...

    def slack_messages(self, thread: str) -> frozenset[str]:
        """The time stamps of all messages that answer questions of a thread."""
        ...

    def slack_thread_known(self, thread: str) -> bool:
        """Whether a question came from this thread before: it is kept, or the conversation is."""
        ...

    def prune_slack_jobs(self, seconds: int) -> int:
        """Forget the questions that were settled more than so many seconds ago; how many."""
        ...

    def waiting_slack_jobs(self) -> int:
        """How many questions are not answered yet."""
        ...


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's verdict on an answer, `helpful` or `wrong`; `person` is who gave it, where that is known."""

    answer_id: str
    verdict: str
    comment: str | None
    person: str | None
    created: str


class WholeRecord(ArticleRecord, Threads, Replies, ApiKeys, Watches, SlackJobs, Protocol):
    """The record with all its parts, as `wiring.py` opens it."""
