"""Metadata: each value from where the text gives it, and from nowhere else."""

from __future__ import annotations

import pytest

from service.articles.metadata import Metadata, read_metadata
from service.articles.spans import find_spans

STORY = "The bridge was closed on Monday, the port authority said.\n\nIt was built in 1931 and mended on 4 May 1999."


def _of(text: str, *, markdown: bool = False) -> Metadata:
    return read_metadata(text, find_spans(text, markdown=markdown))


def _values(found: Metadata) -> dict[str, tuple[str, str]]:
    return {
        name: (str(value.value), value.found_in)
        for name in Metadata.__dataclass_fields__
        if (value := getattr(found, name)) is not None
    }


def test_a_story_alone_gives_no_metadata() -> None:
    assert _values(_of(STORY)) == {}


def test_front_matter_gives_all() -> None:
    head = (
        "---\nTitle: 'Bridge closed'\noutlet: The Post\nauthor: [Jane Doe]\npublished: March 3, 2026\n"
        "link: https://post.example/1\noriginal_source: County Radio\n---\n"
    )
    assert _values(_of(head + "# Another title\n\n" + STORY, markdown=True)) == {
        "title": ("Bridge closed", "front matter"),
        "publisher": ("The Post", "front matter"),
        "author": ("Jane Doe", "front matter"),
        "published": ("2026-03-03", "front matter"),
        "url": ("https://post.example/1", "front matter"),
        "credit": ("County Radio", "front matter"),
    }


@pytest.mark.parametrize(
    "line",
    [
        "Copyright © 2023 The Daily Bridge",
        "© The Daily Bridge 2023. All rights reserved.",
        "All rights reserved. The Daily Bridge, 3 March 2023.",
    ],
)
def test_a_copyright_line_gives_nothing(line: str) -> None:
    assert _values(_of(f"{STORY}\n\n{line}")) == {}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("By Jane Doe", {"author": ("Jane Doe", "byline")}),
        ("By Jane Doe and Bo Ek", {"author": ("Jane Doe and Bo Ek", "byline")}),
        (
            "By Jane Doe, The Harbour Gazette",
            {"author": ("Jane Doe", "byline"), "publisher": ("The Harbour Gazette", "byline")},
        ),
        ("By Jane Doe, Staff Writer", {"author": ("Jane Doe", "byline")}),
        (
            "By Jane Doe | March 3, 2026",
            {"author": ("Jane Doe", "byline"), "published": ("2026-03-03", "byline")},
        ),
        ("Updated 3 March 2026, 10:15 am", {"published": ("2026-03-03", "date line")}),
        ("2026-03-03", {"published": ("2026-03-03", "date line")}),
        ("03/04/2026", {}),
        ("Publisher: Harbour Gazette", {"publisher": ("Harbour Gazette", "line")}),
        ("URL: https://gazette.example/1.", {"url": ("https://gazette.example/1", "line")}),
    ],
)
def test_a_line_above_the_story_gives_what_it_says(line: str, values: dict[str, tuple[str, str]]) -> None:
    found = _values(_of(f"Bridge closed to all traffic\n\n{line}\n\n{STORY}"))
    assert found == {"title": ("Bridge closed to all traffic", "headline")} | values


def test_several_dates_as_subheadings_are_no_date_of_publication() -> None:
    text = (
        "How it came\n\nMarch 3, 2020\n\nA crack is seen.\n\nMarch 9, 2021\n\nIt grows.\n\nMay 1, "
        "2022\n\nThe bridge falls."
    )
    assert _of(text).published is None


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("This post appeared first on county-radio.example", "county-radio.example"),
        ("The post Bridge closed appeared first on County Radio.", "County Radio"),
        ("This article was originally published by The Coastal Post.", "The Coastal Post"),
        ("This story was first published by the Harbour Gazette on March 3.", "the Harbour Gazette"),
        (
            "*This article is republished from [The Talk](https://talk.example) under a Creative Commons license.*",
            "The Talk",
        ),
        ("Read the original article on Business Weekly", "Business Weekly"),
        ("Original Source: county.example", "county.example"),
        ("Source: county.example", "county.example"),
        ("Source: The Coastal Post", "The Coastal Post"),
        ("Originally published in Rail Notes.", "Rail Notes"),
        ("Reprinted with permission from Summit Magazine", "Summit Magazine"),
        ("Source: Ministry of Transport", None),
        ("Photo credit: www.county.example", None),
        ("The Coastal Post first reported the crack.", None),
        ("This report was published by the ministry.", None),
    ],
)
def test_a_credit_is_the_outlet_that_a_line_names_as_the_origin(line: str, credit: str | None) -> None:
    found = _of(f"{STORY}\n\n{line}").credit
    assert (found and found.value) == credit


def test_a_plain_credit_counts_before_a_bare_source() -> None:
    found = _of(f"{STORY}\n\nSource: www.portal.example\n\nRead the original article on Business Weekly").credit
    assert found is not None
    assert (found.value, found.found_in) == ("Business Weekly", "credit line")


@pytest.mark.parametrize(
    ("opening", "agency"),
    [
        ("LENNMOUTH (NordPress) - The bridge was closed.", "NordPress"),
        ("LENNMOUTH, March 3 (NordPress) — The bridge was closed.", "NordPress"),
        ("The bridge (built in 1931) - was closed.", None),
        ("The Lenn bridge (Big Lenn) - a landmark - was closed.", None),
    ],
)
def test_a_wire_dateline_names_its_agency(opening: str, agency: str | None) -> None:
    found = _of(f"{opening}\n\n{STORY}").publisher
    assert (found and found.value) == agency
