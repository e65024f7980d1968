"""Each alteration makes a true statement false in its own way, and each paraphrase leaves it true."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from evals.alter import EVERY as ALTERATIONS
from evals.alter import altered
from evals.mutate import Pool, Variant
from evals.restate import EVERY as PARAPHRASES
from evals.restate import faithful
from evals.truths import Truth, Truths, read_truths, shuffled, truths_of
from service.articles.read import read_bytes
from tests.evals.made import write_articles

KEY = "p1"
OTHER = Truth("b:0", "Police in Oxley counted 640 cars and 17,500 sheep.", "p2", "b.txt")


def alter(kind: str, text: str, *, boilerplate: tuple[tuple[str, str], ...] = ()) -> Variant | None:
    truth = Truth("a:0", text, KEY, "a.txt")
    truths = Truths((truth, OTHER), {}, boilerplate)
    return ALTERATIONS[kind](truth, Pool.of(truths), Random(1))


@pytest.mark.parametrize(
    ("kind", "text", "wrong"),
    [
        ("unit", "It rained for 3 hours.", "It rained for 3 days."),
        ("unit", "They lost $3 million.", "They lost €3 million."),
        ("unit", "Turnout was 88 percent.", "Turnout was 88 points."),
        ("unit", "They lose a lot a day.", "They lose a lot a week."),
        ("unit", "They found 940 coins there.", "They found 940 cars there."),
        ("scale", "Hundreds came.", "Thousands came."),
        ("scale", "It cost 3 million crowns.", "It cost 3 billion crowns."),
        ("name", "He lives in Tarnby.", "He lives in Oxley."),
        ("negation", "The board did not open the gates.", "The board did open the gates."),
        ("negation", "He denied that he knew.", "He confirmed that he knew."),
        ("negation", "Nobody was hurt.", "Somebody was hurt."),
        ("negation", "The gates were never open.", "The gates were open."),
        ("negation", "He wouldn’t pay.", "He would pay."),
        ("hedge", "About 4,000 came.", "4,000 came."),
        ("hedge", "Carmakers could turn to others.", "Carmakers will turn to others."),
        ("hedge", "He reportedly left with up to 90 men.", "He left with up to 90 men."),
        ("attribution", "The gates stood open all night, the board said.", "The gates stood open all night."),
        (
            "attribution",
            "According to Kyiv, they have all gone home again.",
            "They have all gone home again.",
        ),
        ("attribution", "The mayor says that they have gone home again.", "They have gone home again."),
        (
            "attribution",
            "The gates stood open all night, the board said on Monday, and nobody saw.",
            "The gates stood open all night.",
        ),
        ("fused", "They found 940 coins.", "They found 640 coins."),
        ("swapped", "It left 300 killed and 2,700 wounded.", "It left 2,700 killed and 300 wounded."),
        ("modal", "The bridge may close in May.", "The bridge will close in May."),
        ("modal", "The board plans to close it.", "The board will close it."),
        ("weakened", "The bridge will close.", "The bridge may close."),
        ("direction", "Prices rose in Kelby.", "Prices fell in Kelby."),
        ("widened", "They left some of the houses.", "They left all of the houses."),
        ("from_to", "It sailed from Kelby to Oxley.", "It sailed from Oxley to Kelby."),
        ("roles", "In May, Ann Bell sued Tom Reed.", "In May, Tom Reed sued Ann Bell."),
        ("names_exchanged", "The ferry from Kelby sank near Oxley.", "The ferry from Oxley sank near Kelby."),
        (
            "date_moved",
            "The board said on Monday that the dyke broke.",
            "The board said that the dyke broke on Monday.",
        ),
        (
            "date_moved",
            "The dyke broke on Monday, the board said.",
            "The dyke broke, the board said on Monday.",
        ),
        (
            "verbs_exchanged",
            "On Friday Bell repaired the dyke and Reed praised the mayor.",
            "On Friday Bell praised the dyke and Reed repaired the mayor.",
        ),
    ],
)
def test_an_alteration_changes_one_thing(kind: str, text: str, wrong: str) -> None:
    drawn = set()
    for seed in range(12):
        truth = Truth("a:0", text, KEY, "a.txt")
        variant = ALTERATIONS[kind](truth, Pool.of(Truths((truth, OTHER), {}, ())), Random(seed))
        if variant is not None:
            assert variant.altered
            assert variant.quotes[0] == (KEY, text)
            drawn.add(variant.text)
    assert wrong in drawn


def test_another_digit_stands_at_one_place_and_a_number_in_words_is_another() -> None:
    for seed in range(20):
        truth = Truth("a:0", "They found 1,940 coins.", KEY, "a.txt")
        variant = ALTERATIONS["digit"](truth, Pool.of(Truths((truth,), {}, ())), Random(seed))
        assert variant is not None
        assert sum(a != b for a, b in zip(variant.text, truth.text, strict=True)) == 1
    words = alter("digit", "Seven strikers were treated.")
    assert words is not None
    assert words.text.endswith(" strikers were treated.")
    assert words.text.split()[0] not in ("Seven", "seven")


def test_a_fused_statement_cites_both_sources() -> None:
    variant = alter("fused", "They found 940 coins.")
    assert variant is not None
    assert variant.quotes == ((KEY, "They found 940 coins."), ("p2", OTHER.text))


def test_the_ends_of_a_range_are_not_swapped() -> None:
    assert alter("swapped", "Between 120 and 150 came.") is None


def test_a_day_a_month_or_a_year_becomes_another() -> None:
    for text, same in (
        ("It was Monday.", "Monday"),
        ("It was in June.", "June"),
        ("It was in 2024.", "2024"),
    ):
        variant = alter("date", text)
        assert variant is not None
        assert same not in variant.text


def test_quotes_are_altered_while_the_statement_stays_true() -> None:
    text = "The county moved people before daybreak."
    word = alter("quote_word", text)
    assert word is not None
    assert word.text == text
    ((key, quote),) = word.quotes
    assert key == KEY
    assert sum(a != b for a, b in zip(quote.split(), text.split(), strict=True)) == 1
    invented = alter("invented_key", text)
    assert invented is not None
    assert (invented.text, invented.quotes[0][1]) == (text, text)
    assert invented.quotes[0][0] != KEY


def test_a_teaser_is_quoted_as_a_statement_of_its_own() -> None:
    variant = alter("teaser", "He left the town early.", boilerplate=((KEY, "Robbers took 75,000 crowns from..."),))
    assert variant == Variant(
        "teaser", "Robbers took 75,000 crowns from...", ((KEY, "Robbers took 75,000 crowns from..."),)
    )
    assert alter("teaser", "He left the town early.") is None


@pytest.mark.parametrize("kind", sorted(set(ALTERATIONS) - {"quote_word", "invented_key", "name"}))
def test_where_there_is_nothing_to_alter_there_is_no_case(kind: str) -> None:
    assert alter(kind, "she left and they slept") is None


@pytest.mark.parametrize(
    ("kind", "text", "same"),
    [
        (
            "said_first",
            "The gates stood open, the county said.",
            "The county said that the gates stood open.",
        ),
        (
            "according",
            "The gates stood open, according to Ann Bell.",
            "According to Ann Bell, the gates stood open.",
        ),
        (
            "according",
            "According to Ann Bell, the gates stood open.",
            "The gates stood open, according to Ann Bell.",
        ),
        ("contraction", "They did not pay.", "They didn’t pay."),
        ("contraction", "They wouldn’t pay.", "They would not pay."),
        (
            "aside_dropped",
            "The dyke, which was blocked, broke at ten at night.",
            "The dyke broke at ten at night.",
        ),
        ("dateline_dropped", "KELBY – The dyke broke.", "The dyke broke."),
        ("date_turned", "It was signed on 19 June 2024 there.", "It was signed on June 19, 2024 there."),
        ("possessive", "That is the county’s final list.", "That is the final list of the county."),
        ("digits_spaced", "Some 12,000 came.", "Some 12\u00a0000 came."),
        ("number_in_digits", "It has three furnaces.", "It has 3 furnaces."),
        ("surname", "On Monday, Anton Grieve said so.", "On Monday, Grieve said so."),
        ("about", "They sent about 40 men.", "They sent around 40 men."),
        ("percent_sign", "It fell 4.5 percent.", "It fell 4.5%."),
        ("straight_quotes", "“It’s cold,” he said.", '"It\'s cold," he said.'),
        ("verbatim", "They slept.", "They slept."),
        ("passive", "Ann Bell repaired the dyke in May.", "The dyke was repaired by Ann Bell in May."),
        ("active", "The dyke was repaired by Ann Bell.", "Ann Bell repaired the dyke."),
        (
            "clause_last",
            "After the gates had opened, the water fell by night.",
            "The water fell by night after the gates had opened.",
        ),
        (
            "clause_first",
            "The water fell by night after the gates had opened.",
            "After the gates had opened, the water fell by night.",
        ),
        ("time_last", "On Monday, the old bridge was closed.", "The old bridge was closed on Monday."),
        ("synonym", "They purchased the land.", "They bought the land."),
        ("over", "They found more than 300 coins.", "They found over 300 coins."),
        ("idle_dropped", "The board also met.", "The board met."),
        ("tense", "Ann Bell said the bridge is closed.", "Ann Bell said the bridge was closed."),
        (
            "trailing_dropped",
            "Heavy rain fell on the hills above the old town, washing out a road.",
            "Heavy rain fell on the hills above the old town.",
        ),
        ("brackets_dropped", "The firm (CRV) lost money.", "The firm lost money."),
        ("said_last", "Ann Bell said the old bridge was closed.", "The old bridge was closed, Ann Bell said."),
        ("told", "Ann Bell told Coast Radio that it fell.", "Ann Bell said that it fell."),
        ("apposition_dropped", "Ann Bell, the mayor of Kelby, said so.", "Ann Bell said so."),
        ("list_turned", "France, Spain and Italy signed.", "Spain, France and Italy signed."),
        (
            "first_clause",
            "The river has risen since the rain began to fall, and the gates were opened.",
            "The river has risen since the rain began to fall.",
        ),
        ("day_first", "It was signed on June 19, 2024.", "It was signed on 19 June 2024."),
        ("millions", "They lost 1,200,000 crowns.", "They lost 1.2 million crowns."),
        ("millions", "They lost $6.6 billion.", "They lost $6.6bn."),
        ("says", "It is open, the county said.", "It is open, the county says."),
    ],
)
def test_a_paraphrase_says_the_same(kind: str, text: str, same: str) -> None:
    assert PARAPHRASES[kind](text) == same


def test_every_paraphrase_is_tried_above_and_leaves_other_sentences_alone() -> None:
    for kind, rule in PARAPHRASES.items():
        assert rule("She left and they slept") == (None if kind != "verbatim" else "She left and they slept")


def test_truths_are_body_sentences_and_boilerplate_is_none(tmp_path: Path) -> None:
    truths = read_truths(write_articles(tmp_path / "articles"))
    assert len(truths.passages) == 2
    texts = [truth.text for truth in truths.statements]
    assert "The mayor of Tarnby put it at 3,000 at most." in texts
    assert not any("Bank robbers" in text for text in texts)
    assert any("Bank robbers" in text for _, text in truths.boilerplate)
    for truth in truths.statements:
        shown = truths.passages[truth.key]
        assert truth.text in " ".join(shown.chunk.text.split())
        assert shown.text[shown.chunk.start : shown.chunk.end] == shown.chunk.text


def test_a_sentence_with_markup_is_no_statement() -> None:
    article = read_bytes(
        b"# A title of an article\n\nHe read the *Gazette* at home. He read it to the end.\n",
        source="x",
        filename="a.md",
    )
    assert [truth.text for truth in truths_of([article]).statements] == ["He read it to the end."]


def test_the_same_seed_makes_the_same_cases(tmp_path: Path) -> None:
    truths = read_truths(write_articles(tmp_path / "articles"))
    assert altered(truths, 3, 5) == altered(truths, 3, 5)
    assert faithful(truths, 3, 5) == faithful(truths, 3, 5)
    fewer = Truths(truths.statements[1:], truths.passages, truths.boilerplate)
    order = shuffled(truths.statements, "x")
    assert shuffled(fewer.statements, "x") == [t for t in order if t != truths.statements[0]]
    assert order != list(truths.statements)
    counts = [variant.kind for _, variant in altered(truths, 3, 2)]
    assert all(counts.count(kind) <= 2 for kind in counts)


def test_a_paraphrase_is_no_longer_than_a_statement_may_be() -> None:
    short, long = "The mill of Oxley burned down.", f"The mill of Oxley burned down {'very ' * 80}fast."
    truths = Truths(tuple(Truth(f"a:{i}", text, KEY, "a.txt") for i, text in enumerate((short, long))), {}, ())
    assert [variant.text for _, variant in faithful(truths, 1, 5) if variant.kind == "verbatim"] == [short]


def test_words_that_stand_in_the_passage_too_are_no_invented_quote() -> None:
    article = read_bytes(b"# Fire in Oxley\n\nThe mill of Oxley burned down. Nobody was hurt in it.\n", source="x",
                         filename="a.md")
    truths = truths_of([article])
    shared = Truth("b:0", truths.statements[1].text, "p2", "b.txt")
    pool = Pool.of(Truths((truths.statements[0], shared), truths.passages, ()))
    assert ALTERATIONS["invented_quote"](truths.statements[0], pool, Random(1)) is None
