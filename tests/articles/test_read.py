"""Files and bytes to articles: encodings, limits, identity, and what can't be read."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.articles.encodings import decode
from service.articles.metadata import Metadata
from service.articles.read import LONGEST_LINE, SUFFIXES, read_article, read_bytes, text_of_file
from service.domain import Article, Sourced
from service.errors import OnRecordError, ReadError, TooLargeError

TEXT = (
    "Café owner “closes” terrace – for good\n\nThe owner of the café on Rue d’Été, Zoë Müller, has closed "
    "its terrace.\n\n"
    "She paid €40 a day for it, she said…\n"
)
POLISH = (
    "Właściciel kawiarni w Łodzi zamknął taras, który przez dwadzieścia lat był znany w całym "
    "mieście.\n\nMówił o tym źle.\n"
)
RUSSIAN = (
    "Владелец кафе закрыл террасу, которую двадцать лет знал весь город.\n\nОн сказал, что платил слишком много.\n"
)


def _read(data: bytes, filename: str = "a.txt") -> Article:
    return read_bytes(data, source="/archive", filename=filename)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TEXT, "utf-8"),
        (TEXT, "utf-8-sig"),
        (TEXT, "cp1252"),
        (TEXT, "utf-16"),
        (TEXT, "utf-32"),
        (
            TEXT.replace("“", '"')
            .replace("”", '"')
            .replace("’", "'")
            .replace("–", "-")
            .replace("€", "$")
            .replace("…", "..."),
            "latin-1",
        ),
        (RUSSIAN * 3, "cp1251"),
        (RUSSIAN * 3, "koi8-r"),
        (POLISH * 3, "cp1250"),
        (RUSSIAN, "utf-8"),
    ],
)
def test_text_in_a_common_encoding_reads_as_it_was_written(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == text


def test_a_big_endian_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xfe\xff" + "Flut in Köln\n".encode("utf-16-be"), "a.txt") == "Flut in Köln\n"


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text[0] != "\ufeff"),
    st.sampled_from(["\n", "\r\n", "\r", ""]),
)
def test_utf_8_is_kept_letter_for_letter_with_its_line_ends(text: str, end: str) -> None:
    assert decode((text + end).encode(), "a.txt") == text + end


def test_an_article_carries_text_spans_hash_and_identity() -> None:
    data = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    article = _read(data, "towns/cafe.txt")
    assert article.text == TEXT.replace("\n", "\r\n")
    assert article.sha256 == hashlib.sha256(data).hexdigest()
    assert article.file_id == "art_" + hashlib.sha256(b"/archive\0towns/cafe.txt").hexdigest()[:24]
    assert (article.source, article.filename, article.path) == ("/archive", "towns/cafe.txt", None)
    assert [article.text[span.start : span.end] for span in article.spans] == [
        line for line in TEXT.split("\n") if line
    ]
    assert [span.kind for span in article.spans] == ["headline", "body", "body"]
    assert article.title == Sourced("Café owner “closes” terrace – for good", "headline")
    assert (article.publisher, article.published, article.url, article.credit) == (None, None, None, None)
    assert (article.origin_id, article.reprint_of) == ("", None)


def test_the_identity_does_not_hang_on_the_content() -> None:
    assert _read(b"One story here.").file_id == _read(b"Another story here.").file_id
    assert _read(b"One story here.").file_id != read_bytes(b"One story here.", source="/b", filename="a.txt").file_id


def test_what_the_caller_gives_counts_before_the_text() -> None:
    given = Metadata(
        title=Sourced("Given", "caller"),
        published=Sourced(date(2026, 1, 2), "caller"),
        url=Sourced("https://a.example/1", "caller"),
    )
    article = read_bytes(
        b"---\ntitle: Own\npublisher: The Post\ndate: 2020-01-01\n---\nThe story is short.",
        source="s",
        filename="a.md",
        given=given,
    )
    assert article.title == Sourced("Given", "caller")
    assert article.published == Sourced(date(2026, 1, 2), "caller")
    assert article.url == "https://a.example/1"
    assert article.publisher == Sourced("The Post", "front matter")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        ("\ufeff\u200b\n".encode(), "is empty"),
        (b"Story\0with a hole in it.", "NUL"),
        (b"\xff\xfea\0\0\0b\0", "NUL"),
        (b"\xff\xfea\0b", "UTF-16"),
        (b"%PDF-1.7\n...", "a PDF"),
        (b"PK\x03\x04zip", "a ZIP"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (bytes(range(1, 32)) * 20, "control characters"),
        (b"Share this\n\nAdvertisement\n\nLeave a Reply\n", "no article here"),
        (
            b"We use cookies. By continuing to use this site you agree to our use of cookies.",
            "no article here",
        ),
    ],
)
def test_what_is_no_readable_article_is_refused_with_the_reason_and_a_next_step(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as refused:
        _read(data, "x/bad.txt")
    assert reason in str(refused.value)
    assert "'x/bad.txt'" in str(refused.value)
    assert refused.value.advice


def test_an_unsupported_format_is_refused_by_name() -> None:
    with pytest.raises(ReadError, match=r"'a\.odt' has an unsupported format '\.odt'"):
        _read(b"text", "a.odt")
    one = {".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".rtf", ".eml"}
    assert {*one, ".json", ".jsonl", ".rss", ".atom", ".xml", ".zip"} == SUFFIXES


def test_suffixes_count_in_any_case() -> None:
    assert _read(b"# Title\n\nThe story is short.", "A.MD").title == Sourced("Title", "headline")


def test_a_line_of_fifty_megabytes_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(TooLargeError, match=rf"line of 50,000,000 characters \(line 2\).*{LONGEST_LINE:,}"):
        _read(b"Title\n" + b"a" * 50_000_000)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_text("The story is short.\n" * 100)
    with pytest.raises(TooLargeError, match=r"'big\.txt' has 2,000 bytes, more than the limit of 1,999"):
        read_article(path, source="s", filename="big.txt", max_bytes=1999)
    assert read_article(path, source="s", filename="big.txt", max_bytes=2000).path == str(path)


def test_missing_files_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    for name, reason in (
        ("none.txt", "No such file"),
        ("pipe.txt", "not a regular file"),
        ("folder.txt", "not a regular file"),
    ):
        with pytest.raises(ReadError, match=reason):
            read_article(tmp_path / name, source="s", filename=name, max_bytes=1000)


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("The story is short.")

    def deny(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(ReadError, match=r"'secret\.txt' can't be read: Permission denied"):
        read_article(path, source="s", filename="secret.txt", max_bytes=1000)


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md"]))
def test_any_bytes_are_an_article_or_a_told_error(data: bytes, filename: str) -> None:
    try:
        article: Article | None = _read(data, filename)
        advice = ""
    except OnRecordError as error:
        article, advice = None, error.advice
    assert bool(advice) == (article is None)
    assert article is None or any(span.kind == "body" for span in article.spans)


def test_the_text_of_a_file_is_what_stands_there_now(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfShare this\r\n")
    assert text_of_file(path, path.name, max_bytes=100) == "Share this\r\n"
    assert text_of_file(path, path.name, max_bytes=5) is None
    path.write_bytes(b"%PDF-1.7")
    assert text_of_file(path, path.name, max_bytes=100) is None
    path.unlink()
    assert text_of_file(path, path.name, max_bytes=100) is None
