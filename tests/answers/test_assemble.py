"""Statements laid one behind the other with their markers."""

from hypothesis import given
from hypothesis import strategies as st

from service.answers.assemble import ANSWER_LIMIT, STATEMENT_LIMIT, Assembly, mark
from service.domain import Quote, Source


def quote(number: int) -> Quote:
    source = Source(f"art_{number}", f"{number}.txt", "0" * 64, None, None, None, None, f"org_{number}", None)
    return Quote(source, 0, 10, "ten chars.")


def test_markers_stand_before_the_full_stop_and_count_from_one_in_order_of_use() -> None:
    assembly = Assembly()
    assembly.add("Sources differ.", [quote(7), quote(3)])
    assembly.add("It was 3,000, the mayor said.", [quote(3)])
    assert assembly.text == "Sources differ [1][2]. It was 3,000, the mayor said [2]."
    assert [c.quote.source.file_id for c in assembly.citations] == ["art_7", "art_3"]
    assert [s.file_id for s in assembly.sources] == ["art_7", "art_3"]


def test_a_sentence_that_ends_in_a_quotation_keeps_its_markers_outside() -> None:
    assert mark("“It was free.”", [1, 2]) == "“It was free.” [1][2]"


def test_words_within_a_longer_quote_go_by_its_number() -> None:
    assembly = Assembly()
    long = quote(1)
    assembly.add("One.", [quote(2), long])
    part = Quote(long.source, 4, 10, long.text[4:])
    assert (assembly.number(part), assembly.covering(part)) == (2, long)
    assert assembly.number(Quote(long.source, 4, 11, "chars.. ")) is None


def test_a_statement_over_a_limit_is_refused_and_takes_no_numbers() -> None:
    assembly = Assembly()
    assert assembly.add("x" * 1300, [quote(1)]) is None
    assert assembly.citations == ()
    for i in range(STATEMENT_LIMIT):
        assert assembly.add("Short.", [quote(i)]) is not None
    assert assembly.add("One too many.", [quote(99)]) is None
    assert len(assembly.citations) == STATEMENT_LIMIT


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200),
                          st.lists(st.integers(0, 9), min_size=1, max_size=4)), max_size=9))
def test_an_answer_is_its_statements_whatever_they_are(drafts: list[tuple[str, list[int]]]) -> None:
    assembly = Assembly()
    for text, sources in drafts:
        assembly.add(text, [quote(n) for n in sources])
    assert len(assembly.statements) <= STATEMENT_LIMIT
    assert len(assembly.text) <= ANSWER_LIMIT
    assert assembly.text == " ".join(s.text for s in assembly.statements)
    for statement in assembly.statements:
        assert assembly.text[statement.answer_start : statement.answer_end] == statement.text
    used = [n for s in assembly.statements for n in s.citations]
    assert list(dict.fromkeys(used)) == sorted(set(used))
    assert sorted(set(used)) == [c.index for c in assembly.citations]
