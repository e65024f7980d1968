"""Spans and metadata of the labelled pages: each line of those that the rules were tuned on, and the figures of
those held back."""

from __future__ import annotations

import pytest

from evals.data.labelled import FIELDS, Labelled, labelled
from evals.metrics.labels import EVIDENCE, Counts, kind_counts, mean_f, right_kind, value_counts
from evals.suites.spans import KINDS, kinds_of, metadata_of

OPEN, HELD = tuple(labelled("open")), tuple(labelled("held"))
KNOWN_MISSES = {"video embed furniture": ["byline, body: Lennmouth –"]}
"""A place in small letters and a dash begin sentences as often as datelines."""


def test_there_are_enough_labelled_pages() -> None:
    assert len({page.name for page in OPEN + HELD}) == len(OPEN) + len(HELD) >= 150
    assert len(HELD) >= 32
    assert sum(len(page.labels) for page in HELD) >= 250
    assert {label for page in HELD for *_, label in page.labels} == {*KINDS, "off"}


@pytest.mark.parametrize("page", OPEN, ids=lambda page: page.name)
def test_every_line_of_an_open_page_has_its_kind(page: Labelled) -> None:
    misses = [f"{wanted}, {found}: {words}" for wanted, found, words in kinds_of(page) if not right_kind(wanted, found)]
    assert misses == KNOWN_MISSES.get(page.name, [])


@pytest.mark.parametrize("page", OPEN, ids=lambda page: page.name)
def test_the_metadata_of_an_open_page_are_what_it_says(page: Labelled) -> None:
    found = metadata_of(page)
    assert {name: found[name] for name in page.about} == page.about


def test_lines_of_the_pages_held_back_are_told_apart() -> None:
    counts = kind_counts((wanted, found) for page in HELD for wanted, found, _words in kinds_of(page))
    assert (mean_f(counts) or 0.0) >= 0.95, counts
    assert (counts[EVIDENCE].f or 0.0) >= 0.97, counts


def test_metadata_of_the_pages_held_back_are_hardly_ever_wrong() -> None:
    told = [(page.about, metadata_of(page)) for page in HELD]
    counts = {
        name: value_counts((about[name], found[name]) for about, found in told if name in about) for name in FIELDS
    }
    assert {name: count for name, count in counts.items() if count.wrong > 1 or count.missed > 1} == {}
    assert counts["published"] == Counts(right=8, wrong=0, missed=0)
