"""The end of the process: what waits is delivered, also when nobody calls shutdown.

A TracerProvider shuts its processors down when the process ends, unless it was made with
``shutdown_on_exit=False``. The hook here is for that case. It is registered when this module
is imported, before most hooks of the program and so after them; a provider's own is first.
"""

from __future__ import annotations

import atexit
import time
import weakref
from typing import Final, Protocol

EXIT_MILLIS: Final = 5_000
"""How long the end of a process may be held up, all told: long enough for a few retries, short
enough for somebody who waits for a program to end while its backend is dead."""

LONGEST_MILLIS: Final = 86_400_000.0
"""A day. Who gives more time than that, or ``inf``, means without end; locks raise at that."""


class Ending(Protocol):
    """Something that has to end with the process."""

    @property
    def waiting(self) -> int:
        """How many spans wait or are on their way."""

    @property
    def in_use(self) -> bool:
        """Whether there is anything to end."""

    def force_flush(self, timeout_millis: float) -> bool:
        """Deliver what waits."""

    def shutdown(self, timeout_millis: float) -> bool:
        """Deliver what waits, and stop."""


_alive: weakref.WeakSet[Ending] = weakref.WeakSet()


def end_with_process(ending: Ending) -> None:
    """Have *ending* shut down when the process ends, if it is in use then."""
    _alive.add(ending)


def flush_all(timeout_millis: float) -> bool:
    """Deliver what waits anywhere; True when all of it was accepted in time."""
    deadline = time.monotonic() + timeout_millis / 1_000
    waiting = [ending for ending in list(_alive) if ending.waiting]
    flushed = [ending.force_flush(_millis_until(deadline)) for ending in waiting]
    return all(flushed)


def shut_down_all(timeout_millis: float = EXIT_MILLIS) -> None:
    """Shut down what is in use, each in its share of the time."""
    deadline = time.monotonic() + timeout_millis / 1_000
    used = [ending for ending in list(_alive) if ending.in_use]
    for number, ending in enumerate(used):
        ending.shutdown(_millis_until(deadline) / (len(used) - number))


def _millis_until(deadline: float) -> float:
    return max(0.0, (deadline - time.monotonic()) * 1_000)


atexit.register(shut_down_all)
