"""Which sentence answers a question that asks for no quantity."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters.local_embedder import LocalEmbedder
from service.answers.compose import compose
from service.answers.likeness import Likeness
from service.answers.lines.kinds import kind_fits
from service.answers.lines.selection import THRESHOLD, WEIGHTS, Candidate, Fitness, select
from service.answers.question import read_question
from tests.answers.asked import ASKED, Told, lines


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


async def selected(likeness: Likeness, question: str, *articles: Told | str) -> list[Candidate]:
    return list(await select(read_question(question, ASKED), lines(*articles), likeness))


MILL = """The paper mill at Ostling caught fire on 12 March.
The fire broke out because a dryer had overheated, the inspector said.
Rosa Lindqvist, who runs the mill, thanked the firemen.
Smoke drifted across the lake to the village of Brenmoor.
“We will build it again,” said Lindqvist.
The Lake Courier first reported the fire.
The mill makes paper for newspapers."""
HARBOUR = """The harbour of Lorne was dredged in June 2024.
Captain Jonas Hale steered the dredger Brisa.
The mud was dumped at sea, off the island of Vell.
Fishermen protested since the mud buries the mussel beds.
The port authority denied that the mussels were harmed."""

ANSWERS: tuple[tuple[str, str, str], ...] = (
    ("when did the paper mill catch fire?", MILL, "The paper mill at Ostling caught fire on 12 March."),
    ("why did the fire break out?", MILL, "The fire broke out because a dryer had overheated, the inspector said."),
    ("who is Rosa Lindqvist?", MILL, "Rosa Lindqvist, who runs the mill, thanked the firemen."),
    ("who runs the mill?", MILL, "Rosa Lindqvist, who runs the mill, thanked the firemen."),
    ("where did the smoke drift?", MILL, "Smoke drifted across the lake to the village of Brenmoor."),
    ("what did Lindqvist say?", MILL, "“We will build it again,” said Lindqvist."),
    ("which newspaper reported the fire first?", MILL, "The Lake Courier first reported the fire."),
    ("what does the mill make?", MILL, "The mill makes paper for newspapers."),
    ("when was the harbour dredged?", HARBOUR, "The harbour of Lorne was dredged in June 2024."),
    ("who steered the dredger?", HARBOUR, "Captain Jonas Hale steered the dredger Brisa."),
    ("where was the mud dumped?", HARBOUR, "The mud was dumped at sea, off the island of Vell."),
    ("why did the fishermen protest?", HARBOUR, "Fishermen protested since the mud buries the mussel beds."),
    ("were the mussels harmed?", HARBOUR, "The port authority denied that the mussels were harmed."),
)


@pytest.mark.parametrize(("question", "text", "best"), ANSWERS)
async def test_the_sentence_that_answers_comes_first_and_passes_the_threshold(
    likeness: Likeness, question: str, text: str, best: str
) -> None:
    found = await selected(likeness, question, text)
    assert found[0].line.text == best
    assert found[0].score >= THRESHOLD


@pytest.mark.parametrize(("question", "text"), [
    ("who is Bertold Krantz?", MILL), ("when was the mill built?", MILL), ("who won the chess match?", MILL),
    ("why was the harbour closed?", "The harbour was opened because the ice had melted."),
    ("where did the plane crash?", HARBOUR), ("what did Captain Hale say?", HARBOUR),
])
async def test_what_no_sentence_says_passes_no_threshold(likeness: Likeness, question: str, text: str) -> None:
    assert [c.line.text for c in await selected(likeness, question, text) if c.score >= THRESHOLD] == []


@pytest.mark.parametrize(("question", "sentence", "can"), [
    ("when did it burn?", "It burned on 12 March.", True), ("when did it burn?", "It burned fiercely.", False),
    ("who steered the ship?", "Jonas Hale steered it.", True), ("who steered the ship?", "Nobody steered it.", False),
    ("who is Jonas Hale?", "Jonas Hale, a captain, spoke.", True), ("who is Jonas Hale?", "The captain spoke.", False),
    ("who is Jonas Hale?", "They asked about Jonas Hale.", False), ("why did it sink?", "It sank at noon.", False),
])
def test_a_line_without_the_kind_of_thing_asked_for_cannot_answer(
    likeness: Likeness, question: str, sentence: str, can: bool
) -> None:
    (line,) = lines(sentence)
    assert (kind_fits(read_question(question, ASKED), line, likeness) is not None) is can


@pytest.mark.parametrize(("question", "better", "worse"), [
    ("where did it sink?", "It sank off Vell.", "It sank at noon."),
    ("why did it sink?", "It sank because the hull broke.", "It sank after a collision."),
    ("who is Jonas Hale?", "Jonas Hale is a captain.", "Captain Jonas Hale wept."),
    ("which ship sank?", "The Brisa sank.", "It sank."),
])
def test_a_line_with_the_kind_of_thing_asked_for_fits_better(
    likeness: Likeness, question: str, better: str, worse: str
) -> None:
    asked = read_question(question, ASKED)
    (first,), (second,) = lines(better), lines(worse)
    high, low = kind_fits(asked, first, likeness), kind_fits(asked, second, likeness)
    assert high is not None
    assert low is not None
    assert high > low


async def test_headlines_give_way_to_sentences_but_stand_in_where_there_are_none(likeness: Likeness) -> None:
    body = lines("The mill at Ostling burned down.")
    headline = [replace(line, kind="headline") for line in lines("Mill at Ostling burns down")]
    question = read_question("what burned down?", ASKED)
    assert [c.line.kind for c in await select(question, [*headline, *body], likeness)] == ["body"]
    assert [c.line.kind for c in await select(question, headline, likeness)] == ["headline"]


@given(texts=st.lists(st.sampled_from([*MILL.split("\n"), *HARBOUR.split("\n")]), min_size=1, max_size=8),
       question=st.sampled_from([question for question, _, _ in ANSWERS]), within=st.floats(0, 6))
@settings(max_examples=25, deadline=None)
def test_candidates_come_best_first_and_those_too_far_behind_the_best_never(
    likeness: Likeness, texts: list[str], question: str, within: float
) -> None:
    async def found(margin: float) -> list[Candidate]:
        return list(await select(read_question(question, ASKED), lines(*texts), likeness, within=margin))

    everything, near = asyncio.run(found(math.inf)), asyncio.run(found(within))
    standings = [candidate.standing for candidate in everything]
    assert standings == sorted(standings, reverse=True)
    assert near == [candidate for candidate in everything if candidate.standing >= standings[0] - within]


async def test_lines_of_one_score_stand_in_the_order_they_were_found(likeness: Likeness) -> None:
    same = "The mill at Ostling burned down."
    assert [c.line.source.filename for c in await selected(likeness, "what burned down?", same, same, same)] == [
        "01.txt", "02.txt", "03.txt"]


def test_each_feature_has_a_weight() -> None:
    assert len(Fitness(1, 1, 1, 1, 1).values()) == len(WEIGHTS)


async def test_an_office_and_its_holder_in_two_sentences_are_told_together(likeness: Likeness) -> None:
    told = ("The mayor of Lorne has contradicted the county over the fire.\n"
            "No more than 40 people left, Joris Pell told the radio.\nThe fire burned for two days.")
    best = (await selected(likeness, "Who is the mayor of Lorne?", told))[0]
    assert best.line.text == ("The mayor of Lorne has contradicted the county over the fire.\n\n"
                              "No more than 40 people left, Joris Pell told the radio.")
    found = await compose(read_question("Who is the mayor of Lorne?", ASKED), lines(told), likeness)
    (draft,) = found.drafts
    assert [quote.text for quote in draft.quotes] == best.line.text.split("\n\n")


@pytest.mark.parametrize("told", [
    "The mayor of Lorne has contradicted the county over the fire.\nNo more than 40 people left, he told the radio.",
    "The mayor of Lorne, Ada Brandt, has contradicted it.\nNo more than 40 left, Joris Pell told the radio.",
    "The fire burned for two days in Lorne.\nNo more than 40 people left, Joris Pell told the radio.",
])
async def test_no_holder_is_made_up_for_an_office(likeness: Likeness, told: str) -> None:
    assert not [c for c in await selected(likeness, "Who is the mayor of Lorne?", told)
                if "Pell" in c.line.text and "mayor" in c.line.text]


@pytest.mark.parametrize(("question", "sentence", "low", "high"), [
    ("which country sent them?", "Norway sent them.", 1.0, 1.0),
    ("which country sent them?", "Castan Air sent them.", 0.0, 0.5),
    ("which condiment is scarce?", "There is hardly any mustard.", 1.0, 1.0),
    ("which condiment is scarce?", "There is hardly any left.", 0.0, 0.5),
    ("which company built it?", "Castan Air built it.", 0.6, 1.0),
])
def test_which_wants_one_of_its_kind(likeness: Likeness, question: str, sentence: str, low: float, high: float) -> None:
    fits = kind_fits(read_question(question, ASKED), lines(sentence)[0], likeness)
    assert fits is not None
    assert low <= fits <= high


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("when did the mill burn?", "On Monday, police said that the mill had burned.", None),
    ("when did the mill burn?", "Police said on Monday that the mill had burned.", None),
    ("when did the mill burn?", "Police said that the mill had burned on Monday.", 1.0),
    ("when did police say so?", "On Monday, police said that the mill had burned.", 1.0),
    ("when did the mill burn?", "The mill burned.", None),
    ("when was Hale in Lorne?", "Hale, who was in Lorne in 2000, said that it had grown.", 1.0),
    ("when did the mill burn?", "The mill burned, months after a contract signed last June.", None),
    ("when did the mill burn?", "The mill, bought last June, burned in October.", 1.0),
    ("when did the mill burn?", "Fire destroyed the mill in October.", 1.0),
    ("what fuel was it?", "The keeper burned coal.", 1.0),
    ("what fuel was it?", "The keeper was asleep.", 0.2),
    ("which mission was it?", "The DART mission was launched in May.", 1.0),
    ("which mission was it?", "Dimorphos was hit in May.", 0.6),
    ("which engineer built it?", "It was built by Ada Vell.", 1.0),
    ("which engineer built it?", "It was built by Brask.", 0.4),
    ("which city was it?", "The office is in Lorne.", 1.0),
    ("did Norway pay the fine?", "Sweden paid the fine.", None),
    ("did Norway pay the fine?", "Norway paid the fine.", 0.5),
    ("did Ada Vell admit the fraud?", "Ada Vell admitted the fraud.", 1.0),
    ("did Ada Vell admit the fraud?", "Ada Vell planned the fraud.", None),
    ("did Ada Vell admit the fraud?", "Jonas Hale admitted the fraud.", 0.3),
    ("who doubts the claim?", "Some engineers doubt the claim.", 0.7),
    ("who doubts the claim?", "The claim is in doubt.", None),
])
def test_the_kind_asked_for_is_told_from_what_only_looks_like_it(
    likeness: Likeness, question: str, text: str, expected: float | None
) -> None:
    assert kind_fits(read_question(question, ASKED), lines(text)[0], likeness) == expected


async def test_a_sentence_that_asks_or_has_lost_its_beginning_is_no_candidate(likeness: Likeness) -> None:
    found = await selected(likeness, "what does the mill make?", "Who knows what the mill makes?",
                           "is believed to make paper in the mill.", "The mill makes paper.")
    assert [candidate.line.text for candidate in found] == ["The mill makes paper."]


async def test_a_sentence_of_another_year_or_of_what_is_not_asked_about_is_no_candidate(likeness: Likeness) -> None:
    assert await selected(likeness, "who won the race in 2018?", "Jonas Hale won the race in 2014.") == []
    assert await selected(likeness, "when did Ada Vell's horse die?", "Ada Vell will be buried on 12 March.") == []
    (horse,) = await selected(likeness, "when did Ada Vell's horse die?", "Ada Vell's horse died on 12 March.")
    assert horse.line.text == "Ada Vell's horse died on 12 March."


async def test_the_words_of_a_date_are_no_words_of_the_question(likeness: Likeness) -> None:
    question = "how did the war end?"
    (dated,), (plain,) = [await selected(likeness, question, text) for text in (
        "At the end of January the war went on.", "At the end of its fuel the war went on.")]
    assert dated.fitness.coverage == pytest.approx(0.5)
    assert plain.fitness.coverage == pytest.approx(1.0)


async def test_of_lines_that_fit_alike_the_shorter_and_the_one_found_first_come_first(likeness: Likeness) -> None:
    text = "The mill makes paper for newspapers."
    first, second = await selected(likeness, "what does the mill make?", text, text)
    assert (first.line.rank, second.line.rank, first.odds) == (0, 1, second.odds)
    longer = replace(first, line=replace(first.line, text=text + " " * 400))
    assert longer.standing < first.standing
    assert replace(first, fitness=replace(first.fitness, names=0.5)).standing < first.standing


@pytest.mark.parametrize(("question", "text", "answers"), [
    ("when did Ada Vell's old dog die?", "Ada Vell died on Monday.", False),
    ("when did Ada Vell's old dog die?", "Ada Vell said that the dog died on Monday.", True),
    ("when did Ada Vell's brother die?", "Ada Vell said that Tom died on Monday.", True),
    ("when did Ada Vell die?", "Ada Vell died on Monday.", True),
])
async def test_a_line_about_the_owner_alone_tells_nothing_of_what_is_owned(
    likeness: Likeness, question: str, text: str, answers: bool
) -> None:
    assert bool(await selected(likeness, question, text)) is answers


@pytest.mark.parametrize(("question", "text", "answers"), [
    ("when was Ruritania founded?", "On Monday the Ostling Institute, a Lorne-based monitor, praised Ruritania.", False),
    ("when was Ruritania founded?", "Ruritania Founded In 1901, Records Show", True),
])
async def test_names_and_halves_of_compounds_tell_no_deed_but_a_headline_does(
    likeness: Likeness, question: str, text: str, answers: bool
) -> None:
    assert bool(await selected(likeness, question, text)) is answers


@pytest.mark.parametrize(("question", "text", "answers"), [
    ("is Ostland supplying weapons to Lorne?", "Ostland is supplying coal to Lorne.", False),
    ("is Ostland supplying weapons to Lorne?", "Ostland is supplying rifles to Lorne.", True),
    ("were the patients satisfied with the treatment?", "The treatment of the patients was free.", False),
    ("were the patients satisfied with the treatment?", "The patients were satisfied with the treatment.", True),
    ("did the shop open in Lorne?", "The shop in Lorne closed.", True),
    ("did Ada Vell win the race in 2022?", "Ada Vell won the race.", False),
])
async def test_a_line_about_another_thing_or_state_is_no_answer_to_whether_it_is_so(
    likeness: Likeness, question: str, text: str, answers: bool
) -> None:
    assert bool([c for c in await selected(likeness, question, text) if c.score >= THRESHOLD]) is answers


async def test_the_date_of_the_very_deed_comes_before_that_of_one_near_to_it(likeness: Likeness) -> None:
    found = await selected(likeness, "when was the partnership agreement ratified?",
                           "Both states formalised a partnership agreement in the autumn of 2024.",
                           "A partnership agreement, ratified in October, covers trade.")
    assert found[0].line.text == "A partnership agreement, ratified in October, covers trade."


async def test_a_line_that_says_all_of_a_question_and_has_what_it_asks_for_says_so(likeness: Likeness) -> None:
    (whole,) = await selected(likeness, "when was the interview published?", "The interview was published on Sunday.")
    (part,) = await selected(likeness, "when was the cheap interview published?", "The interview was published on Sunday.")
    assert (whole.says_all, part.says_all) == (True, False)
