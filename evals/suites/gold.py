"""Gold questions on a folder of articles: the project's own by default."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from evals.gold import HERE, ROOT, GoldLine, judge, labels_for, read_gold
from evals.metrics.abstention import abstention
from evals.metrics.offsets import offsets
from evals.metrics.score import Score
from evals.sources import SourceFolder
from evals.subject import over_folder
from evals.suite import Case, Options, Result, Solver, Suite, shown

SAMPLES = ROOT / "samples"
SAMPLE_QUESTIONS = HERE / "gold" / "samples.jsonl"
HELD_OUT = HERE / "heldout"


def _places(options: Options) -> tuple[Path, Path]:
    return options.articles or SAMPLES, options.questions or SAMPLE_QUESTIONS


def _held_out(_options: Options) -> tuple[Path, Path]:
    return HELD_OUT / "articles", HELD_OUT / "questions.jsonl"


def case_of(line: GoldLine) -> Case:
    """A gold line as a case."""
    return Case(
        line.id,
        {
            "question": line.q,
            "previous": list(line.previous),
            "status": list(line.status),
            "must": list(line.must),
            "kind": line.kind,
            "tags": list(line.tags),
            "note": line.note,
        },
    )


def _suite(name: str, about: str, places: object, *, offline: bool) -> Suite:
    at = places
    assert callable(at)

    def cases(options: Options) -> list[Case]:
        return [case_of(line) for line in read_gold(at(options)[1])]

    @asynccontextmanager
    async def opened(options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        articles, questions = at(options)
        lines = {line.id: line for line in read_gold(questions)}
        folder = SourceFolder(articles, labels_for(articles, questions))

        def text_of(filename: str) -> str | None:
            source = folder.file(filename)
            return source.text if source else None

        async with over_folder(articles, options.configuration) as subject:

            async def solve(case: Case) -> Result:
                line = lines[case.id]
                judged = await judge(subject, line, folder)
                answer = judged.answer
                answerable = "not_found" not in line.status or len(line.status) > 1
                told = "; ".join(judged.misses) or "as it should be"
                met = Score(float(not judged.misses), told)
                scores = {
                    "met": met,
                    "contract": Score(float(not judged.faults), "; ".join(map(str, judged.faults)) or "no fault"),
                    "offsets": offsets(answer["citations"], text_of),
                    **abstention(
                        answerable=answerable,
                        answered=answer["status"] != "not_found",
                        right=not judged.misses,
                    ),
                }
                scores |= {f"met: {label}": met for label in dict.fromkeys([line.kind, *line.tags]) if label}
                quotes = answer["citations"] or answer["nearest"]
                return Result(answer, scores, shown(quotes))

            yield Solver(solve, subject.service.archive.fingerprint, subject.failed)

    return Suite(name, about, "met", cases, opened, offline)


GOLD = _suite("gold", "gold questions on a folder (default: the samples)", _places, offline=True)
HELDOUT = _suite("heldout", "gold questions on the event that nothing is tuned on", _held_out, offline=True)
