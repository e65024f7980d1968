"""What an article rests on, as far as the whole archive tells."""

from __future__ import annotations

from dataclasses import replace

from service.articles.reliance import resting
from service.domain import Article
from service.ports import ArticleRecord


def article_with_reliance(record: ArticleRecord, file_id: str) -> Article:
    """A live article whose `rests_on` also has what those articles name that print the same quotations. Raises
    NotFoundError."""
    article = record.article(file_id)
    return replace(article, rests_on=resting(article.rests_on, record.sharing_quotes(file_id).values()))
