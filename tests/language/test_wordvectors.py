"""How near words are by thesaurus and vectors together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language.thesaurus import near
from service.language.wordvectors import FOLDER, compare, likeness, nearest, vector

WORDS = st.one_of(
    st.sampled_from(["soldiers", "troops", "sent", "killed", "casualties", "closed", "opened", "homes", "xyzzy", "", "1,000"]),
    st.text(max_size=8).map(str.lower))


def test_each_listed_word_has_one_vector_and_stands_once() -> None:
    names = (FOLDER / "words.txt").read_text("ascii").split()
    table = np.load(FOLDER / "vectors.npy", mmap_mode="r")
    assert table.shape[0] == len(names) == len(set(names))
    assert all(name == name.lower() for name in names)
    assert (np.abs(table[:: 97].astype(np.int32)).sum(axis=1) > 0).all()


@pytest.mark.parametrize("word", ["soldier", "soldiers", "evacuated", "ferries", "women"])
def test_a_common_word_in_any_form_has_a_unit_vector(word: str) -> None:
    found = vector(word)
    assert found is not None
    assert found.dtype == np.float32
    assert float(np.linalg.norm(found)) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("word", ["xyzzy", "", "brenmoor"])
def test_a_word_that_is_not_common_has_none(word: str) -> None:
    assert vector(word) is None
    assert likeness(word, "soldier") == near(word, "soldier")


@pytest.mark.parametrize(("first", "second"), [
    ("soldiers", "troops"), ("wounded", "injured"), ("houses", "homes"), ("killed", "dead"), ("killed", "death"),
    ("employees", "workers"), ("ship", "vessel"), ("students", "pupils"), ("kids", "children"), ("cars", "vehicles"),
])
def test_words_that_news_uses_for_one_thing_are_alike(first: str, second: str) -> None:
    assert likeness(first, second) >= 0.6


@pytest.mark.parametrize(("first", "second"), [
    ("soldiers", "warheads"), ("troops", "hospitals"), ("jobs", "stores"), ("sent", "killed"), ("deployed", "killed"),
    ("passengers", "pupils"), ("tonnes", "people"), ("arrested", "released"), ("evacuated", "killed"),
])
def test_words_for_different_things_are_not_alike(first: str, second: str) -> None:
    assert likeness(first, second) < 0.5


@pytest.mark.parametrize(("first", "second"), [("opened", "closed"), ("buy", "sell"), ("alive", "dead"), ("rose", "fell")])
def test_antonyms_are_not_alike_however_close_their_use(first: str, second: str) -> None:
    assert likeness(first, second) < 0.6


@given(WORDS, WORDS)
def test_likeness_is_a_share_the_same_both_ways(first: str, second: str) -> None:
    found = likeness(first, second)
    assert 0.0 <= found <= 1.0
    assert found == pytest.approx(likeness(second, first), abs=1e-5)
    assert likeness(first, first) == 1.0


@given(st.lists(WORDS, min_size=1, max_size=3), st.lists(WORDS, max_size=12))
def test_words_compared_together_are_as_alike_as_each_pair(asked: list[str], told: list[str]) -> None:
    for word, known in zip(asked, compare(asked, told), strict=True):
        assert [known[other] for other in told] == pytest.approx([likeness(word, other) for other in told], abs=1e-5)


def test_the_nearest_of_several_words_is_found_however_many_were_compared_before() -> None:
    names = (FOLDER / "words.txt").read_text("ascii").split()
    for first in range(0, 6_000, 1_500):
        compare(["soldiers"], names[first : first + 1_500])
    assert nearest("soldiers", ["paper", "troops", "xyzzy"]) == likeness("soldiers", "troops")
    assert nearest("soldiers", []) == 0.0
    assert nearest("xyzzy", ["xyzzy", "paper"]) == 1.0
