"""Words: their places, their folded forms, their stems."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language.words import STOPWORDS, has_stem, stem, words


@pytest.mark.parametrize(("text", "expected"), [
    ("Some 12,000 soldiers.", ["Some", "12,000", "soldiers"]),
    ("The mayor’s plan isn't new.", ["The", "mayor’s", "plan", "isn't", "new"]),
    ("mid-January, Jean-Luc, COVID-19", ["mid-January", "Jean-Luc", "COVID-19"]),
    ("1.5 million; 3,5", ["1.5", "million", "3,5"]),
    ("Ōsaka naïve Zürich", ["Ōsaka", "naïve", "Zürich"]),
    ("a_b 7x", ["a", "b", "7", "x"]),
    ("– … 🚢", []),
    ("", []),
])
def test_words_are_letters_with_what_joins_them_and_numbers_with_their_groups(text: str, expected: list[str]) -> None:
    assert [word.text for word in words(text)] == expected


@pytest.mark.parametrize(("text", "lower"), [
    ("Mayor’s", "mayor"), ("mayor's", "mayor"), ("ISN’T", "isn't"), ("The", "the"), ("O’Rourke", "o'rourke"),
    ("Chargé", "charge"), ("São", "sao"), ("Øre", "øre")])
def test_the_lower_form_is_without_accents_and_a_possessive_ending_and_with_a_plain_apostrophe(text: str, lower: str) -> None:
    (word,) = words(text)
    assert (word.lower, word.stem) == (lower, stem(lower))


def test_a_stem_is_found_with_and_without_accents() -> None:
    assert has_stem("the Chargé d’affaires", stem("charge"))
    assert has_stem("many écoles", stem("ecoles"))
    assert not has_stem("the chargé", stem("chart"))


@pytest.mark.parametrize("row", [
    ("evacuate", "evacuated", "evacuating"), ("soldier", "soldiers"), ("treat", "treated", "treating"),
    ("wound", "wounded", "wounds")])
def test_forms_of_one_word_have_one_stem(row: tuple[str, ...]) -> None:
    assert len({stem(word) for word in row}) == 1


def test_words_of_closed_classes_carry_no_content() -> None:
    assert [w.text for w in words("How many of them were then sent by the 12 men?") if w.content] == ["sent", "12", "men"]
    assert all(word == word.lower() for word in STOPWORDS)


@given(st.text())
def test_every_word_stands_at_its_place_in_order(text: str) -> None:
    found = words(text)
    assert all(text[w.start : w.end] == w.text and w.text and w.lower for w in found)
    assert all(first.end <= second.start for first, second in pairwise(found))
    covered = {i for w in found for i in range(w.start, w.end)}
    assert all(i in covered for i, c in enumerate(text) if c.isalpha())


@given(st.lists(st.sampled_from(("dying", "cities", "City’s", "north-east", "10th", "I’ll", "flooding", "U.S.", "a_war", "İzmir",
                                 "relational", "possibility", "skies", "'quoted'", "wars", "sky", ",", "news")), max_size=8),
       st.sampled_from(("die", "citi", "north-east", "th", "i'll", "flood", "war", "relat", "possibl", "sky", "news", "quot")))
def test_a_text_has_a_stem_when_one_of_its_words_has(pieces: list[str], wanted: str) -> None:
    text = " ".join(pieces)
    assert has_stem(text, wanted) == (wanted in {word.stem for word in words(text)})
