"""Who does it, when, where and under which condition stays as the quote has it; the same said otherwise ships."""

from __future__ import annotations

import pytest

from service.answers.grammar.frames import frames
from service.answers.grammar.reading import read
from service.answers.verify import Cited, check
from service.domain import Quote, Source
from tests.answers.test_verify import gate

INQUIRY = "Tom Reed, the lawyer of Marta Lind, was asked on Friday to testify about the eastern dyke."
TURNED = "Marta Lind, who had told the council that the dyke was old, was praised by Tom Reed."
DONORS = "The case accuses Tom Reed and two dentists of plotting to dupe donors who gave 300,000 crowns to the school."
VOTED = "The first woman was elected in Kelby, and Oxley voters elected the youngest mayor of the county."
SUIT = "A jury fined Halvard Oil in a lawsuit filed by the parents of Jesse Lund."
ARRESTED = "Tom Reed was repairing the mill that was found in 2017, with Marta Lind."
SAID = "The ministry said in April that the firm would close two mills, after a fire at a third."
CONDITION = "The villagers will take over the old mill in Kelby if they win the vote in May."
PRIZE = "Ann Bell has won the largest lottery prize ever paid in Velmark, the state lottery said."
NEAR = "The fire burned 60 acres in Tarnby, 50 miles south of Oxley, on Monday."
STAFF = "Director Ann Bell, general manager Tom Reed and head coach Karl Weiss will all stay."
RESPECTIVELY = "Kelby and Oxley waited 20 years and 16 years, respectively, for a new bridge."
CAN = "Drivers can use the northern road on Sundays."
BOTH = "Marta Lind got 50,000 crowns in both compensatory and punitive damages."
ORDERED = "Halvard Oil bought the mill after the council had sold the harbour."
LARGE = "The drought remains a large factor behind rising prices."
ARGUED = "Ann Bell said the sum came to 1 crown for each reader, which she argued is about 75 million people."
SHOW = "“The Mill” is nominated for best play, if only for its famous star, Jessie Munk."


@pytest.mark.parametrize(
    ("kind", "text", "statement"),
    [
        ("roles", INQUIRY, "Marta Lind was asked on Friday to testify about the eastern dyke."),
        ("roles", TURNED, "Tom Reed had told the council that the dyke was old."),
        ("roles", DONORS, "Tom Reed and two dentists gave 300,000 crowns to the school."),
        ("roles", VOTED, "Oxley voters elected the first woman."),
        ("roles", SUIT, "Halvard Oil filed a lawsuit against the parents of Jesse Lund."),
        ("roles", ARRESTED, "Tom Reed found the mill in 2017 with Marta Lind."),
        ("dates", SAID, "The ministry said that the firm would close two mills, after a fire at a third in April."),
        ("hedge", CONDITION, "The villagers will take over the old mill in Kelby."),
        ("support", PRIZE, "Ann Bell has won the largest lottery prize ever paid, the state lottery said."),
        ("roles", NEAR, "The fire burned 60 acres in Oxley on Monday."),
        ("roles", STAFF, "General manager Karl Weiss will stay."),
        ("numbers", RESPECTIVELY, "Oxley waited 20 years for a new bridge."),
        ("hedge", CAN, "Drivers use the northern road on Sundays."),
        ("numbers", BOTH, "Marta Lind got 50,000 crowns in punitive damages."),
        ("dates", ORDERED, "The council had sold the harbour after Halvard Oil bought the mill."),
        ("support", LARGE, "The drought remains the largest factor behind rising prices."),
        ("attribution", ARGUED, "The sum came to 1 crown for each reader, which she argued is about 75 million people."),
        ("roles", SHOW, "Jessie Munk is nominated for best play."),
    ],
)
def test_a_true_word_in_another_part_of_the_sentence_is_stopped(kind: str, text: str, statement: str) -> None:
    assert gate(statement, text) == kind


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        (INQUIRY, "Tom Reed was asked on Friday to testify about the eastern dyke."),
        (TURNED, "Marta Lind had told the council that the dyke was old."),
        (DONORS, "Donors gave 300,000 crowns to the school."),
        (VOTED, "Oxley voters elected the county's youngest mayor."),
        (SUIT, "The parents of Jesse Lund filed a lawsuit."),
        (SAID, "In April the ministry said that the firm would close two mills."),
        (CONDITION, "If they win the vote in May, the villagers will take over the old mill in Kelby."),
        (PRIZE, "The largest lottery prize ever paid in Velmark was won by Ann Bell, the state lottery said."),
        (NEAR, "The fire burned 60 acres in Tarnby on Monday."),
        (STAFF, "General manager Tom Reed will stay."),
        (RESPECTIVELY, "Kelby waited 20 years for a new bridge."),
        (CAN, "On Sundays drivers can use the northern road."),
        (BOTH, "Marta Lind got 50,000 crowns in compensatory and punitive damages."),
        (ORDERED, "After the council had sold the harbour, Halvard Oil bought the mill."),
        (SHOW, "“The Mill” is nominated for best play."),
    ],
)
def test_the_same_in_its_own_part_ships(text: str, statement: str) -> None:
    assert gate(statement, text) is None


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Velmark has reportedly sent 11,000 soldiers.", "One report says Velmark has reportedly sent 11,000 soldiers."),
        ("Up to 900 soldiers were sent to Tarsia last autumn.", "Up to 900 soldiers went to Tarsia last autumn."),
        ("“They were bitterly hurt and begged us never to offer it once more,” Ann Bell said.",
         "Ann Bell said they were “bitterly hurt”."),
        ("Nurses who have left often speak of poor pay and long shifts.", "Nurses who have left describe poor pay."),
        ("Kelby, where rents were up 26 percent from a year ago, saw the biggest increase of all towns.",
         "Kelby saw the biggest increase of all towns, with rents up 26 percent from a year ago."),
        ("Oxley College announced Tuesday it was ending student loans, the university said in a release.",
         "Oxley College announced that it was ending student loans."),
        ("Adults will be able to buy the tests in stores.", "Adults can buy the tests in stores."),
        ("The dyke quickly gave way on Monday.", "The dyke rapidly gave way on Monday."),
        ("House Clerk Ann Bell said the dyke is safe.", "The dyke is safe, House Clerk Ann Bell said."),
        ("Karl Weiss, a spokesman for the county, said late Friday that the dyke is safe.",
         "Karl Weiss said late Friday that the dyke is safe."),
    ],
)
def test_what_a_strong_model_writes_ships(text: str, statement: str) -> None:
    assert gate(statement, text) is None


def cited(*texts: str) -> Cited:
    source = Source("art_1", "a.txt", "0", None, None, None, None, "org_1", None)
    return Cited(tuple(Quote(source, 1000 * i, 1000 * i + len(text), text) for i, text in enumerate(texts)))


def test_a_name_may_stand_for_the_company_where_the_source_tells_of_one_alone() -> None:
    quotes = cited("The company said it had received 470 complaints.", "Halvard Oil recalled the stoves in June.")
    assert check("Halvard Oil said it had received 470 complaints.", quotes) is None
    rivals = cited("The company said it had received 470 complaints.",
                   "Halvard Oil recalled the stoves in June, and Kestrel Gas sued the county.")
    fault = check("Kestrel Gas said it had received 470 complaints.", rivals)
    assert fault is not None
    assert fault.gate == "attribution"


@pytest.mark.parametrize("line", [
    "– Ann B. Bell",
    "By Ann Bell and Tom Reed",
    "An earlier version of this story misspelled the name of the mill. It should be Oxley Mill.",
])  # fmt: skip
def test_bylines_and_corrections_report_nothing(line: str) -> None:
    assert gate(line, line) == "body"


def told(text: str) -> list[tuple[str, bool, list[str], list[str]]]:
    return [(f.verb.text, f.passive, [t.text for t in f.doer], [t.text for t in f.done]) for f in frames(read(text))]


def test_frames_read_a_verb_with_its_sure_subject_and_object() -> None:
    assert told("Tom Reed repaired the mill.") == [("repaired", False, ["Tom", "Reed"], ["mill"])]
    assert told("The mill was repaired by Tom Reed.") == [("repaired", True, ["Tom", "Reed"], ["The", "mill"])]
    assert told("Tom Reed, the mayor of Kelby, has sold two mills.") == [
        ("sold", False, ["Tom", "Reed", "mayor"], ["two", "mills"])
    ]
    assert told("Donors who gave 300 crowns left early.")[0] == ("gave", False, ["Donors"], ["300", "crowns"])
