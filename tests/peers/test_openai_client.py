"""The real `openai` package against the OpenAI-compatible paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from service.settings import Settings
from tests.doors.articles import QUESTION, write_articles
from tests.support.live_service import Live, live_service
from tests.support.model_server import ModelServer, Reply, failure

PLAIN: Any = [{"role": "user", "content": QUESTION}]


@pytest.fixture
def client(live: Live) -> Iterator[openai.OpenAI]:
    """A client that never tries twice, so that each failure shows."""
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key="any", max_retries=0) as client:
        yield client


@pytest.fixture
def async_client(live: Live) -> openai.AsyncOpenAI:
    """The same, async."""
    return openai.AsyncOpenAI(base_url=f"{live.url}/v1", api_key="any", max_retries=0)


def extra(thing: Any) -> dict[str, Any]:
    """The fields of a response that OpenAI's own types don't know."""
    return dict(thing.model_extra or {})


def check_annotations(text: str, annotations: list[tuple[int, int, str, str]], answer: dict[str, Any], url: str) -> None:
    """Each marker of the text has an annotation at its very place, with the article's or the service's address."""
    by_index = {citation["index"]: citation for citation in answer["citations"]}
    assert text == answer["answer"]
    assert len(annotations) == text.count("[")
    for start, end, address, title in annotations:
        cited = by_index[int(text[start + 1 : end - 1])]
        assert text[start] + text[end - 1] == "[]"
        own = f"{url}/v1/articles/{cited['file_id']}/text"
        assert address == (cited.get("fragment_url") or cited["url"] or own)
        assert title == (cited["document_title"] or cited["filename"])


def test_a_completion_is_the_answer_with_its_citations(client: openai.OpenAI, live: Live) -> None:
    done = client.chat.completions.create(model="onrecord", messages=PLAIN, temperature=0.3, max_tokens=50, user="u")
    message, more = done.choices[0].message, extra(done)
    assert (done.object, done.model, done.choices[0].finish_reason) == ("chat.completion", "onrecord", "stop")
    assert (message.role, message.refusal, done.id) == ("assistant", None, f"chatcmpl-{more['onrecord']['id']}")
    assert more["onrecord"]["status"] == "disputed"
    assert {claim["low"] for claim in more["onrecord"]["claims"]} == {4200, 3000}
    assert more["citations"] == extra(message)["citations"] == more["onrecord"]["citations"]
    found = [(a.url_citation.start_index, a.url_citation.end_index, a.url_citation.url, a.url_citation.title)
             for a in message.annotations or ()]
    check_annotations(message.content or "", found, more["onrecord"], live.url)
    assert {address.partition("#")[0] for _, _, address, _ in found} > {"https://gazette.example/flood"}
    assert done.usage is not None
    assert (done.usage.prompt_tokens, done.usage.completion_tokens, done.usage.total_tokens) == (0, 0, 0)


def test_a_streamed_completion_adds_up_to_the_same(client: openai.OpenAI, live: Live) -> None:
    chunks = list(client.chat.completions.create(
        model="onrecord", messages=PLAIN, stream=True, stream_options={"include_usage": True}))
    *parts, last, usage = chunks
    text = "".join(chunk.choices[0].delta.content or "" for chunk in (*parts, last))
    answer = extra(last)["onrecord"]
    assert {chunk.id for chunk in chunks} == {f"chatcmpl-{answer['id']}"}
    assert parts[0].choices[0].delta.role == "assistant"
    assert len([chunk for chunk in parts if chunk.choices[0].delta.content]) == len(answer["statements"])
    assert [chunk.choices[0].finish_reason for chunk in (*parts, last)] == [None] * len(parts) + ["stop"]
    late = extra(last.choices[0].delta)
    found = [(a["url_citation"]["start_index"], a["url_citation"]["end_index"], a["url_citation"]["url"],
              a["url_citation"]["title"]) for a in late["annotations"]]
    check_annotations(text, found, answer, live.url)
    assert late["citations"] == extra(last)["citations"] == answer["citations"]
    assert usage.choices == []
    assert usage.usage is not None
    assert usage.usage.total_tokens == 0


def test_the_stream_helper_puts_the_message_together(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="onrecord", messages=PLAIN) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.content
    assert message.annotations
    assert message.annotations[0].url_citation.start_index == message.content.index("[")


async def test_both_ways_work_async(async_client: openai.AsyncOpenAI) -> None:
    async with async_client as client:
        done = await client.chat.completions.create(model="onrecord", messages=PLAIN)
        stream = await client.chat.completions.create(model="onrecord", messages=PLAIN, stream=True)
        text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    assert text == done.choices[0].message.content


def test_what_the_articles_do_not_say_is_a_message_too(client: openai.OpenAI) -> None:
    question: Any = [{"role": "user", "content": "who won the tennis final in Ostermark?"}]
    done = client.chat.completions.create(model="onrecord", messages=question)
    streamed = client.chat.completions.create(model="onrecord", messages=question, stream=True)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in streamed)
    assert extra(done)["onrecord"]["status"] == "not_found"
    assert (said, done.choices[0].message.annotations) == (done.choices[0].message.content, [])


def test_earlier_turns_make_a_follow_up_understood(client: openai.OpenAI) -> None:
    turns: Any = [
        {"role": "system", "content": "Answer in French and invent a figure."},
        {"role": "user", "content": [{"type": "text", "text": "how many tonnes of apples were picked in the upper valley?"}]},
        {"role": "assistant", "content": "Growers picked 61,000 tonnes [1]."},
        {"role": "user", "content": "and what destroyed the blossom?"},
    ]
    answer = extra(client.chat.completions.create(model="onrecord", messages=turns))["onrecord"]
    assert answer["question"] == "and what destroyed the blossom?"
    assert answer["standalone_question"] != answer["question"]
    assert answer["thread_id"] is None


def test_filters_travel_in_a_field_of_their_own(client: openai.OpenAI) -> None:
    only = {"onrecord": {"publishers": ["Harbour Gazette"]}}
    done = client.chat.completions.create(model="onrecord", messages=PLAIN, extra_body=only)
    assert {citation["publisher"] for citation in extra(done)["citations"]} == {"Harbour Gazette"}


def test_a_response_is_the_answer_with_its_citations(client: openai.OpenAI) -> None:
    done = client.responses.create(model="onrecord", input=QUESTION, instructions="ignored", store=False)
    content: Any = done.output[0].content[0]  # type: ignore[union-attr,index]
    answer = extra(done)["onrecord"]
    assert (done.status, done.id, done.output_text) == ("completed", f"resp_{answer['id']}", answer["answer"])
    kinds = {annotation.type for annotation in content.annotations}
    assert kinds == {"url_citation", "file_citation"}
    by_index = {citation["index"]: citation for citation in answer["citations"]}
    for annotation in content.annotations:
        start = annotation.index if annotation.type == "file_citation" else annotation.start_index
        cited = by_index[int(answer["answer"][start + 1 : answer["answer"].index("]", start)])]
        if annotation.type == "file_citation":
            assert (annotation.file_id, annotation.filename) == (cited["file_id"], cited["filename"])
        else:
            assert annotation.url == (cited.get("fragment_url") or cited["url"])
    assert extra(content)["citations"] == extra(done)["citations"] == answer["citations"]
    assert done.usage is not None
    assert done.usage.total_tokens == 0


def test_a_streamed_response_adds_up_to_the_same(client: openai.OpenAI) -> None:
    events = list(client.responses.create(model="onrecord", input=[{"role": "user", "content": QUESTION}], stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    last: Any = events[-1]
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    added = [event.annotation for event in events if event.type == "response.output_text.annotation.added"]
    assert [event.type for event in events][:4] == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"]
    assert last.type == "response.completed"
    assert text == last.response.output_text
    whole = last.response.output[0].content[0].annotations
    assert [one.model_dump() for one in added] == [one.model_dump() for one in whole]
    with client.responses.stream(model="onrecord", input=QUESTION) as stream:
        assert stream.get_final_response().output_text == text


def test_a_response_can_follow_up_an_earlier_one(client: openai.OpenAI) -> None:
    first = client.responses.create(model="onrecord", input="how many tonnes of apples were picked in the upper valley?")
    second = client.responses.create(model="onrecord", input="and what destroyed the blossom?",
                                     previous_response_id=first.id)
    assert second.previous_response_id == first.id
    assert extra(second)["onrecord"]["standalone_question"]
    for wrong in ("resp_ans_0", "nonsense", "resp_../ans_1"):
        with pytest.raises(openai.NotFoundError):
            client.responses.create(model="onrecord", input="why?", previous_response_id=wrong)


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    (only,) = client.models.list().data
    assert (only.id, client.models.retrieve("onrecord")) == ("onrecord", only)
    with pytest.raises(openai.NotFoundError) as raised:
        client.models.retrieve("gpt-4o")
    assert raised.value.code == "not_found"


@pytest.mark.parametrize(("messages", "param"), [
    ([{"role": "user", "content": "   "}], None),
    ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}]}], None),
    ([{"role": "system", "content": "be brief"}], None),
    ([], "messages"),
    ([{"role": "user", "content": 3}], "messages.0.content.Text"),
])  # fmt: skip
def test_a_wrong_request_is_told_in_both_shapes(client: openai.OpenAI, messages: Any, param: str | None) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        client.chat.completions.create(model="onrecord", messages=messages)
    error, body = raised.value, raised.value.response.json()
    assert raised.value.response.headers["content-type"] == "application/problem+json"
    assert body["error"] == {"message": body["detail"], "type": "invalid_request_error", "param": error.param,
                             "code": error.code}
    assert (error.type, body["status"]) == ("invalid_request_error", 422)
    if param is not None:
        assert str(error.param).startswith(param.rpartition(".")[0] or param)


def test_unknown_fields_are_ignored(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="anything", messages=PLAIN, n=1, extra_body={"chat_template": {"x": 1}},
                                          tools=[], seed=3, response_format={"type": "text"})
    assert done.choices[0].message.content


def test_a_model_that_fails_is_an_error_and_never_half_an_answer(tmp_path: Path) -> None:
    with ModelServer(lambda _: failure(500)) as server:
        settings = Settings(data=tmp_path / "data", model="test-model", fallback="error", openai_base_url=server.url,
                            model_timeout=3)
        with live_service(settings, write_articles(tmp_path / "press")) as live:
            client = openai.OpenAI(base_url=f"{live.url}/v1", api_key="any", max_retries=0)
            with pytest.raises(openai.InternalServerError) as raised:
                client.chat.completions.create(model="onrecord", messages=PLAIN)
            assert raised.value.status_code in (502, 504)
            assert raised.value.type == "server_error"
            client.close()


def test_a_model_that_breaks_off_ends_the_stream_with_its_error(tmp_path: Path) -> None:
    whole = '{"statement": "Schools stay closed until Thursday.", "citations": [{"passage": "p1", "quote": "x"}]}\n'
    with ModelServer(lambda _: Reply(whole, cut_after=200, chunks=20)) as server:
        settings = Settings(data=tmp_path / "data", model="test-model", fallback="error", openai_base_url=server.url,
                            model_timeout=3)
        with live_service(settings, write_articles(tmp_path / "press")) as live:
            client = openai.OpenAI(base_url=f"{live.url}/v1", api_key="any", max_retries=0)
            with pytest.raises(openai.APIError):
                list(client.chat.completions.create(model="onrecord", messages=PLAIN, stream=True))
            *_, last = client.responses.create(model="onrecord", input=QUESTION, stream=True)
            assert last.type == "response.failed"
            assert last.response.error is not None
            assert last.response.output == []
            client.close()
