"""Watched questions: asked again when their evidence changes, told when the answer says something new.

An ingest that touches the evidence is one after which the question finds other passages than before; passages'
identifiers are immutable, so comparing those is enough. What is new is decided in `news.py`. A notice is kept in the
record before anybody tells it, and until somebody has: a killed process loses none.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from service.answers.answer import PASSAGES, Piece
from service.answers.news import news
from service.domain import Answer, Filters
from service.errors import NotFoundError, OnRecordError, StateError, UsageError
from service.passages.retrieve import Retriever
from service.ports import Notice, Watch, WholeRecord

WAYS = ("webhook_url", "slack_channel")
"""How a watch may be told, as keys of its `notify`."""
MAX_WATCHES = 1000
LEASE_SECONDS = 120
RETRIES = (30, 120, 600, 3600, 6 * 3600, 24 * 3600)
"""Seconds to wait after each attempt to tell a notice that failed for now; after the last it is given up."""

Json = dict[str, Any]


class Carrier(Protocol):
    """One way to tell a notice."""

    async def carry(self, watch: Watch, notice: Json) -> None:
        """Tell it. Raises OnRecordError; `retryable` says whether to try again later."""
        ...


class Watching:
    """The watches of one archive. `ask` gives an answer's pieces, as `Answerer.ask` does."""

    def __init__(self, record: WholeRecord, retriever: Retriever,
                 ask: Callable[..., AsyncIterator[Piece]]) -> None:
        self._record, self._retriever, self._ask = record, retriever, ask
        self._checking = asyncio.Lock()

    async def add(self, question: str, notify: Mapping[str, str], filters: Filters | None = None, *,
                  owner: str | None = None) -> tuple[Watch, Answer]:
        """Watch a question from now on, for the API key `owner` if any, and its answer as it stands now.

        Raises UsageError for a way to be told that isn't one or when there are MAX_WATCHES; what `ask` raises.
        """
        ways = [way for way in WAYS if notify.get(way)]
        if len(ways) != 1:
            raise UsageError("a watch is told in one way", advice=f"give one of {' and '.join(WAYS)}")
        if len(await asyncio.to_thread(self._record.watches)) >= MAX_WATCHES:
            raise UsageError(f"there are {MAX_WATCHES} watches already", advice="remove some: onrecord watch list")
        filters = filters or Filters()
        revision = await asyncio.to_thread(self._record.revision)
        evidence = await self._evidence(question, filters)
        answer = await self._answer(question, filters)
        watch = Watch(
            f"wat_{secrets.token_hex(12)}", answer.question, filters,
            {ways[0]: notify[ways[0]], **{key: value for key, value in notify.items() if key not in WAYS}},
            _time(), answer.id, evidence, revision,
            f"whsec_{b64encode(secrets.token_bytes(24)).decode()}" if ways[0] == "webhook_url" else None,
            owner)
        await asyncio.to_thread(self._record.add_watch, watch)
        return watch, answer

    async def check(self) -> int:
        """Ask those watched questions again whose evidence has changed; how many have something new to tell."""
        async with self._checking:
            told = 0
            for watch in await asyncio.to_thread(self._record.watches):
                told += await self._check(watch)
            return told

    async def deliver(self, carriers: Mapping[str, Carrier]) -> int:
        """Tell the notices that are due, by the ways that these carriers know; how many were told."""
        told = 0
        if not carriers:
            return told
        for notice in await asyncio.to_thread(self._record.lease_notices, tuple(carriers), LEASE_SECONDS):
            told += await self._deliver(notice, carriers)
        return told

    def waiting(self) -> int:
        """How many notices wait to be told."""
        return self._record.waiting_notices()

    async def _check(self, watch: Watch) -> bool:
        revision = await asyncio.to_thread(self._record.revision)
        if revision == watch.revision:
            return False
        evidence = await self._evidence(watch.question, watch.filters)
        if evidence == watch.evidence:
            seen = replace(watch, revision=revision)
            await asyncio.to_thread(self._record.renew_watch, seen, answered=watch.answer_id, notice_id=None)
            return False
        answer = await self._answer(watch.question, watch.filters)
        before = await asyncio.to_thread(self._stored, watch.answer_id)
        after = await asyncio.to_thread(self._record.answer, answer.id)
        changes = news(before, after) if before else []
        seen = replace(watch, answer_id=answer.id, evidence=evidence, revision=revision)
        notice_id = "not_" + hashlib.sha256(f"{watch.id} {watch.answer_id}".encode()).hexdigest()[:24]
        renewed = await asyncio.to_thread(self._record.renew_watch, seen, answered=watch.answer_id,
                                          notice_id=notice_id if changes else None)
        return renewed and bool(changes)

    async def _deliver(self, notice: Notice, carriers: Mapping[str, Carrier]) -> bool:
        try:
            watch = await asyncio.to_thread(self._record.watch, notice.watch_id)
            told = await asyncio.to_thread(self._told, notice, watch)
            if told is not None:
                await carriers[next(iter(watch.notify))].carry(watch, told)
        except OnRecordError as error:
            wait = RETRIES[notice.attempts - 1] if notice.attempts <= len(RETRIES) else None
            again = None if wait is None or not error.retryable else _time(wait)
            await asyncio.to_thread(self._record.settle_notice, notice.id, error=str(error), again=again)
            return False
        await asyncio.to_thread(self._record.settle_notice, notice.id)
        return told is not None

    def _told(self, notice: Notice, watch: Watch) -> Json | None:
        """The notice as it is told; None where nothing is new after all, as when the news was taken back."""
        before, after = self._stored(notice.before), self._stored(notice.after)
        changes = news(before, after) if before and after else []
        if not changes:
            return None
        return {"id": notice.id, "type": "watch.changed", "watch_id": watch.id, "question": watch.question,
                "created": notice.created, "changes": changes, "before": before, "after": after}

    def _stored(self, answer_id: str) -> Json | None:
        try:
            stored = self._record.answer(answer_id)
        except NotFoundError:
            return None
        return {key: value for key, value in stored.items() if key != "gates"}

    async def _evidence(self, question: str, filters: Filters) -> str:
        """A digest of the passages that the question finds now, whatever their order."""
        found = await self._retriever.retrieve(question, limit=PASSAGES, filters=filters)
        ids = sorted(passage.chunk.chunk_id for passage in found)
        return hashlib.sha256(json.dumps(ids).encode()).hexdigest()

    async def _answer(self, question: str, filters: Filters) -> Answer:
        async for piece in self._ask(question, filters=filters):
            if isinstance(piece, Answer):
                return piece
        raise StateError("a question came to no answer", retryable=True)


def watch_json(watch: Watch) -> Json:
    """What is told of a watch: everything but its secret."""
    filters = watch.filters
    return {
        "id": watch.id,
        "question": watch.question,
        "published_after": filters.published_after.isoformat() if filters.published_after else None,
        "published_before": filters.published_before.isoformat() if filters.published_before else None,
        "publishers": list(filters.publishers),
        "file_ids": list(filters.file_ids),
        "notify": dict(watch.notify),
        "answer_id": watch.answer_id,
        "created": watch.created,
    }


def _time(later: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=later)).strftime("%Y-%m-%dT%H:%M:%SZ")
