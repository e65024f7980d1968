"""Facts put together wrongly, as a language model does it: stopped; what says the same in other words ships."""

from __future__ import annotations

import pytest

from tests.answers.test_verify import gate

LOSSES = (
    "On Monday, Halvard Oil reported a loss of 440 million crowns for the year.\n"
    "Velmark Gas reported that it lost 299 million crowns."
)
POLL = "In a poll by Oxley College, 55 percent of 1,000 villagers want a new bridge."
FINAL = "Kelby will play in the final against either Oxley or Tarnby on Sunday."
PREMIERE = "The play opened in Kelby in 1966, one year after the same troupe had filled the halls of Oxley with a farce."
REALM = "Velmark is the first island in nearly three decades to become a republic."
MOVED = "The paintings were moved to Oxley in 2020, the first time they were not shown in Kelby."
TESTED = "The ferry firm said it had tested the ramp for a year, and that the ramp would be open to all within months."
POSTPONED = "On Wednesday, the firm moved the launch to Saturday because of high wind."
SINCE = "The college has kept the list of lost books since at least 2001."
PAIR = "Kelby co-founder Tom Reed praised the Black Ark studio in Oxley."
UNREST = "The strike moved people in Oxley, but the protests in Tarnby went on."
SUCCESSOR = "Guests were Ann Bell, Marta Lind and Sandra Munk, who has replaced the queen as head of state."
PAID = "Karl Weiss earns less than Tom Reed, who Oxley College will pay 2 million crowns."
CAMP = "About 1,500 people were left homeless. More than 500 people left the island to seek refuge in Oxley."
CREDITED = (
    "One of her fans is Karl Weiss, the man who shaped the party of Tom Reed and is credited with the rise of the right."
)
PARTNER = "The mayor met the heads of Halvard and Munk, the drug maker that is working with its rival on a vaccine."
JAILED = "Ann Bell spoke after the inquiry had resulted in former treasurer Karl Weiss being jailed."
REPORTED = "Police chief Lee White said a neighbour reported about 20 people in masks near the mill."
RANKED = "The Harbour Party won the second largest share of seats in May."
UNLIKE = "Unlike in Oxley, Kelby does not show the votes."
HELPED = "The claim is that Ann Bell helped write the law on ports."
ARRANGED = "The county has arranged to buy 100 million doses of the vaccine."
AVERAGE = "Jabs rose from a weekly average of 900,000 in May to 2.2 million last week."
LOCKDOWN = (
    "News of her departure came the same day that the county announced a lockdown of all its northern prisons in "
    "response to a riot on Sunday."
)
MEN = "The office released the names of 31 men from Kelby, Oxley, Tarnby and other towns."
CANCELLED = "The 2020 season was cancelled, along with all youth leagues, due to the flood."
VIRUS = "So far the virus has only been found in ditches and no cases of the disease have been reported."
ALLOWED = "The council agreed to sell the mill."
CASES = "There are now 16 cases of the disease in Kelby."


@pytest.mark.parametrize(
    ("kind", "text", "statement"),
    [
        ("numbers", LOSSES, "Velmark Gas reported a loss of 440 million crowns for the year."),
        ("numbers", POLL, "55 percent of villagers want a new bridge."),
        ("support", FINAL, "Kelby will play in the final against Oxley on Sunday."),
        ("support", FINAL, "Kelby will play in the final against Oxley and Tarnby on Sunday."),
        ("dates", PREMIERE, "The play opened in Kelby in 1966, when the same troupe filled the halls of Oxley with a farce."),
        ("support", REALM, "Velmark is the first island to become a republic."),
        ("support", MOVED, "The paintings were moved to Oxley for the first time in 2020."),
        ("dates", TESTED, "The ferry firm said that the ramp would be open to all in a year."),
        ("dates", POSTPONED, "On Saturday, the firm moved the launch because of high wind."),
        ("numbers", SINCE, "The college has kept the list of lost books since 2001."),
        ("roles", PAIR, "Kelby co-founder Tom Reed praised the Oxley studio in Black Ark."),
        ("roles", SUCCESSOR, "Marta Lind has replaced the queen as head of state."),
        ("roles", PAID, "Oxley College will pay Karl Weiss 2 million crowns."),
        ("numbers", CAMP, "About 1,500 people left the island to seek refuge in Oxley."),
        ("roles", CREDITED, "Tom Reed is credited with the rise of the right."),
        ("roles", PARTNER, "Halvard is working with its rival on a vaccine."),
        ("roles", JAILED, "Ann Bell was jailed after the inquiry."),
        ("attribution", REPORTED, "Police chief Lee White reported about 20 people in masks near the mill."),
        ("support", RANKED, "The Harbour Party won the largest share of seats in May."),
        ("negation", UNLIKE, "Like Oxley, Kelby does not show the votes."),
        ("support", HELPED, "The claim is that Ann Bell wrote the law on ports."),
        ("hedge", ARRANGED, "The county has bought 100 million doses of the vaccine."),
        ("numbers", AVERAGE, "Jabs rose to a weekly average of 900,000 in May."),
        ("dates", LOCKDOWN, "Her departure came in response to a riot on Sunday."),
        ("numbers", MEN, "The office released the names of 31 men from Kelby."),
        ("roles", CANCELLED, "The 2020 season was cancelled due to all youth leagues."),
        ("negation", VIRUS, "Cases of the disease have been reported, though the virus has only been found in ditches."),
        ("hedge", ALLOWED, "The council sold the mill."),
        ("numbers", CASES, "There are now 16 wells of the disease in Kelby."),
        ("body", CANCELLED, "Although the 2020 season was cancelled."),
        ("numbers", "The ferry firm lost 20 men in about a year.", "The ferry firm lost 20 men in a year."),
    ],
)
def test_facts_put_together_wrongly_are_stopped(kind: str, text: str, statement: str) -> None:
    assert gate(statement, text) == kind


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        (LOSSES, "Velmark Gas reported that it lost 299 million crowns."),
        (LOSSES, "Halvard Oil reported a loss of 440 million crowns."),
        (POLL, "55 percent of 1,000 villagers want a new bridge, a poll by Oxley College says."),
        (FINAL, "Kelby will face either Oxley or Tarnby in the final on Sunday."),
        (PREMIERE, "The play opened in Kelby in 1966."),
        (REALM, "Velmark is the first island in almost 30 years to become a republic."),
        (MOVED, "The paintings were moved to Oxley in 2020."),
        (TESTED, "The ferry firm said it had tested the ramp for a year."),
        (POSTPONED, "The launch was moved to Saturday because of high wind."),
        (SUCCESSOR, "Sandra Munk has replaced the queen as head of state."),
        (PAID, "Oxley College will pay Tom Reed 2 million crowns."),
        (CAMP, "More than 500 people left the island."),
        (CREDITED, "Karl Weiss is credited with the rise of the right."),
        (PARTNER, "Munk is working with its rival on a vaccine."),
        (JAILED, "Former treasurer Karl Weiss was jailed."),
        (REPORTED, "A neighbour reported about 20 people in masks near the mill, police chief Lee White said."),
        (RANKED, "The Harbour Party won the second largest share of seats."),
        (ARRANGED, "The county has arranged to purchase 100 million doses of the vaccine."),
        (CANCELLED, "The flood led the 2020 season to be cancelled."),
        (ALLOWED, "The council agreed to sell the mill."),
    ],
)
def test_what_the_same_quotes_say_ships(text: str, statement: str) -> None:
    assert gate(statement, text) is None


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("The ferry is late, an aide said, because the ramp broke.", "The ferry is late."),
        ("The school will close on Monday, according to Ann Bell, who said she had told the parents.",
         "The school will close on Monday."),
        ("Tom Reed said in a news release he will be away for 21 days.", "In a news release he will be away for 21 days."),
        ("Ice helped push the sea to new heights, the Harbour Weather Office (HWO) said on Wednesday, asking for help.",
         "Ice helped push the sea to new heights."),
    ],
)  # fmt: skip
def test_who_says_it_is_found_behind_it_in_brackets_and_before_a_reason(text: str, statement: str) -> None:
    assert gate(statement, text) == "attribution"


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Gov. Janet Munk, a lawyer, said she’ll sign the law in May.", "Gov. Janet Munk said she’ll sign the law in May."),
        ("The U.S. said Tom Reed bought the yacht.", "Tom Reed bought the yacht, the U.S. said."),
        ("The island government advised people to check their boats.", "The island government told people to check their boats."),
        ("The ship, which claimed to carry salt, was sent to Oxley for a check.", "The ship was sent to Oxley for a check."),
        ("The repair costs 20 million pounds ($25.4 million) in all.", "The repair costs 20 million pounds in all."),
        ("Saturday’s quake has left 12 people dead and 30 injured.", "Saturday’s quake left 12 people dead."),
    ],
)  # fmt: skip
def test_an_attribution_and_an_aside_told_otherwise_ship(text: str, statement: str) -> None:
    assert gate(statement, text) is None
