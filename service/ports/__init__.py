"""What the rooms need from outside, as Protocols; `wiring.py` chooses who provides it."""

from service.ports.doors import (
    ApiKey,
    ApiKeys,
    Notice,
    Replies,
    SlackJob,
    SlackJobs,
    Threads,
    Watch,
    Watches,
    WholeRecord,
)
from service.ports.index import ArticleHit, Hit, PassageStore, Scope, article_key
from service.ports.ingest import ArticleRecord, Files, IngestRequest, KnownFile, NextIndex, Takedown, Traces
from service.ports.models import ChatModel, Delta, Embedder, Message, Vectors
from service.ports.record import Draft, Entry, Failure, Feedback, Known, Page, Record, Sentences, Signed

__all__ = [
    "ApiKey",
    "ApiKeys",
    "ArticleHit",
    "ArticleRecord",
    "ChatModel",
    "Delta",
    "Draft",
    "Embedder",
    "Entry",
    "Failure",
    "Feedback",
    "Files",
    "Hit",
    "IngestRequest",
    "Known",
    "KnownFile",
    "Message",
    "NextIndex",
    "Notice",
    "Page",
    "PassageStore",
    "Record",
    "Replies",
    "Scope",
    "Sentences",
    "Signed",
    "SlackJob",
    "SlackJobs",
    "Takedown",
    "Threads",
    "Traces",
    "Vectors",
    "Watch",
    "Watches",
    "WholeRecord",
    "article_key",
]
