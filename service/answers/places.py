"""Where quoted words are to be seen: the page of a document, the address that opens a web page at them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final
from urllib.parse import quote as percent_encoded

from service.articles.read import format_of
from service.domain import Answer, Article, Passage, Quote, Source
from service.errors import NotFoundError

_WEB: Final = (".html", ".htm")
_WHOLE: Final = 80
"""Characters up to which words stand whole in a text fragment; of longer ones, their first and last words do."""
_EDGE: Final = 6
"""Words at each end that stand for longer ones."""
_AROUND: Final = 4
"""Words before and after that tell one place from another with the same words."""
_WORD: Final = re.compile(r"\S+")


def answer_placed(answer: Answer, article_of: Callable[[str], Article]) -> Answer:
    """The answer with the page or address of each quote whose article has them."""
    citations = tuple(replace(one, quote=_quote_placed(one.quote, article_of)) for one in answer.citations)
    return replace(answer, citations=citations, nearest=tuple(_quote_placed(q, article_of) for q in answer.nearest))


def passage_placed(passage: Passage, article_of: Callable[[str], Article]) -> Passage:
    """The passage with its page or address, where its article has them."""
    page, address = _place(passage.source, passage.chunk.start, passage.chunk.end, article_of)
    return replace(passage, page=page, fragment_url=address)


def _quote_placed(quote: Quote, article_of: Callable[[str], Article]) -> Quote:
    page, address = _place(quote.source, quote.start, quote.end, article_of)
    return replace(quote, page=page, fragment_url=address)


def _place(
    source: Source, start: int, end: int, article_of: Callable[[str], Article]
) -> tuple[int | None, str | None]:
    suffix = format_of(source.filename)
    with suppress(NotFoundError):
        if suffix == ".pdf":
            return bisect_right(article_of(source.file_id).pages, start) + 1, None
        if suffix in _WEB and source.url:
            return None, fragment_url(source.url, article_of(source.file_id).text, start, end)
    return None, None


def fragment_url(url: str, text: str, start: int, end: int) -> str:
    """The address that opens a page at `text[start:end]`: a text fragment as the WICG's draft has it.

    Long words are given by their first and last few; where the first ones stand in the page elsewhere too, the
    words around tell the place.
    """
    words = _WORD.findall(text[start:end])
    if end - start <= _WHOLE and "\n" not in text[start:end]:
        first, last = " ".join(words), None
    else:
        edge = min(_EDGE, max(1, len(words) // 2))
        first, last = " ".join(words[:edge]), " ".join(words[-edge:])
    directive = _encoded(first) + (f",{_encoded(last)}" if last else "")
    if _flat(text).count(first) > 1:
        before = _WORD.findall(text[max(0, start - 200) : start])[-_AROUND:]
        after = _WORD.findall(text[end : end + 200])[:_AROUND]
        directive = (f"{_encoded(' '.join(before))}-," if before else "") + directive
        directive += f",-{_encoded(' '.join(after))}" if after else ""
    return f"{url}{'' if '#' in url else '#'}:~:text={directive}"


def _flat(text: str) -> str:
    return " ".join(_WORD.findall(text))


def _encoded(words: str) -> str:
    """Words percent-encoded, `-`, `,` and `&` too, which mean something in a text directive."""
    return percent_encoded(words, safe="").replace("-", "%2D")
