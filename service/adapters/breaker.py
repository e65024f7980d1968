"""A circuit breaker: what failed several times in a row is left alone for a while, then tried by one call."""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Counts failures of one outside thing; not shared between processes.

    After `limit` failures in a row it is *open* for `rest` seconds, and `enter` says how long to stay away.
    Then one call is let through as a trial; its success closes the breaker, its failure opens it again.
    """

    def __init__(self, limit: int = 5, rest: float = 30.0, *,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.rest = limit, rest
        self.failures = 0
        self.reason = ""
        self._clock = clock
        self._open_until = 0.0
        self._trial = False

    def enter(self) -> float | None:
        """None when a call may go ahead (it must `leave` in the end), else the seconds to stay away."""
        if self.failures < self.limit:
            return None
        wait = self._open_until - self._clock()
        if wait > 0 or self._trial:
            return max(wait, 1.0)
        self._trial = True
        return None

    def failed(self, reason: str) -> None:
        """The call that was let in failed, and not by its own fault."""
        self.failures += 1
        self.reason = reason
        self._open_until = self._clock() + self.rest

    def succeeded(self) -> None:
        """The call that was let in got what it asked for."""
        self.failures = 0
        self.reason = ""

    def leave(self) -> None:
        """The call is over, in whatever way."""
        self._trial = False
