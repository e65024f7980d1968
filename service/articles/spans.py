"""Which stretch of an article is what. Cleaning never edits text: it marks it.

Three kinds of evidence decide, in this order: the wording of a block alone (`wording`, `attributions`),
its place (above the first paragraph, under a heading for other stories, after the last paragraph), and
its likeness to the story around it. Where they don't settle it, a block is body: a lost paragraph is
worse than a kept button.

Kinds: `share` also covers a page's other furniture (buttons, counters, section labels, rules),
`disclaimer` legal and consent notices, `advert` newsletter boxes and shop notices, `credit` photo credits
without a caption and credits to another outlet, `byline` everything about writer, place and time of
writing, front matter and datelines included, `comment` all that isn't the outlet's own: readers' words, and
text that poses as an exchange with a language model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.articles import attributions, heads, imitations, wording, writers, zones
from service.articles.blocks import LONGEST, Block, read_blocks
from service.articles.datelines import read_dateline
from service.articles.front import front_matter
from service.articles.labels import Labels
from service.domain import Span, SpanKind

_IMAGE = re.compile(r"!\[(?P<alt>[^\]\[]*)\]\([^()]*\)")
_LINK = re.compile(r"(?<!!)\[[^\]\[]+\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_COMMENT = re.compile(r"<!--.*-->$", re.DOTALL)


def find_spans(text: str, *, markdown: bool) -> tuple[Span, ...]:
    """The spans of a text: one per paragraph or line block, more where a dateline or orders to a model
    stand in one; sorted, apart, trimmed, white space left uncovered."""
    return label(text, *_blocks(text, markdown=markdown), markdown=markdown)


def _blocks(text: str, *, markdown: bool) -> tuple[list[Block], Span | None]:
    front = front_matter(text)
    return read_blocks(text, markdown=markdown, start=front.end if front else 0), front.span if front else None


def label(
    text: str,
    blocks: list[Block],
    front: Span | None,
    *,
    markdown: bool,
    known: Sequence[SpanKind | None] | None = None,
) -> tuple[Span, ...]:
    """The spans of blocks that were read from `text`; `front` is its front matter. `known` are the kinds of the
    blocks where markup tells them, None for the article's own; then wording alone decides on the latter."""
    if not blocks:
        return (front,) if front else ()
    labels = Labels(blocks, [None] * len(blocks) if known is None else list(known))
    _mark_imitations(text, labels)
    if markdown:
        _mark_markup(text, labels)
    _mark_wording(labels)
    _mark_photos(labels)
    if known is None:
        heads.mark_top(labels)
        heads.free_inner_dates(labels)
        heads.free_inner_datelines(labels)
        writers.mark_writers(labels)
        zones.mark_offers(labels)
        zones.mark_teasers(labels)
        zones.mark_comments(labels)
        zones.mark_tail(labels)
        zones.mark_rest(labels)
        _free_gallery(labels)
    found = [front] if front else []
    opening = next((at for at, kind in enumerate(labels.kinds) if kind == "body"), None)
    for index, (block, kind) in enumerate(zip(blocks, labels.kinds, strict=True)):
        start, end = _trimmed(text, block.start, block.end)
        whole = Span(start, end, kind or "body")
        if whole.kind == "body":
            dateline = read_dateline(text[start : min(end, start + LONGEST)], opens_story=index == opening)
            found += _parts(text, whole, dateline.end if dateline else 0, labels.cuts.get(index))
        else:
            found.append(whole)
    return tuple(found)


def _free_gallery(labels: Labels) -> None:
    """Where a page is a gallery, its captions are the story."""
    if "body" not in labels.kinds:
        for index, block in enumerate(labels.blocks):
            if labels.kinds[index] == "caption" and block.words >= 8:
                labels.kinds[index] = "body"


def _parts(text: str, whole: Span, dateline: int, cut: Span | None) -> list[Span]:
    """A paragraph without the dateline of so many characters at its start, and without what was cut out."""
    start = whole.start + dateline
    found = [Span(whole.start, start, "byline")]
    if cut is not None and cut.start >= start:
        found += [Span(start, cut.start, "body"), cut]
        start = cut.end
    found.append(Span(start, whole.end, "body"))
    trimmed = (Span(*_trimmed(text, span.start, span.end), span.kind) for span in found)
    return [span for span in trimmed if span.start < span.end]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A place without white space at its borders."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _mark_imitations(text: str, labels: Labels) -> None:
    """What poses as an exchange with a language model: no part of the story, wherever it stands."""
    turns = [imitations.is_turn(block.text) for block in labels.blocks]
    for index, block in enumerate(labels.blocks):
        if imitations.is_exchange(block.text):
            labels.kinds[index] = "comment"
            continue
        announced = index > 0 and labels.blocks[index - 1].text.endswith(":")
        place = imitations.orders(text, block, announced=announced)
        if place == (block.start, block.end):
            labels.kinds[index] = "comment"
        elif place:
            labels.cuts[index] = Span(*place, "comment")
    exchanged = {index for index, kind in enumerate(labels.kinds) if kind == "comment"}
    for index, turn in enumerate(turns):
        if turn and exchanged.intersection(range(index - 2, index + 3)):
            labels.kinds[index] = "comment"


def _mark_markup(text: str, labels: Labels) -> None:
    """Kinds that Markdown itself gives: images, lines of links, comments. Headings wait for their place
    to decide."""
    for index, block in enumerate(labels.blocks):
        if labels.kinds[index] is not None:
            continue
        if block.code:
            labels.kinds[index] = "share" if block.text.startswith(("```", "~~~")) else "body"
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
