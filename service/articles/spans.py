"""Which stretch of an article is what. Cleaning never edits text: it marks it.

Three kinds of evidence decide, in this order: the wording of a block alone (`wording`, `attributions`),
its place (above the first paragraph, under a heading for other stories, after the last paragraph), and
its likeness to the story around it. Where they don't settle it, a block is body: a lost paragraph is
worse than a kept button.

Kinds: `share` also covers a page's other furniture (buttons, counters, section labels, rules),
`disclaimer` legal and consent notices, `advert` newsletter boxes and shop notices, `credit` photo credits
without a caption and credits to another outlet, `byline` everything about writer, place and time of
writing, front matter included.
"""

from __future__ import annotations

import re

from service.articles import attributions, heads, wording, zones
from service.articles.blocks import Block, read_blocks
from service.articles.front import front_matter
from service.articles.labels import Labels
from service.domain import Span, SpanKind

_IMAGE = re.compile(r"!\[(?P<alt>[^\]\[]*)\]\([^()]*\)")
_LINK = re.compile(r"(?<!!)\[[^\]\[]+\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_COMMENT = re.compile(r"<!--.*-->$", re.DOTALL)


def find_spans(text: str, *, markdown: bool) -> tuple[Span, ...]:
    """The spans of a text: one per paragraph or line block, sorted, apart, trimmed, white space left
    uncovered."""
    return label(text, *_blocks(text, markdown=markdown), markdown=markdown)


def _blocks(text: str, *, markdown: bool) -> tuple[list[Block], Span | None]:
    front = front_matter(text)
    return read_blocks(
        text, markdown=markdown, start=front.end if front else 0
    ), front.span if front else None


def label(text: str, blocks: list[Block], front: Span | None, *, markdown: bool) -> tuple[Span, ...]:
    """The spans of blocks that were read from `text`; `front` is its front matter."""
    if not blocks:
        return (front,) if front else ()
    labels = Labels(blocks, [None] * len(blocks))
    if markdown:
        _mark_markup(text, labels)
    _mark_wording(labels)
    _mark_photos(labels)
    heads.mark_top(labels)
    heads.free_inner_dates(labels)
    zones.mark_teasers(labels)
    zones.mark_comments(labels)
    zones.mark_tail(labels)
    zones.mark_rest(labels)
    found = [front] if front else []
    for block, kind in zip(blocks, labels.kinds, strict=True):
        start, end = _bounds(text, block)
        found.append(Span(start, end, kind or "body"))
    return tuple(found)


def _bounds(text: str, block: Block) -> tuple[int, int]:
    """A block's place without white space at its borders; an image alone is its caption's words."""
    start, end = block.start, block.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _mark_markup(text: str, labels: Labels) -> None:
    """Kinds that Markdown itself gives: images, lines of links, comments. Headings wait for their place
    to decide."""
    for index, block in enumerate(labels.blocks):
        if block.code:
            labels.kinds[index] = "body"
        elif _COMMENT.match(block.text):
            labels.kinds[index] = "share"
        elif image := _IMAGE.fullmatch(block.text):
            alt = image["alt"].strip()
            labels.kinds[index] = "caption" if alt.count(" ") >= 3 else "share"
            place = text.find(alt, block.start, block.end) if alt else -1
            if labels.kinds[index] == "caption" and place >= 0:
                block.start, block.end, block.text = place, place + len(alt), alt
        elif (
            not block.heading
            and _LINK.search(block.text)
            and not any(letter.isalnum() for letter in _LINK.sub("", block.text))
        ):
            labels.kinds[index] = "teaser"
        if _LINK.search(block.text) or "**" in block.text or "__" in block.text:
            block.text = unmarked(block.text)


def unmarked(text: str) -> str:
    """A line's words without Markdown's links and emphasis, for looking at; never for quoting."""
    plain = _LINK.sub(lambda link: link[0][1 : link[0].index("](")], text)
    return plain.replace("**", "").replace("__", "").strip("*_ ")


def _mark_wording(labels: Labels) -> None:
    """Kinds that a block's own wording gives."""
    for index, block in enumerate(labels.blocks):
        if labels.kinds[index] is not None or block.end - block.start > 4000:
            continue
        labels.kinds[index] = _by_wording(block)


def _by_wording(block: Block) -> SpanKind | None:
    text, words = block.text, block.words
    if len(text) > max(300, 40 * words):
        return None
    if attributions.is_byline(text, words):
        return "byline"
    if attributions.read_credit(text, words):
        return "credit"
    if kind := wording.sounds_like(text, words):
        return kind
    if wording.opens_teasers(text, words) or wording.is_teaser_line(text, words):
        return "teaser"
    return None


def _mark_photos(labels: Labels) -> None:
    """Captions and photo credits; what a run of photo credit lines holds besides, and a caption repeated,
    go with them."""
    blocks, kinds = labels.blocks, labels.kinds
    for index, block in enumerate(blocks):
        if kinds[index] is None and (kind := attributions.photo_kind(block.text, block.words)):
            kinds[index] = kind
        if index and block.text == blocks[index - 1].text and kinds[index - 1] in ("caption", "credit"):
            kinds[index] = kinds[index - 1]
        if kinds[index] is None and attributions.is_source_label(block.text):
            after = blocks[index + 1] if index + 1 < len(blocks) else None
            kinds[index] = "credit"
            if (
                after
                and after.words <= 6
                and (
                    attributions.is_domain(after.text)
                    or attributions.read_credit(f"Source: {after.text}", after.words + 1)
                )
            ):
                kinds[index + 1] = "credit"
    runs: dict[int, list[int]] = {}
    for index, block in enumerate(blocks):
        runs.setdefault(block.run, []).append(index)
    for members in runs.values():
        credited = [index for index in members if kinds[index] == "credit"]
        if 2 <= len(members) <= 5 and len(runs) > 2 and len(credited) * 2 >= len(members):
            for index in members:
                if kinds[index] is None and blocks[index].words <= 5 and not labels.ends_sentence(index):
                    kinds[index] = "credit"
