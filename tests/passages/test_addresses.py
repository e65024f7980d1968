"""What an address says in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.passages.addresses import address_words


@pytest.mark.parametrize(("url", "expected"), [
    ("https://www.example.org/2026/03/04/economy/ferry-fares-to-double/index.html", "ferry fares to double"),
    ("https://example.org/news/Osmer%20harbour%20reopens.htm?page=2#top", "Osmer harbour reopens"),
    ("https://example.org/live-news/storm-tide-at-osmer-07-12-26/h_c164ac931cc8414108b8bbae8f859e65",
     "storm tide at osmer 07 12 26"),
    ("https://example.org/sport_rowing_final_8834512", "sport rowing final"),
    ("https://example.org/a/ford-recall/b/dyke-breach.html", "dyke breach"),
    ("https://example.org/economie/prix-du-blé-à-la-hausse", "prix du blé à la hausse"),
    ("https://example.org/", ""),
    ("https://example.org/article/8834512", ""),
    ("https://example.org/2026/03/04/", ""),
    ("http://[", ""),
    ("", ""),
])
def test_the_part_with_most_words_is_told(url: str, expected: str) -> None:
    assert address_words(url) == expected


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["ferry", "storm", "harbour", "council"]), min_size=2, max_size=9))
def test_the_words_of_a_headline_come_back_from_its_address(headline: list[str]) -> None:
    assert address_words(f"https://example.org/news/{'-'.join(headline)}.html") == " ".join(headline)


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_any_address_gives_words_between_single_blanks(url: str) -> None:
    told = address_words(url)
    assert told == " ".join(told.split())
    assert all(word.isalpha() or word.isdigit() for word in told.split())
