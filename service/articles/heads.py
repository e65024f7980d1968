"""The head of a page: kicker, title, standfirst, names, dates, counters, above the story's first
paragraph."""

from __future__ import annotations

import re
from typing import Final

from service.articles import attributions, wording, writers
from service.articles.labels import ALIKE, CONTENT, TWO_SENTENCES, Labels
from service.domain import SpanKind

TOP_BLOCKS: Final = 12
"""Blocks above the first paragraph that are still read as a page's head."""


def mark_top(labels: Labels) -> None:
    """The page's head: title, kicker, names, dates, counters."""
    first = min(2, len(labels.blocks) - 1)
    for index, block in enumerate(labels.blocks):
        unmarked = labels.kinds[index] is None and not block.heading
        if unmarked and index < 3 * TOP_BLOCKS and _tells_of_writing(block.text):
            labels.kinds[index] = "byline"
        elif unmarked and index < 3 * TOP_BLOCKS and wording.is_counter(block.text):
            labels.kinds[index] = "share"
        elif _begins_story(labels, index):
            first = index
            break
    lines = [index for index in range(first) if labels.is_line(index)]
    labels.title = _choose_title(labels, lines, first)
    if (
        labels.title is None
        and len(lines) > TOP_BLOCKS
        and sum(labels.blocks[index].words > 3 for index in lines) * 5 > len(lines)
    ):
        return
    for index in lines if len(lines) <= TOP_BLOCKS or _is_menu(labels, lines) else ():
        if index != labels.title:
            labels.kinds[index] = _head_line(labels, index)
    if labels.title is not None:
        labels.kinds[labels.title] = "headline"
        for index in range(min(len(labels.blocks), 3 * TOP_BLOCKS)):
            if labels.blocks[index].text == labels.blocks[labels.title].text:
                labels.kinds[index] = "headline"


def _tells_of_writing(text: str) -> bool:
    """Whether a line of the head is a key and its value, a name with a post, or a place with a date."""
    return bool(
        attributions.KEY_LINE.match(text)
        or writers.names_with_post(text) is not None
        or writers.is_signature(text)
        or writers.placed_date(text)
    )


def _begins_story(labels: Labels, index: int) -> bool:
    """Whether the story's first paragraph is here; a short exclamation as the first block of all is a
    title."""
    block = labels.blocks[index]
    return labels.is_prose(index) and not (index == 0 and block.words <= 14 and block.text.endswith("!"))


def _is_menu(labels: Labels, lines: list[int]) -> bool:
    return sum(labels.blocks[index].words <= 3 for index in lines) * 5 >= len(lines) * 4


def _choose_title(labels: Labels, lines: list[int], first: int) -> int | None:
    """The line of the head that is the title of the story which begins at block `first`: Markdown's
    highest heading, else the first line of some length, else a short one that speaks of the story;
    section labels and names do neither."""
    headings = [index for index in lines if labels.blocks[index].heading]
    if headings:
        return min(headings, key=lambda index: (labels.blocks[index].heading, index))
    last = min(len(labels.blocks), first + 40)
    story = labels.story_words(first, last)
    lines = [
        index
        for index in lines
        if not labels.trails_off(index)
        and not _names_only(labels, index, first, last)
        and not TWO_SENTENCES.search(labels.blocks[index].text)
    ]
    long = [index for index in lines if labels.blocks[index].words >= 4]
    if len(long) >= 3:
        return max(long, key=lambda index: (labels.likeness(index, story) >= ALIKE, -index))
    if long:
        return long[0]
    short = [index for index in lines if labels.blocks[index].words >= 2 and labels.likeness(index, story) > 0]
    return short[0] if short else next((index for index in lines if labels.blocks[index].words == 3), None)


def _names_only(labels: Labels, index: int, first: int, last: int) -> bool:
    """Whether a line of the head is names (of writers, outlets, places): each word has a capital, and the
    story writes none or few of them small."""
    text = labels.blocks[index].text
    if not _is_named(text):
        return False
    own = [word.casefold()[:6] for word in CONTENT.findall(text)]
    small: set[str] = set()
    for at in range(first, last):
        small |= {word[:6] for word in CONTENT.findall(labels.blocks[at].text) if word.islower()}
    return sum(word in small for word in own) * 3 < len(own) or (
        len(own) <= 4 and bool(attributions.OUTLET_WORDS.search(text)) and labels.blocks[index].words <= 4
    )


def _head_line(labels: Labels, index: int) -> SpanKind:
    """What a line of the head is that isn't the title."""
    words = labels.blocks[index].text.split()
    if labels.blocks[index].heading:
        return "headline"
    if labels.title is not None and index > labels.title and len(words) >= 5:
        return "headline"
    if labels.title is not None and index < labels.title and len(words) >= 5:
        return "byline" if _is_named(labels.blocks[index].text) else "teaser"
    below = labels.title is None or index > labels.title
    if below and labels.title is not None and index + 1 < len(labels.blocks) and labels.blocks[index + 1].item:
        return "headline"
    signed = index > 0 and labels.kinds[index - 1] == "byline"
    return "byline" if below and (len(words) >= 2 or signed) and _is_named(labels.blocks[index].text) else "share"


def _is_named(text: str) -> bool:
    """Whether a line is made of names alone: each word has a capital, "and" and the like aside."""
    words = re.findall(r"[^\W\d_][\w.'’-]*", text)
    return (
        0 < len(words) <= 14
        and all(
            word[0].isupper() or word in ("and", "de", "van", "von", "for", "of", "to", "the", "di", "da")
            for word in words
        )
        and not any(letter.isdigit() for letter in text)
    )


def free_inner_datelines(labels: Labels) -> None:
    """Take the mark from words that break off at a dash below the story's first paragraph: in a transcript a speaker
    is interrupted so."""
    prose = next((index for index in range(len(labels.blocks)) if labels.is_prose(index)), len(labels.blocks))
    for index in range(prose + 1, len(labels.blocks)):
        if labels.kinds[index] == "byline" and attributions.is_weak_dateline(labels.blocks[index].text):
            labels.kinds[index] = None


def free_inner_dates(labels: Labels) -> None:
    """Take the mark from bare dates between paragraphs of the story, where they head what happened that
    day; where there are several, from the one above the first paragraph too."""
    prose = [index for index in range(len(labels.blocks)) if labels.is_prose(index)]
    if not prose:
        return
    dates = [
        index
        for index in range(prose[-1])
        if labels.kinds[index] == "byline" and attributions.is_bare_date(labels.blocks[index].text)
    ]
    inner = [index for index in dates if index > prose[0]]
    for index in dates if len(inner) >= 2 else inner:
        labels.kinds[index] = None
