"""The sessions that are to be decided, what was decided, and what is to be sent of that."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import format_trace_id

from otel_helisession import semconv
from otel_helisession.guard import once
from otel_helisession.holding.bounds import Bounds
from otel_helisession.holding.decisions import Decisions
from otel_helisession.holding.held import Held, HeldSessions
from otel_helisession.holding.parcels import Parcels
from otel_helisession.sessions import live

_MAX_ENDS: Final = 10_000
"""Ends of sessions that wait to be noted; those of sessions without a span are among them."""


class Docket:
    """Holds sessions, has each decided once, and queues what is kept. Without threads or clocks:
    used by one thread at a time, but for :meth:`end`.

    Args:
        bounds: How long, and how much.
        decisions: Decides; outlives this.
        name: What messages call the destination.
    """

    def __init__(self, bounds: Bounds, decisions: Decisions, name: str) -> None:
        self._bounds = bounds
        self._decisions = decisions
        self._name = name
        self._ends: deque[tuple[str, float]] = deque(maxlen=_MAX_ENDS)
        self._held = HeldSessions(bounds, live.open_sessions)
        self.parcels: Final = Parcels(bounds, name)

    def __len__(self) -> int:
        """How many sessions are held."""
        return len(self._held)

    def end(self, session_id: str, now: float) -> None:
        """Take note that a session has ended. From any thread, at any time: takes no lock."""
        self._ends.append((session_id, now))

    def sort(self, spans: Iterable[ReadableSpan], now: float) -> Sequence[list[ReadableSpan]]:
        """Hold the *spans* of sessions that are to be decided, and drop those of dropped ones.

        Returns:
            The others, which may pass, a session at a time: those that came after it was kept,
            and those without a session.
        """
        self._note_ends()
        passing: dict[str | None, list[ReadableSpan]] = {}
        holding: dict[str, list[ReadableSpan]] = {}
        for span in spans:
            session_id = _session_id(span)
            kept = True if session_id is None else self._decisions.of(session_id)
            if session_id is not None and kept is None:
                holding.setdefault(session_id, []).append(span)
            elif kept:
                passing.setdefault(session_id, []).append(span)
        for session_id, group in holding.items():
            self._held.add(session_id, group, now)
            if any(_ends_trace(span, session_id) for span in group):
                self._held.end(session_id, now)
        self._make_room(now)
        return tuple(passing.values())

    def decide_due(self, now: float) -> None:
        """Decide the sessions that have ended a while ago, or are idle."""
        self._note_ends()
        self._decide(self._held.due(now), now)

    def decide_ended(self, now: float) -> None:
        """Decide the sessions that have ended."""
        self._note_ends()
        self._decide(self._held.ended(), now)

    def decide_all(self, now: float) -> None:
        """Decide every session as it is."""
        self._note_ends()
        self._decide(self._held.all(), now)

    def next_due(self) -> float | None:
        """Return when there may be something to decide or to send; None while there is not."""
        times = (self._held.next_due(), self.parcels.next_try())
        return min((time for time in times if time is not None), default=None)

    def _note_ends(self) -> None:
        while self._ends:
            session_id, when = self._ends.popleft()
            if self._decisions.of(session_id) is None:
                self._held.end(session_id, when)

    def _decide(self, sessions: Iterable[Held], now: float) -> None:
        for held in sessions:
            if self._decisions.decide(held):
                self.parcels.put(tuple(held.spans.values()), held.weight, now)

    def _make_room(self, now: float) -> None:
        early = list(self._held.excess())
        if early:
            once(
                ("holding", "full", self._name),
                logging.WARNING,
                "more than %d spans or %d MB of sessions are held for %s: those that have been "
                "quiet for longest are decided before they end; raise max_spans or max_bytes",
                self._bounds.max_spans,
                self._bounds.max_bytes // 1_000_000,
                self._name,
            )
            self._decide(early, now)


def _ends_trace(span: ReadableSpan, session_id: str) -> bool:
    """Tell whether the session is the trace itself, for want of another, and *span* its root."""
    if span.parent is not None and not span.parent.is_remote:
        return False
    return session_id == format_trace_id(span.context.trace_id)


def _session_id(span: ReadableSpan) -> str | None:
    """Return whose the finished *span* is; None when it is nobody's."""
    found = (span.attributes or {}).get(semconv.SESSION_ID)
    return found if isinstance(found, str) and found else None
