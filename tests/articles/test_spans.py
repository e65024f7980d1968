"""Spans: what holds for every text, and layouts that are easy to get wrong."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from evals.data.labelled import labelled
from service.articles.spans import find_spans
from service.domain import SpanKind

LINES = sorted({text.text[start:end] for text in labelled("open") for start, end, _ in text.labels})
ANY_TEXT = st.one_of(
    st.text(max_size=300),
    st.text(st.sampled_from("ab .…\n\r\u2028\x85\t-#>*:|[]()\u200b\ufeff1"), max_size=200),
    st.lists(
        st.one_of(st.sampled_from(LINES), st.sampled_from(["", "---", "...", "…", "You may also like", "0"])),
        max_size=12,
    ).map("\n".join),
)


@given(ANY_TEXT, st.booleans())
@example("---\ntitle: x\n---", True)
@example("\ufeff\n>>>\n#\n- ", True)
@hypothesis_settings(max_examples=300)
def test_spans_lie_in_order_and_apart_and_cover_every_word(text: str, markdown: bool) -> None:
    spans = find_spans(text, markdown=markdown)
    last = 0
    for span in spans:
        assert last <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        last = span.end
    if not markdown:
        left = "".join(
            text[a:b] for a, b in zip([0, *(s.end for s in spans)], [*(s.start for s in spans), len(text)], strict=True)
        )
        assert left.strip(" \u200b\u2060\ufeff\t\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029").strip() == ""


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8), st.sampled_from(["\n\n", "\n"]))
def test_line_ends_do_not_change_what_a_line_is(lines: list[str], gap: str) -> None:
    unix = gap.join(lines)
    windows = unix.replace("\n", "\r\n")
    kinds = [[span.kind for span in find_spans(text, markdown=False)] for text in (unix, windows)]
    assert kinds[0] == kinds[1]


STORY = (
    "The river rose to 6.2 metres on Saturday night, the waterworks said, and 4,200 people left their homes.",
    "By Sunday noon the water had fallen again, and the first of them could return.",
    "Nobody was hurt, according to the county.",
)


def _kinds(*lines: str) -> list[SpanKind]:
    return [span.kind for span in find_spans("\n\n".join(lines), markdown=False)]


@pytest.mark.parametrize(
    "line",
    [
        "He added that all rights reserved under the treaty would be kept.",
        "The company will share 3 percent of its profit with workers.",
        "“It was dark, and then...” she said.",
        "Copyright law protects the song until 2041, the court said.",
        "Advertising on the pitch brought the club 2 million.",
        "More than 3,000 people signed up for the newsletter of the party, it said.",
        "Readers left 312 comments under the mayor's post on Facebook.",
        "Related industries lost 4,000 jobs.",
        "By Tuesday, the number had risen to 14.",
        "Source of the fire was a kettle, the brigade said.",
        "The minister did not recommend the vaccine, he said; it should not be considered as advice.",
        "Photographs of the 60 suspects were published.",
        "Follow the river for two miles, and you reach the mill.",
        "You may also like to know that the mill has stood there since 1620.",
        "Most read the notice only after the flood.",
        "Sign up for flood alerts with the county, the mayor said.",
        "No.",
        "“Never again.”",
        "The story was first reported by a local radio station, the mayor said.",
        "Via a bridge of boats, 700 soldiers crossed.",
    ],
)
def test_a_sentence_of_the_story_is_body_whatever_it_mentions(line: str) -> None:
    assert _kinds(STORY[0], line, STORY[1], STORY[2]) == ["body"] * 4
    assert _kinds(STORY[0], STORY[1], STORY[2], line) == ["body"] * 4


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("You May Also Like", "teaser"),
        ("More from the county", "teaser"),
        ("READ ALSO: Bakers strike for 12 days", "teaser"),
        ("This post appeared first on county-radio.example", "credit"),
        ("Original Source: county-radio.example", "credit"),
        ("Read the original article on County Radio", "credit"),
        ("(Republished from County Radio)", "credit"),
        ("© 2022 County Radio. All rights reserved.", "disclaimer"),
        ("Nothing on this site should be construed as legal advice.", "disclaimer"),
        ("Share this", "share"),
        ("Tweet", "share"),
        ("0f3ab1c2-1111-4222-8333-444455556666", "share"),
        ("Exit mobile version", "share"),
        ("Leave a Reply", "comment"),
        ("Advertisement", "advert"),
        ("Subscribe to our newsletter and get the news in your inbox", "advert"),
        ("File photo", "credit"),
        ("(Reporting by Ann Lee; editing by Bo Ek)", "byline"),
        ("Published: 3 March 2026", "byline"),
        ("The river at its height (Photo: Ann Lee)", "caption"),
    ],
)
def test_a_line_whose_wording_tells_is_known_after_the_story(line: str, kind: SpanKind) -> None:
    assert _kinds(*STORY, line) == ["body", "body", "body", kind]


def test_a_box_of_links_does_not_swallow_the_story_after_it() -> None:
    assert _kinds(
        *STORY[:2],
        "Related",
        "Chess club loses 4-0",
        "Bakers strike for 12 days",
        STORY[2],
        "The county will build a higher wall along the river.",
    ) == ["body", "body", "teaser", "teaser", "teaser", "body", "body"]


def test_a_text_of_one_line_is_an_article() -> None:
    assert _kinds("Twelve thousand soldiers were sent to the border") == ["body"]


def test_a_hard_wrapped_paragraph_is_one_span() -> None:
    text = (
        "The river rose to 6.2 metres on Saturday night, the waterworks said,\n"
        "and 4,200 people left their homes. Most of them spent the night in\n"
        "schools on the hill.\n\nOthers stayed."
    )
    assert [text[span.start : span.end] for span in find_spans(text, markdown=False)] == text.split("\n\n")


def test_lines_of_a_list_are_spans_of_their_own() -> None:
    text = "\n".join(
        f"{team} won {points} points in the league this season"
        for team, points in (("Ems", 14), ("Varr", 12), ("Skarn", 9), ("Vell", 3))
    )
    assert len(find_spans(text, markdown=False)) == 4


def test_markdown_marks_stay_outside_the_spans() -> None:
    text = "## Damage\n\n- three bridges were lost\n\n> “We were lucky,” the mayor said.\n"
    assert [text[span.start : span.end] for span in find_spans(text, markdown=True)] == [
        "Damage",
        "three bridges were lost",
        "“We were lucky,” the mayor said.",
    ]


@pytest.mark.parametrize(
    ("hostile", "kinds"),
    [
        (
            "Stock\n\nThe carmaker said on Monday that it will close two plants by June, and...\n\n",
            {"teaser"},
        ),
        ("Leave a Reply\n\n", {"comment"}),
        ("You may also like\n\n", {"teaser"}),
        ("By Jane Doe\n", {"byline"}),
        ("Well now!\n\n", {"body"}),
    ],
)
def test_a_thousand_times_the_same_block_is_a_thousand_times_the_same_kind(hostile: str, kinds: set[str]) -> None:
    text = "\n\n".join(STORY) + "\n\n" + hostile * 1000
    spans = find_spans(text, markdown=False)
    assert len(spans) == 3 + 1000 * len(hostile.split("\n\n")[:-1] or [1])
    assert {span.kind for span in spans[:3]} == {"body"}
    assert {span.kind for span in spans[3:]} == kinds
