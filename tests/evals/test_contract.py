"""Each breach of the contract's section 4 that plain code can see is named, and a right answer has none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.contract import Json, faults
from evals.sources import SourceFolder
from tests.evals.made import COUNTY, FIRST, answer_of, citation, disputed, not_found, write_articles


@pytest.fixture
def folder(tmp_path: Path) -> SourceFolder:
    return SourceFolder(write_articles(tmp_path / "articles"))


def test_a_right_answer_has_no_fault(folder: SourceFolder) -> None:
    assert faults(disputed(), folder) == []
    assert faults(not_found(), folder) == []
    assert faults(not_found(nearest=[citation(1, "001-county.txt", FIRST)]), folder) == []


def edit(change: Callable[[Json], None], base: Callable[[], Json] = disputed) -> Json:
    answer = copy.deepcopy(base())
    change(answer)
    return answer


def set_path(answer: Json, path: str, value: object) -> None:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    target = answer
    for step in steps:
        target = target[step]
    target[last] = value  # type: ignore[index]


BREACHES: list[tuple[str, object, str]] = [
    ("status", "maybe", "status: 'maybe' is none"),
    ("reason", "no_evidence", "status: disputed with reason 'no_evidence'"),
    ("citations.0.start_char_index", 3, "offsets: [1] is not at its offsets in '001-county.txt'"),
    ("citations.0.file_sha256", "00", "hash: [1]: not the hash of '001-county.txt'"),
    ("citations.0.filename", "009.txt", "offsets: [1]: no file '009.txt'"),
    ("citations.0.type", "page", "shape: [1] has type 'page'"),
    ("citations.0.published", "Monday", "shape: [1]: published 'Monday'"),
    ("statements.2.answer_start", 90, "statements: not at its offsets in the answer"),
    ("statements.2.citations", [1], "markers: text has [2], field has [1]"),
    ("statements.2.citations", [], "statements: without citation"),
    ("claims.0.qualifier", "circa", "claims: claim 1 ('About 4,200'): qualifier 'circa'"),
    ("claims.0.low", 5000, "claims: claim 1 ('About 4,200'): low 5000 is above high 4200"),
    ("claims.0.high", 9000, "claims: claim 1 ('About 4,200'): bound 9000 is not what its words say"),
    ("claims.1.low", 0, "claims: claim 2 ('3,000 at most'): at_most with 0 to 3000"),
    ("claims.0.citations", [7], "claims: claim 1 ('About 4,200'): citations [7]"),
    ("claims.0.citations", [], "claims: claim 1 ('About 4,200'): citations []"),
    ("claims.0.origins", 0, "claims: claim 1 ('About 4,200'): 0 origins, fewer than it cites"),
    (
        "claims.0.speaker",
        "the king",
        "claims: claim 1 ('About 4,200'): speaker 'the king' stands in no file it cites",
    ),
    ("claims.0.text", "About 4,300", "claims: claim 1 ('About 4,300'): its words stand in no quote it cites"),
    ("claims.0.superseded_by", 1, "claims: claim 1 ('About 4,200'): superseded by 1"),
    ("claims.1.index", 5, "claims: numbered [1, 5]"),
    ("claims_left_out", 4, "claims: 4 left out of 2"),
    ("claims", [], ""),
    ("created", "yesterday", "shape: 'created' is no time: 'yesterday'"),
    ("usage.cost_usd", -1, "shape: usage 'cost_usd' is -1"),
    ("timings_ms.total", None, "shape: timing 'total' is None"),
    ("claims_left_out", True, "shape: 'claims_left_out' is True"),
    ("sources", [], "sources: the file of [1] is not among them"),
    ("sources.0.publisher", "The Echo", "sources: [1] and its source tell different things of one file"),
]


@pytest.mark.parametrize(("path", "value", "fault"), BREACHES)
def test_a_breach_in_one_field_is_named(folder: SourceFolder, path: str, value: object, fault: str) -> None:
    found = [str(f) for f in faults(edit(lambda a: set_path(a, path, value)), folder)]
    if fault:
        assert any(f.startswith(fault) for f in found), found
    else:
        assert found == []


@pytest.mark.parametrize("field", sorted(disputed()))
def test_a_missing_field_is_named(folder: SourceFolder, field: str) -> None:
    found = faults(edit(lambda a: a.pop(field)), folder)
    assert f"shape: no field {field!r}" in [str(f) for f in found]


def test_an_unknown_field_is_named(folder: SourceFolder) -> None:
    assert [str(f) for f in faults(disputed() | {"gates": []}, folder)] == ["shape: unknown field 'gates'"]


def said(text: str, words: str = FIRST, filename: str = "001-county.txt", **other: object) -> Json:
    """One statement on one citation."""
    return answer_of([(f"{text} [1].", [1])], [citation(1, filename, words, **other)])


def rules(answer: Json, folder: SourceFolder) -> list[str]:
    return [f.rule for f in faults(answer, folder)]


@pytest.mark.parametrize(
    "text",
    [
        "About 4,200 people were moved out",
        "About 4 200 people were moved out",
        "About four thousand two hundred people were moved out",
        "About 4.2k people were moved out",
        "The county moved out about 4,200 people on Monday",
        "County counts about 4,200",
    ],
)
def test_numbers_and_names_compare_by_value_and_word(folder: SourceFolder, text: str) -> None:
    assert rules(said(text), folder) == []


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("About 4,300 people were moved out", "number '4300'"),
        ("About forty people were moved out", "number 'forty'"),
        ("About 4,200 people were moved out in 2026", "number '2026'"),
        ("About 4,200 people were moved out on Tuesday", "date word 'tuesday'"),
        ("About 4,200 people were moved out in June", "date word 'month 6'"),
        ("About 4,200 people were moved out of Oxley", "name 'Oxley'"),
    ],
)
def test_what_is_added_is_named(folder: SourceFolder, text: str, detail: str) -> None:
    found = [f for f in faults(said(text), folder) if f.rule == "added"]
    assert len(found) == 1
    assert found[0].detail.startswith(detail)


def test_a_publication_date_may_give_a_month_and_a_year_but_no_weekday(folder: SourceFolder) -> None:
    given = {"published": "2026-03-03"}
    assert rules(said("By 3 March 2026 about 4,200 people were moved out", **given), folder) == []
    assert rules(said("By Tuesday about 4,200 people were moved out", **given), folder) == ["added"]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("About 4,200 people were moved out", "whole"),
        ("the county said.", "whole"),
        ("By Mara Lindqvist", "evidence"),
        ("Bank robbers took 75,000 crowns from a branch in Oxley before they...", "evidence"),
        (COUNTY[COUNTY.index("About") : COUNTY.index("The county opened") - 2], "whole"),
    ],
)
def test_a_quote_is_one_to_three_whole_sentences_of_the_body(folder: SourceFolder, words: str, rule: str) -> None:
    assert rules(said("The county said so", words), folder) == [rule]


def test_a_quote_of_two_neighbouring_sentences_is_whole(folder: SourceFolder) -> None:
    words = FIRST + " The water had reached the market by ten."
    assert rules(said("The county said so", words), folder) == []


@pytest.mark.parametrize(
    "text",
    [
        "The county <b>said</b> so",
        "The county **said** so",
        "The county said so, see https://county.example",
        "The county said so @mara",
        "# The county said so",
        "The county [said](x) so",
        "The county said &amp; so",
        "The county said\nso",
        "The county\u202e said so",
        "The county\x07 said so",
    ],
)
def test_a_statement_with_markup_links_mentions_or_control_characters_is_named(folder: SourceFolder, text: str) -> None:
    assert rules(said(text), folder) == ["plain"]


def test_markers_are_adjacent_and_in_order_of_first_use(folder: SourceFolder) -> None:
    quotes = disputed()["citations"]
    apart = answer_of([("The county and the mayor of Tarnby differ [1], [2].", [1, 2])], quotes)
    assert rules(apart, folder) == ["markers"]
    turned = answer_of(
        [("The mayor of Tarnby put it at 3,000 at most [2].", [2]), ("The county said so [1].", [1])], quotes
    )
    assert rules(turned, folder) == ["markers"]


def test_one_quote_is_numbered_once(folder: SourceFolder) -> None:
    twice = [citation(1, "001-county.txt", FIRST), citation(2, "001-county.txt", FIRST)]
    assert "markers" in rules(answer_of([("The county said so [1][2].", [1, 2])], twice), folder)


def test_the_answer_is_short_and_joined_by_one_space(folder: SourceFolder) -> None:
    quote = citation(1, "001-county.txt", FIRST)
    long = answer_of([(f"The county said so {'and so ' * n}[1].", [1]) for n in range(7)], [quote])
    assert rules(long, folder) == ["statements"]
    loose = edit(lambda a: a.update(answer=a["answer"].replace("]. ", "].  ")))
    assert set(rules(loose, folder)) == {"statements"}


def test_not_found_has_a_reason_and_nothing_else(folder: SourceFolder) -> None:
    assert rules(not_found(reason=None), folder) == ["status"]
    assert rules(not_found(answer=" "), folder) == ["status"]
    assert rules(disputed() | {"status": "not_found", "reason": "no_evidence"}, folder) == ["status"]
    assert rules(not_found(nearest=[citation(1, "001-county.txt", FIRST)] * 4), folder) == ["status"]


def test_a_disputed_quantity_has_two_claims_that_stand(folder: SourceFolder) -> None:
    answer = edit(lambda a: a["claims"][0].update(superseded_by=2))
    assert [str(f) for f in faults(answer, folder)] == ["claims: disputed with fewer than two claims that stand"]


def test_a_quote_from_a_line_that_a_person_marked_is_named(tmp_path: Path) -> None:
    labels = tmp_path / "not_evidence.jsonl"
    labels.write_text('{"filename": "001-county.txt", "lines": [{"line": 10}]}', "utf-8")
    folder = SourceFolder(write_articles(tmp_path / "articles"), labels)
    assert rules(said("Nobody was hurt in Tarnby", "Nobody was hurt in Tarnby."), folder) == ["evidence"]


def test_a_filename_leads_to_no_file_outside_the_folder(tmp_path: Path) -> None:
    folder = SourceFolder(write_articles(tmp_path / "articles"))
    (tmp_path / "secret.txt").write_text("x", "utf-8")
    assert folder.file("../secret.txt") is None


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffOne line.\r\nTwo.".encode())
    source = SourceFolder(tmp_path).file("a.txt")
    assert source is not None
    assert source.text == "One line.\r\nTwo."
