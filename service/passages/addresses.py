"""What an article's address says of it: the words that sites put into it, most often those of the headline."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.I)
_BREAK = re.compile(r"[^\w’']+|_")
_NUMBER = re.compile(r"\d{1,4}")
_LONGEST = 30
"""Letters of the longest word; what is longer is a key."""


def address_words(url: str) -> str:
    """The words of the part of an address's path that has most of them, of equal ones the last; "" where none has two.

    Numbers of more than four digits, and what mixes digits and letters, as keys do, are left out.
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    best: list[str] = []
    for part in path.split("/"):
        told = [word for word in _BREAK.split(_EXTENSION.sub("", unquote(part))) if _says(word)]
        if sum(not word.isdigit() for word in told) >= max(2, sum(not word.isdigit() for word in best)):
            best = told
    return " ".join(best)


def _says(word: str) -> bool:
    """Whether a piece of an address may be a word or a number that somebody reads."""
    return bool(_NUMBER.fullmatch(word)) or (word.isalpha() and len(word) <= _LONGEST)
