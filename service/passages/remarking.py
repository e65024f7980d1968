"""A stored article as this version reads it: spans and metadata found anew, its text untouched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from service.articles.metadata import Metadata, read_metadata
from service.articles.read import KEY_MARK, LISTINGS, ZIP, format_of, read_articles
from service.articles.reliance import named_sources
from service.articles.spans import find_spans
from service.domain import Article, Sourced
from service.errors import OnRecordError


def remarked(article: Article, max_bytes: int) -> Article:
    """A stored article with spans and metadata as this version finds them; what its caller gave stays.

    Spans that markup told are read from the file again, where that is as it was, and stay otherwise."""
    filename, _, key = article.filename.partition(KEY_MARK)
    packed = format_of(filename) == ZIP
    suffix = format_of(article.filename)
    if suffix in (".txt", ".md", None) or suffix in LISTINGS:
        return _from_text(article)
    try:
        found = next((one for one in read_articles(
            Path(article.path or ""), source=article.source, filename=filename if packed else article.filename,
            max_bytes=max_bytes, key=key if packed else None) if isinstance(one, Article)), article)
    except OnRecordError:
        return article
    if (found.sha256, found.text) != (article.sha256, article.text):
        return article
    return replace(found, file_id=article.file_id)


def _from_text(article: Article) -> Article:
    """A stored article with spans and metadata as this version finds them; what its caller or its file's
    fields gave stays."""
    spans = find_spans(article.text, markdown=format_of(article.filename) == ".md")
    given = Metadata(
        **{name: value for name in ("title", "publisher", "author", "published", "credit")
           if (value := getattr(article, name)) is not None and value.found_in in ("caller", "field")},
        url=Sourced(article.url, "caller") if article.url else None,
    )
    known = given.over(read_metadata(article.text, spans, article.filename))
    return replace(article, spans=spans, title=known.title, publisher=known.publisher, author=known.author,
                   published=known.published, url=known.url.value if known.url else None, credit=known.credit,
                   rests_on=named_sources(article.text, spans, known.publisher.value if known.publisher else None))
