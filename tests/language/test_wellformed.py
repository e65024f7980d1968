"""Text that UTF-8 can carry."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.language.wellformed import wellformed

ANY = st.text(st.characters() | st.sampled_from(["\ud83d", "\ude00", "\udc80"]), max_size=40)


@given(st.text(max_size=40))
def test_text_that_is_well_formed_stays_as_it_is(text: str) -> None:
    assert wellformed(text) == text


@given(ANY)
def test_any_text_can_be_sent_afterwards(text: str) -> None:
    assert wellformed(text).encode("utf-8").decode("utf-8") == wellformed(wellformed(text))


def test_halves_are_put_together_and_lone_ones_are_marked() -> None:
    assert wellformed("a\ud83d\ude00b\ud83dc\udc80") == "a😀b\ufffdc\ufffd"
