"""`python -m evals`: run suites, compare runs, accept a baseline. The same commands hang under `onrecord
eval`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from evals.archives import default_folder
from evals.feedback_cases import feedback_cases
from evals.judge import open_judge
from evals.judged import judge_line
from evals.markdown import markdown
from evals.ranking import ranking_of
from evals.regression import BASELINE, accepted, drops, read_baseline
from evals.report import write_report
from evals.run import SUMMARY, new_folder, run, silent
from evals.subject import Configuration
from evals.suite import Options
from evals.suites import GROUPS, REGRESSION, SUITES, chosen
from service.errors import OnRecordError, UsageError
from service.settings import Settings
from service.wiring import build

RUNS = Path(__file__).resolve().parent / "runs"
app = typer.Typer(
    name="eval",
    help="Measure the service: suites over a configuration, and their report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Suites = Annotated[list[str], typer.Argument(help="suites or groups; `list` shows them")]
Bench = Annotated[Path | None, typer.Option(help="folder of the outside data sets")]
Runs = Annotated[Path, typer.Option(help="where run folders go")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]


@app.command("list")
def list_suites(as_json: AsJson = False) -> None:
    """Name the suites and groups.

    Example: onrecord eval list
    """
    if as_json:
        told = {"suites": {s.name: s.about for s in SUITES.values()}, "groups": GROUPS}
        print(json.dumps(told, indent=1))
        return
    for suite in SUITES.values():
        print(f"{suite.name:26} {'offline  ' if suite.offline else 'needs data'} {suite.about}")
    for name, members in GROUPS.items():
        print(f"{name:26} = {', '.join(members)}")


@app.command("run")
def run_suites(
    suites: Suites,
    bench: Bench = None,
    articles: Annotated[Path | None, typer.Option(help="folder for `gold` and `gates` (samples)")] = None,
    questions: Annotated[Path | None, typer.Option(help="gold questions for `gold`")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="cases of each suite, drawn with the seed")] = None,
    documents: Annotated[
        int | None, typer.Option(min=0, help="of a large set, only the needed articles and so many others")
    ] = None,
    seed: Annotated[int, typer.Option(help="for what is drawn")] = 0,
    concurrency: Annotated[int, typer.Option(min=1, help="cases at once; more than 1 only pays with a model")] = 1,
    model: Annotated[str | None, typer.Option(help="`extractive` or a model's name")] = None,
    judge: Annotated[
        str | None, typer.Option(help="another model that judges the answers (JUDGE_BASE_URL, JUDGE_API_KEY)")
    ] = None,
    without: Annotated[str | None, typer.Option(help="retrieval steps to switch off, as in `recency,lexical`")] = None,
    ranking: Annotated[Path | None, typer.Option(help="TOML file with other values of the retrieval's ranking")] = None,
    name: Annotated[str | None, typer.Option(help="the run's name (the suites)")] = None,
    resume: Annotated[Path | None, typer.Option(help="run folder to go on with")] = None,
    compare: Annotated[Path | None, typer.Option(help="earlier run folder for the report")] = None,
    keep_archives: Annotated[bool, typer.Option(help="keep filled archives for the next run")] = True,
    runs: Runs = RUNS,
    as_json: AsJson = False,
) -> None:
    """Run suites into a folder of their own, with summary and report.

    Example: onrecord eval run gold retrieval --bench ../shared/bench --limit 50
    """

    def work() -> int:
        picked = chosen(suites)
        folder = resume or new_folder(runs, (name or "-".join(suites))[:60].replace("/", "-"))
        if resume is not None and not resume.is_dir():
            raise UsageError(f"there is no run in {str(resume)!r}", advice="name a folder below evals/runs")
        console = Console(stderr=True)
        steps = [step.strip() for step in (without or "").split(",") if step.strip()]
        configuration = Configuration({"model": model} if model else {}, ranking=ranking_of(steps, ranking))
        judged = configuration.settings(Path(".")).model
        options = Options(
            configuration=configuration,
            bench=bench,
            articles=articles,
            questions=questions,
            limit=limit,
            documents=documents,
            seed=seed,
            concurrency=concurrency,
            archives=default_folder(runs) if keep_archives else None,
            judge=open_judge(judge, judged) if judge else None,
            note=lambda text: console.print(text, style="dim", highlight=False) if console.is_terminal else None,
        )
        summary = asyncio.run(_closed(picked, options, folder, console))
        write_report(folder, compare)
        if as_json:
            print(json.dumps(summary, ensure_ascii=False, indent=1))
        else:
            print("\n".join(table(summary)))
            print(f"run: {folder}\nreport: {folder / 'report.html'}")
        return 0

    raise typer.Exit(guarded(work))


async def _closed(picked: list[Any], options: Options, folder: Path, console: Console) -> dict[str, Any]:
    """The run, after which the judge's connections are given back."""
    try:
        return await _shown(picked, options, folder, console)
    finally:
        if options.judge:
            await options.judge.aclose()


async def _shown(picked: list[Any], options: Options, folder: Path, console: Console) -> dict[str, Any]:
    """The run, with a progress bar on a terminal alone."""
    if not console.is_terminal:
        return await run(picked, options, folder, progress=silent)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        tasks: dict[str, TaskID] = {}

        def progress(suite: str, done: int, total: int) -> None:
            if suite not in tasks:
                tasks[suite] = bar.add_task(suite, total=total)
            bar.update(tasks[suite], completed=done)

        return await run(picked, options, folder, progress=progress)


@app.command("report")
def report(
    folder: Annotated[Path, typer.Argument(help="run folder")],
    compare: Annotated[Path | None, typer.Option(help="earlier run folder")] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="print the figures as Markdown tables")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a run's report anew, compared with an earlier run if one is named.

    Example: onrecord eval report evals/runs/20261122-120000-gold --compare evals/runs/20261121-120000-gold
    """

    def work() -> int:
        path = write_report(folder, compare)
        if as_markdown:
            print(markdown(_summary(folder)))
            return 0
        print(json.dumps({"report": str(path)}) if as_json else path)
        return 0

    raise typer.Exit(guarded(work))


@app.command("accept")
def accept(
    folder: Annotated[Path, typer.Argument(help="run folder of the group `regression`")],
    baseline: Annotated[Path, typer.Option(help="file to write")] = BASELINE,
    as_json: AsJson = False,
) -> None:
    """Make a run's scores the baseline that `make test` holds the service to.

    Example: onrecord eval accept evals/runs/20261122-120000-regression
    """

    def work() -> int:
        kept = accepted(_summary(folder), baseline)
        print(json.dumps(kept, indent=1) if as_json else baseline)
        return 0

    raise typer.Exit(guarded(work))


@app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(help="run folder of the group `regression`")],
    baseline: Annotated[Path, typer.Option(help="the accepted scores")] = BASELINE,
    as_json: AsJson = False,
) -> None:
    """Say which scores of a run dropped below the baseline by more than its noise; exit 1 when one did.

    Example: onrecord eval check evals/runs/20261122-120000-regression
    """

    def work() -> int:
        found = drops(_summary(folder), read_baseline(baseline), REGRESSION)
        told = "\n".join(map(str, found)) or "no score dropped"
        print(json.dumps({"drops": [asdict(drop) for drop in found]}, indent=1) if as_json else told)
        return 1 if found else 0

    raise typer.Exit(guarded(work))


@app.command("feedback")
def feedback(data: Annotated[Path | None, typer.Option(help="folder of the archive's state")] = None) -> None:
    """Print what readers said of answers as gold questions, one JSON object a line.

    Example: onrecord eval feedback --data .onrecord > feedback.jsonl
    """

    def work() -> int:
        async def cases() -> list[dict[str, Any]]:
            async with build(Settings.load(data=data)) as service:
                return feedback_cases(service)

        for case in asyncio.run(cases()):
            print(json.dumps(case, ensure_ascii=False))
        return 0

    raise typer.Exit(guarded(work))


def _summary(folder: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((folder / SUMMARY).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(folder)!r} holds no run: {error}", advice="name a folder below evals/runs") from error
    return told


def table(summary: dict[str, Any]) -> list[str]:
    """The scores of a run as lines of text."""
    lines = []
    for name, told in summary["suites"].items():
        if told.get("skipped"):
            lines.append(f"{name}: skipped, {told['skipped']}")
            continue
        latency = ", ".join(f"{p} {ms:.0f} ms" for p, ms in told["latency_ms"].items())
        lines.append(f"{name}: {told['cases']} cases, {told['errors']} failed, {latency}")
        for score, found in told["scores"].items():
            if found["value"] is not None:
                spread = f"[{found['low']:.3f}, {found['high']:.3f}]"
                lines.append(f"  {score:32} {found['value']:.3f}  {spread}  n={found['cases']}")
    if judge := summary.get("judge"):
        lines.append(judge_line(judge))
    return lines


def guarded(work: Callable[[], int]) -> int:
    """The exit code; a failure prints what is wrong and what to do next, without a traceback."""
    try:
        return work()
    except OnRecordError as error:
        print(f"{error}\n{error.advice}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        print("stopped; go on with --resume and the run folder", file=sys.stderr)
        return 130


def main() -> None:
    """The command `python -m evals`."""
    app(prog_name="python -m evals")
