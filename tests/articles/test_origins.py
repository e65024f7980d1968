"""Origins: which texts are one, which only look alike, and what a group's id and original are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.adapters.local_embedder import LocalEmbedder
from service.articles.origins import (
    Origin,
    Signature,
    assign,
    group,
    one_text,
    origin_id_of,
    relation,
    rewritten,
    signature,
)
from service.articles.read import read_bytes
from service.domain import Article, Sourced
from service.passages.chunk import chunk, embedding_text

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


FIRE = (
    "The fire in the oil port of Amund burned on through the night, Captain Runa Dahl of the Eastmark Fire Service said. "
    "Ships from Port Vale, Aske and Lower Vik were turned away. Mayor Ines Quell asked the people of Castle Hill, Long "
    "Meadow and Harbour Street to keep their windows shut. The Tessen Company, which owns the tanks, said that the cause "
    "was not known. Schools in Amund and Aske stay shut. The army of Norland has sent helicopters."
)
MONDAY, TUESDAY, FRIDAY = (date(2026, 3, day) for day in (2, 3, 6))


def _state(name: str, news: str, day: date, publisher: str = "The Kelm Courier") -> Article:
    return _article(name, f"{FIRE} {news}", published=day, publisher=publisher)


def _told(*articles: Article) -> dict[str, tuple[str | None, str | None]]:
    names = {one.file_id: one.filename for one in articles}
    return {one.filename: (one.reprint_of, names.get(one.update_of or "")) for one in assign(articles)}


def test_an_outlets_later_states_of_a_story_are_a_chain_of_updates() -> None:
    first = _state("c", "So far 12 people have been hurt, according to Doctor Lev Morin.", MONDAY)
    second = _state("a", "By noon 31 people had been hurt and two had died, Doctor Lev Morin said.", TUESDAY)
    third = _state("b", "On Friday the last tank burned out; 44 people were hurt and three died in all.", FRIDAY)
    wanted = {"c.txt": (None, None), "a.txt": (None, "c.txt"), "b.txt": (None, "a.txt")}
    assert all(_told(*order) == wanted for order in permutations((first, second, third)))
    assert len({one.origin_id for one in assign([first, second, third])}) == 1


def test_what_another_outlet_brings_later_is_a_copy_and_so_is_the_same_text_again() -> None:
    first = _state("a", "So far 12 people have been hurt.", MONDAY)
    other = _state("b", "By now 31 people have been hurt.", TUESDAY, "Varr Herald")
    again = _state("c", "So far 12 people have been hurt.", FRIDAY)
    copied = ("The Kelm Courier", None)
    assert _told(first, other, again) == {"a.txt": (None, None), "b.txt": copied, "c.txt": copied}


def test_a_copy_of_an_update_is_a_reprint_of_it() -> None:
    first = _state("a", "So far 12 people have been hurt, according to Doctor Lev Morin.", MONDAY)
    second = _state("b", "By noon 31 people had been hurt and two had died, Doctor Lev Morin said.", TUESDAY)
    copy = replace(_state("c", "", FRIDAY, "Varr Herald"), text=second.text, spans=second.spans)
    assert _told(first, second, copy)["c.txt"] == ("The Kelm Courier", None)


def test_a_template_with_other_names_is_neither_copy_nor_update() -> None:
    frame = (
        "Good morning, dear readers, these few lines tell you all that matters before the first coffee is cold today. {} "
        "That is all for today. Tell a friend, have a look at the weather where you live, and write to us whenever "
        "something in this letter has made you laugh or has made you angry. We read what you send and answer some of it."
    )
    one = frame.format("Mayor Anders Brok of Ulmen met the Guild of Bakers in Castle Rosk, and Wilma Teed went to Dorn.")
    two = frame.format("Captain Runa Dahl left Port Amund for Cape Sund, and Inspector Lev Morin has joined Radio Aske.")
    first, second = (
        signature(_article(name, text, published=day, publisher="The Kelm Courier"))
        for name, text, day in (("a", one, MONDAY), ("b", two, TUESDAY))
    )
    assert relation(first, second) is None
    assert relation(first, first) == "copy"


def test_a_part_that_says_more_is_no_copy_of_its_own_outlets_list() -> None:
    entries = [f"On {day} May the {name} play in {place}, where a ticket costs {day + 20} crowns at the door."
               for day, name, place in zip(range(3, 23), ("Otters", "Herons", "Badgers", "Swifts", "Newts") * 4,
                                           ("Kelm", "Aske", "Dorn", "Vik") * 5, strict=True)]  # fmt: skip
    season = signature(_article("a", " ".join(entries), published=MONDAY, publisher="The Kelm Courier"))
    cut = signature(_article("b", " ".join(entries[:6]), published=FRIDAY, publisher="The Kelm Courier"))
    month = " ".join(entries[:6]) + " The hall seats 977."
    more = signature(_article("b", month, published=FRIDAY, publisher="The Kelm Courier"))
    assert (relation(season, cut), relation(season, more)) == ("copy", None)


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
    assert relation(one, two) == relation(two, one)
    assert group([]) == {}
    assert group([one])[one.file_id] == Origin(origin_id_of(one.file_id), None)


SAILORS = (
    "Four sailors were rescued on Sunday after their yacht sank off Cape Varr, the Eastmark coast guard said. They had "
    "drifted for nine hours in a life raft before the freighter Olga saw their lights. None of them was seriously hurt."
)
REWORDED = (
    "The Eastmark coast guard has rescued four sailors off Cape Varr. Their yacht sank on Sunday, and they drifted in a "
    "life raft for nine hours until the freighter Olga spotted their lights. Nobody suffered serious injuries."
)
ANOTHERS = (
    "A yacht went down off Cape Varr on Sunday in heavy weather. The coast guard of Eastmark says that its four people "
    "were picked up by the Olga, a freighter on its way to Port Vale, and that they were cold but well. Why the yacht "
    "sank is being looked into."
)


async def _meant(name: str, text: str, publisher: str | None, embedder: LocalEmbedder) -> Signature:
    article = _article(name, text, publisher=publisher)
    chunks = chunk(article, 1, embedder)
    return signature(article, await embedder.embed([embedding_text(one) for one in chunks]))


async def test_a_wire_report_in_other_words_is_a_copy_and_anothers_report_is_not() -> None:
    embedder = LocalEmbedder(threads=1)
    first = await _meant("a", SAILORS, "Coast Wire", embedder)
    second = await _meant("b", REWORDED, "Varr Herald", embedder)
    own = await _meant("c", ANOTHERS, "Port Radio", embedder)
    assert not one_text(first, second)
    assert (relation(first, second), relation(second, first)) == ("copy", "copy")
    assert (relation(first, own), relation(second, own)) == (None, None)


@pytest.mark.parametrize(
    ("old", "new", "publisher"),
    [("four", "5", "Varr Herald"), ("Cape Varr", "Cape Sund, Port Vale, Lower Vik", "Varr Herald"), ("", "", "Coast Wire")],
    ids=["another figure", "other names", "the same outlet"],
)
async def test_what_differs_in_figures_or_names_or_follows_a_story_up_is_no_rewriting(
    old: str, new: str, publisher: str
) -> None:
    embedder = LocalEmbedder(threads=1)
    first = await _meant("a", SAILORS, "Coast Wire", embedder)
    second = await _meant("b", REWORDED.replace(old, new) if old else REWORDED, publisher, embedder)
    assert not rewritten(first, second)
