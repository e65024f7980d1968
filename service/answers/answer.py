"""From a question to a verified answer: the whole way on one screen.

passages are retrieved → read as lines that may be quoted → made into statements, by the model or from the lines
themselves → each proven by the gates → numbered; the claims behind a quantity are read from what is cited.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from service.answers.assemble import Assembly
from service.answers.compose import Draft
from service.answers.evidence import Line, lines
from service.answers.figures.claims import CLAIM_LIMIT, Position, as_claims, disputed
from service.answers.joint import compose_each
from service.answers.likeness import Likeness
from service.answers.model.context import around, beside
from service.answers.model.exchange import Outcome, converse, pack
from service.answers.model.prompt import Prompt
from service.answers.model.replies import ReplyCache, given_again, reply_key
from service.answers.model.told import claims_told
from service.answers.places import answer_placed
from service.answers.question import Question, read_question, with_capitals
from service.answers.spelling import as_written
from service.answers.threads.conversation import TURNS, Rewriter, spoken
from service.answers.threads.referents import Earlier
from service.answers.verify import Evidence, Proposed, Verified, verify
from service.answers.wire import answer_json
from service.domain import Answer, Article, Claim, Filters, Passage, Quote, Reason, Statement, Turn, Usage
from service.errors import ModelError, NotFoundError, StateError, UsageError
from service.passages.retrieve import Retriever
from service.ports import ChatModel, Sentences, WholeRecord

NOT_FOUND = "The articles don't say."
"""The one sentence of an answer that is not found."""
DIFFER = "Sources differ."
"""The service's own remark on a dispute; it cites all sides."""
EXTRACTIVE = "extractive"
PASSAGES = 24
NEAREST = 3
MAX_TURNS = 50
"""Turns of a thread that are kept."""
NEW_THREAD = "new"
"""In place of a thread's id: begin one and make its id."""

_WARMING = "How many people did the president say there were on Monday?"
_THREAD_ID = re.compile(r"[\w.:@/+=-]{1,120}", re.ASCII)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Meta:
    """The first piece: what will answer, and which question, where a follow-up was made to stand alone."""

    id: str
    question: str
    model: str
    index: str
    standalone_question: str | None = None
    thread_id: str | None = None


Piece = Meta | Statement | Claim | Answer


@dataclass(slots=True)
class _Work:
    """One question under way."""

    question: Question
    asked: date
    text: str
    """The question as asked; `question` is read from the one that stands alone."""
    standalone: str | None = None
    thread_id: str | None = None
    started: float = field(default_factory=time.perf_counter)
    id: str = field(default_factory=lambda: f"ans_{secrets.token_hex(12)}")
    passages: Sequence[Passage] = ()
    readings: Mapping[str, tuple[Article, Sentences | None]] = field(default_factory=dict)
    lines: Sequence[Line] = ()
    assembly: Assembly = field(default_factory=Assembly)
    positions: Sequence[Position] = ()
    disputed: bool = False
    model: str = EXTRACTIVE
    fallback: str | None = None
    prompt: str | None = None
    usage: Usage = field(default_factory=Usage)
    filters: Filters | None = None
    reply: tuple[str, Sequence[Proposed], Mapping[str, Passage]] | None = None
    """The key of a whole reply of the model that is to be kept, its lines, and the passages it was given."""
    silent: bool = False
    """Whether the model itself said that the passages don't say."""
    gates: list[dict[str, str]] = field(default_factory=list)
    confidence: float | None = None
    """How likely the articles answer the question, as the extractive answer judges it."""
    timings: dict[str, float] = field(default_factory=dict)

    def lap(self, step: str) -> None:
        """Book the time since the last lap on a step, in milliseconds."""
        spent = (time.perf_counter() - self.started) * 1000
        self.timings[step] = self.timings.get(step, 0.0) + spent - sum(self.timings.values())


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers questions from one archive. `fallback` says whether sentences of the articles stand in for the model."""

    record: WholeRecord
    retriever: Retriever
    likeness: Likeness
    fingerprint: Callable[[], str]
    model: ChatModel | None
    prompt: Prompt
    rewriter: Rewriter
    count_tokens: Callable[[str], int]
    token_budget: int
    seconds: float = 60.0
    fallback: bool = True
    thread_days: int = 90
    cache_size: int = 1000

    async def ask(self, question: str, *, filters: Filters | None = None, as_of: date | None = None,
                  stream: bool = False, revisable: bool = False, thread_id: str | None = None,
                  history: Sequence[str] = ()) -> AsyncIterator[Piece]:
        """The pieces of the answer, each proven before it is yielded; the last is the whole answer, kept in the record.

        With `stream`, statements come while the model still writes; a model that breaks off then ends in an error,
        since what was shown can't be taken back; where it can be (`revisable`), a second Meta takes it back and the
        articles' own sentences follow, as without `stream`. In a thread (`thread_id`, begun where it is new, and by
        the word NEW_THREAD) or behind earlier questions that the caller brings along (`history`, oldest first), a
        follow-up is made to stand alone first. Raises UsageError for a blank question, a thread's id that can't be
        one, or both a thread and a history; ModelError, EmbedderError.
        """
        text = question.strip()
        if not text:
            raise UsageError("the question is blank", advice='ask something, as in: onrecord ask "how many were sent?"')
        if thread_id is not None and history:
            raise UsageError("a question has either a thread or a history", advice="leave one of the two out")
        thread_id = thread_named(thread_id)
        earlier = [Earlier(q) for q in history] if history else await self._earlier(thread_id)
        standalone, usage = await self.rewriter.standalone(text, earlier)
        asked = as_of or datetime.now(UTC).date()
        alone = standalone or text
        work = _Work(replace(read_question(alone, asked), text=alone), asked, text, standalone, thread_id, usage=usage)
        yield Meta(work.id, text, self.model.name if self.model else EXTRACTIVE, self.fingerprint(), standalone,
                   thread_id)
        if not work.question.content:
            yield await self._finish(work, "not_a_question")
            return
        if await self.retriever.nothing_to_search():
            yield await self._finish(work, "empty_archive")
            return
        work.filters = filters
        await self._retrieve(work, as_of)
        if self.model is not None:
            async for piece in self._written(work, self.model, stream, revisable):
                yield piece
        if self.model is None or work.fallback is not None:
            self._read(work)
            work.lap("retrieve")
            for piece in await self._extracted(work):
                yield piece
        work.lap("compose")
        claims = as_claims(work.positions, work.assembly)
        for claim in claims[:CLAIM_LIMIT]:
            yield claim
        yield await self._finish(work, _reason(work), claims)

    async def warm(self) -> None:
        """Load what answers need, by one that is neither given nor kept. Raises EmbedderError."""
        if not await self.retriever.nothing_to_search():
            asked = datetime.now(UTC).date()
            work = _Work(read_question(_WARMING, asked), asked, _WARMING)
            await self._retrieve(work, None)
            await self._extracted(work)

    async def _earlier(self, thread_id: str | None) -> list[Earlier]:
        """The conversation of a thread, oldest first; [] where there is none yet."""
        if thread_id is None:
            return []
        try:
            turns = await asyncio.to_thread(self.record.turns, thread_id)
        except NotFoundError:
            return []
        answers = [await asyncio.to_thread(self._said, turn) for turn in turns[-TURNS:]]
        return [Earlier(turn.standalone or turn.question, answer)
                for turn, answer in zip(turns[-TURNS:], answers, strict=True)]

    def _said(self, turn: Turn) -> str:
        """What was answered to an earlier question, "" where nothing was."""
        if turn.status == "not_found":
            return ""
        try:
            return spoken(str(self.record.answer(turn.answer_id)["answer"]))
        except NotFoundError:
            return ""

    async def _retrieve(self, work: _Work, as_of: date | None) -> None:
        found = await self.retriever.retrieve(work.question.text, limit=PASSAGES, filters=work.filters, as_of=as_of)
        if found.vector is not None:
            self.likeness.take(found.query, found.vector)
        work.readings = await asyncio.to_thread(self.record.readings,
                                                list(dict.fromkeys(p.chunk.file_id for p in found)))
        # An article that was taken down or replaced in between is no evidence: its passages stand in another text.
        sums = {file_id: article.sha256 for file_id, (article, _) in work.readings.items()}
        work.passages = [p for p in found if sums.get(p.chunk.file_id) == p.source.file_sha256]
        work.lap("retrieve")

    def _read(self, work: _Work) -> None:
        """The passages as lines, and the question as these would spell its names; a model's request waits for neither.
        """
        work.lines = self._lines(work, work.passages)
        written = with_capitals(work.question.text, (line.text for line in work.lines))
        work.question = replace(read_question(written, work.asked), text=work.question.text)

    def _lines(self, work: _Work, passages: Sequence[Passage]) -> list[Line]:
        """The lines of passages of the articles that were read, their vectors taken from the record."""
        articles = {file_id: article for file_id, (article, _) in work.readings.items()}
        told = {file_id: sentences for file_id, (_, sentences) in work.readings.items() if sentences is not None}
        found = lines(passages, articles, told)
        self.likeness.recall(work.readings.values(), found)
        return found

    async def _written(self, work: _Work, model: ChatModel, stream: bool, revisable: bool) -> AsyncIterator[Piece]:
        """The model's statements, proven; on its failure `work.fallback` says why, or ModelError is raised."""
        texts = {file_id: article.text for file_id, (article, _) in work.readings.items()}
        more = beside(work.passages, await asyncio.to_thread(self.record.passages, around(work.passages)))
        keys, document = pack(work.passages, work.question.text, work.asked, self.token_budget, self.count_tokens,
                              more, texts)
        evidence = _evidence(work, keys)
        work.model, work.prompt = model.name, self.prompt.fingerprint
        kept = ReplyCache(self.record, self.cache_size)
        key = reply_key(work.question.text, work.asked, work.filters, keys, prompt=self.prompt.fingerprint,
                        model=model.name)
        outcome = Outcome()
        again = await asyncio.to_thread(kept.again, key, evidence)
        said = given_again(again, outcome) if again is not None else converse(
            model, self.prompt.text, document, evidence, verify, outcome, seconds=self.seconds,
            count_tokens=self.count_tokens)
        shown = False
        proven: list[Verified] = []
        try:
            async for verified in said:
                if not stream:
                    proven.append(verified)
                elif (statement := work.assembly.add(verified.text, verified.quotes)) is not None:
                    shown = True
                    yield statement
        except ModelError as error:
            if (shown and not revisable) or not self.fallback:
                raise
            work.fallback, work.model, work.prompt = str(error), EXTRACTIVE, None
            work.assembly = Assembly()
        finally:
            work.usage = work.usage + outcome.usage
        if work.fallback is not None:
            if shown:
                yield Meta(work.id, work.text, EXTRACTIVE, self.fingerprint(), work.standalone, work.thread_id)
            return
        order = sorted(range(len(outcome.proven)), key=outcome.places.__getitem__)
        work.gates, work.silent = outcome.log, outcome.not_found
        if again is None and (outcome.proven or outcome.not_found):
            work.reply = key, [outcome.proven[i] for i in order], keys
        for i in order if not stream else ():
            work.assembly.add(proven[i].text, proven[i].quotes)
        self._read(work)
        work.lap("compose")
        if work.question.figures:
            read = self._lines(work, [*work.passages, *keys.values()])
            question = as_written(work.question, read, work.asked)
            work.positions = await claims_told(question, read, work.assembly, self.likeness)
            work.disputed = disputed(work.positions)
        remark = self._remark(work, first=not stream) if work.disputed else None
        if stream and remark is not None:
            yield remark
        for statement in work.assembly.statements if not stream else ():
            yield statement

    async def _extracted(self, work: _Work) -> list[Piece]:
        """The articles' own sentences as statements."""
        question = as_written(work.question, work.lines, work.asked)
        composition = await compose_each(question, work.lines, self.likeness, work.asked)
        work.confidence = composition.confidence
        work.lap("compose")
        keys = {line.quote: _key(line.rank) for line in work.lines}
        evidence = _evidence(work, {_key(rank): passage for rank, passage in enumerate(work.passages)})
        proven = [v for draft in composition.drafts if (v := _proven(work, draft, keys, evidence)) is not None]
        work.positions, work.disputed = composition.positions, composition.disputed and bool(proven)
        if not proven:
            work.positions = ()
            return []
        pieces: list[Piece] = []
        if work.disputed and (remark := self._remark(work)):
            pieces.append(remark)
        pieces.extend(s for v in proven if (s := work.assembly.add(v.text, v.quotes)) is not None)
        work.lap("verify")
        return pieces

    def _remark(self, work: _Work, *, first: bool = False) -> Statement | None:
        """The service's own statement that the sources differ, citing each claim; with `first` before the others."""
        lines_told = (m.line.quote for p in work.positions if p.superseded_by is None for m in p.mentions)
        quotes = list(dict.fromkeys(work.assembly.covering(quote) or quote for quote in lines_told))
        quotes.sort(key=lambda quote: work.assembly.number(quote) or float("inf"))
        if first and work.assembly.statements:
            again = work.assembly.behind(DIFFER, quotes)
            if again is not None:
                work.assembly = again
                return again.statements[0]
        return work.assembly.add(DIFFER, quotes)

    async def _finish(self, work: _Work, reason: Reason | None, claims: Sequence[Claim] = ()) -> Answer:
        """The whole answer, kept in the record."""
        found = reason is None
        work.lap("verify")
        timings = {step: work.timings.get(step, 0.0) for step in ("retrieve", "compose", "verify")}
        answer = Answer(
            id=work.id, question=work.text,
            status="not_found" if not found else "disputed" if work.disputed else "answered",
            reason=reason, answer=work.assembly.text if found else NOT_FOUND,
            statements=work.assembly.statements if found else (),
            claims=tuple(claims[:CLAIM_LIMIT]) if found else (),
            claims_left_out=max(0, len(claims) - CLAIM_LIMIT) if found else 0,
            citations=work.assembly.citations if found else (), sources=work.assembly.sources if found else (),
            nearest=() if found else _nearest(work.lines),
            model=work.model, fallback=work.fallback, prompt=work.prompt, index=self.fingerprint(), usage=work.usage,
            timings_ms=timings | {"total": sum(timings.values())},
            created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"), gates=tuple(work.gates),
            standalone_question=work.standalone, thread_id=work.thread_id, confidence=work.confidence,
        )
        answer = await asyncio.to_thread(answer_placed, answer, self.record.article)
        try:
            await asyncio.to_thread(self.record.save_answer, answer_json(answer) | {"gates": list(work.gates)})
            if work.reply is not None:
                await asyncio.to_thread(ReplyCache(self.record, self.cache_size).keep, *work.reply, answer.id)
        except StateError as error:
            # Proven without the record's keeping it; a conversation, whose next question rests on it, goes no further.
            if answer.thread_id is not None:
                raise
            _log.warning("the answer %s could not be kept: %s", answer.id, error)
        if answer.thread_id is not None:
            turn = Turn(answer.question, answer.standalone_question, answer.id, answer.status, answer.created)
            await asyncio.to_thread(self.record.add_turn, answer.thread_id, turn, turns=MAX_TURNS,
                                    days=self.thread_days)
        return answer


def thread_named(thread_id: str | None) -> str | None:
    """A thread's id as asked for, or one that is made. Raises UsageError."""
    if thread_id == NEW_THREAD:
        return f"thr_{secrets.token_hex(12)}"
    if thread_id is not None and not _THREAD_ID.fullmatch(thread_id):
        raise UsageError(f"{thread_id[:140]!r} can't be a thread's id",
                         advice=f"use up to 120 letters, digits and _ . : @ / + = -, or {NEW_THREAD!r} for a made one")
    return thread_id


def _proven(work: _Work, draft: Draft, keys: Mapping[Quote, str], evidence: Mapping[str, Evidence]) -> Verified | None:
    """The draft through the gates; the sentence itself where its shortened form does not pass."""
    for text in dict.fromkeys((draft.text, " ".join(draft.quotes[0].text.split()))):
        outcome = verify(Proposed(text, tuple((keys[q], q.text) for q in draft.quotes)), evidence)
        if isinstance(outcome, Verified):
            return outcome
        work.gates.append({"statement": outcome.text, "gate": outcome.gate, "reason": outcome.reason})
    return None


def _reason(work: _Work) -> Reason | None:
    """Why there is no answer; None when there is one."""
    if work.assembly.statements:
        return None
    return "unverified" if work.gates and not work.silent else "no_evidence"


def _evidence(work: _Work, shown: Mapping[str, Passage]) -> dict[str, Evidence]:
    """What the gates know of the passages shown under these keys."""
    return {key: Evidence(passage.chunk, passage.source, article.text, article.spans) for key, passage in shown.items()
            for article, _ in [work.readings[passage.chunk.file_id]]}


def _key(rank: int) -> str:
    """The key under which the gates know a passage."""
    return f"p{rank + 1}"


def _nearest(found: Sequence[Line]) -> tuple[Quote, ...]:
    """The best line of each of the first few passages."""
    best: dict[int, Quote] = {}
    for line in found:
        best.setdefault(line.rank, line.quote)
    return tuple(quote for _, quote in sorted(best.items(), key=lambda item: item[0]))[:NEAREST]
