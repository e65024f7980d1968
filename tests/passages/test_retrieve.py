"""Passages for a question: two searches fused, weighed by time, spread over articles and origins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import Article, Chunk, Filters, Passage, Source, Sourced
from service.passages.retrieve import Ranking, Retriever
from service.ports import Hit, Vectors
from tests.support.archives import HARBOUR, MAYOR, RECIPE, Opened, article, opened, published

QUERY = "how many people were moved out of the old town?"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Opened]:
    """An empty archive, open for writing."""
    (tmp_path / "data").mkdir()
    archive = opened(tmp_path / "data")
    yield archive
    archive.close()


def retriever(at: Opened, ranking: Ranking | None = None) -> Retriever:
    return Retriever(at.record, at.store, at.embedder, ranking)


def files(found: list[Passage]) -> list[str]:
    return [passage.source.filename.removesuffix(".txt") for passage in found]


def dated(name: str, day: date | None, *paragraphs: str, **changes: object) -> Article:
    return article(name, *paragraphs, published=Sourced(day, "text") if day else None, **changes)


async def test_the_passage_that_says_it_comes_first_with_both_scores(at: Opened) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    found = await retriever(at).retrieve("4,200 people moved out, the county said", limit=3)
    assert files(found)[0] == "harbour"
    first = found[0]
    assert first.source == Source(
        "art_harbour", "harbour.txt", HARBOUR.sha256, "On harbour", "Harbour Post", date(2026, 3, 3),
        "https://example.org/h", first.source.origin_id, None)
    assert HARBOUR.text[first.chunk.start : first.chunk.end] == first.chunk.text
    assert first.dense is not None
    assert first.lexical is not None
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)


async def test_each_search_can_be_switched_off(at: Opened) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    dense = await retriever(at, Ranking(lexical=False)).retrieve("knead dough", limit=9)
    lexical = await retriever(at, Ranking(dense=False)).retrieve("knead dough", limit=9)
    assert {p.lexical for p in dense} == {None}
    assert {p.dense for p in lexical} == {None}
    assert files(lexical) == ["recipe"]
    assert set(files(dense)) == {"harbour", "mayor", "recipe"}
    assert await retriever(at, Ranking(dense=False, lexical=False)).retrieve("knead dough", limit=9) == []


async def test_the_score_is_the_sum_of_reciprocal_ranks(at: Opened) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    found = await retriever(at, Ranking(rank_constant=10)).retrieve("knead dough", limit=9)
    by_vector = await retriever(at, Ranking(lexical=False)).retrieve("knead dough", limit=9)
    by_words = await retriever(at, Ranking(dense=False)).retrieve("knead dough", limit=9)
    places = [[p.chunk.chunk_id for p in ranked] for ranked in (by_vector, by_words)]
    for passage in found:
        key = passage.chunk.chunk_id
        assert passage.score == pytest.approx(sum(1 / (11 + ids.index(key)) for ids in places if key in ids))


async def test_no_more_come_than_were_asked_for_and_nothing_from_nothing(at: Opened) -> None:
    assert await retriever(at).retrieve(QUERY, limit=3) == []
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    assert len(await retriever(at).retrieve(QUERY, limit=2)) == 2
    assert await retriever(at).retrieve(QUERY, limit=0) == []


@pytest.mark.parametrize(("filters", "expected"), [
    (Filters(), {"harbour", "mayor", "recipe"}),
    (Filters(publishers=("Harbour Post",)), {"harbour"}),
    (Filters(publishers=("Harbour Post", "The Valley  Echo")), {"harbour", "mayor"}),
    (Filters(published_after=date(2026, 3, 4)), {"mayor"}),
    (Filters(published_before=date(2026, 3, 3)), {"harbour"}),
    (Filters(published_after=date(2026, 3, 3), published_before=date(2026, 3, 4)), {"harbour", "mayor"}),
    (Filters(file_ids=("art_recipe",)), {"recipe"}),
    (Filters(file_ids=("art_recipe",), publishers=("Harbour Post",)), set()),
    (Filters(file_ids=("art_gone",)), set()),
])
async def test_filters_leave_only_the_articles_they_name(at: Opened, filters: Filters, expected: set[str]) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    assert set(files(await retriever(at).retrieve(QUERY, limit=9, filters=filters))) == expected


@pytest.mark.parametrize(("as_of", "expected"), [
    (date(2026, 3, 2), {"recipe"}), (date(2026, 3, 3), {"harbour", "recipe"}),
    (date(2026, 3, 4), {"harbour", "mayor", "recipe"}), (None, {"harbour", "mayor", "recipe"}),
])
async def test_the_day_of_asking_leaves_later_articles_out_and_keeps_those_without_a_date(
    at: Opened, as_of: date | None, expected: set[str]
) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    assert set(files(await retriever(at).retrieve(QUERY, limit=9, as_of=as_of))) == expected


async def test_the_day_of_asking_and_a_filter_hold_together(at: Opened) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    before = Filters(published_before=date(2026, 3, 31))
    assert set(files(await retriever(at).retrieve(QUERY, limit=9, filters=before, as_of=date(2026, 3, 3)))) == {"harbour"}


COPY = ("About 4,200 people were moved out of the old town on Monday night, the county said.",
        "The river rose by two metres and broke the dyke at Osmer, and the old town stood under water.")
OTHER = "The mayor put the number of people moved out of the old town at 3,000 at most."


async def test_one_story_reprinted_twenty_times_still_shows_the_one_that_differs(at: Opened) -> None:
    copies = [article(f"copy{n:02}", *COPY, origin_id="org_copy") for n in range(20)]
    await published(at.record, *copies, article("other", OTHER, origin_id="org_other"), store=at.store)
    found = await retriever(at).retrieve(QUERY, limit=12)
    assert "other" in files(found)[:9]
    assert len(found) == 12
    unspread = await retriever(at, Ranking(per_article=99, per_origin=99)).retrieve(QUERY, limit=40)
    assert {p.chunk.chunk_id for p in found} <= {p.chunk.chunk_id for p in unspread}


async def test_a_long_story_reprinted_twenty_times_still_shows_the_one_that_differs(at: Opened) -> None:
    long = [f"{COPY[0]} People were moved out of the old town by boat number {n}. " + f"Street {n} of the old town is dry. " * 22
            for n in range(7)]
    copies = [article(f"copy{n:02}", *long, origin_id="org_copy") for n in range(20)]
    await published(at.record, *copies, article("other", "At most 3,000 left, Mayor Brandt told the council of the town.",
                                                origin_id="org_other"), store=at.store)
    assert at.store.count() > 100
    assert "other" in files(await retriever(at).retrieve(QUERY, limit=24))


async def test_one_long_article_does_not_crowd_out_a_short_one(at: Opened) -> None:
    long = [f"{COPY[0]} " + f"Street {n} of the old town is dry. " * 40 for n in range(10)]
    await published(at.record, article("long", *long), article("short", OTHER), store=at.store)
    found = files(await retriever(at).retrieve(QUERY, limit=6))
    assert "short" in found[:5]
    assert found.count("long") == 5


async def test_a_fresh_article_counts_a_little_more_but_an_old_one_is_never_removed(at: Opened) -> None:
    asked = date(2026, 5, 1)
    same = "People were moved out of the old town."
    old, fresh = dated("a-old", date(1999, 1, 1), same), dated("b-fresh", date(2026, 4, 30), same)
    await published(at.record, old, fresh, dated("c-undated", None, same), store=at.store)
    found = await retriever(at).retrieve(QUERY, limit=9, as_of=asked)
    assert sorted(files(found)) == ["a-old", "b-fresh", "c-undated"]
    scores = dict(zip(files(found), (p.score for p in found), strict=True))
    plain = await retriever(at, Ranking(recency_weight=0.0)).retrieve(QUERY, limit=9, as_of=asked)
    bare = dict(zip(files(plain), (p.score for p in plain), strict=True))
    assert scores["a-old"] == pytest.approx(bare["a-old"])
    assert scores["c-undated"] == pytest.approx(bare["c-undated"])
    assert bare["b-fresh"] < scores["b-fresh"] < 1.16 * bare["b-fresh"]


async def test_an_old_event_that_the_question_is_about_stays_on_top(at: Opened) -> None:
    old = dated("old", date(1953, 2, 3), "In the storm tide of 1953 some 700 people were moved out of the old town.")
    noise = [dated(f"new{n}", date(2026, 4, 30), f"The old town holds its market on day {n}.") for n in range(15)]
    await published(at.record, old, *noise, store=at.store)
    question = "how many people were moved out in the storm tide of 1953?"
    assert files(await retriever(at, Ranking(recency_weight=0.0)).retrieve(question, limit=1)) == ["old"]
    assert "old" in files(await retriever(at).retrieve(question, limit=3, as_of=date(2026, 5, 1)))


class Ranked:
    """A store that gives one ranking, whatever vector is near."""

    def __init__(self, ids: list[str]) -> None:
        self._ids = ids

    def nearest(self, _vector: object, limit: int, _within: object = None) -> list[Hit]:
        return [Hit(chunk_id, 1.0 - n / 1000) for n, chunk_id in enumerate(self._ids[:limit])]

class Held:
    """A record of passages alone, each with its article and origin."""

    def __init__(self, held: dict[str, tuple[Chunk, Source]]) -> None:
        self._held = held

    def within(self, _filters: Filters) -> None:
        return None

    def passages(self, chunk_ids: list[str]) -> dict[str, tuple[Chunk, Source]]:
        return {chunk_id: self._held[chunk_id] for chunk_id in chunk_ids}


class Flat:
    """An embedder whose vectors say nothing."""

    async def embed(self, texts: list[str]) -> Vectors:
        return np.ones((len(texts), 1), np.float32)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=40), st.integers(0, 40), st.integers(1, 5),
       st.integers(1, 9))
async def test_spreading_loses_nothing_and_holds_back_only_what_crowds(
    owners: list[tuple[int, int]], limit: int, per_article: int, per_origin: int
) -> None:
    held = {}
    for n, (file, origin) in enumerate(owners):
        name = f"{file}-{origin}"
        source = Source(f"art_{name}", f"{name}.txt", "0", None, None, None, None, f"org_{origin}", None)
        held[f"c{n:03}"] = (Chunk(f"c{n:03}", source.file_id, n, 0, 1, "x", ""), source)
    ranking = Ranking(lexical=False, per_article=per_article, per_origin=per_origin)
    search = Retriever(Held(held), Ranked(list(held)), Flat(), ranking)  # type: ignore[arg-type]
    whole = await search.retrieve("x", limit=len(held) + 1)
    assert sorted(p.chunk.chunk_id for p in whole) == sorted(held)
    assert (await search.retrieve("x", limit=limit)) == whole[:limit]
    articles: dict[str, int] = {}
    origins: dict[str, int] = {}
    order = [p.chunk.chunk_id for p in whole]
    expected_first = []
    for chunk_id, (_, source) in held.items():
        if articles.get(source.file_id, 0) < per_article and origins.get(source.origin_id, 0) < per_origin:
            expected_first.append(chunk_id)
            articles[source.file_id] = articles.get(source.file_id, 0) + 1
            origins[source.origin_id] = origins.get(source.origin_id, 0) + 1
    assert order[: len(expected_first)] == expected_first
    assert order[len(expected_first) :] == [c for c in held if c not in expected_first]
