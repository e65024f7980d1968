"""Files that mean harm are set aside with the reason, in bounded memory, and stop nothing else."""

from __future__ import annotations

import gzip
import io
import os
import resource
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter

from service.articles.confined import MEMORY
from service.articles.folder import Found, walk
from service.articles.read import read_articles, read_bytes
from service.articles.readings import Spoiled
from service.errors import OnRecordError, ReadError, TooLargeError

WORDS = "The night ferry ran aground off Merrow Point on Tuesday, and all on board were brought ashore."


def docx_with(change: dict[bytes, bytes], *, head: bytes = b"") -> bytes:
    """A Word document whose text was tampered with."""
    document = docx.Document()
    document.add_paragraph(WORDS)
    whole, made = io.BytesIO(), io.BytesIO()
    document.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                part = head + part[part.index(b"<w:document") :]
                for before, after in change.items():
                    part = part.replace(before, after)
            new.writestr(name, part)
    return made.getvalue()


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    writer.write(file)
    return file.getvalue()


def zip_bomb() -> bytes:
    """A Word document that unpacks to 300 MB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(300):
            part.write(b"0" * 1_000_000)
    return file.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "lol">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(9)) + b"]>"
POISON = {
    "bomb.txt.gz": (lambda: gzip.compress(b"0" * 60_000_000), "unpacks to more than 20,000,000 bytes"),
    "cut.txt.gz": (lambda: gzip.compress(WORDS.encode())[:-9], "breaks off"),
    "rubbish.txt.gz": (lambda: b"not packed", "no gzip file"),
    "line.txt": (lambda: b"a" * 10_000_000, "a line of 10,000,000 characters"),
    "nul.txt": (lambda: b"The ferry\0sank.", "NUL"),
    "deep.html": (lambda: b"<div>" * 100_000 + WORDS.encode(), "nested more than"),
    "deep-inline.html": (lambda: b"<p>Hello</p>" + b"<b>" * 100_000 + WORDS.encode(), "nested more than"),
    "broken.pdf": (lambda: b"%PDF-1.7 rubbish", "broken, or no PDF"),
    "locked.pdf": (locked_pdf, "locked with a password"),
    "bomb.docx": (zip_bomb, "unpacks to more than 200,000,000 bytes"),
    "laughs.docx": (lambda: docx_with({WORDS[:9].encode(): b"&a8;"}, head=LAUGHS), "broken"),
    "broken.docx": (lambda: b"PK\x03\x04 rubbish", "broken"),
    "nested.eml": (lambda: b"Subject: x\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000, "nested too deep"),
    "deep.json": (lambda: b"[" * 200_000, "nested too deep"),
    "surrogate.json": (lambda: b'{"text": "Half a sign \\\\ud800 stands here, and it is bad."}'.replace(b"\\\\", b"\\"),
                       "halves of characters"),
}
"""File name → (its bytes, what is said of it)."""


@pytest.mark.parametrize("filename", POISON)
def test_poison_is_refused_with_the_reason_and_a_next_step(filename: str) -> None:
    make, reason = POISON[filename]
    with pytest.raises((ReadError, TooLargeError)) as refused:
        read_bytes(make(), source="s", filename=filename)
    assert reason in str(refused.value)
    assert repr(filename)[1:-1] in str(refused.value)
    assert refused.value.advice


def test_after_poison_the_next_file_is_read() -> None:
    page = f"<html><body><h1>Ferry aground</h1><p>{WORDS}</p></body></html>".encode()
    for filename in ("broken.pdf", "deep.html", "nested.eml"):
        with pytest.raises(OnRecordError):
            read_bytes(POISON[filename][0](), source="s", filename=filename)
        assert WORDS in read_bytes(page, source="s", filename="a.html").text


def test_an_entity_of_a_document_reads_no_file() -> None:
    secret = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    article = read_bytes(docx_with({b"ashore.": b"ashore.&x;"}, head=secret), source="s", filename="a.docx")
    assert "root:" not in article.text
    assert "ran aground" in article.text


@pytest.mark.parametrize("filename", ["../../etc/a.txt", "/etc/a.txt", "a/../../b.txt", "c:\\a.txt", "a\0.txt", "..\\a.txt"])
def test_a_name_that_leads_elsewhere_is_refused(filename: str) -> None:
    with pytest.raises(ReadError, match="no name of a file"):
        read_bytes(WORDS.encode(), source="s", filename=filename)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "а"])
def test_unseen_and_lookalike_signs_leave_offsets_true(sign: str) -> None:
    text = f"The may{sign}or spoke on Tuesday.\n\n{WORDS}\n"
    article = read_bytes(text.encode(), source="s", filename="a.txt")
    assert article.text == text
    assert all(text[span.start : span.end].strip() for span in article.spans)


def test_an_endless_packed_line_is_passed_over_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'{"id": "1", "text": "%s"}\n' % WORDS.encode())
        for _ in range(60):
            file.write(b"0" * 1_000_000)
        file.write(b'\n{"id": "2", "text": "%s"}\n' % WORDS.encode())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = list(read_articles(path, source="s", filename="feed.jsonl.gz", max_bytes=2_000_000))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert [type(one) is Spoiled for one in found] == [False, True, False]
    assert grown < 40_000_000


def test_a_pipe_in_a_folder_is_set_aside_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    (found,) = walk(tmp_path)
    assert isinstance(found, Found)
    with pytest.raises(ReadError, match="not a regular file"):
        list(read_articles(found.path, source="s", filename="a.txt", max_bytes=1000))


def test_the_reading_process_is_bounded_and_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-readers")
    from service.articles.confined import ReadingRoom

    room = ReadingRoom()
    try:
        room.read(f"<p>{WORDS}</p><p>{WORDS}</p>".encode(), "a.html", ".html")
        process = room._process
        assert process is not None
        environment = Path(f"/proc/{process.pid}/environ")
        limits = Path(f"/proc/{process.pid}/limits")
        if environment.exists():
            assert b"sk-not-for-readers" not in environment.read_bytes()
            (line,) = (line for line in limits.read_text().splitlines() if line.startswith("Max address space"))
            assert str(MEMORY) in line
    finally:
        room.close()
    assert room._process is None
