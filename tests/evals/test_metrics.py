"""Every metric of the benchmarks page against values worked out by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.abstention import abstention
from evals.metrics.calibration import (
    Bin,
    Given,
    auc,
    best_threshold,
    calibration_error,
    coverage_curve,
    macro_f1,
    reliability,
)
from evals.metrics.citations import citation_precision, citation_recall, sentence_match
from evals.metrics.conflict import gold_recall, right, wrong_rate
from evals.metrics.extraction import Segments, count_segments, extraction, precision_recall_f
from evals.metrics.facts import average_precision, fact_recall, hits_at
from evals.metrics.gates import gate_outcome
from evals.metrics.intervals import estimate, mean_estimate
from evals.metrics.offsets import offsets
from evals.metrics.ranking import recall_at, reciprocal_rank
from evals.metrics.score import Score
from evals.metrics.squad import containment, exact, f1, normalised

# Finding the article


def test_recall_counts_distinct_articles() -> None:
    passages = ["a", "a", "b", "a", "c"]
    assert recall_at(passages, {"c"}, 3) == Score(1.0, "first gold article at rank 3")
    assert recall_at(passages, {"c"}, 2).value == 0.0
    assert recall_at(passages, {"x"}, 10) == Score(0.0, "first gold article at rank None")
    assert recall_at(passages, set(), 1).value is None


def test_reciprocal_rank_is_of_the_first_gold_article_within_ten() -> None:
    assert reciprocal_rank(["a", "a", "b", "c"], {"b", "c"}).value == pytest.approx(1 / 2)
    eleven = [str(n) for n in range(11)]
    assert reciprocal_rank(eleven, {"9"}).value == pytest.approx(1 / 10)
    assert reciprocal_rank(eleven, {"10"}).value == 0.0


# Finding facts

PASSAGES = [
    "nothing",
    "The fact  one\nis here",
    "fact one is here again",
    "two facts: fact two, and fact three",
]


def test_a_passage_is_relevant_when_it_holds_a_fact_white_space_aside() -> None:
    facts = ["fact one is", "fact two", "fact four"]
    assert hits_at(PASSAGES, facts, 1).value == 0.0
    assert hits_at(PASSAGES, facts, 2).value == 1.0
    # new facts at ranks 2 and 4: (1/2 + 2/4) / 3
    assert average_precision(PASSAGES, facts).value == pytest.approx(1 / 3)
    assert fact_recall(PASSAGES, facts).value == pytest.approx(2 / 3)
    assert fact_recall(PASSAGES, facts, 2).value == pytest.approx(1 / 3)


def test_a_perfect_ranking_has_average_precision_one() -> None:
    assert average_precision(["x fact a", "y fact b"], ["fact a", "fact b"]).value == 1.0
    assert average_precision(["fact a and fact b"], ["fact a", "fact b"]).value == 0.5


def test_null_questions_are_left_out_of_fact_metrics() -> None:
    assert hits_at(PASSAGES, [], 4).value is average_precision(PASSAGES, []).value is None


# Short answers


def test_normalisation_is_squads() -> None:
    assert normalised("The  Quick, brown-fox isn't a  Fox!") == "quick brownfox isnt fox"


def test_exact_f1_and_containment() -> None:
    golds = ["the red house", "cottage"]
    assert exact("Red house.", golds).value == 1.0
    assert exact("red houses", golds).value == 0.0
    # "old red house" against "red house": 2 of 3 and 2 of 2
    assert f1("The old red house", golds).value == pytest.approx(0.8)
    assert f1("blue", golds).value == 0.0
    assert f1("red red", ["red"]).value == pytest.approx(2 / 3)
    assert containment("He sold a red house, he said.", golds).value == 1.0
    assert containment("He sold red houses.", golds).value == 0.0
    assert exact("x", []).value is None


# Conflicting documents


def test_right_needs_every_gold_answer_and_no_wrong_one() -> None:
    golds, wrongs = ["AFL", "the NBA"], ["NFL"]
    assert right("He played in the AFL and in NBA teams.", golds, wrongs).value == 1.0
    assert right("He played in the AFL.", golds, wrongs).value == 0.0
    assert gold_recall("He played in the AFL.", golds).value == 0.5
    assert right("AFL, NBA and NFL.", golds, wrongs).value == 0.0
    assert wrong_rate("AFL, NBA and NFL.", golds, wrongs).value == 1.0
    assert wrong_rate("AFL", golds, []).value is None


def test_a_wrong_answer_inside_a_gold_one_does_not_count() -> None:
    assert wrong_rate("She moved to New York City.", ["New York City"], ["York"]).value == 0.0
    assert wrong_rate("She moved to New York City, not York.", ["New York City"], ["York"]).value == 1.0


# Abstention


def values(scores: dict[str, Score]) -> list[float | None]:
    return [score.value for score in scores.values()]


def test_the_three_of_abstention() -> None:
    assert values(abstention(answerable=False, answered=False, right=None)) == [1.0, None, None]
    assert values(abstention(answerable=False, answered=True, right=None)) == [0.0, None, 0.0]
    assert values(abstention(answerable=True, answered=True, right=True)) == [None, 1.0, 1.0]
    assert values(abstention(answerable=True, answered=True, right=False)) == [None, 1.0, 0.0]
    assert values(abstention(answerable=True, answered=True, right=None)) == [None, 1.0, None]
    assert values(abstention(answerable=True, answered=False, right=None)) == [None, 0.0, None]


# Citations


def words_support(texts: list[str] | tuple[str, ...], statement: str) -> bool | None:
    """Supported when each word stands in one of the texts; "?" can't be told."""
    if "?" in statement:
        return None
    have = {word for text in texts for word in text.split()}
    return set(statement.split()) <= have


def test_a_statement_is_recalled_when_its_citations_together_support_it() -> None:
    assert citation_recall("a b", ["a", "b"], words_support).value == 1.0
    assert citation_recall("a c", ["a", "b"], words_support).value == 0.0
    assert citation_recall("a", [], words_support).value == 0.0
    assert citation_recall("a ?", ["a"], words_support).value is None


def test_a_citation_is_precise_when_it_is_needed() -> None:
    assert citation_precision("a b", ["a", "b"], words_support).value == 1.0
    assert citation_precision("a b", ["a b", "x"], words_support).value == 0.5
    assert citation_precision("a b", ["a", "b", "x"], words_support).value == pytest.approx(2 / 3)
    assert citation_precision("a c", ["a", "b"], words_support).value == 0.0
    # either alone supports it, so both count, as in ALCE
    assert citation_precision("a", ["a x", "a y"], words_support).value == 1.0
    assert citation_precision("a", [], words_support).value is None


def test_cited_sentences_against_the_annotator_who_agrees_best() -> None:
    sentences = ["One is here .", "Two is here .", "Three is here ."]
    selections = [["One is here ."], ["Two is here .", "Three is here ."]]
    both = sentence_match(["Two is here. Three is here.", "One is here."], sentences, selections)
    # against the second annotator (F1 .8, not .5): 2 of 3 cited, 2 of 2 selected
    assert values(both) == [pytest.approx(2 / 3), 1.0]
    assert values(sentence_match([], sentences, selections)) == [None, 0.0]
    assert values(sentence_match(["One"], sentences, [[]])) == [None, None]


# Gates


def test_altered_statements_ship_and_faithful_ones_are_blocked() -> None:
    assert values(gate_outcome(altered=True, passed=True, gate="", reason="")) == [1.0, None]
    assert values(gate_outcome(altered=True, passed=False, gate="numbers", reason="r")) == [0.0, None]
    assert values(gate_outcome(altered=False, passed=True, gate="", reason="")) == [None, 0.0]
    blocked = gate_outcome(altered=False, passed=False, gate="names", reason="no Oxley")
    assert blocked["blocked"] == Score(1.0, "stopped by names: no Oxley")


# Extraction


def test_segments_kept_and_dropped_and_precision_over_all_pages() -> None:
    first = count_segments("wanted a, wanted b, menu", ["wanted a", "wanted b", "wanted c"], ["menu", "footer"])
    assert first == Segments(kept=2, lost=1, leaked=1, dropped=1)
    assert values(extraction(first)) == [pytest.approx(2 / 3), 0.5]
    second = Segments(kept=2, lost=0, leaked=1, dropped=3)
    # 4 of 6 extracted segments wanted, 4 of 5 wanted extracted
    assert precision_recall_f([first, second]) == (
        pytest.approx(2 / 3),
        pytest.approx(4 / 5),
        pytest.approx(8 / 11),
    )
    assert precision_recall_f([]) == (0.0, 0.0, 0.0)


# Offsets


def test_offsets_are_the_share_of_citations_at_their_place() -> None:
    def cite(index: int, start: int, end: int, words: str, filename: str = "a") -> dict[str, object]:
        return {
            "index": index,
            "filename": filename,
            "start_char_index": start,
            "end_char_index": end,
            "cited_text": words,
        }

    texts = {"a": "one two"}
    listed = [cite(1, 0, 3, "one"), cite(2, 4, 7, "two"), cite(3, 0, 3, "two"), cite(4, 0, 3, "one", "b")]
    assert offsets(listed, texts.get) == Score(0.5, "4 citations, wrong: [3, 4]")
    assert offsets([], texts.get).value is None


# Calibration


def test_macro_f1_is_the_mean_of_both_classes() -> None:
    labels, told = [True, True, False, False, False], [True, False, False, False, True]
    # yes: 1 of 2 and 1 of 2; no: 2 of 3 and 2 of 3
    assert macro_f1(labels, told) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert macro_f1([True], [True]) == 0.5


def test_auc_counts_pairs_and_half_of_ties() -> None:
    assert auc([True, True, False, False], [0.9, 0.5, 0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert auc([True], [0.5]) is None


def test_the_best_threshold_is_found_among_the_scores() -> None:
    assert best_threshold([True, True, False], [0.9, 0.8, 0.1]) == (1.0, 0.8)
    # a threshold can't part what has one score
    assert best_threshold([True, False], [0.5, 0.5]) == (pytest.approx(1 / 3), 0.5)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.3, 0.4])), min_size=1, max_size=12))
def test_the_best_threshold_is_the_best_of_all(cases: list[tuple[bool, float]]) -> None:
    labels, scores = [a for a, _ in cases], [b for _, b in cases]
    tried = {t: macro_f1(labels, [s >= t for s in scores]) for t in scores}
    value, threshold = best_threshold(labels, scores)
    assert value == pytest.approx(max(tried.values()))
    assert tried[threshold] == pytest.approx(value)


# Intervals


def test_the_interval_holds_the_mean_and_shrinks_with_cases() -> None:
    drawn = random.Random(7)
    few = mean_estimate([float(drawn.random() < 0.5) for _ in range(20)], seed=1)
    many = mean_estimate([float(drawn.random() < 0.5) for _ in range(2000)], seed=1)
    assert few.low is not None
    assert few.high is not None
    assert many.low is not None
    assert many.high is not None
    assert few.low <= few.value <= few.high  # type: ignore[operator]
    # for a share of one half the normal interval is 1.96 * sqrt(.25/n) to each side
    assert (few.high - few.low) / 2 == pytest.approx(0.219, abs=0.04)
    assert (many.high - many.low) / 2 == pytest.approx(0.0219, abs=0.004)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [0.13, 1.0, 0.72, 0.0, 0.41]
    assert mean_estimate(values, seed=3) == mean_estimate(values, seed=3)
    assert mean_estimate(values, seed=3) != mean_estimate(values, seed=4)


def test_any_statistic_can_be_resampled() -> None:
    rows = [(True, 0.9), (False, 0.2), (True, 0.8), (False, 0.3)]
    found = estimate(rows, lambda drawn: auc([a for a, _ in drawn], [b for _, b in drawn]), seed=0)
    assert (found.value, found.low, found.high, found.cases) == (1.0, 1.0, 1.0, 4)
    assert mean_estimate([]).value is None


# Confidence


def test_reliability_puts_cases_of_like_confidence_together() -> None:
    labels = [True, False, True, True, False]
    confidences = [0.95, 0.05, 0.92, 0.45, 0.41]
    assert reliability(labels, confidences) == [
        Bin(pytest.approx(0.05), 0.0, 1), Bin(pytest.approx(0.43), 0.5, 2), Bin(pytest.approx(0.935), 1.0, 2)
    ]  # fmt: skip
    # 1/5 * .05 + 2/5 * .07 + 2/5 * .065
    assert calibration_error(labels, confidences) == pytest.approx(0.064)
    assert calibration_error([True, False], [1.0, 0.0]) == 0.0
    assert calibration_error([True, False], [0.0, 1.0]) == 1.0
    assert calibration_error([], []) is None
    assert reliability([True], [1.0]) == [Bin(1.0, 1.0, 1)]


def test_a_coverage_curve_has_a_point_for_every_threshold() -> None:
    given = [Given(0.5, False, True), Given(0.9, True, True), Given(0.7, False, False), Given(0.5, True, True)]
    # of four answerable questions: .9 alone; with .7 (unanswerable); with both at .5
    assert coverage_curve(given, 4) == [(0.25, 1.0), (0.25, 0.5), (0.75, 0.5)]
    assert coverage_curve([], 4) == []
    assert coverage_curve([Given(0.9, False, False)], 0) == []
