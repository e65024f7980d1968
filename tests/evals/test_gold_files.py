"""The gold questions against the articles they are asked of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

STATUSES = {"answered", "disputed", "not_found"}
KINDS = {
    "who", "when", "where", "which", "what", "how_many", "how_much", "how_long",
    "yes_no", "why", "what_said", "follow_up",
}
REASONS = {
    "other_actor", "other_thing", "other_place", "other_year",
    "boilerplate_only", "false_premise", "never_mentioned",
}
TAGS = REASONS | {
    "unanswerable", "disputed", "updated", "reprinted", "derived", "denied", "vague", "attribution",
    "misspelt", "paraphrased", "injected", "money", "percent", "number_words",
}
NOT_EVIDENCE = {
    "front_matter", "byline", "label", "share", "credit",
    "teaser", "disclaimer", "advert", "comment", "injected",
}
REQUIRED = {"id", "q", "status", "must", "kind", "tags", "publishable"}
OPTIONAL = {"previous", "must_not", "cite_all", "cite_any", "note", "lure"}

Line = dict[str, Any]


@dataclass(frozen=True)
class GoldSet:
    """A folder of articles with its questions and its lines that are no evidence."""

    name: str
    articles: Path
    questions: Path
    not_evidence: Path

    def lines(self) -> list[Line]:
        return read_lines(self.questions)

    def files(self) -> dict[str, Path]:
        """Each article by the first three characters of its name."""
        paths = sorted(self.articles.iterdir())
        found = {p.name[:3]: p for p in paths}
        assert len(found) == len(paths), f"two articles of {self.articles.name!r} share a prefix"
        return found

    def quotable(self) -> dict[str, str]:
        """Each article's text without the lines marked as no evidence."""
        marked = {r["filename"]: {m["line"] for m in r["lines"]} for r in read_lines(self.not_evidence)}
        return {
            key: "\n".join(
                line
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
                if number not in marked[path.name]
            )
            for key, path in self.files().items()
        }


def read_lines(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def cited(line: Line) -> list[str]:
    return [*line.get("cite_all", []), *line.get("cite_any", [])]


def named(lines: list[Line]) -> list[str]:
    return [line["id"] for line in lines]


SAMPLES = GoldSet(
    "samples",
    ROOT / "samples",
    ROOT / "evals" / "gold" / "samples.jsonl",
    ROOT / "evals" / "gold" / "not_evidence.jsonl",
)
HELD_OUT = GoldSet(
    "heldout",
    ROOT / "evals" / "heldout" / "articles",
    ROOT / "evals" / "heldout" / "questions.jsonl",
    ROOT / "evals" / "heldout" / "not_evidence.jsonl",
)
both_sets = pytest.mark.parametrize("gold", [SAMPLES, HELD_OUT], ids=lambda gold: gold.name)


@both_sets
def test_every_line_has_the_known_fields_and_values(gold: GoldSet) -> None:
    for line in gold.lines():
        fields = set(line)
        assert fields >= REQUIRED, line["id"]
        assert fields <= REQUIRED | OPTIONAL, line["id"]
        assert line["q"] == line["q"].strip() != "", line["id"]
        assert set() < set(line["status"]) <= STATUSES, line["id"]
        assert line["kind"] in KINDS, line["id"]
        assert set(line["tags"]) <= TAGS, line["id"]
        assert len(set(line["tags"])) == len(line["tags"]), line["id"]
        assert line["publishable"] is True, line["id"]
        for pattern in [*line["must"], *line.get("must_not", [])]:
            re.compile(pattern)


@both_sets
def test_ids_and_questions_are_unique(gold: GoldSet) -> None:
    lines = gold.lines()
    assert len(set(named(lines))) == len(lines)
    asked = [(tuple(line.get("previous", ())), line["q"]) for line in lines]
    assert len(set(asked)) == len(asked)


def test_the_two_sets_share_no_id_and_no_article() -> None:
    assert not set(named(SAMPLES.lines())) & set(named(HELD_OUT.lines()))
    assert not set(SAMPLES.files()) & set(HELD_OUT.files())


@both_sets
def test_an_unanswerable_question_has_a_reason_and_nothing_to_match_or_cite(gold: GoldSet) -> None:
    for line in gold.lines():
        unanswerable = line["status"] == ["not_found"]
        assert unanswerable == ("unanswerable" in line["tags"]), line["id"]
        assert unanswerable == bool(set(line["tags"]) & REASONS), line["id"]
        assert unanswerable == ("not_found" in line["status"]), line["id"]
        assert unanswerable == (line["must"] == []), line["id"]
        assert unanswerable == (cited(line) == []), line["id"]


@both_sets
def test_every_must_of_an_answerable_question_stands_in_quotable_text_of_a_cited_file(gold: GoldSet) -> None:
    quotable = gold.quotable()
    missing = [
        (line["id"], pattern)
        for line in gold.lines()
        for pattern in line["must"]
        if not any(re.search(pattern, quotable[key]) for key in cited(line))
    ]
    assert missing == []


@both_sets
def test_every_file_that_is_to_be_cited_holds_a_must_of_its_question(gold: GoldSet) -> None:
    quotable = gold.quotable()
    idle = [
        (line["id"], key)
        for line in gold.lines()
        for key in cited(line)
        if not any(re.search(pattern, quotable[key]) for pattern in line["must"])
    ]
    assert idle == []


@both_sets
def test_a_must_not_stands_nowhere_in_quotable_text(gold: GoldSet) -> None:
    text = "\n".join(gold.quotable().values())
    for line in gold.lines():
        for pattern in line.get("must_not", []):
            assert not re.search(pattern, text), line["id"]


@both_sets
def test_a_disputed_question_wants_two_values_and_an_updated_one_is_answered(gold: GoldSet) -> None:
    for line in gold.lines():
        if line["status"] == ["disputed"]:
            assert "disputed" in line["tags"], line["id"]
            assert len(line["must"]) >= 2, line["id"]
        if "updated" in line["tags"]:
            assert line["status"] == ["answered"], line["id"]


@both_sets
def test_a_follow_up_names_what_was_asked_before_and_no_other_question_does(gold: GoldSet) -> None:
    for line in gold.lines():
        assert (line["kind"] == "follow_up") == bool(line.get("previous")), line["id"]
        assert all(isinstance(q, str) and q.strip() for q in line.get("previous", [])), line["id"]


@both_sets
def test_a_lure_stands_only_outside_the_evidence(gold: GoldSet) -> None:
    files, quotable = gold.files(), gold.quotable()
    for line in gold.lines():
        assert ("boilerplate_only" in line["tags"]) == ("lure" in line), line["id"]
        if lure := line.get("lure"):
            assert set(lure) == {"file", "text"}, line["id"]
            assert lure["text"] in files[lure["file"]].read_text(encoding="utf-8"), line["id"]
            assert not any(lure["text"] in text for text in quotable.values()), line["id"]


@both_sets
def test_the_lines_that_are_no_evidence_are_quoted_as_they_stand(gold: GoldSet) -> None:
    rows = read_lines(gold.not_evidence)
    assert [r["filename"] for r in rows] == [p.name for p in gold.files().values()]
    for row in rows:
        text = (gold.articles / row["filename"]).read_text(encoding="utf-8").splitlines()
        for mark in row["lines"]:
            assert set(mark) == {"line", "kind", "text"}
            assert mark["kind"] in NOT_EVIDENCE, row["filename"]
            assert text[mark["line"] - 1] == mark["text"], (row["filename"], mark["line"])


def test_the_gold_sets_are_as_wide_as_promised() -> None:
    lines = SAMPLES.lines()
    assert len(lines) >= 84
    assert sum("unanswerable" in line["tags"] for line in lines) >= 20
    assert {line["kind"] for line in lines} == KINDS
    assert {tag for line in lines for tag in line["tags"]} == TAGS
    assert len(HELD_OUT.lines()) == 24
    assert 12 <= len(SAMPLES.files()) <= 14
    assert len(HELD_OUT.files()) == 5


@both_sets
def test_articles_are_short_news_reports(gold: GoldSet) -> None:
    lengths = {p.name: len(p.read_text(encoding="utf-8").split()) for p in gold.files().values()}
    assert {name: n for name, n in lengths.items() if not 80 <= n <= 350} == {}
