"""Every gate stops what it is there to stop, and lets faithful statements through."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.gates.fault import Gate
from service.answers.verify import Cited, Evidence, Proposed, Rejected, Verified, check, verify
from service.domain import Chunk, Quote, Source, Span
from service.language.sentences import split
from tests.answers.altered import WRITTEN, Altered, made
from tests.answers.faithful import PARAPHRASES

STRINGS = frozenset({"digit", "unit", "scale", "name", "date", "qualifier"})
"""Kinds of alteration of which none may ship."""


def source(file_id: str = "art_1", title: str | None = None, published: date | None = None) -> Source:
    return Source(file_id, f"{file_id}.txt", "0" * 64, title, None, published, None, "org_1", None)


def evidence(
    text: str, spans: tuple[Span, ...] | None = None, file_id: str = "art_1", **about: object
) -> Evidence:
    """A passage that is a whole article, by default of body text alone."""
    chunk = Chunk("chk_1", file_id, 0, 0, len(text), text, "")
    return Evidence(chunk, source(file_id, **about), text, spans or (Span(0, len(text), "body"),))  # type: ignore[arg-type]


def outcome(statement: str, text: str, quote: str | None = None, **about: object) -> Verified | Rejected:
    shown = evidence(text, **about)  # type: ignore[arg-type]
    return verify(Proposed(statement, (("p1", text if quote is None else quote),)), {"p1": shown})


def gate(statement: str, text: str, quote: str | None = None, **about: object) -> Gate | None:
    """The gate that stops a statement, None when it ships."""
    result = outcome(statement, text, quote, **about)
    return result.gate if isinstance(result, Rejected) else None


DAM = (
    "Engineers found cracks in the Orsk dam. The dam was built in 1962. It holds 40 million tonnes of water."
)


def test_a_verified_statement_carries_its_quote_widened_to_whole_sentences_at_its_true_place() -> None:
    result = outcome("The dam was built in 1962.", DAM, "built in 1962")
    start = DAM.index("The dam was")
    assert result == Verified(
        "The dam was built in 1962.",
        (Quote(source(), start, start + len("The dam was built in 1962."), "The dam was built in 1962."),),
    )


def test_two_quotes_of_one_sentence_are_one_quote() -> None:
    proposed = Proposed(
        "The dam was built in 1962.", (("p1", "The dam was built"), ("p1", "was built in 1962"))
    )
    result = verify(proposed, {"p1": evidence(DAM)})
    assert isinstance(result, Verified)
    assert [quote.text for quote in result.quotes] == ["The dam was built in 1962."]


@pytest.mark.parametrize("quotes", [(), (("p9", DAM),), (("p1", DAM), ("P1", DAM))])
def test_a_statement_without_a_known_passage_is_stopped(quotes: tuple[tuple[str, str], ...]) -> None:
    result = verify(Proposed("The dam was built in 1962.", quotes), {"p1": evidence(DAM)})
    assert isinstance(result, Rejected)
    assert result.gate == "key"
    assert result.reason.endswith(".")


@pytest.mark.parametrize("statement", [
    "", "   ", "The dam was built in 1962 "
               "[1].", "The dam **was** built in 1962.", "The _dam_ was built in 1962.",
    "The dam was built in 1962, see https://evil.example/x.", "The dam was built in 1962 (www.evil.example).",
    "The [dam](http://x.y) was built in 1962.", "![dam](x.png) The dam was built in 1962.",
    "<b>The dam</b> was built in "
    "1962.", "The dam was built in 1962. <!channel>", "<@U123> The dam was built in 1962.",
    "@here The dam was built in "
    "1962.", "The dam was built in 1962 &amp; 1963.", "The dam\u200b was built in 1962.",
    "The dam was \u202ebuilt in 1962.", "The dam was\nbuilt in 1962.", "# The dam was built in 1962.",
    "- The dam was built in 1962.", "`The dam` was built in 1962.", "The dam was built in 1962 at evil.com.",
    "The dam was built in 1962, write to "
    "a@b.de.", "The dam was built in 1962 【1】.", "The dam was built in 1962 [p1].",
    "The dam was built in 1962. It holds water. It is old.", "The dam was built " + "in 1962 " * 60 + ".",
    "The dam was built in 1962. "
    "\ue000", "The dam was built in 1962 \\o/.", "javascript:alert(1) The dam was built.",
])  # fmt: skip
def test_a_statement_that_is_no_plain_text_is_stopped(statement: str) -> None:
    assert gate(statement, DAM) == "plain"


def test_a_domain_may_stand_where_it_is_the_publication() -> None:
    text = "Readers of cnn.com voted in 1962."
    cited = Source("f", "f.txt", "0" * 64, None, "cnn.com", None, None, "o", None)
    quote = Quote(cited, 0, len(text), text)
    shown = Evidence(Chunk("c", "f", 0, 0, len(text), text, ""), cited, text, (Span(0, len(text), "body"),))
    assert verify(Proposed(text, (("p1", text),)), {"p1": shown}) == Verified(text, (quote,))
    assert gate(text, text) == "plain"


@pytest.mark.parametrize(("quote", "stopped"), [
    ("built in 1962", None), ("built  in\n1962", None), ("“The dam was built in 1962.”", None),
    ("... was built in 1962 ...", None), ("built in 1963", "quote"), ("Built in 1962", "quote"),
    ("uilt in 1962. It hol", "quote"), ("dam", "quote"), ("", "quote"), ("...", "quote"),
    ("the dam was demolished in 1962", "quote"),
])  # fmt: skip
def test_a_quote_stands_letter_for_letter_white_space_and_marks_aside(
    quote: str, stopped: Gate | None
) -> None:
    assert gate("The dam was built in 1962.", DAM, quote) == stopped


def test_shapes_of_quotation_marks_and_dashes_are_set_aside_and_the_stored_letters_given() -> None:
    text = "“It’s over – all of it…” said Ida Holm. She left."
    result = outcome(
        'Ida Holm said: "It\'s over - all of it..."', text, '"It\'s over -- all of it..." said Ida Holm'
    )
    assert isinstance(result, Verified), result
    assert [quote.text for quote in result.quotes] == ["“It’s over – all of it…” said Ida Holm."]


def test_a_short_whole_sentence_may_be_quoted() -> None:
    assert gate("He resigned.", "He resigned. Nobody was told.", "He resigned.") is None


def test_a_quote_of_four_sentences_or_over_600_characters_is_stopped() -> None:
    four = "The dam broke. The town flooded. The road closed. The train stopped."
    assert gate("The dam broke.", four) == "quote"
    long = "The dam, which " + "was old and " * 60 + "broke in 1962, fell."
    assert gate("The dam broke in 1962.", long, "broke in 1962, fell") == "quote"


def test_a_quote_over_two_paragraphs_is_stopped_and_one_within_a_list_line_is_that_line() -> None:
    text = "The plan has two parts:\n- a bridge over the Holm river\n- a tunnel under the bay"
    result = outcome("A bridge over the Holm river is planned.", text, "a bridge over the Holm river")
    assert isinstance(result, Verified), result
    assert result.quotes[0].text == "- a bridge over the Holm river"
    text = "The dam broke in 1962.\n\nThe road closed in 1963."
    assert gate("The dam broke in 1962.", text, "in 1962. The road closed") == "quote"


@pytest.mark.parametrize("kind", ["teaser", "advert", "disclaimer", "share", "comment", "credit", "byline"])
def test_a_quote_outside_the_articles_own_text_is_stopped(kind: str) -> None:
    text = "The dam broke in 1962.\nTarget will close 9 stores."
    spans = (Span(0, 22, "body"), Span(23, len(text), kind))  # type: ignore[arg-type]
    shown = evidence(text, spans)
    for quote in ("Target will close 9 stores.", "in 1962.\nTarget will close 9 stores."):
        result = verify(Proposed("Target will close 9 stores.", (("p1", quote),)), {"p1": shown})
        assert isinstance(result, Rejected)
        assert result.gate == "body"


def test_headlines_and_captions_are_quoted_whole() -> None:
    text = "Dam Breaks Near Orsk After Heavy Rain\n\nNobody was hurt."
    spans = (Span(0, 37, "headline"), Span(39, len(text), "body"))
    result = verify(
        Proposed("A dam broke near Orsk after heavy rain.", (("p1", "Breaks Near Orsk"),)),
        {"p1": evidence(text, spans)},
    )
    assert isinstance(result, Verified), result
    assert result.quotes[0].text == "Dam Breaks Near Orsk After Heavy Rain"


CAMP = (
    "About 12,000 refugees and up to 300 soldiers reached the camp in June 2024, more than 40 percent "
    "of them ill."
)
PACT = (
    "The two countries signed the pact last June, and trade rose 5 percent to $3.2 billion on 9 "
    "February 2025."
)


@pytest.mark.parametrize(("statement", "text", "stopped"), [
    ("About 12,000 refugees reached the camp.", CAMP, None),
    ("Some 12,000 refugees reached the camp.", CAMP, None),
    ("Roughly twelve thousand refugees reached the camp.", CAMP, None),
    ("Up to 300 soldiers reached the camp.", CAMP, None),
    ("As many as 300 soldiers reached the camp.", CAMP, None),
    ("Over 40% of them were ill.", CAMP, None),
    ("About 12,000 soldiers reached the camp.", CAMP, "numbers"),
    ("12,000 refugees reached the camp.", CAMP, "numbers"),
    ("More than 12,000 refugees reached the camp.", CAMP, "numbers"),
    ("300 soldiers reached the camp.", CAMP, "numbers"),
    ("About 300 soldiers reached the camp.", CAMP, "numbers"),
    ("About 12,300 people reached the camp.", CAMP, "numbers"),
    ("About 12 million refugees reached the camp.", CAMP, "numbers"),
    ("More than 40 percentage points of them were ill.", CAMP, "numbers"),
    ("Trade rose 5 percent to $3.2 billion.", PACT, None),
    ("Trade rose to $3.2bn.", PACT, None),
    ("Trade rose to €3.2 billion.", PACT, "numbers"),
    ("Trade rose to $3.2 million.", PACT, "numbers"),
    ("Trade rose 5 to $3.2 billion.", PACT, "numbers"),
    ("The two countries signed the pact last June.", PACT, None),
    ("The two countries signed the pact in June.", PACT, None),
    ("Trade rose 5 percent on February 9, 2025.", PACT, None),
    ("Trade rose 5 percent in February 2025.", PACT, None),
    ("The two countries signed the pact in June 2025.", PACT, "dates"),
    ("Trade rose 5 percent on February 10, 2025.", PACT, "numbers"),
    ("Trade rose 5 percent in March 2025.", PACT, "dates"),
    ("About 12,000 refugees reached the camp in June 2024.", CAMP, None),
    ("About 12,000 refugees reached the camp in July 2024.", CAMP, "dates"),
    ("About 12,000 refugees reached the camp on Monday.", CAMP, "dates"),
])  # fmt: skip
def test_numbers_and_dates_stand_in_the_quote_with_bounds_unit_and_fields(
    statement: str, text: str, stopped: Gate | None
) -> None:
    assert gate(statement, text) == stopped


LETTER = (
    "North Korean engineer Ri Su-min of the Institute for the Study of Soil wrote to Mr. Jean-Luc "
    "Brière in Geneva."
)


@pytest.mark.parametrize(("statement", "stopped"), [
    ("Ri Su-min wrote to Jean-Luc Brière.", None),
    ("Ri Su Min wrote to Brière.", None),
    ("RI SU-MIN of North Korea wrote to Jean-Luc Briere.", None),
    ("Ri Su-min of the Institute for the Study of Soil wrote to Brière in Geneva.", None),
    ("An engineer of the Institute of Soil wrote to Geneva.", None),
    ("A Korean engineer wrote to Jean-Luc Brière.", None),
    ("Ri Su-jin wrote to Jean-Luc Brière.", "names"),
    ("Ri Su-min wrote to Jean-Luc Marie Brière.", "names"),
    ("Ri Su-min wrote to Jean-Luc Bruyère.", "names"),
    ("A South Korean engineer wrote to Jean-Luc Brière.", "names"),
    ("Ri Brière wrote to Geneva.", "names"),
    ("Minister Jean-Luc Brière got the letter Ri Su-min wrote.", "names"),
    ("Ri Su-min wrote to Jean-Luc Brière in Zurich.", "names"),
])  # fmt: skip
def test_names_stand_in_the_quote_word_by_word(statement: str, stopped: Gate | None) -> None:
    assert gate(statement, LETTER) == stopped


def test_a_name_may_stand_in_the_title_and_a_date_be_the_sources_own() -> None:
    text = "He resigned after the vote, and thanked his voters."
    about = {"title": "Tomas Reyes steps down in Caldera", "published": date(2025, 3, 2)}
    assert gate("Tomas Reyes resigned after the vote on 2 March 2025.", text, **about) is None
    assert gate("Tomas Reyes resigned after the vote on 3 March 2025.", text, **about) in ("dates", "numbers")
    assert gate("Tomas Reyes resigned after the vote.", text) == "names"


def ids(altered: Altered) -> str:
    return f"{altered.kind}: {altered.statement[:60]}"


@pytest.mark.parametrize("altered", WRITTEN, ids=ids)
def test_an_alteration_by_hand_does_not_ship(altered: Altered) -> None:
    assert gate(altered.statement, altered.source) is not None


def test_no_altered_string_ships() -> None:
    alterations = list(made())
    assert len(alterations) >= 200
    shipped = [a for a in alterations if gate(a.statement, a.source) is None]
    assert [a for a in shipped if a.kind in STRINGS] == []
    assert {a.kind for a in alterations} == STRINGS - {"qualifier"}


def test_invented_quotes_and_unknown_keys_never_ship() -> None:
    for text, statements in PARAPHRASES:
        other = next(s for s, _ in PARAPHRASES if s != text)
        for statement in statements:
            assert gate(statement, other, text) == "quote"
            result = verify(Proposed(statement, (("p2", text),)), {"p1": evidence(text)})
            assert isinstance(result, Rejected)
            assert result.gate == "key"


def test_facts_of_two_sources_are_not_fused() -> None:
    shown = {
        "p1": evidence("Velmark Steel opened a factory in Brindale in 2019.", file_id="art_1"),
        "p2": evidence("Ostran Mining dismissed 400 workers in Selka after an explosion.", file_id="art_2"),
    }
    quotes = tuple((key, passage.text) for key, passage in shown.items())
    fused = (
        "Velmark Steel dismissed 400 workers in Selka after an explosion.",
        "Ostran Mining opened a factory in Brindale.",
        "Velmark Steel dismissed 400 workers in Brindale.",
    )
    for statement in fused:
        assert isinstance(verify(Proposed(statement, quotes), shown), Rejected)
    both = "Velmark Steel opened a factory in Brindale in 2019, while Ostran Mining dismissed 400 workers."
    assert isinstance(verify(Proposed(both, quotes), shown), Verified)


def test_at_most_one_faithful_paraphrase_in_twenty_is_blocked() -> None:
    everything = [(text, statement) for text, statements in PARAPHRASES for statement in statements]
    assert len(everything) >= 60
    blocked = [(gate(s, text), s) for text, s in everything if gate(s, text) is not None]
    assert len(blocked) <= len(everything) // 20, blocked


@pytest.mark.parametrize(("statement", "text"), [
    ("Velmark has sent about 12,000 soldiers to Tarsia, according to Ostran officials.", PARAPHRASES[0][0]),
    ("Ambassador Petra Nowak said the treaty had never been signed.", PARAPHRASES[10][0]),
    ("“We had no warning at all,” said Hanna Lindqvist.", PARAPHRASES[14][0]),
    ("more than 3,000 homes in Brindale on Monday night, the county said", PARAPHRASES[1][0]),
    ("In January the court rejected an appeal by the former minister Andrei Popa", PARAPHRASES[12][0]),
    ("which destroyed 120 houses and injured 15 people", PARAPHRASES[18][0]),
])  # fmt: skip
def test_a_clause_copied_with_its_attribution_passes(statement: str, text: str) -> None:
    assert gate(statement, text) is None


CLAUSES = ("the ministry said", "nobody was hurt", "about 40 homes burned", "the mayor may resign",
           "trade fell 3 percent", "Velmark sent 200 tanks to Ostran", "the dam has reportedly failed",
           "the firm denied the charge", "Ida Holm won on Monday", "it cost $4.5 million")  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=4),
    st.sampled_from([", ", " and ", ", but ", "; "]),
)
def test_a_whole_sentence_always_proves_itself(clauses: list[str], joint: str) -> None:
    sentence = joint.join(clauses)
    sentence = sentence[0].upper() + sentence[1:] + "."
    assert gate(sentence, f"It began early. {sentence} It ended late.", sentence) is None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_input_makes_the_gates_fail_and_what_ships_stands_in_the_text(statement: str, quote: str) -> None:
    text = DAM + " " + quote
    result = outcome(statement, text, quote)
    if isinstance(result, Verified):
        assert all(text[q.start : q.end] == q.text for q in result.quotes)


def shared() -> Path:
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("ONRECORD_SHARED", root.parent / "shared")) / "articles"


def sentences(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text("utf-8")
        for line in text.splitlines():
            yield from (line[s.start : s.end] for s in split(line))


def test_each_sentence_of_real_articles_proves_itself_in_every_gate() -> None:
    folder = shared()
    if not folder.is_dir():
        pytest.skip("the shared articles are not here; set ONRECORD_SHARED to their folder's parent")
    from service.answers import verify as gates
    from service.answers.gates.alignment import case

    failed: Counter[str] = Counter()
    count = 0
    for sentence in sentences(folder):
        if len(sentence) > 400 or gate(sentence, sentence) == "plain":
            continue
        count += 1
        assert gate(sentence, sentence) is None, sentence
        cited = Cited((Quote(source(), 0, len(sentence), sentence),))
        assert check(sentence, cited) is None
        for one in gates.GATES:
            fault = one(case(sentence, cited))
            if fault:
                failed[f"{fault.gate}: {sentence[:60]}"] += 1
    assert count > 50
    assert sum(failed.values()) <= count // 100, failed
