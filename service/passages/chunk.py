"""An article to chunks: whole sentences of quotable text that fit the embedder, with their exact offsets.

Lengths are in the embedder's own tokens. Disjoint chunks of about 120 tokens: long enough to say who and
when, short enough that one figure isn't drowned by its neighbours in one vector.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.domain import QUOTABLE, Article, Chunk, Span, SpanKind
from service.language.sentences import split
from service.passages.addresses import address_words
from service.ports import Embedder

CHUNKING = "1"
"""Changes whenever the same article would be cut differently; a part of the index's fingerprint."""

TARGET = 120
"""Tokens that a chunk has at most, unless one sentence alone has more."""

_RESERVE = 8
"""Tokens that are kept free: the embedder's own markers, and what counting piece by piece may miss."""

_PARAGRAPH_END = re.compile(r"\n[ \t\r\f\v]*\n")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one too long to embed: its place and its tokens."""

    start: int
    end: int
    tokens: int


def embedding_text(chunk: Chunk) -> str:
    """What is embedded of a chunk: the first line of its header, and its text."""
    told = chunk.header.partition("\n")[0]
    return f"{told}\n{chunk.text}" if told else chunk.text


def chunk(article: Article, version: int, embedder: Embedder) -> tuple[Chunk, ...]:
    """The article's chunks in the order of its text; none where nothing in it may be quoted.

    A chunk is one kind of span, never reaches over text that may not be quoted, and together with its
    header has at most `embedder.max_tokens` tokens.
    """
    header = _header(article, embedder, embedder.max_tokens // 4)
    room = max(16, embedder.max_tokens - embedder.token_count(header) - _RESERVE)
    found: list[Chunk] = []
    for kind, spans in _runs(article):
        paragraphs = [list(_pieces(article.text, start, end, room, embedder))
                      for span in spans for start, end in _paragraphs(article.text, span)]
        for start, end in _packed([p for p in paragraphs if p], min(TARGET, room), room):
            position = len(found)
            chunk_id = f"{article.file_id}.{version}.{position}"
            words = article.text[start:end]
            found.append(Chunk(chunk_id, article.file_id, position, start, end, words, header, kind))
    return tuple(found)


def _header(article: Article, embedder: Embedder, room: int) -> str:
    """Title, publisher and date, cut at a word where they have more than `room` tokens.

    Without a title there is a second line for the word index alone, what the address says in words: a vector is less
    near to a question with it (docs/retrieval.md).
    """
    parts = [article.title and article.title.value, article.publisher and article.publisher.value,
             article.published and article.published.value.isoformat()]
    words = " | ".join(" ".join(part.split()) for part in parts if part)[:2000].split(" ")
    while words and embedder.token_count(" ".join(words)) > room:
        words = words[: len(words) * 3 // 4]
    told = address_words(article.url) if article.url and not article.title else ""
    return " ".join(words) + (f"\n{told}" if told else "")


def _runs(article: Article) -> Iterator[tuple[SpanKind, list[Span]]]:
    """Neighbouring quotable spans of one kind with nothing but white space between them."""
    run: list[Span] = []
    for span in article.spans:
        joins = run and run[-1].kind == span.kind and not article.text[run[-1].end : span.start].strip()
        if run and not joins:
            yield run[0].kind, run
            run = []
        if span.kind in QUOTABLE:
            run.append(span)
    if run:
        yield run[0].kind, run


def _paragraphs(text: str, span: Span) -> Iterator[tuple[int, int]]:
    """The stretches of a span between its empty lines."""
    start = span.start
    for gap in _PARAGRAPH_END.finditer(text, span.start, span.end):
        yield start, gap.start()
        start = gap.end()
    yield start, span.end


def _pieces(text: str, start: int, end: int, room: int, embedder: Embedder) -> Iterator[_Piece]:
    """A paragraph's sentences; one that has more than `room` tokens in parts, cut between words."""
    for sentence in split(text, start, end):
        # Something so long is never counted as a whole: the cost of a text stays in line with its length.
        if sentence.end - sentence.start < 20 * room:
            tokens = embedder.token_count(text[sentence.start : sentence.end])
            if tokens <= room:
                yield _Piece(sentence.start, sentence.end, tokens)
                continue
        yield from _parts(text, sentence.start, sentence.end, room, embedder)


def _parts(text: str, start: int, end: int, room: int, embedder: Embedder) -> Iterator[_Piece]:
    """As many words at a time as fit; a word that doesn't fit alone is halved until it does."""
    first = last = start
    tokens = 0
    for begin, stop, cost in _words(text, start, end, room, embedder):
        if tokens and tokens + cost > room:
            yield _Piece(first, last, tokens)
            tokens = 0
        if not tokens:
            first = begin
        tokens, last = tokens + cost, stop
    if tokens:
        yield _Piece(first, last, tokens)


def _words(text: str, start: int, end: int, room: int, embedder: Embedder) -> Iterator[tuple[int, int, int]]:
    """Each word's place and cost, at least one token."""
    for word in _WORD.finditer(text, start, end):
        waiting = [(word.start(), word.end())]
        while waiting:
            begin, stop = waiting.pop()
            short = stop - begin <= 20 * room
            cost = max(1, embedder.token_count(text[begin:stop])) if short else room + 1
            if cost <= room or stop - begin == 1:
                yield begin, stop, min(cost, room)
            else:
                middle = (begin + stop) // 2
                waiting += [(middle, stop), (begin, middle)]


def _packed(paragraphs: list[list[_Piece]], target: int, room: int) -> Iterator[tuple[int, int]]:
    """Pieces to chunks of at most `target` tokens, cut between paragraphs where that leaves no crumbs.

    What is left at the end joins the chunk before it, as long as both fit the embedder.
    """
    made: list[_Piece] = []
    current: _Piece | None = None
    for paragraph in paragraphs:
        whole = sum(piece.tokens for piece in paragraph)
        if current and current.tokens + whole > target and current.tokens * 2 >= target:
            made.append(current)
            current = None
        for piece in paragraph:
            if current and current.tokens + piece.tokens > target:
                made.append(current)
                current = None
            if current:
                piece = _Piece(current.start, piece.end, current.tokens + piece.tokens)
            current = piece
    if current:
        if made and current.tokens * 4 < target and made[-1].tokens + current.tokens <= room:
            current = _Piece(made[-1].start, current.end, made.pop().tokens + current.tokens)
        made.append(current)
    for piece in made:
        yield piece.start, piece.end
