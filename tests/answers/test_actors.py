"""Who and where a sentence is about, by its own names and those of its article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answers.actors import (
    countries,
    name_keys,
    names_fit,
    nations_of,
    same_story,
    told_of_actor,
    without_speaker,
)
from service.answers.question import read_question
from service.language.figures import read_figures
from tests.answers.asked import ASKED, Told, lines


def test_the_names_of_a_question_are_found_in_the_sentence_its_neighbour_or_its_article() -> None:
    question = read_question("how many people did the Selma carry?", ASKED)
    here, there = lines("The ferry Selma left Lorne.\nIt carried 410 people.")
    assert (names_fit(question, here), names_fit(question, there) > 0.5) == (1.0, True)
    (stranger,) = lines("The ferry Brisa carried 320 people.")
    assert names_fit(question, stranger) == 0.0
    assert names_fit(read_question("how many people drowned?", ASKED), stranger) == 1.0


def test_an_actor_that_speaks_of_itself_is_still_the_actor() -> None:
    question = read_question("did Tauris cause the slide?", ASKED)
    (line,) = lines("The mining company Tauris denied that its blasting had caused the slide.")
    assert names_fit(question, line) > 0


@pytest.mark.parametrize(("text", "told"), [
    ("Ada Vell named Jonas Hale.", True), ("She named Jonas Hale.", True), ("The mayor named Jonas Hale.", True),
    ("Jonas Hale was named in 2010.", False),
])
def test_a_deed_told_of_somebody_else_alone_is_not_the_actor_s(text: str, told: bool) -> None:
    question = read_question("when did Ada Vell name Jonas Hale?", ASKED)
    assert told_of_actor(question, lines(text)[0]) is told


def test_the_speaker_is_blanked_out_and_offsets_stay() -> None:
    sentence = "Some 40 people died, Mayor Ilse Brandt said."
    silent = without_speaker(sentence)
    assert len(silent) == len(sentence)
    assert "Brandt" not in silent
    assert silent.startswith("Some 40 people died,")
    assert without_speaker("Some 40 people died.") == "Some 40 people died."


def test_name_keys_are_the_folded_words_of_names() -> None:
    assert {"ostling", "brandt"} <= name_keys("In Ostling, Ilse Brandt spoke.")
    assert name_keys("nobody spoke") == frozenset()


@pytest.mark.parametrize(("sentence", "expected"), [
    ("North Korea sent about 12,000 soldiers to Russia.", {"north-korea"}),
    ("Russia received 12,000 North Korean soldiers.", {"north-korea"}),
    ("Some 300 students from Italy enrolled in Norway.", {"italy"}),
    ("About 12,000 soldiers were sent, Ukraine said.", set()),
    ("The pact (of Italy and Norway) lets 300 students enrol.", set()),
    ("About 12,000 soldiers were sent.", set()),
])
def test_a_figures_country_is_that_of_its_own_words_or_the_one_named_before_it(sentence: str, expected: set[str]) -> None:
    (line,) = lines(sentence)
    (figure,) = read_figures(sentence)
    assert nations_of(figure, line) == expected


def test_a_figure_without_a_country_takes_that_of_the_same_people_named_before() -> None:
    *_, last = lines("North Korean troops arrived in Kursk.\nThe weather was bad.\nSome 3,000 soldiers were killed.")
    (figure,) = read_figures(last.text)
    assert nations_of(figure, last) == set()
    assert nations_of(figure, last, "soldiers") == {"north-korea"}


def test_countries_are_read_from_names_and_adjectives() -> None:
    assert countries("Norwegian ships left for Iceland.") == {"norway", "iceland"}
    assert countries("The ships left.") == frozenset()


@pytest.mark.parametrize(("first", "second", "expected"), [
    ("The ferry Selma sank off Lorne.", "In Lorne, people wept.", True),
    ("The ferry Selma sank off Lorne.", "A mill burned in Ostling.", False),
    ("Troops left Norway.", "Norway won.", False),
])
def test_two_articles_tell_one_story_when_they_share_a_name_that_is_no_country(
    first: str, second: str, expected: bool
) -> None:
    one, other = lines(Told(first), Told(second))
    assert same_story(one.article, other.article) is expected


@given(st.text(max_size=150))
def test_blanking_the_speaker_keeps_every_offset(sentence: str) -> None:
    silent = without_speaker(sentence)
    assert len(silent) == len(sentence)
    assert all(a in (b, " ") for a, b in zip(silent, sentence, strict=True))


@pytest.mark.parametrize(("question", "text", "fits"), [
    ("how big is the Moss fire?", "The Oak Fire burned 40 farms.", False),
    ("how big is the Moss fire?", "The Moss Fire burned 40 farms, more than the Oak Fire.", True),
    ("where did Hurricane Lorna strike?", "Hurricane Brenda struck Ostling.", False),
    ("where did Hurricane Lorna strike?", "Lorna struck Ostling.", True),
    ("how big is the Moss fire?", "The fire burned 40 farms.", True),
])
def test_another_thing_of_the_kind_that_is_named_is_another(question: str, text: str, fits: bool) -> None:
    told = lines(f"The Moss Fire and Hurricane Lorna came in May.\n{text}")
    assert (names_fit(read_question(question, ASKED), told[1]) > 0) is fits
