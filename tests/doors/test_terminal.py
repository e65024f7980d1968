"""Answers in a terminal: every width, with and without colour, and hostile text."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from service.domain import Answer, Citation, Quote, Statement
from service.doors.telling import source_told
from service.doors.terminal import AnswerView, one_line, plain, show_sources
from tests.doors.examples import COAST, GAZETTE, disputed_answer, missing_answer


def shown(answer: Answer, streamed: tuple[Statement, ...] = (), **options: Any) -> str:
    """What a console of these options shows of the answer."""
    file = io.StringIO()
    settings = {"width": 80, "color_system": None, "force_terminal": False, **options}
    view = AnswerView(Console(file=file, highlight=False, markup=False, emoji=False, **settings))
    for statement in streamed:
        view.statement(statement)
    view.answer(answer)
    return file.getvalue()


def test_a_disputed_answer_shows_its_text_the_claims_and_the_numbered_sources() -> None:
    assert (
        shown(disputed_answer())
        == """\
Sources differ [1][2]. About 4,200 people were moved out on Monday night, the
county said [1]. The mayor put it at 3,000 at most [2].

The sources disagree
claim                                 said by       date         texts*   quoted
────────────────────────────────────────────────────────────────────────────────
About 4,200                           the county    2 Mar 2026   1        [1]
3,000 at most (a sum, revised         flood-2.txt   no date      2        [2]
later)
and 3 further claims
* independent texts that say so; reprints count once

Sources
[1] Harbour Gazette, 3 March 2026: Flood empties the old town
    “About 4,200 people were moved out on Monday night, the county said.”
    harbour/flood-1.txt, characters 310 to 377
[2] flood-2.txt
    “The mayor put it at 3,000 at most, <b>.”
    reprint of Coast Wire
    flood-2.txt, characters 12 to 51

ans_1 · the articles' own words · 3 ms
"""
    )


def test_a_missing_answer_says_why_and_shows_what_comes_near() -> None:
    assert (
        shown(missing_answer())
        == """\
The articles don't say.
No passage of the articles states it.

Nearest passages
- Harbour Gazette, 3 March 2026: Flood empties the old town
  “About 4,200 people were moved out on Monday night, the county said.”
  harbour/flood-1.txt, characters 310 to 377

ans_2 · written by gpt-x · 5 ms
"""
    )


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(width: int) -> None:
    for line in shown(disputed_answer(), width=width).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


def test_sentences_shown_as_they_came_are_not_shown_again() -> None:
    answer = disputed_answer()
    assert shown(answer, answer.statements) == shown(answer, answer.statements[:1]) == shown(answer)


def test_an_answer_that_differs_from_what_was_streamed_is_shown_whole() -> None:
    answer = disputed_answer()
    text = shown(answer, (answer.statements[1],))
    assert "\nThe whole answer:\nSources differ [1][2]. About" in text


def test_what_the_model_could_not_say_is_told() -> None:
    text = shown(replace(disputed_answer(), fallback="it timed\nout"))
    assert "The model's reply could not be used: it timed out" in text


def test_text_of_articles_steers_no_terminal_and_is_no_markup() -> None:
    words = "[bold]Stop[/bold] \x1b[31mred\x07 \u202eesrever [link=http://x]y[/link] :smile:"
    quote = Quote(GAZETTE, 0, len(words), words)
    text = shown(replace(disputed_answer(), citations=(Citation(1, quote),)), width=200)
    assert "“[bold]Stop[/bold] \ufffd[31mred\ufffd \ufffdesrever [link=http://x]y[/link] :smile:”" in text
    assert "\x1b" not in text


def test_colour_is_used_on_a_terminal_and_left_out_without_one() -> None:
    assert "\x1b[36m[1]" in shown(disputed_answer(), color_system="standard", force_terminal=True)
    assert "\x1b" not in shown(disputed_answer())


def test_a_source_without_an_outlet_is_named_by_its_title_and_one_without_both_by_its_file() -> None:
    told = [
        source_told(replace(GAZETTE, publisher=None)),
        source_told(replace(GAZETTE, publisher=None, document_title=None)),
        source_told(replace(GAZETTE, document_title=None, published=None)),
    ]
    assert told == [
        ("Flood empties the old town", ", 3 March 2026"),
        ("harbour/flood-1.txt", ", 3 March 2026"),
        ("Harbour Gazette", ""),
    ]


def test_a_list_of_articles_tells_of_each_what_is_known() -> None:
    file = io.StringIO()
    show_sources(Console(file=file, width=100, color_system=None, highlight=False), [GAZETTE, COAST])
    assert (
        file.getvalue()
        == """\
Harbour Gazette, 3 March 2026: Flood empties the old town
    art_a · harbour/flood-1.txt
flood-2.txt
    art_b · flood-2.txt · reprint of Coast Wire
"""
    )


@given(st.text())
def test_shown_text_holds_no_control_character_and_one_line_is_one_line(text: str) -> None:
    kept = plain(text)
    assert len(kept) == len(text)
    assert not any(sign not in "\t\n" and (ord(sign) < 32 or 127 <= ord(sign) < 160) for sign in kept)
    assert len(one_line(text).splitlines()) <= 1
    one_line(text).encode("utf-8")
