"""What WordNet says of words that news uses, and that the file which ships is the one that was made."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.language import thesaurus
from service.language.thesaurus import (
    COMMUNICATION,
    GROUP,
    PERSON,
    PLACE,
    TIME,
    Part,
    field,
    frequency,
    is_a,
    kinship,
    lemmas,
    near,
    opposed,
    senses,
    some_lemmas,
)

WORDS = st.one_of(
    st.sampled_from(["soldiers", "troops", "sent", "killed", "died", "death", "closed", "opened", "people", "rose", "left",
                     "better", "news", "glasses", "said", "ferry", "xyzzy", "", "'", "1,000", "été"]),
    st.text(max_size=8).map(str.lower))
WRITTEN = ("death", "die", "kill", "strike", "walkout", "flood", "deluge", "soldier", "troops", "person", "evacuate",
           "leave", "injured", "wounded", "fire", "dismiss", "rise", "increase", "bank", "shore", "law", "treaty")


@pytest.mark.parametrize("folder", ["wordnet", "words"])
def test_what_ships_is_what_was_made(folder: str) -> None:
    assets = Path(thesaurus.__file__).parents[1] / "assets" / folder
    rows = [line.split() for line in (assets / "SHA256SUMS").read_text("ascii").splitlines()]
    assert {name for _, name in rows} == {p.name for p in assets.iterdir()} - {"SHA256SUMS"}
    for digest, name in rows:
        assert hashlib.sha256((assets / name).read_bytes()).hexdigest() == digest


LEMMAS: tuple[tuple[str, Part, tuple[str, ...]], ...] = (
    ("soldiers", "n", ("soldier",)), ("women", "n", ("woman",)), ("children", "n", ("child",)), ("cities", "n", ("city",)),
    ("sent", "v", ("send",)), ("was", "v", ("be",)), ("stopped", "v", ("stop",)), ("lying", "v", ("lie",)),
    ("died", "v", ("die",)), ("left", "v", ("leave",)), ("largest", "a", ("large",)), ("news", "n", ("news",)),
    ("xyzzy", "n", ()), ("", "v", ()), ("treaty", "v", ()),
)


@pytest.mark.parametrize(("word", "part", "expected"), LEMMAS)
def test_base_forms_are_wordnets(word: str, part: Part, expected: tuple[str, ...]) -> None:
    assert lemmas(word, part) == expected


def test_an_irregular_form_that_is_a_word_itself_has_both() -> None:
    assert set(lemmas("men", "n")) == {"man", "men"}
    assert "leave" in some_lemmas("left")
    assert "left" in some_lemmas("left")


NEAR: tuple[tuple[str, str, float], ...] = (
    ("sent", "sends", 1.0), ("soldier", "soldiers", 1.0), ("wounded", "injured", 0.9), ("die", "death", 0.9),
    ("evacuate", "evacuation", 0.9), ("killed", "died", 0.8), ("head", "chief", 0.9),
)


@pytest.mark.parametrize(("first", "second", "least"), NEAR)
def test_words_that_say_the_same_are_near(first: str, second: str, least: float) -> None:
    assert near(first, second) >= least
    assert near(second, first) >= least


@pytest.mark.parametrize(("first", "second"), [
    ("soldiers", "warheads"), ("sent", "killed"), ("troops", "hospitals"), ("banana", "treaty"), ("cut", "hire"),
    ("soldiers", "refugees"), ("killed", "opened"), ("ferry", "mayor"), ("xyzzy", "soldier"),
])
def test_words_that_say_different_things_are_far(first: str, second: str) -> None:
    assert near(first, second) < 0.6


@pytest.mark.parametrize(("first", "second"), [
    ("opened", "closed"), ("rose", "fell"), ("buy", "sell"), ("alive", "dead"), ("increase", "decrease")])
def test_antonyms_are_opposed_both_ways_and_not_near(first: str, second: str) -> None:
    assert opposed(first, second)
    assert opposed(second, first)
    assert near(first, second) < 0.8


@pytest.mark.parametrize(("first", "second"), [("sent", "killed"), ("killed", "died"), ("open", "open"), ("xyzzy", "abc")])
def test_other_words_are_not_opposed(first: str, second: str) -> None:
    assert not opposed(first, second)


@pytest.mark.parametrize(("word", "ancestor", "expected"), [
    ("soldier", "person", True), ("nurses", "person", True), ("ferry", "vehicle", True), ("ferry", "person", False),
    ("euro", "person", False), ("xyzzy", "person", False)])
def test_is_a_climbs_from_a_noun_to_what_it_is(word: str, ancestor: str, expected: bool) -> None:
    assert is_a(word, ancestor) is expected


@pytest.mark.parametrize(("word", "part", "expected"), [
    ("soldier", "n", PERSON), ("army", "n", GROUP), ("city", "n", PLACE), ("year", "n", TIME), ("say", "v", COMMUNICATION),
    ("xyzzy", "n", None)])
def test_fields_are_those_of_wordnets_lexicographers(word: str, part: Part, expected: int | None) -> None:
    assert field(word, part) == expected


def test_frequency_tells_the_commoner_part_of_speech() -> None:
    assert frequency("said", "v") > frequency("said", "n")
    assert frequency("people", "n") > frequency("people", "v")
    assert frequency("xyzzy", "n") == 0
    assert [count for _, count in senses("say", "v")] != []


@given(WORDS, WORDS)
def test_nearness_is_a_share_the_same_both_ways_and_whole_for_a_word_itself(first: str, second: str) -> None:
    assert near(first, second) == near(second, first)
    assert 0.0 <= near(first, second) <= 1.0
    assert near(first, first) == 1.0
    for part in ("n", "v", "a"):
        assert kinship(first, second, part) == kinship(second, first, part)
        assert set(lemmas(first, part)) <= {lemma for lemma in lemmas(first, part) if senses(lemma, part)}


def test_several_threads_may_look_at_once() -> None:
    found: list[float] = []

    def look() -> None:
        found.append(near("quarantine", "isolation") + len(senses("quarantine", "n")))

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1


@given(st.lists(st.sampled_from(WRITTEN), min_size=2, max_size=2, unique=True))
def test_nearness_is_the_best_kinship_unless_a_derived_form_ties_two_words(pair: list[str]) -> None:
    first, second = pair
    parts: tuple[Part, ...] = ("n", "v", "a")
    best = max(kinship(first, second, part) for part in parts)
    assert near(first, second) in {best, 0.8, 0.9}
    assert near(first, second) >= best
