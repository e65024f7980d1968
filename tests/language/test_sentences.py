"""Sentences at their exact places, whatever stands between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language.sentences import split


def texts(text: str, start: int = 0, end: int | None = None) -> list[str]:
    return [text[s.start : s.end] for s in split(text, start, end)]


@pytest.mark.parametrize(("text", "expected"), [
    ("It rained. The river rose.", ["It rained.", "The river rose."]),
    ("  It rained.  \n The river\nrose. ", ["It rained.", "The river\nrose."]),
    ("It rained.\r\nThe river rose.", ["It rained.", "The river rose."]),
    ("Dr. Krantz of the U.N. left at 5 p.m. on Friday.", ["Dr. Krantz of the U.N. left at 5 p.m. on Friday."]),
    ("It cost $3.5 million. He paid.", ["It cost $3.5 million.", "He paid."]),
    ("“It rained. It poured,” she said. He left.", ["“It rained. It poured,” she said.", "He left."]),
    ("Why? Nobody knows! So be it…", ["Why?", "Nobody knows!", "So be it…"]),
    ("It fell at 4:45 p.m. Thursday, police said. He left.", ["It fell at 4:45 p.m. Thursday, police said.", "He left."]),
    ("It rises at 7:24 p.m. EDT on Sunday.", ["It rises at 7:24 p.m. EDT on Sunday."]),
    ("It fell at 4 p.m. The ship sank.", ["It fell at 4 p.m.", "The ship sank."]),
    ("No full stop", ["No full stop"]),
    ("", []),
    (" \n\t ", []),
])
def test_sentences_are_found_with_their_abbreviations_numbers_and_quotations_whole(
    text: str, expected: list[str]
) -> None:
    assert texts(text) == expected


def test_only_the_stretch_that_was_named_is_split() -> None:
    text = "One. Two here. Three."
    assert texts(text, 5, 14) == ["Two here."]
    assert texts(text, 5, 5) == []
    assert texts(text, 5) == ["Two here.", "Three."]


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\r", "\u2028", "\ufeff", "🚢", "e\u0301", "\u202e", "\U0010ffff"])
def test_odd_characters_move_no_offset(odd: str) -> None:
    text = f"It {odd} rained. The river {odd} rose."
    assert texts(text) == [f"It {odd} rained.", f"The river {odd} rose."]


ANY = st.text(st.one_of(st.characters(), st.characters(categories=["Cs"]), st.sampled_from(".?!…\"“”'’ \n\r\t—")))


@given(ANY, st.integers(0, 20), st.integers(0, 20))
def test_nothing_but_white_space_lies_between_sentences(text: str, before: int, after: int) -> None:
    start = min(before, len(text))
    end = max(start, len(text) - after)
    found = split(text, start, end)
    at = start
    for sentence in found:
        assert at <= sentence.start < sentence.end <= end
        assert not text[at : sentence.start].strip()
        assert text[sentence.start : sentence.end] == text[sentence.start : sentence.end].strip()
        at = sentence.end
    assert not text[at:end].strip()


@given(st.lists(st.sampled_from(["It rained.", "The river rose!", "Who knew?", "“Nobody,” he said."]), max_size=6))
def test_plain_sentences_come_back_as_they_went_in(sentences: list[str]) -> None:
    assert texts(" ".join(sentences)) == sentences


def test_a_paragraph_beyond_all_measure_has_the_sentences_of_its_parts() -> None:
    part = "The ferry ran aground on Tuesday. “We saw it,” she said. It was 4:45 p.m. Thursday when help came! "
    assert texts(part * 600) == texts(part) * 600
    for odd in ("![a](", "\"a!", "a"):
        assert "".join(texts(odd * 30_000)) == odd * 30_000
