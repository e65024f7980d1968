"""The day that a web page was published: where it is told, what comes first, and what tells no day."""

from __future__ import annotations

from datetime import date

import pytest

from service.articles.read import read_bytes
from service.domain import Sourced

FIRST = "The night ferry Halcyon ran aground off Merrow Point on Tuesday, and all 212 people on board were brought ashore."
SECOND = "The captain had reported fog an hour before, said the harbour office, which opened an inquiry on 4 June 2021."
THIRD = "Tugs will try to pull her free at the next spring tide, if the wind allows it and the line finds a second ship."


def published(body: str, head: str = "") -> Sourced[date] | None:
    """What a page with this markup around the story tells."""
    page = f"<!doctype html><html><head><title>Ferry aground off Merrow Point</title>{head}</head><body>{body}</body></html>"
    return read_bytes(page.encode(), source="s", filename="a.html").published


def story(before: str = "", opening: str = "", after: str = "") -> str:
    """A story under its headline."""
    return (f"<main><h1>Ferry aground off Merrow Point</h1>{before}<article><p>{opening}{FIRST}</p><p>{SECOND}</p>"
            f"<p>{THIRD}</p></article></main>{after}")


OTHERS = (
    '<aside><h3>More from the coast</h3><ul><li><span class="date">2022-01-09</span> <a href="/a">Pier closed</a></li>'
    '<li><span class="date">2022-01-08</span> <a href="/b">Boat lost</a></li></ul></aside>'
)


@pytest.mark.parametrize(("body", "head", "told"), [
    (story(), '<meta property="article:published_time" content="2025-03-05T07:00:00Z">', (2025, 3, 5, "meta tag")),
    (story('<time itemprop="dateModified">2025-04-02</time><time itemprop="datePublished" datetime="2025-03-05 10:20"></time>'),
     "", (2025, 3, 5, "microdata")),
    (story('<time datetime="2025-03-05 12:22">5.3.2025 12:22</time>', after='<ul><li><time datetime="2024-08-10">10.8.2024'
           '</time> <a href="/a">Pier closed</a></li></ul>'), "", (2025, 3, 5, "time tag")),
    (story(opening="5.3.2025 - "), "", (2025, 3, 5, "dateline")),
    (story(opening="Merrow, (5.3.2025). "), "", (2025, 3, 5, "dateline")),
    (story(opening="(5 March 2025) ", after=OTHERS), "", (2025, 3, 5, "dateline")),
    (story("<p>Posted on March 5, 2025</p><p>Updated March 9, 2025</p>"), "", (2025, 3, 5, "page head")),
    (story(), '<link rel="canonical" href="https://ledger.example/news/25-03-2025/ferry">', (2025, 3, 25, "address")),
])
def test_the_day_of_publication_is_told_by_the_first_of_these(body: str, head: str, told: tuple[int, int, int, str]) -> None:
    assert published(body, head) == Sourced(date(*told[:3]), told[3])


@pytest.mark.parametrize(("body", "head"), [
    (story(), ""),
    (story(after="<footer><p>© 2019 The Merrow Ledger</p></footer>"), ""),
    (story(opening="5 March 2025 was a day of fog on this coast, the worst of that winter. "), ""),
    (story(), '<link rel="canonical" href="https://ledger.example/news/03-04-2025/ferry">'),
    (story(), '<link rel="canonical" href="https://ledger.example/news/45-13-2025/ferry">'),
])
def test_a_day_that_only_the_story_a_copyright_line_or_an_unclear_address_has_is_none(body: str, head: str) -> None:
    assert published(body, head) is None


def test_what_is_named_the_day_of_publication_counts_before_a_time_beside_the_headline() -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-03-05"}</script>'
    assert published(story('<time datetime="2025-03-09">Updated</time>'), head) == Sourced(date(2025, 3, 5), "JSON-LD")
