"""Lines that an outlet's articles share, learned while ingesting; and updates and sources through the archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.articles.boilerplate import FEWEST_ORIGINS, lines_of, without
from service.articles.read import read_bytes
from service.domain import Article
from service.passages.relations import article_with_reliance
from tests.support.archives import Opened, opened

TIP = "Our reporters in Kelm are glad of every hint that they are given."
STORIES = (
    ("Bakers", "The bakers of Ulmen on the Isar have asked Mayor Anders Brok for cheaper flour, Wilma Teed said on Monday, "
     "and the Guild of Ulmen will meet in Castle Rosk."),
    ("Miners", "In the Dorn valley the miners of Pit Karla found water, Inspector Lev Morin told Radio Dorn, and the Tessen "
     "Company sent pumps from Port Vale on Friday."),
    ("Chess", "Grandmaster Ines Quell beat Tomas Barde in the final of the Cup of Zerbst, and Professor Ulla Venn, of "
     "the College of Marn, gave her the Silver Rook."),
    ("Storks", "Ten storks have nested in Halden, the Bird Society of Orme said, and Farmer Joost Hagen, of Lower Halden, "
     "will keep his tractor off Long Meadow until July."),
    ("Ferry", "The ferry Olga ran aground off Cape Sund, Captain Runa Dahl said, and the Coast Guard of Eastmark towed her "
     "to Port Amund with 31 people from Aske and Vik."),
)  # fmt: skip


def _page(title: str, story: str, *, day: int = 3) -> str:
    return (
        f"Publisher: The Kelm Courier\nDate: {day} March 2026\n\n{title} in the news of the day\n\n{story}\n\n{TIP}\n\n"
        f"The paper will follow the matter of the {title.lower()} in the days to come.\n"
    )


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Opened]:
    archive = opened(tmp_path / "data")
    yield archive
    archive.store.close()
    archive.record.close()


def _write(folder: Path, pages: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in pages.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def _by_name(at: Opened) -> dict[str, Article]:
    return {one.filename: at.record.article(one.file_id) for one in at.record.known()}


def _kind_of(article: Article, words: str) -> str:
    start = article.text.index(words)
    return next(span.kind for span in article.spans if span.start <= start < span.end)


async def test_a_line_of_many_stories_is_learned_and_articles_read_before_are_corrected(
    at: Opened, tmp_path: Path
) -> None:
    pages = {title: _page(title, story) for title, story in STORIES}
    *first, last = pages
    folder = _write(tmp_path / "news", {title: pages[title] for title in first})
    await at.archive.ingest([folder])
    before = _by_name(at)
    assert {_kind_of(one, TIP) for one in before.values()} == {"body"}
    _write(folder, {last: pages[last]})
    report = await at.archive.ingest([folder])
    after = _by_name(at)
    assert (report.added, report.updated, report.unchanged) == (1, 0, FEWEST_ORIGINS - 1)
    assert {_kind_of(one, TIP) for one in after.values()} == {"share"}
    assert {_kind_of(one, "The paper will follow") for one in after.values()} == {"body"}
    assert {one.file_id for one in before.values()} < {one.file_id for one in after.values()}
    assert not at.record.leftovers()
    shown = at.record.passages([hit.chunk_id for hit in at.store.matching("reporters glad of every hint", 20)])
    assert all(TIP not in chunk.text for chunk, _source in shown.values())


async def test_an_article_that_comes_later_is_read_without_the_learned_lines(at: Opened, tmp_path: Path) -> None:
    folder = _write(tmp_path / "news", {title: _page(title, story) for title, story in STORIES})
    await at.archive.ingest([folder])
    versions = {one.file_id: one.version for one in at.record.known()}
    _write(folder, {"late": _page("Skaters", "Two skaters of Lake Ymer were fined because they had danced on Sunday.")})
    report = await at.archive.ingest([folder])
    assert (report.added, report.unchanged) == (1, len(STORIES))
    assert _kind_of(_by_name(at)["late.txt"], TIP) == "share"
    assert versions.items() < {one.file_id: one.version for one in at.record.known()}.items()


async def test_reprints_of_one_text_teach_nothing(at: Opened, tmp_path: Path) -> None:
    title, story = STORIES[0]
    folder = _write(tmp_path / "news", {f"copy-{number}": _page(title, story) for number in range(7)})
    await at.archive.ingest([folder])
    assert {_kind_of(one, TIP) for one in _by_name(at).values()} == {"body"}


async def test_a_sentence_that_stories_about_one_thing_share_stays(at: Opened, tmp_path: Path) -> None:
    background = (
        "The dam of Osmer above Kelm broke on Monday, and Mayor Anders Brok asked the County of Lenn, the Red Cross of "
        "Eastmark and the Army of Norland for help with the evacuation of Lower Kelm."
    )
    news = (
        "Divers have now searched the cellars of all nineteen streets by the river and found two cats. One of them had "
        "sat on a piano for three days. The other bit its rescuer, who has to take tablets for a week.",
        "Schools will stay shut for another week since their heating stands under mud and water. Lessons are given in "
        "the museum, between stuffed owls, and teachers say that nobody has ever listened so well.",
        "Insurers expect to pay for carpets, cars and pianos, and have sent forty people to look at them. They carry "
        "lamps, because there is no light yet, and write down what neighbours remember of each room.",
        "A choir sang on the bridge at noon for those who had carried sandbags through the night. Rain fell during the "
        "second song, and some who listened began to laugh, since they could not get any wetter than they were.",
        "Nobody may drink from the tap before the laboratory has looked at forty more samples of it. Bottles are handed "
        "out behind the station, six for each grown person, and tea is sold out in every shop of the county.",
    )
    folder = _write(
        tmp_path / "news",
        {f"n{number}": f"Publisher: Kelm Courier\n\nFlood, day {number + 2} of it\n\n{line}\n\n{background}\n"
         for number, line in enumerate(news)},
    )  # fmt: skip
    await at.archive.ingest([folder])
    found = _by_name(at)
    assert len({one.origin_id for one in found.values()}) >= FEWEST_ORIGINS
    assert {_kind_of(one, background) for one in found.values()} == {"body"}


def test_an_article_of_nothing_but_learned_lines_keeps_them() -> None:
    article = read_bytes(f"{TIP}\n".encode(), source="s", filename="a.txt")
    assert len(lines_of(article)) == 1
    assert without(article, lines_of(article)) is article


async def test_an_update_is_told_in_the_order_of_time_and_is_no_reprint(at: Opened, tmp_path: Path) -> None:
    story = (
        "The fire in the oil port of Amund burned on through the night, Captain Runa Dahl of the Eastmark Fire Service "
        "said. Ships from Port Vale, Aske and Lower Vik were turned away. Mayor Ines Quell asked the people of Castle "
        "Hill, Long Meadow and Harbour Street to keep their windows shut. The Tessen Company, which owns the tanks, said "
        "that the cause was not known. Schools in Amund and Aske stay shut. The army of Norland has sent helicopters."
    )
    monday = f"{story} So far 12 people have been hurt, according to Doctor Lev Morin of the Saint Olga Hospital."
    tuesday = f"{story} By noon 31 people had been hurt and two had died, Doctor Lev Morin of the Saint Olga Hospital said."
    page = "Publisher: The Kelm Courier\nDate: {} March 2026\n\nFire in the oil port of Amund\n\n{}\n"
    folder = _write(tmp_path / "news", {"a": page.format(2, monday), "b": page.format(3, tuesday)})
    await at.archive.ingest([folder])
    found = _by_name(at)
    told = {name: (one.reprint_of, one.update_of) for name, one in found.items()}
    assert told == {"a.txt": (None, None), "b.txt": (None, found["a.txt"].file_id)}
    assert found["a.txt"].origin_id == found["b.txt"].origin_id
    await at.archive.remove([found["a.txt"].file_id])
    assert _by_name(at)["b.txt"].update_of is None


async def test_an_interview_that_articles_share_is_named_and_merges_nothing(at: Opened, tmp_path: Path) -> None:
    folder = _write(
        tmp_path / "news",
        {
            "told": "Envoy praises clinics\n\nThe envoy told the state-run newspaper Norland Gazette on Sunday that all was "
            "free. “When we offered to pay our friends for the beds, they were offended,” he said. He was cheerful.\n",
            "quoted": "Beds for nothing\n\nTravellers get beds for nothing, it has become known. “When we offered to pay our "
            "friends for the beds, they were offended and asked us never to do it again,” said the envoy.\n",
            "alone": "Harvest is late\n\nThe harvest is late this year, growers said, because of the frost in May.\n",
        },
    )
    await at.archive.ingest([folder])
    ids = {one.filename: one.file_id for one in at.record.known()}
    told = {name: article_with_reliance(at.record, file_id).rests_on for name, file_id in ids.items()}
    assert told == {"told.txt": ("Norland Gazette",), "quoted.txt": ("Norland Gazette",), "alone.txt": ()}
    assert len({one.origin_id for one in _by_name(at).values()}) == 3
