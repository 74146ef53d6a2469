"""The circuit breaker: a destination that is down is left alone, and asked now and then."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, Literal

State = Literal["closed", "open", "probing"]

FAILURES_TO_OPEN: Final = 5
"""Calls that fail in a row before the breaker opens. One or two are a restart or a batch that
is at fault itself; five with different batches are the destination."""

FIRST_PAUSE_SECONDS: Final = 1.0
"""How long nothing is sent at first: as long as a quick restart."""

MAX_PAUSE_SECONDS: Final = 60.0
"""The longest pause: a destination that is back gets its spans within a minute."""


class Breaker:
    """Whether a destination may be called now. No clock, no lock and no thread in here.

    ``closed``: every call may be made. After :data:`FAILURES_TO_OPEN` failures in a row it is
    ``open``: none may, for a pause. Then one may, to see: ``probing``. If that fails the pause
    doubles; if it is accepted, the breaker is closed.

    Args:
        threshold: Failures in a row that open it, at least 1.
        first: The first pause in seconds.
        longest: The longest one.
        jitter: Makes of a pause the one that is kept, so that processes do not probe in step.
    """

    def __init__(
        self,
        threshold: int = FAILURES_TO_OPEN,
        first: float = FIRST_PAUSE_SECONDS,
        longest: float = MAX_PAUSE_SECONDS,
        jitter: Callable[[float], float] = lambda pause: pause * random.uniform(0.75, 1.0),
    ) -> None:
        self.state: State = "closed"
        self.failures = 0
        self.ready_at = 0.0
        self._threshold = threshold
        self._first = first
        self._longest = longest
        self._jitter = jitter
        self._pause = first
        self._accepted_at: float | None = None

    def is_ready(self, now: float) -> bool:
        """Tell whether a call may be made at *now*."""
        return self.state == "closed" or (self.state == "open" and now >= self.ready_at)

    def begin(self) -> bool:
        """Take note that a call is made; True when it is a probe."""
        if self.state == "open":
            self.state = "probing"
        return self.state == "probing"

    def accepted(self, now: float) -> None:
        """Take note that the destination has accepted something."""
        self.state = "closed"
        self.failures = 0
        self._pause = self._first
        self._accepted_at = now

    def failed(self, now: float) -> bool:
        """Take note of a failure; True when that has just opened a closed breaker."""
        self.failures += 1
        if self.state == "closed":
            if self.failures < self._threshold:
                return False
            self._open(now)
            return True
        self._pause = min(self._pause * 2, self._longest)
        self._open(now)
        return False

    def hasten(self, now: float) -> None:
        """End the pause, so that the next call may be made: somebody waits for the answer."""
        self.ready_at = min(self.ready_at, now)

    def accepted_since(self, then: float) -> bool:
        """Tell whether the destination has accepted anything since *then*."""
        return self._accepted_at is not None and self._accepted_at >= then

    def _open(self, now: float) -> None:
        self.state = "open"
        self.ready_at = now + self._jitter(self._pause)
