"""The five crawled articles: what is no evidence in them, by line, and what they say of themselves."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from service.articles.boilerplate import quotes_of
from service.articles.folder import Found, source_of, walk
from service.articles.origins import assign
from service.articles.read import read_article, read_bytes
from service.domain import Article
from service.errors import ReadError

KINDS = {
    "000": {
        1: "share",
        3: "headline",
        39: "credit",
        **dict.fromkeys(range(41, 58, 2), "teaser"),
        59: "disclaimer",
        61: "disclaimer",
        63: "share",
    },
    "001": {1: "credit", 2: "headline", 17: "credit", 18: "credit", 19: "credit"},
    "002": {1: "share", 3: "headline", 5: "credit", 6: "credit", 7: "credit", 33: "teaser"},
    "003": {1: "caption", 11: "caption", 12: "caption"},
    "004": {1: "headline", 3: "share", 4: "share", 20: "credit", 22: "comment", 24: "comment"},
}
CREDITS = {
    "000": "cnn.com",
    "001": "Business Insider",
    "002": None,
    "003": None,
    "004": "kyivindependent.com",
}


@pytest.fixture(scope="module")
def articles(shared: Path) -> dict[str, Article]:
    root = shared / "articles"
    return {
        found.filename[:3]: read_article(found.path, source=source_of(root), filename=found.filename, max_bytes=100_000)
        for found in walk(root)
        if isinstance(found, Found) and found.filename[:3] in KINDS
    }


@pytest.mark.parametrize("name", KINDS)
def test_each_line_that_is_not_body_is_known_for_what_it_is(articles: dict[str, Article], name: str) -> None:
    article = articles[name]
    found = {}
    for span in article.spans:
        line = article.text.count("\n", 0, span.start) + 1
        assert "\n" not in article.text[span.start : span.end]
        found[line] = span.kind
    filled = [number for number, line in enumerate(article.text.split("\n"), 1) if line.strip()]
    assert found == {line: KINDS[name].get(line, "body") for line in filled}


@pytest.mark.parametrize("name", KINDS)
def test_metadata_are_what_the_texts_give_and_no_more(articles: dict[str, Article], name: str) -> None:
    article = articles[name]
    line = next((line for line, kind in KINDS[name].items() if kind == "headline"), None)
    assert (article.title and article.title.value) == (line and article.text.split("\n")[line - 1])
    assert (article.credit and article.credit.value) == CREDITS[name]
    assert (article.publisher, article.author, article.published, article.url) == (None, None, None, None)


def test_the_five_are_five_origins_of_which_three_are_reprints(articles: dict[str, Article]) -> None:
    found = assign(list(articles.values()))
    assert len({article.origin_id for article in found}) == 5
    assert {article.filename[:3]: article.reprint_of for article in found} == CREDITS


def test_the_interview_that_four_of_the_five_draw_from_is_named(articles: dict[str, Article]) -> None:
    assert {name: article.rests_on for name, article in articles.items()} == {
        name: () if name == "003" else ("Rossiyskaya Gazeta",) for name in KINDS
    }
    shared = {mark for name in KINDS if name != "003" for mark in quotes_of(articles[name])}
    assert set(quotes_of(articles["003"])) & shared


def test_of_the_short_crawled_texts_only_notices_and_forms_are_refused(shared: Path) -> None:
    with gzip.open(shared / "bench" / "realtimeqa-2022" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        short = [text for line in lines if len(text := str(json.loads(line)["text"])) <= 1100]
    refused = [text for text in short if not _holds_an_article(text)]
    assert len(short) > 150
    assert len(refused) == 58
    notices = ("we will use the details you have shared", "how relevant is this ad to you", "a free account gives you")
    assert all(any(notice in text.casefold() for notice in notices) for text in refused)


def _holds_an_article(text: str) -> bool:
    try:
        read_bytes(text.encode("utf-8"), source="crawl", filename="article.txt")
    except ReadError:
        return False
    return True
