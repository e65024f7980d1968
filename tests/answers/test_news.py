"""What is new from one answer to the next."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.answers.news import news


def claim(index: int, low: int | None, **more: Any) -> dict[str, Any]:
    """A claim as the wire has it."""
    return {"index": index, "text": f"{low}" if low is not None else "hundreds", "low": low, "high": low,
            "unit": "people", "speaker": None, "derived": False, "superseded_by": None, "origins": 1,
            "citations": [index], **more}


def answer(*claims: dict[str, Any], status: str = "answered") -> dict[str, Any]:
    """An answer as the wire has it, as far as news go."""
    cited = sorted({number for one in claims for number in one["citations"]})
    return {"status": status, "claims": list(claims),
            "citations": [{"index": number, "cited_text": f"quote {number}"} for number in cited]}


def test_the_same_figure_in_other_words_is_no_news() -> None:
    assert news(answer(claim(1, 12, text="12")), answer(claim(1, 12, text="twelve", speaker="the county"))) == []


def test_a_figure_in_the_place_of_another_is_told_with_both_and_their_quotes() -> None:
    before, after = answer(claim(1, 12)), answer(claim(1, 14))
    assert news(before, after) == [
        {"kind": "claim_changed", "before": before["claims"][0], "after": after["claims"][0],
         "cited_before": [{"index": 1, "cited_text": "quote 1"}],
         "cited_after": [{"index": 1, "cited_text": "quote 1"}]}]


def test_a_second_figure_makes_a_dispute_and_both_are_told() -> None:
    changes = news(answer(claim(1, 12)), answer(claim(1, 12), claim(2, 20), status="disputed"))
    assert [(one["kind"], one["before"], one["after"]) for one in changes] == [
        ("claim_added", None, claim(2, 20)), ("status", "answered", "disputed")]


def test_a_figure_that_is_gone_is_told() -> None:
    changes = news(answer(claim(1, 12), claim(2, 20), status="disputed"), answer(claim(1, 20)))
    assert [one["kind"] for one in changes] == ["claim_removed", "status"]
    assert changes[0]["before"] == claim(1, 12)


def test_more_texts_that_say_the_same_are_told() -> None:
    changes = news(answer(claim(1, 12)), answer(claim(1, 12, origins=3)))
    assert [(one["kind"], one["before"]["origins"], one["after"]["origins"]) for one in changes] == [("origins", 1, 3)]


def test_a_figure_that_was_revised_is_told_once_as_changed() -> None:
    changes = news(answer(claim(1, 12)), answer(claim(1, 12, superseded_by=2), claim(2, 14)))
    assert [one["kind"] for one in changes] == ["claim_added", "claim_changed"]


def test_a_speaker_keeps_his_own_figure_beside_him() -> None:
    mayor, county = {"speaker": "the mayor"}, {"speaker": "the county"}
    changes = news(answer(claim(1, 10, **mayor), claim(2, 20, **county)),
                   answer(claim(1, 21, **county), claim(2, 11, **mayor)))
    assert [(one["before"]["low"], one["after"]["low"]) for one in changes] == [(10, 11), (20, 21)]


def test_an_answer_that_is_found_at_last_is_told() -> None:
    assert news(answer(status="not_found"), answer()) == [
        {"kind": "status", "before": "not_found", "after": "answered"}]


CLAIMS = st.lists(
    st.builds(claim, st.integers(1, 9), st.none() | st.integers(0, 5), origins=st.integers(1, 3),
              speaker=st.none() | st.sampled_from(["the mayor", "the county"])), max_size=5)


@given(CLAIMS, CLAIMS)
def test_nothing_is_new_in_the_same_claims_and_every_claim_is_told_at_most_once(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    assert news(answer(*old), answer(*old)) == []
    changes = [one for one in news(answer(*old), answer(*new)) if one["kind"] != "status"]
    for side, given_claims in (("before", old), ("after", new)):
        told = [one[side] for one in changes if one[side] is not None]
        assert len(told) <= len(given_claims)
        assert all(one in given_claims for one in told)
