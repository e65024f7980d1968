"""What the model reads around the passages that were found."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.model.context import ANCHORS, LONGEST, OPENING, around, beside, joined
from service.answers.model.exchange import pack
from service.domain import Chunk, Passage, Source

PARTS = ("Winds rise", "The gale began on Monday.", "It tore off forty roofs.", "Nobody was hurt.",
         "Crews came at dawn.", "They left at noon.", "Schools stayed shut.", "The mayor thanked them.")


def article(n: int, parts: Sequence[str] = PARTS, gap: str = "\n\n") -> tuple[str, list[Passage]]:
    """The nth article's text, and its chunks as passages, in the text's order."""
    text, found = gap.join(parts), []
    source = Source(f"art_{n}", f"{n}.txt", f"{n:064}", None, None, None, None, f"org_{n}", None)
    at = 0
    for place, part in enumerate(parts):
        found.append(Passage(Chunk(f"art_{n}.3.{place}", f"art_{n}", place, at, at + len(part), part, ""), source, 0.5))
        at += len(part) + len(gap)
    return text, found


def chunks(count: int) -> dict[str, tuple[Chunk, Source]]:
    """Chunks as the record holds them, of this many articles."""
    return {p.chunk.chunk_id: (p.chunk, p.source) for n in range(count) for p in article(n)[1]}


def test_the_beginning_of_the_best_article_comes_before_what_stands_beside_the_best_passages() -> None:
    passages = [article(0)[1][5], article(1)[1][3]]
    assert around(passages) == ["art_0.3.0", "art_0.3.1", "art_0.3.6", "art_0.3.4", "art_1.3.4", "art_1.3.2",
                                "art_1.3.0", "art_1.3.1"]


def test_what_was_found_itself_and_what_does_not_exist_is_not_asked_for_twice() -> None:
    (_, told) = article(0)
    assert around([told[0], told[1]]) == ["art_0.3.2"]
    assert around([]) == []
    assert all(not chunk_id.endswith(".-1") for chunk_id in around([told[0]]))


def test_only_the_best_passages_are_read_with_what_stands_beside_them() -> None:
    passages = [article(n)[1][4] for n in range(ANCHORS + 3)]
    asked = around(passages)
    assert {chunk_id.split(".")[0] for chunk_id in asked} == {f"art_{n}" for n in range(ANCHORS)}
    assert [c for c in asked if c.split(".")[-1] in [str(i) for i in range(OPENING)]] == [
        "art_0.3.0", "art_0.3.1", "art_1.3.0", "art_1.3.1"]


def test_a_chunk_of_another_state_of_the_article_is_no_neighbour() -> None:
    passages = [article(0)[1][4]]
    held = chunks(1)
    assert [p.chunk.position for p in beside(passages, held)] == [0, 1, 5, 3]
    other = Source("art_0", "0.txt", "f" * 64, None, None, None, None, "org_0", None)
    assert beside(passages, {key: (chunk, other) for key, (chunk, _) in held.items()}) == []


def test_neighbours_become_one_passage_with_the_article_s_own_words_between() -> None:
    text, told = article(0)
    other, elsewhere = article(1)
    shown = joined([told[4], elsewhere[2], told[5], told[3], told[0]], {"art_0": text, "art_1": other})
    assert [p.chunk.text for p in shown] == [
        "Nobody was hurt.\n\nCrews came at dawn.\n\nThey left at noon.", "It tore off forty roofs.", "Winds rise"]
    assert all(p.chunk.text == (text if p.source.file_id == "art_0" else other)[p.chunk.start : p.chunk.end]
               for p in shown)
    assert len({p.chunk.chunk_id for p in shown}) == 3


def test_what_an_advert_parts_is_never_put_together() -> None:
    text, told = article(0, gap="\n\nBUY A ROOF TODAY\n\n")
    shown = joined(told[2:5], {"art_0": text})
    assert [p.chunk.text for p in shown] == list(PARTS[2:5])


def test_no_passage_grows_without_end() -> None:
    text, told = article(0, [f"Line {i}." for i in range(3 * LONGEST)])
    shown = joined(told, {"art_0": text})
    assert [p.chunk.text.count("Line") for p in shown] == [LONGEST] * 3


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(len(PARTS))), st.integers(1, len(PARTS)), st.integers(60, 600))
def test_every_passage_that_fits_is_shown_once_and_the_document_keeps_the_budget(
    order: list[int], many: int, budget: int
) -> None:
    text, told = article(0)
    found = [told[i] for i in order[:many]]
    more = [p for p in told if p not in found]
    keys, content = pack(found, "what broke?", date(2026, 3, 4), budget, lambda t: len(t) // 4, more, {"art_0": text})
    assert len(keys) == 1 or len(content) // 4 <= budget
    places = sorted((p.chunk.start, p.chunk.end) for p in keys.values())
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(places))
    assert any(p.chunk.start <= found[0].chunk.start and found[0].chunk.end <= p.chunk.end for p in keys.values())
    assert all(p.chunk.text in content.replace("\\n", "\n") for p in keys.values())
