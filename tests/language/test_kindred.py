"""Which words can be near a word: none that is near is left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.language.kindred import base_forms, kindred, near_one
from service.language.thesaurus import known_words, near

WORDS = known_words()
ENDINGS = st.sampled_from(["", "", "s", "d", "ed", "ing"])


@pytest.mark.parametrize(("first", "second"), [
    ("deaths", "died"), ("killed", "died"), ("signed", "significance"), ("evacuated", "evacuation"), ("ferry", "boats"),
    ("arrested", "arrests"), ("flood", "deluge"), ("strike", "walkout"), ("teachers", "taught"),
])
def test_a_word_that_is_near_has_a_base_form_among_the_kindred(first: str, second: str) -> None:
    assert near(first, second) > 0
    assert kindred(first) & set(base_forms(second))
    assert kindred(second) & set(base_forms(first))


@pytest.mark.parametrize(("first", "second"), [("soldiers", "hospitals"), ("sent", "paper"), ("xyzzy", "ferry")])
def test_a_word_with_nothing_in_common_is_not_among_them(first: str, second: str) -> None:
    assert not kindred(first) & set(base_forms(second))


@settings(max_examples=60)
@given(st.data())
def test_no_word_that_is_near_is_left_out(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(WORDS)) + data.draw(ENDINGS)
    found = kindred(word)
    for base in sorted(found)[:5]:
        for other in sorted(kindred(WORDS[base]))[:30]:
            told = WORDS[other] + data.draw(ENDINGS)
            if told != word and max(near(word, told), near(told, word)) > 0:
                assert found & set(base_forms(told))
            assert near_one(told, word) == near(told, word)
