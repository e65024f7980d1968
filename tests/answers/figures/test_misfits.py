"""Figures that no nearness of their sentence makes an answer."""

from __future__ import annotations

from datetime import date

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.likeness import Likeness
from tests.answers.asked import Told, claims, mentions, values


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


async def told(likeness: Likeness, question: str, *articles: Told | str) -> tuple[bool, set[str]]:
    at_odds, found = await claims(question, likeness, *articles)
    return at_odds, {value.text.lower() for value in values(found)}


async def test_a_count_of_killed_or_wounded_is_no_rival_to_one_of_the_wounded(likeness: Likeness) -> None:
    articles = ("In Kalvia 2,700 soldiers were wounded, the army said.",
                "More than 3,000 soldiers have been killed or wounded in Kalvia, its neighbours say.")
    assert await told(likeness, "how many soldiers were wounded in Kalvia?", *articles) == (False, {"2,700"})
    assert await told(likeness, "how many soldiers were killed or wounded in Kalvia?", articles[1]) == (
        False, {"more than 3,000"})


async def test_a_joint_count_stands_where_no_other_is_told(likeness: Likeness) -> None:
    assert await told(likeness, "how many soldiers were wounded in Kalvia?",
                      "More than 3,000 soldiers have been killed or wounded in Kalvia.") == (False, {"more than 3,000"})


@pytest.mark.parametrize(("asked", "told_of", "other"), [
    ("killed", "killed", "wounded"), ("injured", "hurt", "killed"), ("missing", "missing", "killed"),
    ("killed", "killed", "missing"),
])
async def test_the_dead_the_hurt_and_the_missing_are_told_apart(
    likeness: Likeness, asked: str, told_of: str, other: str
) -> None:
    question = f"how many people were {asked} in the flood?"
    assert await told(likeness, question, f"In the flood 14 people were {told_of}.") == (False, {"14"})
    assert await told(likeness, question, f"In the flood 14 people were {other}.") == (False, set())


async def test_an_article_on_two_countries_lends_a_place_only_beside_the_figure(likeness: Likeness) -> None:
    title = "French soldiers are treated in Japan"
    question = "how many French soldiers were killed in Japan?"
    assert await told(likeness, question, Told(
        f"{title}.\nThe weather was bad.\nThe news came late.\nAt least 4,000 French soldiers have been killed.")) == (
            False, set())
    assert await told(likeness, question, "At least 4,000 French soldiers were killed in Japan.") == (
        False, {"at least 4,000"})
    assert await told(likeness, "how many French soldiers were killed?",
                      "At least 4,000 French soldiers have been killed.") == (False, {"at least 4,000"})


async def test_how_long_something_lasted_is_told_by_the_time_that_was_worked_on_it(likeness: Likeness) -> None:
    rescue = "The rescue of a sailor took all of the town.\nBoats worked for nine hours before he was found."
    assert await told(likeness, "how long did the rescue of the sailor last?", rescue) == (False, {"nine"})
    assert await told(likeness, "how long did the trial of the sailor last?", rescue.replace("rescue", "search")) == (
        False, set())
    assert await mentions("how long did the concert last?", likeness, rescue) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("The mayor announced the building of three schools and one hall in Lorne.", {"three"}),
    ("A total of 14 schools and two halls were built in Lorne.", {"14"}),
    ("Nine of the 14 schools in Lorne were built.", {"nine"}),
    ("Of the 14 schools in Lorne, nine were built.", {"nine"}),
    ("Some of the 14 schools of Lorne are new, and 3 were built this year.", {"3"}),
])
async def test_the_whole_is_left_out_beside_its_part_and_only_then(
    likeness: Likeness, text: str, expected: set[str]
) -> None:
    assert (await told(likeness, "how many schools were built in Lorne?", text))[1] == expected


async def test_an_earlier_event_that_a_report_recalls_is_no_answer_beside_the_event_itself(likeness: Likeness) -> None:
    day = date(2026, 6, 22)
    recalled = "In 2015 a quake killed more than 300 people in Kenya and Chad, across East Africa."
    new = "A quake killed more than 1,000 people in Kenya on Wednesday, officials said."
    question = "how many people were killed in the quake in Kenya?"
    assert await told(likeness, question, Told(f"{new}\n{recalled}", day)) == (False, {"more than 1,000"})
    assert await told(likeness, question, Told(recalled, day)) == (False, {"more than 300"})
    assert await told(likeness, "how many people were killed in the quake in Kenya in 2015?",
                      Told(f"{new}\n{recalled}", day)) == (False, {"more than 300"})
    assert await told(likeness, "how many workers are on strike in Lorne?", Told(
        "More than 2,400 workers are on strike in Lorne, the first stoppage there since 1998.", day),
        Told("About 1,700 workers are on strike in Lorne, the company said.", day)) == (
            True, {"more than 2,400", "about 1,700"})


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("how heavy was the pumpkin?", "The pumpkin was 90 kilograms heavier than thought.", set()),
    ("how heavy was the pumpkin?", "The pumpkin weighed 900 kilograms.", {"900"}),
    ("how big is the fire in Lorne?", "The fire in Lorne burned 21 miles north of the harbour.", set()),
    ("how far is the fire in Lorne from the harbour?", "The fire in Lorne burned 21 miles north of the harbour.", {"21"}),
    ("how much must each member pay?", "The members paid 90 dollars altogether.", set()),
    ("how much must each member pay?", "Each member must pay 90 dollars.", {"90 dollars"}),
])
async def test_a_difference_a_place_or_a_total_is_no_answer_to_another_question(
    likeness: Likeness, question: str, text: str, expected: set[str]
) -> None:
    assert (await told(likeness, question, text))[1] == expected


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("how old is Ada Vell?", "Ada Vell, 41, runs the mill.", {"41"}),
    ("how old is Ada Vell?", "Jonas Hale, 36, worked for Ada Vell.", set()),
    ("how old is Ada Vell?", "Ada Vell has run the mill for two decades.", set()),
    ("how old is Ada Vell?", "Ada Vell has run the mill since age 17.", set()),
    ("how old is Ada Vell?", "Ada Vell was seen with 17-year-old Jonas Hale.", set()),
    ("how old are the pilots?", "Jonas Hale, a cook, died at age 26.", set()),
])
async def test_an_age_is_that_of_the_person_asked_about_today(
    likeness: Likeness, question: str, text: str, expected: set[str]
) -> None:
    assert (await told(likeness, question, text))[1] == expected
