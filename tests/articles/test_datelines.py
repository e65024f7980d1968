"""Datelines: what a story begins with before its first sentence, and what only looks like it."""

from __future__ import annotations

import pytest

from service.articles.datelines import Dateline, read_dateline
from service.articles.spans import find_spans


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("KELBY – The river rose.", Dateline(8, None, None)),
        ("**KELBY** — The river rose.", Dateline(12, None, None)),
        ("PORT-AU-PRINCE, Haiti (AP) — Gangs met.", Dateline(29, "AP", None)),
        ("ST. OLAV (NordPress) - “We won.”", Dateline(23, "NordPress", None)),
        ("SKARN, 10 February 2025 (Coast Wire) – Nobody came.", Dateline(39, "Coast Wire", "10 February 2025")),
        ("Skarn, Feb. 3 – Nobody came.", Dateline(16, None, "Feb. 3")),
        ("KVIST/SKARN (Coast Wire) -- Two towns met.", Dateline(28, "Coast Wire", None)),
        ("(NNB) The dam broke.", Dateline(6, "NNB", None)),
        ("Skarn (NNB Business) The dam broke.", Dateline(21, "NNB Business", None)),
        ("KELBY – The river – brown and wide – rose.", Dateline(8, None, None)),
        ("UNION – Norland’s largest dairy – has split.", None),
        ("UNION – the largest dairy – has split.", None),
        ("Kelby – The river rose.", None),
        ("Q – Why did the river rise?", None),
        ("SATURDAY – The river rose.", None),
        ("KELBY - MARCH 3: The river rises.", None),
        ("The bridge (built in 1931) - A landmark.", None),
        ("Grand Union Dairies (whose milk is blue) The plant closed.", None),
        ("KELBY-based dairies closed.", None),
    ],
)
def test_a_dateline_is_place_date_and_agency_before_a_dash(text: str, dateline: Dateline | None) -> None:
    assert read_dateline(text) == dateline


def test_inside_the_story_a_place_alone_is_no_dateline() -> None:
    text = "The river rose by two metres on Monday.\n\nKELBY – The town is under water.\n\nVELL, Ems – So is Vell."
    assert [text[span.start : span.end] for span in find_spans(text, markdown=False) if span.kind == "body"] == [
        "The river rose by two metres on Monday.",
        "KELBY – The town is under water.",
        "So is Vell.",
    ]
