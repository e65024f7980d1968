"""What a figure of news language counts, how it stands in its sentence, and whose and of which place it is."""

from __future__ import annotations

import pytest

from service.answers.figures.counted import counted_by
from service.answers.figures.holders import of_another_holder, of_another_place, place_of
from service.answers.figures.standing import (
    asks_currency,
    converted,
    difference,
    further,
    included,
    part_of_whole,
    planned,
    replaced,
    total,
)
from service.answers.question import read_question
from service.domain import Figure
from service.language.figures import read_figures
from tests.answers.asked import lines


def figure(text: str, number: str) -> Figure:
    """The figure of a text whose number is written so."""
    return next(f for f in read_figures(text) if text[f.number_start : f.number_end] == number)


COUNTED = [
    ("Forty people were found dead and 29 are still missing.", "29", ("people",), ("missing",)),
    ("At least 14 people drowned and 58 others were missing.", "58", ("people",), ("missing",)),
    ("Of the dead, 24 were women and 11 were children.", "24", ("women",), ("dead",)),
    ("Of the dead, 24 were women and 11 were children.", "11", ("children",), ("dead",)),
    ("Of the 14 schools in Lorne, nine were built.", "nine", ("schools",), ("built",)),
    ("Nine of the 14 schools in Lorne were built.", "Nine", ("schools",), ("built",)),
    ("The coast guard lowered the number of survivors to 169.", "169", ("survivors",), ("lowered",)),
    ("The firm raised its estimate of the number of clients hit by the theft to 2.7 million.", "2.7 million",
     ("clients",), ("hit",)),
    ("There were 72 accidents in 2024, up from 55 the year before.", "55", ("accidents",), ()),
    ("The office took 1,850 complaints in two days, compared with 260 in May.", "260", ("complaints",), ("compared",)),
    ("Some 125 people were killed, 120 of them in Arden.", "120", ("people",), ("killed", "killed")),
    ("The cartridges held 0.25 grams and 0.45 grams of oil, totalling 0.7 grams.", "0.7", ("oil",), ("held",)),
]


@pytest.mark.parametrize(("text", "number", "thing", "verbs"), COUNTED)
def test_a_figure_without_a_noun_counts_what_its_sentence_says(
    text: str, number: str, thing: tuple[str, ...], verbs: tuple[str, ...]
) -> None:
    found = counted_by(figure(text, number), lines(text)[0])
    assert (found.thing, found.predicate, found.borrowed) == (thing, verbs, "")


@pytest.mark.parametrize(("sentence", "number"), [
    ("The firm itself put the number at 74,000.", "74,000"),
    ("Police estimated it at around 35,000.", "35,000"),
    ("The ministry speaks of 290.", "290"),
    ("The union stood by its count of 2,400.", "2,400"),
])
def test_another_estimate_counts_what_the_sentence_before_counts(sentence: str, number: str) -> None:
    before = "Some 120,000 customers have left the firm."
    found = counted_by(figure(sentence, number), lines(f"{before}\n{sentence}")[1])
    assert (found.thing, found.predicate, found.borrowed) == (("customers",), ("left",), before)


def test_those_counted_hold_what_stands_before_of() -> None:
    text = "Passport numbers of some 410,000 people and the bank details of about 85,000 were copied."
    line = lines(text)[0]
    assert [counted_by(f, line).held for f in read_figures(text)] == [("passport", "numbers"), ("bank", "details")]
    assert counted_by(figure("The number of 12 towns", "12"), lines("The number of 12 towns")[0]).held == ()


STANDING = {
    part_of_whole: [
        ("Of the dead, 24 were women.", "24", True), ("Boats saved 46 of the survivors.", "46", True),
        ("Sixty were hurt, nine of them badly.", "nine", True), ("Boats saved 46 survivors.", "46", False)],
    included: [
        ("He killed 41 people, including 11 children.", "11", True),
        ("They read a sample of 10,000 records.", "10,000", True), ("A group of 12 people came.", "12", False)],
    replaced: [
        ("Ten boats sank, up from eight.", "eight", True), ("The toll rose to 42, from 31 a day before.", "31", True),
        ("It costs 400 dollars, up from an earlier estimate of 250 dollars.", "250 dollars", True),
        ("They came from 12 towns.", "12", False)],
    converted: [
        ("A ticket costs 650 pesos ($11.40).", "$11.40", True), ("They want 40 bitcoin, or about $3.8 million.",
                                                              "$3.8 million", True),
        ("She paid 650 pesos and $11.40.", "$11.40", False), ("A ticket costs 650 pesos ($11.40).", "650 pesos", False)],
    difference: [("It had 72 more people than allowed.", "72", True), ("It had 72 people aboard.", "72", False)],
    further: [("Another 12 people were held.", "12", True), ("Two additional deaths are looked into.", "Two", False),
              ("In all 12 people were held.", "12", False)],
    total: [("He called up 2,500 more, bringing the total to 5,000.", "5,000", True),
            ("He called up 5,000 soldiers.", "5,000", False)],
    planned: [
        ("The office intended to fine it 240 million crowns.", "240 million crowns", True),
        ("Prosecutors asked for 9 years, and she got seven years.", "9", True),
        ("Prosecutors asked for 9 years, and she got seven years.", "seven", False),
        ("The ship was licensed to carry 210 people.", "210", True), ("The ship carried 210 people.", "210", False)],
}


@pytest.mark.parametrize(("reads", "text", "number", "expected"), [
    pytest.param(reads, *row, id=f"{reads.__name__}: {row[0]} {row[1]}")
    for reads, rows in STANDING.items() for row in rows])
def test_how_a_figure_stands_in_its_sentence(reads: object, text: str, number: str, expected: bool) -> None:
    assert callable(reads)
    assert reads(figure(text, number), text) is expected


def test_a_question_may_ask_for_the_converted_sum() -> None:
    assert asks_currency("how many dollars does a ticket cost?") == {"USD"}
    assert asks_currency("how much does a ticket cost?") == frozenset()


@pytest.mark.parametrize(("text", "number", "place"), [
    ("The storm killed 76 people in Florida and four in Ohio.", "76", {"florida"}),
    ("The storm killed 76 people in Florida and four in Ohio.", "four", {"ohio"}),
    ("In Ohio, the four deaths are looked into.", "four", {"ohio"}),
    ("The storm swept through Cuba, killing three people.", "three", {"cuba"}),
    ("Some 300 soldiers who were hurt in Ukraine are treated.", "300", set()),
    ("Officials counted 12 dead on Monday.", "12", set()),
])
def test_a_figure_is_of_the_place_behind_it_or_at_the_beginning(text: str, number: str, place: set[str]) -> None:
    assert place_of(figure(text, number), text) == place


@pytest.mark.parametrize(("question", "text", "number", "expected"), [
    ("how many people died in Ohio?", "The storm killed 76 people in Florida and four in Ohio.", "76", True),
    ("how many people died in Ohio?", "The storm killed 76 people in Florida and four in Ohio.", "four", False),
    ("how many people died in Lorne County?", "At least 27 people died in Arden County.", "27", True),
    ("how many people died in Chile?", "At least 27 people died in Peru.", "27", True),
    ("how many people died in Chile?", "At least 27 people died in Arica.", "27", False),
    ("how many people died?", "At least 27 people died in Peru.", "27", False),
])
def test_a_figure_of_another_place_is_no_answer(question: str, text: str, number: str, expected: bool) -> None:
    assert of_another_place(read_question(question), figure(text, number), lines(text)[0]) is expected


@pytest.mark.parametrize(("text", "number", "expected"), [
    ("Mara Holt, who was jailed for 16 years, met Jon Beck.", "16", False),
    ("They offered Jon Beck, serving a 25-year sentence, for Mara Holt.", "25", True),
    ("Jon Beck was jailed for nine years.", "nine", True),
    ("The court jailed her for nine years.", "nine", True),
    ("The sentence is nine years.", "nine", False),
])
def test_what_another_person_got_is_no_answer(text: str, number: str, expected: bool) -> None:
    question = read_question("how long was Mara Holt sentenced to?")
    assert of_another_holder(question, figure(text, number), lines(text)[0]) is expected


def test_a_pronoun_stands_for_the_one_who_is_named_before_it() -> None:
    question = read_question("how long was Mara Holt sentenced to?")
    text = "Mara Holt was tried in May.\nThe court jailed her for nine years."
    line = lines(text)[1]
    assert not of_another_holder(question, figure(line.text, "nine"), line)
