"""A run as one HTML file that asks for nothing outside itself. All text of articles and models is escaped."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from evals.judged import judge_line, with_judged
from evals.plots import coverage_against_accuracy, latencies, milliseconds, reliability_diagram, scores_by_suite
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
    solved = {name: [row for row in rows if row["suite"] == name and row["error"] is None] for name in suites}
    spent = {name: [row["milliseconds"] for row in found] for name, found in solved.items()}
    plots = scores_by_suite(suites) + latencies(spent) + coverage_against_accuracy(suites, solved)
    plots += reliability_diagram(solved)
    return Template(PAGE.read_text("utf-8")).substitute(
        title=escape(summary["name"]),
        subtitle=escape(f"written {summary['created']}" + (f", compared with {before['name']}" if before else "")),
        facts=_facts(summary),
        overview=_overview(summary, before),
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
    judge = summary.get("judge")
    shown = bool(judge and judge["withheld"] is None)
    return summary, [with_judged(row, shown) for row in latest(read_rows(folder))]


def _facts(summary: Json) -> str:
    settings = summary["settings"]
    ranking = summary.get("ranking")
    told = {
        "model": settings.get("model"),
        "embedder": settings.get("embedder"),
        "index": summary.get("index"),
        "ranking": ", ".join(f"{name} {value}" for name, value in ranking.items()) if ranking else "the service's own",
        "prompts": ", ".join(f"{name} {digest}" for name, digest in summary["prompts"].items()),
        "commit": summary.get("git"),
        "machine": "{processor}, {cores} cores, Python {python}, {system}".format(**summary["machine"]),
        "judge": judge_line(summary["judge"]) if summary.get("judge") else "none",
        "cases": _drawn(summary),
    }
    return '<dl class="facts">' + "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in told.items()
    ) + "</dl>"  # fmt: skip


def _drawn(summary: Json) -> str:
    """Which cases and articles the run took."""
    cases = f"{summary['limit']} of each suite, drawn with seed {summary['seed']}" if summary["limit"] else "all"
    others = summary["documents"]
    return cases if others is None else f"{cases}; of large archives the needed articles and {others} others"


def _overview(summary: Json, before: Json | None) -> str:
    """One line a suite: the score that stands for it, and how long its cases took."""
    head = "<tr><th>suite</th><th>score</th><th class=n>value</th><th class=n>95 % interval</th>"
    head += ("<th class=n>before</th><th class=n>change</th>" if before else "") + "<th class=n>cases</th>"
    lines = [head + "<th class=n>failed</th><th class=n>median time</th></tr>"]
    for suite, told in summary["suites"].items():
        if told.get("skipped"):
            reason = escape(f"skipped: {told['skipped']}")
            lines.append(f"<tr><td>{escape(suite)}</td><td colspan=8 class=soft>{reason}</td></tr>")
            continue
        found = told["scores"].get(told["primary"])
        cells = _value(told["primary"], found, before, suite) if found and found["value"] is not None else (
            f"<td>{escape(told['primary'])}</td><td class=n>–</td><td></td>" + ("<td></td><td></td>" if before else "")
        )  # fmt: skip
        median = told["latency_ms"].get("p50")
        failed = f'<td class="n{" bad" if told["errors"] else ""}">{told["errors"]}</td>'
        lines.append(
            f'<tr><td><a href="#{escape(suite)}">{escape(suite)}</a></td>{cells}<td class=n>{told["cases"]}</td>'
            f"{failed}<td class=n>{'–' if median is None else milliseconds(median)}</td></tr>"
        )
    return f"<div class=wide><table>{''.join(lines)}</table></div>"


def _value(name: str, found: Json, before: Json | None, suite: str) -> str:
    """A score's cells: name, value, interval, and with an earlier run its value there and the change."""
    cells = (
        f"<td>{escape(name)}{' ↓' if better_when_low(name) else ''}</td><td class=n>{found['value']:.3f}</td>"
        f"<td class=n>{found['low']:.3f} – {found['high']:.3f}</td>"
    )
    return cells + (_change(name, found["value"], before, suite) if before else "")


def _scores(summary: Json, before: Json | None) -> str:
    """All scores, suite by suite; those of single kinds of cases are folded away."""
    parts = []
    for suite, told in summary["suites"].items():
        scores = {name: found for name, found in told["scores"].items() if found["value"] is not None}
        if told.get("skipped") or not scores:
            continue
        parts.append(f'<h3 id="{escape(suite)}">{escape(suite)}</h3><p class=soft>{escape(told["about"])}</p>')
        kinds = {name: found for name, found in scores.items() if ": " in name}
        parts.append(_table({n: f for n, f in scores.items() if n not in kinds}, told["primary"], before, suite))
        if kinds:
            inside = _table(kinds, told["primary"], before, suite)
            parts.append(f"<details><summary>{len(kinds)} scores of single kinds</summary>{inside}</details>")
    return "".join(parts)


def _table(scores: Mapping[str, Json], primary: str, before: Json | None, suite: str) -> str:
    head = "<tr><th>score</th><th class=n>value</th><th class=n>95 % interval</th>"
    head += ("<th class=n>before</th><th class=n>change</th>" if before else "") + "<th class=n>cases</th></tr>"
    lines = [
        f'<tr class="{"primary" if name == primary else ""}">{_value(name, found, before, suite)}'
        f"<td class=n>{found['cases']}</td></tr>"
        for name, found in scores.items()
    ]
    return f"<div class=wide><table>{head}{''.join(lines)}</table></div>"


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
