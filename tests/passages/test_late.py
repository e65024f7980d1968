"""Sentences of an upload that came alone: embedded after it is acknowledged."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np

from service.passages.inbox import Upload
from service.ports import Sentences
from tests.support.archives import Opened

TEXT = b"The council of Osmer met on Friday.\n\nIts clerk counted forty boats. The mayor counted fifty.\n"


def told(at: Opened, file_id: str) -> Sentences | None:
    """An article's sentences."""
    return at.record.readings([file_id])[file_id][1]


async def test_an_upload_is_acknowledged_before_its_sentences_and_has_them_when_the_archive_closes(
    at: Opened, tmp_path: Path
) -> None:
    at.archive.prepare()
    await at.archive.add([Upload("a.txt", TEXT, file_id="a")])
    assert told(at, "a") is None
    assert at.store.matching("forty boats", 1)[0].chunk_id.startswith("a.")
    await at.archive.close()
    late = told(at, "a")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "b.txt").write_bytes(TEXT)
    await at.archive.ingest([tmp_path / "news"])
    (other,) = [one.file_id for one in at.record.known() if one.file_id != "a"]
    at_once = told(at, other)
    assert late is not None
    assert at_once is not None
    assert late.places == at_once.places
    assert len(late.places) == 3
    assert np.array_equal(late.vectors, at_once.vectors)


async def test_sentences_are_made_when_no_upload_comes_for_a_moment(at: Opened) -> None:
    await at.archive.add([Upload("a.txt", TEXT, file_id="a")])
    for _ in range(500):
        if told(at, "a"):
            break
        await asyncio.sleep(0.02)
    assert told(at, "a") is not None


async def test_few_articles_wait_for_their_sentences(at: Opened) -> None:
    for number in range(6):
        await at.archive.add([Upload(f"{number}.txt", TEXT, file_id=f"n{number}")])
        waiting = [n for n in range(number + 1) if told(at, f"n{n}") is None]
        assert len(waiting) <= 4, "those beyond have theirs at once"
    await at.archive.close()
    assert all(told(at, f"n{number}") for number in range(6))


async def test_what_is_gone_or_another_by_then_gets_no_sentences(at: Opened) -> None:
    await at.archive.add([Upload("a.txt", TEXT, file_id="a")])
    await at.archive.add([Upload("b.txt", TEXT, file_id="b")])
    await at.archive.remove(["a"])
    await at.archive.add([Upload("b.txt", b"The pier of Osmer is shut.\n", file_id="b")])
    await at.archive.close()
    made = told(at, "b")
    assert made is not None
    assert [at.record.article("b").text[start:end] for start, end, _ in made.places] == ["The pier of Osmer is shut."]
    assert set(at.record.readings(["a", "b"])) == {"b"}
