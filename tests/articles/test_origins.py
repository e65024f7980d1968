"""Origins: which texts are one, which only look alike, and what a group's id and original are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.articles.origins import Origin, assign, group, one_text, origin_id_of, signature
from service.articles.read import read_bytes
from service.domain import Article, Sourced

WIRE = (
    "Four sailors were rescued on Sunday after their yacht sank off Cape Varr, the coast guard said. They "
    "had drifted for nine hours in a life raft before a freighter saw their lights. None of them was "
    "seriously hurt."
)
LONG = "\n\n".join(
    (
        "The bridge over the Lenn was closed to all traffic on Tuesday after engineers found a crack in "
        "the northern pylon.",
        "About 14,000 vehicles cross it on a weekday, the port authority said, and most of them will now "
        "have to take the ferry.",
        "“We did not expect to find anything of that size,” said Orla Venn, who leads the inspection of the bridge.",
        "Ferries will run every ten minutes until Friday, when the engineers want to say how long the "
        "repairs will take.",
        "The bridge was built in 1931 and last mended in 1999, after a barge had hit one of its piers in fog.",
        "Merchants in the old town fear for the Christmas trade, which brings them a third of what they "
        "earn in a year.",
    )
)
REPORT = "\n\n".join(
    (
        "Traffic came to a halt at the Lenn on Tuesday: the bridge is shut, and nobody can say for how long.",
        "Inspectors had come upon a crack in one of the two pylons in the morning and ordered the closure "
        "within an hour.",
        "“We did not expect to find anything of that size,” their head, Orla Venn, told reporters.",
        "Up to 15,000 cars use the crossing each day. They are being sent to the ferry, where queues "
        "reached two kilometres.",
    )
)


def _article(name: str, text: str, *, published: date | None = None, publisher: str | None = None) -> Article:
    article = read_bytes(text.encode(), source="s", filename=f"{name}.txt")
    return replace(
        article,
        published=Sourced(published, "caller") if published else None,
        publisher=Sourced(publisher, "caller") if publisher else article.publisher,
    )


def _groups(*articles: Article) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    for article in assign(articles):
        found.setdefault(article.origin_id, set()).add(article.filename.removesuffix(".txt"))
    return sorted(found.values(), key=sorted)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (WIRE, WIRE),
        (WIRE, WIRE.replace("sailors", "crew").replace("seriously", "badly")),
        (WIRE, "LENNMOUTH (NordPress) - " + WIRE),
        (LONG, "\n\n".join(LONG.split("\n\n")[:3])),
        (LONG, LONG.replace("\n\n", "\n")),
        (LONG, "Commuters are angry about a closure that nobody saw coming.\n\n" + LONG),
        (
            LONG,
            LONG.replace("About 14,000", "Some 14,000")
            .replace("a weekday", "a working day")
            .replace("mended", "repaired"),
        ),
        (
            LONG,
            LONG
            + "\n\nYou may also like\n\nMan wins 3 million in lottery"
            + "\n\nShare this\n\n© 2024 The Post. All rights reserved.",
        ),
        (LONG, LONG.replace("14,000", "14,500")),
        (
            LONG + "\n\nShares in the ferry company rose by 11 percent.",
            LONG + "\n\nThe mayor will speak to the 400 residents of the northern bank on Thursday evening.",
        ),
    ],
    ids=[
        "same",
        "words changed",
        "dateline",
        "cut",
        "line ends",
        "new opening",
        "edited",
        "other boilerplate",
        "one figure",
        "other paragraphs added",
    ],
)
def test_copies_are_one_text(first: str, second: str) -> None:
    assert _groups(_article("a", first), _article("b", second)) == [{"a", "b"}]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (LONG, REPORT),
        (LONG, WIRE),
        (
            "An earthquake of magnitude 5.8 struck near the town of Ems on Monday, the survey said. There "
            "were no reports of damage.",
            "An earthquake of magnitude 6.1 struck near the town of Vell on Friday, the survey said. "
            "There were no reports of damage.",
        ),
        (
            "Ems Bakery reported a profit of 3.1 million crowns for the second quarter, up 4 percent from "
            "a year earlier.",
            "Varr Shipping reported a profit of 28 million crowns for the third quarter, up 9 percent "
            "from a year earlier.",
        ),
        (
            "The council met on Monday and spoke about the bridge for two hours without a vote on what "
            "should be done with it.",
            "The council met on Monday and voted 9 to 4 to keep the old mill, whose roof must be mended "
            "before the winter.",
        ),
    ],
    ids=["same event", "nothing in common", "bulletins", "company results", "same opening"],
)
def test_texts_that_are_merely_alike_are_independent(first: str, second: str) -> None:
    assert _groups(_article("a", first), _article("b", second)) == [{"a"}, {"b"}]


def test_the_same_credit_joins_texts_of_fair_likeness_only() -> None:
    credit = "\n\nThis story first appeared in the Harbour Gazette"
    rewritten = "\n\n".join((LONG.split("\n\n")[0], *REPORT.split("\n\n")[:2], LONG.split("\n\n")[4]))
    assert _groups(_article("a", LONG), _article("b", rewritten)) == [{"a"}, {"b"}]
    assert _groups(_article("a", LONG + credit), _article("b", rewritten + credit)) == [{"a", "b"}]
    assert _groups(_article("a", LONG + credit), _article("b", WIRE + credit)) == [{"a"}, {"b"}]


def test_a_credit_finds_the_outlets_own_article() -> None:
    rewritten = "\n\n".join((LONG.split("\n\n")[0], *REPORT.split("\n\n")[:2], LONG.split("\n\n")[4]))
    own = _article("z", LONG, publisher="The Harbour Gazette", published=date(2026, 3, 2))
    copy = _article("a", rewritten + "\n\nOriginal Source: www.harbourgazette.example", published=date(2026, 3, 1))
    assert _groups(own, copy) == [{"a", "z"}]
    assert [(one.filename, one.reprint_of) for one in assign([copy, own])] == [
        ("a.txt", "www.harbourgazette.example"),
        ("z.txt", None),
    ]
    assert assign([own])[0].origin_id == assign([copy, own])[1].origin_id


def test_a_credited_text_without_its_original_is_a_reprint_with_an_origin_of_its_own() -> None:
    one = _article("a", LONG + "\n\nThis post appeared first on county-radio.example")
    two = _article("b", WIRE)
    assert [(found.origin_id, found.reprint_of) for found in assign([one, two])] == [
        (origin_id_of(one.file_id), "county-radio.example"),
        (origin_id_of(two.file_id), None),
    ]


def test_the_earliest_of_uncredited_copies_is_the_original() -> None:
    late = _article("a", "# Crack closes bridge\n\n" + WIRE, published=date(2026, 3, 3))
    early = _article("b", WIRE, published=date(2026, 3, 2), publisher="NordPress")
    undated = _article("c", WIRE)
    found = {one.filename: (one.origin_id, one.reprint_of) for one in assign([late, undated, early])}
    origin = origin_id_of(early.file_id)
    assert found == {"a.txt": (origin, "NordPress"), "b.txt": (origin, None), "c.txt": (origin, "NordPress")}


def test_the_order_of_the_articles_does_not_matter() -> None:
    articles = [
        _article("a", LONG),
        _article("b", LONG + "\n\nOriginal Source: x.example"),
        _article("c", WIRE),
        _article("d", "\n\n".join(LONG.split("\n\n")[:4])),
    ]
    signatures = [signature(article) for article in articles]
    wanted = group(signatures)
    assert all(group(order) == wanted for order in permutations(signatures))


def test_a_group_keeps_its_id_when_an_older_copy_joins() -> None:
    first = _article("b", WIRE, published=date(2026, 3, 3))
    known = {first.file_id: assign([first])[0].origin_id}
    older = _article("a", WIRE, published=date(2026, 3, 1), publisher="NordPress")
    found = {one.filename: (one.origin_id, one.reprint_of) for one in assign([older, first], known)}
    assert found == {"a.txt": (known[first.file_id], None), "b.txt": (known[first.file_id], "NordPress")}


def test_two_groups_never_share_an_id_even_where_they_once_were_one() -> None:
    one, two = _article("a", LONG), _article("b", WIRE)
    known = dict.fromkeys((one.file_id, two.file_id), "org_old")
    found = assign([one, two], known)
    assert found[0].origin_id == "org_old"
    assert found[1].origin_id == origin_id_of(two.file_id)


def test_boilerplate_makes_no_copies() -> None:
    foot = (
        "\n\nDisclaimer: The Lenn Valley Investor gives no guarantee that its tips bring any profit, and "
        "none of them is meant as advice. Shares may lose their value; you buy them at your own risk."
    )
    assert _groups(
        _article("a", "Trams stop.\n\nThey will run again on Monday." + foot),
        _article("b", "Buses stop.\n\nThe drivers want a rise." + foot),
    ) == [{"a"}, {"b"}]


def test_very_short_bodies_are_one_text_only_when_they_are_the_same() -> None:
    assert _groups(
        _article("a", "Trams stop at noon."),
        _article("b", "Trams stop at noon!"),
        _article("c", "Trams stop at nine."),
    ) == [{"a", "b"}, {"c"}]


@given(
    st.lists(st.sampled_from(LONG.split("\n\n") + REPORT.split("\n\n") + [WIRE]), min_size=1, max_size=5).map(
        "\n\n".join
    ),
    st.lists(st.sampled_from(LONG.split("\n\n") + REPORT.split("\n\n") + [WIRE]), min_size=1, max_size=5).map(
        "\n\n".join
    ),
)
def test_being_one_text_is_mutual_and_holds_for_oneself(first: str, second: str) -> None:
    one, two = signature(_article("a", first)), signature(_article("b", second))
    assert one_text(one, two) == one_text(two, one)
    assert one_text(one, one)
    assert group([]) == {}
    assert group([one])[one.file_id] == Origin(origin_id_of(one.file_id), None)
