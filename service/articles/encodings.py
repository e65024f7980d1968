"""Bytes to text: UTF-8 first, then what a byte-order mark says, then what the bytes look like."""

from __future__ import annotations

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

from service.errors import ReadError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC: Final = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"SQLite format 3", "a database"),
)
_CONTROL: Final = re.compile("[\x01-\x08\x0e-\x1a\x1f\x7f]")
_WESTERN: Final = frozenset(
    "àáâäãåæçèéêëìíîïñòóôöõøœùúûüýÿßðþšžÀÁÂÄÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜÝŸÐÞŠŽ“”‘’‚„–—…•€£©®™°½¼¾«»·§¶\xa0\xad¡"
    "¿ªº²³¹×±†‡‹›¢¥µ"
)
_SYMBOL_IN_WORD: Final = re.compile(
    r"(?:[^\W\d_][³²¹¿¡¼½¾¢£¥§¶ªº±×µ€†‡‹›„‚«»•©®™°]|[³²¹¿¡¼½¾¢¥§¶ªº±×†‡•©®™°])(?=[a-zà-ÿ])"
)
_CANDIDATES: Final = [
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "koi8_r",
    "koi8_u",
    "iso8859_5",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "gb18030",
    "big5",
]
"""Legacy encodings to guess among where the bytes don't read well as Windows-1252."""
_SAMPLE: Final = 200_000


def decode(data: bytes, name: str) -> str:
    """The text of a file without its byte-order mark, line ends as they are.

    Raises ReadError for an empty file, for bytes that aren't text, and where no encoding fits.
    """
    if not data:
        raise ReadError(f"{name!r} is empty", advice="put the article's text into the file, or leave it out")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(_strictly(data[len(mark) :], encoding, name), name)
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise ReadError(f"{name!r} is {what}, not text", advice="save its text as .txt or .md, or leave it out")
    if b"\0" in data:
        raise ReadError(
            f"{name!r} is binary or has NUL bytes in it (the first at byte {data.index(0):,})",
            advice="convert the file to UTF-8 text, or leave it out",
        )
    try:
        return _checked(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        return _checked(_guess(data, name), name)


_DECLARED: Final = re.compile(
    rb"""<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_AS_BROWSERS: Final = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
                       "ascii": "cp1252", "iso-8859-9": "cp1254", "tis-620": "cp874", "gb2312": "gb18030",
                       "gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932"}
"""What browsers read for the encodings that pages declare, where it is another."""


def decode_markup(data: bytes, name: str) -> str:
    """The text of a web page: as `decode`, and where it isn't UTF-8, in the encoding that it declares.

    NUL characters are white space, as in browsers. Raises ReadError.
    """
    data = data if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else data.replace(b"\0", b" ")
    declared = _DECLARED.search(data[:4096])
    if declared and not data.startswith(tuple(mark for mark, _ in _MARKS)):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            label = declared[1].decode("ascii", "replace").lower()
            try:
                return data.decode(_AS_BROWSERS.get(label, label))
            except (UnicodeDecodeError, LookupError):
                pass
    return decode(data, name)


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{name!r} begins like {encoding.upper()} but isn't: {error.reason} at byte {error.start:,}",
            advice="convert the file to UTF-8 text, or leave it out",
        ) from error


def _guess(data: bytes, name: str) -> str:
    """Text in a legacy encoding. Western text with a few accents and typographic quotes is told first,
    since it is the common case and the one that statistics over so few bytes get wrong."""
    try:
        western = data.decode("cp1252")
    except UnicodeDecodeError:
        western = None
    if western is not None and _reads_western(western):
        return western
    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:
        sample = sample[: max(sample.rfind(b"\n"), _SAMPLE // 2)]
    best = from_bytes(sample, cp_isolation=_CANDIDATES, preemptive_behaviour=False).best()
    for encoding in (best.encoding if best else None, "cp1252"):
        if encoding is None:
            continue
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReadError(
        f"{name!r} is in an unknown encoding, or not text",
        advice="convert the file to UTF-8 text, or leave it out",
    )


def _reads_western(text: str) -> bool:
    """Whether text decoded as Windows-1252 looks right: few letters beyond ASCII, no symbols within words."""
    beyond = [character for character in text if character > "\x7f"]
    letters = sum(character.isalpha() for character in text)
    accented = sum(character.isalpha() for character in beyond)
    return (
        all(character in _WESTERN for character in beyond)
        and accented * 5 <= letters
        and len(_SYMBOL_IN_WORD.findall(text)) * 20 <= len(beyond)
    )


def _checked(text: str, name: str) -> str:
    """The text, unless control characters show that it isn't one."""
    if "\0" in text:
        raise ReadError(f"{name!r} has NUL characters in it", advice="convert the file to UTF-8 text, or leave it out")
    controls = len(_CONTROL.findall(text))
    if controls > 8 and controls * 100 > len(text):
        raise ReadError(
            f"{name!r} is binary: {controls:,} control characters in {len(text):,}",
            advice="convert the file to UTF-8 text, or leave it out",
        )
    return text
