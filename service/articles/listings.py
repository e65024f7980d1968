"""Files of many articles: JSON Lines, one article per line, and JSON with one article or a list of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from service.articles.encodings import decode
from service.articles.metadata import from_fields
from service.articles.readings import Reading, Spoiled
from service.articles.spans import find_spans
from service.errors import OnRecordError, ReadError

_TEXT: Final = ("text", "body", "content", "article", "maintext", "full_text")
_ID: Final = ("id", "file_id", "uuid", "guid")
_URL: Final = ("url", "link", "permalink", "canonical_url")
_LISTS: Final = ("articles", "items", "documents", "data")
_LONGEST_KEY: Final = 500
_CLEAR: Final = "give each article as an object with at least \"text\""


def read_lines(
    lines: Iterable[bytes | None], name: str, checked: Callable[[str, str], str], wanted: str | None = None
) -> Iterator[Reading | Spoiled]:
    """The articles of JSON Lines in order; a line that can't be read is reported and stops no other.

    A line that is None was too long to be taken in. With `wanted` only the article of that key is read whole.

    An article's key is its id, else its address, else a hash of its words, never its place, so that it stays the
    same when lines come before it. The same line twice is one article. `checked` refuses what no article may have.
    """
    keys = _Keys()
    for number, line in enumerate(lines, 1):
        where = f"{name}, line {number}"
        if line is None:
            yield Spoiled(f"line {number}", f"{where!r} is longer than a file may be: leave the line out")
            continue
        data = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if not data:
            continue
        try:
            found = _article(_parsed(data, where), data, where, keys, checked, wanted)
        except OnRecordError as error:
            yield Spoiled(f"line {number}", f"{error}: {error.advice}")
            continue
        if found:
            yield found


def read_document(
    data: bytes, name: str, checked: Callable[[str, str], str], wanted: str | None = None
) -> Iterator[Reading | Spoiled]:
    """The articles of a JSON document: an object, a list of objects, or an object with such a list.

    Raises ReadError when it is no JSON, or nothing like that.
    """
    document = _parsed(data, name)
    if isinstance(document, dict) and not any(isinstance(document.get(field), str) for field in _TEXT):
        document = next((document[key] for key in _LISTS if isinstance(document.get(key), list)), document)
    keys = _Keys()
    for number, one in enumerate(document if isinstance(document, list) else [document], 1):
        where = f"{name}, article {number}"
        try:
            own = json.dumps(one, ensure_ascii=True, sort_keys=True).encode()
            found = _article(one, own, where, keys, checked, wanted)
        except OnRecordError as error:
            yield Spoiled(f"article {number}", f"{error}: {error.advice}")
            continue
        if found:
            yield found


class _Keys:
    """Keys given so far, and the parts that had them."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()
        self._parts: set[str] = set()

    def seen(self, digest: str) -> bool:
        """Whether the very same part came before; it has now."""
        known = digest in self._parts
        self._parts.add(digest)
        return known

    def free(self, key: str, digest: str) -> str:
        """The key, with a part of the hash behind it when an other article has it."""
        self._given[key] += 1
        return key if self._given[key] == 1 else f"{key}~{digest[:12]}"


def _parsed(data: bytes, where: str) -> Any:
    try:
        return json.loads(decode(data, where))
    except (ValueError, RecursionError) as error:
        told = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise ReadError(f"{where!r} is no JSON: {told}", advice=_CLEAR) from error


def _article(
    one: Any, data: bytes, where: str, keys: _Keys, checked: Callable[[str, str], str], wanted: str | None
) -> Reading | None:
    """The article in an object; None where it came before or isn't the wanted one. Raises ReadError."""
    if not isinstance(one, dict):
        raise ReadError(f"{where!r} is no object but {type(one).__name__}", advice=_CLEAR)
    text = next((one[field] for field in _TEXT if isinstance(one.get(field), str) and one[field].strip()), None)
    if text is None:
        raise ReadError(f"{where!r} has no text", advice=_CLEAR)
    digest = hashlib.sha256(data).hexdigest()
    if keys.seen(digest):
        return None
    words = checked(text, where)
    named = next((str(one[field]) for field in (*_ID, *_URL) if isinstance(one.get(field), str | int)), "")
    own = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    key = named if 0 < len(named) <= _LONGEST_KEY and _writable(named) else own
    free = keys.free(key, digest)
    if wanted not in (None, free):
        return None
    spans = find_spans(words, markdown=False)
    return Reading(words, spans, from_fields(_told(one), "field"), key=free, sha256=digest)


def _told(one: Mapping[str, Any]) -> dict[str, str]:
    """The fields that are words, a list of names as one line."""
    found: dict[str, str] = {}
    for name, value in one.items():
        if isinstance(value, list):
            value = ", ".join(part for part in value if isinstance(part, str))
        if isinstance(value, str) and value.strip() and name not in _TEXT and _writable(value):
            found[name.lower()] = value
    return found


def _writable(text: str) -> bool:
    """Whether UTF-8 can carry it: JSON can escape half a character."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
