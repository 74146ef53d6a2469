"""Sessions that have not ended yet, with their spans: bounded, and without threads or clocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.weight import weight
from otel_helisession.holding.bounds import Bounds
from otel_helisession.sessions.ending import IdleSessions

_MAX_ENDS: Final = 10_000
"""Ended sessions of which no span has come yet that are remembered: one that is forgotten
waits until it is idle. Some 150 bytes each."""


@dataclass(slots=True, eq=False)
class Held:
    """One session that is held.

    Attributes:
        session_id: Which.
        spans: By span id, in the order they came.
        weight: About how many bytes they take.
        complete: Whether it has ended; not when it has to be decided before that.
    """

    session_id: str
    spans: dict[int, ReadableSpan] = field(default_factory=dict)
    weight: int = 0
    complete: bool = False


class HeldSessions:
    """The spans of sessions until each has ended. Used by one thread at a time.

    A session is due a while (``settle_seconds``) after it ended, or after its last span since:
    spans that ended before it may still be on their way. A session that nobody ends is due when
    it is idle, and none of its spans is open.

    Args:
        bounds: How long, and how much.
        open_sessions: Returns the ids of the sessions that have spans open.
    """

    def __init__(self, bounds: Bounds, open_sessions: Callable[[], Collection[str]]) -> None:
        self._bounds = bounds
        self._open_sessions = open_sessions
        self._held: dict[str, Held] = {}
        self._open = IdleSessions(bounds.idle_seconds)
        self._ended = IdleSessions(bounds.settle_seconds)
        self._ends = IdleSessions(bounds.idle_seconds, _MAX_ENDS)
        self._spans = 0
        self._weight = 0

    def __len__(self) -> int:
        """How many sessions are held."""
        return len(self._held)

    def add(self, session_id: str, spans: Iterable[ReadableSpan], now: float) -> None:
        """Hold *spans* of a session. One that comes again, as after a retry, is held once."""
        held = self._held.get(session_id)
        if held is None:
            held = self._held[session_id] = Held(session_id)
            held.complete = self._ends.forget(session_id)
        for span in spans:
            key = span.context.span_id
            if key not in held.spans:
                held.spans[key] = span
                size = weight(span)
                held.weight += size
                self._weight += size
                self._spans += 1
        (self._ended if held.complete else self._open).touch(session_id, now)

    def end(self, session_id: str, now: float) -> None:
        """Take note that a session has ended."""
        held = self._held.get(session_id)
        if held is None:
            self._ends.touch(session_id, now)
        elif not held.complete:
            held.complete = True
            self._open.forget(session_id)
            self._ended.touch(session_id, now)

    def due(self, now: float) -> Iterator[Held]:
        """Take out the sessions whose time has come."""
        for session_id in self._ended.idle(now):
            yield self._take(session_id)
        idle = self._open.idle(now)
        still_open = self._open_sessions() if idle else ()
        for session_id in idle:
            if session_id in still_open:
                self._open.touch(session_id, now)
            else:
                self._held[session_id].complete = True
                yield self._take(session_id)

    def ended(self) -> Iterator[Held]:
        """Take out the sessions that have ended, without waiting for what may still come."""
        while (session_id := self._ended.pop()) is not None:
            yield self._take(session_id)

    def excess(self) -> Iterator[Held]:
        """Take out sessions until the bounds hold: ended ones first, then the quietest."""
        while self._bounds.exceeded_by(self._spans, self._weight):
            session_id = self._ended.pop() or self._open.pop()
            if session_id is None:
                return
            yield self._take(session_id)

    def all(self) -> Iterator[Held]:
        """Take out everything."""
        yield from self.ended()
        while (session_id := self._open.pop()) is not None:
            yield self._take(session_id)

    def next_due(self) -> float | None:
        """Return when a session may be due; None when none is held."""
        times = [one.next_idle() for one in (self._ended, self._open)]
        return min((time for time in times if time is not None), default=None)

    def _take(self, session_id: str) -> Held:
        held = self._held.pop(session_id)
        self._spans -= len(held.spans)
        self._weight -= held.weight
        return held
