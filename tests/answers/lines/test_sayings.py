"""Whether a sentence tells the words of whom a question asks for."""

from __future__ import annotations

import pytest

from service.answers.lines.sayings import BESIDE, OWN, says
from service.answers.question import read_question
from tests.answers.asked import ASKED, lines


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("what did Hale say?", "“It is gone,” Hale said.", OWN),
    ("what did Hale say?", "“It is gone,” the cook said.", None),
    ("what did Hale say?", "The cook said that Hale had gone.", None),
    ("what did Hale say?", "Hale denied that it was gone.", OWN),
    ("what did Hale say?", "Hale praised the crew.", OWN),
    ("what did Hale say?", "Hale declined to comment.", OWN),
    ("what did Hale say?", "Hale sank the ship.", None),
    ("what did Hale say?", "Hale spoke at noon.", None),
    ("what did the mayor say?", "“Go home,” said the mayor.", OWN),
    ("what did the mayor say?", "“Go home,” said a neighbour.", None),
    ("what did the county say?", "The county has not responded.", OWN),
    ("what did the Kremlin say?", "The word “operation” is the Kremlin's name for it.", None),
    ("what did the Kremlin say?", "It was sunny, Kremlin spokesman Ivan Orlov said.", OWN),
    ("what did the Kremlin say?", "In the Kremlin's hall he raised a glass: “We shall build what they broke.”", BESIDE),
    ("what did Norway say?", "Oslo said that it would pay.", OWN),
    ("what did Ada Vell say?", "“She can win,” Ada Vell's coach said.", None),
    ("what did Ada Vell say?", "“She can win,” Ada Vell's spokesman said.", OWN),
    ("what did Ada Vell say about Jonas Hale?", "“I sank it,” Jonas Hale said.", None),
])
def test_only_the_words_of_whom_the_question_names_are_told_as_his(
    question: str, text: str, expected: float | None
) -> None:
    assert says(read_question(question, ASKED), lines(text)[0]) == expected


@pytest.mark.parametrize(("question", "text", "expected"), [
    ("what did the mayor say?", "The mayor of Kelby spoke at noon.\nThe rain had stopped.\n“Go home,” he said.",
     [None, None, BESIDE]),
    ("what did Ada Vell say?", "Ada Vell came late.\nShe added that the road was closed.\nShe left.",
     [None, BESIDE, None]),
    ("what did Ada Vell say?", "Ada Vell came late.\nJonas Hale drove her.\nHe said that the road was closed.",
     [None, None, None]),
    ("what did the mayor say?", "The mayor disputed the county's count.\nOnly 40 left, Joris Pell told the radio.\n"
     "“I counted heads,” he said.", [OWN, OWN, BESIDE]),
    ("what did the county say?", "Only 40 left, Joris Pell said.\n“The county counts beds, I count the heads,” he said.",
     [None, None]),
    ("what did the Kremlin say?", "The Kremlin was silent.\nThe guest came late.\n“We have all seen the snow,” he said.",
     [None, None, None]),
])
def test_who_speaks_above_speaks_on_by_a_pronoun(question: str, text: str, expected: list[float | None]) -> None:
    assert [says(read_question(question, ASKED), line) for line in lines(text)] == expected
