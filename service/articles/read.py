"""A file or some bytes, read as articles: decoded or copied out, marked, and described.

`READERS` says how each format is read. What a library has to take apart (HTML, PDF, Word, e-mail) is read in a
process beside, see `confined`; JSON is read line by line, an article each, and a .zip file one file at a time.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Final

from service.articles import confined
from service.articles.encodings import decode
from service.articles.listings import read_document, read_lines
from service.articles.metadata import Metadata, read_metadata
from service.articles.packed import GZIP, unpacked
from service.articles.readings import Reader, Reading, Spoiled
from service.articles.reliance import named_sources
from service.articles.spans import find_spans
from service.articles.zip_files import read_members
from service.domain import Article
from service.errors import OnRecordError, ReadError, TooLargeError

LONGEST_LINE: Final = 1_000_000
"""Characters of the longest line that an article may have."""
KEY_MARK: Final = "#"
"""What stands between a file's name and the key of one of its articles."""
_SKIPPED: Final = 50
"""Line limits that are read past in search of an overlong line's end."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NAMELESS: Final = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:[/\\]|[\x00-\x1f\x7f]")


def _read_plain(data: bytes, name: str, *, markdown: bool) -> Reading:
    text = _checked(decode(data, name), name)
    return Reading(text, find_spans(text, markdown=markdown))


READERS: Final[dict[str, Reader]] = {
    ".txt": partial(_read_plain, markdown=False),
    ".md": partial(_read_plain, markdown=True),
    **{suffix: partial(confined.read_confined, suffix=suffix) for suffix in confined.SUFFIXES},
}
"""How files of one article are read, by suffix in lower case."""
ZIP: Final = ".zip"
LISTINGS: Final = (".json", ".jsonl", *confined.FEEDS, ZIP)
"""The suffixes of files that may hold several."""
SUFFIXES: Final = frozenset((*READERS, *LISTINGS))
"""The suffixes of files that can be read, in lower case; `.gz` may follow each."""
FORMATS: Final = ", ".join((*READERS, *LISTINGS)) + " (also packed as .gz)"
"""The formats in words, for advice."""


def file_id_of(source: str, filename: str) -> str:
    """The identity of an article: its source's name and the path below it, never its content."""
    name = f"{source}\0{filename}".encode("utf-8", "surrogatepass")
    return "art_" + hashlib.sha256(name).hexdigest()[:24]


def format_of(filename: str) -> str | None:
    """The suffix that says how a file is read, that before `.gz` for a packed one; None where it can't be. For an
    article within a file of several that file's, or, in a .zip file, its own."""
    name = filename.lower()
    file, mark, key = name.partition(KEY_MARK)
    if mark and (suffix := format_of(file)) in LISTINGS:
        return format_of(key) if suffix == ZIP else suffix
    suffix = Path(name.removesuffix(GZIP)).suffix
    return suffix if suffix in SUFFIXES else None


def article_name(filename: str, key: str | None) -> str:
    """The name of an article: its file's, and its key there where the file holds several."""
    return filename if key is None else f"{filename}{KEY_MARK}{key}"


def read_article(path: Path, *, source: str, filename: str, max_bytes: int) -> Article:
    """The one article in a file. Raises TooLargeError over `max_bytes`, ReadError for what isn't one."""
    found = list(read_articles(path, source=source, filename=filename, max_bytes=max_bytes))
    if len(found) == 1 and isinstance(found[0], Article):
        return found[0]
    raise ReadError(
        found[0].error if len(found) == 1 and isinstance(found[0], Spoiled) else f"{filename!r} holds several articles",
        advice="ingest the file as a whole",
    )


def read_articles(
    path: Path, *, source: str, filename: str, max_bytes: int, key: str | None = None
) -> Iterator[Article | Spoiled]:
    """The articles in a file, those of JSON Lines one at a time; with `key` that one alone.

    Raises TooLargeError over `max_bytes` (of JSON Lines: of a line), ReadError for what isn't readable.
    """
    try:
        size = _regular_size(path, filename)
        with path.open("rb") as file:
            if format_of(filename) == ".jsonl":
                yield from _read_listing(_lines(file, filename, max_bytes), source, filename, str(path), key)
                return
            if size > max_bytes:
                raise _too_large(filename, size, max_bytes)
            data = file.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise ReadError(
            f"{filename!r} can't be read: {why}", advice="check that the file is there and that you may read it"
        ) from error
    if len(data) > max_bytes:
        raise _too_large(filename, len(data), max_bytes)
    yield from read_all(data, source=source, filename=filename, max_bytes=max_bytes, path=str(path), key=key)


def read_all(
    data: bytes,
    *,
    source: str,
    filename: str,
    max_bytes: int,
    path: str | None = None,
    given: Metadata | None = None,
    key: str | None = None,
) -> Iterator[Article | Spoiled]:
    """The articles in some bytes; `filename` gives the format, what the caller has `given` counts before all else."""
    if _NAMELESS.search(filename):
        raise ReadError(f"{filename!r} is no name of a file", advice="send a plain name, such as report.txt")
    suffix = format_of(filename)
    if suffix is None:
        raise unsupported(filename)
    plain = unpacked(data, filename, max_bytes) if filename.lower().endswith(GZIP) else data
    if suffix in READERS:
        yield _article(READERS[suffix](plain, filename), data, source, filename, path, given)
        return
    some = False
    for one in _several(plain, suffix, filename, max_bytes, key):
        some = True
        yield _of_listing(one, source, filename, path, given)
    if not some and key is None:
        raise ReadError(
            f"{filename!r} holds no articles",
            advice=f"pack files of these formats: {FORMATS}" if suffix == ZIP
            else 'give each article as an object with at least "text"',
        )


def read_bytes(
    data: bytes,
    *,
    source: str,
    filename: str,
    path: str | None = None,
    given: Metadata | None = None,
    max_bytes: int = 20_000_000,
) -> Article:
    """The one article in some bytes. Raises TooLargeError, ReadError for what isn't one."""
    found = list(read_all(data, source=source, filename=filename, max_bytes=max_bytes, path=path, given=given))
    if len(found) == 1 and isinstance(found[0], Article):
        return found[0]
    raise ReadError(
        found[0].error if len(found) == 1 and isinstance(found[0], Spoiled) else f"{filename!r} holds several articles",
        advice="send each article by itself",
    )


def text_of_file(path: Path, name: str, *, max_bytes: int) -> str | None:
    """The text of an article as its file has it now, read anew; `name` is the article's. None when it is gone or
    no longer readable."""
    filename, mark, key = name.partition(KEY_MARK)
    several = bool(mark) and format_of(filename) in LISTINGS
    try:
        _regular_size(path, path.name)
        if not several and format_of(path.name) in (".txt", ".md") and not path.name.lower().endswith(GZIP):
            with path.open("rb") as file:
                data = file.read(max_bytes + 1)
            return None if len(data) > max_bytes else decode(data, path.name)
        shown = filename if several else path.name
        wanted = key if several else None
        found = read_articles(path, source="", filename=shown, max_bytes=max_bytes, key=wanted)
        articles = (one for one in found if isinstance(one, Article))
        return next((one.text for one in articles if not several or one.filename == name), None)
    except (OSError, ReadError, TooLargeError):
        return None


def unsupported(filename: str) -> ReadError:
    """The error for a format that isn't read."""
    suffix = Path(filename).suffix
    return ReadError(f"{filename!r} has an unsupported format {suffix!r}", advice=f"convert it to one of {FORMATS}")


def _article(
    reading: Reading, data: bytes, source: str, filename: str, path: str | None, given: Metadata | None
) -> Article:
    """The article of a reading. Raises ReadError where there is none."""
    name = article_name(filename, reading.key)
    if _SURROGATE.search(reading.text):
        raise ReadError(f"{name!r} has halves of characters in it", advice="save the text anew as UTF-8")
    if not any(span.kind == "body" for span in reading.spans):
        raise ReadError(
            f"{name!r} holds no article here: only headings, links, notices or forms",
            advice="save the article's own text into the file, or leave it out",
        )
    known = (given or Metadata()).over(reading.told).over(read_metadata(reading.text, reading.spans, filename))
    return Article(
        file_id=file_id_of(source, name),
        source=source,
        filename=name,
        path=path,
        sha256=reading.sha256 or hashlib.sha256(data).hexdigest(),
        text=reading.text,
        spans=reading.spans,
        title=known.title,
        publisher=known.publisher,
        author=known.author,
        published=known.published,
        url=known.url.value if known.url else None,
        credit=known.credit,
        pages=reading.pages,
        rests_on=named_sources(reading.text, reading.spans, known.publisher.value if known.publisher else None),
    )


def _several(
    data: bytes, suffix: str, filename: str, max_bytes: int, key: str | None
) -> Iterator[Reading | Spoiled]:
    """The readings of a file that may hold several articles; with `key` that one alone."""
    if suffix == ".jsonl":
        return read_lines(data.split(b"\n"), filename, _checked, key)
    if suffix == ZIP:
        return _members(data, filename, max_bytes, key)
    entries = confined.read_confined(data, filename, suffix).text.encode() if suffix in confined.FEEDS else data
    return read_document(entries, filename, _checked, key)


def _members(data: bytes, filename: str, max_bytes: int, key: str | None) -> Iterator[Reading | Spoiled]:
    """The readings of the article files in a .zip file, named by their names there; hidden files and those of other
    formats are passed over."""

    def wanted(name: str) -> bool:
        if key is not None and key != name and not key.startswith(name + KEY_MARK):
            return False
        hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in name.split("/"))
        return not hidden and format_of(name) is not None

    for member in read_members(data, filename, max_bytes, wanted):
        if isinstance(member, Spoiled):
            yield member
            continue
        try:
            yield from _of_member(member.data, member.name, article_name(filename, member.name), max_bytes, key)
        except OnRecordError as error:
            yield Spoiled(member.name, f"{error}: {error.advice}")


def _of_member(data: bytes, name: str, shown: str, max_bytes: int, key: str | None) -> Iterator[Reading | Spoiled]:
    """The readings of one file in a .zip file."""
    suffix = format_of(name)
    if _NAMELESS.search(name):
        raise ReadError(f"{name!r} is no name of a file", advice="pack it again under a plain name")
    if suffix in (None, ZIP):
        raise ReadError(f"{shown!r} is packed twice", advice="unpack the inner .zip file")
    plain = unpacked(data, shown, max_bytes) if name.lower().endswith(GZIP) else data
    digest = hashlib.sha256(data).hexdigest()
    if suffix in READERS:
        yield replace(READERS[suffix](plain, shown), key=name, sha256=digest)
        return
    inner = key[len(name) + len(KEY_MARK) :] if key is not None else None
    for one in _several(plain, str(suffix), shown, max_bytes, inner):
        yield replace(one, key=article_name(name, one.key))


def _read_listing(
    lines: Iterable[bytes | None], source: str, filename: str, path: str | None, key: str | None
) -> Iterator[Article | Spoiled]:
    for one in read_lines(lines, filename, _checked, key):
        yield _of_listing(one, source, filename, path, None)


def _of_listing(
    one: Reading | Spoiled, source: str, filename: str, path: str | None, given: Metadata | None
) -> Article | Spoiled:
    """One part of a file with several; what holds no article is spoiled like what can't be read."""
    if isinstance(one, Spoiled):
        return one
    try:
        return _article(one, b"", source, filename, path, given)
    except ReadError as error:
        return Spoiled(one.key or "", f"{error}: {error.advice}")


def _lines(file: IO[bytes], filename: str, max_bytes: int) -> Iterator[bytes | None]:
    """The lines of a file, packed or not; None for one that is longer than the limit."""
    if not filename.lower().endswith(GZIP):
        yield from _bounded_lines(file, filename, max_bytes)
        return
    with closing(gzip.GzipFile(fileobj=file)) as opened:
        yield from _bounded_lines(opened, filename, max_bytes)


def _bounded_lines(file: IO[bytes] | gzip.GzipFile, filename: str, max_bytes: int) -> Iterator[bytes | None]:
    while line := file.readline(max_bytes + 1):
        if len(line) > max_bytes and not line.endswith(b"\n"):
            del line
            for _ in range(_SKIPPED):
                rest = file.readline(max_bytes)
                if not rest or rest.endswith(b"\n"):
                    break
            else:
                raise _too_large(filename, max_bytes * _SKIPPED, max_bytes)
            yield None
            continue
        yield line


def _regular_size(path: Path, filename: str) -> int:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(f"{filename!r} is not a regular file", advice="name a text file, or a folder of them")
    return status.st_size


def _too_large(filename: str, size: int, limit: int) -> TooLargeError:
    return TooLargeError(
        f"{filename!r} has {size:,} bytes, more than the limit of {limit:,}",
        advice="split the file, or raise ONRECORD_MAX_FILE_BYTES",
    )


def _checked(text: str, name: str) -> str:
    """The text, unless it is blank or has a line that no article has."""
    if not text.strip("\u200b\u2060\ufeff \t\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029\xa0"):
        raise ReadError(f"{name!r} is empty", advice="put the article's text into the file, or leave it out")
    at = 0
    for number, mark in enumerate(re.finditer("\n|\r\n?|$", text), 1):
        if mark.start() - at > LONGEST_LINE:
            raise TooLargeError(
                f"{name!r} has a line of {mark.start() - at:,} characters (line {number}); the limit is "
                f"{LONGEST_LINE:,}",
                advice="break the text into paragraphs, or leave the file out",
            )
        at = mark.end()
    return text
