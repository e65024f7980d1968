"""Every format to its reading copy: the text, what in it is what, what the file tells, and where pages begin."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.articles.listings import read_lines
from service.articles.pdf_files import read_pdf
from service.articles.read import file_id_of, read_all, read_bytes
from service.articles.readings import Spoiled
from service.articles.web_articles import read_web_page
from service.domain import Article, Sourced
from service.errors import ReadError
from tests.articles.made_pdf import pdf_of

FIRST = "The night ferry Halcyon ran aground off Merrow Point on Tuesday, and all 212 people on board were brought ashore."
SECOND = "The captain had reported fog an hour before, said the harbour office, which opened an inquiry on Wednesday."
PAGE = f"""<!doctype html><html><head><title>Ferry aground off Merrow Point | The Merrow Ledger</title>
<meta property="og:site_name" content="The Merrow Ledger"><link rel="canonical" href="https://ledger.example/n/ferry">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Ferry aground off Merrow Point",
"datePublished": "2025-03-05T07:00:00Z", "author": [{{"name": "Ann Reed"}}, {{"name": "Bo Lind"}}]}}</script>
<script>var hidden = "nobody reads this";</script></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Ferry aground off Merrow Point</h1><p class="byline">By Ann Reed and Bo Lind</p>
<p class="standfirst">Everybody on board the night ferry has been brought ashore in three hours of work.</p>
<figure><img src="f.jpg"><figcaption>The Halcyon on the rocks below the lighthouse.</figcaption></figure>
<p>{FIRST}</p><p>{SECOND}</p><p>Tugs will try&shy; to pull her free&nbsp;at the next spring tide,
if the <b>wind</b> allows it, and the line has hired a second ship until the summer timetable begins.</p>
<div class="newsletter-box"><p>Sign up for our morning letter and never miss a story from the coast again.</p></div>
<p hidden>Secret words that no reader of this page was ever shown by it.</p></article>
<section class="comments"><div class="comment"><p>I was on that boat and it was three hundred of us, not 212!</p></div></section>
<footer><p>© 2019 The Merrow Ledger. All rights reserved.</p></footer></body></html>"""


def of_kind(article: Article, kind: str) -> list[str]:
    """The words of the spans of one kind."""
    return [article.text[span.start : span.end] for span in article.spans if span.kind == kind]


def read(data: bytes, filename: str) -> Article:
    """The article in some bytes."""
    return read_bytes(data, source="s", filename=filename)


def test_a_web_page_becomes_a_reading_copy_with_its_article_marked() -> None:
    article = read(PAGE.encode(), "n/ferry.html")
    assert of_kind(article, "headline") == ["Ferry aground off Merrow Point"]
    assert of_kind(article, "byline") == ["By Ann Reed and Bo Lind"]
    assert of_kind(article, "caption") == ["The Halcyon on the rocks below the lighthouse."]
    assert of_kind(article, "body") == [
        "Everybody on board the night ferry has been brought ashore in three hours of work.",
        FIRST,
        SECOND,
        "Tugs will try to pull her free at the next spring tide, if the wind allows it, and the line has hired a second "
        "ship until the summer timetable begins.",
    ]
    assert of_kind(article, "comment") == ["I was on that boat and it was three hundred of us, not 212!"]
    assert of_kind(article, "disclaimer") == ["© 2019 The Merrow Ledger. All rights reserved."]
    assert "morning letter" in article.text
    assert "hidden" not in article.text
    assert "Secret" not in article.text


def test_the_tags_of_a_page_tell_title_author_date_publisher_and_address() -> None:
    article = read(PAGE.encode(), "n/ferry.html")
    assert article.title == Sourced("Ferry aground off Merrow Point", "heading")
    assert article.author == Sourced("Ann Reed; Bo Lind", "JSON-LD")
    assert article.published == Sourced(date(2025, 3, 5), "JSON-LD")
    assert article.publisher == Sourced("The Merrow Ledger", "meta tag")
    assert article.url == "https://ledger.example/n/ferry"


def test_a_copyright_line_dates_no_page() -> None:
    bare = f"<html><body><h1>Ferry aground</h1><p>{FIRST}</p><p>{SECOND}</p><footer>© 2019 Ledger</footer></body></html>"
    assert read(bare.encode(), "a.html").published is None


def test_a_page_in_the_encoding_that_it_declares_is_read_so() -> None:
    page = f'<html><head><meta charset="windows-1251"></head><body><h1>Паром на мели</h1><p>{FIRST}</p><p>{SECOND}</p>'
    assert read(page.encode("cp1251"), "a.htm").text.startswith("Паром на мели")


def test_reading_a_page_twice_gives_the_same() -> None:
    assert read_web_page(PAGE.encode(), "a.html") == read_web_page(PAGE.encode(), "a.html")


@settings(max_examples=40, deadline=None)
@given(st.recursive(
    st.text(st.characters(codec="utf-8"), max_size=60),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from("p div article h1 li td span a b br table section".split()), st.lists(inner, max_size=4)),
    max_leaves=25))
def test_whatever_the_markup_spans_are_sorted_apart_and_within_the_text(markup: str) -> None:
    try:
        reading = read_web_page(f"<html><body>{markup}<p>{FIRST}</p></body></html>".encode(), "a.html")
    except ReadError:
        return
    ends = [0]
    for span in reading.spans:
        assert ends[-1] <= span.start < span.end <= len(reading.text)
        ends.append(span.end)


def test_a_pdf_becomes_paragraphs_with_the_place_of_each_page() -> None:
    pages = [
        ["The Merrow Ledger", "Ferry aground off Merrow Point", "", "The night ferry Halcyon ran aground off Merrow Point",
         "on Tuesday, and all 212 people on board were", "brought ashore. The harbour of-", "1"],
        ["The Merrow Ledger", "fice opened an inquiry on Wednesday.", "", "The captain had reported fog an hour before.", "2"],
        ["The Merrow Ledger", "Tugs will try to pull her free at the spring tide.", "3"],
    ]
    article = read(pdf_of(pages), "ferry.pdf")
    assert "brought ashore. The harbour office opened an inquiry on Wednesday." in article.text
    assert len(article.pages) == 2
    assert article.text[article.pages[0] :].startswith("fice opened an inquiry")
    assert article.text[article.pages[1] :].startswith("Tugs will try")
    body = " ".join(of_kind(article, "body"))
    assert "The Merrow Ledger" not in body
    assert "The captain had reported fog an hour before." in body
    assert read_pdf(pdf_of(pages), "ferry.pdf").text == article.text


def test_a_word_document_gives_its_title_headings_paragraphs_and_tables() -> None:
    document = docx.Document()
    document.add_heading("Ferry aground off Merrow Point", 0)
    document.add_paragraph(FIRST)
    document.add_heading("The inquiry", 2)
    document.add_paragraph(SECOND)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "On board", "212"
    file = io.BytesIO()
    document.save(file)
    article = read(file.getvalue(), "ferry.docx")
    assert article.title == Sourced("Ferry aground off Merrow Point", "title style")
    assert article.text == f"Ferry aground off Merrow Point\n\n{FIRST}\n\nThe inquiry\n\n{SECOND}\n\nOn board  212"
    assert of_kind(article, "headline")[:2] == ["Ferry aground off Merrow Point", "The inquiry"]
    assert of_kind(article, "body")[:2] == [FIRST, SECOND]
    assert article.published is None


def test_a_mail_gives_subject_sender_and_date_and_leaves_quoted_mails_out() -> None:
    mail = (
        "From: Ann Reed <ann@ledger.example>\r\nSubject: Ferry aground off Merrow Point\r\n"
        "Date: Wed, 05 Mar 2025 07:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{FIRST}\r\n\r\n{SECOND}\r\n\r\n> What did the captain say about the fog?\r\n\r\n-- \r\nAnn Reed\r\n"
    )
    article = read(mail.encode(), "ferry.eml")
    assert article.title == Sourced("Ferry aground off Merrow Point", "subject")
    assert (article.author, article.published) == (
        Sourced("Ann Reed", "sender"), Sourced(date(2025, 3, 5), "date header"))
    assert of_kind(article, "headline") == ["Ferry aground off Merrow Point"]
    assert of_kind(article, "body") == [FIRST, SECOND]
    assert len(of_kind(article, "comment")) == 1


def test_a_mail_of_html_alone_is_read_as_a_page() -> None:
    mail = f"Subject: Ferry aground\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{FIRST}</p><p>{SECOND}</p>"
    article = read(mail.encode(), "ferry.eml")
    assert article.text.startswith("Ferry aground\n\n")
    assert of_kind(article, "body") == [FIRST, SECOND]


def line(**fields: object) -> bytes:
    """One line of JSON Lines."""
    return json.dumps(fields).encode()


def listed(lines: list[bytes], filename: str = "feed.jsonl") -> list[Article | Spoiled]:
    """The articles of JSON Lines."""
    return list(read_all(b"\n".join(lines), source="s", filename=filename, max_bytes=1_000_000))


def test_each_line_of_json_lines_is_an_article_with_its_fields() -> None:
    (article,) = listed([line(
        id="f1", title="Ferry aground", text=f"{FIRST}\n\n{SECOND}", url="https://ledger.example/f1",
        published="2025-03-05", publisher="The Merrow Ledger", authors=["Ann Reed", "Bo Lind"])])
    assert isinstance(article, Article)
    assert (article.filename, article.file_id) == ("feed.jsonl#f1", file_id_of("s", "feed.jsonl#f1"))
    assert article.text == f"{FIRST}\n\n{SECOND}"
    assert article.title == Sourced("Ferry aground", "field")
    assert article.author == Sourced("Ann Reed, Bo Lind", "field")
    assert article.published == Sourced(date(2025, 3, 5), "field")
    assert article.publisher == Sourced("The Merrow Ledger", "field")
    assert article.url == "https://ledger.example/f1"


def test_a_lines_id_and_hash_stay_when_lines_come_before_it() -> None:
    ferry, fog = line(url="https://l.example/1", text=FIRST), line(text=SECOND)
    before = {(one.file_id, one.sha256) for one in listed([ferry, fog])}  # type: ignore[union-attr]
    after = {(one.file_id, one.sha256)  # type: ignore[union-attr]
             for one in listed([line(text="Another ship came to help within the hour."), fog, b"", ferry])}
    assert len(before) == 2
    assert before < after


def test_a_bad_line_is_reported_and_the_same_line_twice_is_one() -> None:
    good = line(id="1", text=FIRST)
    found = listed([good, b"{rubbish", b"[1]", line(id="2", title="no text"), good, line(id="1", text=SECOND)])
    assert [one.key for one in found if isinstance(one, Spoiled)] == ["line 2", "line 3", "line 4"]
    articles = [one for one in found if isinstance(one, Article)]
    assert [one.text for one in articles] == [FIRST, SECOND]
    assert len({one.file_id for one in articles}) == 2


def test_a_line_longer_than_the_limit_is_reported() -> None:
    (spoiled, reading) = read_lines([None, line(text=FIRST)], "feed.jsonl", lambda text, _: text)
    assert spoiled == Spoiled("line 1", "'feed.jsonl, line 1' is longer than a file may be: leave the line out")
    assert not isinstance(reading, Spoiled)


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"articles": [one]}])
def test_json_holds_one_article_or_a_list_of_them(wrap: object) -> None:
    document = json.dumps(wrap({"id": "f1", "text": FIRST})).encode()  # type: ignore[operator]
    (article,) = read_all(document, source="s", filename="a.json", max_bytes=1_000_000)
    assert isinstance(article, Article)
    assert (article.filename, article.text) == ("a.json#f1", FIRST)


@pytest.mark.parametrize(("filename", "data"), [
    ("a.txt", FIRST.encode()), ("a.html", PAGE.encode()), ("a.jsonl", line(id="1", text=FIRST))])
def test_a_packed_file_reads_as_what_it_packs(filename: str, data: bytes) -> None:
    plain, packed = read(data, filename), read(gzip.compress(data), filename + ".gz")
    assert (packed.text, packed.spans, packed.title) == (plain.text, plain.spans, plain.title)
