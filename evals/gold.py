"""Gold questions: what an answer must be, and whether it is.

`python -m evals.gold --articles DIR --questions FILE` ingests the folder into a fresh archive, asks every
question and prints each miss and each fault of the contract. It takes any folder and any file of such
questions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from evals.contract import Fault, faults
from evals.sources import SourceFolder
from evals.subject import Configuration, Subject, over_folder
from service.errors import OnRecordError, UsageError

Json = dict[str, Any]
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


@dataclass(frozen=True, slots=True)
class GoldLine:
    """One question and what its answer must be; `evals/gold/README.md` has the fields.

    `cite_all`, `cite_any` and `cite_only` hold the first characters of file names. `as_of` is the day of
    asking.
    """

    id: str
    q: str
    status: tuple[str, ...]
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    cite_all: tuple[str, ...] = ()
    cite_any: tuple[str, ...] = ()
    cite_only: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    kind: str | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None
    as_of: date | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> GoldLine:
        """From a line's JSON; fields that no scorer reads are passed over. Raises UsageError for an unusable
        line."""
        try:
            lists = {
                name: tuple(row.get(name) or ())
                for name in ("must", "must_not", "cite_all", "cite_any", "cite_only", "previous", "tags")
            }
            for pattern in (*lists["must"], *lists["must_not"]):
                re.compile(pattern)
            day = row.get("as_of")
            statuses = row["status"]
            return cls(
                id=str(row["id"]),
                q=str(row["q"]),
                status=(statuses,) if isinstance(statuses, str) else tuple(statuses),
                kind=row.get("kind"),
                note=row.get("note"),
                as_of=date.fromisoformat(day) if day else None,
                **lists,
            )
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise UsageError(
                f"not a gold question: {json.dumps(row, default=str)[:80]!r} ({error!r})",
                advice="each line has id, q and status, as evals/gold/README.md tells",
            ) from error


def read_gold(path: Path) -> list[GoldLine]:
    """The questions of a file, one a line. Raises UsageError when it can't be read as that."""
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path)!r} can't be read: {error}", advice="name a file of JSON lines") from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{str(path)!r} holds no questions", advice="name a file of JSON lines")
    return [GoldLine.read(row) for row in rows]


def misses(answer: Json, gold: GoldLine) -> list[str]:
    """Why an answer does not meet its gold line, all reasons; empty where it does."""
    found = []
    if answer["status"] not in gold.status:
        found.append(f"status {answer['status']}, not {' or '.join(gold.status)}")
    found += [f"lacks {pattern!r}" for pattern in gold.must if not re.search(pattern, answer["answer"])]
    found += [f"has {pattern!r}" for pattern in gold.must_not if re.search(pattern, answer["answer"])]
    names = {PurePosixPath(c["filename"]).name for c in answer["citations"]}

    def cited(prefix: str) -> bool:
        return any(name.startswith(prefix) for name in names)

    told = ", ".join(sorted(name[:3] for name in names)) or "nothing"
    if lacking := [prefix for prefix in gold.cite_all if not cited(prefix)]:
        found.append(f"cites {told}, not {', '.join(lacking)}")
    if gold.cite_any and not any(cited(prefix) for prefix in gold.cite_any):
        found.append(f"cites {told}, none of {', '.join(gold.cite_any)}")
    if gold.cite_only and answer["status"] != "not_found":
        strange = [name for name in sorted(names) if not name.startswith(gold.cite_only)]
        if strange:
            found.append(f"cites {', '.join(name[:3] for name in strange)}, not among {', '.join(gold.cite_only)}")
    return found


def labels_for(articles: Path, questions: Path) -> Path | None:
    """The `not_evidence.jsonl` beside a file of questions, when it is there and labels this folder's
    files."""
    path = questions.parent / "not_evidence.jsonl"
    if not path.is_file():
        return None
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return path if all((articles / row["filename"]).is_file() for row in rows) else None


@dataclass(frozen=True, slots=True)
class Judged:
    """One question asked: its answer, why it misses the gold line, and its faults against the contract."""

    gold: GoldLine
    answer: Json
    misses: tuple[str, ...]
    faults: tuple[Fault, ...]


async def judge(subject: Subject, gold: GoldLine, folder: SourceFolder) -> Judged:
    """Ask one gold question and judge the answer."""
    answer = await subject.answer(gold.q, previous=gold.previous, as_of=gold.as_of)
    bare = {name: value for name, value in answer.items() if name not in ("gates", "confidence")}
    return Judged(gold, answer, tuple(misses(answer, gold)), tuple(faults(bare, folder)))


async def run_gold(articles: Path, questions: Path, configuration: Configuration) -> list[Judged]:
    """Every question of a file asked of a folder in a fresh archive."""
    lines = read_gold(questions)
    folder = SourceFolder(articles, labels_for(articles, questions))
    async with over_folder(articles, configuration) as subject:
        return [await judge(subject, gold, folder) for gold in lines]


def told(judged: Sequence[Judged], floor: float) -> tuple[list[str], bool]:
    """The lines to print, and whether at least the `floor` share met their gold line without a contract
    fault."""
    out = []
    for one in judged:
        if one.misses:
            out.append(f"  {one.gold.id} {one.gold.q!r}: {'; '.join(one.misses)}")
            out.append(f"      answer: {one.answer['status']}: {one.answer['answer'][:160]!r}")
    out += [f"  contract: {one.gold.id}: {fault}" for one in judged for fault in one.faults]
    met = sum(not one.misses for one in judged)
    broken = sum(len(one.faults) for one in judged)
    out.append(f"{met}/{len(judged)} answered as they should, {broken} contract faults (bar: {floor:.0%} and none)")
    return out, met >= floor * len(judged) and not broken


def main(argv: Sequence[str] | None = None) -> int:
    """The command; 0 when the bar is met, 1 when not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m evals.gold", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--articles", type=Path, default=ROOT / "samples", help="folder of articles")
    parser.add_argument("--questions", type=Path, default=HERE / "gold" / "samples.jsonl", help="JSON lines")
    parser.add_argument("--floor", type=float, default=1.0, help="share that must be met (default 1.0)")
    parser.add_argument("--json", type=Path, help="also write question, answer, misses and faults as JSON lines")
    given = parser.parse_args(argv)
    try:
        judged = asyncio.run(run_gold(given.articles, given.questions, Configuration()))
    except OnRecordError as error:
        print(f"{error}\n{error.advice}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    if given.json:
        rows = [
            {
                "id": j.gold.id,
                "q": j.gold.q,
                "misses": j.misses,
                "faults": [*map(str, j.faults)],
                "answer": j.answer,
            }
            for j in judged
        ]
        given.json.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    lines, fine = told(judged, given.floor)
    print("\n".join(lines))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
