"""The report of a run: whole, escaped, asking for nothing outside itself, compared case by case."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest

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
    assert not any(set(attributes) & {"src", "href", "onerror", "action"} for _, attributes in tags.seen)
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
