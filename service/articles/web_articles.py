"""A web page read as an article: its reading copy, what each block of it is, and what its tags tell."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Final

from service.articles.blocks import Block, flat
from service.articles.encodings import decode_markup
from service.articles.readings import Reading
from service.articles.spans import label
from service.articles.web_body import body_shares
from service.articles.web_dates import PAGE, nearer
from service.articles.web_metadata import read_tags
from service.articles.web_pages import Page, Piece, read_page
from service.domain import SpanKind

BODY: Final = 0.5
"""Share of a block's letters from which it belongs to the article."""
_SMALL: Final = 0.2
"""Share of the article that a box within it may have; more is the article itself, whatever its class says."""
_NEAR: Final = 3
"""Elements around a block whose names say what the block is."""
_LEAD_BLOCKS: Final = 12
_LEAD_WORDS: Final = 6
_LINK_WORDS: Final = 25
_HEAD_BLOCKS: Final = 8
_OPENINGS: Final = 3
_HEAD_WORDS: Final = 14
_ASIDE: Final = re.compile(r"(?:aside|footer|nav)(?:\.|$)")
_OTHERS: Final = ("teaser", "comment", "disclaimer")
_LINES: Final = ("h1", "h2", "h3", "td", "li")
_WHOLE: Final = ("article", "main", "body", "html")
_LEAD: Final = re.compile(
    r"lead|intro|excerpt|summary|abstract|chapo|(?<![a-z])dek|standfirst|sub-?title|sub-?headline|description|teaser|"
    r"vorspann|sumario|deck"
)
_BOX: Final = re.compile(
    r"share|sharing|social|copyright|author-?(?:bio|box|info)|about-?(?:the-?)?author|saboxplugin|disclaimer|"
    r"(?<![a-z])toc(?![a-z])|newsletter|related|next-?(?:story|post)|read-?(?:more|also|next)|subscri|paywall|promo|"
    r"follow|tag-?list|most-?read|rating|cookie|consent|breadcrumb|outbrain|taboola|advert|sponsor|trust-?badge|comment"
)
_KINDS: Final[tuple[tuple[SpanKind, re.Pattern[str]], ...]] = (
    ("comment", re.compile(r"comment|disqus|respond")),
    ("disclaimer", re.compile(r"^footer|copyright|disclaimer|cookie|consent|legal|impressum")),
    ("advert", re.compile(r"advert|sponsor|promo|newsletter|subscri|paywall|outbrain|taboola|(?<![a-z])ads?(?![a-z])")),
    ("caption", re.compile(r"^figcaption|caption")),
    ("byline", re.compile(r"byline|author|autor|^time|dateline|publish|(?<![a-z])date(?![a-z])|^address")),
    ("teaser", re.compile(r"related|teaser|recommend|most-?read|next-?(?:story|post)|read-?(?:more|also|next)")),
)
"""What the names of the elements around a block make of it, where it is not the article's own."""


def read_web_page(data: bytes, name: str) -> Reading:
    """The article of an HTML file. Raises ReadError for what is no page or has no text."""
    page = read_page(decode_markup(data, name), name)
    told = read_tags(page.tree)
    title = told.title.value if told.title else None
    kinds = _kinds(page, body_shares(page), title)
    blocks = [
        Block(
            piece.start,
            piece.end,
            flat(page.text, piece.start, piece.end),
            run,
            heading=int(piece.tag[1]) if re.fullmatch("h[1-6]", piece.tag) else 0,
            item=piece.tag == "li",
        )
        for run, piece in enumerate(page.pieces)
    ]
    if told.published is None or told.published.found_in == PAGE:
        day = nearer(told.published, _head_lines(page, kinds), _first_paragraphs(page, kinds))
        told = replace(told, published=day)
    return Reading(page.text, label(page.text, blocks, None, markdown=False, known=kinds), told)


def _head_lines(page: Page, kinds: list[SpanKind | None]) -> list[str]:
    """The short blocks around the headline, where a page says when its article was published."""
    story = next((at for at, kind in enumerate(kinds) if kind is None), 0)
    above = [at for at, kind in enumerate(kinds[:story]) if kind == "headline" or page.pieces[at].tag == "h1"]
    anchor = above[-1] if above else story
    near = range(max(0, anchor - _HEAD_BLOCKS // 2), min(len(kinds), anchor + _HEAD_BLOCKS))
    own = [page.pieces[at] for at in near if kinds[at] not in _OTHERS]
    lines = [page.text[one.start : one.end] for one in own if not any(_ASIDE.match(name) for name in one.inside)]
    return [line for line in lines if line.count(" ") < _HEAD_WORDS]


def _first_paragraphs(page: Page, kinds: list[SpanKind | None]) -> list[str]:
    """The first paragraphs of the story, one of which may open with its day."""
    story = [piece for piece, kind in zip(page.pieces, kinds, strict=True) if kind is None]
    return [page.text[piece.start : piece.end] for piece in story[:_OPENINGS]]


def _kinds(page: Page, shares: tuple[float, ...], title: str | None) -> list[SpanKind | None]:
    """What each block is as far as the markup tells; None for the article's own text."""
    pieces = page.pieces
    body = [at for at, share in enumerate(shares) if share >= BODY]
    first, last = (body[0], body[-1]) if body else (len(pieces), -1)
    boxes = _boxes(pieces, body)
    headline = _headline(page, title, first)
    above = max((at for at in range(first) if pieces[at].tag == "h1"), default=None) if headline is None else headline
    begin = first if above is None else min(above, first)
    kinds: list[SpanKind | None] = []
    for at, piece in enumerate(pieces):
        near = piece.inside[:_NEAR]
        words = page.text.count(" ", piece.start, piece.end) + 1
        linked = piece.linked >= 0.8 * (piece.end - piece.start)
        if at == headline:
            kinds.append("headline")
        elif shares[at] >= BODY:
            if _in_box(near, boxes):
                kinds.append(_foreign(piece, within=begin <= at <= last))
            elif linked and words <= _LINK_WORDS and piece.tag not in _LINES:
                kinds.append("teaser")
            else:
                kinds.append("headline" if re.fullmatch("h[1-6]", piece.tag) else None)
        elif (
            above is not None
            and above < at < first <= at + _LEAD_BLOCKS
            and words >= _LEAD_WORDS
            and piece.linked < 0.3 * (piece.end - piece.start)
            and any(_LEAD.search(name) for name in near[:2])
            and not any(_BOX.search(name) for name in near[:2])
        ):
            kinds.append(None)
        else:
            kinds.append(_foreign(piece, within=begin <= at <= last))
    return kinds


def _boxes(pieces: tuple[Piece, ...], body: list[int]) -> frozenset[str]:
    """The elements that hold so little of the article that they may be boxes within it."""
    sizes: Counter[str] = Counter()
    for at in body:
        for name in set(pieces[at].inside):
            sizes[name] += pieces[at].end - pieces[at].start
    whole = sum(pieces[at].end - pieces[at].start for at in body)
    return frozenset(name for name, size in sizes.items() if size < _SMALL * whole)


def _in_box(near: tuple[str, ...], boxes: frozenset[str]) -> bool:
    """Whether a block of the article stands in a box of another purpose."""
    for name in near:
        tag, _, marks = name.partition(".")
        if tag in _WHOLE:
            return False
        if tag == "footer" or (name in boxes and _BOX.search(marks)):
            return True
    return False


def _headline(page: Page, title: str | None, first: int) -> int | None:
    """The block that is the article's title: the heading with the title's words nearest above the article."""
    if not title:
        return None
    wanted = _key(title)
    found = [
        at
        for at, piece in enumerate(page.pieces)
        if re.fullmatch("h[1-3]", piece.tag)
        and len(own := _key(page.text[piece.start : piece.end])) >= 8
        and (own in wanted or wanted in own)
    ]
    return min(found, key=lambda at: (page.pieces[at].tag, abs(first - at)), default=None)


def _foreign(piece: Piece, *, within: bool) -> SpanKind:
    """What a block that isn't the article's own text is."""
    for name in piece.inside:
        tag, _, marks = name.partition(".")
        if tag in _WHOLE:
            break
        for kind, pattern in _KINDS:
            if (pattern.search(tag) or pattern.search(marks)) and (kind != "caption" or within):
                return kind
    return "teaser" if piece.linked >= 0.8 * (piece.end - piece.start) and piece.end - piece.start > 40 else "share"


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
