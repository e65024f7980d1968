"""Spans and metadata of the labelled texts."""

from __future__ import annotations

import pytest

from service.articles.metadata import read_metadata
from service.articles.spans import find_spans
from tests.articles.labelled import Labelled, texts

TEXTS = tuple(texts())


def test_there_are_enough_labelled_texts() -> None:
    assert len(TEXTS) >= 75
    assert len({text.name for text in TEXTS}) == len(TEXTS)
    assert sum(len(text.labels) for text in TEXTS) >= 530


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_every_line_of_a_labelled_text_has_its_kind(text: Labelled) -> None:
    assert text.misses() == []


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_the_metadata_of_a_labelled_text_is_what_it_says(text: Labelled) -> None:
    found = read_metadata(text.text, find_spans(text.text, markdown=text.markdown), text.filename)
    wanted = {"publisher": None, "author": None, "published": None, "url": None, "credit": None} | text.about
    values = {name: getattr(found, name) for name in wanted}
    assert {name: value and str(value.value) for name, value in values.items()} == wanted
