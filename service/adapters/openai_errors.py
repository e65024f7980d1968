"""Everything that the `openai` package and its endpoint can raise, as one kind of ModelError."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from service.errors import ModelError
from service.language.wellformed import wellformed

UNAUTHORISED = "check OPENAI_API_KEY (and that it belongs to the endpoint in OPENAI_BASE_URL)"
UNREACHABLE = "check OPENAI_BASE_URL and that the endpoint is running, or set ONRECORD_MODEL=extractive"
UNKNOWN = "check the model's name in ONRECORD_MODEL, and OPENAI_BASE_URL (it usually ends in /v1)"
OVERLOADED = "try again later, or raise ONRECORD_MODEL_TIMEOUT"
TOO_LONG = "lower ONRECORD_MODEL_TOKENS, or choose a model that reads more"
UNUSABLE = "choose another model in ONRECORD_MODEL, or set ONRECORD_MODEL=extractive"
QUOTA = "check the plan and billing of the account behind OPENAI_API_KEY"

RETRYABLE = frozenset({408, 409, 425, 429})
"""Statuses below 500 after which the same request may succeed."""
OWN_FAULT = frozenset({400, 413, 422})
"""Statuses that speak about the request and not about the endpoint."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class EndpointError(ModelError):
    """A failure of the endpoint.

    `after` is how many seconds it asks to wait (Retry-After), `own_fault` whether the request itself was at
    fault; `status`, `code` and `param` are what the endpoint's error said.
    """

    def __init__(self, message: str, *, advice: str, retryable: bool = False, after: float | None = None,
                 own_fault: bool = False, status: int | None = None, code: str = "", param: str = "") -> None:
        super().__init__(message, advice=advice, retryable=retryable)
        self.after, self.own_fault = after, own_fault
        self.status, self.code, self.param = status, code, param


class Secrets:
    """Takes the key out of whatever is told to a user or a log."""

    def __init__(self, key: str | None) -> None:
        self._key = key or ""

    def clean(self, text: object, limit: int = 300) -> str:
        """One line of at most `limit` characters, without the key or the longer part of a masked one."""
        line = _CONTROL.sub(" ", str(text)).strip()
        if len(self._key) >= 4:
            line = line.replace(self._key, "***")
        line = re.sub(r"\b(sk|pk|key)-[\w*.…-]{4,}", "***", line)
        line = re.sub(r"(?i)\b(bearer|basic) +[\w.~+/=-]{4,}", r"\1 ***", line)
        line = wellformed(line)
        return line if len(line) <= limit else line[:limit - 1] + "…"

    def __repr__(self) -> str:
        return "Secrets(***)"


def connection_error(error: BaseException, where: str) -> EndpointError:
    """The endpoint could not be reached, or went away in the middle of its reply."""
    cause = error.__cause__ or error
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(cause).__name__).lower()
    return EndpointError(f"no connection to the model endpoint at {where!r} ({kind})", advice=UNREACHABLE,
                         retryable=kind != "unsupported protocol")


def status_error(
    status: int, headers: Mapping[str, str], body: object, model: str, secrets: Secrets
) -> EndpointError:
    """The endpoint answered with an error status. `body` is its decoded JSON, or its text."""
    message, code, param = _told(body)
    after = retry_after(headers)
    told = f": {secrets.clean(message)}" if message else ""
    if status in (401, 403):
        return EndpointError(f"the model endpoint refused the key (status {status})", advice=UNAUTHORISED,
                             status=status, code=code)
    if status == 404:
        return EndpointError(f"the model endpoint knows no model {model!r} (status 404{told})",
                             advice=UNKNOWN, status=status, code=code)
    if code in ("insufficient_quota", "billing_hard_limit_reached"):
        return EndpointError(f"the account's quota is used up (status {status}{told})", advice=QUOTA,
                             status=status, code=code)
    too_long = status == 413 or code in ("context_length_exceeded", "string_above_max_length")
    if status in OWN_FAULT or too_long:
        return EndpointError(f"the model endpoint refused the request (status {status}{told})",
                             advice=TOO_LONG if too_long else UNUSABLE, own_fault=True, status=status,
                             code=code, param=param)
    asked = headers.get("x-should-retry", "").lower()
    retryable = (status in RETRYABLE or status >= 500) if asked not in ("true", "false") else asked == "true"
    return EndpointError(f"the model endpoint failed (status {status}{told})", advice=OVERLOADED,
                         retryable=retryable, after=after, status=status, code=code)


def stream_error(error: object, model: str, secrets: Secrets) -> EndpointError:
    """An error object that came inside a stream, after the status line had promised success."""
    message, code, _ = _told(error)
    for value in (code, str(error.get("status", "")) if isinstance(error, Mapping) else ""):
        if value.isascii() and value.isdigit() and 400 <= int(value[:4]) <= 599:
            return status_error(int(value[:4]), {}, error, model, secrets)
    kind = str(error.get("type", "")) if isinstance(error, Mapping) else ""
    asked_wrongly = "invalid" in kind or "invalid" in code
    reason = secrets.clean(message or "no reason given")
    return EndpointError(f"the model endpoint broke its reply off: {reason}",
                         advice=UNUSABLE if asked_wrongly else OVERLOADED, retryable=not asked_wrongly,
                         own_fault=asked_wrongly, code=code)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the endpoint asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date."""
    for header, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(header, "")) / divisor
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    try:
        when = parsedate_to_datetime(headers.get("retry-after", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _told(body: object) -> tuple[str, str, str]:
    """Message, code and param of an error body in any of the shapes that endpoints use."""
    error: Any = body.get("error", body.get("detail", body)) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return ("" if error is None else str(error)), "", ""
    message = error.get("message") or error.get("detail") or error.get("msg") or ""
    return str(message), str(error.get("code") or ""), str(error.get("param") or "")
