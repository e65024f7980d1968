"""What every record does, over every adapter of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from service.adapters.record import SqlRecord
from service.domain import Filters, Source, Sourced
from service.errors import BusyError, NotFoundError, SettingsError, StateError, UsageError
from service.ports import Failure, Known, Record
from tests.support.archives import FLOOD, HARBOUR, MAYOR, RECIPE, article, draft, published
from tests.support.postgres import PostgresServer


@pytest.fixture
def record(url: str) -> Iterator[SqlRecord]:
    """An empty record."""
    record = SqlRecord(url)
    yield record
    record.close()


def test_it_is_a_record(record: SqlRecord) -> None:
    port: Record = record
    assert port.totals() == (0, 0)
    assert port.vectors()[0] == []
    assert port.within(Filters()) is None
    assert port.articles().items == ()


async def test_an_article_comes_back_whole(record: SqlRecord) -> None:
    odd = replace(
        article("odd", "Nul \0, lone \ud83d, astral 🚢, combining e\u0301.", "Second."),
        author=Sourced("A. Writer", "byline"), credit=Sourced("Harbour Post", "text"), origin_id="org_1",
        reprint_of="Harbour Post", path="/news/caf\udce9.txt",
        published=Sourced(FLOOD, "front matter"), publisher=Sourced("Echo", "caller"), url="https://x.example")
    await published(record, odd, HARBOUR)
    assert record.article("art_odd") == odd
    assert record.article("art_harbour") == HARBOUR


async def test_staged_articles_are_seen_by_nobody_until_published(record: SqlRecord) -> None:
    await published(record, HARBOUR)
    pending = await draft(MAYOR, record.reserve(1))
    revision, contents = record.revision(), record.contents()
    record.stage([pending])
    ids = [one.chunk_id for one in pending.chunks]
    with pytest.raises(NotFoundError, match="art_mayor"):
        record.article("art_mayor")
    assert record.totals() == (1, 1)
    assert record.passages(ids) == {}
    assert record.vectors(ids)[0] == []
    assert [one.file_id for one in record.known()] == ["art_harbour"]
    assert record.leftovers() == ids
    assert (record.revision(), record.contents()) == (revision, contents)
    record.publish([("art_mayor", pending.version)])
    assert list(record.passages(ids)) == ids
    assert record.leftovers() == []
    assert record.revision() > revision


async def test_a_new_version_replaces_the_old_in_one_step(record: SqlRecord) -> None:
    old = (await published(record, HARBOUR))[0]
    new = (await published(record, replace(HARBOUR, text=HARBOUR.text.replace("4,200", "4,500"))))[0]
    assert new.version > old.version
    assert "4,500" in record.article("art_harbour").text
    assert record.totals() == (1, 1)
    assert record.leftovers() == [one.chunk_id for one in old.chunks]
    before = record.contents()
    record.sweep()
    assert record.leftovers() == []
    assert record.contents() != before
    assert list(record.passages([one.chunk_id for one in (*old.chunks, *new.chunks)])) == [
        one.chunk_id for one in new.chunks]


async def test_sweeping_undoes_what_was_only_staged(record: SqlRecord) -> None:
    await published(record, HARBOUR)
    record.stage([await draft(replace(HARBOUR, text="Half." + HARBOUR.text[5:]), record.reserve(1))])
    record.sweep()
    assert record.article("art_harbour") == HARBOUR
    assert record.leftovers() == []


async def test_passages_carry_their_words_and_source(record: SqlRecord) -> None:
    made = (await published(record, HARBOUR, MAYOR, RECIPE))[0]
    chunk = made.chunks[0]
    found = record.passages(["art_nobody.1.0", "nonsense", chunk.chunk_id, chunk.chunk_id])
    assert found == {chunk.chunk_id: (chunk, Source(
        "art_harbour", "harbour.txt", HARBOUR.sha256, "On harbour", "Harbour Post", FLOOD,
        "https://example.org/h", "art_harbour", None))}
    assert chunk.text == HARBOUR.text[chunk.start : chunk.end]


async def test_filters_leave_the_chunks_of_the_articles_that_fit(record: SqlRecord) -> None:
    await published(record, HARBOUR, MAYOR, RECIPE)

    def files(filters: Filters, not_after: date | None = None) -> set[str] | None:
        left = record.within(filters, not_after=not_after)
        return None if left is None else {one.split(".")[0].removeprefix("art_") for one in left}

    assert files(Filters(published_after=FLOOD)) == {"harbour", "mayor"}
    assert files(Filters(published_before=FLOOD)) == {"harbour"}
    assert files(Filters(publishers=("the valley echo", "nobody"))) == {"mayor"}
    assert files(Filters(file_ids=("art_recipe",))) == {"recipe"}
    assert files(Filters(file_ids=("art_recipe",), published_after=FLOOD)) == set()
    assert files(Filters(), FLOOD) == {"harbour", "recipe"}
    assert files(Filters(), date(2026, 3, 4)) is None
    assert files(Filters()) is None


async def test_vectors_come_back_by_chunk_whatever_the_order_asked(record: SqlRecord) -> None:
    long = article("long", *(f"Paragraph {n} " + "word " * 60 for n in range(6)))
    drafts = await published(record, HARBOUR, long)
    expected = {one.chunk_id: row for made in drafts
                for one, row in zip(made.chunks, made.vectors, strict=True)}
    assert len(expected) > 4
    ids, matrix = record.vectors()
    assert dict(zip(ids, map(bytes, matrix), strict=True)) == {i: bytes(v) for i, v in expected.items()}
    asked = [*list(expected)[::-2], "art_long.99.0", "junk", next(iter(expected)).rsplit(".", 1)[0] + ".77"]
    ids, matrix = record.vectors(asked)
    assert sorted(ids) == sorted(set(asked) & set(expected))
    for chunk_id, row in zip(ids, matrix, strict=True):
        np.testing.assert_array_equal(row, expected[chunk_id])
    assert [chunk for chunks, _ in record.chunks() for chunk in chunks] == [
        chunk for made in drafts for chunk in made.chunks]


async def test_the_list_is_paged_by_name(record: SqlRecord) -> None:
    await published(record, *(article(f"a{n % 5}x{n}", "Text.", filename=f"{n % 5}.txt") for n in range(11)))
    seen, cursor = [], None
    while True:
        page = record.articles(limit=3, cursor=cursor)
        assert len(page.items) <= 3
        seen += [(one.filename, one.file_id) for one in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert len(seen) == 11
    assert seen == sorted(seen)
    for broken in ("", "x", "bnVsbA", "WzEsMl0", "😀"):
        with pytest.raises(UsageError):
            record.articles(cursor=broken)


async def test_the_outlets_are_those_of_live_articles(record: SqlRecord) -> None:
    assert record.publishers() == {}
    second = article("second", "The dyke held on Tuesday.", publisher=Sourced("Harbour Post", "text"))
    await published(record, HARBOUR, second, MAYOR, RECIPE)
    record.stage([await draft(replace(RECIPE, publisher=Sourced("Not Yet", "text")), record.reserve(1))])
    assert list(record.publishers().items()) == [("Harbour Post", 2), ("The Valley  Echo", 1)]
    record.remove(["art_mayor"], redact=False)
    assert record.publishers() == {"Harbour Post": 2}


async def test_known_articles_say_what_they_were_made_from(record: SqlRecord) -> None:
    await published(record, RECIPE)
    assert record.known() == [
        Known("art_recipe", 1, "/news", "recipe.txt", "/news/recipe.txt", RECIPE.sha256, "test")]


async def test_origins_are_set_for_live_articles(record: SqlRecord) -> None:
    await published(record, HARBOUR, MAYOR)
    assert [(one.file_id, one.origin_id, one.signature) for one in record.signatures()] == [
        ("art_harbour", "", b"signature of art_harbour"), ("art_mayor", "", b"signature of art_mayor")]
    record.set_origins({"art_mayor": ("org_x", "Harbour Post", "art_harbour")})
    told = {one.file_id: (one.origin_id, one.reprint_of) for one in record.articles().items}
    assert told == {"art_harbour": ("art_harbour", None), "art_mayor": ("org_x", "Harbour Post")}
    assert {one.file_id: one.update_of for one in record.signatures()} == {
        "art_harbour": None, "art_mayor": "art_harbour"}


def test_version_numbers_are_never_given_twice(record: SqlRecord, url: str) -> None:
    first = record.reserve(3)
    again = SqlRecord(url)
    assert again.reserve(1) == first + 3
    assert record.reserve(1) == first + 4
    again.close()


async def test_a_takedown_leaves_no_word_in_the_database(record: SqlRecord, url: str) -> None:
    secret = article("secret", "The witness Quillfeather lives in Plumsted.")
    await published(record, secret, HARBOUR)
    quote = {"index": 1, "file_id": "art_secret", "filename": "secret.txt", "cited_text": "Quillfeather",
             "start_char_index": 12, "end_char_index": 24}
    telling = {
        "id": "ans_1", "created": "2026-11-22T00:00:00Z", "question": "who?", "answer": "Quillfeather [1].",
        "statements": [{"text": "Quillfeather [1].", "answer_start": 0, "answer_end": 17, "citations": [1]}],
        "citations": [quote], "sources": [], "nearest": [], "claims": []}
    record.save_answer(telling)
    record.keep_reply("before", {"lines": ["Quillfeather"]}, "ans_1", size=5)
    record.save_answer({"id": "ans_2", "created": "2026-11-22T00:00:00Z", "citations": [], "nearest": []})
    assert record.remove(["art_secret", "art_nobody"], redact=True) == ["art_secret"]
    record.save_answer(telling | {"id": "ans_late"})
    record.keep_reply("late", {"lines": ["Quillfeather"]}, "ans_late", size=5)
    assert (record.reply("before"), record.reply("late")) == (None, None)
    for answer_id in ("ans_1", "ans_late"):
        assert record.answer(answer_id)["answer"] == "Withdrawn [1]."
    assert record.answer("ans_2") == {
        "id": "ans_2", "created": "2026-11-22T00:00:00Z", "citations": [], "nearest": []}
    assert record.totals() == (1, 1)
    record.sweep()
    if url.startswith("sqlite"):  # PostgreSQL's files keep dead rows until it vacuums them
        folder = Path(url.removeprefix("sqlite:///")).parent
        for path in folder.iterdir():
            assert b"Quillfeather" not in path.read_bytes(), path.name


async def test_removal_without_redaction_keeps_answers_as_they_were(record: SqlRecord) -> None:
    await published(record, HARBOUR)
    answer = {"id": "ans_1", "created": "2026-11-22T00:00:00Z", "answer": "A [1].", "nearest": [],
              "citations": [{"index": 1, "file_id": "art_harbour", "cited_text": "A"}]}
    record.save_answer(answer)
    record.remove(["art_harbour"], redact=False)
    assert record.answer("ans_1") == answer
    assert record.totals() == (0, 0)


def test_answers_and_feedback_are_kept(record: SqlRecord) -> None:
    answer = {"id": "ans_9", "created": "2026-11-22T00:00:00Z", "answer": "Où? 🚢", "n": [1, None, 2.5]}
    record.save_answer(answer)
    assert record.answer("ans_9") == answer
    record.save_feedback("ans_9", "wrong", "no\0 ship")
    for call in (lambda: record.answer("ans_0"), lambda: record.save_feedback("ans_0", "helpful", None)):
        with pytest.raises(NotFoundError, match="ans_0"):
            call()


def test_failures_stay_until_the_file_is_read(record: SqlRecord) -> None:
    record.note_reading({"/b": "binary", "/a\udce9": "empty"}, [])
    record.note_reading({"/b": "still binary"}, ["/c"])
    assert [(one.path, one.error) for one in record.failures()] == [
        ("/a\udce9", "empty"), ("/b", "still binary")]
    record.note_reading({}, ["/b"])
    assert [type(one) for one in record.failures()] == [Failure]


def test_meta_values_are_kept_and_forgotten(record: SqlRecord) -> None:
    record.set_meta("a", "1")
    record.set_meta("a", "2")
    assert record.meta("a") == "2"
    record.set_meta("a", None)
    assert record.meta("a") is None


async def test_everything_is_there_after_opening_again(record: SqlRecord, url: str) -> None:
    await published(record, HARBOUR)
    state = record.contents(), record.revision(), record.totals()
    record.close()
    again = SqlRecord(url)
    assert (again.contents(), again.revision(), again.totals()) == state
    assert again.article("art_harbour") == HARBOUR
    again.close()


def test_a_database_of_a_newer_version_is_refused_with_the_repair(record: SqlRecord, url: str) -> None:
    record.close()
    engine = create_engine(url)
    with engine.begin() as database:
        database.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StateError, match="9999") as told:
        SqlRecord(url)
    assert "install the newer OnRecord" in told.value.advice


def test_two_that_open_a_new_archive_at_once_both_get_it(url: str, request: pytest.FixtureRequest) -> None:
    if not url.startswith("sqlite"):
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.bare()
    with ThreadPoolExecutor(4) as pool:
        records = list(pool.map(SqlRecord, [url] * 4))
    assert sorted(record.reserve(1) for record in records) == [1, 2, 3, 4]
    for record in records:
        record.close()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "record.sqlite3").write_bytes(b"not a database " * 100)
    with pytest.raises(StateError, match="not a database"):
        SqlRecord(f"sqlite:///{tmp_path / 'record.sqlite3'}")
    with pytest.raises(SettingsError, match="ONRECORD_DATABASE_URL"):
        SqlRecord("no url at all")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StateError):
        SqlRecord(f"sqlite:///{tmp_path / 'file' / 'record.sqlite3'}")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(), min_size=1, max_size=60), min_size=1, max_size=3))
async def test_any_text_comes_back_code_point_by_code_point(record: SqlRecord, texts: list[str]) -> None:
    odd = article("any", *texts)
    await published(record, odd)
    assert record.article("art_any").text == odd.text
    record.sweep()


async def test_what_another_process_swept_away_is_not_made_live(record: SqlRecord, url: str) -> None:
    await published(record, HARBOUR)
    pending = [await draft(one, record.reserve(1)) for one in (replace(HARBOUR, text="New." + HARBOUR.text[4:]), MAYOR)]
    record.stage(pending[:1])
    other = SqlRecord(url)
    other.sweep()
    other.close()
    record.stage(pending[1:])
    with pytest.raises(StateError, match="another process has undone") as told:
        record.publish([(one.article.file_id, one.version) for one in pending])
    assert told.value.retryable
    assert record.article("art_harbour") == HARBOUR
    assert record.totals() == (1, 1)


def test_two_processes_never_have_a_shared_record_s_turn_at_once(record: SqlRecord, url: str) -> None:
    other = SqlRecord(url)
    mine = record.take_turn()
    assert mine is not None
    if record.shared:
        assert record.identity() == other.identity()
        assert other.take_turn(wait=False) is None
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(other.take_turn)
            mine.release()
            theirs = waiting.result()
        assert theirs is not None
        assert record.take_turn(wait=False) is None
        theirs.release()
        record.own()
        with pytest.raises(BusyError, match="owns the archive") as told:
            other.own()
        assert "qdrant://" in told.value.advice
        record.close()
        other.own()
    else:
        assert record.identity() is None, "a file of one machine, whose folder has a lock"
    mine.release()
    other.close()


async def test_contents_that_were_followed_are_those_that_are_counted_anew(record: SqlRecord, url: str) -> None:
    def counted() -> tuple[int, str]:
        again = SqlRecord(url)
        try:
            return again.contents()
        finally:
            again.close()

    seen = [record.contents()]
    drafts = await published(record, HARBOUR, MAYOR)
    seen.append(record.contents())
    assert seen[-1] == counted()
    await published(record, MAYOR)
    assert record.contents() == counted()
    assert record.contents()[0] == sum(len(one.chunks) for one in [*drafts, drafts[1]]), "the one replaced is dead"
    record.sweep()
    seen.append(record.contents())
    assert seen[-1] == counted()
    record.set_origins({"art_harbour": ("art_harbour", None, None)})
    assert record.contents() == seen[-1] == counted()
    record.remove(["art_harbour"], redact=True)
    assert record.contents() == seen[-1] == counted(), "dead until it is swept"
    record.sweep()
    seen.append(record.contents())
    assert seen[-1] == counted()
    for number in range(70):
        record.set_origins({"art_mayor": (f"o{number}", None, None)})
    assert record.contents() == seen[-1] == counted()
    assert len(set(seen)) == len(seen)
