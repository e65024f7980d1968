"""The exchange with a model, end to end: what it proposes, what ships, what stops the rest, and what falls back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final, get_args

from evals.contract import faults
from evals.gold import labels_for, read_gold
from evals.metrics.offsets import offsets
from evals.metrics.score import Score
from evals.sources import SourceFolder
from evals.subject import over_folder
from evals.suite import Aggregate, Case, NotSupported, Options, Result, Row, Solver, Suite, shown
from evals.suites.gold import SAMPLE_QUESTIONS, SAMPLES
from evals.wiretap import Exchanged, tapped
from service.answers.answer import DIFFER, EXTRACTIVE
from service.answers.gates.fault import Gate
from service.answers.model.reply_lines import Line, Lines

Json = dict[str, Any]
OPENAI: Final = "https://api.openai.com/v1"
GATES: Final[tuple[str, ...]] = get_args(Gate)
GRAMMAR: Final = r'''
root      ::= statement statement? | "{\"not_found\": true}\n"
statement ::= "{\"statement\": " text ", \"citations\": [{\"passage\": \"p" [1-9] "\", \"quote\": " text "}]}\n"
text      ::= "\"" [^"\\\x00-\x1f]{10,160} "\""
'''
"""The exchange's format for llama.cpp, one or two statements: what a model too weak to keep it is held to, so that
what it says meets the gates."""


def _cases(options: Options) -> list[Case]:
    asked = {line.q: line for line in read_gold(options.questions or SAMPLE_QUESTIONS) if not line.previous}
    return [Case(line.id, {"question": q, "as_of": line.as_of.isoformat() if line.as_of else None, "kind": line.kind})
            for q, line in asked.items()]


def _lines(reply: str) -> list[Line]:
    reader = Lines()
    return [*reader.feed(reply), *reader.finish()]


def _asks(one: Exchanged, question: str) -> bool:
    """Whether a request is one for the answer to this question."""
    try:
        document = json.loads(one.messages[1]["content"])
    except (LookupError, ValueError, TypeError):
        return False
    return isinstance(document, dict) and "passages" in document and document.get("question") == question


def counted(answer: Json, exchanged: Sequence[Exchanged]) -> Json:
    """What one question's exchange came to: numbers of replies, lines and statements, and the gates that stopped some.

    `repaired` counts statements of the repair round that ship; `sent_back` says whether there was one. `weighed` are
    the proposed statements whose fate the answer tells: none where it fell back.
    """
    rounds = [(len(one.messages) > 2, _lines(one.reply)) for one in exchanged if one.status == 200]
    own = answer["model"] != EXTRACTIVE
    texts = [text for s in answer["statements"] if (text := s["text"].split(" [")[0].rstrip(".")) != DIFFER.rstrip(".")]
    mended = {line.statement.rstrip(".") for repair, found in rounds if repair for line in found}
    stopped = Counter(entry["gate"] for entry in answer["gates"] if entry["gate"] in GATES)
    proposed = sum(line.kind == "statement" for _, found in rounds for line in found)
    return {
        "replies": len(rounds),
        "readable": sum(any(line.kind != "unreadable" for line in found) for _, found in rounds),
        "proposed": proposed,
        "weighed": proposed if own else 0,
        "unreadable_lines": sum(line.kind == "unreadable" for _, found in rounds for line in found),
        "shipped": len(texts) if own else 0,
        "repaired": sum(text in mended for text in texts) if own else 0,
        "sent_back": any(repair for repair, _ in rounds),
        "stopped": dict(stopped) if own else {},
    }


@asynccontextmanager
async def _opened(more: Json, options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
    articles, questions = options.articles or SAMPLES, options.questions or SAMPLE_QUESTIONS
    asked = {line.id: line for line in read_gold(questions)}
    folder = SourceFolder(articles, labels_for(articles, questions))
    given = options.configuration.given
    settings = options.configuration.settings(articles)
    if settings.model == EXTRACTIVE:
        raise NotSupported("no model is configured; pass --model and set OPENAI_BASE_URL, or run `make eval-model`")

    def text_of(filename: str) -> str | None:
        source = folder.file(filename)
        return source.text if source else None

    async with tapped(settings.openai_base_url or OPENAI, more) as tap:
        through = replace(options.configuration, given={**given, "openai_base_url": tap.url})
        async with over_folder(articles, through) as subject:

            async def solve(case: Case) -> Result:
                line = asked[case.id]
                answer = await subject.answer(line.q, as_of=line.as_of)
                mine = [one for one in tap.exchanged if _asks(one, line.q.strip())]
                bare = {name: value for name, value in answer.items() if name not in ("gates", "confidence")}
                found = [str(fault) for fault in faults(bare, folder)]
                told = counted(answer, mine)
                scores = {
                    "reply_readable": Score(
                        told["readable"] / told["replies"] if told["replies"] else None,
                        f"{told['readable']} of {told['replies']} replies",
                    ),
                    "sent_back": Score(float(told["sent_back"]), f"{told['proposed']} statements proposed"),
                    "repair_shipped": Score(
                        float(told["repaired"] > 0) if told["sent_back"] else None, f"{told['repaired']} statements"
                    ),
                    "fell_back": Score(float(answer["fallback"] is not None), answer["fallback"] or answer["model"]),
                    "answered": Score(float(answer["status"] != "not_found"), answer["status"]),
                    "contract": Score(float(not found), "; ".join(found) or "no fault"),
                    "offsets": offsets(answer["citations"], text_of),
                }
                replies = [{"label": f"reply {n}", "text": one.reply} for n, one in enumerate(mine, 1)]
                return Result(answer | {"exchange": told}, scores, [*replies, *shown(answer["citations"])])

            yield Solver(solve, subject.service.archive.fingerprint, subject.failed)


def _share(part: str) -> Aggregate:
    """Of all statements that were weighed, the share that `part` counts."""

    def aggregate(rows: Sequence[Row]) -> float | None:
        told = [row["output"]["exchange"] for row in rows]
        weighed = sum(one["weighed"] for one in told)
        counts = sum(one[part] if part in one else one["stopped"].get(part, 0) for one in told)
        return counts / weighed if weighed else None

    return aggregate


def _suite(name: str, about: str, more: Json) -> Suite:
    shares = {"statements_shipped": _share("shipped"), "statements_repaired": _share("repaired")}
    shares |= {f"stopped at: {gate}": _share(gate) for gate in GATES}
    return Suite(name, about, "contract", _cases, partial(_opened, more), aggregates=shares)


EXCHANGE = _suite(
    "model-exchange", "a model's replies over the samples: what is readable, ships, is repaired, is stopped", {}
)
EXCHANGE_HELD = _suite(
    "model-exchange-held",
    "the same, the format held by a grammar that the eval adds to each request (llama.cpp knows it)",
    {"grammar": GRAMMAR},
)
