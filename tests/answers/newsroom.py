"""The whole service over a folder of articles, asked from plain functions; every answer is held to the contract."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals.contract import faults
from evals.sources import SourceFolder
from service import wiring
from service.answers.answer import Piece
from service.answers.wire import answer_json
from service.domain import Answer, Filters
from service.ports import Embedder
from service.settings import Settings
from service.wiring import OnRecord, build

Json = dict[str, Any]
TODAY = date(2026, 5, 9)


class Newsroom:
    """A service that is open, its articles' folder, and the loop that it runs in."""

    def __init__(self, service: OnRecord, articles: Path, runner: asyncio.Runner) -> None:
        self.service, self.articles, self._runner = service, articles, runner

    def pieces(self, question: str, *, as_of: date | None = TODAY, stream: bool = False,
               thread_id: str | None = None, history: Sequence[str] = (), **filters: Any) -> list[Piece]:
        """All pieces of an answer as they come."""
        async def collected() -> list[Piece]:
            found = self.service.ask(question, filters=Filters(**filters), as_of=as_of, stream=stream,
                                     thread_id=thread_id, history=history)
            return [piece async for piece in found]

        return self._runner.run(collected())

    def ask(self, question: str, **how: Any) -> Json:
        """The answer's JSON, after it was held against section 4 of the contract."""
        return answer_json(self.answer(question, **how))

    def answer(self, question: str, **how: Any) -> Answer:
        """The last piece, after it was held against section 4 of the contract."""
        last = self.pieces(question, **how)[-1]
        assert isinstance(last, Answer)
        assert faults(answer_json(last), SourceFolder(self.articles)) == []
        return last

    def run(self, coroutine: Any) -> Any:
        """Await something in the service's own loop."""
        return self._runner.run(coroutine)


@contextmanager
def newsroom(articles: Path, data: Path, embedder: Embedder, *, owner: bool = True, **settings: Any) -> Iterator[Newsroom]:
    """The service as `build` wires it over these articles; only the embedder, which takes seconds to load, is lent."""
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner() as runner:
        patch.setitem(wiring.EMBEDDERS, "local", lambda *_: embedder)  # type: ignore[arg-type]
        service = build(Settings.load({}, data=data, **settings), owner=owner)
        runner.run(service.__aenter__())
        try:
            if owner and any(articles.iterdir()):
                runner.run(service.archive.ingest([articles]))
            yield Newsroom(service, articles, runner)
        finally:
            runner.run(service.__aexit__(None, None, None))


def bare(text: str) -> str:
    """A statement's words without its markers."""
    words = text
    while (start := words.rfind(" [")) >= 0:
        words = words[:start] + words[words.rfind("]") + 1 :]
    return words


def told(answer: Json) -> list[tuple[str, frozenset[str]]]:
    """The statements without markers, each with the numbers of the files that it cites ("01")."""
    files = {citation["index"]: citation["filename"][:2] for citation in answer["citations"]}
    return [(bare(s["text"]), frozenset(files[n] for n in s["citations"])) for s in answer["statements"]]


def claimed(answer: Json) -> list[Json]:
    """The claims, their citations as the numbers of the files."""
    files = {citation["index"]: citation["filename"][:2] for citation in answer["citations"]}
    return [claim | {"citations": sorted(files[n] for n in claim["citations"])} for claim in answer["claims"]]
