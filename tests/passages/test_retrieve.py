"""Passages for a question: two searches fused, weighed by time, spread over articles and origins."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import Article, Chunk, Filters, Passage, Source, Sourced
from service.passages.hints import read_hints
from service.passages.inbox import Upload
from service.passages.retrieve import Ranking, Retriever
from service.ports import Entry, Hit, Vectors
from tests.support.archives import HARBOUR, MAYOR, RECIPE, Opened, article, published

QUERY = "how many people were moved out of the old town?"


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


async def test_the_score_is_the_weighted_sum_of_what_each_search_found(at: Opened) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    query = "knead dough"
    ranking = Ranking(cosine=3.0, words=5.0, article=7.0, lead=11.0)
    found = await retriever(at, ranking).retrieve(query, limit=9)
    weight = at.store.weight(query)
    assert weight > 0
    cosine = {hit.chunk_id: hit.score for hit in at.store.nearest((await at.embedder.embed([query]))[0], 9)}
    words = {hit.chunk_id: hit.score for hit in at.store.matching(query, 9)}
    (about,) = at.store.matching_articles(query, 9)
    (recipe,) = words
    least = {"words": words[recipe] / 2, "article": about.whole * 0.7}
    for passage in found:
        key = passage.chunk.chunk_id
        own = key == recipe
        expected = (3 * cosine[key] + 5 * words.get(key, least["words"]) / weight
                    + 7 * (about.whole if own else least["article"]) / weight + 11 * (about.lead if own else 0) / weight)
        assert passage.score == pytest.approx(expected, rel=1e-4)


BURIED = ("The council of Osmer sat for nine hours and heard of roads, schools, drains, libraries and two bus lines.",
          "Divers found the bell of the lightship.", "Rates rise by a tenth, and the market moves to Friday in June.")


async def test_a_passage_is_as_near_as_its_nearest_sentence(at: Opened) -> None:
    """With the vectors of its sentences an article needs only one that answers."""
    texts = {"buried": " ".join(BURIED), "beside": "The bell of the old church was cast in the lightship's year by divers."}
    await at.archive.add([Upload(f"{name}.txt", text.encode(), file_id=name) for name, text in texts.items()])
    query = "divers found the bell of the lightship"
    vector = (await at.embedder.embed([query]))[0]
    only = {"words": 0.0, "article": 0.0, "lead": 0.0, "cosine": 3.0}
    found = await retriever(at, Ranking(**only)).retrieve(query, limit=9)
    whole = await retriever(at, Ranking(**only, sentences=False)).retrieve(query, limit=9)
    none = await retriever(at, Ranking(**only, sentence_pool=0)).retrieve(query, limit=9)
    cosine = {hit.chunk_id: hit.score for hit in at.store.nearest(vector, 9)}
    nearest = at.record.sentence_cosines(list(cosine), vector)
    assert {p.chunk.chunk_id: p.score for p in whole} == pytest.approx({key: 3 * cosine[key] for key in cosine})
    assert {p.chunk.chunk_id: p.score for p in found} == pytest.approx(
        {key: 3 * max(cosine[key], nearest[key]) for key in cosine})
    assert files(whole) == files(none) == ["beside", "buried"]
    assert files(found) == ["buried", "beside"]
    assert [p.dense for p in found] == [pytest.approx(cosine[p.chunk.chunk_id]) for p in found], "the passage's own"
    assert found.confidence == whole.confidence


async def test_what_one_search_alone_ranks_is_not_compared_by_sentences(at: Opened) -> None:
    await at.archive.add([Upload("a.txt", " ".join(BURIED).encode(), file_id="a")])
    plain = [(p.chunk.chunk_id, p.score) for p in await retriever(at, Ranking(dense=False, sentences=False)).retrieve(
        "bell of the lightship", limit=9)]
    assert [(p.chunk.chunk_id, p.score) for p in await retriever(at, Ranking(dense=False)).retrieve(
        "bell of the lightship", limit=9)] == plain != []


async def test_in_a_long_question_words_count_more(at: Opened) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    question = "knead dough flour water bread oven yeast salt"
    plain = Ranking(cosine=0.0, article=0.0, lead=0.0, words=1.0, short=8)
    score = (await retriever(at, plain).retrieve(question, limit=1))[0].score
    longer = Ranking(cosine=0.0, article=0.0, lead=0.0, words=1.0, short=4)
    assert (await retriever(at, longer).retrieve(question, limit=1))[0].score == pytest.approx(2 * score)


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


SAME = "People were moved out of the old town."


async def test_a_fresh_article_counts_more_and_among_old_ones_none_is_preferred(at: Opened) -> None:
    asked = date(2026, 5, 1)
    days = {"a-old": date(1999, 1, 1), "b-fresh": date(2026, 4, 30), "c-undated": None, "d-year": date(2025, 4, 30)}
    await published(at.record, *(dated(name, day, SAME) for name, day in days.items()), store=at.store)

    async def scores(ranking: Ranking, query: str = QUERY, as_of: date | None = asked) -> dict[str, float]:
        found = await retriever(at, ranking).retrieve(query, limit=9, as_of=as_of)
        return {p.source.filename.removesuffix(".txt"): p.score for p in found}

    bare = await scores(Ranking(recency=0.0, fresh_recency=0.0))
    weighed = await scores(Ranking(recency=2.0))
    assert weighed.keys() == days.keys()
    for name in ("a-old", "c-undated", "d-year"):
        assert weighed[name] == pytest.approx(bare[name])
    assert weighed["b-fresh"] == pytest.approx(bare["b-fresh"] + 2 * math.exp(-0.01))
    assert await scores(Ranking(recency=2.0), as_of=None) == pytest.approx(bare)


@pytest.mark.parametrize("question", ["how many people were moved out in May 2024?", "how many were moved out last June?"])
async def test_a_time_that_the_question_names_overrides_recency(at: Opened, question: str) -> None:
    await published(at.record, dated("old", date(2024, 5, 2), SAME), dated("new", date(2026, 4, 30), SAME), store=at.store)
    found = await retriever(at).retrieve(question, limit=9, as_of=date(2026, 5, 1))
    plain = await retriever(at, Ranking(recency=0.0, fresh_recency=0.0)).retrieve(question, limit=9, as_of=date(2026, 5, 1))
    assert [p.score for p in found] == [p.score for p in plain]


async def test_asked_a_year_later_the_order_is_that_without_dates(at: Opened) -> None:
    await published(at.record, *(dated(f"n{n}", date(2026, 3, 1 + n), f"{SAME} Street {n} is dry.") for n in range(9)),
                    store=at.store)
    later = await retriever(at).retrieve(QUERY, limit=9, as_of=date(2027, 3, 20))
    assert files(later) == files(await retriever(at).retrieve(QUERY, limit=9))


async def test_what_fits_best_by_content_stays_among_the_first_however_fresh_the_rest_is(at: Opened) -> None:
    old = dated("old", date(2020, 1, 1), "The dyke at Osmer broke and 4,200 people were moved out of the old town.")
    noise = [dated(f"new{n:02}", date(2026, 4, 30), f"The old town of people {n} was out.") for n in range(30)]
    await published(at.record, old, *noise, store=at.store)
    question, asked = "how many people were moved out of the old town when the dyke at Osmer broke?", date(2026, 5, 1)
    assert files(await retriever(at).retrieve(question, limit=1)) == ["old"]
    strong = Ranking(recency=1000.0)
    assert "old" in files(await retriever(at, strong).retrieve(question, limit=10, as_of=asked))
    unguarded = Ranking(recency=1000.0, reserved=0)
    assert "old" not in files(await retriever(at, unguarded).retrieve(question, limit=10, as_of=asked))


async def test_a_publisher_and_a_day_that_are_named_come_first(at: Opened) -> None:
    def by(name: str, publisher: str, day: date) -> Article:
        return dated(name, day, SAME, publisher=Sourced(publisher, "text"))

    await published(at.record, by("a", "Harbour Post", date(2026, 3, 1)), by("b", "The Echo | Valley News", date(2026, 3, 2)),
                    by("c", "Time", date(2026, 3, 3)), store=at.store)
    search = retriever(at)
    assert files(await search.retrieve("people moved out, as The Echo reported", limit=1)) == ["b"]
    assert files(await search.retrieve("people moved out, says Harbour Post", limit=1)) == ["a"]
    assert files(await search.retrieve("people moved out on 3 March 2026", limit=1)) == ["c"]
    off = Ranking(publisher=0.0, coverage=0.0, day=0.0)
    assert {p.score for p in await retriever(at, off).retrieve("out, at that time, says Harbour Post", limit=9)} == {
        p.score for p in await retriever(at, Ranking(publisher=0.0, coverage=0.0)).retrieve(
            "out, at that time, says Harbour Post", limit=9)}


@pytest.mark.parametrize(("question", "publisher", "expected"), [
    ("what did CNBC say of the people moved out?", "Cnbc | World Business", True),
    ("what did Cnbc say of the people moved out?", "Cnbc | World Business", True),
    ("what did the Age say of the people moved out?", "The Age", True),
    ("people moved out at that age", "The Age", False),
    ("people moved out this time", "Time", False),
    ("WHAT TIME WERE PEOPLE MOVED OUT?", "Time", False),
    ("people moved out, TIME reports", "Time", True),
])
def test_a_publisher_is_named_with_its_capitals(question: str, publisher: str, expected: bool) -> None:
    named = read_hints(question, [publisher, "Harbour Post"], None).publishers
    assert named == (frozenset({publisher}) if expected else frozenset())


async def test_a_misspelt_word_is_read_as_the_archive_spells_it(at: Opened) -> None:
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    found = await retriever(at).retrieve("how do you knaed the dough?", limit=1)
    assert (found.query, files(found)) == ("how do you knead the dough?", ["recipe"])
    plain = await retriever(at, Ranking(spelling=False)).retrieve("knaed", limit=9)
    assert {p.lexical for p in plain} == {None}
    assert (await retriever(at).retrieve("what is pizza?", limit=1)).query == "what is pizza?", "an English word stays"


async def test_confidence_is_a_share_and_nothing_for_an_archive_without_an_answer(at: Opened) -> None:
    assert (await retriever(at).retrieve(QUERY, limit=3)).confidence == 0.0
    await published(at.record, HARBOUR, MAYOR, RECIPE, store=at.store)
    near = await retriever(at).retrieve("4,200 people were moved out of the old town on Monday night", limit=3)
    far = await retriever(at).retrieve("zeppelin quartz fjord", limit=3)
    assert 0 <= far.confidence < near.confidence <= 1


async def test_an_old_event_that_the_question_is_about_stays_on_top(at: Opened) -> None:
    old = dated("old", date(1953, 2, 3), "In the storm tide of 1953 some 700 people were moved out of the old town.")
    noise = [dated(f"new{n}", date(2026, 4, 30), f"The old town holds its market on day {n}.") for n in range(15)]
    await published(at.record, old, *noise, store=at.store)
    question = "how many people were moved out in the storm tide of 1953?"
    assert files(await retriever(at, Ranking(recency=0.0)).retrieve(question, limit=1)) == ["old"]
    assert "old" in files(await retriever(at).retrieve(question, limit=3, as_of=date(2026, 5, 1)))


class Ranked:
    """A store that gives one ranking, whatever vector is near."""

    def __init__(self, ids: list[str]) -> None:
        self._ids = ids

    def nearest(self, _vector: object, limit: int, _within: object = None) -> list[Hit]:
        return [Hit(chunk_id, 1.0 - n / 1000) for n, chunk_id in enumerate(self._ids[:limit])]

    def weight(self, _query: str) -> float:
        return 1.0

    def spelt(self, word: str) -> str:
        return word


class Held:
    """A record of passages alone, each with its article and origin."""

    def __init__(self, held: dict[str, tuple[Chunk, Source]]) -> None:
        self._held = held

    def revision(self) -> int:
        return 1

    def catalogue(self) -> list[Entry]:
        return [Entry(f"{source.file_id}.1", source.file_id, 99, None, None, source.origin_id)
                for source in dict.fromkeys(source for _, source in self._held.values())]

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
        held[f"{source.file_id}.1.{n:03}"] = (Chunk(f"{source.file_id}.1.{n:03}", source.file_id, n, 0, 1, "x", ""), source)
    ranking = Ranking(lexical=False, sentences=False, per_article=per_article, per_origin=per_origin, reserved=0)
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
