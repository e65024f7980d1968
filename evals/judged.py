"""Judged scores of answers, and when they may be shown.

A judge's scores mean nothing until it is known how often it agrees with people. So the suites `judge-wice` and
`judge-attributionbench` ask it about claims that people have labelled, what comes of it is kept in the runs' folder,
and a run's judged scores are withheld until that was measured with the same model and the same prompt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evals.judge import Judge, Verdict
from service.errors import ModelError

Json = dict[str, Any]
AGREEMENT: Final = "agreement.json"
"""The file in the runs' folder that holds every measured agreement."""
NEEDED: Final = ("judge-wice", "judge-attributionbench")
"""The suites that must have been run with a judge before its scores are shown."""
LEAST: Final = 100
"""Scored cases below which an agreement counts as not measured."""
_MARKERS = re.compile(r"\s*(?:\[\d+\])+")


async def judged_answer(judge: Judge, output: Mapping[str, Any]) -> Json | None:
    """The judge on an answer in the contract's form; None for what has no statements.

    `scores` has `judged_grounded` (the share of the statements with a verdict that are supported) and
    `judged_relevant`; `failed` says why the endpoint gave no verdict, in which case it is asked again on a resume.
    """
    statements, citations = output.get("statements"), output.get("citations")
    if not statements or not citations or "question" not in output:
        return None
    by_index = {citation["index"]: citation for citation in citations}
    verdicts: list[Verdict] = []
    failed = None
    relevant: Verdict | None = None
    try:
        for statement in statements:
            quotes = [_quote(by_index[index]) for index in statement["citations"]]
            verdicts.append(await judge.groundedness(_MARKERS.sub("", statement["text"]), quotes))
        asked = output.get("standalone_question") or output["question"]
        relevant = await judge.relevance(asked, _MARKERS.sub("", output["answer"]))
    except ModelError as error:
        failed = str(error)
    every = [*verdicts, *([relevant] if relevant else [])]
    return {
        "scores": {} if failed else {"judged_grounded": _grounded(verdicts), "judged_relevant": _score(relevant)},
        "verdicts": [{"grade": v.grade, "reason": v.reason} for v in every],
        "failed": failed,
        "tokens": sum(v.usage.prompt_tokens + v.usage.completion_tokens for v in every),
        "cost_usd": sum(v.usage.cost_usd for v in every),
    }


def _quote(citation: Mapping[str, Any]) -> Json:
    known = {"title": citation.get("document_title"), "publisher": citation.get("publisher"),
             "published": citation.get("published")}
    return {"text": citation["cited_text"]} | {name: value for name, value in known.items() if value}


def _grounded(verdicts: Sequence[Verdict]) -> Json:
    values = [verdict.value for verdict in verdicts if verdict.value is not None]
    told = "; ".join(f"{verdict.grade or 'unscored'}: {verdict.reason}" for verdict in verdicts)
    return {"value": sum(values) / len(values) if values else None, "explanation": told}


def _score(verdict: Verdict | None) -> Json:
    return {"value": verdict.value if verdict else None, "explanation": verdict.reason if verdict else ""}


def unfinished(row: Mapping[str, Any]) -> bool:
    """Whether the judge still has to be asked about a solved case."""
    return "judged" not in row or bool(row["judged"] and row["judged"]["failed"])


def with_judged(row: Json, shown: bool) -> Json:
    """A case's line with the judged scores among its scores, if they may be shown."""
    judged = row.get("judged")
    return row | {"scores": row["scores"] | judged["scores"]} if shown and judged else row


def keep_agreement(runs: Path, identity: Mapping[str, str], suite: str, told: Mapping[str, Any], run: str) -> None:
    """Note in the runs' folder how well a judge agreed with the labels of one set; a larger measurement stays."""
    scores = {name: told["scores"].get(name, {}).get("value") for name in ("accuracy", "kappa", "unscored")}
    scored = told["scores"].get("accuracy", {}).get("cases", 0)
    entry = {**identity, "suite": suite, "run": run, **scores, "scored": scored}
    every = _read(runs)
    same = [one for one in every if all(one.get(key) == entry[key] for key in ("model", "prompt", "suite"))]
    found = [one for one in every if one not in same]
    found.append(max([*same, entry], key=lambda one: (one["scored"], one is entry)))
    path = runs / AGREEMENT
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    fresh.replace(path)


def standing(runs: Path, judge: Judge | None, rows: Sequence[Json]) -> Json | None:
    """What a run's summary says of its judge: identity, agreement, verdicts, and whether its scores are shown.

    `withheld` is the reason why they are not, or None.
    """
    if judge is None:
        return None
    mine = {one["suite"]: one for one in _read(runs)
            if all(one.get(key) == value for key, value in judge.identity.items())}
    lacking = [name for name in NEEDED if mine.get(name, {}).get("scored", 0) < LEAST]
    withheld = None
    if lacking:
        withheld = (f"the agreement of {judge.identity['model']!r} with this prompt is not measured on at least "
                    f"{LEAST} cases of {' and '.join(lacking)}; run these suites with the same judge, then resume "
                    "this run")
    verdicts = [verdict for row in rows if row.get("judged") for verdict in row["judged"]["verdicts"]]
    unscored = sum(verdict["grade"] is None for verdict in verdicts)
    return {
        **judge.identity,
        "withheld": withheld,
        "agreement": [mine[name] for name in NEEDED if name in mine],
        "verdicts": len(verdicts),
        "unscored": round(unscored / len(verdicts), 6) if verdicts else None,
        "failed": sum(bool(row.get("judged") and row["judged"]["failed"]) for row in rows),
        "tokens": sum(row["judged"]["tokens"] for row in rows if row.get("judged")),
        "cost_usd": round(sum(row["judged"]["cost_usd"] for row in rows if row.get("judged")), 6),
    }


def judge_line(told: Mapping[str, Any]) -> str:
    """The judge of a run in one line: who, with which prompt, how far it agrees with people, what is withheld."""

    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    parts = [f"judge {told['model']}, prompt {told['prompt']}"]
    parts += [
        f"{one['suite']}: accuracy {share(one['accuracy'])}, kappa {share(one['kappa'])}, "
        f"unscored {share(one['unscored'])}, n={one['scored']}"
        for one in told["agreement"]
    ]
    if told["verdicts"]:
        parts.append(f"{told['verdicts']} verdicts, {share(told['unscored'])} unreadable, {told['failed']} cases open")
    if told["withheld"]:
        parts.append(f"its scores are withheld: {told['withheld']}")
    return "; ".join(parts)


def _read(runs: Path) -> list[Json]:
    """The measured agreements; none where the file is not there or is damaged."""
    try:
        found = json.loads((runs / AGREEMENT).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
