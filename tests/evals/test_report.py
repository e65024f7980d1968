"""The report of a run: whole, escaped, asking for nothing outside itself, compared case by case."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.markdown import markdown
from evals.metrics.abstention import abstention
from evals.metrics.score import Score
from evals.report import page, write_report
from evals.run import run
from evals.suite import Case, NotSupported, Options, Result, Solver, Suite
from service.errors import UsageError

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&copy; $title ${x}"


def suite(values: Mapping[str, float], name: str = "tiny") -> Suite:
    """One case for each value, with hostile text wherever text can be."""

    @asynccontextmanager
    async def opened(_options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        async def solve(case: Case) -> Result:
            met = values[case.id]
            scores = {
                "met": Score(met, f"because {EVIL}"),
                "coverage": Score(1.0),
                "accuracy_when_answered": Score(met),
                "shipped": Score(1 - met),
            }
            output = {"answer": f"answer of {case.id} {met} {EVIL}", "status": "answered"}
            return Result(output, scores, [{"label": EVIL, "text": f"passage of {case.id} {EVIL}"}])

        yield Solver(solve)

    def cases(_options: Options) -> list[Case]:
        return [Case(case, {"question": f"{case}? {EVIL}", "must": [EVIL]}) for case in values]

    return Suite(name, "tiny", "met", cases, opened)


class Tags(HTMLParser):
    """Every tag with its attributes, and whether each is closed."""

    void = frozenset({"meta", "link", "br", "img", "rect", "line", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            while self.open and self.open[-1] in ("tr", "td", "th") and self.open[-1] != tag:
                self.open.pop()
            assert self.open, f"</{tag}> closes nothing"
            assert self.open.pop() == tag


async def test_the_report_is_whole_and_asks_for_nothing_outside(tmp_path: Path) -> None:
    await run([suite({"a": 1.0, "b": 0.0, "c": 0.5})], Options(), tmp_path)
    text = write_report(tmp_path).read_text("utf-8")
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    names = {tag for tag, _ in tags.seen}
    assert not names & {"script", "img", "link", "iframe", "object"}
    assert not any(set(attributes) & {"src", "onerror", "action"} for _, attributes in tags.seen)
    assert {attributes["href"] for _, attributes in tags.seen if "href" in attributes} == {"#tiny"}
    assert not re.search(r"url\(|@import", text)
    assert sum(tag == "svg" for tag, _ in tags.seen) == 3
    assert "default-src 'none'" in text


async def test_text_of_articles_and_models_is_shown_escaped(tmp_path: Path) -> None:
    await run([suite({"a": 1.0, "b": 0.0})], Options(), tmp_path)
    text = page(tmp_path)
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "${x}" in text


async def test_the_worst_cases_stand_first_with_their_passages(tmp_path: Path) -> None:
    await run([suite({"a": 1.0, "b": 0.0, "c": 0.5})], Options(), tmp_path)
    worst = page(tmp_path).split("<h2>Worst cases</h2>")[1]
    assert worst.index("answer of b") < worst.index("answer of c")
    assert "answer of a" not in worst
    assert "passage of b" in worst


async def test_a_run_is_compared_with_an_earlier_one_case_by_case(tmp_path: Path) -> None:
    before, now = tmp_path / "before", tmp_path / "now"
    for folder, values in ((before, {"a": 1.0, "b": 0.0, "c": 0.5}), (now, {"a": 0.0, "b": 1.0, "c": 0.5})):
        folder.mkdir()
        await run([suite(values)], Options(), folder)
    text = page(now, before)
    compared = text.split("<h2>Compared case by case</h2>")[1].split("<h2>Worst cases</h2>")[0]
    assert "1 cases worse, 1 better" in compared
    assert compared.index("worse</span>") < compared.index("better</span>")
    assert "answer of a 1.0" in compared
    assert "answer of a 0.0" in compared
    assert "answer of c" not in compared
    # met 0.5 before and now; the score that should be low is marked as such
    assert '<td class="n ">+0.000</td>' in text
    assert "shipped ↓" in text


async def test_a_skipped_suite_and_failed_cases_are_told(tmp_path: Path) -> None:
    def none(_options: Options) -> list[Case]:
        raise NotSupported("no reader of .html yet")

    await run([Suite("web", "pages", "f", none, suite({}).opened), suite({})], Options(), tmp_path)
    text = page(tmp_path)
    assert "skipped: no reader of .html yet" in text


def test_a_folder_without_a_run_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no run"):
        page(tmp_path)


def sure(rows: Mapping[str, tuple[float, bool, bool | None]], name: str = "sure") -> Suite:
    """A suite whose every case tells confidence, whether it is answerable, and whether its answer is right (None for
    none given)."""

    @asynccontextmanager
    async def opened(_options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        async def solve(case: Case) -> Result:
            confidence, answerable, right = rows[case.id]
            scores = abstention(answerable=answerable, answered=right is not None, right=right)
            return Result({"answer": "x", "status": "answered"}, scores, confidence=confidence)

        yield Solver(solve)

    return Suite(name, "sure", "coverage", lambda _: [Case(one, {"question": "?"}) for one in rows], opened)


async def test_a_confidence_in_the_lines_draws_its_reliability_and_what_a_threshold_would_give(tmp_path: Path) -> None:
    told = {"a": (0.9, True, True), "b": (0.8, True, False), "c": (0.3, True, None), "d": (0.1, False, None),
            "e": (0.6, False, False)}  # fmt: skip
    summary = await run([sure(told)], Options(), tmp_path)
    # by bins of a tenth: |.9-1| + |.8-1| + |.3-1| + |.1-0| + |.6-0|, over five
    assert summary["suites"]["sure"]["scores"]["calibration_error"]["value"] == pytest.approx(0.34)
    text = page(tmp_path)
    assert "Reliability of the confidence" in text
    diagram = text.split("Reliability of the confidence</figcaption>")[1].split("</figure>")[0]
    assert diagram.count('class="dot c0"') == 6
    curve = re.search(r'<polyline class="curve c0" fill="none" points="([^"]+)"', text)
    assert curve is not None
    # of three answerable: (1/3, 1), (2/3, 1/2), (2/3, 1/3) in a square of 240 from (44, 24)
    assert curve[1] == "124.0,24.0 204.0,144.0 204.0,184.0"
    assert "calibration_error ↓" in text


async def test_without_a_confidence_neither_is_drawn(tmp_path: Path) -> None:
    await run([suite({"a": 1.0, "b": 0.0})], Options(), tmp_path)
    text = page(tmp_path)
    assert "Reliability" not in text
    assert "polyline" not in text
    assert "Coverage against accuracy" in text


async def test_scores_of_single_kinds_are_folded_away_and_every_suite_is_at_a_glance(tmp_path: Path) -> None:
    @asynccontextmanager
    async def opened(_options: Options, _cases: Sequence[Case]) -> AsyncIterator[Solver]:
        async def solve(case: Case) -> Result:
            return Result({}, {"met": Score(1.0), f"met: {case.id}": Score(1.0)})

        yield Solver(solve)

    kinds = Suite("kinds", "two kinds", "met", lambda _: [Case("who", {}), Case("when", {})], opened)
    await run([kinds, suite({"a": 0.5})], Options(), tmp_path)
    glance, rest = page(tmp_path).split("<h2>All scores</h2>")
    assert "met: who" not in glance
    assert glance.count("<td>met</td>") == 2
    assert "<summary>2 scores of single kinds</summary>" in rest
    assert rest.index("<summary>2 scores") < rest.index("met: who")


async def test_the_figures_come_as_markdown_tables(tmp_path: Path) -> None:
    def none(_options: Options) -> list[Case]:
        raise NotSupported("no reader of | yet")

    web = Suite("web", "pages", "f", none, suite({}).opened)
    await run([suite({"a": 1.0, "b": 0.0}), web], Options(seed=3), tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    summary["suites"]["tiny"]["latency_ms"] = {"p50": 1.4, "p90": 2.6, "p99": 3.0}
    summary["git"] = "0123456789abcdef+changes"
    summary["suites"]["tiny"]["scores"] |= {
        f"shipped: {kind}": {"value": value, "low": 0.0, "high": 1.0, "cases": 4}
        for kind, value in (("digit", 0.25), ("unit", 0.0))
    }
    lines = markdown(summary).splitlines()
    assert lines[0].startswith(f"Run `{tmp_path.name}`: model `extractive`, seed 3, limit none, documents all, commit")
    assert "`0123456789ab+changes`" in lines[0]
    assert lines[2:] == [
        "| suite | cases | failed | p50 ms | p90 ms | p99 ms |",
        "|---|---|---|---|---|---|",
        "| tiny | 2 | 0 | 1 | 3 | 3 |",
        "| web | skipped: no reader of \\| yet | | | | |",
        "",
        "| suite | score | value | 95 % interval | cases |",
        "|---|---|---|---|---|",
        "| tiny | met | 0.500 | 0.000 – 1.000 | 2 |",
        "| tiny | coverage | 1.000 | 1.000 – 1.000 | 2 |",
        "| tiny | accuracy_when_answered | 0.500 | 0.000 – 1.000 | 2 |",
        "| tiny | shipped ↓ | 0.500 | 0.000 – 1.000 | 2 |",
        "",
        "By kind, each with its cases:",
        "",
        "| suite | score | |",
        "|---|---|---|",
        "| tiny | shipped ↓ | digit 0.25 (4) · unit 0.00 (4) |",
    ]
