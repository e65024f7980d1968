"""Chunks: whole sentences of quotable text, true offsets, never too long for the embedder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters.tantivy_words import TantivyWords
from service.domain import QUOTABLE, Article, Sourced, Span, SpanKind
from service.language.sentences import split
from service.passages.chunk import TARGET, chunk, embedding_text
from tests.support.archives import article
from tests.support.hashing_embedder import HashingEmbedder

WORDS = st.sampled_from(["the", "river", "rose", "Mr.", "U.S.", "4,200", "people", "said", "“no”", "é🚢"])
SENTENCE = st.lists(WORDS, min_size=1, max_size=40).map(lambda words: " ".join(words).capitalize() + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=6).map(" ".join)
KIND = st.sampled_from(["body", "body", "body", "headline", "caption", "teaser", "advert", "byline"])


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """An article of paragraphs of any kind, one span each or two together."""
    text, spans = draw(st.sampled_from(["", "\n", "  "])), []
    for _ in range(draw(st.integers(0, 10))):
        kind: SpanKind = draw(KIND)
        words = draw(PARAGRAPH) + draw(st.sampled_from(["", "", "\n\n" + "Second paragraph of a span."]))
        spans.append(Span(len(text), len(text) + len(words), kind))
        text += words + draw(st.sampled_from(["\n\n", "\n", "\r\n \r\n"]))
    return replace(article("any"), text=text, spans=tuple(spans), title=draw(
        st.none() | st.just(Sourced("A title " * 60, "text"))))


@settings(max_examples=60)
@given(read=articles(), limit=st.sampled_from([40, 64, 256]))
def test_chunks_are_whole_sentences_of_quotable_text_in_order(read: Article, limit: int) -> None:
    embedder = HashingEmbedder(max_tokens=limit)
    chunks = chunk(read, 7, embedder)
    assert [one.chunk_id for one in chunks] == [f"art_any.7.{n}" for n in range(len(chunks))]
    quotable = [span for span in read.spans if span.kind in QUOTABLE]
    covered: list[int] = []
    for one in chunks:
        assert one.text == read.text[one.start : one.end] != ""
        assert one.text == one.text.strip()
        assert embedder.token_count(embedding_text(one)) <= limit
        for at in range(one.start, one.end):
            inside = [span for span in quotable if span.start <= at < span.end]
            assert read.text[at].isspace() or [span.kind for span in inside] == [one.kind]
        assert not any(span.kind not in QUOTABLE and span.start < one.end and span.end > one.start
                       for span in read.spans)
        covered += range(one.start, one.end)
    assert covered == sorted(set(covered))
    letters = {at for span in quotable for at in range(span.start, span.end) if not read.text[at].isspace()}
    assert letters <= set(covered)


@settings(max_examples=40)
@given(paragraphs=st.lists(PARAGRAPH, min_size=1, max_size=8))
def test_a_sentence_that_fits_is_never_cut(paragraphs: list[str]) -> None:
    read = article("any", *paragraphs)
    borders = {(s.start, s.end) for span in read.spans for s in split(read.text, span.start, span.end)}
    starts, ends = {start for start, _ in borders}, {end for _, end in borders}
    for one in chunk(read, 1, HashingEmbedder()):
        assert one.start in starts
        assert one.end in ends


def test_chunks_are_about_as_long_as_aimed_at() -> None:
    embedder = HashingEmbedder()
    sentence = "This sentence of the report has nine short words here. "
    read = article("long", *(sentence * 3 for _ in range(40)))
    sizes = [embedder.token_count(one.text) for one in chunk(read, 1, embedder)]
    assert all(TARGET // 2 <= size <= TARGET for size in sizes[:-1])
    assert sum(sizes) == embedder.token_count(read.text)


def test_a_short_paragraph_joins_its_neighbours_and_a_crumb_its_predecessor() -> None:
    read = article("short", "One line.", "Another line.", "A third.")
    assert [one.text for one in chunk(read, 1, HashingEmbedder())] == [
        "One line.\n\nAnother line.\n\nA third."]
    long = "word " * 110 + "end."
    read = article("crumb", long, "A crumb.")
    assert [one.text for one in chunk(read, 1, HashingEmbedder())] == [f"{long}\n\nA crumb."]


def test_a_teaser_parts_the_body_and_is_in_no_chunk() -> None:
    text = "First part.\n\nREAD MORE: 900 ships sunk …\n\nSecond part."
    spans = (Span(0, 11, "body"), Span(13, 40, "teaser"), Span(text.index("Second"), len(text), "body"))
    made = chunk(replace(article("t"), text=text, spans=spans), 1, HashingEmbedder())
    assert [(one.kind, one.text) for one in made] == [("body", "First part."), ("body", "Second part.")]


def test_headline_caption_and_body_are_chunks_of_their_own() -> None:
    text = "The headline\nThe body.\nA caption."
    spans = (Span(0, 12, "headline"), Span(13, 22, "body"), Span(23, 33, "caption"))
    made = chunk(replace(article("h"), text=text, spans=spans), 1, HashingEmbedder())
    assert [(one.kind, one.text) for one in made] == [
        ("headline", "The headline"), ("body", "The body."), ("caption", "A caption.")]


def test_the_address_of_an_article_without_title_is_for_the_word_index_alone() -> None:
    read = article("h", "Text.", title=None, published=Sourced(date(2026, 3, 4), "text"),
                   url="https://example.org/2026/03/04/lightship-bell-found/index.html")
    made = chunk(read, 1, HashingEmbedder())[0]
    assert made.header == "2026-03-04\nlightship bell found"
    assert embedding_text(made) == "2026-03-04\nText."
    index = TantivyWords(None)
    index.add([made])
    assert [hit.chunk_id for hit in index.matching("lightship", 3)] == [made.chunk_id]
    assert index.matching_articles("lightship", 3)[0].lead > 0
    undated = chunk(replace(read, published=None), 1, HashingEmbedder())[0]
    assert (undated.header, embedding_text(undated)) == ("\nlightship bell found", "Text.")
    titled = chunk(replace(read, title=Sourced("A bell", "text")), 1, HashingEmbedder())[0]
    assert titled.header == "A bell | 2026-03-04", "a title says it better"


def test_the_header_names_title_publisher_and_date() -> None:
    read = article("h", "Text.", title=Sourced("The  title\nof it", "text"),
                   publisher=Sourced("Echo", "text"), published=Sourced(date(2026, 3, 4), "text"))
    made = chunk(read, 1, HashingEmbedder())[0]
    assert made.header == "The title of it | Echo | 2026-03-04"
    assert embedding_text(made) == "The title of it | Echo | 2026-03-04\nText."
    bare = chunk(replace(read, title=None, publisher=None, published=None), 1, HashingEmbedder())[0]
    assert embedding_text(bare) == "Text."


@pytest.mark.parametrize("words", ["word " * 400 + "end.", "x" * 30_000, "w" * 3_000 + " so " + "y" * 3_000])
def test_a_sentence_too_long_to_embed_is_cut_between_words_with_true_offsets(words: str) -> None:
    embedder = HashingEmbedder(max_tokens=64)
    read = article("long", words)
    made = chunk(read, 1, embedder)
    assert len(made) > 1
    assert all(embedder.token_count(embedding_text(one)) <= 64 for one in made)
    assert "".join("".join(one.text.split()) for one in made) == "".join(words.split())
    if " " in words[:3000]:
        assert all(part in ("word", "end.") for one in made for part in one.text.split())


def test_an_article_without_quotable_text_has_no_chunks() -> None:
    advert = replace(article("none", "Buy now."), spans=(Span(0, 8, "advert"),))
    assert chunk(advert, 1, HashingEmbedder()) == ()
    assert chunk(article("empty"), 1, HashingEmbedder()) == ()
