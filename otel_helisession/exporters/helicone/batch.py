"""The logs of one export: which is next, which to try again and when, and what became of them."""

from __future__ import annotations

import heapq
import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from otel_helisession.exporters.helicone.answer import MAX_SERVER_ERRORS, Answer
from otel_helisession.exporters.helicone.log import Log

FIRST_DELAY: Final = 0.5
"""Longest pause before the first retry, in seconds: most faults are over by then."""

MAX_DELAY: Final = 8.0
"""Longest pause between retries, in seconds."""

MAX_HELD_BYTES: Final = 32 * 1024 * 1024
"""Logs held for another attempt. Beyond it no new ones are begun."""

LATE: Final = Answer("refused", "late", "did not answer in time")


@dataclass(slots=True)
class Job:
    """A log on its way.

    Attributes:
        log: What is sent, the same each time.
        attempts: How often it was sent.
        server_errors: How often the answer was a 5xx.
    """

    log: Log
    attempts: int = 0
    server_errors: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many logs were accepted, and how many were not."""

    accepted: int = 0
    dropped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.accepted + other.accepted, self.dropped + other.dropped)


class Batch:
    """The logs of one export. Everything but *done* belongs to the thread that sends.

    Args:
        logs: Written one by one, each when a connection is free for it, so that few are
            held. None stands for one that could not be written.
        deadline: When what is not settled is given up; on the monotonic clock.
        given_up: Is told why a log was not accepted, for each that was not.

    Attributes:
        done: Set when every log is settled.
        error: What *logs* raised, if it did.
        accepted: The ids of the logs that were accepted.
        refused: The ids of those that never will be, and why.
    """

    def __init__(
        self,
        logs: Iterable[Log | None],
        deadline: float,
        given_up: Callable[[Answer], None],
    ) -> None:
        self.deadline = deadline
        self.done = threading.Event()
        self.error: BaseException | None = None
        self.accepted: set[str] = set()
        self.refused: dict[str, Answer] = {}
        self._logs = iter(logs)
        self._given_up = given_up
        self._later: list[tuple[float, int, Job]] = []
        self._held = 0
        self._order = 0
        self._taken = 0
        self._settled = 0
        self._accepted = 0
        self._last: Answer | None = None

    @property
    def tally(self) -> Tally:
        """What became of the logs that were taken so far; what is open counts as dropped."""
        return Tally(self._accepted, self._taken - self._accepted)

    def take(self) -> Job | None:
        """Return what to send next: what is due again, or else a new log; None: nothing now."""
        if self._later and self._later[0][0] <= time.monotonic():
            job = heapq.heappop(self._later)[2]
            self._held -= len(job.log.body)
            return job
        if self._held > MAX_HELD_BYTES:
            return None
        for log in self._logs:
            self._taken += 1
            if log is not None:
                return Job(log)
            self._settled += 1
        return None

    def pause(self) -> float | None:
        """Return in how many seconds something is due again; None: nothing is."""
        return max(0.0, self._later[0][0] - time.monotonic()) if self._later else None

    def settle(self, job: Job, answer: Answer) -> None:
        """Take note of *answer*: count it, or put *job* back until it is time."""
        if answer.verdict == "retry":
            due = _due(job, answer)
            if due is not None and due < self.deadline:
                self._last = answer
                self._order += 1
                self._held += len(job.log.body)
                heapq.heappush(self._later, (due, self._order, job))
                return
        self._settled += 1
        if answer.verdict == "accepted":
            self.accepted.add(job.log.id)
            self._accepted += 1
            return
        if answer.verdict == "refused":
            self.refused[job.log.id] = answer
        self._given_up(answer)

    def close(self) -> None:
        """Give up what is not settled, and what was not even written, and say that it is done."""
        self._taken += sum(1 for _ in self._logs)
        if self._taken > self._settled:
            self._given_up(self._last or LATE)
        self.done.set()


def _due(job: Job, answer: Answer) -> float | None:
    """Return when to try again; None when that is no use."""
    if job.server_errors >= MAX_SERVER_ERRORS:
        return None
    backoff = min(FIRST_DELAY * 2.0 ** max(job.attempts - 1, 0), MAX_DELAY)
    return time.monotonic() + max(backoff * random.uniform(0.6, 0.9), answer.retry_after or 0.0)
