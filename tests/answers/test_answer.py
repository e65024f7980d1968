"""From articles to a verified answer without a model: the whole way, through the service as it is wired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from service.adapters.local_embedder import LocalEmbedder
from service.answers.answer import DIFFER, NOT_FOUND, Meta
from service.answers.wire import answer_json
from service.domain import Answer, Claim, Filters, Statement
from service.errors import UsageError
from service.ports import Vectors
from tests.answers.landslide import ARTICLES, write_articles
from tests.answers.newsroom import Newsroom, claimed, newsroom, told


class NotedEmbedder(LocalEmbedder):
    """Notes which texts it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return await super().embed(texts)


EVACUATED = "how many residents were evacuated from Brenmoor?"
KILLED = "how many people were killed by the landslide?"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, embedder: LocalEmbedder) -> Iterator[Newsroom]:
    """The landslide's archive."""
    folder = tmp_path_factory.mktemp("landslide")
    with newsroom(write_articles(folder / "articles"), folder / "data", embedder) as opened:
        yield opened


def test_sources_that_differ_make_a_disputed_answer_that_names_both_and_cites_all(room: Newsroom) -> None:
    answer = room.ask(EVACUATED)
    council = "About 340 residents were evacuated on Monday morning, the district council said."
    mayor = "Some 280 residents were evacuated from Brenmoor after the landslide, Brandt said."
    assert (answer["status"], answer["reason"], answer["question"]) == ("disputed", None, EVACUATED)
    assert told(answer)[0] == (DIFFER, {"01", "02", "03"})
    assert set(told(answer)[1:]) == {(council, frozenset({"01", "03"})), (mayor, frozenset({"02"}))}
    assert len(told(answer)) == 3
    claims = {claim["text"]: claim for claim in claimed(answer)}
    assert {text: {k: v for k, v in c.items() if k not in ("index", "text", "subject")} for text, c in claims.items()} == {
        "About 340": {"low": 340, "high": 340, "qualifier": "about", "unit": "resident", "as_of": "2026-05-04",
                      "speaker": "the district council", "citations": ["01", "03"], "origins": 1, "derived": False,
                      "superseded_by": None},
        "Some 280": {"low": 280, "high": 280, "qualifier": "about", "unit": "resident", "as_of": "2026-05-05",
                     "speaker": "Brandt", "citations": ["02"], "origins": 1, "derived": False, "superseded_by": None},
    }
    assert all("residents" in c["subject"] and "evacuated" in c["subject"] for c in claims.values())
    assert {(c["filename"], c["cited_text"], c["start_char_index"]) for c in answer["citations"]} == {
        (name, words, ARTICLES[name].index(words))
        for name, words in (("01-valley-herald.txt", council), ("02-mountain-post.txt", mayor),
                            ("03-hill-online.txt", council))}
    assert (answer["claims_left_out"], answer["nearest"]) == (0, [])


def test_to_answer_the_question_is_embedded_once_and_no_sentence_of_an_article(tmp_path: Path) -> None:
    noted = NotedEmbedder()
    with newsroom(write_articles(tmp_path / "articles"), tmp_path / "data", noted) as opened:
        noted.texts.clear()
        question = "Who said that residents were evacuated from Brenmoor?"
        assert opened.ask(question)["status"] == "answered"
        assert noted.texts == [question]


def test_an_answer_tells_of_each_source_what_its_file_gives_and_nothing_else(room: Newsroom) -> None:
    sources = {source["filename"]: source for source in room.ask(EVACUATED)["sources"]}
    about = {name: (s["document_title"], s["publisher"], s["published"], s["url"], s["reprint_of"])
             for name, s in sources.items()}
    title = "Landslide cuts off Brenmoor after a week of rain"
    assert about == {
        "01-valley-herald.txt": (title, "Valley Herald", "2026-05-04", None, None),
        "02-mountain-post.txt": ("Brenmoor: mayor praises helpers after landslide", "Mountain Post", "2026-05-05",
                                 None, None),
        "03-hill-online.txt": (title, None, None, None, "Valley Herald"),
    }
    assert sources["01-valley-herald.txt"]["origin_id"] == sources["03-hill-online.txt"]["origin_id"]
    assert sources["02-mountain-post.txt"]["origin_id"] != sources["01-valley-herald.txt"]["origin_id"]
    assert len({source["file_id"] for source in sources.values()}) == 3


def test_a_later_count_replaces_the_earlier_one_and_is_told_first(room: Newsroom) -> None:
    answer = room.ask(KILLED)
    assert answer["status"] == "answered"
    new, old = told(answer)
    assert new == ("Seven people have been killed by the Brenmoor landslide, police said on Thursday, up from an "
                   "earlier count of four.", {"04"})
    assert old == ("Four people were killed, police said on Monday afternoon.", {"01", "03"})
    claims = {claim["low"]: claim for claim in answer["claims"]}
    assert set(claims) == {4, 7}
    assert claims[4]["superseded_by"] == claims[7]["index"]
    assert claims[7]["superseded_by"] is None
    assert (claims[4]["as_of"], claims[7]["as_of"]) == ("2026-05-04", "2026-05-07")
    assert (claims[4]["speaker"], claims[7]["speaker"]) == ("police", "police")


def test_the_day_of_asking_leaves_out_what_was_published_later(room: Newsroom) -> None:
    answer = room.ask(KILLED, as_of=date(2026, 5, 5))
    assert answer["status"] == "answered"
    assert told(answer) == [("Four people were killed, police said on Monday afternoon.", {"01", "03"})]
    assert [(c["low"], c["superseded_by"]) for c in answer["claims"]] == [(4, None)]


@pytest.mark.parametrize(("filters", "files", "values"), [
    ({"publishers": ("Mountain Post",)}, {"02"}, {280}),
    ({"publishers": ("Valley Herald",)}, {"01"}, {340}),
    ({"published_after": date(2026, 5, 5)}, {"02"}, {280}),
    ({"published_before": date(2026, 5, 4)}, {"01"}, {340}),
])
def test_filters_leave_the_other_articles_out(
    room: Newsroom, filters: dict[str, object], files: set[str], values: set[int]
) -> None:
    answer = room.ask(EVACUATED, **filters)
    assert answer["status"] == "answered"
    assert {c["filename"][:2] for c in answer["citations"]} == files
    assert {c["low"] for c in answer["claims"]} == values


def test_a_file_id_keeps_the_question_to_one_article(room: Newsroom) -> None:
    (reprint,) = [s for s in room.service.articles().items if s.filename.startswith("03")]
    answer = room.ask(EVACUATED, file_ids=(reprint.file_id,))
    assert told(answer) == [("About 340 residents were evacuated on Monday morning, the district council said.", {"03"})]


def test_parts_that_one_sentence_names_add_up_in_a_claim_and_never_in_the_prose(room: Newsroom) -> None:
    answer = room.ask("how many skiers were killed or injured above Silberjoch?")
    assert answer["status"] == "answered"
    assert told(answer) == [("An avalanche above Silberjoch left 3 skiers killed and 12 injured on Monday, the rescue "
                             "service said.", {"05"})]
    (claim,) = answer["claims"]
    assert (claim["low"], claim["high"], claim["derived"], claim["speaker"]) == (15, 15, True, "the rescue service")
    assert "15" not in answer["answer"]


@pytest.mark.parametrize("question", [
    "did Tauris cause the landslide?", "did blasting cause the landslide?", "was the landslide caused by blasting?",
])
def test_a_denial_is_told_as_one(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    assert answer["status"] == "answered"
    assert told(answer)[0] == ("The mining company Tauris denied that its blasting had caused the landslide.", {"02"})


@pytest.mark.parametrize(("question", "words"), [
    ("how wide was the landslide?", "It was 60 metres wide."),
    ("how much damage was done to houses and roads?",
     "Damage to houses and roads comes to 12 million euros, the insurers' association estimates."),
    ("when was the road to Ostling opened again?",
     "The road to Ostling opened again on Thursday for buses and ambulances."),
    ("who is Ilse Brandt?", "Mayor Ilse Brandt thanked the fire brigades of six villages on Tuesday."),
    ("who keeps the village shop?",
     "“We heard a noise like a train and ran,” said Pia Lenz, who keeps the village shop."),
    ("what did Karl Weiss say?", "“We have not blasted since March,” its spokesman, Karl Weiss, said."),
    ("where did the evacuated residents spend the night?",
     "They spent the night in the school of the next village, Ostling."),
])
def test_each_kind_of_question_finds_the_sentence_that_answers_it(room: Newsroom, question: str, words: str) -> None:
    answer = room.ask(question)
    assert answer["status"] == "answered"
    assert told(answer)[0][0] == words


@pytest.mark.parametrize("question", [
    "how many residents were evacuated from Karlsdorf?",
    "how many residents were evacuated from Brenmoor in 1987?",
    "how many jobs will Tauris cut?",
    "how many dogs were rescued?",
    "how many bridges did the landslide destroy?",
    "who is Bertold Krantz?",
    "when was the Silberjoch cable car built?",
    "why was the road to Karlsdorf closed?",
])
def test_what_the_articles_do_not_say_is_not_found_and_only_what_may_be_quoted_is_shown_as_near(
    room: Newsroom, question: str
) -> None:
    answer = room.ask(question)
    assert (answer["status"], answer["reason"], answer["answer"]) == ("not_found", "no_evidence", NOT_FOUND)
    assert answer["statements"] == answer["claims"] == answer["citations"] == answer["sources"] == []
    assert 1 <= len(answer["nearest"]) <= 3
    for near in answer["nearest"]:
        text = ARTICLES[near["filename"]]
        assert text[near["start_char_index"] : near["end_char_index"]] == near["cited_text"]
        assert not any(planted in near["cited_text"] for planted in ("9,000", "450", "Copyright", "Share on"))


@pytest.mark.parametrize("question", [EVACUATED, KILLED, "how many jobs were cut?", "what happened in 1987?",
                                      "who wrote this?", "how many residents?", "9,000 residents evacuated"])
def test_no_number_of_a_teaser_ever_leaves(room: Newsroom, question: str) -> None:
    assert not {"9,000", "450", "1987"} & set(room.ask(question)["answer"].replace(".", " ").split())


def test_the_pieces_come_in_order_and_are_those_of_the_whole(room: Newsroom) -> None:
    meta, *middle, whole = room.pieces(EVACUATED)
    assert isinstance(meta, Meta)
    assert isinstance(whole, Answer)
    assert (meta.id, meta.question, meta.model, meta.index) == (whole.id, whole.question, "extractive", whole.index)
    assert tuple(p for p in middle if isinstance(p, Statement)) == whole.statements
    assert tuple(p for p in middle if isinstance(p, Claim)) == whole.claims
    kinds = [type(p) for p in middle]
    assert kinds == sorted(kinds, key=[Statement, Claim].index)
    assert room.service.answer(whole.id) == answer_json(whole)


def test_an_extractive_answer_names_no_model_prompt_cost_or_fallback(room: Newsroom) -> None:
    answer = room.ask(KILLED)
    assert (answer["model"], answer["prompt"], answer["fallback"]) == ("extractive", None, None)
    assert answer["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "cost_usd": 0}
    assert answer["index"] == room.service.archive.fingerprint
    assert answer["id"].startswith("ans_")
    assert answer["id"] != room.ask(KILLED)["id"]


@pytest.mark.parametrize("question", ["???", "how many?", "…", "!", "is it?", "the of and"])
def test_words_that_ask_nothing_are_no_question(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    assert (answer["status"], answer["reason"], answer["answer"]) == ("not_found", "not_a_question", NOT_FOUND)
    assert answer["nearest"] == []


@pytest.mark.parametrize("blank", ["", " ", "\n\t ", "\u00a0\u2003"])
def test_a_blank_question_is_wrong_usage(room: Newsroom, blank: str) -> None:
    with pytest.raises(UsageError, match="the question is blank"):
        room.pieces(blank)


def test_white_space_around_a_question_is_no_part_of_it(room: Newsroom) -> None:
    assert room.ask(f"  {KILLED}\n")["question"] == KILLED


def test_an_empty_archive_says_so(tmp_path: Path, embedder: LocalEmbedder) -> None:
    (tmp_path / "articles").mkdir()
    with newsroom(tmp_path / "articles", tmp_path / "data", embedder) as room:
        answer = room.ask(KILLED)
    assert (answer["status"], answer["reason"], answer["answer"], answer["nearest"]) == (
        "not_found", "empty_archive", NOT_FOUND, [])


def test_filters_that_fit_no_article_find_nothing(room: Newsroom) -> None:
    answer = room.ask(KILLED, publishers=("No Such Paper",))
    assert (answer["status"], answer["reason"], answer["nearest"]) == ("not_found", "no_evidence", [])


def test_the_answer_is_the_same_whatever_order_the_articles_came_in(
    tmp_path: Path, room: Newsroom, embedder: LocalEmbedder
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    with newsroom(articles, tmp_path / "data", embedder) as other:
        for name in reversed(ARTICLES):
            (articles / name).write_text(ARTICLES[name], "utf-8")
            other.run(other.service.archive.ingest([articles]))
        for question in (EVACUATED, KILLED):
            first, second = room.ask(question), other.ask(question)
            assert sorted(told(first)) == sorted(told(second))
            assert first["status"] == second["status"]


def test_old_answers_can_be_checked_after_the_files_have_changed(tmp_path: Path, embedder: LocalEmbedder) -> None:
    articles = write_articles(tmp_path / "articles")
    with newsroom(articles, tmp_path / "data", embedder) as room:
        answer = room.ask(EVACUATED)

        def states() -> dict[str, tuple[str, int | None]]:
            return {v.filename[:2]: (v.state, v.start_char_index) for v in room.service.verify(answer)}

        at = {c["filename"][:2]: c["start_char_index"] for c in answer["citations"]}
        assert states() == {name: ("valid", start) for name, start in at.items()}
        first = articles / "01-valley-herald.txt"
        first.write_text("Late edition\n\n" + ARTICLES[first.name], "utf-8")
        second = articles / "02-mountain-post.txt"
        second.write_text(ARTICLES[second.name].replace("280", "290"), "utf-8")
        (third,) = [s for s in room.service.articles().items if s.filename.startswith("03")]
        room.run(room.service.archive.remove([third.file_id]))
        assert states() == {"01": ("moved", at["01"] + len("Late edition\n\n")), "02": ("source_changed", None),
                            "03": ("source_removed", None)}


def test_a_search_gives_the_passages_and_no_filter_lets_others_in(room: Newsroom) -> None:
    found = room.run(room.service.search("residents evacuated", limit=3, filters=Filters(publishers=("Mountain Post",))))
    assert [passage.source.filename for passage in found] == ["02-mountain-post.txt"] * len(found)
    assert any("Some 280 residents" in passage.chunk.text for passage in found)
