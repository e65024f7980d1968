"""Text as both tantivy indexes read it, when it is indexed and when it is asked for."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_TERMS = 256
"""More different terms than any question has."""

_GROUPED = re.compile(r"(?<=\d)[,\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_NO_WORD = re.compile(
    "[\\x00\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff\\ud800-\\udfff]"
)


def plain(text: str) -> str:
    """The text without variants of letters and anything invisible, 12,000 as 12000."""
    return _GROUPED.sub("", unicodedata.normalize("NFKC", _NO_WORD.sub("", text)))


def analyzer(tantivy: Any, *, stems: bool = True) -> Any:
    """Letters and digits, without case and accents; stemmed as English, or as they stand."""
    filters = tantivy.Filter
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(filters.remove_long(100)).filter(filters.lowercase()).filter(filters.ascii_fold())
    )
    return (builder.filter(filters.stemmer("english")) if stems else builder).build()


def distinct_terms(how: Any, text: str) -> list[str]:
    """The different terms of a query, in order."""
    return list(dict.fromkeys(how.analyze(plain(text))))[:_TERMS]
