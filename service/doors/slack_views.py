"""What Slack shows besides answers: quotes in their place, the nearest passages, the Home tab, news of watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from service.domain import Article
from service.doors.slack_message import (
    Message,
    button,
    context,
    escaped,
    link,
    linked,
    sections,
    short_name,
)
from service.doors.telling import day_in_words
from service.ports import Watch

AROUND = 400
"""Characters shown before and after a quote."""
WATCHES_SHOWN = 20
UNWATCH = "onrecord_unwatch"
NOTICE = "onrecord_notice"
"""The `event_type` in the metadata of a notice; the payload names it."""

Json = Mapping[str, Any]


def quote_view(citation: Json, article: Article | None) -> Message:
    """The words quoted, with what stands around them in the article as it is now."""
    words = str(citation["cited_text"])
    start, end = int(citation["start_char_index"]), int(citation["end_char_index"])
    if article is None:
        return _modal("Quote", sections(["This article is not in the archive any more."]))
    title = article.title.value if article.title else article.filename
    head = f"[{citation['index']}] {link(article.url, short_name(title))}"
    if article.text[start:end] != words:
        return _modal("Quote", sections([head, _quoted(words), "_The article has changed since this answer._"]))
    before, after = article.text[max(0, start - AROUND):start], article.text[end:end + AROUND]
    opening, closing = ("… " if start > AROUND else ""), (" …" if end + AROUND < len(article.text) else "")
    blocks = [*sections([head]), *sections([opening + escaped(before)] if before.strip() else []),
              *sections([_quoted(words)]), *sections([escaped(after) + closing] if after.strip() else []),
              context(f"characters {start}–{end} of {short_name(article.filename)}")]
    return _modal("Quote", blocks)


def nearest_view(answer: Json) -> Message:
    """The passages that came nearest to a question that has no answer."""
    blocks: list[Message] = sections(["These passages come nearest. They don't answer the question."])
    for passage in list(answer.get("nearest") or ())[:10]:
        title = passage.get("document_title") or passage["filename"]
        blocks += sections([link(passage.get("url"), short_name(str(title))), _quoted(str(passage["cited_text"]))])
    return _modal("Nearest passages", blocks)


def home_view(articles: int, period: tuple[date, date] | None, watches: Sequence[Watch]) -> Message:
    """The Home tab: how the archive stands, how to ask, and this person's watches."""
    days = f", of {day_in_words(period[0])} to {day_in_words(period[1])}" if period else ""
    blocks: list[Message] = [
        {"type": "header", "text": {"type": "plain_text", "text": "OnRecord"}},
        *sections([f"The archive holds {articles:,} article{'' if articles == 1 else 's'}{days}.", "",
                   "*How to ask*", "• Write to me in *Messages*, or mention me in a channel that I am in.",
                   "• `/ask` followed by a question begins a thread.",
                   "• In a thread I am in, ask on without a mention.",
                   "Every statement of an answer stands in an article word for word; where none says it, I say so."]),
        {"type": "divider"},
        *sections(["*Your watched questions*" if watches else
                   "*Your watched questions*\nNone yet: press *Watch* below an answer to hear when it changes."]),
    ]
    for watch in watches[:WATCHES_SHOWN]:
        told = f"{escaped(watch.question[:300])}\nsince {watch.created[:10]}"
        blocks.append(sections([told])[0] | {"accessory": button("Stop watching", UNWATCH, watch.id)})
    return {"type": "home", "blocks": blocks}


def news_message(notice: Json) -> Message:
    """What is new about a watched question: each change with the old and the new, and both quotes."""
    lines = [f"*News about a watched question:* {escaped(str(notice['question']))}"]
    for change in notice["changes"]:
        lines += _change_lines(change)
    addresses = {one["index"]: one.get("url") for one in notice["after"].get("citations") or ()}
    now = ["*The answer now*", linked(str(notice["after"]["answer"]), addresses)]
    return {"text": "\n".join([*lines, *now])[:12_000], "blocks": [*sections(lines), *sections(now)][:50]}


def _change_lines(change: Json) -> list[str]:
    before, after = change["before"], change["after"]
    if change["kind"] == "status":
        return [f"• It was _{escaped(before)}_ and is now _{escaped(after)}_."]
    if change["kind"] == "origins":
        head = f"• {escaped(after['text'])}: {before['origins']} → {after['origins']} independent texts"
    elif before and after:
        head = f"• {_claim(before)} → {_claim(after)}"
    else:
        head = f"• New: {_claim(after)}" if after else f"• No longer: {_claim(before)}"
    return [head, *_cited("before", change.get("cited_before")), *_cited("now", change.get("cited_after"))]


def _claim(claim: Json) -> str:
    said = f", {escaped(claim['speaker'])}" if claim.get("speaker") else ""
    texts = f"{claim['origins']} independent text{'' if claim['origins'] == 1 else 's'}"
    return f"*{escaped(claim['text'])}*{said} ({texts})"


def _cited(when: str, citations: Sequence[Json] | None) -> list[str]:
    return [f"{when}: {_quoted(str(one['cited_text']))} "
            f"{link(one.get('url'), short_name(str(one.get('document_title') or one['filename'])))}"
            for one in list(citations or ())[:3] if one.get("cited_text")]


def _quoted(words: str) -> str:
    return f"“{escaped(words)}”"


def _modal(title: str, blocks: Sequence[Message]) -> Message:
    return {"type": "modal", "title": {"type": "plain_text", "text": title},
            "close": {"type": "plain_text", "text": "Close"}, "blocks": list(blocks)[:100]}
