"""Which figures of the lines can answer: hard checks first, then a score that puts the right one on top."""

from __future__ import annotations

from datetime import date

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.figures.mentions import FIT, Features
from service.answers.figures.quantities import when
from service.answers.likeness import Likeness
from tests.answers.asked import Told, lines, mentions


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


BEST: tuple[tuple[str, str, str], ...] = (
    ("how many houses were destroyed?",
     "The fire burned for 6 days.\nIt destroyed 480 houses and 12 schools.\nSome 900 firemen fought it.", "480"),
    ("how many firefighters fought the fire?",
     "The fire burned for 6 days.\nIt destroyed 480 houses and 12 schools.\nSome 900 firemen fought it.", "Some 900"),
    ("how long did the fire burn?",
     "The fire burned for 6 days.\nIt destroyed 480 houses and 12 schools.\nSome 900 firemen fought it.", "6"),
    ("how much did the club pay for the striker?",
     "The club paid 31 million euros for the striker.\nHe scored 22 goals for his last club.\nTickets cost 40 euros.",
     "31 million euros"),
    ("how many goals did he score?",
     "The club paid 31 million euros for the striker.\nHe scored 22 goals for his last club.\nTickets cost 40 euros.", "22"),
    ("what percentage of the vaccine doses were wasted?",
     "Some 12 per cent of the doses were thrown away.\nThe ministry bought 3 million doses.\nTurnout was 61 per cent.",
     "Some 12 per cent"),
    ("how many employees will lose their jobs?",
     "The carmaker will lay off 1,800 workers.\nIt built 220,000 cars last year.\nShares fell 4 per cent.", "1,800"),
    ("how many cars did it build?",
     "The carmaker will lay off 1,800 workers.\nIt built 220,000 cars last year.\nShares fell 4 per cent.", "220,000"),
    ("what was the magnitude of the earthquake?",
     "A magnitude 6.1 earthquake shook the coast.\nIt lasted 40 seconds.\nThe coast is 300 kilometres long.", "6.1"),
)


@pytest.mark.parametrize(("question", "text", "best"), BEST)
async def test_the_figure_that_answers_comes_first_and_passes_the_threshold(
    likeness: Likeness, question: str, text: str, best: str
) -> None:
    found = await mentions(question, likeness, text)
    first = found[0]
    assert first.line.text[first.figure.start : first.figure.number_end].endswith(best)
    assert first.score >= FIT.threshold
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


@pytest.mark.parametrize(("question", "text"), [
    ("how many dogs were rescued?", "Firemen rescued 12 people."),
    ("how much did the bridge cost?", "The bridge is 400 metres long."),
    ("how many troops did Russia send?", "North Korea sent about 12,000 soldiers."),
    ("how many Russian soldiers were treated?", "The clinic treated 120 North Korean soldiers."),
    ("how many passengers did the ferry Selma carry?", "The ferry Brisa carried 320 passengers."),
    ("how many shops were closed?", "The chain opened 37 shops."),
    ("how many people died?", "The boat can carry 30 people."),
])
async def test_a_figure_of_another_thing_kind_actor_or_opposite_deed_never_passes(
    likeness: Likeness, question: str, text: str
) -> None:
    assert [m.figure.text for m in await mentions(question, likeness, text) if m.score >= FIT.threshold] == []


@pytest.mark.parametrize(("question", "text", "fit"), [
    ("how many miners were arrested?", "Some 300 miners marched through Lorne.", []),
    ("how many miners marched?", "Some 300 miners marched through Lorne.", ["Some 300 miners"]),
    ("how many residents left before dawn?", "About 200 residents were evacuated before dawn.", ["About 200 residents"]),
    ("how many miners are on strike?", "Some 300 miners are on strike.", ["Some 300 miners"]),
])
async def test_a_figure_answers_where_its_sentence_says_something_of_what_was_asked(
    likeness: Likeness, question: str, text: str, fit: list[str]
) -> None:
    assert [m.figure.text for m in await mentions(question, likeness, text) if m.fits] == fit


YEARS: tuple[tuple[str, Told, bool], ...] = (
    ("how many jobs were cut in 2021?", Told("Tauris cut 450 jobs in 2021."), True),
    ("how many jobs were cut in 2021?", Told("Tauris cut 450 jobs in 2024."), False),
    ("how many jobs were cut in 2021?", Told("Tauris cut 450 jobs.", date(2021, 6, 1)), True),
    ("how many jobs were cut in 2021?", Told("Tauris cut 450 jobs.", date(2022, 1, 4)), True),
    ("how many jobs were cut in 2021?", Told("Tauris cut 450 jobs.", date(2025, 1, 4)), False),
    ("how many jobs were cut in 2021?", Told("Tauris cut 450 jobs last year.", date(2022, 3, 4)), True),
    ("how many jobs were cut?", Told("Tauris cut 450 jobs in 2024."), True),
)


@pytest.mark.parametrize(("question", "told", "fits"), YEARS)
async def test_a_year_in_the_question_rules_other_years_out(
    likeness: Likeness, question: str, told: Told, fits: bool
) -> None:
    assert bool(await mentions(question, likeness, told)) is fits


@pytest.mark.parametrize(("clause", "published", "expected"), [
    ("in March 2024", None, (date(2024, 3, 1), date(2024, 3, 31))),
    ("on Monday", date(2026, 3, 4), (date(2026, 3, 2), date(2026, 3, 2))),
    ("on Monday", None, None),
    ("nothing was said", date(2026, 3, 4), None),
    ("by the end of 2030", date(2026, 3, 4), None),
])
def test_when_is_the_days_that_a_clause_names_and_none_to_come(
    clause: str, published: date | None, expected: tuple[date, date] | None
) -> None:
    (line,) = lines(Told(clause, published))
    assert when(clause, line) == expected


def test_features_that_fit_better_never_score_below_others_by_name_and_thing() -> None:
    full = Features(thing=1.0, nearby=1.0, said=1.0, asked=1.0, coverage=1.0, clause=1.0, sentence=1.0, names=1.0)
    none = Features(thing=0.0, nearby=0.0, said=0.0, asked=0.0, coverage=0.0, clause=0.0, sentence=0.0, names=1.0)
    assert 0 <= FIT.score(none) < FIT.likely < FIT.threshold < FIT.score(full) <= 1
    assert len(FIT.weights) == len(full.values())


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("how many Norwegians entered Sweden for work?", "Norwegians made 13,000 crossings into Sweden for work.", ["13,000"]),
    ("how many Norwegians entered Sweden for work?",
     "The number of Norwegians entering Sweden for work has grown, with 13,000 crossings counted.", ["13,000"]),
    ("how many Norwegians entered Sweden for work?", "Norwegians made 13,000 crossings into Finland for work.", []),
    ("how many soldiers did Norway send to Sweden?", "Norwegians made 13,000 crossings into Sweden for work.", []),
])
async def test_journeys_into_a_place_count_those_who_entered_it(
    likeness: Likeness, question: str, text: str, expected: list[str]
) -> None:
    found = await mentions(question, likeness, text)
    assert [m.line.text[m.figure.start : m.figure.number_end] for m in found if m.fits] == expected


async def test_people_told_by_their_country_are_those_asked_for_where_such_are_spoken_of(likeness: Likeness) -> None:
    text = "The ship carried soldiers.\nSome 40 Norwegians were treated in Lorne."
    for head, fitting in (("soldiers", [0.7]), ("officers", [])):
        found = await mentions(f"how many Norwegian {head} were treated in Lorne?", likeness, text)
        assert [m.features.thing for m in found] == fitting
