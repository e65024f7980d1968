"""What every record does with threads and with the replies of a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from service.adapters.record import SqlRecord
from service.domain import Turn
from service.errors import NotFoundError
from service.ports import WholeRecord
from tests.support.archives import HARBOUR, MAYOR, published


@pytest.fixture
def record(url: str) -> Iterator[WholeRecord]:
    """An empty record of each kind."""
    record = SqlRecord(url)
    yield record
    record.close()


def turn(number: int, standalone: str | None = None) -> Turn:
    """A turn of a thread."""
    return Turn(f"question {number}?", standalone, f"ans_{number}", "answered", "2026-11-22T00:00:00Z")


def answer(number: int, *files: str, standalone: str | None = None) -> dict[str, Any]:
    """An answer that cites these files."""
    citations = [{"index": i, "file_id": file, "cited_text": "Wexel"} for i, file in enumerate(files, 1)]
    return {"id": f"ans_{number}", "created": "2026-11-22T00:00:00Z", "answer": "Wexel", "citations": citations,
            "nearest": [], "standalone_question": standalone}


def test_a_thread_keeps_its_turns_in_order_and_only_the_last_ones(record: WholeRecord) -> None:
    for number in range(1, 8):
        record.add_turn("thr_a", turn(number, f"alone {number}?" if number % 2 else None), turns=5, days=90)
        record.add_turn("other:1.2", turn(100 + number), turns=5, days=90)
    assert record.turns("thr_a") == [turn(n, f"alone {n}?" if n % 2 else None) for n in range(3, 8)]
    assert len(record.turns("other:1.2")) == 5


def test_a_thread_without_turns_is_not_found(record: WholeRecord) -> None:
    with pytest.raises(NotFoundError, match="thr_none"):
        record.turns("thr_none")


def test_a_thread_belongs_to_the_key_that_claims_it_first(record: WholeRecord) -> None:
    assert record.claim_thread("desk", "key1") == "key1"
    with pytest.raises(NotFoundError):
        record.turns("desk")
    assert record.claim_thread("desk", "key2") == "key1"
    record.add_turn("desk", turn(1), turns=5, days=90)
    assert (record.claim_thread("desk", "key2"), record.claim_thread("desk", "key1")) == ("key1", "key1")
    assert record.turns("desk") == [turn(1)]
    record.add_turn("free", turn(2), turns=5, days=90)
    assert record.claim_thread("free", "key1") is None


def test_of_many_keys_that_claim_a_thread_at_once_one_gets_it(record: WholeRecord) -> None:
    with ThreadPoolExecutor(8) as threads:
        owners = list(threads.map(lambda number: record.claim_thread("desk", f"key{number}"), range(16)))
    assert len(set(owners)) == 1
    assert owners[0] is not None


def test_a_thread_without_a_new_question_for_long_is_forgotten(record: WholeRecord, url: str) -> None:
    record.add_turn("old", turn(1), turns=5, days=90)
    record.add_turn("young", turn(2), turns=5, days=90)
    _run(url, "update threads set updated='2020-01-01T00:00:00Z' where id='old'")
    record.add_turn("young", turn(3), turns=5, days=90)
    with pytest.raises(NotFoundError):
        record.turns("old")
    assert record.turns("young") == [turn(2), turn(3)]
    assert _run(url, "select count(*) from thread_turns") == [(2,)]


def test_turns_that_come_at_once_are_all_kept(record: WholeRecord) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: record.add_turn("busy", turn(n), turns=50, days=90), range(20)))
    assert sorted(int(one.answer_id.removeprefix("ans_")) for one in record.turns("busy")) == list(range(20))


async def test_a_takedown_takes_the_questions_that_may_hold_its_words(record: SqlRecord) -> None:
    await published(record, HARBOUR, MAYOR)
    for number, file, alone in ((1, "art_mayor", None), (2, "art_harbour", "alone of 1?"), (3, "art_mayor", "Wexel?"),
                                (4, "art_mayor", None)):
        record.save_answer(answer(number, file, standalone=alone))
        record.add_turn("thr_a", turn(number, alone), turns=50, days=90)
    record.save_answer(answer(5, "art_mayor", standalone="of another thread?"))
    record.add_turn("thr_b", turn(5, "of another thread?"), turns=50, days=90)
    record.remove(["art_harbour"], redact=True)
    assert [one.standalone for one in record.turns("thr_a")] == [None, "alone of 1?", None, None]
    assert [one.standalone for one in record.turns("thr_b")] == ["of another thread?"]
    assert [record.answer(f"ans_{n}")["standalone_question"] for n in (2, 3)] == ["alone of 1?", None]
    assert "Wexel?" not in json.dumps(record.answer("ans_3"))


def test_a_reply_comes_back_until_others_push_it_out(record: WholeRecord) -> None:
    for number in range(1, 5):
        record.save_answer(answer(number, "art_a"))
    for number in range(1, 4):
        record.keep_reply(f"key{number}", {"said": [number, "é\ud83d"]}, f"ans_{number}", size=2)
    assert record.reply("key1") is None
    assert record.reply("key2") == {"said": [2, "é\ud83d"]}
    record.keep_reply("key4", [], "ans_4", size=2)
    assert record.reply("key3") is None, "key2 was used later than key3"
    assert record.reply("key2") == {"said": [2, "é\ud83d"]}
    record.keep_reply("key2", "other", "ans_4", size=2)
    assert record.reply("key2") == "other"
    assert record.reply("key4") == []


async def test_a_takedown_purges_replies_behind_answers_that_show_the_file(record: SqlRecord) -> None:
    await published(record, HARBOUR, MAYOR)
    for number, file in ((1, "art_harbour"), (2, "art_mayor")):
        record.save_answer(answer(number, file))
        record.keep_reply(f"key{number}", number, f"ans_{number}", size=10)
    record.remove(["art_harbour"], redact=True)
    assert record.reply("key1") is None
    assert record.reply("key2") == 2


def _run(url: str, statement: str) -> list[Any]:
    """Run a statement in a record's database from outside; its rows."""
    engine = create_engine(url)
    with engine.begin() as database:
        done = database.execute(text(statement))
        found = [tuple(row) for row in done] if done.returns_rows else []
    engine.dispose()
    return found
