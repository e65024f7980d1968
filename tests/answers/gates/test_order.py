"""Words of the quote in another order, on another verb or with another strength are stopped; the same said in another
order ships."""

from __future__ import annotations

import pytest

from tests.answers.test_verify import gate

DATES = "The board said on Monday that the eastern dyke broke in the storm."
TWICE = "Marta Lind praised the dyke after Tom Reed repaired the old mill near Oxley."
SAILED = "The ferry sailed from Kelby to Oxley with 40 people on board."
SURE = "The county will close the bridge, and drivers should use the northern road."
GROCERS = "The grocers were feeling pressure from Aldi, and the company expects prices will rise to 4 crowns in May."
TOLD = "Joris Pell told Coast Radio that most of the houses stood empty before the flood."
SPOKEN = "The deputy mayor, Ann Bell, called the plan “a gift to the builders” in Kelby."
MASKS = "While cloth masks can stop large drops, thick masks can stop both large drops and the smaller ones."
TALLY = "Between 1992 and 2021 the court tried fast-growing firms for six weeks at a time."


@pytest.mark.parametrize(
    ("kind", "text", "statement"),
    [
        ("dates", DATES, "The board said that the eastern dyke broke on Monday."),
        ("dates", TWICE, "Tom Reed repaired the old mill before Marta Lind praised the dyke on Friday."),
        ("roles", TWICE, "Marta Lind repaired the dyke after Tom Reed praised the old mill near Oxley."),
        ("roles", TWICE, "Tom Reed praised the dyke after Marta Lind repaired the old mill near Oxley."),
        ("roles", SAILED, "The ferry sailed from Oxley to Kelby with 40 people on board."),
        ("hedge", SURE, "The county may close the bridge."),
        ("roles", SURE, "Drivers will use the northern road."),
        ("roles", GROCERS, "Aldi was feeling pressure from the grocers."),
        ("hedge", GROCERS, "The company said prices will rise to 4 crowns in May."),
        ("attribution", TOLD, "Coast Radio told Joris Pell that most of the houses stood empty before the flood."),
        ("support", TOLD, "Joris Pell told Coast Radio that the houses stood empty before the flood."),
        ("negation", TOLD, "Joris Pell told Coast Radio that most of the houses stood empty after the flood."),
        ("support", SPOKEN, "The mayor, Ann Bell, called the plan “a gift to the builders” in Kelby."),
        ("quote", SPOKEN, "The deputy mayor, Ann Bell, called the plan “a loss to the builders” in Kelby."),
        ("numbers", TALLY, "Between 1992 and 2022 the court tried fast-growing firms."),
        ("roles", TALLY, "Between 1992 and 2021 the court tried fast-shrinking firms."),
        ("numbers", TALLY, "The court tried fast-growing firms for six months at a time."),
    ],
)
def test_a_word_in_anothers_place_is_stopped(kind: str, text: str, statement: str) -> None:
    assert gate(statement, text) == kind


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        (DATES, "On Monday the board said that the eastern dyke broke in the storm."),
        (DATES, "The eastern dyke broke in the storm, the board said on Monday."),
        (TWICE, "After Tom Reed repaired the old mill near Oxley, Marta Lind praised the dyke."),
        (TWICE, "The dyke was praised by Marta Lind after Tom Reed repaired the old mill."),
        (SAILED, "With 40 people on board, the ferry sailed from Kelby to Oxley."),
        (SURE, "The county will close the bridge."),
        (SURE, "Drivers should use the northern road."),
        (GROCERS, "The company expects prices to rise to 4 crowns in May."),
        (TOLD, "Most of the houses stood empty before the flood, Joris Pell told Coast Radio."),
        (SPOKEN, "Ann Bell, the deputy mayor, called the plan “a gift to the builders”."),
        (MASKS, "Thick masks can stop both large drops and the smaller ones."),
        (TALLY, "The court tried fast-growing firms between 1992 and 2021."),
    ],
)
def test_the_same_in_another_order_ships(text: str, statement: str) -> None:
    assert gate(statement, text) is None
