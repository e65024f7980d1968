"""Answers as Slack messages: the whole message, hostile text, and Slack's own limits."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from service.answers.wire import answer_json
from service.domain import Article, Citation, Quote, Statement
from service.doors.slack_message import (
    BLOCK_LIMIT,
    BLOCKS_TEXT,
    SECTION_LIMIT,
    TEXT_LIMIT,
    Message,
    answer_messages,
    escaped,
    notice,
)
from service.doors.slack_views import home_view, nearest_view, news_message, quote_view
from tests.doors.examples import COAST, COUNTY, GAZETTE, disputed_answer, missing_answer


def texts(message: Message) -> list[str]:
    """The text of each block that has one, in order."""
    return [block["text"]["text"] if block["type"] in ("section", "header") else block["elements"][0]["text"]
            for block in message["blocks"] if block["type"] in ("section", "context", "header")]  # fmt: skip


def only(messages: list[Message]) -> Message:
    (message,) = messages
    return message


def checked(blocks: list[dict[str, Any]]) -> None:
    """Slack's own models take every block."""
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        assert parsed.to_dict() == block
        parsed.validate_json()


LINK = "https://gazette.example/flood?a=1&amp;b=2"
ONE = f"<{LINK}|[1]>"


def test_a_disputed_answer_is_told_with_its_claims_line_by_line_and_numbered_sources() -> None:
    message = only(answer_messages(disputed_answer(), (date(2025, 9, 20), date(2026, 3, 4))))
    prose = (
        f"Sources differ {ONE}[2]. About 4,200 people were moved out on Monday night, the county said {ONE}."
        " The mayor put it at 3,000 at most [2]."
    )
    claims = (
        "*The sources disagree*\n"
        f"• About 4,200: the county, 2 Mar 2026, 1 independent text {ONE}\n"
        "• 3,000 at most (a sum, revised later): flood-2.txt, no date, 2 independent texts [2]\n"
        "and 3 further claims"
    )
    first = f"[1] <{LINK}|Flood empties the old town>, Harbour Gazette, 3 March 2026"
    second = "[2] flood-2.txt, reprint of Coast Wire"
    small_print = ("in the articles' own words · articles of 3 March 2026 · archive of 20 September 2025 to"
                   " 4 March 2026 · ans_1")
    assert texts(message) == [prose, claims, "*Sources*", first, second, small_print]
    assert message["text"] == f"{prose}\n{claims}\n*Sources*\n{first}\n{second}"
    assert all(block["text"]["verbatim"] for block in message["blocks"] if block["type"] == "section")
    quotes = [block["accessory"] for block in message["blocks"] if "accessory" in block]
    assert [(one["action_id"], one["value"]) for one in quotes] == [
        ("onrecord_quote", "ans_1:1"), ("onrecord_quote", "ans_1:2")]
    actions, thumbs = message["blocks"][-2:]
    assert [(one["text"]["text"], one["action_id"], one["value"]) for one in actions["elements"]] == [
        ("Watch", "onrecord_watch", "ans_1")]
    (feedback,) = thumbs["elements"]
    assert (feedback["positive_button"]["value"], feedback["negative_button"]["value"]) == (
        "ans_1:helpful", "ans_1:wrong")
    checked(message["blocks"])


def test_a_missing_answer_has_a_reason_no_sources_and_the_nearest_behind_a_button() -> None:
    message = only(answer_messages(missing_answer()))
    assert texts(message) == [
        "The articles don't say.\n_No passage of the articles states it._",
        "written by gpt-x, then proven · ans_2",
    ]
    assert COUNTY.text not in str(message)
    assert [one["text"]["text"] for one in message["blocks"][-2]["elements"]] == ["Show the nearest passages", "Watch"]
    checked(message["blocks"])
    view = nearest_view(answer_json(missing_answer()))
    assert texts(view) == ["These passages come nearest. They don't answer the question.",
                           f"<{LINK}|Flood empties the old town>\n“{COUNTY.text}”"]
    View(**view).validate_json()


def test_a_quote_is_shown_in_its_place_and_only_while_the_article_says_it() -> None:
    citation = answer_json(disputed_answer())["citations"][0]
    text = "b" * 310 + COUNTY.text
    text += "<!channel>" + "c" * 600
    citation = citation | {"end_char_index": 310 + len(COUNTY.text)}
    article = Article("art_a", "harbour", "flood-1.txt", None, "a" * 64, text, (), url=GAZETTE.url)
    view = quote_view(citation, article)
    shown = texts(view)
    assert shown[0] == f"[1] <{LINK}|flood-1.txt>"
    assert shown[1:3] == ["b" * 310, f"“{COUNTY.text}”"]
    assert shown[3] == "&lt;!channel&gt;" + "c" * 390 + " …"
    changed = quote_view(citation, replace(article, text="other words"))
    assert "changed since this answer" in texts(changed)[0]
    gone = quote_view(citation, None)
    assert texts(gone) == ["This article is not in the archive any more."]
    for one in (view, changed, gone):
        View(**one).validate_json()


def test_news_name_the_old_and_the_new_figure_with_both_quotes() -> None:
    before, after = answer_json(disputed_answer()), answer_json(disputed_answer())
    old, new = before["claims"][0], after["claims"][0] | {"text": "about <b>5,000", "low": 5000, "origins": 2}
    message = news_message({
        "question": "how many <!here>?", "before": before, "after": after, "changes": [
            {"kind": "claim_changed", "before": old, "after": new, "cited_before": [before["citations"][0]],
             "cited_after": [after["citations"][1]]},
            {"kind": "origins", "before": old, "after": old | {"origins": 3}, "cited_before": [], "cited_after": []},
            {"kind": "status", "before": "answered", "after": "disputed"},
            {"kind": "claim_removed", "before": old, "after": None, "cited_before": [], "cited_after": []}]})
    assert texts(message)[0] == (
        "*News about a watched question:* how many &lt;!here&gt;?\n"
        "• *About 4,200*, the county (1 independent text) → *about &lt;b&gt;5,000*, the county (2 independent texts)\n"
        f"before: “{COUNTY.text}” <{LINK}|Flood empties the old town>\n"
        "now: “The mayor put it at 3,000 at most, &lt;b&gt;.” flood-2.txt\n"
        "• About 4,200: 1 → 3 independent texts\n"
        "• It was _answered_ and is now _disputed_.\n"
        "• No longer: *About 4,200*, the county (1 independent text)")
    checked(message["blocks"])


def test_the_home_tab_tells_how_the_archive_stands() -> None:
    view = home_view(1, (date(2026, 3, 3), date(2026, 3, 3)), [])
    assert texts(view)[1].startswith("The archive holds 1 article, of 3 March 2026 to 3 March 2026.")
    View(**view).validate_json()
    checked(view["blocks"])


@pytest.mark.parametrize("url", [
    "javascript:alert(1)", "https://a.example/|x", "https://a.example/><!channel>", "ftp://a.example/x",
    "https://a.example/a b", "https://", "https://[", "", None,
])  # fmt: skip
def test_only_a_plain_web_address_becomes_a_link(url: str | None) -> None:
    source = replace(GAZETTE, url=url)
    answer = replace(disputed_answer(), citations=(Citation(1, Quote(source, 0, 1, "x")),), claims=())
    assert "[1] Flood empties the old town, Harbour Gazette" in only(answer_messages(answer))["text"]


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
    for message in (*answer_messages(answer), notice(text)):
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
    messages = answer_messages(answer)
    for message in messages:
        assert len(message["blocks"]) <= BLOCK_LIMIT
        assert 0 < len(message["text"]) <= TEXT_LIMIT + 2
        assert sum(map(len, texts(message))) <= BLOCKS_TEXT
        for text in texts(message):
            assert len(text) <= SECTION_LIMIT
            assert not re.search(r"&(?!amp;|lt;|gt;)", text)
            assert text.count("<") == text.count(">")
        checked(message["blocks"])
    shown = [text for message in messages for text in texts(message)]
    assert [text[:3] for text in shown if "Harbour Gazette" in text] == [f"[{n}]" [:3] for n in range(1, sources + 1)]


def test_escaping_is_what_slack_asks_for() -> None:
    assert escaped("a & b <c> &amp;") == "a &amp; b &lt;c&gt; &amp;amp;"
