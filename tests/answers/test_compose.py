"""The extractive answer: which sentences, in which order, cut how."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters.local_embedder import LocalEmbedder
from service.answers.compose import Composition, compose, concise, told, untied
from service.answers.figures.claims import stated
from service.answers.likeness import Likeness
from service.answers.question import read_question
from tests.answers.asked import ASKED, Told, claims, lines


@pytest.fixture(scope="module")
def likeness(embedder: LocalEmbedder) -> Likeness:
    return Likeness(embedder)


async def composed(likeness: Likeness, question: str, *articles: Told | str) -> Composition:
    return await compose(read_question(question, ASKED), lines(*articles), likeness)


async def test_each_position_is_told_once_by_its_shortest_sourced_sentence_and_cites_all_that_give_it(
    likeness: Likeness,
) -> None:
    found = await composed(
        likeness, "how many people were arrested?",
        "Police arrested 312 people in Lorne.",
        "Police in Lorne arrested 312 people, most of them students who had come by train, the ministry said.",
        "Some 312 people were arrested, according to a lawyer in Lorne.")
    texts = {draft.text: {q.source.filename for q in draft.quotes} for draft in found.drafts}
    assert texts == {
        "Police in Lorne arrested 312 people, most of them students who had come by train, the ministry said.":
            {"01.txt", "02.txt"},
        "Some 312 people were arrested, according to a lawyer in Lorne.": {"03.txt"},
    }
    assert not found.disputed


async def test_the_sentence_that_is_told_is_the_first_quote(likeness: Likeness) -> None:
    found = await composed(likeness, "how many people were arrested?", "Police arrested 312 people in Lorne.",
                           "Police arrested 312 people in Lorne, the ministry said.")
    (draft,) = found.drafts
    assert draft.quotes[0].text == draft.text


async def test_of_more_than_four_claims_the_best_supported_the_lowest_and_the_highest_are_told(
    likeness: Likeness,
) -> None:
    said = [f"The Lorne storm damaged {n} houses, {who} said." for n, who in (
        (300, "the council"), (420, "an insurer"), (390, "the mayor"), (350, "a builder"), (330, "the bishop"))]
    articles = [*said, said[2].replace("the mayor", "a minister")]
    at_odds, found = await claims("how many houses were damaged?", likeness, *articles)
    assert (at_odds, len(found)) == (True, 5)
    assert [p.figure.low for p in told(found)] == [390, 300, 420]
    drafts = (await composed(likeness, "how many houses were damaged?", *articles)).drafts
    assert [any(str(n) in d.text for d in drafts) for n in (390, 300, 420, 350, 330)] == [True, True, True, False, False]


async def test_up_to_four_claims_are_all_told_and_what_was_replaced_comes_last(likeness: Likeness) -> None:
    _, found = await claims("how many houses were damaged?", likeness, *(
        f"The Lorne storm damaged {n} houses, {who} said."
        for n, who in ((300, "the council"), (420, "an insurer"), (390, "the mayor"))))
    assert len(told(found)) == 3
    old = replace(found[0], superseded_by=1)
    assert told([old, *found[1:]])[-1] == old


async def test_nothing_is_composed_where_nothing_answers(likeness: Likeness) -> None:
    for question in ("how many dogs were rescued?", "who is Bertold Krantz?"):
        found = await composed(likeness, question, "Police arrested 312 people in Lorne.")
        assert found == Composition((), confidence=found.confidence)
        assert found.confidence < 0.1


async def test_two_sources_that_say_the_same_make_one_statement(likeness: Likeness) -> None:
    found = await composed(likeness, "what did the mill make?", "The mill made paper for newspapers.",
                           "The mill made paper for newspapers.", "The mill in Ostling made paper for newspapers.")
    assert len(found.drafts) == 1


CUT: tuple[tuple[str, int, str], ...] = (
    ("Some 340 people were moved out, including 20 children.", 26, "Some 340 people were moved out."),
    ("The mill burned down, leaving a ruin.", 0, "The mill burned down."),
    ("Meanwhile, the mill burned down.", 0, "The mill burned down."),
    ("But the mill burned down.", 0, "The mill burned down."),
    ("In addition, the mill burned down.", 0, "The mill burned down."),
    ("In addition to the barn, the mill burned down.", 0, "In addition to the barn, the mill burned down."),
    ("However hot it was, the mill stood.", 0, "However hot it was, the mill stood."),
    ("The mill burned down, according to its owner,", 0, "The mill burned down, according to its owner."),
    ("Some 340 people were moved out, according to the mayor.", 26,
     "Some 340 people were moved out, according to the mayor."),
    ("The mill burned down, which the owner denied.", 0, "The mill burned down, which the owner denied."),
    ("The mill burned down, as the mayor said on Monday.", 0, "The mill burned down, as the mayor said on Monday."),
    ("The mill burned down, although nobody saw it.", 0, "The mill burned down, although nobody saw it."),
    ("The dead, including 12 children, lay there.", 24, "The dead, including 12 children, lay there."),
    ("It burned, leaving “a black hole”.", 0, "It burned, leaving “a black hole”."),
    ("Did it burn, leaving a ruin?", 0, "Did it burn?"),
)


@pytest.mark.parametrize(("sentence", "keep", "expected"), CUT)
def test_only_asides_that_nobody_says_denies_or_doubts_are_cut(sentence: str, keep: int, expected: str) -> None:
    assert concise(sentence, keep) == expected


async def test_a_sentence_that_points_back_is_told_with_the_one_before_it_and_each_is_quoted(
    likeness: Likeness,
) -> None:
    found = await composed(
        likeness, "who will be the first woman to lead the port of Lorne?",
        "Ada Vell was elected on Monday by the council.\n"
        "She will be the first woman to lead the port of Lorne.\nThe port has two docks.")
    (draft,) = found.drafts
    assert [q.text for q in draft.quotes] == ["Ada Vell was elected on Monday by the council.",
                                              "She will be the first woman to lead the port of Lorne."]
    assert draft.text == " ".join(q.text for q in draft.quotes)


async def test_how_long_something_has_gone_on_is_told_by_since_when_where_no_length_is_told(likeness: Likeness) -> None:
    found = await composed(likeness, "how long has the bridge been closed?",
                           "The bridge at Lorne has been closed since March.\nThe mayor walks to work.")
    assert [draft.text for draft in found.drafts] == ["The bridge at Lorne has been closed since March."]
    assert not found.positions


async def test_a_second_line_is_told_only_where_it_has_another_thing_of_the_kind_asked_for(likeness: Likeness) -> None:
    one = "The bridge at Lorne was opened on 3 May 2021."
    for other, expected in (("In Lorne the bridge, painted green, was opened on 3 May 2021, to music.", 1),
                            ("Opened twice, the bridge at Lorne saw its second feast in June 2022.", 2)):
        found = await composed(likeness, "when was the bridge at Lorne opened?", one, other)
        assert len(found.drafts) == expected, other


SENTENCES = st.lists(st.sampled_from(["Meanwhile,", "But", "12 people", "died", ", including", "children", ", who",
                                      "the mayor said", ", according to", "“", "”", "denied", ".", "?", "\n", "…"]),
                     min_size=1, max_size=10).map(" ".join)


@settings(max_examples=60)
@given(SENTENCES, st.integers(0, 40))
def test_a_shortened_sentence_has_no_word_that_was_not_there_and_keeps_its_start(sentence: str, keep: int) -> None:
    shorter = concise(sentence, keep)
    assert len(shorter) <= len(sentence) + 1
    left = iter(sentence.lower().split())
    assert all(any(word.strip(",.?") == other.strip(",.?") for other in left) for word in shorter.lower().split()
               if word.strip(",.?"))
    assert untied(untied(shorter)) == untied(untied(untied(shorter)))


async def test_a_text_states_a_value_in_any_spelling(likeness: Likeness) -> None:
    _, (found,) = await claims("how many bottles were recalled?", likeness, "The maker recalled 15,000 bottles.")
    assert stated(found, "Fifteen thousand bottles were called back.")
    assert stated(found, "It was 15 000.")
    assert not stated(found, "It was 1,500.")
    assert not stated(found, "No number.")


async def test_a_line_that_points_back_is_told_behind_the_first_sentence_which_names_who_it_is(
    likeness: Likeness,
) -> None:
    found = await composed(likeness, "which band will play in Lorne in May?", "Moss Harbour is back.\nIt was a long time."
                           "\nThey will play in Lorne in May.")
    assert [draft.text for draft in found.drafts] == ["Moss Harbour is back.", "They will play in Lorne in May."]


async def test_no_words_are_told_twice_where_two_lines_are_told_together(likeness: Likeness) -> None:
    text = "Ada Vell, the envoy, gave an interview to the Lake Courier.\nThis interview was published in Lorne on Sunday."
    found = await composed(likeness, "which envoy gave the interview?", text)
    said = " ".join(draft.text for draft in found.drafts)
    assert said.count("Ada Vell, the envoy, gave an interview") == 1


async def test_a_later_denial_comes_before_the_figures_it_ends(likeness: Likeness) -> None:
    found = await composed(likeness, "how many people are missing in Lorne?",
                           Told("Twelve people are missing in Lorne.", date(2026, 3, 2)),
                           Told("Nobody is missing in Lorne any more.", date(2026, 3, 6)))
    assert [draft.text for draft in found.drafts] == [
        "Nobody is missing in Lorne any more.", "Twelve people are missing in Lorne."]


async def test_what_a_question_does_not_say_of_its_count_is_not_that_it_died(likeness: Likeness) -> None:
    found = await composed(likeness, "how many Norwegian soldiers?", "Norway sent 900 Norwegian soldiers.",
                           "Some 300 Norwegian soldiers were killed.")
    assert [draft.text for draft in found.drafts] == ["Norway sent 900 Norwegian soldiers."]
