"""Lines between the paragraphs of a story that are none of it: links to others, notes on the writer, a reader sent
elsewhere; and lines of the story that look like these."""

from __future__ import annotations

import pytest

from service.articles.read import read_bytes
from service.articles.spans import find_spans
from service.domain import Sourced, SpanKind

FIRST = "The night ferry Halcyon ran aground off Merrow Point on Tuesday, and all 212 people on board were brought ashore."
SECOND = "The captain had reported fog an hour before, said the harbour office, which opened an inquiry on Wednesday."
THIRD = "Tugs will try to pull her free at the next spring tide, if the wind allows it and the line finds a second ship."


def kind_between(*lines: str) -> list[SpanKind]:
    """The kinds of some lines that stand between the paragraphs of a story."""
    text = "\n\n".join([FIRST, SECOND, *lines, THIRD])
    found = {text[span.start : span.end]: span.kind for span in find_spans(text, markdown=False)}
    assert (found[FIRST], found[SECOND], found[THIRD]) == ("body", "body", "body")
    return [found[line] for line in lines]


@pytest.mark.parametrize("line", [
    "Voices:Does the coast need two ferries? No, it needs a tunnel.",
    "Gov. Marlow:Ferry line should pay 'each of those who sat in the cold'",
    "HARBOUR DAYS 2025:Regatta goes on through Sunday with free rides and a parade",
    "THE LONG NIGHT:5 moments that passengers will not forget",
    "Ferries in Merrow Bay:7 things you may not know about the fleet",
    "Looking for another way across?These small boats still run on weekdays",
    "FERRY AGROUND: Passengers tell of a night without heat or light",
    "WHAT COMES NEXT? Line must show its logs to the harbour office",
    "► Fleet of the bay: What each of the nine ships has been through",
    "HARBOUR NOTES: A new crane for the west quay (story continues below)",
    "To see where each of the ships is right now, click here.",
    "Click here for a page that loads with a weak signal.",
    "Check the times of all boats here>>>",
])
def test_a_link_to_another_page_is_no_evidence(line: str) -> None:
    assert kind_between(line) == ["teaser"]


@pytest.mark.parametrize("lines", [
    ["Halcyon:We ran aground at 4 a.m., she said.", "Harbour:Stay where you are, we said."],
    ["Marlow:We saw nothing at all.", "Reed:Nobody saw anything that night.", "Marlow:It was the fog, of course."],
    ["NIGHT FERRY HALCYON: Built in 1998 for the route to Kelm", "DAY FERRY MERLIN: Built in 2004 for the same route"],
    ["1996:Halcyon strikes the quay. Nobody is hurt.", "March 17:She is back at work after six weeks in the dock."],
    ["Police sent word at noon: the road to the point will stay closed to all but the crews."],
    ["Officials click through hundreds of reports like this one each year."],
])
def test_what_only_looks_like_a_link_stays_in_the_story(lines: list[str]) -> None:
    assert set(kind_between(*lines)) <= {"body", "headline"}


@pytest.mark.parametrize("line", [
    "This story and headline have been updated.",
    "You can follow our harbour correspondent Ann Reed on Bluesky",
    "Ann Reed is on Mastodon as @annreed or can be emailed at ann.reed@ledger.example.",
])
def test_a_note_on_the_writer_or_the_text_is_a_byline(line: str) -> None:
    assert kind_between(line) == ["byline"]


def test_a_note_on_whose_opinions_a_page_brings_is_a_disclaimer() -> None:
    line = "Besides its own leaders, this page brings opinions from outside writers; to answer one, write to the desk."
    assert kind_between(line) == ["disclaimer"]


def test_words_that_are_interrupted_in_a_transcript_are_the_story() -> None:
    assert kind_between("Thank you, Captain Marlow –", "Well –", "If you let me say what I saw then, that –")[:2] == ["body"] * 2
    text = f"MERROW POINT –\n\n{FIRST}\n\n{SECOND}"
    assert find_spans(text, markdown=False)[0].kind == "byline"


def test_titles_below_the_note_on_the_writer_are_other_stories() -> None:
    titles = ["Two ferries are one too many for a bay of this size.", "Will the next winter be worse? Ask the pilots."]
    text = "\n\n".join([FIRST, SECOND, THIRD, "Follow Ann Reed on Twitter: @annreed", "More from Ann Reed:", *titles])
    kinds = {text[span.start : span.end]: span.kind for span in find_spans(text, markdown=False)}
    assert [kinds[title] for title in titles] == ["teaser", "teaser"]


def test_an_article_that_says_where_it_first_appeared_is_a_reprint_of_that() -> None:
    text = f"{FIRST}\n\n{SECOND}\n\nThe article Ferry Aground Off Merrow Point originally appeared on Kelm Courier."
    article = read_bytes(text.encode(), source="s", filename="a.txt")
    assert article.credit == Sourced("Kelm Courier", "credit line")
    assert article.spans[-1].kind == "credit"
