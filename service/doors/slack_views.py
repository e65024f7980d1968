"""What Slack shows besides answers: quotes in their place, the nearest passages, the Home tab, news of watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from service.domain import Article
from service.doors.slack_message import QUESTION_SHOWN, TEXT_LIMIT, period_in_words
from service.doors.slack_text import (
    Line,
    Message,
    Run,
    as_text,
    bold,
    bullet,
    button,
    context,
    italic,
    line,
    link,
    linked,
    plain_text,
    quotation,
    rich_text,
    short_name,
)
from service.doors.telling import day_in_words
from service.ports import Watch

AROUND = 400
"""Characters shown before and after a quote, at most."""
WATCHES_SHOWN = 20
UNWATCH = "onrecord_unwatch"
NOTICE = "onrecord_notice"
"""The `event_type` in the metadata of a notice; the payload names it."""
STATUSES = {"answered": "answered", "disputed": "disputed", "not_found": "not in the articles"}
"""The status of an answer, in words."""

Json = Mapping[str, Any]


def quote_view(citation: Json, article: Article | None) -> Message:
    """The words quoted, with what stands around them in the article as it is now."""
    words = str(citation["cited_text"])
    start, end = int(citation["start_char_index"]), int(citation["end_char_index"])
    if article is None:
        return _modal("Quote", rich_text([line("This article is not in the archive any more.")]))
    title = article.title.value if article.title else article.filename
    head = line(f"[{citation['index']}] ", link(article.url, short_name(title)))
    if article.text[start:end] != words:
        changed = line(italic("The article has changed since this answer."))
        return _modal("Quote", rich_text([head, quotation(words), changed]))
    shown = [head, *_before(article.text[:start]), quotation(words), *_after(article.text[end:])]
    place = f"characters {start} to {end} of {short_name(article.filename)}"
    return _modal("Quote", [*rich_text(shown), context(place)])


def nearest_view(answer: Json) -> Message:
    """The passages that came nearest to a question that has no answer."""
    lines = [line("These passages come nearest. They don't answer the question.")]
    for passage in list(answer.get("nearest") or ())[:10]:
        title = passage.get("document_title") or passage["filename"]
        lines += [line(link(passage.get("url"), short_name(str(title)))), quotation(str(passage["cited_text"]))]
    return _modal("Nearest passages", rich_text(lines))


def home_view(articles: int, period: tuple[date, date] | None, watches: Sequence[Watch]) -> Message:
    """The Home tab: how the archive stands, how to ask, and this person's watches."""
    days = f", of {period_in_words(*period)}" if period else ""
    blocks: list[Message] = [
        {"type": "header", "text": plain_text("OnRecord")},
        *rich_text([line(f"The archive holds {articles:,} article{'' if articles == 1 else 's'}{days}.")]),
        *rich_text([line(bold("How to ask")),
                    bullet("Write to me in ", italic("Messages"), ", or mention me in a channel that I am in."),
                    bullet("/ask followed by a question begins a thread."),
                    bullet("In a thread I am in, ask on without a mention."),
                    line("Every statement of an answer is proven by words of an article; where none says it, I say "
                         "so.")]),
        {"type": "divider"},
        *rich_text([line(bold("Your watched questions")),
                    *([] if watches else [line("None yet: press ", italic("Watch"),
                                               " below an answer to hear when it changes.")])]),
    ]
    for watch in watches[:WATCHES_SHOWN]:
        since = day_in_words(date.fromisoformat(watch.created[:10]))
        blocks.append({"type": "section", "text": plain_text(f"{watch.question[:QUESTION_SHOWN]}\nsince {since}"),
                       "accessory": button("Stop watching", UNWATCH, watch.id)})
    return {"type": "home", "blocks": blocks}


def news_message(notice: Json) -> Message:
    """What is new about a watched question: each change with the old and the new, and both quotes."""
    lines = [line(bold("News about a watched question:"), f" {notice['question']}")]
    for change in notice["changes"]:
        lines += _change_lines(change)
    addresses = {one["index"]: one.get("url") for one in notice["after"].get("citations") or ()}
    now = [line(bold("The answer now")), line(*linked(str(notice["after"]["answer"]), addresses))]
    return {"text": as_text([*lines, *now])[:TEXT_LIMIT], "blocks": [*rich_text(lines), *rich_text(now)][:50]}


def _change_lines(change: Json) -> list[Line]:
    before, after = change["before"], change["after"]
    if change["kind"] == "status":
        return [bullet("It was ", italic(STATUSES[before]), " and is now ", italic(STATUSES[after]), ".")]
    if change["kind"] == "origins":
        head = bullet(bold(after["text"]), f": {before['origins']} → {after['origins']} independent texts")
    elif before and after and before["text"] == after["text"] and after.get("superseded_by") is not None:
        return [bullet(*_claim(after), ": revised by a later figure"), *_cited("", change.get("cited_after"))]
    elif before and after:
        head = bullet(*_claim(before), " → ", *_claim(after))
    else:
        head = bullet("New: ", *_claim(after)) if after else bullet("No longer: ", *_claim(before))
    return [head, *_cited("before", change.get("cited_before")), *_cited("now", change.get("cited_after"))]


def _claim(claim: Json) -> tuple[Run, str]:
    said = f", {claim['speaker']}" if claim.get("speaker") else ""
    texts = f"{claim['origins']} independent text{'' if claim['origins'] == 1 else 's'}"
    return bold(str(claim["text"])), f"{said} ({texts})"


def _cited(when: str, citations: Sequence[Json] | None) -> Iterator[Line]:
    for one in list(citations or ())[:3]:
        if one.get("cited_text"):
            title = short_name(str(one.get("document_title") or one["filename"]))
            yield line(f"{when}: " if when else "", link(one.get("url"), title))
            yield quotation(str(one["cited_text"]))


def _before(text: str) -> list[Line]:
    """The end of a text, from a word on."""
    cut = text[-AROUND:]
    if len(text) > AROUND:
        cut = "… " + cut[cut.find(" ") + 1:]
    return _paragraphs(cut)


def _after(text: str) -> list[Line]:
    """The beginning of a text, up to a word."""
    cut = text[:AROUND]
    if len(text) > AROUND:
        cut = cut[: cut.rfind(" ") if " " in cut else AROUND] + " …"
    return _paragraphs(cut)


def _paragraphs(text: str) -> list[Line]:
    """The lines of a text, their white space as in prose, empty ones left out."""
    return [line(told) for one in text.splitlines() if (told := " ".join(one.split()))]


def _modal(title: str, blocks: Sequence[Message]) -> Message:
    return {"type": "modal", "title": {"type": "plain_text", "text": title},
            "close": {"type": "plain_text", "text": "Close"}, "blocks": list(blocks)[:100]}
