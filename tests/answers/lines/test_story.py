"""Articles without a word of what the question is set in don't answer where another has all of it."""

from __future__ import annotations

import pytest

from service.answers.lines.story import of_the_story
from service.answers.question import read_question
from tests.answers.asked import ASKED, lines

FLOOD = "The flood left 14 people dead.\nThe dyke broke at dawn."
WAR = "In the war 3,000 people were killed."


@pytest.mark.parametrize(("question", "kept"), [
    ("how many people were killed in the flood?", {"01.txt"}),
    ("how many people were killed?", {"01.txt", "02.txt"}),
    ("how many people were killed in the avalanche?", set()),
    ("how many people were killed in the disaster?", {"01.txt"}),
    ("who was killed in the avalanche?", {"01.txt", "02.txt"}),
    ("how many people were killed when the dyke broke in the flood?", {"01.txt"}),
    ("how many people were killed in the flood at the museum?", {"01.txt", "02.txt"}),
])
def test_lines_of_another_story_are_left_out(question: str, kept: set[str]) -> None:
    found = of_the_story(read_question(question, ASKED), lines(FLOOD, WAR))
    assert {line.source.filename for line in found} == kept


PASSING = "{}\n" + "\n".join(f"Item {n}: the weather was as it mostly is in that part of the country." for n in range(12))


def test_of_an_article_on_many_things_only_the_lines_near_the_setting_answer_for_a_quantity() -> None:
    text = PASSING.format("News of the day.") + "\nA quake shook Lorne.\nIn Kelby 3 people died."
    far = PASSING.format("In Ostling 9 people died.") + "\n" + text
    found = of_the_story(read_question("how many people died in the quake?", ASKED), lines(far))
    assert {"In Ostling 9 people died.", "A quake shook Lorne.", "In Kelby 3 people died."} & {
        line.text for line in found} == {"A quake shook Lorne.", "In Kelby 3 people died."}
