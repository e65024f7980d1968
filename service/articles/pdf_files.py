"""A PDF read as an article: its lines put back together into paragraphs, and where each page begins."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from service.articles.metadata import Metadata
from service.articles.readings import Reading
from service.articles.spans import find_spans
from service.articles.web_pages import plain
from service.domain import Sourced, Span
from service.errors import ReadError

_FULL: Final = 0.8
"""Share of the usual width from which a line runs on into the next."""
_REPEATED: Final = 3
"""Pages on which a line at the edge has to stand to be the page's own and not the article's."""
_EDGE: Final = 2
"""Lines at the top and at the foot of a page that are looked at for this."""
_MOST_PAGES: Final = 2_000
_LIGATURES: Final = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_HYPHENATED: Final = re.compile(r"[^\W\d_]-$")
_PARTS: Final = re.compile(r"(?<![^\W_])[^\W_]+-[^\W_]+")
_ENDS: Final = re.compile(r"[.!?:;…][\"'”’»)\]]*$")


def read_pdf(data: bytes, name: str) -> Reading:
    """The article of a PDF file. Raises ReadError for one that is broken, locked, or pictures alone."""
    pages, title, author = _pages(data, name)
    if not any(pages):
        raise ReadError(
            f"{name!r} has no text in it: its pages are pictures", advice="run it through text recognition first"
        )
    copy = _Copy()
    furniture = _furniture(pages)
    width = _width([line for page in pages for line in page])
    compounds = {word.casefold() for page in pages for line in page for word in _PARTS.findall(line)}
    for page in pages:
        copy.add_page([line for line in page if _shape(line) not in furniture], width, compounds)
        for line in page:
            if _shape(line) in furniture:
                copy.aside(line)
    copy.close()
    spans = tuple(_marked(find_spans(copy.text, markdown=False), copy.asides))
    first = copy.text[: copy.pages[0] if copy.pages else len(copy.text)]
    return Reading(copy.text, spans, _borne_out(title, author, first), tuple(copy.pages))


def _pages(data: bytes, name: str) -> tuple[list[list[str]], str | None, str | None]:
    """The lines of each page, and the title and author that the file's properties give."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(f"{name!r} is locked with a password", advice="save it without a password")
        if len(reader.pages) > _MOST_PAGES:
            raise ReadError(f"{name!r} has {len(reader.pages):,} pages", advice="split it into its articles")
        pages = [_lines(page.extract_text()) for page in reader.pages]
        told = reader.metadata
        return pages, told.title if told else None, told.author if told else None
    except ReadError:
        raise
    except (PyPdfError, DependencyError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ReadError(
            f"{name!r} is broken, or no PDF: {error or type(error).__name__}", advice="save it anew as PDF"
        ) from error


def _lines(text: str) -> list[str]:
    """The lines of a page without invisible signs and outer blanks; a blank line stands for a gap."""
    return [plain(line.translate(_LIGATURES)).strip() for line in text.encode("utf-8", "replace").decode().splitlines()]


@dataclass(slots=True)
class _Copy:
    """A reading copy in the making. `asides` are the places of lines that belong to the page, not to the article."""

    text: str = ""
    pages: list[int] = field(default_factory=list)
    asides: list[tuple[int, int]] = field(default_factory=list)
    _done: list[str] = field(default_factory=list)
    _length: int = 0
    _open: str = ""
    _waiting: list[str] = field(default_factory=list)
    _begun: bool = False
    _last: int = 0

    def add_page(self, lines: Sequence[str], width: int, compounds: set[str]) -> None:
        """The lines of one more page; the paragraph that the page before broke off goes on."""
        starts = self._length + (2 if self._length else 0) + len(self._open)
        fresh = True
        for line in lines:
            if not line:
                if not fresh:
                    self._paragraph()
                continue
            if self._open and self._runs_on(line, width):
                self._open, joint = _joined(self._open, line, compounds)
                if fresh:
                    starts = self._length + (2 if self._length else 0) + joint
            else:
                self._paragraph()
                if fresh:
                    starts = self._length + (2 if self._length else 0)
                self._open = line
            self._last = len(line)
            fresh = False
        if self._begun:
            self.pages.append(starts)
        self._begun = True

    def aside(self, line: str) -> None:
        """A line of the page's own, kept behind the paragraph at hand."""
        self._waiting.append(line)

    def close(self) -> None:
        """The end of the last page."""
        self._paragraph()
        self.text = "".join(self._done)

    def _runs_on(self, line: str, width: int) -> bool:
        """Whether a line goes on with the paragraph at hand."""
        if line[0].islower() or _HYPHENATED.search(self._open):
            return True
        return self._last >= _FULL * width and not (_ENDS.search(self._open) and self._last < 0.9 * width)

    def _paragraph(self) -> None:
        """End the paragraph at hand, and write what waited behind it."""
        if self._open:
            self._write(self._open)
        self._open = ""
        for line in self._waiting:
            self.asides.append(self._write(line))
        self._waiting = []

    def _write(self, words: str) -> tuple[int, int]:
        gap = "\n\n" if self._length else ""
        self._done += [gap, words]
        start = self._length + len(gap)
        self._length = start + len(words)
        return start, self._length


def _joined(before: str, line: str, compounds: set[str]) -> tuple[str, int]:
    """A paragraph with one more line, and where the line begins in it. A hyphen that only divides a word at the
    line's end goes, one that the text has elsewhere too stays."""
    if _HYPHENATED.search(before):
        first, second = before.rpartition(" ")[2], line.partition(" ")[0]
        word = _PARTS.search(first + second)
        keep = (word is not None and word[0].casefold() in compounds) or not line[0].islower()
        before = before if keep else before[:-1]
        return before + line, len(before)
    return f"{before} {line}", len(before) + 1


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())


def _furniture(pages: Sequence[Sequence[str]]) -> set[str]:
    """The shapes of lines that stand at the edge of many pages, numbers apart, and of bare page numbers."""
    counts: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page if line]
        counts.update({_shape(line) for line in (*lines[:_EDGE], *lines[-_EDGE:])})
    least = max(_REPEATED, (len(pages) + 1) // 2)
    return {shape for shape, count in counts.items() if count >= least} - {""}


def _width(lines: Sequence[str]) -> int:
    """The usual width of a full line, in characters."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[int(0.85 * (len(lengths) - 1))] if lengths else 0


def _marked(spans: Sequence[Span], asides: Sequence[tuple[int, int]]) -> list[Span]:
    """The spans, those of the page's own lines as `share`."""
    own = set(asides)
    return [replace(span, kind="share") if (span.start, span.end) in own else span for span in spans]


def _borne_out(title: object, author: object, first_page: str) -> Metadata:
    """The file's properties, as far as the first page has their words: many are left over from a template."""
    shown = " ".join(first_page.split()).casefold()

    def stands(value: object) -> Sourced[str] | None:
        words = " ".join(plain(value).split()) if isinstance(value, str) else ""
        return Sourced(words, "document properties") if len(words) >= 5 and words.casefold() in shown else None

    return Metadata(title=stands(title), author=stands(author))
