"""Pages of documents and addresses that open a page at the quoted words."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answers.places import answer_placed, fragment_url, passage_placed
from service.answers.wire import answer_json, passage_json
from service.domain import Answer, Article, Chunk, Citation, Passage, Quote, Source, Usage
from service.errors import NotFoundError

TEXT = (
    "Ferry aground\n\nThe ferry ran aground on Tuesday. All were saved.\n\nOn Friday, tugs came. All were saved. "
    "The well-kept ship, built in 1990 & painted white, will be towed to the yard as soon as the spring tide allows it."
)


def address(words: str, *, last: bool = False) -> str:
    """The address at these words of the text."""
    start = TEXT.rindex(words) if last else TEXT.index(words)
    return fragment_url("https://l.example/f", TEXT, start, start + len(words))


def test_words_that_stand_once_are_named_as_they_are() -> None:
    assert address("The ferry ran aground on Tuesday.") == (
        "https://l.example/f#:~:text=The%20ferry%20ran%20aground%20on%20Tuesday.")


def test_long_words_are_named_by_their_first_and_last_and_signs_of_the_syntax_are_encoded() -> None:
    words = TEXT[TEXT.index("The well-kept") :]
    assert address(words) == (
        "https://l.example/f#:~:text=The%20well%2Dkept%20ship%2C%20built%20in%201990,the%20spring%20tide%20allows%20it."
        .replace("the%20spring", "as%20the%20spring"))


def test_words_that_stand_twice_are_told_apart_by_those_around() -> None:
    assert address("All were saved.") == (
        "https://l.example/f#:~:text=ran%20aground%20on%20Tuesday.-,All%20were%20saved.,-On%20Friday%2C%20tugs%20came.")
    assert address("All were saved.", last=True) == (
        "https://l.example/f#:~:text=On%20Friday%2C%20tugs%20came.-,All%20were%20saved.,-The%20well%2Dkept%20ship%2C%20built")


def test_a_fragment_of_the_address_is_kept() -> None:
    assert fragment_url("https://l.example/f#top", "One.", 0, 4) == "https://l.example/f#top:~:text=One."


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc"]), min_size=1, max_size=40))
def test_an_address_is_ascii_and_gives_the_words_back(words: str) -> None:
    made = fragment_url("https://l.example/f", words, 0, len(words))
    assert made.isascii()
    directive = made.partition(":~:text=")[2]
    assert re.fullmatch(r"[\w.~%]+", directive)
    assert unquote(directive) == words


def source(filename: str, url: str | None) -> Source:
    """A source of that name."""
    return Source(f"art_{filename}", filename, "0" * 64, None, None, None, url, "org_1", None)


def article_of(file_id: str) -> Article:
    """An article whose second page begins at character 20."""
    if file_id == "art_gone.pdf":
        raise NotFoundError(file_id)
    return Article(file_id, "s", file_id[4:], None, "0" * 64, TEXT, (), url="https://l.example/f", pages=(20,))


@pytest.mark.parametrize(("filename", "start", "place"), [
    ("a.pdf", 19, {"page": 1}), ("a.pdf.gz", 20, {"page": 2}), ("gone.pdf", 20, {}), ("a.txt", 20, {}),
    ("a.html", 15, {"fragment_url": "https://l.example/f#:~:text=The"}), ("feed.jsonl#1", 20, {})])
def test_answers_and_passages_carry_the_place_of_their_words(filename: str, start: int, place: dict[str, object]) -> None:
    of = source(filename, "https://l.example/f")
    quote = Quote(of, start, start + 3, "The")
    answer = Answer("ans_1", "q", "answered", None, "", (), (), 0, (Citation(1, quote),), (of,), (quote,), "extractive",
                    None, None, "i", Usage(), {}, "2025-01-01T00:00:00Z")
    if filename == "a.html":
        place = {"fragment_url": fragment_url("https://l.example/f", TEXT, start, start + 3)}
    told = answer_json(answer_placed(answer, article_of))
    for one in (*told["citations"], *told["nearest"]):
        assert {name: one[name] for name in ("page", "fragment_url") if name in one} == place
    chunk = Chunk("c.1.0", of.file_id, 0, start, start + 3, "The", "")
    found = passage_json(passage_placed(Passage(chunk, of, 1.0), article_of), 1)
    assert {name: found[name] for name in ("page", "fragment_url") if name in found} == place
