"""Files of kinds that nobody means to write: each is read for what it has, or set aside with a reason that says why."""

from __future__ import annotations

import gzip
import json

import pytest

from service.articles.read import read_all
from service.articles.readings import Spoiled
from service.domain import Article
from service.errors import ReadError

WORDS = "The night ferry ran aground off Merrow Point on Tuesday, and all on board were brought ashore."
PAGE = f"<h1>Ferry aground</h1><p>{WORDS}</p><p>{WORDS.replace('Tuesday', 'Wednesday')}</p>".encode()
RSS = f'<rss version="2.0"><channel><item><guid>x</guid><description>{WORDS}</description></item></channel></rss>'
LINES = [json.dumps({"id": number, "text": f"{WORDS} {number}"}) for number in range(3)]
IDS: tuple[object, ...] = ({}, [], -1, 1.5, None, True, "", "\0", "../x", "a" * 5000, "#", "a#b")

READ: dict[str, tuple[bytes, int]] = {
    "charset-unknown.html": (b'<meta charset="klingon-9">' + PAGE, 1),
    "charset-no-text.html": (b'<meta charset="zlib_codec">' + PAGE, 1),
    "charset-wrong.html": (b'<meta charset="utf-16">' + PAGE, 1),
    "tag-without-end.html": (PAGE + b"<" + b"a" * 200_000, 1),
    "script-without-end.html": (PAGE + b"<script>" + b"x" * 200_000, 1),
    "entities.html": (b"&#x110000;&#xD800;&#0;&nosuch;" * 2_000 + PAGE, 1),
    "days-that-are-none.html": (b'<time datetime="2025-13-45"></time><time datetime="99999-01-01"></time>' + PAGE, 1),
    "date-that-is-none.eml": (b"Subject: x\nDate: Mon, 99 Foo 99999 99:99:99 +9999\nFrom: =?utf-8?b?////?= <a@b>\n\n"
                              + WORDS.encode(), 1),
    "ids-of-all-kinds.jsonl": ("\n".join(
        json.dumps({"id": one, "text": f"{WORDS} {at}"}) for at, one in enumerate(IDS)).encode(), 12),
    "marks-on-each-line.jsonl": (b"\n".join(b"\xef\xbb\xbf" + line.encode() for line in LINES), 3),
    "values-beyond-measure.json": (json.dumps({"text": WORDS, "published": "0000-00-00", "title": "x" * 99_999,
                                               "url": "javascript:alert(1)", "authors": ["a"] * 99_999}).encode(), 1),
    "bin.rtf": (b"{\\rtf1 \\bin999999999 " + WORDS.encode() + b"}", 1),
    "halves.rtf": (b"{\\rtf1 " + b"\\u99999?\\u-1?\\u55357?" * 500 + WORDS.encode() + b"}", 1),
    "far-away.xml": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">' + RSS.encode(), 1),
    "same-ids.rss": ((RSS.replace("</item>", f"</item><item><guid>x</guid><description>Twice. {WORDS}</description></item>")
                      ).encode(), 2),
    "brackets.md": (b"![a](" * 20_000 + WORDS.encode(), 1),
}
ASIDE = {
    "no-mark.txt": (WORDS.encode("utf-16-le"), "NUL bytes"),
    "number-too-long.json": (b'{"id": ' + b"9" * 20_000 + b', "text": "a b"}', "is no JSON"),
    "charset-unknown.eml": (b"Subject: x\nContent-Type: text/plain; charset=klingon\n\n" + WORDS.encode(), "unknown encoding"),
    "no-boundary.eml": (b"Subject: x\nContent-Type: multipart/mixed\n\n" + WORDS.encode(), "no text of its own"),
    "packed-twice.txt.gz": (gzip.compress(gzip.compress(WORDS.encode())), "is a gzip file, not text"),
    "breaks-off.txt.gz": (gzip.compress(WORDS.encode() * 99)[:-20], "breaks off"),
    "wrong-sum.txt.gz": (gzip.compress(WORDS.encode())[:-8] + b"\0" * 8, "damaged"),
}


@pytest.mark.parametrize("name", READ)
def test_an_odd_file_is_read_for_what_it_has(name: str) -> None:
    data, count = READ[name]
    found = list(read_all(data, source="s", filename=name, max_bytes=20_000_000))
    articles = [one for one in found if isinstance(one, Article)]
    assert len(articles) == len(found) == count
    assert all(WORDS in one.text for one in articles)
    assert all(one.published is None and (one.url is None or one.url.startswith("http")) for one in articles)


@pytest.mark.parametrize("name", ASIDE)
def test_an_odd_file_that_cannot_be_read_says_why(name: str) -> None:
    data, reason = ASIDE[name]
    with pytest.raises(ReadError, match=reason) as refused:
        list(read_all(data, source="s", filename=name, max_bytes=20_000_000))
    assert name in str(refused.value)
    assert refused.value.advice


def test_lines_that_end_in_a_return_alone_or_are_no_articles_are_spoiled_one_by_one() -> None:
    found = list(read_all("\r".join(LINES).encode(), source="s", filename="a.jsonl", max_bytes=20_000_000))
    assert [type(one) for one in found] == [Spoiled]
    parts = [{"text": ["a", "b"]}, 5, None, "x", {"text": {"a": 1}}, {"text": WORDS}]
    found = list(read_all(json.dumps(parts).encode(), source="s", filename="a.json", max_bytes=20_000_000))
    assert [type(one) for one in found] == [Spoiled] * 5 + [Article]
