"""Is this claim supported by this text? What the gates, a cosine and a fitted score say, against people's labels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.baselines import embedder_of, sentences_of
from evals.data import support
from evals.data.support import Pair
from evals.metrics.calibration import auc, best_threshold, macro_f1
from evals.metrics.carrying import crossed, features
from evals.metrics.score import Score
from evals.suite import Case, Options, Result, Row, Solver, Suite
from service.answers.verify import Evidence, Proposed, Verified
from service.domain import Chunk, Source, Span

_FEWEST = 100
"""Cases from which on weights are fitted."""
CITED = 3
"""Sentences that stand as the claim's quotes: those nearest to it."""


def _passage(name: str, text: str) -> Evidence:
    """A text as a passage of which all may be quoted."""
    chunk = Chunk(f"{name}.1.0", name, 0, 0, len(text), text, "")
    source = Source(name, f"{name}.txt", "0" * 64, None, None, None, None, name, None)
    return Evidence(chunk, source, text, (Span(0, len(text), "body"),))


def _paragraphs(texts: Sequence[str]) -> str:
    """All texts as one body, each sentence list or reference a paragraph."""
    return "\n\n".join(" ".join(text.split()) for text in texts if text.strip())


def _labels(rows: Sequence[Row]) -> list[bool]:
    return [row["output"]["supported"] for row in rows]


def _gates_f1(rows: Sequence[Row]) -> float | None:
    return macro_f1(_labels(rows), [row["output"]["passed"] for row in rows]) if rows else None


def _cosine_f1(rows: Sequence[Row]) -> float | None:
    return best_threshold(_labels(rows), [row["output"]["cosine"] for row in rows])[0] if rows else None


def _cosine_auc(rows: Sequence[Row]) -> float | None:
    return auc(_labels(rows), [row["output"]["cosine"] for row in rows])


def _score_f1(rows: Sequence[Row]) -> float | None:
    """The fitted score's macro-F1, each case judged by weights that were fitted to others."""
    found = _scores(rows)
    return macro_f1(_labels(rows), [bool(score > 0) for score in found]) if found is not None else None


def _score_auc(rows: Sequence[Row]) -> float | None:
    found = _scores(rows)
    return auc(_labels(rows), [float(score) for score in found]) if found is not None else None


def _scores(rows: Sequence[Row]) -> NDArray[np.float64] | None:
    labels = np.array(_labels(rows), dtype=bool)
    if len(rows) < _FEWEST or labels.all() or not labels.any():
        return None
    return crossed(np.array([row["output"]["features"] for row in rows]), labels)


def _suite(name: str, about: str, load: Callable[[Path | None], list[Pair]]) -> Suite:
    def cases(options: Options) -> list[Case]:
        return [
            Case(
                pair.id,
                {
                    "claim": pair.claim,
                    "texts": list(pair.texts),
                    "label": pair.label,
                    "supported": pair.supported,
                    "subset": pair.subset,
                },
            )
            for pair in load(options.bench)
        ]

    @asynccontextmanager
    async def opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        embedder = embedder_of(options.configuration.settings(Path(".")))

        async def solve(case: Case) -> Result:
            claim, supported = case.input["claim"], case.input["supported"]
            text = _paragraphs(case.input["texts"])
            sentences = [s for s in await asyncio.to_thread(sentences_of, text.split("\n\n")) if len(s) <= 600]
            cosines = np.zeros(0, np.float32)
            if sentences:
                vectors = await embedder.embed([claim, *sentences])
                cosines = vectors[1:] @ vectors[0]
            best = [sentences[i] for i in np.argsort(-cosines, kind="stable")[:CITED]]
            proposed = Proposed(claim, tuple(("p1", sentence) for sentence in best))
            outcome = await asyncio.to_thread(options.verify, proposed, {"p1": _passage("p1", text)})
            passed = isinstance(outcome, Verified)
            told = "passed" if isinstance(outcome, Verified) else f"{outcome.gate}: {outcome.reason}"
            yes, no = Score(float(passed), told), Score(None, case.input["label"])
            scores = {
                "passed_supported": yes if supported else no,
                "passed_unsupported": no if supported else yes,
            }
            output = {
                "supported": supported,
                "passed": passed,
                "told": told,
                "cosine": round(float(cosines.max()), 5) if len(cosines) else 0.0,
                "features": [round(value, 5) for value in features(claim, sentences, [float(c) for c in cosines])],
            }
            return Result(output, scores, [{"label": "nearest", "text": sentence} for sentence in best])

        yield Solver(solve)

    return Suite(
        name,
        about,
        "passed_unsupported",
        cases,
        opened,
        aggregates={
            "gates_macro_f1": _gates_f1,
            "cosine_macro_f1": _cosine_f1,
            "cosine_auc": _cosine_auc,
            "score_macro_f1": _score_f1,
            "score_auc": _score_auc,
        },
    )


WICE = _suite("support-wice", "wice: the gates' verdict on a claim with its nearest sentences", support.wice)
ATTRIBUTIONBENCH = _suite("support-attributionbench", "attributionbench, in the same way", support.attributionbench)
