"""The page for asking, in a real browser at a real service."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Route, expect

from service.doors.keys import new_key
from service.settings import Settings
from tests.page.conftest import HOSTILE, Desk, desk_at
from tests.support.live_service import Live, live_service

TROOPS = "how many troops were sent?"
DEAD = "how many people died in the flood?"
NOWHERE = "who won the chess championship in Norway?"
LAMPS = "how many lamps were hung on the barrier of Vadbro?"


def stored(live: Live, desk: Desk) -> dict[str, Any]:
    """The answer that the page's address names."""
    answer_id = desk.page.url.rsplit("/", 1)[-1]
    got: dict[str, Any] = httpx.get(f"{live.url}/v1/answers/{answer_id}").raise_for_status().json()
    return got


def text_of(live: Live, file_id: str) -> str:
    """An article's text, as the API gives it."""
    return httpx.get(f"{live.url}/v1/articles/{file_id}/text").raise_for_status().text


async def texts(desk: Desk, selector: str) -> list[str]:
    """The visible words of what a selector finds, white space made one."""
    return [" ".join(text.split()) for text in await desk.page.locator(selector).all_inner_texts()]


async def test_each_statement_is_shown_before_the_answer_is_whole(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.page.evaluate(
        """() => { window.seen = [];
            new MutationObserver(() => window.seen.push([document.querySelectorAll('.prose p').length,
                document.querySelectorAll('.context').length])).observe(document.getElementById('answer'),
                {childList: true, subtree: true}); }"""
    )
    told: list[dict[str, Any]] = []

    async def slowly(route: Route) -> None:
        told.append(json.loads(route.request.post_data or "{}"))
        await route.continue_()

    await desk.page.route("**/v1/ask", slowly)
    await desk.ask(TROOPS)
    answer = stored(live, desk)
    assert told == [{"question": TROOPS, "thread_id": "new"}]
    assert answer["status"] == "disputed"
    assert len(answer["statements"]) > 2
    shown = [text.replace("\n", "") for text in await desk.page.locator(".prose p").all_text_contents()]
    assert shown == [_without_brackets(statement["text"]) for statement in answer["statements"]]
    seen = await desk.page.evaluate("window.seen")
    assert [1, 0] in seen or [2, 0] in seen, "statements came before the whole answer"
    assert await texts(desk, ".badge") == ["Sources differ"]


def _without_brackets(text: str) -> str:
    """A statement as the page writes it: the numbers stand on buttons."""
    return text.replace("[", "").replace("]", "")


async def test_a_number_opens_the_quoted_words_highlighted_in_the_source(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.ask(TROOPS)
    answer = stored(live, desk)
    for citation in answer["citations"]:
        await desk.page.locator(f".prose .cite[data-index='{citation['index']}']").last.click()
        await desk.page.wait_for_selector("#reader mark.current")
        assert await desk.page.locator("#reader mark.current").all_text_contents() == [citation["cited_text"]]
        assert await desk.page.locator("#reader .text").text_content() == text_of(live, citation["file_id"])
        assert await desk.page.locator("#reader h2").inner_text() == citation["document_title"]
        assert await desk.page.evaluate(
            """() => { const text = document.querySelector('#reader .text').getBoundingClientRect();
                const mark = document.querySelector('mark.current').getBoundingClientRect();
                return mark.top >= text.top && mark.bottom <= text.bottom; }"""
        ), "the quote is in sight"
        await desk.page.get_by_role("button", name="Close").click()


async def test_the_reader_leafs_through_the_quotes(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.ask(TROOPS)
    answer = stored(live, desk)
    await desk.page.locator(".prose .cite").first.click()
    assert await desk.page.get_by_role("button", name="Previous").is_disabled()
    for citation in answer["citations"][1:]:
        await desk.page.get_by_role("button", name="Next").click()
        await expect(desk.page.locator("mark.current")).to_have_text(citation["cited_text"])
        assert await texts(desk, ".reader-place") == [f"Quote {citation['index']}"]
    assert await desk.page.get_by_role("button", name="Next").is_disabled()


async def test_the_figures_stand_on_one_axis_with_who_gave_them(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.ask(TROOPS)
    claims = stored(live, desk)["claims"]
    labels = await desk.page.locator("svg.picture .label").all_text_contents()
    assert len(labels) == len(claims)
    for claim, label in zip(claims, labels, strict=True):
        assert label.startswith(claim["text"])
        if claim["speaker"]:
            assert label == f"{claim['text']} · {claim['speaker']}"
    points = [claim for claim in claims if claim["low"] is not None and claim["low"] == claim["high"]]
    assert await desk.page.locator("svg.picture .point").count() == len(points)
    open_ended = [claim for claim in claims if (claim["low"] is None) != (claim["high"] is None)]
    assert await desk.page.locator("svg.picture .tip").count() == len(open_ended)
    drawn = await desk.page.locator("svg.picture .point").evaluate_all("dots => dots.map(dot => +dot.getAttribute('cx'))")
    assert [dot for _, dot in sorted(zip([claim["low"] for claim in points], drawn, strict=True))] == sorted(drawn)
    told = await desk.page.locator("svg.picture").get_attribute("aria-label")
    assert told is not None
    assert all(claim["text"] in told for claim in claims)
    await desk.page.get_by_text("The figures as a table").click()
    rows = await texts(desk, ".claims tbody tr th")
    assert rows == [claim["text"] for claim in claims]


async def test_a_revised_figure_is_told_in_the_order_of_its_days(desk: Desk) -> None:
    await desk.open()
    await desk.ask(DEAD)
    lines = await texts(desk, ".timeline li")
    assert [line.rsplit(maxsplit=1)[0].split(" ")[:4] for line in lines] == [
        ["2", "March", "2026", "Nine"], ["6", "March", "2026", "14"],
    ]
    assert lines[0].endswith("revised since")
    assert lines[1].endswith("stands")


async def test_on_a_narrow_screen_the_figures_still_say_whose_they_are(desk: Desk, live: Live) -> None:
    await desk.page.set_viewport_size({"width": 360, "height": 740})
    await desk.open()
    await desk.ask(TROOPS)
    claims = stored(live, desk)["claims"]
    labels = await desk.page.locator("svg.picture .label").all_text_contents()
    for claim, label in zip(claims, labels, strict=True):
        assert label.startswith(claim["text"])
        assert label.endswith(claim["speaker"] or "The Lantern Review")
    boxes = "labels => labels.map(label => [label.getBBox().width <= label.ownerSVGElement.clientWidth, label.getBBox().y])"
    fits = await desk.page.locator("svg.picture .label").evaluate_all(boxes)
    marks = await desk.page.locator("svg.picture .point, svg.picture .reach").evaluate_all(
        "marks => marks.map(mark => mark.getBBox().y)")
    assert all(inside for inside, _ in fits)
    assert len(marks) == len(fits)
    for (_, top), mark, following in zip(fits, marks, [*[top for _, top in fits[1:]], 10_000], strict=True):
        assert top < mark < following, "each mark stands between its own label and the next"


async def test_reprints_are_folded_under_the_text_they_copy(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.ask(TROOPS)
    sources = stored(live, desk)["sources"]
    copies = [source for source in sources if source["reprint_of"]]
    assert copies, "the samples hold a reprint"
    assert await texts(desk, ".sources h3") == [
        f"Sources: {len(sources)} articles, {len({source['origin_id'] for source in sources})} independent texts"
    ]
    assert not await desk.page.locator(".reprints .source").first.is_visible()
    await desk.page.locator(".reprints summary").first.click()
    assert "Reprints Meridian Wire" in (await texts(desk, ".reprints .source"))[0]
    assert "Meridian Wire 10 February 2025" in " ".join(await texts(desk, ".sources > ul > li > .source"))


async def test_what_no_article_says_is_told_with_the_nearest_passages(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.ask(NOWHERE)
    answer = stored(live, desk)
    assert answer["status"] == "not_found"
    assert await texts(desk, ".badge") == ["Not in the articles"]
    assert await texts(desk, ".missing > .prose") == [answer["answer"]]
    assert await desk.page.locator(".nearest blockquote").all_text_contents() == [
        near["cited_text"] for near in answer["nearest"]
    ]
    assert answer["nearest"]
    await desk.page.get_by_role("button", name="Open in the article").first.click()
    await desk.page.wait_for_selector("#reader mark.current")
    assert await desk.page.locator("#reader mark.current").text_content() == answer["nearest"][0]["cited_text"]


async def test_words_of_an_article_are_never_markup(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.ask(LAMPS)
    answer = stored(live, desk)
    assert answer["status"] == "answered"
    [citation] = answer["citations"]
    assert "\U0001f30a" in HOSTILE[: citation["start_char_index"]]
    await desk.page.locator(".prose .cite").first.click()
    await desk.page.wait_for_selector("#reader mark.current")
    assert await desk.page.locator("#reader mark.current").text_content() == citation["cited_text"]
    assert await desk.page.locator("#reader .text").text_content() == HOSTILE
    assert await desk.page.evaluate("window.hit") is None
    assert await desk.page.locator("#reader script, #reader img, #reader b, #answer img").count() == 0


async def test_markup_in_a_question_and_in_an_error_is_shown_as_typed(desk: Desk) -> None:
    await desk.open()
    question = "<img src=x onerror=window.hit=1> who leads the inquiry?"
    await desk.ask(question)
    assert await texts(desk, ".exchange > h2") == [question]
    detail = "<svg onload=window.hit=1>"

    async def fail(route: Route) -> None:
        body = json.dumps({"status": 502, "detail": detail, "advice": "wait"})
        await route.fulfill(status=502, content_type="application/problem+json", body=body)

    await desk.page.route("**/v1/ask", fail)
    await desk.ask("again")
    assert detail in (await texts(desk, ".problem"))[0]
    assert await desk.page.evaluate("window.hit") is None


async def test_a_follow_up_is_asked_in_the_same_conversation(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.ask("who leads the inquiry?")
    first = stored(live, desk)
    await desk.ask("and how many people died?")
    second = stored(live, desk)
    assert first["thread_id"] == second["thread_id"]
    assert first["thread_id"].startswith("thr_")
    if second["standalone_question"]:
        assert await texts(desk, ".understood") == [f"Understood as: {second['standalone_question']}"]
    assert await texts(desk, "#earlier li a") == ["who leads the inquiry?"]
    await desk.page.get_by_role("button", name="Start a new conversation").click()
    assert not await desk.page.locator("#earlier").is_visible()
    await desk.ask("who leads the inquiry?")
    assert stored(live, desk)["thread_id"] != first["thread_id"]


async def test_the_link_of_an_answer_shows_it_as_it_was_given(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.ask(TROOPS)
    answer = stored(live, desk)
    before = await texts(desk, ".prose p")
    await desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await desk.page.get_by_role("button", name="Copy link").click()
    await desk.page.get_by_text("The link is copied").wait_for()
    link = await desk.page.evaluate("navigator.clipboard.readText()")
    assert link == f"{live.url}/a/{answer['id']}"
    await desk.page.goto(link)
    await desk.page.wait_for_selector(".context")
    assert await texts(desk, ".prose p") == before
    assert await texts(desk, ".exchange > h2") == [TROOPS]
    await desk.page.get_by_role("button", name="Check the quotes again").click()
    await desk.page.get_by_text(f"All {len(answer['citations'])} quotes stand in the articles as quoted.").wait_for()


async def test_the_back_button_returns_to_the_answer_before(desk: Desk) -> None:
    await desk.open()
    await desk.ask("who leads the inquiry?")
    await desk.ask(DEAD)
    await desk.page.go_back()
    await expect(desk.page.locator(".exchange > h2")).to_have_text("who leads the inquiry?")
    await desk.page.go_back()
    await desk.page.wait_for_selector(".welcome")


async def test_feedback_is_kept_with_the_answer(desk: Desk) -> None:
    await desk.open()
    await desk.ask("who leads the inquiry?")
    await desk.page.get_by_role("button", name="No, wrong").click()
    await desk.page.get_by_label("What is wrong with it?").fill("the name is short")
    async with desk.page.expect_response("**/feedback") as caught:
        await desk.page.get_by_role("button", name="Send").click()
    response = await caught.value
    assert response.status == 201
    assert response.request.post_data_json == {"verdict": "wrong", "comment": "the name is short"}
    await desk.page.get_by_text("Thank you. It is kept with the answer.").wait_for()


async def test_filters_narrow_the_articles_and_are_taken_off_again(desk: Desk, live: Live) -> None:
    await desk.open()
    await desk.page.locator("#filters summary").click()
    await desk.page.get_by_label("The Lantern Review").check()
    assert await texts(desk, "#filter-note") == [": 1 set"]
    await desk.ask("who leads the inquiry?")
    assert stored(live, desk)["status"] == "not_found"
    await desk.page.get_by_role("button", name="Ask without them").click()
    await desk.page.wait_for_selector(".badge.answered")
    assert stored(live, desk)["status"] == "answered"
    await desk.page.locator("#after").fill("2026-03-06")
    await desk.ask(DEAD)
    assert {source["published"] for source in stored(live, desk)["sources"]} == {"2026-03-06"}


async def test_an_answer_that_is_not_there_is_told_with_what_to_do(desk: Desk) -> None:
    await desk.open("/a/ans_nothing")
    await desk.page.wait_for_selector(".problem")
    told = (await texts(desk, ".problem"))[0]
    assert told.startswith("No answer: it is not kept in this archive. Next: check the link, or ask the question again.")
    assert "Request req_" in told


async def test_without_a_network_the_question_is_kept_and_asked_again(desk: Desk) -> None:
    await desk.open()
    await desk.context.set_offline(True)
    await desk.ask("who leads the inquiry?")
    assert "the service can’t be reached" in (await texts(desk, ".problem"))[0]
    assert await desk.page.input_value("#question") == "who leads the inquiry?"
    await desk.context.set_offline(False)
    await desk.page.get_by_role("button", name="Try again").click()
    await desk.page.wait_for_selector(".context")
    assert await desk.page.locator(".problem").count() == 0


async def test_an_answer_that_breaks_off_is_never_shown_as_whole(desk: Desk) -> None:
    await desk.open()
    half = 'event: statement\ndata: {"text": "Nine died [1].", "answer_start": 0, "answer_end": 14, "citations": [1]}\nid: 1\n\n'

    async def cut(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/event-stream", body=half)

    await desk.page.route("**/v1/ask", cut)
    await desk.ask(DEAD)
    assert "the answer stopped halfway" in (await texts(desk, ".problem"))[0]
    assert await desk.page.locator(".context").count() == 0
    assert await desk.page.locator(".cite").is_disabled()


async def test_an_answer_under_way_can_be_stopped(desk: Desk) -> None:
    await desk.open()

    async def never(_: Route) -> None:
        return

    await desk.page.route("**/v1/ask", never)
    await desk.page.fill("#question", DEAD)
    await desk.page.press("#question", "Enter")
    await desk.page.get_by_role("button", name="Stop").click()
    await desk.page.get_by_text("Stopped before the answer was whole.").wait_for()
    assert await desk.page.input_value("#question") == DEAD
    assert await desk.page.get_by_role("button", name="Ask", exact=True).is_visible()


async def test_the_keyboard_alone_asks_opens_a_source_and_comes_back(desk: Desk, live: Live) -> None:
    await desk.open()
    press = desk.page.keyboard.press
    await press("Tab")
    assert await desk.page.evaluate("document.activeElement.className") == "skip"
    for _ in range(4):
        await press("Tab")
    assert await desk.page.evaluate("document.activeElement.id") == "question"
    await desk.page.keyboard.type("who leads the inquiry?")
    await press("Enter")
    await desk.page.wait_for_selector(".context")
    assert await texts(desk, "#state") == ["Answered from the articles, one source."]
    for _ in range(6):
        await press("Tab")
        if await desk.page.evaluate("document.activeElement.className") == "cite":
            break
    assert await desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    await press("Enter")
    await desk.page.wait_for_selector("#reader mark.current")
    assert await desk.page.evaluate("document.activeElement.id") == "reader-title"
    await press("Escape")
    assert not await desk.page.locator("#reader").is_visible()
    assert await desk.page.evaluate("document.activeElement.className") == "cite"
    assert stored(live, desk)["status"] == "answered"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(desk: Desk, scheme: Any) -> None:
    await desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found: dict[str, str] = {}

    async def check(state: str) -> None:
        report = await Axe().run(desk.page)
        if report.violations_count:
            found[state] = report.generate_report()

    await desk.open()
    await desk.page.locator("#filters summary").click()
    await desk.page.get_by_label("The Lantern Review").wait_for()
    await check("empty, filters open")
    await desk.ask(DEAD)
    await desk.page.get_by_text("The figures as a table").click()
    await desk.page.get_by_role("button", name="No, wrong").click()
    await check("revised")
    await desk.ask(TROOPS)
    await desk.page.locator(".reprints summary").first.click()
    await check("disputed")
    await desk.page.locator(".prose .cite").first.click()
    await desk.page.wait_for_selector("#reader mark.current")
    await check("reader")
    await desk.page.keyboard.press("Escape")
    await desk.ask(NOWHERE)
    await check("not found")
    await desk.open("/a/ans_nothing")
    await desk.page.wait_for_selector(".problem")
    await check("error")
    assert found == {}


async def test_nothing_scrolls_sideways_on_a_narrow_screen(desk: Desk) -> None:
    await desk.page.set_viewport_size({"width": 360, "height": 740})
    await desk.open()
    wide = "() => document.documentElement.scrollWidth"
    await desk.page.locator("#filters summary").click()
    await desk.page.get_by_label("The Lantern Review").wait_for()
    assert await desk.page.evaluate(wide) == 360
    for question in (TROOPS, DEAD, NOWHERE, "x" * 300 + "?"):
        await desk.ask(question)
        for summary in await desk.page.locator("#answer summary").all():
            await summary.click()
        assert await desk.page.evaluate(wide) == 360, question
    await desk.ask(TROOPS)
    await desk.page.locator(".prose .cite").first.click()
    await desk.page.wait_for_selector("#reader mark.current")
    assert await desk.page.evaluate(
        "() => { const text = document.querySelector('.text'); return text.scrollWidth - text.clientWidth; }"
    ) == 0
    assert await desk.page.evaluate("() => document.querySelector('#reader').getBoundingClientRect().width") == 360


async def test_a_key_is_asked_for_once_and_kept_for_the_tab(chromium: str, tmp_path: Any) -> None:
    with live_service(Settings(data=tmp_path / "archive"), keys_required=True) as locked:
        async with desk_at(chromium, locked.url) as desk:
            await desk.open()
            await desk.page.fill("#question", DEAD)
            await desk.page.press("#question", "Enter")
            await desk.page.get_by_label("API key").fill("onr_wrong")
            await desk.page.keyboard.press("Enter")
            await desk.page.get_by_text("That key was not accepted").wait_for()
            report = await Axe().run(desk.page)
            assert report.violations_count == 0, report.generate_report()
            await desk.page.get_by_label("API key").fill(_new_key(locked))
            await desk.page.get_by_role("button", name="Use this key").click()
            await desk.page.wait_for_selector(".context")
            assert "The archive holds no articles yet." in " ".join(await texts(desk, ".missing"))
            await desk.page.reload()
            await desk.page.wait_for_selector(".context")
            assert not await desk.page.locator("#key").is_visible()
            assert await desk.page.evaluate("Object.keys(localStorage).length + document.cookie.length") == 0
            assert (desk.elsewhere, desk.faults) == ([], [])


def _new_key(live: Live) -> str:
    """A key of that service that may ask."""
    key, text = new_key("reader", ("ask",))
    live.service.keys.add_key(key)
    return text


async def test_without_a_key_the_page_says_what_is_missing(chromium: str, tmp_path: Any) -> None:
    with live_service(Settings(data=tmp_path / "archive"), keys_required=True) as locked:
        async with desk_at(chromium, locked.url) as desk:
            await desk.open()
            await desk.page.fill("#question", DEAD)
            await desk.page.press("#question", "Enter")
            await desk.page.get_by_role("button", name="Cancel").click()
            await desk.page.wait_for_selector(".problem")
            assert "a missing or wrong API key" in (await texts(desk, ".problem"))[0]
