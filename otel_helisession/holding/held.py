"""Sessions that have not ended yet, with their spans: bounded, and without threads or clocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.weight import weight
from otel_helisession.holding.bounds import Bounds
from otel_helisession.sessions.lifetimes import Lifetimes


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
    """The spans of sessions until each is due; see Lifetimes. Used by one thread at a time.

    Args:
        bounds: How long, and how much.
        open_sessions: Returns the ids of the sessions that have spans open.
    """

    def __init__(self, bounds: Bounds, open_sessions: Callable[[], Collection[str]]) -> None:
        self._bounds = bounds
        self._held: dict[str, Held] = {}
        self._lifetimes = Lifetimes(bounds.idle_seconds, bounds.settle_seconds, open_sessions)
        self.end = self._lifetimes.end
        self.next_due = self._lifetimes.next_due
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
        for span in spans:
            key = span.context.span_id
            if key not in held.spans:
                held.spans[key] = span
                size = weight(span)
                held.weight += size
                self._weight += size
                self._spans += 1
        self._lifetimes.touch(session_id, now)

    def due(self, now: float) -> Iterator[Held]:
        """Take out the sessions whose time has come."""
        for session_id in self._lifetimes.due(now):
            yield self._take(session_id, complete=True)

    def ended(self) -> Iterator[Held]:
        """Take out the sessions that have ended, without waiting for what may still come."""
        for session_id in self._lifetimes.ended():
            yield self._take(session_id, complete=True)

    def excess(self) -> Iterator[Held]:
        """Take out sessions until the bounds hold: ended ones first, then the quietest."""
        everything = self.all()
        while self._bounds.exceeded_by(self._spans, self._weight):
            held = next(everything, None)
            if held is None:
                return
            yield held

    def all(self) -> Iterator[Held]:
        """Take out everything: ended ones first, then the quietest."""
        yield from self.ended()
        while (session_id := self._lifetimes.quietest()) is not None:
            yield self._take(session_id, complete=False)

    def _take(self, session_id: str, complete: bool) -> Held:
        held = self._held.pop(session_id)
        held.complete = complete
        self._spans -= len(held.spans)
        self._weight -= held.weight
        return held
