"""The chat adapter over the real `openai` package, against a real HTTP server that a script plays."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import Any

import openai
import pytest

from service.adapters.breaker import Breaker
from service.adapters.event_stream import MAX_LINE, Events, Overlong
from service.adapters.openai_chat import MAX_REPLY, PLACEHOLDER, OpenAIChat
from service.adapters.openai_errors import EndpointError, Secrets, retry_after
from service.adapters.vocabulary import count_tokens
from service.domain import Usage
from service.errors import ModelError, ModelTimeout
from service.ports import ChatModel, Message
from tests.support.model_server import ModelServer, Reply, closed_port, failure, in_turn

KEY = "sk-test-0123456789abcdefghij"
MESSAGES = [Message("system", "be exact"), Message("user", '{"question": "wie viele? …"}')]
TEXT = '{"statement": "Näher an 12 000 – „viele“ 🚢", "citations": []}\n{"not_found": true}\n'


class Waits:
    """Stands for `asyncio.sleep`: remembers how long it was asked to wait, and doesn't."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def model_at(url: str | None, *, model: str = "test-model", api_key: str | None = KEY,
                   **options: Any) -> AsyncIterator[OpenAIChat]:
    """A model with a token counter that counts words, closed in the end."""
    usual: dict[str, Any] = {"count": lambda text: len(text.split()), "timeout": 10.0, "sleep": Waits()}
    chat = OpenAIChat(model, api_key=api_key, base_url=url, **usual | options)
    try:
        yield chat
    finally:
        await chat.aclose()


async def reply_of(chat: ChatModel) -> tuple[str, Usage | None]:
    """The whole text and the usage that came last."""
    text, usage = "", None
    async for delta in chat.stream(MESSAGES):
        text += delta.text
        usage = delta.usage or usage
    return text, usage


async def refusal_of(chat: ChatModel) -> tuple[str, ModelError]:
    """The text that came before the error, and the error."""
    text = ""
    try:
        async for delta in chat.stream(MESSAGES):
            text += delta.text
    except ModelError as error:
        return text, error
    raise AssertionError(f"no error after {text!r}")


async def test_the_request_is_plain_chat_completions_and_nothing_more() -> None:
    with ModelServer(lambda _: Reply(TEXT, usage=(321, 45))) as server:
        async with model_at(server.url, price_in=2.0, price_out=10.0) as chat:
            text, usage = await reply_of(chat)
        (request,) = server.requests
    assert text == TEXT
    assert usage == Usage(321, 45, (321 * 2.0 + 45 * 10.0) / 1_000_000)
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json == {
        "model": "test-model", "temperature": 0, "stream": True, "stream_options": {"include_usage": True},
        "messages": [{"role": "system", "content": "be exact"},
                     {"role": "user", "content": '{"question": "wie viele? …"}'}]}


@pytest.mark.parametrize("wire", [1, 2, 3, 7, 64, 5000])
async def test_the_text_survives_cuts_inside_lines_and_inside_characters(wire: int) -> None:
    with ModelServer(lambda _: Reply(TEXT, chunks=3, wire=wire)) as server:
        async with model_at(server.url) as chat:
            assert await reply_of(chat) == (TEXT, Usage(100, 20, 0.0))


async def test_the_text_comes_while_the_model_still_writes() -> None:
    with ModelServer(lambda _: Reply("one two ", chunks=4, pause=0.02)) as server:
        async with model_at(server.url) as chat:
            pieces = [delta.text async for delta in chat.stream(MESSAGES) if delta.text]
    assert pieces == ["one ", "two "]


async def test_a_reply_that_is_not_streamed_is_read_as_well() -> None:
    with ModelServer(lambda _: Reply(TEXT, ignore_stream=True, usage=(7, 8))) as server:
        async with model_at(server.url) as chat:
            assert await reply_of(chat) == (TEXT, Usage(7, 8, 0.0))


async def test_tokens_are_counted_here_when_the_endpoint_reports_none() -> None:
    with ModelServer(lambda _: Reply("four words in all", usage=None)) as server:
        async with model_at(server.url, price_in=1.0, price_out=1.0) as chat:
            assert await reply_of(chat) == ("four words in all", Usage(6, 4, 10 / 1_000_000))


async def test_without_a_counter_the_shipped_vocabulary_counts() -> None:
    with ModelServer(lambda _: Reply("four words in all", usage=None)) as server:
        async with model_at(server.url, model="gpt-4o", count=None) as chat:
            await chat.warm()
            text, usage = await reply_of(chat)
    prompt = sum(count_tokens(message.content, "gpt-4o") for message in MESSAGES)
    assert usage == Usage(prompt, count_tokens(text, "gpt-4o"), 0.0)
    assert usage.completion_tokens == 4


async def test_a_server_without_a_key_gets_a_placeholder() -> None:
    with ModelServer(lambda _: "yes", key=PLACEHOLDER) as server:
        async with model_at(server.url, api_key=None) as chat:
            assert (await reply_of(chat))[0] == "yes"


@pytest.mark.parametrize("finish", ["stop", None])
async def test_done_or_a_finish_reason_alone_makes_a_reply_whole(finish: str | None) -> None:
    with ModelServer(lambda _: Reply("yes", finish=finish, done=finish is None)) as server:
        async with model_at(server.url) as chat:
            assert (await reply_of(chat))[0] == "yes"


async def test_events_that_carry_no_text_are_passed_over() -> None:
    noise = ["", "[]", "17", '{"choices": []}', '{"choices": [{"index": 1, "delta": {"content": "second"}}]}',
             '{"choices": [{"delta": {"reasoning_content": "hm"}}]}', '{"choices": [null]}',
             '{"choices": [{"delta": {"content": [{"type": "thinking", "text": "hm"}, '
             '{"type": "text", "text": "A "}]}}]}']
    with ModelServer(lambda _: Reply("yes", events=noise)) as server:
        async with model_at(server.url) as chat:
            assert (await reply_of(chat))[0] == "A yes"


@pytest.mark.parametrize(("name", "status", "message", "error"), [
    ("temperature", 400, "Unsupported value: 'temperature' does not support 0 with this model.",
     {"param": "temperature", "code": "unsupported_value"}),
    ("stream_options", 400, "Unrecognized request argument supplied: stream_options", {}),
    ("stream_options", 422, "Extra inputs are not permitted: body.stream_options", {"code": "validation"}),
    ("stream", 400, "This model does not support streaming", {"param": "stream"}),
])
async def test_a_parameter_that_the_endpoint_refuses_is_left_out_from_then_on(
    name: str, status: int, message: str, error: dict[str, str]
) -> None:
    def reply(request: dict[str, Any]) -> Reply:
        return Reply(message, status=status, error=error) if name in request else Reply("yes")

    waits = Waits()
    with ModelServer(reply) as server:
        async with model_at(server.url, sleep=waits) as chat:
            assert (await reply_of(chat))[0] == "yes"
            assert (await reply_of(chat))[0] == "yes"
        sent = [sorted(set(request) - {"model", "messages"}) for request in server.chats]
    everything = {"temperature", "stream", "stream_options"}
    less = sorted(everything - {name} - ({"stream_options"} if name == "stream" else set()))
    assert sent == [sorted(everything), less, less]
    assert waits.seconds == []


async def test_an_endpoint_that_refuses_without_naming_anything_gets_the_bare_request_once() -> None:
    def reply(request: dict[str, Any]) -> Reply:
        return Reply("bad request", status=400) if "temperature" in request else Reply("yes")

    with ModelServer(reply) as server:
        async with model_at(server.url) as chat:
            assert (await reply_of(chat))[0] == "yes"
        assert [sorted(set(chat) - {"model", "messages"}) for chat in server.chats] == [
            ["stream", "stream_options", "temperature"], ["stream"]]
    with ModelServer(lambda _: Reply("bad request", status=400)) as server:
        async with model_at(server.url) as chat:
            _, error = await refusal_of(chat)
        assert str(error) == "the model endpoint refused the request (status 400: bad request)"
        assert not error.retryable
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
async def test_what_may_pass_is_tried_again_with_growing_jittered_waits(status: int) -> None:
    waits = Waits()
    with ModelServer(in_turn(failure(status), failure(status), failure(status), "yes")) as server:
        async with model_at(server.url, sleep=waits, backoff=0.5) as chat:
            assert (await reply_of(chat))[0] == "yes"
        assert len(server.requests) == 4
        assert [request.headers["x-stainless-retry-count"] for request in server.requests] == ["0"] * 4
    assert [0.25 * 2**n <= wait <= 0.5 * 2**n for n, wait in enumerate(waits.seconds)] == [True] * 3


async def test_it_gives_up_after_the_last_attempt_and_says_what_was_wrong() -> None:
    waits = Waits()
    with ModelServer(lambda _: failure(503, "overloaded")) as server:
        async with model_at(server.url, sleep=waits, attempts=3) as chat:
            text, error = await refusal_of(chat)
        assert len(server.requests) == 3
    assert (text, str(error)) == ("", "the model endpoint failed (status 503: overloaded)")
    assert error.retryable
    assert len(waits.seconds) == 2


@pytest.mark.parametrize(("status", "code", "message", "advice"), [
    (401, "invalid_api_key", "the model endpoint refused the key (status 401)", "OPENAI_API_KEY"),
    (403, "", "the model endpoint refused the key (status 403)", "OPENAI_API_KEY"),
    (404, "model_not_found", "the model endpoint knows no model 'test-model' (status 404: no)",
     "ONRECORD_MODEL"),
    (429, "insufficient_quota", "the account's quota is used up (status 429: no)", "billing"),
    (400, "context_length_exceeded", "the model endpoint refused the request (status 400: no)",
     "ONRECORD_MODEL_TOKENS"),
    (413, "", "the model endpoint refused the request (status 413: no)", "ONRECORD_MODEL_TOKENS"),
    (418, "", "the model endpoint failed (status 418: no)", "later"),
])
async def test_what_cannot_pass_is_not_tried_again(status: int, code: str, message: str, advice: str) -> None:
    with ModelServer(lambda _: Reply("no", status=status, error={"code": code or None})) as server:
        async with model_at(server.url) as chat:
            text, error = await refusal_of(chat)
        assert len(server.requests) == 1
    assert (text, str(error), error.retryable) == ("", message, False)
    assert advice in error.advice


@pytest.mark.parametrize(("body", "told"), [
    ('{"detail": "down for repair"}', ": down for repair"),
    ('{"detail": [{"loc": ["body"], "msg": "x"}]}', ": [{'loc': ['body'], 'msg': 'x'}]"),
    ('{"message": "flat"}', ": flat"), ('{"error": "words"}', ": words"), ("<html>Bad\x00\nGateway", None),
    ("", ""), ("null", ""), ('{"error": {"message": "' + "x" * 5000 + '"}}', None)])
async def test_errors_of_any_shape_become_one_short_line(body: str, told: str | None) -> None:
    with ModelServer(lambda _: Reply(status=500, body=body)) as server:
        async with model_at(server.url, attempts=1) as chat:
            _, error = await refusal_of(chat)
    assert len(str(error)) < 400
    assert "\n" not in str(error)
    assert "\x00" not in str(error)
    if told is not None:
        assert str(error) == f"the model endpoint failed (status 500{told})"


@pytest.mark.parametrize(("header", "value", "wait"), [
    ("Retry-After", "3", 3.0), ("Retry-After", "0", 0.0), ("retry-after-ms", "250", 0.25)])
async def test_a_wait_that_the_endpoint_asks_for_is_kept(header: str, value: str, wait: float) -> None:
    waits = Waits()
    with ModelServer(in_turn(Reply("slow down", status=429, headers={header: value}), "yes")) as server:
        async with model_at(server.url, sleep=waits) as chat:
            assert (await reply_of(chat))[0] == "yes"
    assert waits.seconds == [wait]


async def test_a_wait_longer_than_the_budget_is_not_waited_for() -> None:
    waits = Waits()
    with ModelServer(lambda _: failure(429, "slow down", retry_after="120")) as server:
        async with model_at(server.url, sleep=waits) as chat:
            _, error = await refusal_of(chat)
        assert len(server.requests) == 1
    assert str(error) == ("the model endpoint failed (status 429: slow down); it asks to wait 120 s, more "
                          "than is left of the 10 s for the reply")
    assert (waits.seconds, error.retryable) == ([], True)


def test_a_retry_date_is_read_and_rubbish_in_the_header_is_not() -> None:
    assert retry_after({"retry-after": formatdate(0, usegmt=True)}) == 0.0
    assert retry_after({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}) is not None
    assert [retry_after({"retry-after": value}) for value in ("", "soon", "nan", "inf", "-5")] == [
        None, None, None, None, 0.0]


@pytest.mark.parametrize("asked", ["true", "false"])
async def test_the_endpoint_may_say_itself_whether_to_try_again(asked: str) -> None:
    status = 418 if asked == "true" else 503
    with ModelServer(in_turn(Reply(status=status, headers={"x-should-retry": asked}), "yes")) as server:
        async with model_at(server.url) as chat:
            if asked == "true":
                assert (await reply_of(chat))[0] == "yes"
            else:
                await refusal_of(chat)
        assert len(server.requests) == (2 if asked == "true" else 1)


async def test_an_endpoint_that_is_not_there_is_named_without_its_password() -> None:
    port = closed_port()
    waits = Waits()
    address = f"http://user:hush@127.0.0.1:{port}/v1?token=hush"
    async with model_at(address, sleep=waits, attempts=2) as chat:
        _, error = await refusal_of(chat)
    shown = f"http://127.0.0.1:{port}/v1"
    assert str(error) == f"no connection to the model endpoint at {shown!r} (connect error)"
    assert "OPENAI_BASE_URL" in error.advice
    assert len(waits.seconds) == 1


@pytest.mark.parametrize("url", ["localhost:11434/v1", "http://[", "ftp://127.0.0.1/v1", "//", "http://"])
async def test_an_address_that_is_none_is_told_at_once(url: str) -> None:
    waits = Waits()
    async with model_at(url, sleep=waits) as chat:
        _, error = await refusal_of(chat)
    assert "OPENAI_BASE_URL" in error.advice
    assert waits.seconds == []


async def test_neither_key_nor_address_is_told_without_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with model_at(None, api_key=None) as chat:
        _, error = await refusal_of(chat)
    assert str(error) == "the model 'test-model' is set, but neither OPENAI_API_KEY nor OPENAI_BASE_URL"


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_reply_that_is_cut_off_is_tried_again_only_before_its_first_text(cut: str) -> None:
    cut_after = 120 if cut == "before" else 700
    replies = in_turn(Reply("half an answer " * 20, chunks=5, cut_after=cut_after), "whole")
    with ModelServer(replies) as server:
        async with model_at(server.url) as chat:
            if cut == "before":
                assert (await reply_of(chat))[0] == "whole"
            else:
                text, error = await refusal_of(chat)
                assert text.startswith("half ")
                assert "no connection to the model endpoint" in str(error)
        assert len(server.requests) == (2 if cut == "before" else 1)


@pytest.mark.parametrize("reply", [
    Reply("half an answer", finish=None, done=False),
    Reply("half an answer", finish="length"),
    Reply("half an answer", finish="content_filter"),
    Reply("half an answer", ignore_stream=True, finish="length"),
    Reply(body='data: {"choices": [{"delta": {"content": "half an answer"}}]}\n\ndata: {"choi',
          content_type="text/event-stream"),
    Reply(body='data: {"choices": [{"delta": {"content": "half an answer"}}]}\n\n'
          'data: {"error": {"message": "x"}}', content_type="text/event-stream"),
])
async def test_half_a_reply_is_never_taken_for_a_whole_one(reply: Reply) -> None:
    with ModelServer(lambda _: reply) as server:
        async with model_at(server.url) as chat:
            text, error = await refusal_of(chat)
        assert len(server.requests) == 1
    assert text == "half an answer"
    assert isinstance(error, EndpointError)


async def test_a_connection_lost_after_the_end_was_announced_costs_nothing() -> None:
    whole = 'data: {"choices": [{"delta": {"content": "yes"}, "finish_reason": "stop"}]}\n\n'
    reply = Reply(body=whole + ": bye", content_type="text/event-stream", cut_after=len(whole) + 2)
    with ModelServer(lambda _: reply) as server:
        async with model_at(server.url) as chat:
            assert (await reply_of(chat))[0] == "yes"


@pytest.mark.parametrize("reply", [
    Reply(body="", content_type="text/event-stream"),
    Reply(body="data: [DONE]\n\n", content_type="text/event-stream"),
    Reply(body="data: {rubbish\n\n", content_type="text/event-stream"),
    Reply(body="{rubbish", content_type="application/json"),
    Reply(body='data: {"error": {"message": "overloaded", "type": "server_error"}}\n\n',
          content_type="text/event-stream"),
    Reply(body='data: {"error": {"message": "too many", "code": 429}}\n\n',
          content_type="text/event-stream"),
    Reply(body='data: {"object": "error", "message": "busy", "code": 503}\n\n',
          content_type="text/event-stream"),
])
async def test_a_broken_reply_without_text_is_tried_again(reply: Reply) -> None:
    with ModelServer(in_turn(reply, "yes")) as server:
        async with model_at(server.url) as chat:
            assert (await reply_of(chat))[0] == "yes"
        assert len(server.requests) == 2


@pytest.mark.parametrize(("reply", "message"), [
    (Reply(""), "the model gave an empty reply"),
    (Reply(" \n"), "the model gave an empty reply"),
    (Reply("", finish="tool_calls"), "the model gave an empty reply"),
    (Reply(body='{"choices": [{"message": {"refusal": "I can\'t"}, "finish_reason": "stop"}]}'),
     "the model refused to answer: I can't"),
    (Reply(body='data: {"error": {"message": "bad", "type": "invalid_request_error"}}\n\n',
           content_type="text/event-stream"), "the model endpoint broke its reply off: bad"),
])
async def test_a_reply_that_says_nothing_is_an_error(reply: Reply, message: str) -> None:
    with ModelServer(lambda _: reply) as server:
        async with model_at(server.url) as chat:
            _, error = await refusal_of(chat)
        assert len(server.requests) == 1
    assert str(error) == message


async def test_a_page_in_place_of_a_reply_points_to_the_address() -> None:
    with ModelServer(lambda _: Reply(body="<html>Welcome</html>", content_type="text/html")) as server:
        async with model_at(server.url) as chat:
            _, error = await refusal_of(chat)
        assert len(server.requests) == 1
    assert str(error) == (f"the endpoint at {server.url!r} answered with 'text/html' and not with a model's "
                          "reply")
    assert "/v1" in error.advice


@pytest.mark.parametrize("reply", [Reply("late", delay=30.0), Reply("late " * 50, chunks=1, pause=0.05)])
async def test_the_budget_covers_the_whole_reply(reply: Reply) -> None:
    with ModelServer(lambda _: reply) as server:
        async with model_at(server.url, timeout=0.4) as chat:
            _, error = await refusal_of(chat)
        assert len(server.requests) == 1
    assert isinstance(error, ModelTimeout)
    assert str(error) == "the model 'test-model' did not finish its reply within 0.4 s"
    assert "ONRECORD_MODEL_TIMEOUT" in error.advice


async def test_the_budget_covers_the_retries() -> None:
    with ModelServer(lambda _: failure(500, "no")) as server:
        async with model_at(server.url, timeout=0.3, backoff=0.2, attempts=50, sleep=asyncio.sleep) as chat:
            _, error = await refusal_of(chat)
        assert 1 <= len(server.requests) < 10
    assert str(error) == "the model endpoint failed (status 500: no)"


async def test_a_reply_without_end_is_broken_off() -> None:
    with ModelServer(lambda _: Reply("x" * (MAX_REPLY + 9), chunks=50_000)) as server:
        async with model_at(server.url) as chat:
            text, error = await refusal_of(chat)
    assert len(text) <= MAX_REPLY
    assert str(error) == f"the model's reply is longer than {MAX_REPLY} characters"


async def test_a_reader_who_leaves_closes_the_stream_and_is_no_failure() -> None:
    breaker = Breaker(limit=1)
    with ModelServer(lambda _: Reply("on and on " * 100, pause=0.01)) as server:
        async with model_at(server.url, breaker=breaker) as chat:
            stream = chat.stream(MESSAGES)
            assert (await anext(stream)).text == "on and on on"
            await stream.aclose()
            assert breaker.failures == 0
            server.script = in_turn("yes")
            assert (await reply_of(chat))[0] == "yes"


async def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_trial_through() -> None:
    now = 0.0
    breaker = Breaker(limit=2, rest=30.0, clock=lambda: now)
    with ModelServer(lambda _: failure(500, "down")) as server:
        async with model_at(server.url, breaker=breaker, attempts=1) as chat:
            await refusal_of(chat)
            await refusal_of(chat)
            _, error = await refusal_of(chat)
            assert str(error) == ("the model endpoint failed 2 times in a row and is left alone for 30 s; "
                                  "the last failure: the model endpoint failed (status 500: down)")
            assert error.retryable
            assert len(server.requests) == 2
            now = 31.0
            await refusal_of(chat)
            assert len(server.requests) == 3
            await refusal_of(chat)
            assert len(server.requests) == 3
            now = 62.0
            server.script = in_turn("yes")
            assert (await reply_of(chat))[0] == "yes"
            assert (await reply_of(chat))[0] == "yes"
            assert len(server.requests) == 5


def test_while_a_trial_runs_others_stay_away() -> None:
    now = 0.0
    breaker = Breaker(limit=1, rest=10.0, clock=lambda: now)
    assert breaker.enter() is None
    breaker.failed("down")
    breaker.leave()
    assert breaker.enter() == 10.0
    now = 10.0
    assert breaker.enter() is None
    assert breaker.enter() == 1.0
    breaker.leave()
    assert breaker.enter() is None
    breaker.succeeded()
    breaker.leave()
    assert (breaker.enter(), breaker.reason) == (None, "")


async def test_a_request_that_is_itself_wrong_does_not_open_the_breaker() -> None:
    with ModelServer(lambda _: Reply("no", status=400, error={"code": "context_length_exceeded"})) as server:
        async with model_at(server.url, breaker=Breaker(limit=1)) as chat:
            await refusal_of(chat)
            await refusal_of(chat)
        assert len(server.requests) == 2


LEAKS: list[Callable[[Any], Reply | str]] = [
    lambda _: failure(401, f"Incorrect API key provided: {KEY}"),
    lambda _: failure(500, f"upstream said: Authorization: Bearer {KEY}"),
    lambda _: failure(400, f"{KEY} has no access; key sk-test-****************ghij"),
    lambda _: Reply(body=f"data: not json {KEY}\n\n", content_type="text/event-stream"),
    lambda _: Reply(body=f'data: {{"error": {{"message": "{KEY}"}}}}\n\n', content_type="text/event-stream"),
    lambda _: Reply(body="x", content_type=f"text/{KEY}"),
]


@pytest.mark.parametrize("script", LEAKS)
async def test_the_key_stands_in_no_error_and_no_log(
    script: Callable[[Any], Reply | str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with ModelServer(script) as server:
        async with model_at(server.url, attempts=2) as chat:
            _, error = await refusal_of(chat)
            shown = repr(chat)
    told = "\n".join([shown, str(error), error.advice, *traceback.format_exception(error),
                      *(record.getMessage() for record in caplog.records
                        if not record.name.startswith("httpcore2"))])  # which traces what the server sent
    assert KEY not in told
    assert "ghij" not in told


@pytest.mark.parametrize("key", ["sk-tést", "sk test", "“sk-test”"])
async def test_a_key_that_cannot_be_sent_is_told_without_showing_it(key: str) -> None:
    with ModelServer(lambda _: "yes") as server:
        async with model_at(server.url, api_key=key) as chat:
            _, error = await refusal_of(chat)
        assert server.requests == []
    assert "OPENAI_API_KEY" in str(error)
    assert key not in "".join(traceback.format_exception(error))


async def test_a_key_with_a_line_end_behind_it_is_sent_without() -> None:
    with ModelServer(lambda _: "yes", key=KEY) as server:
        async with model_at(server.url, api_key=f"{KEY}\n") as chat:
            assert (await reply_of(chat))[0] == "yes"


def test_a_mask_of_the_key_and_other_credentials_are_taken_out_of_a_message() -> None:
    clean = Secrets("abcdef-secret").clean
    assert clean("bad abcdef-secret and sk-proj-12***90.") == "bad *** and ***"
    assert clean("Authorization: Bearer xyz.123=") == "Authorization: Bearer ***"
    assert clean("cut \ud83d emoji") == "cut \ufffd emoji"


def test_every_error_of_the_openai_package_has_one_base_that_is_caught() -> None:
    others = {"InvalidWebhookSignatureError"}
    names = [name for name in openai.__all__ if name.endswith("Error") and name not in others]
    assert len(names) > 10
    assert [name for name in names if not issubclass(getattr(openai, name), openai.OpenAIError)] == []


async def test_text_that_utf8_cannot_carry_is_sent_with_its_holes_marked() -> None:
    with ModelServer(lambda _: "yes") as server:
        async with model_at(server.url) as chat:
            async for _ in chat.stream([Message("user", "a\udc80b ü")]):
                pass
        assert server.chats[0]["messages"] == [{"role": "user", "content": "a\ufffdb ü"}]


def test_one_model_serves_several_event_loops() -> None:
    with ModelServer(lambda _: "yes") as server:
        chat = OpenAIChat("test-model", api_key=KEY, base_url=server.url, count=len)

        async def ask() -> str:
            text, _ = await reply_of(chat)
            await chat.aclose()
            return text

        assert [asyncio.run(ask()), asyncio.run(ask())] == ["yes", "yes"]


def test_events_follow_the_standard_wherever_they_are_cut() -> None:
    stream = ('event: x\r\ndata: {"a":\r\ndata:  1}\r\n\r\n: note\n\ndata: ü\n\nid: 1\n\n'
              'data\n\ndata:last').encode()
    whole = ['{"a":\n 1}', "ü", "", "last"]
    for size in range(1, len(stream) + 1):
        events = Events()
        found = [data for at in range(0, len(stream), size) for data in events.feed(stream[at:at + size])]
        assert [*found, *events.feed(b"", final=True)] == whole
    with pytest.raises(Overlong):
        list(Events().feed(b"data: " + b"x" * (MAX_LINE + 1)))


def test_the_adapter_is_a_chat_model() -> None:
    model: ChatModel = OpenAIChat("gpt", api_key=KEY)
    assert model.name == "gpt"
    assert json.dumps(repr(model)) == json.dumps("OpenAIChat('gpt', at 'https://api.openai.com/v1')")
