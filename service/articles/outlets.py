"""Outlets by their names and addresses, as keys to compare."""

from __future__ import annotations

import re

from service.domain import Article


def outlet_key(name: str) -> str:
    """An outlet's name or domain, reduced to what both have in common: "The Harbour Post",
    "www.harbourpost.com"."""
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", name.casefold().strip())
    if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,24}(?:/\S*)?", bare):
        bare = bare.split("/")[0]
        labels = bare.split(".")
        bare = labels[-3] if len(labels) > 2 and len(labels[-2]) <= 3 else labels[-2]
    return re.sub(r"[\W_]+", "", re.sub(r"^the\s+", "", bare))


def outlet_of(article: Article) -> str | None:
    """Who brought an article, as a key to compare: its publisher, else the host of its address; None for neither."""
    named = article.publisher.value if article.publisher else None
    host = re.match(r"https?://([^/\s:]+)", article.url or "")
    return outlet_key(named or (host[1] if host else "")) or None
