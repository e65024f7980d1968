"""Rich text, RSS and Atom feeds, and .zip files: what is read of them, what is set aside, and why."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from service.articles import zip_files
from service.articles.read import format_of, read_all, read_articles, text_of_file
from service.articles.readings import Spoiled
from service.domain import Article, Sourced
from service.errors import ReadError, TooLargeError
from service.passages.remarking import remarked
from tests.support.archives import opened

FIRST = "The night ferry Halcyon ran aground off Merrow Point on Tuesday, and all 212 people on board were brought ashore."
SECOND = "The captain had reported fog an hour before, said the harbour office, which opened an inquiry on Wednesday."
RTF = (r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Draft 7}}{\*\generator Riched20;}\f0\fs24 "
       r"Ferry aground\par " + FIRST + r"\par\par The caf\'e9 \u8222?by the quay\u8220? stayed {\b open}. " + SECOND + r"\par}")
RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Merrow Ledger</title>
<item><title>Ferry aground &amp; safe</title><link>https://ledger.example/ferry.html</link><guid>l-1</guid>
<dc:creator>Ann Reed</dc:creator><pubDate>Wed, 05 Mar 2025 07:00:00 GMT</pubDate><description>In short.</description>
<content:encoded><![CDATA[<p>{FIRST}</p><script>alert(1)</script><p>{SECOND}</p>]]></content:encoded></item>
<item><title>Nothing said</title><guid>l-2</guid></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour notes</title><entry><id>urn:n:1</id>
<title>Fog</title><updated>2025-03-06T01:00:00Z</updated><summary type="text">{SECOND}</summary></entry></feed>"""


def zipped(files: dict[str, bytes]) -> bytes:
    """A .zip file of some files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def read(data: bytes, filename: str, max_bytes: int = 1_000_000) -> tuple[dict[str, Article], dict[str, str]]:
    """The articles of a file by name, and what is spoiled in it."""
    found = list(read_all(data, source="s", filename=filename, max_bytes=max_bytes))
    return ({one.filename: one for one in found if isinstance(one, Article)},
            {one.key: one.error for one in found if isinstance(one, Spoiled)})


def body(article: Article) -> list[str]:
    """The words of the story's paragraphs."""
    return [article.text[span.start : span.end] for span in article.spans if span.kind == "body"]


def test_rich_text_is_read_with_its_signs_and_without_its_markup() -> None:
    article = read(RTF.encode(), "ferry.rtf")[0]["ferry.rtf"]
    assert article.text == f"Ferry aground\n\n{FIRST}\n\nThe café „by the quay“ stayed open. {SECOND}"
    assert body(article) == [FIRST, f"The café „by the quay“ stayed open. {SECOND}"]
    assert article.title == Sourced("Ferry aground", "headline")


@pytest.mark.parametrize(("data", "reason"), [
    (b"plain words", "is no rich text file"),
    (b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}}", "has no text"),
    (b"{\\rtf1 " + b"{" * 200_000, "has no text"),
    (b"{\\rtf1\\ansicpg99999 " + FIRST.encode() + b"}", None),
])
def test_rich_text_that_is_broken_is_set_aside(data: bytes, reason: str | None) -> None:
    if reason is None:
        assert body(read(data, "a.rtf")[0]["a.rtf"]) == [FIRST]
        return
    with pytest.raises(ReadError, match=reason):
        read(data, "a.rtf")


def test_an_entry_of_a_feed_is_an_article_with_what_the_feed_tells() -> None:
    articles, spoiled = read(RSS.encode(), "ledger.xml")
    article = articles["ledger.xml#l-1"]
    assert body(article) == [FIRST, SECOND]
    assert (article.title, article.author) == (Sourced("Ferry aground & safe", "field"), Sourced("Ann Reed", "field"))
    assert (article.publisher, article.url) == (Sourced("The Merrow Ledger", "field"), "https://ledger.example/ferry.html")
    assert article.published == Sourced(date(2025, 3, 5), "field")
    assert len(articles) == 1
    assert list(spoiled) == ["article 2"]
    assert "has no text" in spoiled["article 2"]
    fog = read(gzip.compress(ATOM.encode()), "notes.atom.gz")[0]["notes.atom.gz#urn:n:1"]
    assert (body(fog), fog.published) == ([SECOND], Sourced(date(2025, 3, 6), "field"))


@pytest.mark.parametrize(("data", "reason"), [
    ("<urlset><url><loc>https://ledger.example/</loc></url></urlset>", "is no RSS or Atom feed"),
    ("https://ledger.example/feed", "is no RSS or Atom feed"),
    ('<rss version="2.0"><channel><title>Empty</title></channel></rss>', "has no entries"),
])
def test_what_is_no_feed_is_set_aside(data: str, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read(data.encode(), "a.xml")


def test_entities_of_a_feed_neither_grow_nor_open_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("what nobody may read")
    head = (f'<!DOCTYPE r [<!ENTITY s SYSTEM "file://{tmp_path}/secret"><!ENTITY a "ha"><!ENTITY b "'
            + "&a;" * 50 + '"><!ENTITY c "' + "&b;" * 50 + '"><!ENTITY d "' + "&c;" * 50 + '"><!ENTITY e "' + "&d;" * 50 + '">]>')
    data = RSS.replace('<?xml version="1.0"?>', head).replace("In short.", "&s;&e;")
    try:
        articles, _ = read(data.encode(), "a.rss")
    except ReadError:
        return
    assert not any("nobody may read" in one.text or one.text.count("ha") > 100 for one in articles.values())


def test_the_files_of_a_zip_file_are_articles_each_under_its_name_there() -> None:
    files = {
        "n/a.txt": FIRST.encode(), "n/b.html": f"<h1>Fog</h1><p>{FIRST}</p><p>{SECOND}</p>".encode(),
        "c.jsonl": (json.dumps({"id": "x", "text": SECOND}) + "\n{").encode(), "d.txt.gz": gzip.compress(SECOND.encode()),
        "p.png": b"\x89PNG", ".hidden/a.txt": FIRST.encode(), "__MACOSX/._a.txt": b"\0\5", "feed.rss": RSS.encode(),
    }
    articles, spoiled = read(zipped(files), "in/news.zip")
    assert set(articles) == {f"in/news.zip#{name}" for name in ("n/a.txt", "n/b.html", "c.jsonl#x", "d.txt.gz", "feed.rss#l-1")}
    assert body(articles["in/news.zip#n/b.html"]) == [FIRST, SECOND]
    assert body(articles["in/news.zip#c.jsonl#x"]) == [SECOND]
    assert set(spoiled) == {"c.jsonl#line 2", "feed.rss#article 2"}
    assert [format_of(name) for name in sorted(articles)] == [".jsonl", ".txt", ".rss", ".txt", ".html"]


def test_harm_in_a_zip_file_is_set_aside_and_the_rest_is_read() -> None:
    files = {
        "../../up.txt": FIRST.encode(), "/etc/a.txt": FIRST.encode(), "big.txt": b"0" * 3_000_000, "good.txt": FIRST.encode(),
        "inner.zip": zipped({"a.txt": FIRST.encode()}), "empty.txt": b"",
    }
    articles, spoiled = read(zipped(files), "a.zip")
    assert set(articles) == {"a.zip#good.txt"}
    assert set(spoiled) == {"../../up.txt", "/etc/a.txt", "big.txt", "inner.zip", "empty.txt"}
    assert "unpacks to more than 1,000,000 bytes" in spoiled["big.txt"]
    assert "is no name of a file" in spoiled["../../up.txt"]
    assert "is packed twice" in spoiled["inner.zip"]


def test_a_locked_or_damaged_file_in_a_zip_file_is_set_aside() -> None:
    data = bytearray(zipped({"a.txt": FIRST.encode() * 9, "b.txt": SECOND.encode() * 9}))
    data[45] ^= 0xFF
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[at + 8] |= 1
    articles, spoiled = read(bytes(data), "a.zip")
    assert not articles
    assert "can't be unpacked" in spoiled["a.txt"]
    assert "locked with a password" in spoiled["b.txt"]


def test_a_zip_file_that_unpacks_to_too_much_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_files, "_TIMES", 3)
    bomb = zipped({f"{number}.txt": FIRST.encode() + b" " * 990_000 for number in range(6)})
    with pytest.raises(TooLargeError, match="unpacks to more than 3,000,000 bytes"):
        read(bomb, "a.zip")
    for data in (b"PK\x03\x04 broken", b"words", zipped({})):
        with pytest.raises(ReadError):
            read(data, "a.zip")


def test_the_text_of_one_article_in_a_zip_file_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "news.zip"
    path.write_bytes(zipped({"n/a.txt": FIRST.encode(), "c.jsonl": json.dumps({"id": "x", "text": SECOND}).encode()}))
    for name, text in (("news.zip#n/a.txt", FIRST), ("news.zip#c.jsonl#x", SECOND), ("news.zip#gone.txt", None)):
        assert text_of_file(path, name, max_bytes=1_000_000) == text


def test_an_article_in_a_zip_file_is_marked_anew_from_its_markup(tmp_path: Path) -> None:
    path = tmp_path / "news.zip"
    path.write_bytes(zipped({"a.txt": FIRST.encode(), "b.html": f"<h1>Fog</h1><p>{FIRST}</p><nav><p>{SECOND}</p></nav>".encode()}))
    for one in read_articles(path, source="s", filename="news.zip", max_bytes=1_000_000):
        assert isinstance(one, Article)
        assert remarked(one, 1_000_000) == one


async def test_of_a_changed_zip_file_only_what_changed_is_work(tmp_path: Path) -> None:
    archive = opened(tmp_path / "data")
    try:
        path = tmp_path / "in" / "news.zip"
        path.parent.mkdir()
        path.write_bytes(zipped({"a.txt": FIRST.encode(), "b.txt": SECOND.encode()}))
        first = await archive.archive.ingest([path.parent])
        path.write_bytes(zipped({"a.txt": FIRST.encode(), "c.txt": f"{SECOND} {FIRST}".encode()}))
        second = await archive.archive.ingest([path.parent], prune=True)
        again = await archive.archive.ingest([path.parent], prune=True)
        assert (first.added, first.failed) == (2, ())
        assert (second.added, second.updated, second.unchanged, second.removed) == (1, 0, 1, 1)
        assert (again.added, again.updated, again.unchanged, again.removed) == (0, 0, 2, 0)
        assert {one.filename for one in archive.record.known()} == {"news.zip#a.txt", "news.zip#c.txt"}
    finally:
        archive.close()
