"""Who said it, in the ways news prose says so."""

import pytest

from service.answers.speaker import speaker_of

ROWS = [
    ("About 4,200 people were moved out on Monday night, the county said.", "the county"),
    ("Some 900 homes lost power, according to the grid operator.", "the grid operator"),
    ("According to Kyiv, more than 300 drones were shot down.", "Kyiv"),
    ("Union leaders say that some 1,100 people were at the gate.", "Union leaders"),
    ("About 40 people were hurt in the crush, hospital officials and local doctors said.",
     "hospital officials and local doctors"),
    ("The bridge will cost 12 million euros, transport minister Ada Holm said in an interview.",
     "transport minister Ada Holm"),
    ("“We counted 14 boats,” Mr Dahl told reporters on the quay.", "Mr Dahl"),
    ("In his talk with the paper, Dahl claimed that 14 boats had left.", "Dahl"),
    ("The plant made 300 cars a day, with 20 of them faulty, according to company records.", "company records"),
    ("The town has 4,000 inhabitants.", None),
    ("He said that 14 boats had left.", None),
    ("Around 3,200 people will lose their posts, says Joan Abernathy, the head of the union.", "Joan Abernathy"),
]


@pytest.mark.parametrize(("sentence", "speaker"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_the_source_of_a_sentence_is_found_in_its_own_words(sentence: str, speaker: str | None) -> None:
    found = speaker_of(sentence)
    assert (found.text if found else None) == speaker
    if found:
        assert sentence[found.start : found.end] == found.text


def test_the_sentence_behind_may_name_the_source() -> None:
    found = speaker_of("Some 380 people were aboard.", "That figure came from the harbour police.")
    assert found is not None
    assert (found.text, found.following) == ("the harbour police", True)


def test_a_source_in_the_sentence_wins_over_the_one_behind() -> None:
    found = speaker_of("Some 380 people were aboard, the line said.", "That figure came from the harbour police.")
    assert found is not None
    assert found.text == "the line"
