"""What a sentence says of each of its figures, by word order alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.predicate import clause_of, is_verb, possible, predicate_of
from service.language.figures import read_figures
from service.language.words import words

SAID: tuple[tuple[str, dict[str, list[str]]], ...] = (
    ("North Korea has sent about 12,000 soldiers to Russia.", {"about 12,000 soldiers": ["sent"]}),
    ("About 12,000 soldiers who had trained there were sent west.", {"About 12,000 soldiers": ["sent"]}),
    ("300 killed and 2,700 wounded by mid-January.", {"300 killed": ["killed"], "2,700 wounded": ["wounded"]}),
    ("Fourteen people died and 31 were injured.", {"Fourteen people": ["died"], "31": ["injured"]}),
    ("The number of people killed has risen to 14, police said.", {"14": ["killed"]}),
    ("Some 340 residents were evacuated, the council said.", {"Some 340 residents": ["evacuated"]}),
    ("Rescuers evacuated 340 residents.", {"340 residents": ["evacuated"]}),
    ("The company will cut 450 jobs.", {"450 jobs": ["cut"]}),
    ("The union said 1,200 workers had walked out.", {"1,200 workers": ["walked"]}),
    ("As many as 50,000 people marched through the capital.", {"As many as 50,000 people": ["marched"]}),
    ("The factory, which employs 900 people, will close.", {"900 people": ["employs"]}),
    ("Police arrested at least 23 protesters.", {"at least 23 protesters": ["arrested"]}),
    ("The bank lost $3.2 billion last year.", {"$3.2 billion": ["lost"]}),
    ("More than 200 houses were destroyed or damaged.", {"More than 200 houses": ["destroyed", "damaged"]}),
    ("Nearly 60 per cent of voters backed the plan.", {"Nearly 60 per cent of voters": ["backed"]}),
    ("The fire destroyed 12 houses and damaged 30.", {"12 houses": ["destroyed"], "30": ["damaged"]}),
    ("In all, 14 patients were sent home by the clinic.", {"14 patients": ["sent"]}),
    ("The airline cancelled 80 flights, stranding 9,000 passengers.",
     {"80 flights": ["cancelled"], "9,000 passengers": ["stranding"]}),
    ("Up to 700 refugees crossed the border on Sunday.", {"Up to 700 refugees": ["crossed"]}),
    ("The storm left 9 people seriously hurt.", {"9 people": ["hurt"]}),
    ("An avalanche left 3 skiers killed and 12 injured.", {"3 skiers": ["killed"], "12 injured": ["injured"]}),
    ("There were 40 people on board.", {"40 people": []}),
)


@pytest.mark.parametrize(("sentence", "expected"), SAID)
def test_each_figure_has_the_verbs_of_which_its_thing_is_subject_or_object(
    sentence: str, expected: dict[str, list[str]]
) -> None:
    assert {f.text: [w.text for w in predicate_of(f, sentence)] for f in read_figures(sentence)} == expected


@pytest.mark.parametrize(("sentence", "expected"), [
    ("The ferry can carry 500 passengers.", True), ("Up to 500 people might lose their homes.", True),
    ("The dam could flood 300 farms.", True), ("The ferry carried 500 passengers.", False),
    ("The ferry, which may sail again, carried 500 passengers.", False),
    ("He can swim; he saved 12 people.", False),
])
def test_a_figure_behind_a_word_of_what_may_be_is_told_apart(sentence: str, expected: bool) -> None:
    (figure,) = read_figures(sentence)
    assert possible(figure, sentence) is expected


@pytest.mark.parametrize(("sentence", "verbs"), [
    ("Workers strike a deal to end the strike", ["strike", "end"]),
    ("The deal was to cost the city dear", ["cost"]),
    ("Rescuers searched the flooded houses", ["searched"]),
    ("She has led the party", ["led"]),
])
def test_a_word_stands_as_a_verb_by_its_form_its_use_and_the_word_before(sentence: str, verbs: list[str]) -> None:
    tokens = words(sentence)
    found = [w.text for i, w in enumerate(tokens) if is_verb(w, tokens[i - 1] if i else None)]
    assert set(verbs) <= set(found)
    assert not {"Workers", "deal", "city", "party", "houses"} & set(found)


def test_a_clause_ends_where_another_speaker_or_another_figure_begins() -> None:
    text = "The union counted 1,200 strikers, but the company spoke of 700 absent workers; trains ran late."
    first, second = ((f.start, f.end) for f in read_figures(text))
    assert clause_of(text, *first) == "The union counted 1,200 strikers"
    assert clause_of(text, *second) == "the company spoke of 700 absent workers"
    shared = "Police arrested 23 men in Lorne and released 9 women in Ostling."
    one, other = ((f.start, f.end) for f in read_figures(shared))
    assert "9 women" not in clause_of(shared, *one, [one, other])
    assert "23 men" not in clause_of(shared, *other, [one, other])
    assert clause_of(shared, *one) == shared


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["12 people", "3,000", "were", "killed", ",", "and", "or", "who had", "“", "has", "risen to",
                                 "about 40 houses", "said", ";", "in Lorne", "not", "which", "$3 million", "."]), max_size=12))
def test_any_row_of_words_is_read_within_its_own_offsets(pieces: list[str]) -> None:
    text = " ".join(pieces)
    figures = read_figures(text)
    for figure in figures:
        for word in predicate_of(figure, text):
            assert text[word.start : word.end] == word.text
        assert clause_of(text, figure.start, figure.end, [(f.start, f.end) for f in figures]) in text
        assert possible(figure, text) is False
