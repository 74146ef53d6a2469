"""What became of spans and requests, counted while somebody diagnoses; otherwise nothing is.

Those who have something to tell ask ``observing.current is not None`` first, which costs
30 ns. Who diagnoses, and makes sentences of it, is :mod:`otel_helisession.diagnosis`.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, Literal

SpanOutcome = Literal["session", "unstamped", "outside", "inbound", "remote", "lost"]
"""``session``: it has one. The others have none: ``unstamped`` though the Context had one;
``outside`` started without one; ``inbound`` likewise, by a request or message from outside;
``remote`` likewise, with a parent in another process; ``lost`` likewise, in a thread with an
empty Context while a session's spans were open elsewhere."""

RequestOutcome = Literal["announced", "explicit", "no_session", "not_allowed", "no_propagator"]
"""``announced``: it carries the session; ``explicit``: it carries the user's own headers. The
others carry none: ``no_session`` to an allowed host; ``not_allowed``: its host is not;
``no_propagator``: only a propagator of ours could have added them, and there is none."""

MAX_KINDS: Final = 1_000
"""Different things that are counted; more are counted together, so that memory is bounded."""

OTHERS: Final = "others"
"""Stands for the names that were too many."""


@dataclass(frozen=True, slots=True)
class SpanKey:
    """Spans that have the same to be said of them.

    Attributes:
        outcome: What became of them.
        scope: The instrumentation scope that made them.
        provider: The class of the TracerProvider.
        thread: Where they started; empty where that does not matter.
    """

    outcome: SpanOutcome
    scope: str
    provider: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Requests that have the same to be said of them.

    Attributes:
        outcome: What became of them.
        host: Where they went.
        client: What sent them: ``httpx``, or an instrumentation scope.
    """

    outcome: RequestOutcome
    host: str
    client: str


@dataclass(frozen=True, slots=True)
class ReadingKey:
    """Spans that were understood in the same way.

    Attributes:
        kind: What they are: ``llm``, ``tool``.
        scope: The instrumentation scope that made them.
        convention: Which convention said so.
        provenance: Which fields another source said, and which: pairs.
        unread: Attributes whose value could not be read.
    """

    kind: str
    scope: str
    convention: str
    provenance: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()


class Observations:
    """Counts, by any thread.

    Attributes:
        examples: The name of the first span of each kind.
        httpx: What instrument_httpx() had last been told when a span ended; None before.
        propagates: Whether the global propagator announced sessions when a span ended.
    """

    def __init__(self) -> None:
        self.examples: dict[SpanKey, str] = {}
        self.httpx: Any = None
        self.propagates = False
        self._spans: Counter[SpanKey] = Counter()
        self._requests: Counter[RequestKey] = Counter()
        self._readings: Counter[ReadingKey] = Counter()
        self._lock = threading.Lock()

    def span(self, key: SpanKey, name: str) -> None:
        """Count a span that ended, of this *name*."""
        with self._lock:
            if key not in self._spans and len(self._spans) >= MAX_KINDS:
                key = SpanKey(key.outcome, OTHERS, OTHERS)
            self._spans[key] += 1
            self.examples.setdefault(key, name)

    def request(self, key: RequestKey) -> None:
        """Count a request."""
        with self._lock:
            if key not in self._requests and len(self._requests) >= MAX_KINDS:
                key = RequestKey(key.outcome, OTHERS, OTHERS)
            self._requests[key] += 1

    def reading(self, key: ReadingKey) -> None:
        """Count a span that was understood."""
        with self._lock:
            if key not in self._readings and len(self._readings) >= MAX_KINDS:
                key = ReadingKey(key.kind, OTHERS, OTHERS)
            self._readings[key] += 1

    def spans(self) -> list[tuple[SpanKey, int]]:
        """Return how many spans there were of each kind, the most first."""
        with self._lock:
            return self._spans.most_common()

    def requests(self) -> list[tuple[RequestKey, int]]:
        """Return how many requests there were of each kind, the most first."""
        with self._lock:
            return self._requests.most_common()

    def readings(self) -> list[tuple[ReadingKey, int]]:
        """Return how many spans were understood in each way, the most first."""
        with self._lock:
            return self._readings.most_common()


current: Observations | None = None
"""What is counted into; None while nobody diagnoses."""


def start() -> Observations:
    """Count from now on; what was counted before stays."""
    global current
    if current is None:
        current = Observations()
    return current


def stop() -> None:
    """Count no more, and forget."""
    global current
    current = None


def _after_fork_in_child() -> None:
    global current
    if current is not None:
        current = Observations()  # the parent reports what it counted


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
