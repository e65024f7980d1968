"""API keys: made once, shown once, kept as a hash, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from service.errors import UsageError
from service.ports import ApiKey, ApiKeys

SCOPES = ("ask", "ingest", "admin")
"""What a key may do: ask and read; add articles; everything, takedowns included."""

PREFIX = "onr"
"""How every key begins, so that secret scanners can find one that got out."""

USE_NOTED_SECONDS = 60.0
"""The last use of a key is written down at most once in so many seconds."""

_SHAPE = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_[A-Za-z0-9_-]{{43}}")
_NOBODY = "0" * 64


def new_key(name: str, scopes: Sequence[str]) -> tuple[ApiKey, str]:
    """A new key, as the record keeps it and as its owner gets it: `onr_<id>_<256 random bits>`.

    Raises UsageError for a blank or endless name, or for a scope that isn't one.
    """
    clean = " ".join(name.split())
    if not clean or len(clean) > 100 or not clean.isprintable():
        raise UsageError(f"{name[:100]!r} can't be a key's name", advice="name it after who uses it: --name newsroom")
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        told = f"no such scope: {unknown[0]!r}" if unknown else "a key needs at least one scope"
        raise UsageError(told, advice=f"choose among {', '.join(SCOPES)}")
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    text = f"{PREFIX}_{key_id}_{secret}"
    chosen = tuple(scope for scope in SCOPES if scope in scopes)
    return ApiKey(key_id, clean, _digest(text), chosen, now()), text


def may(key: ApiKey, scope: str) -> bool:
    """Whether a key opens what needs this scope; `admin` opens everything."""
    return scope in key.scopes or "admin" in key.scopes


def sees(key: ApiKey | None, owner: str | None) -> bool:
    """Whether a caller may see a thread or a watch of this owner: each key its own, `admin` everyone's.

    Where no key is asked for (`key` is None) everything is everybody's.
    """
    return key is None or key.id == owner or "admin" in key.scopes


def now() -> str:
    """The time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class KeyRing:
    """The keys of one archive, as the doors ask for them. The record is asked each time: a revocation holds at once."""

    def __init__(self, keys: ApiKeys, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys, self._clock = keys, clock
        self._noted: dict[str, float] = {}

    def check(self, given: str) -> ApiKey | None:
        """The key that this text is; None for one that isn't known or was revoked.

        An unknown id costs the same comparison as a wrong secret. Raises StateError.
        """
        shape = _SHAPE.fullmatch(given)
        known = self._keys.key(shape[1]) if shape else None
        same = hmac.compare_digest(_digest(given), known.digest if known else _NOBODY)
        if known is None or not same or known.revoked is not None:
            return None
        self._note_use(known.id)
        return known

    def _note_use(self, key_id: str) -> None:
        at = self._clock()
        if at - self._noted.get(key_id, -USE_NOTED_SECONDS) >= USE_NOTED_SECONDS:
            self._noted[key_id] = at
            self._keys.note_key_use(key_id, now())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
