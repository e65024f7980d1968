"""The nearest spelling: found as if every known word were compared letter by letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.language.spelling import far, nearest_spelling, slips_between

WORDS = st.text("abcde", min_size=1, max_size=9)


@given(first=WORDS, second=WORDS, most=st.integers(1, 2))
def test_letters_alone_call_no_word_far_that_few_slips_lead_to(first: str, second: str, most: int) -> None:
    if far(frozenset(first), second, most):
        assert slips_between(first, second, most) is None


@given(word=st.text("abcde", min_size=4, max_size=9), known=st.dictionaries(WORDS, st.integers(1, 3), max_size=30))
def test_the_nearest_spelling_is_that_of_all_words_compared(word: str, known: dict[str, int]) -> None:
    most = 1 if len(word) < 8 else 2
    near = [(slips, -times, other) for other, times in known.items()
            if (slips := slips_between(word, other, most)) is not None]
    assert nearest_spelling(word, known) == (min(near)[2] if near else None)
