"""A run as one HTML file that asks for nothing outside itself. All text of articles and models is escaped."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from evals.plots import coverage_against_accuracy, latencies, scores_by_suite
from evals.run import SUMMARY, latest, read_rows
from evals.suite import better_when_low, value_of
from service.errors import UsageError

Json = dict[str, Any]
PAGE = Path(__file__).resolve().parent / "report_page.html"
WORST, CHANGED = 10, 200
"""Cases shown of each suite: the worst ones, and those that changed since the earlier run."""


def write_report(folder: Path, earlier: Path | None = None) -> Path:
    """Write `report.html` into a run folder. Raises UsageError when a folder holds no run."""
    path = folder / "report.html"
    path.write_text(page(folder, earlier), "utf-8")
    return path


def page(folder: Path, earlier: Path | None = None) -> str:
    """The report of a run, compared with an earlier run case by case if one is given."""
    summary, rows = _run(folder)
    before, rows_before = _run(earlier) if earlier else (None, [])
    suites = {name: told for name, told in summary["suites"].items() if not told.get("skipped")}
    spent = {name: [r["milliseconds"] for r in rows if r["suite"] == name and r["error"] is None] for name in suites}
    plots = scores_by_suite(suites) + latencies(spent) + coverage_against_accuracy(suites)
    return Template(PAGE.read_text("utf-8")).substitute(
        title=escape(summary["name"]),
        subtitle=escape(f"written {summary['created']}" + (f", compared with {before['name']}" if before else "")),
        facts=_facts(summary),
        scores=_scores(summary, before),
        plots=plots or "<p class=soft>No scores yet.</p>",
        comparison=_comparison(summary, rows, rows_before) if before else "",
        worst="".join(_worst(name, told, rows) for name, told in suites.items()),
    )


def _run(folder: Path) -> tuple[Json, list[Json]]:
    try:
        summary: Json = json.loads((folder / SUMMARY).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(folder)!r} holds no run: {error}", advice="name a folder below evals/runs") from error
    return summary, latest(read_rows(folder))


def _facts(summary: Json) -> str:
    settings = summary["settings"]
    told = {
        "model": settings.get("model"),
        "embedder": settings.get("embedder"),
        "index": summary.get("index"),
        "prompts": ", ".join(f"{name} {digest}" for name, digest in summary["prompts"].items()),
        "commit": summary.get("git"),
        "machine": ", ".join(f"{name} {value}" for name, value in summary["machine"].items()),
        "drawn": f"seed {summary['seed']}, limit {summary['limit']}, documents {summary['documents']}",
    }
    return '<dl class="facts">' + "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in told.items()
    ) + "</dl>"  # fmt: skip


def _scores(summary: Json, before: Json | None) -> str:
    head = "<tr><th>suite</th><th>score</th><th class=n>value</th><th class=n>95 % interval</th><th class=n>cases</th>"
    lines = [head + ("<th class=n>before</th><th class=n>change</th></tr>" if before else "</tr>")]
    for suite, told in summary["suites"].items():
        if told.get("skipped"):
            lines.append(_remark(suite, f"skipped: {told['skipped']}"))
            continue
        for name, found in told["scores"].items():
            if found["value"] is None:
                continue
            cells = (
                f"<td>{escape(suite)}</td><td>{escape(name)}{' ↓' if better_when_low(name) else ''}</td>"
                f"<td class=n>{found['value']:.3f}</td>"
                f"<td class=n>{found['low']:.3f} – {found['high']:.3f}</td>"
                f"<td class=n>{found['cases']}</td>"
            )
            cells += _change(name, found["value"], before, suite) if before else ""
            lines.append(f'<tr class="{"primary" if name == told["primary"] else ""}">{cells}</tr>')
        if told["errors"]:
            lines.append(_remark(suite, f"{told['errors']} cases failed"))
    return f"<table>{''.join(lines)}</table>"


def _remark(suite: str, words: str) -> str:
    return f"<tr><td>{escape(suite)}</td><td colspan=6 class=soft>{escape(words)}</td></tr>"


def _change(name: str, value: float, before: Json, suite: str) -> str:
    old = before["suites"].get(suite, {}).get("scores", {}).get(name, {}).get("value")
    if old is None:
        return "<td class=n>–</td><td class=n></td>"
    gain = (old - value) if better_when_low(name) else (value - old)
    kind = "good" if gain > 1e-9 else "bad" if gain < -1e-9 else ""
    return f'<td class=n>{old:.3f}</td><td class="n {kind}">{value - old:+.3f}</td>'


def _badness(row: Mapping[str, Any], primary: str) -> float | None:
    """How bad a case is by its suite's primary score; where it has none, by the mean of its other scores."""
    names = [primary] if value_of(row, primary) is not None else list(row["scores"])
    values = [
        value if better_when_low(name) else 1 - value for name in names if (value := value_of(row, name)) is not None
    ]
    return sum(values) / len(values) if values else None


def _worst(suite: str, told: Json, rows: Sequence[Json]) -> str:
    mine = [row for row in rows if row["suite"] == suite]
    failed = [row for row in mine if row["error"] is not None]
    ranked = [(bad, row) for row in mine if row["error"] is None and (bad := _badness(row, told["primary"]))]
    ranked.sort(key=lambda pair: (-pair[0], pair[1]["id"]))
    shown = failed[:WORST] + [row for _, row in ranked[:WORST]]
    if not shown:
        return f"<h3>{escape(suite)}</h3><p class=soft>No case fell short.</p>"
    more = len(failed) + len(ranked) - len(shown)
    note = f"<p class=soft>and {more} more in cases.jsonl</p>" if more > 0 else ""
    return f"<h3>{escape(suite)}</h3>" + "".join(_case(row) for row in shown) + note


def _asked(row: Mapping[str, Any]) -> str:
    given = row["input"]
    return str(given.get("question") or given.get("statement") or given.get("claim") or row["id"])


def _said(row: Mapping[str, Any]) -> str:
    """What came of a case, in words."""
    output = row["output"] or {}
    if "answer" in output:
        return f"{output.get('status')}: {output['answer']}"
    if "passed" in output:
        return "passed" if output["passed"] else f"stopped: {output.get('reason') or output.get('told') or ''}"
    return json.dumps(output, ensure_ascii=False)[:600]


def _case(row: Mapping[str, Any]) -> str:
    given = {name: value for name, value in row["input"].items() if name not in ("question", "sentences", "texts")}
    wanted = json.dumps(given, ensure_ascii=False, indent=1)
    why = "".join(
        f"<li>{escape(name)}: {found['value']:g} – {escape(str(found['explanation']))}</li>"
        for name, found in row["scores"].items()
        if found["value"] is not None and ": " not in name
    )
    passages = "".join(
        f"<div class=label>{escape(str(one['label']))}</div><div class=text>{escape(str(one['text']))}</div>"
        for one in row["evidence"]
    )
    said = f"failed: {row['error']}" if row["error"] else _said(row)
    return (
        f"<details><summary>{escape(str(row['id']))} · {escape(_asked(row))}</summary><div class=sides>"
        f"<div><div class=label>came out</div><div class=text>{escape(said)}</div><ul class=why>{why}</ul>"
        f"<div class=label>case</div><div class=text>{escape(wanted[:3000])}</div></div>"
        f"<div><div class=label>passages</div>{passages or '<p class=soft>none</p>'}</div></div></details>"
    )


def _comparison(summary: Json, rows: Sequence[Json], before: Sequence[Json]) -> str:
    """The cases whose primary score changed, worse ones first, old and new answer side by side."""
    old = {(row["suite"], row["id"]): row for row in before}
    changed: list[tuple[float, Json, Json]] = []
    for row in rows:
        told = summary["suites"].get(row["suite"])
        was = old.get((row["suite"], row["id"]))
        if not told or told.get("skipped") or was is None:
            continue
        now_bad, was_bad = _badness(row, told["primary"]), _badness(was, told["primary"])
        if now_bad is not None and was_bad is not None and abs(now_bad - was_bad) > 1e-9:
            changed.append((now_bad - was_bad, was, row))
    changed.sort(key=lambda one: (-one[0], one[2]["suite"], one[2]["id"]))
    worse = sum(one[0] > 0 for one in changed)
    parts = [f"<h2>Compared case by case</h2><p>{worse} cases worse, {len(changed) - worse} better.</p>"]
    for step, was, row in changed[:CHANGED]:
        kind, word = ("bad", "worse") if step > 0 else ("good", "better")
        parts.append(
            f'<details><summary><span class="{kind}">{word}</span> · '
            f"{escape(row['suite'])} {escape(str(row['id']))} · "
            f"{escape(_asked(row))}</summary><div class=sides>"
            f"<div><div class=label>before</div><div class=text>{escape(_said(was))}</div></div>"
            f"<div><div class=label>now</div><div class=text>{escape(_said(row))}</div></div></div></details>"
        )
    return "".join(parts)
