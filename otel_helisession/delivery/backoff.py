"""Exponential backoff with full jitter: how long to wait before the next attempt."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FIRST_SECONDS: Final = 0.5
"""Longest pause before the first retry: a restart of a proxy is over by then."""

MAX_SECONDS: Final = 30.0
"""Longest pause of all. Beyond it nothing is gained for the destination, and spans are late."""

HURRIED_SECONDS: Final = 1.0
"""Longest pause while a shutdown waits: a fifth of the time that it has."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that are random between nothing and a bound, which doubles with each attempt.

    Full jitter, because processes that a fault has brought into step must leave it again:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Attributes:
        first: The bound before the first retry, in seconds.
        longest: The bound that is never passed.
        uniform: Returns a random number between two others.
    """

    first: float = FIRST_SECONDS
    longest: float = MAX_SECONDS
    uniform: Callable[[float, float], float] = random.uniform

    def pause(self, attempts: int) -> float:
        """Return how many seconds to wait after the *attempts*-th attempt, counted from 1."""
        doublings = min(max(attempts - 1, 0), 30)
        return self.uniform(0.0, min(self.longest, self.first * 2.0**doublings))
