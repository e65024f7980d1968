"""Answers as Slack messages: the whole message, hostile text, and Slack's own limits."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from service.domain import Citation, Quote, Statement
from service.doors.slack_message import (
    BLOCK_LIMIT,
    SECTION_LIMIT,
    TEXT_LIMIT,
    Message,
    answer_message,
    escaped,
    notice,
)
from tests.doors.examples import COAST, GAZETTE, disputed_answer, missing_answer


def texts(message: Message) -> list[str]:
    """The text of each block, in order."""
    return [block["text"]["text"] if block["type"] == "section" else block["elements"][0]["text"]
            for block in message["blocks"]]  # fmt: skip


def test_a_disputed_answer_is_told_with_its_claims_line_by_line_and_numbered_sources() -> None:
    message = answer_message(disputed_answer())
    prose = (
        "Sources differ [1][2]. About 4,200 people were moved out on Monday night, the county said [1]."
        " The mayor put it at 3,000 at most [2]."
    )
    claims = (
        "*The sources disagree*\n"
        "• About 4,200: the county, 2 Mar 2026, 1 independent text [1]\n"
        "• 3,000 at most (a sum, revised later): flood-2.txt, no date, 2 independent texts [2]\n"
        "and 3 further claims"
    )
    sources = (
        "*Sources*\n"
        "[1] <https://gazette.example/flood?a=1&amp;b=2|Flood empties the old town>, Harbour Gazette,"
        " 3 March 2026\n“About 4,200 people were moved out on Monday night, the county said.”\n"
        "[2] flood-2.txt, reprint of Coast Wire\n“The mayor put it at 3,000 at most, &lt;b&gt;.”"
    )
    small_print = "in the articles' own words · articles of 3 March 2026 · ans_1"
    assert texts(message) == [prose, claims, sources, small_print]
    assert message["text"] == f"{prose}\n{claims}\n{sources}"
    assert all(block.get("text", {"verbatim": True})["verbatim"] for block in message["blocks"])


def test_a_missing_answer_has_a_reason_and_no_sources() -> None:
    assert texts(answer_message(missing_answer())) == [
        "The articles don't say.\n_No passage of the articles states it._",
        "written by gpt-x · ans_2",
    ]


@pytest.mark.parametrize("url", [
    "javascript:alert(1)", "https://a.example/|x", "https://a.example/><!channel>", "ftp://a.example/x",
    "https://a.example/a b", "https://", "https://[", "", None,
])  # fmt: skip
def test_only_a_plain_web_address_becomes_a_link(url: str | None) -> None:
    source = replace(GAZETTE, url=url)
    answer = replace(disputed_answer(), citations=(Citation(1, Quote(source, 0, 1, "x")),), claims=())
    assert "[1] Flood empties the old town, Harbour Gazette" in answer_message(answer)["text"]


@given(st.text(alphabet=st.sampled_from("<>&!@#|*[]()ab :/"), max_size=200))
def test_no_text_of_an_article_or_a_model_makes_a_mention_or_a_link(text: str) -> None:
    source = replace(COAST, document_title=text, publisher=text, filename=text, reprint_of=text)
    answer = replace(
        disputed_answer(),
        answer=text,
        model=text,
        citations=(Citation(1, Quote(source, 0, 1, text)),),
        claims=tuple(replace(claim, text=text, speaker=text) for claim in disputed_answer().claims),
    )
    for message in (answer_message(answer), notice(text)):
        for part in [message["text"], *texts(message)]:
            assert "<" not in part
            assert ">" not in part
            assert not re.search(r"&(?!amp;|lt;|gt;)", part)


@given(st.integers(1, 12), st.text(alphabet="&<ab ", min_size=1, max_size=1200))
def test_the_longest_answers_stay_within_slacks_limits(sources: int, words: str) -> None:
    citations = tuple(Citation(n, Quote(GAZETTE, 0, len(words), words)) for n in range(1, sources + 1))
    statements = tuple(Statement(words, (1,)) for _ in range(6))
    claims = tuple(replace(disputed_answer().claims[0], index=n, text=words) for n in range(1, 21))
    answer = replace(disputed_answer(), answer=" ".join(s.text for s in statements)[:1200], claims=claims,
                     citations=citations, statements=statements)  # fmt: skip
    message = answer_message(answer)
    assert len(message["blocks"]) <= BLOCK_LIMIT
    assert len(message["text"]) <= TEXT_LIMIT + 2
    for text in texts(message):
        assert len(text) <= SECTION_LIMIT
        assert not re.search(r"&(?!amp;|lt;|gt;)", text)
    for block in message["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()


def test_escaping_is_what_slack_asks_for() -> None:
    assert escaped("a & b <c> &amp;") == "a &amp; b &lt;c&gt; &amp;amp;"
