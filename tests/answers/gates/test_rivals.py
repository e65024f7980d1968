"""What two sentences tell of two things, told of one; and free words for the same, which ship."""

from __future__ import annotations

import pytest

from service.answers.gates.carried import listed, supports
from service.answers.gates.news_words import CARRIERS, SAME
from service.answers.grammar.opposites import opposed
from tests.answers.test_verify import gate

GUSTS = (
    "Gusts of 84 mph hit Kelby in the evening.\n"
    "The same storm brought rain to the west, with a gust of 98 mph in Tarnby."
)
OUTAGES = "The storm left more than 620,000 homes without power early on Tuesday, with more than 370,000 outages in Oxley alone."
VIDEO = (
    "A leaked video of the raid was published on Tuesday.\n"
    "It is the clearest account of how officers waited in the hall while the robbers fled on May 24."
)
TRIP = "Last week President Ann Bell travelled to Oxley and Tarnby.\nIn Tarnby, she announced a loan of 23 million crowns."
INDEXES = "The Velmark index fell 0.9 percent and the smaller Oxley index slid 2.5 percent, its biggest drop since September."
GIFT = "The club and Tom Reed each will donate 500,000 crowns to the fund."
RIVALS = "His career ran beside those of 22-time winner Rolf Nadler and 21-time winner Niklas Dorn."
CAPITAL = (
    "Investors took 61 million crowns out of the county last year.\n"
    "Money leaves even faster now, and analysts predict that about 110 million crowns could be withdrawn by the winter."
)
DRAW = "Nadler meets Stefan Tsirak, a 20-year-old in his first semifinal, after Tsirak beat Roberto Bauer on Tuesday."
MINISTER = "Karl Weiss, who served as finance minister under President Ann Bell until 2011, spoke on Tuesday."
DAUGHTER = "On board will be Laura Shep, the oldest daughter of Velmark's first astronaut, and four guests."
PASSES = "A car pass for the week will cost $35.\nDay passes will rise from $20 to $25."
FOURTH = "This is the fourth time that Tom Reed has been named player of the year."
CUT = "Drivers can enter a goal twice a day.\nDrivers can also pause requests in the app."
FLEET = "Nordlink delivered 5,074 cars in April.\nThe company closed its plant in Oxley for a week."
POLICE = "Instead, they called the police, which stunned Karl Weiss and his lawyer."
PATIENTS = "Half of the young children treated in hospital did not have any illness before, the county said."
SECOND = "He won 103 titles, the second most of all players behind Jim Korner."
OFFER = "Halvard Air, known for its free coffee and its snacks, has made an offer of 3.6 million crowns to buy the rival Nordlink."
TWO_SPEAKERS = (
    "Andrew Moss, who leads the lobby, said on Tuesday that he would not accept the plan.\n"
    "Andrew Holt, who leads the union, said the plan would ruin the farms."
)
PAPER = "Late last season, Dennis Dodd wrote that the pressure on Kevin Summ was growing.\nHe wrote that things had collapsed."


@pytest.mark.parametrize(
    ("kind", "text", "statement"),
    [
        ("numbers", GUSTS, "A gust of 98 mph hit Kelby in the evening."),
        ("numbers", OUTAGES, "The storm left more than 620,000 homes without power in Oxley."),
        ("dates", VIDEO, "A leaked video of the raid was published on May 24."),
        ("roles", TRIP, "In Oxley, Ann Bell announced a loan of 23 million crowns."),
        ("numbers", INDEXES, "The Velmark index fell 0.9 percent, its biggest drop since September."),
        ("numbers", GIFT, "Together the club and Tom Reed will donate 500,000 crowns to the fund."),
        ("numbers", RIVALS, "Rolf Nadler is a 21-time winner, like Niklas Dorn with 22."),
        ("numbers", CAPITAL, "Investors took about 110 million crowns out of the county last year."),
        ("roles", DRAW, "Nadler meets Roberto Bauer, a 20-year-old in his first semifinal."),
        ("roles", MINISTER, "Karl Weiss served as president until 2011."),
        ("roles", DAUGHTER, "On board will be Laura Shep, Velmark's first astronaut, and four guests."),
        ("numbers", PASSES, "Day passes will cost $35."),
        ("dates", FOURTH, "Tom Reed has been named player of the year for the first time."),
        ("dates", CUT, "Twice a day, drivers can pause requests in the app."),
        ("roles", POLICE, "Karl Weiss called the police."),
        ("support", PATIENTS, "Half of young children did not have any illness before, the county said."),
        ("support", SECOND, "He won 103 titles, the most of all players."),
        ("roles", OFFER, "Nordlink has made an offer of 3.6 million crowns to buy Halvard Air."),
        ("attribution", TWO_SPEAKERS, "Andrew Moss said the plan would ruin the farms."),
        ("attribution", PAPER, "Kevin Summ wrote that things had collapsed."),
    ],
)
def test_what_is_told_of_another_is_stopped(kind: str, text: str, statement: str) -> None:
    assert gate(statement, text) == kind


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        (GUSTS, "Gusts of 84 mph hit Kelby, and one of 98 mph was brought to Tarnby by the same storm."),
        (OUTAGES, "More than 370,000 of the outages were in Oxley."),
        (TRIP, "Ann Bell, the president, announced a loan of 23 million crowns in Tarnby."),
        (INDEXES, "The smaller Oxley index slid 2.5 percent, its biggest drop since September."),
        (GIFT, "Tom Reed and the club will each give 500,000 crowns to the fund."),
        (CAPITAL, "Last year investors took 61 million crowns out of the county."),
        (DRAW, "Nadler meets Stefan Tsirak, who is in his first semifinal."),
        (MINISTER, "Karl Weiss served as finance minister until 2011."),
        (PASSES, "Day passes will rise from $20 to $25."),
        (FOURTH, "Tom Reed has been named player of the year for the fourth time."),
        (TWO_SPEAKERS, "Holt, who leads the union, said the plan would ruin the farms."),
        ("Scientists piloted the drug on patients of two clinics.", "The drug was tested on patients of two clinics."),
        ("Officials suspended the ferry on Monday after the crash.", "On Monday officials halted the ferry after the crash."),
        ("The county imposed an import ban on milk in August.", "In August the county banned imports of milk."),
        ("In 2016, the council passed a law that requires free seats.", "A 2016 law requires free seats."),
        ("The ministry said that it expects the bank to raise rates.", "The ministry expects the bank to raise rates."),
        ("Nordlink has announced that it will close the plant.", "Nordlink will close the plant."),
        ("Kelby has missed 37 votes, according to an analysis of insurance claims by Avalon.",
         "Kelby has missed 37 votes, according to Avalon."),
        ("The firm has not said what the price might be.", "The firm has not said what the price is."),
        ("She left the party in May, was defeated in June and fell silent.", "She left the party in May."),
    ],
)
def test_the_same_in_free_words_ships(text: str, statement: str) -> None:
    assert gate(statement, text) is None


def test_a_word_carries_itself_and_is_carried_by_its_table() -> None:
    for group in SAME:
        for word in group:
            assert all(listed(word, other) for other in group), group
    assert supports("dead", "killed")
    assert not listed("killed", "dead")


def test_no_two_words_of_a_table_are_opposites() -> None:
    pairs = [(a, b) for group in SAME for a in group for b in group if opposed(a, b)]
    pairs += [(word, other) for word, others in CARRIERS.items() for other in others if opposed(word, other)]
    assert pairs == []
