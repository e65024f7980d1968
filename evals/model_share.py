"""The service's own share of the time to the first verified statement, with a model that answers at once.

`python -m evals.model_share --data ARCHIVE --bench ../shared/bench` asks questions of a filled archive. The model is a
local endpoint that quotes the first sentence of the first passage; what is left is the service's: finding, packing by
tokens, the request, reading the reply and the gates.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.data.realtimeqa import questions
from service.domain import Answer, Statement
from service.doors.collecting import collect_seldom
from service.language.sentences import split
from service.settings import Settings
from service.wiring import build
from tests.support.model_server import ModelServer, said

PARTS = ("finding", "packing and request", "reading and gates", "all")


def _first_sentence(request: dict[str, object]) -> str:
    messages = request["messages"]
    assert isinstance(messages, list)
    passage = json.loads(messages[1]["content"])["passages"][0]
    words = passage["text"]
    first = split(words)[0]
    quote = words[first.start : first.end]
    return said(" ".join(quote.split())[:380], (passage["key"], quote))


async def measure(data: Path, asked: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds of each part, question by question; those without a statement are left out."""
    spent: dict[str, list[float]] = {part: [] for part in PARTS}
    with ModelServer(_first_sentence) as server:
        settings = Settings.load(data=data, model="instant", openai_base_url=server.url, answer_cache=0)
        async with build(settings) as service:
            for question in asked:
                start = time.monotonic()
                first, finding = None, 0.0
                async for piece in service.ask(question, stream=True):
                    if first is None and isinstance(piece, Statement):
                        first = time.monotonic()
                    if isinstance(piece, Answer):
                        finding = piece.timings_ms["retrieve"]
                if first is None or not server.requests:
                    continue
                came = server.requests[-1].at
                whole = (first - start) * 1000
                packing = (came - start) * 1000 - finding
                for part, value in zip(PARTS, (finding, packing, whole - finding - packing, whole), strict=True):
                    spent[part].append(value)
                server.requests.clear()
    return spent


def main() -> int:
    """Print p50 and p95 of each part."""
    collect_seldom()
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="state folder of a filled archive")
    parser.add_argument("--bench", type=Path, required=True, help="folder of outside data, for the questions")
    parser.add_argument("--questions", type=int, default=100)
    given = parser.parse_args()
    asked = [question.question for question in questions(given.bench)][: given.questions + 5]
    spent = asyncio.run(measure(given.data, asked))
    print(f"{len(spent['all']) - 5} questions, milliseconds")
    for part, values in spent.items():
        warm = values[5:]
        print(f"  {part:20} p50 {np.percentile(warm, 50):7.1f}  p95 {np.percentile(warm, 95):7.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
