"""What the ways in keep in the record: conversations, replies, keys, watches, Slack questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from service.domain import Filters, Turn
from service.ports.ingest import ArticleRecord


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


class WholeRecord(ArticleRecord, Threads, Replies, ApiKeys, Watches, SlackJobs, Protocol):
    """The record with all its parts, as `wiring.py` opens it."""
