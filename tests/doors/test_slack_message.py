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
from service.domain import Article, Citation, Filters, Quote, Statement
from service.doors.slack_message import (
    BLOCKS,
    BLOCKS_TEXT,
    TEXT_LIMIT,
    answer_messages,
    notice,
    period_in_words,
)
from service.doors.slack_text import BLOCK_LIMIT, Message, escaped, words_of
from service.doors.slack_views import home_view, nearest_view, news_message, quote_view
from service.ports import Watch
from tests.doors.examples import COAST, COUNTY, GAZETTE, MAYOR, disputed_answer, missing_answer
from tests.support.slack_blocks import shown, words


def texts(message: Message) -> list[str]:
    """The text of each block that has one, in order."""
    return words(message["blocks"])


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


LINK = "https://gazette.example/flood?a=1&b=2"
ONE = f"<{LINK}|[1]>"
LIVE = re.compile(r"<(https?://[^|<>]*)\|[^<>]*>")


def test_a_disputed_answer_is_told_with_its_claims_line_by_line_and_numbered_sources() -> None:
    message = only(answer_messages(disputed_answer(), (date(2025, 9, 20), date(2026, 3, 4))))
    prose = (
        f"Sources differ {ONE}[2]. About 4,200 people were moved out on Monday night, the county said {ONE}."
        " The mayor put it at 3,000 at most [2]."
    )
    claims = (
        "*The sources disagree*\n"
        f"• *About 4,200*: the county, 2 Mar 2026, 1 independent text {ONE}\n"
        "• *3,000 at most (a sum, revised later)*: flood-2.txt, no date, 2 independent texts [2]\n"
        "and 3 further claims"
    )
    sources = (f"*Sources*\n[1] <{LINK}|Flood empties the old town>, Harbour Gazette, 3 March 2026\n"
               "[2] flood-2.txt, reprint of Coast Wire")
    small_print = ("in the articles' own words · articles of 3 March 2026 · archive of 20 September 2025 to"
                   " 4 March 2026 · ans_1")
    assert shown(message["blocks"]) == [
        prose, claims, sources, "[Quote [1]] [Quote [2]]", small_print, "[Watch]", "[Helpful] [Wrong]"]
    assert message["text"] == f"{prose}\n{claims}\n{sources}".replace("*", "").replace("a=1&b", "a=1&amp;b")
    quotes, actions, thumbs = message["blocks"][-4], *message["blocks"][-2:]
    assert [(one["action_id"], one["value"]) for one in quotes["elements"]] == [
        ("onrecord_quote_1", "ans_1:1"), ("onrecord_quote_2", "ans_1:2")]
    assert [(one["action_id"], one["value"]) for one in actions["elements"]] == [("onrecord_watch", "ans_1")]
    (feedback,) = thumbs["elements"]
    assert (feedback["positive_button"]["value"], feedback["negative_button"]["value"]) == (
        "ans_1:helpful", "ans_1:wrong")
    checked(message["blocks"])


def test_a_further_passage_of_a_source_names_the_number_that_has_its_title() -> None:
    citations = (Citation(1, COUNTY), Citation(2, MAYOR), Citation(3, replace(COUNTY, start=0, end=9, text="The river")))
    message = only(answer_messages(replace(disputed_answer(), citations=citations)))
    assert texts(message)[2].splitlines()[3] == f"[3] <{LINK}|another passage> of [1]"


def test_the_small_print_tells_how_a_follow_up_was_understood_and_that_the_model_failed() -> None:
    answer = replace(disputed_answer(), standalone_question="how many people of *Marlow Quay* were moved out?",
                     fallback="the endpoint broke off", citations=(Citation(1, COUNTY),))
    assert texts(only(answer_messages(answer)))[-1] == (
        "understood as “how many people of *Marlow Quay* were moved out?” · in the articles' own words · the language"
        " model failed · articles of 3 March 2026 · ans_1")


@pytest.mark.parametrize(("first", "last", "told"), [
    (date(2026, 3, 3), date(2026, 3, 3), "3 March 2026"), (date(2026, 3, 3), date(2026, 3, 9), "3 to 9 March 2026"),
    (date(2026, 2, 28), date(2026, 3, 1), "28 February to 1 March 2026"),
    (date(2025, 3, 3), date(2026, 3, 3), "3 March 2025 to 3 March 2026")])
def test_a_period_is_told_as_people_write_it(first: date, last: date, told: str) -> None:
    assert period_in_words(first, last) == told


def test_a_missing_answer_has_a_reason_no_sources_and_the_nearest_behind_a_button() -> None:
    message = only(answer_messages(missing_answer()))
    assert shown(message["blocks"]) == [
        "The articles don't say.\n_What comes nearest is behind the button; it does not answer the question._",
        "ans_2", "[Show the nearest passages] [Watch]", "[Helpful] [Wrong]"]
    assert COUNTY.text not in str(message)
    checked(message["blocks"])
    unread = only(answer_messages(replace(missing_answer(), reason="not_a_question", nearest=())))
    assert shown(unread["blocks"])[0] == "The articles don't say.\n_This does not read as a question._"
    view = nearest_view(answer_json(missing_answer()))
    assert texts(view) == ["These passages come nearest. They don't answer the question.\n"
                           f"<{LINK}|Flood empties the old town>\n> {COUNTY.text}"]
    View(**view).validate_json()


def test_a_quote_is_shown_in_its_place_and_only_while_the_article_says_it() -> None:
    citation = answer_json(disputed_answer())["citations"][0]
    text = "a b\n\n" + "b" * 304 + "\n" + COUNTY.text
    text += " <!channel> *" + "c " * 600
    citation = citation | {"end_char_index": 310 + len(COUNTY.text)}
    article = Article("art_a", "harbour", "flood-1.txt", None, "a" * 64, text, (), url=GAZETTE.url)
    view = quote_view(citation, article)
    assert texts(view) == [
        f"[1] <{LINK}|flood-1.txt>\na b\n{'b' * 304}\n> {COUNTY.text}\n<!channel> *{'c ' * 193}…",
        f"characters 310 to {310 + len(COUNTY.text)} of flood-1.txt"]
    later = quote_view(citation | {"start_char_index": 810, "end_char_index": 810 + len(COUNTY.text)},
                       replace(article, text="d " * 250 + text))
    assert texts(later)[0].splitlines()[1:3] == ["… " + "d " * 44 + "a b", "b" * 304]
    changed = quote_view(citation, replace(article, text="other words"))
    assert texts(changed) == [
        f"[1] <{LINK}|flood-1.txt>\n> {COUNTY.text}\n_The article has changed since this answer._"]
    gone = quote_view(citation, None)
    assert texts(gone) == ["This article is not in the archive any more."]
    for one in (view, changed, gone):
        View(**one).validate_json()
        checked(one["blocks"])


def test_news_name_the_old_and_the_new_figure_with_both_quotes() -> None:
    before, after = answer_json(disputed_answer()), answer_json(disputed_answer())
    old, new = before["claims"][0], after["claims"][0] | {"text": "about <b>5,000", "low": 5000, "origins": 2}
    message = news_message({
        "question": "how many <!here>?", "before": before, "after": after, "changes": [
            {"kind": "claim_changed", "before": old, "after": new, "cited_before": [before["citations"][0]],
             "cited_after": [after["citations"][1]]},
            {"kind": "origins", "before": old, "after": old | {"origins": 3}, "cited_before": [], "cited_after": []},
            {"kind": "status", "before": "not_found", "after": "disputed"},
            {"kind": "claim_changed", "before": old, "after": old | {"superseded_by": 2},
             "cited_before": [before["citations"][0]], "cited_after": [before["citations"][0]]},
            {"kind": "claim_removed", "before": old, "after": None, "cited_before": [], "cited_after": []}]})
    news = [
        "*News about a watched question:* how many <!here>?",
        "• *About 4,200*, the county (1 independent text) → *about <b>5,000*, the county (2 independent texts)",
        f"before: <{LINK}|Flood empties the old town>",
        f"> {COUNTY.text}",
        "now: flood-2.txt",
        "> The mayor put it at 3,000 at most, <b>.",
        "• *About 4,200*: 1 → 3 independent texts",
        "• It was _not in the articles_ and is now _disputed_.",
        "• *About 4,200*, the county (1 independent text): revised by a later figure",
        f"<{LINK}|Flood empties the old town>",
        f"> {COUNTY.text}",
        "• No longer: *About 4,200*, the county (1 independent text)"]
    assert texts(message)[0].splitlines() == news
    assert message["text"].startswith("News about a watched question: how many &lt;!here&gt;?\n• About 4,200, the county")
    checked(message["blocks"])


def test_the_home_tab_tells_how_the_archive_stands() -> None:
    watch = Watch("wat_1", "how many *were* moved out?", Filters(), {"slack_channel": "C1"}, "2026-03-04T10:00:00Z",
                  "ans_1", "", 0, None)
    view = home_view(1, (date(2026, 3, 3), date(2026, 3, 3)), [watch])
    assert texts(view)[1] == "The archive holds 1 article, of 3 March 2026."
    assert texts(view)[-2:] == ["*Your watched questions*",
                                "how many *were* moved out?\nsince 4 March 2026  [Stop watching]"]
    assert view["blocks"][-1]["text"]["type"] == "plain_text"
    View(**view).validate_json()
    checked(view["blocks"])
    assert "None yet: press _Watch_" in texts(home_view(0, None, []))[-1]


@pytest.mark.parametrize("url", [
    "javascript:alert(1)", "https://a.example/|x", "https://a.example/><!channel>", "ftp://a.example/x",
    "https://a.example/a b", "https://", "https://[", "", None, "https://a.example/" + "a" * 500,
])  # fmt: skip
def test_only_a_plain_web_address_becomes_a_link(url: str | None) -> None:
    source = replace(GAZETTE, url=url)
    answer = replace(disputed_answer(), citations=(Citation(1, Quote(source, 0, 1, "x")),), claims=())
    message = only(answer_messages(answer))
    assert "[1] Flood empties the old town, Harbour Gazette" in message["text"]
    assert "'link'" not in str(message["blocks"])


def markup(part: Any) -> list[dict[str, Any]]:
    """Every text in which Slack reads mark-up, and every link, wherever it stands in a message."""
    if isinstance(part, list):
        return [one for inner in part for one in markup(inner)]
    if not isinstance(part, dict):
        return []
    live = [part] if part.get("type") in ("mrkdwn", "markdown", "link", "user", "usergroup", "broadcast") else []
    return [*live, *markup(list(part.values()))]


@given(st.text(alphabet=st.sampled_from("<>&!@#|*_~`[]()ab1 :/\n"), max_size=200))
def test_no_text_of_an_article_or_a_model_makes_a_mention_a_link_or_a_format(text: str) -> None:
    source = replace(COAST, document_title=text, publisher=text, filename=text, reprint_of=text)
    answer = replace(
        disputed_answer(),
        answer=text,
        model=text,
        standalone_question=text,
        citations=(Citation(1, Quote(source, 0, 1, text)),),
        claims=tuple(replace(claim, text=text, speaker=text) for claim in disputed_answer().claims),
    )
    stored = answer_json(answer)
    news = news_message({"question": text, "before": stored, "after": stored, "changes": [
        {"kind": "claim_changed", "before": stored["claims"][0], "after": stored["claims"][1],
         "cited_before": stored["citations"], "cited_after": stored["citations"]}]})
    nearest = nearest_view(answer_json(replace(missing_answer(), nearest=(Quote(source, 0, 1, text),))))
    for message in (*answer_messages(answer), notice(text), news):
        assert "<" not in message["text"]
        assert ">" not in message["text"]
        assert not re.search(r"&(?!amp;|lt;|gt;)", message["text"])
        assert markup(message["blocks"]) == []
    assert markup(nearest["blocks"]) == []


@given(st.integers(1, 30), st.text(alphabet="&<ab ", min_size=1, max_size=1200), st.booleans())
def test_the_longest_answers_stay_within_slacks_limits(sources: int, words: str, many: bool) -> None:
    citations = tuple(Citation(n, Quote(replace(GAZETTE, file_id=f"art_{n if many else 0}"), 0, len(words), words))
                      for n in range(1, sources + 1))
    statements = tuple(Statement(words, (1,)) for _ in range(6))
    claims = tuple(replace(disputed_answer().claims[0], index=n, text=words) for n in range(1, 21))
    answer = replace(disputed_answer(), answer=" ".join(s.text for s in statements)[:1200], claims=claims,
                     citations=citations, statements=statements)  # fmt: skip
    messages = answer_messages(answer)
    for message in messages:
        assert len(message["blocks"]) <= BLOCKS
        assert 0 < len(message["text"]) <= TEXT_LIMIT + 2
        assert sum(map(len, map(words_of, message["blocks"]))) <= BLOCKS_TEXT
        for block in message["blocks"]:
            assert len(words_of(block)) <= BLOCK_LIMIT
        left = LIVE.sub("", message["text"])
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", left)
        checked(message["blocks"])
    told = "\n".join(words_of(block) for message in messages for block in message["blocks"])
    assert re.findall(r"^\[\d+\] (?=Flood|another)", told, re.MULTILINE) == [f"[{n}] " for n in range(1, sources + 1)]
    assert "".join(answer.answer.split()) in "".join(told.split())


def test_escaping_is_what_slack_asks_for() -> None:
    assert escaped("a & b <c> &amp;") == "a &amp; b &lt;c&gt; &amp;amp;"
