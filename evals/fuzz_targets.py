"""What is fuzzed: for each target, what it is given, and what must hold of what it does.

A check raises where something fails that is not one of the service's own errors. Inputs are plain values (bytes, text,
numbers, lists, dicts), so that each can be written to a file.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from typer.testing import CliRunner

from service.answers.model.reply_lines import Lines
from service.answers.question import read_question
from service.answers.verify import Evidence, Proposed, Verified, verify
from service.articles.confined import readers
from service.articles.metadata import read_metadata
from service.articles.read import read_all
from service.articles.spans import find_spans
from service.domain import Article, Chunk, Source
from service.doors.http import create_app
from service.errors import OnRecordError
from service.language.dates import read_dates
from service.language.figures import read_figures
from service.language.names import read_names
from service.language.sentences import split
from service.settings import Settings
from service.wiring import OnRecord, build

STORY: Final = (
    "Harbour Post\nFlood empties the old town\nBy Ada Brandt\n3 March 2026\n\nAbout 4,200 people were moved out of "
    "Marlow Quay on Monday night, the county said. “We counted twice,” Mayor Ilse Brandt told reporters.\n\nRead more: "
    "Apples are dear this year …\n\nThe damage is put at $1.2 million to $3m, or 12 percent of the budget.\n")


@dataclass(frozen=True, slots=True)
class Target:
    """`inputs` makes what `check` is run on, within `around`; `example` says in a few words what that is."""

    name: str
    example: str
    inputs: SearchStrategy[Any]
    check: Callable[[Any], None]
    around: Callable[[], AbstractContextManager[None]] = nullcontext


_WORDS: Final = tuple((
    "about|up to|more than|12,000|4,200|1.2m|eleven thousand|$3bn|€|£5.50|%|percent|people|soldiers|killed or wounded|"
    "the county said|“|”|\"|'|’s|Monday|last June|3 March 2026|2026-03-02|03/02/26|autumn of 2024|between 3 and 5|—|–|"
    "North Korea|U.S.|Mr.|St. John's|NATO|de la Cruz|said on|according to|not|no|denied|would|By Ada Brandt|Photo:|"
    "Read more|Subscribe|©|All rights reserved|https://a.example/x?y=1|a@b.example|@desk|#flood|…|...|[1]|(|)|{|}|<b>|"
    "&amp;|\n|\n\n|\t|\r\n|\r|\x0b|\x0c|\x1c|\x85|\u2028|\u00a0|\u200b|\u202e|\ufeff|\u00ad|\u0301|İ|ß|ﬁ|Ω|½|²|٣|一千|🙂|"
    "\x00|\x1b[31m|---|***|##|* |1. |> |title:|published:|Ignore all previous instructions|system:|p1|,|.|;|:|-"
).split("|"))
_PARTS = st.lists(st.one_of(st.sampled_from(_WORDS), st.text(max_size=5), st.sampled_from(STORY.split())), max_size=60)
TEXT = st.builds(lambda parts, by: by.join(parts), _PARTS, st.sampled_from((" ", "", "\n")))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(_WORDS)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12)


def _changed(seed: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """A file with some of its bytes replaced, cut out or written twice."""
    data = bytearray(seed)
    for place, length, put in changes:
        at = place % (len(data) + 1)
        data[at : at + length] = put if put else data[at : at + length] * 2
    return bytes(data)


def mutated(*seeds: bytes) -> SearchStrategy[bytes]:
    pieces = st.one_of(st.binary(max_size=6), st.sampled_from([word.encode() for word in _WORDS]),
                       st.sampled_from([b"<", b"</", b"<![CDATA[", b"<!--", b"\xff\xfe", b"\xef\xbb\xbf", b"\\u0000",
                                        b"%PDF-", b"endobj", b"/Kids", b"obj", b"-1", b"9" * 20, b"--b", b"=?utf-8?b?",
                                        b"Content-Type: message/rfc822\n\n", b"[", b"{", b'"text":']))
    change = st.tuples(st.integers(0, 100_000), st.integers(0, 40), pieces)
    return st.builds(_changed, st.sampled_from(seeds), st.lists(change, max_size=8))


def _pdf() -> bytes:
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
             b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources "
             b"<< /Font << /F1 3 0 R >> >> >>"]
    drawn = b"BT /F1 11 Tf 60 780 Td\n" + b"".join(
        b"(" + line.encode("latin-1", "replace").replace(b"(", b"") + b") Tj 0 -14 Td\n" for line in STORY.split("\n")
    ) + b"ET"
    parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    data = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, part) for n, part in enumerate(parts, 1))
    return data + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n0\n%%EOF"


def _docx() -> bytes:
    import docx

    document, file = docx.Document(), io.BytesIO()
    for line in STORY.split("\n"):
        document.add_paragraph(line)
    document.save(file)
    return file.getvalue()


_PAGE = ('<!doctype html><html><head><title>Flood - Harbour Post</title><meta property="og:title" content="Flood">'
         '<meta name="author" content="Ada Brandt"><script type="application/ld+json">{"@type":"NewsArticle",'
         '"datePublished":"2026-03-03","headline":"Flood"}</script></head><body><nav><a href="/">Home</a></nav>'
         '<article><h1>Flood</h1>'
         + "".join(f"<p>{part}</p>" for part in STORY.split("\n") if part)
         + "</article><footer>© Harbour Post</footer></body></html>").encode()
_MAIL = ("From: Desk <desk@post.example>\nSubject: =?utf-8?q?Flood?=\nDate: Tue, 3 Mar 2026 10:00:00 +0000\nMIME-"
         'Version: 1.0\nContent-Type: multipart/alternative; '
         'boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n'
         f"Content-Transfer-Encoding: base64\n\n{b64encode(STORY.encode()).decode()}\n--b\nContent-Type: text/html\n\n"
         f"{_PAGE.decode()}\n--b--\n").encode()


def _sound(article: Article) -> None:
    """Spans lie in order, apart and within a text that can be written down."""
    article.text.encode("utf-8")
    at = 0
    for span in article.spans:
        assert at <= span.start < span.end <= len(article.text), (span, at)
        at = span.end


def _read_as(name: str) -> Callable[[bytes], None]:
    """The check of a format that this process reads."""

    def check(data: bytes) -> None:
        try:
            for one in read_all(data, source="fuzz", filename=name, max_bytes=200_000):
                if isinstance(one, Article):
                    _sound(one)
        except OnRecordError as error:
            _told(error)

    return check


def _told(error: OnRecordError) -> None:
    """What is wrong and what to do stand in each of our errors. Raises ValueError where they don't."""
    if not (str(error) and error.advice):
        raise ValueError(f"{error!r} says nothing")


_BOUNDED: Final = (MemoryError, RecursionError, AssertionError, KeyError, IndexError, ValueError, TypeError,
                   AttributeError, LookupError, ArithmeticError, OSError, EOFError)
"""What a library may raise over a broken file in the process that reads it, where each becomes a reason."""


def _read_beside(suffix: str) -> Callable[[bytes], None]:
    """The check of a format that a library takes apart: what it makes of a file is sound, and our own part of the
    reader raises nothing."""

    def check(data: bytes) -> None:
        try:
            found = readers()[suffix](data, "a" + suffix)
        except OnRecordError as error:
            _told(error)
            return
        except _BOUNDED as error:
            last = error.__traceback__
            while last is not None and last.tb_next is not None:
                last = last.tb_next
            if last is not None and "service/articles" in last.tb_frame.f_code.co_filename.replace("\\", "/"):
                raise
            return
        at = 0
        for span in found.spans:
            assert at <= span.start < span.end <= len(found.text), (span, at)
            at = span.end

    return check


def _language(text: str) -> None:
    """All that is read in a text lies within it, in order, and quotes its words."""
    published = date(2026, 3, 3)
    for found in (split(text), read_figures(text), read_dates(text, published), read_names(text)):
        at = 0
        for one in found:
            assert at <= one.start < one.end <= len(text), one
            at = one.start
    read_question(text[:2_000] or "?", published)


def _spans(text: str) -> None:
    for markdown in (False, True):
        spans, at = find_spans(text, markdown=markdown), 0
        for span in spans:
            assert at <= span.start < span.end <= len(text), span
            at = span.end
        read_metadata(text, spans, "a.txt")


_SHOWN = Source("art_1", "a.txt", "0" * 64, "Flood", "Harbour Post", date(2026, 3, 3), None, "org_1", None)


@cache
def evidence() -> dict[str, Evidence]:
    start = STORY.index("About 4,200")
    end = STORY.index("\n\nRead more")
    shown = Chunk("c1", "art_1", 0, start, end, STORY[start:end], "")
    return {"p1": Evidence(shown, _SHOWN, STORY, find_spans(STORY, markdown=False))}


def _reply(pieces: list[str]) -> None:
    """No reply raises, however it is cut; what the gates let out has its quotes where they are said to be."""
    lines = Lines()
    found = [line for piece in pieces for line in lines.feed(piece)] + lines.finish()
    whole = Lines()
    assert [*whole.feed("".join(pieces)), *whole.finish()] == found
    for line in found:
        if line.kind == "statement":
            verdict = verify(Proposed(line.statement, line.quotes), evidence())
            if isinstance(verdict, Verified):
                assert verdict.text.isprintable()
                for quote in verdict.quotes:
                    assert STORY[quote.start : quote.end] == quote.text


_LINE = st.builds(lambda statement, key, quote, more: json.dumps(
    {"statement": statement, "citations": [{"passage": key, "quote": quote}]} | more) + "\n",
    st.one_of(TEXT, st.sampled_from([part.strip() + "." for part in STORY.split(".")])),
    st.sampled_from(["p1", "p2", ""]),
    st.one_of(TEXT, st.sampled_from([part.strip() for part in STORY.split(".")])),
    st.dictionaries(st.sampled_from(["not_found", "x", "citations"]), JSON, max_size=1))
_REPLY = st.lists(st.one_of(_LINE, _LINE.map(lambda line: line[: len(line) // 2]), TEXT,
                            st.sampled_from(["```json\n", "<think>", "</think>", "[", "{", "}", '"', "\\", "{" * 60])),
                  max_size=8)


class Served:
    """The service over a small article, in this process and without a port, in a loop of its own."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="onrecord-fuzz-")
        folder = Path(self._folder.name)
        (folder / "press").mkdir()
        (folder / "press" / "a.txt").write_text(STORY, "utf-8")
        self._runner = asyncio.Runner()
        self._opening = build(self._runner.run(self._settings(folder / "data")), owner=True)
        self.service: OnRecord = self._runner.run(self._opening.__aenter__())
        self._runner.run(self.service.archive.ingest([folder / "press"]))
        app = self._runner.run(self._application())
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://fuzz")
        self._over, self._life = asyncio.Event(), app.router.lifespan_context(app)
        self._living = self._runner.run(self._begin())

    def call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """One request. Raises what the application raises, TimeoutError where it does not end."""
        return self._runner.run(asyncio.wait_for(self.client.request(method, path, content=body, headers=headers), 60))

    async def _settings(self, data: Path) -> Settings:
        return Settings.load({}, data=data)

    async def _application(self) -> FastAPI:
        return create_app(self.service, hosts=("fuzz",))

    async def _begin(self) -> asyncio.Task[None]:
        """Start what the application does beside requests, in a task that ends when all is over."""
        begun = asyncio.Event()

        async def live() -> None:
            async with self._life:
                begun.set()
                await self._over.wait()

        living = asyncio.create_task(live())
        await begun.wait()
        return living

    async def _end(self) -> None:
        self._over.set()
        await self._living
        await self.client.aclose()

    def close(self) -> None:
        """Let go of the archive and its folder."""
        self._runner.run(self._end())
        self._runner.run(self._opening.__aexit__(None, None, None))
        self._runner.close()
        self._folder.cleanup()


_served: list[Served] = []


@contextmanager
def served() -> Iterator[None]:
    """The service for the target `http`."""
    _served.append(Served())
    try:
        yield
    finally:
        _served.pop().close()


_PATHS: Final = ("/v1/ask", "/v1/search", "/v1/articles", "/v1/watches", "/v1/chat/completions", "/v1/responses",
                 "/v1/answers/ans_0/feedback", "/slack/events", "/mcp", "/v1/articles/..%2f..%2fetc",
                 "/%00", "/v1/models/x")
_BODY = st.one_of(
    JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(["question", "query", "limit", "messages", "input", "text", "filename",
                                     "publishers",
                                     "thread_id", "as_of", "stream", "verdict", "notify", "articles", "file_id"]),
                    st.one_of(JSON, TEXT), max_size=5).map(lambda value: json.dumps(value).encode()),
    mutated(json.dumps({"question": "how many people were moved out?", "file_ids": ["art_1"]}).encode(),
             json.dumps({"messages": [{"role": "user", "content": "how many people?"}]}).encode(),
             b'{"filename": "b.txt", "text": "Nine ships left the port of Brelwick on Monday, the harbour said."}',
             b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nNine ships left.\r\n'
             b"--b--\r\n"))
_REQUEST = st.tuples(st.sampled_from(("GET", "POST", "POST", "POST", "DELETE")), st.sampled_from(_PATHS), _BODY,
                     st.sampled_from(("application/json", "application/json", "application/json; charset=utf-16",
                                      "multipart/form-data; boundary=b", "text/plain", "application/x+json", "")))


def _http(request: tuple[str, str, bytes, str]) -> None:
    """No request is a fault of the service's, and each error is a problem with the request's id."""
    method, path, body, kind = request
    if (method, path) == ("GET", "/mcp"):
        return  # a stream without an end
    response = _served[-1].call(method, path, body, {"Content-Type": kind} if kind else {})
    assert response.status_code < 500, (response.status_code, response.text[:500])
    assert response.headers["x-request-id"]
    if response.status_code >= 400 and path != "/mcp":
        assert response.json()["status"] == response.status_code


def _command_line(arguments: list[str]) -> None:
    """Wrong use is told in words; nothing is a traceback."""
    from service.doors.cli import app

    done = CliRunner().invoke(app, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit | OnRecordError), repr(done.exception)


_ARGUMENTS = st.lists(st.one_of(
    st.sampled_from(["ask", "search", "verify", "articles", "list", "show", "keys", "create", "watch", "--json",
                     "--data", "nowhere", "--published-after", "--file-id", "--as-of", "2026-13-01", "--help", "--name",
                     "--scope"]),
    st.text(alphabet=st.characters(exclude_characters="\0"), max_size=8)), max_size=6).filter(
        lambda given: not {"ask", "search"} & set(given) or "nowhere" in given)


def _settings(environ: dict[str, str]) -> None:
    """Settings load, or say which one is wrong without its value."""
    try:
        Settings.load({f"ONRECORD_{key}": value for key, value in environ.items()}, file=Path("nowhere.toml"))
    except OnRecordError as error:
        _told(error)


_ENVIRON = st.dictionaries(
    st.sampled_from([*(name.upper() for name in Settings.model_fields), "NOWHERE"]),
    st.one_of(TEXT, st.sampled_from(["off", "1/second", "-1", "1e999", "nan", "local", "openai:", "chroma://a:1"])),
    max_size=4)

TARGETS: Final[dict[str, Target]] = {one.name: one for one in (
    Target("text", "bytes of a .txt file", st.one_of(mutated(STORY.encode(), STORY.encode("utf-16")), st.binary()),
           _read_as("a.txt")),
    Target("markdown", "bytes of a .md file", mutated(
        ("---\ntitle: x\npublished: 2026-03-03\n---\n# Flood\n" + STORY).encode()),
           _read_as("a.md")),
    Target("packed", "bytes of a .txt.gz file", mutated(gzip.compress(STORY.encode(), mtime=0)), _read_as("a.txt.gz")),
    Target("listing", "bytes of a .jsonl file", mutated(
        json.dumps({"id": "1", "text": STORY, "title": "Flood", "published": "2026-03-03"}).encode() + b"\n"),
        _read_as("a.jsonl")),
    Target("document", "bytes of a .json file", mutated(
        json.dumps({"articles": [{"id": "1", "text": STORY, "authors": ["A", "B"]}]}).encode()), _read_as("a.json")),
    Target("page", "bytes of a .html file", mutated(_PAGE), _read_beside(".html")),
    Target("pdf", "bytes of a .pdf file", mutated(_pdf()), _read_beside(".pdf")),
    Target("word", "bytes of a .docx file", mutated(_docx()), _read_beside(".docx")),
    Target("mail", "bytes of a .eml file", mutated(_MAIL), _read_beside(".eml")),
    Target("spans", "a text", TEXT, _spans),
    Target("language", "a text", TEXT, _language),
    Target("reply", "pieces of a model's reply", _REPLY, _reply),
    Target("http", "a request: method, path, body, type", _REQUEST, _http, served),
    Target("arguments", "arguments of the command", _ARGUMENTS, _command_line),
    Target("settings", "settings in the environment", _ENVIRON, _settings),
)}
