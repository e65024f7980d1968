"""A language model behind an OpenAI-compatible endpoint, through the `openai` package.

Only what every such endpoint understands is used: Chat Completions, streamed, at temperature 0; no tools and
no schema mode. What an endpoint refuses of the optional parameters is left out from then on.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.adapters.breaker import Breaker
from service.adapters.event_stream import Events, Overlong, Progress
from service.adapters.openai_errors import (
    OVERLOADED,
    UNAUTHORISED,
    UNKNOWN,
    UNREACHABLE,
    UNUSABLE,
    EndpointError,
    Secrets,
    connection_error,
    status_error,
    stream_error,
)
from service.domain import Usage
from service.errors import ModelError, ModelTimeout
from service.language.wellformed import wellformed
from service.ports import Delta, Message

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PLACEHOLDER = "not-needed"
"""The key sent to an endpoint that was configured without one; local servers need none."""
MAX_REPLY = 400_000
"""Characters of one reply; a model that writes more has lost its way."""
MAX_WAIT = 8.0
"""Seconds that the back-off between attempts grows to, unless the endpoint asks for more."""
REACH_SECONDS = 3.0
"""How long the endpoint may take to show that it is there."""

_OPTIONAL: dict[str, Any] = {"temperature": 0, "stream_options": {"include_usage": True}}
_log = logging.getLogger(__name__)


class OpenAIChat:
    """`service.ports.ChatModel` over HTTP.

    `timeout` is the budget in seconds for one whole reply, retries included; `attempts` is how often a
    request is sent at most while no text has come; `backoff` the first wait between attempts in seconds,
    doubled each time and jittered. Prices are USD per million tokens. `count` counts a text's tokens when the
    endpoint doesn't report them. The `sleep` between attempts can be replaced.
    """

    def __init__(self, model: str, *, api_key: str | None = None, base_url: str | None = None,
                 timeout: float = 60.0, attempts: int = 4, backoff: float = 0.5,
                 price_in: float | None = None, price_out: float | None = None,
                 breaker: Breaker | None = None, count: Callable[[str], int] | None = None,
                 sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._model = model
        self._key = (api_key or "").strip()
        self._base_url = (base_url or "").strip() or None
        self._where = _address(self._base_url or "https://api.openai.com/v1")
        self._timeout, self._attempts, self._backoff = timeout, attempts, backoff
        self._price_in, self._price_out = price_in or 0.0, price_out or 0.0
        self._breaker = breaker or Breaker()
        self._count = count
        self._sleep = sleep
        self._secrets = Secrets(self._key)
        self._refused: frozenset[str] = frozenset()
        self._client: tuple[asyncio.AbstractEventLoop, AsyncOpenAI] | None = None

    def __repr__(self) -> str:
        return f"OpenAIChat({self._model!r}, at {self._where!r})"

    @property
    def name(self) -> str:
        """The model's name, as the endpoint knows it."""
        return self._model

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[Delta, None]:
        """The reply as it comes; the last Delta carries the usage.

        When this ends without an error the reply is whole. Once text was passed on nothing is retried. Raises
        ModelError (which says what to check) and ModelTimeout.
        """
        wait = self._breaker.enter()
        if wait is not None:
            raise ModelError(f"the model endpoint failed {self._breaker.failures} times in a row and is left "
                             f"alone for {wait:.0f} s; the last failure: {self._breaker.reason}",
                             advice=OVERLOADED, retryable=True)
        try:
            async with aclosing(self._retried(messages)) as deltas:
                async for delta in deltas:
                    yield delta
            self._breaker.succeeded()
        except ModelError as error:
            if not (isinstance(error, EndpointError) and error.own_fault):
                self._breaker.failed(str(error))
            raise
        finally:
            self._breaker.leave()

    async def warm(self) -> None:
        """Import the `openai` package, which takes a second, while something else is waited for."""
        await asyncio.to_thread(importlib.import_module, "openai.resources.chat")

    async def reach(self) -> None:
        """Nothing, when the endpoint answers, whatever it knows of lists of models.

        Raises ModelError when it can't be reached within REACH_SECONDS, fails, or refuses the key.
        """
        import openai

        try:
            await self._connected().models.list(timeout=REACH_SECONDS)
        except openai.APIStatusError as error:
            if error.status_code in (401, 403) or error.status_code >= 500:
                raise self._status_error(error) from None
        except (openai.OpenAIError, OSError) as error:
            raise connection_error(error, self._where) from None

    async def aclose(self) -> None:
        """Give the connections back."""
        held, self._client = self._client, None
        if held is not None and held[0] is asyncio.get_running_loop():
            await held[1].close()

    async def _retried(self, messages: Sequence[Message]) -> AsyncGenerator[Delta, None]:
        deadline = asyncio.get_running_loop().time() + self._timeout
        attempt = 0
        while True:
            attempt += 1
            passed_on = False
            try:
                async with aclosing(self._reply(messages, deadline)) as deltas:
                    async for delta in deltas:
                        passed_on = passed_on or bool(delta.text)
                        yield delta
                return
            except EndpointError as error:
                if passed_on or not error.retryable or attempt >= self._attempts:
                    raise
                wait = self._wait(attempt, error, deadline)
                _log.warning("attempt %d of %d, the next in %.2f s: %s", attempt, self._attempts, wait, error)
            await self._sleep(wait)

    def _wait(self, attempt: int, error: EndpointError, deadline: float) -> float:
        """Seconds until the next attempt; the error again where the time budget has no room for one."""
        left = deadline - asyncio.get_running_loop().time()
        if error.after is not None:
            if error.after >= left:
                raise EndpointError(f"{error}; it asks to wait {error.after:.0f} s, more than is left of the "
                                    f"{self._timeout:.0f} s for the reply", advice=OVERLOADED, retryable=True,
                                    after=error.after, status=error.status, code=error.code) from None
            return error.after
        jitter = random.uniform(0.5, 1.0)  # noqa: S311
        wait = min(MAX_WAIT, self._backoff * 2.0 ** (attempt - 1)) * jitter
        if wait >= left:
            raise error
        return wait

    async def _reply(self, messages: Sequence[Message], deadline: float) -> AsyncGenerator[Delta, None]:
        """One attempt."""
        progress, size, said = Progress(), 0, []
        async with AsyncExitStack() as stack:
            pieces = await stack.enter_async_context(aclosing(self._pieces(messages, progress, deadline)))
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        text = await anext(pieces, None)
                except TimeoutError:
                    raise self._timed_out() from None
                if text is None:
                    break
                if (size := size + len(text)) > MAX_REPLY:
                    raise EndpointError(f"the model's reply is longer than {MAX_REPLY} characters",
                                        advice=UNUSABLE)
                said.append(text)
                yield Delta(text)
        reply = "".join(said)
        _check_whole(progress, reply, self._secrets)
        yield Delta(usage=self._usage(messages, reply, progress))

    async def _pieces(
        self, messages: Sequence[Message], progress: Progress, deadline: float
    ) -> AsyncGenerator[str, None]:
        """The pieces of text of one response, whose end says nothing yet about its being whole."""
        import httpx2
        import openai

        try:
            async with AsyncExitStack() as stack:
                response = await self._opened(stack, messages, deadline)
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind == "application/json":
                    progress.done = True
                    yield self._taken(await _body(response), progress)
                    return
                if kind not in ("text/event-stream", "text/plain", "application/octet-stream", ""):
                    raise EndpointError(f"the endpoint at {self._where!r} answered with "
                                        f"{self._secrets.clean(kind)!r} and not with a model's reply",
                                        advice=UNKNOWN)
                events = Events()
                async with aclosing(response.iter_bytes()) as chunks:
                    async for chunk in chunks:
                        for data in events.feed(chunk):
                            if text := self._taken(data, progress):
                                yield text
                        if progress.done:
                            return
                for data in events.feed(b"", final=True):
                    if text := self._taken(data, progress):
                        yield text
        except openai.APIStatusError as error:
            raise self._status_error(error) from None
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            if progress.finish is None or not isinstance(error, httpx2.HTTPError):
                raise connection_error(error, self._where) from None
        except (httpx2.InvalidURL, UnicodeError, Overlong) as error:
            raise EndpointError(f"no model's reply from {self._where!r}: {self._secrets.clean(error)}",
                                advice=UNREACHABLE) from None

    async def _opened(self, stack: AsyncExitStack, messages: Sequence[Message], deadline: float) -> Any:
        """The response, once its status promises a reply; parameters that it refuses are left out."""
        import openai

        client = self._connected()
        chat: Any = [{"role": message.role, "content": wellformed(message.content)} for message in messages]
        refused = self._refused
        while True:
            left = max(0.1, deadline - asyncio.get_running_loop().time())
            options = {name: value for name, value in _OPTIONAL.items() if name not in refused}
            if "stream" not in refused:
                options["stream"] = True
            else:
                options.pop("stream_options", None)
            try:
                opening = client.chat.completions.with_streaming_response.create(
                    model=self._model, messages=chat, **options,
                    timeout=openai.Timeout(left + 5.0, connect=min(10.0, left)))  # ours rings first
                response = await stack.enter_async_context(opening)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                more = _refused_parameters(self._status_error(error), set(options))
                if not more:
                    raise
                refused = refused | more
                continue
            self._refused = refused
            return response

    def _connected(self) -> AsyncOpenAI:
        """The client of the running loop; connections can't move from one loop to another."""
        from openai import AsyncOpenAI

        loop = asyncio.get_running_loop()
        if self._client is None or self._client[0] is not loop:
            if not self._key and self._base_url is None:
                raise EndpointError(f"the model {self._model!r} is set, but neither OPENAI_API_KEY nor "
                                    "OPENAI_BASE_URL", own_fault=True,
                                    advice="set one of them, or ONRECORD_MODEL=extractive")
            if not self._where:
                raise EndpointError("OPENAI_BASE_URL is no web address", own_fault=True,
                                    advice="write OPENAI_BASE_URL as http://host:port/v1 or https://host/v1")
            if not all("!" <= character <= "~" for character in self._key):
                raise EndpointError("OPENAI_API_KEY has characters that no key has (blanks, accents, …)",
                                    own_fault=True, advice=UNAUTHORISED)
            self._client = loop, AsyncOpenAI(api_key=self._key or PLACEHOLDER, base_url=self._base_url,
                                             max_retries=0)
        return self._client[1]

    def _taken(self, data: str, progress: Progress) -> str:
        """The text of one event's data."""
        if data.strip() == "[DONE]":
            progress.done = True
            return ""
        if not data.strip():
            return ""
        try:
            chunk = json.loads(data, strict=False)
        except (ValueError, RecursionError):
            if progress.finish is not None:
                return ""
            rubbish = self._secrets.clean(data, 80)
            raise EndpointError(f"the model endpoint sent {rubbish!r} where JSON belongs",
                                advice=UNUSABLE, retryable=True) from None
        if isinstance(chunk, Mapping) and (chunk.get("error") or chunk.get("object") == "error"):
            raise stream_error(chunk.get("error") or chunk, self._model, self._secrets)
        return progress.take(chunk)

    def _usage(self, messages: Sequence[Message], reply: str, progress: Progress) -> Usage:
        """Tokens as the endpoint reports them, else counted here, and what they cost."""
        if progress.usage is not None:
            prompt, completion = progress.usage
        else:
            prompt = sum(self._tokens(message.content) for message in messages)
            completion = self._tokens(reply)
        return Usage(prompt, completion, (prompt * self._price_in + completion * self._price_out) / 1_000_000)

    def _tokens(self, text: str) -> int:
        if self._count is not None:
            return self._count(text)
        from service.adapters.vocabulary import count_tokens

        return count_tokens(text, self._model)

    def _status_error(self, error: Any) -> EndpointError:
        return status_error(error.status_code, error.response.headers, error.body, self._model, self._secrets)

    def _timed_out(self) -> ModelTimeout:
        return ModelTimeout(f"the model {self._model!r} did not finish its reply within {self._timeout:g} s",
                            advice="raise ONRECORD_MODEL_TIMEOUT, or choose a faster model")


def _address(url: str) -> str:
    """An endpoint's address without what may be secret in it; "" where it is no web address."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if known else ""


def _check_whole(progress: Progress, reply: str, secrets: Secrets) -> None:
    """Raise EndpointError unless the endpoint said that the reply is whole, and there is one."""
    if progress.finish == "length":
        raise EndpointError("the model's reply was cut off at the endpoint's length limit",
                            advice="raise the limit of the endpoint, or choose another model")
    if progress.finish == "content_filter":
        raise EndpointError("the endpoint's content filter stopped the reply", own_fault=True,
                            advice=UNUSABLE)
    if progress.finish is None and not progress.done:
        raise EndpointError("the model endpoint broke its reply off", advice=OVERLOADED, retryable=True)
    if progress.refusal and not reply.strip():
        raise EndpointError(f"the model refused to answer: {secrets.clean(progress.refusal)}", own_fault=True,
                            advice=UNUSABLE)
    if not reply.strip():
        raise EndpointError("the model gave an empty reply", advice=UNUSABLE, retryable=progress.chunks == 0)


def _refused_parameters(error: EndpointError, sent: set[str]) -> frozenset[str]:
    """Which of the parameters sent an error is about; all optional ones when it names nothing."""
    told = f"{error.param} {error}".lower()
    if "stream_options" in told or "include_usage" in told:
        named = {"stream_options"}
    elif "temperature" in told:
        named = {"temperature"}
    elif "stream" in told:
        named = {"stream"}
    elif error.code or error.param:
        named = set()
    else:
        named = set(_OPTIONAL)
    return frozenset(named & sent)


async def _body(response: Any) -> str:
    """The whole body of a reply that is not streamed, as long as it may be."""
    body = bytearray()
    async with aclosing(response.iter_bytes()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > 4 * MAX_REPLY:
                raise Overlong(f"a reply of more than {4 * MAX_REPLY} bytes")
    return body.decode("utf-8", "replace")
