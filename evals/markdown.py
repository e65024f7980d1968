"""A run's figures as Markdown tables, for docs/evals.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.judged import judge_line
from evals.suite import better_when_low

Json = Mapping[str, Any]


def markdown(summary: Json) -> str:
    """What was run where, a table of times, and one of all scores with their 95 % intervals; ↓ marks scores that
    should be low."""
    told = summary["machine"]
    lines = [
        f"Run `{summary['name']}`: model `{summary['settings']['model']}`, seed {summary['seed']}, limit "
        f"{summary['limit'] or 'none'}, documents {_documents(summary['documents'])}, commit "
        f"`{_commit(summary['git'])}`, index `{summary['index']}`; {told['processor']}, {told['cores']} cores, Python "
        f"{told['python']}.",
        *([_cell(judge_line(summary["judge"]))] if summary.get("judge") else []),
        "",
        "| suite | cases | failed | p50 ms | p90 ms | p99 ms |",
        "|---|---|---|---|---|---|",
    ]
    for name, suite in summary["suites"].items():
        if suite.get("skipped"):
            lines.append(f"| {name} | skipped: {_cell(suite['skipped'])} | | | | |")
        else:
            times = " | ".join(f"{suite['latency_ms'][p]:.0f}" if suite["latency_ms"] else "" for p in _PERCENTILES)
            lines.append(f"| {name} | {suite['cases']} | {suite['errors']} | {times} |")
    lines += ["", "| suite | score | value | 95 % interval | cases |", "|---|---|---|---|---|"]
    kinds: dict[tuple[str, str], list[str]] = {}
    for name, suite in summary["suites"].items():
        for score, found in suite["scores"].items():
            if found["value"] is None:
                continue
            mark = " ↓" if better_when_low(score) else ""
            of, _, kind = score.partition(": ")
            if kind:
                told_of = f"{kind} {found['value']:.2f} ({found['cases']})"
                kinds.setdefault((name, of + mark), []).append(told_of)
                continue
            spread = f"{found['low']:.3f} – {found['high']:.3f}"
            lines.append(f"| {name} | {score}{mark} | {found['value']:.3f} | {spread} | {found['cases']} |")
    if kinds:
        lines += ["", "By kind, each with its cases:", "", "| suite | score | |", "|---|---|---|"]
        lines += [f"| {name} | {of} | {_cell(' · '.join(every))} |" for (name, of), every in kinds.items()]
    return "\n".join(lines)


_PERCENTILES = ("p50", "p90", "p99")


def _documents(count: int | None) -> str:
    return "all" if count is None else f"the needed ones and {count} others"


def _commit(git: str | None) -> str:
    if git is None:
        return "unknown"
    commit, _, changes = git.partition("+")
    return commit[:12] + (f"+{changes}" if changes else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
